// The hour itself: the clock of the run-sheet, what members promise, the end; and
// the roll call.
package assemblyweb

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

type runPage struct {
	ID, Title, When, Now         string
	Items                        []itemLine
	Next                         int
	Live, Held                   bool
	People                       []Option
	Searched                     bool
	Who, Promise, Due, PromiseOf string
	Promises                     []promiseLine
	Closing, NextDay             string
	Waiting, Open                int
}

func (h *Web) run(w http.ResponseWriter, r *web.Request) error {
	p, err := h.runPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/run", p)
}

func (h *Web) runPage(r *web.Request) (p runPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if x.State != assembly.Live && x.State != assembly.Held && x.State != assembly.Ready {
		return p, fault.Clash("assembly.error.not_live")
	}
	list, err := h.s.Promises(r.Context(), r.Actor, x.ID)
	if err != nil {
		return p, err
	}
	names, err := h.s.Names(r.Context(), r.Actor, slices.Concat(x.Keepers(), whose(list)))
	if err != nil {
		return p, err
	}
	p = runPage{ID: x.ID, Title: x.Title, When: when(r, x.Event), Now: r.Now().UTC().Format(time.RFC3339), Items: h.itemLines(r, x, names, ""), Next: -1, Live: x.State == assembly.Live, Held: x.State == assembly.Held,
		Due: dateValue(r, x.At.AddDate(0, 0, 7)), NextDay: dateValue(r, x.FollowUp()), Who: r.Form("who")}
	for i, it := range p.Items {
		if p.Next < 0 && !it.Done && !it.On && !slices.ContainsFunc(p.Items[i:], func(o itemLine) bool { return o.On }) {
			p.Next = i
		}
	}
	for _, c := range list {
		p.Promises = append(p.Promises, promiseLine{orElse(names[c.Person], r.T("assembly.somebody")), c.What, date(r, c.Due)})
	}
	for _, a := range x.Asks {
		st := x.Stands[a.ID]
		if !st.Answered() {
			p.Waiting++
		}
		if st.Open() {
			p.Open++
		}
	}
	p.People, p.Searched, err = h.persons(r, names, r.Form("person"))
	return p, err
}

func (h *Web) runAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id, key := r.Context(), r.PathValue("id"), r.Key()
	promise, closing := "", ""
	to, flash := "/assemblies/"+id+"/run", "assembly.flash.saved"
	var bad []fault.Field
	switch r.Form("act") {
	case "begin":
		flash, err = "", h.s.Begin(ctx, r.Actor, id, r.Form("item"), key)
	case "stop":
		flash, err = "", h.s.Begin(ctx, r.Actor, id, "", key)
	case "promise":
		if promise, bad = r.Guarded("promise"); looking(r) {
			break
		} else if len(bad) > 0 {
			err = fault.Wrong(bad...)
			break
		}
		err = renamed(h.s.Promise(ctx, r.Actor, id, people.Commitment{Person: r.Form("person"), What: promise, Due: evening(r, r.Form("due")), Remind: true}, key), map[string]string{"what": "promise", "who": "person"})
	case "close":
		if closing, bad = r.GuardedText("closing", r.FormValue("closing")); len(bad) > 0 {
			err = fault.Wrong(bad...)
			break
		}
		to, flash = "/assemblies/"+id, "assembly.flash.held"
		err = h.s.Close(ctx, r.Actor, id, assembly.CloseIn{Closing: closing, Next: evening(r, r.Form("next")), Key: key})
	default:
		if _, err = h.s.Get(ctx, r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	found := err == nil && r.Form("act") == "promise" && looking(r)
	switch {
	case found: // the page comes back as it was typed
	case err == nil && flash != "":
		return r.RedirectWith(w, to, flash)
	case err == nil:
		return r.Redirect(w, to)
	}
	p, perr := h.runPage(r)
	if perr != nil {
		return perr
	}
	p.Promise, p.Closing, p.PromiseOf = promise, closing, r.Form("person")
	p.People = chosen(p.People, p.PromiseOf)
	if r.Form("act") == "promise" {
		p.Due = r.Form("due")
	}
	if found {
		return r.Page(w, "assembly/run", p)
	}
	if r.Form("act") == "close" {
		p.NextDay = r.Form("next")
	}
	return r.Fail(w, "assembly/run", p, err)
}

// renamed points a core's mistake at the form's own fields.
func renamed(err error, names map[string]string) error {
	fields := slices.Clone(fault.FieldsOf(err))
	if len(fields) == 0 {
		return err
	}
	for i := range fields {
		if to := names[fields[i].Name]; to != "" {
			fields[i].Name = to
		}
	}
	return fault.Because(fault.Wrong(fields...), err)
}

type rollLine struct {
	ID, Name      string
	Pledged, Door int
	N             int
	Called        bool
}

type rollPage struct {
	ID, Title, When string
	Lines           []rollLine
	Total           int
	Institution, N  string
}

func (h *Web) roll(w http.ResponseWriter, r *web.Request) error {
	p, err := h.rollPage(r)
	if err != nil {
		return err
	}
	r.KeepOffline(w) // institutions and numbers
	return r.Page(w, "assembly/roll", p)
}

func (h *Web) rollPage(r *web.Request) (p rollPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if !x.State.CanPin() {
		return p, fault.Clash("assembly.error.not_ready")
	}
	p = rollPage{ID: x.ID, Title: x.Title, When: when(r, x.Event)}
	places, err := h.people.Institutions(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	called := map[string]int{}
	for _, c := range x.Roll {
		called[c.Institution] = c.N
		p.Total += c.N
	}
	came := map[string]assembly.Came{}
	if h.s.Turnouts != nil {
		t, err := h.s.Turnouts.Summary(r.Context(), r.Actor, x.Ref())
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			return p, err
		}
		for _, c := range t.By {
			came[c.Institution] = c
		}
	}
	for _, i := range places {
		n, ok := called[i.ID]
		c := came[i.ID]
		if i.Closed && !ok && c.Pledged == 0 {
			continue
		}
		p.Lines = append(p.Lines, rollLine{ID: i.ID, Name: i.Name, Pledged: c.Pledged, Door: c.Attended, N: n, Called: ok})
	}
	slices.SortStableFunc(p.Lines, func(a, b rollLine) int { return strings.Compare(a.Name, b.Name) })
	return p, nil
}

// call takes one institution's number; it may come from a phone that had no line.
func (h *Web) call(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	n, ok := r.FormInt("n")
	if !ok {
		n = -1
	}
	err := h.s.Call(r.Context(), r.Actor, r.PathValue("id"), r.Form("institution"), n, r.Written(), r.Key())
	if err == nil {
		return r.RedirectWith(w, "/assemblies/"+r.PathValue("id")+"/roll", "assembly.flash.called")
	}
	p, perr := h.rollPage(r)
	if perr != nil {
		return perr
	}
	p.Institution, p.N = r.Form("institution"), r.Form("n")
	return r.Fail(w, "assembly/roll", p, err)
}
