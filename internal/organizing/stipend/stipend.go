// Package stipend is what taking part costs people and what they are paid for it:
// asked for by one, approved by another, paid, each once and each on record.
//
// It owns the table stipend. It may import people, trust and platform.
//
// A payment and a reimbursement are different things. Money somebody already spent
// comes back to them; a payment or a gift card is income to some offices and can
// lower a benefit. So the two are never added up, and nothing is paid as income
// before somebody has read the notice about benefits to the person and said so.
// There is no field for why: a list of purposes is enough to pay by.
package stipend

import (
	"slices"
	"time"
)

// Kind is what is paid.
type Kind string

const (
	Payment   Kind = "payment"
	GiftCard  Kind = "gift_card"
	Childcare Kind = "childcare"
	Transport Kind = "transport"
	Other     Kind = "other" // another expense
)

// Kinds lists every kind, payments first.
func Kinds() []Kind { return []Kind{Payment, GiftCard, Childcare, Transport, Other} }

// Income reports whether the kind may count as income where benefits are decided;
// the others give back what was spent.
func (k Kind) Income() bool { return k == Payment || k == GiftCard }

// Purposes lists what somebody is paid for.
func Purposes() []string {
	return []string{"meeting", "house_meeting", "training", "one_to_one", "interpreting", "speaking", "planning"}
}

// State is where a request stands.
type State string

const (
	Requested State = "requested"
	Approved  State = "approved"
	Paid      State = "paid"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// States lists every state.
func States() []State { return []State{Requested, Approved, Paid, Refused, Withdrawn} }

var moves = map[State][]State{Requested: {Approved, Refused, Withdrawn}, Approved: {Paid, Withdrawn}}

// CanBecome reports whether a request may move from one state to another.
func (s State) CanBecome(next State) bool { return slices.Contains(moves[s], next) }

// Entry is one payment or reimbursement, on its way or made.
type Entry struct {
	ID       string
	Person   string // empty for readers who may not know more than the name
	Name     string
	Kind     Kind
	Purpose  string
	Ref      string // what it was for: "meeting:ID"
	Amount   int64  // in the smallest unit
	Currency string
	Day      string // on which it was earned or spent
	State    State
	AskedBy  string // accounts
	Asked    time.Time
	By       string // who approved or refused
	Settled  time.Time
	Notice   time.Time // the notice about benefits was read
	NoticeIn string    // language
	PaidBy   string
	PaidAt   time.Time
}

// NeedsNotice reports whether the notice about benefits must be read before it is paid.
func (e Entry) NeedsNotice() bool { return e.Kind.Income() && e.Notice.IsZero() }

// most is what one entry can be, in the smallest unit: a slip of the finger stops here.
const most = 5_000_00

// Totals is what was paid, the two kept apart.
type Totals struct{ Income, Reimbursed int64 }

// Sum adds up what was paid.
func Sum(list []Entry) (t Totals) {
	for _, e := range list {
		switch {
		case e.State != Paid:
		case e.Kind.Income():
			t.Income += e.Amount
		default:
			t.Reimbursed += e.Amount
		}
	}
	return t
}
