// What this room hears of decisions.
package cycle

import (
	"context"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
)

// Decided hears that a decision was recorded. When it belongs to an issue that is
// cut and the outcome is for it, the issue is adopted; otherwise only the history
// says that it was decided. It may be told more than once.
func (s *Service) Decided(ctx context.Context, org, ref, decision string) (err error) {
	defer fault.Wrap(&err, "cycle.Decided(%s)", decision)
	kind, issue, _ := strings.Cut(ref, ":")
	if kind != "issue" || s.Decisions == nil {
		return nil
	}
	machine := access.Machine(org)
	list, err := s.Decisions.Of(ctx, machine, ref)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(list, func(d Decision) bool { return d.ID == decision && d.Recorded })
	if n < 0 {
		return nil
	}
	err = s.change(ctx, machine, issue, "decided:"+decision, "decided", func(w act, i *Issue) (Entry, error) {
		if !list[n].Passed || i.State != Cut {
			act := "decided"
			if !list[n].Passed {
				act = "not_decided"
			}
			return Entry{Act: act, Was: string(i.State), Becomes: string(i.State)}, nil
		}
		i.State, i.Decision = Adopted, decision
		return Entry{Act: "decided", Was: string(Cut), Becomes: string(Adopted)}, nil
	})
	if fault.Is(err, fault.NotFound) {
		return nil // a decision about something that is not here
	}
	return err
}

// Waiting is a cycle whose clock has run out, or one that was handed over, for the
// day's work of an organizer.
type Waiting struct {
	Cycle  Cycle
	Handed bool
}

// Waits lists what of this room waits for the actor.
func (s *Service) Waits(ctx context.Context, a access.Actor) (out []Waiting, err error) {
	defer fault.Wrap(&err, "cycle.Waits")
	list, err := s.Handed(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, h := range list {
		out = append(out, Waiting{Cycle: Cycle{ID: h.Cycle, Due: h.At, Words: Words{Name: h.CycleName}}, Handed: true})
	}
	all, err := s.Cycles(ctx, a)
	for _, c := range all {
		if c.Keeper == a.Account && c.Late(s.Clock.Now()) {
			out = append(out, Waiting{Cycle: c.Cycle})
		}
	}
	return out, err
}
