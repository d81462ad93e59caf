// Imports as verbs. Reading files gives a batch; Preview compares it with the
// directory and keeps it aside; Apply puts all of it in, in one transaction, so
// that there is never a part of an import; Undo takes all of it out again and
// leaves what a person has changed since, saying so.

package directory

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// ImportState is where a batch stands.
type ImportState string

const (
	ImportPreviewed ImportState = "preview"
	ImportApplied   ImportState = "applied"
	ImportUndone    ImportState = "undone"
)

// ImportAction is what a record would do to the directory.
type ImportAction string

const (
	ImportNew       ImportAction = "new"
	ImportChanged   ImportAction = "changed"
	ImportTwin      ImportAction = "twin"      // may be something we have under another id: left out unless chosen
	ImportKept      ImportAction = "kept"      // the file changed it, and so did a person here: left alone unless chosen
	ImportUnchanged ImportAction = "unchanged" // the same file twice changes nothing
)

// ImportActions lists the actions in the order of pages.
func ImportActions() []ImportAction {
	return []ImportAction{ImportNew, ImportChanged, ImportTwin, ImportKept, ImportUnchanged}
}

// ImportOutcome is what became of a record.
type ImportOutcome string

const (
	ImportWaiting    ImportOutcome = ""
	ImportDone       ImportOutcome = "applied"
	ImportLeftOut    ImportOutcome = "left_out"
	ImportTakenBack  ImportOutcome = "undone"
	ImportLeftEdited ImportOutcome = "left_edited" // a person changed it since
	ImportLeftLater  ImportOutcome = "left_later"  // a later import changed it since
	ImportLeftGroup  ImportOutcome = "left_group"  // a steward made a group of it since
	ImportLeftGone   ImportOutcome = "left_gone"   // a person removed it since
)

// ImportKeep is how long a preview nobody applied waits.
const ImportKeep = 7 * 24 * time.Hour

// openImports bounds the previews that wait at one time.
const openImports = 20

func needImport(a access.Action) access.Need { return access.Need{Resource: "import", Action: a} }

// PreviewImport compares a batch with the directory and keeps it aside; nothing
// of the directory changes. lang is the language its texts are written in.
func (s *Service) PreviewImport(ctx context.Context, a access.Actor, b ImportBatch, lang, key string) (batch string, err error) {
	defer fault.Wrap(&err, "directory.PreviewImport")
	grant, err := access.Check(a, needImport(access.Create))
	if err != nil {
		return "", err
	}
	var wrong checker
	wrong.at(b.Feed == "", "feed", "import.refuse.no_feed")
	wrong.at(!languageCode(lang), "lang", "import.refuse.lang")
	wrong.at(len(b.Records) == 0, "files", "import.refuse.nothing")
	if err := wrong.err(); err != nil {
		return "", err
	}
	typed, err := s.look(ctx, a.Org)
	if err != nil {
		return "", err
	}
	var rows []recordRow
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		st, err := loadImported(ctx, tx)
		if err != nil {
			return err
		}
		rows = planImport(b, lang, st, typed)
		return nil
	})
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	fresh := id.New(now)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		batch, err = idem.Once(ctx, tx, now, a.Name(), key, "imports.preview", func() (string, error) {
			open, err := db.One[int](ctx, tx, `SELECT COUNT(*) FROM directory_batch WHERE org_id=$1 AND state=$2`, tx.Org(), ImportPreviewed)
			if err != nil {
				return "", err
			}
			if open >= openImports {
				return "", fault.Clash("import.error.many_open", "Count", open)
			}
			head := batchRow{id: fresh, feed: b.Feed, format: b.Format, lang: lang, files: b.Files, state: ImportPreviewed,
				lines: len(b.Report), records: len(rows), made: db.Micros(now), madeBy: a.Account}
			if err := insertBatch(ctx, tx, head, rows, b.Report); err != nil {
				return "", err
			}
			return fresh, s.noteImport(ctx, tx, a, grant, "create", fresh, "preview")
		})
		return err
	})
	return batch, err
}

func (s *Service) noteImport(ctx context.Context, tx *db.Tx, a access.Actor, grant access.Granted, action, batch, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(grant.Role), Action: action,
		Resource: "import", ResourceID: batch, Reason: reason, Request: a.Request})
}

// ChooseImport takes a look-alike or a record changed on both sides in, or
// leaves any record out. n is the record's number; 0 means all of an action.
func (s *Service) ChooseImport(ctx context.Context, a access.Actor, batch string, n int, action ImportAction, take bool) (err error) {
	defer fault.Wrap(&err, "directory.ChooseImport(%s)", batch)
	grant, err := access.Check(a, needImport(access.Update))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		head, err := batchByID(ctx, tx, batch)
		if err != nil {
			return err
		}
		if head.state != ImportPreviewed {
			return fault.Clash("import.error.state."+string(head.state), "Feed", head.feed)
		}
		var done int64
		if n > 0 {
			done, err = tx.Exec(ctx, `UPDATE directory_batch_record SET taken=$4 WHERE org_id=$1 AND batch=$2 AND n=$3 AND action<>$5`,
				tx.Org(), batch, n, take, ImportUnchanged)
		} else if action != ImportUnchanged && slices.Contains(ImportActions(), action) {
			done, err = tx.Exec(ctx, `UPDATE directory_batch_record SET taken=$4 WHERE org_id=$1 AND batch=$2 AND action=$3`,
				tx.Org(), batch, action, take)
		}
		if err != nil {
			return err
		}
		if done == 0 {
			return fault.Missing("record to choose")
		}
		return s.noteImport(ctx, tx, a, grant, "update", batch, "choose")
	})
}

// ApplyImport puts what the preview says into the directory: all of it or, when
// anything fails or the directory has moved on, none. Applying twice does nothing more.
func (s *Service) ApplyImport(ctx context.Context, a access.Actor, batch string) (err error) {
	defer fault.Wrap(&err, "directory.ApplyImport(%s)", batch)
	grant, err := access.Check(a, needImport(access.Update))
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		head, err := batchByID(ctx, tx, batch)
		if err != nil {
			return err
		}
		switch head.state {
		case ImportApplied:
			return nil
		case ImportUndone:
			return fault.Clash("import.error.state.undone", "Feed", head.feed)
		}
		rows, err := takenRecords(ctx, tx, batch)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.Clash("import.error.nothing")
		}
		st, err := loadImported(ctx, tx)
		if err != nil {
			return err
		}
		v, err := bump(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.applyRows(ctx, tx, head, rows, st, v, now); err != nil {
			return err
		}
		if err := markApplied(ctx, tx, batch, a.Account, now); err != nil {
			return err
		}
		return s.noteImport(ctx, tx, a, grant, "update", batch, "apply")
	})
}

// applyRows writes sources, programmes and the way back.
func (s *Service) applyRows(ctx context.Context, tx *db.Tx, head batchRow, rows []recordRow, st imported, version int64, now time.Time) error {
	var sources []sourceRow
	var programmes []programmeRow
	var undo []undoRow
	for i, r := range rows {
		if i&0xff == 0 && ctx.Err() != nil {
			return fault.Because(fault.New(fault.Unavailable, ""), ctx.Err())
		}
		old, had := st.sources[r.source]
		if st.seen(r.source) != r.seen {
			return fault.Clash("import.error.moved", "Name", r.name)
		}
		next, programme, err := r.next(head, old, had, st, db.Micros(now))
		if err != nil {
			return err
		}
		u := undoRow{n: r.n, source: r.source, programme: next.Programme}
		if had {
			u.sourceBefore = asText(old)
		}
		if next.Programme != "" {
			if p, ok := st.programmes[next.Programme]; ok {
				u.programmeBefore = asText(p)
			}
			u.programmeAfter = digestOf(asText(programme))
			next.Written = u.programmeAfter
			programmes = append(programmes, programme)
		}
		u.sourceAfter = digestOf(asText(next))
		sources, undo = append(sources, next), append(undo, u)
	}
	if err := putSources(ctx, tx, sources); err != nil {
		return err
	}
	if err := putProgrammes(ctx, tx, programmes, version); err != nil {
		return err
	}
	return insertUndo(ctx, tx, head.id, undo)
}

// UndoImport takes a whole applied batch back. What a person, a later import or
// a steward's choice changed since stays; its record says why. Undoing twice
// does nothing more.
func (s *Service) UndoImport(ctx context.Context, a access.Actor, batch string) (err error) {
	defer fault.Wrap(&err, "directory.UndoImport(%s)", batch)
	grant, err := access.Check(a, needImport(access.Delete))
	if err != nil {
		return err
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		head, err := batchByID(ctx, tx, batch)
		if err != nil {
			return err
		}
		switch head.state {
		case ImportUndone:
			return nil
		case ImportPreviewed:
			return fault.Clash("import.error.state.preview", "Feed", head.feed)
		}
		rows, err := undoRows(ctx, tx, batch)
		if err != nil {
			return err
		}
		st, err := loadImported(ctx, tx)
		if err != nil {
			return err
		}
		back, err := planUndo(batch, rows, st)
		if err != nil {
			return err
		}
		if err := back.write(ctx, tx); err != nil {
			return err
		}
		if err := markUndone(ctx, tx, batch, a.Account, now, back.left); err != nil {
			return err
		}
		return s.noteImport(ctx, tx, a, grant, "delete", batch, "undo")
	})
}

// wayBack is what an undo does.
type wayBack struct {
	sources        []sourceRow
	programmes     []programmeRow
	dropSources    []string
	dropProgrammes []string
	left           map[int]ImportOutcome
}

func planUndo(batch string, rows []undoRow, st imported) (back wayBack, err error) {
	back.left = map[int]ImportOutcome{}
	for _, u := range rows {
		if why := u.stays(batch, st); why != "" {
			back.left[u.n] = why
			continue
		}
		if u.sourceBefore == "" {
			back.dropSources = append(back.dropSources, u.source)
		} else {
			old, err := fromText[sourceRow](u.sourceBefore)
			if err != nil {
				return back, err
			}
			back.sources = append(back.sources, old)
		}
		if u.programme == "" {
			continue
		}
		if u.programmeBefore == "" {
			back.dropProgrammes = append(back.dropProgrammes, u.programme)
			continue
		}
		old, err := fromText[programmeRow](u.programmeBefore)
		if err != nil {
			return back, err
		}
		back.programmes = append(back.programmes, old)
	}
	return back, nil
}

// stays says why a row is not taken back; empty when it is.
func (u undoRow) stays(batch string, st imported) ImportOutcome {
	now, ok := st.sources[u.source]
	if !ok {
		return ImportLeftGone
	}
	if digestOf(asText(now)) != u.sourceAfter {
		if now.Batch != batch {
			return ImportLeftLater
		}
		if now.Group != "" {
			return ImportLeftGroup
		}
		return ImportLeftEdited
	}
	if u.programme == "" {
		return ""
	}
	p, ok := st.programmes[u.programme]
	switch {
	case !ok && u.programmeBefore == "":
		return "" // a person removed what this batch had made: nothing is left to take back
	case !ok:
		return ImportLeftGone
	case digestOf(asText(p)) != u.programmeAfter:
		return ImportLeftEdited
	}
	return ""
}

func (b wayBack) write(ctx context.Context, tx *db.Tx) error {
	turn := bump
	if len(b.dropProgrammes) > 0 {
		turn = bumpDeleted
	}
	v, err := turn(ctx, tx)
	if err != nil {
		return err
	}
	if err := dropRows(ctx, tx, "directory_batch_source", b.dropSources); err != nil {
		return err
	}
	if err := dropRows(ctx, tx, "directory_programme", b.dropProgrammes); err != nil {
		return err
	}
	if err := putSources(ctx, tx, b.sources); err != nil {
		return err
	}
	return putProgrammes(ctx, tx, b.programmes, v)
}

// DiscardImport forgets a preview.
func (s *Service) DiscardImport(ctx context.Context, a access.Actor, batch string) (err error) {
	defer fault.Wrap(&err, "directory.DiscardImport(%s)", batch)
	grant, err := access.Check(a, needImport(access.Delete))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		head, err := batchByID(ctx, tx, batch)
		if err != nil {
			return err
		}
		if head.state != ImportPreviewed {
			return fault.Clash("import.error.state."+string(head.state), "Feed", head.feed)
		}
		if err := forgetBatches(ctx, tx, []string{batch}); err != nil {
			return err
		}
		return s.noteImport(ctx, tx, a, grant, "delete", batch, "discard")
	})
}

// SweepImports forgets previews that nobody applied within ImportKeep, in every clinic.
func (s *Service) SweepImports(ctx context.Context, now time.Time) (err error) {
	defer fault.Wrap(&err, "directory.SweepImports")
	return s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		return sweepBatches(ctx, tx, now.Add(-ImportKeep))
	})
}

// MarkOrganizing makes a draft group of an imported organization: the steward's
// judgement that people there change something together. The draft is vetted
// like any other. different says that look-alikes have been seen.
func (s *Service) MarkOrganizing(ctx context.Context, a access.Actor, source string, different bool, key string) (groupID string, err error) {
	defer fault.Wrap(&err, "directory.MarkOrganizing(%s)", source)
	if _, err := access.Check(a, needImport(access.Update)); err != nil {
		return "", err
	}
	grant, err := access.Check(a, need(access.Create))
	if err != nil {
		return "", err
	}
	var row sourceRow
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		row, err = sourceByID(ctx, tx, source)
		return err
	})
	if err != nil {
		return "", err
	}
	if row.Kind != ImportOrganization {
		return "", fault.Clash("import.error.service")
	}
	if row.Group != "" {
		return row.Group, nil
	}
	rec, err := fromText[ImportRecord](row.Card)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	g := draftOf(rec, row.Batch).tidy()
	g.ID, g.Org = id.New(now), a.Org
	if err := g.check(); err != nil {
		return "", err
	}
	if err := s.unlike(ctx, a.Org, g, different); err != nil {
		return s.replay(ctx, a, key, "imports.organizing."+source, err)
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		groupID, err = idem.Once(ctx, tx, now, a.Name(), key, "imports.organizing."+source, func() (string, error) {
			n, err := tx.Exec(ctx, `UPDATE directory_batch_source SET group_id=$3, updated=$4 WHERE org_id=$1 AND id=$2 AND group_id=''`,
				tx.Org(), source, g.ID, db.Micros(now))
			if err != nil {
				return "", err
			}
			if n == 0 {
				return "", fault.Clash("import.error.marked")
			}
			if _, err := s.insertDraft(ctx, tx, g, sealedText{}); err != nil {
				return "", err
			}
			return g.ID, s.note(ctx, tx, a, grant, "create", g.ID, "import")
		})
		return err
	})
	return groupID, err
}
