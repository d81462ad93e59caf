// The work of an import, a hundred rows at a time: whoever stops it, it goes on
// where it was. A payload holds the batch's id and nothing else.
package people

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/namematch"
	"seedbed/internal/kit/phone"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

const jobImport = "people.import"

// Register says who does the jobs of this part of the room.
func (s *Service) RegisterImports(q *job.Queue) {
	q.Handle(jobImport, s.runImport, job.Limit(1), job.Timeout(30*time.Minute))
	q.Every("people.imports", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return s.tidyImports(ctx) })
}

// tidyImports forgets what is no longer needed: files nobody applied, rows that
// were not brought in, profiles kept for an undoing that is over.
func (s *Service) tidyImports(ctx context.Context) error {
	now := s.clock.Now()
	return s.db.Write(ctx, db.AllOrgs, func(tx *db.Tx) error {
		if err := forgetImports(ctx, tx, now.Add(-keepUnread)); err != nil {
			return err
		}
		return forgetOldMerges(ctx, tx, now.AddDate(0, 0, -UndoMergeDays))
	})
}

func (s *Service) runImport(ctx context.Context, j job.Job) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var b batchRow
		err := s.db.Read(ctx, j.Org, func(tx *db.Tx) (err error) { b, err = s.batch(ctx, tx, j.Payload); return err })
		if fault.Is(err, fault.NotFound) {
			return nil // thrown away meanwhile
		}
		if err != nil {
			return err
		}
		var more bool
		switch b.state {
		case BatchChecking:
			more, err = s.checkRows(ctx, j.Org, b)
		case BatchApplying:
			more, err = s.applyRows(ctx, j.Org, b)
		case BatchUndoing:
			more, err = s.undoRows(ctx, j.Org, b)
		}
		if err != nil || !more {
			return err
		}
	}
}

// typed is a row as far as it is kept.
type typed struct {
	profile     Profile
	institution string
	notes       []string // codes of what was left out or is wrong
	bad         bool
}

// readRow makes a profile of a row's cells.
func (s *Service) readRow(m Mapping, region string, cells []string) (t typed) {
	at := map[Column]string{}
	for i, c := range m.Columns {
		if i < len(cells) && c != ColumnNothing {
			at[c] = contact.OneLine(cells[i])
		}
	}
	note := func(code string) { t.notes = append(t.notes, code) }
	name := at[ColumnName]
	if name == "" {
		name = contact.OneLine(at[ColumnFirst] + " " + at[ColumnLast])
	}
	called, key := contact.Name(name)
	if key != "" || len(guard.CheckName(called)) > 0 {
		note("name")
		t.bad = true
	}
	p := Profile{CalledName: called, Contact: consent.InPerson, Lang: m.Lang, Safe: contact.Safe{Words: contact.WordsFirstName}}
	if v := at[ColumnLang]; v != "" {
		if p.Lang = languageOf(v); p.Lang == "" {
			p.Lang = m.Lang
			note("lang")
		}
	}
	if v := at[ColumnPhone]; v != "" {
		if number, err := phone.Parse(v, region); err == nil {
			p.Phone, p.Contact = number, consent.ByPhone
		} else {
			note("phone")
		}
	}
	if v := strings.ToLower(at[ColumnEmail]); v != "" {
		in := contact.In{CalledName: "x", Contact: string(consent.ByMail), Email: v, Lang: "en"}
		if d, bad := in.Read(region); len(bad) == 0 {
			p.Email = d.Email
			if p.Contact == consent.InPerson {
				p.Contact = consent.ByMail
			}
		} else {
			note("email")
		}
	}
	if v := at[ColumnArea]; v != "" {
		if goodArea(v) {
			p.Area = v
		} else {
			note("area")
		}
	}
	t.profile, t.institution = p, at[ColumnInstitution]
	return t
}

func (s *Service) openRows(ctx context.Context, org, batch string, rows []importRow) ([][]string, error) {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = importCell(org, batch, r.n), r.sealed
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	out := make([][]string, len(rows))
	for i, o := range opened {
		if err := json.Unmarshal([]byte(o.Plain), &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// institutionIDs are institutions by folded name.
func institutionIDs(ctx context.Context, tx *db.Tx) (map[string]string, error) {
	list, err := institutions(ctx, tx)
	out := map[string]string{}
	for _, i := range list {
		if !i.Closed {
			out[fold.Text(i.Name)] = i.ID
		}
	}
	return out, err
}

// checkRows looks the next rows through.
func (s *Service) checkRows(ctx context.Context, org string, b batchRow) (more bool, err error) {
	region := s.region(ctx, org)
	var rows []importRow
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		if rows, err = importRows(ctx, tx, b.id, `verdict=''`, 0, rowsAtOnce); err != nil || len(rows) == 0 {
			return err
		}
		cells, err := s.openRows(ctx, org, b.id, rows)
		if err != nil {
			return err
		}
		places, err := institutionIDs(ctx, tx)
		if err != nil {
			return err
		}
		read := make([]typed, len(rows))
		reached := make([]map[string]Likeness, len(rows))
		for i := range rows {
			read[i] = s.readRow(b.words.Mapping, region, cells[i])
			if read[i].institution != "" && places[fold.Text(read[i].institution)] == "" {
				read[i].notes = append(read[i].notes, "institution")
			}
			if read[i].bad {
				continue
			}
			if err := s.blindRow(ctx, org, &rows[i], read[i].profile); err != nil {
				return err
			}
			if reached[i], err = s.reachedUnder(ctx, tx, read[i].profile.Phone, read[i].profile.Email); err != nil {
				return err
			}
		}
		return s.withNames(ctx, tx, func(r *roster) error {
			for i := range rows {
				r.judge(&rows[i], read[i], reached[i])
			}
			return nil
		})
	})
	if err != nil {
		return false, err
	}
	err = s.db.Write(ctx, org, func(tx *db.Tx) error {
		for _, r := range rows {
			if r.verdict == RowNew || r.verdict == RowAlike {
				twice, err := earlierRow(ctx, tx, b.id, r.n, r.phone, r.email)
				if err != nil {
					return err
				}
				if twice {
					r.verdict, r.taken = RowTwice, false
				}
			}
			if err := updateImportRow(ctx, tx, b.id, r); err != nil {
				return err
			}
		}
		if len(rows) == rowsAtOnce {
			return nil
		}
		b.state = BatchPreview
		return s.putBatch(ctx, tx, &b)
	})
	return len(rows) == rowsAtOnce, err
}

func (s *Service) blindRow(ctx context.Context, org string, r *importRow, p Profile) (err error) {
	if p.Phone != "" {
		if r.phone, err = s.vault.Blind(ctx, org, vault.Phone, p.Phone); err != nil {
			return err
		}
	}
	if p.Email != "" {
		r.email, err = s.vault.Blind(ctx, org, vault.Email, p.Email)
	}
	return err
}

// judge says what a row would do: names that sound like somebody's are shown
// before anything is brought in.
func (r *roster) judge(row *importRow, t typed, reached map[string]Likeness) {
	row.notes, row.taken = strings.Join(t.notes, ","), false
	if t.bad {
		row.verdict = RowWrong
		return
	}
	for who := range reached {
		root := r.survivor(packed(who))
		row.verdict, row.twin = RowHere, unpacked(root)
		return
	}
	hits := r.alike.Find(namematch.Parse(t.profile.CalledName), 1, func(ref int32) nameParts { return nameOf(&r.list[ref]) })
	if len(hits) > 0 && hits[0].Score >= 0.9 {
		row.verdict, row.twin = RowAlike, unpacked(r.list[hits[0].Ref].id)
		return
	}
	row.verdict, row.taken = RowNew, true
}

// applyRows brings the next rows in.
func (s *Service) applyRows(ctx context.Context, org string, b batchRow) (more bool, err error) {
	region := s.region(ctx, org)
	var rows []importRow
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		rows, err = importRows(ctx, tx, b.id, `outcome=''`, 0, rowsAtOnce)
		return err
	})
	if err != nil {
		return false, err
	}
	cells, err := s.openRows(ctx, org, b.id, rows)
	if err != nil {
		return false, err
	}
	var keys []string
	for i, r := range rows {
		if rows[i].person = id.Derive(b.id, itoa(r.n)); r.taken {
			keys = append(keys, rows[i].person)
		}
	}
	if len(keys) > 0 { // the keys first, then the data
		if err := s.vault.CreatePeople(ctx, org, keys); err != nil {
			return false, err
		}
	}
	err = s.db.Write(ctx, org, func(tx *db.Tx) error {
		places, err := institutionIDs(ctx, tx)
		if err != nil {
			return err
		}
		var events []audit.Event
		for i, r := range rows {
			if err := s.applyRow(ctx, tx, b, &r, s.readRow(b.words.Mapping, region, cells[i]), places); err != nil {
				return err
			}
			if r.outcome == OutcomeMade {
				events = append(events, audit.Event{Org: org, Actor: "account:" + b.by, Role: string(access.Organizer), Action: "join", Resource: "person", Subject: r.person, Reason: "import"})
			}
			if err := updateImportRow(ctx, tx, b.id, r); err != nil {
				return err
			}
		}
		if len(rows) < rowsAtOnce {
			b.state, b.applied, b.words.Samples = BatchApplied, s.clock.Now(), nil
			b.version++
			if err := s.putBatch(ctx, tx, &b); err != nil {
				return err
			}
		}
		return s.audit.WriteMany(ctx, tx, events)
	})
	return len(rows) == rowsAtOnce, err
}

// applyRow brings one row in, unless it was not chosen or somebody with this
// number came in since the preview.
func (s *Service) applyRow(ctx context.Context, tx *db.Tx, b batchRow, r *importRow, t typed, places map[string]string) error {
	if !r.taken || t.bad {
		r.outcome, r.person = OutcomeLeft, ""
		return nil
	}
	reached, err := s.reachedUnder(ctx, tx, t.profile.Phone, t.profile.Email)
	if err != nil {
		return err
	}
	if len(reached) > 0 {
		r.outcome, r.person = OutcomeHere, ""
		return nil
	}
	var named []string
	if p := places[fold.Text(t.institution)]; t.institution != "" && p != "" {
		named = []string{p}
	}
	now := s.clock.Now()
	m := b.words.Mapping
	lang := m.Lang
	if !slices.Contains(consent.Languages(), lang) {
		lang = "en"
	}
	expires := m.Agreed.AddDate(0, ImportAgreedMonths, 0)
	if soon := now.AddDate(0, 0, ImportConfirmDays); soon.Before(expires) {
		expires = soon
	}
	given, err := s.consent.Give(ctx, tx, access.Machine(tx.Org()), consent.Terms{Subject: r.person, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing,
		Fields: t.profile.Holds(len(named)), Channel: t.profile.Contact, Language: lang, Expires: expires}, consent.Obtained{How: consent.How(m.How), Witness: consent.Helper(m.Witness)})
	if err != nil {
		return err
	}
	p := row{id: r.person, state: Active, source: FromImport, owner: b.by, joined: given.GivenAt, last: given.GivenAt} // one moment, by which a later yes is told apart
	if err := s.seal(ctx, tx.Org(), &p, t.profile); err != nil {
		return err
	}
	if err := insertRow(ctx, tx, p); err != nil {
		return err
	}
	if len(named) > 0 {
		if err := setBelongs(ctx, tx, r.person, named); err != nil {
			return err
		}
	}
	r.outcome, r.sealed, r.phone, r.email = OutcomeMade, "", "", "" // from here on the person's own key holds it
	return nil
}

// undoRows takes the next people back. Whoever was met, promised something, was
// changed, merged or confirmed their yes stays, and the row says why.
func (s *Service) undoRows(ctx context.Context, org string, b batchRow) (more bool, err error) {
	var rows []importRow
	err = s.db.Write(ctx, org, func(tx *db.Tx) error {
		if rows, err = importRows(ctx, tx, b.id, `outcome='made'`, 0, rowsAtOnce); err != nil {
			return err
		}
		var events []audit.Event
		for i := range rows {
			why, err := s.changedSince(ctx, tx, rows[i].person)
			if err != nil {
				return err
			}
			if rows[i].outcome = why; why != OutcomeUndone {
				if err := updateImportRow(ctx, tx, b.id, rows[i]); err != nil {
					return err
				}
				continue
			}
			events = append(events, audit.Event{Org: org, Actor: "account:" + b.by, Role: string(access.Organizer), Action: "erase", Resource: "person", Subject: rows[i].person, Reason: "import_undone"})
		}
		return s.audit.WriteMany(ctx, tx, events)
	})
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if r.outcome != OutcomeUndone {
			continue
		}
		if err := s.vault.ErasePerson(ctx, org, r.person); err != nil { // the key first, then the data
			return false, err
		}
	}
	err = s.db.Write(ctx, org, func(tx *db.Tx) error {
		for _, r := range rows {
			if r.outcome != OutcomeUndone {
				continue
			}
			if err := s.unmake(ctx, tx, r.person); err != nil {
				return err
			}
			if err := updateImportRow(ctx, tx, b.id, r); err != nil {
				return err
			}
		}
		if len(rows) < rowsAtOnce {
			b.state, b.ended = BatchUndone, s.clock.Now()
			return s.putBatch(ctx, tx, &b)
		}
		return nil
	})
	return len(rows) == rowsAtOnce, err
}

// changedSince says why somebody stays when an import is taken back; OutcomeUndone
// when nothing was written about them since.
func (s *Service) changedSince(ctx context.Context, tx *db.Tx, person string) (Outcome, error) {
	r, err := rowByID(ctx, tx, person)
	if fault.Is(err, fault.NotFound) {
		return OutcomeUndone, nil // gone by their own word
	}
	if err != nil {
		return "", err
	}
	merges, err := mergesAbout(ctx, tx, []string{person})
	if err != nil {
		return "", err
	}
	count := func(q string) (n int64, err error) { return db.One[int64](ctx, tx, q, tx.Org(), person) }
	met, err := count(`SELECT COUNT(*) FROM people_present WHERE org_id=$1 AND person_id=$2`)
	if err != nil {
		return "", err
	}
	promised, err := count(`SELECT COUNT(*) FROM people_commitment WHERE org_id=$1 AND (person_id=$2 OR to_person=$2)`)
	if err != nil {
		return "", err
	}
	tied, err := count(`SELECT (SELECT COUNT(*) FROM people_tie WHERE org_id=$1 AND (from_person=$2 OR to_person=$2)) +
		(SELECT COUNT(*) FROM people_stretch WHERE org_id=$1 AND person_id=$2) + (SELECT COUNT(*) FROM people_session WHERE org_id=$1 AND person_id=$2)`)
	if err != nil {
		return "", err
	}
	live, err := s.consent.LiveOf(ctx, tx, []string{person})
	if err != nil {
		return "", err
	}
	asked := slices.ContainsFunc(live[person], func(c consent.Consent) bool { return !c.GivenAt.Equal(r.joined) })
	switch {
	case len(merges) > 0 || r.state == Merged:
		return OutcomeMerged, nil
	case met > 0 || !r.last.Equal(r.joined):
		return OutcomeMet, nil
	case promised > 0:
		return OutcomePromised, nil
	case asked:
		return OutcomeAgreed, nil
	case tied > 0 || r.version != 1 || r.account != "" || r.codeHash != "" || r.state != Active:
		return OutcomeEdited, nil
	}
	return OutcomeUndone, nil
}

// unmake takes every trace of somebody out who was never more than a row of a file.
func (s *Service) unmake(ctx context.Context, tx *db.Tx, person string) error {
	by := access.Machine(tx.Org())
	if _, err := s.consent.RevokeAll(ctx, tx, by, person, consent.PhoneStaff); err != nil {
		return err
	}
	if err := s.consent.Forget(ctx, tx, by, person); err != nil {
		return err
	}
	for _, tell := range s.onErase {
		if err := tell(ctx, tx, person); err != nil {
			return err
		}
	}
	if err := emptyPerson(ctx, tx, person); err != nil {
		return err
	}
	return dropRow(ctx, tx, person, s.clock.Now())
}

// ImportLine is a row of a file for the preview.
type ImportLine struct {
	N, Line int
	Profile Profile // as it would be kept; empty once it was brought in or forgotten
	Place   string
	Verdict Verdict
	Notes   []string
	Twin    string // id
	Differs []Part // what the file says otherwise than the one who is here
	Taken   bool
	Outcome Outcome
	Person  string // id of who came of it
}

// importPage is how many rows a page of the preview shows.
const importPage = 50

// ImportRows are rows of a file by verdict or by outcome, after a number.
func (s *Service) ImportRows(ctx context.Context, a access.Actor, which string, v Verdict, o Outcome, after int) (out []ImportLine, more bool, err error) {
	defer fault.Wrap(&err, "people.ImportRows")
	g, err := access.Check(a, needImports)
	if err != nil {
		return nil, false, err
	}
	var twins []string
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, twins = nil, nil
		b, err := s.batch(ctx, tx, which)
		if err != nil {
			return err
		}
		where, arg := `verdict=$5`, string(v)
		if o != "" {
			where, arg = `outcome=$5`, string(o)
		}
		rows, err := importRows(ctx, tx, b.id, where, int64(after), importPage+1, arg)
		if err != nil {
			return err
		}
		if more = len(rows) > importPage; more {
			rows = rows[:importPage]
		}
		for _, r := range rows {
			l, err := s.importLine(ctx, tx, b, r)
			if err != nil {
				return err
			}
			if l.Twin != "" {
				twins = append(twins, l.Twin)
			}
			out = append(out, l)
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	return out, more, s.saw(ctx, a, g, slices.Compact(slices.Sorted(slices.Values(twins))))
}

func (s *Service) importLine(ctx context.Context, tx *db.Tx, b batchRow, r importRow) (l ImportLine, err error) {
	l = ImportLine{N: int(r.n), Line: int(r.line), Verdict: r.verdict, Twin: r.twin, Taken: r.taken, Outcome: r.outcome, Person: r.person}
	if r.notes != "" {
		l.Notes = strings.Split(r.notes, ",")
	}
	if r.sealed == "" {
		return l, nil
	}
	cells, err := s.openRows(ctx, tx.Org(), b.id, []importRow{r})
	if err != nil {
		return l, err
	}
	t := s.readRow(b.words.Mapping, s.region(ctx, tx.Org()), cells[0])
	l.Profile, l.Place = t.profile, t.institution
	if r.verdict != RowHere || r.twin == "" {
		return l, nil
	}
	twin, err := rowByID(ctx, tx, r.twin)
	if fault.Is(err, fault.NotFound) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	p, err := s.profileOf(ctx, tx, twin)
	if err != nil || p.CalledName == "" {
		return l, err
	}
	for part, differs := range map[Part]bool{PartName: fold.Text(p.CalledName) != fold.Text(t.profile.CalledName), PartLanguages: p.Lang != t.profile.Lang,
		PartArea: t.profile.Area != "" && fold.Text(p.Area) != fold.Text(t.profile.Area), PartPhone: t.profile.Phone != "" && p.Phone != t.profile.Phone,
		PartEmail: t.profile.Email != "" && p.Email != t.profile.Email} {
		if differs {
			l.Differs = append(l.Differs, part)
		}
	}
	slices.Sort(l.Differs)
	return l, nil
}
