// The strategy charts: the list, one on screen, the form, what a version changed,
// and the chart on paper, without a name of ours.
package powerweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/power"
	"seedbed/internal/platform/web"
)

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

type chartCard struct {
	URL, Title, Text string
	Meta             []string
}

type chartsPage struct {
	Tabs            []tab
	Strategist      bool
	List            []chartCard
	Issues, Offices []Option
	Open            bool
}

func (h *Web) charts(w http.ResponseWriter, r *web.Request) error {
	p, err := h.chartsPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "power/charts", p)
}

func (h *Web) chartsPage(r *web.Request) (p chartsPage, err error) {
	ctx := r.Context()
	p.Tabs = h.tabs(r, "/strategy")
	if p.Strategist, err = h.s.Strategist(ctx, r.Actor); err != nil || !p.Strategist {
		return p, err
	}
	list, err := h.s.Charts(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	for _, c := range list {
		p.List = append(p.List, chartCard{URL: "/strategy/" + c.ID, Title: c.Issue.Name, Text: title(r, c.Office), Meta: []string{versionWords(r, c.Latest), r.T("power.changed", "Day", day(r, c.Changed))}})
	}
	issues, err := h.s.Issues(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	for _, i := range issues {
		if i.Open {
			p.Issues = append(p.Issues, Option{Value: i.ID, Label: i.Name, Checked: i.ID == r.Form("issue")})
		}
	}
	offices, err := h.s.Offices(ctx, r.Actor)
	for _, o := range offices {
		p.Offices = append(p.Offices, Option{Value: o.ID, Label: title(r, o), Checked: o.ID == r.Form("office")})
	}
	p.Open = len(p.List) == 0 || r.Form("issue") != "" || r.Method == http.MethodPost
	return p, err
}

func versionWords(r *web.Request, n int64) string {
	if n == 0 {
		return r.T("power.version.none")
	}
	return r.T("power.version", "N", n)
}

func (h *Web) chartBegin(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	made, err := h.s.Begin(r.Context(), r.Actor, r.Form("issue"), r.Form("office"), r.Key())
	if err == nil {
		return r.Redirect(w, "/strategy/"+made)
	}
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	p, e := h.chartsPage(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "power/charts", p, err)
}

// part is a heading of a column and its lines.
type part struct {
	Name, Label string
	Lines       []string
}

type column struct {
	ID, Title string
	Parts     []part
}

type versionLine struct{ URL, Title, When string }

type chartPage struct {
	ID, Issue, IssueURL, MapURL string
	Office, OfficeURL           string
	Version, Changed            string
	Empty, May                  bool
	Columns                     []column
	Lens                        []part
	Versions                    []versionLine
	Next                        *nextLine
	Ties                        []tieLine
}

// columns is a chart in the five columns of the field, read from left to right.
func (h *Web) columns(r *web.Request, c power.Chart, others map[string]power.Office) (out []column, lens []part) {
	text := func(name string) part {
		return part{Name: name, Label: r.T("power.chart." + name), Lines: lines(*c.Content.Text(name))}
	}
	build := part{Name: "build", Label: r.T("power.chart.build")}
	for _, name := range power.Builds() {
		if n := *c.Content.Build(name); n > 0 {
			build.Lines = append(build.Lines, r.T("power.chart."+name+".n", "Count", n))
		}
	}
	further := part{Name: "others", Label: r.T("power.chart.others")}
	for _, id := range c.Content.Others {
		if o, ok := others[id]; ok {
			further.Lines = append(further.Lines, title(r, o))
		}
	}
	first := part{Name: "first", Label: r.T("power.chart.first"), Lines: []string{title(r, c.Office)}}
	for _, col := range []struct {
		id    string
		parts []part
	}{
		{"goals", []part{text("long"), text("between"), text("short")}},
		{"ours", []part{text("resources"), build, text("troubles")}},
		{"who", []part{text("constituents"), text("allies"), text("opponents")}},
		{"decides", []part{first, further}},
		{"tactics", []part{text("tactics")}},
	} {
		out = append(out, column{col.id, r.T("power.column." + col.id), col.parts})
	}
	return out, []part{text("problem"), text("policy"), text("politics")}
}

func (h *Web) known(r *web.Request) (map[string]power.Office, error) {
	list, err := h.s.All(r.Context(), r.Actor)
	out := map[string]power.Office{}
	for _, o := range list {
		out[o.ID] = o
	}
	return out, err
}

func (h *Web) chartPage(r *web.Request) (p chartPage, c power.Chart, err error) {
	c, list, err := h.s.Chart(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, c, err
	}
	others, err := h.known(r)
	if err != nil {
		return p, c, err
	}
	p = chartPage{ID: c.ID, Issue: c.Issue.Name, IssueURL: c.Issue.URL, MapURL: "/power/maps/" + c.Issue.ID, Office: title(r, c.Office), OfficeURL: "/power/offices/" + c.Office.ID,
		Version: versionWords(r, c.Latest), Changed: day(r, c.Changed), Empty: c.Latest == 0, May: may(r, plan)}
	p.Columns, p.Lens = h.columns(r, c, others)
	for _, v := range list {
		p.Versions = append(p.Versions, versionLine{URL: "/strategy/" + c.ID + "/compare?n=" + strconv.FormatInt(v.N, 10), Title: versionWords(r, v.N), When: r.T("power.version.by", "Day", r.Localizer().DateTime(v.At, r.Zone()), "Role", r.T("account.role."+v.Role))})
	}
	return p, c, nil
}

func (h *Web) chart(w http.ResponseWriter, r *web.Request) error {
	p, c, err := h.chartPage(r)
	if err != nil {
		return err
	}
	ties, err := h.s.Ties(r.Context(), r.Actor, c.Office.ID)
	if err != nil {
		return err
	}
	for _, t := range ties {
		p.Ties = append(p.Ties, h.tieLine(r, t))
	}
	next, err := h.approaches(r, c.Office.ID)
	if err != nil {
		return err
	}
	if len(next) > 0 {
		p.Next = &nextLine{Owner: next[0].Who, Act: next[0].What, When: next[0].When, Kind: next[0].Kind}
	}
	return r.Page(w, "power/chart", p)
}

// chartPaper is the chart to hang up or hand round. Ties and who talks to whom are
// not on it, and names of holders that somebody typed into a line are taken out.
func (h *Web) chartPaper(w http.ResponseWriter, r *web.Request) error {
	p, _, err := h.chartPage(r)
	if err != nil {
		return err
	}
	names, err := h.s.Private(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	clean := func(parts []part) {
		for i := range parts {
			if parts[i].Name == "first" || parts[i].Name == "others" {
				continue // people in office
			}
			for n, l := range parts[i].Lines {
				parts[i].Lines[n] = power.Without(l, names, r.T("power.one_of_us"))
			}
		}
	}
	for i := range p.Columns {
		clean(p.Columns[i].Parts)
	}
	clean(p.Lens)
	return r.Page(w, "power/chartpaper", p)
}

type formField struct {
	Name, Label, Hint, Value string
	Rows, Max                int
}

type formColumn struct {
	ID, Title string
	Texts     []formField
	Numbers   []formField
	Others    []Option
}

type chartFormPage struct {
	ID, Issue, Office string
	Version           int64
	Columns           []formColumn
}

func (h *Web) chartForm(w http.ResponseWriter, r *web.Request) error {
	c, _, err := h.s.Chart(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.chartFormPage(r, c, c.Content, c.Latest, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "power/chartform", p)
}

func (h *Web) chartFormPage(r *web.Request, c power.Chart, said power.Content, version int64, typed map[string]string) (p chartFormPage, err error) {
	p = chartFormPage{ID: c.ID, Issue: c.Issue.Name, Office: title(r, c.Office), Version: version}
	texts := func(rows int, names ...string) (out []formField) {
		for _, name := range names {
			f := formField{Name: name, Label: r.T("power.chart." + name), Hint: r.T("power.chart." + name + ".hint"), Value: *said.Text(name), Rows: rows, Max: 1200}
			if rows == 2 {
				f.Max = 280
			}
			out = append(out, f)
		}
		return out
	}
	ours := formColumn{ID: "ours", Title: r.T("power.column.ours"), Texts: texts(3, "resources", "troubles")}
	for _, name := range power.Builds() {
		f := formField{Name: name, Label: r.T("power.chart." + name), Value: strconv.Itoa(*said.Build(name))}
		if t, ok := typed[name]; ok {
			f.Value = t
		} else if f.Value == "0" {
			f.Value = ""
		}
		ours.Numbers = append(ours.Numbers, f)
	}
	decides := formColumn{ID: "decides", Title: r.T("power.column.decides")}
	list, err := h.s.Offices(r.Context(), r.Actor)
	for _, o := range list {
		if o.ID != c.Office.ID {
			decides.Others = append(decides.Others, Option{Value: o.ID, Label: title(r, o), Checked: slices.Contains(said.Others, o.ID)})
		}
	}
	p.Columns = []formColumn{
		{ID: "lens", Title: r.T("power.column.lens"), Texts: texts(2, "problem", "policy", "politics")},
		{ID: "goals", Title: r.T("power.column.goals"), Texts: texts(3, "long", "between", "short")},
		ours,
		{ID: "who", Title: r.T("power.column.who"), Texts: texts(3, "constituents", "allies", "opponents")},
		decides,
		{ID: "tactics", Title: r.T("power.column.tactics"), Texts: texts(5, "tactics")},
	}
	return p, err
}

func (h *Web) chartSave(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	var bad []fault.Field
	in := power.PlanIn{ID: id, Key: r.Key()}
	version, _ := r.FormInt("version")
	in.Version = int64(version)
	for _, name := range power.Texts() {
		text, more := r.GuardedText(name, r.FormValue(name))
		*in.Content.Text(name), bad = text, append(bad, more...)
	}
	typed := map[string]string{}
	for _, name := range power.Builds() {
		if typed[name] = r.Form(name); typed[name] != "" {
			*in.Content.Build(name) = number(r, name)
		}
	}
	in.Content.Others = r.FormAll("others")
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Plan(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/strategy/"+id, "power.flash.planned")
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	c, _, e := h.s.Chart(r.Context(), r.Actor, id)
	if e != nil {
		return e
	}
	p, e := h.chartFormPage(r, c, in.Content, in.Version, typed)
	if e != nil {
		return e
	}
	return r.Fail(w, "power/chartform", p, err)
}

type changeLine struct {
	Label     string
	Gone, New []string
}

type comparePage struct {
	ID, Issue, Office string
	Title, When       string
	Before            string
	Changes           []changeLine
	Older, Newer      string
}

func (h *Web) chartCompare(w http.ResponseWriter, r *web.Request) error {
	c, list, err := h.s.Chart(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return r.Redirect(w, "/strategy/"+c.ID)
	}
	n, ok := r.FormInt("n")
	at := 0
	if ok {
		if at = slices.IndexFunc(list, func(v power.Version) bool { return v.N == int64(n) }); at < 0 {
			return fault.Missing("no such version")
		}
	}
	others, err := h.known(r)
	if err != nil {
		return err
	}
	v, before := list[at], power.Version{}
	p := comparePage{ID: c.ID, Issue: c.Issue.Name, Office: title(r, c.Office), Title: versionWords(r, v.N),
		When: r.T("power.version.by", "Day", r.Localizer().DateTime(v.At, r.Zone()), "Role", r.T("account.role."+v.Role))}
	link := func(n int64) string { return "/strategy/" + c.ID + "/compare?n=" + strconv.FormatInt(n, 10) }
	if at+1 < len(list) {
		before = list[at+1]
		p.Before, p.Older = versionWords(r, before.N), link(before.N)
	}
	if at > 0 {
		p.Newer = link(list[at-1].N)
	}
	for _, ch := range power.Changes(before.Content, v.Content) {
		line := changeLine{Label: r.T("power.chart." + ch.Name), Gone: ch.Gone, New: ch.New}
		if ch.Name == "others" {
			line.Gone, line.New = nil, nil
			for _, id := range ch.Gone {
				line.Gone = append(line.Gone, title(r, others[id]))
			}
			for _, id := range ch.New {
				line.New = append(line.New, title(r, others[id]))
			}
		}
		p.Changes = append(p.Changes, line)
	}
	return r.Page(w, "power/chartcompare", p)
}
