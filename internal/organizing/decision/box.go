// The ballot box: one row, in the order of random tokens. While a secret decision
// is open its ballots lie sealed under the decision's own key, so that nobody reads
// an interim result from the database, and every copy of the disk made meanwhile is
// noise from the moment at which closing destroys the key.
package decision

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

// stored is a ballot in the box. Institution is there only for a show of hands.
type stored struct {
	ballot.Entry
	Institution string `json:"institution,omitempty"`
}

type box struct {
	ballots       []stored
	slips, signed []string
}

func find(list []stored, token string) (int, bool) {
	return slices.BinarySearchFunc(list, token, func(e stored, t string) int { return strings.Compare(e.Token, t) })
}

func (b *box) put(e stored) {
	at, _ := find(b.ballots, e.Token)
	b.ballots = slices.Insert(b.ballots, at, e)
}

// sealed reports whether the ballots of a decision lie under its key just now.
func (r row) sealed() bool { return r.openness == Secret && r.state == Open }

func boxCell(r row) vault.Cell {
	return vault.Cell{Org: r.org, Person: r.keyID, Table: "decision_box", Column: "ballots", Row: r.id}
}

func (s *Service) unpack(ctx context.Context, r row, text string) (list []stored, err error) {
	if r.sealed() {
		if text, err = s.vault.Open(ctx, boxCell(r), text); err != nil {
			return nil, err
		}
	}
	err = json.Unmarshal([]byte(text), &list)
	return list, err
}

func (s *Service) pack(ctx context.Context, r row, list []stored) (string, error) {
	text, err := listJSON(list)
	if err == nil && r.sealed() {
		text, err = s.vault.Seal(ctx, boxCell(r), text)
	}
	return text, err
}

func listJSON[T any](list []T) (string, error) {
	if list == nil {
		return "[]", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func (s *Service) readBox(ctx context.Context, tx *db.Tx, r row) (b box, err error) {
	text, err := boxOf(ctx, tx, r.id)
	if err != nil {
		return b, err
	}
	if b.ballots, err = s.unpack(ctx, r, text.ballots); err != nil {
		return b, err
	}
	if err = json.Unmarshal([]byte(text.slips), &b.slips); err != nil {
		return b, err
	}
	err = json.Unmarshal([]byte(text.signed), &b.signed)
	return b, err
}

func (s *Service) writeBox(ctx context.Context, tx *db.Tx, r row, b box) (err error) {
	var text boxRow
	if text.ballots, err = s.pack(ctx, r, b.ballots); err != nil {
		return err
	}
	if text.slips, err = listJSON(b.slips); err != nil {
		return err
	}
	if text.signed, err = listJSON(b.signed); err != nil {
		return err
	}
	return putBox(ctx, tx, r.id, text)
}

func (s *Service) readBallots(ctx context.Context, tx *db.Tx, r row) (b box, err error) {
	text, err := boxColumn(ctx, tx, r.id, "ballots")
	if err == nil {
		b.ballots, err = s.unpack(ctx, r, text)
	}
	return b, err
}

func (s *Service) writeBallots(ctx context.Context, tx *db.Tx, r row, b box) error {
	text, err := s.pack(ctx, r, b.ballots)
	if err != nil {
		return err
	}
	return putBoxColumn(ctx, tx, r.id, "ballots", text)
}

func readSigned(ctx context.Context, tx *db.Tx, decision string) (list []string, err error) {
	text, err := boxColumn(ctx, tx, decision, "signed")
	if err == nil {
		err = json.Unmarshal([]byte(text), &list)
	}
	return list, err
}

func writeSigned(ctx context.Context, tx *db.Tx, decision string, list []string) error {
	text, err := listJSON(list)
	if err != nil {
		return err
	}
	return putBoxColumn(ctx, tx, decision, "signed", text)
}
