package survey

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/stats"
	"seedbed/internal/kit/words"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
)

// Loneliness of 26 at the baseline; the first 17 came again after six months. Sums
// of the seventeen: 104, then 90; 104/17 = 6.1 and 90/17 = 5.3. All 26: 158/26 = 6.1.
var (
	lonelyBefore = []int{9, 8, 8, 7, 7, 7, 6, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 7, 6, 6, 5, 7, 6, 5, 6, 6}
	lonelyAfter  = []int{8, 7, 6, 6, 6, 6, 5, 5, 5, 6, 5, 4, 4, 5, 5, 4, 3}
)

// wave begins a wave of a cohort and lets its members answer what is in the list.
func (w *world) wave(survey string, label Label, who []people.Joined, sums []int) string {
	w.Helper()
	b := w.begin(survey, label, 0)
	for i, sum := range sums {
		code := w.code(survey, who[i].ID)
		if label == "baseline" {
			w.agrees(code)
		}
		w.ok(w.says(code, ucla(sum)))
	}
	w.end(b.ID)
	return b.ID
}

func TestACohortInPairs(t *testing.T) {
	each(t, func(w *world) {
		survey := w.survey(Cohort, nil, "ucla3")
		who := w.cohort(survey, 26)
		w.wave(survey, "baseline", who, lonelyBefore)
		w.clock.Set(w.clock.Now().AddDate(0, 6, 0))
		w.wave(survey, "months_6", who, lonelyAfter)

		o, err := w.s.Result(w.ctx, ana, survey)
		w.ok(err)
		l := line(o, "ucla3", "sum")
		c := l.Change
		if !c.Shown || !c.Paired || c.N != 17 || c.Before != 6.1 || c.After != 5.3 || c.Diff != -0.8 || c.Method != stats.BCa || !c.Interval || c.Low >= -0.8 || c.High <= -0.8 || c.High >= 0 {
			t.Errorf("%+v", c)
		}
		if p := l.Points[0]; !p.Shown || p.N != 26 || p.Value != 6.1 || p.Missing != 0 {
			t.Errorf("nine others are enough inside: %+v", p)
		}
		// Outside, the mean of all 26 and that of the 17 would tell that of the nine others.
		o, err = w.s.Result(w.ctx, jonas, survey)
		w.ok(err)
		if l := line(o, "ucla3", "sum"); l.Points[0].Shown || !l.Points[1].Shown || !l.Change.Shown || o.Least != 11 {
			t.Errorf("%+v", l)
		}
		told, err := w.s.Results(w.ctx, ruth)
		w.ok(err)
		if len(told) != 1 || told[0].Change.N != 17 || told[0].Change.Before != 6.1 || told[0].From.Label != "baseline" || told[0].To.Label != "months_6" {
			t.Errorf("%+v", told)
		}

		// One takes the yes back, one is erased, one was written down twice: none is lost
		// or counted twice, and later numbers hold only those who still say yes.
		w.ok(w.s.TakeBack(w.ctx, access.Actor{Org: cedar, Person: who[0].ID, Roles: []access.Role{access.Member}}, survey, ""))
		if o, err = w.s.Result(w.ctx, ana, survey); err != nil || line(o, "ucla3", "sum").Change.N != 16 || o.Waves[0].Answered != 25 {
			t.Errorf("%v %+v", err, line(o, "ucla3", "sum"))
		}
		mateo := access.Actor{Org: cedar, Person: who[1].ID, Roles: []access.Role{access.Member}}
		w.ok(w.people.Delete(w.ctx, mateo, true, ""))
		w.ok(w.jobs.Drain(w.ctx))
		if o, err = w.s.Result(w.ctx, ana, survey); err != nil || line(o, "ucla3", "sum").Change.N != 15 || o.Waves[0].Answered != 24 {
			t.Errorf("%v %+v", err, line(o, "ucla3", "sum"))
		}
		w.rows("survey_response", 24+15)
		_, err = w.people.Merge(w.ctx, ana, people.MergeIn{Survivor: who[2].ID, Taken: who[3].ID})
		w.ok(err)
		if o, err = w.s.Result(w.ctx, ana, survey); err != nil || line(o, "ucla3", "sum").Change.N != 14 || o.Waves[0].Answered != 23 {
			t.Errorf("merged: %v %+v", err, line(o, "ucla3", "sum"))
		}
		// Whoever stops everything is out at once, and the clock deletes what is left.
		w.ok(w.people.Stop(w.ctx, access.Actor{Org: cedar, Person: who[4].ID, Roles: []access.Role{access.Member}}, ""))
		if o, err = w.s.Result(w.ctx, ana, survey); err != nil || line(o, "ucla3", "sum").Change.N != 13 {
			t.Errorf("stopped: %v %+v", err, line(o, "ucla3", "sum"))
		}
		w.ok(w.s.Wind(w.ctx))
		w.rows("survey_response", 23+14)
	})
}

func (w *world) rows(table string, want int64) {
	w.Helper()
	w.ok(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		n, err := db.One[int64](w.ctx, tx, `SELECT COUNT(*) FROM `+table)
		if n != want {
			w.Errorf("%s holds %d rows, want %d", table, n, want)
		}
		return err
	}))
}

func TestNobodyAnswersWithoutAYes(t *testing.T) {
	each(t, func(w *world) {
		survey := w.survey(Cohort, nil, "ucla3")
		who := w.cohort(survey, 2)
		b := w.begin(survey, "baseline", 0)
		code := w.code(survey, who[0].ID)
		sheet, err := w.s.Open(w.ctx, anybody, strings.ToLower(code), "ar")
		w.ok(err)
		if !sheet.NeedsYes || sheet.Lang != "ar" || len(sheet.Questions) != 3 || len(sheet.Questions[0].Choices) != 3 || sheet.Answered {
			t.Errorf("%+v", sheet)
		}
		w.is(w.says(code, ucla(5)), fault.Conflict)
		w.agrees(code)
		w.agrees(code) // a second press changes nothing
		w.is(w.says(code, nil), fault.Invalid)
		w.is(w.says(code, map[string]int{"ucla3/1": 9, "who5/1": 3}), fault.Invalid)
		w.ok(w.says(code, map[string]int{"ucla3/1": 2}))
		w.ok(w.says(code, ucla(9))) // the first answers stay
		w.rows("survey_response", 1)
		if sheet, err = w.s.Open(w.ctx, anybody, code, "vi"); err != nil || !sheet.Answered || sheet.NeedsYes || sheet.Lang != "en" {
			t.Errorf("%v %+v", err, sheet)
		}
		st, err := w.s.WaveByID(w.ctx, jonas, b.ID)
		if w.ok(err); st.Answered != 1 || st.Asked != 2 || st.Agreed != 1 {
			t.Errorf("%+v", st)
		}
		mine, err := w.s.MySurveys(w.ctx, access.Actor{Org: cedar, Person: who[0].ID, Roles: []access.Role{access.Member}})
		if w.ok(err); len(mine) != 1 || !mine[0].Yes || !mine[0].Answered || mine[0].Code != "" {
			t.Errorf("%+v", mine)
		}
		mine, err = w.s.MySurveys(w.ctx, access.Actor{Org: cedar, Person: who[1].ID, Roles: []access.Role{access.Member}})
		if w.ok(err); len(mine) != 1 || mine[0].Yes || mine[0].Code == "" {
			t.Errorf("%+v", mine)
		}
		// What an organizer is told over the phone works as well, and asking again begins afresh.
		w.ok(w.s.Leave(w.ctx, ana, survey, who[0].ID, ""))
		w.rows("survey_response", 0)
		w.is(w.s.Leave(w.ctx, ana, survey, who[0].ID, ""), fault.NotFound)
		w.end(b.ID)
		_, err = w.s.Open(w.ctx, anybody, code, "en")
		w.is(err, fault.NotFound)
	})
}

// Thirty-four of the staff answered, twice. One department has six answers.
func TestStaffAndASmallDepartment(t *testing.T) {
	each(t, func(w *world) {
		survey := w.survey(Staff, []Department{{"Front desk", 14}, {"Nursing", 18}, {"Medical", 16}, {"Billing", 4}}, "burnout", "capacity")
		ask := func(label Label, burnt int) {
			b := w.begin(survey, label, 46)
			if len(b.Codes) != 46 {
				t.Fatal(len(b.Codes))
			}
			for i := range 34 {
				in := In{Code: b.Codes[i], Language: "en", Receipt: words.New(), Values: map[string]int{"burnout/1": 2, "capacity/1": 3 + i%6}, Department: []string{"Front desk", "Nursing", "Nursing", "Medical", "Medical"}[i%5]}
				if i >= 30 { // front desk has six answers, so the rest goes elsewhere
					in.Department = "Medical"
				}
				if i < burnt {
					in.Values["burnout/1"] = 3 + i%3
				}
				sheet, err := w.s.Open(w.ctx, anybody, in.Code, "en")
				if w.ok(err); len(sheet.Departments) != 3 || sheet.NeedsYes || sheet.Challenge != "" {
					t.Fatalf("%+v", sheet)
				}
				w.ok(w.s.Answer(w.ctx, anybody, in))
				w.ok(w.s.Answer(w.ctx, anybody, in)) // the phone did not hear of it
				in.Receipt = words.New()
				w.is(w.s.Answer(w.ctx, anybody, in), fault.NotFound) // a card is good once
			}
			w.end(b.ID)
		}
		ask("baseline", 14)
		w.clock.Set(w.clock.Now().AddDate(0, 6, 0))
		ask("months_6", 11)
		for _, a := range []access.Actor{ana, ruth, jonas} { // eleven for everybody
			o, err := w.s.Result(w.ctx, a, survey)
			w.ok(err)
			c := line(o, "burnout", "burnout").Change
			if o.Least != 11 || !c.Shown || c.Paired || c.Before != 0.41 || c.After != 0.32 || c.N != 68 || c.Method != stats.Newcombe || c.Diff != -0.09 || c.Low >= -0.09 || c.High <= 0 {
				t.Errorf("%+v", c)
			}
			told := map[string]string{}
			hidden := 0
			for _, d := range o.Departments {
				told[d.Name] = d.Count.Text("?")
				if !d.Count.Shown {
					hidden++
					for _, v := range d.Values {
						if v.Shown {
							t.Errorf("%s: a mean without its number", d.Name)
						}
					}
				}
			}
			if told["Front desk"] != "?" || hidden < 2 || hidden == len(o.Departments) || told["Billing"] != "" {
				t.Errorf("six follow from the others: %v", told)
			}
		}
	})
}

func TestAPulseAfterAnEvent(t *testing.T) {
	each(t, func(w *world) {
		wave, err := w.s.StartPulse(w.ctx, ana, party, "k1")
		w.ok(err)
		again, err := w.s.StartPulse(w.ctx, ana, party, "k2")
		if w.ok(err); again != wave {
			t.Error("an event has two pulses")
		}
		_, err = w.s.StartPulse(w.ctx, ana, "meeting:01890000-0000-7000-8000-000000000009", "")
		w.is(err, fault.NotFound)
		_, err = w.s.StartPulse(w.ctx, ana, "nothing", "")
		w.is(err, fault.Invalid)
		st, err := w.s.WaveByID(w.ctx, ana, wave)
		if w.ok(err); st.Event != "House meeting" || st.Code == "" || len(st.Languages) != 4 {
			t.Errorf("%+v", st)
		}
		var receipt string
		for i := range 9 {
			sheet, err := w.s.Open(w.ctx, anybody, st.Code, "vi")
			w.ok(err)
			word := "  Hope "
			switch {
			case i == 6:
				word = "tired"
			case i > 6:
				word = "undocumented"
			}
			in := In{Code: st.Code, Language: "vi", Values: map[string]int{"pulse/1": 4 + i%2, "pulse/4": 3}, Word: word, Receipt: sheet.Receipt, Form: proof.Form{Challenge: sheet.Challenge, Network: "10.0.0.0"}}
			w.is(w.s.Answer(w.ctx, anybody, in), fault.Conflict) // neither work nor patience
			in.Nonce = proof.Work(sheet.Challenge)
			w.ok(w.s.Answer(w.ctx, anybody, in))
			receipt = sheet.Receipt
		}
		w.is(w.s.Back(w.ctx, anybody, "n", "lusab babad"), fault.Invalid)
		w.ok(w.s.Back(w.ctx, anybody, "n", receipt))
		w.rows("survey_response", 8)
		w.end(wave)
		w.is(w.s.Back(w.ctx, anybody, "n", receipt), fault.Invalid)
		o, err := w.s.ResultOf(w.ctx, ana, wave)
		w.ok(err)
		if l := line(o, "pulse", "welcome"); l.Points[0].N != 8 || l.Points[0].Value != 4.5 || !l.Points[0].Shown {
			t.Errorf("%+v", l)
		}
		if l := line(o, "pulse", "again"); l.Points[0].N != 0 || l.Points[0].Shown || l.Points[0].Missing != 8 {
			t.Errorf("%+v", l)
		}
		if len(o.Words) != 1 || o.Words[0] != (WordCount{"hope", 6}) || o.FewerWords != 1 {
			t.Errorf("%+v %d: what the guard knows is not kept", o.Words, o.FewerWords)
		}
		if o, err = w.s.ResultOf(w.ctx, jonas, wave); err != nil || line(o, "pulse", "welcome").Points[0].Shown || len(o.Words) != 0 {
			t.Errorf("eight are too few outside: %v %+v", err, o)
		}
		w.survey(Open, nil, "ucla3")
		if _, ok, err := w.s.PulseOf(w.ctx, ana, ""); ok || err != nil {
			t.Error("nothing has a pulse", err)
		}
		if _, ok, err := w.s.PulseOf(w.ctx, ana, party); !ok || err != nil {
			t.Error(ok, err)
		}
	})
}

func TestPaperCountsWhenThePileIsWhole(t *testing.T) {
	each(t, func(w *world) {
		survey := w.survey(Cohort, nil, "ucla3")
		who := w.cohort(survey, 3)
		b := w.begin(survey, "baseline", 0)
		code := w.code(survey, who[0].ID)
		_, err := w.s.StartBatch(w.ctx, ana, b.ID, 0, "")
		w.is(err, fault.Invalid)
		pile, err := w.s.StartBatch(w.ctx, ana, b.ID, 2, "")
		w.ok(err)
		in := TypeIn{Batch: pile, Code: code, Language: "en", Values: ucla(6), Key: "s1"}
		_, err = w.s.Type(w.ctx, ana, in)
		w.is(err, fault.Invalid) // not signed
		in.Agreed = true
		done, err := w.s.Type(w.ctx, ana, in)
		w.ok(err)
		_, err = w.s.Type(w.ctx, ana, in) // a double press
		w.ok(err)
		st, err := w.s.WaveByID(w.ctx, ana, b.ID)
		if w.ok(err); done || st.Answered != 0 || st.Batches[0].Typed != 1 {
			t.Errorf("%v %+v", done, st)
		}
		in.Key = "s2"
		_, err = w.s.Type(w.ctx, ana, in)
		w.is(err, fault.Invalid) // the same person twice
		in.Code = "0000000000000000"
		_, err = w.s.Type(w.ctx, ana, in)
		w.is(err, fault.Invalid)
		w.is(w.s.End(w.ctx, ana, b.ID, ""), fault.Conflict)
		in.Code = w.code(survey, who[1].ID)
		done, err = w.s.Type(w.ctx, ana, in)
		w.ok(err)
		if st, err = w.s.WaveByID(w.ctx, ana, b.ID); err != nil || !done || st.Answered != 2 || st.Batches[0].State != Done {
			t.Errorf("%v %v %+v", err, done, st)
		}
		_, err = w.s.DropBatch(w.ctx, ana, pile, "")
		w.ok(err)
		w.rows("survey_response", 0)
		w.ok(w.says(code, ucla(6))) // they said yes on paper: the phone works now
		w.clock.Set(w.clock.Now().Add(time.Second))
		second, err := w.s.StartBatch(w.ctx, ana, b.ID, 5, "")
		w.ok(err)
		w.clock.Set(w.clock.Now().AddDate(0, 0, usualDays+1))
		w.ok(w.s.Wind(w.ctx)) // the clock closes the wave, and a pile that was never finished does not count
		st, err = w.s.WaveByID(w.ctx, ana, b.ID)
		if w.ok(err); st.State != Closed || st.Batches[len(st.Batches)-1].ID != second || st.Batches[len(st.Batches)-1].State != Dropped || st.Answered != 1 {
			t.Errorf("%+v", st)
		}
	})
}

// What a wave needs before it begins, and what a form may say.
func TestFormsAreChecked(t *testing.T) {
	each(t, func(w *world) {
		for _, in := range []MakeIn{{}, {Title: "x", Kind: Pulse, Instruments: []string{"ucla3"}}, {Title: "x", Kind: Open}, {Title: strings.Repeat("x", 81), Kind: Open, Instruments: []string{"ucla3"}},
			{Title: "x", Kind: Staff, Instruments: []string{"burnout"}, Departments: []Department{{"", 4}}}, {Title: "x", Kind: Open, Instruments: []string{"mbi", "pulse"}}} {
			_, err := w.s.Make(w.ctx, ana, in)
			w.is(err, fault.Invalid)
		}
		made, err := w.s.Make(w.ctx, ana, MakeIn{Title: "Wellbeing", Kind: Open, Instruments: []string{"who5"}})
		w.ok(err)
		in := BeginIn{Survey: made, Label: "baseline", Aim: Evaluation}
		_, err = w.s.Begin(w.ctx, ana, in)
		w.is(err, fault.Conflict) // no words yet
		for _, a := range []AttestIn{{Instrument: "who5", Language: "en"}, {Instrument: "who5", Language: "xx", Permission: "Written permission.", Translated: "original", Sure: true}} {
			_, err = w.s.Attest(w.ctx, ana, a)
			w.is(err, fault.Invalid)
		}
		_, err = w.s.Attest(w.ctx, ana, AttestIn{Instrument: "mbi"})
		w.is(err, fault.NotFound)
		w.attest("who5", "en")
		w.attest("who5", "en") // newer words take the place of the first
		list, err := w.s.Wordings(w.ctx, jonas)
		if w.ok(err); len(list) != 2 || list[0].Retired || !list[1].Retired || list[0].Permission == "" || list[0].Account != "ana" {
			t.Errorf("%+v", list)
		}
		for _, bad := range []BeginIn{{Survey: made, Label: "x", Aim: Evaluation}, {Survey: made, Label: "baseline", Aim: Research}, {Survey: made, Label: "baseline", Aim: Evaluation, Days: 400}} {
			_, err = w.s.Begin(w.ctx, ana, bad)
			w.is(err, fault.Invalid)
		}
		b, err := w.s.Begin(w.ctx, ana, in)
		w.ok(err)
		_, err = w.s.Begin(w.ctx, ana, in)
		w.is(err, fault.Conflict) // one wave at a time
		w.attest("who5", "en")
		st, err := w.s.WaveByID(w.ctx, ana, b.ID)
		if w.ok(err); st.Wordings["who5/en"] != list[0].ID {
			t.Error("a wave keeps the words it began with")
		}
		for _, bad := range []Tally{{Month: "2026-13"}, {Month: "2027-01"}, {Month: "2026-02", Roles: -1}} {
			w.is(w.s.SaveTally(w.ctx, ana, bad, ""), fault.Invalid)
		}
		w.ok(w.s.SaveTally(w.ctx, ana, Tally{Month: "2026-02", OneToOnes: 21, Meetings: 3, Roles: 4, Brought: 12}, ""))
		w.ok(w.s.SaveTally(w.ctx, ana, Tally{Month: "2026-02", OneToOnes: 22, Meetings: 3, Roles: 4, Brought: 12}, ""))
		months, err := w.s.Tallies(w.ctx, jonas)
		if w.ok(err); len(months) != 1 || months[0].OneToOnes != 22 {
			t.Errorf("%+v", months)
		}
	})
}

// Who may what: others see nothing, of another clinic nothing is there.
func TestWhoMayWhat(t *testing.T) {
	each(t, func(w *world) {
		survey := w.survey(Cohort, nil, "ucla3")
		w.cohort(survey, 2)
		b := w.begin(survey, "baseline", 0)
		_, err := w.s.Cohort(w.ctx, jonas, survey)
		w.is(err, fault.Forbidden) // an evaluator sees no names
		_, err = w.s.Cohort(w.ctx, foreign, survey)
		w.is(err, fault.NotFound)
		_, err = w.s.Get(w.ctx, foreign, survey)
		w.is(err, fault.NotFound)
		_, err = w.s.WaveByID(w.ctx, foreign, b.ID)
		w.is(err, fault.NotFound)
		_, err = w.s.Result(w.ctx, foreign, survey)
		w.is(err, fault.NotFound)
		w.is(w.s.End(w.ctx, foreign, b.ID, ""), fault.NotFound)
		_, err = w.s.Get(w.ctx, thu, survey)
		w.is(err, fault.Forbidden)
		_, err = w.s.Export(w.ctx, ana, survey)
		w.is(err, fault.Forbidden)
		member := access.Actor{Org: cedar, Person: w.join().ID, Roles: []access.Role{access.Member}}
		_, err = w.s.Get(w.ctx, member, survey)
		w.is(err, fault.Forbidden)
		w.is(w.s.TakeBack(w.ctx, member, survey, ""), fault.NotFound)
		_, err = w.s.Ask(w.ctx, ana, AskIn{Survey: survey, People: []string{member.Person}})
		w.ok(err)
		if n, err := w.s.Ask(w.ctx, ana, AskIn{Survey: survey, People: []string{member.Person}}); n != 0 || err != nil {
			t.Error("asked twice", n, err)
		}
		w.core = []string{w.join().ID, member.Person}
		if n, err := w.s.Ask(w.ctx, ana, AskIn{Survey: survey, Core: true}); n != 1 || err != nil {
			t.Error(n, err)
		}
		_, err = w.s.Ask(w.ctx, foreign, AskIn{Survey: survey, People: []string{"x"}})
		w.is(err, fault.NotFound)
		if code, err := w.s.Find(w.ctx, anybody, "n", w.code(survey, member.Person)); err != nil || len(code) != codeLength {
			t.Error(code, err)
		}
		_, err = w.s.Find(w.ctx, anybody, "n", "ABCD EFGH")
		w.is(err, fault.Invalid)
	})
}

// Files hold sums and how they were made; a title that a spreadsheet would run is text.
func TestFiles(t *testing.T) {
	each(t, func(w *world) {
		survey := w.survey(Cohort, nil, "ucla3")
		who := w.cohort(survey, 12)
		w.wave(survey, "baseline", who, lonelyBefore[:12])
		w.wave(survey, "months_6", who, lonelyAfter[:12])
		file, err := w.s.Export(w.ctx, jonas, survey)
		w.ok(err)
		rows, err := csv.NewReader(strings.NewReader(string(file))).ReadAll()
		w.ok(err)
		if len(rows) != 1+2+2+1 || !strings.Contains(string(file), "change in pairs,months_6") || !strings.Contains(string(file), Caution) {
			t.Errorf("%s", file)
		}
		book, err := w.s.Codebook(w.ctx, jonas, survey)
		w.ok(err)
		for _, want := range []string{"attested on 2026-03-02; permission: Written permission of the authors.", "sum of items 1 2 3; from 3 to 9; better is lower", "Hughes", "attest: No licence text"} {
			if !strings.Contains(string(book), want) {
				t.Errorf("the codebook lacks %q: %s", want, book)
			}
		}
		for _, p := range who {
			if strings.Contains(string(file)+string(book), p.ID) {
				t.Error("a file names somebody")
			}
		}
		if out, err := table([][]string{{"=1+1", "-0.8", "-x"}}); err != nil || string(out) != "'=1+1,-0.8,'-x\n" {
			t.Errorf("%q %v", out, err)
		}
	})
}

// No row of answers says who, when, or in which order.
func TestNothingLeadsToAnswers(t *testing.T) {
	each(t, func(w *world) {
		survey := w.survey(Cohort, nil, "ucla3")
		who := w.cohort(survey, 12)
		w.begin(survey, "baseline", 0)
		for i, p := range who {
			code := w.code(survey, p.ID)
			w.agrees(code)
			w.clock.Set(w.clock.Now().Add(1))
			w.ok(w.says(code, ucla(lonelyBefore[i])))
		}
		w.ok(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			list, err := db.Select(w.ctx, tx, func(s db.Scanner) (string, error) {
				var place int64
				var org, id, wave, pseudonym, batch, once, sealed string
				err := s.Scan(&place, &org, &id, &wave, &pseudonym, &batch, &once, &sealed)
				return fmt.Sprint(place, org, id, pseudonym, batch, once, sealed), err
			}, `SELECT * FROM survey_response ORDER BY place`)
			for _, text := range list {
				for _, p := range who {
					if strings.Contains(text, p.ID) {
						t.Error("answers name their giver")
					}
				}
			}
			members, err2 := db.Column[string](w.ctx, tx, `SELECT sealed FROM survey_member`)
			names, err3 := db.Column[string](w.ctx, tx, `SELECT pseudonym FROM survey_response`)
			for _, m := range members {
				for _, n := range names {
					if n == "" || strings.Contains(m, n) {
						t.Error("a pseudonym lies open beside its person")
					}
				}
			}
			return firstOf(err, err2, err3)
		}))
	})
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
