// What indicators need beyond the funnel: how people chose, whether groups kept
// time, and whether stops were honoured. Each was counted as it happened, without
// the person, and is told beside the published counts only where it says no more
// about a small number than they do.
package introduction

import (
	"context"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/suppress"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Counted beside the funnel. How people chose and whether the group kept time belong
// to the month of the offer; stops to the month in which they were asked for.
const (
	besideTimely   = "timely"
	besideStop     = "stop"
	besideHonoured = "stop_honoured"
)

// StopHonoured is how soon every group says that it has forgotten.
const StopHonoured = 2 * day

// timely reports whether the group answered and somebody tried in time: now, at the
// first try or the first meeting.
func timely(w *work) bool {
	first := DefaultClocks(w.clocks.Calendar)
	if w.row.sent.IsZero() || w.row.state != Contacting && w.row.state != Connected {
		return false
	}
	answered := w.row.acknowledged
	if answered.IsZero() {
		answered = w.now
	}
	return !answered.After(first.Calendar.Add(w.row.sent, first.Acknowledge)) && !w.now.After(first.Calendar.Add(w.row.sent, first.FirstAttempt))
}

// countStop counts that somebody ended it, and that it is honoured when no group
// has anything.
func (s *Service) countStop(ctx context.Context, w *work) error {
	k := countKey{month: w.clocks.Calendar.Month(w.now)}
	if err := addCount(ctx, w.tx, k, besideStop, 1); err != nil {
		return err
	}
	return s.countHonoured(ctx, w.tx, w.row.receiptHash, k, w.now)
}

// countHonoured counts a stop once the last of its groups has said in time that it
// has forgotten.
func (s *Service) countHonoured(ctx context.Context, tx *db.Tx, receipt string, k countKey, asked time.Time) error {
	list, err := recallsByReceipt(ctx, tx, receipt)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.answered.IsZero() || r.answered.Sub(asked) > StopHonoured {
			return nil
		}
	}
	return addCount(ctx, tx, k, besideHonoured, 1)
}

// Choices is what people chose of what they were offered in a year. A number that
// is not told is not Shown.
type Choices struct {
	Offered, Wanted suppress.Count // as published
	Declined, Info  suppress.Count // they and those who wanted are those offered
	Call, Warm      suppress.Count // they are those who wanted
}

// Choices tells how people chose, once a year is over: told by month, the months and
// the year would be a second publication of the same people. Both numbers of a pair
// are told or none, because one follows from the other; and only beside totals that
// are told, so that nothing hidden there follows from them.
func (s *Service) Choices(ctx context.Context, a access.Actor, year int) (out Choices, err error) {
	defer fault.Wrap(&err, "introduction.Choices(%d)", year)
	c, rows, err := s.beside(ctx, a, year)
	if err != nil || c.Through != strconv.Itoa(year)+"-12" || len(c.Total.Cells) == 0 {
		return out, err
	}
	return c.choices(rows), nil
}

func (c Counts) choices(rows []countRow) (out Choices) {
	n := map[string]int{}
	for _, r := range rows {
		n[r.outcome] += int(r.n)
	}
	out.Offered, out.Wanted = c.Total.Cells[0].Count, c.Total.Cells[1].Count
	if !out.Offered.Shown || !out.Wanted.Shown {
		return out
	}
	pair := func(a, b string, of int) (x, y suppress.Count) {
		if n[a]+n[b] != of || n[a] < suppress.K || n[b] < suppress.K {
			return x, y
		}
		return suppress.Count{N: n[a], Shown: true}, suppress.Count{N: n[b], Shown: true}
	}
	out.Declined, out.Info = pair(string(OutcomeDeclined), string(OutcomeInfo), out.Offered.N-out.Wanted.N)
	out.Call, out.Warm = pair(string(CallBack), string(WarmHandoff), out.Wanted.N)
	return out
}

// beside is a year as published, and the rows it was made of.
func (s *Service) beside(ctx context.Context, a access.Actor, year int) (c Counts, rows []countRow, err error) {
	if c, err = s.Counts(ctx, a, year); err != nil || c.Through == "" {
		return c, nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err = countsBetween(ctx, tx, strconv.Itoa(year)+"-01", c.Through)
		return err
	})
	return c, rows, err
}

// Timely is how many introductions of a month the groups answered within three
// working days and tried within five, of those sent. It is told where the published
// counts tell how many were sent and how many were answered: then it says nothing
// about a person that they do not.
func (s *Service) Timely(ctx context.Context, a access.Actor, year int, month time.Month) (n, sent suppress.Count, err error) {
	defer fault.Wrap(&err, "introduction.Timely(%d-%d)", year, month)
	c, rows, err := s.beside(ctx, a, year)
	name := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	for _, l := range c.Months {
		if l.Name != name || !l.Cells[2].Shown || !l.Cells[3].Shown {
			continue
		}
		n.Shown, sent = true, l.Cells[2].Count
		for _, r := range rows {
			if r.month == name && r.outcome == besideTimely {
				n.N += int(r.n)
			}
		}
	}
	return n, sent, err
}

// Stops is how many people ended their introduction between two months' beginnings,
// and for how many of them every group said in time that it has forgotten. These
// are true counts: they leave for a room that protects small numbers.
func (s *Service) Stops(ctx context.Context, org string, from, until time.Time) (honoured, stops int, err error) {
	defer fault.Wrap(&err, "introduction.Stops")
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		cal := s.calendar(ctx, org)
		rows, err := countsBetween(ctx, tx, cal.Month(from), cal.Month(until.Add(-time.Microsecond)))
		for _, r := range rows {
			switch r.outcome {
			case besideStop:
				stops += int(r.n)
			case besideHonoured:
				honoured += int(r.n)
			}
		}
		return err
	})
	return honoured, stops, err
}
