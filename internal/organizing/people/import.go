// Spreadsheets of people who had agreed before: read, mapped, looked through row
// by row, brought in by a job that can be stopped and goes on, and taken back as a
// whole. What is never stored is dropped before anything is kept.
package people

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Limits of a file.
const (
	MostImportBytes = 20 << 20
	MostImportRows  = 100_000
)

const (
	// ImportAgreedMonths: a yes that is older has run out, as every record does.
	ImportAgreedMonths = 12
	// ImportConfirmDays: somebody else says that the person agreed, so the consent
	// holds only until the person has been asked themselves.
	ImportConfirmDays = 90
	// UndoImportDays is how long an import can be taken back.
	UndoImportDays = 30
	keepUnread     = 7 * 24 * time.Hour // rows that were not brought in, previews nobody applies
	rowsAtOnce     = 100                // rows of one transaction
)

// BatchState is how far an import is.
type BatchState string

const (
	BatchRead     BatchState = "read"     // columns are to be said
	BatchChecking BatchState = "checking" // rows are looked through
	BatchPreview  BatchState = "preview"
	BatchApplying BatchState = "applying"
	BatchApplied  BatchState = "applied"
	BatchUndoing  BatchState = "undoing"
	BatchUndone   BatchState = "undone"
)

// Verdict is what a row of a file would do.
type Verdict string

const (
	RowNew   Verdict = "new"
	RowHere  Verdict = "here"  // the same phone or address is here already
	RowAlike Verdict = "alike" // somebody here has a name like this
	RowTwice Verdict = "twice" // stands in the file before
	RowWrong Verdict = "wrong" // cannot be read; the notes say why
)

// Verdicts lists them, those first that need a look.
func Verdicts() []Verdict { return []Verdict{RowWrong, RowHere, RowAlike, RowTwice, RowNew} }

// Outcome is what became of a row.
type Outcome string

const (
	OutcomeMade     Outcome = "made"
	OutcomeLeft     Outcome = "left"     // not chosen
	OutcomeHere     Outcome = "here"     // somebody with this phone or address came in meanwhile
	OutcomeUndone   Outcome = "undone"   // taken back
	OutcomeEdited   Outcome = "edited"   // the rest stayed when the import was taken back, because of this
	OutcomeMet      Outcome = "met"      //
	OutcomePromised Outcome = "promised" //
	OutcomeMerged   Outcome = "merged"   //
	OutcomeAgreed   Outcome = "agreed"   // they have confirmed their yes since
)

// Stayed lists why somebody stayed when an import was taken back.
func Stayed() []Outcome {
	return []Outcome{OutcomeEdited, OutcomeMet, OutcomePromised, OutcomeMerged, OutcomeAgreed}
}

// Mapping says what the columns are and how the people in the file agreed.
type Mapping struct {
	Columns  []Column  `json:"columns"` // one for each header kept
	Lang     string    `json:"lang"`    // of rows that name none
	Agreed   time.Time `json:"agreed"`  // the day on which they agreed
	How      string    `json:"how"`     // spoken, screen, paper
	Witness  string    `json:"witness"`
	Everyone bool      `json:"everyone"` // the importer says: everybody in the file
}

// batchWords is what is sealed of a batch.
type batchWords struct {
	Headers []string `json:"headers"`
	Dropped []string `json:"dropped"` // headers of columns that are never read
	Samples []string `json:"samples"` // of the first filled row
	Mapping Mapping  `json:"mapping"`
}

type batchRow struct {
	id, sealed, by       string
	state                BatchState
	version, total       int64
	made, applied, ended time.Time
	words                batchWords
}

var (
	needImport  = access.Need{Resource: "intake", Action: access.Create}
	needImports = access.Need{Resource: "intake", Action: access.Read}
	needApply   = access.Need{Resource: "intake", Action: access.Update}
	needDrop    = access.Need{Resource: "intake", Action: access.Delete}
)

func batchCell(org, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: "people_batch", Column: "sealed", Row: id, Version: version}
}

func importCell(org, batch string, n int64) vault.Cell {
	return vault.Cell{Org: org, Table: "people_batch_row", Column: "sealed", Row: batch + ":" + itoa(n), Version: 1}
}

// ReadImport reads a file and keeps its rows, without the columns that are never
// read, for its columns to be said.
func (s *Service) ReadImport(ctx context.Context, a access.Actor, file io.Reader, key string) (made string, err error) {
	defer fault.Wrap(&err, "people.ReadImport")
	g, err := access.Check(a, needImport)
	if err != nil {
		return "", err
	}
	t, err := sheet.Read(file, sheet.Limits{Bytes: MostImportBytes, Rows: MostImportRows, Columns: 60, Cell: 2000})
	if err != nil {
		return "", err
	}
	b := batchRow{state: BatchRead, by: a.Account, made: s.clock.Now(), version: 1}
	var kept []string
	for _, h := range t.Header {
		switch {
		case h == "":
		case Forbidden(h):
			b.words.Dropped = append(b.words.Dropped, clipped(h, 60))
		default:
			kept = append(kept, h)
			b.words.Headers = append(b.words.Headers, clipped(h, 60))
			b.words.Mapping.Columns = append(b.words.Mapping.Columns, Suggest(h))
		}
	}
	if len(kept) == 0 || len(t.Rows) == 0 {
		return "", fault.Wrong(fault.At("file", "people.import.error.empty"))
	}
	for _, h := range kept {
		b.words.Samples = append(b.words.Samples, clipped(t.Rows[0].Text(h), 60))
	}
	b.total = int64(len(t.Rows))
	fresh := false
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		fresh = false
		made, err = idem.Once(ctx, tx, b.made, a.Name(), key, "people.import", func() (string, error) {
			fresh = true
			b.id = id.New(b.made)
			if err := s.putBatch(ctx, tx, &b); err != nil {
				return "", err
			}
			return b.id, s.note(ctx, tx, a, g, "read", "intake", b.id, "", "")
		})
		return err
	})
	if err != nil || !fresh {
		return made, err
	}
	for at := 0; at < len(t.Rows); at += 500 {
		part := t.Rows[at:min(at+500, len(t.Rows))]
		if err := s.db.Write(ctx, a.Org, func(tx *db.Tx) error { return s.keepRows(ctx, tx, b.id, at, part, kept) }); err != nil {
			return "", err
		}
	}
	return made, nil
}

// keepRows seals the cells of rows as they were typed.
func (s *Service) keepRows(ctx context.Context, tx *db.Tx, batch string, from int, rows []sheet.Row, kept []string) error {
	for i, r := range rows {
		n := int64(from + i + 1)
		cells := make([]string, len(kept))
		for j, h := range kept {
			cells[j] = contact.OneLine(r.Text(h))
		}
		plain, err := json.Marshal(cells)
		if err != nil {
			return err
		}
		sealed, err := s.vault.Seal(ctx, importCell(tx.Org(), batch, n), string(plain))
		if err != nil {
			return err
		}
		if err := insertImportRow(ctx, tx, batch, n, int64(r.Line), sealed); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) putBatch(ctx context.Context, tx *db.Tx, b *batchRow) error {
	plain, err := json.Marshal(b.words)
	if err != nil {
		return err
	}
	if b.sealed, err = s.vault.Seal(ctx, batchCell(tx.Org(), b.id, b.version), string(plain)); err != nil {
		return err
	}
	return upsertBatch(ctx, tx, *b)
}

func (s *Service) batch(ctx context.Context, tx *db.Tx, which string) (batchRow, error) {
	b, err := batchByID(ctx, tx, which)
	if err != nil {
		return b, err
	}
	plain, err := s.vault.Open(ctx, batchCell(tx.Org(), b.id, b.version), b.sealed)
	if err != nil {
		return b, err
	}
	return b, json.Unmarshal([]byte(plain), &b.words)
}

// MapImport says what the columns hold and how the people agreed, and has the
// rows looked through.
func (s *Service) MapImport(ctx context.Context, a access.Actor, which string, m Mapping, key string) (err error) {
	defer fault.Wrap(&err, "people.MapImport")
	g, err := access.Check(a, needApply)
	if err != nil {
		return err
	}
	return s.step(ctx, a, which, key, "map", func(tx *db.Tx, b *batchRow) error {
		if b.state != BatchRead && b.state != BatchPreview {
			return fault.Clash("people.import.error.state")
		}
		if bad := s.wrongMapping(m, len(b.words.Headers)); len(bad) > 0 {
			return fault.Wrong(bad...)
		}
		b.words.Mapping, b.state = m, BatchChecking
		b.version++
		if err := clearVerdicts(ctx, tx, b.id); err != nil {
			return err
		}
		if err := s.putBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := s.jobs.Enqueue(ctx, tx, job.Job{Kind: jobImport, Payload: b.id}); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "map", "intake", b.id, "", m.How)
	})
}

func (s *Service) wrongMapping(m Mapping, columns int) (bad []fault.Field) {
	wrong := func(ok bool, name, key string) {
		if !ok {
			bad = append(bad, fault.At(name, key))
		}
	}
	now := s.clock.Now()
	seen := map[Column]int{}
	ok := len(m.Columns) == columns
	for _, c := range m.Columns {
		seen[c]++
		ok = ok && (c == ColumnNothing || slices.Contains(Columns(), c) && seen[c] == 1)
	}
	wrong(ok, "columns", "people.import.error.columns")
	wrong(seen[ColumnName]+seen[ColumnFirst]+seen[ColumnLast] > 0, "columns", "people.import.error.name")
	wrong(contact.Language(m.Lang), "lang", "contact.error.choose")
	wrong(m.Everyone, "everyone", "people.import.error.everyone")
	wrong(!m.Agreed.IsZero() && !m.Agreed.After(now) && m.Agreed.After(now.AddDate(0, -ImportAgreedMonths, 0)), "agreed", "people.import.error.agreed")
	wrong(slices.Contains(consent.Hows(), consent.How(m.How)), "how", "consent.error.how")
	wrong(slices.Contains(consent.Witnesses(), consent.Helper(m.Witness)) && (m.How != string(consent.Spoken) || m.Witness != ""), "witness", "consent.error.witness")
	return bad
}

// step is an act on a batch with a form's key.
func (s *Service) step(ctx context.Context, a access.Actor, which, key, action string, fn func(tx *db.Tx, b *batchRow) error) error {
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people.import."+action+":"+which, func() (string, error) {
			b, err := s.batch(ctx, tx, which)
			if err != nil {
				return "", err
			}
			return "", fn(tx, &b)
		})
		return err
	})
}

// TakeRows says of all rows with a verdict whether they come in.
func (s *Service) TakeRows(ctx context.Context, a access.Actor, which string, v Verdict, take bool, key string) (err error) {
	defer fault.Wrap(&err, "people.TakeRows")
	g, err := access.Check(a, needApply)
	if err != nil {
		return err
	}
	if v != RowNew && v != RowAlike {
		return fault.Wrong(fault.At("verdict", "contact.error.choose")) // the same phone is the same person, or one must look
	}
	return s.step(ctx, a, which, key, "take", func(tx *db.Tx, b *batchRow) error {
		if b.state != BatchPreview {
			return fault.Clash("people.import.error.state")
		}
		if err := takeRows(ctx, tx, b.id, v, take); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "choose", "intake", b.id, "", string(v))
	})
}

// ApplyImport brings the chosen rows in, a piece at a time, by a job.
func (s *Service) ApplyImport(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "people.ApplyImport")
	return s.begin(ctx, a, needApply, which, key, "apply", BatchPreview, BatchApplying)
}

// UndoImport takes the whole import back, by a job. Who changed since then stays.
func (s *Service) UndoImport(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "people.UndoImport")
	return s.begin(ctx, a, needDrop, which, key, "undo", BatchApplied, BatchUndoing)
}

func (s *Service) begin(ctx context.Context, a access.Actor, n access.Need, which, key, action string, from, to BatchState) error {
	g, err := access.Check(a, n)
	if err != nil {
		return err
	}
	return s.step(ctx, a, which, key, action, func(tx *db.Tx, b *batchRow) error {
		if b.state != from {
			return fault.Clash("people.import.error.state")
		}
		if to == BatchUndoing && s.clock.Now().After(b.applied.AddDate(0, 0, UndoImportDays)) {
			return fault.Ended("people.import.error.late")
		}
		b.state = to
		if err := s.putBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := s.jobs.Enqueue(ctx, tx, job.Job{Kind: jobImport, Payload: b.id}); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, action, "intake", b.id, "", "")
	})
}

// DropImport throws a file away that nothing was brought in from.
func (s *Service) DropImport(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "people.DropImport")
	g, err := access.Check(a, needDrop)
	if err != nil {
		return err
	}
	return s.step(ctx, a, which, key, "drop", func(tx *db.Tx, b *batchRow) error {
		if b.state != BatchRead && b.state != BatchPreview {
			return fault.Clash("people.import.error.state")
		}
		if err := deleteBatch(ctx, tx, b.id); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "drop", "intake", b.id, "", "")
	})
}

// Batch is an import as it is shown.
type Batch struct {
	ID                   string
	State                BatchState
	By                   string // account
	Made, Applied, Ended time.Time
	Total, Done          int // rows; Done: of the work under way
	Headers, Dropped     []string
	Samples              []string
	Mapping              Mapping
	Verdicts             map[Verdict]int
	Taken                map[Verdict]int
	Outcomes             map[Outcome]int
	CanUndo              bool
}

// Imports lists the latest imports.
func (s *Service) Imports(ctx context.Context, a access.Actor) (out []Batch, err error) {
	defer fault.Wrap(&err, "people.Imports")
	if _, err := access.Check(a, needImports); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		list, err := batches(ctx, tx, 50)
		for _, b := range list {
			one, err := s.batchOf(ctx, tx, b)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return err
	})
	return out, err
}

// Import shows one.
func (s *Service) Import(ctx context.Context, a access.Actor, which string) (out Batch, err error) {
	defer fault.Wrap(&err, "people.Import")
	if _, err := access.Check(a, needImports); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		b, err := s.batch(ctx, tx, which)
		if err != nil {
			return err
		}
		out, err = s.batchOf(ctx, tx, b)
		return err
	})
	return out, err
}

func (s *Service) batchOf(ctx context.Context, tx *db.Tx, b batchRow) (out Batch, err error) {
	out = Batch{ID: b.id, State: b.state, By: b.by, Made: b.made, Applied: b.applied, Ended: b.ended, Total: int(b.total), Headers: b.words.Headers, Dropped: b.words.Dropped,
		Samples: b.words.Samples, Mapping: b.words.Mapping}
	if out.Verdicts, out.Taken, out.Outcomes, err = tallies(ctx, tx, b.id); err != nil {
		return out, err
	}
	switch b.state {
	case BatchChecking:
		for _, n := range out.Verdicts {
			out.Done += n
		}
	case BatchApplying:
		for _, n := range out.Outcomes {
			out.Done += n
		}
	case BatchUndoing:
		out.Total = out.Outcomes[OutcomeMade] + out.Outcomes[OutcomeUndone]
		out.Done = out.Outcomes[OutcomeUndone]
		for _, o := range Stayed() {
			out.Total, out.Done = out.Total+out.Outcomes[o], out.Done+out.Outcomes[o]
		}
	}
	out.CanUndo = b.state == BatchApplied && !s.clock.Now().After(b.applied.AddDate(0, 0, UndoImportDays))
	return out, nil
}
