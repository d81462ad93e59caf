// People without an account, all at once: every phone in the hall answers or votes
// in the same few seconds, while a results page is read. Each leaves at its own time
// whether or not those before it were answered; every one acknowledged is stored.
package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"seedbed/internal/app"
	"seedbed/internal/organizing/answer"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
	"seedbed/internal/trust/account"
)

const (
	mostPhones = 2000
	phonesIn   = 4 * time.Second // all of them press within this time
)

func phones(ctx context.Context, o options, _ *world, rep *report) error {
	sys, err := app.OpenForTest(ctx, app.TestOptions{Data: filepath.Join(o.scratch, "phones")})
	if err != nil {
		return err
	}
	defer sys.Close()
	clinic, err := sys.Accounts.CreateOrg(ctx, account.Clinic{Name: "Hall", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	if err != nil {
		return err
	}
	h := hall{sys: sys, org: clinic.ID, ana: access.Actor{Org: clinic.ID, Account: "hall", Roles: []access.Role{access.Organizer}}, n: min(mostPhones, max(50, o.people/5))}
	plain, err := plainWriter(ctx, filepath.Join(o.scratch, "hall-plain.db"))
	if err != nil {
		return err
	}
	defer plain.Close()
	each, _, err := writeFor(o.burst, func() error {
		_, err := plain.ExecContext(ctx, `INSERT INTO bench_note (org_id, id, n) VALUES ('o', lower(hex(randomblob(16))), 1)`)
		return err
	})
	if err != nil {
		return err
	}
	rep.add(one("phones.each", fmt.Sprintf("for scale: %d writers without a pause, one bare row and a commit for each", writers), "1/s", each))
	for _, part := range []func(context.Context) (string, []func() error, string, error){h.answers, h.votes} {
		what, acts, stored, err := part(ctx)
		if err != nil {
			return err
		}
		took, acked, whole := atTheirTimes(acts)
		count, err := h.count(ctx, stored)
		if err != nil {
			return err
		}
		r := times("phones."+what, fmt.Sprintf("%s of %d phones within %s, from when each should leave", what, h.n, phonesIn), took)
		if r.Wrong = h.n - acked; count != acked {
			r.Wrong++
		}
		per := one("phones."+what+".rate", fmt.Sprintf("%s acknowledged a second, of %.0f that came", what, float64(h.n)/phonesIn.Seconds()), "1/s", float64(acked)/whole.Seconds())
		per.N = acked
		rep.add(r, per)
	}
	return nil
}

// atTheirTimes lets the acts leave evenly, and times each from when it should leave.
func atTheirTimes(acts []func() error) (took []time.Duration, acked int, whole time.Duration) {
	took = make([]time.Duration, len(acts))
	var ok atomic.Int64
	var wg sync.WaitGroup
	from := time.Now()
	for i, act := range acts {
		at := from.Add(time.Duration(i) * phonesIn / time.Duration(len(acts)))
		time.Sleep(time.Until(at))
		wg.Go(func() {
			if act() == nil {
				ok.Add(1)
			}
			took[i] = time.Since(at)
		})
	}
	wg.Wait()
	return took, int(ok.Load()), time.Since(from)
}

type hall struct {
	sys *app.Opened
	org string
	ana access.Actor
	n   int
}

// working does the phones' work beforehand: it is theirs, not the server's.
func (h hall) working(form func(i int) error) error {
	var wg sync.WaitGroup
	fails := make([]error, runtime.NumCPU())
	for w := range fails {
		wg.Go(func() {
			for i := w; i < h.n && fails[w] == nil; i += len(fails) {
				fails[w] = form(i)
			}
		})
	}
	wg.Wait()
	for _, err := range fails {
		if err != nil {
			return err
		}
	}
	return nil
}

func (h hall) answers(ctx context.Context) (what string, acts []func() error, stored string, err error) {
	from := time.Now().AddDate(0, 0, -3)
	campaign, err := h.sys.Listens.Plan(ctx, h.ana, listening.PlanIn{Name: "Hall", Languages: []string{"en"}, Questions: map[string][]string{"en": {"What weighs on you?", "What should change first?"}},
		Starts: from, Ends: from.AddDate(0, 0, 30), People: 300, Sessions: 60, Listeners: 12})
	if err != nil {
		return "", nil, "", err
	}
	if _, err := h.sys.Listens.SaveListener(ctx, h.ana, listening.ListenerIn{Campaign: campaign, Who: listening.Who{Account: h.ana.Account}, Goal: 20}); err != nil {
		return "", nil, "", err
	}
	if err := h.sys.Listens.Open(ctx, h.ana, campaign, ""); err != nil {
		return "", nil, "", err
	}
	id, err := h.sys.Answers.SavePlace(ctx, h.ana, answer.PlaceIn{Campaign: campaign, Name: "Hall", Language: "en", PerHour: 5000})
	if err != nil {
		return "", nil, "", err
	}
	place, err := h.sys.Answers.PlaceByID(ctx, h.ana, id)
	if err != nil {
		return "", nil, "", err
	}
	forms := make([]answer.In, h.n)
	err = h.working(func(i int) error {
		s, err := h.sys.Answers.Open(ctx, access.Anonymous(h.org), place.Token)
		if err != nil {
			return err
		}
		forms[i] = answer.In{Token: place.Token, Language: "en", Receipt: s.Receipt, Said: answer.Said{s.Asked.Questions[0].ID: fmt.Sprintf("Buses run late, says phone %d.", i)},
			Form: proof.Form{Challenge: s.Challenge, Nonce: proof.Work(s.Challenge), Network: fmt.Sprint("n", i%20)}}
		return nil
	})
	for _, in := range forms {
		acts = append(acts, func() error { return h.sys.Answers.Answer(ctx, access.Anonymous(h.org), in) })
	}
	return "answers", acts, `SELECT COUNT(*) FROM answer_answer WHERE org_id=$1`, err
}

func (h hall) votes(ctx context.Context) (what string, acts []func() error, stored string, err error) {
	id, err := h.sys.Says.Save(ctx, h.ana, statement.ConversationIn{Title: "Hall", Language: "en", Live: true, PerHour: 5000})
	if err != nil {
		return "", nil, "", err
	}
	if _, err := h.sys.Says.Seed(ctx, h.ana, statement.SeedIn{Conversation: id, Language: "en", Text: statement.Text{"en": "Buses run late."}}); err != nil {
		return "", nil, "", err
	}
	c, err := h.sys.Says.Get(ctx, h.ana, id)
	if err != nil {
		return "", nil, "", err
	}
	forms := make([]statement.VoteIn, h.n)
	err = h.working(func(i int) error {
		b, err := h.sys.Says.Ballot(ctx, access.Anonymous(h.org), c.Token, "", "")
		if err != nil {
			return err
		}
		forms[i] = statement.VoteIn{Token: c.Token, Statement: b.Statement.ID, Vote: []string{"agree", "disagree"}[i%2], Receipt: b.Receipt,
			Form: proof.Form{Challenge: b.Challenge, Nonce: proof.Work(b.Challenge), Network: fmt.Sprint("n", i%20)}}
		return nil
	})
	for i, in := range forms {
		acts = append(acts, func() error {
			if i%20 == 0 { // somebody looks at the results
				if _, err := h.sys.Says.ResultsFor(ctx, access.Anonymous(h.org), c.Token); err != nil {
					return err
				}
			}
			return h.sys.Says.Vote(ctx, access.Anonymous(h.org), in)
		})
	}
	return "votes", acts, `SELECT COUNT(*) FROM statement_vote WHERE org_id=$1`, err
}

func (h hall) count(ctx context.Context, q string) (int, error) {
	var n int64
	err := h.sys.DB.Read(ctx, h.org, func(tx *db.Tx) (err error) {
		n, err = db.One[int64](ctx, tx, q, h.org)
		return err
	})
	return int(n), err
}
