// Paper: sheets are typed in batches. Whoever types says first how many there are;
// the batch counts when as many were typed, and can be dropped as a whole.
package survey

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
)

// BatchState is where a batch stands.
type BatchState string

const (
	Typing  BatchState = "typing"
	Done    BatchState = "done"
	Dropped BatchState = "dropped"
)

// Batch is a pile of sheets that are typed together.
type Batch struct {
	ID            string
	Wave          string
	Account       string
	Sheets, Typed int
	State         BatchState
}

// StartBatch begins a pile of so many sheets.
func (s *Service) StartBatch(ctx context.Context, a access.Actor, wave string, sheets int, key string) (made string, err error) {
	defer fault.Wrap(&err, "survey.StartBatch")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return "", err
	}
	if sheets < 1 || sheets > 300 {
		return "", fault.Wrong(fault.At("sheets", "survey.error.sheets"))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "survey.batch:"+wave, func() (string, error) {
			w, err := waveByID(ctx, tx, wave)
			if err != nil {
				return "", err
			}
			if !w.OpenAt(s.clock.Now()) {
				return "", fault.Clash("survey.error.closed")
			}
			b := Batch{ID: id.New(s.clock.Now()), Wave: wave, Account: a.Account, Sheets: sheets, State: Typing}
			if err := putBatch(ctx, tx, b); err != nil {
				return "", err
			}
			return b.ID, s.note(ctx, tx, a, g, "begin", "batch", b.ID, itoa(sheets))
		})
		return err
	})
	return made, err
}

// PaperSheet is the form into which a sheet is typed.
type PaperSheet struct {
	Batch
	Of          Survey
	On          Wave
	Questions   []Question
	Departments []Department
	Lang        string
}

// Sheet prepares the form of a batch.
func (s *Service) Sheet(ctx context.Context, a access.Actor, batch, lang string) (out PaperSheet, err error) {
	defer fault.Wrap(&err, "survey.Sheet")
	if _, err := staffOnly(a, needChange); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if out.Batch, err = batchByID(ctx, tx, batch); err != nil {
			return err
		}
		out.On, out.Of, out.Questions, out.Lang, err = s.blank(ctx, tx, out.Batch.Wave, lang)
		out.Departments = out.Of.Asks()
		return err
	})
	return out, err
}

func (s *Service) blank(ctx context.Context, tx *db.Tx, wave, lang string) (w Wave, of Survey, qs []Question, _ string, err error) {
	if w, of, err = s.load(ctx, tx, wave); err != nil {
		return w, of, nil, "", err
	}
	if !oneOf(w.Languages, lang) {
		lang = w.Languages[0]
	}
	qs, err = s.questions(ctx, tx, w, of, lang)
	return w, of, qs, lang, err
}

// Blank is the questions of a wave for printing.
func (s *Service) Blank(ctx context.Context, a access.Actor, wave, lang string) (out PaperSheet, err error) {
	defer fault.Wrap(&err, "survey.Blank")
	if _, err := staffOnly(a, needChange); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out.On, out.Of, out.Questions, out.Lang, err = s.blank(ctx, tx, wave, lang)
		out.Departments = out.Of.Asks()
		return err
	})
	return out, err
}

// TypeIn is one sheet of paper. A member's sheet carries their code.
type TypeIn struct {
	Batch      string
	Code       string // code; cohort only
	Agreed     bool   // agreed: they signed the yes on the sheet
	Language   string
	Values     map[string]int
	Word       string
	Department string
	Key        string // _key
}

// Type takes one sheet. The last one finishes the batch, and then all of it counts.
func (s *Service) Type(ctx context.Context, a access.Actor, in TypeIn) (done bool, err error) {
	defer fault.Wrap(&err, "survey.Type")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return false, err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		state, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "survey.type:"+in.Batch, func() (string, error) {
			b, err := batchByID(ctx, tx, in.Batch)
			if err != nil {
				return "", err
			}
			w, of, err := s.load(ctx, tx, b.Wave)
			if err != nil {
				return "", err
			}
			if b.State != Typing || !w.OpenAt(s.clock.Now()) {
				return "", fault.Clash("survey.error.state")
			}
			r := response{id: randomID(), wave: w.ID, batch: b.ID}
			if of.Kind == Cohort {
				if r.pseudonym, err = s.onPaper(ctx, tx, w, of, in); err != nil {
					return "", err
				}
			}
			sheet := In{Language: in.Language, Values: in.Values, Word: in.Word, Department: in.Department}.checked(of)
			if err := s.store(ctx, tx, r, sheet); err != nil { // an empty sheet is one of the pile
				return "", err
			}
			if b.Typed++; b.Typed >= b.Sheets {
				b.State = Done
				if err := s.note(ctx, tx, a, g, "finish", "batch", b.ID, itoa(b.Sheets)); err != nil {
					return "", err
				}
			}
			return string(b.State), putBatch(ctx, tx, b)
		})
		done = state == string(Done)
		return err
	})
	return done, err
}

// onPaper finds whose sheet it is by the code on it. The yes was signed on it, or
// given before.
func (s *Service) onPaper(ctx context.Context, tx *db.Tx, w Wave, of Survey, in TypeIn) (string, error) {
	wrong := fault.Wrong(fault.At("code", "survey.error.code"))
	_, x, err := wayByCode(ctx, tx, codeHash(id.ParseCode(in.Code)))
	if fault.Is(err, fault.NotFound) || err == nil && (x.wave != w.ID || x.kind != personWay) {
		return "", wrong
	}
	if err != nil {
		return "", err
	}
	m, yes, err := s.whose(ctx, tx, of.ID, x.person)
	if err != nil {
		return "", err
	}
	if !yes {
		if !in.Agreed {
			return "", fault.Wrong(fault.At("agreed", "survey.error.yes_first"))
		}
		given, err := s.agree(ctx, tx, of.ID, m.person, in.Language, consent.OnPaper)
		if err != nil {
			return "", err
		}
		if err := s.audit.Write(ctx, tx, consent.Event(access.Machine(tx.Org()), access.Create, given)); err != nil {
			return "", err
		}
		if m, _, err = s.whose(ctx, tx, of.ID, x.person); err != nil {
			return "", err
		}
	}
	p, err := s.pseudonym(ctx, tx.Org(), m)
	if err != nil {
		return "", err
	}
	there, err := answeredBy(ctx, tx, w.ID, p)
	if err == nil && there {
		err = fault.Wrong(fault.At("code", "survey.error.twice"))
	}
	return p, err
}

// DropBatch throws a pile away that was typed wrongly: nothing of it counts.
func (s *Service) DropBatch(ctx context.Context, a access.Actor, batch, key string) (wave string, err error) {
	defer fault.Wrap(&err, "survey.DropBatch")
	g, err := staffOnly(a, needChange)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		wave, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "survey.drop:"+batch, func() (string, error) {
			b, err := batchByID(ctx, tx, batch)
			if err != nil {
				return "", err
			}
			w, err := waveByID(ctx, tx, b.Wave)
			if err != nil {
				return "", err
			}
			if b.State == Dropped || w.State != Running {
				return "", fault.Clash("survey.error.state")
			}
			if err := s.dropBatch(ctx, tx, b); err != nil {
				return "", err
			}
			return b.Wave, s.note(ctx, tx, a, g, "drop", "batch", batch, "")
		})
		return err
	})
	return wave, err
}

func (s *Service) dropBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	if err := dropSheets(ctx, tx, b.ID); err != nil {
		return err
	}
	b.State = Dropped
	return putBatch(ctx, tx, b)
}
