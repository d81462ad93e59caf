// Package access decides who may do what: one table, role × resource × action →
// scope, deny by default. Routes declare what they need before the server
// starts, verbs check again in the core, and lists are narrowed in SQL by the
// scope. The package is pure: it knows roles and words, not rooms.
package access

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
)

// Role is what somebody is here for.
type Role string

const (
	Public      Role = "public"      // anybody
	Participant Role = "participant" // a person who opened their own information with a code
	Link        Role = "link"        // somebody who opened a single-purpose link and its code
	Member      Role = "member"      // a person of the organizing room who opened their own pages with a code
	Leader      Role = "leader"      // a patient or neighbor who leads, with an account; sees those they met
	Clinician   Role = "clinician"
	Navigator   Role = "navigator" // community health worker, medical assistant
	Organizer   Role = "organizer" // the clinic's organizer; steward of the directory
	Partner     Role = "partner"   // organizer of a partner group, with an account
	Lead        Role = "lead"      // clinic leader
	Evaluator   Role = "evaluator"
	Admin       Role = "admin"    // accounts and settings of one clinic; no people
	Operator    Role = "operator" // keeps the installation running; no content
	System      Role = "system"   // jobs
)

// Roles lists every role, in the order of the table in docs.
func Roles() []Role {
	return []Role{Public, Participant, Link, Member, Leader, Clinician, Navigator, Organizer, Partner, Lead, Evaluator, Admin, Operator, System}
}

// StaffRoles lists the roles an account can hold.
func StaffRoles() []Role {
	return []Role{Clinician, Navigator, Organizer, Leader, Partner, Lead, Evaluator, Admin, Operator}
}

// Resource is a kind of thing.
type Resource string

// Action is what is done with it.
type Action string

const (
	Create  Action = "create"
	Read    Action = "read"
	Update  Action = "update"
	Delete  Action = "delete"
	Export  Action = "export"
	Share   Action = "share"
	Approve Action = "approve"
)

// Scope says which things of a kind: the SQL of a list is narrowed by it.
type Scope string

const (
	Pub   Scope = "pub"   // published
	Self  Scope = "self"  // the actor's own
	Team  Scope = "team"  // of a team the actor is in
	Org   Scope = "org"   // the actor's clinic
	Group Scope = "group" // the actor's partner group
	Grant Scope = "share" // with a live consent for this actor, listed fields only
	Agg   Scope = "agg"   // suppressed counts
	Meta  Scope = "meta"  // counts and configuration without content
	All   Scope = "all"   // jobs only
)

// Actor is who asks. The zero value is the public.
type Actor struct {
	Account string // account id; empty unless signed in
	Org     string // organization the actor acts in
	Group   string // partner group, for Partner and Link
	Person  string // own person id, for Participant, Member and Leader
	Subject string // what a link opens, for Link
	Session string
	Roles   []Role
	Request string    // id of the request, for the audit trail
	Locale  string    // language the actor reads
	StepUp  time.Time // when a second factor was last shown
}

// Anonymous is the public in an organization.
func Anonymous(org string) Actor { return Actor{Org: org, Roles: []Role{Public}} }

// Machine is the actor of jobs in an organization.
func Machine(org string) Actor { return Actor{Org: org, Roles: []Role{System}} }

// Has reports whether the actor holds the role.
func (a Actor) Has(r Role) bool { return slices.Contains(a.Roles, r) }

// SignedIn reports whether an account stands behind the actor.
func (a Actor) SignedIn() bool { return a.Account != "" }

// Name is how the audit trail names the actor: never a person's name.
func (a Actor) Name() string {
	switch {
	case a.Account != "":
		return "account:" + a.Account
	case a.Has(Participant):
		return "participant"
	case a.Has(Member):
		return "member"
	case a.Has(Link):
		return "link:" + a.Group
	case a.Has(System):
		return "system"
	}
	return "public"
}

// Need is what a route or a verb requires.
type Need struct {
	Resource Resource
	Action   Action
}

func (n Need) String() string { return string(n.Resource) + "." + string(n.Action) }

// Granted is a positive decision: as which role, and for which things.
type Granted struct {
	Role  Role
	Scope Scope
}

// Check decides. The answer is the widest scope any of the actor's roles gives.
// A refusal is Unauthenticated for the public, so that they are asked to sign
// in, and Forbidden otherwise.
func Check(a Actor, n Need) (Granted, error) {
	best := Granted{}
	roles := a.Roles
	if !slices.Contains(roles, Public) {
		roles = append(slices.Clone(roles), Public) // what is public is everybody's; last, so that the role of a grant is the one that gave it
	}
	for _, r := range roles {
		s, ok := table[key{r, n.Resource, n.Action}]
		// A clinician sees less than the scope says (states, no names): any other role of the same width goes before.
		if ok && (width(s) > width(best.Scope) || width(s) == width(best.Scope) && best.Role == Clinician && r != Public) {
			best = Granted{r, s}
		}
	}
	if best.Scope != "" {
		return best, nil
	}
	if !a.SignedIn() && !a.Has(Participant) && !a.Has(Member) && !a.Has(Link) && !a.Has(System) {
		return Granted{}, fault.Because(fault.New(fault.Unauthenticated, ""), fmt.Errorf("public needs %s", n))
	}
	return Granted{}, fault.Denied(fmt.Sprintf("%v may not %s", a.Roles, n))
}

var widths = []Scope{Pub, Agg, Meta, Self, Team, Grant, Group, Org, All}

func width(s Scope) int { return slices.Index(widths, s) }

// Recent reports whether a second factor was shown at most ten minutes before now:
// what exports, erases or changes roles asks for it again.
func (a Actor) Recent(now time.Time) bool {
	return !a.StepUp.IsZero() && now.Sub(a.StepUp) <= 10*time.Minute
}

type key struct {
	role     Role
	resource Resource
	action   Action
}

// Row is one cell of the table, for tests and documentation.
type Row struct {
	Role     Role
	Resource Resource
	Action   Action
	Scope    Scope
}

// Known reports whether any role may do n: a route that needs something nobody may do is a mistake.
func Known(n Need) bool {
	for k := range table {
		if k.resource == n.Resource && k.action == n.Action {
			return true
		}
	}
	return false
}

// Table returns every allowed cell, sorted; everything else is denied.
func Table() []Row {
	rows := make([]Row, 0, len(table))
	for k, s := range table {
		rows = append(rows, Row{k.role, k.resource, k.action, s})
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Role, b.Role))
	})
	return rows
}
