// What is read: the board, a branch, the call list, the sums for the hall, and how
// reliable institutions were over their events.
package turnout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/notify"
)

// Board is a turnout as an actor sees it. A leader's holds their branch and no sums
// but its own.
type Board struct {
	Turnout
	Sums   Sums // of the whole; empty for a leader
	Shares []Share
	Asks   []Ask
	Self   string // the actor's person; empty for whoever sees the whole
	Whole  bool
}

// Branch is what one person and everybody below them undertook and reached.
func (b Board) Branch(person string) Numbers { return OfBranch(b.Shares, b.Asks, person) }

// ShareOf is what one person undertook.
func (b Board) ShareOf(person string) (Share, bool) {
	i := slices.IndexFunc(b.Shares, func(s Share) bool { return s.Person == person && person != "" })
	if i < 0 {
		return Share{}, false
	}
	return b.Shares[i], true
}

// Get opens a turnout for an actor.
func (s *Service) Get(ctx context.Context, a access.Actor, turnout string) (b Board, err error) {
	defer fault.Wrap(&err, "turnout.Get(%s)", turnout)
	g, err := access.Check(a, needRead)
	if err != nil {
		return b, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		v, err := s.load(ctx, tx, a, g, turnout)
		if err != nil {
			return err
		}
		if v.whole {
			if err := v.fill(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.open(ctx, tx.Org(), []*row{&v.row}); err != nil {
			return err
		}
		b = v.board()
		return nil
	})
	return b, err
}

// board keeps what the actor may see.
func (v view) board() Board {
	b := Board{Turnout: v.Turnout, Whole: v.whole, Self: v.self, Shares: v.shares, Asks: v.asks}
	if v.whole {
		b.Sums = Sum(v.Goal, v.shares, v.asks, v.counts)
		return b
	}
	b.Shares = slices.DeleteFunc(slices.Clone(v.shares), func(x Share) bool { return !v.near[x.Person] })
	b.Asks = slices.DeleteFunc(slices.Clone(v.asks), func(k Ask) bool { return !v.near[k.Person] })
	for i := range b.Asks {
		if !v.near[b.Asks[i].By] {
			b.Asks[i].By = "" // who asked them is above their branch
		}
	}
	return b
}

// listMost is how many turnouts a list shows: years of them.
const listMost = 100

// List returns the turnouts an actor reaches, the latest first, each as Get gives it.
func (s *Service) List(ctx context.Context, a access.Actor) (out []Board, err error) {
	defer fault.Wrap(&err, "turnout.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		var persons []string
		if g.Scope == access.Self {
			if a.Person == "" {
				return nil
			}
			if persons, err = people.Rows(ctx, tx, a.Person); err != nil {
				return err
			}
		}
		rows, err := listed(ctx, tx, persons, listMost)
		if err != nil {
			return err
		}
		refs := make([]*row, len(rows))
		for i := range rows {
			refs[i] = &rows[i]
		}
		if err := s.open(ctx, tx.Org(), refs); err != nil {
			return err
		}
		for _, r := range rows {
			v, err := s.load(ctx, tx, a, g, r.ID)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if v.whole {
				if err := v.fill(ctx, tx); err != nil {
					return err
				}
			}
			v.Words = r.Words
			out = append(out, v.board())
		}
		return nil
	})
	return out, err
}

// Caller is one line of a call list.
type Caller struct {
	Ask
	Way         notify.Channel // how they want to be reached
	Lang        string         // their language
	From        time.Time      // when they may be called next; zero is now
	Never       bool           // their rules leave no hour
	NoVoicemail bool
	Failed      bool // a message could not be delivered
}

// daytime is when people without hours of their own may be called.
var daytime = [][2]int{{8 * 60, 21 * 60}}

// may fills in when somebody may be called, under their own rules.
func (c *Caller) may(r notify.SafeContact, now time.Time) {
	if len(r.Hours) == 0 {
		r.Hours = daytime
	}
	next, ok := r.Next(now)
	c.NoVoicemail, c.Never = r.NoVoicemail, !ok
	if ok && next.After(now) {
		c.From = next
	}
}

// Calls lists whom to phone: those who have not answered, and when it is time those
// who said yes and were not or could not be asked in writing. Only people with a
// live consent whose way of contact is not "nobody" are on it; the rules of safe
// contact stand beside each. Whoever was tried least comes first, so that nobody is
// forgotten.
func (s *Service) Calls(ctx context.Context, a access.Actor, turnout string) (out []Caller, reach Reach, err error) {
	defer fault.Wrap(&err, "turnout.Calls(%s)", turnout)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return nil, reach, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, reach = nil, Reach{}
		v, err := s.load(ctx, tx, a, g, turnout)
		if err != nil {
			return err
		}
		if v.whole {
			if err := v.fill(ctx, tx); err != nil {
				return err
			}
		}
		confirming := v.Confirming(s.clock.Now())
		for _, k := range v.asks {
			if !v.sees(k.Person) || k.Person == v.self {
				continue
			}
			if k.Answer == Yes && k.Confirmed {
				reach.Confirmed++
			}
			if !k.ToCall(true) {
				continue
			}
			c, err := s.people.ReachIn(ctx, tx, k.Person)
			switch {
			case fault.Is(err, fault.Gone), fault.Is(err, fault.NotFound), fault.Is(err, fault.Forbidden):
				continue // without their consent nobody is on a list
			case err != nil:
				return err
			}
			failed, err := s.failed(ctx, tx, k)
			if err != nil {
				return err
			}
			line := Caller{Ask: k, Way: c.Channel, Lang: c.Lang, Failed: failed}
			line.may(c.Rules, s.clock.Now())
			if k.Answer == Yes {
				switch {
				case c.Channel == notify.None:
					reach.Unwanted++
				case k.Sent && !failed:
					reach.Sent++
				case !written(c.Channel) || failed:
					reach.ToPhone++
				default:
					reach.Written++
				}
			}
			if c.Channel == notify.None || !k.ToCall(confirming) || k.Answer == Yes && written(c.Channel) && !failed {
				continue
			}
			out = append(out, line)
		}
		slices.SortStableFunc(out, func(x, y Caller) int { return cmp.Or(x.Tried.Compare(y.Tried), cmp.Compare(x.ID, y.ID)) })
		return nil
	})
	return out, reach, err
}

// Listed checks that somebody is on the actor's call list now, before their number
// is opened.
func (s *Service) Listed(ctx context.Context, a access.Actor, turnout, person string) error {
	list, _, err := s.Calls(ctx, a, turnout)
	if err == nil && !slices.ContainsFunc(list, func(c Caller) bool { return c.Person == person }) {
		err = fault.Missing("not on the call list")
	}
	return err
}

// MayPrint refuses whoever may not take a call list out on paper.
func (s *Service) MayPrint(a access.Actor) error {
	_, err := access.Check(a, needPrint)
	return err
}

// Summary is a turnout in numbers by institution, for the screens of its event.
type Summary struct {
	Turnout string
	Goal    int
	Numbers
	Bodies []Body
}

// Summary returns the numbers of an event by its ref, for whoever may see the event:
// no person is in them. Without a turnout it is NotFound.
func (s *Service) Summary(ctx context.Context, a access.Actor, ref string) (out Summary, err error) {
	defer fault.Wrap(&err, "turnout.Summary")
	if _, err := access.Check(a, needHall); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := byRef(ctx, tx, ref)
		if err != nil {
			return err
		}
		shares, asks, cs, err := all(ctx, tx, r.ID)
		sums := Sum(r.Goal, shares, asks, cs)
		out = Summary{Turnout: r.ID, Goal: r.Goal, Numbers: sums.Total, Bodies: sums.Bodies}
		return err
	})
	return out, err
}

// Reliable returns for each institution how many of those it promised came, over
// the turnouts that were held. Institutions only: there is no such number of a
// person. Whoever publishes it shows the ones that are Shown.
func (s *Service) Reliable(ctx context.Context, a access.Actor) (out []Reliability, err error) {
	defer fault.Wrap(&err, "turnout.Reliable")
	if g, err := access.Check(a, needRead); err != nil {
		return nil, err
	} else if g.Scope == access.Self {
		return nil, fault.Denied("a leader sees their own branch")
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		sum := map[string]Reliability{}
		rows, err := held(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range rows {
			shares, asks, cs, err := all(ctx, tx, r.ID)
			if err != nil {
				return err
			}
			for _, b := range Sum(r.Goal, shares, asks, cs).Bodies {
				if b.Institution == "" || b.Yes == 0 {
					continue
				}
				one := sum[b.Institution]
				sum[b.Institution] = Reliability{Institution: b.Institution, Events: one.Events + 1, Promised: one.Promised + b.Yes, Present: one.Present + b.Attended}
			}
		}
		out = nil
		for _, r := range sum {
			out = append(out, r)
		}
		slices.SortFunc(out, func(x, y Reliability) int { return cmp.Compare(x.Institution, y.Institution) })
		return nil
	})
	return out, err
}

// Mine is a turnout as one person finds it on their own page.
type Mine struct {
	Turnout
	Numbers Numbers // of their branch; Goal is what they said they would bring
	Brings  bool    // they undertook to bring people
	Answer  Answer  // what they said about coming themself; empty when nobody asked them
	Token   string  // of the page on which they can change it
}

// OfPerson returns the open turnouts that a person has a part in, for their own page.
func (s *Service) OfPerson(ctx context.Context, a access.Actor) (out []Mine, err error) {
	defer fault.Wrap(&err, "turnout.OfPerson")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	if a.Person == "" {
		return nil, nil
	}
	g := access.Granted{Role: access.Member, Scope: access.Self}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := people.Rows(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		list, err := listed(ctx, tx, rows, listMost)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.State != Open || s.clock.Now().After(r.End()) {
				continue
			}
			v, err := s.load(ctx, tx, a, g, r.ID)
			if err != nil {
				return err
			}
			if err := s.open(ctx, tx.Org(), []*row{&v.row}); err != nil {
				return err
			}
			b := v.board()
			m := Mine{Turnout: b.Turnout, Numbers: b.Branch(v.self)}
			_, m.Brings = b.ShareOf(v.self)
			asked, err := asksOf(ctx, tx, r.ID, rows)
			if err != nil {
				return err
			}
			if len(asked) > 0 {
				m.Answer = asked[0].Answer
				if m.Token, err = s.vault.Open(ctx, tokenCell(tx.Org(), asked[0]), asked[0].sealed); err != nil {
					return err
				}
			}
			out = append(out, m)
		}
		slices.SortFunc(out, func(x, y Mine) int { return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.ID, y.ID)) })
		return nil
	})
	return out, err
}

// Duty is what an actor has to do about a turnout.
type Duty struct {
	Turnout
	Act     Act
	By      time.Time
	Late    bool
	Numbers Numbers // of the whole, or of the actor's branch
	Whole   bool
}

// soon is how long before its day an act is on somebody's list.
const soon = 14 * 24 * time.Hour

// Duties returns what is next in the turnouts an actor reaches.
func (s *Service) Duties(ctx context.Context, a access.Actor) (out []Duty, err error) {
	defer fault.Wrap(&err, "turnout.Duties")
	list, err := s.List(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	now := s.clock.Now()
	for _, b := range list {
		n := b.Sums.Total
		if !b.Whole {
			n = b.Branch(b.Self)
		}
		act, by, late := b.Next(n, now)
		switch {
		case act == Nothing, by.Sub(now) > soon:
			continue
		case !b.Whole && act == CloseBooks:
			continue // an organizer's
		case act == AskMore && b.Whole && n.Yes >= Promises(b.Goal), act == AskMore && !b.Whole && n.Yes >= n.Goal:
			continue
		}
		out = append(out, Duty{Turnout: b.Turnout, Act: act, By: by, Late: late, Numbers: n, Whole: b.Whole})
	}
	return out, err
}

// AtDoor returns the door's numbers by institution, for whoever counts there: an
// organizer with what was promised, a leader without.
func (s *Service) AtDoor(ctx context.Context, a access.Actor, turnout string) (out []Body, err error) {
	defer fault.Wrap(&err, "turnout.AtDoor(%s)", turnout)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		v, err := s.load(ctx, tx, a, g, turnout)
		if err != nil {
			return err
		}
		if err := v.fill(ctx, tx); err != nil {
			return err
		}
		out = Sum(v.Goal, v.shares, v.asks, v.counts).Bodies
		for i, b := range out {
			if !v.whole {
				out[i] = Body{Institution: b.Institution, Roll: b.Roll, Numbers: Numbers{Attended: b.Attended}}
			}
		}
		return nil
	})
	return out, err
}
