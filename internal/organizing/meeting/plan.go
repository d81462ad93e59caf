// Planning: when, where, with which agenda, who keeps the chair, the time and the
// notes; moving and cancelling.
package meeting

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/contact"
)

// PlanIn is the form of a meeting; fields are named as in the form.
type PlanIn struct {
	ID, Team   string
	Template   Template
	At         time.Time // date, time
	Minutes    int       // minutes
	Place      string    // place
	Language   string    // lang
	Title      string    // title
	Where      string    // where
	Round      string    // round
	Agenda     []Item    // agenda
	Chair      string    // chair
	Timekeeper string    // timekeeper
	Scribe     string    // scribe
	Host       string    // host
	Nameless   bool      // nameless
	Version    int64
	Key        string
}

const (
	titleMost  = 80
	whereMost  = 120
	roundMost  = 200
	itemsMost  = 30
	notesMost  = 2000
	longest    = 12 * 60
	codeLength = 6
)

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

// wrong tidies a form and names what cannot be right about it.
func (in *PlanIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Title, in.Where, in.Round = contact.OneLine(in.Title), contact.OneLine(in.Where), contact.OneLine(in.Round)
	at(!slices.Contains(Templates(), in.Template), "template", "contact.error.choose")
	at(in.At.IsZero(), "date", "meeting.error.when")
	at(in.Minutes < 5 || in.Minutes > longest, "minutes", "meeting.error.minutes")
	at(in.Place != "" && !slices.Contains(people.Places(), in.Place), "place", "contact.error.choose")
	at(!contact.Language(in.Language), "lang", "contact.error.choose")
	at(tooLong(in.Title, titleMost), "title", "meeting.error.long")
	at(tooLong(in.Where, whereMost), "where", "meeting.error.long")
	at(tooLong(in.Round, roundMost), "round", "meeting.error.long")
	at(len(in.Agenda) > itemsMost, "agenda", "meeting.error.items")
	for i := range in.Agenda {
		it := &in.Agenda[i]
		it.Title, it.Lead = contact.OneLine(it.Title), contact.OneLine(it.Lead)
		at(it.Title == "" || tooLong(it.Title, titleMost) || tooLong(it.Lead, 60) || it.Minutes < 1 || it.Minutes > longest, "agenda", "meeting.error.item")
	}
	bad = slices.CompactFunc(bad, func(a, b fault.Field) bool { return a.Name == b.Name })
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// into writes the form into a meeting. Times of items that are on are kept.
func (in PlanIn) into(r *row) {
	r.Template, r.At, r.Minutes, r.Place, r.Language, r.Nameless = in.Template, in.At, in.Minutes, in.Place, in.Language, in.Nameless
	r.Title, r.Where, r.Round, r.Agenda = in.Title, in.Where, in.Round, in.Agenda
	r.Chair, r.Timekeeper, r.Scribe, r.Host = in.Chair, in.Timekeeper, in.Scribe, in.Host
}

// keepers refuses a role for somebody who is not in the team, or whom the actor
// may not name when there is no team.
func (s *Service) keepers(ctx context.Context, tx *db.Tx, in PlanIn, named map[string]people.Card) error {
	var bad []fault.Field
	for _, k := range []struct{ field, person string }{{"chair", in.Chair}, {"timekeeper", in.Timekeeper}, {"scribe", in.Scribe}, {"host", in.Host}} {
		if k.person == "" {
			continue
		}
		_, ok := named[k.person]
		if in.Team != "" {
			var err error
			if ok, err = s.teams.IsMember(ctx, tx, in.Team, k.person); err != nil {
				return err
			}
		}
		if !ok {
			bad = append(bad, fault.At(k.field, "meeting.error.keeper"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// named asks for the names of those who keep a role at a meeting without a team.
func (s *Service) named(ctx context.Context, a access.Actor, in PlanIn) (map[string]people.Card, error) {
	ids := slices.DeleteFunc([]string{in.Chair, in.Timekeeper, in.Scribe, in.Host}, func(p string) bool { return p == "" })
	if in.Team != "" || len(ids) == 0 {
		return nil, nil
	}
	return s.people.Names(ctx, a, ids)
}

// Plan makes a meeting, with the link by which people answer.
func (s *Service) Plan(ctx context.Context, a access.Actor, in PlanIn) (made string, err error) {
	defer fault.Wrap(&err, "meeting.Plan")
	g, err := access.Check(a, needCreate)
	if err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	named, err := s.named(ctx, a, in)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "meeting.plan", func() (string, error) {
			if in.Team != "" {
				ok, err := s.teams.ReachesIn(ctx, tx, a, g, in.Team)
				if err != nil {
					return "", err
				}
				if !ok {
					return "", fault.Wrong(fault.At("team", "contact.error.choose"))
				}
			}
			if err := s.keepers(ctx, tx, in, named); err != nil {
				return "", err
			}
			r := row{Meeting: Meeting{ID: id.New(now), Team: in.Team, State: Planned, Account: a.Account, Made: now, Changed: now}}
			in.into(&r)
			r.renew()
			if err := s.store(ctx, tx, &r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g.Role, "plan", r.ID, "", string(in.Template))
		})
		return err
	})
	return made, err
}

// renew makes a fresh link and code; the ones before lead nowhere.
func (r *row) renew() {
	r.Link, r.Code = id.Token(), id.Digits(codeLength)
	r.linkHash, r.tries = id.Hash(r.Link), 0
}

// Change writes the form of a planned meeting. Whoever has it in a calendar sees
// that it moved.
func (s *Service) Change(ctx context.Context, a access.Actor, in PlanIn) (err error) {
	defer fault.Wrap(&err, "meeting.Change(%s)", in.ID)
	if err := in.wrong(); err != nil {
		return err
	}
	if _, err := access.Check(a, needUpdate); err != nil {
		return err
	}
	named, err := s.named(ctx, a, in)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, a, in.ID, "update", in.Key, []State{Planned}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		if in.Version != r.Version {
			return "", fault.Clash("meeting.error.changed")
		}
		in.Team = r.Team
		if err := s.keepers(ctx, tx, in, named); err != nil {
			return "", err
		}
		if !in.At.Equal(r.At) || in.Minutes != r.Minutes {
			r.Seq++
			r.Changed = s.clock.Now()
		}
		in.into(r)
		return "", nil
	})
	return err
}

// Cancel calls a meeting off. It stays, in calendars too, as called off.
func (s *Service) Cancel(ctx context.Context, a access.Actor, meeting, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Cancel(%s)", meeting)
	_, err = s.change(ctx, a, meeting, "cancel", key, []State{Planned}, func(tx *db.Tx, _ access.Granted, r *row) (string, error) {
		r.State, r.Changed = Cancelled, s.clock.Now()
		r.Seq++
		r.linkHash, r.Link, r.Code = "", "", ""
		return "", over(ctx, tx, r.ID)
	})
	return err
}

// Relink ends the link by which people answer and makes another.
func (s *Service) Relink(ctx context.Context, a access.Actor, meeting, key string) (err error) {
	defer fault.Wrap(&err, "meeting.Relink(%s)", meeting)
	_, err = s.change(ctx, a, meeting, "relink", key, []State{Planned}, func(_ *db.Tx, _ access.Granted, r *row) (string, error) {
		r.renew()
		return "", nil
	})
	return err
}

// Get returns a meeting in words.
func (s *Service) Get(ctx context.Context, a access.Actor, meeting string) (m Meeting, err error) {
	defer fault.Wrap(&err, "meeting.Get(%s)", meeting)
	g, err := access.Check(a, needRead)
	if err != nil {
		return m, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, a, g, meeting)
		if err != nil {
			return err
		}
		rows := []row{r}
		if err := s.open(ctx, tx.Org(), rows); err != nil {
			return err
		}
		m = rows[0].Meeting
		return nil
	})
	return m, err
}

// PageSize is how many meetings a list shows at once.
const PageSize = 40

// List returns meetings of a team, or of all the actor reaches: those to come in
// order, or those before a time, the latest first.
func (s *Service) List(ctx context.Context, a access.Actor, team string, past time.Time) (out []Meeting, err error) {
	defer fault.Wrap(&err, "meeting.List")
	return s.reachable(ctx, a, func(tx *db.Tx) ([]row, error) {
		if past.IsZero() {
			return between(ctx, tx, team, s.clock.Now().Add(-6*time.Hour), s.clock.Now().AddDate(2, 0, 0), PageSize)
		}
		return before(ctx, tx, team, past, PageSize)
	})
}

// Between returns the meetings of a stretch of time that the actor reaches, for
// the day's work and for reports.
func (s *Service) Between(ctx context.Context, a access.Actor, from, until time.Time) (out []Meeting, err error) {
	defer fault.Wrap(&err, "meeting.Between")
	return s.reachable(ctx, a, func(tx *db.Tx) ([]row, error) { return between(ctx, tx, "", from, until, 200) })
}

func (s *Service) reachable(ctx context.Context, a access.Actor, query func(tx *db.Tx) ([]row, error)) (out []Meeting, err error) {
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := query(tx)
		if err != nil {
			return err
		}
		mine := rows[:0]
		for _, r := range rows {
			ok, err := s.reaches(ctx, tx, a, g, r.Meeting)
			if err != nil {
				return err
			}
			if ok {
				mine = append(mine, r)
			}
		}
		if err := s.open(ctx, tx.Org(), mine); err != nil {
			return err
		}
		for _, r := range mine {
			out = append(out, r.Meeting)
		}
		return nil
	})
	return out, err
}

// ParseAgenda reads an agenda as people type it: one item a line, minutes first,
// what leads it after a bar: "20 Report-back | Thu".
func ParseAgenda(text string) (out []Item) {
	for line := range strings.Lines(text) {
		line = contact.OneLine(line)
		if line == "" {
			continue
		}
		it := Item{}
		minutes, rest, _ := strings.Cut(line, " ")
		if n, ok := number(minutes); ok {
			it.Minutes, line = n, rest
		}
		it.Title, it.Lead, _ = strings.Cut(line, "|")
		it.Title, it.Lead = strings.TrimSpace(it.Title), strings.TrimSpace(it.Lead)
		out = append(out, it)
	}
	return out
}

// FormatAgenda writes what ParseAgenda reads.
func FormatAgenda(list []Item) string {
	var b strings.Builder
	for _, it := range list {
		b.WriteString(itoa(it.Minutes) + " " + it.Title)
		if it.Lead != "" {
			b.WriteString(" | " + it.Lead)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Recode gives the items of a changed agenda back the codes and notes of those
// with the same title, so that what belongs beside an item stays beside it.
func Recode(list, was []Item) []Item {
	for i := range list {
		j := slices.IndexFunc(was, func(w Item) bool { return w.Title == list[i].Title })
		if j >= 0 {
			list[i].Code, list[i].Notes, list[i].Started, list[i].Ended = was[j].Code, was[j].Notes, was[j].Started, was[j].Ended
		}
	}
	return list
}
