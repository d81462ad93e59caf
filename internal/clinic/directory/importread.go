// What the pages of imports show.

package directory

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// ImportPageSize is how many rows a page of an import shows.
const ImportPageSize = 50

// ImportSummary is a batch with its counts.
type ImportSummary struct {
	ID        string
	Feed      string
	Format    string
	Lang      string
	Files     []string
	State     ImportState
	Made      time.Time
	MadeBy    string // account id
	Applied   time.Time
	AppliedBy string
	Undone    time.Time
	UndoneBy  string

	Records  int
	Lines    int
	Actions  map[ImportAction]int  // records by what they would do
	Taken    map[ImportAction]int  // of these, taken in
	Levels   map[ImportLevel]int   // lines of the report
	Outcomes map[ImportOutcome]int // after applying
	Kinds    map[ImportKind]int
}

// Changes is how many records applying would write.
func (s ImportSummary) Changes() int {
	n := 0
	for _, c := range s.Taken {
		n += c
	}
	return n
}

// Left is how many records an undo left in place.
func (s ImportSummary) Left() int {
	return s.Outcomes[ImportLeftEdited] + s.Outcomes[ImportLeftLater] + s.Outcomes[ImportLeftGroup] + s.Outcomes[ImportLeftGone]
}

// ImportRow is one record of a batch beside what it does.
type ImportRow struct {
	N        int
	Source   string
	Kind     ImportKind
	Name     string
	Action   ImportAction
	Taken    bool
	Record   ImportRecord
	Changes  []ImportChange
	TwinKind string // organization, service, group or programme
	Twin     string
	TwinName string
	Outcome  ImportOutcome
}

func (r recordRow) row() (out ImportRow, err error) {
	out = ImportRow{N: r.n, Source: r.source, Kind: r.kind, Name: r.name, Action: r.action, Taken: r.taken, TwinKind: r.twinKind,
		Twin: r.twin, TwinName: r.twinName, Outcome: r.outcome}
	if out.Record, err = fromText[ImportRecord](r.card); err != nil {
		return out, err
	}
	out.Changes, err = fromText[[]ImportChange](r.changes)
	return out, err
}

func (b batchRow) summary() ImportSummary {
	return ImportSummary{ID: b.id, Feed: b.feed, Format: b.format, Lang: b.lang, Files: b.files, State: b.state, Made: db.Time(b.made),
		MadeBy: b.madeBy, Applied: db.Time(b.applied), AppliedBy: b.appliedBy, Undone: db.Time(b.undone), UndoneBy: b.undoneBy,
		Records: b.records, Lines: b.lines}
}

// Imports lists the batches, newest first; page counts from 1.
func (s *Service) Imports(ctx context.Context, a access.Actor, page int) (list []ImportSummary, more bool, err error) {
	defer fault.Wrap(&err, "directory.Imports")
	if _, err := s.mayReadImports(a); err != nil {
		return nil, false, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := batches(ctx, tx, ImportPageSize+1, (max(page, 1)-1)*ImportPageSize)
		if err != nil {
			return err
		}
		if more = len(rows) > ImportPageSize; more {
			rows = rows[:ImportPageSize]
		}
		list = nil
		for _, b := range rows {
			sum, err := counted(ctx, tx, b)
			if err != nil {
				return err
			}
			list = append(list, sum)
		}
		return nil
	})
	return list, more, err
}

func (s *Service) mayReadImports(a access.Actor) (access.Granted, error) {
	return access.Check(a, needImport(access.Read))
}

func counted(ctx context.Context, tx *db.Tx, b batchRow) (sum ImportSummary, err error) {
	sum = b.summary()
	of := func(column, where string) map[string]int {
		if err != nil {
			return nil
		}
		var m map[string]int
		m, err = tallies(ctx, tx, `SELECT `+column+`, COUNT(*) FROM directory_batch_record WHERE org_id=$1 AND batch=$2`+where+` GROUP BY `+column, tx.Org(), b.id)
		return m
	}
	sum.Actions = keyed[ImportAction](of("action", ""))
	sum.Taken = keyed[ImportAction](of("action", " AND taken"))
	sum.Outcomes = keyed[ImportOutcome](of("outcome", ""))
	sum.Kinds = keyed[ImportKind](of("kind", ""))
	if err != nil {
		return sum, err
	}
	levels, err := tallies(ctx, tx, `SELECT level, COUNT(*) FROM directory_batch_line WHERE org_id=$1 AND batch=$2 GROUP BY level`, tx.Org(), b.id)
	sum.Levels = keyed[ImportLevel](levels)
	return sum, err
}

func keyed[K ~string](m map[string]int) map[K]int {
	out := make(map[K]int, len(m))
	for k, n := range m {
		out[K(k)] = n
	}
	return out
}

// Import returns one batch with its counts.
func (s *Service) Import(ctx context.Context, a access.Actor, batch string) (sum ImportSummary, err error) {
	defer fault.Wrap(&err, "directory.Import(%s)", batch)
	if _, err := s.mayReadImports(a); err != nil {
		return sum, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		b, err := batchByID(ctx, tx, batch)
		if err != nil {
			return err
		}
		sum, err = counted(ctx, tx, b)
		return err
	})
	return sum, err
}

// ImportRows returns a page of a batch's records of one action.
func (s *Service) ImportRows(ctx context.Context, a access.Actor, batch string, action ImportAction, page int) (rows []ImportRow, err error) {
	defer fault.Wrap(&err, "directory.ImportRows(%s)", batch)
	if _, err := s.mayReadImports(a); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err := someRecords(ctx, tx, batch, action, ImportPageSize, (max(page, 1)-1)*ImportPageSize)
		rows, err = importRows(list, err)
		return err
	})
	return rows, err
}

// ImportLeft returns the records an undo left in place, with the reason in Outcome.
func (s *Service) ImportLeft(ctx context.Context, a access.Actor, batch string) (rows []ImportRow, err error) {
	defer fault.Wrap(&err, "directory.ImportLeft(%s)", batch)
	if _, err := s.mayReadImports(a); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err := leftRecords(ctx, tx, batch, 500)
		rows, err = importRows(list, err)
		return err
	})
	return rows, err
}

func importRows(list []recordRow, err error) ([]ImportRow, error) {
	if err != nil {
		return nil, err
	}
	rows := make([]ImportRow, 0, len(list))
	for _, r := range list {
		row, err := r.row()
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// ImportReport returns a page of a batch's report; an empty level means all,
// page 0 the whole report.
func (s *Service) ImportReport(ctx context.Context, a access.Actor, batch string, level ImportLevel, page int) (lines []ImportLine, err error) {
	defer fault.Wrap(&err, "directory.ImportReport(%s)", batch)
	if _, err := s.mayReadImports(a); err != nil {
		return nil, err
	}
	most, skip := ImportPageSize, (page-1)*ImportPageSize
	if page < 1 {
		most, skip = 1_000_000, 0
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := batchByID(ctx, tx, batch); err != nil {
			return err
		}
		lines, err = someLines(ctx, tx, batch, level, most, skip)
		return err
	})
	return lines, err
}

// ImportedOrganization is an organization a feed names, and the group a steward made of it.
type ImportedOrganization struct {
	ID     string
	Feed   string
	Group  string // id of the draft or group; empty = nobody has said that it organizes
	Record ImportRecord
}

// ImportedOrganizations lists what the feeds call organizations, by name, for
// the steward who marks those that organize.
func (s *Service) ImportedOrganizations(ctx context.Context, a access.Actor, words string, page int) (list []ImportedOrganization, more bool, err error) {
	defer fault.Wrap(&err, "directory.ImportedOrganizations")
	if _, err := s.mayReadImports(a); err != nil {
		return nil, false, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := organizationSources(ctx, tx, fold.Text(words), ImportPageSize+1, (max(page, 1)-1)*ImportPageSize)
		if err != nil {
			return err
		}
		if more = len(rows) > ImportPageSize; more {
			rows = rows[:ImportPageSize]
		}
		list = nil
		for _, r := range rows {
			rec, err := fromText[ImportRecord](r.Card)
			if err != nil {
				return err
			}
			list = append(list, ImportedOrganization{ID: r.ID, Feed: r.Feed, Group: r.Group, Record: rec})
		}
		return nil
	})
	return list, more, err
}

// ImportFeeds lists the names of feeds imported before: the same name finds its records again.
func (s *Service) ImportFeeds(ctx context.Context, a access.Actor) (list []string, err error) {
	defer fault.Wrap(&err, "directory.ImportFeeds")
	if _, err := s.mayReadImports(a); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err = db.Column[string](ctx, tx, `SELECT DISTINCT feed FROM directory_batch WHERE org_id=$1 ORDER BY feed LIMIT 100`, tx.Org())
		return err
	})
	return list, err
}
