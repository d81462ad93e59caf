// Votes on paper from a meeting: tallies without voters. They count in the totals
// of a statement and in no group, because nobody knows who said what together.
package statement

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Paper is a tally of one statement.
type Paper struct {
	Batch, Statement      string
	Agree, Disagree, Pass int
	fresh                 bool
}

const mostOnPaper = 5000

// PaperIn is what a meeting counted.
type PaperIn struct {
	Conversation string
	Tallies      []Paper
	Key          string // _key
}

// Count adds a meeting's tallies. A statement on which fewer voted than may be
// shown is refused: its number would be somebody's vote.
func (s *Service) Count(ctx context.Context, a access.Actor, in PaperIn) (batch string, err error) {
	defer fault.Wrap(&err, "statement.Count")
	g, err := access.Check(a, needChange)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		batch, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "statement.paper:"+in.Conversation, func() (string, error) {
			r, err := conversationByID(ctx, tx, in.Conversation)
			if err != nil {
				return "", err
			}
			kept, err := checkPaper(ctx, tx, r, in.Tallies)
			if err != nil {
				return "", err
			}
			made := id.New(s.clock.Now())
			for _, p := range kept {
				p.Batch = made
				if err := addPaper(ctx, tx, r.ID, p); err != nil {
					return "", err
				}
			}
			return made, s.note(ctx, tx, a, g, "paper", "conversation", r.ID, "")
		})
		return err
	})
	return batch, err
}

func checkPaper(ctx context.Context, tx *db.Tx, r conversationRow, in []Paper) (kept []Paper, err error) {
	var bad []fault.Field
	for _, p := range in {
		n := p.Agree + p.Disagree + p.Pass
		switch {
		case p.Agree < 0 || p.Disagree < 0 || p.Pass < 0 || n > mostOnPaper:
			bad = append(bad, fault.At("agree-"+p.Statement, "statement.error.paper_most", "Most", mostOnPaper))
			continue
		case n == 0:
			continue
		case n < r.step():
			bad = append(bad, fault.At("agree-"+p.Statement, "statement.error.paper_few", "Least", r.step()))
			continue
		}
		st, err := byID(ctx, tx, p.Statement)
		if err != nil {
			return nil, err
		}
		if st.Conversation != r.ID || st.State != Approved {
			return nil, fault.Missing("statement")
		}
		kept = append(kept, p)
	}
	if len(bad) > 0 {
		return nil, fault.Wrong(bad...)
	}
	if len(kept) == 0 {
		return nil, fault.Wrong(fault.At("paper", "statement.error.paper_none"))
	}
	return kept, nil
}
