package introduction

import (
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/suppress"
)

// How a year's people chose is told in pairs, beside published totals, or not at all.
func TestChoicesAreToldInPairs(t *testing.T) {
	for _, c := range []struct {
		declined, info, call, warm int64
		first, second              bool
	}{
		{12, 30, 20, 15, true, true},
		{3, 30, 20, 15, false, true}, // three declined: both of the pair are hidden
		{30, 0, 20, 15, false, true}, // nobody is a small number, too
		{12, 30, 40, 5, true, false},
		{2, 2, 2, 2, false, false},
	} {
		rows := []countRow{
			{countKey{"main", "2026-03", "es"}, string(Offered), c.declined + c.info + c.call + c.warm},
			{countKey{"main", "2026-03", "es"}, stageWanted, c.call + c.warm},
			{countKey{"main", "2026-03", "es"}, string(OutcomeDeclined), c.declined},
			{countKey{"main", "2026-03", "es"}, string(OutcomeInfo), c.info},
			{countKey{"main", "2026-03", "es"}, string(CallBack), c.call},
			{countKey{"main", "2026-03", "es"}, string(WarmHandoff), c.warm},
			{countKey{"", "2026-03", ""}, besideStop, 4},
		}
		counts := Counts{Stages: Stages()}
		publish(&counts, rows)
		if len(counts.Sites) != 1 || len(counts.Languages) != 1 {
			t.Errorf("what is counted beside the funnel has a line of its own: %+v", counts)
		}
		got := counts.choices(rows)
		if got.Declined.Shown != c.first || got.Info.Shown != c.first || got.Call.Shown != c.second || got.Warm.Shown != c.second {
			t.Errorf("%+v: %+v", c, got)
		}
		for _, n := range []suppress.Count{got.Declined, got.Info, got.Call, got.Warm} {
			if n.Shown && n.N < suppress.K || !n.Shown && n.N != 0 {
				t.Errorf("%+v: %+v", c, got)
			}
		}
		rows[4].n-- // somebody whose choice was never counted
		if got := counts.choices(rows); got.Call.Shown || got.Warm.Shown {
			t.Errorf("choices that do not add up are told: %+v", got)
		}
	}
}

// A year is told when it is over; whether groups kept time, where the counts tell
// what was sent and answered.
func TestChoicesAndTimeOfAYear(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 12 {
			w.must(w.s.RecordOffer(w.ctx, drLee, OfferIn{Site: "main", Lang: "es", Outcome: OutcomeInfo}))
			w.must(w.s.RecordOffer(w.ctx, drLee, OfferIn{Site: "main", Lang: "es", Outcome: OutcomeDeclined}))
			w.begin(lupe, warm)
			b := w.begin(lupe)
			if i == 0 {
				w.days(9) // too late
			}
			w.must(w.s.LogAttempt(w.ctx, partnerOf(worker), AttemptIn{ID: b.ID, Channel: "phone", Result: "no_answer"}))
			w.must(w.s.LogAttempt(w.ctx, partnerOf(worker), AttemptIn{ID: b.ID, Channel: "phone", Result: "reached"}))
		}
		if n := w.raw(); n[besideTimely] != 11 || n[string(CallBack)] != 12 || n[string(WarmHandoff)] != 12 {
			t.Errorf("%v", n)
		}
		if c, err := w.s.Choices(w.ctx, chief, 2026); err != nil || c.Offered.Shown {
			t.Errorf("told before the year is over: %+v, %v", c, err)
		}
		w.clock.Set(time.Date(2027, 1, 8, 10, 0, 0, 0, w.zone))
		c, err := w.s.Choices(w.ctx, chief, 2026)
		if w.must(err); c.Offered.N != 48 || c.Wanted.N != 24 || c.Declined.N != 12 || c.Info.N != 12 || c.Call.N != 12 || c.Warm.N != 12 {
			t.Errorf("%+v", c)
		}
		n, sent, err := w.s.Timely(w.ctx, chief, 2026, time.November)
		if w.must(err); !n.Shown || n.N != 11 || sent.N != 12 {
			t.Errorf("%+v of %+v", n, sent)
		}
		if n, _, err = w.s.Timely(w.ctx, chief, 2026, time.December); err != nil || n.Shown {
			t.Errorf("%+v, %v", n, err)
		}
		_, err = w.s.Choices(w.ctx, drLee, 2026)
		w.is(err, fault.Forbidden)
	})
}

// A stop is honoured at once when nobody had anything, and else when the group says
// within two days that it has forgotten.
func TestStopsAreCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		november := time.Date(2026, 11, 1, 0, 0, 0, 0, w.zone)
		want := func(honoured, stops int) {
			t.Helper()
			h, n, err := w.s.Stops(w.ctx, cedar, november, november.AddDate(0, 1, 0))
			if w.must(err); h != honoured || n != stops {
				t.Errorf("%d of %d honoured, want %d of %d", h, n, honoured, stops)
			}
		}
		want(0, 0)
		w.must(w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: w.begin(lupe, warm).ID, How: "phone"}))
		want(1, 1)
		answer := func(days, stops int) {
			w.must(w.s.Withdraw(w.ctx, lupe, WithdrawIn{ID: w.begin(lupe).ID, How: "phone"}))
			list, err := w.s.Recalls(w.ctx, lupe)
			w.must(err)
			want(stops, stops+1)
			w.days(days)
			w.must(w.s.AnswerRecall(w.ctx, lupe, RecallIn{ID: list[0].ID}))
			w.must(w.s.AnswerRecall(w.ctx, lupe, RecallIn{ID: list[0].ID}))
		}
		answer(1, 1)
		want(2, 2)
		answer(3, 2)
		want(2, 3)
		if h, n, err := w.s.Stops(w.ctx, cedar, november.AddDate(0, 1, 0), november.AddDate(0, 2, 0)); err != nil || h+n != 0 {
			t.Errorf("%d of %d in December, %v", h, n, err)
		}
	})
}
