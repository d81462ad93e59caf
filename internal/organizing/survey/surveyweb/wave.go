// One wave while it takes answers and after: ways in, paper, its end.
package surveyweb

import (
	"html/template"
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type batchLine struct {
	ID, Text string
	State    pill
	Typing   bool
	Drop     bool
}

type wavePage struct {
	ID, Survey, Title, Label string
	Kind                     survey.Kind
	State                    pill
	Next                     string
	Running, MayChange       bool
	Facts                    []fact
	Address                  string
	QR                       template.HTML
	Sheets, Cards            string
	Batches                  []batchLine
	Papers                   []Option
	Cohort                   bool
	Result                   *resultPart
}

type fact struct{ Term, Text, Href string }

func (h *Web) wave(w http.ResponseWriter, r *web.Request) error {
	p, err := h.wavePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/wave", p)
}

func (h *Web) wavePage(r *web.Request) (p wavePage, err error) {
	st, err := h.s.WaveByID(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	l := r.Localizer()
	p = wavePage{ID: st.ID, Survey: st.Survey, Title: st.Of.Title, Label: r.T("survey.label." + string(st.Label)), Kind: st.Of.Kind, State: waveState(r, st.Wave),
		Running: st.OpenAt(r.Now()), MayChange: may(r, need("survey", access.Update)), Sheets: r.Form("sheets"), Cards: r.Form("cards")}
	p.Cohort = st.Of.Kind == survey.Cohort && may(r, need("cohort", access.Read))
	if st.Of.Kind == survey.Pulse {
		p.Survey, p.Title = "", h.eventName(r, st)
	}
	if p.Running {
		p.Next = r.T("survey.next.until", "Day", l.LongDate(st.Closes, r.Zone()))
	}
	add := func(key, text string) { p.Facts = append(p.Facts, fact{Term: r.T(key), Text: text}) }
	add("survey.wave.answered", l.Number(st.Answered))
	switch st.Of.Kind {
	case survey.Cohort:
		add("survey.wave.asked", l.Number(st.Asked))
		add("survey.wave.agreed", l.Number(st.Agreed))
	case survey.Staff:
		add("survey.wave.cards", l.Number(st.Cards))
	}
	add("survey.wave.aim", r.T("survey.aim."+string(st.Aim)))
	add("survey.wave.review", st.Review)
	var names []string
	for _, lang := range st.Languages {
		names = append(names, l.LanguageName(lang))
	}
	add("survey.wave.languages", l.List(names))
	for _, lang := range st.Languages {
		if text := st.Words[lang]; text != "" {
			add("survey.wave.words", text)
			break
		}
	}
	p.Papers = languages(r, st.Languages, "")
	for _, b := range st.Batches {
		line := batchLine{ID: b.ID, Text: r.T("survey.batch.typed", "Typed", l.Number(b.Typed), "Sheets", l.Number(b.Sheets)), Typing: b.State == survey.Typing && p.Running}
		line.State = pill{map[survey.BatchState]string{survey.Typing: "wait", survey.Done: "ok", survey.Dropped: "info"}[b.State], r.T("survey.batch." + string(b.State)), ""}
		line.Drop = p.Running && b.State != survey.Dropped
		p.Batches = append(p.Batches, line)
	}
	if st.Code != "" && p.Running {
		p.Address = r.Base() + "/q/" + st.Code
		if p.QR, err = drawn(r, p.Address); err != nil {
			return p, err
		}
	}
	if st.Of.Kind == survey.Pulse && st.State == survey.Closed {
		o, err := h.s.ResultOf(r.Context(), r.Actor, st.ID)
		if err != nil {
			return p, err
		}
		p.Result = tell(r, o)
	}
	return p, nil
}

func drawn(r *web.Request, address string) (template.HTML, error) {
	svg, err := qr.SVG(address, r.T("survey.scan"))
	return template.HTML(svg), err // made by us, of squares
}

// act ends a wave, makes more cards, begins a pile of paper or drops one.
func (h *Web) act(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	wave := r.PathValue("id")
	var err error
	switch r.Form("act") {
	case "end":
		err = h.s.End(r.Context(), r.Actor, wave, r.Key())
		if err == nil {
			return r.RedirectWith(w, "/surveys/wave/"+wave, "survey.flash.ended")
		}
	case "cards":
		n, _ := r.FormInt("cards")
		var codes []string
		if codes, err = h.s.MoreCards(r.Context(), r.Actor, wave, n); err == nil {
			return h.cardsPage(w, r, wave, codes)
		}
	case "batch":
		n, _ := r.FormInt("sheets")
		var made string
		if made, err = h.s.StartBatch(r.Context(), r.Actor, wave, n, r.Key()); err == nil {
			return r.Redirect(w, "/surveys/batch/"+made)
		}
	case "drop":
		if _, err = h.s.DropBatch(r.Context(), r.Actor, r.Form("batch"), r.Key()); err == nil {
			return r.RedirectWith(w, "/surveys/wave/"+wave, "survey.flash.dropped")
		}
	default:
		err = fault.Wrong(fault.At("act", "contact.error.choose"))
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, e := h.wavePage(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "survey/wave", p, err)
}

type cardPage struct {
	Wave, Title string
	Address     string
	Cards       []card
}

type card struct {
	Name, Code, Address string
	QR                  template.HTML
}

// cardsPage shows the cards of a staff survey, once.
func (h *Web) cardsPage(w http.ResponseWriter, r *web.Request, wave string, codes []string) error {
	p := cardPage{Wave: wave, Address: r.Base() + "/q"}
	for _, c := range codes {
		x := card{Code: id.GroupCode(c), Address: r.Base() + "/q/" + c}
		var err error
		if x.QR, err = drawn(r, x.Address); err != nil {
			return err
		}
		p.Cards = append(p.Cards, x)
	}
	return r.Page(w, "survey/cards", p)
}

func (h *Web) poster(w http.ResponseWriter, r *web.Request) error {
	st, err := h.s.WaveByID(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if st.Code == "" || !st.OpenAt(r.Now()) {
		return fault.Missing("no shared way in")
	}
	p := card{Name: st.Of.Title, Address: r.Base() + "/q/" + st.Code}
	if p.Name == "" {
		p.Name = h.eventName(r, st)
	}
	if p.QR, err = drawn(r, p.Address); err != nil {
		return err
	}
	return r.Page(w, "survey/poster", p)
}

// pulse: five questions right after an event.
type pulsePage struct{ Ref string }

func (h *Web) pulseForm(w http.ResponseWriter, r *web.Request) error {
	ref := r.Form("ref")
	if wave, ok, err := h.s.PulseOf(r.Context(), r.Actor, ref); err != nil {
		return err
	} else if ok {
		return r.Redirect(w, "/surveys/wave/"+wave)
	}
	return r.Page(w, "survey/pulse", pulsePage{ref})
}

func (h *Web) pulse(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	wave, err := h.s.StartPulse(r.Context(), r.Actor, r.Form("ref"), r.Key())
	if fault.Is(err, fault.Invalid) {
		return r.Fail(w, "survey/pulse", pulsePage{r.Form("ref")}, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/surveys/wave/"+wave, "survey.flash.begun")
}
