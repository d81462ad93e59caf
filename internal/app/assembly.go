// Assemblies and negotiations, and what they ask of the rooms beside them.
package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/assembly/assemblyweb"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/pledge"
	told "seedbed/internal/organizing/story" // the demo has a story of its own
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

func (sys *system) buildAssembly() {
	sys.acts = assembly.New(assembly.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people,
		Issues: hallIssues{sys}, Offices: hallOffices{sys}, Stories: hallStories{sys}, Turnouts: hallTurnouts{sys}, Pledges: hallPledges{sys}, Evaluations: hallRounds{sys}, Log: sys.log})
}

func (sys *system) assemblyRoutes() []web.Route {
	return assemblyweb.New(sys.acts, sys.people, assemblyweb.Options{Evaluate: sys.roundOf, Pulse: sys.pulseOf, Pledge: func(id string) string { return "/pledges/desk/" + id },
		Cycle: func(id string) string { return "/cycles/" + id }, Issue: func(id string) string { return "/issues/" + id },
		Turnout: func(r *web.Request, id string) string { // a leader sees their own branch, on their own way
			if g, err := access.Check(r.Actor, can("turnout", access.Read)); err != nil || g.Scope != access.Org {
				return ""
			}
			return "/turnout/" + id
		},
		Effort: func(r *web.Request) string {
			if _, err := access.Check(r.Actor, can("effort", access.Create)); err != nil {
				return ""
			}
			return "/effort"
		},
		Name: func(r *web.Request, account string) string { return sys.staffName(r.Context(), r.Actor.Org, account) }}).Routes()
}

// assemblyLines are the assemblies and negotiations of a day, and what of them is late.
func (sys *system) assemblyLines(ctx context.Context, a access.Actor, day time.Time, zone *time.Location) (out []peopleweb.Line, err error) {
	if _, err := access.Check(a, can("assembly", access.Update)); err != nil {
		return nil, nil
	}
	l := sys.catalog.Localizer(a.Locale)
	today := day.In(zone).Format(time.DateOnly)
	list, err := sys.acts.List(ctx, a, false)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		late := e.Late(day)
		if late || e.At.In(zone).Format(time.DateOnly) == today || e.State == assembly.Live {
			out = append(out, peopleweb.Line{When: e.At, What: l.T("assembly.today", "Title", e.Title, "Next", l.T("assembly.next."+string(e.State))), URL: "/assemblies/" + e.ID, Late: late})
		}
	}
	talks, err := sys.acts.Talks(ctx, a)
	for _, t := range talks {
		late := t.Late(day)
		if late || t.State == assembly.TalkPlanned && t.At.In(zone).Format(time.DateOnly) == today {
			out = append(out, peopleweb.Line{When: t.At, What: t.Title, URL: "/negotiations/" + t.ID, Late: late})
		}
	}
	return out, err
}

// assemblyLookedAt moves the assembly on whose round is done.
func (sys *system) assemblyLookedAt(ctx context.Context, tx *db.Tx, a access.Actor, r evaluation.Round) error {
	if id, ok := strings.CutPrefix(r.Ref, "assembly:"); ok {
		return sys.acts.LookedAtIn(ctx, tx, a, id)
	}
	return nil
}

// hallStories are the stories that may be told in an assembly.
type hallStories struct{ sys *system }

const inAssembly = "assembly" // the place of use

func (h hallStories) Show(ctx context.Context, org, id string) (out assembly.Showing, err error) {
	s, err := h.sys.stories.Now(ctx, access.Machine(org), id, inAssembly)
	return assembly.Showing{Story: s.ID, Name: s.Name, Title: s.Words.Title, Text: s.Words.Text, Language: s.Language, Until: s.Until}, err
}

func (h hallStories) Offered(ctx context.Context, a access.Actor) (out []assembly.Option, err error) {
	for after := ""; ; {
		page, err := h.sys.stories.List(ctx, a, after)
		if err != nil {
			return nil, err
		}
		for _, l := range page.Lines {
			if slices.Contains(l.Places, inAssembly) && (l.State == told.Approved || l.State == told.Used) {
				out = append(out, assembly.Option{ID: l.ID, Name: l.Title})
			}
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

func (h hallStories) Used(ctx context.Context, org, id, where, key string) error {
	return h.sys.stories.Use(ctx, access.Machine(org), told.UseIn{ID: id, Place: inAssembly, Where: where, Key: key})
}

// hallOffices are those whom an ask can go to.
type hallOffices struct{ sys *system }

func (h hallOffices) Offices(ctx context.Context, a access.Actor) (out []assembly.Office, err error) {
	list, err := h.sys.power.Offices(ctx, a)
	for _, o := range list {
		out = append(out, assembly.Office{ID: o.ID, Name: o.Name, Office: o.Office, Body: o.Body})
	}
	return out, err
}

// hallTurnouts are who brings whom.
type hallTurnouts struct{ sys *system }

func (h hallTurnouts) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in assembly.TurnoutIn) error {
	opens := access.Machine(a.Org) // whoever may approve an assembly opens its turnout
	opens.Account = a.Account
	_, err := h.sys.turnouts.OpenIn(ctx, tx, opens, turnout.In{Ref: in.Ref, Kind: in.Kind, At: in.At, Minutes: in.Minutes, Goal: in.Goal, Title: in.Title, Where: in.Where, Nameless: in.Nameless})
	return err
}

func (h hallTurnouts) Summary(ctx context.Context, a access.Actor, ref string) (out assembly.Summary, err error) {
	s, err := h.sys.turnouts.Summary(ctx, a, ref)
	out = assembly.Summary{ID: s.Turnout, Goal: s.Goal, Pledged: s.Yes, Confirmed: s.Confirmed, Attended: s.Attended}
	for _, b := range s.Bodies {
		if b.Institution != "" {
			out.By = append(out.By, assembly.Came{Institution: b.Institution, Pledged: b.Yes, Confirmed: b.Confirmed, Attended: b.Attended, Roll: b.Roll})
		}
	}
	return out, err
}

func (h hallTurnouts) Rolled(ctx context.Context, org, ref, institution string, n int, key string) error {
	s, err := h.sys.turnouts.Summary(ctx, access.Machine(org), ref)
	if err != nil {
		return err
	}
	return h.sys.turnouts.Roll(ctx, access.Machine(org), s.Turnout, institution, n, key)
}

func (h hallTurnouts) Over(ctx context.Context, org, ref string, held bool) error {
	s, err := h.sys.turnouts.Summary(ctx, access.Machine(org), ref)
	switch {
	case err != nil:
		return err
	case held:
		return h.sys.turnouts.Hold(ctx, access.Machine(org), s.Turnout, ref)
	}
	return h.sys.turnouts.Cancel(ctx, access.Machine(org), s.Turnout, ref)
}

// hallPledges makes a pledge of what was said before witnesses.
type hallPledges struct{ sys *system }

func (h hallPledges) MakeIn(ctx context.Context, tx *db.Tx, a access.Actor, in assembly.PledgeIn) (string, error) {
	zone := h.sys.zone(ctx, a.Org)
	day := func(t time.Time) string {
		if t.IsZero() {
			return "" // no day was named
		}
		return t.In(zone).Format(time.DateOnly)
	}
	return h.sys.pledges.MakeIn(ctx, tx, a, pledge.In{Kind: pledge.Office, Ref: in.Ref, Issue: in.Issue, Office: in.By.ID, Name: in.By.Name, Title: in.By.Office, Body: in.By.Body,
		Words: in.Words, Lang: in.Language, Said: day(in.Said), Due: day(in.Due), Public: true})
}

// hallRounds are the evaluations right after.
type hallRounds struct{ sys *system }

func (h hallRounds) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in assembly.EvaluationIn) error {
	kind := map[string]evaluation.Kind{"action": evaluation.Action, "negotiation": evaluation.Negotiation}[in.Kind]
	if kind == "" {
		kind = evaluation.Assembly
	}
	_, err := h.sys.rounds.OpenIn(ctx, tx, a, evaluation.In{Ref: in.Ref, Kind: kind, At: in.At, Title: in.Title})
	return err
}

func (h hallRounds) DoneIn(ctx context.Context, tx *db.Tx, ref string) (bool, error) {
	return h.sys.rounds.DoneIn(ctx, tx, ref)
}
