// Package hsds reads other people's directories: Open Referral HSDS 3.x as JSON
// (also its UK profile), HSDS 1.0 to 3.x as CSV tables in a folder, a zip or
// several files, and one family of older tables with columns of their own.
//
// Reading is pure: bytes in, records and a report in words out. What a file is,
// is decided by its content; its name is asked only where the columns could be
// several tables. Dirty data is put right where
// there is one right way (each time with a line in the report) and left out
// where there is none; hostile data is refused with a pointer. The package owns
// no table and may import kit and the import types of clinic/directory.
package hsds

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

// File is one file as uploaded or found in a folder.
type File struct {
	Name string
	Data []byte
}

// Reader reads uploads for the directory's pages.
func Reader(lim Limits) directory.ImportReader {
	return func(ctx context.Context, feed string, files []directory.ImportFile) (directory.ImportBatch, error) {
		own := make([]File, 0, len(files))
		for _, f := range files {
			own = append(own, File(f))
		}
		return Read(ctx, feed, own, lim)
	}
}

// Limits bound what one reading may cost.
type Limits struct {
	Files   int   // files, those inside archives included
	Total   int64 // bytes as given
	File    int64 // bytes of one file, unpacked
	Unpack  int64 // bytes of all files, unpacked
	Ratio   int64 // unpacked to packed bytes of one archive entry
	Rows    int   // rows of all tables
	Records int   // organizations and services
	Depth   int   // nesting of JSON
	Values  int   // values of one JSON file
	Columns int   // columns of one table
	Lines   int   // lines of the report
}

// Standard limits hold a directory five times the size of a large county's.
func Standard() Limits {
	return Limits{Files: 200, Total: 32 << 20, File: 32 << 20, Unpack: 96 << 20, Ratio: 200, Rows: 400_000,
		Records: 20_000, Depth: 48, Values: 4_000_000, Columns: 200, Lines: 20_000}
}

// The formats a batch can have.
const (
	FormatJSON  = "hsds-json"
	FormatCSV   = "hsds-csv"
	FormatOwn   = "own-columns"
	FormatMixed = "mixed"
)

// Read reads files as one directory called feed. It refuses (fault.Invalid, with
// the file, row and column or JSON pointer as arguments) what cannot be read or
// is too big; everything else ends in the batch or in its report.
func Read(ctx context.Context, feed string, files []File, lim Limits) (b directory.ImportBatch, err error) {
	defer fault.Wrap(&err, "hsds.Read")
	feed = clip(oneLine(feed), 80)
	if feed == "" {
		return b, fault.Wrong(fault.At("feed", "import.refuse.no_feed"))
	}
	if len(files) == 0 {
		return b, fault.Wrong(fault.At("files", "import.refuse.no_file"))
	}
	files, err = unpack(ctx, files, lim)
	if err != nil {
		return b, err
	}
	r := newReader(ctx, feed, lim)
	for _, f := range files {
		if err := r.file(f); err != nil {
			return directory.ImportBatch{}, err
		}
	}
	if err := r.assemble(); err != nil {
		return directory.ImportBatch{}, err
	}
	return r.finish()
}

type key struct {
	kind directory.ImportKind
	id   string
}

type entry struct {
	rec    directory.ImportRecord
	strong bool // stood for itself, not only inside or beside another record
}

type reader struct {
	ctx     context.Context
	ns      string
	lim     Limits
	batch   directory.ImportBatch
	entries []entry
	index   map[key]int
	kindOf  map[string]directory.ImportKind
	tables  map[string][]row
	formats map[string]bool
	rows    int
	cut     int // report lines beyond the limit
	said    int // records and report lines so far: a file that adds none gets a line of its own
	tally   map[tallyKey]int
	tallies []tallyKey // in order of first sight
	unread  []fault.Field
}

// tallyKey counts what would make one line per row without telling anything new.
type tallyKey struct {
	file, column, key string
	level             directory.ImportLevel
}

func newReader(ctx context.Context, feed string, lim Limits) *reader {
	return &reader{ctx: ctx, ns: directory.ImportNamespace(feed), lim: lim, batch: directory.ImportBatch{Feed: feed},
		index: map[key]int{}, kindOf: map[string]directory.ImportKind{}, tables: map[string][]row{},
		formats: map[string]bool{}, tally: map[tallyKey]int{}}
}

// spot is where something was read.
type spot struct {
	file    string
	row     int
	pointer string
}

func (s spot) in(pointer string) spot { s.pointer = pointer; return s }

func (r *reader) note(level directory.ImportLevel, key string, at spot, args ...any) {
	r.said++
	if len(r.batch.Report) >= r.lim.Lines {
		r.cut++
		return
	}
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = oneLine(s)
		}
	}
	r.batch.Report = append(r.batch.Report, directory.ImportLine{File: at.file, Row: at.row, Pointer: oneLine(at.pointer),
		Level: level, Key: key, Args: fault.Args(args...)})
}

func (r *reader) count(level directory.ImportLevel, key string, at spot, n int) {
	r.said++
	k := tallyKey{at.file, at.pointer, key, level}
	if n > 0 && r.tally[k] == 0 {
		r.tallies = append(r.tallies, k)
	}
	if n > 0 {
		r.tally[k] += n
	}
}

// refuse ends the reading. Every refusal names the file; row 0 means the whole file.
func refuse(key string, at spot, args ...any) error {
	return fault.Wrong(fault.At("files", key, append([]any{"File", clip(at.file, 120), "Row", at.row, "Pointer", clip(at.pointer, 120)}, args...)...))
}

// file decides by content what a file is and reads it.
func (r *reader) file(f File) error {
	at := spot{file: f.Name}
	r.batch.Files = append(r.batch.Files, f.Name)
	if err := r.ctx.Err(); err != nil {
		return fault.Because(refuse("import.refuse.time", at), err)
	}
	text, changed := decode(f.Data)
	if changed {
		r.note(directory.ImportFixed, "import.line.encoding", at)
	}
	switch first := firstByte(text); {
	case first == 0:
		r.unreadable(at, "import.line.empty_file")
		return nil
	case first == '{' || first == '[':
		return r.json(f.Name, text)
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")):
		r.unreadable(at, "import.line.markup")
		return nil
	case bytes.IndexByte(text, 0) >= 0:
		r.unreadable(at, "import.line.binary")
		return nil
	default:
		return r.table(f.Name, text)
	}
}

func firstByte(text []byte) byte {
	if t := bytes.TrimLeft(text, " \t\r\n"); len(t) > 0 {
		return t[0]
	}
	return 0
}

// unreadable notes a file none of which can be used; when nothing at all can, these become the refusal.
func (r *reader) unreadable(at spot, key string) {
	r.note(directory.ImportError, key, at)
	if len(r.unread) < 20 {
		r.unread = append(r.unread, fault.At("files", key, "File", clip(at.file, 120)))
	}
}

// ident turns a foreign id into a UUID: its own, or one derived from feed, kind and id.
func (r *reader) ident(kind directory.ImportKind, raw string) string {
	if raw == "" {
		return ""
	}
	if own := strings.ToLower(raw); id.Valid(own) {
		return own
	}
	return id.Derive(r.ns, string(kind)+":"+raw)
}

// put keeps a record. A strong one stands for itself: with the same id twice the
// later is an update of the earlier. A weak one (an organization inside a
// service, a service beside a place) only fills gaps.
func (r *reader) put(rec directory.ImportRecord, strong bool, at spot) error {
	r.said++
	rec.File, rec.Row, rec.Pointer = at.file, at.row, at.pointer
	if known, ok := r.kindOf[rec.ID]; ok && known != rec.Kind {
		r.note(directory.ImportFixed, "import.line.id_twice_kinds", at, "ID", rec.Origin)
		rec.ID = id.Derive(r.ns, string(rec.Kind)+":"+rec.Origin)
	}
	r.kindOf[rec.ID] = rec.Kind
	k := key{rec.Kind, rec.ID}
	i, ok := r.index[k]
	if !ok {
		if len(r.entries) >= r.lim.Records {
			return refuse("import.refuse.records", at, "Limit", r.lim.Records)
		}
		r.index[k] = len(r.entries)
		r.entries = append(r.entries, entry{rec, strong})
		return nil
	}
	e := &r.entries[i]
	switch {
	case strong && e.strong:
		if rec.Name != e.rec.Name || rec.Description != e.rec.Description || rec.URL != e.rec.URL {
			r.note(directory.ImportInfo, "import.line.same_id", at, "ID", rec.Origin, "Name", rec.Name)
		} else {
			r.count(directory.ImportInfo, "import.line.repeated", spot{file: at.file}, 1)
		}
		e.rec = merge(rec, e.rec, false)
	case strong:
		e.rec, e.strong = merge(rec, e.rec, true), true
	default:
		e.rec = merge(e.rec, rec, true)
	}
	return nil
}

// merge keeps a and fills its gaps from b; with union, lists are joined.
func merge(a, b directory.ImportRecord, union bool) directory.ImportRecord {
	for _, p := range []struct{ into, from *string }{
		{&a.Organization, &b.Organization}, {&a.AlsoKnown, &b.AlsoKnown}, {&a.Description, &b.Description},
		{&a.Email, &b.Email}, {&a.Status, &b.Status}, {&a.Fees, &b.Fees}, {&a.Eligibility, &b.Eligibility},
		{&a.HowTo, &b.HowTo}, {&a.Documents, &b.Documents}, {&a.Interpreters, &b.Interpreters},
	} {
		*p.into = cmp.Or(*p.into, *p.from)
	}
	if a.URL == "" && a.RawURL == "" {
		a.URL, a.RawURL = b.URL, b.RawURL
	}
	a.MinAge, a.MaxAge = cmp.Or(a.MinAge, b.MinAge), cmp.Or(a.MaxAge, b.MaxAge)
	a.Areas = lists(a.Areas, b.Areas, union)
	a.Languages = lists(a.Languages, b.Languages, union)
	a.Topics = lists(a.Topics, b.Topics, union)
	a.Phones = lists(a.Phones, b.Phones, union)
	a.Places = lists(a.Places, b.Places, union)
	a.Hours = lists(a.Hours, b.Hours, union)
	return a
}

// most bounds the lists of one record: beyond it nobody reads them, and merging must stay cheap.
const most = 200

func lists[T any](a, b []T, union bool) []T {
	if len(a) > 0 && !union {
		return a
	}
	all := append(slices.Clip(a), b...)
	if len(all) > 2*most { // room for repeats; finish drops them and cuts to most
		all = all[:2*most]
	}
	return all
}

func (r *reader) finish() (directory.ImportBatch, error) {
	for _, e := range r.entries {
		rec := e.rec
		rec.Normalize()
		rec.Areas, rec.Languages, rec.Topics = first(rec.Areas), first(rec.Languages), first(rec.Topics)
		rec.Phones, rec.Places, rec.Hours = first(rec.Phones), first(rec.Places), first(rec.Hours)
		if rec.Kind == directory.ImportService {
			if _, ok := r.index[key{directory.ImportOrganization, rec.Organization}]; !ok {
				at := spot{rec.File, rec.Row, rec.Pointer}
				r.note(directory.ImportInfo, "import.line.orphan", at, "Name", rec.Name)
			}
		}
		r.batch.Records = append(r.batch.Records, rec)
	}
	for _, k := range r.tallies {
		r.note(k.level, k.key, spot{file: k.file, pointer: k.column}, "Count", r.tally[k])
	}
	if r.cut > 0 {
		r.batch.Report = append(r.batch.Report, directory.ImportLine{Level: directory.ImportInfo, Key: "import.line.more", Args: fault.Args("Count", r.cut)})
	}
	if len(r.batch.Records) == 0 {
		if len(r.unread) > 0 {
			return directory.ImportBatch{}, fault.Wrong(r.unread...)
		}
		return directory.ImportBatch{}, r.nothing()
	}
	r.batch.Format = FormatMixed
	if len(r.formats) == 1 {
		for f := range r.formats {
			r.batch.Format = f
		}
	}
	return r.batch, nil
}

// nothing refuses files that were readable but hold neither organizations nor
// services, with the first thing that was wrong in them.
func (r *reader) nothing() error {
	fields := []fault.Field{fault.At("files", "import.refuse.nothing")}
	for _, l := range r.batch.Report {
		if l.Level == directory.ImportError && len(fields) < 10 {
			args := map[string]any{"File": l.File, "Row": l.Row, "Pointer": l.Pointer}
			for k, v := range l.Args {
				args[k] = v
			}
			fields = append(fields, fault.Field{Name: "files", Key: l.Key, Args: args})
		}
	}
	return fault.Wrong(fields...)
}

func first[T any](in []T) []T {
	if len(in) > most {
		return in[:most]
	}
	return in
}
