// The page of whoever was asked: when, where, yes or no. No account, no name, no
// word on what it is for: a phone may be in somebody else's hand.
package turnoutweb

import (
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/web"
)

type replyPage struct {
	Token, When, Where string
	Said               string
	Comings            []Option
	Over               bool
}

func (h *Web) replyPage(r *web.Request, said bool) (p replyPage, err error) {
	p.Token = r.PathValue("token")
	v, err := h.s.Invited(r.Context(), p.Token)
	if err != nil {
		return p, err
	}
	l := r.Localizer()
	p.When, p.Where = l.LongDate(v.At, v.Zone)+", "+l.Clock(v.At, v.Zone)+"–"+l.Clock(v.End, v.Zone), v.Where
	for _, c := range []turnout.Result{turnout.SaidYes, turnout.SaidNo} {
		p.Comings = append(p.Comings, Option{Value: string(c), Label: r.T("turnout.reply." + string(c)), Checked: string(c) == r.Form("coming")})
	}
	if said {
		p.Said = r.T("turnout.said." + string(v.Answer))
	}
	return p, nil
}

// nowhere is one calm page for every link that leads nowhere.
func (h *Web) nowhere(w http.ResponseWriter, r *web.Request, err error) error {
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return r.PageStatus(w, http.StatusGone, "turnout/reply", replyPage{Over: true})
	}
	return err
}

func (h *Web) asked(w http.ResponseWriter, r *web.Request) error {
	p, err := h.replyPage(r, false)
	if err != nil {
		return h.nowhere(w, r, err)
	}
	return r.Page(w, "turnout/reply", p)
}

func (h *Web) reply(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	err := h.s.Reply(r.Context(), r.PathValue("token"), turnout.Result(r.Form("coming")), r.Key())
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return h.nowhere(w, r, err)
	}
	p, perr := h.replyPage(r, err == nil)
	if perr != nil {
		return h.nowhere(w, r, perr)
	}
	if err != nil {
		return r.Fail(w, "turnout/reply", p, err)
	}
	return r.Page(w, "turnout/reply", p)
}
