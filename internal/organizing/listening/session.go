// Sessions: planned, reported, corrected, cancelled. One verb does all four, and it
// converges: whatever a device sends again, late or in another order, the report
// with the highest revision stands.
package listening

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// SessionIn is the form of a session; fields are named as in the form.
type SessionIn struct {
	Campaign    string
	Session     string       // session: chosen by the device, or empty
	Revision    int64        // revision: one more than the form showed
	State       SessionState // act: plan, report or cancel
	Format      Format       // format
	Held        time.Time    // date and time
	Minutes     int          // minutes
	Language    string       // language
	Network     string       // network
	Area        string       // area
	Place       string       // place
	Heard       int          // heard
	Facilitator Who          // facilitator
	Scribe      Who          // scribe
	Said        []Tally      // said_<n>, said_n_<n>: by name
	Present     []string     // present: people who were there and are in the room
	Named       bool         // named: they agreed to be written down
	Leaders     []LeaderIn   // leader, why
	Agreed      bool         // agreed: they want to be spoken to about it
	AskedCall   int          // asked_call
	Key         string       // _key
}

// LeaderIn is somebody who may want to lead, and why one thinks so.
type LeaderIn struct{ Person, Why string }

const (
	mostSaid    = 30
	mostPresent = 60
	mostHeard   = 5000
)

// Filed says what became of a report: Late is true when a newer version of it was
// here already, which stays.
type Filed struct {
	Session string
	Late    bool
}

// File plans, reports, corrects or cancels a session.
func (s *Service) File(ctx context.Context, a access.Actor, in SessionIn) (out Filed, err error) {
	defer fault.Wrap(&err, "listening.File(%s)", in.Campaign)
	if in.Session == "" {
		in.Session = id.New(s.Clock.Now())
		if in.Key != "" { // the same form is the same session, also when the key store forgot it
			in.Session = id.Derive(in.Campaign, a.Name()+" "+in.Key)
		}
	}
	if !id.Valid(in.Session) {
		return out, fault.Missing("session id")
	}
	made, err := s.do(ctx, a, act{need: needHear, verb: VerbListen, campaign: in.Campaign, key: in.Key, reason: string(in.State)}, func(w *change) (string, error) {
		return s.file(ctx, w, in)
	})
	out.Session, out.Late = strings.CutSuffix(made, " late")
	return out, err
}

func (s *Service) file(ctx context.Context, w *change, in SessionIn) (string, error) {
	old, found, err := sessionByID(ctx, w.tx, in.Session)
	if err != nil {
		return "", err
	}
	if found && (old.Campaign != w.ID || !w.mayTouch(old)) {
		return "", fault.Missing("session of others")
	}
	if found && cmp.Or(cmp.Compare(in.Revision, old.Revision), cmp.Compare(in.Key, old.stamp)) <= 0 {
		return in.Session + " late", nil
	}
	nets, err := s.networks(ctx, w.tx, w.ID)
	if err != nil {
		return "", err
	}
	network := Network{}
	if i := slices.IndexFunc(nets, func(n Network) bool { return n.ID == in.Network }); i >= 0 {
		network = nets[i]
	}
	if err := w.check(in, network); err != nil {
		return "", err
	}
	n := Session{ID: in.Session, Campaign: w.ID, State: in.State, Format: in.Format, Held: in.Held, Minutes: in.Minutes, Language: in.Language, Network: in.Network,
		Area: in.Area, Place: in.Place, Facilitator: in.Facilitator, Scribe: in.Scribe, By: w.actor.Account, Made: w.now, Revision: in.Revision, stamp: in.Key}
	if found {
		n.By, n.Made = old.By, old.Made
	}
	if in.State == Reported {
		n.Heard, n.AskedCall, n.Reported = in.Heard, in.AskedCall, w.now
		if found && !old.Reported.IsZero() {
			n.Reported = old.Reported
		}
	}
	if network.Kind.Nameless() { // not even who wrote it down stays beside such a network
		n.By = ""
	}
	if err := putSession(ctx, w.tx, n); err != nil {
		return "", err
	}
	if err := s.say(ctx, w, n, in.Said); err != nil {
		return "", err
	}
	return n.ID, s.name(ctx, w, n, in, network, found)
}

// mayTouch reports whether the actor may see and change a session: staff all, a
// leader those they wrote down or led.
func (w *change) mayTouch(n Session) bool { return mayTouch(w.actor, w.granted, n) }

func mayTouch(a access.Actor, g access.Granted, n Session) bool {
	if g.Scope == access.Org || g.Scope == access.All {
		return true
	}
	return a.Account != "" && (n.By == a.Account || n.Facilitator.Account == a.Account) || a.Person != "" && n.Facilitator.Person == a.Person
}

// check names everything that cannot be right, at the fields of the form.
func (w *change) check(in SessionIn, network Network) error {
	var bad []fault.Field
	wrong := func(ok bool, field, key string, args ...any) {
		if !ok {
			bad = append(bad, fault.At(field, key, args...))
		}
	}
	choose := func(ok bool, field string) { wrong(ok, field, "contact.error.choose") }
	choose(slices.Contains([]SessionState{Planned, Reported, Cancelled}, in.State), "act")
	choose(slices.Contains(Formats(), in.Format), "format")
	choose(slices.Contains(w.Languages, in.Language), "language")
	choose(in.Network == "" || network.ID != "", "network")
	choose(in.Area == "" || w.Area(in.Area) != "", "area")
	choose(in.Place == "" || slices.Contains(people.Places(), in.Place), "place")
	wrong(!in.Held.IsZero() && !in.Held.Before(w.Starts), "date", "listening.error.date")
	wrong(in.State != Reported || !in.Held.After(w.now.Add(time.Hour)), "date", "listening.error.future")
	wrong(in.Minutes >= 0 && in.Minutes <= 24*60, "minutes", "people.error.minutes")
	wrong(len(in.Present) <= mostPresent, "present", "listening.error.present", "Most", mostPresent)
	if in.State == Reported {
		wrong(in.Heard >= 1 && in.Heard <= mostHeard, "heard", "listening.error.heard", "Most", mostHeard)
		wrong(in.AskedCall >= 0 && in.AskedCall <= max(in.Heard, 0), "asked_call", "listening.error.asked_call")
		wrong(len(in.Said) <= mostSaid, "said_0", "listening.error.said_most", "Most", mostSaid)
		for i, t := range in.Said {
			field := "said_" + strconv.Itoa(i)
			wrong(utf8.RuneCountInString(t.Name) <= longestName && fold.Text(t.Name) != "", field, "listening.error.said", "Most", longestName)
			wrong(t.N >= 1 && t.N <= in.Heard, "said_n_"+strconv.Itoa(i), "listening.error.said_n")
		}
	}
	if network.Kind.Nameless() {
		nobody := in.Facilitator.Person == "" && in.Scribe.Person == "" && len(in.Present) == 0 && len(in.Leaders) == 0
		wrong(nobody, "network", "listening.error.nameless")
	}
	wrong(len(in.Present) == 0 || in.Named, "named", "listening.error.named")
	wrong(len(in.Leaders) == 0 || in.Agreed, "agreed", "listening.error.agreed")
	for _, l := range in.Leaders {
		wrong(utf8.RuneCountInString(l.Why) <= longestWhy, "why", "listening.error.why", "Most", longestWhy)
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// say replaces what was said in a session. New words make a theme; words that
// nobody uses any more leave none behind.
func (s *Service) say(ctx context.Context, w *change, n Session, said []Tally) error {
	before, err := talliesOf(ctx, w.tx, n.ID)
	if err != nil {
		return err
	}
	if err := dropTallies(ctx, w.tx, n.ID); err != nil {
		return err
	}
	sums := map[string]int{}
	if n.State == Reported {
		for _, t := range said {
			theme, err := s.themeOf(ctx, w, contact.OneLine(t.Name))
			if err != nil {
				return err
			}
			sums[theme] = min(n.Heard, sums[theme]+t.N)
		}
	}
	for theme, count := range sums {
		if err := putTally(ctx, w.tx, n.ID, theme, count); err != nil {
			return err
		}
	}
	for _, t := range before {
		if _, still := sums[t.Theme]; !still {
			if err := dropUnused(ctx, w.tx, t.Theme); err != nil {
				return err
			}
		}
	}
	return nil
}

// themeOf finds the theme of some words, or begins it. Its id follows from the
// words, so that two devices offline begin the same one.
func (s *Service) themeOf(ctx context.Context, w *change, name string) (string, error) {
	made := themeID(w.ID, name)
	_, err := themeByID(ctx, w.tx, made)
	if !fault.Is(err, fault.NotFound) {
		return made, err
	}
	return made, s.putTheme(ctx, w.tx, w.ID, Theme{ID: made, Origin: FromReport, Name: name, Made: w.now})
}

func themeID(campaign, words string) string { return id.Derive(campaign, fold.Text(words)) }

// name writes who was there on everybody's timeline, and who may want to lead: only
// people who agreed, never at a nameless network.
func (s *Service) name(ctx context.Context, w *change, n Session, in SessionIn, network Network, before bool) error {
	if err := dropLeaders(ctx, w.tx, n.ID); err != nil {
		return err
	}
	var there []people.Presence
	add := func(person string, role people.Role) {
		if person != "" && !slices.ContainsFunc(there, func(p people.Presence) bool { return p.Person == person }) {
			there = append(there, people.Presence{Person: person, Role: role})
		}
	}
	if n.State == Reported {
		lead := people.Facilitated
		if n.Format == OneToOne {
			lead = people.Led
		}
		add(n.Facilitator.Person, lead)
		add(n.Scribe.Person, people.Scribed)
		for _, p := range in.Present {
			add(p, people.Attended)
		}
		for _, l := range in.Leaders {
			add(l.Person, people.Attended)
		}
	}
	if len(there) == 0 && !before || network.Kind.Nameless() && !before {
		return nil
	}
	e := people.Encounter{Kind: kindOf[n.Format], State: stateOf[n.State], At: n.Held, Minutes: n.Minutes, Place: n.Place, Language: n.Language,
		LedBy: people.ByStaff, Ref: "session:" + n.ID, Present: there, Others: max(0, n.Heard-len(in.Present)), Readers: people.CoreOrganizers}
	if n.Format == OneToOne {
		e.Purpose = people.Recruitment
	}
	if n.Facilitator.Person != "" {
		e.LedBy = people.ByLeader
	}
	if _, err := s.People.RecordIn(ctx, w.tx, w.actor, e); err != nil {
		return err
	}
	if n.State != Reported {
		return nil
	}
	for _, l := range in.Leaders {
		sealed, err := s.Vault.Seal(ctx, whyCell(w.tx.Org(), n.ID, l.Person), contact.OneLine(l.Why))
		if err != nil {
			return err
		}
		if err := putLeader(ctx, w.tx, n.ID, l.Person, sealed); err != nil {
			return err
		}
	}
	return nil
}

var (
	kindOf = map[Format]people.Kind{OneToOne: people.OneToOne, HouseMeeting: people.HouseMeeting, WaitingRoom: people.ListeningEvent,
		Online: people.ListeningEvent, Paper: people.ListeningEvent}
	stateOf = map[SessionState]people.EncounterState{Planned: people.Planned, Reported: people.Held, Cancelled: people.Cancelled}
)

func whyCell(org, session, person string) vault.Cell {
	return vault.Cell{Org: org, Person: person, Table: "listening_leader", Column: "sealed", Row: session, Version: 1}
}

// SessionView is a session with what was said.
type SessionView struct {
	Session
	Said    []Tally
	Leaders []LeaderIn
}

// Session returns one session to those who may see it.
func (s *Service) Session(ctx context.Context, a access.Actor, session string) (out SessionView, c Campaign, err error) {
	defer fault.Wrap(&err, "listening.Session(%s)", session)
	g, err := access.Check(a, needHeard)
	if err != nil {
		return out, c, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		n, found, err := sessionByID(ctx, tx, session)
		if err != nil {
			return err
		}
		if !found || !mayTouch(a, g, n) {
			return fault.Missing("session")
		}
		if c, err = s.load(ctx, tx, a, g, n.Campaign); err != nil {
			return err
		}
		out = SessionView{Session: n}
		if out.Said, err = talliesOf(ctx, tx, n.ID); err != nil {
			return err
		}
		names, err := s.themes(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		for i, t := range out.Said {
			if j := slices.IndexFunc(names, func(o Theme) bool { return o.ID == t.Theme }); j >= 0 {
				out.Said[i].Name = names[j].Name
			}
		}
		slices.SortFunc(out.Said, func(a, b Tally) int { return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Name, b.Name)) })
		out.Leaders, err = s.leadersOf(ctx, tx, n.ID)
		return err
	})
	return out, c, err
}

// leadersOf opens why; people who are erased are absent.
func (s *Service) leadersOf(ctx context.Context, tx *db.Tx, session string) (out []LeaderIn, err error) {
	rows, err := leaderRows(ctx, tx, session)
	if err != nil {
		return nil, err
	}
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = whyCell(tx.Org(), session, r.person), r.sealed
	}
	opened, err := s.Vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	for i, o := range opened {
		if !o.Gone {
			out = append(out, LeaderIn{Person: rows[i].person, Why: o.Plain})
		}
	}
	return out, nil
}

// Sessions lists a campaign's sessions, those without a report first, then newest
// first; a leader sees their own. Before is the id to go on after.
func (s *Service) Sessions(ctx context.Context, a access.Actor, campaign, after string, limit int) (out []Session, next string, err error) {
	defer fault.Wrap(&err, "listening.Sessions(%s)", campaign)
	g, err := access.Check(a, needHeard)
	if err != nil {
		return nil, "", err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		list, err := sessionPage(ctx, tx, campaign, g, a, after, limit+1)
		if err != nil {
			return err
		}
		out, next = list, ""
		if len(list) > limit {
			out, next = list[:limit], list[limit-1].ID
		}
		return nil
	})
	return out, next, err
}

// Waiting lists planned sessions whose report is not in, the oldest first.
func (s *Service) Waiting(ctx context.Context, a access.Actor, campaign string) (out []Session, err error) {
	defer fault.Wrap(&err, "listening.Waiting(%s)", campaign)
	g, err := access.Check(a, needHeard)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		list, err := plannedSessions(ctx, tx, campaign)
		if err != nil {
			return err
		}
		out = slices.DeleteFunc(list, func(n Session) bool { return !mayTouch(a, g, n) })
		return nil
	})
	return out, err
}
