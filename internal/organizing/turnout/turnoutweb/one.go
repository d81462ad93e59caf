// One turnout: for an organizer the whole with its pictures, for a leader their own
// branch and what they said they would bring.
package turnoutweb

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type step struct {
	Owner, Act, When, Exact, Kind string
	URL, Label                    string
}

type bodyLine struct {
	ID, Name                          string
	Goal, Asked, Yes, Confirmed, Came string
	Share, Roll                       string
}

type bringerLine struct {
	Person, Name, Say, Institution string
}

type askLine struct {
	Person, Name, By, Say string
	State                 pill
	Open                  bool // an answer can be written down
}

type onePage struct {
	head
	Where, Event, EventURL  string
	Round                   string
	State                   pill
	Next                    *step
	Seats, Promises, More   int
	Enough                  bool
	Funnel                  *drawing
	Bars                    *drawing
	Bodies                  []bodyLine
	Bringers                []bringerLine
	DoorOpen, Over, MayLead bool
	Late, Came              bool // the columns of what was confirmed, and of who came
	// a leader's
	Mine    turnout.Numbers
	Brings  bool
	Missing int
	Others  int // of the branch, whose names the reader does not see
	Asks    []askLine
	Self    string
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	if !p.Whole {
		return r.Page(w, "turnout/mine", p)
	}
	return r.Page(w, "turnout/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	b, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = onePage{head: headOf(r, b), Where: b.Where, State: where(r, b), Seats: b.Goal, Promises: turnout.Promises(b.Goal), DoorOpen: b.Door(r.Now()), Over: r.Now().After(b.At), MayLead: may(r, access.Approve), Self: b.Self}
	if h.o.Event != nil {
		if l, ok := h.o.Event(r, b.Ref); ok {
			p.Event, p.EventURL = l.Label, l.URL
		}
	}
	if h.o.Round != nil && b.State == turnout.Held {
		if p.Round, err = h.o.Round(r, b.Ref); err != nil {
			return p, err
		}
	}
	names, err := h.called(r, everybody(b))
	if err != nil {
		return p, err
	}
	if !b.Whole {
		h.mine(r, b, names, &p)
		return p, nil
	}
	n := b.Sums.Total
	p.More = max(0, p.Promises-n.Yes)
	p.Enough = p.More == 0
	p.Late, p.Came = n.Confirmed > 0 || !p.Open || b.Confirming(r.Now()) || p.DoorOpen, p.DoorOpen || !p.Open
	p.Next = h.next(r, b, n)
	f := funnel(r, n)
	p.Funnel = &f
	places, _, err := h.institutions(r)
	if err != nil {
		return p, err
	}
	h.bodies(r, b, places, &p)
	for _, s := range b.Shares {
		if s.Person == "" {
			continue
		}
		line := bringerLine{Person: s.Person, Name: somebody(r, names, s.Person)}
		if s.Institution != "" {
			line.Institution = places[s.Institution]
		}
		m := b.Branch(s.Person)
		line.Say = r.T("turnout.say_bringer", "Goal", m.Goal, "Yes", m.Yes)
		if b.State == turnout.Held && !b.Nameless {
			line.Say = r.T("turnout.say_brought", "Goal", m.Goal, "Yes", m.Yes, "Came", m.Attended)
		}
		p.Bringers = append(p.Bringers, line)
	}
	byName(p.Bringers, func(l bringerLine) string { return l.Name })
	return p, nil
}

// next is whose turn it is, for what and until when.
func (h *Web) next(r *web.Request, b turnout.Board, n turnout.Numbers) *step {
	act, by, late := b.Next(n, r.Now())
	if act == turnout.Nothing {
		return nil
	}
	l := r.Localizer()
	s := &step{Act: r.T("turnout.next." + string(act)), When: l.Ago(by, r.Now(), r.Zone()), Exact: l.DateTime(by.In(r.Zone())), Kind: "wait"}
	if late {
		s.Kind = "late"
	}
	if h.o.Name != nil {
		s.Owner = h.o.Name(r, b.Account)
	}
	s.Owner = cmp.Or(s.Owner, r.T("turnout.organizer"))
	switch act {
	case turnout.AskMore:
		s.URL, s.Label = "/ask", r.T("turnout.ask")
	case turnout.AskAgain:
		s.URL, s.Label = "/calls", r.T("turnout.calls")
	case turnout.KeepDoor:
		s.URL, s.Label = "/door", r.T("turnout.door")
		if b.Nameless {
			s.URL, s.Label = "/tally", r.T("turnout.tally")
		}
	}
	return s
}

// bodies are the institutions by name, as a table and as bars.
func (h *Web) bodies(r *web.Request, b turnout.Board, names map[string]string, p *onePage) {
	l := r.Localizer()
	list := slices.Clone(b.Sums.Bodies)
	byName(list, func(x turnout.Body) string { return names[x.Institution] })
	second := 2 // confirmed, until people have come
	if b.Sums.Total.Attended > 0 {
		second = 3
	}
	k := picture(r, "institutions", r.T("turnout.institutions"))
	k.Corner, k.Description = r.T("turnout.institution"), r.T("turnout.bars_says")
	k.Series = []chart.Series{{Name: r.T("turnout.stage.yes")}, {Name: r.T("turnout.stage." + stageCodes[second])}}
	for _, x := range list {
		name := cmp.Or(names[x.Institution], r.T("turnout.institution_gone"))
		line := bodyLine{ID: x.Institution, Name: name, Goal: l.Number(x.Goal), Asked: l.Number(x.Asked), Yes: l.Number(x.Yes), Confirmed: l.Number(x.Confirmed), Came: l.Number(x.Attended)}
		if x.Yes > 0 && b.State == turnout.Held {
			line.Share = l.Percent(float64(x.Attended) / float64(x.Yes))
		}
		if x.Roll >= 0 {
			line.Roll = l.Number(x.Roll)
		}
		p.Bodies = append(p.Bodies, line)
		if x.Yes+x.Attended > 0 {
			v := stages(x.Numbers)
			k.Categories = append(k.Categories, name)
			k.Series[0].Values = append(k.Series[0].Values, chart.Value{N: float64(v[1])})
			k.Series[1].Values = append(k.Series[1].Values, chart.Value{N: float64(v[second])})
		}
	}
	if len(k.Categories) > 0 {
		p.Bars = &drawing{ID: k.ID, Title: k.Title, Summary: k.Description, SVG: chart.Bars(k), Table: k.Table()}
	}
}

// mine is a leader's own branch.
func (h *Web) mine(r *web.Request, b turnout.Board, names map[string]string, p *onePage) {
	p.Mine = b.Branch(b.Self)
	_, p.Brings = b.ShareOf(b.Self)
	p.Missing = max(0, p.Mine.Goal-p.Mine.Yes)
	for _, k := range b.Asks {
		if k.Person == b.Self {
			continue
		}
		if names[k.Person] == "" {
			p.Others++
			continue
		}
		line := askLine{Person: k.Person, Name: names[k.Person], State: state(r, k), Open: b.State == turnout.Open && !k.Present}
		if k.By != b.Self && k.By != "" {
			line.By = somebody(r, names, k.By)
		}
		if s, ok := b.ShareOf(k.Person); ok {
			line.Say = r.T("turnout.say_bringer", "Goal", s.Goal, "Yes", b.Branch(k.Person).Yes)
		}
		p.Asks = append(p.Asks, line)
	}
	byName(p.Asks, func(l askLine) string { return l.Name })
}

// note writes down how a talk went, from a leader's page or the tree.
func (h *Web) note(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id, to := r.PathValue("id"), ""
	if r.Form("from") == "tree" {
		to = "/tree"
	}
	flash, err := "turnout.flash.noted", error(nil)
	if r.Form("result") == "drop" {
		flash, err = "turnout.flash.dropped", h.s.Drop(r.Context(), r.Actor, id, r.Form("person"), r.Key())
	} else {
		err = h.s.Note(r.Context(), r.Actor, id, r.Form("person"), turnout.Result(r.Form("result")), r.Key())
	}
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id+to, flash)
	}
	if to != "" {
		p, perr := h.treePage(r)
		if perr != nil {
			return perr
		}
		return r.Fail(w, "turnout/tree", p, err)
	}
	return h.failOne(w, r, err)
}

func (h *Web) failOne(w http.ResponseWriter, r *web.Request, err error) error {
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	page := "turnout/one"
	if !p.Whole {
		page = "turnout/mine"
	}
	return r.Fail(w, page, p, err)
}

// act makes the numbers final or calls the turnout off.
func (h *Web) act(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, flash := r.PathValue("id"), ""
	switch r.Form("act") {
	case "hold":
		flash, err = "turnout.flash.held", h.s.Hold(r.Context(), r.Actor, id, r.Key())
	case "cancel":
		flash, err = "turnout.flash.cancelled", h.s.Cancel(r.Context(), r.Actor, id, r.Key())
	default:
		if _, err = h.s.Get(r.Context(), r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id, flash)
	}
	return h.failOne(w, r, err)
}

type sharePage struct {
	head
	Institution, Person, Name   string
	Places                      []Option
	Goal, Asked, Yes, Confirmed string
	Q                           string
	Searched                    bool
	People                      []Option
	OfPerson                    bool // the form is of somebody who brings people
}

func (h *Web) share(w http.ResponseWriter, r *web.Request) error {
	p, err := h.sharePage(r, turnout.ShareIn{Institution: r.Form("institution"), Person: r.Form("person")}, true)
	if err != nil {
		return err
	}
	return r.Page(w, "turnout/share", p)
}

func (h *Web) sharePage(r *web.Request, in turnout.ShareIn, stored bool) (p sharePage, err error) {
	b, err := h.editable(r)
	if err != nil {
		return p, err
	}
	if !b.Whole && in.Person == "" {
		in.Person = b.Self
	}
	p = sharePage{head: headOf(r, b), Institution: in.Institution, Person: in.Person, OfPerson: in.Person != "" || r.Form("of") == "person", Q: r.Form("q")}
	if stored {
		for _, s := range b.Shares {
			if in.Person != "" && s.Person == in.Person || in.Person == "" && s.Person == "" && s.Institution == in.Institution && in.Institution != "" {
				in.Institution, in.Goal, in.Asked, in.Yes, in.Confirmed = cmp.Or(in.Institution, s.Institution), s.Goal, s.Asked, s.Yes, s.Confirmed
			}
		}
	}
	show := func(n int) string {
		if n == 0 && stored {
			return ""
		}
		return strconv.Itoa(n)
	}
	p.Institution, p.Goal, p.Asked, p.Yes, p.Confirmed = in.Institution, show(in.Goal), show(in.Asked), show(in.Yes), show(in.Confirmed)
	_, order, err := h.institutions(r)
	if err != nil {
		return p, err
	}
	p.Places = places(order, p.Institution)
	if in.Person != "" {
		names, err := h.called(r, []string{in.Person})
		p.Name = somebody(r, names, in.Person)
		return p, err
	}
	if p.OfPerson && p.Q != "" {
		p.People, p.Searched, err = h.find(r, p.Q)
	}
	return p, err
}

// find looks for people by name, to choose one.
func (h *Web) find(r *web.Request, q string) (out []Option, searched bool, err error) {
	found, err := h.people.Find(r.Context(), r.Actor, q, 20)
	for _, c := range found {
		out = append(out, Option{Value: c.ID, Label: c.Name, Checked: len(found) == 1})
	}
	return out, true, err
}

func (h *Web) undertake(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := turnout.ShareIn{Institution: r.Form("institution"), Person: r.Form("person"), Goal: number(r, "goal"), Asked: number(r, "asked"), Yes: number(r, "yes"), Confirmed: number(r, "confirmed"), Key: r.Key()}
	id := r.PathValue("id")
	err := fault.Wrong(fault.At("person", "turnout.error.person"))
	if r.Form("of") != "person" || in.Person != "" {
		err = h.s.Undertake(r.Context(), r.Actor, id, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id, "turnout.flash.undertaken")
	}
	p, perr := h.sharePage(r, in, false)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "turnout/share", p, err)
}
