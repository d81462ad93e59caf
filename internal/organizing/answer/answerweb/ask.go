// The questions, one per screen. Nothing is kept on the server between the
// screens and nothing on the phone: the form carries what was typed so far, so
// that going back is always safe.
package answerweb

import (
	"net/http"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/answer"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/web"
)

type kept struct{ Name, Value string }

type askPage struct {
	Token, Lang, Question, QuestionLang, Name, Value string
	Now, Of                                          int // this question, of how many
	Kept                                             []kept
	Sound, SoundKind                                 string
	Codes, Kiosk                                     bool
	Code, Challenge, Receipt                         string
	Bits                                             int
	Languages                                        []i18n.Language // the others
	Lines                                            []answer.Line   // on the last screen: everything once more
}

func (h *Web) start(w http.ResponseWriter, r *web.Request) error {
	s, err := h.s.Open(r.Context(), r.Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	if r.Form("l") == "" && r.URL.Query().Get("lang") == "" && s.Place.Kiosk {
		r.Locale = s.Place.Language // one device, set up for its room
	}
	return r.Page(w, "answer/ask", h.page(r, s, 0))
}

// page prepares a screen: 0 is the welcome, 1… the questions, then the check
// before sending.
func (h *Web) page(r *web.Request, s answer.Sheet, at int) askPage {
	qs := s.Asked.Questions
	p := askPage{Token: r.PathValue("token"), Lang: r.Locale, Now: at, Of: len(qs), Codes: s.Place.Codes, Kiosk: s.Place.Kiosk, Code: r.Form("code"),
		Challenge: r.Form("challenge"), Receipt: r.Form("receipt"), Bits: proof.WorkBits}
	if p.Challenge == "" || p.Receipt == "" {
		p.Challenge, p.Receipt = s.Challenge, s.Receipt
	}
	for _, l := range i18n.Languages() {
		if l.Code != r.Locale {
			p.Languages = append(p.Languages, l)
		}
	}
	for i, q := range qs {
		typed := r.FormValue("q-" + q.ID)
		if i+1 == at {
			p.Question, p.QuestionLang, p.Name, p.Value = q.In(r.Locale), q.Lang(r.Locale), "q-"+q.ID, typed
			for _, rec := range s.Recordings {
				if rec.Question == q.ID && rec.Language == r.Locale {
					p.Sound, p.SoundKind = "/ask/"+p.Token+"/"+q.ID+"/"+rec.Language, rec.Kind
				}
			}
			continue
		}
		p.Kept = append(p.Kept, kept{"q-" + q.ID, typed})
		if at > len(qs) && typed != "" {
			p.Lines = append(p.Lines, answer.Line{Question: q.In(r.Locale), Text: typed})
		}
	}
	return p
}

// step moves between the screens, and sends at the end.
func (h *Web) step(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	s, err := h.s.Open(r.Context(), r.Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	of := len(s.Asked.Questions)
	at, err := strconv.Atoi(r.Form("to"))
	if err != nil || at < 0 || at > of+1 {
		at = min(1, of)
	}
	if r.Form("send") == "" {
		return r.Page(w, "answer/ask", h.page(r, s, at))
	}
	in := answer.In{Token: r.PathValue("token"), Language: r.Locale, Said: answer.Said{}, Code: r.Form("code"), Receipt: r.Form("receipt"),
		Form: proof.Form{Challenge: r.Form("challenge"), Nonce: r.Form("nonce"), Network: r.Network()}}
	for _, q := range s.Asked.Questions {
		in.Said[q.ID] = r.FormValue("q-" + q.ID)
	}
	if err := h.s.Answer(r.Context(), r.Actor, in); err != nil {
		return h.again(w, r, s, err)
	}
	if s.Place.Kiosk {
		w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	}
	return r.Page(w, "answer/thanks", thanksPage{Receipt: in.Receipt, Token: in.Token, Kiosk: s.Place.Kiosk, Lang: r.Locale})
}

type thanksPage struct {
	Receipt, Token, Lang string
	Kiosk                bool
}

// again shows the screen where the mistake is, with everything that was typed. A
// proof that was used or too old is replaced by a new one.
func (h *Web) again(w http.ResponseWriter, r *web.Request, s answer.Sheet, err error) error {
	at := len(s.Asked.Questions) + 1
	for _, f := range fault.FieldsOf(err) {
		for i, q := range s.Asked.Questions {
			if f.Name == "q-"+q.ID {
				at = i + 1
			}
		}
	}
	p := h.page(r, s, at)
	if fault.Is(err, fault.Conflict) {
		p.Challenge = s.Challenge
	}
	return r.Fail(w, "answer/ask", p, err)
}

func (h *Web) sound(w http.ResponseWriter, r *web.Request) error {
	kind, body, err := h.s.Sound(r.Context(), r.Actor, r.PathValue("token"), r.PathValue("question"), r.PathValue("lang"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	_, err = w.Write(body)
	return err
}

type backPage struct {
	Typed, State string
	Lines        []answer.Line
	Over, May    bool
}

func (h *Web) door(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "answer/door", backPage{})
}

func (h *Web) back(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	mine, err := h.s.Back(r.Context(), r.Actor, r.Network(), r.Form("receipt"), r.Locale, r.Form("act") == "end")
	if err != nil {
		return r.Fail(w, "answer/door", backPage{Typed: r.Form("receipt")}, err)
	}
	return r.Page(w, "answer/mine", backPage{Typed: r.Form("receipt"), State: r.T("answer.mine." + string(mine.State)), Lines: mine.Lines, Over: mine.State == answer.Withdrawn,
		May: mine.State != answer.Withdrawn && mine.State != answer.Forgotten})
}
