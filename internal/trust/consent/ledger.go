// The verbs: draft, activate, give, revoke, look up, expire, forget.
package consent

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
)

const (
	resource = access.Resource("consent")
	// draftLife: a draft belongs to one visit.
	draftLife = 24 * time.Hour
	// longestMonths: two visits a year make twelve the habit; nothing is agreed for longer than two years.
	usualMonths, longestMonths = 12, 24
)

// Ledger is the book of consents. It is safe for concurrent use.
type Ledger struct{ clock clock.Clock }

// New returns a ledger.
func New(c clock.Clock) *Ledger { return &Ledger{clock: c} }

// Terms is what is agreed to.
type Terms struct {
	Subject   string
	Purpose   Purpose
	Recipient string
	Fields    []Field
	Channel   Channel
	Language  string
	Expires   time.Time // zero: twelve months from now
	Receipt   string    // of a consent given in the same conversation; empty makes a new one
}

// Obtained is how the yes was given.
type Obtained struct {
	How         How
	Interpreter Helper
	Witness     Helper
	Proxy       Proxy
}

// Draft writes down terms before they are read out. A draft allows nothing and
// goes away after a day.
func (l *Ledger) Draft(ctx context.Context, tx *db.Tx, a access.Actor, t Terms) (c Consent, err error) {
	defer fault.Wrap(&err, "consent.Draft")
	if err := may(tx, a, access.Create); err != nil {
		return c, err
	}
	now := l.now()
	if t.Expires.IsZero() {
		t.Expires = now.AddDate(0, usualMonths, 0)
	}
	if fields := t.wrong(now); len(fields) > 0 {
		return c, fault.Wrong(fields...)
	}
	w, err := Current(t.Purpose, t.Language)
	if err != nil {
		return c, err
	}
	if t.Receipt == "" {
		t.Receipt = id.Code(10)
	}
	c = Consent{ID: id.New(now), Org: tx.Org(), Subject: t.Subject, Purpose: t.Purpose, Recipient: t.Recipient, Fields: inOrder(t.Purpose, t.Fields),
		Channel: t.Channel, Language: w.Language, Version: w.Version, Receipt: t.Receipt, State: Draft, MadeAt: now, ExpiresAt: t.Expires}
	return c, insert(ctx, tx, c)
}

// Activate turns a draft into a live consent. An older live consent of the same
// person, purpose and recipient ends as replaced.
func (l *Ledger) Activate(ctx context.Context, tx *db.Tx, a access.Actor, draft string, o Obtained) (c Consent, err error) {
	defer fault.Wrap(&err, "consent.Activate(%s)", draft)
	if err := may(tx, a, access.Create); err != nil {
		return c, err
	}
	now := l.now()
	if c, err = byID(ctx, tx, draft); err != nil {
		return c, err
	}
	if c.State, err = c.State.After(Activate); err != nil {
		return c, err
	}
	if now.Sub(c.MadeAt) >= draftLife {
		return c, fault.Ended("consent.error.draft_old")
	}
	if fields := o.wrong(now); len(fields) > 0 {
		return c, fault.Wrong(fields...)
	}
	c.How, c.Interpreter, c.Witness, c.Proxy, c.GivenAt = o.How, o.Interpreter, o.Witness, o.Proxy, now
	if u := o.Proxy.Until; !u.IsZero() && u.Before(c.ExpiresAt) {
		c.ExpiresAt = u
	}
	old, err := active(ctx, tx, c.Subject, c.Purpose, c.Recipient)
	if err != nil {
		return c, err
	}
	for _, o := range old {
		if _, err := l.end(ctx, tx, o, Replaced, now); err != nil {
			return c, err
		}
	}
	return c, update(ctx, tx, c)
}

// Give is Draft and Activate in one: the terms were read out and agreed to.
func (l *Ledger) Give(ctx context.Context, tx *db.Tx, a access.Actor, t Terms, o Obtained) (c Consent, err error) {
	defer fault.Wrap(&err, "consent.Give")
	// Both halves are checked before either is written, so that a form shows all its mistakes at once.
	now := l.now()
	if fields := append(t.wrong(now), o.wrong(now)...); len(fields) > 0 {
		if err := may(tx, a, access.Create); err != nil {
			return c, err
		}
		return c, fault.Wrong(fields...)
	}
	d, err := l.Draft(ctx, tx, a, t)
	if err != nil {
		return c, err
	}
	return l.Activate(ctx, tx, a, d.ID, o)
}

// Discard removes a draft: the person said no, and a no leaves nothing behind.
func (l *Ledger) Discard(ctx context.Context, tx *db.Tx, a access.Actor, draft string) (err error) {
	defer fault.Wrap(&err, "consent.Discard(%s)", draft)
	if err := may(tx, a, access.Create); err != nil {
		return err
	}
	c, err := byID(ctx, tx, draft)
	if err != nil {
		return err
	}
	if c.State != Draft {
		return fault.Clash("consent.error.state")
	}
	return remove(ctx, tx, c.ID)
}

// Revoke ends a consent at once. Ending what has ended already is no error: the
// person asked for it to be over, and it is.
func (l *Ledger) Revoke(ctx context.Context, tx *db.Tx, a access.Actor, which string, how Ending) (c Consent, err error) {
	defer fault.Wrap(&err, "consent.Revoke(%s)", which)
	g, err := access.Check(a, access.Need{Resource: resource, Action: access.Update})
	if err != nil {
		return c, err
	}
	if !slices.Contains(Endings(), how) {
		return c, fault.Wrong(fault.At("how", "consent.error.ending"))
	}
	if c, err = byID(ctx, tx, which); err != nil {
		return c, err
	}
	if !reaches(tx, a, g, c.Subject) {
		return Consent{}, fault.Missing("consent of another person or clinic")
	}
	if c.State == Expired || c.State == Revoked {
		return c, nil
	}
	return l.end(ctx, tx, c, how, l.now())
}

// RevokeAll ends everything a person has agreed to, and returns what it ended.
func (l *Ledger) RevokeAll(ctx context.Context, tx *db.Tx, a access.Actor, subject string, how Ending) (ended []Consent, err error) {
	defer fault.Wrap(&err, "consent.RevokeAll")
	if _, err := access.Check(a, access.Need{Resource: resource, Action: access.Update}); err != nil {
		return nil, err
	}
	list, err := bySubject(ctx, tx, subject)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.State != Active {
			continue
		}
		if c, err = l.Revoke(ctx, tx, a, c.ID, how); err != nil {
			return nil, err
		}
		ended = append(ended, c)
	}
	return ended, nil
}

// end closes a live consent; one that has run out meanwhile is closed as expired.
func (l *Ledger) end(ctx context.Context, tx *db.Tx, c Consent, how Ending, now time.Time) (_ Consent, err error) {
	step := Revoke
	if !now.Before(c.ExpiresAt) {
		step, how = Expire, Expiry
	}
	if c.State, err = c.State.After(step); err != nil {
		return c, err
	}
	c.Ending = how
	if step == Revoke {
		c.RevokedAt = now
	}
	return c, update(ctx, tx, c)
}

// Live returns the consent that allows what the query asks. Without one the
// error is fault.Gone when there was one that ended, fault.Forbidden otherwise.
// Call it in the transaction that uses the answer.
func (l *Ledger) Live(ctx context.Context, tx *db.Tx, q Query) (c Consent, err error) {
	defer fault.Wrap(&err, "consent.Live(%s, %s)", q.Purpose, q.Field)
	if q.At.IsZero() {
		q.At = l.now()
	}
	list, err := bySubject(ctx, tx, q.Subject)
	if err != nil {
		return c, err
	}
	ended := false
	for _, c := range list {
		if c.Covers(q) {
			return c, nil
		}
		ended = ended || c.about(q) && !c.GivenAt.IsZero() && !c.GivenAt.After(q.At)
	}
	if ended {
		return c, fault.Ended("consent.error.ended")
	}
	return c, fault.Denied("no consent covers this")
}

// LiveOf is for lists of which more than one field is asked: for each of these people the consents that are live
// now, read with one query per 500 people. Ask Covers for the field.
func (l *Ledger) LiveOf(ctx context.Context, tx *db.Tx, subjects []string) (live map[string][]Consent, err error) {
	defer fault.Wrap(&err, "consent.LiveOf(%d)", len(subjects))
	now := l.now()
	live = map[string][]Consent{}
	for part := range slices.Chunk(subjects, 500) {
		list, err := activeOf(ctx, tx, part)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if c.LiveAt(now) {
				live[c.Subject] = append(live[c.Subject], c)
			}
		}
	}
	return live, nil
}

// Covered is Live for lists: those of these people who answer the query with yes now.
// Whom it is about is left open in the query.
func (l *Ledger) Covered(ctx context.Context, tx *db.Tx, subjects []string, q Query) (yes map[string]bool, err error) {
	live, err := l.LiveOf(ctx, tx, subjects)
	if err != nil {
		return nil, err
	}
	q.At, yes = l.now(), map[string]bool{}
	for subject, list := range live {
		q.Subject = subject
		yes[subject] = slices.ContainsFunc(list, func(c Consent) bool { return c.Covers(q) })
	}
	return yes, nil
}

// ForSubject returns everything a person has agreed to, newest first, drafts left out.
func (l *Ledger) ForSubject(ctx context.Context, tx *db.Tx, a access.Actor, subject string) (list []Consent, err error) {
	defer fault.Wrap(&err, "consent.ForSubject")
	g, err := access.Check(a, access.Need{Resource: resource, Action: access.Read})
	if err != nil {
		return nil, err
	}
	if !reaches(tx, a, g, subject) {
		return nil, fault.Missing("consents of another person or clinic")
	}
	if list, err = bySubject(ctx, tx, subject); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(c Consent) bool { return c.State == Draft }), nil
}

// ByReceipt returns the consents of one conversation, as its receipt number says
// it. The caller limits tries: the number is all that is asked for.
func (l *Ledger) ByReceipt(ctx context.Context, tx *db.Tx, receipt string) (list []Consent, err error) {
	defer fault.Wrap(&err, "consent.ByReceipt")
	receipt = id.ParseCode(receipt)
	if receipt != "" {
		list, err = byReceipt(ctx, tx, receipt)
	}
	if err == nil && len(list) == 0 {
		err = fault.Missing("no such receipt")
	}
	return list, err
}

// Expire closes what has run out in the transaction's organization and returns
// it, so that the caller can tell the recipients. Drafts of yesterday go, too.
func (l *Ledger) Expire(ctx context.Context, tx *db.Tx, a access.Actor) (ended []Consent, err error) {
	defer fault.Wrap(&err, "consent.Expire")
	if err := may(tx, a, access.Update); err != nil {
		return nil, err
	}
	now := l.now()
	list, err := overdue(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c, err = l.end(ctx, tx, c, Expiry, now); err != nil {
			return nil, err
		}
		ended = append(ended, c)
	}
	return ended, removeDrafts(ctx, tx, now.Add(-draftLife))
}

// Forget reduces an erased person's consents to receipt numbers and the day they
// ended. Revoke first: it refuses while one is live.
func (l *Ledger) Forget(ctx context.Context, tx *db.Tx, a access.Actor, subject string) (err error) {
	defer fault.Wrap(&err, "consent.Forget")
	g, err := access.Check(a, access.Need{Resource: resource, Action: access.Update})
	if err != nil {
		return err
	}
	if subject == "" || !reaches(tx, a, g, subject) {
		return fault.Missing("consents of another person or clinic")
	}
	list, err := bySubject(ctx, tx, subject)
	if err != nil {
		return err
	}
	for _, c := range list {
		switch c.State {
		case Active:
			return fault.Clash("consent.error.state")
		case Draft:
			err = remove(ctx, tx, c.ID)
		default:
			if c.RevokedAt.IsZero() {
				c.RevokedAt = c.ExpiresAt
			}
			c.MadeAt, c.ExpiresAt = time.Time{}, time.Time{}
			c.Subject, c.Recipient, c.Purpose, c.Fields, c.Channel, c.Language, c.Version = "", "", "", nil, "", "", 0
			c.How, c.Interpreter, c.Witness, c.Proxy, c.GivenAt = "", "", "", Proxy{}, time.Time{}
			err = update(ctx, tx, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Event is the audit event of an act on a consent, for the caller to write as the
// last statement of the transaction.
func Event(a access.Actor, act access.Action, c Consent) audit.Event {
	e := audit.Event{Org: c.Org, Actor: a.Name(), Action: string(act), Resource: string(resource), ResourceID: c.ID, Subject: c.Subject,
		Reason: string(c.State), Request: a.Request}
	if g, err := access.Check(a, access.Need{Resource: resource, Action: act}); err == nil {
		e.Role = string(g.Role)
	}
	return e
}

func (l *Ledger) now() time.Time { return db.Time(db.Micros(l.clock.Now())) } // as it will be read back

// may is for acts on the clinic's side.
func may(tx *db.Tx, a access.Actor, act access.Action) error {
	g, err := access.Check(a, access.Need{Resource: resource, Action: act})
	if err == nil && !(g.Scope == access.All || g.Scope == access.Org && a.Org == tx.Org()) {
		err = fault.Denied("not in this clinic")
	}
	return err
}

// reaches reports whether what was granted extends to this person.
func reaches(tx *db.Tx, a access.Actor, g access.Granted, subject string) bool {
	switch g.Scope {
	case access.All:
		return a.Org == tx.Org() || a.Org == db.AllOrgs
	case access.Org:
		return a.Org == tx.Org()
	case access.Self:
		return a.Org == tx.Org() && subject != "" && a.Person == subject
	}
	return false
}

// inOrder puts fields into the order of the purpose, once each.
func inOrder(p Purpose, fields []Field) []Field {
	return slices.DeleteFunc(p.Fields(), func(f Field) bool { return !slices.Contains(fields, f) })
}

func joinFields(fields []Field) string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = string(f)
	}
	return strings.Join(out, ",")
}

func splitFields(s string) []Field {
	if s == "" {
		return nil
	}
	var out []Field
	for _, f := range strings.Split(s, ",") {
		out = append(out, Field(f))
	}
	return out
}
