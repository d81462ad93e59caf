// Every SQL statement of the room.
package cycle

import (
	"context"

	"seedbed/internal/platform/db"
)

type cycleRow struct {
	Cycle
	sealed string
}

const cycleColumns = `id, phase, from_cycle, keeper_account, began_at, phase_at, due_at, ended_at, sealed, version`

func scanCycle(sc db.Scanner) (r cycleRow, err error) {
	var t [4]int64
	err = sc.Scan(&r.ID, &r.Phase, &r.From, &r.Keeper, &t[0], &t[1], &t[2], &t[3], &r.sealed, &r.Version)
	r.Began, r.PhaseAt, r.Due, r.Ended = db.Time(t[0]), db.Time(t[1]), db.Time(t[2]), db.Time(t[3])
	return r, err
}

func cycleByID(ctx context.Context, tx *db.Tx, id string) (cycleRow, error) {
	return db.Get(ctx, tx, scanCycle, `SELECT `+cycleColumns+` FROM cycle WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func allCycles(ctx context.Context, tx *db.Tx) ([]cycleRow, error) {
	return db.Select(ctx, tx, scanCycle, `SELECT `+cycleColumns+` FROM cycle WHERE org_id=$1 ORDER BY began_at DESC, id DESC LIMIT 200`, tx.Org())
}

// cyclesFrom are the turns that began from one.
func cyclesFrom(ctx context.Context, tx *db.Tx, id string) ([]cycleRow, error) {
	return db.Select(ctx, tx, scanCycle, `SELECT `+cycleColumns+` FROM cycle WHERE org_id=$1 AND from_cycle=$2 ORDER BY began_at, id LIMIT 50`, tx.Org(), id)
}

func putCycle(ctx context.Context, tx *db.Tx, r cycleRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle (org_id, `+cycleColumns+`) VALUES (`+db.Marks(1, 11)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET phase=excluded.phase, keeper_account=excluded.keeper_account, phase_at=excluded.phase_at, due_at=excluded.due_at,
		ended_at=excluded.ended_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, string(r.Phase), r.From, r.Keeper, db.Micros(r.Began), db.Micros(r.PhaseAt), db.Micros(r.Due), db.Micros(r.Ended), r.sealed, r.Version)
	return err
}

func links(ctx context.Context, tx *db.Tx, cycle string) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT ref FROM cycle_link WHERE org_id=$1 AND cycle_id=$2 ORDER BY ref`, tx.Org(), cycle)
}

func setLinks(ctx context.Context, tx *db.Tx, cycle string, refs []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM cycle_link WHERE org_id=$1 AND cycle_id=$2`, tx.Org(), cycle); err != nil {
		return err
	}
	for _, ref := range refs {
		if _, err := tx.Exec(ctx, `INSERT INTO cycle_link (org_id, cycle_id, ref) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, tx.Org(), cycle, ref); err != nil {
			return err
		}
	}
	return nil
}

type issueRow struct {
	Issue
	sealed string
}

const issueColumns = `id, cycle_id, state, phase, phase_at, from_issue, team_id, office_id, ask_due, set_id, set_version, decision_id, choice, made_at, changed_at, sealed, version`

func scanIssue(sc db.Scanner) (r issueRow, err error) {
	var at, due, made, changed int64
	err = sc.Scan(&r.ID, &r.Cycle, &r.State, &r.Phase, &at, &r.From, &r.Team, &r.Office, &due, &r.Set, &r.SetVersion, &r.Decision, &r.Choice, &made, &changed, &r.sealed, &r.Version)
	r.PhaseAt, r.Due, r.Made, r.Changed = db.Time(at), db.Time(due), db.Time(made), db.Time(changed)
	return r, err
}

func issueByID(ctx context.Context, tx *db.Tx, id string) (issueRow, error) {
	return db.Get(ctx, tx, scanIssue, `SELECT `+issueColumns+` FROM cycle_issue WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// issues lists those of one cycle in the order in which they were proposed, or of
// all, the newest first.
func issues(ctx context.Context, tx *db.Tx, cycle string) ([]issueRow, error) {
	if cycle == "" {
		return db.Select(ctx, tx, scanIssue, `SELECT `+issueColumns+` FROM cycle_issue WHERE org_id=$1 ORDER BY made_at DESC, id DESC LIMIT 300`, tx.Org())
	}
	return db.Select(ctx, tx, scanIssue, `SELECT `+issueColumns+` FROM cycle_issue WHERE org_id=$1 AND cycle_id=$2 ORDER BY made_at, id LIMIT 100`, tx.Org(), cycle)
}

func putIssue(ctx context.Context, tx *db.Tx, r issueRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle_issue (org_id, `+issueColumns+`) VALUES (`+db.Marks(1, 18)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET state=excluded.state, phase=excluded.phase, phase_at=excluded.phase_at, team_id=excluded.team_id, office_id=excluded.office_id,
		ask_due=excluded.ask_due, set_id=excluded.set_id, set_version=excluded.set_version, decision_id=excluded.decision_id, choice=excluded.choice,
		changed_at=excluded.changed_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, r.Cycle, string(r.State), string(r.Phase), db.Micros(r.PhaseAt), r.From, r.Team, r.Office, db.Micros(r.Due), r.Set, r.SetVersion, r.Decision, string(r.Choice),
		db.Micros(r.Made), db.Micros(r.Changed), r.sealed, r.Version)
	return err
}

type scoreRow struct {
	Score
	issue, sealed string
	version       int64
}

// scores of one issue by one version of a list.
func scores(ctx context.Context, tx *db.Tx, issue, set string, version int64) ([]scoreRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r scoreRow, err error) {
		var n int64
		err = sc.Scan(&r.Criterion, &n, &r.sealed, &r.version)
		r.N, r.issue = int(n), issue
		return r, err
	}, `SELECT criterion, score, sealed, version FROM cycle_score WHERE org_id=$1 AND issue_id=$2 AND set_id=$3 AND set_version=$4 ORDER BY criterion`, tx.Org(), issue, set, version)
}

func putScore(ctx context.Context, tx *db.Tx, issue, set string, setVersion int64, account string, at int64, r scoreRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle_score (org_id, issue_id, set_id, set_version, criterion, score, account_id, at, sealed, version) VALUES (`+db.Marks(1, 10)+`)
		ON CONFLICT (org_id, issue_id, set_id, set_version, criterion) DO UPDATE SET score=excluded.score, account_id=excluded.account_id, at=excluded.at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), issue, set, setVersion, r.Criterion, int64(r.N), account, at, r.sealed, r.version)
	return err
}

type setRow struct {
	Set
	sealed string
}

const setColumns = `id, version, base, sealed`

func scanSet(sc db.Scanner) (r setRow, err error) {
	err = sc.Scan(&r.ID, &r.Version, &r.Base, &r.sealed)
	return r, err
}

// ownSets are the clinic's lists, each in its newest version.
func ownSets(ctx context.Context, tx *db.Tx) ([]setRow, error) {
	return db.Select(ctx, tx, scanSet, `SELECT `+setColumns+` FROM cycle_criteria c WHERE org_id=$1
		AND version=(SELECT MAX(version) FROM cycle_criteria WHERE org_id=$1 AND id=c.id) ORDER BY made_at, id LIMIT 100`, tx.Org())
}

func setByVersion(ctx context.Context, tx *db.Tx, id string, version int64) (setRow, error) {
	return db.Get(ctx, tx, scanSet, `SELECT `+setColumns+` FROM cycle_criteria WHERE org_id=$1 AND id=$2 AND version=$3`, tx.Org(), id, version)
}

func putSet(ctx context.Context, tx *db.Tx, r setRow, account string, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle_criteria (org_id, id, version, base, account_id, made_at, sealed) VALUES (`+db.Marks(1, 7)+`)`,
		tx.Org(), r.ID, r.Version, r.Base, account, at, r.sealed)
	return err
}

type entryRow struct {
	Entry
	sealed string
}

func putEntry(ctx context.Context, tx *db.Tx, e Entry, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle_log (org_id, id, cycle_id, issue_id, at, account_id, role, act, was, becomes, sealed, no) VALUES (`+db.Marks(1, 11)+`,
		(SELECT COALESCE(MAX(no), 0)+1 FROM cycle_log WHERE org_id=$1 AND cycle_id=$3))`, tx.Org(), e.ID, e.Cycle, e.Issue, db.Micros(e.At), e.Account, string(e.Role), e.Act, e.Was, e.Becomes, sealed)
	return err
}

// entries are the newest lines first: of a cycle with its issues, or of one issue.
func entries(ctx context.Context, tx *db.Tx, cycle, issue string) ([]entryRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r entryRow, err error) {
		var at int64
		err = sc.Scan(&r.ID, &r.Cycle, &r.Issue, &at, &r.Account, &r.Role, &r.Act, &r.Was, &r.Becomes, &r.sealed)
		r.At = db.Time(at)
		return r, err
	}, `SELECT id, cycle_id, issue_id, at, account_id, role, act, was, becomes, sealed FROM cycle_log
		WHERE org_id=$1 AND cycle_id=$2 AND ($3='' OR issue_id=$3) ORDER BY at DESC, no DESC LIMIT 300`, tx.Org(), cycle, issue)
}

type noteRow struct {
	Note
	sealed string
}

const noteColumns = `id, cycle_id, kind, person_id, due_at, done_at, account_id, made_at, sealed, version`

func scanNote(sc db.Scanner) (r noteRow, err error) {
	var due, done, made int64
	err = sc.Scan(&r.ID, &r.Cycle, &r.Kind, &r.Person, &due, &done, &r.Account, &made, &r.sealed, &r.version)
	r.Due, r.Done, r.Made = db.Time(due), db.Time(done), db.Time(made)
	return r, err
}

func noteByID(ctx context.Context, tx *db.Tx, id string) (noteRow, error) {
	return db.Get(ctx, tx, scanNote, `SELECT `+noteColumns+` FROM cycle_note WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

func notes(ctx context.Context, tx *db.Tx, cycle string) ([]noteRow, error) {
	return db.Select(ctx, tx, scanNote, `SELECT `+noteColumns+` FROM cycle_note WHERE org_id=$1 AND cycle_id=$2 ORDER BY made_at, id LIMIT 300`, tx.Org(), cycle)
}

func putNote(ctx context.Context, tx *db.Tx, r noteRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle_note (org_id, `+noteColumns+`) VALUES (`+db.Marks(1, 11)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET done_at=excluded.done_at`,
		tx.Org(), r.ID, r.Cycle, string(r.Kind), r.Person, db.Micros(r.Due), db.Micros(r.Done), r.Account, db.Micros(r.Made), r.sealed, r.version)
	return err
}

func dropNote(ctx context.Context, tx *db.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM cycle_note WHERE org_id=$1 AND id=$2`, tx.Org(), id)
	return err
}

func forgetPerson(ctx context.Context, tx *db.Tx, person string) error {
	_, err := tx.Exec(ctx, `DELETE FROM cycle_note WHERE org_id=$1 AND person_id=$2`, tx.Org(), person)
	return err
}

type handoverRow struct {
	Handover
	sealed string
}

const handoverColumns = `id, cycle_id, from_account, to_account, at, taken_at, sealed`

func scanHandover(sc db.Scanner) (r handoverRow, err error) {
	var at, taken int64
	err = sc.Scan(&r.ID, &r.Cycle, &r.From, &r.To, &at, &taken, &r.sealed)
	r.At, r.Taken = db.Time(at), db.Time(taken)
	return r, err
}

func handoverByID(ctx context.Context, tx *db.Tx, id string) (handoverRow, error) {
	return db.Get(ctx, tx, scanHandover, `SELECT `+handoverColumns+` FROM cycle_handover WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// handovers of one cycle, the newest first.
func handovers(ctx context.Context, tx *db.Tx, cycle string) ([]handoverRow, error) {
	return db.Select(ctx, tx, scanHandover, `SELECT `+handoverColumns+` FROM cycle_handover WHERE org_id=$1 AND cycle_id=$2 ORDER BY at DESC, id DESC LIMIT 50`, tx.Org(), cycle)
}

// handedTo are those that wait for an account.
func handedTo(ctx context.Context, tx *db.Tx, account string) ([]handoverRow, error) {
	return db.Select(ctx, tx, scanHandover, `SELECT `+handoverColumns+` FROM cycle_handover WHERE org_id=$1 AND to_account=$2 AND taken_at=0 ORDER BY at, id LIMIT 50`, tx.Org(), account)
}

func putHandover(ctx context.Context, tx *db.Tx, r handoverRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle_handover (org_id, `+handoverColumns+`) VALUES (`+db.Marks(1, 8)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET taken_at=excluded.taken_at`,
		tx.Org(), r.ID, r.Cycle, r.From, r.To, db.Micros(r.At), db.Micros(r.Taken), r.sealed)
	return err
}
