// Leading a round: writing for the room, reading the phones together, who grew,
// what comes next, and the end.
package evaluation

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// longestText is how long a text of a round may be.
const longestText = 1000

var going = []State{Open, Reading}

// WriteIn is what somebody types for the room; fields are named as in the form.
type WriteIn struct {
	Felt     string   // felt: "proud 6, tired 4"
	Worked   string   // worked
	Change   string   // change
	Saw      []string // saw
	Reaction string   // reaction
	Power    *int     // power
	Learned  string   // learned
	Version  int64
	Key      string
}

func (in *WriteIn) wrong() (felt []Felt, err error) {
	var bad []fault.Field
	felt, ok := Parse(in.Felt)
	if !ok {
		bad = append(bad, fault.At("felt", "evaluation.error.felt"))
	}
	for _, x := range []struct {
		field string
		text  *string
	}{{"worked", &in.Worked}, {"change", &in.Change}, {"reaction", &in.Reaction}, {"learned", &in.Learned}} {
		*x.text = strings.TrimSpace(strings.ToValidUTF8(*x.text, ""))
		if tooLong(*x.text, longestText) {
			bad = append(bad, fault.At(x.field, "evaluation.error.long"))
		}
	}
	in.Saw = slices.DeleteFunc(slices.Clone(Reactions()), func(c string) bool { return !slices.Contains(in.Saw, c) })
	if in.Power != nil && !slices.Contains(Shifts(), *in.Power) {
		bad = append(bad, fault.At("power", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return nil, fault.Wrong(bad...)
	}
	return felt, nil
}

// Write keeps what was said aloud in the room. It can be written as often as people
// think of something; what somebody else wrote meanwhile is not overwritten.
func (s *Service) Write(ctx context.Context, a access.Actor, which string, in WriteIn) (err error) {
	defer fault.Wrap(&err, "evaluation.Write(%s)", which)
	felt, err := in.wrong()
	if err != nil {
		return err
	}
	return s.change(ctx, a, which, "write", in.Key, going, func(_ *db.Tx, r *row) (string, string, error) {
		if in.Version != 0 && in.Version != r.Version {
			return "", "", fault.Clash("evaluation.error.changed")
		}
		r.Felt, r.Worked, r.Words.Change, r.Saw, r.Reaction, r.Learned, r.Power = felt, in.Worked, in.Change, in.Saw, in.Reaction, in.Learned, in.Power
		return "", "", nil
	})
}

// Read closes the phones and puts what they said together; the single answers are
// gone with it.
func (s *Service) Read(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "evaluation.Read(%s)", which)
	return s.change(ctx, a, which, "read", key, []State{Open}, func(tx *db.Tx, r *row) (string, string, error) { return "", "", s.read(ctx, tx, r) })
}

func (s *Service) read(ctx context.Context, tx *db.Tx, r *row) error {
	list, err := answersOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	var said []Said
	for _, x := range list {
		plain, err := s.vault.Open(ctx, answerCell(tx.Org(), x.id), x.sealed)
		if err != nil {
			return err
		}
		var one Said
		if err := json.Unmarshal([]byte(plain), &one); err != nil {
			return err
		}
		said = append(said, one)
	}
	r.Phones = Gather(said)
	if r.Power == nil && r.Phones.PowerN > 0 {
		n := r.Phones.Power
		r.Power = &n
	}
	r.State, r.ReadAt, r.Link, r.linkHash = Reading, s.clock.Now(), "", ""
	return dropAnswers(ctx, tx, r.ID)
}

// Here is who was there, of those whom the actor may name.
func (s *Service) Here(ctx context.Context, a access.Actor, which string) (_ []Person, err error) {
	defer fault.Wrap(&err, "evaluation.Here(%s)", which)
	r, err := s.Get(ctx, a, which)
	if err != nil {
		return nil, err
	}
	return s.present(ctx, a, r.Ref)
}

// Grew says who grew, of those who were there.
func (s *Service) Grew(ctx context.Context, a access.Actor, which string, persons []string, key string) (err error) {
	defer fault.Wrap(&err, "evaluation.Grew(%s)", which)
	here, err := s.Here(ctx, a, which)
	if err != nil {
		return err
	}
	var list []string
	for _, p := range here {
		if slices.Contains(persons, p.ID) {
			list = append(list, p.ID)
		}
	}
	if len(list) < len(persons) {
		return fault.Wrong(fault.At("grew", "evaluation.error.present"))
	}
	return s.change(ctx, a, which, "grew", key, going, func(tx *db.Tx, _ *row) (string, string, error) {
		for _, p := range list {
			if err := s.people.TogetherIn(ctx, tx, p, "grew"); err != nil {
				return "", "", err
			}
		}
		return "", "", setGrew(ctx, tx, which, list)
	})
}

// PromiseIn is who does what by when; fields are named as in the form.
type PromiseIn struct {
	Who  string // who: a person who was there, or Me
	What string // next
	Due  time.Time
	Key  string
}

// Me stands for the one who writes.
const Me = "me"

// Promise makes a commitment of what comes next.
func (s *Service) Promise(ctx context.Context, a access.Actor, which string, in PromiseIn) (err error) {
	defer fault.Wrap(&err, "evaluation.Promise(%s)", which)
	here, err := s.Here(ctx, a, which)
	if err != nil {
		return err
	}
	c := people.Commitment{What: contact.OneLine(in.What), Due: in.Due, Remind: true}
	switch {
	case in.Who == Me && a.Account != "":
		c.Account = a.Account
	case slices.ContainsFunc(here, func(p Person) bool { return p.ID == in.Who }):
		c.Person = in.Who
	default:
		return fault.Wrong(fault.At("who", "evaluation.error.who"))
	}
	return s.change(ctx, a, which, "promise", in.Key, going, func(tx *db.Tx, r *row) (string, string, error) {
		c.Ref = r.PromiseRef()
		_, err := s.people.PromiseIn(ctx, tx, access.Machine(a.Org), c)
		return c.Person, "", err
	})
}

// Promises lists what is open of what belongs to this round's team, or to the round.
func (s *Service) Promises(ctx context.Context, a access.Actor, r Round) ([]people.Commitment, error) {
	return s.people.Commitments(ctx, access.Machine(a.Org), people.Whose{Ref: r.PromiseRef(), Open: true})
}

// Finish ends a round: from now on what it looks back at can be followed up. Phones
// that are still open are read first.
func (s *Service) Finish(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "evaluation.Finish(%s)", which)
	return s.change(ctx, a, which, "finish", key, going, func(tx *db.Tx, r *row) (string, string, error) {
		if r.State == Open {
			if err := s.read(ctx, tx, r); err != nil {
				return "", "", err
			}
		}
		if !r.Enough() {
			return "", "", fault.Wrong(fault.At("felt", "evaluation.error.enough"))
		}
		s.end(a, r)
		return "", "", s.tell(ctx, tx, a, r.Round)
	})
}

func (s *Service) end(a access.Actor, r *row) {
	r.State, r.DoneAt, r.DoneBy = Done, s.clock.Now(), a.Account
	r.WithinH = int(max(0, r.DoneAt.Sub(r.At)) / time.Hour)
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, a access.Actor, r Round) error {
	for _, fn := range s.closed {
		if err := fn(ctx, tx, a, r); err != nil {
			return err
		}
	}
	return nil
}

// Told is what another room already knows of how it was.
type Told struct {
	Felt           []Felt
	Worked, Change string
}

// SettleIn ends the round of something that another room evaluated with a form of
// its own, in the caller's transaction. Without a round, or when it is done, nothing
// happens.
func (s *Service) SettleIn(ctx context.Context, tx *db.Tx, a access.Actor, ref string, t Told) (err error) {
	defer fault.Wrap(&err, "evaluation.SettleIn(%s)", ref)
	r, err := byRef(ctx, tx, ref)
	if fault.Is(err, fault.NotFound) || err == nil && r.State == Done {
		return nil
	}
	if err != nil {
		return err
	}
	rows := []row{r}
	if err := s.open(ctx, tx.Org(), rows); err != nil {
		return err
	}
	r = rows[0]
	if r.State == Open {
		if err := s.read(ctx, tx, &r); err != nil {
			return err
		}
	}
	r.Felt, r.Worked, r.Words.Change = merge(r.Felt, t.Felt), t.Worked, t.Change
	s.end(a, &r)
	return s.store(ctx, tx, &r)
}
