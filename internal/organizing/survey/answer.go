// Answering without an account: a code that is an address, one question at a time,
// in one's own language. Every question may be left out. Nothing says when or where
// from somebody answered.
package survey

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/words"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Choice is one answer one can choose.
type Choice struct {
	Value int
	Label string
}

// Question is one question in the reader's language.
type Question struct {
	Instrument, Item string
	Text, Lang       string
	Choices          []Choice
	Word             bool // answered with one word
}

// Key names a question within a survey.
func (q Question) Key() string { return q.Instrument + "/" + q.Item }

// Sheet is what a phone shows, and what it needs to answer once.
type Sheet struct {
	Org         string
	Code        string
	Kind        Kind
	Wave        Wave
	Questions   []Question
	Departments []Department
	NeedsYes    bool // a member who has not said yes yet
	Answered    bool // a member whose answers of this wave are there
	Lang        string
	Words       string // what the answers are for
	Challenge   string // of a way that many share
	Receipt     string
}

// Find folds a code as somebody types it, and says whether it leads anywhere.
func (s *Service) Find(ctx context.Context, a access.Actor, network, typed string) (code string, err error) {
	defer fault.Wrap(&err, "survey.Find")
	if _, err := access.Check(a, needAsk); err != nil {
		return "", err
	}
	const most = 60 // wrong codes of a network in an hour
	code = id.ParseCode(typed)
	if _, _, err = s.behind(ctx, code); err == nil || !fault.Is(err, fault.NotFound) {
		return code, err
	}
	var n int64
	if err := s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		n, err = s.proof.Tries(ctx, tx, "survey", network)
		return err
	}); err != nil {
		return "", err
	}
	if n > most {
		return "", fault.New(fault.Limited, "")
	}
	return "", fault.Wrong(fault.At("code", "survey.error.code"))
}

// behind finds the way a code stands for.
func (s *Service) behind(ctx context.Context, code string) (org string, w way, err error) {
	if len(code) != codeLength {
		return "", w, fault.Missing("code")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		org, w, err = wayByCode(ctx, tx, codeHash(code))
		return err
	})
	return org, w, err
}

// Open prepares the questions behind a code. A wave that has ended is fault.Gone.
func (s *Service) Open(ctx context.Context, a access.Actor, code, lang string) (out Sheet, err error) {
	defer fault.Wrap(&err, "survey.Open")
	if _, err := access.Check(a, needAsk); err != nil {
		return out, err
	}
	code = id.ParseCode(code)
	org, w, err := s.behind(ctx, code)
	if err != nil {
		return out, err
	}
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		out, err = s.sheet(ctx, tx, w, lang)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Code, out.Receipt = code, words.New()
	if w.kind == sharedWay {
		out.Challenge, err = s.proof.Challenge(ctx, org, w.wave)
	}
	return out, err
}

func (s *Service) sheet(ctx context.Context, tx *db.Tx, w way, lang string) (out Sheet, err error) {
	wave, of, err := s.load(ctx, tx, w.wave)
	if err != nil {
		return out, err
	}
	if !wave.OpenAt(s.clock.Now()) {
		return out, fault.Ended("survey.error.closed")
	}
	if !slices.Contains(wave.Languages, lang) {
		lang = wave.Languages[0]
	}
	out = Sheet{Org: tx.Org(), Kind: of.Kind, Wave: wave, Lang: lang, Departments: of.Asks(), Words: wave.Words[lang]}
	if out.Questions, err = s.questions(ctx, tx, wave, of, lang); err != nil {
		return out, err
	}
	if w.kind == personWay {
		m, yes, err := s.whose(ctx, tx, of.ID, w.person)
		if err != nil {
			return out, err
		}
		out.NeedsYes = !yes
		if yes {
			p, err := s.pseudonym(ctx, tx.Org(), m)
			if err != nil {
				return out, err
			}
			out.Answered, err = answeredBy(ctx, tx, wave.ID, p)
			return out, err
		}
	}
	return out, nil
}

func (s *Service) questions(ctx context.Context, tx *db.Tx, w Wave, of Survey, lang string) (out []Question, err error) {
	for _, which := range of.Instruments {
		in, _ := InstrumentByID(which)
		t, err := s.text(ctx, tx, w, in, lang)
		if err != nil {
			return nil, err
		}
		for i, item := range in.Items {
			q := Question{Instrument: which, Item: item.ID, Text: t.Items[i], Lang: lang, Word: item.Scale == WordScale}
			for k, v := range in.Scales[item.Scale].Values {
				q.Choices = append(q.Choices, Choice{v, t.Scales[item.Scale][k]})
			}
			out = append(out, q)
		}
	}
	return out, nil
}

// whose finds a member, and whether their yes is live.
func (s *Service) whose(ctx context.Context, tx *db.Tx, survey, person string) (m member, yes bool, err error) {
	rows, err := people.Rows(ctx, tx, person)
	if err != nil {
		return m, false, err
	}
	list, err := membershipsOf(ctx, tx, rows)
	if err != nil {
		return m, false, err
	}
	for _, x := range list {
		if x.survey != survey {
			continue
		}
		if yes, err = s.saidYes(ctx, tx, survey, x.person); err != nil {
			return m, false, err
		}
		if m = x; yes && x.sealed != "" {
			return m, true, nil
		}
	}
	if m.person == "" {
		return m, false, fault.Missing("not one who is asked")
	}
	return m, false, nil
}

// Agree writes down a member's yes, given on their own phone.
func (s *Service) Agree(ctx context.Context, a access.Actor, code, lang string) (err error) {
	defer fault.Wrap(&err, "survey.Agree")
	if _, err := access.Check(a, needAnswer); err != nil {
		return err
	}
	org, w, err := s.behind(ctx, id.ParseCode(code))
	if err != nil {
		return err
	}
	if w.kind != personWay {
		return fault.Missing("nobody to agree")
	}
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		wave, of, err := s.load(ctx, tx, w.wave)
		if err != nil {
			return err
		}
		if !wave.OpenAt(s.clock.Now()) {
			return fault.Ended("survey.error.closed")
		}
		m, yes, err := s.whose(ctx, tx, of.ID, w.person)
		if err != nil || yes {
			return err
		}
		given, err := s.agree(ctx, tx, of.ID, m.person, lang, consent.OnScreen)
		if err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, consent.Event(access.Machine(org), access.Create, given))
	})
}

// In is the answers as they come from a phone. A question that is not in Values was
// left out.
type In struct {
	Code       string
	Language   string
	Values     map[string]int // question's key → answer
	Word       string
	Department string
	Receipt    string
	proof.Form
}

// given is what is sealed of somebody's answers.
type given struct {
	Language   string                    `json:"language"`
	Answers    map[string]map[string]int `json:"answers"` // instrument → item → answer
	Word       string                    `json:"word,omitempty"`
	Department string                    `json:"department,omitempty"`
}

// Answer takes one set of answers. The same receipt stores one, however often it
// comes; a card is gone with it.
func (s *Service) Answer(ctx context.Context, a access.Actor, in In) (err error) {
	defer fault.Wrap(&err, "survey.Answer")
	if _, err := access.Check(a, needAnswer); err != nil {
		return err
	}
	receipt, ok := words.Parse(in.Receipt)
	if !ok {
		return fault.Wrong(fault.At("receipt", "survey.error.again"))
	}
	once := onceHash(receipt)
	sent := false
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		_, _, err := responseOnce(ctx, tx, once)
		sent = err == nil
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}); err != nil || sent {
		return err // the phone did not hear that they arrived: a card is used by now
	}
	code := id.ParseCode(in.Code)
	org, w, err := s.behind(ctx, code)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		wave, of, err := s.load(ctx, tx, w.wave)
		if err != nil {
			return err
		}
		if !wave.OpenAt(s.clock.Now()) {
			return fault.Ended("survey.error.closed")
		}
		r := response{id: randomID(), wave: wave.ID, once: once}
		switch w.kind {
		case personWay:
			r.once = "" // the pseudonym keeps a second set out, and the way back is the person's own page
			m, yes, err := s.whose(ctx, tx, of.ID, w.person)
			if err != nil {
				return err
			}
			if !yes {
				return fault.Clash("survey.error.yes_first")
			}
			if r.pseudonym, err = s.pseudonym(ctx, org, m); err != nil {
				return err
			}
			there, err := answeredBy(ctx, tx, wave.ID, r.pseudonym)
			if err != nil || there {
				return err // sent twice, or opened again: the first answers stay
			}
		case cardWay:
			there, err := useCard(ctx, tx, w.hash)
			if err != nil {
				return err
			}
			if !there {
				return fault.Missing("card was used")
			}
		default:
			if err := s.proof.Let(ctx, tx, wave.ID, mostPerHour, in.Form); err != nil {
				return err
			}
		}
		sheet := in.checked(of)
		if sheet.empty() {
			return fault.Wrong(fault.At("send", "survey.error.empty"))
		}
		return s.store(ctx, tx, r, sheet)
	})
}

// mostPerHour is how many answers a shared way takes in an hour.
const mostPerHour = 600

func onceHash(receipt string) string { return id.Hash("survey once:" + receipt) }

func (s *Service) store(ctx context.Context, tx *db.Tx, r response, g given) (err error) {
	if r.sealed, err = s.seal(ctx, tx.Org(), "survey_response", r.id, g); err != nil {
		return err
	}
	return putResponse(ctx, tx, r)
}

func (g given) empty() bool { return len(g.Answers) == 0 && g.Word == "" }

// checked keeps what fits the questions. A word the guard has something against is
// left out: it would be shown to others.
func (in In) checked(of Survey) given {
	g := given{Language: in.Language, Answers: map[string]map[string]int{}}
	word := false
	for _, which := range of.Instruments {
		x, _ := InstrumentByID(which)
		for _, item := range x.Items {
			word = word || item.Scale == WordScale
			v, ok := in.Values[which+"/"+item.ID]
			if !ok || !x.fits(item.ID, v) {
				continue
			}
			if g.Answers[which] == nil {
				g.Answers[which] = map[string]int{}
			}
			g.Answers[which][item.ID] = v
		}
	}
	if w := strings.ToLower(contact.OneLine(in.Word)); word && w != "" && utf8.RuneCountInString(w) <= longestWord && len(guard.Check(w)) == 0 {
		g.Word = w
	}
	if slices.ContainsFunc(of.Asks(), func(d Department) bool { return d.Name == in.Department }) {
		g.Department = in.Department
	}
	return g
}

// Back is the way back with a receipt: the answers go, as long as the wave takes
// answers. Afterwards they are in numbers that people have seen.
func (s *Service) Back(ctx context.Context, a access.Actor, network, typed string) (err error) {
	defer fault.Wrap(&err, "survey.Back")
	if _, err := access.Check(a, needAnswer); err != nil {
		return err
	}
	wrong := fault.Wrong(fault.At("receipt", "survey.error.receipt"))
	receipt, ok := words.Parse(typed)
	if !ok {
		return wrong
	}
	var org string
	var r response
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		org, r, err = responseOnce(ctx, tx, onceHash(receipt))
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return wrong
	}
	if err != nil {
		return err
	}
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		w, err := waveByID(ctx, tx, r.wave)
		if err != nil {
			return err
		}
		if !w.OpenAt(s.clock.Now()) {
			return fault.Wrong(fault.At("receipt", "survey.error.counted"))
		}
		return dropResponse(ctx, tx, r.id)
	})
}
