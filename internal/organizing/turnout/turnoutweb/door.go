// The door: names to press, numbers to press, and the roll call. Each works on a
// phone without a line; the page of names is kept only around the event.
package turnoutweb

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/web"
)

type nameLine struct{ Person, Name, Place string }

type doorPage struct {
	head
	Expected, Here []nameLine
	Total, Unnamed int
	Kept, Shut     bool
}

// keepWithin is how long around the event the list of names may stay in the browser
// of whoever keeps the door, until they sign out.
const keepWithin = 12 * time.Hour

// atDoor opens a turnout whose door is open.
func (h *Web) atDoor(r *web.Request) (b turnout.Board, shut bool, err error) {
	b, err = h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err == nil && b.State == turnout.Cancelled {
		err = fault.Clash("turnout.error.state_cancelled")
	}
	return b, !b.Door(r.Now()), err
}

func (h *Web) door(w http.ResponseWriter, r *web.Request) error {
	p, at, err := h.doorPage(r)
	if err != nil {
		return err
	}
	if d := at.Sub(r.Now()); d < keepWithin && d > -keepWithin {
		p.Kept = true
		r.KeepOffline(w)
	}
	return r.Page(w, "turnout/door", p)
}

func (h *Web) doorPage(r *web.Request) (p doorPage, at time.Time, err error) {
	b, shut, err := h.atDoor(r)
	if err != nil {
		return p, at, err
	}
	p = doorPage{head: headOf(r, b), Shut: shut}
	for _, x := range b.Sums.Bodies {
		p.Total += x.Attended
	}
	if b.Nameless || shut {
		return p, b.At, nil
	}
	names, err := h.called(r, everybody(b))
	if err != nil {
		return p, at, err
	}
	places, _, err := h.institutions(r)
	if err != nil {
		return p, at, err
	}
	for _, k := range b.Asks {
		if names[k.Person] == "" {
			continue // a name that this reader may not see cannot be called out
		}
		line := nameLine{Person: k.Person, Name: names[k.Person]}
		if k.Institution != "" {
			line.Place = places[k.Institution]
		}
		if k.Present {
			p.Here = append(p.Here, line)
		} else {
			p.Expected = append(p.Expected, line)
		}
	}
	p.Unnamed = max(0, p.Total-len(p.Here))
	for _, list := range [][]nameLine{p.Expected, p.Here} {
		byName(list, func(n nameLine) string { return n.Name })
	}
	return p, b.At, nil
}

// doorAct takes one press at the door; it may come from a phone that had no line.
func (h *Web) doorAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id, person, flash := r.Context(), r.PathValue("id"), r.Form("person"), "turnout.flash.here"
	switch r.Form("act") {
	case "arrive":
		err = h.s.Arrive(ctx, r.Actor, id, person, r.Key())
	case "absent":
		flash, err = "turnout.flash.absent", h.s.Absent(ctx, r.Actor, id, person, r.Key())
	default:
		if _, err = h.s.Get(ctx, r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id+"/door", flash)
	}
	p, _, perr := h.doorPage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "turnout/door", p, err)
}

type tallyLine struct {
	ID, Name, Promised string
	N                  int
	Roll               string // as typed or stored
}

type tallyPage struct {
	head
	Lines []tallyLine
	Total int
	Shut  bool
}

// tally is the data-free door: institutions and numbers, nobody's name. It holds
// nothing of a person, so it may be kept on the phone.
func (h *Web) tally(w http.ResponseWriter, r *web.Request) error {
	p, err := h.tallyPage(r)
	if err != nil {
		return err
	}
	r.KeepOffline(w)
	return r.Page(w, "turnout/tally", p)
}

func (h *Web) tallyPage(r *web.Request) (p tallyPage, err error) {
	b, shut, err := h.atDoor(r)
	if err != nil {
		return p, err
	}
	p = tallyPage{head: headOf(r, b), Shut: shut}
	names, order, err := h.institutions(r)
	if err != nil {
		return p, err
	}
	// A leader counts at the door too, and sees the door's numbers and no promise.
	bodies, err := h.s.AtDoor(r.Context(), r.Actor, b.ID)
	if err != nil {
		return p, err
	}
	at := map[string]turnout.Body{}
	for _, x := range bodies {
		at[x.Institution] = x
		p.Total += x.Attended
	}
	l := r.Localizer()
	add := func(id, name string) {
		x := at[id]
		line := tallyLine{ID: id, Name: name, N: x.Attended}
		if b.Whole && x.Yes > 0 {
			line.Promised = l.Number(x.Yes)
		}
		if x.Institution != "" && x.Roll >= 0 {
			line.Roll = strconv.Itoa(x.Roll)
		}
		p.Lines = append(p.Lines, line)
	}
	for _, i := range order {
		if x := at[i.ID]; !i.Closed || x.Attended > 0 || x.Yes > 0 {
			add(i.ID, i.Name)
		}
	}
	// Those who promised come first, each part by name.
	slices.SortStableFunc(p.Lines, func(x, y tallyLine) int {
		return cmp.Compare(b2i(at[x.ID].Yes+at[x.ID].Goal == 0), b2i(at[y.ID].Yes+at[y.ID].Goal == 0))
	})
	add("", names[""])
	return p, nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// press takes one press of plus or minus: "institution:number".
func (h *Web) press(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	institution, by, _ := strings.Cut(r.Form("press"), ":")
	n, err := strconv.Atoi(by)
	if err != nil {
		n = 0
	}
	if err = h.s.Count(r.Context(), r.Actor, id, institution, n, r.Key()); err == nil {
		return r.Redirect(w, "/turnout/"+id+"/tally#i-"+institution)
	}
	p, perr := h.tallyPage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "turnout/tally", p, err)
}

func (h *Web) roll(w http.ResponseWriter, r *web.Request) error {
	p, err := h.rollPage(r)
	if err != nil {
		return err
	}
	r.KeepOffline(w)
	return r.Page(w, "turnout/roll", p)
}

// rollPage is the institutions that promised or came, with the captain's count.
func (h *Web) rollPage(r *web.Request) (p tallyPage, err error) {
	if p, err = h.tallyPage(r); err != nil {
		return p, err
	}
	p.Lines = slices.DeleteFunc(p.Lines, func(l tallyLine) bool { return l.ID == "" || l.Promised == "" && l.N == 0 && l.Roll == "" })
	return p, nil
}

// rollAct writes down what a captain said in the hall.
func (h *Web) rollAct(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id, institution := r.PathValue("id"), r.Form("institution")
	n, ok := r.FormInt("roll")
	if !ok {
		n = -1
	}
	err := h.s.Roll(r.Context(), r.Actor, id, institution, n, r.Key())
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id+"/roll", "turnout.flash.roll")
	}
	p, perr := h.rollPage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "turnout/roll", p, err)
}
