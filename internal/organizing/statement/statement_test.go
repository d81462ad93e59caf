// Votes of people whom nobody knows: once, with proof, changed and taken back by
// receipt, and told only in numbers that single out nobody.
package statement

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/opinion"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault/vaulttest"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, proof.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111"
	other = "22222222-2222-7222-8222-222222222222"
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	omar    = access.Actor{Account: "omar", Org: cedar, Roles: []access.Role{access.Leader}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
	public  = access.Anonymous(cedar)
)

type campaigns map[string]bool

func (c campaigns) Open(_ context.Context, org, campaign string) (bool, error) {
	if open, ok := c[org+campaign]; ok {
		return open, nil
	}
	return false, fault.Missing("campaign")
}

type world struct {
	t     testing.TB
	ctx   context.Context
	s     *Service
	db    *db.DB
	clock *clock.Fake
	asks  campaigns
	token string
	id    string
	n     int
}

func newWorld(t testing.TB, d *db.DB, team bool) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, clock: clock.NewFake(time.Date(2026, 11, 2, 10, 12, 13, 0, time.UTC)), asks: campaigns{cedar + "c1": true}}
	v := vaulttest.New(t)
	w.s = New(Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Campaigns: w.asks})
	var err error
	w.id, err = w.s.Save(w.ctx, ana, ConversationIn{Campaign: "c1", Title: "What weighs on us", Language: "en", Live: true, Team: team, PerHour: mostPerHour})
	w.must(err)
	c, err := w.s.Get(w.ctx, omar, w.id)
	w.must(err)
	w.token = c.Token
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d, false)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) is(err error, k fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, k) {
		w.t.Errorf("got %v, want %v", err, k)
	}
}

func (w *world) seed(text string) string {
	w.t.Helper()
	made, err := w.s.Seed(w.ctx, ana, SeedIn{Conversation: w.id, Language: "en", Text: Text{"en": text}})
	w.must(err)
	return made
}

func (w *world) seeds(n int) (ids []string) {
	for i := range n {
		ids = append(ids, w.seed(fmt.Sprintf("Statement number %d is said here.", i)))
	}
	return ids
}

// someone is a new voter's first vote, with its proof, from another network each time.
func (w *world) someone(statement string, v string) VoteIn {
	w.t.Helper()
	b, err := w.s.Ballot(w.ctx, public, w.token, "", "")
	w.must(err)
	w.n++
	return VoteIn{Token: w.token, Statement: statement, Vote: v, Receipt: b.Receipt,
		Form: proof.Form{Challenge: b.Challenge, Nonce: proof.Work(b.Challenge), Network: fmt.Sprintf("10.0.%d.%d", w.n/250, w.n%250)}}
}

func (w *world) vote(statement, v string) (receipt string) {
	w.t.Helper()
	in := w.someone(statement, v)
	w.must(w.s.Vote(w.ctx, public, in))
	return in.Receipt
}

func (w *world) later() { w.clock.Advance(3 * time.Second) }

func (w *world) results() Results {
	w.t.Helper()
	w.later()
	r, err := w.s.Results(w.ctx, omar, w.id)
	w.must(err)
	return r
}

// stored counts what is there, past every rule of what may be told.
func (w *world) stored(table string) (n int64) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
		n, err = db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM `+table+` WHERE org_id=$1`, cedar)
		return err
	}))
	return n
}

func TestStates(t *testing.T) {
	want := map[State]map[Verb]State{
		Waiting:   {VerbApprove: Approved, VerbReject: Rejected, VerbWithdraw: Withdrawn},
		Approved:  {VerbReject: Rejected, VerbWithdraw: Withdrawn},
		Rejected:  {VerbApprove: Approved, VerbRestore: Waiting, VerbWithdraw: Withdrawn},
		Withdrawn: {},
	}
	for _, s := range States() {
		for _, v := range append(Verbs(), "") {
			next, ok := s.After(v)
			if w, allowed := want[s][v]; ok != allowed || ok && next != w {
				t.Errorf("%s %s: %s, %v", s, v, next, ok)
			}
		}
	}
}

func TestAVoteIsStoredOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(2)
		in := w.someone(ids[0], "agree")
		var wg sync.WaitGroup
		for range 4 { // one press, four deliveries
			wg.Go(func() {
				if err := w.s.Vote(w.ctx, public, in); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.must(w.s.Vote(w.ctx, public, in))
		if v, n := w.stored("statement_voter"), w.stored("statement_vote"); v != 1 || n != 1 {
			t.Errorf("%d voters, %d votes", v, n)
		}
		in.Vote = "disagree" // the last one counts, and needs no proof
		in.Form = proof.Form{}
		w.must(w.s.Vote(w.ctx, public, in))
		b, err := w.s.Ballot(w.ctx, public, w.token, in.Receipt, ids[0])
		w.must(err)
		if b.Mine != "disagree" || w.stored("statement_vote") != 1 || b.Now != 1 || b.Of != 2 {
			t.Errorf("%+v", b)
		}
		none := w.someone(ids[0], "agree")
		none.Form = proof.Form{Challenge: none.Challenge}
		w.is(w.s.Vote(w.ctx, public, none), fault.Conflict)
		w.clock.Advance(proof.Patience) // waiting stands for work
		w.must(w.s.Vote(w.ctx, public, none))
		w.is(w.s.Vote(w.ctx, public, VoteIn{Token: w.token, Statement: "nothing", Vote: "agree", Receipt: in.Receipt}), fault.NotFound)
		w.is(w.s.Vote(w.ctx, public, VoteIn{Token: w.token, Statement: ids[0], Vote: "maybe", Receipt: in.Receipt}), fault.Invalid)
		w.is(w.s.Vote(w.ctx, public, VoteIn{Token: strings.Repeat("x", 43), Statement: ids[0], Vote: "agree", Receipt: in.Receipt}), fault.NotFound)
	})
}

func TestTheLeastVotedComesFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(3)
		w.vote(ids[0], "agree")
		w.vote(ids[2], "agree")
		w.later()
		first := map[string]bool{}
		for range 5 {
			b, err := w.s.Ballot(w.ctx, public, w.token, "", "")
			w.must(err)
			first[b.Statement.ID] = true
			again, err := w.s.Ballot(w.ctx, public, w.token, b.Receipt, "")
			w.must(err)
			if again.Statement.ID != b.Statement.ID {
				t.Error("the order is not a voter's own")
			}
		}
		if len(first) != 1 || !first[ids[1]] {
			t.Errorf("first: %v, want %s", first, ids[1])
		}
		receipt := ""
		seen := map[string]bool{}
		for range 3 {
			b, err := w.s.Ballot(w.ctx, public, w.token, receipt, "")
			w.must(err)
			seen[b.Statement.ID] = true
			in := VoteIn{Token: w.token, Statement: b.Statement.ID, Vote: "pass", Receipt: b.Receipt, Form: proof.Form{Challenge: b.Challenge, Nonce: proof.Work(b.Challenge), Network: "n"}}
			w.must(w.s.Vote(w.ctx, public, in))
			receipt = b.Receipt
		}
		if b, err := w.s.Ballot(w.ctx, public, w.token, receipt, ""); err != nil || b.Statement != nil || len(seen) != 3 {
			t.Errorf("after all: %+v, %v; saw %d", b.Statement, err, len(seen))
		}
	})
}

func TestEverythingIsTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(2)
		receipt := w.vote(ids[0], "agree")
		w.must(w.s.Vote(w.ctx, public, VoteIn{Token: w.token, Statement: ids[1], Vote: "pass", Receipt: receipt}))
		w.must(w.s.Send(w.ctx, public, SendIn{Token: w.token, Language: "es", Text: "El autobús 14 debe volver.", Receipt: receipt}))
		w.must(w.s.Send(w.ctx, public, SendIn{Token: w.token, Language: "es", Text: "El autobús 14 debe volver.", Receipt: receipt}))
		w.later()
		mine, err := w.s.Back(w.ctx, public, "net", strings.ToUpper(receipt), "es", false)
		w.must(err)
		if len(mine.Votes) != 2 || len(mine.Sent) != 1 || mine.Sent[0].State != Waiting || !mine.Open || mine.Token != w.token {
			t.Errorf("%+v", mine)
		}
		gone, err := w.s.Back(w.ctx, public, "net", receipt, "es", true)
		w.must(err)
		if !gone.Gone || w.stored("statement_vote") != 0 || w.stored("statement_voter") != 0 {
			t.Errorf("left: %d votes", w.stored("statement_vote"))
		}
		if q, err := w.s.Queue(w.ctx, ana, w.id); err != nil || len(q.Clusters) != 0 {
			t.Errorf("its words are left: %+v, %v", q, err)
		}
		_, err = w.s.Back(w.ctx, public, "net", receipt, "es", false)
		w.is(err, fault.Invalid)
		for range doorTries {
			_, err = w.s.Back(w.ctx, public, "net", "lusab", "es", false)
		}
		w.is(err, fault.Limited)
	})
}

func TestNothingIsVotedOnBeforeALook(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(1)
		w.is(w.s.Send(w.ctx, public, SendIn{Token: w.token, Text: "Rent is too high.", Receipt: "lusab babad gutih tugad mahuf dajuk"}), fault.Invalid)
		receipt := w.vote(ids[0], "agree")
		send := func(text string) error {
			return w.s.Send(w.ctx, public, SendIn{Token: w.token, Language: "en", Text: text, Receipt: receipt})
		}
		w.is(send(""), fault.Invalid)
		w.is(send(strings.Repeat("x", Longest+1)), fault.Invalid)
		w.must(send("My neighbor is undocumented and the rent is too high."))
		w.must(send("The bus 14 was cut last spring and nobody asked."))
		second := w.vote(ids[0], "pass")
		w.must(w.s.Send(w.ctx, public, SendIn{Token: w.token, Language: "en", Text: "The bus 14 was cut last spring and nobody asked!", Receipt: second}))
		w.must(send("One more."))
		w.is(send("And a fourth."), fault.Limited)
		q, err := w.s.Queue(w.ctx, ana, w.id)
		w.must(err)
		if len(q.Clusters) != 3 || len(q.Clusters[0]) != 2 {
			t.Fatalf("%d clusters", len(q.Clusters))
		}
		var heldID string
		for _, c := range q.Clusters {
			if c[0].Held {
				heldID = c[0].ID
				if strings.Contains(c[0].Text["en"], "undocumented") {
					t.Error("the moderator reads what must not be kept")
				}
			}
		}
		w.must(w.s.Approve(w.ctx, ana, w.id, []string{heldID}, "k1"))
		batch, err := w.s.Reject(w.ctx, ana, w.id, []string{q.Clusters[0][0].ID, q.Clusters[0][1].ID}, "repeated", "k2")
		w.must(err)
		list, err := w.s.Statements(w.ctx, omar, w.id)
		w.must(err)
		if len(list) != 2 {
			t.Errorf("%d to vote on", len(list))
		}
		w.must(w.s.Undo(w.ctx, ana, w.id, batch, "k3"))
		if q, err = w.s.Queue(w.ctx, ana, w.id); err != nil || q.Count[Waiting] != 3 {
			t.Errorf("%+v, %v", q.Count, err)
		}
		_, err = w.s.Queue(w.ctx, omar, w.id)
		w.is(err, fault.Forbidden)
		_, err = w.s.Results(w.ctx, foreign, w.id)
		w.is(err, fault.NotFound)
		_, err = w.s.Seed(w.ctx, ana, SeedIn{Conversation: w.id, ID: ids[0], Text: Text{"es": "La renta es muy alta.", "en": "Other words."}})
		w.must(err)
		w.later()
		b, err := w.s.Ballot(w.ctx, public, w.token, second, ids[0])
		w.must(err)
		if text, in := b.Statement.Text.In("es", "en"); text != "La renta es muy alta." || in != "es" || b.Statement.Text["en"] == "Other words." {
			t.Errorf("%v", b.Statement.Text)
		}
	})
}

// The page of the queue has one key and a form for each cluster and each rejection:
// two of them sent one after the other are two acts, one of them sent twice is one.
func TestTwoFormsOfOnePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(3)
		first, err := w.s.Reject(w.ctx, ana, w.id, ids[:1], "hurtful", "k")
		w.must(err)
		again, err := w.s.Reject(w.ctx, ana, w.id, ids[:1], "hurtful", "k")
		if err != nil || again != first {
			t.Errorf("sent twice: %q and %q, %v", first, again, err)
		}
		second, err := w.s.Reject(w.ctx, ana, w.id, ids[1:2], "hurtful", "k")
		w.must(err)
		if list, err := w.s.Statements(w.ctx, ana, w.id); err != nil || len(list) != 1 || list[0].ID != ids[2] {
			t.Errorf("the second form of the page was dropped: %+v, %v", list, err)
		}
		for _, batch := range []string{first, second, first} {
			w.must(w.s.Undo(w.ctx, ana, w.id, batch, "k2"))
		}
		w.must(w.s.Approve(w.ctx, ana, w.id, ids[:1], "k3"))
		w.must(w.s.Approve(w.ctx, ana, w.id, ids[1:2], "k3"))
		if list, err := w.s.Statements(w.ctx, ana, w.id); err != nil || len(list) != 3 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestClosedTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(1)
		in := w.someone(ids[0], "agree")
		w.asks[cedar+"c1"] = false
		w.is(w.s.Vote(w.ctx, public, in), fault.Gone)
		w.asks[cedar+"c1"] = true
		w.must(w.s.Vote(w.ctx, public, in))
		_, err := w.s.Save(w.ctx, ana, ConversationIn{ID: w.id, Title: "What weighs on us", Language: "en", Closed: true})
		w.must(err)
		w.is(w.s.Vote(w.ctx, public, in), fault.Gone)
		w.is(w.s.Send(w.ctx, public, SendIn{Token: w.token, Text: "Late.", Receipt: in.Receipt}), fault.Gone)
		_, err = w.s.ResultsFor(w.ctx, public, w.token)
		w.must(err)
		w.clock.Advance(KeepVotes + 2*time.Hour)
		w.must(w.s.Forget(w.ctx))
		if w.stored("statement_vote") != 0 || w.stored("statement_voter") != 0 || w.stored("statement_statement") != 1 {
			t.Error("old votes are kept")
		}
	})
}

// Votes on paper count in the totals and in no group; few of them are refused.
func TestPaper(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(1)
		_, err := w.s.Count(w.ctx, ana, PaperIn{Conversation: w.id, Tallies: []Paper{{Statement: ids[0], Agree: 3, Pass: 1}}})
		w.is(err, fault.Invalid)
		_, err = w.s.Count(w.ctx, ana, PaperIn{Conversation: w.id})
		w.is(err, fault.Invalid)
		_, err = w.s.Count(w.ctx, ana, PaperIn{Conversation: w.id, Tallies: []Paper{{Statement: ids[0], Agree: 20, Disagree: 10}}})
		w.must(err)
		for i := range 11 {
			w.vote(ids[0], []string{"agree", "disagree"}[i%2])
		}
		r := w.results()
		if len(r.Release.Lines) != 1 || r.Release.Lines[0].Votes != 40 || !r.Release.Lines[0].Paper || r.Release.Lines[0].Agree != 6 {
			t.Errorf("%+v", r.Release.Lines)
		}
		if r.Release.Voters != 10 {
			t.Errorf("%d voters: paper has none", r.Release.Voters)
		}
	})
}

// Numbers move in steps, and never for a few.
func TestNumbersMoveInSteps(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(1)
		for i := range 10 {
			w.vote(ids[0], []string{"agree", "disagree"}[i%2])
		}
		if r := w.results(); r.Release.Number != 0 || len(r.Release.Lines) != 0 {
			t.Fatalf("ten voters are told of: %+v", r.Release)
		}
		last := w.vote(ids[0], "agree")
		first := w.results()
		if first.Release.Number != 1 || len(first.Release.Lines) != 1 || first.Release.Lines[0].Votes != 10 {
			t.Fatalf("%+v", first.Release)
		}
		for range 10 {
			w.vote(ids[0], "disagree")
		}
		if r := w.results(); r.Release.Number != 1 {
			t.Error("ten more moved the numbers")
		}
		w.vote(ids[0], "disagree") // enough, but all the same
		if r := w.results(); r.Release.Number != 2 || r.Release.Lines[0] != first.Release.Lines[0] {
			t.Errorf("eleven who say the same are told of: %+v", r.Release.Lines[0])
		}
		// Coming and going makes no crowd.
		for range 12 {
			_, err := w.s.Back(w.ctx, public, fmt.Sprint(w.n), w.vote(ids[0], "agree"), "en", true)
			w.must(err)
		}
		if r := w.results(); r.Release.Number != 2 {
			t.Error("twelve who came and left moved the numbers")
		}
		for range 11 {
			w.vote(ids[0], "agree")
		}
		if r := w.results(); r.Release.Number != 3 || r.Release.Lines[0].Moved != 3 || r.Release.Lines[0].Votes != 30 {
			t.Errorf("%+v", r.Release)
		}
		_, err := w.s.Back(w.ctx, public, "n", last, "en", true) // one who leaves is not told of
		w.must(err)
		for i := range 11 {
			w.vote(ids[0], []string{"agree", "disagree"}[i%2])
		}
		if r := w.results(); r.Release.Number != 4 || r.Release.Lines[0].Votes != 40 {
			t.Errorf("%+v", r.Release)
		}
	})
}

// Two groups that were planted are found, told by what they stand for and by what unites them.
func TestPlantedGroups(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ids := w.seeds(8)
		for p := range 32 {
			in := w.someone(ids[0], "agree")
			for i, id := range ids {
				in.Statement, in.Vote = id, []string{"agree", "disagree"}[(p+i/4)%2]
				if i >= 6 { // the last two are shared
					in.Vote = "agree"
				}
				if (p*7+i*3)%11 == 0 {
					in.Vote = "pass"
				}
				w.must(w.s.Vote(w.ctx, public, in))
			}
		}
		r := w.results()
		if len(r.Release.Groups) != 2 || r.Release.Groups[0].Size != 15 || len(r.Release.Groups[0].For) == 0 {
			t.Fatalf("%+v", r.Release)
		}
		united := map[string]bool{}
		for _, u := range r.Release.Unites {
			united[u.Statement] = u.Agree
		}
		if len(united) != 2 || !united[ids[6]] || !united[ids[7]] {
			t.Errorf("unites: %+v", r.Release.Unites)
		}
		for _, l := range r.Release.Lines {
			if l.Agree < 1 || l.Agree > 9 || l.Votes%5 != 0 {
				t.Errorf("%+v", l)
			}
		}
	})
}

func TestTenthsNeverSayEverybody(t *testing.T) {
	for all := 1; all < 300; all++ {
		for n := range all + 1 {
			if got := tenths(n, all); got < 1 || got > 9 {
				t.Fatalf("%d of %d: %d", n, all, got)
			}
		}
		if all >= 7 && (tenths(all, all) != tenths(all-1, all) || tenths(0, all) != tenths(1, all)) {
			t.Errorf("of %d, all and all but one differ", all)
		}
	}
	if Word(opinion.Agree) != "agree" || Word(opinion.Pass) != "pass" || Word(opinion.Disagree) != "disagree" {
		t.Error("words")
	}
}
