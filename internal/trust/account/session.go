// Sessions: made after two factors, checked in the database on each request,
// listed and revoked by their owner.

package account

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

const sessionColumns = `s.id, s.account_id, s.org_id, s.agent, s.idle_us, s.created_at, s.seen_at, s.expires_at, s.stepup_at, s.role`

func scanSession(s db.Scanner) (v Session, err error) {
	var idle, created, seen, expires, stepup int64
	err = s.Scan(&v.ID, &v.Account, &v.Org, &v.Agent, &idle, &created, &seen, &expires, &stepup, &v.Role)
	v.Idle = time.Duration(idle) * time.Microsecond
	v.Created, v.Seen, v.Expires, v.StepUp = db.Time(created), db.Time(seen), db.Time(expires), db.Time(stepup)
	return v, err
}

// newSession prepares a session of a browser that has just shown two factors.
func (s *Service) newSession(org, account string, c Client, role access.Role) Session {
	now := s.now()
	idle := SessionIdle
	if c.Shared {
		idle = SessionIdleShare
	}
	return Session{ID: id.New(now), Account: account, Org: org, Agent: c.Agent, Created: now, Seen: now,
		Expires: now.Add(SessionAbsolute), Idle: idle, StepUp: now, Role: role}
}

// insertSession also clears what has expired, so that the table stays as large as the clinic.
func insertSession(ctx context.Context, tx *db.Tx, v Session, token string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM account_session WHERE org_id = $1 AND (expires_at <= $2 OR seen_at + idle_us <= $2)`,
		v.Org, db.Micros(v.Created)); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO account_session (org_id, id, account_id, token_hash, token_version, agent, idle_us, created_at, seen_at, expires_at, stepup_at, role)
		SELECT a.org_id, CAST($2 AS TEXT), a.id, CAST($4 AS TEXT), a.token_version, CAST($5 AS TEXT), CAST($6 AS BIGINT), CAST($7 AS BIGINT),
			CAST($7 AS BIGINT), CAST($8 AS BIGINT), CAST($7 AS BIGINT), CAST($9 AS TEXT) FROM account a
		WHERE a.org_id = $1 AND a.id = $3 AND a.disabled_at = 0`,
		v.Org, v.ID, v.Account, id.Hash(token), v.Agent, v.Idle.Microseconds(), db.Micros(v.Created), db.Micros(v.Expires), string(v.Role))
	if err == nil && n == 0 {
		return fault.New(fault.Unauthenticated, "") // disabled while signing in
	}
	return err
}

// Authenticate says who stands behind a session token, and that they are at work.
// Platform/web calls it on each request.
func (s *Service) Authenticate(ctx context.Context, token string) (a access.Actor, v Session, err error) {
	if a, v, err = s.Recognise(ctx, token); err == nil {
		if now := s.now(); now.Sub(v.Seen) >= seenEvery {
			s.see(ctx, v, now)
		}
	}
	return a, v, err
}

// Recognise is Authenticate for what a browser does by itself, such as keeping a
// list open: it does not keep the session alive.
func (s *Service) Recognise(ctx context.Context, token string) (a access.Actor, v Session, err error) {
	defer fault.Wrap(&err, "account.Recognise")
	now := s.now()
	var language string
	var have []Role
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		v, err = db.Get(ctx, tx, func(sc db.Scanner) (Session, error) {
			return scanSession(with(sc, &language))
		}, `SELECT `+sessionColumns+`, a.language FROM account_session s
			JOIN account a ON a.org_id = s.org_id AND a.id = s.account_id
			WHERE s.token_hash = $1 AND s.token_version = a.token_version AND a.disabled_at = 0
				AND s.expires_at > $2 AND s.seen_at + s.idle_us > $2`, id.Hash(token), db.Micros(now))
		if err != nil {
			return err
		}
		have, err = roles(ctx, tx, v.Org, v.Account)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return access.Actor{}, Session{}, fault.New(fault.Unauthenticated, "")
	}
	if err != nil {
		return access.Actor{}, Session{}, err
	}
	a = actorOf(v, have)
	a.Locale = language
	return a, v, nil
}

// with scans extra columns after those a scan function knows.
func with(s db.Scanner, extra ...any) db.Scanner { return extended{s, extra} }

type extended struct {
	db.Scanner
	extra []any
}

func (e extended) Scan(dest ...any) error { return e.Scanner.Scan(append(dest, e.extra...)...) }

// see remembers that the session is in use. Failing to is harmless: the session
// then ends sooner, and a full disk must not lock everybody out of reading.
func (s *Service) see(ctx context.Context, v Session, now time.Time) {
	_ = s.db.Write(ctx, v.Org, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account_session SET seen_at = $3 WHERE org_id = $1 AND id = $2 AND seen_at < $3`,
			v.Org, v.ID, db.Micros(now))
		return err
	})
}

// actorOf applies the roles; a session narrowed to one role has that one only.
func actorOf(v Session, have []Role) access.Actor {
	a := access.Actor{Account: v.Account, Org: v.Org, Session: v.ID, StepUp: v.StepUp}
	for _, r := range have {
		if v.Role != "" && v.Role != r.Role {
			continue
		}
		a.Roles = append(a.Roles, r.Role)
		if r.Group != "" {
			a.Group = r.Group
		}
	}
	return a
}

// SignOut ends the actor's session.
func (s *Service) SignOut(ctx context.Context, a access.Actor) (err error) {
	defer fault.Wrap(&err, "account.SignOut")
	if err := own(a, needSessionDelete); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM account_session WHERE org_id = $1 AND account_id = $2 AND id = $3`, a.Org, a.Account, a.Session); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "signout", "session", a.Session)
	})
}

// Sessions lists the actor's signed-in browsers, the most recently used first.
func (s *Service) Sessions(ctx context.Context, a access.Actor) (list []Session, err error) {
	defer fault.Wrap(&err, "account.Sessions")
	if err := own(a, needSessionRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err = db.Select(ctx, tx, scanSession, `SELECT `+sessionColumns+` FROM account_session s
			JOIN account a ON a.org_id = s.org_id AND a.id = s.account_id
			WHERE s.org_id = $1 AND s.account_id = $2 AND s.token_version = a.token_version
				AND s.expires_at > $3 AND s.seen_at + s.idle_us > $3
			ORDER BY s.seen_at DESC, s.id DESC`, a.Org, a.Account, db.Micros(s.now()))
		return err
	})
	return list, err
}

// RevokeSession ends one of the actor's sessions; another account's does not exist for them.
func (s *Service) RevokeSession(ctx context.Context, a access.Actor, session string) (err error) {
	defer fault.Wrap(&err, "account.RevokeSession")
	if err := own(a, needSessionDelete); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM account_session WHERE org_id = $1 AND account_id = $2 AND id = $3`, a.Org, a.Account, session)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Missing("session")
		}
		return s.note(ctx, tx, a, "revoke", "session", session)
	})
}

// RevokeOtherSessions ends all of the actor's sessions but the one in use.
func (s *Service) RevokeOtherSessions(ctx context.Context, a access.Actor) (err error) {
	defer fault.Wrap(&err, "account.RevokeOtherSessions")
	if err := own(a, needSessionDelete); err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if err := keepOnly(ctx, tx, a); err != nil {
			return err
		}
		return s.note(ctx, tx, a, "revoke_others", "session", a.Session)
	})
}

// keepOnly ends the other sessions after a change of factors: whoever knew the old ones is out.
func keepOnly(ctx context.Context, tx *db.Tx, a access.Actor) error {
	_, err := tx.Exec(ctx, `DELETE FROM account_session WHERE org_id = $1 AND account_id = $2 AND id <> $3`, a.Org, a.Account, a.Session)
	return err
}

// elevate renews the session after a fresh proof: a new token, so that a stolen
// old one gains nothing, and the time of the proof.
func (s *Service) elevate(ctx context.Context, tx *db.Tx, a access.Actor, token string) error {
	n, err := tx.Exec(ctx, `UPDATE account_session SET token_hash = $4, stepup_at = $5 WHERE org_id = $1 AND account_id = $2 AND id = $3`,
		a.Org, a.Account, a.Session, id.Hash(token), db.Micros(s.now()))
	if err == nil && n == 0 {
		return fault.New(fault.Unauthenticated, "")
	}
	return err
}
