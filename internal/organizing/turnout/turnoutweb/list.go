// The list of turnouts with what institutions promised and brought, and the form of one.
package turnoutweb

import (
	"net/http"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type listLine struct {
	URL, Title, When, Say string
	State                 pill
}

type reliableLine struct {
	Name             string
	Events, Promised string
	Present, Share   string
}

type listPage struct {
	Coming, Past []listLine
	Reliable     []reliableLine
	MayOpen      bool
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.List(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := listPage{MayOpen: may(r, access.Approve)}
	for _, b := range list {
		line := listLine{URL: "/turnout/" + b.ID, Title: b.Title, When: when(r, b.Turnout), State: where(r, b)}
		n := b.Sums.Total
		if !b.Whole {
			n = b.Branch(b.Self)
		}
		switch {
		case !b.Whole:
			line.Say = r.T("turnout.say_mine", "Yes", n.Yes, "Goal", n.Goal)
		case b.State == turnout.Held:
			line.Say = r.T("turnout.say_past", "Yes", n.Yes, "Came", n.Attended, "Seats", b.Goal)
		default:
			line.Say = r.T("turnout.say_open", "Yes", n.Yes, "Promises", turnout.Promises(b.Goal), "Seats", b.Goal)
		}
		if b.State == turnout.Open {
			p.Coming = append([]listLine{line}, p.Coming...) // the next one first
		} else {
			p.Past = append(p.Past, line)
		}
	}
	if p.MayOpen {
		if p.Reliable, err = h.reliable(r); err != nil {
			return err
		}
	}
	return r.Page(w, "turnout/list", p)
}

// reliable is what institutions promised and brought, by name: a table to prepare
// by, never a ranking, and never of people.
func (h *Web) reliable(r *web.Request) (out []reliableLine, err error) {
	list, err := h.s.Reliable(r.Context(), r.Actor)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	names, _, err := h.institutions(r)
	if err != nil {
		return nil, err
	}
	l := r.Localizer()
	for _, x := range list {
		if names[x.Institution] == "" {
			continue
		}
		line := reliableLine{Name: names[x.Institution], Events: l.Number(x.Events), Promised: l.Number(x.Promised), Present: l.Number(x.Present)}
		if share, ok := x.Share(); ok {
			line.Share = l.Percent(float64(share) / 100)
		}
		out = append(out, line)
	}
	byName(out, func(x reliableLine) string { return x.Name })
	return out, nil
}

// where says how a turnout stands.
func where(r *web.Request, b turnout.Board) pill {
	switch b.State {
	case turnout.Held:
		return pill{"ok", r.T("turnout.state.held"), ""}
	case turnout.Cancelled:
		return pill{"info", r.T("turnout.state.cancelled"), ""}
	}
	_, _, late := b.Next(b.Sums.Total, r.Now())
	if late {
		return pill{"late", r.T("turnout.late"), ""}
	}
	return pill{"wait", r.T("turnout.state.open"), ""}
}

type formPage struct {
	head
	Kinds                                  []Option
	Name, Where, Date, Time, Minutes, Goal string
	Nameless                               bool
	Version                                int64
	Elsewhere                              bool // the event is another room's: its day and name are changed there
}

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	at := r.Now().In(r.Zone()).AddDate(0, 0, 28)
	in := turnout.In{Kind: people.Assembly, Minutes: 75, At: time.Date(at.Year(), at.Month(), at.Day(), 18, 0, 0, 0, r.Zone())}
	return r.Page(w, "turnout/form", h.formPage(r, in, head{}))
}

func (h *Web) formPage(r *web.Request, in turnout.In, at head) formPage {
	p := formPage{head: at, Name: in.Title, Where: in.Where, Nameless: in.Nameless, Version: in.Version, Minutes: strconv.Itoa(in.Minutes)}
	for _, k := range turnout.Kinds() {
		p.Kinds = append(p.Kinds, Option{Value: string(k), Label: r.T("turnout.kind." + string(k)), Checked: k == in.Kind})
	}
	if in.Goal > 0 {
		p.Goal = strconv.Itoa(in.Goal)
	}
	if !in.At.IsZero() {
		p.Date, p.Time = in.At.In(r.Zone()).Format(time.DateOnly), in.At.In(r.Zone()).Format("15:04")
	}
	return p
}

func (h *Web) read(r *web.Request) (in turnout.In, bad []fault.Field) {
	in = turnout.In{Kind: people.Kind(r.Form("kind")), At: moment(r, "date", "time"), Minutes: number(r, "minutes"), Goal: number(r, "goal"), Nameless: r.Checked("nameless"), Key: r.Key()}
	if v, ok := r.FormInt("version"); ok {
		in.Version = int64(v)
	}
	var b []fault.Field
	in.Title, bad = r.Guarded("title")
	in.Where, b = r.Guarded("where")
	return in, append(bad, b...)
}

func (h *Web) open(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, bad := h.read(r)
	made, err := "", fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.Open(r.Context(), r.Actor, in)
	}
	if err != nil {
		return r.Fail(w, "turnout/form", h.formPage(r, in, head{}), err)
	}
	return r.RedirectWith(w, "/turnout/"+made, "turnout.flash.opened")
}

// one turnout that its form may change.
func (h *Web) editable(r *web.Request) (turnout.Board, error) {
	b, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err == nil && b.State != turnout.Open {
		err = fault.Clash("turnout.error.state_" + string(b.State))
	}
	return b, err
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	b, err := h.editable(r)
	if err != nil {
		return err
	}
	return r.Page(w, "turnout/form", h.formPage(r, turnout.In{Kind: b.Kind, At: b.At, Minutes: b.Minutes, Goal: b.Goal, Title: b.Title, Where: b.Where, Nameless: b.Nameless, Version: b.Version}, headOf(r, b)))
}

func (h *Web) change(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	b, err := h.editable(r)
	if err != nil {
		return err
	}
	in, bad := h.read(r)
	in.ID = b.ID
	if err = fault.Wrong(bad...); len(bad) == 0 {
		err = h.s.Change(r.Context(), r.Actor, in)
	}
	if err != nil {
		return r.Fail(w, "turnout/form", h.formPage(r, in, headOf(r, b)), err)
	}
	return r.RedirectWith(w, "/turnout/"+b.ID, "turnout.flash.changed")
}
