// Moderation: nothing is shown before somebody has looked, a hundred near copies
// are looked at once, and a rejection can be taken back.
package answer

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/theme"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Shown is an answer as a moderator sees it.
type Shown struct {
	Answer
	Said Said // with the words that would be taken out, taken out
}

// Cluster is answers that are near copies of each other; mostly it is one answer.
type Cluster struct{ Answers []Shown }

// Queue is what waits, near copies together, the largest cluster first.
type Queue struct {
	Clusters []Cluster
	More     bool // there is more than a page can show
}

const queueSize = 300

// Queue lists what waits for a look.
func (s *Service) Queue(ctx context.Context, a access.Actor, campaign string) (out Queue, err error) {
	defer fault.Wrap(&err, "answer.Queue")
	if _, err := access.Check(a, needModerate); err != nil {
		return out, err
	}
	if _, err := s.campaigns.Asked(ctx, a.Org, campaign); err != nil {
		return out, err
	}
	shown, err := s.inState(ctx, a.Org, campaign, Waiting, queueSize+1)
	if err != nil {
		return out, err
	}
	if out.More = len(shown) > queueSize; out.More {
		shown = shown[:queueSize]
	}
	texts, at := make([]theme.Text, len(shown)), map[string]Shown{}
	for i, a := range shown {
		texts[i], at[a.ID] = theme.Text{ID: a.ID, Text: a.Said.joined()}, a
	}
	for _, group := range theme.Gather(texts, theme.Alike) {
		var c Cluster
		for _, id := range group {
			c.Answers = append(c.Answers, at[id])
		}
		out.Clusters = append(out.Clusters, c)
	}
	return out, nil
}

func (s Said) joined() (text string) {
	for _, k := range slices.Sorted(mapKeys(s)) {
		text += s[k] + "\n"
	}
	return text
}

func (s *Service) inState(ctx context.Context, org, campaign string, st State, most int) (out []Shown, err error) {
	var rows []row
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		rows, err = inState(ctx, tx, campaign, st, "", most)
		return err
	}); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.sealed == "" {
			continue
		}
		said, err := s.open(ctx, org, r)
		if err != nil {
			return nil, err
		}
		for q, text := range said {
			said[q] = guard.Clean(text)
		}
		out = append(out, Shown{r.Answer, said})
	}
	return out, nil
}

// Approve lets answers be shown. Words that endanger somebody are taken out for good.
func (s *Service) Approve(ctx context.Context, a access.Actor, ids []string, key string) error {
	_, err := s.moderate(ctx, a, VerbApprove, ids, "", key)
	return err
}

// Reject keeps answers from being shown and counted, and returns the batch with
// which it can be taken back.
func (s *Service) Reject(ctx context.Context, a access.Actor, ids []string, why Reason, key string) (batch string, err error) {
	if !slices.Contains(Reasons(), why) {
		return "", fault.Wrong(fault.At("reason", "contact.error.choose"))
	}
	return s.moderate(ctx, a, VerbReject, ids, why, key)
}

func (s *Service) moderate(ctx context.Context, a access.Actor, v Verb, ids []string, why Reason, key string) (batch string, err error) {
	defer fault.Wrap(&err, "answer.%s", v)
	g, err := access.Check(a, needModerate)
	if err != nil {
		return "", err
	}
	if len(ids) == 0 || len(ids) > queueSize {
		return "", fault.Wrong(fault.At("id", "contact.error.choose"))
	}
	key = idem.Form(key, append([]string{string(v), string(why)}, ids...)...)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		batch, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "answer."+string(v), func() (string, error) {
			made := id.New(s.clock.Now())
			for _, one := range ids {
				if err := s.judge(ctx, tx, v, one, why, made); err != nil {
					return "", err
				}
			}
			return made, s.note(ctx, tx, a, g, string(v), "answer", made, string(why))
		})
		return err
	})
	return batch, err
}

func (s *Service) judge(ctx context.Context, tx *db.Tx, v Verb, one string, why Reason, batch string) error {
	r, err := byID(ctx, tx, one)
	if err != nil {
		return err
	}
	next, ok := r.State.After(v)
	if !ok {
		return nil // somebody else was faster, or the giver withdrew it
	}
	r.State, r.Reason, r.Batch = next, why, ""
	switch v {
	case VerbReject:
		r.Batch = batch
	case VerbApprove:
		if err := s.takeOut(ctx, tx.Org(), &r); err != nil {
			return err
		}
	}
	return update(ctx, tx, r)
}

// takeOut removes for good what the guard finds.
func (s *Service) takeOut(ctx context.Context, org string, r *row) error {
	if !r.Held {
		return nil
	}
	said, err := s.open(ctx, org, *r)
	if err != nil {
		return err
	}
	for q, text := range said {
		said[q] = guard.Clean(text)
	}
	plain, err := json.Marshal(said)
	if err != nil {
		return err
	}
	r.Held = false
	r.sealed, err = s.vault.Seal(ctx, answerCell(org, r.ID), string(plain))
	return err
}

// Undo takes a rejection back: the answers wait again, as before.
func (s *Service) Undo(ctx context.Context, a access.Actor, batch, key string) (err error) {
	defer fault.Wrap(&err, "answer.Undo")
	g, err := access.Check(a, needModerate)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), idem.Form(key, batch), "answer.undo", func() (string, error) {
			rows, err := inBatch(ctx, tx, batch)
			if err != nil {
				return "", err
			}
			if len(rows) == 0 {
				return "", fault.Missing("batch")
			}
			for _, r := range rows {
				next, ok := r.State.After(VerbRestore)
				if !ok {
					continue
				}
				r.State, r.Reason, r.Batch = next, "", ""
				if err := update(ctx, tx, r); err != nil {
					return "", err
				}
			}
			return "", s.note(ctx, tx, a, g, "restore", "answer", batch, "")
		})
		return err
	})
}

// Rejections lists the batches that can still be taken back, newest first.
func (s *Service) Rejections(ctx context.Context, a access.Actor, campaign string) (out []Rejection, err error) {
	defer fault.Wrap(&err, "answer.Rejections")
	if _, err := access.Check(a, needModerate); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = db.Select(ctx, tx, func(sc db.Scanner) (r Rejection, err error) {
			err = sc.Scan(&r.Batch, &r.Reason, &r.N)
			return r, err
		}, `SELECT batch, reason, COUNT(*) FROM answer_answer WHERE org_id=$1 AND campaign_id=$2 AND state='rejected' AND batch<>'' GROUP BY batch, reason ORDER BY batch DESC LIMIT 20`, tx.Org(), campaign)
		return err
	})
	return out, err
}

// Rejection is a batch that was rejected together.
type Rejection struct {
	Batch  string
	Reason Reason
	N      int
}

// Quote is an approved answer, for the theme wall.
type Quote struct {
	ID, Language, Question, Text string
}

// Quotes lists the approved answers of a campaign, one line per question.
func (s *Service) Quotes(ctx context.Context, a access.Actor, campaign string) (out []Quote, err error) {
	defer fault.Wrap(&err, "answer.Quotes")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	list, err := s.inState(ctx, a.Org, campaign, Approved, 2000)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		for _, q := range slices.Sorted(mapKeys(x.Said)) {
			out = append(out, Quote{x.ID, x.Language, q, x.Said[q]})
		}
	}
	return out, nil
}

// HeardIn counts the answers of a campaign by language, place, state and whether
// they came with a code.
func (s *Service) HeardIn(ctx context.Context, a access.Actor, campaign string) (out []Heard, err error) {
	defer fault.Wrap(&err, "answer.HeardIn")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = heard(ctx, tx, campaign)
		return err
	})
	return out, err
}

// DayHeard is how many were heard on a day, after moderation.
type DayHeard struct {
	Day      time.Time
	Language string
	Place    string
	N        int
}

// HeardByDay counts the answers of a campaign that moderation let through, in the
// caller's transaction and under the caller's right. A day is as fine as it gets.
func HeardByDay(ctx context.Context, tx *db.Tx, campaign string) (out []DayHeard, err error) {
	defer fault.Wrap(&err, "answer.HeardByDay")
	byHour, err := heardByHour(ctx, tx, campaign)
	for _, h := range byHour {
		h.Day = h.Day.Truncate(24 * time.Hour)
		if n := len(out) - 1; n >= 0 && out[n].Day.Equal(h.Day) && out[n].Language == h.Language && out[n].Place == h.Place {
			out[n].N += h.N
		} else {
			out = append(out, h)
		}
	}
	return out, err
}

// Forget empties the words of answers that are half a year old; the counts stay.
func (s *Service) Forget(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "answer.Forget")
	var all []string
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		all, err = orgs(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	for _, org := range all {
		for more := true; more; {
			if err := s.db.Write(ctx, org, func(tx *db.Tx) error {
				rows, err := old(ctx, tx, s.clock.Now().Add(-KeepWords).Truncate(time.Hour))
				if err != nil {
					return err
				}
				more = len(rows) == 500
				for _, r := range rows {
					if next, ok := r.State.After(VerbForget); ok && r.State != Rejected {
						r.State = next
					}
					r.sealed, r.receiptHash, r.Held, r.Batch = "", "", false, ""
					if err := update(ctx, tx, r); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}
