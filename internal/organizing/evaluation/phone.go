// What people say on their phones, without an account.
package evaluation

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

const (
	longestSaid = 300  // a text from a phone
	mostPerHour = 2000 // answers of one round in an hour
)

// Sheet is what a phone needs to answer once.
type Sheet struct {
	Org       string
	Kind      Kind
	Day       time.Time
	Challenge string
}

// Ask prepares the questions behind a token. A round that is read is fault.Gone.
func (s *Service) Ask(ctx context.Context, a access.Actor, token string) (out Sheet, err error) {
	defer fault.Wrap(&err, "evaluation.Ask")
	if _, err := access.Check(a, needPhone); err != nil {
		return out, err
	}
	r, err := s.behind(ctx, token)
	if err != nil {
		return out, err
	}
	out = Sheet{Org: r.org, Kind: r.Kind, Day: r.At}
	out.Challenge, err = s.proof.Challenge(ctx, r.org, r.ID)
	return out, err
}

func (s *Service) behind(ctx context.Context, token string) (r row, err error) {
	if len(token) < 20 || len(token) > 100 {
		return r, fault.Missing("token")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		r, err = byLink(ctx, tx, id.Hash(token))
		return err
	})
	if err == nil && (r.State != Open || s.clock.Now().After(r.At.Add(phonesFor))) {
		err = fault.Ended("evaluation.error.over")
	}
	return r, err
}

func answerCell(org, answer string) vault.Cell {
	return vault.Cell{Org: org, Table: "evaluation_answer", Column: "sealed", Row: answer, Version: 1}
}

// Answer takes what one phone says. The same form stores one answer, however often
// it comes.
func (s *Service) Answer(ctx context.Context, a access.Actor, token string, said Said, f proof.Form) (err error) {
	defer fault.Wrap(&err, "evaluation.Answer")
	if _, err := access.Check(a, needAnswer); err != nil {
		return err
	}
	r, err := s.behind(ctx, token)
	if err != nil {
		return err
	}
	if err := said.wrong(); err != nil {
		return err
	}
	plain, err := json.Marshal(said)
	if err != nil {
		return err
	}
	// A random id says nothing of when it was made, as UUIDv7 would.
	var b [16]byte
	rand.Read(b[:])
	x := answerRow{id: hex.EncodeToString(b[:]), round: r.ID, once: id.Hash("evaluation:" + f.Challenge)}
	if x.sealed, err = s.vault.Seal(ctx, answerCell(r.org, x.id), string(plain)); err != nil {
		return err
	}
	return s.db.Write(ctx, r.org, func(tx *db.Tx) error {
		if again, err := answered(ctx, tx, x.once); err != nil || again {
			return err // the phone did not hear of it
		}
		now, err := byID(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if now.State != Open {
			return fault.Ended("evaluation.error.over")
		}
		if err := s.proof.Let(ctx, tx, r.ID, mostPerHour, f); err != nil {
			return err
		}
		return insertAnswer(ctx, tx, x, s.clock.Now().Truncate(time.Hour))
	})
}

// wrong tidies what a phone says and names what cannot be right about it.
func (s *Said) wrong() error {
	var bad []fault.Field
	if !contact.Language(s.Language) {
		s.Language = ""
	}
	s.Feeling = contact.OneLine(s.Feeling)
	if tooLong(s.Feeling, LongestWord) {
		bad = append(bad, fault.At("own", "evaluation.error.word"))
	}
	for _, x := range []struct {
		field string
		text  *string
	}{{"worked", &s.Worked}, {"change", &s.Change}, {"reaction", &s.Reaction}, {"learned", &s.Learned}, {"next", &s.Next}} {
		*x.text = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(*x.text, "\x00", ""), ""))
		if tooLong(*x.text, longestSaid) {
			bad = append(bad, fault.At(x.field, "evaluation.error.long"))
		}
	}
	s.Saw = slices.DeleteFunc(slices.Clone(Reactions()), func(c string) bool { return !slices.Contains(s.Saw, c) })
	if s.Power != nil && !slices.Contains(Shifts(), *s.Power) {
		bad = append(bad, fault.At("power", "contact.error.choose"))
	}
	if len(bad) == 0 && s.Empty() {
		bad = append(bad, fault.At("own", "evaluation.error.empty"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}
