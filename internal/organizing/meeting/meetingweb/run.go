// The meeting while it runs: the clock of the agenda, notes, decisions and
// commitments; and the evaluation at its end.
package meetingweb

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

type runItem struct {
	agendaLine
	N       int
	Open    bool // its notes are being written
	Code    string
	Started string // RFC 3339 of an item that is on
}

type promiseLine struct {
	ID, Who, What, Due string
	Late               bool
}

type typed struct{ What, Dissent, Method, Who, Promise, Due, Notes string }

type runPage struct {
	ID, Title, When, Round, Now string
	Items                       []runItem
	On                          int // the item that is on, or -1
	Next                        int // the one to begin, or -1
	Promises                    []promiseLine
	Decisions                   []decisionLine
	Methods, People             []Option
	Typed                       typed
	Decide                      string
	Held                        bool
}

func (h *Web) run(w http.ResponseWriter, r *web.Request) error {
	p, err := h.runPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "meeting/run", p)
}

func (h *Web) runPage(r *web.Request) (p runPage, err error) {
	m, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if m.State != meeting.Planned && m.State != meeting.Held {
		return p, fault.Clash("meeting.error.state_" + string(m.State))
	}
	p = runPage{ID: m.ID, Title: title(r, m), When: when(r, m), Round: m.Round, Now: r.Now().UTC().Format(time.RFC3339), On: m.Running(), Next: -1, Decisions: decisions(r, m), Held: m.State == meeting.Held}
	for i, l := range agenda(r, m) {
		it := runItem{agendaLine: l, N: i, Code: m.Agenda[i].Code}
		if l.On {
			it.Started = m.Agenda[i].Started.UTC().Format(time.RFC3339)
		}
		if p.Next < 0 && i > p.On && !l.Done && !l.On {
			p.Next = i
		}
		p.Items = append(p.Items, it)
	}
	p.Methods = options(r, "meeting.method.", meeting.Methods(), "consent")
	p.Typed.Due = m.At.In(r.Zone()).AddDate(0, 0, 7).Format(time.DateOnly)
	if h.o.Decide != nil {
		p.Decide = h.o.Decide(m.Ref())
	}
	return p, h.promises(r, m, &p)
}

// promises are what is still open, and who may promise: those in the team and those there.
func (h *Web) promises(r *web.Request, m meeting.Meeting, p *runPage) error {
	list, err := h.s.Promises(r.Context(), r.Actor, m.ID)
	if err != nil {
		return err
	}
	door, err := h.s.Door(r.Context(), r.Actor, m.ID)
	if err != nil {
		return err
	}
	ids := slices.Concat(door.Present, keepers(m))
	for _, c := range list {
		ids = append(ids, c.Person)
	}
	names, err := h.s.Names(r.Context(), r.Actor, m, ids)
	if err != nil {
		return err
	}
	for _, c := range list {
		p.Promises = append(p.Promises, promiseLine{ID: c.ID, Who: names[c.Person], What: c.What, Due: r.Localizer().Date(c.Due, r.Zone()), Late: c.Late(r.Now())})
	}
	for id, name := range names {
		p.People = append(p.People, Option{Value: id, Label: name})
	}
	slices.SortFunc(p.People, func(a, b Option) int {
		if a.Label < b.Label {
			return -1
		}
		return 1
	})
	return nil
}

func (h *Web) runAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id, key := r.Context(), r.PathValue("id"), r.Key()
	item, _ := r.FormInt("item")
	notes := "notes_" + strconv.Itoa(item)
	t, bad := typedIn(r, notes)
	due, derr := time.ParseInLocation(time.DateOnly, t.Due, r.Zone())
	if derr == nil {
		due = due.Add(20 * time.Hour) // the evening of that day
	}
	to, flash, act := "", "meeting.flash.saved", r.Form("act")
	if len(bad) > 0 {
		act, err = "", fault.Wrong(bad...)
	}
	switch act {
	case "begin":
		flash, err = "", h.s.Begin(ctx, r.Actor, id, item, key)
	case "stop":
		flash, err = "", h.s.Stop(ctx, r.Actor, id, key)
	case "note":
		to, err = "#notes", renamed(h.s.Note(ctx, r.Actor, id, item, t.Notes, key), "notes", notes)
	case "decide":
		to, err = "#decisions", h.s.Decide(ctx, r.Actor, id, meeting.DecideIn{What: t.What, Method: t.Method, Dissent: t.Dissent, Key: key})
	case "promise":
		to, err = "#commitments", h.s.Promise(ctx, r.Actor, id, people.Commitment{Person: t.Who, What: t.Promise, Due: due, Remind: true}, key)
		err = renamed(err, "what", "promise")
	case "settle":
		to, err = "#commitments", h.s.Settle(ctx, r.Actor, id, people.SettleIn{ID: r.Form("commitment"), State: people.CommitmentState(r.Form("how")), Due: due, Key: key})
	default:
		if _, gone := h.s.Get(ctx, r.Actor, id); gone != nil {
			return gone
		}
		if err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	switch {
	case err == nil && flash != "":
		return r.RedirectWith(w, "/meetings/"+id+"/run"+to, flash)
	case err == nil:
		return r.Redirect(w, "/meetings/"+id+"/run")
	}
	p, perr := h.runPage(r)
	if perr != nil {
		return perr
	}
	if t.Due == "" {
		t.Due = p.Typed.Due
	}
	p.Typed = t
	if r.Form("act") == "note" && item >= 0 && item < len(p.Items) {
		p.Items[item].Notes, p.Items[item].Open = t.Notes, true
	}
	return r.Fail(w, "meeting/run", p, err)
}

// typedIn is what was typed into the form that was sent, and what it must not say.
func typedIn(r *web.Request, notes string) (t typed, bad []fault.Field) {
	t = typed{Method: r.Form("method"), Who: r.Form("who"), Due: r.Form("due")}
	var dissent, promise, noted []fault.Field
	t.What, bad = r.Guarded("what")
	t.Dissent, dissent = r.Guarded("dissent")
	t.Promise, promise = r.Guarded("promise")
	t.Notes, noted = r.GuardedText(notes, r.FormValue(notes))
	return t, slices.Concat(bad, dissent, promise, noted)
}

// renamed points a core's mistake at the form's own field.
func renamed(err error, from, to string) error {
	fields := slices.Clone(fault.FieldsOf(err))
	if len(fields) == 0 {
		return err
	}
	for i := range fields {
		if fields[i].Name == from {
			fields[i].Name = to
		}
	}
	return fault.Because(fault.Wrong(fields...), err)
}

type evaluatePage struct {
	ID, Title                string
	Feelings, Worked, Change string
	Total                    int
	Held                     bool
}

// evaluateForm is the short form; a meeting that has a round is looked back at there.
func (h *Web) evaluateForm(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if url, err := h.round(r, m); err != nil || url != "" && url != r.URL.Path {
		return errors.Join(err, r.Redirect(w, url))
	}
	p, err := h.evaluatePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "meeting/evaluate", p)
}

func (h *Web) evaluatePage(r *web.Request) (p evaluatePage, err error) {
	m, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if m.State != meeting.Held && m.State != meeting.Planned {
		return p, fault.Clash("meeting.error.state_" + string(m.State))
	}
	door, err := h.s.Door(r.Context(), r.Actor, m.ID)
	return evaluatePage{ID: m.ID, Title: title(r, m), Total: door.Total, Held: m.State == meeting.Held}, err
}

func (h *Web) evaluate(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := meeting.EvaluateIn{Key: r.Key()}
	var bad, worked, change []fault.Field
	in.Feelings, bad = r.GuardedText("feelings", r.FormValue("feelings"))
	in.Worked, worked = r.GuardedText("worked", r.FormValue("worked"))
	in.Change, change = r.GuardedText("change", r.FormValue("change"))
	bad = slices.Concat(bad, worked, change)
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Evaluate(r.Context(), r.Actor, r.PathValue("id"), in)
	}
	if err == nil {
		return r.RedirectWith(w, "/meetings/"+r.PathValue("id"), "meeting.flash.evaluated")
	}
	p, perr := h.evaluatePage(r)
	if perr != nil {
		return perr
	}
	p.Feelings, p.Worked, p.Change = in.Feelings, in.Worked, in.Change
	return r.Fail(w, "meeting/evaluate", p, err)
}
