// The list, and the form of an assembly.
package assemblyweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/platform/web"
)

type line struct {
	URL, Title, When, Next string
	State                  pill
}

type listPage struct {
	Coming, Past []line
	MayMake      bool
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	p := listPage{MayMake: may(r, begin)}
	for _, past := range []bool{false, true} {
		list, err := h.s.List(r.Context(), r.Actor, past)
		if err != nil {
			return err
		}
		for _, e := range list {
			l := line{URL: "/assemblies/" + e.ID, Title: e.Title, When: when(r, e), State: statePill(r, e)}
			if past {
				p.Past = append(p.Past, l)
				continue
			}
			l.Next = r.T("assembly.next." + string(e.State))
			p.Coming = append(p.Coming, l)
		}
	}
	return r.Page(w, "assembly/list", p)
}

type formPage struct {
	ID, Action, Back                    string
	Kinds, Cycles, Languages            []Option
	Observer, Safety                    []Option
	Title, Where, Purpose, Media, Risk  string
	Date, Time, Minutes, Capacity, Goal string
	Cycle, Who                          string
	Nameless, Searched                  bool
	Version                             int64
}

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	at := r.Now().In(r.Zone()).AddDate(0, 0, 42)
	kind := assembly.Kind(r.Form("kind"))
	if !slices.Contains(assembly.Kinds(), kind) {
		kind = assembly.Assembly
	}
	in := assembly.PlanIn{Kind: kind, At: time.Date(at.Year(), at.Month(), at.Day(), 18, 0, 0, 0, r.Zone()), Minutes: 75, Languages: []string{r.Locale}, Cycle: r.Form("cycle")}
	p, err := h.formPage(r, in, assembly.Whole{})
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/form", p)
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (h *Web) formPage(r *web.Request, in assembly.PlanIn, x assembly.Whole) (p formPage, err error) {
	p = formPage{ID: in.ID, Action: "/assemblies/new", Back: "/assemblies", Kinds: options(r, "assembly.kind.", assembly.Kinds(), in.Kind), Languages: spoken(r, in.Languages),
		Title: in.Title, Where: in.Where, Purpose: in.Purpose, Media: in.Media, Risk: in.Risk, Minutes: strconv.Itoa(in.Minutes), Capacity: number(in.Capacity), Goal: number(in.Goal),
		Cycle: in.Cycle, Nameless: in.Nameless, Version: in.Version, Who: r.Form("who")}
	if !in.At.IsZero() {
		local := in.At.In(r.Zone())
		p.Date, p.Time = local.Format(time.DateOnly), local.Format("15:04")
	}
	if in.ID != "" {
		p.Back, p.Action = "/assemblies/"+in.ID, "/assemblies/"+in.ID+"/edit"
	}
	if h.s.Issues != nil {
		cycles, err := h.s.Issues.Cycles(r.Context(), r.Actor)
		if err != nil {
			return p, err
		}
		for _, c := range cycles {
			p.Cycles = append(p.Cycles, Option{Value: c.ID, Label: c.Name, Checked: c.ID == in.Cycle})
		}
		if in.Cycle != "" && !slices.ContainsFunc(p.Cycles, func(o Option) bool { return o.Checked }) { // one that is over by now
			p.Cycles = append(p.Cycles, Option{Value: in.Cycle, Label: r.T("assembly.form.cycle_now"), Checked: true})
		}
	}
	names, err := h.s.Names(r.Context(), r.Actor, x.Keepers())
	if err != nil {
		return p, err
	}
	list, searched, err := h.persons(r, names, in.Observer, in.Safety)
	p.Searched = searched
	p.Observer, p.Safety = chosen(list, in.Observer), chosen(list, in.Safety)
	return p, err
}

// read takes the form as typed, and what it must not say.
func read(r *web.Request) (in assembly.PlanIn, bad []fault.Field) {
	in = assembly.PlanIn{ID: r.PathValue("id"), Kind: assembly.Kind(r.Form("kind")), At: moment(r, "date", "time"), Cycle: r.Form("cycle"), Languages: r.FormAll("languages"),
		Nameless: r.Checked("nameless"), Observer: r.Form("observer"), Safety: r.Form("safety"), Version: r.Version(), Key: r.Key()}
	in.Minutes, _ = r.FormInt("minutes")
	for _, x := range []struct {
		name string
		into *int
	}{{"capacity", &in.Capacity}, {"goal", &in.Goal}} {
		if r.Form(x.name) == "" {
			continue
		}
		n, ok := r.FormInt(x.name)
		if !ok {
			n = -1
		}
		*x.into = n
	}
	for _, x := range []struct {
		name string
		into *string
	}{{"title", &in.Title}, {"where", &in.Where}, {"purpose", &in.Purpose}, {"media", &in.Media}, {"risk", &in.Risk}} {
		text, more := r.GuardedText(x.name, r.Form(x.name))
		*x.into, bad = text, append(bad, more...)
	}
	if i := slices.Index(in.Languages, r.Form("first")); i > 0 { // the language of the chairs comes first
		in.Languages[0], in.Languages[i] = in.Languages[i], in.Languages[0]
	}
	return in, bad
}

func (h *Web) again(w http.ResponseWriter, r *web.Request, in assembly.PlanIn, x assembly.Whole, err error) error {
	p, perr := h.formPage(r, in, x)
	if perr != nil {
		return perr
	}
	p.Date, p.Time, p.Minutes, p.Capacity, p.Goal = r.Form("date"), r.Form("time"), r.Form("minutes"), r.Form("capacity"), r.Form("goal")
	if err == nil { // somebody was looked for
		return r.Page(w, "assembly/form", p)
	}
	if fault.IsStale(err) {
		return r.Stale(w, "assembly/form", p, x.Version, []web.Theirs{{Name: "title", Label: r.T("assembly.form.title"), Value: x.Title}, {Name: "date", Label: r.T("assembly.form.date"), Value: when(r, x.Event)},
			{Name: "where", Label: r.T("assembly.form.where"), Value: x.Where}})
	}
	return r.Fail(w, "assembly/form", p, err)
}

// sheetWords are the lines of a template in the reader's words.
func sheetWords(r *web.Request, k assembly.Kind) (out []assembly.Item) {
	for _, s := range k.Template() {
		it := assembly.Item{ItemWords: assembly.ItemWords{Title: r.T("assembly.item." + s.Code)}}
		if key := "assembly.script." + s.Code; r.Localizer().Has(key) {
			it.Script = r.T(key)
		}
		out = append(out, it)
	}
	return out
}

func (h *Web) make(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, bad := read(r)
	in.ID = ""
	if looking(r) {
		return h.again(w, r, in, assembly.Whole{}, nil)
	}
	var made string
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		in.Sheet = sheetWords(r, in.Kind)
		made, err = h.s.Make(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.again(w, r, in, assembly.Whole{}, err)
	}
	return r.RedirectWith(w, "/assemblies/"+made, "assembly.flash.made")
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !x.State.CanWrite() {
		return fault.Clash("assembly.error.state_" + string(x.State))
	}
	p, err := h.formPage(r, assembly.PlanIn{ID: x.ID, Kind: x.Kind, At: x.At, Minutes: x.Minutes, Capacity: x.Capacity, Goal: x.Goal, Cycle: x.Cycle, Languages: x.Languages, Nameless: x.Nameless,
		Observer: x.Observer, Safety: x.Safety, Words: x.Words, Version: x.Version}, x)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/form", p)
}

func (h *Web) change(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in, bad := read(r)
	if looking(r) {
		return h.again(w, r, in, x, nil)
	}
	err = fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Change(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.again(w, r, in, x, err)
	}
	return r.RedirectWith(w, "/assemblies/"+in.ID, "assembly.flash.saved")
}
