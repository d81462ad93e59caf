// Saying that one will come: by a link and a code without an account, or on paper.
// A stranger leaves an answer and needs; no name, no number, no record.
package meeting

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/phone"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// Coming is an answer to an invitation.
type Coming string

const (
	Yes   Coming = "yes"
	Maybe Coming = "maybe"
	No    Coming = "no"
)

// Comings lists the answers.
func Comings() []Coming { return []Coming{Yes, Maybe, No} }

// Foods lists what somebody may say about food: a list, so that nothing about
// health is written down.
func Foods() []string { return []string{"any", "no_meat", "no_animal", "no_pork", "no_nuts"} }

// Needs lists what somebody may need to take part beside the ones asked alone.
func Needs() []string {
	return slices.DeleteFunc(people.Needs(), func(n string) bool {
		return slices.Contains([]string{"childcare", "transport", "interpreter", "food"}, n)
	})
}

// Answer is who comes and what they need.
type Answer struct {
	ID          string
	Coming      Coming
	Children    int
	Transport   bool
	Interpreter string // language
	Food        string
	Needs       []string
	Person      string // set only for somebody who joined and whom staff entered
	Arrived     bool
	Paper       bool
	Hour        time.Time // no finer
}

// AnswerIn is the form; fields are named as in the form.
type AnswerIn struct {
	Coming      string // coming
	Children    string // children
	Transport   bool   // transport
	Interpreter string // interpreter
	Food        string // food
	Needs       []string
	Phone       string // phone: only to find the same answer again
	Receipt     string // receipt: of an answer given before
	Person      string // person, on paper
	Key         string
}

func number(s string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	return n, err == nil && n >= 0 && n < 10000
}

func itoa(n int) string { return strconv.Itoa(n) }

// read checks the form. Needs under anything but yes and maybe are not kept.
func (in AnswerIn) read() (a Answer, bad []fault.Field) {
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	a.Coming = Coming(in.Coming)
	at(!slices.Contains(Comings(), a.Coming), "coming", "meeting.error.coming")
	if a.Coming == No {
		return a, bad
	}
	if strings.TrimSpace(in.Children) != "" {
		n, ok := number(in.Children)
		at(!ok || n > 20, "children", "meeting.error.children")
		a.Children = n
	}
	a.Transport, a.Interpreter, a.Food, a.Person = in.Transport, in.Interpreter, in.Food, in.Person
	at(a.Interpreter != "" && !contact.Language(a.Interpreter), "interpreter", "contact.error.choose")
	at(a.Food != "" && !slices.Contains(Foods(), a.Food), "food", "contact.error.choose")
	for _, n := range Needs() {
		if slices.Contains(in.Needs, n) {
			a.Needs = append(a.Needs, n)
		}
	}
	at(slices.ContainsFunc(in.Needs, func(n string) bool { return !slices.Contains(Needs(), n) }), "needs", "contact.error.choose")
	return a, bad
}

// triesMost is how many wrong codes a link takes before it rests until somebody
// makes another: a million codes and fifty tries.
const triesMost = 50

// answersMost is how many answers come by one link: a flood stops there.
const answersMost = 600

// Invitation is what the page of a link shows once the code is right.
type Invitation struct {
	At       time.Time
	End      time.Time
	Zone     *time.Location
	Language string
	Where    string
	Place    string
}

// Knock reports whether a link leads anywhere, and in which language.
func (s *Service) Knock(ctx context.Context, token string) (lang string, err error) {
	defer fault.Wrap(&err, "meeting.Knock")
	r, err := s.follow(ctx, token)
	return r.Language, err
}

// follow finds the planned meeting of a link, in whichever organization it is.
func (s *Service) follow(ctx context.Context, token string) (r row, err error) {
	if token == "" || len(token) > 100 {
		return r, fault.Missing("not a link")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		r, err = byLink(ctx, tx, id.Hash(token))
		return err
	})
	if err != nil {
		return r, err
	}
	if r.State != Planned || s.clock.Now().After(r.End()) {
		return r, fault.Ended("meeting.error.link_over")
	}
	if r.tries >= triesMost {
		return r, fault.New(fault.Limited, "meeting.error.link_rests")
	}
	return r, nil
}

// enter checks the code of a link. A wrong one is counted.
func (s *Service) enter(ctx context.Context, token, code string) (r row, err error) {
	if r, err = s.follow(ctx, token); err != nil {
		return r, err
	}
	err = s.db.Read(ctx, r.org, func(tx *db.Tx) error {
		rows := []row{r}
		if err := s.open(ctx, r.org, rows); err != nil {
			return err
		}
		r = rows[0]
		return nil
	})
	if err != nil {
		return r, err
	}
	if typed := strings.NewReplacer(" ", "", "-", "").Replace(code); typed == "" || id.Hash(typed) != id.Hash(r.Code) {
		if err := s.db.Write(ctx, r.org, func(tx *db.Tx) error { return tried(ctx, tx, r.ID) }); err != nil {
			return r, err
		}
		return r, fault.Wrong(fault.At("code", "meeting.error.code"))
	}
	return r, nil
}

// Invited returns when and where, for whoever has the link and the code.
func (s *Service) Invited(ctx context.Context, token, code string) (v Invitation, err error) {
	defer fault.Wrap(&err, "meeting.Invited")
	r, err := s.enter(ctx, token, code)
	if err != nil {
		return v, err
	}
	return Invitation{At: r.At, End: r.End(), Zone: s.zone(ctx, r.org), Language: r.Language, Where: r.Where, Place: r.Place}, nil
}

// receiptLength makes 40 random bits: enough at one door, short enough to say.
const receiptLength = 8

// Reply takes an answer by the link. The receipt finds it again, at the door or to
// change it; so does the phone number, of which only a keyed digest is kept, and
// only until the meeting is over.
func (s *Service) Reply(ctx context.Context, token, code string, in AnswerIn) (receipt string, err error) {
	defer fault.Wrap(&err, "meeting.Reply")
	r, err := s.enter(ctx, token, code)
	if err != nil {
		return "", err
	}
	a, bad := in.read()
	a.Person = "" // nobody proves who they are here
	blind := ""
	if strings.TrimSpace(in.Phone) != "" {
		n, err := phone.Parse(in.Phone, s.region(ctx, r.org))
		if err != nil {
			bad = append(bad, fault.At("phone", "contact.error.phone"))
		} else if blind, err = s.vault.Blind(ctx, r.org, vault.Phone, n); err != nil {
			return "", err
		}
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	now := s.clock.Now()
	receipt = id.Code(receiptLength)
	err = s.db.Write(ctx, r.org, func(tx *db.Tx) error {
		made, err := idem.Once(ctx, tx, now, "public", in.Key, "meeting.reply:"+r.ID, func() (string, error) {
			return s.reply(ctx, tx, r, a, in.Receipt, blind, now)
		})
		if err != nil {
			return err
		}
		kept, err := answerBy(ctx, tx, r.ID, "id", made)
		if err != nil {
			return err
		}
		kept.receipt = id.Hash(receipt) // the one before is not known any more
		return putAnswer(ctx, tx, r.ID, kept)
	})
	if err != nil {
		return "", err
	}
	return receipt, nil
}

func (s *Service) reply(ctx context.Context, tx *db.Tx, r row, a Answer, receipt, blind string, now time.Time) (string, error) {
	old, err := s.again(ctx, tx, r.ID, receipt, blind)
	if err != nil {
		return "", err
	}
	if old.ID == "" {
		list, err := answers(ctx, tx, r.ID)
		if err != nil {
			return "", err
		}
		if len(list) >= answersMost {
			return "", fault.New(fault.Limited, "meeting.error.full")
		}
		a.ID = id.New(now)
	} else {
		a.ID, a.Person, a.Arrived, a.Paper = old.ID, old.Person, old.Arrived, old.Paper
	}
	a.Hour = now.Truncate(time.Hour)
	if blind == "" {
		blind = old.blind
	}
	err = putAnswer(ctx, tx, r.ID, answerRow{Answer: a, blind: blind, receipt: old.receipt})
	if err != nil {
		return "", err
	}
	return a.ID, s.note(ctx, tx, access.Anonymous(r.org), access.Public, "answer", r.ID, "", string(a.Coming))
}

// again finds the answer that somebody changes; an empty one when there is none.
func (s *Service) again(ctx context.Context, tx *db.Tx, meeting, receipt, blind string) (answerRow, error) {
	if receipt != "" {
		old, err := answerBy(ctx, tx, meeting, "receipt_hash", id.Hash(id.ParseCode(receipt)))
		if fault.Is(err, fault.NotFound) {
			err = fault.Wrong(fault.At("receipt", "meeting.error.receipt"))
		}
		return old, err
	}
	if blind == "" {
		return answerRow{}, nil
	}
	old, err := answerBy(ctx, tx, meeting, "phone_blind", blind)
	if fault.Is(err, fault.NotFound) {
		return answerRow{}, nil
	}
	return old, err
}

// Paper enters an answer given on paper, on the phone or in person; for somebody
// who joined, or for nobody in particular.
func (s *Service) Paper(ctx context.Context, a access.Actor, meeting string, in AnswerIn) (err error) {
	defer fault.Wrap(&err, "meeting.Paper(%s)", meeting)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	answer, bad := in.read()
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	if in.Person != "" {
		if err := s.seen(ctx, a, meeting, in.Person); err != nil {
			return err
		}
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "meeting.paper:"+meeting, func() (string, error) {
			r, err := s.load(ctx, tx, a, g, meeting)
			if err != nil {
				return "", err
			}
			if err := r.State.among([]State{Planned}); err != nil {
				return "", err
			}
			row := answerRow{Answer: answer}
			if in.Person != "" {
				if err := s.people.TogetherIn(ctx, tx, in.Person, "person"); err != nil {
					return "", err
				}
				if old, err := answerBy(ctx, tx, meeting, "person_id", in.Person); err == nil {
					row.ID, row.blind, row.receipt, row.Arrived = old.ID, old.blind, old.receipt, old.Arrived
				} else if !fault.Is(err, fault.NotFound) {
					return "", err
				}
			}
			if row.ID == "" {
				row.ID = id.New(now)
			}
			row.Person, row.Paper, row.Hour = in.Person, true, now.Truncate(time.Hour)
			if err := putAnswer(ctx, tx, meeting, row); err != nil {
				return "", err
			}
			return row.ID, s.note(ctx, tx, a, g.Role, "answer", meeting, in.Person, string(answer.Coming))
		})
		return err
	})
}

// seen refuses a person whom the actor cannot name: neither in the meeting's team
// nor among those they may see.
func (s *Service) seen(ctx context.Context, a access.Actor, meeting, person string) error {
	m, err := s.Get(ctx, a, meeting)
	if err != nil {
		return err
	}
	names, err := s.Names(ctx, a, m, []string{person})
	if err != nil {
		return err
	}
	if names[person] == "" {
		return fault.Wrong(fault.At("person", "meeting.error.person"))
	}
	return nil
}

// Sums is what the host must get ready.
type Sums struct {
	Yes, Maybe, No int
	Children       int
	Transport      int
	Interpreter    []Count
	Food           []Count
	Needs          []Count
}

// Count is a thing with how often.
type Count struct {
	Code string
	N    int
}

// Sum adds up what those need who will or may come.
func Sum(list []Answer) (s Sums) {
	languages, foods, needs := map[string]int{}, map[string]int{}, map[string]int{}
	for _, a := range list {
		switch a.Coming {
		case Yes:
			s.Yes++
		case Maybe:
			s.Maybe++
		default:
			s.No++
			continue
		}
		s.Children += a.Children
		if a.Transport {
			s.Transport++
		}
		if a.Interpreter != "" {
			languages[a.Interpreter]++
		}
		if a.Food != "" && a.Food != "any" {
			foods[a.Food]++
		}
		for _, n := range a.Needs {
			needs[n]++
		}
	}
	s.Interpreter, s.Food, s.Needs = most(languages), most(foods), most(needs)
	return s
}

// most sorts counts, the largest first.
func most(m map[string]int) (out []Count) {
	for c, n := range m {
		out = append(out, Count{c, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Code, b.Code)) })
	return out
}

// Answers lists who said what, for those who prepare the meeting.
func (s *Service) Answers(ctx context.Context, a access.Actor, meeting string) (out []Answer, err error) {
	defer fault.Wrap(&err, "meeting.Answers(%s)", meeting)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		if _, err := s.load(ctx, tx, a, g, meeting); err != nil {
			return err
		}
		list, err := answers(ctx, tx, meeting)
		for _, r := range list {
			out = append(out, r.Answer)
		}
		return err
	})
	return out, err
}
