// Imports, for stewards: choose files, see what would change, put all of it in,
// take all of it back, and say which organizations organize.

package directoryweb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// ImportOptions are what the pages of imports need beside the directory.
type ImportOptions struct {
	Read    directory.ImportReader
	Bytes   int64                                                 // most bytes of one upload
	Files   int                                                   // most files
	Records int                                                   // most organizations and services
	Name    func(ctx context.Context, org, account string) string // optional: how staff are called
}

// Imports is the pages of imports.
type Imports struct {
	s    *directory.Service
	o    ImportOptions
	turn chan struct{} // one reading at a time: a large one takes much memory
}

// NewImports returns the pages over the core.
func NewImports(s *directory.Service, o ImportOptions) *Imports {
	return &Imports{s: s, o: o, turn: make(chan struct{}, 1)}
}

// Routes is the route table of imports.
func (h *Imports) Routes() []web.Route {
	need := func(a access.Action) access.Need { return access.Need{Resource: "import", Action: a} }
	read, create, update, remove := need(access.Read), need(access.Create), need(access.Update), need(access.Delete)
	return []web.Route{
		{Method: "GET", Pattern: "/directory/import", Need: read, Surface: web.Staff, Handler: h.list},
		{Method: "POST", Pattern: "/directory/import", Need: create, Surface: web.Staff, Handler: h.upload,
			MaxBody: h.o.Bytes + 1<<20, Timeout: 3 * time.Minute},
		{Method: "GET", Pattern: "/directory/import/organizations", Need: read, Surface: web.Staff, Handler: h.organizations},
		{Method: "POST", Pattern: "/directory/import/organizations/{id}/organizing", Need: update, Surface: web.Staff, Handler: h.mark},
		{Method: "GET", Pattern: "/directory/import/batch/{id}", Need: read, Surface: web.Staff, Handler: h.batch},
		{Method: "GET", Pattern: "/directory/import/batch/{id}/report.csv", Need: read, Surface: web.Staff, Handler: h.report},
		{Method: "POST", Pattern: "/directory/import/batch/{id}/choose", Need: update, Surface: web.Staff, Handler: h.choose},
		{Method: "POST", Pattern: "/directory/import/batch/{id}/apply", Need: update, Surface: web.Staff, Handler: h.apply, Timeout: 3 * time.Minute},
		{Method: "POST", Pattern: "/directory/import/batch/{id}/undo", Need: remove, Surface: web.Staff, Handler: h.undo, Timeout: 3 * time.Minute},
		{Method: "POST", Pattern: "/directory/import/batch/{id}/discard", Need: remove, Surface: web.Staff, Handler: h.discard},
	}
}

type importsPage struct {
	Feed, Lang  string
	Feeds       []string
	Langs       []Option
	Megabytes   int
	Files       int
	Records     int
	Batches     []batchLine
	Prev, Next  string
	CanOrganize bool
}

type batchLine struct {
	URL, Feed, When, Exact, Who, Does string
	State                             Badge
}

func (h *Imports) list(w http.ResponseWriter, r *web.Request) error {
	d, err := h.listPage(r, clip(r.Form("feed"), 80), clip(r.Form("lang"), 12))
	if err != nil {
		return err
	}
	return r.Page(w, "directory/import", d)
}

func (h *Imports) listPage(r *web.Request, feed, lang string) (d importsPage, err error) {
	page := pageNumber(r)
	list, more, err := h.s.Imports(r.Context(), r.Actor, page)
	if err != nil {
		return d, err
	}
	if d.Feeds, err = h.s.ImportFeeds(r.Context(), r.Actor); err != nil {
		return d, err
	}
	d.Feed, d.Lang = feed, lang
	if d.Lang == "" {
		d.Lang = "en"
	}
	for _, l := range i18n.Languages() {
		d.Langs = append(d.Langs, Option{Value: l.Code, Label: r.Localizer().LanguageName(l.Code), Checked: l.Code == d.Lang})
	}
	d.Megabytes, d.Files, d.Records = int(h.o.Bytes>>20), h.o.Files, h.o.Records
	for _, b := range list {
		d.Batches = append(d.Batches, batchLine{URL: batchURL(b.ID), Feed: b.Feed, When: r.Localizer().Ago(b.Made, r.Now(), r.Zone()),
			Exact: r.Localizer().DateTime(b.Made.In(r.Zone())), Who: h.who(r, b.MadeBy), Does: does(r, b), State: importBadge(r, b.State)})
	}
	if page > 1 {
		d.Prev = "/directory/import?page=" + number(page-1)
	}
	if more {
		d.Next = "/directory/import?page=" + number(page+1)
	}
	return d, nil
}

func batchURL(id string) string { return "/directory/import/batch/" + id }

func (h *Imports) who(r *web.Request, account string) string {
	if account == "" || h.o.Name == nil {
		return ""
	}
	return h.o.Name(r.Context(), r.Actor.Org, account)
}

// does says in one sentence what a batch would do or did.
func does(r *web.Request, b directory.ImportSummary) string {
	if b.Changes() == 0 {
		return r.T("import.does_nothing")
	}
	return r.T("import.does", "New", b.Taken[directory.ImportNew]+b.Taken[directory.ImportTwin],
		"Changed", b.Taken[directory.ImportChanged]+b.Taken[directory.ImportKept])
}

func importBadge(r *web.Request, s directory.ImportState) Badge {
	kind := map[directory.ImportState]string{directory.ImportPreviewed: "wait", directory.ImportApplied: "ok", directory.ImportUndone: "info"}[s]
	return Badge{Kind: kind, Label: r.T("import.state." + string(s))}
}

func (h *Imports) upload(w http.ResponseWriter, r *web.Request) error {
	f, err := h.received(r)
	if err == nil {
		var made string
		if made, err = h.preview(r, f); err == nil {
			return r.Redirect(w, batchURL(made))
		}
	}
	d, e := h.listPage(r, f.feed, f.lang)
	if e != nil {
		return e
	}
	return r.Fail(w, "directory/import", d, directory.SayImportRefusal(r.Localizer(), err))
}

func (h *Imports) preview(r *web.Request, f uploadForm) (string, error) {
	if len(f.files) == 0 {
		return "", fault.Wrong(fault.At("files", "import.refuse.no_file"))
	}
	select {
	case h.turn <- struct{}{}:
		defer func() { <-h.turn }()
	case <-r.Context().Done():
		return "", fault.Because(fault.New(fault.Unavailable, ""), r.Context().Err())
	}
	b, err := h.o.Read(r.Context(), f.feed, f.files)
	if err != nil {
		return "", err
	}
	return h.s.PreviewImport(r.Context(), r.Actor, b, f.lang, f.key)
}

type uploadForm struct {
	feed, lang, key string
	files           []directory.ImportFile
}

// received reads the form part by part: what was typed stands before the files,
// so it is known (and shown again) even when the files are far too large.
func (h *Imports) received(r *web.Request) (f uploadForm, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return f, fault.Wrong(fault.At("files", "import.refuse.no_file"))
	}
	left := h.o.Bytes
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return f, h.cut(err, "")
		}
		if part.FormName() != "files" {
			text, err := io.ReadAll(io.LimitReader(part, 1000))
			if err != nil {
				return f, h.cut(err, "")
			}
			f.put(part.FormName(), strings.TrimSpace(string(text)))
			continue
		}
		name := clip(part.FileName(), 120)
		data, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return f, h.cut(err, name)
		}
		if left -= int64(len(data)); left < 0 {
			return f, h.tooLarge(name)
		}
		if name == "" && len(data) == 0 {
			continue // the field without a file
		}
		if len(f.files) >= h.o.Files {
			return f, fault.Wrong(fault.At("files", "import.refuse.files", "Limit", h.o.Files))
		}
		f.files = append(f.files, directory.ImportFile{Name: name, Data: data})
	}
}

func (f *uploadForm) put(name, text string) {
	switch name {
	case "feed":
		f.feed = clip(text, 80)
	case "lang":
		f.lang = clip(text, 12)
	case "_key":
		f.key = text
	}
}

// cut says why the form ended early.
func (h *Imports) cut(err error, name string) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return h.tooLarge(name)
	}
	return fault.Because(fault.New(fault.Invalid, "fault.form"), err)
}

func (h *Imports) tooLarge(name string) error {
	return fault.Wrong(fault.At("files", "import.refuse.total", "File", name, "Limit", int(h.o.Bytes>>20)))
}

func (h *Imports) apply(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	if err := h.s.ApplyImport(r.Context(), r.Actor, id); err != nil {
		return h.batchFails(w, r, id, err)
	}
	return r.RedirectWith(w, batchURL(id), "import.flash.applied")
}

func (h *Imports) undo(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	if err := h.s.UndoImport(r.Context(), r.Actor, id); err != nil {
		return h.batchFails(w, r, id, err)
	}
	return r.RedirectWith(w, batchURL(id), "import.flash.undone")
}

func (h *Imports) discard(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	if err := h.s.DiscardImport(r.Context(), r.Actor, id); err != nil {
		return h.batchFails(w, r, id, err)
	}
	return r.RedirectWith(w, "/directory/import", "import.flash.discarded")
}

func (h *Imports) choose(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	n, _ := r.FormInt("n") // 0: all of the action
	action := directory.ImportAction(r.Form("action"))
	if err := h.s.ChooseImport(r.Context(), r.Actor, id, max(n, 0), action, r.Form("take") == "yes"); err != nil {
		return h.batchFails(w, r, id, err)
	}
	to := batchURL(id)
	if slices.Contains(directory.ImportActions(), action) {
		to += "?show=" + string(action) + "&page=" + number(pageNumber(r))
	}
	return r.RedirectWith(w, to, "import.flash.chosen")
}

// report is the whole report as a table to keep; cells a spreadsheet would run are defused.
func (h *Imports) report(w http.ResponseWriter, r *web.Request) error {
	lines, err := h.s.ImportReport(r.Context(), r.Actor, r.PathValue("id"), "", 0)
	if err != nil {
		return err
	}
	l := r.Localizer()
	var buf bytes.Buffer
	out := sheet.NewWriter(&buf)
	out.Row(l.T("import.column.level"), l.T("import.column.file"), l.T("import.column.row"), l.T("import.column.pointer"), l.T("import.column.text"))
	for _, i := range lines {
		out.Row(l.T("import.level."+string(i.Level)), i.File, i.Row, i.Pointer, i.Say(l))
	}
	if err := out.Close(); err != nil {
		return err
	}
	return r.Attachment(w, "import-report.csv", "text/csv; charset=utf-8", buf.Bytes())
}

type organizationsPage struct {
	Q          string
	Rows       []organizationLine
	Prev, Next string
	Page       int
}

type organizationLine struct {
	ID, Name, About, Place, Feed string
	Group                        string // address of the draft
	Ask                          bool   // look-alikes were found: ask before making another draft
}

func (h *Imports) organizations(w http.ResponseWriter, r *web.Request) error {
	d, err := h.organizationsPage(r, "")
	if err != nil {
		return err
	}
	return r.Page(w, "directory/importorganizations", d)
}

func (h *Imports) organizationsPage(r *web.Request, ask string) (d organizationsPage, err error) {
	d.Q, d.Page = clip(r.Form("q"), 80), pageNumber(r)
	list, more, err := h.s.ImportedOrganizations(r.Context(), r.Actor, d.Q, d.Page)
	if err != nil {
		return d, err
	}
	for _, o := range list {
		line := organizationLine{ID: o.ID, Name: o.Record.Name, About: clip(strings.ReplaceAll(o.Record.Description, "\n", " "), 240), Feed: o.Feed, Ask: o.ID == ask}
		if len(o.Record.Places) > 0 {
			line.Place = o.Record.Places[0].Line()
		}
		if o.Group != "" {
			line.Group = "/directory/" + o.Group
		}
		d.Rows = append(d.Rows, line)
	}
	at := func(page int) string {
		return "/directory/import/organizations?" + query("q", d.Q, "page", number(page))
	}
	if d.Page > 1 {
		d.Prev = at(d.Page - 1)
	}
	if more {
		d.Next = at(d.Page + 1)
	}
	return d, nil
}

func (h *Imports) mark(w http.ResponseWriter, r *web.Request) error {
	id := r.PathValue("id")
	group, err := h.s.MarkOrganizing(r.Context(), r.Actor, id, r.Checked("different"), r.Key())
	if err == nil {
		return r.RedirectWith(w, "/directory/"+group, "import.flash.marked")
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	d, e := h.organizationsPage(r, id)
	if e != nil {
		return e
	}
	return r.Fail(w, "directory/importorganizations", d, err)
}
