package learning

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/readlevel"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
)

func TestPlaceOf(t *testing.T) {
	for _, c := range []struct {
		shown   []Skill
		at      int
		missing []Skill
	}{
		{nil, 0, []Skill{Story}},
		{[]Skill{Story}, 1, []Skill{OneToOne, HouseMeeting}},
		{[]Skill{OneToOne, HouseMeeting}, 0, []Skill{Story}}, // a later skill skips no stage
		{[]Skill{Story, HouseMeeting}, 1, []Skill{OneToOne}},
		{[]Skill{Story, OneToOne, HouseMeeting, Offer}, 2, []Skill{Evaluation, IssueCut, Chair}},
		{Skills(), 4, nil},
	} {
		if got := PlaceOf(c.shown); got.At != c.at || !slices.Equal(got.Missing, c.missing) {
			t.Errorf("%v: %+v", c.shown, got)
		}
	}
}

// One more skill never takes anybody back.
func TestPlaceOnlyGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shown := rapid.SliceOfDistinct(rapid.SampledFrom(Skills()), func(k Skill) Skill { return k }).Draw(t, "shown")
		more := append(slices.Clone(shown), rapid.SampledFrom(Skills()).Draw(t, "one more"))
		if a, b := PlaceOf(shown), PlaceOf(more); b.At < a.At {
			t.Fatalf("%v: %+v, then %+v", shown, a, b)
		}
	})
}

// The six sessions: complete, of one shape in every language, and their plans add up alike.
func TestOutlines(t *testing.T) {
	for _, key := range Outlines() {
		english, in, ok := Outline(string(key), "en")
		if !ok || in != "en" || english.Minutes() < 40 || english.Minutes() > 150 {
			t.Fatalf("%s: %d minutes", key, english.Minutes())
		}
		for _, lang := range OutlineLanguages() {
			s, in, ok := Outline(string(key), lang)
			if !ok || in != lang || s.Key != string(key) || !slices.Equal(s.Skills, []Skill{key}) {
				t.Errorf("%s in %s: %+v", key, lang, s)
			}
			shape := func(s Session) string {
				var minutes []int
				for _, i := range s.Plan {
					minutes = append(minutes, i.Minutes)
				}
				return fmt.Sprint(minutes, len(s.Materials), len(s.Script), len(s.RolePlays), len(s.Mistakes), len(s.Questions))
			}
			if shape(s) != shape(english) {
				t.Errorf("%s in %s has the shape %s, in English %s", key, lang, shape(s), shape(english))
			}
			for _, i := range s.Plan {
				if i.Title == "" || i.Text == "" {
					t.Errorf("%s in %s: %+v", key, lang, i)
				}
			}
			for _, p := range s.RolePlays {
				if p.Name == "" || p.Scene == "" || p.Practise == "" {
					t.Errorf("%s in %s: %+v", key, lang, p)
				}
			}
			for _, m := range s.Mistakes {
				if m.Wrong == "" || m.Instead == "" {
					t.Errorf("%s in %s: %+v", key, lang, m)
				}
			}
			if len(s.RolePlays) < 3 || len(s.Questions) < 3 || len(s.Script) < 5 || len(s.Materials) < 4 || len(s.Mistakes) < 4 {
				t.Errorf("%s in %s is thin", key, lang)
			}
		}
	}
	if _, _, ok := Outline("none", "en"); ok {
		t.Error("an outline that is none")
	}
	if _, in, ok := Outline("story", "fr"); !ok || in != "en" {
		t.Error("another language does not fall back to English")
	}
}

// What is said to people in a session can be read by anybody.
func TestOutlinesAreEasyToRead(t *testing.T) {
	for _, key := range Outlines() {
		for _, lang := range []string{"en", "es"} {
			s, _, _ := Outline(string(key), lang)
			score, _ := readlevel.Of(lang, strings.Join(s.Script, " "))
			grade := score.Grade
			t.Logf("%s in %s: grade %.1f", key, lang, grade)
			if grade > 6 {
				t.Errorf("%s in %s is at grade %.1f", key, lang, grade)
			}
		}
	}
}

func TestSessionAsTyped(t *testing.T) {
	good := SessionIn{Title: "A session", Purpose: "To try.", Plan: "10 | Welcome\n20 | Practice | in pairs | or threes", Materials: "pens\n\n paper ", Skills: []string{"story", "story"}}
	s, bad := good.Read()
	if len(bad) > 0 || s.Minutes() != 30 || s.Plan[1].Text != "in pairs | or threes" || len(s.Materials) != 2 || len(s.Skills) != 1 {
		t.Errorf("%+v %v", s, bad)
	}
	for name, edit := range map[string]func(*SessionIn){
		"title":     func(in *SessionIn) { in.Title = " " },
		"purpose":   func(in *SessionIn) { in.Purpose = strings.Repeat("a", purposeMost+1) },
		"plan":      func(in *SessionIn) { in.Plan = "ten | Welcome" },
		"skills":    func(in *SessionIn) { in.Skills = []string{"flying"} },
		"script":    func(in *SessionIn) { in.Script = strings.Repeat("line\n", linesMost+1) },
		"materials": func(in *SessionIn) { in.Materials = strings.Repeat("m", lineMost+1) },
	} {
		in := good
		edit(&in)
		if _, bad := in.Read(); len(bad) != 1 || bad[0].Name != name {
			t.Errorf("%s: %v", name, bad)
		}
	}
	for _, plan := range []string{"", "0 | Nothing", "10", "500 | Too long", "400 | A\n100 | B"} {
		in := good
		in.Plan = plan
		if _, bad := in.Read(); len(bad) != 1 || bad[0].Name != "plan" {
			t.Errorf("%q: %v", plan, bad)
		}
	}
}

// Whatever is typed and accepted is written back so that it reads as the same session.
func FuzzSession(f *testing.F) {
	o, _, _ := Outline("story", "en")
	w := o.Written()
	f.Add(w.Title, w.Purpose, w.Plan, w.Materials, w.RolePlays, w.Mistakes)
	f.Add("A", "B", "10 | Welcome", "|", "| a |", "a || b")
	f.Fuzz(func(t *testing.T, title, purpose, plan, list, plays, mistakes string) {
		in := SessionIn{Title: title, Purpose: purpose, Plan: plan, Materials: list, Script: list, Questions: list, RolePlays: plays, Mistakes: mistakes}
		s, bad := in.Read()
		if len(bad) > 0 {
			return
		}
		again, bad := s.Written().Read()
		if len(bad) > 0 || !reflect.DeepEqual(s, again) {
			t.Fatalf("%+v\n%+v\n%v", s, again, bad)
		}
	})
}

func TestCurriculumFromDraftToVersions(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made, err := w.s.Save(w.ctx, ana, SaveIn{Title: " Fundamentals ", Purpose: "To begin.", Lang: "es", Add: []string{"story", "one_to_one"}, Key: "k"})
		w.must(err)
		if again, err := w.s.Save(w.ctx, ana, SaveIn{Title: " Fundamentals ", Purpose: "To begin.", Lang: "es", Add: []string{"story", "one_to_one"}, Key: "k"}); err != nil || again != made {
			t.Errorf("the same form again: %s %v", again, err)
		}
		if _, _, err := w.s.Curriculum(w.ctx, drLee, made); !fault.Is(err, fault.NotFound) {
			t.Errorf("a draft is shown to somebody who does not write: %v", err)
		}
		if list, err := w.s.Curricula(w.ctx, drLee); err != nil || len(list) != 0 {
			t.Errorf("drafts in the list: %v %v", list, err)
		}
		w.is(w.s.Publish(w.ctx, ana, made, 7, ""), fault.Conflict) // from an older form
		w.must(w.s.Publish(w.ctx, ana, made, 1, ""))
		w.is(w.s.Publish(w.ctx, ana, made, 2, ""), fault.Conflict) // nothing changed
		c, newest, err := w.s.Curriculum(w.ctx, ana, made)
		w.must(err)
		if c.State != Published || c.Version != 1 || c.Changed || newest.Title != "Fundamentals" || len(newest.Sessions) != 2 || newest.Sessions[0].Title != "Contar su historia" {
			t.Errorf("%+v %+v", c, newest)
		}
		// A change makes a draft; the version stays; dropping a session and turning the order round.
		w.must(w.s.SaveSession(w.ctx, ana, SaveSessionIn{ID: made, Place: 2, Edition: 2, SessionIn: SessionIn{Title: "Nuestra sesión", Purpose: "Probar.", Plan: "30 | Todo"}}))
		_, err = w.s.Save(w.ctx, ana, SaveIn{ID: made, Title: "Fundamentals", Purpose: "To begin.", Lang: "es", Keep: []int{2, 1}, Edition: 3})
		w.must(err)
		w.is(w.s.SaveSession(w.ctx, ana, SaveSessionIn{ID: made, Place: 9, Edition: 4, SessionIn: SessionIn{Title: "X", Purpose: "X", Plan: "30 | X"}}), fault.NotFound)
		c, newest, err = w.s.Curriculum(w.ctx, ana, made)
		w.must(err)
		if !c.Changed || len(c.Draft.Sessions) != 2 || c.Draft.Sessions[0].Title != "Nuestra sesión" || newest.Sessions[0].Title != "Contar su historia" {
			t.Errorf("%+v", c)
		}
		if c, _, err := w.s.Curriculum(w.ctx, drLee, made); err != nil || c.Changed || c.Draft.Sessions[0].Title != "Contar su historia" {
			t.Errorf("a reader sees the draft: %+v %v", c, err)
		}
		w.must(w.s.Publish(w.ctx, ana, made, 4, ""))
		w.must(w.s.Retire(w.ctx, ana, made, ""))
		w.is(w.s.Retire(w.ctx, ana, made, ""), fault.Conflict)
		_, err = w.s.Save(w.ctx, ana, SaveIn{ID: made, Title: "X", Purpose: "X", Lang: "es", Edition: 6})
		w.is(err, fault.Conflict)
		w.must(w.s.Reopen(w.ctx, ana, made, ""))

		for name, in := range map[string]SaveIn{"title": {Purpose: "X", Lang: "en"}, "lang": {Title: "X", Purpose: "X", Lang: "klingon!"}, "add": {Title: "X", Purpose: "X", Lang: "en", Add: []string{"none"}}, "keep": {Title: "X", Purpose: "X", Lang: "en", Keep: []int{0}}} {
			if _, err := w.s.Save(w.ctx, ana, in); len(fault.FieldsOf(err)) != 1 || fault.FieldsOf(err)[0].Name != name {
				t.Errorf("%s: %v", name, err)
			}
		}
		empty, err := w.s.Save(w.ctx, ana, SaveIn{Title: "Empty", Purpose: "X", Lang: "en"})
		w.must(err)
		w.is(w.s.Publish(w.ctx, ana, empty, 1, ""), fault.Conflict)
		for _, a := range []access.Actor{drLee, leader("p"), member("p"), ruth} {
			_, err := w.s.Save(w.ctx, a, SaveIn{Title: "X", Purpose: "X", Lang: "en"})
			w.is(err, fault.Forbidden)
			w.is(w.s.Publish(w.ctx, a, made, 7, ""), fault.Forbidden)
		}
		if _, _, err := w.s.Curriculum(w.ctx, foreign, made); !fault.Is(err, fault.NotFound) {
			t.Errorf("another clinic: %v", err)
		}
	})
}

func TestTrainingKeepsItsVersionAndFeedsTheTimeline(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, rosa := w.join("Thu Pham"), w.join("Rosa Díaz")
		c := w.fundamentals()
		soon := w.clock.Now().Add(48 * time.Hour)
		made, err := w.s.Plan(w.ctx, ana, PlanIn{Curriculum: c, At: soon, Minutes: 120, Place: "hall", Language: "en"})
		w.must(err)
		w.must(w.s.Expect(w.ctx, ana, made, Attendance{Person: thu}, ""))
		w.must(w.s.Expect(w.ctx, ana, made, Attendance{Person: rosa, Trainer: true}, ""))
		w.is(w.s.Expect(w.ctx, ana, made, Attendance{Person: "33333333-3333-7333-8333-333333333333"}, ""), fault.Invalid)
		w.is(w.s.Hold(w.ctx, ana, HoldIn{ID: made}), fault.Conflict) // not yet
		_, err = w.s.Save(w.ctx, ana, SaveIn{ID: c, Title: "Fundamentals, new", Purpose: "To begin.", Lang: "en", Keep: []int{0}, Edition: 2})
		w.must(err)
		w.must(w.s.Publish(w.ctx, ana, c, 3, ""))
		w.clock.Advance(72 * time.Hour)
		w.must(w.s.Hold(w.ctx, ana, HoldIn{ID: made, Present: []string{thu, rosa}, Others: 3, Key: "h"}))
		w.must(w.s.Hold(w.ctx, ana, HoldIn{ID: made, Present: []string{thu, rosa}, Others: 3, Key: "h"}))
		one, list, err := w.s.Training(w.ctx, ana, made)
		w.must(err)
		if one.State != Held || one.Version != 1 || one.Content.Title != "Fundamentals" || len(list) != 2 || one.Others != 3 {
			t.Errorf("%+v %v", one, list)
		}
		line, err := w.people.Timeline(w.ctx, ana, rosa, time.Time{}, 10)
		w.must(err)
		if len(line) != 1 || line[0].Kind != people.Training || line[0].Role != people.Trained || line[0].Minutes != 120 || line[0].ID != one.Encounter || line[0].LedBy != people.ByLeader {
			t.Errorf("timeline: %+v", line)
		}
		// Said again, it corrects who was there: one encounter, not two.
		w.must(w.s.Hold(w.ctx, ana, HoldIn{ID: made, Present: []string{thu}}))
		if line, err := w.people.Timeline(w.ctx, ana, rosa, time.Time{}, 10); err != nil || len(line) != 0 {
			t.Errorf("who was not there still has it: %v %v", line, err)
		}
		w.is(w.s.Cancel(w.ctx, ana, made, ""), fault.Conflict)
		w.is(w.s.Expect(w.ctx, ana, made, Attendance{Person: rosa}, ""), fault.Conflict)

		next, err := w.s.Plan(w.ctx, ana, PlanIn{Curriculum: c, At: w.clock.Now().Add(time.Hour), Minutes: 60, Place: "online", Language: "vi"})
		w.must(err)
		w.must(w.s.Expect(w.ctx, ana, next, Attendance{Person: thu}, ""))
		w.must(w.s.Unexpect(w.ctx, ana, next, thu, ""))
		if one, list, err := w.s.Training(w.ctx, ana, next); err != nil || one.Version != 2 || len(list) != 0 {
			t.Errorf("%+v %v %v", one, list, err)
		}
		if coming, err := w.s.Coming(w.ctx, member(thu)); err != nil || len(coming) != 1 || coming[0].ID != next || coming[0].Mine {
			t.Errorf("coming: %+v %v", coming, err)
		}
		if past, err := w.s.Past(w.ctx, ana); err != nil || len(past) != 1 || past[0].ID != made {
			t.Errorf("past: %+v %v", past, err)
		}
		w.must(w.s.Cancel(w.ctx, ana, next, ""))
		w.is(w.s.Expect(w.ctx, ana, next, Attendance{Person: thu}, ""), fault.Conflict)
		for field, in := range map[string]PlanIn{
			"date":       {Curriculum: c, Minutes: 60, Place: "hall", Language: "en"},
			"minutes":    {Curriculum: c, At: soon, Minutes: 5, Place: "hall", Language: "en"},
			"place":      {Curriculum: c, At: soon, Minutes: 60, Place: "12 Main Street", Language: "en"},
			"lang":       {Curriculum: c, At: soon, Minutes: 60, Place: "hall", Language: "?"},
			"curriculum": {Curriculum: "33333333-3333-7333-8333-333333333333", At: soon, Minutes: 60, Place: "hall", Language: "en"},
		} {
			if _, err := w.s.Plan(w.ctx, ana, in); len(fault.FieldsOf(err)) != 1 || fault.FieldsOf(err)[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		w.is(w.s.Hold(w.ctx, foreign, HoldIn{ID: made}), fault.NotFound)
		w.is(w.s.Hold(w.ctx, leader(thu), HoldIn{ID: made}), fault.NotFound) // not theirs
		w.is(w.s.Hold(w.ctx, member(thu), HoldIn{ID: made}), fault.Forbidden)
		if _, list, err := w.s.Training(w.ctx, member(rosa), made); err != nil || len(list) != 0 {
			t.Errorf("a member sees who else was there: %v %v", list, err)
		}
	})
}

func TestSkillsAreSignedBySomebodyWhoSawThem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, rosa := w.join("Thu Pham"), w.join("Rosa Díaz")
		c := w.fundamentals()
		made := w.held(ana, c, thu, rosa)
		one, _, err := w.s.Training(w.ctx, ana, made)
		w.must(err)
		good := SignIn{Person: thu, Skill: "one_to_one", Encounter: one.Encounter, Saw: true, Key: "s"}
		for field, edit := range map[string]func(*SignIn){
			"skill": func(in *SignIn) { in.Skill = "flying" }, "saw": func(in *SignIn) { in.Saw = false },
			"encounter": func(in *SignIn) { in.Encounter = "33333333-3333-7333-8333-333333333333" },
		} {
			in := good
			edit(&in)
			if _, err := w.s.Sign(w.ctx, ana, in); len(fault.FieldsOf(err)) != 1 || fault.FieldsOf(err)[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if list, err := w.s.Waiting(w.ctx, ana); err != nil || len(list) != 2 || len(list[0].Practised) != 3 {
			t.Errorf("waiting: %+v %v", list, err)
		}
		signed, err := w.s.Sign(w.ctx, ana, good)
		w.must(err)
		if again, err := w.s.Sign(w.ctx, ana, good); err != nil || again != signed {
			t.Errorf("the same form again: %s %v", again, err)
		}
		good.Key = ""
		_, err = w.s.Sign(w.ctx, ana, good)
		w.is(err, fault.Conflict) // once is enough
		rec, err := w.s.Record(w.ctx, member(thu), thu)
		w.must(err)
		if len(rec.Signed) != 1 || !rec.Signed[0].Seen.Equal(one.At) || rec.Signed[0].By != "ana" || rec.Place.At != 0 || !slices.Equal(rec.Place.Missing, []Skill{Story}) || len(rec.Trainings) != 1 {
			t.Errorf("%+v", rec)
		}
		if _, err := w.s.Record(w.ctx, member(rosa), thu); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else's path: %v", err)
		}

		// A leader signs what they have shown, for those they have met, never for themself.
		_, err = w.s.Sign(w.ctx, leader(thu), SignIn{Person: thu, Skill: "story", Encounter: one.Encounter, Saw: true})
		w.is(err, fault.Conflict)
		_, err = w.s.Sign(w.ctx, leader(thu), SignIn{Person: rosa, Skill: "one_to_one", Encounter: one.Encounter, Saw: true})
		w.is(err, fault.NotFound)                               // has not met Rosa
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { // now they have met
			_, err := w.people.RecordIn(w.ctx, tx, leader(thu), people.Encounter{Kind: people.OneToOne, Purpose: people.Recruitment, State: people.Held, At: w.clock.Now(), Minutes: 30,
				Place: "cafe", Present: []people.Presence{{Person: rosa}}})
			return err
		}))
		_, err = w.s.Sign(w.ctx, leader(thu), SignIn{Person: rosa, Skill: "story", Encounter: one.Encounter, Saw: true})
		w.is(err, fault.Conflict) // has not shown it
		byThu, err := w.s.Sign(w.ctx, leader(thu), SignIn{Person: rosa, Skill: "one_to_one", Encounter: one.Encounter, Saw: true})
		w.must(err)
		if _, err := w.s.TakeBack(w.ctx, leader(rosa), byThu, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("somebody else's signature: %v", err)
		}
		if who, err := w.s.TakeBack(w.ctx, leader(thu), byThu, ""); err != nil || who != rosa {
			t.Errorf("%s %v", who, err)
		}
		_, err = w.s.Sign(w.ctx, drLee, good)
		w.is(err, fault.Forbidden)
		_, err = w.s.Record(w.ctx, drLee, thu)
		w.is(err, fault.Forbidden)

		// The trail names the person as a digest, the skill as a code.
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			list, err := w.audit.List(w.ctx, tx, cedar, audit.Filter{Action: "sign"})
			if len(list) != 2 || list[0].SubjectRef == "" || list[0].Reason != "one_to_one" || strings.Contains(fmt.Sprint(list), thu) {
				t.Errorf("%+v", list)
			}
			return err
		}))
	})
}

// After a merge a person's path is that of both rows; taken back, each has its own again.
func TestPathSurvivesAMerge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, twin := w.join("Thu Pham"), w.join("Thu P.")
		made := w.held(ana, w.fundamentals(), thu, twin)
		one, _, err := w.s.Training(w.ctx, ana, made)
		w.must(err)
		for p, k := range map[string]string{thu: "story", twin: "one_to_one"} {
			_, err := w.s.Sign(w.ctx, ana, SignIn{Person: p, Skill: k, Encounter: one.Encounter, Saw: true})
			w.must(err)
		}
		merge, err := w.people.Merge(w.ctx, ana, people.MergeIn{Survivor: thu, Taken: twin})
		w.must(err)
		rec, err := w.s.Record(w.ctx, ana, thu)
		w.must(err)
		if len(rec.Signed) != 2 || rec.Place.At != 1 || len(rec.Trainings) != 1 {
			t.Errorf("merged: %+v", rec)
		}
		w.must(w.people.Unmerge(w.ctx, ana, merge, ""))
		for p, k := range map[string]Skill{thu: Story, twin: OneToOne} {
			if rec, err := w.s.Record(w.ctx, ana, p); err != nil || len(rec.Signed) != 1 || rec.Signed[0].Skill != k {
				t.Errorf("taken back: %+v %v", rec, err)
			}
		}
	})
}

func TestForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, rosa := w.join("Thu Pham"), w.join("Rosa Díaz")
		made := w.held(ana, w.fundamentals(), thu, rosa)
		one, _, err := w.s.Training(w.ctx, ana, made)
		w.must(err)
		for _, p := range []string{thu, rosa} {
			_, err := w.s.Sign(w.ctx, ana, SignIn{Person: p, Skill: "story", Encounter: one.Encounter, Saw: true})
			w.must(err)
		}
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.Forget(w.ctx, tx, thu) }))
		after, list, err := w.s.Training(w.ctx, ana, made)
		w.must(err)
		if len(list) != 1 || list[0].Person != rosa || after.Others != one.Others+1 {
			t.Errorf("%+v %v", after.Training, list)
		}
		if rec, err := w.s.Record(w.ctx, ana, thu); err != nil || len(rec.Signed) != 0 || len(rec.Trainings) != 0 {
			t.Errorf("%+v %v", rec, err)
		}
		if rec, err := w.s.Record(w.ctx, ana, rosa); err != nil || len(rec.Signed) != 1 {
			t.Errorf("somebody else's: %+v %v", rec, err)
		}
	})
}
