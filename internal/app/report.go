// Indicators and reports, and where every number comes from.
package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/suppress"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/change"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/organizing/report"
	"seedbed/internal/organizing/report/reportweb"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (sys *system) buildReports() {
	sys.reports = report.New(report.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Sources: sys.sources(), Waves: sys.surveyWaves, Zone: sys.zone, Log: sys.log})
}

func (sys *system) reportRoutes() []web.Route {
	return reportweb.New(sys.reports, reportweb.Options{Name: sys.staffName}).Routes()
}

// outsider reads what other rooms have published for readers outside the team.
func outsider(org string) access.Actor {
	return access.Actor{Org: org, Roles: []access.Role{access.Lead}}
}

func (sys *system) sources() map[string]report.Source {
	person := func(fn func(people.Counted) report.Reading) report.Source {
		return func(ctx context.Context, org string, from, until time.Time) (report.Reading, error) {
			c, err := sys.people.Count(ctx, org, from, until)
			return fn(c), err
		}
	}
	pair := func(fn func(ctx context.Context, org string, from, until time.Time) (n, d int, err error)) report.Source {
		return func(ctx context.Context, org string, from, until time.Time) (r report.Reading, err error) {
			r.N, r.D, err = fn(ctx, org, from, until)
			return r, err
		}
	}
	return map[string]report.Source{
		"A1": person(func(c people.Counted) (r report.Reading) {
			for _, rung := range people.Rungs() {
				r.Parts = append(r.Parts, report.Part{Code: string(rung), N: c.Rungs[rung]})
			}
			return r
		}),
		"A2":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.PublicRoles} }),
		"A3":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.ByLeaders, D: c.OneToOnes} }),
		"A6":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.Mentors} }),
		"B1":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.Active} }),
		"B2":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.Stayed, D: c.Came} }),
		"B2Y": person(func(c people.Counted) report.Reading { return report.Reading{N: c.StayedYear, D: c.CameYear} }),
		"B3":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.OneToOnes} }),
		"B4":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.Top, D: c.Contacts} }),
		"B5":  sys.countTurnout,
		"B6":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.Present, D: c.Members} }),
		"B7":  person(func(c people.Counted) report.Reading { return report.Reading{N: c.Gatherings} }),
		"B8":  sys.countAgenda,
		"B10": pair(sys.meetings.Chaired),
		"C1":  sys.countChanges,
		"C2":  sys.countPledges,
		"C3":  sys.countAnswers,
		"F1":  sys.countIntroductions(introduction.Stages()[0], ""),
		"F2": sys.countChoices(func(c introduction.Choices) report.Reading {
			r := report.Reading{N: c.Offered.N, NotTold: !c.Offered.Shown}
			for i, n := range []suppress.Count{c.Declined, c.Info, c.Call, c.Warm} {
				r.Parts = append(r.Parts, report.Part{Code: []string{"declined", "info", "call", "warm"}[i], N: n.N, NotTold: !n.Shown})
			}
			return r
		}),
		"F3": sys.countTimely,
		"F4": sys.countIntroductions(introduction.Stages()[4], introduction.Stages()[2]),
		"F5": sys.countChoices(func(c introduction.Choices) report.Reading {
			return report.Reading{N: c.Warm.N, D: c.Wanted.N, NotTold: !c.Warm.Shown}
		}),
		"F6": pair(func(ctx context.Context, org string, _, until time.Time) (n, d int, err error) {
			return sys.groups.Verified(ctx, org, until.AddDate(0, 0, -90))
		}),
		"F7": sys.countListening,
		"F8": func(ctx context.Context, org string, from, until time.Time) (r report.Reading, err error) {
			t, err := sys.rounds.TimelyBetween(ctx, access.Machine(org), from, until)
			return report.Reading{N: t.OnTime, D: t.Due}, err
		},
		"F9":  sys.countReportBack,
		"F10": pair(sys.intros.Stops),
		"F11": pair(sys.stipends.Soon),
	}
}

// countTurnout is who came, of those whom institutions and leaders promised.
func (sys *system) countTurnout(ctx context.Context, org string, from, until time.Time) (report.Reading, error) {
	n, err := sys.turnouts.Between(ctx, org, from, until)
	return report.Reading{N: n.Attended, D: n.Yes}, err
}

// countChanges is where every change stood at the end, from the steps that were
// confirmed; one that is blocked or fell back is counted as that.
func (sys *system) countChanges(ctx context.Context, org string, _, until time.Time) (r report.Reading, err error) {
	list, err := sys.changes.List(ctx, outsider(org), "")
	of := map[string]int{}
	for _, c := range list {
		st := change.StandOf(slices.DeleteFunc(slices.Clone(c.Steps), func(x change.Step) bool { return !x.On.Before(until) }))
		if st.Rung < 0 {
			continue
		}
		code := strconv.Itoa(st.Rung)
		if st.Aside != "" {
			code = string(st.Aside)
		}
		of[code]++
	}
	for i := range change.Rungs() {
		r.Parts = append(r.Parts, report.Part{Code: strconv.Itoa(i), N: of[strconv.Itoa(i)]})
	}
	for _, aside := range change.Sides() {
		r.Parts = append(r.Parts, report.Part{Code: string(aside), N: of[string(aside)]})
	}
	r.Nothing = len(list) == 0
	return r, err
}

// countAgenda is how many changes came onto an institution's agenda, each once.
func (sys *system) countAgenda(ctx context.Context, org string, from, until time.Time) (r report.Reading, err error) {
	list, err := sys.changes.List(ctx, outsider(org), "")
	for _, c := range list {
		if on, ok := change.Reached(c.Steps, change.OnAgenda); ok && !on.Before(from) && on.Before(until) {
			r.N++
		}
	}
	r.Nothing = len(list) == 0
	return r, err
}

// countPledges is how the promises of people in office stand. The board is public.
func (sys *system) countPledges(ctx context.Context, org string, _, until time.Time) (r report.Reading, err error) {
	list, err := sys.pledges.List(ctx, access.Machine(org), pledge.Filter{Kind: pledge.Office})
	of := map[pledge.State]int{}
	for _, p := range list {
		if !p.Withdrawn && p.Made.Before(until) {
			of[p.State]++
		}
	}
	for _, s := range pledge.States() {
		r.Parts = append(r.Parts, report.Part{Code: string(s), N: of[s]})
	}
	r.Nothing = len(list) == 0
	return r, err
}

// countAnswers is what people in office said to what they were asked.
func (sys *system) countAnswers(ctx context.Context, org string, from, until time.Time) (r report.Reading, err error) {
	of, err := sys.acts.AnswersBetween(ctx, org, from, until)
	for _, a := range assembly.Answers() {
		r.Parts = append(r.Parts, report.Part{Code: string(a), N: of[a]})
	}
	return r, err
}

// countIntroductions takes what the clinic's own page of counts tells, month by month:
// a second publication of the same people would undo the first.
func (sys *system) countIntroductions(stage, of string) report.Source {
	return func(ctx context.Context, org string, from, until time.Time) (r report.Reading, err error) {
		at := map[string]int{}
		for i, s := range introduction.Stages() {
			at[s] = i
		}
		r.Nothing = true
		for m := from; m.Before(until); m = m.AddDate(0, 1, 0) {
			c, err := sys.intros.Counts(ctx, outsider(org), m.Year())
			if err != nil {
				return r, err
			}
			for _, line := range c.Months {
				if line.Name != m.Format("2006-01") {
					continue
				}
				n := line.Cells[at[stage]]
				r.Nothing, r.NotTold, r.N = false, r.NotTold || !n.Shown, r.N+n.N
				if of != "" {
					d := line.Cells[at[of]]
					r.NotTold, r.D = r.NotTold || !d.Shown, r.D+d.N
				}
			}
		}
		if r.NotTold {
			r.D, r.N = 0, 0
		}
		return r, nil
	}
}

// countChoices takes how people chose, which the clinic's counts tell of a whole
// calendar year and of nothing shorter.
func (sys *system) countChoices(fn func(introduction.Choices) report.Reading) report.Source {
	return func(ctx context.Context, org string, from, until time.Time) (report.Reading, error) {
		if from.Month() != time.January || !until.Equal(from.AddDate(1, 0, 0)) {
			return report.Reading{Nothing: true}, nil
		}
		c, err := sys.intros.Choices(ctx, outsider(org), from.Year())
		return fn(c), err
	}
}

// countTimely takes the months before: what was sent at the end of a month may still
// be in time when the month comes out.
func (sys *system) countTimely(ctx context.Context, org string, from, until time.Time) (r report.Reading, err error) {
	for m := from.AddDate(0, -1, 0); m.Before(until.AddDate(0, -1, 0)); m = m.AddDate(0, 1, 0) {
		n, sent, err := sys.intros.Timely(ctx, outsider(org), m.Year(), m.Month())
		if err != nil {
			return r, err
		}
		r.N, r.D, r.NotTold = r.N+n.N, r.D+sent.N, r.NotTold || !n.Shown
	}
	if r.NotTold {
		r.N, r.D = 0, 0
	}
	return r, nil
}

// countListening takes what the campaigns told outside, of what they set out to hear.
func (sys *system) countListening(ctx context.Context, org string, from, until time.Time) (r report.Reading, err error) {
	list, err := sys.listens.Campaigns(ctx, outsider(org))
	r.Nothing = true
	for _, c := range list {
		if !c.Starts.Before(until) || c.Ends.Before(from) || c.Opened.IsZero() {
			continue
		}
		cov, err := sys.listens.Coverage(ctx, outsider(org), c.ID)
		if err != nil {
			return r, err
		}
		r.Nothing, r.NotTold = false, r.NotTold || !cov.Total.Shown
		r.N, r.D = r.N+cov.Total.N, r.D+c.People
	}
	return r, err
}

// countReportBack is in how many campaigns people heard what came out before
// anything was decided.
func (sys *system) countReportBack(ctx context.Context, org string, _, until time.Time) (r report.Reading, err error) {
	list, err := sys.listens.Campaigns(ctx, outsider(org))
	for _, c := range list {
		if c.Decided.IsZero() || !c.Decided.Before(until) {
			continue
		}
		r.D++
		if !c.Told.IsZero() && !c.Told.After(c.Decided) {
			r.N++
		}
	}
	r.Nothing = r.D == 0
	return r, err
}

// surveyWaves are the changes that the room of surveys tells outside.
func (sys *system) surveyWaves(ctx context.Context, org string, from, until time.Time) (out []report.Wave, err error) {
	list, err := sys.surveys.Results(ctx, outsider(org))
	for _, t := range list {
		end := t.To.Ended
		if end.IsZero() {
			end = t.To.Closes
		}
		if end.Before(from) || !end.Before(until) || t.Part || !t.Change.Shown {
			continue
		}
		w := report.Wave{Group: "D", Instrument: t.Instrument, Score: t.Score, N: t.Change.N, Paired: t.Change.Paired, Share: t.Share, Interval: t.Change.Interval, Method: string(t.Change.Method),
			Min: t.Min, Max: t.Max, Before: t.Change.Before, After: t.Change.After, Diff: t.Change.Diff, Low: t.Change.Low, High: t.Change.High}
		if t.Kind == survey.Staff {
			w.Group = "E"
		}
		out = append(out, w)
	}
	return out, err
}
