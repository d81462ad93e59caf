// Statements from the team, and moderation of those that voters sent: nothing is
// shown before somebody has looked, near copies are looked at once, and a
// rejection can be taken back.
package statement

import (
	"context"
	"encoding/json"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/theme"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/contact"
)

func (s *Service) sealText(ctx context.Context, org, statement string, t Text) (string, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(ctx, cell(org, "statement_statement", statement), string(plain))
}

func (s *Service) openText(ctx context.Context, org string, st *Statement, sealed string) error {
	plain, err := s.vault.Open(ctx, cell(org, "statement_statement", st.ID), sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(plain), &st.Text)
}

// held reports whether there are words that must be looked at with care. Whoever
// wrote them is not told: the page looks the same.
func held(text string) bool { return len(guard.Check(text)) > 0 }

// SeedIn is a statement from the team; with an ID it gives translations to one
// that is there. The words have passed the guard of the form.
type SeedIn struct {
	Conversation string
	ID           string
	Language     string // in which it was written
	Text         Text   // text-en, text-es …
	Key          string // _key
}

// Seed adds a statement that people can vote on at once, or says one in more
// languages. What has been voted on keeps its own words.
func (s *Service) Seed(ctx context.Context, a access.Actor, in SeedIn) (made string, err error) {
	defer fault.Wrap(&err, "statement.Seed")
	g, err := access.Check(a, needChange)
	if err != nil {
		return "", err
	}
	text, bad := seedText(in)
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "statement.seed:"+in.Conversation+in.ID, func() (string, error) {
			c, err := conversationByID(ctx, tx, in.Conversation)
			if err != nil {
				return "", err
			}
			r, err := s.seeded(ctx, tx, c, in, text)
			if err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "seed", "statement", r.ID, "")
		})
		return err
	})
	s.forgetBoard(a.Org, in.Conversation)
	return made, err
}

func seedText(in SeedIn) (Text, []fault.Field) {
	var bad []fault.Field
	if in.ID == "" && !contact.Language(in.Language) {
		bad = append(bad, fault.At("lang", "contact.error.choose"))
	}
	out := Text{}
	for lang, typed := range in.Text {
		text, wrong := cleanText("text-"+lang, typed)
		switch {
		case !contact.Language(lang) || text == "" && lang != in.Language:
			continue
		case wrong != nil:
			bad = append(bad, *wrong)
		default:
			out[lang] = text
		}
	}
	if in.ID == "" && out[in.Language] == "" && len(bad) == 0 {
		bad = append(bad, fault.At("text-"+in.Language, "statement.error.empty"))
	}
	return out, bad
}

func (s *Service) seeded(ctx context.Context, tx *db.Tx, c conversationRow, in SeedIn, text Text) (r row, err error) {
	if in.ID == "" {
		n, err := countIn(ctx, tx, c.ID)
		if err != nil {
			return r, err
		}
		if n[Approved] >= mostStatements {
			return r, fault.Clash("statement.error.enough", "Most", mostStatements)
		}
		r = row{Statement: Statement{ID: randomID(), Conversation: c.ID, Language: in.Language, State: Approved}}
		if r.sealed, err = s.sealText(ctx, tx.Org(), r.ID, text); err != nil {
			return r, err
		}
		return r, insert(ctx, tx, r)
	}
	if r, err = byID(ctx, tx, in.ID); err != nil {
		return r, err
	}
	if r.Conversation != c.ID || r.sealed == "" {
		return r, fault.Missing("statement")
	}
	if err := s.openText(ctx, tx.Org(), &r.Statement, r.sealed); err != nil {
		return r, err
	}
	for lang, words := range text {
		if lang != r.Language {
			r.Text[lang] = words
		}
	}
	if r.sealed, err = s.sealText(ctx, tx.Org(), r.ID, r.Text); err != nil {
		return r, err
	}
	return r, update(ctx, tx, r)
}

// Statements lists what people vote on.
func (s *Service) Statements(ctx context.Context, a access.Actor, conversation string) (out []Statement, err error) {
	defer fault.Wrap(&err, "statement.Statements")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	if _, err := s.row(ctx, a.Org, conversation); err != nil {
		return nil, err
	}
	return s.inState(ctx, a.Org, conversation, Approved, mostStatements)
}

func (s *Service) inState(ctx context.Context, org, conversation string, st State, most int) (out []Statement, err error) {
	var rows []row
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		rows, err = inState(ctx, tx, conversation, st, most)
		return err
	}); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.sealed == "" {
			continue
		}
		if err := s.openText(ctx, org, &r.Statement, r.sealed); err != nil {
			return nil, err
		}
		for lang, text := range r.Text {
			r.Text[lang] = guard.Clean(text)
		}
		out = append(out, r.Statement)
	}
	return out, nil
}

// Queue is what waits, near copies together, and how many stand where.
type Queue struct {
	Clusters [][]Statement
	More     bool // there is more than a page can show
	Count    map[State]int
}

const queueSize = 300

// Queue lists what waits for a look.
func (s *Service) Queue(ctx context.Context, a access.Actor, conversation string) (out Queue, err error) {
	defer fault.Wrap(&err, "statement.Queue")
	if _, err := access.Check(a, needChange); err != nil {
		return out, err
	}
	if _, err := s.row(ctx, a.Org, conversation); err != nil {
		return out, err
	}
	list, err := s.inState(ctx, a.Org, conversation, Waiting, queueSize+1)
	if err != nil {
		return out, err
	}
	if out.More = len(list) > queueSize; out.More {
		list = list[:queueSize]
	}
	texts, at := make([]theme.Text, len(list)), map[string]Statement{}
	for i, st := range list {
		text, _ := st.Text.In(st.Language, st.Language)
		texts[i], at[st.ID] = theme.Text{ID: st.ID, Text: text}, st
	}
	for _, group := range theme.Gather(texts, theme.Alike) {
		var c []Statement
		for _, id := range group {
			c = append(c, at[id])
		}
		out.Clusters = append(out.Clusters, c)
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out.Count, err = countIn(ctx, tx, conversation)
		return err
	})
	return out, err
}

// Approve lets people vote on statements. Words that endanger somebody are taken
// out for good.
func (s *Service) Approve(ctx context.Context, a access.Actor, conversation string, ids []string, key string) error {
	_, err := s.moderate(ctx, a, VerbApprove, conversation, ids, "", key)
	return err
}

// Reject keeps statements from being voted on, and returns the batch with which it
// can be taken back. One that was voted on leaves every number.
func (s *Service) Reject(ctx context.Context, a access.Actor, conversation string, ids []string, why Reason, key string) (batch string, err error) {
	if !slices.Contains(Reasons(), why) {
		return "", fault.Wrong(fault.At("reason", "contact.error.choose"))
	}
	return s.moderate(ctx, a, VerbReject, conversation, ids, why, key)
}

func (s *Service) moderate(ctx context.Context, a access.Actor, v Verb, conversation string, ids []string, why Reason, key string) (batch string, err error) {
	defer fault.Wrap(&err, "statement.%s", v)
	g, err := access.Check(a, needChange)
	if err != nil {
		return "", err
	}
	if len(ids) == 0 || len(ids) > queueSize {
		return "", fault.Wrong(fault.At("id", "contact.error.choose"))
	}
	key = idem.Form(key, append([]string{conversation, string(v), string(why)}, ids...)...)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		batch, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "statement."+string(v), func() (string, error) {
			made := id.New(s.clock.Now())
			for _, one := range ids {
				if err := s.judge(ctx, tx, v, conversation, one, why, made); err != nil {
					return "", err
				}
			}
			return made, s.note(ctx, tx, a, g, string(v), "statement", made, string(why))
		})
		return err
	})
	s.forgetBoard(a.Org, conversation)
	return batch, err
}

func (s *Service) judge(ctx context.Context, tx *db.Tx, v Verb, conversation, one string, why Reason, batch string) error {
	r, err := byID(ctx, tx, one)
	if err != nil {
		return err
	}
	if r.Conversation != conversation {
		return fault.Missing("statement")
	}
	next, ok := r.State.After(v)
	if !ok {
		return nil // somebody else was faster, or the sender withdrew it
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
func (s *Service) takeOut(ctx context.Context, org string, r *row) (err error) {
	if !r.Held {
		return nil
	}
	if err := s.openText(ctx, org, &r.Statement, r.sealed); err != nil {
		return err
	}
	for lang, text := range r.Text {
		r.Text[lang] = guard.Clean(text)
	}
	r.Held = false
	r.sealed, err = s.sealText(ctx, org, r.ID, r.Text)
	return err
}

// Undo takes a rejection back: the statements wait again.
func (s *Service) Undo(ctx context.Context, a access.Actor, conversation, batch, key string) (err error) {
	defer fault.Wrap(&err, "statement.Undo")
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), idem.Form(key, batch), "statement.undo", func() (string, error) {
			rows, err := inBatch(ctx, tx, batch)
			if err != nil {
				return "", err
			}
			if len(rows) == 0 || rows[0].Conversation != conversation {
				return "", fault.Missing("batch")
			}
			for _, r := range rows {
				if next, ok := r.State.After(VerbRestore); ok {
					r.State, r.Reason, r.Batch = next, "", ""
					if err := update(ctx, tx, r); err != nil {
						return "", err
					}
				}
			}
			return "", s.note(ctx, tx, a, g, "restore", "statement", batch, "")
		})
		return err
	})
}

// Rejection is a batch that was rejected together.
type Rejection struct {
	Batch  string
	Reason Reason
	N      int
}

// Rejections lists the batches that can still be taken back, newest first.
func (s *Service) Rejections(ctx context.Context, a access.Actor, conversation string) (out []Rejection, err error) {
	defer fault.Wrap(&err, "statement.Rejections")
	if _, err := access.Check(a, needChange); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = db.Select(ctx, tx, func(sc db.Scanner) (r Rejection, err error) {
			err = sc.Scan(&r.Batch, &r.Reason, &r.N)
			return r, err
		}, `SELECT batch, reason, COUNT(*) FROM statement_statement WHERE org_id=$1 AND conversation_id=$2 AND state='rejected' AND batch<>'' GROUP BY batch, reason ORDER BY batch DESC LIMIT 20`, tx.Org(), conversation)
		return err
	})
	return out, err
}
