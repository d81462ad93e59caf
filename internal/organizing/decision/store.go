// Every SQL statement of the room.
package decision

import (
	"cmp"
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
)

type row struct {
	id, ref                                       string
	state                                         State
	openness                                      Openness
	spec, quorum                                  string
	madeBy                                        string
	made, opens, closes, opened, closed, recorded time.Time
	linkHash, words                               string
	wordsVersion                                  int64
	notes                                         string
	notesVersion                                  int64
	keyID, keySealed, keyPublic                   string
	issued                                        int64
	result                                        string
	org                                           string // set when read across organizations
}

const columns = `id, ref, state, openness, spec, quorum, made_by, made_at, opens_at, closes_at, opened_at, closed_at, recorded_at,
	link_hash, words, words_version, notes, notes_version, key_id, key_sealed, key_public, issued, result, org_id`

func scanRow(s db.Scanner) (r row, err error) {
	var t [6]int64
	err = s.Scan(&r.id, &r.ref, &r.state, &r.openness, &r.spec, &r.quorum, &r.madeBy, &t[0], &t[1], &t[2], &t[3], &t[4], &t[5],
		&r.linkHash, &r.words, &r.wordsVersion, &r.notes, &r.notesVersion, &r.keyID, &r.keySealed, &r.keyPublic, &r.issued, &r.result, &r.org)
	for i, to := range []*time.Time{&r.made, &r.opens, &r.closes, &r.opened, &r.closed, &r.recorded} {
		*to = db.Time(t[i])
	}
	return r, err
}

func (r row) args(org string) []any {
	return []any{org, r.id, r.ref, string(r.state), string(r.openness), r.spec, r.quorum, r.madeBy, db.Micros(r.made), db.Micros(r.opens), db.Micros(r.closes),
		db.Micros(r.opened), db.Micros(r.closed), db.Micros(r.recorded), r.linkHash, r.words, r.wordsVersion, r.notes, r.notesVersion,
		r.keyID, r.keySealed, r.keyPublic, r.issued, r.result}
}

// save writes a decision, new or changed.
func save(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO decision_decision (org_id, id, ref, state, openness, spec, quorum, made_by, made_at, opens_at, closes_at, opened_at, closed_at, recorded_at,
		link_hash, words, words_version, notes, notes_version, key_id, key_sealed, key_public, issued, result) VALUES (`+db.Marks(1, 24)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET ref=$3, state=$4, openness=$5, spec=$6, quorum=$7, opens_at=$10, closes_at=$11, opened_at=$12, closed_at=$13, recorded_at=$14,
		words=$16, words_version=$17, notes=$18, notes_version=$19, key_id=$20, key_sealed=$21, key_public=$22, issued=$23, result=$24`, r.args(tx.Org())...)
	return err
}

func rowByID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+columns+` FROM decision_decision WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// rowByLink looks in all organizations: whoever opens a link has none yet.
func rowByLink(ctx context.Context, tx *db.Tx, hash string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+columns+` FROM decision_decision WHERE link_hash=$1`, hash)
}

// page is one page of decisions, newest first, of one thing or of all; person
// narrows it to those in which the person may vote.
func page(ctx context.Context, tx *db.Tx, ref, person, account, before string, limit int) ([]row, error) {
	if before == "" {
		before = "~"
	}
	q, args := `SELECT `+columns+` FROM decision_decision WHERE org_id=$1 AND id < $2`, []any{tx.Org(), before}
	if ref != "" {
		args = append(args, ref)
		q += ` AND ref=` + db.Marks(len(args), 1)
	}
	var mine []string // what lets the asker see one
	if account != "" {
		args = append(args, account)
		mine = append(mine, `made_by=`+db.Marks(len(args), 1))
	}
	if person != "" {
		rows, err := people.Rows(ctx, tx, person)
		if err != nil {
			return nil, err
		}
		mine = append(mine, `state <> 'draft' AND id IN (SELECT decision_id FROM decision_voter WHERE org_id=$1 AND person_id IN (`+db.Marks(len(args)+1, len(rows))+`))`)
		for _, id := range rows {
			args = append(args, id)
		}
	}
	if len(mine) > 0 {
		q += ` AND (` + strings.Join(mine, ` OR `) + `)`
	}
	args = append(args, limit)
	return db.Select(ctx, tx, scanRow, q+` ORDER BY id DESC LIMIT `+db.Marks(len(args), 1), args...)
}

// due are decisions of all organizations whose clock has something to do.
func due(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM decision_decision
		WHERE state='open' AND closes_at > 0 AND closes_at <= $1 OR state='draft' AND opens_at > 0 AND opens_at <= $1 OR state IN ('closed', 'recorded') AND key_id <> ''
		ORDER BY org_id, id LIMIT $2`, db.Micros(now), limit)
}

func scanVoter(s db.Scanner) (v Voter, err error) {
	err = s.Scan(&v.ID, &v.Person, &v.Institution, &v.Given)
	return v, err
}

// voters are who may vote. Somebody who was written down twice and merged is one
// voter, while the merge stands: the entry under which they have voted, or the first.
func voters(ctx context.Context, tx *db.Tx, decision string) ([]Voter, error) {
	list, err := db.Select(ctx, tx, scanVoter, `SELECT id, person_id, institution_id, given FROM decision_voter WHERE org_id=$1 AND decision_id=$2 ORDER BY institution_id, id`, tx.Org(), decision)
	if err != nil {
		return nil, err
	}
	return once(ctx, tx, list)
}

// once leaves one entry of each person in a list of voters.
func once(ctx context.Context, tx *db.Tx, list []Voter) ([]Voter, error) {
	var persons []string
	for _, v := range list {
		if v.Person != "" {
			persons = append(persons, v.Person)
		}
	}
	now, err := people.Resolve(ctx, tx, persons)
	if err != nil {
		return nil, err
	}
	out, at := list[:0:0], map[string]int{}
	for _, v := range list {
		root := cmp.Or(now[v.Person], v.Person)
		i, twice := at[root]
		switch {
		case root == "" || !twice:
			at[root] = len(out)
			out = append(out, v)
		case v.Given && !out[i].Given:
			out[i] = v
		}
	}
	return out, nil
}

// voterByCode is the voter to whom a code was given, or the one they were merged with.
func voterByCode(ctx context.Context, tx *db.Tx, decision, hash string) (Voter, error) {
	return oneVoter(ctx, tx, decision, `code_hash=$3 AND code_hash <> ''`, hash)
}

func voterByID(ctx context.Context, tx *db.Tx, decision, id string) (Voter, error) {
	return oneVoter(ctx, tx, decision, `id=$3`, id)
}

func oneVoter(ctx context.Context, tx *db.Tx, decision, where, arg string) (Voter, error) {
	v, err := db.Get(ctx, tx, scanVoter, `SELECT id, person_id, institution_id, given FROM decision_voter WHERE org_id=$1 AND decision_id=$2 AND `+where, tx.Org(), decision, arg)
	if err != nil || v.Person == "" {
		return v, err
	}
	return voterByPerson(ctx, tx, decision, v.Person)
}

// voterByPerson finds a person under whichever row they were put on the list.
func voterByPerson(ctx context.Context, tx *db.Tx, decision, person string) (Voter, error) {
	if person == "" {
		return Voter{}, fault.Missing("nobody is no voter")
	}
	rows, err := people.Rows(ctx, tx, person)
	if err != nil {
		return Voter{}, err
	}
	args := []any{tx.Org(), decision}
	for _, id := range rows {
		args = append(args, id)
	}
	return db.Get(ctx, tx, scanVoter, `SELECT id, person_id, institution_id, given FROM decision_voter WHERE org_id=$1 AND decision_id=$2 AND person_id IN (`+db.Marks(3, len(rows))+`)
		ORDER BY given DESC, institution_id, id LIMIT 1`, args...)
}

func insertVoter(ctx context.Context, tx *db.Tx, decision string, v Voter) error {
	_, err := tx.Exec(ctx, `INSERT INTO decision_voter (org_id, decision_id, id, person_id, institution_id, code_hash, given) VALUES ($1,$2,$3,$4,$5,'',FALSE)`,
		tx.Org(), decision, v.ID, v.Person, v.Institution)
	return err
}

func clearVoters(ctx context.Context, tx *db.Tx, decision string) error {
	_, err := tx.Exec(ctx, `DELETE FROM decision_voter WHERE org_id=$1 AND decision_id=$2`, tx.Org(), decision)
	return err
}

func setCode(ctx context.Context, tx *db.Tx, decision, voter, hash string) error {
	_, err := tx.Exec(ctx, `UPDATE decision_voter SET code_hash=$4 WHERE org_id=$1 AND decision_id=$2 AND id=$3`, tx.Org(), decision, voter, hash)
	return err
}

// give marks that a voter has a ballot; false when they had one already.
func give(ctx context.Context, tx *db.Tx, decision, voter string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE decision_voter SET given=TRUE WHERE org_id=$1 AND decision_id=$2 AND id=$3 AND NOT given`, tx.Org(), decision, voter)
	return n == 1, err
}

// dropUnused makes the codes of all who have not voted invalid.
func dropUnused(ctx context.Context, tx *db.Tx, decision string) error {
	_, err := tx.Exec(ctx, `UPDATE decision_voter SET code_hash='' WHERE org_id=$1 AND decision_id=$2 AND NOT given`, tx.Org(), decision)
	return err
}

func dropCodes(ctx context.Context, tx *db.Tx, decision string) error {
	_, err := tx.Exec(ctx, `UPDATE decision_voter SET code_hash='' WHERE org_id=$1 AND decision_id=$2`, tx.Org(), decision)
	return err
}

// forgetPerson takes a person out of every list; their ballots were never theirs to find.
func forgetPerson(ctx context.Context, tx *db.Tx, person string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM decision_voice WHERE org_id=$1 AND voter_id IN (SELECT id FROM decision_voter WHERE org_id=$1 AND person_id=$2)`, tx.Org(), person); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE decision_voter SET person_id='', code_hash='' WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	return err
}

// columns of the box as stored.
type boxRow struct{ ballots, slips, signed string }

func boxOf(ctx context.Context, tx *db.Tx, decision string) (boxRow, error) {
	return db.Get(ctx, tx, func(s db.Scanner) (b boxRow, err error) {
		err = s.Scan(&b.ballots, &b.slips, &b.signed)
		return b, err
	}, `SELECT ballots, slips, signed FROM decision_box WHERE org_id=$1 AND decision_id=$2`, tx.Org(), decision)
}

func putBox(ctx context.Context, tx *db.Tx, decision string, b boxRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO decision_box (org_id, decision_id, ballots, slips, signed) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, decision_id) DO UPDATE SET ballots=$3, slips=$4, signed=$5`, tx.Org(), decision, b.ballots, b.slips, b.signed)
	return err
}

// Single columns: signing need not read a thousand ballots, nor dropping one the digests.
func boxColumn(ctx context.Context, tx *db.Tx, decision, column string) (string, error) {
	return db.One[string](ctx, tx, `SELECT `+column+` FROM decision_box WHERE org_id=$1 AND decision_id=$2`, tx.Org(), decision)
}

func putBoxColumn(ctx context.Context, tx *db.Tx, decision, column, text string) error {
	_, err := tx.Exec(ctx, `UPDATE decision_box SET `+column+`=$3 WHERE org_id=$1 AND decision_id=$2`, tx.Org(), decision, text)
	return err
}

type paper struct{ choice, account string }

// papers are ballots typed once, by their code.
func papers(ctx context.Context, tx *db.Tx, decision string) (map[string]paper, error) {
	out := map[string]paper{}
	_, err := db.Select(ctx, tx, func(s db.Scanner) (struct{}, error) {
		var code string
		var p paper
		err := s.Scan(&code, &p.choice, &p.account)
		out[code] = p
		return struct{}{}, err
	}, `SELECT code, choice, account_id FROM decision_paper WHERE org_id=$1 AND decision_id=$2`, tx.Org(), decision)
	return out, err
}

func savePaper(ctx context.Context, tx *db.Tx, decision, code string, p paper) error {
	_, err := tx.Exec(ctx, `INSERT INTO decision_paper (org_id, decision_id, code, choice, account_id) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, decision_id, code) DO UPDATE SET choice=$4, account_id=$5`, tx.Org(), decision, code, p.choice, p.account)
	return err
}

func dropPaper(ctx context.Context, tx *db.Tx, decision, code string) error {
	_, err := tx.Exec(ctx, `DELETE FROM decision_paper WHERE org_id=$1 AND decision_id=$2 AND code=$3`, tx.Org(), decision, code)
	return err
}

func dropPapers(ctx context.Context, tx *db.Tx, decision string) error {
	_, err := tx.Exec(ctx, `DELETE FROM decision_paper WHERE org_id=$1 AND decision_id=$2`, tx.Org(), decision)
	return err
}

type voice struct {
	voter, sealed string
	version       int64
}

func voices(ctx context.Context, tx *db.Tx, decision string) ([]voice, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (v voice, err error) {
		err = s.Scan(&v.voter, &v.sealed, &v.version)
		return v, err
	}, `SELECT voter_id, sealed, sealed_version FROM decision_voice WHERE org_id=$1 AND decision_id=$2 ORDER BY voter_id`, tx.Org(), decision)
}

func saveVoice(ctx context.Context, tx *db.Tx, decision string, v voice) error {
	_, err := tx.Exec(ctx, `INSERT INTO decision_voice (org_id, decision_id, voter_id, sealed, sealed_version) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, decision_id, voter_id) DO UPDATE SET sealed=$4, sealed_version=$5`, tx.Org(), decision, v.voter, v.sealed, v.version)
	return err
}
