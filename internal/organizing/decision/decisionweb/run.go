// Running a decision: opening, counting hands, paper, closing, minutes.
package decisionweb

import (
	"html/template"
	"net/http"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type onePage struct {
	D           decision.Decision
	State       Badge
	Facts       []Pair
	Options     []string
	Lead        bool
	Paper       bool
	Voters      int
	Given       int
	Slips       int
	URL         string
	QR          template.HTML
	Fingerprint string
	Hands       []Option // answers that can be counted in the room
	Result      *resultPart
	Minutes     string
	Dissent     string
	Download    string
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.oneData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "decision/one", p)
}

func may(a access.Actor, n access.Need) bool {
	_, err := access.Check(a, n)
	return err == nil
}

func (h *Web) oneData(r *web.Request) (p onePage, err error) {
	decided := r.PathValue("id")
	if p.D, err = h.s.Read(r.Context(), r.Actor, decided); err != nil {
		return p, err
	}
	p.State, p.Facts = badge(r, p.D.State), facts(r, p.D)
	for _, o := range p.D.Words.Options {
		p.Options = append(p.Options, o.Text)
	}
	list, slips, err := h.s.Voters(r.Context(), r.Actor, decided)
	switch {
	case err == nil:
		p.Lead, p.Slips = true, slips
		p.Voters = len(list)
		for _, v := range list {
			if v.Given {
				p.Given++
			}
		}
	case !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden):
		return p, err
	}
	p.Paper = may(r.Actor, access.Need{Resource: "paper", Action: access.Create}) && p.D.State == decision.Open && p.D.Openness != decision.Named
	if p.D.State == decision.Open && p.Lead {
		p.URL = r.Base() + "/v/" + p.D.Words.Link
		if p.QR, err = picture(p.URL, r.T("decision.sheet.qr")); err != nil {
			return p, err
		}
		if p.D.Openness == decision.Hands && p.D.Spec.Unit == ballot.Person {
			for _, a := range ballot.Answers(p.D.Spec.Method) {
				p.Hands = append(p.Hands, Option{Value: a, Label: r.T("decision.answer." + a)})
			}
		}
	}
	if p.D.Key.N != "" {
		p.Fingerprint = p.D.Key.Fingerprint()
	}
	if p.D.Outcome != nil {
		p.Result = result(r, p.D)
		p.Minutes, p.Dissent = p.D.Notes.Minutes, p.D.Notes.Dissent
		if p.D.Openness == decision.Secret && !p.D.Outcome.TooFew {
			p.Download = "/v/" + p.D.Words.Link + "/ballots.json"
		}
	}
	return p, nil
}

// act runs a verb of the page and comes back to it, with a sentence either way.
func (h *Web) act(w http.ResponseWriter, r *web.Request, flash string, verb func() error) error {
	if err := r.Parse(); err != nil {
		return err
	}
	at := "/decisions/" + r.PathValue("id")
	err := verb()
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
		p, perr := h.oneData(r)
		if perr != nil {
			return perr
		}
		p.Minutes, p.Dissent = r.Form("minutes"), r.Form("dissent")
		return r.Fail(w, "decision/one", p, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, at, flash)
}

func (h *Web) open(w http.ResponseWriter, r *web.Request) error {
	return h.act(w, r, "decision.flash.open", func() error { return h.s.Open(r.Context(), r.Actor, r.PathValue("id")) })
}

func (h *Web) close(w http.ResponseWriter, r *web.Request) error {
	return h.act(w, r, "decision.flash.closed", func() error { return h.s.Close(r.Context(), r.Actor, r.PathValue("id")) })
}

func (h *Web) hands(w http.ResponseWriter, r *web.Request) error {
	return h.act(w, r, "decision.flash.hands", func() error {
		counted := map[string]int{}
		for _, a := range []string{ballot.AnswerAgree, ballot.AnswerDisagree, ballot.AnswerPass, ballot.AnswerConsent, ballot.AnswerReservations, ballot.AnswerObject} {
			if r.Form("hands_"+a) == "" {
				continue
			}
			n, ok := r.FormInt("hands_" + a)
			if !ok {
				return fault.Wrong(fault.At("hands_"+a, "decision.error.number"))
			}
			counted[a] = n
		}
		return h.s.CountHands(r.Context(), r.Actor, r.PathValue("id"), counted)
	})
}

func (h *Web) record(w http.ResponseWriter, r *web.Request) error {
	return h.act(w, r, "decision.flash.recorded", func() error {
		minutes, bad := r.Guarded("minutes")
		dissent, more := r.Guarded("dissent")
		if bad = append(bad, more...); len(bad) > 0 {
			return fault.Wrong(bad...)
		}
		return h.s.Record(r.Context(), r.Actor, r.PathValue("id"), decision.Notes{Minutes: minutes, Dissent: dissent}, r.Key())
	})
}

type paperPage struct {
	D      decision.Decision
	B      ballotPart
	Code   string
	Said   string
	Kind   string
	Voters []Option
}

func (h *Web) paper(w http.ResponseWriter, r *web.Request) error {
	p, err := h.paperData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "decision/paper", p)
}

// paperData shows a ballot to a helper, who need not run the decision; the room's
// machine reads it, since whoever may type paper may see what is on it.
func (h *Web) paperData(r *web.Request) (p paperPage, err error) {
	if p.D, err = h.s.Read(r.Context(), access.Machine(r.Actor.Org), r.PathValue("id")); err != nil {
		return p, err
	}
	if p.D.State != decision.Open || p.D.Openness == decision.Named {
		return p, fault.Clash("decision.error.state_" + string(p.D.State))
	}
	p.B = part(r, p.D)
	list, _, err := h.s.Voters(r.Context(), r.Actor, p.D.ID)
	if err != nil {
		return p, nil // somebody else runs it: this helper only types
	}
	cards, err := h.people.Names(r.Context(), r.Actor, persons(list))
	if err != nil {
		return p, err
	}
	houses, _, err := h.institutions(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, v := range list {
		if v.Given {
			continue
		}
		label := houses[v.Institution]
		if v.Person != "" {
			label = nameOf(r, cards, v.Person)
		}
		p.Voters = append(p.Voters, Option{Value: v.ID, Label: label})
	}
	return p, nil
}

func (h *Web) enterPaper(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.paperData(r)
	if err != nil {
		return err
	}
	choice, err := readChoice(r, p.D.Spec)
	var state decision.PaperState
	if err == nil {
		state, err = h.s.EnterPaper(r.Context(), r.Actor, p.D.ID, r.Form("code"), choice)
	}
	if err != nil {
		p.Code = r.Form("code")
		p.B.fill(r)
		return r.Fail(w, "decision/paper", p, err)
	}
	return r.RedirectWith(w, "/decisions/"+p.D.ID+"/paper", "decision.flash.paper_"+string(state))
}

func (h *Web) handOver(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.HandOver(r.Context(), r.Actor, r.PathValue("id"), r.Form("voter")); err != nil {
		return err
	}
	return r.RedirectWith(w, "/decisions/"+r.PathValue("id")+"/paper", "decision.flash.handed")
}
