// Negotiations: working meetings with people who decide, until something is agreed;
// and working something out together with a service.
package assembly

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// TalkKind is what sort of working meeting it is.
type TalkKind string

const (
	Negotiating  TalkKind = "negotiation"
	Coproduction TalkKind = "coproduction" // with a service: who, what was worked out, what next
)

// TalkKinds lists both.
func TalkKinds() []TalkKind { return []TalkKind{Negotiating, Coproduction} }

// TalkState is where a negotiation stands.
type TalkState string

const (
	TalkPlanned TalkState = "planned"
	TalkHeld    TalkState = "held"
	TalkAgreed  TalkState = "agreed"
	TalkEnded   TalkState = "ended" // without an agreement
)

// TalkStates lists every state.
func TalkStates() []TalkState { return []TalkState{TalkPlanned, TalkHeld, TalkAgreed, TalkEnded} }

var talkMoves = map[TalkState][]TalkState{TalkPlanned: {TalkHeld, TalkEnded}, TalkHeld: {TalkPlanned, TalkAgreed, TalkEnded}}

// CanBecome reports whether a negotiation may move from one state to another: one
// that was held is planned again for its next date.
func (s TalkState) CanBecome(next TalkState) bool { return slices.Contains(talkMoves[s], next) }

// TalkWords is what is said about a negotiation.
type TalkWords struct {
	Title   string   `json:"title"`
	Ours    string   `json:"ours,omitempty"`
	Theirs  string   `json:"theirs,omitempty"`
	Worked  string   `json:"worked,omitempty"` // what was worked out
	Step    string   `json:"step,omitempty"`   // what comes next
	Parties []string `json:"parties,omitempty"`
}

// Talk is a negotiation.
type Talk struct {
	ID           string
	Kind         TalkKind
	State        TalkState
	At           time.Time
	Minutes      int
	Next         time.Time
	Assembly     string
	Issue        string
	Offices      []string
	Institutions []string
	Account      string
	Pledge       string
	Made, Held   time.Time
	Version      int64
	People       []string // who of us
	Texts        []Agreed
	TalkWords
}

// Ref is how other rooms name it.
func (t Talk) Ref() string { return "negotiation:" + t.ID }

// Party is the one at the table whom no list holds, if there is one: the last.
func (t Talk) Party() string {
	if n := len(t.Offices) + len(t.Institutions); len(t.Parties) > n {
		return t.Parties[len(t.Parties)-1]
	}
	return ""
}

// Late reports whether a date has passed and nobody said what came of it.
func (t Talk) Late(now time.Time) bool {
	switch t.State {
	case TalkPlanned:
		return now.After(t.At.Add(24 * time.Hour))
	case TalkHeld:
		return t.Next.IsZero() || now.After(t.Next)
	}
	return false
}

// Agreed is one version of what was agreed.
type Agreed struct {
	N       int
	Account string
	At      time.Time
	Text    string
}

// TalkIn is the form of a negotiation; fields are named as in the form.
type TalkIn struct {
	ID           string
	Kind         TalkKind  // kind
	At           time.Time // date, time
	Minutes      int       // minutes
	Next         time.Time // next
	Assembly     string    // assembly
	Issue        string    // issue
	Offices      []string  // offices
	Institutions []string  // institutions
	People       []string  // people
	Party        string    // party: somebody no list holds
	TalkWords              // title, ours, theirs, worked, step
	Version      int64
	Key          string
}

const agreedMost = 3000

func (in *TalkIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Title, in.Party = contact.OneLine(in.Title), contact.OneLine(in.Party)
	in.Ours, in.Theirs, in.Worked, in.Step = strings.TrimSpace(in.Ours), strings.TrimSpace(in.Theirs), strings.TrimSpace(in.Worked), contact.OneLine(in.Step)
	at(!slices.Contains(TalkKinds(), in.Kind), "kind", "contact.error.choose")
	at(in.At.IsZero(), "date", "assembly.error.when")
	at(in.Minutes < 5 || in.Minutes > longest, "minutes", "assembly.error.minutes")
	at(in.Title == "" || tooLong(in.Title, titleMost), "title", "assembly.error.title")
	at(len(in.Offices)+len(in.Institutions) == 0 && in.Party == "", "offices", "assembly.error.parties")
	at(len(in.Offices) > 20 || len(in.Institutions) > 40, "offices", "assembly.error.items")
	at(tooLong(in.Party, 160), "party", "assembly.error.long")
	for _, x := range []struct{ field, text string }{{"ours", in.Ours}, {"theirs", in.Theirs}, {"worked", in.Worked}, {"step", in.Step}} {
		at(tooLong(x.text, textMost), x.field, "assembly.error.long")
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// known refuses offices, institutions and people that no list holds, and names the
// parties as they were called when it was written.
func (s *Service) known(ctx context.Context, a access.Actor, in *TalkIn, already []string) error {
	in.Parties = nil
	var bad []fault.Field
	if len(in.Offices) > 0 {
		var list []Office
		if s.Offices != nil {
			var err error
			if list, err = s.Offices.Offices(ctx, a); err != nil {
				return err
			}
		}
		for _, o := range in.Offices {
			i := slices.IndexFunc(list, func(x Office) bool { return x.ID == o })
			if i < 0 {
				bad = append(bad, fault.At("offices", "contact.error.choose"))
				break
			}
			in.Parties = append(in.Parties, list[i].Addressed())
		}
	}
	if len(in.Institutions) > 0 {
		list, err := s.People.Institutions(ctx, access.Machine(a.Org))
		if err != nil {
			return err
		}
		for _, o := range in.Institutions {
			i := slices.IndexFunc(list, func(x people.Institution) bool { return x.ID == o })
			if i < 0 {
				bad = append(bad, fault.At("institutions", "contact.error.choose"))
				break
			}
			in.Parties = append(in.Parties, list[i].Name)
		}
	}
	if in.Party != "" {
		in.Parties = append(in.Parties, in.Party)
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	persons := map[string]string{}
	for _, p := range in.People {
		persons["people"] = p
		if err := s.named(ctx, a, already, persons); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) storeTalk(ctx context.Context, tx *db.Tx, r *talkRow) (err error) {
	r.Version++
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "assembly_talk", r.ID, r.Version), r.TalkWords); err != nil {
		return err
	}
	return putTalk(ctx, tx, *r)
}

// loadTalk reads a negotiation with its people and everything agreed.
func (s *Service) loadTalk(ctx context.Context, tx *db.Tx, which string) (r talkRow, err error) {
	if r, err = talkByID(ctx, tx, which); err != nil {
		return r, err
	}
	list := []talkRow{r}
	if err = s.openTalks(ctx, tx.Org(), list); err != nil {
		return r, err
	}
	r = list[0]
	if r.People, err = talkPeople(ctx, tx, which); err != nil {
		return r, err
	}
	texts, err := talkTexts(ctx, tx, which)
	if err != nil {
		return r, err
	}
	cells, sealed := make([]vault.Cell, len(texts)), make([]string, len(texts))
	words := make([]struct {
		Text string `json:"text"`
	}, len(texts))
	for i, t := range texts {
		cells[i], sealed[i] = cell(tx.Org(), "assembly_talk_text", which+"/"+itoa(t.N), 1), t.sealed
	}
	if err := s.unseal(ctx, cells, sealed, func(i int) any { return &words[i] }); err != nil {
		return r, err
	}
	for i, t := range texts {
		t.Text = words[i].Text
		r.Texts = append(r.Texts, t.Agreed)
	}
	return r, nil
}

func (s *Service) openTalks(ctx context.Context, org string, rows []talkRow) error {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(org, "assembly_talk", r.ID, r.Version), r.sealed
	}
	return s.unseal(ctx, cells, sealed, func(i int) any { return &rows[i].TalkWords })
}

// SaveTalk plans a negotiation, or writes down what came of it.
func (s *Service) SaveTalk(ctx context.Context, a access.Actor, in TalkIn) (made string, err error) {
	defer fault.Wrap(&err, "assembly.SaveTalk")
	need := needTalk
	if in.ID != "" {
		need = needTalking
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	var already []string
	if in.ID != "" {
		old, err := s.Talk(ctx, a, in.ID)
		if err != nil {
			return "", err
		}
		already = old.People
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	if err := s.known(ctx, a, &in, already); err != nil {
		return "", err
	}
	now := s.Clock.Now()
	err = s.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "negotiation.save:"+in.ID, func() (string, error) {
			r := talkRow{Talk: Talk{ID: id.New(now), State: TalkPlanned, Account: a.Account, Made: now}}
			if in.ID != "" {
				if r, err = s.loadTalk(ctx, tx, in.ID); err != nil {
					return "", err
				}
				if r.Version != in.Version {
					return "", fault.Stale()
				}
				if r.State == TalkAgreed || r.State == TalkEnded {
					return "", fault.Clash("assembly.error.talk_" + string(r.State))
				}
			}
			if in.Assembly != "" {
				if _, err := byID(ctx, tx, in.Assembly); err != nil {
					return "", fault.Wrong(fault.At("assembly", "contact.error.choose"))
				}
			}
			r.Kind, r.At, r.Minutes, r.Next, r.Assembly, r.Issue, r.Offices, r.Institutions = in.Kind, in.At, in.Minutes, in.Next, in.Assembly, in.Issue, in.Offices, in.Institutions
			r.TalkWords = in.TalkWords
			if err := s.storeTalk(ctx, tx, &r); err != nil {
				return "", err
			}
			if err := setTalkPeople(ctx, tx, r.ID, in.People); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g.Role, "negotiation", "save", r.ID, "", string(in.Kind))
		})
		return err
	})
	return made, err
}

// talkAct is the shape of a change of a negotiation.
func (s *Service) talkAct(ctx context.Context, a access.Actor, which, action, key string, fn func(tx *db.Tx, r *talkRow) (made string, err error)) (made string, err error) {
	g, err := access.Check(a, needTalking)
	if err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.Clock.Now(), a.Name(), key, "negotiation."+action+":"+which, func() (string, error) {
			r, err := s.loadTalk(ctx, tx, which)
			if err != nil {
				return "", err
			}
			made, err := fn(tx, &r)
			if err != nil {
				return "", err
			}
			return made, s.note(ctx, tx, a, g.Role, "negotiation", action, which, "", string(r.State))
		})
		return err
	})
	return made, err
}

// MoveTalk moves a negotiation on. What was held is an encounter of those who
// negotiated.
func (s *Service) MoveTalk(ctx context.Context, a access.Actor, which string, to TalkState, key string) (err error) {
	defer fault.Wrap(&err, "assembly.MoveTalk(%s)", to)
	_, err = s.talkAct(ctx, a, which, "move_"+string(to), key, func(tx *db.Tx, r *talkRow) (string, error) {
		if !r.State.CanBecome(to) {
			return "", fault.Clash("assembly.error.talk_" + string(r.State))
		}
		now := s.Clock.Now()
		switch to {
		case TalkHeld:
			if now.Before(r.At.Add(-2 * time.Hour)) {
				return "", fault.Clash("assembly.gate.near")
			}
			r.Held = now
			if err := s.recordTalk(ctx, tx, *r); err != nil {
				return "", err
			}
			if s.Evaluations != nil {
				if err := s.Evaluations.OpenIn(ctx, tx, a, EvaluationIn{Ref: r.Ref(), Kind: string(people.Negotiation), Title: r.Title, At: now}); err != nil {
					return "", err
				}
			}
		case TalkPlanned:
			if !r.Next.After(now) {
				return "", fault.Clash("assembly.error.next")
			}
			r.At, r.Next = r.Next, time.Time{}
		case TalkAgreed:
			if len(r.Texts) == 0 {
				return "", fault.Clash("assembly.error.no_text")
			}
		}
		r.State = to
		return which, s.storeTalk(ctx, tx, r)
	})
	return err
}

func (s *Service) recordTalk(ctx context.Context, tx *db.Tx, r talkRow) error {
	live, err := s.Consent.LiveOf(ctx, tx, r.People)
	if err != nil {
		return err
	}
	// A negotiation that goes on is an encounter each time.
	e := people.Encounter{Kind: people.Negotiation, State: people.Held, At: r.At, Minutes: r.Minutes, Ref: r.Ref() + "@" + r.At.UTC().Format(time.DateOnly), LedBy: people.ByLeader,
		Readers: people.TheTeam, Account: r.Account}
	for _, p := range r.People {
		q := consent.Query{Subject: p, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Together, At: s.Clock.Now()}
		if slices.ContainsFunc(live[p], func(c consent.Consent) bool { return c.Covers(q) }) {
			e.Present = append(e.Present, people.Presence{Person: p, Role: people.Negotiated})
		} else {
			e.Others++
		}
	}
	_, err = s.People.RecordIn(ctx, tx, access.Machine(tx.Org()), e)
	return err
}

// Agree writes the next version of what is agreed; those before stay.
func (s *Service) Agree(ctx context.Context, a access.Actor, which, text, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Agree")
	if text = strings.TrimSpace(text); text == "" || tooLong(text, agreedMost) {
		if _, gone := s.Talk(ctx, a, which); gone != nil {
			return gone
		}
		return fault.Wrong(fault.At("text", "assembly.error.agreed"))
	}
	_, err = s.talkAct(ctx, a, which, "agree", key, func(tx *db.Tx, r *talkRow) (string, error) {
		if r.State == TalkEnded {
			return "", fault.Clash("assembly.error.talk_" + string(r.State))
		}
		n := len(r.Texts) + 1
		if n > 100 {
			return "", fault.Clash("assembly.error.items")
		}
		sealed, err := s.seal(ctx, cell(tx.Org(), "assembly_talk_text", which+"/"+itoa(n), 1), map[string]string{"text": text})
		if err != nil {
			return "", err
		}
		return which, addTalkText(ctx, tx, which, textRow{Agreed{N: n, Account: a.Account, At: s.Clock.Now()}, sealed})
	})
	return err
}

// party is who promises: whoever holds the first office, or the first body at the table.
func (s *Service) party(ctx context.Context, a access.Actor, t Talk) (out Office, err error) {
	if len(t.Parties) > 0 {
		out = Office{Name: t.Parties[0], Body: t.Parties[0]}
	}
	if len(t.Offices) == 0 || s.Offices == nil {
		return out, nil
	}
	list, err := s.Offices.Offices(ctx, a)
	if i := slices.IndexFunc(list, func(o Office) bool { return o.ID == t.Offices[0] }); i >= 0 {
		out = list[i]
	}
	return out, err
}

// PledgeTalk makes a pledge of what was agreed with somebody in public office.
func (s *Service) PledgeTalk(ctx context.Context, a access.Actor, which string, in ConfirmIn) (pledge string, err error) {
	defer fault.Wrap(&err, "assembly.PledgeTalk")
	in.Words = contact.OneLine(in.Words)
	var bad []fault.Field
	if in.Words == "" || tooLong(in.Words, askMost) {
		bad = append(bad, fault.At("words", "assembly.error.pledge"))
	}
	if in.Due.IsZero() {
		bad = append(bad, fault.At("due", "assembly.error.due"))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	t, err := s.Talk(ctx, a, which)
	if err != nil {
		return "", err
	}
	by, err := s.party(ctx, a, t)
	if err != nil {
		return "", err
	}
	return s.talkAct(ctx, a, which, "pledge", in.Key, func(tx *db.Tx, r *talkRow) (string, error) {
		switch {
		case s.Pledges == nil:
			return "", fault.Missing("pledges")
		case r.State != TalkAgreed:
			return "", fault.Clash("assembly.error.no_text")
		case r.Pledge != "":
			return "", fault.Clash("assembly.error.confirmed")
		}
		r.Pledge, err = s.Pledges.MakeIn(ctx, tx, a, PledgeIn{Ref: r.Ref(), Issue: r.Issue, By: by, Words: in.Words, Language: in.Language, Said: r.At, Due: in.Due, Check: in.Due})
		if err != nil {
			return "", err
		}
		return r.Pledge, s.storeTalk(ctx, tx, r)
	})
}

// Talk returns a negotiation.
func (s *Service) Talk(ctx context.Context, a access.Actor, which string) (t Talk, err error) {
	defer fault.Wrap(&err, "assembly.Talk")
	if _, err := access.Check(a, needTalks); err != nil {
		return t, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.loadTalk(ctx, tx, which)
		t = r.Talk
		return err
	})
	return t, err
}

// Talks lists negotiations: what is open first, by date; then what is over.
func (s *Service) Talks(ctx context.Context, a access.Actor) (out []Talk, err error) {
	defer fault.Wrap(&err, "assembly.Talks")
	if _, err := access.Check(a, needTalks); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := talks(ctx, tx, 100)
		if err != nil {
			return err
		}
		if err := s.openTalks(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.Talk)
		}
		return nil
	})
	return out, err
}

// TalkNames are those of us who negotiate, for those who may see them.
func (s *Service) TalkNames(ctx context.Context, a access.Actor, t Talk) (map[string]string, error) {
	out := map[string]string{}
	if _, err := access.Check(a, needTalking); err != nil {
		return out, nil
	}
	by := a
	if !a.Has(access.Organizer) {
		by = access.Machine(a.Org)
	}
	cards, err := s.People.Names(ctx, by, t.People)
	for p, c := range cards {
		out[p] = c.Name
	}
	return out, err
}
