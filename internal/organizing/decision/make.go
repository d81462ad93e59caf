// Making a decision: question, options, who may vote, and the codes on paper.
package decision

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// In is a decision as typed. Fields are named as in the form.
type In struct {
	ID         string // "" makes a new one
	Ref        string
	Question   string   // question
	Background string   // background
	Options    []string // option
	Method     string   // method
	Rule       string   // rule; "" for the method's usual one
	Unit       string   // unit; "" for persons
	Openness   string   // openness
	Dots       int      // dots
	PerOption  int      // per_option
	Seats      int      // seats
	Persons    int      // quorum_persons
	Houses     int      // quorum_institutions
	Opens      time.Time
	Closes     time.Time
	Key        string // idempotency
}

// check turns what was typed into a spec and words, or says what is wrong.
func (in In) check(now time.Time) (spec ballot.Spec, w Words, err error) {
	var bad []fault.Field
	text := func(name, v string, most int, required bool) string {
		v = strings.TrimSpace(v)
		switch {
		case required && v == "":
			bad = append(bad, fault.At(name, "decision.error."+name))
		case utf8.RuneCountInString(v) > most:
			bad = append(bad, fault.At(name, "decision.error.long", "Most", most))
		}
		return v
	}
	w = Words{Question: text("question", in.Question, MaxQuestion, true), Background: text("background", in.Background, MaxBackground, false)}
	spec = ballot.Spec{Method: ballot.Method(in.Method), Rule: ballot.Rule(in.Rule), Unit: ballot.Unit(in.Unit)}
	if spec.Unit == "" {
		spec.Unit = ballot.Person
	}
	if rules := ballot.Rules(spec.Method); spec.Rule == "" && len(rules) > 0 {
		spec.Rule = rules[0]
	}
	if spec.Method == ballot.Dots {
		spec.Dots, spec.PerOption, spec.Seats = in.Dots, in.PerOption, in.Seats
		spec.Rule = map[ballot.Unit]ballot.Rule{ballot.Institution: ballot.MostInstitutions}[spec.Unit]
		if spec.Rule == "" {
			spec.Rule = ballot.MostDots
		}
	}
	if spec.Method == ballot.Ranked || spec.Method == ballot.Dots {
		for _, o := range in.Options {
			if o = text("options", o, MaxOption, false); o != "" {
				w.Options = append(w.Options, Option{ID: string(rune('a' + len(w.Options)%26)), Text: o})
			}
		}
		for _, o := range w.Options {
			spec.Options = append(spec.Options, o.ID)
		}
	}
	openness := Openness(in.Openness)
	switch {
	case !slices.Contains(Opennesses(), openness):
		bad = append(bad, fault.At("openness", "decision.error.openness"))
	case openness == Secret && spec.Unit == ballot.Institution:
		bad = append(bad, fault.At("unit", "decision.error.unit_secret"))
	}
	if in.Persons < 0 || in.Houses < 0 || in.Persons > MaxVoters || in.Houses > MaxVoters {
		bad = append(bad, fault.At("quorum_persons", "decision.error.quorum"))
	}
	if !in.Closes.IsZero() && (in.Closes.Before(now) || in.Closes.Before(in.Opens)) {
		bad = append(bad, fault.At("closes_day", "decision.error.closes"))
	}
	if err := spec.Check(); err != nil {
		bad = append(bad, fault.FieldsOf(err)...)
	}
	if bad != nil {
		return spec, w, fault.Wrong(bad...)
	}
	return spec, w, nil
}

// Save makes a decision, or changes a draft, and returns its id.
func (s *Service) Save(ctx context.Context, a access.Actor, in In) (made string, err error) {
	defer fault.Wrap(&err, "decision.Save")
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = s.SaveIn(ctx, tx, a, in)
		return err
	})
	return made, err
}

// SaveIn is Save inside another room's transaction.
func (s *Service) SaveIn(ctx context.Context, tx *db.Tx, a access.Actor, in In) (made string, err error) {
	need := needMake
	if in.ID != "" {
		need = needLead
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	return idem.Once(ctx, tx, now, a.Name(), in.Key, "decision.save:"+in.ID, func() (string, error) {
		r := row{id: id.New(now), org: tx.Org(), ref: in.Ref, state: Draft, madeBy: a.Account, made: now}
		if in.ID != "" {
			if r, err = s.lead(ctx, tx, a, g, in.ID, Draft); err != nil {
				return "", err
			}
		}
		spec, words, err := in.check(now)
		if err != nil {
			return "", err
		}
		if words.Link, err = s.link(ctx, &r); err != nil {
			return "", err
		}
		r.openness, r.opens, r.closes = Openness(in.Openness), in.Opens, in.Closes
		if err := r.put(spec, ballot.Quorum{Persons: in.Persons, Institutions: in.Houses}); err != nil {
			return "", err
		}
		r.wordsVersion++
		if r.words, err = s.sealJSON(ctx, s.cell(r, "words", r.wordsVersion), words); err != nil {
			return "", err
		}
		if err := save(ctx, tx, r); err != nil {
			return "", err
		}
		action := map[bool]string{true: "create", false: "update"}[in.ID == ""]
		return r.id, s.note(ctx, tx, a, g.Role, action, r.id, "")
	})
}

// link is the token of the voting page; a draft that is changed keeps the one it has.
func (s *Service) link(ctx context.Context, r *row) (string, error) {
	if r.words != "" {
		var w Words
		err := s.openJSON(ctx, s.cell(*r, "words", r.wordsVersion), r.words, &w)
		return w.Link, err
	}
	token := id.Token()
	r.linkHash = id.Hash(token)
	return token, nil
}

func (r *row) put(spec ballot.Spec, quorum ballot.Quorum) error {
	a, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	b, err := json.Marshal(quorum)
	r.spec, r.quorum = string(a), string(b)
	return err
}

// SetVoters says who may vote: persons, and so many delegates of institutions. It
// replaces the list of a draft.
func (s *Service) SetVoters(ctx context.Context, a access.Actor, decision string, list []Voter) (err error) {
	defer fault.Wrap(&err, "decision.SetVoters(%s)", decision)
	g, err := access.Check(a, needLead)
	if err != nil {
		return err
	}
	if len(list) > MaxVoters {
		return fault.Wrong(fault.At("voters", "decision.error.voters", "Most", MaxVoters))
	}
	seen := map[string]bool{}
	for _, v := range list {
		if v.Person == "" && v.Institution == "" || v.Person != "" && seen[v.Person] || v.Person != "" && !id.Valid(v.Person) || v.Institution != "" && !id.Valid(v.Institution) {
			return fault.Wrong(fault.At("voters", "decision.error.voter"))
		}
		seen[v.Person] = true
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.lead(ctx, tx, a, g, decision, Draft)
		if err != nil {
			return err
		}
		if err := clearVoters(ctx, tx, r.id); err != nil {
			return err
		}
		for _, v := range list {
			v.ID = id.New(s.clock.Now())
			if err := insertVoter(ctx, tx, r.id, v); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, a, g.Role, "update", r.id, "voters")
	})
}

// Codes makes a voting code for every voter who has not voted, and so many more for
// whoever draws one from a hat or marks a printed ballot. Codes made before stop
// working for voters; slips stay. Slips of a secret decision are made before it
// opens, because the list of their marks is what a recount trusts.
func (s *Service) Codes(ctx context.Context, a access.Actor, decision string, slips int) (out []Printed, err error) {
	defer fault.Wrap(&err, "decision.Codes(%s)", decision)
	g, err := access.Check(a, needLead)
	if err != nil {
		return nil, err
	}
	if slips < 0 || slips > MaxSlips {
		return nil, fault.Wrong(fault.At("slips", "decision.error.slips", "Most", MaxSlips))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		r, err := s.lead(ctx, tx, a, g, decision, Draft, Open)
		if err != nil {
			return err
		}
		if slips > 0 && r.openness == Named {
			return fault.Wrong(fault.At("slips", "decision.error.slips_named"))
		}
		if slips > 0 && r.openness == Secret && r.state == Open {
			return fault.Wrong(fault.At("slips", "decision.error.slips_late"))
		}
		list, err := voters(ctx, tx, r.id)
		if err != nil {
			return err
		}
		if err := dropUnused(ctx, tx, r.id); err != nil {
			return err
		}
		for _, v := range list {
			if v.Given {
				continue
			}
			code := ballot.NewCode()
			if err := setCode(ctx, tx, r.id, v.ID, codeHash(r.id, code)); err != nil {
				return err
			}
			out = append(out, Printed{Code: code, Person: v.Person, Institution: v.Institution})
		}
		if slips > 0 {
			if out, err = s.addSlips(ctx, tx, r, slips, out); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, a, g.Role, "export", r.id, "codes")
	})
	return out, err
}

func (s *Service) addSlips(ctx context.Context, tx *db.Tx, r row, n int, out []Printed) ([]Printed, error) {
	b, err := s.readBox(ctx, tx, r)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if len(b.slips)+n > MaxSlips {
		return nil, fault.Wrong(fault.At("slips", "decision.error.slips", "Most", MaxSlips))
	}
	for range n {
		code := ballot.NewCode()
		b.slips = append(b.slips, ballot.Mark(r.id, code))
		out = append(out, Printed{Code: code, Slip: true})
	}
	slices.Sort(b.slips)
	return out, s.writeBox(ctx, tx, r, b)
}
