// Spreadsheets: choose a file, say what its columns are and how the people agreed,
// look at what would happen row by row, bring them in, take everything back.

package peopleweb

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

func (h *Web) importRoutes() []web.Route {
	read, bring, change, drop := need("intake", access.Read), need("intake", access.Create), need("intake", access.Update), need("intake", access.Delete)
	upload := route(web.Staff, "POST", "/people/import", bring, h.importUpload)
	upload.MaxBody, upload.Timeout = people.MostImportBytes+1<<20, 3*time.Minute
	return []web.Route{
		route(web.Staff, "GET", "/people/import", read, h.importPage), upload,
		route(web.Staff, "GET", "/people/import/{batch}", read, h.importBatch),
		route(web.Staff, "POST", "/people/import/{batch}", change, h.importMap), route(web.Staff, "POST", "/people/import/{batch}/take", change, h.importTake),
		route(web.Staff, "POST", "/people/import/{batch}/apply", change, h.importApply), route(web.Staff, "POST", "/people/import/{batch}/undo", drop, h.importUndo),
		route(web.Staff, "POST", "/people/import/{batch}/drop", drop, h.importDrop),
	}
}

type importsPage struct {
	Megabytes, Rows int
	Batches         []batchLine
}

type batchLine struct {
	URL, When, Exact, Who, Does string
	State                       State
}

func batchURL(id string) string { return "/people/import/" + id }

func (h *Web) importPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.imports(r)
	if err != nil {
		return err
	}
	return r.Page(w, "people/import", p)
}

func (h *Web) imports(r *web.Request) (p importsPage, err error) {
	p = importsPage{Megabytes: people.MostImportBytes >> 20, Rows: people.MostImportRows}
	list, err := h.s.Imports(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	staff, err := h.s.Owners(r.Context(), r.Actor)
	for _, b := range list {
		line := batchLine{URL: batchURL(b.ID), When: r.Localizer().Ago(b.Made, r.Now(), r.Zone()), Exact: r.Localizer().DateTime(b.Made.In(r.Zone())), State: batchState(r, b.State),
			Who: r.T("people.colleague"), Does: r.T("people.import.rows", "Count", b.Total)}
		for _, c := range staff {
			if c.Account == b.By {
				line.Who = c.Name
			}
		}
		if n := b.Outcomes[people.OutcomeMade]; n > 0 {
			line.Does = r.T("people.import.came", "Count", n)
		}
		p.Batches = append(p.Batches, line)
	}
	return p, err
}

func batchState(r *web.Request, s people.BatchState) State {
	kind := map[people.BatchState]string{people.BatchApplied: "ok", people.BatchUndone: "info"}[s]
	if kind == "" {
		kind = "wait"
	}
	return State{kind, r.T("people.import.state." + string(s)), ""}
}

func (h *Web) importUpload(w http.ResponseWriter, r *web.Request) error {
	form, file, err := r.Upload("file", people.MostImportBytes)
	var made string
	if err == nil {
		if len(file) == 0 {
			err = fault.Wrong(fault.At("file", "people.import.error.file"))
		} else {
			made, err = h.s.ReadImport(r.Context(), r.Actor, bytes.NewReader(file), form["_key"])
		}
	}
	if err == nil {
		return r.Redirect(w, batchURL(made))
	}
	if fault.Is(err, fault.Invalid) && len(fault.FieldsOf(err)) == 0 { // what is wrong with the file is said at the file
		key, args := fault.MessageOf(err)
		var pairs []any
		for name, v := range args {
			pairs = append(pairs, name, v)
		}
		err = fault.Wrong(fault.At("file", key, pairs...))
	}
	p, e := h.imports(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "people/import", p, err)
}

type batchPage struct {
	ID               string
	State            State
	Stage            people.BatchState
	Working          bool
	Done, Of         int
	Progress         string
	Dropped          string
	Columns          []columnField
	Langs            []Option
	Agreed, Oldest   string
	Today            string
	Hows, Witnesses  []Option
	Says             string
	Counts           []countLine
	Show             string
	Lines            []importLine
	Next             string
	CanTake          bool
	Taken            bool
	Outcomes, Stayed []Fact
	CanUndo          bool
	Days, Confirm    int
	Taking           int
}

type columnField struct {
	Name, Label, Sample string
	Options             []Option
}

type countLine struct {
	URL, Label, About string
	Count             int
	Current           bool
}

type importLine struct {
	Line                    int
	Name, Reach, Lang, Area string
	Notes                   []string
	Twin, TwinURL           string
	Differs                 string
	State                   State
	URL                     string
}

func (h *Web) importBatch(w http.ResponseWriter, r *web.Request) error {
	p, err := h.batchOf(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "people/importbatch", p)
}

func (h *Web) batchOf(r *web.Request, typed *people.Mapping) (p batchPage, err error) {
	b, err := h.s.Import(r.Context(), r.Actor, r.PathValue("batch"))
	if err != nil {
		return p, err
	}
	m := b.Mapping
	if typed != nil {
		m = *typed
	}
	p = batchPage{ID: b.ID, Stage: b.State, State: batchState(r, b.State), Dropped: r.Localizer().List(b.Dropped), CanUndo: b.CanUndo, Days: people.UndoImportDays, Confirm: people.ImportConfirmDays}
	switch b.State {
	case people.BatchRead:
		p.mapping(r, b, m)
	case people.BatchChecking, people.BatchApplying, people.BatchUndoing:
		p.Working, p.Done, p.Of = true, b.Done, b.Total
		p.Progress = r.T("people.import.progress", "Done", b.Done, "Of", b.Total)
	case people.BatchPreview:
		for _, n := range b.Taken {
			p.Taking += n
		}
		p.Says = r.T("people.import.would", "Count", p.Taking)
		return p, h.preview(r, &p, b)
	default:
		p.outcomes(r, b)
		return p, h.preview(r, &p, b)
	}
	return p, nil
}

// mapping fills the form that says what the columns are.
func (p *batchPage) mapping(r *web.Request, b people.Batch, m people.Mapping) {
	for i, head := range b.Headers {
		c := columnField{Name: "column_" + strconv.Itoa(i), Label: head}
		if i < len(b.Samples) {
			c.Sample = b.Samples[i]
		}
		for _, v := range people.Columns() {
			c.Options = append(c.Options, Option{Value: string(v), Label: r.T("people.import.column." + string(v)), Checked: i < len(m.Columns) && m.Columns[i] == v})
		}
		p.Columns = append(p.Columns, c)
	}
	if m.Lang == "" {
		m.Lang = r.Locale
	}
	for _, code := range languages() {
		p.Langs = append(p.Langs, Option{Value: code, Label: r.Localizer().LanguageName(code), Checked: code == m.Lang})
	}
	now := r.Now().In(r.Zone())
	p.Today, p.Oldest = now.Format(time.DateOnly), now.AddDate(0, -people.ImportAgreedMonths, 1).Format(time.DateOnly)
	if !m.Agreed.IsZero() {
		p.Agreed = m.Agreed.In(r.Zone()).Format(time.DateOnly)
	}
	p.Hows = options(r, texts(consent.Hows()), "people.import.how.", m.How)
	for _, v := range consent.Witnesses() {
		o := Option{Value: string(v), Label: r.T("consent.helper." + string(v)), Checked: string(v) == m.Witness}
		if v == consent.NoHelper {
			o.Label = r.T("people.import.no_witness")
		}
		p.Witnesses = append(p.Witnesses, o)
	}
}

// preview lists the rows of one verdict; after the work, of one outcome.
func (h *Web) preview(r *web.Request, p *batchPage, b people.Batch) error {
	show := r.URL.Query().Get("show")
	var verdict people.Verdict
	var outcome people.Outcome
	if b.State == people.BatchPreview {
		for _, v := range people.Verdicts() {
			if b.Verdicts[v] > 0 && (show == "" || show == string(v)) && verdict == "" {
				verdict = v
			}
		}
		for _, v := range people.Verdicts() {
			if b.Verdicts[v] > 0 {
				p.Counts = append(p.Counts, countLine{batchURL(b.ID) + "?show=" + string(v), r.T("people.import.verdict." + string(v)), "", b.Verdicts[v], v == verdict})
			}
		}
		p.Show = string(verdict)
		p.CanTake, p.Taken = verdict == people.RowNew || verdict == people.RowAlike, b.Taken[verdict] > 0
	} else {
		for _, o := range append([]people.Outcome{people.OutcomeHere, people.OutcomeLeft, people.OutcomeMade}, people.Stayed()...) {
			if b.Outcomes[o] == 0 {
				continue
			}
			if (show == "" || show == string(o)) && outcome == "" {
				outcome = o
			}
			p.Counts = append(p.Counts, countLine{batchURL(b.ID) + "?show=" + string(o), r.T("people.import.outcome." + string(o)), "", b.Outcomes[o], false})
		}
		for i := range p.Counts {
			p.Counts[i].Current = p.Counts[i].URL == batchURL(b.ID)+"?show="+string(outcome)
		}
		p.Show = string(outcome)
	}
	if p.Show == "" {
		return nil
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("row"))
	rows, more, err := h.s.ImportRows(r.Context(), r.Actor, b.ID, verdict, outcome, after)
	if err != nil {
		return err
	}
	if more {
		p.Next = batchURL(b.ID) + "?" + url.Values{"show": {p.Show}, "row": {strconv.Itoa(rows[len(rows)-1].N)}}.Encode()
	}
	return h.importLines(r, p, rows)
}

func (h *Web) importLines(r *web.Request, p *batchPage, rows []people.ImportLine) error {
	var ids []string
	for _, l := range rows {
		for _, id := range []string{l.Twin, l.Person} {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	cards, err := h.s.Names(r.Context(), r.Actor, ids)
	if err != nil {
		return err
	}
	for _, l := range rows {
		line := importLine{Line: l.Line, Name: l.Profile.CalledName, Area: l.Profile.Area}
		if l.Profile.Lang != "" {
			line.Lang = r.Localizer().LanguageName(l.Profile.Lang)
		}
		if c, ok := cards[l.Person]; ok {
			line.Name, line.URL = c.Name, "/people/"+c.ID
		}
		if line.Name == "" {
			line.Name = r.T("people.import.forgotten")
		}
		for _, f := range reach(r.Localizer(), l.Profile) {
			if line.Reach == "" && (l.Profile.Phone != "" || l.Profile.Email != "") {
				line.Reach = f.Text
			}
		}
		for _, n := range l.Notes {
			line.Notes = append(line.Notes, r.T("people.import.note."+n))
		}
		if c, ok := cards[l.Twin]; ok {
			line.Twin, line.TwinURL = c.Name, "/people/"+c.ID
		}
		var differs []string
		for _, d := range l.Differs {
			differs = append(differs, r.T("people.merge.part."+string(d)))
		}
		if line.Differs = ""; len(differs) > 0 {
			line.Differs = r.T("people.import.differs", "What", r.Localizer().List(differs))
		}
		switch {
		case l.Outcome != "":
			line.State = State{"info", r.T("people.import.outcome." + string(l.Outcome)), ""}
		case l.Taken:
			line.State = State{"ok", r.T("people.import.comes"), ""}
		default:
			line.State = State{"info", r.T("people.import.stays_out"), ""}
		}
		p.Lines = append(p.Lines, line)
	}
	return nil
}

// outcomes says what became of the rows.
func (p *batchPage) outcomes(r *web.Request, b people.Batch) {
	say := func(o people.Outcome) Fact {
		return Fact{Term: r.T("people.import.outcome." + string(o)), Text: r.Localizer().Number(b.Outcomes[o])}
	}
	for _, o := range []people.Outcome{people.OutcomeMade, people.OutcomeUndone, people.OutcomeHere, people.OutcomeLeft} {
		if b.Outcomes[o] > 0 {
			p.Outcomes = append(p.Outcomes, say(o))
		}
	}
	for _, o := range people.Stayed() {
		if b.Outcomes[o] > 0 {
			p.Stayed = append(p.Stayed, say(o))
		}
	}
}

func (h *Web) importMap(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	m := people.Mapping{Lang: r.Form("lang"), How: r.Form("how"), Witness: r.Form("witness"), Everyone: r.Checked("everyone")}
	if day, err := time.ParseInLocation(time.DateOnly, r.Form("agreed"), r.Zone()); err == nil {
		m.Agreed = day
	}
	b, err := h.s.Import(r.Context(), r.Actor, r.PathValue("batch"))
	if err != nil {
		return err
	}
	for i := range b.Headers {
		m.Columns = append(m.Columns, people.Column(r.Form("column_"+strconv.Itoa(i))))
	}
	err = h.s.MapImport(r.Context(), r.Actor, b.ID, m, r.Key())
	if fault.Is(err, fault.Invalid) {
		p, e := h.batchOf(r, &m)
		if e != nil {
			return e
		}
		return r.Fail(w, "people/importbatch", p, err)
	}
	if err != nil {
		return err
	}
	return r.Redirect(w, batchURL(b.ID))
}

func (h *Web) importTake(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id, v := r.PathValue("batch"), people.Verdict(r.Form("verdict"))
	if err := h.s.TakeRows(r.Context(), r.Actor, id, v, r.Form("take") == "yes", r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, batchURL(id)+"?show="+url.QueryEscape(string(v)), "people.import.flash.chosen")
}

func (h *Web) importApply(w http.ResponseWriter, r *web.Request) error {
	return h.importStep(w, r, h.s.ApplyImport(r.Context(), r.Actor, r.PathValue("batch"), r.Key()))
}

func (h *Web) importUndo(w http.ResponseWriter, r *web.Request) error {
	return h.importStep(w, r, h.s.UndoImport(r.Context(), r.Actor, r.PathValue("batch"), r.Key()))
}

func (h *Web) importStep(w http.ResponseWriter, r *web.Request, err error) error {
	if err != nil {
		return err
	}
	return r.Redirect(w, batchURL(r.PathValue("batch")))
}

func (h *Web) importDrop(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.DropImport(r.Context(), r.Actor, r.PathValue("batch"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/import", "people.import.flash.dropped")
}
