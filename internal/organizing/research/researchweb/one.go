// One research action, and what is done with it.
package researchweb

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
)

// roleLine is a part and who has it.
type roleLine struct {
	Role, Text, Who string
	Empty           bool
}

func roleLines(r *web.Request, a research.Action, names map[string]string) (out []roleLine) {
	for _, role := range research.Roles() {
		line := roleLine{Role: r.T("research.role." + string(role)), Text: r.T("research.does." + string(role)), Empty: true}
		line.Who = whoHas(r, a, role, names)
		line.Empty = line.Who == ""
		out = append(out, line)
	}
	if along := whoHas(r, a, research.NoRole, names); along != "" {
		out = append(out, roleLine{Role: r.T("research.role.none"), Who: along})
	}
	return out
}

// whoHas names those with a part; whom the reader may not name are counted.
func whoHas(r *web.Request, a research.Action, role research.Role, names map[string]string) string {
	var who []string
	unnamed := 0
	for _, p := range a.Parts {
		switch {
		case p.Role != role:
		case names[p.Person] == "":
			unnamed++
		default:
			who = append(who, names[p.Person])
		}
	}
	if unnamed > 0 {
		who = append(who, r.T("research.of_us", "Count", unnamed))
	}
	return r.Localizer().List(who)
}

type noteLine struct {
	ID, Text, Link, Where, When, Who string
}

type questionLine struct {
	Text    string
	Answers []noteLine
}

type followLine struct {
	Step, Label, Who, When, Exact string
	URL                           string // where it is done
	Done, Late                    bool
	People                        []Option
	Due                           string
}

type promiseLine struct {
	Who, What, Due string
	State          pill
}

type onePage struct {
	ID, Host, When            string
	State                     pill
	Next                      *nextLine
	Is                        research.State
	Warnings                  []string
	Facts                     []fact
	Parts                     []roleLine
	Came, Others              int
	Questions                 []questionLine
	Learned, Heard, Documents []noteLine
	Loose                     []noteLine // answers to questions that are gone
	Follows                   []followLine
	Promises                  []promiseLine
	People                    []Option
	Typed                     struct{ Who, What, Due string }
	Evaluation, NewOffice     string
	MayKeep, Ready, CanClose  bool // the day is here; everything that has to follow is done
	Rehearsable               bool
	Notes                     bool
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "research/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	ctx := r.Context()
	f, err := h.s.Get(ctx, r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	names, err := h.s.Names(ctx, r.Actor, f.Action, ids(f.Action))
	if err != nil {
		return p, err
	}
	p = onePage{ID: f.ID, Host: f.Host, When: when(r, f.Action), State: state(r, f.Action), Is: f.State, Next: h.next(r, f, names), Parts: roleLines(r, f.Action, names), Others: f.Others,
		MayKeep: may(r, keep), Ready: r.Now().After(f.At.Add(-2 * time.Hour)), Rehearsable: f.State == research.Planned, NewOffice: h.o.NewOffice}
	for _, v := range f.Warnings() {
		switch v {
		case research.EmptyRole:
			p.Warnings = append(p.Warnings, emptyParts(r, f.Action))
		case research.ManyQuestions, research.FewQuestions:
			p.Warnings = append(p.Warnings, r.T("research.warning."+string(v), "Count", len(f.Questions)))
		default:
			p.Warnings = append(p.Warnings, r.T("research.warning."+string(v)))
		}
	}
	for _, part := range f.Parts {
		if part.Came {
			p.Came++
		}
	}
	if p.Facts, err = h.facts(r, f.Action); err != nil {
		return p, err
	}
	if err := h.noted(r, f, &p); err != nil {
		return p, err
	}
	if f.State == research.Planned || f.State == research.Rehearsed || f.State == research.Cancelled {
		return p, nil
	}
	if h.o.Evaluation != nil {
		if p.Evaluation, err = h.o.Evaluation(r, f.Ref()); err != nil {
			return p, err
		}
	}
	return p, h.after(r, f, names, &p)
}

func (h *Web) facts(r *web.Request, a research.Action) ([]fact, error) {
	l := r.Localizer()
	issue, err := h.s.IssueName(r.Context(), r.Actor, a.Issue)
	if err != nil {
		return nil, err
	}
	teams, err := h.s.Teams(r.Context(), r.Actor)
	if err != nil {
		return nil, err
	}
	out := []fact{{Term: r.T("research.issue"), Text: issue}}
	if issue != "" && h.o.Issue != nil {
		out[0].Href = h.o.Issue(a.Issue)
	}
	var words []string
	for _, v := range a.Purposes {
		words = append(words, r.T("research.purpose."+string(v)))
	}
	out = append(out, fact{Term: r.T("research.purpose"), Text: l.List(words)})
	place := r.T("people.place." + a.Place)
	if a.Where != "" {
		place += ", " + a.Where
	}
	out = append(out, fact{Term: r.T("research.place"), Text: place}, fact{Term: r.T("research.lang"), Text: l.LanguageName(a.Language)})
	if !a.RehearseAt.IsZero() {
		out = append(out, fact{Term: r.T("research.rehearsal"), Text: l.LongDate(a.RehearseAt, r.Zone()) + ", " + l.Clock(a.RehearseAt, r.Zone()) + ", " + r.T("research.hour")})
	}
	if i := slices.IndexFunc(teams, func(t research.Team) bool { return t.ID == a.Team }); i >= 0 {
		f := fact{Term: r.T("research.team"), Text: teams[i].Name}
		if h.o.Team != nil {
			f.Href = h.o.Team(a.Team)
		}
		out = append(out, f)
	}
	return append(out, fact{Term: r.T("research.answers_for"), Text: h.o.Name(r.Context(), r.Actor.Org, a.Account)}), nil
}

// noted puts every note where it belongs.
func (h *Web) noted(r *web.Request, f research.Found, p *onePage) error {
	for _, q := range f.Questions {
		p.Questions = append(p.Questions, questionLine{Text: q.Text})
	}
	list, err := h.s.Notes(r.Context(), r.Actor, f.ID)
	if err != nil {
		return err
	}
	p.Notes = len(list) > 0
	for _, n := range list {
		line := noteLine{ID: n.ID, Text: n.Text, Link: n.Link, Where: n.Where, When: r.Localizer().Clock(n.At, r.Zone()), Who: h.o.Name(r.Context(), r.Actor.Org, n.Account)}
		i := slices.IndexFunc(f.Questions, func(q research.Question) bool { return q.ID == n.Question })
		switch {
		case n.Kind == research.Learned:
			p.Learned = append(p.Learned, line)
		case n.Kind == research.Heard:
			p.Heard = append(p.Heard, line)
		case n.Kind == research.Document:
			p.Documents = append(p.Documents, line)
		case i >= 0:
			p.Questions[i].Answers = append(p.Questions[i].Answers, line)
		default:
			p.Loose = append(p.Loose, line)
		}
	}
	return nil
}

// after is what has to follow, and what was promised.
func (h *Web) after(r *web.Request, f research.Found, names map[string]string, p *onePage) error {
	l := r.Localizer()
	staff, err := h.o.Staff(r.Context(), r.Actor.Org)
	if err != nil {
		return err
	}
	choices := func(person, account string) (out []Option) {
		for _, id := range sorted(names) {
			if _, in := f.In([]string{id}); in {
				out = append(out, Option{Value: "person:" + id, Label: names[id], Checked: id == person})
			}
		}
		for _, c := range staff {
			out = append(out, Option{Value: "account:" + c.Account, Label: c.Name, Checked: person == "" && c.Account == account})
		}
		return out
	}
	p.CanClose = f.State == research.Evaluated
	for _, x := range f.Follows {
		line := followLine{Step: string(x.Step), Label: r.T("research.step." + string(x.Step)), Who: h.who(r, x.Person, x.Account, names), When: l.Ago(x.Due, r.Now(), r.Zone()), Exact: l.Date(x.Due.In(r.Zone())),
			Done: !x.Done.IsZero(), Late: x.Late(r.Now()), People: choices(x.Person, x.Account), Due: x.Due.In(r.Zone()).Format(time.DateOnly)}
		switch {
		case x.Step == research.PowerMap && h.o.PowerMap != nil && f.Issue != "":
			line.URL = h.o.PowerMap(f.Issue)
		case x.Step == research.NextOne && may(r, begin):
			line.URL = "/research/new?issue=" + f.Issue + "&office=" + f.Office + "&team=" + f.Team
		}
		p.CanClose = p.CanClose && line.Done
		p.Follows = append(p.Follows, line)
	}
	p.People = choices("", r.Actor.Account)
	p.Typed.Due = f.At.In(r.Zone()).AddDate(0, 0, 7).Format(time.DateOnly)
	list, err := h.s.Promises(r.Context(), r.Actor, f.ID)
	for _, c := range list {
		line := promiseLine{Who: h.who(r, c.Person, c.Account, names), What: c.What, Due: l.Date(c.Due.In(r.Zone())), State: pill{Kind: "info", Label: r.T("people.promise." + string(c.State))}}
		switch {
		case c.Late(r.Now()):
			line.State = pill{Kind: "late", Label: r.T("people.promise.late")}
		case c.State == people.Open:
			line.State.Kind = "wait"
		case c.State == people.Done:
			line.State.Kind = "ok"
		}
		p.Promises = append(p.Promises, line)
	}
	return err
}

// act is what changes the whole action, a step that has to follow, or a promise.
func (h *Web) act(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id, key := r.Context(), r.PathValue("id"), r.Key()
	flash, at := "research.flash.saved", ""
	act, step, _ := strings.Cut(r.Form("act"), ":")
	kind, who, _ := strings.Cut(r.Form("who"), ":")
	what, bad := r.Guarded("what")
	switch act {
	case "rehearse":
		flash, err = "research.flash.rehearsed", h.s.Rehearse(ctx, r.Actor, id, key)
	case "cancel":
		flash, err = "research.flash.cancelled", h.s.Cancel(ctx, r.Actor, id, key)
	case "done", "undone":
		at, err = "#follow", h.s.Done(ctx, r.Actor, id, research.Step(step), act == "done", idem.Form(key, act, step))
	case "give":
		f := research.Follow{Step: research.Step(step), Due: day(r, "due")}
		if kind == "person" {
			f.Person = who
		} else if kind == "account" {
			f.Account = who
		}
		at, err = "#follow", h.s.Give(ctx, r.Actor, id, f, idem.Form(key, act, step))
	case "promise":
		c := people.Commitment{What: what, Due: day(r, "due"), Remind: true}
		if kind == "person" {
			c.Person = who
		} else if kind == "account" {
			c.Account = who
		}
		if at, err = "#commitments", fault.Wrong(bad...); len(bad) == 0 {
			err = h.s.Promise(ctx, r.Actor, id, c, key)
		}
	case "unnote":
		at, err = "#notes", h.s.Unnote(ctx, r.Actor, id, step, idem.Form(key, act, step))
	case "close":
		flash, err = "research.flash.closed", h.s.FollowUp(ctx, r.Actor, id, key)
	default:
		if _, err = h.s.Get(ctx, r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/research/"+id+at, flash)
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	p.Typed.Who, p.Typed.What = r.Form("who"), what
	if act == "promise" {
		p.Typed.Due = r.Form("due")
		for i := range p.People {
			p.People[i].Checked = p.People[i].Value == p.Typed.Who
		}
	}
	return r.Fail(w, "research/one", p, err)
}
