package turnout

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// Seats × 1.5, rounded up: to fill 300 ask for 450.
func TestPromises(t *testing.T) {
	for seats, want := range map[int]int{0: 0, 1: 2, 2: 3, 99: 149, 100: 150, 300: 450} {
		if got := Promises(seats); got != want {
			t.Errorf("%d seats: %d promises, want %d", seats, got, want)
		}
	}
}

func TestOnlyOpenMoves(t *testing.T) {
	for _, from := range States() {
		for _, to := range States() {
			if got, want := from.CanBecome(to), from == Open && to != Open; got != want {
				t.Errorf("%s → %s: %v", from, to, got)
			}
		}
	}
}

// Every answer × every press, before and within the days of confirming.
func TestAfterACall(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, x := range []struct {
		from       Ask
		r          Result
		confirming bool
		want       Ask
	}{
		{Ask{Answer: Asked}, SaidYes, false, Ask{Answer: Yes}},
		{Ask{Answer: Asked}, SaidYes, true, Ask{Answer: Yes, Confirmed: true}},
		{Ask{Answer: Yes}, SaidYes, true, Ask{Answer: Yes, Confirmed: true}},
		{Ask{Answer: Yes, Confirmed: true}, SaidNo, true, Ask{Answer: No}},
		{Ask{Answer: No}, SaidYes, false, Ask{Answer: Yes}},
		{Ask{Answer: Yes}, NotReached, true, Ask{Answer: Yes, Tries: 1, Tried: now}},
		{Ask{Answer: Asked, Tries: 1}, NotReached, false, Ask{Answer: Asked, Tries: 2, Tried: now}},
		{Ask{Answer: Yes}, WrongPhone, true, Ask{Answer: Yes, Wrong: true, Tried: now}},
		{Ask{Answer: Yes, Wrong: true}, SaidYes, false, Ask{Answer: Yes}},
	} {
		if got := x.from.After(x.r, x.confirming, now); got != x.want {
			t.Errorf("%+v, %s: %+v, want %+v", x.from, x.r, got, x.want)
		}
	}
}

func TestWhoIsCalled(t *testing.T) {
	for _, x := range []struct {
		k          Ask
		early, now bool
	}{
		{Ask{Answer: Asked}, true, true}, {Ask{Answer: Yes}, false, true}, {Ask{Answer: Yes, Confirmed: true}, false, false}, {Ask{Answer: No}, false, false},
		{Ask{Answer: Asked, Wrong: true}, false, false}, {Ask{Answer: Yes, Present: true}, false, false},
	} {
		if x.k.ToCall(false) != x.early || x.k.ToCall(true) != x.now {
			t.Errorf("%+v: %v %v", x.k, x.k.ToCall(false), x.k.ToCall(true))
		}
	}
}

// Every person once, every number under one institution.
func TestSum(t *testing.T) {
	shares := []Share{
		{Institution: "a", Goal: 60, Asked: 80, Yes: 60, Confirmed: 50, Roll: 52}, // says so of all its people
		{Institution: "a", Person: "thu", Goal: 5, Asked: 4, Yes: 3, Roll: -1},    // three more whom nobody wrote down
		{Person: "luis", Goal: 3, Asked: 2, Yes: 1, Roll: -1},
	}
	asks := []Ask{
		{Person: "p1", By: "thu", Institution: "a", Answer: Yes, Confirmed: true, Present: true},
		{Person: "p2", By: "p1", Institution: "a", Answer: No},
		{Person: "p3", By: "luis", Answer: Yes},
		{Person: "p4", Institution: "b", Answer: Asked},
	}
	counts := []Count{{Institution: "a", Attended: 51}, {Institution: "b", Attended: -2}, {Attended: 7}}
	got := Sum(300, shares, asks, counts)
	want := Sums{Total: Numbers{Goal: 300, Asked: 80 + 1 + 3, Yes: 60 + 2, Confirmed: 50, Attended: 52 + 7}, Bodies: []Body{
		{Institution: "", Numbers: Numbers{Goal: 3, Asked: 3, Yes: 2, Attended: 7}, Named: 1, Roll: -1},
		{Institution: "a", Numbers: Numbers{Goal: 60, Asked: 80, Yes: 60, Confirmed: 50, Attended: 52}, Named: 1, Roll: 52},
		{Institution: "b", Numbers: Numbers{Asked: 1}, Roll: -1},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n%+v\n%+v", got, want)
	}
	shares[0].Asked, shares[0].Yes = 2, 2 // less than is known by name and told beside it
	if b := Sum(300, shares, asks, nil).Bodies[1]; b.Yes != 4 || b.Asked != 6 {
		t.Errorf("%+v", b)
	}
}

func TestBranches(t *testing.T) {
	asks := []Ask{
		{Person: "a", By: "", Answer: Yes}, {Person: "b", By: "a", Answer: Yes, Confirmed: true}, {Person: "c", By: "b", Answer: Yes, Present: true}, {Person: "d", By: "c", Answer: No},
		{Person: "e", By: "", Answer: Yes}, {Person: "x", By: "y"}, {Person: "y", By: "x"}, // a circle
	}
	shares := []Share{{Person: "a", Goal: 3}, {Person: "c", Goal: 2, Asked: 4, Yes: 2, Confirmed: 1}, {Person: "e", Yes: 9}}
	for root, want := range map[string][]string{"a": {"b", "c", "d"}, "c": {"d"}, "d": nil, "e": nil, "x": {"y"}, "": nil, "nobody": nil} {
		if got := Branch(asks, root); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", root, got, want)
		}
	}
	if got, want := OfBranch(shares, asks, "a"), (Numbers{Goal: 3, Asked: 3 + 4, Yes: 2 + 2, Confirmed: 1 + 1, Attended: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// A person under two entries counts once, whichever comes first, and never less than
// the better of the two.
func TestOnce(t *testing.T) {
	root := func(p string) string {
		if p == "twin" {
			return "p"
		}
		return p
	}
	list := []Ask{{Person: "p", By: "a", Answer: Asked, Tries: 1}, {Person: "twin", By: "b", Institution: "i", Answer: Yes, Confirmed: true, Tries: 2}, {Person: "q", By: "twin"}, {Person: "r"}}
	for range 24 {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		got := once(slices.Clone(list), root)
		i := slices.IndexFunc(got, func(k Ask) bool { return k.Person == "p" })
		if len(got) != 3 || got[i].Answer != Yes || !got[i].Confirmed || got[i].Tries != 3 || got[i].By != "b" || got[i].Institution != "i" {
			t.Fatalf("%+v", got)
		}
		if j := slices.IndexFunc(got, func(k Ask) bool { return k.Person == "q" }); got[j].By != "p" {
			t.Fatalf("%+v", got)
		}
	}
}

// What is next, whose turn it is and until when.
func TestNext(t *testing.T) {
	at := time.Date(2026, 11, 14, 18, 0, 0, 0, time.UTC)
	tr := Turnout{State: Open, At: at, Minutes: 60}
	for _, x := range []struct {
		name  string
		after time.Duration
		sent  bool
		n     Numbers
		want  Act
		late  bool
	}{
		{"weeks before", -20 * 24 * time.Hour, false, Numbers{}, AskMore, false},
		{"three days before", -72 * time.Hour, false, Numbers{Yes: 5}, AskAgain, false},
		{"a day before, nobody was asked", -20 * time.Hour, false, Numbers{Yes: 5}, AskAgain, true},
		{"all confirmed", -40 * time.Hour, true, Numbers{Yes: 5, Confirmed: 5}, KeepDoor, false},
		{"some have not answered", -40 * time.Hour, true, Numbers{Yes: 5, Confirmed: 3}, AskAgain, false},
		{"the day", -2 * time.Hour, true, Numbers{Yes: 5}, KeepDoor, false},
		{"afterwards", 2 * time.Hour, true, Numbers{}, CloseBooks, false},
		{"three days afterwards", 73 * time.Hour, true, Numbers{}, CloseBooks, true},
	} {
		now := at.Add(x.after)
		v := tr
		if x.sent {
			v.Sent = now
		}
		if act, by, late := v.Next(x.n, now); act != x.want || late != x.late || by.IsZero() {
			t.Errorf("%s: %s %v %v", x.name, act, by, late)
		}
	}
	tr.State = Held
	if act, _, _ := tr.Next(Numbers{}, at); act != Nothing {
		t.Error(act)
	}
}

// What leaves the room cannot be worked out to be about a few people.
func TestReliabilityOutside(t *testing.T) {
	for _, x := range []struct {
		promised, present, percent int
		shown                      bool
	}{{60, 52, 87, false}, {40, 19, 48, true}, {10, 9, 90, false}, {60, 60, 100, true}, {60, 0, 0, true}, {30, 5, 17, false}, {20, 34, 170, true}} {
		r := Reliability{Promised: x.promised, Present: x.present}
		if p, ok := r.Share(); !ok || p != x.percent || r.Shown() != x.shown {
			t.Errorf("%d of %d: %d %v %v", x.present, x.promised, p, ok, r.Shown())
		}
	}
	if _, ok := (Reliability{}).Share(); ok {
		t.Error("a share of nothing")
	}
}
