// Package account is the room of the people who sign in: organizations and their
// sites, accounts and roles, passwords, one-time codes, passkeys, sessions,
// invitations and the guided first run.
//
// Promises it keeps:
//   - A session is checked in the database on every request: a disabled account,
//     a changed role or a revoked session counts from the next request on.
//   - Nobody signs in with a password alone; a passkey, or password and code.
//   - Known and unknown addresses get the same answer, after the same work.
//   - Tries are counted in the database, before they are judged; when they cannot
//     be counted nobody gets in.
//   - Nobody gives roles to themselves or touches an account of their own rank or
//     above, and the last administrator stays.
//   - Links, codes and sessions are stored as hashes; names and addresses as ciphertext.
//
// It owns the tables organization, site and account*. It may import kit and
// platform. WebAuthn and Argon2 stay behind this wall.
package account

import (
	"embed"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
)

// Schema holds the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// How long things live.
const (
	SessionIdle      = 12 * time.Hour
	SessionIdleShare = 15 * time.Minute // on a computer that several people use
	SessionAbsolute  = 14 * 24 * time.Hour
	InvitationLife   = 72 * time.Hour
	StepUpLife       = 10 * time.Minute
	ceremonyLife     = 10 * time.Minute
	enrolLife        = time.Hour           // reading the pages and installing an app takes longer than typing a code
	ticketLife       = 30 * 24 * time.Hour // demo only
	seenEvery        = time.Minute         // how exactly "last seen" is known; saves a write per request
)

// Organization is one clinic with its own data and key.
type Organization struct {
	ID       string
	Name     string
	Language string // of new pages and messages, until somebody chooses another
	Zone     string // IANA time zone
	Created  time.Time
}

// Site is one place where the clinic works.
type Site struct {
	ID       string
	Name     string
	Archived bool
}

// Account is somebody who signs in.
type Account struct {
	ID       string
	Org      string
	Name     string
	Email    string
	Language string
	Created  time.Time
	Disabled time.Time // zero while the account works
	Roles    []Role

	version int64 // sessions of an earlier version are over
	handle  string
	sealed  int64
}

// Role is what an account may act as; Group is set for partners only.
type Role struct {
	Role  access.Role
	Group string
}

// Has reports whether the account holds the role.
func (a Account) Has(r access.Role) bool {
	for _, have := range a.Roles {
		if have.Role == r {
			return true
		}
	}
	return false
}

// Session is one signed-in browser.
type Session struct {
	ID      string
	Account string
	Org     string
	Agent   string // family and system, such as "Firefox|Linux"; never the full header
	Created time.Time
	Seen    time.Time
	Expires time.Time // absolute end
	Idle    time.Duration
	StepUp  time.Time
	Role    access.Role // a demo ticket narrows the session to one role; empty means all
}

// Passkey as its owner sees it.
type Passkey struct {
	ID      string
	Label   string
	Created time.Time
	Used    time.Time
}

// Factors says how an account can prove itself.
type Factors struct {
	Password bool
	TOTP     bool
	Recovery int // unused codes left
	Passkeys []Passkey
}

// Invitation lets one person make an account, or choose new factors for theirs.
type Invitation struct {
	ID       string
	Org      string
	Clinic   string
	Name     string
	Email    string
	Role     access.Role
	Group    string
	Language string
	Account  string // set when the link renews the factors of this account
	Created  time.Time
	By       string
	Expires  time.Time
}

// Client is what the room may know about a browser.
type Client struct {
	Network string // truncated address, such as 192.0.2.0/24; counted under a daily salt, never stored
	Agent   string // see AgentClass
	Shared  bool   // a computer that several people use: short idle time
	Request string
}

// rank orders who may change whom. The system stands for the console of the machine.
func rank(r access.Role) int {
	switch r {
	case access.System:
		return 4
	case access.Operator:
		return 3
	case access.Admin:
		return 2
	}
	return 1
}

func topRank(roles []access.Role) int {
	top := 0
	for _, r := range roles {
		top = max(top, rank(r))
	}
	return top
}

func topRankOf(roles []Role) int {
	top := 0
	for _, r := range roles {
		top = max(top, rank(r.Role))
	}
	return top
}

// validRole says whether an account can hold the role, and with which group.
func validRole(r Role) error {
	known := false
	for _, s := range access.StaffRoles() {
		known = known || s == r.Role
	}
	switch {
	case !known:
		return fault.Wrong(fault.At("role", "account.role.unknown"))
	case r.Role == access.Partner && r.Group == "":
		return fault.Wrong(fault.At("group", "account.role.group_needed"))
	case r.Role != access.Partner && r.Group != "":
		return fault.Wrong(fault.At("group", "account.role.group_only_partner"))
	}
	return nil
}

// cleanEmail returns the canonical form that is compared: lower case, NFKC.
func cleanEmail(s string) (string, bool) {
	s = strings.ToLower(norm.NFKC.String(strings.TrimSpace(s)))
	local, domain, ok := strings.Cut(s, "@")
	bad := !ok || local == "" || len(s) > 254 || !strings.Contains(domain, ".") ||
		strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, "@") ||
		strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune("<>,;:\"()[]\\", r) })
	return s, !bad
}

// cleanName folds white space; the limit keeps hostile input out of pages.
func cleanName(s string) (string, bool) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	return s, s != "" && utf8.RuneCountInString(s) <= 120 && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' })
}

// AgentClass reduces a User-Agent header to family and system, enough to
// recognise one's own session and too little to follow anybody.
func AgentClass(header string) string {
	find := func(list [][2]string) string {
		for _, p := range list {
			if strings.Contains(header, p[0]) {
				return p[1]
			}
		}
		return ""
	}
	// Order matters: every browser claims to be several others.
	family := find([][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chromium", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := find([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"},
		{"CrOS", "ChromeOS"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}})
	return family + "|" + system
}

// MayGive reports whether the actor outranks a role and so may give or take it.
func MayGive(a access.Actor, r access.Role) bool { return topRank(a.Roles) > rank(r) }
