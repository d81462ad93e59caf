// My information: what the person sees and decides, by code, without an account.
package introduction

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
)

var (
	needMe     = access.Need{Resource: "me", Action: access.Read}
	needChange = access.Need{Resource: "me", Action: access.Update}
	needTake   = access.Need{Resource: "me", Action: access.Export}
)

// Opened is what a person's code leads to: a session, or, after an end, only what
// became of the requests to forget.
type Opened struct {
	Org     string
	Token   string // of a session; empty when it is over
	Recalls []Recall
}

// OpenMine exchanges the person's code for a short session. An unknown code and a
// mistyped one look alike. 80 random bits need no counting of tries.
func (s *Service) OpenMine(ctx context.Context, code string) (out Opened, err error) {
	defer fault.Wrap(&err, "introduction.OpenMine")
	wrong := func() error { return fault.Wrong(fault.At("code", "introduction.error.my_code")) }
	if len(id.ParseCode(code)) != codeLength {
		return out, wrong()
	}
	hash := codeHash(code)
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		out.Org, err = orgByReceipt(ctx, tx, hash)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return out, wrong()
	}
	if err != nil {
		return out, err
	}
	return out, s.db.Write(ctx, out.Org, func(tx *db.Tx) error {
		out.Token = ""
		if out.Recalls, err = s.recallsFor(ctx, tx, hash); err != nil {
			return err
		}
		r, err := rowByReceipt(ctx, tx, hash)
		if fault.Is(err, fault.NotFound) || (err == nil && r.person == "") {
			return nil
		}
		if err != nil {
			return err
		}
		now := s.clock.Now()
		out.Token = id.Token()
		if err := insertSession(ctx, tx, id.Hash(out.Token), session{kind: meSession, subject: r.id, made: now, seen: now}); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, audit.Event{Org: out.Org, Actor: "participant", Role: string(access.Participant), Action: "open",
			Resource: "introduction", ResourceID: r.id, Subject: r.person})
	})
}

// Holder is who holds what, by which consent.
type Holder struct {
	Recipient string          `json:"recipient"` // group id, or "clinic"
	Fields    []consent.Field `json:"fields"`
	Live      bool            `json:"live"`
	Given     time.Time       `json:"given"`
	Until     time.Time       `json:"until,omitzero"`
	Ended     time.Time       `json:"ended,omitzero"`
	How       consent.How     `json:"how"`
	Language  string          `json:"language"`
	Receipt   string          `json:"receipt"`
	Purpose   consent.Purpose `json:"purpose"`
}

// Look is one time somebody opened or changed something.
type Look struct {
	At     time.Time `json:"at"`
	Role   string    `json:"role"`
	Action string    `json:"action"`
	Reason string    `json:"reason,omitempty"`
	Mine   bool      `json:"mine"` // the person's own
}

// MyInformation is everything that is held about the person here.
type MyInformation struct {
	ID       string     `json:"id"`
	Person   Person     `json:"person"`
	Group    string     `json:"group"` // id
	State    State      `json:"state"`
	Ending   Ending     `json:"ending,omitempty"`
	Words    string     `json:"-"` // message id of the state in the person's words
	Began    time.Time  `json:"began"`
	Next     Next       `json:"next"`
	Holders  []Holder   `json:"holders"`
	Looked   []Look     `json:"looked"`
	Steps    []Step     `json:"steps"`
	Attempts []Attempt  `json:"attempts"`
	Handoffs []Handoff  `json:"handoffs"`
	Recalls  []Recall   `json:"recalls"`
	EraseAt  time.Time  `json:"erase_at,omitzero"` // when it goes by itself; zero while open
	Can      []Verb     `json:"-"`
	Carry    CarryState `json:"-"` // the list of holders says it
}

// MyInformation opens the page of the actor's own introduction.
func (s *Service) MyInformation(ctx context.Context, a access.Actor) (m MyInformation, err error) {
	defer fault.Wrap(&err, "introduction.MyInformation")
	return s.mine(ctx, a, needMe)
}

// Export is MyInformation to take away.
func (s *Service) Export(ctx context.Context, a access.Actor) (m MyInformation, err error) {
	defer fault.Wrap(&err, "introduction.Export")
	return s.mine(ctx, a, needTake)
}

func (s *Service) mine(ctx context.Context, a access.Actor, need access.Need) (m MyInformation, err error) {
	g, err := access.Check(a, need)
	if err != nil {
		return m, err
	}
	if a.Person == "" || a.Subject == "" {
		return m, fault.New(fault.Unauthenticated, "")
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := rowByID(ctx, tx, a.Subject)
		if err != nil {
			return err
		}
		if r.person != a.Person {
			return fault.Missing("another person")
		}
		if m, err = s.gather(ctx, tx, a, r); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, s.looked(a, g, r, string(need.Action)))
	})
	return m, err
}

func (s *Service) gather(ctx context.Context, tx *db.Tx, a access.Actor, r row) (m MyInformation, err error) {
	m = MyInformation{ID: r.id, Group: r.group, State: r.state, Ending: r.ending, Began: r.began, Next: r.next(), EraseAt: r.eraseAt,
		Words: "introduction.person." + string(r.state), Can: Can(r.state, PartyPerson)}
	if m.Person, err = s.open(ctx, tx.Org(), r); err != nil {
		return m, err
	}
	list, err := s.consent.ForSubject(ctx, tx, a, r.person)
	if err != nil {
		return m, err
	}
	now := s.clock.Now()
	for _, c := range list {
		h := Holder{Recipient: c.Recipient, Fields: c.Fields, Live: c.LiveAt(now), Given: c.GivenAt, Until: c.ExpiresAt, Ended: c.RevokedAt,
			How: c.How, Language: c.Language, Receipt: c.Receipt, Purpose: c.Purpose}
		m.Holders = append(m.Holders, h)
	}
	entries, err := s.audit.OfSubject(ctx, tx, tx.Org(), r.person)
	if err != nil {
		return m, err
	}
	for _, e := range entries {
		m.Looked = append(m.Looked, Look{At: e.At, Role: e.Role, Action: e.Action, Reason: e.Reason, Mine: e.Role == string(access.Participant)})
	}
	if m.Carry, err = s.carryState(ctx, tx, access.Granted{Role: access.Participant}, r); err != nil {
		return m, err
	}
	if m.Steps, err = stepsOf(ctx, tx, r.id); err != nil {
		return m, err
	}
	if m.Attempts, err = allAttempts(ctx, tx, r.id); err != nil {
		return m, err
	}
	if m.Handoffs, err = handoffsOf(ctx, tx, r.id); err != nil {
		return m, err
	}
	m.Recalls, err = s.recallsFor(ctx, tx, r.receiptHash)
	return m, err
}

// ContactIn changes how the person is reached; fields as in PersonIn.
type ContactIn struct {
	CalledName  string
	Contact     string
	Phone       string
	Email       string
	HoursFrom   string
	HoursUntil  string
	Days        []string
	NoVoicemail bool
	Words       string
	Key         string
}

// ChangeContact changes the person's own contact. A way that no consent covers is
// refused: the group could not see it, and would call in vain.
func (s *Service) ChangeContact(ctx context.Context, a access.Actor, in ContactIn) (err error) {
	defer fault.Wrap(&err, "introduction.ChangeContact")
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	if a.Person == "" || a.Subject == "" {
		return fault.New(fault.Unauthenticated, "")
	}
	region, zone := s.region(ctx, a.Org), s.zone(ctx, a.Org)
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "introduction.contact:"+a.Subject, func() (string, error) {
			w := &work{tx: tx, now: s.clock.Now(), actor: a, granted: g, party: PartyPerson}
			if w.clocks, _, err = s.clocksFor(ctx, tx, zone); err != nil {
				return "", err
			}
			if w.row, w.share, err = s.load(ctx, tx, a, g, a.Subject); err != nil {
				return "", err
			}
			w.before = w.row.state
			return "", s.changeContact(ctx, w, in, region)
		})
		return err
	})
}

func (s *Service) changeContact(ctx context.Context, w *work, in ContactIn, region string) error {
	old, err := s.open(ctx, w.tx.Org(), w.row)
	if err != nil {
		return err
	}
	full := PersonIn{CalledName: in.CalledName, Contact: in.Contact, Phone: in.Phone, Email: in.Email, Lang: old.Lang, Topics: old.Topics,
		HoursFrom: in.HoursFrom, HoursUntil: in.HoursUntil, Days: in.Days, NoVoicemail: in.NoVoicemail, Words: in.Words}
	p, bad := full.person(region)
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	live, err := s.liveOf(ctx, w.tx, []row{w.row})
	if err != nil {
		return err
	}
	needs := map[consent.Channel]consent.Field{consent.ByPhone: consent.Phone, consent.BySMS: consent.Phone, consent.ByMail: consent.Email}
	if f, ok := needs[p.Contact]; ok && w.row.state.Shared() {
		agreed := false
		for _, have := range covered(live[w.row.person], consent.IntroContact, w.row.group) {
			agreed = agreed || have == f
		}
		if !agreed {
			return fault.Wrong(fault.At("contact", "introduction.error.not_agreed"))
		}
	}
	if err := s.seal(ctx, w.tx.Org(), &w.row, p); err != nil {
		return err
	}
	return s.finish(ctx, w, "change_contact", "")
}

// StopTelling ends only that the clinic hears whether they met.
func (s *Service) StopTelling(ctx context.Context, a access.Actor) (err error) {
	defer fault.Wrap(&err, "introduction.StopTelling")
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	if a.Person == "" {
		return fault.New(fault.Unauthenticated, "")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		live, err := s.consent.LiveOf(ctx, tx, []string{a.Person})
		if err != nil {
			return err
		}
		for _, c := range live[a.Person] {
			if c.Purpose != consent.TellClinicConnected {
				continue
			}
			if _, err := s.consent.Revoke(ctx, tx, a, c.ID, consent.SelfCode); err != nil {
				return err
			}
		}
		if err := bump(ctx, tx); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: "stop_telling", Resource: "introduction",
			ResourceID: a.Subject, Subject: a.Person, Request: a.Request})
	})
}

// NewCode gives the person a fresh code, for a paper that was lost. The old one ends.
func (s *Service) NewCode(ctx context.Context, a access.Actor, intro string) (code string, err error) {
	defer fault.Wrap(&err, "introduction.NewCode(%s)", intro)
	g, err := access.Check(a, needStop)
	if err != nil {
		return "", err
	}
	if g.Scope != access.Org {
		return "", fault.Denied("codes are given out by staff")
	}
	code = id.Code(codeLength)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, _, err := s.load(ctx, tx, a, g, intro)
		if err != nil {
			return err
		}
		if r.person == "" {
			return fault.Ended("introduction.error.erased")
		}
		if err := moveReceipt(ctx, tx, r.receiptHash, id.Hash(code)); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, r.id); err != nil { // somebody may have found the paper
			return err
		}
		r.receiptHash = id.Hash(code)
		if err := updateRow(ctx, tx, r); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, s.looked(a, g, r, "new_code"))
	})
	return code, err
}
