// Guard rails: candidates are invited alike, and hours are put down as what they
// are. Pure; this is a warning, not legal advice.
package assembly

import (
	"slices"
	"time"
)

// Hows lists how somebody is invited.
func Hows() []string { return []string{"letter", "email", "call", "visit"} }

// Replies lists what came back.
func Replies() []string { return []string{"none", "coming", "deputy", "declined"} }

// Invite is one invitation of somebody in public office, or who wants to be.
type Invite struct {
	ID        string
	Office    string // of the power room; empty for a candidate who holds none
	Candidate bool
	Complete  bool // every candidate for that office is on this list
	Invited   time.Time
	How       string
	Reply     string
	Version   int64
	InviteWords
}

// InviteWords is who is invited, and for which office they stand.
type InviteWords struct {
	Name string `json:"name"`
	Race string `json:"race,omitempty"`
}

// Race is an office for which candidates were invited.
type Race struct {
	Name    string
	Invites []Invite
	Missing bool // somebody has no date
	Unlike  bool // not all the same way
	Apart   bool // more than a week between the first and the last
	Unsaid  bool // nobody said that the list is complete
}

// Even reports whether all candidates were invited alike.
func (r Race) Even() bool { return !r.Missing && !r.Unlike && !r.Apart && !r.Unsaid }

// inviteWithin is how far apart the invitations of candidates for one office may lie.
const inviteWithin = 7 * 24 * time.Hour

// Races groups candidates by the office they stand for. fold makes words alike that
// differ only in letters.
func Races(list []Invite, fold func(string) string) (out []Race) {
	at := map[string]int{}
	for _, v := range list {
		if !v.Candidate {
			continue
		}
		k := fold(v.Race)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Race{Name: v.Race, Unsaid: true})
		}
		out[i].Invites = append(out[i].Invites, v)
	}
	for i := range out {
		r := &out[i]
		first, last := time.Time{}, time.Time{}
		for _, v := range r.Invites {
			r.Missing = r.Missing || v.Invited.IsZero() || v.How == ""
			r.Unlike = r.Unlike || v.How != r.Invites[0].How
			if v.Complete {
				r.Unsaid = false
			}
			if !v.Invited.IsZero() {
				if first.IsZero() || v.Invited.Before(first) {
					first = v.Invited
				}
				if v.Invited.After(last) {
					last = v.Invited
				}
			}
		}
		r.Apart = last.Sub(first) > inviteWithin
	}
	return out
}

// Class is what hours spent on something are.
type Class string

const (
	Education Class = "education"
	Advocacy  Class = "advocacy"
	Lobbying  Class = "lobbying" // on specific legislation: never on federal funds
)

// Suggest proposes what the hours for an assembly are, by its asks.
func Suggest(asks []Ask) Class {
	switch {
	case slices.ContainsFunc(asks, func(a Ask) bool { return a.Law }):
		return Lobbying
	case len(asks) > 0:
		return Advocacy
	}
	return Education
}

// Ask is one closed request to one person in public office.
type Ask struct {
	ID      string
	Pos     int
	Issue   string
	Office  string
	Due     time.Time
	Law     bool // it is about a specific bill, rule before a council, or ballot measure
	Pledge  string
	Version int64
	Label   string // "1.2": the second ask of the first issue
	AskWords
}

// AskWords is what is asked, of whom, as it is said in the hall.
type AskWords struct {
	Text  string            `json:"text"`
	Name  string            `json:"name"` // who is asked, as they were called when it was written
	Post  string            `json:"post,omitempty"`
	Body  string            `json:"body"`
	Issue string            `json:"issue,omitempty"` // its name when it was written
	In    map[string]Spoken `json:"in,omitempty"`
}

// Who is the person in public office whom an ask is for.
func (a Ask) Who() Office { return Office{a.Office, a.Name, a.Post, a.Body} }

// To is how they are addressed in the hall.
func (a Ask) To() string { return a.Who().Addressed() }

// Label numbers asks by issue, in their order.
func Label(list []Ask) {
	issues := map[string]int{}
	counts := map[int]int{}
	for i := range list {
		k := list[i].Issue + "\x00" + list[i].AskWords.Issue
		n, ok := issues[k]
		if !ok {
			n = len(issues) + 1
			issues[k] = n
		}
		counts[n]++
		list[i].Label = itoa(n) + "." + itoa(counts[n])
	}
}
