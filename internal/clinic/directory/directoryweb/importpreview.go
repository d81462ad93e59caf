// One batch: what it would do or did, record by record and line by line.

package directoryweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/platform/web"
)

type batchPage struct {
	ID, Feed   string
	State      Badge
	Preview    bool
	Applied    bool
	Undone     bool
	Facts      []Fact
	Does       string
	Sees       []string
	Changes    int
	Errors     int
	Tabs       []Tab
	Show       string
	Levels     []Tab
	Lines      []reportLine
	Rows       []recordLine
	Left       []recordLine
	Prev, Next string
	Shown      string
	Page       int
	Asks       bool // look-alikes or records changed on both sides: each has a choice
	CanAll     bool
}

type reportLine struct {
	Level Badge
	Where string
	Text  string
}

type recordLine struct {
	N         int
	Name      string
	Kind      string
	Service   bool
	Host      string
	About     string
	Facts     []Fact
	Changes   []changeLine
	Twin      string
	TwinURL   string
	Taken     bool
	Outcome   string
	Choosable bool
}

type changeLine struct{ Field, Before, After string }

// reportTab is the tab of the report, beside one per action.
const reportTab = "report"

func (h *Imports) batch(w http.ResponseWriter, r *web.Request) error {
	d, err := h.batchPage(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Page(w, "directory/importbatch", d)
}

// batchFails shows the batch again with what went wrong.
func (h *Imports) batchFails(w http.ResponseWriter, r *web.Request, id string, err error) error {
	d, e := h.batchPage(r, id)
	if e != nil {
		return err
	}
	return r.Fail(w, "directory/importbatch", d, err)
}

func (h *Imports) batchPage(r *web.Request, id string) (d batchPage, err error) {
	b, err := h.s.Import(r.Context(), r.Actor, id)
	if err != nil {
		return d, err
	}
	d = batchPage{ID: b.ID, Feed: b.Feed, State: importBadge(r, b.State), Preview: b.State == directory.ImportPreviewed,
		Applied: b.State == directory.ImportApplied, Undone: b.State == directory.ImportUndone, Does: does(r, b), Changes: b.Changes(),
		Errors: b.Levels[directory.ImportError], Page: pageNumber(r)}
	d.Facts, d.Sees = h.batchFacts(r, b), sees(r, b)
	d.Show = r.Form("show")
	if d.Show != reportTab && !slices.Contains(directory.ImportActions(), directory.ImportAction(d.Show)) {
		d.Show = firstTab(b)
	}
	at := func(show string) string { return batchURL(id) + "?show=" + show }
	for _, a := range directory.ImportActions() {
		if b.Actions[a] > 0 || d.Show == string(a) {
			d.Tabs = append(d.Tabs, Tab{r.T("import.action." + string(a)), at(string(a)), b.Actions[a], d.Show == string(a)})
		}
	}
	d.Tabs = append(d.Tabs, Tab{r.T("import.report"), at(reportTab), b.Lines, d.Show == reportTab})
	if d.Show == reportTab {
		err = h.showReport(r, b, &d)
	} else {
		err = h.showRecords(r, b, &d)
	}
	if err != nil || !d.Undone {
		return d, err
	}
	left, err := h.s.ImportLeft(r.Context(), r.Actor, id)
	for _, row := range left {
		d.Left = append(d.Left, h.recordLine(r, row, false))
	}
	return d, err
}

func firstTab(b directory.ImportSummary) string {
	for _, a := range directory.ImportActions() {
		if b.Actions[a] > 0 {
			return string(a)
		}
	}
	return reportTab
}

func (h *Imports) batchFacts(r *web.Request, b directory.ImportSummary) []Fact {
	l := r.Localizer()
	when := func(key string, at string, who string) Fact {
		if who != "" {
			at = r.T("import.when_who", "When", at, "Who", who)
		}
		return Fact{Term: r.T(key), Text: at}
	}
	facts := []Fact{
		{Term: r.T("import.fact.files"), Text: someFiles(b.Files)},
		{Term: r.T("import.fact.format"), Text: r.T("import.format." + b.Format)},
		{Term: r.T("import.fact.organizations"), Text: l.Number(b.Kinds[directory.ImportOrganization])},
		{Term: r.T("import.fact.services"), Text: l.Number(b.Kinds[directory.ImportService])},
		{Term: r.T("import.fact.lang"), Text: l.LanguageName(b.Lang)},
		when("import.fact.made", l.DateTime(b.Made.In(r.Zone())), h.who(r, b.MadeBy)),
	}
	if !b.Applied.IsZero() {
		facts = append(facts, when("import.fact.applied", l.DateTime(b.Applied.In(r.Zone())), h.who(r, b.AppliedBy)))
	}
	if !b.Undone.IsZero() {
		facts = append(facts, when("import.fact.undone", l.DateTime(b.Undone.In(r.Zone())), h.who(r, b.UndoneBy)))
	}
	return facts
}

// someFiles names the first files; a package has dozens.
func someFiles(names []string) string {
	const most = 4
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " … (" + number(len(names)) + ")"
	}
	return strings.Join(names, ", ")
}

// sees lists what the sentence about the batch does not say.
func sees(r *web.Request, b directory.ImportSummary) (out []string) {
	for _, a := range []directory.ImportAction{directory.ImportTwin, directory.ImportKept, directory.ImportUnchanged} {
		if n := b.Actions[a]; n > 0 {
			out = append(out, r.T("import.sees."+string(a), "Count", n))
		}
	}
	if n := b.Levels[directory.ImportError]; n > 0 {
		out = append(out, r.T("import.sees.errors", "Count", n))
	}
	return out
}

func (h *Imports) showReport(r *web.Request, b directory.ImportSummary, d *batchPage) error {
	level := directory.ImportLevel(r.Form("level"))
	total := b.Levels[level]
	if !slices.Contains(directory.ImportLevels(), level) {
		level, total = "", b.Lines
	}
	at := func(l directory.ImportLevel) string {
		return batchURL(b.ID) + "?" + query("show", reportTab, "level", string(l))
	}
	d.Levels = []Tab{{r.T("import.level.all"), at(""), b.Lines, level == ""}}
	for _, l := range directory.ImportLevels() {
		if b.Levels[l] > 0 {
			d.Levels = append(d.Levels, Tab{r.T("import.level." + string(l)), at(l), b.Levels[l], l == level})
		}
	}
	lines, err := h.s.ImportReport(r.Context(), r.Actor, b.ID, level, d.Page)
	if err != nil {
		return err
	}
	kinds := map[directory.ImportLevel]string{directory.ImportError: "late", directory.ImportSkipped: "wait", directory.ImportFixed: "ok", directory.ImportInfo: "info"}
	for _, i := range lines {
		d.Lines = append(d.Lines, reportLine{Level: Badge{Kind: kinds[i.Level], Label: r.T("import.level." + string(i.Level))},
			Where: i.Where(r.Localizer()), Text: i.Say(r.Localizer())})
	}
	d.turnPages(r, total, at(level))
	return nil
}

func (h *Imports) showRecords(r *web.Request, b directory.ImportSummary, d *batchPage) error {
	action := directory.ImportAction(d.Show)
	rows, err := h.s.ImportRows(r.Context(), r.Actor, b.ID, action, d.Page)
	if err != nil {
		return err
	}
	d.Asks = action == directory.ImportTwin || action == directory.ImportKept
	d.CanAll = d.Preview && d.Asks
	for _, row := range rows {
		d.Rows = append(d.Rows, h.recordLine(r, row, d.Preview && action != directory.ImportUnchanged))
	}
	d.turnPages(r, b.Actions[action], batchURL(b.ID)+"?show="+d.Show)
	return nil
}

func (d *batchPage) turnPages(r *web.Request, total int, at string) {
	from := (d.Page-1)*directory.ImportPageSize + 1
	to := min(total, d.Page*directory.ImportPageSize)
	if d.Page > 1 {
		d.Prev = at + "&page=" + number(d.Page-1)
	}
	if to < total {
		d.Next = at + "&page=" + number(d.Page+1)
	}
	if from <= to {
		d.Shown = r.T("import.shown", "From", from, "To", to, "Count", total)
	}
}

func (h *Imports) recordLine(r *web.Request, row directory.ImportRow, choosable bool) recordLine {
	rec := row.Record
	line := recordLine{N: row.N, Name: row.Name, Kind: r.T("import.kind." + string(row.Kind)), Service: row.Kind == directory.ImportService,
		Host: rec.Host, About: clip(strings.ReplaceAll(rec.Description, "\n", " "), 200), Taken: row.Taken, Choosable: choosable}
	if row.Outcome != "" {
		line.Outcome = r.T("import.outcome." + string(row.Outcome))
	}
	fact := func(key, text string) {
		if text != "" {
			line.Facts = append(line.Facts, Fact{Term: r.T("import.field." + key), Text: clip(text, 200)})
		}
	}
	if len(rec.Places) > 0 {
		fact("places", rec.Places[0].Line())
	}
	if len(rec.Phones) > 0 {
		fact("phones", rec.Phones[0].Number)
	}
	fact("url", rec.URL)
	for _, c := range row.Changes {
		line.Changes = append(line.Changes, changeLine{r.T("import.field." + c.Field), clip(c.Before, 300), clip(c.After, 300)})
	}
	if row.Twin != "" {
		line.Twin = r.T("import.twin."+row.TwinKind, "Name", row.TwinName)
		switch row.TwinKind {
		case "group":
			line.TwinURL = "/directory/" + row.Twin
		case "programme", "service":
			line.TwinURL = "/programmes/" + row.Twin
		}
	}
	return line
}

func pageNumber(r *web.Request) int {
	n, ok := r.FormInt("page")
	if !ok || n < 1 || n > 100_000 {
		return 1
	}
	return n
}

func number(n int) string { return strconv.Itoa(n) }

// query writes names and values, without empty ones.
func query(args ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			v.Set(args[i], args[i+1])
		}
	}
	return v.Encode()
}
