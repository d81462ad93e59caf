package decision

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
)

func TestSecretBallotFromEndToEnd(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, link, codes := w.made(rankedIn(Secret), w.delegates(6, 3), 4)
		w.must(w.s.Open(w.ctx, ana, d))
		open, err := w.s.Knock(w.ctx, link)
		w.must(err)
		if open.Key.N == "" {
			t.Fatal("the key is not published when voting opens")
		}
		first := w.castSecret(link, codes[0].Code, "a>b")
		w.must(w.s.Drop(w.ctx, link, first)) // a broken line: sent again
		changed := first
		changed.Choice = "b"
		if err := w.s.Drop(w.ctx, link, changed); !fault.Is(err, fault.Invalid) {
			t.Error("a ballot that was changed on the way:", err)
		}
		env, err := ballot.Seal(open.Key, d, "c")
		w.must(err)
		if _, err := w.s.SignBlind(w.ctx, link, codes[0].Code, env.Blinded); !fault.Is(err, fault.Conflict) {
			t.Error("a second ballot for one voter:", err)
		}
		if _, err := w.s.SignBlind(w.ctx, link, "0000-0000-0000", env.Blinded); !fault.Is(err, fault.Invalid) {
			t.Error("a ballot for nobody:", err)
		}
		one, err := w.s.SignBlind(w.ctx, link, codes[1].Code, env.Blinded)
		w.must(err)
		two, err := w.s.SignBlind(w.ctx, link, codes[1].Code, env.Blinded)
		if err != nil || one != two {
			t.Error("the answer was lost on the way, and asking again does not help:", err)
		}
		e, err := env.Open(one)
		w.must(err)
		w.must(w.s.Drop(w.ctx, link, e))
		for _, c := range codes[2:4] {
			w.castSecret(link, c.Code, "b>c>a")
		}
		if _, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: codes[4].Code, Choice: "a"}); !fault.Is(err, fault.Conflict) {
			t.Error("a voter of the list voted without sealing:", err)
		}
		slip, onPaper := codes[6], codes[7]
		if receipt, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: slip.Code, Choice: "c>a"}); err != nil || receipt != slip.Code {
			t.Error(receipt, err)
		}
		w.paper(d, onPaper.Code, "b")

		if _, err := w.s.Ballots(w.ctx, link); !fault.Is(err, fault.NotFound) {
			t.Error("the list is published before closing:", err)
		}
		if now, err := w.s.Read(w.ctx, ana, d); err != nil || now.Outcome != nil {
			t.Error("there is a result before closing")
		}
		w.must(w.s.Close(w.ctx, ana, d))
		list, err := w.s.Ballots(w.ctx, link)
		w.must(err)
		text, err := list.Bytes()
		w.must(err)
		again, err := ballot.ParseList(text)
		w.must(err)
		count, err := again.Count()
		w.must(err)
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		ours, _ := json.Marshal(read.Outcome.Result)
		theirs, _ := json.Marshal(count)
		if string(ours) != string(theirs) || count.Ballots != 6 || list.Issued != 4 || len(list.Slips) != 4 {
			t.Errorf("recounted %s\nclosed as %s", theirs, ours)
		}
		if got, found := list.Find(first.Token); !found || got != first {
			t.Error("a voter does not find their own ballot")
		}
		want := []Kind{{ballot.Online, 4}, {ballot.Slip, 1}, {ballot.Paper, 1}}
		if !slices.Equal(read.Outcome.Kinds, want) {
			t.Errorf("%+v", read.Outcome.Kinds)
		}
		w.keyIsGone(d, open.Key, e)
	})
}

// paper is typed by two people who read the same.
func (w *world) paper(d, code, choice string) {
	w.t.Helper()
	if state, err := w.s.EnterPaper(w.ctx, ana, d, code, choice); err != nil || state != PaperFirst {
		w.t.Fatal(state, err)
	}
	if state, err := w.s.EnterPaper(w.ctx, omar, d, code, choice); err != nil || state != PaperBoth {
		w.t.Fatal(state, err)
	}
}

// After closing nothing can be signed, and no key to do it with is left anywhere.
func (w *world) keyIsGone(d string, public ballot.PublicKey, spare ballot.Entry) {
	w.t.Helper()
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		r, err := rowByID(w.ctx, tx, d)
		if err == nil && (r.keyID != "" || r.keySealed != "") {
			w.t.Error("the signing key is still in the database")
		}
		return err
	}))
	read, err := w.s.Read(w.ctx, ana, d)
	w.must(err)
	env, err := ballot.Seal(public, d, "a")
	w.must(err)
	if _, err := w.s.SignBlind(w.ctx, read.Words.Link, "0000-0000-0000", env.Blinded); !fault.Is(err, fault.Conflict) {
		w.t.Error("signed after closing:", err)
	}
	if err := w.s.Drop(w.ctx, read.Words.Link, spare); !fault.Is(err, fault.Conflict) {
		w.t.Error("dropped after closing:", err)
	}
}

func TestPaperNeedsTwo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, _, codes := w.made(agreeIn(Secret), w.delegates(2, 1), 3)
		w.must(w.s.Open(w.ctx, ana, d))
		code := codes[2].Code
		enter := func(who, choice string) PaperState {
			t.Helper()
			actor := ana
			if who == "omar" {
				actor = omar
			}
			state, err := w.s.EnterPaper(w.ctx, actor, d, id.GroupCode(code), choice)
			w.must(err)
			return state
		}
		if enter("ana", "agree") != PaperFirst || enter("ana", "agree") != PaperFirst {
			t.Error("one person alone put paper into the box")
		}
		if enter("omar", "disagree") != PaperDiffer || enter("omar", "agree") != PaperFirst || enter("ana", "agree") != PaperBoth {
			t.Error("two who read differently")
		}
		if _, err := w.s.EnterPaper(w.ctx, omar, d, code, "agree"); !fault.Is(err, fault.Invalid) {
			t.Error("a paper counted twice:", err)
		}
		if _, err := w.s.EnterPaper(w.ctx, omar, d, "0000-0000-0000", "agree"); !fault.Is(err, fault.Invalid) {
			t.Error("a paper that was never printed:", err)
		}
		if _, err := w.s.EnterPaper(w.ctx, admin, d, code, "agree"); !fault.Is(err, fault.Forbidden) {
			t.Error("an administrator typed paper:", err)
		}
		list, _, err := w.s.Voters(w.ctx, ana, d)
		w.must(err)
		w.must(w.s.HandOver(w.ctx, ana, d, list[0].ID))
		if err := w.s.HandOver(w.ctx, ana, d, list[0].ID); !fault.Is(err, fault.Conflict) {
			t.Error("paper for somebody who has a ballot:", err)
		}
		env, err := ballot.Seal(w.public(d), d, "agree")
		w.must(err)
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		var both error
		for _, c := range codes[:2] {
			if _, err := w.s.SignBlind(w.ctx, read.Words.Link, c.Code, env.Blinded); err != nil {
				both = err
			}
		}
		if !fault.Is(both, fault.Conflict) {
			t.Error("somebody with paper has an online ballot as well")
		}
		if _, err := w.s.Codes(w.ctx, ana, d, 1); !fault.Is(err, fault.Invalid) {
			t.Error("slips were printed after voting began:", err)
		}
	})
}

func (w *world) public(d string) ballot.PublicKey {
	read, err := w.s.Read(w.ctx, ana, d)
	w.must(err)
	return read.Key
}

// With fewer than five nothing is shown and nothing is kept.
func TestTooFewForSecrecy(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, link, codes := w.made(agreeIn(Secret), w.delegates(6, 3), 0)
		w.must(w.s.Open(w.ctx, ana, d))
		for _, c := range codes[:ballot.Least-1] {
			w.castSecret(link, c.Code, "agree")
		}
		w.must(w.s.Close(w.ctx, ana, d))
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		if o := read.Outcome; !o.TooFew || o.Agree != nil || o.Decided() || o.Ballots != 0 || o.Kinds != nil {
			t.Errorf("%+v", o)
		}
		if _, err := w.s.Ballots(w.ctx, link); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		if text := strings.Join(w.dump(w.db), "\n"); strings.Contains(text, `"choice"`) {
			t.Error("ballots are left")
		}
	})
}

// A box that somebody has reached into does not count.
func TestATamperedBoxIsSeen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, link, codes := w.made(agreeIn(Secret), w.delegates(6, 3), 0)
		w.must(w.s.Open(w.ctx, ana, d))
		for _, c := range codes {
			w.castSecret(link, c.Code, "agree")
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			r, err := rowByID(w.ctx, tx, d) // with every key in hand
			w.must(err)
			b, err := w.s.readBox(w.ctx, tx, r)
			w.must(err)
			b.ballots[2].Choice = "disagree"
			return w.s.writeBox(w.ctx, tx, r, b)
		}))
		if err := w.s.Close(w.ctx, ana, d); err == nil {
			t.Error("counted")
		}
	})
}

// dump is every row of every table, in the order in which the database keeps them.
func (w *world) dump(d *db.DB) (rows []string) {
	w.t.Helper()
	w.must(d.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
		q, order := `SELECT name FROM sqlite_master WHERE type='table'`, " ORDER BY rowid"
		if d.Dialect() == db.Postgres {
			q, order = `SELECT table_name::text FROM information_schema.tables WHERE table_schema='public'`, " ORDER BY ctid"
		}
		names, err := db.Column[string](w.ctx, tx, q)
		w.must(err)
		slices.Sort(names)
		for _, table := range names {
			found, err := tx.Query(w.ctx, `SELECT * FROM `+table+order)
			w.must(err)
			columns, err := found.Columns()
			w.must(err)
			for found.Next() {
				values, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				w.must(found.Scan(into...))
				line := table
				for i, c := range columns {
					line += fmt.Sprintf(" %s=%v", c, values[i])
				}
				rows = append(rows, line)
			}
			found.Close()
		}
		return nil
	}))
	return rows
}

var words = regexp.MustCompile(`[A-Za-z0-9_-]{6,}`)

// The whole database, with audit, idempotency and jobs, and the whole key store of
// a finished secret decision: no row that tells of a voter shares a value with a
// ballot, and no order in which anything is kept is the order of the ballots.
func TestNothingLinksVoterAndBallot(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const n = 24
		list := w.delegates(n, 6)
		for i := range list {
			list[i].Person = w.person(i)
		}
		d, link, codes := w.made(rankedIn(Secret), list, 0)
		w.must(w.s.Open(w.ctx, ana, d))
		order := map[string]int{} // token → who cast it
		var sealed []string
		for i, c := range codes {
			w.clock.Advance(61e9)
			e := w.castSecret(link, c.Code, []string{"a>b", "b>c", "c"}[i%3])
			order[e.Token] = i
			sealed = append(sealed, e.Token, e.Signature)
		}
		duringVote := w.dump(w.db)
		w.must(w.s.Close(w.ctx, ana, d))
		w.must(w.s.Record(w.ctx, ana, d, Notes{Minutes: "Done."}, "key-1"))
		w.must(w.jobs.Drain(w.ctx))
		published, err := w.s.Ballots(w.ctx, link)
		w.must(err)
		if len(published.Ballots) != n {
			t.Fatal(len(published.Ballots))
		}
		for when, rows := range map[string][]string{"while voting": duringVote, "at the end": append(w.dump(w.db), w.dump(w.keys)...)} {
			boxes := 0
			for _, line := range rows {
				if strings.HasPrefix(line, "decision_box ") {
					if boxes++; when == "at the end" {
						continue
					} // while voting the box itself is sealed
				}
				for _, secret := range sealed {
					if strings.Contains(line, secret) {
						t.Errorf("%s: a ballot's token or signature stands in %.60s", when, line)
					}
				}
			}
			if boxes != 1 {
				t.Errorf("%s: %d boxes", when, boxes)
			}
			w.sharesNothing(when, rows, codes, d)
		}
		// The box is in the order of its tokens; who came when would be another order.
		for i := range published.Ballots[1:] {
			if published.Ballots[i].Token >= published.Ballots[i+1].Token {
				t.Error("the list has an order of its own")
			}
		}
		seen, moved := order[published.Ballots[0].Token], false
		for _, b := range published.Ballots {
			moved = moved || order[b.Token] < seen
			seen = order[b.Token]
		}
		if !moved { // one chance in 24!
			t.Error("the order of the list is the order of the voters")
		}
	})
}

// sharesNothing looks for any word that a voter's rows and the box have in common,
// beside those that every row of the decision has.
func (w *world) sharesNothing(when string, rows []string, codes []Printed, d string) {
	w.t.Helper()
	in := func(prefixes ...string) map[string]bool {
		out := map[string]bool{}
		for _, line := range rows {
			if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(line, p+" ") }) {
				for _, word := range words.FindAllString(line, -1) {
					out[word] = true
				}
			}
		}
		return out
	}
	general := map[string]bool{d: true, cedar: true, "org_id": true, "decision_id": true, "online": true, "choice": true, "signature": true, "signed": true}
	box := in("decision_box")
	for word := range in("decision_voter", "audit_event", "idempotency", "job", "decision_voice", "decision_paper", "vault_person_key", "vault_erasure") {
		if box[word] && !general[word] {
			w.t.Errorf("%s: %q stands in the box and elsewhere", when, word)
		}
	}
	for _, c := range codes {
		for _, line := range rows {
			if strings.Contains(line, c.Code) {
				w.t.Errorf("%s: a voting code stands in %.60s", when, line)
			}
		}
	}
	for _, line := range rows {
		if strings.HasPrefix(line, "audit_event ") && strings.Contains(line, "reason=ballot") && !strings.Contains(line, "actor=public") {
			w.t.Errorf("%s: the trail names who took a ballot: %s", when, line)
		}
		if strings.HasPrefix(line, "decision_voter ") && strings.Contains(line, "given=true") == strings.Contains(line, "given=false") && !strings.Contains(line, "given=1") && !strings.Contains(line, "given=0") {
			w.t.Errorf("%s: %s", when, line)
		}
	}
}

// Putting a ballot in changes the box and nothing else in any table; and taking one
// is written down alike, whether it is taken online or on paper.
func TestWhatABallotLeavesBehind(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, link, codes := w.made(agreeIn(Secret), w.delegates(6, 3), 2)
		w.must(w.s.Open(w.ctx, ana, d))
		differences := func(before, after []string) (tables []string) {
			for _, line := range after {
				if !slices.Contains(before, line) {
					tables = append(tables, strings.Fields(line)[0])
				}
			}
			slices.Sort(tables)
			return slices.Compact(tables)
		}
		open, err := w.s.Knock(w.ctx, link)
		w.must(err)
		env, err := ballot.Seal(open.Key, d, "pass")
		w.must(err)
		signed, err := w.s.SignBlind(w.ctx, link, codes[0].Code, env.Blinded)
		w.must(err)
		e, err := env.Open(signed)
		w.must(err)
		before := append(w.dump(w.db), w.dump(w.keys)...)
		w.clock.Advance(90e9)
		w.must(w.s.Drop(w.ctx, link, e))
		if got := differences(before, append(w.dump(w.db), w.dump(w.keys)...)); !slices.Equal(got, []string{"decision_box"}) {
			t.Errorf("dropping a ballot changed %v", got)
		}
		before = w.dump(w.db)
		if _, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: codes[6].Code, Choice: "agree"}); err != nil {
			t.Error(err)
		}
		if got := differences(before, w.dump(w.db)); !slices.Equal(got, []string{"decision_box"}) {
			t.Errorf("a drawn code changed %v", got)
		}
		list, _, err := w.s.Voters(w.ctx, ana, d)
		w.must(err)
		at := slices.IndexFunc(list, func(v Voter) bool { return !v.Given })
		w.must(w.s.HandOver(w.ctx, ana, d, list[at].ID))
		var taken []string
		volatile := regexp.MustCompile(` (seq|at|hash)=\S+`)
		for _, line := range w.dump(w.db) {
			if strings.HasPrefix(line, "audit_event ") && strings.Contains(line, "reason=ballot") {
				taken = append(taken, volatile.ReplaceAllString(line, ""))
			}
		}
		if len(taken) != 2 || taken[0] != taken[1] {
			t.Errorf("online and paper can be told apart: %v", taken)
		}
	})
}

// The program dies after counting and before the key is destroyed: the clock does it.
func TestTheKeyGoesEvenAfterACrash(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, link, codes := w.made(agreeIn(Secret), w.delegates(6, 3), 0)
		w.must(w.s.Open(w.ctx, ana, d))
		for _, c := range codes {
			w.castSecret(link, c.Code, "agree")
		}
		w.must(w.s.Close(w.ctx, ana, d))
		left := id.Derive("key", "left")
		w.must(w.vault.CreatePerson(w.ctx, cedar, left))
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			r, err := rowByID(w.ctx, tx, d)
			w.must(err)
			r.keyID = left
			return save(w.ctx, tx, r)
		}))
		w.must(w.s.Tick(w.ctx))
		if _, err := w.vault.SubjectRef(w.ctx, cedar, left); !fault.Is(err, fault.Gone) {
			t.Error("the key is still there:", err)
		}
		w.must(w.s.Tick(w.ctx))
	})
}

// A copy of the box from the middle of the vote, with the keys of the end: noise.
func TestASnapshotIsNoiseAfterwards(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		d, link, codes := w.made(agreeIn(Secret), w.delegates(6, 3), 0)
		w.must(w.s.Open(w.ctx, ana, d))
		for _, c := range codes[:5] {
			w.castSecret(link, c.Code, "agree")
		}
		var copied string
		var r row
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
			if r, err = rowByID(w.ctx, tx, d); err == nil {
				copied, err = boxColumn(w.ctx, tx, d, "ballots")
			}
			return err
		}))
		if list, err := w.s.unpack(w.ctx, r, copied); err != nil || len(list) != 5 || strings.Contains(copied, "agree") {
			t.Fatal("while voting, the keys open the box and nothing else does:", list, err)
		}
		w.must(w.s.Close(w.ctx, ana, d))
		if list, err := w.s.unpack(w.ctx, r, copied); !fault.Is(err, fault.Gone) {
			t.Error("an old copy of the box opens:", list, err)
		}
	})
}

// Two worlds in which two voters swap their ballots: the rows that remain differ in
// nothing but what is random in every run.
func TestSwappedBallotsLeaveTheSameRows(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		run := func(choices []string) (rows []string) {
			d, link, codes := w.made(agreeIn(Secret), w.delegates(len(choices), 3), 0)
			w.must(w.s.Open(w.ctx, ana, d))
			for i, c := range codes {
				w.castSecret(link, c.Code, choices[i])
			}
			w.must(w.s.Close(w.ctx, ana, d))
			var list []Voter
			var b box
			w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) {
				if list, err = voters(w.ctx, tx, d); err == nil {
					r, rerr := rowByID(w.ctx, tx, d)
					w.must(rerr)
					b, err = w.s.readBox(w.ctx, tx, r)
				}
				return err
			}))
			for _, v := range list {
				rows = append(rows, fmt.Sprintf("voter of %s given %v", v.Institution, v.Given))
			}
			var choicesLeft []string
			for _, e := range b.ballots {
				choicesLeft = append(choicesLeft, fmt.Sprintf("%s %s %d %d", e.Kind, e.Choice, len(e.Token), len(e.Signature)))
			}
			slices.Sort(choicesLeft) // by random tokens in the box: their order is drawn anew in every run
			return append(append(rows, choicesLeft...), fmt.Sprintf("%d signed, %d slips", len(b.signed), len(b.slips)))
		}
		one := run([]string{"agree", "disagree", "pass", "agree", "disagree", "disagree"})
		two := run([]string{"disagree", "disagree", "agree", "disagree", "pass", "agree"})
		if !slices.Equal(one, two) {
			t.Errorf("%v\n%v", one, two)
		}
	})
}

// Many phones at once: every ballot that was acknowledged is in the list, once.
func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const n = 30
		d, link, codes := w.made(agreeIn(Secret), w.delegates(n, 5), 0)
		w.must(w.s.Open(w.ctx, ana, d))
		open, err := w.s.Knock(w.ctx, link)
		w.must(err)
		var wg sync.WaitGroup
		problems := make(chan error, n)
		for i, c := range codes {
			wg.Go(func() {
				problems <- func() error {
					env, err := ballot.Seal(open.Key, d, ballot.Answers(ballot.Agree)[i%3])
					if err != nil {
						return err
					}
					signed, err := w.s.SignBlind(w.ctx, link, c.Code, env.Blinded)
					if err != nil {
						return err
					}
					e, err := env.Open(signed)
					if err != nil {
						return err
					}
					return w.s.Drop(w.ctx, link, e)
				}()
			})
		}
		wg.Wait()
		close(problems)
		for err := range problems {
			w.must(err)
		}
		w.must(w.s.Close(w.ctx, ana, d))
		read, err := w.s.Read(w.ctx, ana, d)
		w.must(err)
		if r := read.Outcome.Agree; read.Outcome.Ballots != n || r.Agree != n/3 || r.Disagree != n/3 || r.Pass != n/3 {
			t.Errorf("%+v", r)
		}
	})
}
