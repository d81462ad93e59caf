// The words of instruments: what comes with the program, and what a clinic brings
// after it says which permission it has.
package surveyweb

import (
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type shelfLine struct {
	ID, Name, About, Licence, Source, Version string
	Has                                       []string // languages
	State                                     pill
}

type shelfPage struct {
	Lines     []shelfLine
	MayChange bool
}

func (h *Web) shelf(w http.ResponseWriter, r *web.Request) error {
	brought, err := h.s.Wordings(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	ready := survey.Ready(brought)
	p := shelfPage{MayChange: may(r, need("survey", access.Update))}
	for _, in := range survey.Instruments() {
		line := shelfLine{ID: in.ID, Name: r.T("survey.instrument." + in.ID), About: r.T("survey.about." + in.ID), Licence: r.T("survey.licence." + in.Licence.Kind), Source: in.Licence.Source, Version: in.Version}
		for _, lang := range survey.LanguagesOf(ready, []string{in.ID}) {
			line.Has = append(line.Has, r.Localizer().LanguageName(lang))
		}
		line.State = pill{"wait", r.T("survey.words.none"), ""}
		if len(line.Has) > 0 {
			line.State = pill{"ok", r.Localizer().List(line.Has), ""}
		}
		p.Lines = append(p.Lines, line)
	}
	return r.Page(w, "survey/shelf", p)
}

type wordField struct {
	Name, Label, Value string
	Turn               bool // this edition may word it against the score
	Turned             bool
	TurnValue          string
	Reverse            bool
}

type scaleFields struct {
	Label  string
	Fields []wordField
}

type attested struct{ Language, Day, Permission, Translated string }

type wordsPage struct {
	ID, Name, About, Licence, Statement, Source, Version string
	Scores                                               []string
	Langs                                                []Option
	Items                                                []wordField
	Scales                                               []scaleFields
	Permission                                           string
	Translations                                         []Option
	Sure                                                 bool
	Attested                                             []attested
	Included                                             []string
}

func (h *Web) wordsPage(r *web.Request) (p wordsPage, in survey.Instrument, err error) {
	in, ok := survey.InstrumentByID(r.Form("of"))
	if !ok {
		return p, in, fault.Missing("instrument")
	}
	p = wordsPage{ID: in.ID, Name: r.T("survey.instrument." + in.ID), About: r.T("survey.about." + in.ID), Licence: r.T("survey.licence." + in.Licence.Kind), Statement: in.Licence.Statement, Source: in.Licence.Source,
		Version: in.Version, Permission: r.FormValue("permission"), Sure: r.Checked("sure")}
	p.Translations = options(r, survey.Translations(), "survey.translated.", r.Form("translated"))
	lang := r.Form("lang")
	if lang == "" {
		lang = r.Locale
	}
	for _, l := range i18n.Languages() {
		p.Langs = append(p.Langs, Option{Value: l.Code, Label: r.Localizer().LanguageName(l.Code), Checked: l.Code == lang})
		if _, ok := in.Texts[l.Code]; ok {
			p.Included = append(p.Included, r.Localizer().LanguageName(l.Code))
		}
	}
	turned := r.FormAll("turned")
	for i, item := range in.Items {
		name := "item-" + strconv.Itoa(i)
		p.Items = append(p.Items, wordField{Name: name, Label: r.T("survey.words.item", "N", i+1), Value: r.FormValue(name), Turn: item.MayTurn, TurnValue: item.ID, Turned: slices.Contains(turned, item.ID), Reverse: item.Reverse})
	}
	names := scaleNames(in)
	for k, scale := range names {
		s := scaleFields{Label: r.T("survey.words.answers")}
		if len(names) > 1 {
			s.Label = r.T("survey.words.answers_n", "N", k+1)
		}
		for i, v := range in.Scales[scale].Values {
			name := "answer-" + scale + "-" + strconv.Itoa(i)
			s.Fields = append(s.Fields, wordField{Name: name, Label: r.T("survey.words.answer", "Value", v), Value: r.FormValue(name)})
		}
		p.Scales = append(p.Scales, s)
	}
	for _, s := range in.Scores {
		p.Scores = append(p.Scores, scoreName(r, in.ID, s.ID)+": "+how(r, s))
	}
	brought, err := h.s.Wordings(r.Context(), r.Actor)
	for _, w := range brought {
		if w.Instrument == in.ID && !w.Retired {
			p.Attested = append(p.Attested, attested{r.Localizer().LanguageName(w.Language), r.Localizer().LongDate(w.At, r.Zone()), w.Permission, r.T("survey.translated." + w.Translated)})
		}
	}
	return p, in, err
}

// scaleNames lists the scales in the order in which items use them.
func scaleNames(in survey.Instrument) (out []string) {
	for _, item := range in.Items {
		if item.Scale != survey.WordScale && !slices.Contains(out, item.Scale) {
			out = append(out, item.Scale)
		}
	}
	return out
}

// how says in the reader's language how a score is made.
func how(r *web.Request, s survey.Score) string {
	switch {
	case s.Share():
		return r.T("survey.how.share")
	case s.Rule == "sum":
		return r.T("survey.how.sum", "Min", s.Min, "Max", s.Max)
	}
	return r.T("survey.how.mean", "Min", s.Min, "Max", s.Max)
}

func (h *Web) wordsForm(w http.ResponseWriter, r *web.Request) error {
	p, _, err := h.wordsPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/words", p)
}

func (h *Web) attest(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, of, err := h.wordsPage(r)
	if err != nil {
		return err
	}
	in := survey.AttestIn{Instrument: of.ID, Language: r.Form("lang"), Text: survey.Text{Scales: map[string][]string{}, Turned: r.FormAll("turned")}, Sure: r.Checked("sure"), Key: r.Key()}
	for i := range of.Items {
		in.Text.Items = append(in.Text.Items, r.FormValue("item-"+strconv.Itoa(i)))
	}
	for name, scale := range of.Scales {
		for i := range scale.Values {
			in.Text.Scales[name] = append(in.Text.Scales[name], r.FormValue("answer-"+name+"-"+strconv.Itoa(i)))
		}
	}
	var bad []fault.Field
	in.Translated = r.Form("translated")
	in.Permission, bad = r.Guarded("permission")
	if len(bad) > 0 {
		return r.Fail(w, "survey/words", p, fault.Wrong(bad...))
	}
	if _, err := h.s.Attest(r.Context(), r.Actor, in); err != nil {
		return r.Fail(w, "survey/words", p, err)
	}
	return r.RedirectWith(w, "/surveys/words", "survey.flash.attested")
}
