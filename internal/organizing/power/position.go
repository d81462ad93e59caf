// The power map: where everybody stands on an issue, how much they decide, since
// when and how we know.
package power

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// known is what lies sealed of a position.
type known struct {
	Evidence string `json:"evidence,omitempty"`
	Link     string `json:"link,omitempty"`
}

// Actor is somebody on a map.
type Actor struct {
	Ref         string
	Name        string
	Office      string // what they are; empty of an institution
	Body        string
	Institution bool
	Decides     bool // the ask of the issue goes to them
	Left        bool // not in office any more
	Move        Move
	History     []Position // newest first
}

// Map is an issue and who stands where.
type Map struct {
	Issue  Issue
	Since  time.Time
	Actors []Actor // who is on the map now: who decides most first
	Off    []Actor // who was, and is not now
}

// IssueLine is an issue in the list of maps.
type IssueLine struct {
	Issue
	Placed int // how many were placed on its map
}

// Issues lists the issues that can have a map.
func (s *Service) Issues(ctx context.Context, a access.Actor) (out []IssueLine, err error) {
	defer fault.Wrap(&err, "power.Issues")
	if _, err := access.Check(a, needKnow); err != nil || s.issues == nil {
		return nil, err
	}
	list, err := s.issues.Issues(ctx, a)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		n, err := placed(ctx, tx)
		if err != nil {
			return err
		}
		out = nil
		for _, i := range list {
			out = append(out, IssueLine{i, n[i.ID]})
		}
		return nil
	})
	return out, err
}

func (s *Service) issue(ctx context.Context, a access.Actor, which string) (Issue, error) {
	if s.issues == nil || which == "" {
		return Issue{}, fault.Missing("issue")
	}
	return s.issues.Issue(ctx, a, which)
}

// institutions are read with the room's own eyes: their names are nobody's secret,
// and whoever may see the map may see them on it.
func (s *Service) institutions(ctx context.Context, org string) (map[string]people.Institution, error) {
	list, err := s.people.Institutions(ctx, access.Machine(org))
	out := map[string]people.Institution{}
	for _, i := range list {
		out[i.ID] = i
	}
	return out, err
}

func (s *Service) openPositions(ctx context.Context, tx *db.Tx, rows []positionRow) (out []Position, err error) {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(tx.Org(), "power_position", r.ID, "", 1), r.sealed
	}
	list, _, err := openAll[known](ctx, s.vault, cells, sealed)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		r.Evidence, r.Link = list[i].Evidence, list[i].Link
		out = append(out, r.Position)
	}
	return out, nil
}

// Map is who stands where on an issue now, and how they moved since a day.
func (s *Service) Map(ctx context.Context, a access.Actor, issue string, since time.Time) (m Map, err error) {
	defer fault.Wrap(&err, "power.Map(%s)", issue)
	if _, err := access.Check(a, needKnow); err != nil {
		return m, err
	}
	about, err := s.issue(ctx, a, issue)
	if err != nil {
		return m, err
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return m, err
	}
	now := s.clock.Now()
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		m = Map{Issue: about, Since: since}
		holders, err := s.every(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := positionsOn(ctx, tx, issue)
		if err != nil {
			return err
		}
		list, err := s.openPositions(ctx, tx, rows)
		if err != nil {
			return err
		}
		by := map[string][]Position{}
		for _, p := range list {
			by[p.Actor] = append(by[p.Actor], p)
		}
		for ref, history := range by {
			actor, ok := actorOf(ref, holders, places)
			if !ok {
				continue
			}
			actor.History, actor.Move, actor.Decides = history, Moved(history, since, now), about.Office != "" && ref == OfficeRef(about.Office)
			if actor.Move.Is && !actor.Left {
				m.Actors = append(m.Actors, actor)
			} else {
				m.Off = append(m.Off, actor)
			}
		}
		return nil
	})
	order := func(a, b Actor) int {
		return cmp.Or(cmp.Compare(b.Move.To.Influence, a.Move.To.Influence), cmp.Compare(b.Move.To.Stance, a.Move.To.Stance), cmp.Compare(fold.Text(a.Name), fold.Text(b.Name)))
	}
	slices.SortFunc(m.Actors, order)
	slices.SortFunc(m.Off, order)
	return m, err
}

func actorOf(ref string, holders []Office, places map[string]people.Institution) (Actor, bool) {
	if which, ok := strings.CutPrefix(ref, officePrefix); ok {
		at := slices.IndexFunc(holders, func(o Office) bool { return o.ID == which })
		if at < 0 {
			return Actor{}, false
		}
		o := holders[at]
		return Actor{Ref: ref, Name: o.Name, Office: o.Office, Body: o.Body, Left: o.State == Left}, true
	}
	which, ok := strings.CutPrefix(ref, institutionPrefix)
	i, there := places[which]
	return Actor{Ref: ref, Name: i.Name, Institution: true, Left: i.Closed}, ok && there
}

// Actors lists who can be placed on a map: everybody in office, and the institutions.
func (s *Service) Actors(ctx context.Context, a access.Actor) (out []Actor, err error) {
	list, err := s.Offices(ctx, a)
	if err != nil {
		return nil, err
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		actor, _ := actorOf(o.Ref(), list, nil)
		out = append(out, actor)
	}
	n := len(out)
	for _, i := range places {
		if !i.Closed {
			out = append(out, Actor{Ref: InstitutionRef(i.ID), Name: i.Name, Institution: true})
		}
	}
	slices.SortFunc(out[n:], func(a, b Actor) int { return cmp.Compare(fold.Text(a.Name), fold.Text(b.Name)) })
	return out, nil
}

// PlaceIn is where somebody stands; fields are named as in the form.
type PlaceIn struct {
	Issue     string
	Actor     string    // actor
	At        time.Time // at
	Stance    int       // stance
	Influence int       // influence
	Evidence  string    // evidence
	Link      string    // link
	Key       string
}

// oldest is before anything a map can know.
var oldest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (in *PlaceIn) tidy(now time.Time) (bad []fault.Field) {
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Evidence, in.Link = lines(in.Evidence), contact.OneLine(in.Link)
	link, ok := weblink.Parse(in.Link)
	at(in.Stance < Against || in.Stance > For, "stance", "contact.error.choose")
	at(in.Influence < Off || in.Influence > Decides, "influence", "contact.error.choose")
	at(in.At.IsZero() || in.At.After(now) || in.At.Before(oldest), "at", "power.error.day")
	at(in.Evidence == "" && in.Link == "", "evidence", "power.error.evidence")
	at(long(in.Evidence, mostEvidence), "evidence", "power.error.evidence_long")
	at(!ok, "link", "power.error.link")
	if ok {
		in.Link = link
	}
	return bad
}

// Place writes down where an actor stands on an issue since a day. It adds; what
// was known before stays.
func (s *Service) Place(ctx context.Context, a access.Actor, in PlaceIn) (err error) {
	defer fault.Wrap(&err, "power.Place(%s)", in.Issue)
	g, err := access.Check(a, needWrite)
	if err != nil {
		return err
	}
	if _, err := s.issue(ctx, a, in.Issue); err != nil {
		return err
	}
	now := s.clock.Now()
	if bad := in.tidy(now); len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "power.place:"+in.Issue, func() (string, error) {
			holders, err := s.every(ctx, tx)
			if err != nil {
				return "", err
			}
			actor, ok := actorOf(in.Actor, holders, places)
			if !ok {
				return "", fault.Wrong(fault.At("actor", "contact.error.choose"))
			}
			if actor.Left && in.Influence != Off {
				return "", fault.Wrong(fault.At("actor", "power.error.left"))
			}
			r := positionRow{Position: Position{ID: id.New(now), Issue: in.Issue, Actor: in.Actor, At: in.At, Stance: in.Stance, Influence: in.Influence, Made: now}}
			if r.sealed, err = s.seal(ctx, cell(tx.Org(), "power_position", r.ID, "", 1), known{in.Evidence, in.Link}); err != nil {
				return "", err
			}
			if err := addPosition(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "place", "office", r.ID, "", "")
		})
		return err
	})
}

// Standing is where somebody in office stood on an issue, for their own page.
type Standing struct {
	Issue   Issue
	Now     Position
	On      bool // on the map now
	History []Position
}

// Standings lists an actor's positions by issue, as far as the reader sees the issue.
func (s *Service) Standings(ctx context.Context, a access.Actor, actor string) (out []Standing, err error) {
	defer fault.Wrap(&err, "power.Standings")
	if _, err := access.Check(a, needKnow); err != nil || s.issues == nil {
		return nil, err
	}
	issues, err := s.issues.Issues(ctx, a)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := positionsOf(ctx, tx, actor)
		if err != nil {
			return err
		}
		list, err := s.openPositions(ctx, tx, rows)
		if err != nil {
			return err
		}
		for _, i := range issues {
			of := Standing{Issue: i}
			for _, p := range list {
				if p.Issue == i.ID {
					of.History = append(of.History, p)
				}
			}
			if of.Now, of.On = StoodAt(of.History, now); len(of.History) > 0 {
				out = append(out, of)
			}
		}
		return nil
	})
	return out, err
}
