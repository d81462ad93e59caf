// Checking the chain, and the checkpoints that leave the house.
package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// Checkpoint is the end of a chain at some moment. Kept outside (on paper, in
// two mailboxes), it proves that nothing before it was cut off or rewritten.
type Checkpoint struct {
	Org  string
	Seq  int64
	Hash string
}

// String is the printed form: "7 3f2a…", organization apart.
func (c Checkpoint) String() string { return fmt.Sprintf("%d %s", c.Seq, c.Hash) }

// ParseCheckpoint reads the printed form.
func ParseCheckpoint(org, s string) (Checkpoint, error) {
	seq, hash, ok := strings.Cut(strings.TrimSpace(s), " ")
	n, err := strconv.ParseInt(seq, 10, 64)
	raw, herr := hex.DecodeString(strings.TrimSpace(hash))
	if !ok || err != nil || herr != nil || n < 0 || len(raw) != 32 {
		return Checkpoint{}, fault.Wrong(fault.At("checkpoint", "fault.invalid"))
	}
	return Checkpoint{Org: org, Seq: n, Hash: hex.EncodeToString(raw)}, nil
}

// Checkpoint returns the end of an organization's chain, for printing.
func (l *Log) Checkpoint(ctx context.Context, org string) (c Checkpoint, err error) {
	defer fault.Wrap(&err, "audit.Checkpoint")
	err = l.db.Read(ctx, org, func(tx *db.Tx) error {
		c, err = readHead(ctx, tx, org)
		return err
	})
	return c, err
}

// Problem says what is wrong with a chain.
type Problem string

const (
	Fine         Problem = ""
	Changed      Problem = "changed"       // the entry's content does not give its hash
	Missing      Problem = "missing"       // a number is left out
	CutOff       Problem = "cut_off"       // the chain ends before its recorded end, or before a checkpoint
	Unrecorded   Problem = "unrecorded"    // entries after the recorded end
	NotTheSame   Problem = "not_the_same"  // a checkpoint shows another hash: rewritten
	WrongNumber  Problem = "wrong_number"  // numbers do not start at 1
	ForeignCheck Problem = "foreign_check" // a checkpoint of another organization
)

// Report is the outcome of a verification.
type Report struct {
	Org     string
	Events  int64
	Problem Problem
	BadSeq  int64 // first bad entry; 0 when all is well
	End     Checkpoint
}

// OK reports whether the chain is whole.
func (r Report) OK() bool { return r.Problem == Fine }

// Verify reads an organization's whole chain and names the first bad entry.
// Checkpoints kept outside make a rewritten or shortened chain visible, too.
func (l *Log) Verify(ctx context.Context, org string, known ...Checkpoint) (rep Report, err error) {
	defer fault.Wrap(&err, "audit.Verify(%s)", org)
	rep = Report{Org: org}
	at := map[int64]string{}
	for _, c := range known {
		if c.Org != org {
			rep.Problem = ForeignCheck
			return rep, nil
		}
		if old, ok := at[c.Seq]; ok && old != c.Hash {
			rep.Problem, rep.BadSeq = NotTheSame, c.Seq
			return rep, nil
		}
		at[c.Seq] = c.Hash
	}
	// One read is one snapshot on both engines, so end and entries belong together.
	err = l.db.Read(ctx, org, func(tx *db.Tx) error {
		head, err := readHead(ctx, tx, org)
		if err != nil {
			return err
		}
		rep, err = walk(head, at, func(visit func(Entry) error) error { return eachEntry(ctx, tx, org, visit) })
		return err
	})
	return rep, err
}

var errStop = errors.New("stop")

// walk checks entries, which each must give in the order of their numbers.
func walk(head Checkpoint, known map[int64]string, each func(visit func(Entry) error) error) (Report, error) {
	rep := Report{Org: head.Org}
	prev := Checkpoint{Org: head.Org, Hash: start(head.Org)}
	bad := func(p Problem, seq int64) error {
		rep.Problem, rep.BadSeq = p, seq
		return errStop
	}
	err := each(func(e Entry) error {
		switch hash, checked := known[e.Seq]; {
		case e.Seq < 1:
			return bad(WrongNumber, e.Seq)
		case e.Seq != prev.Seq+1:
			return bad(Missing, prev.Seq+1)
		case e.Hash != link(prev.Hash, e):
			return bad(Changed, e.Seq)
		case checked && hash != e.Hash:
			return bad(NotTheSame, e.Seq)
		case e.Seq > head.Seq:
			return bad(Unrecorded, e.Seq)
		}
		rep.Events++
		prev = Checkpoint{Org: head.Org, Seq: e.Seq, Hash: e.Hash}
		return nil
	})
	rep.End = prev
	if err != nil && !errors.Is(err, errStop) {
		return rep, err
	}
	if rep.Problem != Fine {
		return rep, nil
	}
	switch {
	case prev.Seq < head.Seq:
		rep.Problem, rep.BadSeq = CutOff, prev.Seq+1
	case prev.Hash != head.Hash:
		rep.Problem, rep.BadSeq = Changed, prev.Seq
	}
	for seq, hash := range known {
		switch {
		case seq > prev.Seq && (rep.BadSeq == 0 || prev.Seq+1 < rep.BadSeq):
			rep.Problem, rep.BadSeq = CutOff, prev.Seq+1
		case seq == 0 && hash != start(head.Org):
			rep.Problem, rep.BadSeq = NotTheSame, 0
		}
	}
	return rep, nil
}
