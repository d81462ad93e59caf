// What the pages show of a cycle: where everything stands and what opens the next gate.
package cycle

import (
	"context"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

// Standing is an issue with what was done about it and what its next gate waits for.
type Standing struct {
	Issue
	Gate    Gate
	HasGate bool
	Missing []Need
	Doings  []Doing
	facts   Facts
}

// Board is a cycle with everything in it.
type Board struct {
	Cycle
	Gate      Gate
	HasGate   bool
	Missing   []Need
	Issues    []Standing
	Teams     []Named
	Campaigns []Campaign
	Chosen    []string // refs
	Before    Cycle    // the turn it began from
	After     []Cycle  // turns that began from it
	History   []Entry
}

// Board returns a cycle with everything in it.
func (s *Service) Board(ctx context.Context, a access.Actor, id string) (b Board, err error) {
	defer fault.Wrap(&err, "cycle.Board(%s)", id)
	return s.board(ctx, a, id, true)
}

func (s *Service) board(ctx context.Context, a access.Actor, cycle string, whole bool) (b Board, err error) {
	err = s.read(ctx, a, needSee, func(tx *db.Tx) error {
		b = Board{}
		if b.Cycle, err = s.cycle(ctx, tx, cycle); err != nil {
			return err
		}
		if b.Chosen, err = links(ctx, tx, cycle); err != nil {
			return err
		}
		rows, err := issues(ctx, tx, cycle)
		if err != nil {
			return err
		}
		if err := s.openIssues(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for _, r := range rows {
			b.Issues = append(b.Issues, Standing{Issue: r.Issue})
		}
		if !whole {
			return nil
		}
		if b.From != "" {
			if b.Before, err = s.cycle(ctx, tx, b.From); err != nil {
				return err
			}
		}
		after, err := cyclesFrom(ctx, tx, cycle)
		if err != nil {
			return err
		}
		if err := s.openCycles(ctx, tx.Org(), after); err != nil {
			return err
		}
		for _, r := range after {
			b.After = append(b.After, r.Cycle)
		}
		b.History, err = s.history(ctx, tx, cycle, "")
		return err
	})
	if err != nil {
		return b, err
	}
	return b, s.stand(ctx, a, &b)
}

// stand asks the rooms beside this one what was done, and works out the gates.
func (s *Service) stand(ctx context.Context, a access.Actor, b *Board) error {
	// What opens a gate does not depend on who looks: the machine asks.
	machine := access.Machine(a.Org)
	see, err := s.around(ctx, machine)
	if err != nil {
		return err
	}
	own := Facts{}
	for _, ref := range b.Chosen {
		kind, of, _ := strings.Cut(ref, ":")
		switch kind {
		case "team":
			own[NeedTeam] = true
			if i := slices.IndexFunc(see.Teams, func(n Named) bool { return n.ID == of }); i >= 0 {
				b.Teams = append(b.Teams, see.Teams[i])
			}
		case "campaign":
			if i := slices.IndexFunc(see.Campaigns, func(c Campaign) bool { return c.ID == of }); i >= 0 {
				b.Campaigns = append(b.Campaigns, see.Campaigns[i])
				own[NeedTold] = own[NeedTold] || see.Campaigns[i].Told
			}
		}
	}
	ids := make([]string, len(b.Issues))
	for n, i := range b.Issues {
		ids[n] = i.ID
	}
	done, err := s.doings(ctx, machine, ids)
	if err != nil {
		return err
	}
	var facts []Facts
	own[NeedChoice], own[NeedEvaluation] = len(b.Issues) > 0, true
	held := false
	for n := range b.Issues {
		i := &b.Issues[n]
		i.add(done)
		if !i.Standing() {
			continue
		}
		facts = append(facts, i.facts)
		own[NeedChoice] = own[NeedChoice] && i.facts[NeedChoice]
		if i.facts[NeedAction] {
			held = true
			own[NeedEvaluation] = own[NeedEvaluation] && i.facts[NeedEvaluation]
		}
	}
	own[NeedEvaluation] = own[NeedEvaluation] && held
	if s.Evaluations != nil { // a turn has an evaluation of its own
		if own[NeedEvaluation], err = s.Evaluations.Done(ctx, machine, b.Ref()); err != nil {
			return err
		}
	}
	if b.Gate, b.HasGate = GateFrom(b.Phase); b.HasGate {
		b.Missing = b.Gate.Missing(b.Gate.Together(own, facts))
	}
	return nil
}

// add takes an issue's own out of what was done, and works out its gate.
func (i *Standing) add(done []Doing) {
	for _, d := range done {
		if d.Issue == i.ID {
			i.Doings = append(i.Doings, d)
		}
	}
	i.facts = i.Issue.facts(i.Doings)
	if i.Gate, i.HasGate = GateFrom(i.Phase); i.HasGate {
		i.Missing = i.Gate.Missing(i.facts)
	}
}

// doings of these issues, in every room that has some, in the order of time.
func (s *Service) doings(ctx context.Context, a access.Actor, issues []string) (out []Doing, err error) {
	if len(issues) == 0 {
		return nil, nil
	}
	for _, room := range []Doings{s.Research, s.Actions} {
		if room == nil {
			continue
		}
		list, err := room.Doings(ctx, a, issues)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortStableFunc(out, func(a, b Doing) int { return a.At.Compare(b.At) })
	return out, nil
}

// history of a cycle, or of one issue in it, the newest first.
func (s *Service) history(ctx context.Context, tx *db.Tx, cycle, issue string) (out []Entry, err error) {
	rows, err := entries(ctx, tx, cycle, issue)
	if err != nil {
		return nil, err
	}
	err = opened(ctx, s, rows, func(r *entryRow) (vault.Cell, string, any) {
		return cell(tx.Org(), "cycle_log", r.ID, 1), r.sealed, &r.Reason
	})
	for _, r := range rows {
		out = append(out, r.Entry)
	}
	return out, err
}

// Listed is a cycle in the list, with its issues.
type Listed struct {
	Cycle
	Issues []Issue
}

// Cycles lists them, those under way before those that are over, the newest first.
func (s *Service) Cycles(ctx context.Context, a access.Actor) (out []Listed, err error) {
	defer fault.Wrap(&err, "cycle.Cycles")
	err = s.read(ctx, a, needSee, func(tx *db.Tx) error {
		out = nil
		rows, err := allCycles(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.openCycles(ctx, tx.Org(), rows); err != nil {
			return err
		}
		in, err := issues(ctx, tx, "")
		if err != nil {
			return err
		}
		if err := s.openIssues(ctx, tx.Org(), in); err != nil {
			return err
		}
		for _, r := range rows {
			l := Listed{Cycle: r.Cycle}
			for _, i := range in {
				if i.Cycle == r.ID {
					l.Issues = append(l.Issues, i.Issue)
				}
			}
			out = append(out, l)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Listed) int {
		switch {
		case (a.Phase == Closed) == (b.Phase == Closed):
			return 0
		case a.Phase == Closed:
			return 1
		}
		return -1
	})
	return out, err
}
