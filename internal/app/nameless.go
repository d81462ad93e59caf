// Answers and votes without an account: built here, and fitted to what a listening
// campaign asks of them and they of it.
package app

import (
	"context"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/answer"
	"seedbed/internal/organizing/answer/answerweb"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/organizing/statement/statementweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

// buildNameless makes the rooms of those who have no account. The campaigns ask
// them for what was said, and they ask the campaigns whether they are open.
func (sys *system) buildNameless() {
	sys.answers = answer.New(answer.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Campaigns: askedBy{sys}, Log: sys.log})
	sys.says = statement.New(statement.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Campaigns: openedBy{sys}, Log: sys.log})
}

func (sys *system) namelessRoutes() []web.Route {
	return append(answerweb.New(sys.answers).Routes(), statementweb.New(sys.says).Routes()...)
}

// hears reports whether people can be heard in a campaign now.
func hears(c listening.Campaign, now time.Time) bool {
	return (c.State == listening.Open || c.State == listening.Checked) && !now.Before(c.Starts) && now.Before(c.Ends)
}

// askedBy is what a campaign asks, for the posters.
type askedBy struct{ sys *system }

func (w askedBy) Asked(ctx context.Context, org, campaign string) (out answer.Asked, err error) {
	c, err := w.sys.listens.Get(ctx, access.Machine(org), campaign)
	if err != nil {
		return out, err
	}
	out = answer.Asked{Open: hears(c, w.sys.clock.Now()), Name: c.Name, Languages: slices.Clone(c.Languages)}
	for lang, list := range c.Questions {
		for i, text := range list {
			for len(out.Questions) <= i {
				out.Questions = append(out.Questions, answer.Question{ID: "q" + strconv.Itoa(len(out.Questions)+1), Text: map[string]string{}})
			}
			out.Questions[i].Text[lang] = text
		}
	}
	return out, nil
}

// openedBy is whether a campaign still listens, for the votes.
type openedBy struct{ sys *system }

func (w openedBy) Open(ctx context.Context, org, campaign string) (bool, error) {
	c, err := w.sys.listens.Get(ctx, access.Machine(org), campaign)
	return err == nil && hears(c, w.sys.clock.Now()), err
}

// namelessAnswers is what was heard on posters and kiosks.
type namelessAnswers struct{ sys *system }

func (w namelessAnswers) Batches(ctx context.Context, tx *db.Tx, campaign string) (out []listening.Batch, err error) {
	list, err := answer.HeardByDay(ctx, tx, campaign)
	for _, b := range list {
		out = append(out, listening.Batch{At: b.Day, Format: listening.WaitingRoom, Language: b.Language, Heard: b.N})
	}
	return out, err
}

func (w namelessAnswers) Quotes(ctx context.Context, a access.Actor, campaign string) (out []listening.Quote, err error) {
	list, err := w.sys.answers.Quotes(ctx, a, campaign)
	for _, q := range list {
		out = append(out, listening.Quote{Ref: "answer:" + q.ID + ":" + q.Question, Text: q.Text, Language: q.Language, From: "answer"})
	}
	return out, err
}

// agreements is what votes on statements say, in published numbers.
type agreements struct{ sys *system }

func (w agreements) Agreements(ctx context.Context, a access.Actor, campaign string) (out []listening.Agreement, err error) {
	list, err := w.sys.says.List(ctx, a, campaign)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		r, err := w.sys.says.Results(ctx, a, c.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, l := range r.Release.Lines {
			st := r.Statements[l.Statement]
			text, lang := st.Text.In(st.Language, st.Language)
			out = append(out, listening.Agreement{Text: text, Language: lang, Agree: int(l.Agree) * 10, Disagree: int(l.Disagree) * 10, Passed: int(l.Pass) * 10, Voters: l.Votes,
				Unites: slices.ContainsFunc(r.Release.Unites, func(u statement.Unite) bool { return u.Statement == l.Statement && u.Agree })})
		}
	}
	return out, nil
}
