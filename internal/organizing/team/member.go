// Being in a team: coming in, the name one shows, being reached, roles and terms,
// the chair that goes round, and leaving.
package team

import (
	"context"
	"encoding/json"
	"net/mail"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/phone"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// card is what a member shows in a team, sealed under their own key.
type card struct {
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty"`
	Email string `json:"email,omitempty"`
}

func memberCell(org string, m memberRow) vault.Cell {
	return vault.Cell{Org: org, Person: m.Person, Table: "team_member", Column: "sealed", Row: m.Team + "/" + m.Person, Version: m.version}
}

func (s *Service) putCard(ctx context.Context, tx *db.Tx, m *memberRow, c card) error {
	plain, err := json.Marshal(c)
	if err != nil {
		return err
	}
	m.version++
	if m.sealed, err = s.vault.Seal(ctx, memberCell(tx.Org(), *m), string(plain)); err != nil {
		return err
	}
	return putMember(ctx, tx, *m)
}

// cards opens what the members show. Who was erased, or whose consent has ended,
// is absent: their names are not shown, not even in a list of the past.
func (s *Service) cards(ctx context.Context, tx *db.Tx, list []memberRow) (map[string]card, error) {
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.Person
	}
	agreed, err := s.consent.Covered(ctx, tx, ids, people.TogetherOf(""))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(slices.Clone(list), func(m memberRow) bool { return !agreed[m.Person] })
	cells, sealed := make([]vault.Cell, len(list)), make([]string, len(list))
	for i, m := range list {
		cells[i], sealed[i] = memberCell(tx.Org(), m), m.sealed
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	out := map[string]card{}
	for i, o := range opened {
		if o.Gone {
			continue
		}
		var c card
		if err := json.Unmarshal([]byte(o.Plain), &c); err != nil {
			return nil, err
		}
		out[list[i].Person] = c
	}
	return out, nil
}

// heads counts who is in each team now, of those who still agree to be written down.
func (s *Service) heads(ctx context.Context, tx *db.Tx) (map[string]int, error) {
	list, err := membersAt(ctx, tx, s.clock.Now())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.Person
	}
	agreed, err := s.consent.Covered(ctx, tx, ids, people.TogetherOf(""))
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, m := range list {
		if agreed[m.Person] {
			out[m.Team]++
		}
	}
	return out, nil
}

// seen is the members as an actor may see them: names as chosen, and a number or
// an address only between two who both said yes.
func (s *Service) seen(ctx context.Context, tx *db.Tx, a access.Actor, team string) (out []Member, err error) {
	list, err := membersOf(ctx, tx, team)
	if err != nil {
		return nil, err
	}
	cards, err := s.cards(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	open := a.Person != "" && slices.ContainsFunc(list, func(m memberRow) bool { return m.Person == a.Person && m.In(now) && m.Reachable })
	for _, m := range list {
		c, ok := cards[m.Person]
		if !ok {
			continue
		}
		seen := m.Member
		seen.Name = c.Name
		if m.In(now) && m.Reachable && open || m.Person == a.Person && a.Person != "" {
			seen.Phone, seen.Email = c.Phone, c.Email
		}
		out = append(out, seen)
	}
	slices.SortStableFunc(out, func(a, b Member) int {
		switch {
		case a.In(now) && !b.In(now):
			return -1
		case b.In(now) && !a.In(now):
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out, nil
}

// IsMember reports whether a person is in a team now, in the caller's transaction.
func (s *Service) IsMember(ctx context.Context, tx *db.Tx, team, person string) (bool, error) {
	return isIn(ctx, tx, team, person, s.clock.Now())
}

// ReachesIn reports whether an actor with this grant may touch a team's things:
// everything in their organization, or the things of a team they are in.
func (s *Service) ReachesIn(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, team string) (bool, error) {
	if _, err := teamByID(ctx, tx, team); err != nil {
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		return false, err
	}
	return s.reaches(ctx, tx, a, g, team)
}

// MembersOf returns who is in a team now, as the actor may see them.
func (s *Service) MembersOf(ctx context.Context, a access.Actor, team string) ([]Member, error) {
	_, list, err := s.Get(ctx, a, team)
	return slices.DeleteFunc(list, func(m Member) bool { return !m.In(s.clock.Now()) }), err
}

// Membership is a team somebody is or was in, for their own pages and the ladder.
type Membership struct {
	Member
	Kind  Kind
	State State
	Title string // what the team is called
}

// TeamsOf lists the teams of a person: their own, or those of somebody whom an
// organizer looks at.
func (s *Service) TeamsOf(ctx context.Context, a access.Actor, person string) (out []Membership, err error) {
	defer fault.Wrap(&err, "team.TeamsOf")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		list, err := membershipsOf(ctx, tx, person)
		if err != nil {
			return err
		}
		for _, m := range list {
			if ok, err := s.reaches(ctx, tx, a, g, m.Team); err != nil {
				return err
			} else if !ok && (a.Person == "" || a.Person != person) {
				continue
			}
			r, err := teamByID(ctx, tx, m.Team)
			if err != nil {
				return err
			}
			rows := []row{r}
			if err := s.open(ctx, tx.Org(), rows); err != nil {
				return err
			}
			cards, err := s.cards(ctx, tx, []memberRow{m})
			if err != nil {
				return err
			}
			m.Name = cards[m.Person].Name
			out = append(out, Membership{Member: m.Member, Kind: r.Kind, State: r.State, Title: rows[0].Name})
		}
		return nil
	})
	return out, err
}

// OnCoreTeam reports whether somebody is on an active core team, in the caller's transaction:
// evidence of the ladder.
func (s *Service) OnCoreTeam(ctx context.Context, tx *db.Tx, person string) (bool, error) {
	return s.on(ctx, tx, person, Core)
}

// OnStrategyTeam reports whether somebody is on an active strategy team, in the
// caller's transaction: it sees who among us knows whom.
func (s *Service) OnStrategyTeam(ctx context.Context, tx *db.Tx, person string) (bool, error) {
	return s.on(ctx, tx, person, Strategy)
}

func (s *Service) on(ctx context.Context, tx *db.Tx, person string, kind Kind) (bool, error) {
	list, err := membershipsOf(ctx, tx, person)
	if err != nil {
		return false, err
	}
	for _, m := range list {
		if !m.In(s.clock.Now()) {
			continue
		}
		if r, err := teamByID(ctx, tx, m.Team); err != nil {
			return false, err
		} else if r.Kind == kind && r.State == Active {
			return true, nil
		}
	}
	return false, nil
}

// MatesOf lists who is in a team with a person now, in the caller's transaction.
func (s *Service) MatesOf(ctx context.Context, tx *db.Tx, person string) (out []string, err error) {
	defer fault.Wrap(&err, "team.MatesOf")
	now := s.clock.Now()
	mine, err := membershipsOf(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	for _, m := range mine {
		if !m.In(now) {
			continue
		}
		list, err := membersOf(ctx, tx, m.Team)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if other.Person != person && other.In(now) && !slices.Contains(out, other.Person) {
				out = append(out, other.Person)
			}
		}
	}
	return out, nil
}

// MemberIn is somebody coming into a team, or a change of what they do there.
type MemberIn struct {
	Team, Person string
	Role         Role
	Until        time.Time // end of the term
	MayChair     bool
	Name         string // as they want to be called here; empty: as they are called
	Key          string
}

// Add brings somebody in who has a record and agreed to it. They begin unreachable:
// whether others may reach them is theirs to say.
func (s *Service) Add(ctx context.Context, a access.Actor, in MemberIn) (err error) {
	defer fault.Wrap(&err, "team.Add(%s)", in.Team)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if g.Scope == access.Self {
		return fault.Denied("only their own card")
	}
	if in.Name == "" && in.Person != "" { // asked outside the transaction: who looked is written down in one of its own
		cards, err := s.people.Names(ctx, a, []string{in.Person})
		if err != nil {
			return err
		}
		in.Name = cards[in.Person].Name
	}
	name, wrong := contact.Name(in.Name)
	switch {
	case in.Person == "" || wrong != "" && in.Name == "":
		return fault.Wrong(fault.At("person", "team.error.person"))
	case wrong != "":
		return fault.Wrong(fault.At("shown", wrong))
	case in.Role == "":
		in.Role = Plain
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "team.add:"+in.Team, func() (string, error) {
			if err := s.working(ctx, tx, a, g, in.Team); err != nil {
				return "", err
			}
			in.Name = name
			if err := s.addIn(ctx, tx, in); err != nil {
				return "", err
			}
			return in.Person, s.note(ctx, tx, a, g, "add", in.Team, in.Person, string(in.Role))
		})
		return err
	})
}

// AddIn brings somebody in within the caller's transaction, as the room does that
// makes a team with its first chair. Name must be given. The caller writes its own
// audit row.
func (s *Service) AddIn(ctx context.Context, tx *db.Tx, a access.Actor, in MemberIn) (err error) {
	defer fault.Wrap(&err, "team.AddIn(%s)", in.Team)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if g.Scope == access.Self {
		return fault.Denied("only their own card")
	}
	var wrong string
	if in.Name, wrong = contact.Name(in.Name); in.Person == "" || wrong != "" {
		return fault.Wrong(fault.At("person", "team.error.person"))
	}
	if in.Role == "" {
		in.Role = Plain
	}
	if err := s.working(ctx, tx, a, g, in.Team); err != nil {
		return err
	}
	return s.addIn(ctx, tx, in)
}

func (s *Service) addIn(ctx context.Context, tx *db.Tx, in MemberIn) error {
	now := s.clock.Now()
	if bad := in.term(now); len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	if err := s.people.TogetherIn(ctx, tx, in.Person, "person"); err != nil {
		return err
	}
	m, err := memberOf(ctx, tx, in.Team, in.Person)
	switch {
	case err == nil && m.In(now):
		return fault.Clash("team.error.already")
	case err != nil && !fault.Is(err, fault.NotFound):
		return err
	}
	m.Team, m.Person, m.Role, m.Since, m.Until, m.Left = in.Team, in.Person, in.Role, now, in.Until, time.Time{}
	m.MayChair, m.Reachable = in.MayChair, false
	return s.putCard(ctx, tx, &m, card{Name: in.Name})
}

func (in MemberIn) term(now time.Time) (bad []fault.Field) {
	if in.Role != "" && !slices.Contains(Roles(), in.Role) {
		bad = append(bad, fault.At("role", "contact.error.choose"))
	}
	if !in.Until.IsZero() && !in.Until.After(now) {
		bad = append(bad, fault.At("until", "team.error.until"))
	}
	return bad
}

// working refuses unless the team can be reached and is not closed.
func (s *Service) working(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, team string) error {
	r, err := s.load(ctx, tx, a, g, team)
	if err == nil && r.State == Closed {
		err = fault.Clash("team.error.closed")
	}
	return err
}

// member changes one membership.
func (s *Service) member(ctx context.Context, a access.Actor, team, person, action, key string, fn func(tx *db.Tx, m *memberRow) error) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if g.Scope == access.Self && (a.Person == "" || a.Person != person) {
		return fault.Denied("only their own card")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "team."+action+":"+team+":"+person, func() (string, error) {
			if err := s.working(ctx, tx, a, g, team); err != nil {
				return "", err
			}
			m, err := memberOf(ctx, tx, team, person)
			if err != nil {
				return "", err
			}
			if !m.Left.IsZero() {
				return "", fault.Clash("team.error.left")
			}
			if err := fn(tx, &m); err != nil {
				return "", err
			}
			if err := putMember(ctx, tx, m); err != nil {
				return "", err
			}
			return person, s.note(ctx, tx, a, g, action, team, person, "")
		})
		return err
	})
}

// Term changes what somebody does in a team, until when, and whether they chair.
func (s *Service) Term(ctx context.Context, a access.Actor, in MemberIn) (err error) {
	defer fault.Wrap(&err, "team.Term(%s)", in.Team)
	if in.Role == "" {
		in.Role = Plain
	}
	if bad := in.term(s.clock.Now()); len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.member(ctx, a, in.Team, in.Person, "term", in.Key, func(_ *db.Tx, m *memberRow) error {
		m.Role, m.Until, m.MayChair = in.Role, in.Until, in.MayChair
		return nil
	})
}

// Leave ends a membership; it stays as a dated fact.
func (s *Service) Leave(ctx context.Context, a access.Actor, team, person, key string) (err error) {
	defer fault.Wrap(&err, "team.Leave(%s)", team)
	return s.member(ctx, a, team, person, "leave", key, func(tx *db.Tx, m *memberRow) error {
		m.Left, m.Reachable = s.clock.Now(), false
		r, err := teamByID(ctx, tx, team)
		if err != nil || r.NextChair != person {
			return err
		}
		r.NextChair = ""
		return putTeam(ctx, tx, r)
	})
}

// CardIn is what a member shows in a team; fields are named as in the form.
type CardIn struct {
	Team, Person string
	Name         string // shown
	Reachable    bool   // reachable
	Phone, Email string // phone, email
	Key          string
}

// Show writes a member's own card: the name shown here, and whether and how the
// others may reach them. Nobody can say yes for somebody else: an organizer may
// only correct the name or take the reach away.
func (s *Service) Show(ctx context.Context, a access.Actor, in CardIn) (err error) {
	defer fault.Wrap(&err, "team.Show(%s)", in.Team)
	var bad []fault.Field
	name, key := contact.Name(in.Name)
	if key != "" {
		bad = append(bad, fault.At("shown", key))
	}
	c := card{Name: name}
	if in.Reachable {
		if a.Person == "" || a.Person != in.Person {
			return fault.Wrong(fault.At("reachable", "team.error.own"))
		}
		if strings.TrimSpace(in.Phone) != "" {
			if c.Phone, err = phone.Parse(in.Phone, s.region(ctx, a.Org)); err != nil {
				bad = append(bad, fault.At("phone", "contact.error.phone"))
			}
		}
		if c.Email = strings.ToLower(strings.TrimSpace(in.Email)); c.Email != "" {
			if m, err := mail.ParseAddress(c.Email); err != nil || m.Address != c.Email || len(c.Email) > 254 {
				bad = append(bad, fault.At("email", "contact.error.email"))
			}
		}
		if c.Phone == "" && c.Email == "" && len(bad) == 0 {
			bad = append(bad, fault.At("phone", "team.error.how"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.member(ctx, a, in.Team, in.Person, "card", in.Key, func(tx *db.Tx, m *memberRow) error {
		m.Reachable = in.Reachable
		return s.putCard(ctx, tx, m, c)
	})
}

// SetChair names who chairs next; empty goes back to whose turn it is.
func (s *Service) SetChair(ctx context.Context, a access.Actor, team, person, key string) (err error) {
	defer fault.Wrap(&err, "team.SetChair(%s)", team)
	return s.change(ctx, a, team, "chair", key, func(tx *db.Tx, r *row) (string, error) {
		if person != "" {
			in, err := isIn(ctx, tx, team, person, s.clock.Now())
			if err != nil {
				return "", err
			}
			if !in {
				return "", fault.Wrong(fault.At("chair", "team.error.chair"))
			}
		}
		r.NextChair = person
		return "", nil
	})
}

// NextChair is who chairs next: the one who was named, or whose turn it is.
func (s *Service) NextChair(t Team, members []Member) (person string, ok bool) {
	now := s.clock.Now()
	if slices.ContainsFunc(members, func(m Member) bool { return m.Person == t.NextChair && m.In(now) }) {
		return t.NextChair, true
	}
	return WhoseTurn(members, now)
}

// ChairedIn notes that somebody chaired at a time, in the caller's transaction;
// the turn goes to the next.
func (s *Service) ChairedIn(ctx context.Context, tx *db.Tx, team, person string, at time.Time) (err error) {
	defer fault.Wrap(&err, "team.ChairedIn(%s)", team)
	m, err := memberOf(ctx, tx, team, person)
	if fault.Is(err, fault.NotFound) {
		return nil // a guest chaired
	}
	if err != nil {
		return err
	}
	if m.ChairedAt.Before(at) {
		m.ChairedAt = at
	}
	m.Chaired++
	if err := putMember(ctx, tx, m); err != nil {
		return err
	}
	r, err := teamByID(ctx, tx, team)
	if err != nil || r.NextChair != person {
		return err
	}
	r.NextChair = ""
	return putTeam(ctx, tx, r)
}

// ForgetIn takes somebody out of every team, in the transaction that erases them.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return dropMemberships(ctx, tx, person)
}
