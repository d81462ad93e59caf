// Every SQL statement of the room.
package statement

import (
	"context"

	"seedbed/internal/kit/opinion"
	"seedbed/internal/platform/db"
)

type conversationRow struct {
	Conversation
	tokenHash, sealed string
}

const conversationColumns = `id, campaign_id, language, live, min_group, most_per_hour, until_at, closed, ended, gone, token_hash, sealed`

func scanConversation(s db.Scanner) (r conversationRow, err error) {
	var until, ended int64
	err = s.Scan(&r.ID, &r.Campaign, &r.Language, &r.Live, &r.MinGroup, &r.MostPerHour, &until, &r.Closed, &ended, &r.gone, &r.tokenHash, &r.sealed)
	r.Until, r.ended = db.Time(until), db.Time(ended)
	return r, err
}

func putConversation(ctx context.Context, tx *db.Tx, r conversationRow) error {
	_, err := tx.Exec(ctx, `INSERT INTO statement_conversation (org_id, `+conversationColumns+`) VALUES (`+db.Marks(1, 13)+`)
		ON CONFLICT (org_id, id) DO UPDATE SET language=excluded.language, live=excluded.live, most_per_hour=excluded.most_per_hour,
		until_at=excluded.until_at, closed=excluded.closed, ended=excluded.ended, sealed=excluded.sealed`,
		tx.Org(), r.ID, r.Campaign, r.Language, r.Live, int64(r.MinGroup), int64(r.MostPerHour), db.Micros(r.Until), r.Closed, db.Micros(r.ended), int64(r.gone), r.tokenHash, r.sealed)
	return err
}

func conversationByID(ctx context.Context, tx *db.Tx, id string) (conversationRow, error) {
	return db.Get(ctx, tx, scanConversation, `SELECT `+conversationColumns+` FROM statement_conversation WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// conversationByToken looks in every clinic: the token is all that a phone has.
func conversationByToken(ctx context.Context, tx *db.Tx, hash string) (org string, r conversationRow, err error) {
	r, err = db.Get(ctx, tx, func(s db.Scanner) (conversationRow, error) { return scanConversation(behind{s, &org}) },
		`SELECT org_id, `+conversationColumns+` FROM statement_conversation WHERE token_hash=$1`, hash)
	return org, r, err
}

// behind scans one more column before those that a scan function knows.
type behind struct {
	db.Scanner
	first any
}

func (b behind) Scan(dest ...any) error { return b.Scanner.Scan(append([]any{b.first}, dest...)...) }

// conversations lists those of a campaign, or all, the newest first.
func conversations(ctx context.Context, tx *db.Tx, campaign string) ([]conversationRow, error) {
	return db.Select(ctx, tx, scanConversation, `SELECT `+conversationColumns+` FROM statement_conversation WHERE org_id=$1 AND ($2='' OR campaign_id=$2) ORDER BY id DESC LIMIT 200`, tx.Org(), campaign)
}

func orgs(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT DISTINCT org_id FROM statement_conversation`)
}

func empty(ctx context.Context, tx *db.Tx, conversation string) error {
	for _, q := range []string{
		`DELETE FROM statement_vote WHERE org_id=$1 AND conversation_id=$2`,
		`DELETE FROM statement_voter WHERE org_id=$1 AND conversation_id=$2`,
		`DELETE FROM statement_paper WHERE org_id=$1 AND conversation_id=$2`,
		`DELETE FROM statement_statement WHERE org_id=$1 AND conversation_id=$2 AND state<>'approved'`,
		`UPDATE statement_statement SET sent_hash='' WHERE org_id=$1 AND conversation_id=$2`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), conversation); err != nil {
			return err
		}
	}
	return nil
}

type row struct {
	Statement
	left             [3]int // disagree, pass, agree
	sentHash, sealed string
}

const columns = `id, conversation_id, language, state, reason, batch, held, left_disagree, left_pass, left_agree, sent_hash, sealed`

func scanRow(s db.Scanner) (r row, err error) {
	err = s.Scan(&r.ID, &r.Conversation, &r.Language, &r.State, &r.Reason, &r.Batch, &r.Held, &r.left[0], &r.left[1], &r.left[2], &r.sentHash, &r.sealed)
	return r, err
}

func insert(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `INSERT INTO statement_statement (org_id, `+columns+`) VALUES (`+db.Marks(1, 13)+`)`, tx.Org(), r.ID, r.Conversation, r.Language,
		string(r.State), string(r.Reason), r.Batch, r.Held, 0, 0, 0, r.sentHash, r.sealed)
	return err
}

func update(ctx context.Context, tx *db.Tx, r row) error {
	_, err := tx.Exec(ctx, `UPDATE statement_statement SET state=$3, reason=$4, batch=$5, held=$6, sealed=$7 WHERE org_id=$1 AND id=$2`,
		tx.Org(), r.ID, string(r.State), string(r.Reason), r.Batch, r.Held, r.sealed)
	return err
}

func byID(ctx context.Context, tx *db.Tx, id string) (row, error) {
	return db.Get(ctx, tx, scanRow, `SELECT `+columns+` FROM statement_statement WHERE org_id=$1 AND id=$2`, tx.Org(), id)
}

// inState lists statements by their random ids: the order says nothing of when they came.
func inState(ctx context.Context, tx *db.Tx, conversation string, st State, limit int) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM statement_statement WHERE org_id=$1 AND conversation_id=$2 AND state=$3 ORDER BY id LIMIT $4`,
		tx.Org(), conversation, string(st), int64(limit))
}

func inBatch(ctx context.Context, tx *db.Tx, batch string) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM statement_statement WHERE org_id=$1 AND batch=$2 AND batch<>'' ORDER BY id`, tx.Org(), batch)
}

func sentBy(ctx context.Context, tx *db.Tx, conversation, hash string) ([]row, error) {
	return db.Select(ctx, tx, scanRow, `SELECT `+columns+` FROM statement_statement WHERE org_id=$1 AND conversation_id=$2 AND sent_hash=$3 ORDER BY id`, tx.Org(), conversation, hash)
}

func countIn(ctx context.Context, tx *db.Tx, conversation string) (map[State]int, error) {
	out := map[State]int{}
	_, err := db.Select(ctx, tx, func(s db.Scanner) (st State, err error) {
		var n int
		err = s.Scan(&st, &n)
		out[st] = n
		return st, err
	}, `SELECT state, COUNT(*) FROM statement_statement WHERE org_id=$1 AND conversation_id=$2 GROUP BY state`, tx.Org(), conversation)
	return out, err
}

// voter is a random id behind a receipt.
type voter struct{ id, conversation string }

func scanVoter(s db.Scanner) (v voter, err error) {
	err = s.Scan(&v.id, &v.conversation)
	return v, err
}

func voterByReceipt(ctx context.Context, tx *db.Tx, hash string) (org string, v voter, err error) {
	v, err = db.Get(ctx, tx, func(s db.Scanner) (voter, error) { return scanVoter(behind{s, &org}) },
		`SELECT org_id, id, conversation_id FROM statement_voter WHERE receipt_hash=$1`, hash)
	return org, v, err
}

func addVoter(ctx context.Context, tx *db.Tx, v voter, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO statement_voter (org_id, id, conversation_id, receipt_hash, fresh) VALUES ($1,$2,$3,$4,$5)`, tx.Org(), v.id, v.conversation, hash, false)
	return err
}

// putVote stores a vote; the same vote again changes nothing.
func putVote(ctx context.Context, tx *db.Tx, v voter, statement string, vote Vote) error {
	n, err := tx.Exec(ctx, `INSERT INTO statement_vote (org_id, conversation_id, voter_id, statement_id, vote, counted) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (org_id, conversation_id, voter_id, statement_id) DO UPDATE SET vote=excluded.vote WHERE statement_vote.vote<>excluded.vote`,
		tx.Org(), v.conversation, v.id, statement, int64(vote), notYet)
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE statement_voter SET fresh=$3 WHERE org_id=$1 AND id=$2 AND fresh<>$3`, tx.Org(), v.id, true)
	return err
}

// cast is a vote, and the vote that the published numbers hold of it.
type cast struct {
	voter, statement string
	vote, counted    Vote
}

const notYet = 9 // the published numbers hold no vote of this voter

func scanCast(s db.Scanner) (c cast, err error) {
	err = s.Scan(&c.voter, &c.statement, &c.vote, &c.counted)
	return c, err
}

func votes(ctx context.Context, tx *db.Tx, conversation string) ([]cast, error) {
	return db.Select(ctx, tx, scanCast, `SELECT voter_id, statement_id, vote, counted FROM statement_vote WHERE org_id=$1 AND conversation_id=$2`, tx.Org(), conversation)
}

func votesOf(ctx context.Context, tx *db.Tx, v voter) ([]cast, error) {
	return db.Select(ctx, tx, scanCast, `SELECT voter_id, statement_id, vote, counted FROM statement_vote WHERE org_id=$1 AND conversation_id=$2 AND voter_id=$3 ORDER BY statement_id`, tx.Org(), v.conversation, v.id)
}

func votesByStatement(ctx context.Context, tx *db.Tx, conversation string) (map[string]int, error) {
	out := map[string]int{}
	_, err := db.Select(ctx, tx, func(s db.Scanner) (id string, err error) {
		var n int
		err = s.Scan(&id, &n)
		out[id] = n
		return id, err
	}, `SELECT statement_id, COUNT(*) FROM statement_vote WHERE org_id=$1 AND conversation_id=$2 GROUP BY statement_id`, tx.Org(), conversation)
	return out, err
}

// dropVoter deletes a voter with all votes. What the published numbers hold of them
// becomes a count of votes that left. What they never held is not counted: coming
// and going must not make a crowd of one.
func dropVoter(ctx context.Context, tx *db.Tx, v voter) error {
	for word, vote := range map[string]Vote{"left_disagree": opinion.Disagree, "left_pass": opinion.Pass, "left_agree": opinion.Agree} {
		if _, err := tx.Exec(ctx, `UPDATE statement_statement SET `+word+`=`+word+`+1 WHERE org_id=$1 AND conversation_id=$2 AND id IN
			(SELECT statement_id FROM statement_vote WHERE org_id=$1 AND conversation_id=$2 AND voter_id=$3 AND counted=$4)`, tx.Org(), v.conversation, v.id, int64(vote)); err != nil {
			return err
		}
	}
	for _, q := range []string{
		`UPDATE statement_conversation SET gone=gone+1 WHERE org_id=$1 AND id=$2 AND EXISTS (SELECT 1 FROM statement_voter WHERE org_id=$1 AND id=$3 AND NOT fresh)`,
		`DELETE FROM statement_vote WHERE org_id=$1 AND conversation_id=$2 AND voter_id=$3`,
		`DELETE FROM statement_voter WHERE org_id=$1 AND conversation_id=$2 AND id=$3`,
	} {
		if _, err := tx.Exec(ctx, q, tx.Org(), v.conversation, v.id); err != nil {
			return err
		}
	}
	return nil
}

// freshVoters counts those who voted or left since the last picture.
func freshVoters(ctx context.Context, tx *db.Tx, r conversationRow) (int, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM statement_voter WHERE org_id=$1 AND conversation_id=$2 AND fresh=$3`, tx.Org(), r.ID, true)
	return int(n) + r.gone, err
}

// settle notes which votes the published numbers of a statement hold now: those of
// newcomers, those that were changed or left, or both.
func settle(ctx context.Context, tx *db.Tx, statement string, m move) error {
	var list []string
	if m.newcomers {
		list = append(list, `UPDATE statement_vote SET counted=vote WHERE org_id=$1 AND statement_id=$2 AND counted=9`,
			`UPDATE statement_paper SET fresh=FALSE WHERE org_id=$1 AND statement_id=$2 AND fresh`)
	}
	if m.changes {
		list = append(list, `UPDATE statement_vote SET counted=vote WHERE org_id=$1 AND statement_id=$2 AND counted<>9 AND counted<>vote`,
			`UPDATE statement_statement SET left_disagree=0, left_pass=0, left_agree=0 WHERE org_id=$1 AND id=$2`)
	}
	for _, q := range list {
		if _, err := tx.Exec(ctx, q, tx.Org(), statement); err != nil {
			return err
		}
	}
	return nil
}

// settleVoters notes whom the picture holds: everybody but the late, and as many who
// are gone.
func settleVoters(ctx context.Context, tx *db.Tx, conversation string, late []string, gone int) error {
	if _, err := tx.Exec(ctx, `UPDATE statement_voter SET fresh=$3 WHERE org_id=$1 AND conversation_id=$2 AND fresh<>$3`, tx.Org(), conversation, false); err != nil {
		return err
	}
	for _, voter := range late {
		if _, err := tx.Exec(ctx, `UPDATE statement_voter SET fresh=$3 WHERE org_id=$1 AND id=$2`, tx.Org(), voter, true); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `UPDATE statement_conversation SET gone=$3 WHERE org_id=$1 AND id=$2`, tx.Org(), conversation, int64(gone))
	return err
}

func released(ctx context.Context, tx *db.Tx, conversation string) (sealed string, err error) {
	return db.One[string](ctx, tx, `SELECT sealed FROM statement_release WHERE org_id=$1 AND conversation_id=$2`, tx.Org(), conversation)
}

func putRelease(ctx context.Context, tx *db.Tx, conversation string, number int64, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO statement_release (org_id, conversation_id, number, sealed) VALUES ($1,$2,$3,$4)
		ON CONFLICT (org_id, conversation_id) DO UPDATE SET number=excluded.number, sealed=excluded.sealed`, tx.Org(), conversation, number, sealed)
	return err
}

func scanPaper(s db.Scanner) (p Paper, err error) {
	err = s.Scan(&p.Batch, &p.Statement, &p.Agree, &p.Disagree, &p.Pass, &p.fresh)
	return p, err
}

func addPaper(ctx context.Context, tx *db.Tx, conversation string, p Paper) error {
	_, err := tx.Exec(ctx, `INSERT INTO statement_paper (org_id, batch, conversation_id, statement_id, agree, disagree, pass, fresh) VALUES (`+db.Marks(1, 8)+`)`,
		tx.Org(), p.Batch, conversation, p.Statement, int64(p.Agree), int64(p.Disagree), int64(p.Pass), true)
	return err
}

func papers(ctx context.Context, tx *db.Tx, conversation string) ([]Paper, error) {
	return db.Select(ctx, tx, scanPaper, `SELECT batch, statement_id, agree, disagree, pass, fresh FROM statement_paper WHERE org_id=$1 AND conversation_id=$2 ORDER BY batch, statement_id`, tx.Org(), conversation)
}
