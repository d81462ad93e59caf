// Every SQL statement about assemblies, their run-sheet, asks, answers, roll call
// and invitations; negotiations are in storetalk.go.
package assembly

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/platform/db"
)

// row is an assembly as stored.
type row struct {
	Event
	linkHash, sealed string
	org              string // only when it was found by its link
}

const columns = `id, kind, state, at, minutes, capacity, goal, cycle_id, languages, nameless, observer_person, safety_person, next_at, account_id, approver_id, made_at, approved_at, live_at, held_at, evaluated_at, link_hash, sealed, version`

func scanInto(s db.Scanner, r *row, first ...any) error {
	var at, next, made, approved, live, held, evaluated int64
	var languages string
	err := s.Scan(append(first, &r.ID, &r.Kind, &r.State, &at, &r.Minutes, &r.Capacity, &r.Goal, &r.Cycle, &languages, &r.Nameless, &r.Event.Observer, &r.Safety, &next,
		&r.Account, &r.Approver, &made, &approved, &live, &held, &evaluated, &r.linkHash, &r.sealed, &r.Version)...)
	r.At, r.Next, r.Made, r.Approved, r.Live, r.Held, r.Evaluated = db.Time(at), db.Time(next), db.Time(made), db.Time(approved), db.Time(live), db.Time(held), db.Time(evaluated)
	r.Languages = fields(languages)
	return err
}

func scan(s db.Scanner) (r row, err error) { return r, scanInto(s, &r) }

// fields splits a list of codes; nothing is an empty list.
func fields(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) }

func put(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly (org_id, `+columns+`) VALUES (`+db.Marks(1, 24)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET kind=excluded.kind, state=excluded.state, at=excluded.at, minutes=excluded.minutes, capacity=excluded.capacity, goal=excluded.goal,
		cycle_id=excluded.cycle_id, languages=excluded.languages, nameless=excluded.nameless, observer_person=excluded.observer_person, safety_person=excluded.safety_person,
		next_at=excluded.next_at, approver_id=excluded.approver_id, approved_at=excluded.approved_at, live_at=excluded.live_at, held_at=excluded.held_at,
		evaluated_at=excluded.evaluated_at, link_hash=excluded.link_hash, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), r.ID, string(r.Kind), string(r.State), db.Micros(r.At), int64(r.Minutes), int64(r.Capacity), int64(r.Goal), r.Cycle, strings.Join(r.Languages, " "), r.Nameless,
		r.Event.Observer, r.Safety, db.Micros(r.Next), r.Account, r.Approver, db.Micros(r.Made), db.Micros(r.Approved), db.Micros(r.Live), db.Micros(r.Held),
		db.Micros(r.Evaluated), r.linkHash, r.sealed, r.Version)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scan, `SELECT `+columns+` FROM assembly WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// byLink finds an assembly of any organization by the digest of its screen's link.
func byLink(ctx context.Context, tx *db.Tx, hash string) (row, error) {
	return db.Get(ctx, tx, func(s db.Scanner) (r row, err error) { return r, scanInto(s, &r, &r.org) },
		`SELECT org_id, `+columns+` FROM assembly WHERE link_hash=$1`, hash)
}

// coming lists what is to come or still open, the next first.
func coming(ctx context.Context, tx *db.Tx, limit int) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM assembly WHERE org_id=$1 AND state NOT IN ('followed_up', 'cancelled') ORDER BY at, id LIMIT $2`, tx.Org(), int64(limit))
}

// over lists what is done, the latest first.
func over(ctx context.Context, tx *db.Tx, limit int) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM assembly WHERE org_id=$1 AND state IN ('followed_up', 'cancelled') ORDER BY at DESC, id DESC LIMIT $2`, tx.Org(), int64(limit))
}

func ofCycle(ctx context.Context, tx *db.Tx, cycle string) ([]row, error) {
	return db.Select(ctx, tx, scan, `SELECT `+columns+` FROM assembly WHERE org_id=$1 AND cycle_id=$2 ORDER BY at, id`, tx.Org(), cycle)
}

// itemRow is a line of the run-sheet as stored.
type itemRow struct {
	Item
	sealed string
}

func items(ctx context.Context, tx *db.Tx, assembly string) ([]itemRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r itemRow, err error) {
		var started, ended int64
		err = s.Scan(&r.ID, &r.Pos, &r.Code, &r.Minutes, &r.Lead, &r.LeadRole, &r.Beside, &r.Second, &r.Story, &started, &ended, &r.sealed, &r.Version)
		r.Started, r.Ended = db.Time(started), db.Time(ended)
		return r, err
	}, `SELECT id, pos, code, minutes, lead_person, lead_role, beside_person, beside_role, story_id, started_at, ended_at, sealed, version
		FROM assembly_item WHERE org_id=$1 AND assembly_id=$2 ORDER BY pos, id`, tx.Org(), assembly)
}

func putItem(ctx context.Context, tx *db.Tx, assembly string, r itemRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly_item (org_id, assembly_id, id, pos, code, minutes, lead_person, lead_role, beside_person, beside_role, story_id, started_at, ended_at, sealed, version)
		VALUES (`+db.Marks(1, 15)+`) ON CONFLICT (org_id, assembly_id, id) DO UPDATE SET pos=excluded.pos, minutes=excluded.minutes, lead_person=excluded.lead_person,
		lead_role=excluded.lead_role, beside_person=excluded.beside_person, beside_role=excluded.beside_role, story_id=excluded.story_id, started_at=excluded.started_at,
		ended_at=excluded.ended_at, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), assembly, r.ID, int64(r.Pos), r.Code, int64(r.Minutes), r.Lead, string(r.LeadRole), r.Beside, string(r.Second), r.Story, db.Micros(r.Started), db.Micros(r.Ended), r.sealed, r.Version)
	return err
}

// place moves an item or an ask without touching its words.
func place(ctx context.Context, tx *db.Tx, table, assembly, id string, pos int) error {
	q := `UPDATE assembly_item SET pos=$4 WHERE org_id=$1 AND assembly_id=$2 AND id=$3`
	if table == "ask" {
		q = `UPDATE assembly_ask SET pos=$4 WHERE org_id=$1 AND assembly_id=$2 AND id=$3`
	}
	_, err := tx.Exec(ctx, q, tx.Org(), assembly, id, int64(pos))
	return err
}

func drop(ctx context.Context, tx *db.Tx, table, assembly, id string) error {
	q := map[string]string{"item": `DELETE FROM assembly_item WHERE org_id=$1 AND assembly_id=$2 AND id=$3`, "ask": `DELETE FROM assembly_ask WHERE org_id=$1 AND assembly_id=$2 AND id=$3`,
		"invite": `DELETE FROM assembly_invite WHERE org_id=$1 AND assembly_id=$2 AND id=$3`}[table]
	_, err := tx.Exec(ctx, q, tx.Org(), assembly, id)
	return err
}

// askRow is an ask as stored.
type askRow struct {
	Ask
	sealed string
}

func asks(ctx context.Context, tx *db.Tx, assembly string) ([]askRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r askRow, err error) {
		var due int64
		err = s.Scan(&r.ID, &r.Pos, &r.Ask.Issue, &r.Office, &due, &r.Law, &r.Pledge, &r.sealed, &r.Version)
		r.Due = db.Time(due)
		return r, err
	}, `SELECT id, pos, issue_id, office_id, due_at, law, pledge_id, sealed, version FROM assembly_ask WHERE org_id=$1 AND assembly_id=$2 ORDER BY pos, id`, tx.Org(), assembly)
}

func putAsk(ctx context.Context, tx *db.Tx, assembly string, r askRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly_ask (org_id, assembly_id, id, pos, issue_id, office_id, due_at, law, pledge_id, sealed, version)
		VALUES (`+db.Marks(1, 11)+`) ON CONFLICT (org_id, assembly_id, id) DO UPDATE SET pos=excluded.pos, issue_id=excluded.issue_id, office_id=excluded.office_id, due_at=excluded.due_at,
		law=excluded.law, pledge_id=excluded.pledge_id, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), assembly, r.ID, int64(r.Pos), r.Ask.Issue, r.Office, db.Micros(r.Due), r.Law, r.Pledge, r.sealed, r.Version)
	return err
}

// pinRow is a version of an answer as stored.
type pinRow struct {
	Pin
	sealed string
}

func pins(ctx context.Context, tx *db.Tx, assembly string) ([]pinRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r pinRow, err error) {
		var follow, by, said, stored int64
		var over string
		err = s.Scan(&r.ID, &r.Ask, &r.Account, &r.Pen, &over, &r.Answer, &follow, &by, &r.Witness, &said, &stored, &r.sealed)
		r.Over, r.FollowUp, r.By, r.Said, r.Stored = fields(over), db.Time(follow), db.Time(by), db.Time(said), db.Time(stored)
		return r, err
	}, `SELECT id, ask_id, account_id, pen, over_ids, answer, follow_at, by_at, witness, said_at, stored_at, sealed FROM assembly_pin WHERE org_id=$1 AND assembly_id=$2 ORDER BY said_at, id`,
		tx.Org(), assembly)
}

func putPin(ctx context.Context, tx *db.Tx, assembly string, r pinRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly_pin (org_id, assembly_id, ask_id, id, account_id, pen, over_ids, answer, follow_at, by_at, witness, said_at, stored_at, sealed)
		VALUES (`+db.Marks(1, 14)+`)`, tx.Org(), assembly, r.Ask, r.ID, r.Account, r.Pen, strings.Join(r.Over, " "), string(r.Answer), db.Micros(r.FollowUp), db.Micros(r.By), r.Witness,
		db.Micros(r.Said), db.Micros(r.Stored), r.sealed)
	return err
}

// Called is what an institution said at the roll call.
type Called struct {
	Institution string
	N           int
	At          time.Time
}

func roll(ctx context.Context, tx *db.Tx, assembly string) ([]Called, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (c Called, err error) {
		var at int64
		err = s.Scan(&c.Institution, &c.N, &at)
		c.At = db.Time(at)
		return c, err
	}, `SELECT institution_id, n, said_at FROM assembly_roll WHERE org_id=$1 AND assembly_id=$2 ORDER BY institution_id`, tx.Org(), assembly)
}

// call keeps what was said last, whenever it arrives.
func call(ctx context.Context, tx *db.Tx, assembly string, c Called) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly_roll (org_id, assembly_id, institution_id, n, said_at) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (org_id, assembly_id, institution_id) DO UPDATE SET n=excluded.n, said_at=excluded.said_at WHERE excluded.said_at >= assembly_roll.said_at`,
		tx.Org(), assembly, c.Institution, int64(c.N), db.Micros(c.At))
	return err
}

// inviteRow is an invitation as stored.
type inviteRow struct {
	Invite
	sealed string
}

func invites(ctx context.Context, tx *db.Tx, assembly string) ([]inviteRow, error) {
	return db.Select(ctx, tx, func(s db.Scanner) (r inviteRow, err error) {
		var at int64
		err = s.Scan(&r.ID, &r.Office, &r.Candidate, &r.Complete, &at, &r.How, &r.Reply, &r.sealed, &r.Version)
		r.Invited = db.Time(at)
		return r, err
	}, `SELECT id, office_id, candidate, complete, invited_at, how, reply, sealed, version FROM assembly_invite WHERE org_id=$1 AND assembly_id=$2 ORDER BY id`, tx.Org(), assembly)
}

func putInvite(ctx context.Context, tx *db.Tx, assembly string, r inviteRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO assembly_invite (org_id, assembly_id, id, office_id, candidate, complete, invited_at, how, reply, sealed, version) VALUES (`+db.Marks(1, 11)+`)
		ON CONFLICT (org_id, assembly_id, id) DO UPDATE SET office_id=excluded.office_id, candidate=excluded.candidate, complete=excluded.complete, invited_at=excluded.invited_at, how=excluded.how,
		reply=excluded.reply, sealed=excluded.sealed, version=excluded.version`,
		tx.Org(), assembly, r.ID, r.Office, r.Candidate, r.Complete, db.Micros(r.Invited), r.How, r.Reply, r.sealed, r.Version)
	return err
}

// stir counts a change, so that the screens look again.
func stir(ctx context.Context, tx *db.Tx, assembly string) error {
	_, err := tx.Exec(ctx, `UPDATE assembly SET moved=moved+1 WHERE org_id=$1 AND id=$2`, tx.Org(), assembly)
	return err
}

// moved is how often anything changed.
func moved(ctx context.Context, tx *db.Tx, assembly string) (int64, error) {
	return db.One[int64](ctx, tx, `SELECT moved FROM assembly WHERE org_id=$1 AND id=$2`, tx.Org(), assembly)
}

// forget lets go of a person. Those who merely were there are a number already; what
// somebody led stays on the run-sheet, led by nobody.
func forget(ctx context.Context, tx *db.Tx, person string) error {
	for _, q := range []string{
		`UPDATE assembly SET observer_person='' WHERE org_id=$1 AND observer_person=$2`,
		`UPDATE assembly SET safety_person='' WHERE org_id=$1 AND safety_person=$2`,
		`UPDATE assembly_item SET lead_person='' WHERE org_id=$1 AND lead_person=$2`,
		`UPDATE assembly_item SET beside_person='' WHERE org_id=$1 AND beside_person=$2`,
		`DELETE FROM assembly_talk_person WHERE org_id=$1 AND person_id=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), person); err != nil {
			return err
		}
	}
	return nil
}

// partiesOf are the persons who keep a part in an assembly.
func partiesOf(e Event, list []Item) (ids []string) {
	for p := range Parts(list) {
		ids = append(ids, p)
	}
	for _, p := range []string{e.Observer, e.Safety} {
		if p != "" {
			ids = append(ids, p)
		}
	}
	return ids
}
