// The run-sheet: building it line by line, and on paper.
package assemblyweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

type itemLine struct {
	N                        int
	ID, At, Title, Minutes   string
	Length                   int
	Lead, Beside, Who        string
	Missing                  bool
	Script, Hints            string
	Lang                     string
	First, Last              bool
	Testimony                string // as it may be named now
	Stopped                  bool
	On, Done                 bool
	Took, Started            string
	Code                     string
	Translated               bool
	Original, OriginalScript string
}

type sheetPage struct {
	ID, Title, When string
	Items           []itemLine
	Minutes, Length int
	CanWrite        bool
}

// itemLines are the lines of the run-sheet as they are read in a language.
func (h *Web) itemLines(r *web.Request, x assembly.Whole, names map[string]string, lang string) (out []itemLine) {
	l, z := r.Localizer(), r.Zone()
	starts := assembly.Starts(x.Items, x.At)
	on := assembly.Running(x.Items)
	for i, it := range x.Items {
		li := itemLine{N: i, ID: it.ID, At: l.Clock(starts[i], z), Length: it.Minutes, Lang: x.Languages[0], First: i == 0, Last: i == len(x.Items)-1, Script: it.Script, Hints: it.Hints, Code: it.Code,
			On: i == on, Done: !it.Ended.IsZero(), Title: it.Title, Translated: true}
		if it.Minutes > 0 {
			li.Minutes = r.T("assembly.minutes", "Count", it.Minutes)
		} else {
			li.Minutes = r.T("assembly.before")
		}
		if lang != "" && lang != x.Languages[0] {
			sp := it.In[lang]
			li.Original, li.OriginalScript = it.Title, it.Script
			li.Translated = sp.Title != ""
			if li.Translated {
				li.Title, li.Script, li.Lang = sp.Title, sp.Script, lang
			}
		}
		var who []string
		for _, p := range []struct {
			id   string
			role people.Role
		}{{it.Lead, it.LeadRole}, {it.Beside, it.Second}} {
			switch {
			case p.id == "" && p.role == "":
			case names[p.id] != "" && p.role == "":
				who = append(who, names[p.id])
			case names[p.id] != "":
				who = append(who, r.T("assembly.who", "Role", r.T("assembly.role."+string(p.role)), "Name", names[p.id]))
			case p.id != "" && p.role != "":
				who = append(who, r.T("assembly.role."+string(p.role)))
			case p.role != "" && p.role != people.Attended:
				who = append(who, r.T("assembly.who_open", "Role", r.T("assembly.role."+string(p.role))))
			}
		}
		li.Missing = it.Lead == "" && it.LeadRole.Public()
		li.Who = l.List(who)
		if li.On {
			li.Started = it.Started.UTC().Format(time.RFC3339)
		}
		if li.Done {
			li.Took = r.T("assembly.minutes", "Count", int(it.Ended.Sub(it.Started).Round(time.Minute).Minutes()))
		}
		out = append(out, li)
	}
	return out
}

func (h *Web) sheet(w http.ResponseWriter, r *web.Request) error {
	p, err := h.sheetPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/sheet", p)
}

func (h *Web) sheetPage(r *web.Request) (p sheetPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	names, err := h.s.Names(r.Context(), r.Actor, x.Keepers())
	if err != nil {
		return p, err
	}
	told, err := h.s.Testimonies(r.Context(), r.Actor, x.Items)
	if err != nil {
		return p, err
	}
	p = sheetPage{ID: x.ID, Title: x.Title, When: when(r, x.Event), Minutes: assembly.Sum(x.Items), Length: x.Minutes, CanWrite: x.State.CanWrite(), Items: h.itemLines(r, x, names, "")}
	for i, it := range x.Items {
		if t, ok := told[it.Story]; ok && it.Story != "" {
			p.Items[i].Testimony, p.Items[i].Stopped = orElse(t.Name, r.T("assembly.testimony.nameless")), !t.OK
		}
	}
	return p, nil
}

// sheetAct moves a line, or takes it off.
func (h *Web) sheetAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, item, key := r.PathValue("id"), r.Form("item"), r.Key()
	switch r.Form("act") {
	case "up", "down":
		err = h.s.Shift(r.Context(), r.Actor, id, "item", item, r.Form("act") == "up", key)
	case "remove":
		err = h.s.Remove(r.Context(), r.Actor, id, "item", item, key)
	default:
		if _, err = h.s.Get(r.Context(), r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.Redirect(w, "/assemblies/"+id+"/sheet#item-"+item)
	}
	p, perr := h.sheetPage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "assembly/sheet", p, err)
}

type itemPage struct {
	ID, Item, Action           string
	Title, Script, Hints       string
	Minutes, Who               string
	Lead, Beside, Stories      []Option
	Roles, Second              []Option
	Searched, Testimony, Fresh bool
	Version                    int64
}

func (h *Web) item(w http.ResponseWriter, r *web.Request) error {
	p, err := h.itemPage(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/item", p)
}

// itemPage is the form of a line: as it is, or as it was typed.
func (h *Web) itemPage(r *web.Request, typed *assembly.ItemIn) (p itemPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	n, err := which(r, "item", x.Items, itemID)
	if err != nil {
		return p, err
	}
	in, at := assembly.ItemIn{LeadRole: people.Attended, Minutes: 5}, "new"
	if n >= 0 {
		it := x.Items[n]
		p.Item, at = it.ID, strconv.Itoa(n)
		in = assembly.ItemIn{Minutes: it.Minutes, Lead: it.Lead, Beside: it.Beside, LeadRole: it.LeadRole, Second: it.Second, Story: it.Story, Title: it.Title, Script: it.Script, Hints: it.Hints, Version: it.Version}
	}
	if typed != nil {
		in = *typed
	}
	names, err := h.s.Names(r.Context(), r.Actor, x.Keepers())
	if err != nil {
		return p, err
	}
	list, searched, err := h.persons(r, names, in.Lead, in.Beside)
	if err != nil {
		return p, err
	}
	p = itemPage{ID: x.ID, Item: p.Item, Action: "/assemblies/" + x.ID + "/sheet/" + at, Title: in.Title, Script: in.Script, Hints: in.Hints, Minutes: strconv.Itoa(in.Minutes), Who: r.Form("who"),
		Lead: chosen(list, in.Lead), Beside: chosen(list, in.Beside), Roles: options(r, "assembly.role.", assembly.Parties(), in.LeadRole), Second: options(r, "assembly.role.", assembly.Parties(), in.Second),
		Searched: searched, Testimony: in.LeadRole == people.Testified, Fresh: n < 0, Version: in.Version}
	if h.s.Stories != nil {
		offered, err := h.s.Stories.Offered(r.Context(), r.Actor)
		if err != nil {
			return p, err
		}
		known := false
		for _, o := range offered {
			known = known || o.ID == in.Story
			p.Stories = append(p.Stories, Option{Value: o.ID, Label: o.Name, Checked: o.ID == in.Story})
		}
		if in.Story != "" && !known {
			p.Stories = append(p.Stories, Option{Value: in.Story, Label: r.T("assembly.story_chosen"), Checked: true})
		}
	}
	return p, nil
}

func (h *Web) saveItem(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	x, err := h.s.Get(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	at, err := which(r, "item", x.Items, itemID)
	if err != nil {
		return err
	}
	in := assembly.ItemIn{Lead: r.Form("lead"), Beside: r.Form("beside"), LeadRole: people.Role(r.Form("lead_role")), Second: people.Role(r.Form("beside_role")), Story: r.Form("story"),
		Version: r.Version(), Key: r.Key()}
	if at >= 0 {
		in.ID = x.Items[at].ID
	}
	n, ok := r.FormInt("minutes")
	if !ok {
		n = -1
	}
	in.Minutes = n
	var bad, script, hints []fault.Field
	in.Title, bad = r.Guarded("title")
	in.Script, script = r.GuardedText("script", r.FormValue("script"))
	in.Hints, hints = r.GuardedText("hints", r.FormValue("hints"))
	bad = slices.Concat(bad, script, hints)
	var made string
	err = fault.Wrong(bad...)
	if len(bad) == 0 && !looking(r) {
		made, err = h.s.SaveItem(r.Context(), r.Actor, id, in)
	}
	if err == nil && !looking(r) {
		return r.RedirectWith(w, "/assemblies/"+id+"/sheet#item-"+made, "assembly.flash.saved")
	}
	p, perr := h.itemPage(r, &in)
	if perr != nil {
		return perr
	}
	if n < 0 {
		p.Minutes = r.Form("minutes")
	}
	if looking(r) {
		return r.Page(w, "assembly/item", p)
	}
	if fault.IsStale(err) {
		if at >= 0 {
			it := x.Items[at]
			return r.Stale(w, "assembly/item", p, it.Version, []web.Theirs{{Name: "title", Label: r.T("assembly.item_title"), Value: it.Title}, {Name: "minutes", Label: r.T("assembly.item_minutes"), Value: strconv.Itoa(it.Minutes)},
				{Name: "script", Label: r.T("assembly.script"), Value: it.Script}})
		}
	}
	return r.Fail(w, "assembly/item", p, err)
}

type printPage struct {
	Title, When, Where string
	Items              []itemLine
	Asks               []answerLine
	Languages          string
}

// print is the run-sheet on paper, with boxes for the answers.
func (h *Web) print(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	names, err := h.s.Names(r.Context(), r.Actor, x.Keepers())
	if err != nil {
		return err
	}
	var languages []string
	for _, c := range x.Languages {
		languages = append(languages, r.Localizer().LanguageName(c))
	}
	return r.Page(w, "assembly/print", printPage{Title: x.Title, When: when(r, x.Event), Where: x.Where, Items: h.itemLines(r, x, names, ""), Asks: h.answerLines(r, x), Languages: r.Localizer().List(languages)})
}
