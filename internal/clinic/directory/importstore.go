// Every SQL statement on imports. Rows are written many at a time: a county's
// directory is thousands of them in one transaction.

package directory

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"seedbed/internal/platform/db"
)

type batchRow struct {
	id, feed, format, lang      string
	files                       []string
	state                       ImportState
	lines, records              int
	made, applied, undone       int64
	madeBy, appliedBy, undoneBy string
}

// recordRow is a staged record.
type recordRow struct {
	n                        int
	source                   string
	kind                     ImportKind
	name                     string
	action                   ImportAction
	taken                    bool
	card, changes            string
	twinKind, twin, twinName string
	seen                     string
	outcome                  ImportOutcome
}

// sourceRow is what a feed says of one id. It is stored as JSON in the way back,
// so its fields are exactly the columns.
type sourceRow struct {
	ID        string     `json:"id"`
	Kind      ImportKind `json:"kind"`
	Feed      string     `json:"feed"`
	Origin    string     `json:"origin"`
	Name      string     `json:"name"`
	Folded    string     `json:"folded"`
	Card      string     `json:"card"`
	Batch     string     `json:"batch"`
	Programme string     `json:"programme"`
	Written   string     `json:"written"`
	Group     string     `json:"group"`
	Created   int64      `json:"created"`
	Updated   int64      `json:"updated"`
}

// programmeRow is a programme's columns but the version, which only ever grows.
type programmeRow struct {
	ID         string `json:"id"`
	Published  bool   `json:"published"`
	Card       string `json:"card"`
	VerifiedOn int64  `json:"verified_on"`
	Batch      string `json:"batch"`
	SourceID   string `json:"source_id"`
	Created    int64  `json:"created"`
	Updated    int64  `json:"updated"`
}

type undoRow struct {
	n                                          int
	source, sourceBefore, sourceAfter          string
	programme, programmeBefore, programmeAfter string
}

func fromText[T any](text string) (v T, err error) {
	err = json.Unmarshal([]byte(text), &v)
	return v, err
}

// many runs one INSERT for up to a hundred rows at a time.
func many(ctx context.Context, tx *db.Tx, head, tail string, rows [][]any) error {
	const most = 100
	for len(rows) > 0 {
		part := rows[:min(most, len(rows))]
		rows = rows[len(part):]
		var sb strings.Builder
		var args []any
		sb.WriteString(head)
		sb.WriteString(" VALUES ")
		for i, r := range part {
			if i > 0 {
				sb.WriteByte(',')
			}
			sb.WriteByte('(')
			sb.WriteString(db.Marks(len(args)+1, len(r)))
			sb.WriteByte(')')
			args = append(args, r...)
		}
		sb.WriteByte(' ')
		sb.WriteString(tail)
		if _, err := tx.Exec(ctx, sb.String(), args...); err != nil {
			return err
		}
	}
	return nil
}

func insertBatch(ctx context.Context, tx *db.Tx, h batchRow, rows []recordRow, report []ImportLine) error {
	files, err := json.Marshal(h.files)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO directory_batch (org_id, id, feed, format, lang, files, state, lines, records, made, made_by,
		applied, applied_by, undone, undone_by) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,0,'',0,'')`,
		tx.Org(), h.id, h.feed, h.format, h.lang, string(files), h.state, h.lines, h.records, h.made, h.madeBy)
	if err != nil {
		return err
	}
	records := make([][]any, 0, len(rows))
	for _, r := range rows {
		records = append(records, []any{tx.Org(), h.id, r.n, r.source, r.kind, r.name, r.action, r.taken, r.card, r.changes,
			r.twinKind, r.twin, r.twinName, r.seen, r.outcome})
	}
	err = many(ctx, tx, `INSERT INTO directory_batch_record (org_id, batch, n, source, kind, name, action, taken, card, changes,
		twin_kind, twin, twin_name, seen, outcome)`, "", records)
	if err != nil {
		return err
	}
	lines := make([][]any, 0, len(report))
	for i, l := range report {
		args, err := json.Marshal(l.Args)
		if err != nil {
			return err
		}
		lines = append(lines, []any{tx.Org(), h.id, i + 1, l.Level, l.File, l.Row, l.Pointer, l.Key, string(args)})
	}
	return many(ctx, tx, `INSERT INTO directory_batch_line (org_id, batch, n, level, file, file_row, pointer, message, args)`, "", lines)
}

const batchColumns = `id, feed, format, lang, files, state, lines, records, made, made_by, applied, applied_by, undone, undone_by`

func scanBatch(s db.Scanner) (b batchRow, err error) {
	var files string
	err = s.Scan(&b.id, &b.feed, &b.format, &b.lang, &files, &b.state, &b.lines, &b.records, &b.made, &b.madeBy, &b.applied, &b.appliedBy,
		&b.undone, &b.undoneBy)
	if err != nil {
		return b, err
	}
	b.files, err = fromText[[]string](files)
	return b, err
}

func batchByID(ctx context.Context, tx *db.Tx, batch string) (batchRow, error) {
	return db.Get(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM directory_batch WHERE org_id=$1 AND id=$2`, tx.Org(), batch)
}

func batches(ctx context.Context, tx *db.Tx, most, skip int) ([]batchRow, error) {
	return db.Select(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM directory_batch WHERE org_id=$1 ORDER BY made DESC, id DESC LIMIT $2 OFFSET $3`,
		tx.Org(), most, skip)
}

const recordColumns = `n, source, kind, name, action, taken, card, changes, twin_kind, twin, twin_name, seen, outcome`

func scanRecord(s db.Scanner) (r recordRow, err error) {
	err = s.Scan(&r.n, &r.source, &r.kind, &r.name, &r.action, &r.taken, &r.card, &r.changes, &r.twinKind, &r.twin, &r.twinName, &r.seen, &r.outcome)
	return r, err
}

func takenRecords(ctx context.Context, tx *db.Tx, batch string) ([]recordRow, error) {
	return db.Select(ctx, tx, scanRecord, `SELECT `+recordColumns+` FROM directory_batch_record
		WHERE org_id=$1 AND batch=$2 AND taken=$3 ORDER BY n`, tx.Org(), batch, true)
}

func someRecords(ctx context.Context, tx *db.Tx, batch string, action ImportAction, most, skip int) ([]recordRow, error) {
	return db.Select(ctx, tx, scanRecord, `SELECT `+recordColumns+` FROM directory_batch_record
		WHERE org_id=$1 AND batch=$2 AND action=$3 ORDER BY n LIMIT $4 OFFSET $5`, tx.Org(), batch, action, most, skip)
}

// leftRecords are those an undo left in place.
func leftRecords(ctx context.Context, tx *db.Tx, batch string, most int) ([]recordRow, error) {
	return db.Select(ctx, tx, scanRecord, `SELECT `+recordColumns+` FROM directory_batch_record
		WHERE org_id=$1 AND batch=$2 AND outcome IN ($3,$4,$5,$6) ORDER BY n LIMIT $7`, tx.Org(), batch,
		ImportLeftEdited, ImportLeftLater, ImportLeftGroup, ImportLeftGone, most)
}

func someLines(ctx context.Context, tx *db.Tx, batch string, level ImportLevel, most, skip int) ([]ImportLine, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (l ImportLine, err error) {
		var args string
		if err = s.Scan(&l.Level, &l.File, &l.Row, &l.Pointer, &l.Key, &args); err != nil {
			return l, err
		}
		l.Args, err = fromText[map[string]any](args)
		for name, v := range l.Args {
			if f, ok := v.(float64); ok {
				l.Args[name] = int(f) // counts and limits, which JSON made decimals of
			}
		}
		return l, err
	}, `SELECT level, file, file_row, pointer, message, args FROM directory_batch_line
		WHERE org_id=$1 AND batch=$2 AND ($3='' OR level=$3) ORDER BY n LIMIT $4 OFFSET $5`, tx.Org(), batch, string(level), most, skip)
}

type tally struct {
	name string
	n    int
}

func tallies(ctx context.Context, tx *db.Tx, q string, args ...any) (map[string]int, error) {
	list, err := db.Select(ctx, tx, func(s db.Scanner) (t tally, err error) { err = s.Scan(&t.name, &t.n); return t, err }, q, args...)
	if err != nil {
		return nil, err
	}
	m := make(map[string]int, len(list))
	for _, t := range list {
		m[t.name] = t.n
	}
	return m, nil
}

const sourceColumns = `id, kind, feed, origin, name, folded, card, batch, programme, written, group_id, created, updated`

func scanSource(s db.Scanner) (r sourceRow, err error) {
	err = s.Scan(&r.ID, &r.Kind, &r.Feed, &r.Origin, &r.Name, &r.Folded, &r.Card, &r.Batch, &r.Programme, &r.Written, &r.Group, &r.Created, &r.Updated)
	return r, err
}

func sourceByID(ctx context.Context, tx *db.Tx, id string) (sourceRow, error) {
	return db.Get(ctx, tx, scanSource, `SELECT `+sourceColumns+` FROM directory_batch_source WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// organizationSources lists imported organizations by name.
func organizationSources(ctx context.Context, tx *db.Tx, words string, most, skip int) ([]sourceRow, error) {
	return db.Select(ctx, tx, scanSource, `SELECT `+sourceColumns+` FROM directory_batch_source
		WHERE org_id=$1 AND kind=$2 AND folded LIKE $3 ORDER BY folded, id LIMIT $4 OFFSET $5`,
		tx.Org(), ImportOrganization, "%"+words+"%", most, skip) // folded words hold neither % nor _
}

// imported is everything the feeds said so far, and the programmes made of it.
type imported struct {
	sources    map[string]sourceRow
	programmes map[string]programmeRow
}

func loadImported(ctx context.Context, tx *db.Tx) (st imported, err error) {
	sources, err := db.Select(ctx, tx, scanSource, `SELECT `+sourceColumns+` FROM directory_batch_source WHERE org_id=$1`, tx.Org())
	if err != nil {
		return st, err
	}
	programmes, err := db.Select(ctx, tx, func(s db.Scanner) (p programmeRow, err error) {
		err = s.Scan(&p.ID, &p.Published, &p.Card, &p.VerifiedOn, &p.Batch, &p.SourceID, &p.Created, &p.Updated)
		return p, err
	}, `SELECT id, published, card, verified_on, batch, source_id, created, updated FROM directory_programme WHERE org_id=$1`, tx.Org())
	if err != nil {
		return st, err
	}
	st = imported{make(map[string]sourceRow, len(sources)), make(map[string]programmeRow, len(programmes))}
	for _, r := range sources {
		st.sources[r.ID] = r
	}
	for _, p := range programmes {
		st.programmes[p.ID] = p
	}
	return st, nil
}

// seen is a digest of what stands in the directory under an id.
func (st imported) seen(source string) string {
	r, ok := st.sources[source]
	if !ok {
		return ""
	}
	text := asText(r)
	if p, ok := st.programmes[r.Programme]; ok {
		text += asText(p)
	}
	return digestOf(text)
}

func putSources(ctx context.Context, tx *db.Tx, list []sourceRow) error {
	rows := make([][]any, 0, len(list))
	for _, r := range list {
		rows = append(rows, []any{tx.Org(), r.ID, r.Kind, r.Feed, r.Origin, r.Name, r.Folded, r.Card, r.Batch, r.Programme, r.Written, r.Group,
			r.Created, r.Updated})
	}
	return many(ctx, tx, `INSERT INTO directory_batch_source (org_id, `+sourceColumns+`)`, `ON CONFLICT (org_id, id) DO UPDATE SET
		kind=excluded.kind, feed=excluded.feed, origin=excluded.origin, name=excluded.name, folded=excluded.folded, card=excluded.card,
		batch=excluded.batch, programme=excluded.programme, written=excluded.written, group_id=excluded.group_id,
		created=excluded.created, updated=excluded.updated`, rows)
}

func putProgrammes(ctx context.Context, tx *db.Tx, list []programmeRow, version int64) error {
	rows := make([][]any, 0, len(list))
	for _, p := range list {
		rows = append(rows, []any{tx.Org(), p.ID, p.Published, p.Card, p.VerifiedOn, p.Batch, p.SourceID, p.Created, p.Updated, version})
	}
	return many(ctx, tx, `INSERT INTO directory_programme (org_id, id, published, card, verified_on, batch, source_id, created, updated, version)`,
		`ON CONFLICT (org_id, id) DO UPDATE SET published=excluded.published, card=excluded.card, verified_on=excluded.verified_on,
		batch=excluded.batch, source_id=excluded.source_id, created=excluded.created, updated=excluded.updated, version=excluded.version`, rows)
}

// dropRows deletes rows of one of this room's tables by id.
func dropRows(ctx context.Context, tx *db.Tx, table string, ids []string) error {
	for len(ids) > 0 {
		part := ids[:min(200, len(ids))]
		ids = ids[len(part):]
		args := []any{tx.Org()}
		for _, id := range part {
			args = append(args, id)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE org_id=$1 AND id IN (`+db.Marks(2, len(part))+`)`, args...); err != nil {
			return err
		}
	}
	return nil
}

func insertUndo(ctx context.Context, tx *db.Tx, batch string, list []undoRow) error {
	rows := make([][]any, 0, len(list))
	for _, u := range list {
		rows = append(rows, []any{tx.Org(), batch, u.n, u.source, u.sourceBefore, u.sourceAfter, u.programme, u.programmeBefore, u.programmeAfter})
	}
	return many(ctx, tx, `INSERT INTO directory_batch_undo (org_id, batch, n, source, source_before, source_after, programme,
		programme_before, programme_after)`, "", rows)
}

func undoRows(ctx context.Context, tx *db.Tx, batch string) ([]undoRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (u undoRow, err error) {
		err = s.Scan(&u.n, &u.source, &u.sourceBefore, &u.sourceAfter, &u.programme, &u.programmeBefore, &u.programmeAfter)
		return u, err
	}, `SELECT n, source, source_before, source_after, programme, programme_before, programme_after FROM directory_batch_undo
		WHERE org_id=$1 AND batch=$2 ORDER BY n`, tx.Org(), batch)
}

func markApplied(ctx context.Context, tx *db.Tx, batch, by string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE directory_batch SET state=$3, applied=$4, applied_by=$5 WHERE org_id=$1 AND id=$2`,
		tx.Org(), batch, ImportApplied, db.Micros(at), by)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE directory_batch_record SET outcome = CASE WHEN taken THEN $3 WHEN action=$5 THEN '' ELSE $4 END
		WHERE org_id=$1 AND batch=$2`, tx.Org(), batch, string(ImportDone), string(ImportLeftOut), string(ImportUnchanged))
	return err
}

func markUndone(ctx context.Context, tx *db.Tx, batch, by string, at time.Time, left map[int]ImportOutcome) error {
	_, err := tx.Exec(ctx, `UPDATE directory_batch SET state=$3, undone=$4, undone_by=$5 WHERE org_id=$1 AND id=$2`,
		tx.Org(), batch, ImportUndone, db.Micros(at), by)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE directory_batch_record SET outcome=$3 WHERE org_id=$1 AND batch=$2 AND outcome=$4`,
		tx.Org(), batch, ImportTakenBack, ImportDone)
	if err != nil {
		return err
	}
	for n, why := range left {
		_, err := tx.Exec(ctx, `UPDATE directory_batch_record SET outcome=$4 WHERE org_id=$1 AND batch=$2 AND n=$3`, tx.Org(), batch, n, why)
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM directory_batch_undo WHERE org_id=$1 AND batch=$2`, tx.Org(), batch)
	return err
}

// forgetBatches removes previews with all that hangs on them.
func forgetBatches(ctx context.Context, tx *db.Tx, ids []string) error {
	for _, id := range ids {
		for _, t := range []string{"directory_batch_line", "directory_batch_record", "directory_batch_undo"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+t+` WHERE org_id=$1 AND batch=$2`, tx.Org(), id); err != nil {
				return err
			}
		}
	}
	return dropRows(ctx, tx, "directory_batch", ids)
}

// sweepBatches removes old previews of every clinic.
func sweepBatches(ctx context.Context, tx *db.Tx, before time.Time) error {
	old := `SELECT id FROM directory_batch WHERE state='` + string(ImportPreviewed) + `' AND made<$1`
	for _, t := range []string{"directory_batch_line", "directory_batch_record"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+t+` WHERE batch IN (`+old+`)`, db.Micros(before)); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `DELETE FROM directory_batch WHERE id IN (`+old+`)`, db.Micros(before))
	return err
}
