// "Meet someone now": what became of it, or when they will meet.

package introductionweb

import (
	"net/http"
	"slices"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
)

type meetPage struct {
	Ask       ask
	ID        string
	How       string
	Title     string
	Booked    bool
	Day, Time string
	Present   []Option
	Needs     []Option
	Duty      []DutyNow
}

func (h *Web) meetForm(r *web.Request, a ask) (p meetPage, err error) {
	p = meetPage{Ask: a, ID: r.Form("id"), How: r.Form("how"), Day: r.Form("at_day"), Time: r.Form("at_time")}
	if !slices.Contains(introduction.Handoffs(), introduction.HandoffHow(p.How)) {
		p.How = string(introduction.WalkOver)
	}
	p.Booked, p.Title = p.How == string(introduction.Booked), r.T("introduction.handoff."+p.How)
	present, first := r.FormAll("present"), r.Form("sent") == ""
	for _, role := range introduction.PresentRoles() {
		p.Present = append(p.Present, Option{Value: role, Label: r.T("introduction.present." + role), Checked: slices.Contains(present, role) || first && role == "clinician"})
	}
	for _, n := range introduction.MeetingNeeds() {
		p.Needs = append(p.Needs, Option{Value: n, Label: r.T("offer.need." + n), Checked: slices.Contains(r.FormAll("needs"), n)})
	}
	p.Duty, err = h.dutyNow(r, a)
	return p, err
}

func (h *Web) meetPage(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	p, err := h.meetForm(r, a)
	if err != nil {
		return err
	}
	return wide(r, a).Page(w, "introduction/offer_meet", p)
}

func (h *Web) meet(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	p, err := h.meetForm(r, a)
	if err != nil {
		return err
	}
	in := introduction.HandoffIn{ID: p.ID, How: p.How, Happened: r.Checked("happened"), Present: r.FormAll("present"), Needs: r.FormAll("needs"), Key: a.Act + ":" + p.How}
	if p.Booked {
		if in.At, err = time.ParseInLocation("2006-01-02 15:04", p.Day+" "+p.Time, r.Zone()); err != nil {
			return wide(r, a).Fail(w, "introduction/offer_meet", p, fault.Wrong(fault.At("at", "introduction.error.booking")))
		}
	}
	if !in.Happened {
		in.Present = nil
	}
	if err := h.s.Handoff(r.Context(), r.Actor, in); err != nil {
		return wide(r, a).Fail(w, "introduction/offer_meet", p, err)
	}
	flash := "offer.flash.nobody"
	switch {
	case p.Booked:
		flash = "offer.flash.booked"
	case in.Happened:
		flash = "offer.flash.met"
	}
	return r.RedirectWith(w, offerHome(a), flash)
}
