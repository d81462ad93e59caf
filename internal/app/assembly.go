// Assemblies and negotiations, and what they ask of the rooms beside them.
package app

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/pledge"
	told "seedbed/internal/organizing/story" // the demo has a story of its own
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

func (sys *system) buildAssembly() {
	sys.acts = assembly.New(assembly.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people,
		Stories: hallStories{sys}, Pledges: hallPledges{sys}, Evaluations: hallRounds{sys}, Log: sys.log})
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

// hallPledges makes a pledge of what was said before witnesses.
type hallPledges struct{ sys *system }

func (h hallPledges) MakeIn(ctx context.Context, tx *db.Tx, a access.Actor, in assembly.PledgeIn) (string, error) {
	zone := h.sys.zone(ctx, a.Org)
	day := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
	return h.sys.pledges.MakeIn(ctx, tx, a, pledge.In{Kind: pledge.Office, Ref: in.Ref, Issue: in.Issue, Office: in.By.ID, Name: in.By.Name, Title: in.By.Office, Body: in.By.Body,
		Words: in.Words, Lang: in.Language, Said: day(in.Said), Due: day(in.Due), Public: true})
}

// hallRounds are the evaluations right after.
type hallRounds struct{ sys *system }

func (h hallRounds) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, in assembly.EvaluationIn) error {
	kind := evaluation.Assembly
	if in.Kind == "action" {
		kind = evaluation.Action
	}
	_, err := h.sys.rounds.OpenIn(ctx, tx, a, evaluation.In{Ref: in.Ref, Kind: kind, At: in.At, Title: in.Title})
	return err
}

func (h hallRounds) DoneIn(ctx context.Context, tx *db.Tx, ref string) (bool, error) {
	return h.sys.rounds.DoneIn(ctx, tx, ref)
}
