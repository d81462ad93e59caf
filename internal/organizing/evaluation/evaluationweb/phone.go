// The questions on a phone, one per screen. Nothing is kept on the server between
// the screens and nothing on the phone: the form carries what was chosen and typed
// so far, so that going back is always safe.
package evaluationweb

import (
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/web"
)

// question is a screen: a text, choices, or both.
type question struct {
	name    string
	text    string // name of the text; "" for none
	choices string // name of the choices; "" for none
}

// questions are asked in this order: first how it was, then what was done.
var questions = []question{
	{"feeling", "own", "feeling"}, {"worked", "worked", ""}, {"change", "change", ""}, {"reaction", "reaction", "saw"}, {"power", "", "power"}, {"learned", "learned", ""}, {"next", "next", ""},
}

type kept struct{ Name, Value string }

type line struct{ Question, Text string }

type phonePage struct {
	Token, Lang, About string
	Now, Of            int
	Q                  question
	Name, Title, Hint  string
	Text, Value        string
	Label              string // of the text
	Most               int
	Choices            string
	Kind, Look         string
	Options            []Option
	Kept               []kept
	Lines              []line
	Challenge          string
	Bits               int
	Languages          []i18n.Language
}

func (h *Web) start(w http.ResponseWriter, r *web.Request) error {
	s, err := h.s.Ask(r.Context(), r.Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	return r.Page(w, "evaluation/phone", h.phonePage(r, s, 0))
}

// phonePage prepares a screen: 0 is the welcome, 1… the questions, then the check
// before sending.
func (h *Web) phonePage(r *web.Request, s evaluation.Sheet, at int) phonePage {
	l := r.Localizer()
	p := phonePage{Token: r.PathValue("token"), Lang: r.Locale, Now: at, Of: len(questions), About: r.T("evaluation.phone.about", "Kind", r.T("evaluation.kind."+string(s.Kind)), "Day", l.LongDate(s.Day, r.Zone())),
		Challenge: r.Form("challenge"), Bits: proof.WorkBits, Languages: others(r)}
	if p.Challenge == "" {
		p.Challenge = s.Challenge
	}
	for i, q := range questions {
		title := r.T("evaluation.ask." + q.name)
		if q.name == "reaction" && !s.Kind.Others() {
			title = r.T("evaluation.ask.reaction_us")
		}
		if i+1 == at {
			h.ask(r, s, &p, q, title)
			continue
		}
		var said []string
		for _, name := range []string{q.choices, q.text} {
			if name == "" {
				continue
			}
			for _, v := range r.PostForm[name] {
				if v == "" {
					continue
				}
				p.Kept = append(p.Kept, kept{name, v})
				if name == "feeling" && r.Form("own") != "" {
					continue // one's own word stands for it
				}
				said = append(said, spoken(r, s.Kind, name, v))
			}
			for _, g := range []string{"", "_reason", "_shown"} { // words kept with a reason stay so
				if v := r.PostForm.Get("_guard_" + name + g); v != "" && r.PostForm.Get(name) != "" {
					p.Kept = append(p.Kept, kept{"_guard_" + name + g, v})
				}
			}
		}
		if at > len(questions) && len(said) > 0 {
			p.Lines = append(p.Lines, line{title, l.List(said)})
		}
	}
	return p
}

func (h *Web) ask(r *web.Request, s evaluation.Sheet, p *phonePage, q question, title string) {
	p.Q, p.Name, p.Title, p.Text, p.Choices, p.Most = q, q.name, title, q.text, q.choices, 300
	p.Hint = r.T("evaluation.ask." + q.name + "_hint")
	p.Label = r.T("evaluation.ask.yours")
	chosen := r.PostForm[q.choices]
	switch q.name {
	case "feeling":
		p.Kind, p.Look, p.Label, p.Most = "radio", "chips", r.T("evaluation.ask.own"), evaluation.LongestWord
		p.Options = options(r, evaluation.Feelings(), "evaluation.feeling.", chosen...)
	case "reaction":
		p.Kind, p.Look = "checkbox", "plain"
		p.Options = options(r, evaluation.Reactions(), saw(s.Kind), chosen...)
	case "power":
		p.Kind, p.Look, p.Options = "radio", "plain", shifts(r, shiftOf(r.PostForm.Get("power")))
	}
	if q.text != "" {
		p.Value = r.FormValue(q.text)
	}
}

// spoken is an answer as the check before sending reads it back.
func spoken(r *web.Request, k evaluation.Kind, name, value string) string {
	switch name {
	case "feeling":
		if slices.Contains(evaluation.Feelings(), value) {
			return r.T("evaluation.feeling." + value)
		}
	case "saw":
		if slices.Contains(evaluation.Reactions(), value) {
			return r.T(saw(k) + value)
		}
	case "power":
		if n := shiftOf(value); n != nil {
			return r.T("evaluation.power." + shiftKey(*n))
		}
	default:
		return value
	}
	return ""
}

// step moves between the screens, and sends at the end.
func (h *Web) step(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	s, err := h.s.Ask(r.Context(), r.Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	of := len(questions)
	to, err := strconv.Atoi(r.Form("to"))
	if err != nil || to < 0 || to > of+1 {
		to = 1
	}
	from, _ := strconv.Atoi(r.Form("from"))
	if from >= 1 && from <= of && to > from && r.Form("send") == "" {
		if bad := settle(r, questions[from-1]); len(bad) > 0 {
			return r.Fail(w, "evaluation/phone", h.phonePage(r, s, from), fault.Wrong(bad...))
		}
	}
	if r.Form("send") == "" {
		return r.Page(w, "evaluation/phone", h.phonePage(r, s, to))
	}
	for i, q := range questions {
		if bad := settle(r, q); len(bad) > 0 {
			return r.Fail(w, "evaluation/phone", h.phonePage(r, s, i+1), fault.Wrong(bad...))
		}
	}
	said := evaluation.Said{Language: r.Locale, Feeling: r.Form("own"), Worked: r.FormValue("worked"), Change: r.FormValue("change"), Saw: r.FormAll("saw"), Reaction: r.FormValue("reaction"),
		Power: shiftOf(r.Form("power")), Learned: r.FormValue("learned"), Next: r.FormValue("next")}
	if said.Feeling == "" && slices.Contains(evaluation.Feelings(), r.Form("feeling")) {
		said.Feeling = r.Form("feeling")
	}
	err = h.s.Answer(r.Context(), r.Actor, r.PathValue("token"), said, proof.Form{Challenge: r.Form("challenge"), Nonce: r.Form("nonce"), Network: r.Network()})
	if err == nil {
		return r.Page(w, "evaluation/thanks", nil)
	}
	at := of + 1
	for _, f := range fault.FieldsOf(err) {
		if i := slices.IndexFunc(questions, func(q question) bool { return q.text == f.Name || q.choices == f.Name }); i >= 0 {
			at = i + 1
		}
	}
	p := h.phonePage(r, s, at)
	if fault.Is(err, fault.Conflict) {
		p.Challenge = s.Challenge
	}
	return r.Fail(w, "evaluation/phone", p, err)
}

// settle looks at the text of one screen; what was taken out is out of the form too.
func settle(r *web.Request, q question) []fault.Field {
	if q.text == "" {
		return nil
	}
	before := r.Form(q.text)
	text, bad := r.Guarded(q.text)
	if len(bad) == 0 && text != before {
		r.PostForm.Set(q.text, text)
		r.Request.Form.Set(q.text, text)
		for _, g := range []string{"", "_reason", "_shown"} {
			r.PostForm.Del("_guard_" + q.text + g)
		}
	}
	return bad
}
