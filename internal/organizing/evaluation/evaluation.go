// Package evaluation is the round right after something was done together: how it
// felt in one word, what worked, what to change, how others reacted, what happened
// to power, what was learned, who grew, what comes next.
//
// It owns the tables evaluation_round, evaluation_answer and evaluation_grew. It may
// import people, trust and platform. What it asks of other rooms is in provider.go;
// they open a round with OpenIn and ask DoneIn before anything is followed up.
//
// People answer on a phone without an account and nobody knows who said what: no
// cookie, no address, no time finer than the hour. The answers are read together,
// once: then they are words with counts and a list of sentences, and the single
// answers are gone. Of fewer than five answers only the words are kept, without
// counts. Who grew is chosen by those who lead the round, never by the link.
package evaluation

import (
	"slices"
	"time"
)

// Kind is what the round looks back at.
type Kind string

const (
	Meeting     Kind = "meeting"
	House       Kind = "house"
	Research    Kind = "research"
	Assembly    Kind = "assembly"
	Action      Kind = "action"
	Training    Kind = "training"
	Negotiation Kind = "negotiation"
	Turn        Kind = "turn" // of the whole cycle
)

// Kinds lists every kind.
func Kinds() []Kind {
	return []Kind{Meeting, House, Research, Assembly, Action, Training, Negotiation, Turn}
}

// Others reports whether people from outside were there, whose reaction counts.
func (k Kind) Others() bool {
	return slices.Contains([]Kind{Research, Assembly, Action, Negotiation}, k)
}

// State is where a round stands.
type State string

const (
	Open    State = "open"    // answers come in
	Reading State = "reading" // the phones are closed, the words are on the table
	Done    State = "done"
)

// States lists every state.
func States() []State { return []State{Open, Reading, Done} }

var moves = map[State][]State{Open: {Reading, Done}, Reading: {Done}}

// CanBecome reports whether a round may move from one state to another. Phones
// never open again: whoever looked twice could see what the last one said.
func (s State) CanBecome(next State) bool { return slices.Contains(moves[s], next) }

// Within is how soon after the end a round must be done.
const Within = 24 * time.Hour

// phonesFor is how long a link takes answers when nobody closes it.
const phonesFor = 7 * 24 * time.Hour

// Few is how many answers it takes until counts and sentences are shown inside.
const Few = 5

// Reactions lists what people may have seen in those they met, or felt among
// themselves: that they were strong, that they were taken seriously, that they came
// closer.
func Reactions() []string { return []string{"power", "recognition", "relationship"} }

// Shifts lists what may have happened to power, from much less to much more.
func Shifts() []int { return []int{-2, -1, 0, 1, 2} }

// Said is what one phone says. Everything may be left out but the word.
type Said struct {
	Language string   `json:"language,omitempty"`
	Feeling  string   `json:"feeling,omitempty"` // a code of the list or one's own word
	Worked   string   `json:"worked,omitempty"`
	Change   string   `json:"change,omitempty"`
	Saw      []string `json:"saw,omitempty"` // of Reactions
	Reaction string   `json:"reaction,omitempty"`
	Power    *int     `json:"power,omitempty"`
	Learned  string   `json:"learned,omitempty"`
	Next     string   `json:"next,omitempty"`
}

// Empty reports whether nothing was said.
func (s Said) Empty() bool {
	return s.Feeling == "" && s.Worked == "" && s.Change == "" && len(s.Saw) == 0 && s.Reaction == "" && s.Power == nil && s.Learned == "" && s.Next == ""
}

// Gathered is what the phones said, together. Nothing in it belongs to anybody.
type Gathered struct {
	N        int            `json:"n"`
	Few      bool           `json:"few,omitempty"`   // words without counts, and nothing else
	Felt     []Felt         `json:"felt,omitempty"`  // N is 0 where too few gave a word
	Saw      map[string]int `json:"saw,omitempty"`   // of Reactions
	Power    int            `json:"power,omitempty"` // in the middle, to the nearest step
	PowerN   int            `json:"power_n,omitempty"`
	Worked   []string       `json:"worked,omitempty"`
	Change   []string       `json:"change,omitempty"`
	Reaction []string       `json:"reaction,omitempty"`
	Learned  []string       `json:"learned,omitempty"`
	Next     []string       `json:"next,omitempty"`
}

// Gather puts single answers together, in an order that says nothing of who gave
// which: every list is sorted for itself.
func Gather(list []Said) Gathered {
	g := Gathered{N: len(list), Few: len(list) < Few}
	var words []string
	sum := 0
	for _, s := range list {
		if s.Feeling != "" {
			words = append(words, s.Feeling)
		}
		if g.Few {
			continue
		}
		for _, code := range s.Saw {
			if slices.Contains(Reactions(), code) {
				if g.Saw == nil {
					g.Saw = map[string]int{}
				}
				g.Saw[code]++
			}
		}
		if s.Power != nil {
			sum += *s.Power
			g.PowerN++
		}
		for _, x := range []struct {
			to   *[]string
			text string
		}{{&g.Worked, s.Worked}, {&g.Change, s.Change}, {&g.Reaction, s.Reaction}, {&g.Learned, s.Learned}, {&g.Next, s.Next}} {
			if x.text != "" {
				*x.to = append(*x.to, x.text)
			}
		}
	}
	for _, l := range [][]string{g.Worked, g.Change, g.Reaction, g.Learned, g.Next} {
		slices.Sort(l)
	}
	if g.PowerN < Few {
		g.PowerN = 0
	} else {
		g.Power = nearest(sum, g.PowerN)
	}
	g.Felt = Group(words)
	if len(words) < Few {
		slices.SortFunc(g.Felt, byWord)
		for i := range g.Felt {
			g.Felt[i].N = 0
		}
	}
	return g
}

// nearest divides to the nearest whole number, halves away from zero.
func nearest(sum, n int) int {
	if sum < 0 {
		return -nearest(-sum, n)
	}
	return (2*sum + n) / (2 * n)
}

// Words is everything in words.
type Words struct {
	Title    string   `json:"title,omitempty"`
	Link     string   `json:"link,omitempty"` // token of the page on the phones, while it is open
	Felt     []Felt   `json:"felt,omitempty"` // as said aloud in the room
	Worked   string   `json:"worked,omitempty"`
	Change   string   `json:"change,omitempty"`
	Saw      []string `json:"saw,omitempty"`
	Reaction string   `json:"reaction,omitempty"`
	Learned  string   `json:"learned,omitempty"`
	Phones   Gathered `json:"phones,omitzero"`
}

// Round is a round as those who lead it see it.
type Round struct {
	ID      string
	Ref     string
	Kind    Kind
	Team    string // whose it is; empty: of no team
	Account string // who has to see to it
	At      time.Time
	Due     time.Time
	Made    time.Time
	State   State
	Flagged time.Time // when it was found to be late
	ReadAt  time.Time
	DoneAt  time.Time
	DoneBy  string // account
	WithinH int    // hours from the end to the last word
	Power   *int
	Version int64
	Words
}

// Late reports whether the round should be done by now.
func (r Round) Late(now time.Time) bool { return r.State != Done && now.After(r.Due) }

// OnTime reports whether it was done within a day.
func (r Round) OnTime() bool { return r.State == Done && !r.DoneAt.After(r.Due) }

// PromiseRef is what its commitments belong to: the team, whose next meeting asks
// for them, or what the round looks back at.
func (r Round) PromiseRef() string {
	if r.Team != "" {
		return "team:" + r.Team
	}
	return r.Ref
}

// Enough reports whether there is what a round must have: a word for how it was,
// and something that worked or that should change.
func (r Round) Enough() bool {
	return len(r.Felt)+len(r.Phones.Felt) > 0 && (r.Worked != "" || r.Change != "" || r.Phones.N > 0)
}

// Feelings are the words of the room and of the phones as one list, when both may
// be counted; otherwise those of the room, and the phones' beside them without
// counts. Subtracting one from the other must not give away what few phones said.
func (w Words) Feelings() (counted, beside []Felt) {
	if w.Phones.N == 0 {
		return w.Felt, nil
	}
	if slices.ContainsFunc(w.Phones.Felt, func(f Felt) bool { return f.N == 0 }) {
		return w.Felt, w.Phones.Felt
	}
	return merge(w.Felt, w.Phones.Felt), nil
}
