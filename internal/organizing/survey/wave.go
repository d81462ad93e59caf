// Waves: beginning one, ending one, the pulse after an event.
package survey

import (
	"context"
	"slices"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

type waveSaid struct {
	Languages []string          `json:"languages"`
	Wordings  map[string]string `json:"wordings"`
	Words     map[string]string `json:"words"`
	Review    string            `json:"review,omitempty"`
}

func (s *Service) openWave(ctx context.Context, org string, r waveRow) (Wave, error) {
	var w waveSaid
	if err := s.unseal(ctx, org, "survey_wave", r.ID, r.sealed, &w); err != nil {
		return Wave{}, err
	}
	r.Languages, r.Wordings, r.Words, r.Review = w.Languages, w.Wordings, w.Words, w.Review
	return r.Wave, nil
}

// wayKind is what a code opens.
type wayKind string

const (
	personWay wayKind = "person" // one member's
	cardWay   wayKind = "card"   // good once, whoever holds it
	sharedWay wayKind = "shared" // whoever was there
)

// codeLength gives eighty bits: nobody finds one by trying.
const codeLength = 16

func newCode() (code, hash string) {
	code = id.Code(codeLength)
	return code, codeHash(code)
}

func codeHash(code string) string { return id.Hash("survey:" + code) }

// wayCell is where a code lies sealed: a member's under their own key.
func wayCell(org string, w way) vault.Cell {
	return vault.Cell{Org: org, Person: w.person, Table: "survey_way", Column: "sealed", Row: w.hash, Version: 1}
}

// BeginIn is a form about a new wave.
type BeginIn struct {
	Survey string
	Label  Label             // label
	Aim    Aim               // aim
	Review string            // review: what the ethics board said
	Words  map[string]string // words-LANG: what the answers are for
	Days   int               // days; 0: the usual
	Cards  int               // cards; staff only
	Key    string            // _key
}

// Begun is a wave that takes answers now. Codes are the cards of a staff survey:
// they are shown once, and no list says who got which.
type Begun struct {
	ID    string
	Codes []string
}

// Begin starts a wave. It asks in every language in which all instruments have words.
func (s *Service) Begin(ctx context.Context, a access.Actor, in BeginIn) (out Begun, err error) {
	defer fault.Wrap(&err, "survey.Begin")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return out, err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		out = Begun{}
		made, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "survey.begin:"+in.Survey, func() (string, error) {
			r, err := surveyByID(ctx, tx, in.Survey)
			if err != nil {
				return "", err
			}
			if r.Kind == Pulse {
				return "", fault.Clash("survey.error.state")
			}
			w := Wave{Label: in.Label, Aim: in.Aim, Review: in.Review, Words: in.Words, Closes: now.AddDate(0, 0, orUsual(in.Days, usualDays))}
			if bad := in.wrong(r.Survey); len(bad) > 0 {
				return "", fault.Wrong(bad...)
			}
			w.Review, w.Words = in.Review, in.Words
			if w, err = s.begin(ctx, tx, r.Survey, w); err != nil {
				return "", err
			}
			if out.Codes, err = s.ways(ctx, tx, r.Survey, &w, in.Cards); err != nil {
				return "", err
			}
			return w.ID, s.note(ctx, tx, a, g, "begin", "wave", w.ID, string(in.Label))
		})
		out.ID = made
		return err
	})
	return out, err
}

func orUsual(n, usual int) int {
	if n == 0 {
		return usual
	}
	return n
}

func (in *BeginIn) wrong(of Survey) (bad []fault.Field) {
	if !oneOf(Labels(), in.Label) {
		bad = append(bad, fault.At("label", "contact.error.choose"))
	}
	if !oneOf(Aims(), in.Aim) {
		bad = append(bad, fault.At("aim", "contact.error.choose"))
	}
	in.Review = contact.OneLine(in.Review)
	if n := utf8.RuneCountInString(in.Review); in.Aim == Research && n < 3 || n > longestTitle {
		bad = append(bad, fault.At("review", "survey.error.review"))
	}
	words := map[string]string{}
	for lang, text := range in.Words {
		if text = contact.OneLine(text); text != "" {
			words[lang] = text
		}
		if utf8.RuneCountInString(text) > longestWords {
			bad = append(bad, fault.At("words-"+lang, "survey.error.words"))
		}
	}
	in.Words = words
	if n := orUsual(in.Days, usualDays); n < 1 || n > mostDays {
		bad = append(bad, fault.At("days", "survey.error.days", "Most", mostDays))
	}
	if of.Kind == Staff && (in.Cards < 1 || in.Cards > 1000) {
		bad = append(bad, fault.At("cards", "survey.error.cards"))
	}
	return bad
}

// begin writes down a wave after its survey's last one, which must have ended.
func (s *Service) begin(ctx context.Context, tx *db.Tx, of Survey, w Wave) (Wave, error) {
	before, err := wavesOf(ctx, tx, of.ID)
	if err != nil {
		return w, err
	}
	for _, b := range before {
		if b.State == Running && of.Kind != Pulse {
			return w, fault.Clash("survey.error.running")
		}
		w.Number = max(w.Number, b.Number)
	}
	brought, err := s.wordings(ctx, tx)
	if err != nil {
		return w, err
	}
	ready := Ready(brought)
	if w.Languages = LanguagesOf(ready, of.Instruments); len(w.Languages) == 0 {
		return w, fault.Clash("survey.error.no_words")
	}
	w.Wordings = map[string]string{}
	for _, lang := range w.Languages {
		for _, in := range of.Instruments {
			w.Wordings[in+"/"+lang] = ready[in+"/"+lang]
		}
	}
	now := s.clock.Now()
	w.ID, w.Survey, w.Number, w.State, w.Opens = id.New(now), of.ID, w.Number+1, Running, now
	r := waveRow{Wave: w}
	if r.sealed, err = s.seal(ctx, tx.Org(), "survey_wave", w.ID, waveSaid{w.Languages, w.Wordings, w.Words, w.Review}); err != nil {
		return w, err
	}
	return w, putWave(ctx, tx, r)
}

// ways makes the codes of a new wave: one for each member, cards, or one for all.
func (s *Service) ways(ctx context.Context, tx *db.Tx, of Survey, w *Wave, cards int) (shown []string, err error) {
	switch of.Kind {
	case Cohort:
		list, err := membersOf(ctx, tx, of.ID)
		for i := 0; err == nil && i < len(list); i++ {
			err = s.invite(ctx, tx, w.ID, list[i].person)
		}
		return nil, err
	case Staff:
		return s.cards(ctx, tx, w, cards)
	}
	code, hash := newCode()
	x := way{hash: hash, wave: w.ID, kind: sharedWay}
	if x.sealed, err = s.vault.Seal(ctx, wayCell(tx.Org(), x), code); err != nil {
		return nil, err
	}
	return nil, putWay(ctx, tx, x)
}

func (s *Service) cards(ctx context.Context, tx *db.Tx, w *Wave, n int) (codes []string, err error) {
	for range n {
		code, hash := newCode()
		if err := putWay(ctx, tx, way{hash: hash, wave: w.ID, kind: cardWay}); err != nil {
			return nil, err
		}
		codes = append(codes, code)
	}
	r, err := waveByID(ctx, tx, w.ID)
	if err != nil {
		return nil, err
	}
	r.Cards += n
	return codes, putWave(ctx, tx, r)
}

// MoreCards makes further cards of a staff survey, for people who came later.
func (s *Service) MoreCards(ctx context.Context, a access.Actor, wave string, n int) (codes []string, err error) {
	defer fault.Wrap(&err, "survey.MoreCards")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > 200 {
		return nil, fault.Wrong(fault.At("cards", "survey.error.cards"))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		w, of, err := s.load(ctx, tx, wave)
		if err != nil {
			return err
		}
		if of.Kind != Staff || !w.OpenAt(s.clock.Now()) {
			return fault.Clash("survey.error.state")
		}
		if codes, err = s.cards(ctx, tx, &w, n); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "cards", "wave", wave, "")
	})
	return codes, err
}

// End closes a wave: no answer comes in any more, and its numbers may be seen. Paper
// that is half typed must be finished or dropped first.
func (s *Service) End(ctx context.Context, a access.Actor, wave, key string) (err error) {
	defer fault.Wrap(&err, "survey.End")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "survey.end:"+wave, func() (string, error) {
			r, err := waveByID(ctx, tx, wave)
			if err != nil {
				return "", err
			}
			if r.State != Running {
				return "", fault.Clash("survey.error.state")
			}
			batches, err := batchesOf(ctx, tx, wave)
			if err != nil {
				return "", err
			}
			if slices.ContainsFunc(batches, func(b Batch) bool { return b.State == Typing }) {
				return "", fault.Clash("survey.error.typing")
			}
			return "", s.end(ctx, tx, a, g, r, "")
		})
		return err
	})
}

// end closes a wave. Paper of a batch that was never finished does not count; codes
// and the way back end with it.
func (s *Service) end(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, r waveRow, reason string) error {
	batches, err := batchesOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	for _, b := range batches {
		if b.State == Typing {
			if err := s.dropBatch(ctx, tx, b); err != nil {
				return err
			}
		}
	}
	r.State, r.Ended = Closed, s.clock.Now()
	if err := putWave(ctx, tx, r); err != nil {
		return err
	}
	if err := dropWays(ctx, tx, r.ID); err != nil {
		return err
	}
	return s.note(ctx, tx, a, g, "end", "wave", r.ID, reason)
}

// PulseIn opens the five questions right after an event, in the caller's
// transaction. The same event has one pulse, however often it is asked for.
func (s *Service) PulseIn(ctx context.Context, tx *db.Tx, a access.Actor, ref string) (wave string, err error) {
	defer fault.Wrap(&err, "survey.PulseIn")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return "", err
	}
	if !refs.MatchString(ref) {
		return "", fault.Wrong(fault.At("ref", "survey.error.ref"))
	}
	if w, err := waveOfRef(ctx, tx, ref); !fault.Is(err, fault.NotFound) {
		return w.ID, err
	}
	now := s.clock.Now()
	r, err := pulseSurvey(ctx, tx)
	if fault.Is(err, fault.NotFound) {
		r = row{Survey: Survey{ID: id.New(now), Kind: Pulse, Instruments: []string{"pulse"}, Account: a.Account, Made: now}}
		if r.sealed, err = s.seal(ctx, tx.Org(), "survey_survey", r.ID, said{}); err == nil {
			err = putSurvey(ctx, tx, r)
		}
	}
	if err != nil {
		return "", err
	}
	w, err := s.begin(ctx, tx, r.Survey, Wave{Label: event, Ref: ref, Aim: Improvement, Closes: now.AddDate(0, 0, pulseDays)})
	if err != nil {
		return "", err
	}
	if _, err := s.ways(ctx, tx, r.Survey, &w, 0); err != nil {
		return "", err
	}
	return w.ID, s.note(ctx, tx, a, g, "begin", "wave", w.ID, string(event))
}

// StartPulse is PulseIn with a transaction of its own, for an event the actor can see.
func (s *Service) StartPulse(ctx context.Context, a access.Actor, ref, key string) (wave string, err error) {
	defer fault.Wrap(&err, "survey.StartPulse")
	if _, err := staffOnly(a, needChange); err != nil {
		return "", err
	}
	if s.events != nil && refs.MatchString(ref) {
		if _, ok := s.events.Title(ctx, a, ref); !ok {
			return "", fault.Missing("event")
		}
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		wave, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "survey.pulse:"+ref, func() (string, error) { return s.PulseIn(ctx, tx, a, ref) })
		return err
	})
	return wave, err
}

// PulseOf is the pulse of an event, if there is one.
func (s *Service) PulseOf(ctx context.Context, a access.Actor, ref string) (wave string, ok bool, err error) {
	defer fault.Wrap(&err, "survey.PulseOf")
	if _, err := staffOnly(a, needRead); err != nil {
		return "", false, err
	}
	if !refs.MatchString(ref) {
		return "", false, nil
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		w, err := waveOfRef(ctx, tx, ref)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		wave, ok = w.ID, err == nil
		return err
	})
	return wave, ok, err
}
