package sweep

import (
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
)

// surveys puts back a survey that runs with a pile of paper, one that asks nobody yet,
// and the five questions after a meeting.
func (w *world) surveys(c *clinic) {
	if c.ids["member"] == "" {
		return // the clinic is still being built
	}
	w.t.Helper()
	ana := c.actor(access.Organizer)
	_, err := w.sys.Surveys.Attest(w.ctx, ana, survey.AttestIn{Instrument: "ucla3", Language: "en", Permission: "A letter of the authors.", Translated: "own", Sure: true,
		Text: survey.Text{Items: []string{"One?", "Two?", "Three?"}, Scales: map[string][]string{"often": {"Never", "At times", "Often"}}}})
	w.must(err)
	fresh := func() string {
		made, err := w.sys.Surveys.Make(w.ctx, ana, survey.MakeIn{Title: "Who we are", Kind: survey.Cohort, Instruments: []string{"ucla3"}})
		w.must(err)
		_, err = w.sys.Surveys.Ask(w.ctx, ana, survey.AskIn{Survey: made, People: []string{c.ids["member"]}})
		w.must(err)
		return made
	}
	c.ids["quiet survey"], c.ids["survey"] = fresh(), fresh()
	b, err := w.sys.Surveys.Begin(w.ctx, ana, survey.BeginIn{Survey: c.ids["survey"], Label: "baseline", Aim: survey.Evaluation})
	w.must(err)
	c.ids["wave"] = b.ID
	c.ids["pile"], err = w.sys.Surveys.StartBatch(w.ctx, ana, b.ID, 5, "")
	w.must(err)
	c.ids["pulse"], err = w.sys.Surveys.StartPulse(w.ctx, ana, "meeting:"+c.ids["meeting"], "")
	w.must(err)
}
