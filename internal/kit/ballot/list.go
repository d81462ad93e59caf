// The list of ballots: what is stored while a box is open and published when it
// is closed. It is kept in the order of its tokens, which are random, so it does
// not tell who came first.
package ballot

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

// Kind is how a ballot came in.
type Kind string

const (
	Online Kind = "online" // sealed in a browser and signed blindly
	Paper  Kind = "paper"  // marked by hand, with a printed serial, entered by two people
	Slip   Kind = "slip"   // entered by the voter with a code drawn from a hat
)

// Entry is one ballot. The signature covers all of it and the decision's id, so
// nobody without the key can change or add one, and a voter whose ballot is
// missing or other than it was can prove it.
type Entry struct {
	Kind      Kind   `json:"kind"`
	Token     string `json:"token"` // online: 32 random bytes; paper and slip: the printed code
	Choice    string `json:"choice"`
	Signature string `json:"signature"`
}

const tokenSize = 32

// Format names the form of a published list.
const Format = "seedbed-ballots-1"

// Least is the smallest number of ballots that is counted in the open. Below it a
// result says too much about each of those who voted.
const Least = 5

// MaxEntries bounds a list.
const MaxEntries = 20000

// List is what anybody needs to count again.
type List struct {
	Format   string    `json:"format"`
	Decision string    `json:"decision"`
	Spec     Spec      `json:"spec"`
	Key      PublicKey `json:"key"`
	Issued   int       `json:"issued"` // voters to whom a blind signature was given
	Slips    []string  `json:"slips"`  // marks of all printed codes, made before voting began
	Ballots  []Entry   `json:"ballots"`
}

// message is what is signed.
func message(decision string, e Entry) []byte {
	return []byte(strings.Join([]string{Format, decision, string(e.Kind), e.Token, e.Choice}, "\n"))
}

// Mark is what is kept of a printed code before it comes back: enough to know it
// again, useless for voting.
func Mark(decision, code string) string {
	return id.Hash(strings.Join([]string{Format, decision, code}, "\n"))
}

// codeSize is chosen so that sixty bits stand between a mark and its code.
const codeSize = 12

// NewCode makes a printed code. Read what people type with id.ParseCode.
func NewCode() string { return id.Code(codeSize) }

// Well reports whether an entry has the right form; its signature is another question.
func (s Spec) Well(e Entry) error {
	wrong := fault.New(fault.Invalid, "decision.wrong.ballot")
	switch e.Kind {
	case Online:
		if b, err := decode(e.Token); err != nil || len(b) != tokenSize {
			return wrong
		}
	case Paper, Slip:
		if len(e.Token) != codeSize || id.ParseCode(e.Token) != e.Token || !each(strings.Split(e.Token, ""), isCode) {
			return wrong
		}
	default:
		return wrong
	}
	if _, err := s.read(e.Choice); err != nil {
		return err
	}
	return nil
}

func isCode(c string) bool { return c >= "0" && c <= "9" || c >= "A" && c <= "Z" }

func byToken(a, b Entry) int { return strings.Compare(a.Token, b.Token) }

// Add puts a ballot into a list in its place. The same ballot again changes
// nothing and says so; another one with the same token is refused.
func Add(ballots []Entry, e Entry) (all []Entry, again bool, err error) {
	at, found := slices.BinarySearchFunc(ballots, e, byToken)
	switch {
	case found && ballots[at].Choice == e.Choice && ballots[at].Kind == e.Kind:
		return ballots, true, nil
	case found:
		return nil, false, fault.Clash("decision.wrong.twice")
	case len(ballots) >= MaxEntries:
		return nil, false, fault.New(fault.Limited, "decision.wrong.full")
	}
	return slices.Insert(ballots, at, e), false, nil
}

// ParseList reads a published list. It accepts one form only, the one Bytes writes.
func ParseList(b []byte) (l List, err error) {
	wrong := fault.New(fault.Invalid, "decision.wrong.list")
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return List{}, fault.Because(wrong, err)
	}
	again, err := l.Bytes()
	if err != nil || !bytes.Equal(again, b) {
		return List{}, wrong
	}
	return l, nil
}

// Bytes writes the list, one ballot to a line, always the same way.
func (l List) Bytes() ([]byte, error) {
	if l.Slips == nil {
		l.Slips = []string{}
	}
	if l.Ballots == nil {
		l.Ballots = []Entry{}
	}
	b, err := json.MarshalIndent(l, "", " ")
	return append(b, '\n'), err
}

// Check verifies everything that can be verified from the list alone: the form,
// the order, that no token comes twice, every signature, that printed codes were
// announced before voting, and that there are no more ballots than voters.
func (l List) Check() error {
	wrong := func(key string, args ...any) error { return fault.New(fault.Invalid, key, args...) }
	if l.Format != Format || !id.Valid(l.Decision) || len(l.Ballots) > MaxEntries || l.Issued < 0 {
		return wrong("decision.wrong.list")
	}
	if err := l.Spec.Check(); err != nil {
		return err
	}
	if l.Spec.Unit != Person || !slices.IsSorted(l.Slips) || !distinct(l.Slips) {
		return wrong("decision.wrong.list")
	}
	key, err := l.Key.rsa()
	if err != nil {
		return fault.Because(wrong("decision.wrong.list"), err)
	}
	online := 0
	for i, e := range l.Ballots {
		if i > 0 && byToken(l.Ballots[i-1], e) >= 0 {
			return wrong("decision.wrong.twice")
		}
		if err := l.Spec.Well(e); err != nil {
			return err
		}
		if err := verify(key, l.Decision, e); err != nil {
			return err
		}
		if e.Kind == Online {
			online++
		} else if _, known := slices.BinarySearch(l.Slips, Mark(l.Decision, e.Token)); !known {
			return wrong("decision.wrong.slip")
		}
	}
	if online > l.Issued {
		return wrong("decision.wrong.too_many")
	}
	return nil
}

// Count checks the list and counts it.
func (l List) Count() (Result, error) {
	if err := l.Check(); err != nil {
		return Result{}, err
	}
	all := make([]Ballot, len(l.Ballots))
	for i, e := range l.Ballots {
		all[i].Choice = e.Choice
	}
	return l.Spec.Count(all)
}

// Find returns the ballot with a token or printed code, for the voter who holds it.
func (l List) Find(token string) (Entry, bool) {
	for _, t := range []string{strings.TrimSpace(token), id.ParseCode(token)} {
		if at, ok := slices.BinarySearchFunc(l.Ballots, Entry{Token: t}, byToken); ok {
			return l.Ballots[at], true
		}
	}
	return Entry{}, false
}
