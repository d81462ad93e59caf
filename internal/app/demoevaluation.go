// The demo's evaluations and reports: an evening at the pharmacy with fourteen phones,
// a training whose round is open now, a year of numbers, and reports on their way.
package app

import (
	"errors"
	"fmt"
	"time"

	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/report"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
)

// demoFelt are what fourteen people said in four languages.
var demoFelt = []struct{ lang, word string }{
	{"en", "proud"}, {"es", "orgullosa"}, {"vi", "tự hào"}, {"ar", "فخورة"}, {"es", "proud"}, {"en", "proud"}, {"en", "tired"}, {"es", "cansada"}, {"vi", "mệt"}, {"en", "tired"},
	{"ar", "غاضب"}, {"en", "angry"}, {"es", "esperanza"}, {"en", "hopeful"},
}

func (d *demo) evaluations() error {
	defer d.past.back.Store(0)
	now, s, ana := d.past.Clock.Now(), d.sys.rounds, d.actors[access.Organizer]
	if err := d.lookedBack(); err != nil {
		return err
	}
	// Nine days ago: a delegation, on phones and aloud, the same evening.
	evening := now.AddDate(0, 0, -9).Truncate(24 * time.Hour).Add(26 * time.Hour)
	d.past.at(evening)
	round, err := d.round(ana, evaluation.In{Ref: "action:pharmacy", Kind: evaluation.Action, At: evening, Title: "Delegation to the pharmacy board"})
	if err != nil {
		return err
	}
	said := make([]evaluation.Said, len(demoFelt))
	for i, x := range demoFelt {
		up := 1 + i%2
		said[i] = evaluation.Said{Language: x.lang, Feeling: x.word, Power: &up, Saw: evaluation.Reactions()[:1+i%3]}
		switch i {
		case 2, 5, 9:
			said[i].Change = "The sound. People at the back heard little."
		case 3:
			said[i].Worked = "We spoke one after the other."
		case 7:
			said[i].Reaction = "The deputy was visibly surprised."
		case 10:
			said[i].Next = "Thank-you notes by Friday."
		}
	}
	d.past.at(evening.Add(4 * time.Minute))
	if err := d.phones(ana, round, said); err != nil {
		return err
	}
	d.past.at(evening.Add(12 * time.Minute))
	up := 1
	if err := errors.Join(
		s.Read(d.ctx, ana, round, ""),
		s.Write(d.ctx, ana, round, evaluation.WriteIn{Worked: "Everybody who wanted to speak did.", Change: "Bring our own speaker.", Saw: []string{"power", "recognition"}, Reaction: "The deputy wrote everything down.", Power: &up, Learned: "A label costs 40 cents. The fear is of mistakes, not of money."}),
		s.Promise(d.ctx, ana, round, evaluation.PromiseIn{Who: evaluation.Me, What: "Writes the thank-you notes", Due: evening.AddDate(0, 0, 3)}),
		s.Finish(d.ctx, ana, round, "")); err != nil {
		return fmt.Errorf("the delegation: %w", err)
	}
	// This morning: a training; three phones so far.
	morning := now.Add(-3 * time.Hour)
	d.past.at(morning)
	if round, err = d.round(ana, evaluation.In{Ref: "action:training", Kind: evaluation.Training, At: morning, Title: "One-to-ones, for beginners"}); err != nil {
		return err
	}
	return d.phones(ana, round, []evaluation.Said{{Language: "en", Feeling: "curious"}, {Language: "vi", Feeling: "vui"}, {Language: "es", Feeling: "nervios"}})
}

// lookedBack does the rounds of trainings and negotiations of the year the same day.
func (d *demo) lookedBack() error {
	s, ana := d.sys.rounds, d.actors[access.Organizer]
	list, err := s.Waiting(d.ctx, ana)
	if err != nil {
		return err
	}
	for i, x := range list {
		if x.Kind != evaluation.Training && x.Kind != evaluation.Negotiation {
			continue
		}
		at := x.At
		if x.Made.After(at) {
			at = x.Made
		}
		d.past.at(at.Add(20 * time.Minute))
		words := evaluation.WriteIn{Felt: []string{"curious 4, hopeful 3, tired", "strong 5, nervous 2", "together 6, glad 2"}[i%3], Worked: "We practiced in pairs.", Change: "More time at the end."}
		if x.Kind == evaluation.Negotiation {
			words.Worked, words.Change = "We kept to our three points.", "Have the papers ready before."
		}
		if err := errors.Join(s.Write(d.ctx, ana, x.ID, words), s.Finish(d.ctx, ana, x.ID, "")); err != nil {
			return err
		}
	}
	d.past.back.Store(0)
	return nil
}

func (d *demo) round(a access.Actor, in evaluation.In) (made string, err error) {
	err = d.sys.db.Write(d.ctx, d.org, func(tx *db.Tx) error {
		made, err = d.sys.rounds.OpenIn(d.ctx, tx, a, in)
		return err
	})
	return made, err
}

// phones answer as phones do, with their work.
func (d *demo) phones(a access.Actor, round string, said []evaluation.Said) error {
	r, err := d.sys.rounds.Get(d.ctx, a, round)
	if err != nil {
		return err
	}
	nobody := access.Anonymous(d.org)
	for i, x := range said {
		sheet, err := d.sys.rounds.Ask(d.ctx, nobody, r.Link)
		if err != nil {
			return err
		}
		if err := d.sys.rounds.Answer(d.ctx, nobody, r.Link, x, proof.Form{Challenge: sheet.Challenge, Nonce: proof.Work(sheet.Challenge), Network: fmt.Sprint("phone ", i)}); err != nil {
			return err
		}
	}
	return nil
}

// reports are a year of numbers, each month counted when it was over, and four
// reports: public, waiting for a second person, for the board, for the team.
func (d *demo) reports() error {
	defer d.past.back.Store(0)
	now, s, zone := d.past.Clock.Now(), d.sys.reports, d.sys.zone(d.ctx, d.org)
	ana, ruth := d.actors[access.Organizer], d.actors[access.Lead]
	if err := d.sys.rounds.Tick(d.ctx); err != nil { // what is late is flagged
		return err
	}
	all := report.Periods(now, zone)
	for i := 10; i >= 0; i-- { // months, the oldest first; the clinic is eleven months old
		d.past.at((all[i].Last() + 1).Begin(zone).Add(report.Settled + 9*time.Hour))
		if _, err := s.See(d.ctx, ana, all[i]); err != nil {
			return fmt.Errorf("%s: %w", all[i].Key(), err)
		}
	}
	quarter, month := all[12], all[0]
	d.past.at(now.AddDate(0, 0, -12))
	draft := func(a access.Actor, v report.Version, p report.Period, title, intro, learned string) (string, error) {
		return s.Save(d.ctx, a, report.MakeIn{Version: string(v), Period: p.Key(), Title: title, Lang: "en", Intro: intro, Learned: learned})
	}
	public, err := draft(ana, report.ForPublic, quarter, "A summer of listening", "Patients and neighbors met, listened to each other, and asked people in office for what they need.",
		"Labels in one language are what people named most. We have learned to ask one person for one thing by one day.")
	if err != nil {
		return err
	}
	waiting, err := draft(ana, report.ForPublic, month, "What October brought", "Two priorities were chosen, and the work on them began.", "")
	if err != nil {
		return err
	}
	board, err := draft(ruth, report.ForBoard, month, "October, for the board", "How the work stands, in numbers.", "Evaluations are done the same day more often than in summer.")
	if err != nil {
		return err
	}
	if _, err := draft(ana, report.ForTeam, month, "October, for us", "", ""); err != nil {
		return err
	}
	for _, step := range []struct {
		who   access.Actor
		which string
		act   string
	}{{ana, public, "ask"}, {ruth, public, "publish"}, {ana, waiting, "ask"}, {ruth, board, "finish"}} {
		d.past.at(now.AddDate(0, 0, -4))
		if err := s.Do(d.ctx, step.who, step.which, step.act, ""); err != nil {
			return err
		}
	}
	return nil
}
