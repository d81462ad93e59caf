// What changed: built here, with what other rooms know of where a change comes from.
package app

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/change"
	"seedbed/internal/organizing/change/changeweb"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

func (sys *system) buildChanges() {
	sys.changes = change.New(change.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Issues: changeIssues{sys}, Stories: sys.rootStories,
		Traces: []change.Trace{sys.traceStories, sys.traceOneToOnes, sys.traceIssue, sys.traceResearch, sys.traceAsks, sys.tracePledges}})
}

func (sys *system) changeRoutes() []web.Route {
	return changeweb.New(sys.changes, changeweb.Options{Name: sys.staffName, Issue: func(id string) string { return "/issues/" + id },
		Thing: func(r *web.Request, ref string) string { return sys.pageOf(r.Actor, ref) }}).Routes()
}

// rootStories are stories a change can have begun with, by their titles.
func (sys *system) rootStories(ctx context.Context, a access.Actor) (out []change.Choice, err error) {
	for after := ""; ; {
		page, err := sys.stories.List(ctx, a, after)
		if err != nil {
			return nil, err
		}
		for _, l := range page.Lines {
			out = append(out, change.Choice{ID: l.ID, Name: l.Title})
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// traceStories are the stories a change began with: a count, and the name of a teller
// only while their yes to be read by the team lives.
func (sys *system) traceStories(ctx context.Context, a access.Actor, r change.Record) (out []change.Stop, err error) {
	without := change.Stop{Kind: change.OfStories}
	for _, ref := range r.Roots {
		id := strings.TrimPrefix(ref, "story:")
		s, err := sys.stories.Now(ctx, a, id, "team")
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Forbidden), fault.Is(err, fault.Conflict), fault.Is(err, fault.Gone):
			without.Count++
			continue
		case err != nil:
			return nil, err
		}
		stop := change.Stop{Kind: change.OfStories, Count: 1, Text: s.Name, Ref: ref}
		if a.Has(access.Organizer) {
			stop.URL = "/told/" + id
		}
		out = append(out, stop)
	}
	if without.Count > 0 {
		out = append(out, without)
	}
	return out, nil
}

// traceOneToOnes is how many people were met one by one in the half year before the
// problem was named. Fewer than five are no number.
func (sys *system) traceOneToOnes(ctx context.Context, a access.Actor, r change.Record) ([]change.Stop, error) {
	named, ok := change.First(r.Steps)[change.Named]
	if !ok {
		return nil, nil
	}
	const few = 5
	n, err := sys.people.HeldBetween(ctx, access.Machine(a.Org), people.OneToOne, named.On.AddDate(0, -6, 0), named.On)
	if err != nil || n < few {
		return nil, err
	}
	return []change.Stop{{Kind: change.OfOneToOnes, Count: n, When: named.On}}, nil
}

// traceIssue is the issue that the problem was cut down to.
func (sys *system) traceIssue(ctx context.Context, a access.Actor, r change.Record) ([]change.Stop, error) {
	if r.Issue == "" {
		return nil, nil
	}
	i, err := sys.cycles.Issue(ctx, a, r.Issue)
	return []change.Stop{{Kind: change.OfIssue, Text: i.Title, When: i.Made, Ref: i.Ref(), URL: sys.pageOf(a, i.Ref())}}, err
}

// traceAsks are what was asked in public about the issue, or the ask as it was agreed.
func (sys *system) traceAsks(ctx context.Context, a access.Actor, r change.Record) (out []change.Stop, err error) {
	if r.Issue == "" {
		return nil, nil
	}
	i, err := sys.cycles.Issue(ctx, a, r.Issue)
	if err != nil {
		return nil, err
	}
	list, err := sys.acts.Asked(ctx, a, i.Cycle)
	if err != nil && !fault.Is(err, fault.Forbidden) {
		return nil, err
	}
	for _, x := range list {
		if x.Issue == r.Issue {
			ref := "assembly:" + x.Assembly
			out = append(out, change.Stop{Kind: change.OfAsk, Text: x.Name + ": " + x.Text, When: x.At, Ref: ref, URL: sys.pageOf(a, ref)})
		}
	}
	if ask := i.Asks(); len(out) == 0 && ask.Whole() {
		out = append(out, change.Stop{Kind: change.OfAsk, Text: ask.Name + " " + ask.Action})
	}
	return out, nil
}

// traceResearch are the research actions of the issue that were held.
func (sys *system) traceResearch(ctx context.Context, a access.Actor, r change.Record) (out []change.Stop, err error) {
	if r.Issue == "" {
		return nil, nil
	}
	l, err := sys.research.List(ctx, a, r.Issue, time.Time{})
	for _, f := range append(l.Waiting, l.Over...) {
		if f.State != research.Cancelled {
			out = append(out, change.Stop{Kind: change.OfResearch, Text: f.Host, When: f.At, Ref: f.Ref(), URL: "/research/" + f.ID})
		}
	}
	return out, err
}

// tracePledges are what was promised about the issue, in the words of the promise.
func (sys *system) tracePledges(ctx context.Context, a access.Actor, r change.Record) (out []change.Stop, err error) {
	if r.Issue == "" {
		return nil, nil
	}
	list, err := sys.pledges.List(ctx, a, pledge.Filter{Issue: r.Issue})
	for _, p := range list {
		if p.Withdrawn {
			continue
		}
		on, _ := time.ParseInLocation(time.DateOnly, p.Said, sys.zone(ctx, a.Org)) // a day without a date has no place in the order
		out = append(out, change.Stop{Kind: change.OfPledge, Text: p.Name + ": " + p.Text, When: on, Ref: "pledge:" + p.ID, URL: sys.pageOf(a, "pledge:"+p.ID)})
	}
	return out, err
}

// promiseMoved proposes a step of the changes of its issue: a promise in public is a
// commitment, and one that was kept is put into practice. Somebody confirms it.
func (sys *system) promiseMoved(ctx context.Context, tx *db.Tx, a access.Actor, p pledge.Pledge, why pledge.Note) error {
	mark, ok := map[pledge.State]change.Mark{pledge.Made: change.Committed, pledge.Kept: change.Implemented}[p.State]
	if !ok || p.Issue == "" {
		return nil
	}
	in := change.StepIn{Issue: p.Issue, Mark: mark, On: sys.clock.Now(), Evidence: p.Name + ": " + p.Text, Link: why.Link, Ref: "pledge:" + p.ID}
	if mark == change.Implemented && why.Evidence != "" {
		in.Evidence = why.Evidence
	}
	return sys.changes.ProposeIn(ctx, tx, a, in)
}

// changeLines are changes that wait for somebody: a step to confirm, or nobody has
// looked at one for long.
func (sys *system) changeLines(ctx context.Context, a access.Actor, day time.Time, _ *time.Location) (out []peopleweb.Line, err error) {
	if _, err := access.Check(a, can("change", access.Update)); err != nil {
		return nil, nil
	}
	list, err := sys.changes.List(ctx, a, "")
	l := sys.catalog.Localizer(a.Locale)
	for _, c := range list {
		n := c.Next()
		if n.Account != a.Account || n.Act != change.Confirm && day.Before(n.When) {
			continue
		}
		what := l.T("change.next." + string(n.Act))
		if n.Act == change.Further {
			what = l.T("change.next.further", "Step", l.T("change.mark."+string(n.Mark)))
		}
		out = append(out, peopleweb.Line{When: n.When, What: what + ": " + c.Title, URL: "/changes/" + c.ID, Late: day.After(n.When)})
	}
	return out, err
}
