// The questions on a phone, one on each screen. Nothing is kept on the server between
// the screens and nothing on the phone: the form carries what was chosen, so that
// going back is always safe and leaving loses nothing that was sent.
package surveyweb

import (
	"net/http"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

type kept struct{ Name, Value string }

type phonePage struct {
	Token, Lang        string
	TextLang           string // of the questions, when there are none in the reader's language
	Now, Of            int    // this screen, of how many; 0: the welcome, Of+1: before sending
	Question, Name     string
	Options            []Option
	Word               bool
	Value              string
	Kept               []kept
	Given              int // how many were answered
	Words              string
	Yes                []string // the wording, where a yes is needed first
	YesTitle           string
	Answered, Linked   bool
	Challenge, Receipt string
	Bits               int
	Languages          []i18n.Language
}

type doorPage struct{ Code, Receipt string }

func (h *Web) door(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "survey/door", doorPage{})
}

// knock takes a code that was typed, or takes answers back with a receipt.
func (h *Web) knock(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if r.Form("act") == "back" {
		if err := h.s.Back(r.Context(), r.Actor, r.Network(), r.Form("receipt")); err != nil {
			return r.Fail(w, "survey/door", doorPage{Receipt: r.Form("receipt")}, err)
		}
		return r.Page(w, "survey/over", overPage{Title: r.T("survey.over.back"), Text: r.T("survey.over.back_text")})
	}
	code, err := h.s.Find(r.Context(), r.Actor, r.Network(), r.Form("code"))
	if err != nil {
		return r.Fail(w, "survey/door", doorPage{Code: r.Form("code")}, err)
	}
	return r.Redirect(w, "/q/"+code+"?l="+r.Locale)
}

type overPage struct {
	Title, Text, Receipt string
	Keep                 bool
}

func (h *Web) start(w http.ResponseWriter, r *web.Request) error {
	s, err := h.s.Open(r.Context(), r.Actor, r.PathValue("token"), r.Locale)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/ask", h.page(r, s, 0))
}

// screens is how many questions there are on screens of their own.
func screens(s survey.Sheet) int {
	n := len(s.Questions)
	if len(s.Departments) > 0 {
		n++
	}
	return n
}

func (h *Web) page(r *web.Request, s survey.Sheet, at int) phonePage {
	p := phonePage{Token: id.ParseCode(r.PathValue("token")), Lang: r.Locale, Now: at, Of: screens(s), Words: s.Words, Answered: s.Answered, Linked: s.Kind == survey.Cohort,
		Challenge: r.Form("challenge"), Receipt: r.Form("receipt"), Bits: proof.WorkBits}
	if p.Receipt == "" || s.Challenge != "" && p.Challenge == "" {
		p.Challenge, p.Receipt = s.Challenge, s.Receipt
	}
	if s.Lang != r.Locale {
		p.TextLang = s.Lang
	}
	for _, l := range i18n.Languages() {
		if l.Code != r.Locale {
			p.Languages = append(p.Languages, l)
		}
	}
	if s.NeedsYes {
		p.yes(r, s)
		return p
	}
	for i, q := range s.Questions {
		name := "a-" + strconv.Itoa(i)
		given := r.Form(name)
		if given != "" {
			p.Given++
		}
		if i+1 != at {
			p.Kept = append(p.Kept, kept{name, given})
			continue
		}
		p.Question, p.Name, p.Word, p.Value = q.Text, name, q.Word, given
		for _, c := range q.Choices {
			v := strconv.Itoa(c.Value)
			p.Options = append(p.Options, Option{Value: v, Label: c.Label, Checked: v == given})
		}
	}
	if len(s.Departments) > 0 {
		given := r.Form("department")
		if at != len(s.Questions)+1 {
			p.Kept = append(p.Kept, kept{"department", given})
		} else {
			p.Question, p.Name, p.TextLang = r.T("survey.phone.department"), "department", ""
			for _, d := range s.Departments {
				p.Options = append(p.Options, Option{Value: d.Name, Label: d.Name, Checked: d.Name == given})
			}
		}
	}
	return p
}

// yes is the wording of the consent, in the reader's language.
func (p *phonePage) yes(r *web.Request, s survey.Sheet) {
	lang := r.Locale
	wording, err := consent.Current(consent.EvaluationSurvey, lang)
	if err != nil {
		wording, err = consent.Current(consent.EvaluationSurvey, "en")
	}
	if err != nil {
		return
	}
	p.YesTitle = wording.Title
	p.Yes = wording.Text(consent.Values{Recipient: r.Frame().Scope, Fields: consent.EvaluationSurvey.Fields(), Until: r.Localizer().LongDate(r.Now().AddDate(0, 24, 0), r.Zone())})
}

// step moves between the screens, takes the yes, and sends at the end.
func (h *Web) step(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	token := r.PathValue("token")
	switch r.Form("act") {
	case "no":
		return r.Page(w, "survey/over", overPage{Title: r.T("survey.over.no"), Text: r.T("survey.over.no_text")})
	case "yes":
		if err := h.s.Agree(r.Context(), r.Actor, token, r.Locale); err != nil {
			return err
		}
	}
	s, err := h.s.Open(r.Context(), r.Actor, token, r.Locale)
	if fault.Is(err, fault.NotFound) && r.Form("send") != "" {
		return h.sent(w, r, survey.Sheet{}, survey.In{Code: token, Receipt: r.Form("receipt")}) // a card that was sent before
	}
	if err != nil {
		return err
	}
	of := screens(s)
	at, err := strconv.Atoi(r.Form("to"))
	if err != nil || at < 0 || at > of+1 {
		at = min(1, of)
	}
	if r.Form("send") == "" || s.NeedsYes {
		return r.Page(w, "survey/ask", h.page(r, s, at))
	}
	in := survey.In{Code: token, Language: s.Lang, Values: map[string]int{}, Department: r.Form("department"), Receipt: r.Form("receipt"),
		Form: proof.Form{Challenge: r.Form("challenge"), Nonce: r.Form("nonce"), Network: r.Network()}}
	for i, q := range s.Questions {
		given := r.Form("a-" + strconv.Itoa(i))
		if q.Word {
			in.Word = given
		} else if v, err := strconv.Atoi(given); err == nil {
			in.Values[q.Key()] = v
		}
	}
	return h.sent(w, r, s, in)
}

// sent stores the answers. A mistake comes back on the last screen, with everything
// that was chosen; a proof that was used or too old is replaced by a new one.
func (h *Web) sent(w http.ResponseWriter, r *web.Request, s survey.Sheet, in survey.In) error {
	err := h.s.Answer(r.Context(), r.Actor, in)
	if err != nil && s.Org != "" && (fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Limited)) {
		p := h.page(r, s, screens(s)+1)
		if fault.Is(err, fault.Conflict) {
			p.Challenge = s.Challenge
		}
		return r.Fail(w, "survey/ask", p, err)
	}
	if err != nil {
		return err
	}
	p := overPage{Title: r.T("survey.over.thanks"), Text: r.T("survey.over.thanks_linked")}
	if s.Kind != survey.Cohort {
		p.Text, p.Receipt, p.Keep = r.T("survey.over.thanks_open"), in.Receipt, true
	}
	return r.Page(w, "survey/over", p)
}
