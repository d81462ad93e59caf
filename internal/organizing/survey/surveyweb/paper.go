// Paper: the questions to print, and a form into which sheets are typed.
package surveyweb

import (
	"net/http"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/web"
)

type paperQuestion struct {
	N       int
	Name    string
	Text    string
	Options []Option
	Word    bool
	Value   string
}

type paperPage struct {
	Wave, Batch, Title, Label string
	Lang                      string // of the questions
	Langs                     []Option
	Words                     string
	Questions                 []paperQuestion
	Departments               []Option
	Cohort                    bool
	Now, Of                   int // this sheet, of how many
	Code                      string
	Agreed                    bool
	Clinic                    string
}

func (h *Web) paperPage(r *web.Request, s survey.PaperSheet) paperPage {
	p := paperPage{Wave: s.On.ID, Batch: s.Batch.ID, Title: s.Of.Title, Label: r.T("survey.label." + string(s.On.Label)), Lang: s.Lang, Langs: languages(r, s.On.Languages, s.Lang),
		Words: s.On.Words[s.Lang], Cohort: s.Of.Kind == survey.Cohort, Now: s.Typed + 1, Of: s.Sheets, Code: r.Form("code"), Agreed: r.Checked("agreed"), Clinic: r.Frame().Scope}
	if p.Title == "" {
		p.Title = r.T("survey.instrument.pulse")
	}
	for i, q := range s.Questions {
		x := paperQuestion{N: i + 1, Name: "a-" + strconv.Itoa(i), Text: q.Text, Word: q.Word, Value: r.Form("a-" + strconv.Itoa(i))}
		for _, c := range q.Choices {
			v := strconv.Itoa(c.Value)
			x.Options = append(x.Options, Option{Value: v, Label: c.Label, Checked: v == x.Value})
		}
		p.Questions = append(p.Questions, x)
	}
	for _, d := range s.Departments {
		p.Departments = append(p.Departments, Option{Value: d.Name, Label: d.Name, Checked: d.Name == r.Form("department")})
	}
	return p
}

func (h *Web) paper(w http.ResponseWriter, r *web.Request) error {
	lang := r.Form("in")
	if lang == "" {
		lang = r.Locale
	}
	s, err := h.s.Blank(r.Context(), r.Actor, r.PathValue("id"), lang)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/paper", h.paperPage(r, s))
}

func (h *Web) sheet(w http.ResponseWriter, r *web.Request) error {
	p, err := h.sheetPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/sheet", p)
}

func (h *Web) sheetPage(r *web.Request) (paperPage, error) {
	lang := r.Form("in")
	if lang == "" {
		lang = r.Locale
	}
	s, err := h.s.Sheet(r.Context(), r.Actor, r.PathValue("id"), lang)
	if err == nil && s.State != survey.Typing {
		err = fault.Clash("survey.error.state")
	}
	if err != nil {
		return paperPage{}, err
	}
	return h.paperPage(r, s), nil
}

func (h *Web) typed(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	batch := r.PathValue("id")
	s, err := h.s.Sheet(r.Context(), r.Actor, batch, r.Form("in"))
	if err != nil {
		return err
	}
	in := survey.TypeIn{Batch: batch, Code: r.Form("code"), Agreed: r.Checked("agreed"), Language: s.Lang, Values: map[string]int{}, Department: r.Form("department"), Key: r.Key()}
	var bad []fault.Field
	for i, q := range s.Questions {
		name := "a-" + strconv.Itoa(i)
		if q.Word {
			in.Word, bad = r.Guarded(name)
		} else if v, err := strconv.Atoi(r.Form(name)); err == nil {
			in.Values[q.Key()] = v
		}
	}
	if len(bad) > 0 {
		return r.Fail(w, "survey/sheet", h.paperPage(r, s), fault.Wrong(bad...))
	}
	done, err := h.s.Type(r.Context(), r.Actor, in)
	if fault.Is(err, fault.Invalid) {
		return r.Fail(w, "survey/sheet", h.paperPage(r, s), err)
	}
	if err != nil {
		return err
	}
	if done {
		return r.RedirectWith(w, "/surveys/wave/"+s.On.ID, "survey.flash.batch")
	}
	return r.RedirectWith(w, "/surveys/batch/"+batch+"?in="+s.Lang, "survey.flash.sheet")
}
