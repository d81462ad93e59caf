// Coverage: whom the campaign set out to hear, whom it heard, and who is missing.
package listening

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/suppress"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Standing is how a line stands to its plan.
type Standing string

const (
	OnPlan  Standing = "on_plan"
	Below   Standing = "below"
	NoPlan  Standing = "no_plan"
	Unknown Standing = "unknown" // the number is not shown
)

// Line is one value of a dimension.
type Line struct {
	Dimension Dimension
	Value     string
	Name      string // of a network or an area
	Plan      int    // at least so many percent; 0: no goal
	Heard     Cell
	Share     float64
	HasShare  bool
	Standing  Standing
}

// Coverage is what may be read of a campaign now.
type Coverage struct {
	Campaign
	Audience Audience
	AsOf     time.Time // of the counts; zero: none are out yet
	Total    Cell      // as of then
	Lines    map[Dimension][]Line
	Missing  []Line // below plan, or planned and not shown
	K        int
}

// audienceOf is the circle an actor belongs to.
func audienceOf(g access.Granted) Audience {
	if g.Scope == access.Agg || g.Scope == access.Pub || g.Scope == access.Meta {
		return Outside
	}
	return Team
}

// Coverage returns the counts of the last publication for the reader's circle.
func (s *Service) Coverage(ctx context.Context, a access.Actor, campaign string) (out Coverage, err error) {
	defer fault.Wrap(&err, "listening.Coverage(%s)", campaign)
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	if err := s.refreshFor(ctx, a, g, campaign); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = s.coverage(ctx, tx, a, g, campaign)
		return err
	})
	return out, err
}

// refreshFor publishes what is due, for an actor who may see the campaign at all.
func (s *Service) refreshFor(ctx context.Context, a access.Actor, g access.Granted, campaign string) error {
	err := s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		_, err := s.load(ctx, tx, a, g, campaign)
		return err
	})
	if err != nil {
		return err
	}
	return s.refresh(ctx, a.Org, campaign)
}

func (s *Service) coverage(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, campaign string) (out Coverage, err error) {
	c, err := s.load(ctx, tx, a, g, campaign)
	if err != nil {
		return out, err
	}
	out = Coverage{Campaign: c, Audience: audienceOf(g), Lines: map[Dimension][]Line{}}
	out.K = options(out.Audience).K
	nets, err := s.networks(ctx, tx, campaign)
	if err != nil {
		return out, err
	}
	list, err := s.releases(ctx, tx, campaign, out.Audience)
	if err != nil {
		return out, err
	}
	r := Release{}
	if len(list) > 0 {
		r = list[len(list)-1]
		out.AsOf = r.At
		if r.Whole {
			out.Total = Cell{N: rounded(out.Audience, r.Total), Shown: true}
		}
	}
	add := func(d Dimension, value, name string, plan int) {
		l := Line{Dimension: d, Value: value, Name: name, Plan: plan, Heard: r.read(out.Audience, d, value), Standing: NoPlan}
		l.Share, l.HasShare = share(l.Heard, out.Total, out.K)
		l.stand(out.Total)
		out.Lines[d] = append(out.Lines[d], l)
		if l.Standing == Below || l.Standing == Unknown && plan > 0 {
			out.Missing = append(out.Missing, l)
		}
	}
	for _, l := range c.Languages {
		add(ByLanguage, l, "", c.Shares[l])
	}
	for _, n := range nets {
		add(ByNetwork, n.ID, n.Name, n.Share)
	}
	for _, area := range c.Areas {
		add(ByArea, area.ID, area.Name, 0)
	}
	for _, f := range Formats() {
		add(ByFormat, string(f), "", 0)
	}
	for _, d := range []Dimension{ByNetwork, ByArea} {
		if len(out.Lines[d]) > 0 {
			add(d, "", "", 0)
		}
	}
	return out, nil
}

// share is a part of the whole, where both may be told and the base is large enough.
func share(part, whole Cell, k int) (float64, bool) {
	if !part.Shown || !whole.Shown || part.N > 0 && part.N < k || whole.N < suppress.MinDenominator {
		return 0, false
	}
	return float64(part.N) / float64(whole.N), true
}

// stand compares with the plan. It reads what is shown and nothing else: a warning
// about a hidden number would tell of it.
func (l *Line) stand(total Cell) {
	switch {
	case l.Plan == 0:
	case !l.Heard.Shown || !total.Shown:
		l.Standing = Unknown
	case l.Heard.N*100 < l.Plan*total.N:
		l.Standing = Below
	default:
		l.Standing = OnPlan
	}
}

// Board is the campaign's front page.
type Board struct {
	Coverage
	Heard     int // now, the whole campaign; for the team
	OneToOnes int
	Meetings  int // sessions that were not one-to-ones
	Listening int // listeners who are still there
	Weeks     []int
	Waiting   []Session // planned, report not in; those of the actor
	Midpoint  *Midpoint
	Can       []Verb
	Networks  []Network
}

// Sessions held so far: a one-to-one counts as one, also when a sheet of them came in.
func (b Board) Held() int { return b.OneToOnes + b.Meetings }

// MidpointLate and MidpointNow say whether the check is due.
func (b Board) MidpointNow(now time.Time) bool {
	return b.State == Open && !now.Before(b.MidpointFrom())
}

func (b Board) MidpointLate(now time.Time) bool {
	return b.State == Open && now.After(b.MidpointDue())
}

// Board returns the front page for the reader's circle.
func (s *Service) Board(ctx context.Context, a access.Actor, campaign string) (out Board, err error) {
	defer fault.Wrap(&err, "listening.Board(%s)", campaign)
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	if err := s.refreshFor(ctx, a, g, campaign); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = Board{}
		if out.Coverage, err = s.coverage(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		if out.Midpoint, err = s.midpoint(ctx, tx, campaign); err != nil {
			return err
		}
		if out.Audience == Outside {
			if out.Midpoint != nil {
				out.Midpoint.Heard, out.Midpoint.Account = 0, ""
			}
			return nil
		}
		out.Can = Can(out.State, party(g))
		return s.work(ctx, tx, a, g, &out)
	})
	return out, err
}

// work fills in what the team sees beside the published counts: the campaign's own
// totals, which are about nobody in particular, and its open reports.
func (s *Service) work(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, b *Board) error {
	rows, err := heardRows(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	batches, err := s.batches(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	b.Weeks = make([]int, b.Campaign.Weeks())
	count := func(at time.Time, n int) {
		b.Heard += n
		if w := b.Week(at); w >= 1 {
			for len(b.Weeks) < w && len(b.Weeks) < 60 {
				b.Weeks = append(b.Weeks, 0)
			}
			b.Weeks[min(w, len(b.Weeks))-1] += n
		}
	}
	for _, r := range rows {
		count(db.Time(r.held), r.heard)
		if Format(r.format) == OneToOne {
			b.OneToOnes += r.heard
		} else {
			b.Meetings++
		}
	}
	for _, x := range batches {
		count(x.At, x.Heard)
	}
	list, err := listeners(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	for _, l := range list {
		if l.Left.IsZero() {
			b.Listening++
		}
	}
	planned, err := plannedSessions(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	b.Waiting = slices.DeleteFunc(planned, func(n Session) bool { return !mayTouch(a, g, n) })
	b.Networks, err = s.networks(ctx, tx, b.ID)
	return err
}
