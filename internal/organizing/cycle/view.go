// An issue with everything a page shows of it, and several beside each other.
package cycle

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

// Tested is an issue's scores by one version of a list.
type Tested struct {
	Set
	Scores []Score
	Tally  Tally
}

// View is an issue with everything in it.
type View struct {
	Standing
	In        Cycle
	Tested    Tested // empty while no list was chosen
	Decisions []Decision
	Before    Issue // the issue of the turn before that it carries on
	History   []Entry
}

// View returns an issue with everything in it.
func (s *Service) View(ctx context.Context, a access.Actor, issue string) (v View, err error) {
	defer fault.Wrap(&err, "cycle.View(%s)", issue)
	err = s.read(ctx, a, needIssue, func(tx *db.Tx) error {
		v = View{}
		if v.Issue, err = s.issue(ctx, tx, issue); err != nil {
			return err
		}
		if v.In, err = s.cycle(ctx, tx, v.Cycle); err != nil {
			return err
		}
		if v.Tested, err = s.tested(ctx, tx, v.Issue); err != nil {
			return err
		}
		if v.From != "" {
			if v.Before, err = s.issue(ctx, tx, v.From); err != nil {
				return err
			}
		}
		v.History, err = s.history(ctx, tx, v.Cycle, issue)
		return err
	})
	if err != nil {
		return v, err
	}
	machine := access.Machine(a.Org)
	done, err := s.doings(ctx, machine, []string{issue})
	if err != nil {
		return v, err
	}
	v.add(done)
	v.Decisions, err = s.decisions(ctx, machine, v.Issue)
	return v, err
}

// decisions that belong to an issue; those of its cycle count as well, because a
// team may choose among several at once.
func (s *Service) decisions(ctx context.Context, a access.Actor, i Issue) (out []Decision, err error) {
	if s.Decisions == nil {
		return nil, nil
	}
	for _, ref := range []string{i.Ref(), "cycle:" + i.Cycle} {
		list, err := s.Decisions.Of(ctx, a, ref)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// tested is what was said about the criteria of the list the issue is tested by.
func (s *Service) tested(ctx context.Context, tx *db.Tx, i Issue) (t Tested, err error) {
	if i.Set == "" {
		return t, nil
	}
	if t.Set, err = s.set(ctx, tx, i.Set, i.SetVersion); err != nil {
		return t, err
	}
	rows, err := scores(ctx, tx, i.ID, i.Set, i.SetVersion)
	if err != nil {
		return t, err
	}
	err = opened(ctx, s, rows, func(r *scoreRow) (vault.Cell, string, any) {
		return scoreCell(tx.Org(), i, r.Criterion, r.version), r.sealed, &r.Reason
	})
	for _, r := range rows {
		t.Scores = append(t.Scores, r.Score)
	}
	t.Tally = t.Count(t.Scores)
	return t, err
}

func (s *Service) tally(ctx context.Context, tx *db.Tx, i Issue) (Tally, error) {
	t, err := s.tested(ctx, tx, i)
	return t.Tally, err
}

// Side is an issue beside others.
type Side struct {
	Issue
	Tested Tested
}

// MostSides is how many issues can be read beside each other.
const MostSides = 4

// Compare returns issues of one cycle beside each other, in the order in which they
// were proposed: those named, or the first that are still to be decided on.
func (s *Service) Compare(ctx context.Context, a access.Actor, cycle string, ids []string) (c Cycle, out []Side, err error) {
	defer fault.Wrap(&err, "cycle.Compare(%s)", cycle)
	err = s.read(ctx, a, needIssue, func(tx *db.Tx) error {
		out = nil
		if c, err = s.cycle(ctx, tx, cycle); err != nil {
			return err
		}
		rows, err := issues(ctx, tx, cycle)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r issueRow) bool {
			if len(ids) > 0 {
				return !slices.Contains(ids, r.ID)
			}
			return r.State != Proposed && r.State != Cut
		})
		rows = rows[:min(len(rows), MostSides)]
		if err := s.openIssues(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for _, r := range rows {
			t, err := s.tested(ctx, tx, r.Issue)
			if err != nil {
				return err
			}
			out = append(out, Side{r.Issue, t})
		}
		return nil
	})
	return c, out, err
}
