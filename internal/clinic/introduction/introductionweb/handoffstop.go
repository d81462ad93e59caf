// "Stop", told to any member of staff: find the introduction by number or code,
// and end it after a second confirmation.

package introductionweb

import (
	"net/http"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
)

type foundLine struct {
	Group, Began string
	State        stateMark
	URL          string
}

type findPage struct {
	Phone, Code string
	Found       []foundLine
	Nobody      bool
}

func (h *Web) findPage(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "introduction/handofffind", findPage{})
}

func (h *Web) find(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p := findPage{Phone: r.Form("phone"), Code: r.Form("code")}
	list, err := h.s.Find(r.Context(), r.Actor, introduction.FindIn{Phone: p.Phone, Code: p.Code})
	if fault.Is(err, fault.NotFound) {
		p.Nobody = true
		return r.Page(w, "introduction/handofffind", p)
	}
	if err != nil {
		return r.Fail(w, "introduction/handofffind", p, err)
	}
	n := h.names(r)
	for _, f := range list {
		p.Found = append(p.Found, foundLine{Group: n.group(f.Group), Began: r.Localizer().Date(f.Began.In(r.Zone())), State: stateOf(r, f.State, ""), URL: "/handoffs/" + f.ID + "/stop"})
	}
	return r.Page(w, "introduction/handofffind", p)
}

type endForm struct {
	ID   string
	How  []Option
	Sure bool
	Back string
}

func (h *Web) endData(r *web.Request) endForm {
	p := endForm{ID: r.PathValue("id"), Sure: r.Checked("confirm"), Back: "/handoffs/find"}
	if h.mayOpen(r) {
		p.Back = "/handoffs/" + p.ID
	}
	for _, how := range []introduction.How{introduction.ByPhone, introduction.ByVisit} {
		p.How = append(p.How, Option{Value: string(how), Label: r.T("introduction.how." + string(how)), Checked: r.Form("how") == string(how)})
	}
	return p
}

func (h *Web) endPage(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "introduction/handoffstop", h.endData(r))
}

func (h *Web) endIt(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if !r.Checked("confirm") {
		bad := []fault.Field{fault.At("confirm", "introduction.error.confirm")}
		if r.Form("how") == "" {
			bad = append([]fault.Field{fault.At("how", "introduction.error.choose")}, bad...)
		}
		return r.Fail(w, "introduction/handoffstop", h.endData(r), fault.Wrong(bad...))
	}
	err := h.s.Withdraw(r.Context(), r.Actor, introduction.WithdrawIn{ID: r.PathValue("id"), How: r.Form("how"), Key: r.Key()})
	if err != nil {
		return r.Fail(w, "introduction/handoffstop", h.endData(r), err)
	}
	to := "/handoffs"
	if h.mayOpen(r) {
		to = "/handoffs/" + r.PathValue("id")
	}
	return r.RedirectWith(w, to, "handoff.flash.stop")
}
