// The theme wall and one theme.

package listeningweb

import (
	"bytes"
	"net/http"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

type themeLine struct {
	ID, URL, Name, Definition string
	People, Sessions          string
	Languages, Parts          string
	Depth                     int
	Quotes                    []quoteView
}

type quoteView struct {
	Ref, Text, Lang, By string
	Themes              []Option
}

type hintView struct {
	Into, Names string
	More        []string
	First       string
}

type logLine struct{ Title, Text, When, Exact, ISO, Who, Kind, Icon string }

type wallPage struct {
	ID, Name   string
	Tabs       []Tab
	Themes     []themeLine
	Loose      []quoteView
	Hints      []hintView
	Log        []logLine
	Can, Agree bool
	Export     bool
	Votes      []voteLine
	In         struct{ Name, Definition, Leaders, Staff string }
	K          int
	Planning   bool
}

type voteLine struct {
	Text, Lang, Share string
	Unites            bool
}

func (h *Web) wall(w http.ResponseWriter, r *web.Request) error {
	d, err := h.wallOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "listening/wall", d)
}

func (h *Web) wallOf(r *web.Request) (d wallPage, err error) {
	v, err := h.s.WallOf(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	l := r.Localizer()
	d = wallPage{ID: v.ID, Name: v.Name, Tabs: tabs(r, v.ID, "themes"), Can: v.Can, K: listening.KTeam, Export: may(r, "theme", access.Export), Planning: v.State == listening.Planning,
		Agree: may(r, "campaign", access.Approve) && v.State == listening.Closed}
	d.In.Name, d.In.Definition, d.In.Leaders, d.In.Staff = r.Form("name"), r.Form("definition"), r.Form("leaders"), r.Form("staff")
	names := map[string]string{}
	var all []Option
	for _, t := range v.Themes {
		names[t.ID] = t.Name
		all = append(all, Option{Value: t.ID, Label: strings.Repeat("– ", t.Depth) + t.Name})
		d.Themes = append(d.Themes, themeLineOf(r, t))
	}
	for _, q := range v.Loose {
		x := quoteOf(r, q)
		x.Themes = all
		d.Loose = append(d.Loose, x)
	}
	for _, g := range v.Hints {
		hint := hintView{Into: g.Themes[0], First: names[g.Themes[0]], More: g.Themes[1:]}
		var list []string
		for _, t := range g.Themes {
			list = append(list, names[t])
		}
		hint.Names = l.List(list)
		d.Hints = append(d.Hints, hint)
	}
	for _, a := range v.Opened {
		d.Votes = append(d.Votes, voteLine{Text: a.Text, Lang: a.Language, Unites: a.Unites, Share: r.T("listening.votes", "Agree", l.Percent(float64(a.Agree)/100), "Disagree", l.Percent(float64(a.Disagree)/100), "Voters", l.Number(a.Voters))})
	}
	d.Log, err = h.logLines(r, v.Log)
	return d, err
}

func themeLineOf(r *web.Request, t listening.Seen) themeLine {
	l := r.Localizer()
	x := themeLine{ID: t.ID, URL: "/themes/" + t.ID, Name: t.Name, Definition: t.Definition, Depth: t.Depth, People: r.T("common.hidden"), Sessions: r.T("common.hidden")}
	if t.People > 0 {
		x.People, x.Sessions = r.T("campaign.least", "Count", l.Number(t.People)), l.Number(t.Sessions)
	}
	var langs, parts []string
	for _, code := range t.Languages {
		langs = append(langs, l.LanguageName(code))
	}
	for _, p := range t.Parts {
		parts = append(parts, p.Name)
	}
	x.Languages, x.Parts = l.List(langs), l.List(parts)
	for _, q := range t.Quotes {
		x.Quotes = append(x.Quotes, quoteOf(r, q))
	}
	return x
}

func quoteOf(r *web.Request, q listening.Quote) quoteView {
	v := quoteView{Ref: q.Ref, Text: q.Text, Lang: q.Language, By: r.T("listening.quote_from." + q.From)}
	if q.Named != "" {
		v.By = q.Named + " · " + v.By
	}
	return v
}

func (h *Web) logLines(r *web.Request, list []listening.WallEntry) (out []logLine, err error) {
	who := make([]listening.Who, len(list))
	for i, e := range list {
		who[i] = listening.Who{Account: e.Account}
	}
	name, err := h.names(r, who...)
	if err != nil {
		return nil, err
	}
	for i, e := range list {
		from, to := e.From, e.To
		if from == "" {
			from = r.T("listening.top")
		}
		if to == "" {
			to = r.T("listening.top")
		}
		out = append(out, logLine{Title: r.T("listening.log."+string(e.Verb), "From", from, "To", to), When: r.Localizer().Ago(e.At, r.Now(), r.Zone()), Exact: r.Localizer().DateTime(e.At, r.Zone()),
			ISO: e.At.UTC().Format("2006-01-02T15:04:05Z"), Who: name(who[i])})
	}
	return out, nil
}

// work does one act at the wall; a mistake shows the page on which it was made.
func (h *Web) work(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	var bad []fault.Field
	in := listening.WallIn{Campaign: id, Verb: listening.WallVerb(r.Form("act")), Theme: r.Form("theme"), Other: r.Form("other"), Name: r.Form("name"), Definition: r.Form("definition"),
		Sessions: r.FormAll("sessions"), Quote: r.Form("quote"), More: r.FormAll("with"), Key: r.Key()}
	if in.Verb == listening.Create || in.Verb == listening.Rename || in.Verb == listening.Split {
		in.Name = guarded(r, "name", &bad)
		if in.Verb != listening.Split {
			in.Definition = guarded(r, "definition", &bad)
		}
	}
	var err error
	made := ""
	if len(bad) > 0 {
		err = fault.Wrong(bad...)
	} else {
		made, err = h.s.Wall(r.Context(), r.Actor, in)
	}
	one := r.Form("from") == "theme"
	if err == nil {
		to := "/campaigns/" + id + "/themes"
		if one && in.Verb != listening.Part {
			to = "/themes/" + made
		}
		return r.RedirectWith(w, to, "listening.flash."+string(in.Verb))
	}
	if one {
		d, e := h.themeOf(r, in.Theme)
		if e != nil {
			return e
		}
		if in.Verb == listening.Rename {
			d.In.Name, d.In.Definition = in.Name, in.Definition
		}
		return again(w, r, "listening/theme", d, err)
	}
	d, e := h.wallOf(r)
	if e != nil {
		return e
	}
	return again(w, r, "listening/wall", d, err)
}

type themePage struct {
	Campaign string
	Line     themeLine
	Path     string
	Parts    []themeLine
	Sessions []Option
	Others   []Option
	Under    []Option
	Log      []logLine
	Can      bool
	K        int
	In       struct{ Name, Definition, Act string }
}

func (h *Web) theme(w http.ResponseWriter, r *web.Request) error {
	d, err := h.themeOf(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Page(w, "listening/theme", d)
}

func (h *Web) themeOf(r *web.Request, theme string) (d themePage, err error) {
	t, err := h.s.Trace(r.Context(), r.Actor, theme)
	if err != nil {
		return d, err
	}
	l := r.Localizer()
	d = themePage{Campaign: t.Campaign.ID, Line: themeLineOf(r, t.Seen), Can: t.Can, K: listening.KTeam}
	d.In.Act, d.In.Name, d.In.Definition = r.Form("act"), t.Name, t.Definition
	for _, p := range t.Words {
		x := themeLine{ID: p.ID, Name: p.Name, People: r.T("common.hidden")}
		if p.People > 0 {
			x.People = r.T("campaign.least", "Count", l.Number(p.People))
		}
		d.Parts = append(d.Parts, x)
	}
	for _, s := range t.Sessions {
		o := Option{Value: s.ID, Label: r.T("listening.small_in", "Language", l.LanguageName(s.Language))}
		if s.Held != 0 {
			o.Label = r.T("listening.one", "Format", r.T("listening.format."+string(s.Format)), "Date", l.ShortDate(db.Time(s.Held), r.Zone())) + " · " + l.LanguageName(s.Language)
		}
		d.Sessions = append(d.Sessions, o)
	}
	for _, o := range t.Others {
		d.Others = append(d.Others, Option{Value: o.ID, Label: o.Name})
		d.Under = append(d.Under, Option{Value: o.ID, Label: o.Name, Checked: o.ID == t.Parent})
		if o.ID == t.Parent {
			d.Path = o.Name
		}
	}
	d.Log, err = h.logLines(r, t.Log)
	return d, err
}

// agree ends the work on the themes.
func (h *Web) agree(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := h.s.Agree(r.Context(), r.Actor, listening.AgreeIn{Campaign: id, Leaders: number(r, "leaders"), Staff: number(r, "staff"), Key: r.Key()})
	if err == nil {
		return r.RedirectWith(w, "/campaigns/"+id+"/report-back", "campaign.flash.agreed")
	}
	d, e := h.wallOf(r)
	if e != nil {
		return e
	}
	return again(w, r, "listening/wall", d, err)
}

// export is the themes' counts for a spreadsheet, as they may be told.
func (h *Web) export(w http.ResponseWriter, r *web.Request) error {
	v, err := h.s.Export(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, t := range v.Themes {
		names[t.ID] = t.Name
	}
	var b bytes.Buffer
	out := sheet.NewWriter(&b)
	out.Row(r.T("listening.csv.theme"), r.T("listening.csv.under"), r.T("listening.csv.people"), r.T("listening.csv.sessions"), r.T("listening.csv.languages"), r.T("listening.csv.parts"))
	for _, t := range v.Themes {
		var people, sessions any = r.T("common.hidden"), r.T("common.hidden")
		if t.People > 0 {
			people, sessions = t.People, t.Sessions
		}
		var parts []string
		for _, p := range t.Parts {
			parts = append(parts, p.Name)
		}
		out.Row(t.Name, names[t.Parent], people, sessions, strings.Join(t.Languages, " "), strings.Join(parts, "; "))
	}
	out.Row()
	out.Row(r.T("listening.csv.method", "K", listening.KTeam))
	if err := out.Close(); err != nil {
		return err
	}
	return r.Attachment(w, "themes.csv", "text/csv; charset=utf-8", b.Bytes())
}
