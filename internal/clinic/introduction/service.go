// The service and the one path that every change takes: access, transaction,
// idempotency, state table, guards, effect, clock, counts, audit.
package introduction

import (
	"context"
	"embed"
	"log/slog"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Recipient is what the room needs to know of a group.
type Recipient struct {
	ID      string
	Name    string // as the public card says it
	Active  bool   // may be asked now
	Channel string // how it hears of an introduction: phone, sms, mail, print; "" when nobody is named
	Phone   string // E.164
	Mail    string
	Texts   bool // the phone accepts text messages
	Lang    string
}

// Groups finds recipients; the directory does, through GroupsOf.
type Groups interface {
	Recipient(ctx context.Context, org, group string) (Recipient, error)
}

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Jobs    *job.Queue
	Clock   clock.Clock
	Consent *consent.Ledger
	Groups  Groups
	Notices *notify.Notifier
	Staff   string                                               // optional: notify room that resolves account ids; without it escalations show on the board only
	Zone    func(ctx context.Context, org string) *time.Location // optional: UTC without it
	Region  func(ctx context.Context, org string) string         // optional: region of phone numbers typed without a country, "US" without it
	Clinic  func(ctx context.Context, org string) string         // optional: the clinic's short name in messages to groups
	Link    func(token string) string                            // optional: absolute address of a recipient's link
	Mine    string                                               // optional: absolute address of My information, for messages to people
	Log     *slog.Logger                                         // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	jobs    *job.Queue
	clock   clock.Clock
	consent *consent.Ledger
	groups  Groups
	notices *notify.Notifier
	staff   string
	zone    func(ctx context.Context, org string) *time.Location
	region  func(ctx context.Context, org string) string
	clinic  func(ctx context.Context, org string) string
	link    func(token string) string
	address string // of My information
	log     *slog.Logger
	events  map[EventKind]bool // who listens; filled before the queue runs
}

// New builds the service and registers its jobs.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, jobs: d.Jobs, clock: d.Clock, consent: d.Consent, groups: d.Groups,
		notices: d.Notices, staff: d.Staff, zone: d.Zone, region: d.Region, clinic: d.Clinic, link: d.Link, address: d.Mine, log: d.Log, events: map[EventKind]bool{}}
	if s.zone == nil {
		s.zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	if s.region == nil {
		s.region = func(context.Context, string) string { return "US" }
	}
	if s.clinic == nil {
		s.clinic = func(context.Context, string) string { return "Seedbed" }
	}
	if s.link == nil {
		s.link = func(token string) string { return "/r/" + token }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	s.register()
	return s
}

var (
	needOffer    = access.Need{Resource: "offer", Action: access.Create}
	needMyOffers = access.Need{Resource: "offer", Action: access.Read}
	needBegin    = access.Need{Resource: "introduction", Action: access.Create}
	needRead     = access.Need{Resource: "introduction", Action: access.Read}
	needUpdate   = access.Need{Resource: "introduction", Action: access.Update}
	needShare    = access.Need{Resource: "introduction", Action: access.Share}
	needDelete   = access.Need{Resource: "introduction", Action: access.Delete}
	needHandoff  = access.Need{Resource: "handoff", Action: access.Create}
	needBoard    = access.Need{Resource: "handoff", Action: access.Read}
	needStop     = access.Need{Resource: "consent", Action: access.Update}
)

// party says which side of the state table an actor is on.
func party(g access.Granted) Party {
	switch g.Role {
	case access.Clinician:
		return PartyClinician
	case access.Partner, access.Link:
		return PartyGroup
	case access.Participant:
		return PartyPerson
	case access.System:
		return PartySystem
	}
	return PartyStaff
}

// work is a change under way.
type work struct {
	tx      *db.Tx
	now     time.Time
	clocks  Clocks
	actor   access.Actor
	granted access.Granted
	party   Party
	row     row
	before  State
	share   share // the open share, if any
	code    string
	notes   []func(ctx context.Context) error // messages and jobs, in the same transaction
	delete  bool                              // the row goes, too
}

// clocksFor returns the clinic's clocks.
func (s *Service) clocksFor(ctx context.Context, tx *db.Tx, zone *time.Location) (Clocks, Settings, error) {
	v, err := settings(ctx, tx)
	if err != nil {
		return Clocks{}, v, err
	}
	c := DefaultClocks(Calendar{Zone: zone, Holidays: v.Holidays})
	c.Acknowledge, c.FirstAttempt, c.Close = v.AcknowledgeDays, v.AttemptDays, time.Duration(v.CloseDays)*day
	return c, v, nil
}

// load finds an introduction that the actor may touch. Unknown and foreign ids look alike.
func (s *Service) load(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, id string) (row, share, error) {
	missing := func(why string) (row, share, error) { return row{}, share{}, fault.Missing(why) }
	r, err := rowByID(ctx, tx, id)
	if err != nil {
		return row{}, share{}, err
	}
	sh, err := openShare(ctx, tx, id)
	if err != nil {
		return row{}, share{}, err
	}
	switch g.Scope {
	case access.Org, access.All:
	case access.Self:
		if g.Role == access.Participant && (a.Person == "" || a.Person != r.person) {
			return missing("introduction of somebody else")
		}
		if g.Role != access.Participant && (a.Account == "" || a.Account != r.offeredBy) {
			return missing("offered by somebody else")
		}
	case access.Grant:
		if !sh.live(s.clock.Now()) || a.Group == "" || a.Group != sh.group || !r.state.Shared() {
			return missing("not shared with this group")
		}
		if a.Has(access.Link) && a.Subject != sh.id {
			return missing("another introduction than the link's")
		}
	default:
		return missing("no scope")
	}
	return r, sh, nil
}

// move is one request to change the state.
type move struct {
	id     string
	key    string // idempotency
	verb   Verb
	ending Ending
	code   string // reason, how or word, for the history
	need   access.Need
}

// action is what the key of a form stands for: with another answer it is another act.
func (m move) action() string {
	a := "introduction." + string(m.verb) + ":" + m.id
	if m.code != "" {
		a += ":" + m.code
	}
	return a
}

// move runs a verb: everything in one transaction, the audit row last.
// check runs before anything is changed, effect after the state has moved.
func (s *Service) move(ctx context.Context, a access.Actor, m move, check, effect func(w *work) error) (err error) {
	defer fault.Wrap(&err, "introduction.%s(%s)", m.verb, m.id)
	g, err := access.Check(a, m.need)
	if err != nil {
		return err
	}
	zone := s.zone(ctx, a.Org)
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), m.key, m.action(), func() (string, error) {
			w := &work{tx: tx, now: s.clock.Now(), actor: a, granted: g, party: party(g), code: m.code}
			if w.clocks, _, err = s.clocksFor(ctx, tx, zone); err != nil {
				return "", err
			}
			if w.row, w.share, err = s.load(ctx, tx, a, g, m.id); err != nil {
				return "", err
			}
			return m.id, s.apply(ctx, w, m, check, effect)
		})
		return err
	})
}

// apply takes the steps of the state table and everything that follows from them.
func (s *Service) apply(ctx context.Context, w *work, m move, check, effect func(w *work) error) error {
	w.before = w.row.state
	steps, err := Path(w.row.state, m.verb, m.ending, w.party)
	if err != nil {
		return err
	}
	for _, t := range steps {
		if slices.Contains(t.Guards, NeedsConsent) && m.verb != VerbConsent && m.verb != VerbSend {
			if err := s.needConsent(ctx, w); err != nil {
				return err
			}
			break
		}
	}
	if check != nil {
		if err := check(w); err != nil {
			return err
		}
	}
	for _, t := range steps {
		code := ""
		if t.Verb == m.verb {
			code = m.code
			if code == "" {
				code = string(t.Ending)
			}
		}
		if err := s.step(ctx, w, t, code); err != nil {
			return err
		}
	}
	if effect != nil {
		if err := effect(w); err != nil {
			return err
		}
	}
	return s.finish(ctx, w, string(m.verb), m.code)
}

// step moves the row along one transition and writes the history.
func (s *Service) step(ctx context.Context, w *work, t Transition, code string) error {
	from := w.row.state
	w.row.state = t.To
	if t.Ending != "" {
		w.row.ending = t.Ending
	}
	switch t.Verb {
	case VerbAcknowledge:
		w.row.acknowledged = w.now
	case VerbAccept:
		w.row.accepted = w.now
	case VerbRedirect:
		w.row.redirected = w.now
	case VerbMeet:
		w.row.connected = w.now
	case VerbParticipate:
		w.row.participates = w.now
	}
	if t.To == Closed || t.To == Withdrawn {
		w.row.ended = w.now
	}
	return insertStep(ctx, w.tx, w.row.id, Step{At: w.now, Verb: t.Verb, From: from, To: t.To, Party: w.party, Code: code})
}

// finish computes the next step, stores the row, counts, announces and audits.
func (s *Service) finish(ctx context.Context, w *work, action, reason string) error {
	person := w.row.person
	if err := s.count(ctx, w); err != nil {
		return err
	}
	if err := s.windClock(ctx, w); err != nil {
		return err
	}
	if w.row.state == Withdrawn {
		w.row.person, w.row.sealed, w.row.phoneBlind, w.row.offeredBy = "", "", "", ""
	}
	store := updateRow
	if w.delete {
		store = func(ctx context.Context, tx *db.Tx, r row) error { return deleteRow(ctx, tx, r.id) }
	}
	if err := store(ctx, w.tx, w.row); err != nil {
		return err
	}
	if err := bump(ctx, w.tx); err != nil {
		return err
	}
	for _, note := range w.notes {
		if err := note(ctx); err != nil {
			return err
		}
	}
	return s.note(ctx, w, action, reason, person)
}

func (s *Service) note(ctx context.Context, w *work, action, reason, person string) error {
	return s.audit.Write(ctx, w.tx, audit.Event{Org: w.tx.Org(), Actor: w.actor.Name(), Role: string(w.granted.Role), Action: action,
		Resource: "introduction", ResourceID: w.row.id, Subject: person, Reason: reason, Request: w.actor.Request})
}

// windClock stores who is next and when the clock has to look again.
func (s *Service) windClock(ctx context.Context, w *work) error {
	attempts, err := attemptsOf(ctx, w.tx, w.row.id, w.share.id)
	if err != nil {
		return err
	}
	w.row.wind(w.clocks, attempts, w.now)
	return nil
}

// wind sets next owner, action, due date and the moment of the next look.
func (r *row) wind(c Clocks, attempts []Attempt, now time.Time) {
	f := r.facts(attempts)
	n := c.Next(f, now)
	if n.ActionKey != r.nextKey || !n.Due.Equal(r.due) {
		r.level = OnTime
	}
	r.nextOwner, r.nextKey, r.due, r.lookAt, r.eraseAt = n.Owner, n.ActionKey, n.Due, time.Time{}, time.Time{}
	if !r.state.Open() {
		r.due = time.Time{}
		if r.state == Closed {
			r.eraseAt = r.ended.Add(keep(r.ending))
		} else {
			r.eraseAt = r.ended.Add(RecallKept)
		}
		return
	}
	r.lookAt = r.nextLook(c, n, f, now)
}

// nextLook is the earliest moment at which the clock changes something.
func (r *row) nextLook(c Clocks, n Next, f Facts, now time.Time) time.Time {
	var at time.Time
	sooner := func(t time.Time) {
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	for l, t := range map[Level]time.Time{Reminded: n.Due.Add(time.Microsecond), NamedOwner: c.Calendar.Add(n.Due, c.NamedOwnerAfter), Escalated: c.Calendar.Add(n.Due, c.EscalateAfter)} {
		if l > r.level {
			sooner(t)
		}
	}
	if !r.state.Met() {
		if due := c.CloseDue(f); due.After(now) {
			sooner(due)
		} else {
			sooner(c.AutoClose(f))
		}
	}
	return at
}

func (r *row) facts(attempts []Attempt) Facts {
	return Facts{State: r.state, Mode: r.mode, Began: r.began, Sent: r.sent, Acknowledged: r.acknowledged, Accepted: r.accepted,
		Redirected: r.redirected, Connected: r.connected, Participates: r.participates, HandoffAt: r.handoffAt, AskedStop: r.askedStop, Attempts: attempts}
}

func (r *row) next() Next { return Next{Owner: r.nextOwner, ActionKey: r.nextKey, Due: r.due} }

// How long what remains after an end: a failed introduction a month, one that led
// to a meeting a year; then only counts.
const (
	KeepFailed  = 30 * day
	KeepEngaged = 365 * day
	RecallKept  = 90 * day
)

func keep(e Ending) time.Duration {
	if e == Engaged {
		return KeepEngaged
	}
	return KeepFailed
}

func known[T ~string](list []T, v string) bool { return slices.Contains(list, T(strings.TrimSpace(v))) }
