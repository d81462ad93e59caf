// The worksheet: one question per screen, in large words, each with a reason.

package cycleweb

import (
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/web"
)

// criterion is a question in words: of the catalog, or as the clinic wrote it.
func criterion(r *web.Request, c cycle.Criterion) string {
	if c.Text != "" {
		return c.Text
	}
	return r.T("cycle.criterion." + c.Code)
}

func criterionHint(r *web.Request, c cycle.Criterion) string {
	if c.Text != "" {
		return c.Hint
	}
	return r.T("cycle.criterion." + c.Code + ".hint")
}

func setName(r *web.Request, s cycle.Set) string {
	if !s.Shipped() {
		return s.Name
	}
	return r.T("cycle.set." + s.ID)
}

type listsPage struct {
	ID, Title, Chosen string
	Sets              []Option
	Continue          string // the next question of the list that is in use
}

func (h *Web) listsForm(r *web.Request) (d listsPage, err error) {
	v, err := h.s.View(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	list, err := h.s.Sets(r.Context(), r.Actor)
	d = listsPage{ID: v.ID, Title: v.Title, Chosen: v.Set}
	if v.Set == "" {
		d.Chosen = list[0].ID
	} else if !v.Tested.Tally.Whole() {
		d.Continue = "/issues/" + v.ID + nextQuestion(v.Tested)
	}
	for _, s := range list {
		hint := r.T("cycle.questions_n", "Count", len(s.Items))
		if s.Shipped() {
			hint = r.T("cycle.set." + s.ID + ".hint")
		}
		d.Sets = append(d.Sets, Option{Value: s.ID, Label: setName(r, s), Hint: hint, Checked: s.ID == d.Chosen})
	}
	return d, err
}

func (h *Web) lists(w http.ResponseWriter, r *web.Request) error {
	d, err := h.listsForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/lists", d)
}

func (h *Web) chooseList(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	d, err := h.listsForm(r)
	if err != nil {
		return err
	}
	if err := h.s.ChooseSet(r.Context(), r.Actor, d.ID, r.Form("set"), r.Key()); err != nil {
		return again(w, r, "cycle/lists", d, err)
	}
	return r.Redirect(w, "/issues/"+d.ID+"/score/0")
}

type questionPage struct {
	ID, Title, Action, Back string
	Now, Of                 int
	Text, Hint              string
	Scores                  []Option
	Value, Reason           string
	Last                    bool
	Set                     string
}

// asked is the question at a place of the issue's list.
func (h *Web) asked(r *web.Request) (d questionPage, code string, err error) {
	v, err := h.s.View(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, "", err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(v.Tested.Items) {
		return d, "", fault.Missing("question of the list")
	}
	c, at := v.Tested.Items[n], "/issues/"+v.ID
	d = questionPage{ID: v.ID, Title: v.Title, Action: at + "/score/" + itoa(n), Back: at, Now: n + 1, Of: len(v.Tested.Items), Text: criterion(r, c), Hint: criterionHint(r, c),
		Last: n+1 == len(v.Tested.Items), Set: setName(r, v.Tested.Set)}
	if n > 0 {
		d.Back = at + "/score/" + itoa(n-1)
	}
	if i := slices.IndexFunc(v.Tested.Scores, func(s cycle.Score) bool { return s.Criterion == c.Code }); i >= 0 {
		d.Value, d.Reason = itoa(v.Tested.Scores[i].N), v.Tested.Scores[i].Reason
	}
	for s := cycle.Best; s >= 0; s-- {
		d.Scores = append(d.Scores, Option{Value: itoa(s), Label: r.T("cycle.score." + itoa(s)), Hint: r.T("cycle.score." + itoa(s) + ".hint"), Checked: d.Value == itoa(s)})
	}
	return d, c.Code, nil
}

func (h *Web) question(w http.ResponseWriter, r *web.Request) error {
	d, _, err := h.asked(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/question", d)
}

func (h *Web) score(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	d, code, err := h.asked(r)
	if err != nil {
		return err
	}
	why, bad := r.Guarded("reason")
	n, chosen := r.FormInt("score")
	if !chosen {
		n = -1
	}
	d.Value, d.Reason = r.Form("score"), why
	if len(bad) > 0 {
		return again(w, r, "cycle/question", d, wrong(bad))
	}
	if err := h.s.SetScore(r.Context(), r.Actor, cycle.ScoreIn{Issue: d.ID, Criterion: code, N: n, Reason: why, Key: r.Key()}); err != nil {
		return again(w, r, "cycle/question", d, err)
	}
	if d.Last {
		return r.RedirectWith(w, "/issues/"+d.ID, "cycle.flash.tested")
	}
	return r.Redirect(w, "/issues/"+d.ID+"/score/"+itoa(d.Now))
}
