// Counts for indicators: what people in office answered. It is public.
package assembly

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// AnswersBetween counts the answers of the assemblies and actions of a stretch of time.
func (s *Service) AnswersBetween(ctx context.Context, org string, from, until time.Time) (out map[Answer]int, err error) {
	defer fault.Wrap(&err, "assembly.AnswersBetween")
	err = s.DB.Read(ctx, org, func(tx *db.Tx) error {
		out = map[Answer]int{}
		rows, err := db.Select(ctx, tx, scan, `SELECT `+columns+` FROM assembly WHERE org_id=$1 AND at>=$2 AND at<$3 AND state<>'cancelled' ORDER BY at, id`, tx.Org(), db.Micros(from), db.Micros(until))
		if err != nil {
			return err
		}
		for _, r := range rows {
			w, err := s.whole(ctx, tx, r)
			if err != nil {
				return err
			}
			for _, ask := range w.Asks {
				if st := w.Stands[ask.ID]; st.Answered() && !st.Open() {
					out[st.Answer]++
				}
			}
		}
		return nil
	})
	return out, err
}
