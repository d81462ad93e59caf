// Answers of people whom nobody knows: once, with proof, within limits, seen by
// nobody before a moderator, gone when their giver wants it.
package answer

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/words"
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

type campaigns map[string]Asked

func (c campaigns) Asked(_ context.Context, org, campaign string) (Asked, error) {
	if a, ok := c[org+campaign]; ok {
		return a, nil
	}
	return Asked{}, fault.Missing("campaign")
}

type world struct {
	t     testing.TB
	ctx   context.Context
	s     *Service
	db    *db.DB
	clock *clock.Fake
	asks  campaigns
	token string
	place string
	n     int
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, clock: clock.NewFake(time.Date(2026, 11, 2, 10, 12, 13, 0, time.UTC))}
	v := vaulttest.New(t)
	w.asks = campaigns{cedar + "c1": {Open: true, Name: "Listening", Languages: []string{"en", "es"}, Questions: []Question{
		{ID: "q1", Text: map[string]string{"en": "What puts pressure on you?", "es": "¿Qué le pesa?"}}, {ID: "q2", Text: map[string]string{"en": "What would you change?"}}}}}
	w.s = New(Deps{DB: d, Vault: v, Audit: audit.New(d, v, w.clock), Jobs: job.New(d, job.Options{Clock: w.clock}), Clock: w.clock, Campaigns: w.asks})
	w.place = w.save(PlaceIn{Campaign: "c1", Name: "Front waiting room", Language: "en", PerHour: mostPerHour})
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
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

func (w *world) save(in PlaceIn) string {
	w.t.Helper()
	made, err := w.s.SavePlace(w.ctx, ana, in)
	w.must(err)
	p, err := w.s.PlaceByID(w.ctx, ana, made)
	w.must(err)
	w.token = p.Token
	return made
}

// in is an answer with its proof, from another network each time.
func (w *world) in(text string) In {
	w.t.Helper()
	s, err := w.s.Open(w.ctx, public, w.token)
	w.must(err)
	w.n++
	return In{Token: w.token, Language: "es", Said: Said{"q1": text}, Receipt: s.Receipt,
		Form: proof.Form{Challenge: s.Challenge, Nonce: proof.Work(s.Challenge), Network: fmt.Sprint("10.0.0.", w.n)}}
}

func (w *world) say(text string) (receipt string) {
	w.t.Helper()
	in := w.in(text)
	w.must(w.s.Answer(w.ctx, public, in))
	return in.Receipt
}

func (w *world) waiting() (n int) {
	w.t.Helper()
	q, err := w.s.Queue(w.ctx, ana, "c1")
	w.must(err)
	for _, c := range q.Clusters {
		n += len(c.Answers)
	}
	return n
}

func TestStates(t *testing.T) {
	want := map[State]map[Verb]State{
		Waiting:   {VerbApprove: Approved, VerbReject: Rejected, VerbWithdraw: Withdrawn, VerbForget: Forgotten},
		Approved:  {VerbReject: Rejected, VerbWithdraw: Withdrawn, VerbForget: Forgotten},
		Rejected:  {VerbApprove: Approved, VerbRestore: Waiting, VerbWithdraw: Withdrawn, VerbForget: Forgotten},
		Withdrawn: {}, Forgotten: {},
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

func TestAnAnswerComesOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.in("The bus 14 was cut.")
		w.must(w.s.Answer(w.ctx, public, in))
		w.must(w.s.Answer(w.ctx, public, in)) // the phone did not hear of the first
		if n := w.waiting(); n != 1 {
			t.Errorf("%d answers", n)
		}
		again := w.in("Another.")
		again.Challenge, again.Nonce = in.Challenge, in.Nonce
		w.is(w.s.Answer(w.ctx, public, again), fault.Conflict) // a proof is good once
		if q, err := w.s.Quotes(w.ctx, omar, "c1"); err != nil || len(q) != 0 {
			t.Errorf("shown before anybody looked: %+v, %v", q, err)
		}
		_, err := w.s.Queue(w.ctx, omar, "c1")
		w.is(err, fault.Forbidden)
		_, err = w.s.Queue(w.ctx, foreign, "c1")
		w.is(err, fault.NotFound)
		for _, x := range []struct {
			name string
			edit func(*In)
			want fault.Kind
		}{
			{"nothing", func(in *In) { in.Said = Said{"q1": "  ", "q9": "x"} }, fault.Invalid},
			{"too much", func(in *In) { in.Said = Said{"q1": strings.Repeat("x", LongestAnswer+1)} }, fault.Invalid},
			{"an invented receipt", func(in *In) { in.Receipt = "aaaa" }, fault.Invalid},
			{"an invented challenge", func(in *In) { in.Challenge = "x" }, fault.Conflict},
			{"no work and no patience", func(in *In) { in.Nonce = "" }, fault.Conflict},
			{"an unknown place", func(in *In) { in.Token = strings.Repeat("x", 43) }, fault.NotFound},
		} {
			in := w.in("A fine answer.")
			x.edit(&in)
			if err := w.s.Answer(w.ctx, public, in); !fault.Is(err, x.want) {
				t.Errorf("%s: %v", x.name, err)
			}
		}
		if n := w.waiting(); n != 1 {
			t.Errorf("%d answers", n)
		}
	})
}

// AB-40: a thousand posts without proof store nothing; patience is for a few.
func TestInventedAnswersStayOut(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	s, err := w.s.Open(w.ctx, public, w.token)
	w.must(err)
	for range 1000 {
		w.is(w.s.Answer(w.ctx, public, In{Token: w.token, Said: Said{"q1": "x"}, Form: proof.Form{Challenge: s.Challenge}, Receipt: words.New()}), fault.Conflict)
	}
	if n := w.waiting(); n != 0 {
		t.Fatalf("%d stored", n)
	}
	patient := 0
	for range 2 * proof.PatientPerHour {
		in := w.in("I waited.")
		in.Nonce = ""
		w.clock.Advance(proof.Patience)
		if w.s.Answer(w.ctx, public, in) == nil {
			patient++
		}
	}
	if patient != proof.PatientPerHour {
		t.Errorf("%d on patience", patient)
	}
}

func TestLimitsByPlaceAndNetwork(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	w.save(PlaceIn{Campaign: "c1", Name: "Small", Language: "en", PerHour: 60})
	stored := 0
	for range 60 {
		in := w.in("x")
		in.Network = "10.9.9.9"
		if err := w.s.Answer(w.ctx, public, in); err == nil {
			stored++
		} else {
			w.is(err, fault.Limited)
		}
	}
	if stored != 30 {
		t.Errorf("%d from one network", stored)
	}
	w.clock.Advance(time.Hour)
	w.say("another hour")
}

func TestCodesAreGoodForOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.save(PlaceIn{Campaign: "c1", Name: "Members", Language: "en", Codes: true})
		codes, err := w.s.MakeCodes(w.ctx, ana, "c1", 2)
		w.must(err)
		in := w.in("x")
		w.is(w.s.Answer(w.ctx, public, in), fault.Invalid)
		in = w.in("x")
		in.Code = strings.ToLower(codes[0])
		w.must(w.s.Answer(w.ctx, public, in))
		again := w.in("y")
		again.Code = codes[0]
		w.is(w.s.Answer(w.ctx, public, again), fault.Invalid)
		h, err := w.s.HeardIn(w.ctx, ana, "c1")
		if err != nil || len(h) != 1 || !h[0].Verified || h[0].N != 1 {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

func TestTheReceiptOpensAndWithdraws(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		receipt := w.say("The label is in English only.")
		mine, err := w.s.Back(w.ctx, public, "10.0.0.1", strings.ToUpper(strings.ReplaceAll(receipt, " ", "-")), "es", false)
		if err != nil || len(mine.Lines) != 1 || mine.Lines[0].Question != "¿Qué le pesa?" || mine.Lines[0].Text != "The label is in English only." {
			t.Errorf("%+v, %v", mine, err)
		}
		_, err = w.s.Back(w.ctx, public, "10.0.0.1", words.New(), "es", true)
		w.is(err, fault.Invalid)
		mine, err = w.s.Back(w.ctx, public, "10.0.0.1", receipt, "es", true)
		if err != nil || mine.State != Withdrawn {
			t.Errorf("%+v, %v", mine, err)
		}
		if n := w.waiting(); n != 0 {
			t.Error("still there")
		}
		if mine, err = w.s.Back(w.ctx, public, "10.0.0.1", receipt, "es", false); err != nil || len(mine.Lines) != 0 || mine.State != Withdrawn {
			t.Errorf("%+v, %v", mine, err)
		}
	})
}

// AB-41, AB-42: a flood of copies is one line of the queue, its rejection can be
// taken back exactly, and what endangers somebody is never shown.
func TestModeration(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for i := range 12 {
			w.say(fmt.Sprintf("Vote for the parking garage now, number %d, everybody wants it!", i))
		}
		w.say("My neighbor Rosa is undocumented and afraid.")
		w.say("The clinic closes before I finish work.")
		q, err := w.s.Queue(w.ctx, ana, "c1")
		w.must(err)
		if len(q.Clusters) != 3 || len(q.Clusters[0].Answers) != 12 {
			t.Fatalf("%d clusters", len(q.Clusters))
		}
		var spam, rest []string
		for i, c := range q.Clusters {
			for _, a := range c.Answers {
				if strings.Contains(a.Said["q1"], "undocumented") {
					t.Error("the queue shows what endangers somebody")
				}
				if i == 0 {
					spam = append(spam, a.ID)
				} else {
					rest = append(rest, a.ID)
				}
			}
		}
		before := w.dump()
		batch, err := w.s.Reject(w.ctx, ana, spam, "repeated", "")
		w.must(err)
		if n := w.waiting(); n != 2 {
			t.Errorf("%d wait", n)
		}
		w.must(w.s.Undo(w.ctx, ana, batch, ""))
		if after := w.dump(); after != before {
			t.Errorf("undone is not as before:\n%s\n%s", before, after)
		}
		_, err = w.s.Reject(w.ctx, ana, spam, "because", "")
		w.is(err, fault.Invalid)
		w.must(w.s.Approve(w.ctx, ana, rest, ""))
		quotes, err := w.s.Quotes(w.ctx, omar, "c1")
		if err != nil || len(quotes) != 2 {
			t.Fatalf("%+v, %v", quotes, err)
		}
		for _, x := range quotes {
			if strings.Contains(x.Text, "undocumented") {
				t.Errorf("shown: %q", x.Text)
			}
		}
	})
}

func (w *world) dump() (out string) {
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		list, err := db.Select(w.ctx, tx, scanRow, `SELECT `+columns+` FROM answer_answer WHERE org_id=$1 ORDER BY id`, cedar)
		out = fmt.Sprintf("%+v", list)
		return err
	}))
	return out
}

// Security 2.8: nothing of an anonymous answer says who, from where, or when to
// less than an hour.
func TestNothingSaysWhoOrWhen(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	for i := range 100 {
		in := w.in("Anything")
		in.Network = fmt.Sprintf("203.0.113.%d", i)
		w.must(w.s.Answer(w.ctx, public, in))
		w.clock.Advance(7 * time.Second)
	}
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		for _, q := range []string{`SELECT hour FROM answer_answer WHERE org_id=$1`, `SELECT hour FROM proof_spent WHERE org_id=$1`, `SELECT hour FROM proof_quota WHERE org_id=$1`} {
			times, err := db.Column[int64](w.ctx, tx, q, cedar)
			if err != nil {
				return err
			}
			for _, at := range times {
				if at%time.Hour.Microseconds() != 0 {
					t.Errorf("%s: a time finer than the hour", q)
				}
			}
		}
		digests, err := db.Column[string](w.ctx, tx, `SELECT what FROM proof_quota WHERE org_id=$1`, cedar)
		if err != nil {
			return err
		}
		hour := w.clock.Now().Truncate(time.Hour).Format(time.RFC3339)
		for i := range 100 { // there are few enough networks to try them all
			guess := id.Hash(fmt.Sprintf("%s 203.0.113.%d %s", w.place, i, hour))
			if slices.ContainsFunc(digests, func(d string) bool { return strings.HasPrefix(guess, strings.TrimPrefix(d, "net:")) }) {
				t.Error("trying out networks finds where an answer came from")
				break
			}
		}
		for _, table := range []string{"idempotency", "audit_event"} {
			n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM `+table+` WHERE org_id=$1`, cedar)
			if err != nil || table == "audit_event" && n != 1 || table == "idempotency" && n != 0 {
				t.Errorf("%s has %d rows: an answer left a trace (%v)", table, n, err)
			}
		}
		return nil
	}))
	// The order of the rows is not the order in which they came.
	rows, err := w.s.inState(w.ctx, cedar, "c1", Waiting, 200)
	w.must(err)
	if len(rows) != 100 {
		t.Fatal(len(rows))
	}
}

func TestOldWordsAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		receipt := w.say("The clinic closes before I finish work.")
		w.clock.Advance(KeepWords + 2*time.Hour)
		w.must(w.s.Forget(w.ctx))
		_, err := w.s.Back(w.ctx, public, "n", receipt, "en", false)
		w.is(err, fault.Invalid)
		h, err := w.s.HeardIn(w.ctx, ana, "c1")
		if err != nil || len(h) != 1 || h[0].State != Forgotten || h[0].N != 1 {
			t.Errorf("%+v, %v", h, err)
		}
	})
}

func TestClosedIsClosed(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	in := w.in("x")
	a := w.asks[cedar+"c1"]
	a.Open = false
	w.asks[cedar+"c1"] = a
	w.is(w.s.Answer(w.ctx, public, in), fault.Gone)
	_, err := w.s.Open(w.ctx, public, w.token)
	w.is(err, fault.Gone)
	_, err = w.s.SavePlace(w.ctx, omar, PlaceIn{Campaign: "c1", Name: "x", Language: "en"})
	w.is(err, fault.Forbidden)
	_, err = w.s.SavePlace(w.ctx, ana, PlaceIn{Campaign: "c2", Name: "x", Language: "en"})
	w.is(err, fault.NotFound)
	_, err = w.s.SavePlace(w.ctx, ana, PlaceIn{Campaign: "c1", Language: "Spanish", PerHour: -1})
	w.is(err, fault.Invalid)
}

func TestSoundIsRecognisedByItsBytes(t *testing.T) {
	for kind, head := range map[string]string{"audio/ogg": "OggS\x00", "audio/mpeg": "ID3\x03", "audio/wav": "RIFF\x00\x00\x00\x00WAVEfmt", "audio/webm": "\x1a\x45\xdf\xa3", "audio/mp4": "\x00\x00\x00\x20ftypM4A  ", "": "<svg onload=alert(1)>"} {
		if got := soundKind([]byte(head)); got != kind {
			t.Errorf("%q: %q", head, got)
		}
	}
	each(t, func(t *testing.T, w *world) {
		w.must(w.s.SaveRecording(w.ctx, ana, "c1", "q1", "es", []byte("OggS and so on")))
		s, err := w.s.Open(w.ctx, public, w.token)
		if err != nil || len(s.Recordings) != 1 || s.Recordings[0].Kind != "audio/ogg" {
			t.Errorf("%+v, %v", s, err)
		}
		if kind, b, err := w.s.Sound(w.ctx, public, w.token, "q1", "es"); err != nil || kind != "audio/ogg" || string(b) != "OggS and so on" {
			t.Errorf("%s %q %v", kind, b, err)
		}
		w.is(w.s.SaveRecording(w.ctx, ana, "c1", "q1", "es", []byte("<html>")), fault.Invalid)
		w.is(w.s.SaveRecording(w.ctx, ana, "c1", "q1", "es", make([]byte, LargestRecording+1)), fault.Invalid)
		w.must(w.s.SaveRecording(w.ctx, ana, "c1", "q1", "es", nil))
		_, _, err = w.s.Sound(w.ctx, public, w.token, "q1", "es")
		w.is(err, fault.NotFound)
	})
}

// What comes back from a receipt is what was said, whatever it was.
func TestEveryTextComesBack(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, schemas...))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, 300, 900).Draw(t, "text")
		in := w.in(text)
		err := w.s.Answer(w.ctx, public, in)
		said, bad := clean(in.Said, w.asks[cedar+"c1"])
		if (err == nil) != (len(bad) == 0) {
			t.Fatalf("%v, %v", err, bad)
		}
		if err != nil {
			return
		}
		mine, err := w.s.Back(w.ctx, public, "n", in.Receipt, "en", false)
		if err != nil || len(mine.Lines) != 1 || mine.Lines[0].Text != said["q1"] {
			t.Fatalf("%+v, %v", mine, err)
		}
	})
}

// The page of the queue has one key and a form for each cluster and each rejection:
// two of them sent one after the other are two acts, one of them sent twice is one.
func TestTwoFormsOfOnePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids []string
		for _, text := range []string{"The rent went up again", "Nobody reads me the label"} {
			w.must(w.s.Answer(w.ctx, public, w.in(text)))
		}
		q, err := w.s.Queue(w.ctx, ana, "c1")
		w.must(err)
		for _, c := range q.Clusters {
			ids = append(ids, c.Answers[0].ID)
		}
		if len(ids) != 2 {
			t.Fatal(ids)
		}
		first, err := w.s.Reject(w.ctx, ana, ids[:1], "repeated", "k")
		w.must(err)
		again, err := w.s.Reject(w.ctx, ana, ids[:1], "repeated", "k")
		if err != nil || again != first {
			t.Errorf("sent twice: %q and %q, %v", first, again, err)
		}
		w.must(w.s.Approve(w.ctx, ana, ids[1:], "k"))
		if q, err := w.s.Queue(w.ctx, ana, "c1"); err != nil || len(q.Clusters) != 0 {
			t.Errorf("the second form of the page was dropped: %+v, %v", q, err)
		}
		second, err := w.s.Reject(w.ctx, ana, ids[1:], "hurtful", "k")
		w.must(err)
		for _, batch := range []string{first, second, first} {
			w.must(w.s.Undo(w.ctx, ana, batch, "k2"))
		}
		if q, err := w.s.Queue(w.ctx, ana, "c1"); err != nil || len(q.Clusters) != 2 {
			t.Errorf("%+v, %v", q, err)
		}
	})
}

// Back, changed and sent again: that is not the answer that was taken.
func TestChangedAfterSending(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := w.in("The rent went up again")
		w.must(w.s.Answer(w.ctx, public, in))
		w.must(w.s.Answer(w.ctx, public, in))
		in.Said = Said{"q1": "Nobody reads me the label"}
		w.is(w.s.Answer(w.ctx, public, in), fault.Invalid)
		if q, err := w.s.Queue(w.ctx, ana, "c1"); err != nil || len(q.Clusters) != 1 || q.Clusters[0].Answers[0].Said["q1"] != "The rent went up again" {
			t.Errorf("%+v, %v", q, err)
		}
	})
}
