// Changing a promise: one asks with evidence, somebody else says that it is so.
package pledge

import (
	"context"
	"maps"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// AskIn is what somebody asks to change; fields are named as in the form.
type AskIn struct {
	ID       string
	Part     string // part: of one body; '' the whole
	Act      Act    // act
	To       State  // to
	Other    string // other: the promise in its place
	Evidence string // evidence
	Link     string // link
	Fix      Fix    // of a correction
	Due      string // due: of a renewal
	Key      string // _key
}

// Fix is a correction: how it should have been written down.
type Fix struct{ Name, Title, Body, Words, Lang, Measure, Due string }

// Ask asks for a change. It shows as waiting until somebody else confirms it.
func (s *Service) Ask(ctx context.Context, a access.Actor, in AskIn) (err error) {
	defer fault.Wrap(&err, "pledge.Ask(%s)", in.ID)
	if _, err := access.Check(a, needChange); err != nil {
		return err
	}
	_, err = s.once(ctx, a, in.Key, "pledge.ask:"+in.ID, func(tx *db.Tx) (string, error) {
		r, err := s.load(ctx, tx, in.ID, false)
		if err != nil {
			return "", err
		}
		return in.ID, s.askIn(ctx, tx, a, &r, in)
	})
	return err
}

func (s *Service) askIn(ctx context.Context, tx *db.Tx, a access.Actor, r *row, in AskIn) error {
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	if r.Kind == Clinic && (in.Act == Renew || in.Act == Lapse) && !a.Has(access.Lead) {
		return fault.Denied("only the clinic's leader commits the clinic")
	}
	in.Evidence, in.Link = line(in.Evidence), line(in.Link)
	bad := proof(in.Evidence, &in.Link)
	switch {
	case r.Withdrawn:
		return fault.Clash("pledge.error.withdrawn")
	case r.Waiting != nil:
		return fault.Clash("pledge.error.waiting")
	}
	c := changeRow{Change: Change{ID: id.New(s.d.Clock.Now()), Pledge: r.ID, Part: in.Part, Act: in.Act, From: r.State, To: r.State, Answer: Waiting, By: a.Account, At: s.d.Clock.Now(),
		Note: Note{Evidence: in.Evidence, Link: in.Link}}}
	switch in.Act {
	case Move:
		more, err := s.moveIn(ctx, tx, r, in, &c)
		if err != nil {
			return err
		}
		bad = append(bad, more...)
	case Publish:
		if r.Public {
			return fault.Clash("pledge.error.public")
		}
	case Correct:
		words, due, more := in.Fix.read(r.Pledge)
		bad = append(bad, more...)
		c.Words, c.Due, c.Before = &words, due, r.Text
	case Renew, Lapse:
		if r.Renew == "" || r.State == Superseded {
			return fault.Clash("pledge.error.yearly")
		}
		if in.Due != "" && !isDay(in.Due) {
			bad = append(bad, fault.At("due", "pledge.error.day"))
		}
		c.Due = in.Due
	case Withdraw:
	default:
		bad = append(bad, fault.At("act", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	if err := s.storeChange(ctx, tx, &c); err != nil {
		return err
	}
	r.Waiting = &c.Change
	return s.note(ctx, tx, a, g, "ask", r.ID, string(in.Act))
}

// moveIn checks a move of the whole or of one body's part.
func (s *Service) moveIn(ctx context.Context, tx *db.Tx, r *row, in AskIn, c *changeRow) (bad []fault.Field, err error) {
	c.To = in.To
	if in.Part != "" {
		at := slices.IndexFunc(r.Parts, func(p Part) bool { return p.ID == in.Part })
		if at < 0 {
			return nil, fault.Missing("no such part")
		}
		c.From = r.Parts[at].State
		if in.To == Superseded {
			return []fault.Field{fault.At("to", "contact.error.choose")}, nil
		}
	}
	if !c.From.CanBecome(in.To) {
		return []fault.Field{fault.At("to", "pledge.error.to")}, nil
	}
	if in.To != Superseded {
		return nil, nil
	}
	c.Other = in.Other
	other, err := byID(ctx, tx, in.Other, false)
	if fault.Is(err, fault.NotFound) || err == nil && (other.ID == r.ID || other.Withdrawn || other.Superseded == r.ID) {
		return []fault.Field{fault.At("other", "pledge.error.other")}, nil
	}
	return nil, err
}

// read gives the words as they should be. Translations of words that were wrong go.
func (f Fix) read(p Pledge) (w Words, due string, bad []fault.Field) {
	w = p.Words
	w.Name, w.Title, w.Measure, w.Lang = line(f.Name), line(f.Title), line(f.Measure), f.Lang
	if p.Kind == Office {
		w.Body = line(f.Body)
	}
	if text := line(f.Words); text != p.Text || f.Lang != p.Lang {
		w.Text, w.Others = text, nil
	}
	at := func(wrong bool, field, key string, args ...any) {
		if wrong {
			bad = append(bad, fault.At(field, key, args...))
		}
	}
	at(p.Kind == Office && w.Name == "" || long(w.Name, shortMost), "name", "pledge.error.name")
	at(long(w.Title, shortMost), "title", "pledge.error.long", "Most", shortMost)
	at(w.Body == "" || long(w.Body, shortMost), "body", "pledge.error.body")
	at(w.Text == "" || long(w.Text, textMost), "words", "pledge.error.words", "Most", textMost)
	at(long(w.Measure, lineMost), "measure", "pledge.error.long", "Most", lineMost)
	at(!i18n.Supported(w.Lang), "words_lang", "contact.error.choose")
	at(f.Due != "" && !isDay(f.Due), "due", "pledge.error.day")
	same := w.Name == p.Name && w.Title == p.Title && w.Body == p.Body && w.Text == p.Text && w.Measure == p.Measure && w.Lang == p.Lang && f.Due == p.Due
	at(same && len(bad) == 0, "words", "pledge.error.same")
	return w, f.Due, bad
}

// AnswerIn is what the second person says.
type AnswerIn struct {
	ID  string
	Yes bool
	Why string // why: of a no
	Key string // _key
}

// Answer confirms what somebody else asked for, or not.
func (s *Service) Answer(ctx context.Context, a access.Actor, in AnswerIn) (err error) {
	defer fault.Wrap(&err, "pledge.Answer(%s)", in.ID)
	g, err := access.Check(a, needConfirm)
	if err != nil {
		return err
	}
	in.Why = line(in.Why)
	if long(in.Why, lineMost) {
		return fault.Wrong(fault.At("why", "pledge.error.long", "Most", lineMost))
	}
	_, err = s.once(ctx, a, in.Key, "pledge.answer:"+in.ID, func(tx *db.Tx) (string, error) {
		r, c, err := s.waiting(ctx, tx, in.ID)
		if err != nil {
			return "", err
		}
		if a.Account == "" || a.Account == c.By {
			return "", fault.Clash("pledge.error.second")
		}
		c.Second, c.SecondAt, c.Answer = a.Account, s.d.Clock.Now(), Refused
		action := "refuse"
		if in.Yes {
			c.Answer, action = Confirmed, "confirm"
			if err := s.apply(ctx, tx, &r, c.Change); err != nil {
				return "", err
			}
		} else {
			c.Why = in.Why
		}
		if err := s.storeChange(ctx, tx, &c); err != nil {
			return "", err
		}
		if in.Yes && c.Act == Move && c.Part == "" {
			if err := s.moved(ctx, tx, a, r.Pledge, c.Note); err != nil {
				return "", err
			}
		}
		return in.ID, s.note(ctx, tx, a, g, action, in.ID, string(c.Act))
	})
	return err
}

// moved tells whoever wants to hear it.
func (s *Service) moved(ctx context.Context, tx *db.Tx, a access.Actor, p Pledge, why Note) error {
	if s.d.Moved == nil || p.Withdrawn {
		return nil
	}
	return s.d.Moved(ctx, tx, a, p, why)
}

// TakeBack ends what one asked for oneself.
func (s *Service) TakeBack(ctx context.Context, a access.Actor, pledge, key string) (err error) {
	defer fault.Wrap(&err, "pledge.TakeBack(%s)", pledge)
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "pledge.takeback:"+pledge, func(tx *db.Tx) (string, error) {
		_, c, err := s.waiting(ctx, tx, pledge)
		if err != nil {
			return "", err
		}
		if a.Account == "" || a.Account != c.By {
			return "", fault.Clash("pledge.error.not_yours")
		}
		c.Answer, c.SecondAt = TakenBack, s.d.Clock.Now()
		if err := s.storeChange(ctx, tx, &c); err != nil {
			return "", err
		}
		return pledge, s.note(ctx, tx, a, g, "take_back", pledge, string(c.Act))
	})
	return err
}

// waiting finds a promise and what waits about it.
func (s *Service) waiting(ctx context.Context, tx *db.Tx, pledge string) (r row, c changeRow, err error) {
	if r, err = s.load(ctx, tx, pledge, false); err != nil {
		return r, c, err
	}
	list, err := s.changes(ctx, tx, pledge, Waiting)
	if err == nil && len(list) == 0 {
		err = fault.Clash("pledge.error.answered")
	}
	if err != nil {
		return r, c, err
	}
	return r, list[0], nil
}

// apply makes a confirmed change true.
func (s *Service) apply(ctx context.Context, tx *db.Tx, r *row, c Change) error {
	today, now := s.Today(ctx, tx.Org()), s.d.Clock.Now()
	r.Changed = now
	switch c.Act {
	case Move:
		if c.Part != "" {
			at := slices.IndexFunc(r.Parts, func(p Part) bool { return p.ID == c.Part })
			if at < 0 {
				return fault.Missing("no such part")
			}
			r.Parts[at].State = c.To
			if err := putPart(ctx, tx, partRow{Part: r.Parts[at], pledge: r.ID}, at); err != nil {
				return err
			}
			break
		}
		r.State, r.Superseded = c.To, c.Other
		if r.Check = ""; c.To.Open() {
			r.Check = NextCheck(today, r.Due)
		}
		if c.To == Superseded {
			r.Renew = ""
		}
	case Publish:
		r.Public, r.Published = true, now
		if r.Kind == Clinic && r.State == Made {
			r.State = InProgress // adopted by one, confirmed by another: in force
		}
	case Correct:
		r.Words, r.Due = *c.Words, c.Due
		if r.State.Open() {
			r.Check = NextCheck(today, r.Due)
		}
	case Withdraw:
		r.Withdrawn, r.Check, r.Renew = true, "", ""
	case Renew:
		for r.Renew = NextYear(r.Renew); r.Renew <= today; {
			r.Renew = NextYear(r.Renew)
		}
		if c.Due != "" {
			r.Due = c.Due
		}
		if r.State.Open() {
			r.Check = NextCheck(today, r.Due)
		}
	case Lapse:
		r.Renew = ""
	}
	return s.store(ctx, tx, r)
}

// CheckIn is a look after a promise, with what was seen.
type CheckIn struct {
	ID       string
	Evidence string // seen
	Link     string // seen_link
	Next     string // next; '' as usual
	Key      string // _key
}

// Checked notes that somebody looked after a promise and nothing changed.
func (s *Service) Checked(ctx context.Context, a access.Actor, in CheckIn) (err error) {
	defer fault.Wrap(&err, "pledge.Checked(%s)", in.ID)
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	in.Evidence, in.Link = line(in.Evidence), line(in.Link)
	today := s.Today(ctx, a.Org)
	var bad []fault.Field
	if in.Evidence == "" || long(in.Evidence, textMost) {
		bad = append(bad, fault.At("seen", "pledge.error.seen"))
	}
	bad = append(bad, address(&in.Link, "seen_link")...)
	if in.Next != "" && (!isDay(in.Next) || in.Next <= today || in.Next > Later(today, 366)) {
		bad = append(bad, fault.At("next", "pledge.error.next"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	_, err = s.once(ctx, a, in.Key, "pledge.check:"+in.ID, func(tx *db.Tx) (string, error) {
		r, err := s.load(ctx, tx, in.ID, false)
		if err != nil {
			return "", err
		}
		if !r.State.Open() || r.Withdrawn {
			return "", fault.Clash("pledge.error.over")
		}
		now := s.d.Clock.Now()
		c := changeRow{Change: Change{ID: id.New(now), Pledge: r.ID, Act: Check, From: r.State, To: r.State, Answer: Confirmed, By: a.Account, At: now, SecondAt: now, Note: Note{Evidence: in.Evidence, Link: in.Link}}}
		if err := s.storeChange(ctx, tx, &c); err != nil {
			return "", err
		}
		if r.Check = in.Next; r.Check == "" {
			r.Check = NextCheck(today, r.Due)
		}
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		return in.ID, s.note(ctx, tx, a, g, "check", in.ID, "")
	})
	return err
}

// CareIn is what the desk keeps about a promise besides the promise itself.
type CareIn struct {
	ID     string
	Owner  string            // owner
	Issue  string            // issue
	Yearly bool              // yearly
	Others map[string]string // other_LANG: the words in other languages
	Key    string            // _key
}

// Care says who looks after a promise, whether it has to be renewed each year, and
// how its words are in other languages.
func (s *Service) Care(ctx context.Context, a access.Actor, in CareIn) (err error) {
	defer fault.Wrap(&err, "pledge.Care(%s)", in.ID)
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	staff, err := s.Colleagues(ctx, a.Org)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, in.Key, "pledge.care:"+in.ID, func(tx *db.Tx) (string, error) {
		r, err := s.load(ctx, tx, in.ID, false)
		if err != nil {
			return "", err
		}
		var bad []fault.Field
		before := r.Others
		r.Others = map[string]string{}
		for l, t := range in.Others {
			if t = line(t); t == "" || l == r.Lang {
				continue
			}
			if !i18n.Supported(l) || long(t, textMost) {
				bad = append(bad, fault.At("other_"+l, "pledge.error.long", "Most", textMost))
			}
			r.Others[l] = t
		}
		known := in.Owner == r.Owner || in.Owner == a.Account
		for _, c := range staff {
			known = known || c.Account == in.Owner
		}
		if !known || in.Owner == "" {
			bad = append(bad, fault.At("owner", "contact.error.choose"))
		}
		if len(bad) > 0 {
			return "", fault.Wrong(bad...)
		}
		if r.Owner, r.Issue = in.Owner, in.Issue; !maps.Equal(before, r.Others) {
			r.Changed = s.d.Clock.Now() // readers see the words; who looks after them is the desk's
		}
		switch {
		case r.Kind == Clinic || r.State == Superseded || r.Withdrawn: // the clinic's own are looked at each year
		case in.Yearly && r.Renew == "":
			for r.Renew = NextYear(r.Said); r.Renew <= s.Today(ctx, tx.Org()); {
				r.Renew = NextYear(r.Renew)
			}
		case !in.Yearly:
			r.Renew = ""
		}
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		return in.ID, s.note(ctx, tx, a, g, "update", in.ID, "")
	})
	return err
}

// When is the day of something that happened at a time, in the clinic.
func (s *Service) When(ctx context.Context, org string, t time.Time) string {
	return t.In(s.d.Zone(ctx, org)).Format(time.DateOnly)
}
