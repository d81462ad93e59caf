// The door: a list to press names on, a receipt to type, people to count.
package meetingweb

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/platform/web"
)

type nameLine struct{ Person, Name string }

type tallyLine struct {
	ID, Name string
	N        int
}

type doorPage struct {
	ID, Title, When, Q string
	Expected, Found    []nameLine
	Here               []nameLine
	Places             []tallyLine
	Without            int // walk-ins without an institution
	ByReceipt, Total   int
	Nameless, Searched bool
	Receipt            string
	Kept               bool
}

// keepWithin is how long around a meeting its door list may stay in the browser of
// whoever keeps the door, until they sign out.
const keepWithin = 12 * time.Hour

func (h *Web) door(w http.ResponseWriter, r *web.Request) error {
	p, at, err := h.doorPage(r)
	if err != nil {
		return err
	}
	if d := at.Sub(r.Now()); d < keepWithin && d > -keepWithin && p.Q == "" {
		p.Kept = true
		r.KeepOffline(w)
	}
	return r.Page(w, "meeting/door", p)
}

func (h *Web) doorPage(r *web.Request) (p doorPage, at time.Time, err error) {
	ctx := r.Context()
	m, err := h.s.Get(ctx, r.Actor, r.PathValue("id"))
	if err != nil {
		return p, at, err
	}
	if m.State != meeting.Planned && m.State != meeting.Held {
		return p, at, fault.Clash("meeting.error.state_" + string(m.State))
	}
	p = doorPage{ID: m.ID, Title: title(r, m), When: when(r, m), Q: r.URL.Query().Get("q"), Nameless: m.Nameless}
	d, err := h.s.Door(ctx, r.Actor, m.ID)
	if err != nil {
		return p, at, err
	}
	p.ByReceipt, p.Total = d.Answers, d.Total
	if err := h.places(r, d, &p); err != nil || m.Nameless {
		return p, m.At, err
	}
	said, err := h.s.Answers(ctx, r.Actor, m.ID)
	if err != nil {
		return p, at, err
	}
	ids := slices.Concat(d.Present, keepers(m))
	for _, a := range said {
		if a.Person != "" && a.Coming != meeting.No {
			ids = append(ids, a.Person)
		}
	}
	names, err := h.s.Names(ctx, r.Actor, m, ids)
	if err != nil {
		return p, at, err
	}
	for id, name := range names {
		if slices.Contains(d.Present, id) {
			p.Here = append(p.Here, nameLine{id, name})
		} else {
			p.Expected = append(p.Expected, nameLine{id, name})
		}
	}
	if p.Q != "" {
		p.Searched = true
		found, err := h.people.Find(ctx, r.Actor, p.Q, 20)
		if err != nil && !fault.Is(err, fault.Forbidden) {
			return p, at, err
		}
		for _, c := range found {
			if names[c.ID] == "" {
				p.Found = append(p.Found, nameLine{c.ID, c.Name})
			}
		}
	}
	for _, list := range [][]nameLine{p.Expected, p.Here} {
		slices.SortFunc(list, func(a, b nameLine) int { return strings.Compare(a.Name, b.Name) })
	}
	return p, m.At, nil
}

// places are the institutions one can be counted with.
func (h *Web) places(r *web.Request, d meeting.Door, p *doorPage) error {
	n := map[string]int{}
	for _, t := range d.Tallies {
		n[t.Institution] = t.N
	}
	p.Without = n[""]
	list, err := h.people.Institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, i := range list {
		if !i.Closed || n[i.ID] > 0 {
			p.Places = append(p.Places, tallyLine{i.ID, i.Name, n[i.ID]})
		}
	}
	return nil
}

// doorAct takes one press at the door; it may come from a phone that had no line.
func (h *Web) doorAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id, person, key := r.Context(), r.PathValue("id"), r.Form("person"), r.Key()
	flash := "meeting.flash.arrived"
	switch r.Form("act") {
	case "arrive":
		err = h.s.Arrive(ctx, r.Actor, id, person, key)
	case "absent":
		flash, err = "meeting.flash.absent", h.s.Absent(ctx, r.Actor, id, person, key)
	case "receipt":
		err = h.s.ArriveByReceipt(ctx, r.Actor, id, r.Form("receipt"), key)
	case "count":
		n, ok := r.FormInt("n")
		if !ok {
			n = 0
		}
		flash, err = "meeting.flash.counted", h.s.Count(ctx, r.Actor, id, r.Form("institution"), n, key)
	default:
		if _, err = h.s.Get(ctx, r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/meetings/"+id+"/door", flash)
	}
	p, _, perr := h.doorPage(r)
	if perr != nil {
		return perr
	}
	p.Receipt = r.Form("receipt")
	return r.Fail(w, "meeting/door", p, err)
}
