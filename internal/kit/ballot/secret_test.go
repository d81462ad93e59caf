package ballot

import (
	"bytes"
	"crypto/rand"
	"crypto/sha512"
	"encoding/json"
	"io"
	"math/big"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

const decisionID = "01938f2e-0000-7000-8000-000000000001"

// Keys take a while to make; tests share two.
var keys = sync.OnceValue(func() [2]Key {
	var k [2]Key
	for i := range k {
		var err error
		if k[i], err = NewKey(); err != nil {
			panic(err)
		}
	}
	return k
})

// cast is one voter's way: seal, have it signed, open.
func cast(t testing.TB, k Key, choice string) (Envelope, string, Entry) {
	t.Helper()
	env, err := Seal(k.Public(), decisionID, choice)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := k.SignBlind(env.Blinded)
	if err != nil {
		t.Fatal(err)
	}
	e, err := env.Open(signed)
	if err != nil {
		t.Fatal(err)
	}
	return env, signed, e
}

// filled is a finished list: online, paper and slip ballots of one decision.
func filled(t testing.TB, spec Spec, choices []string) List {
	t.Helper()
	k := keys()[0]
	l := List{Format: Format, Decision: decisionID, Spec: spec, Key: k.Public()}
	for i, choice := range choices {
		var e Entry
		if kind := []Kind{Online, Paper, Slip}[i%3]; kind == Online {
			_, _, e = cast(t, k, choice)
			l.Issued++
		} else {
			code := NewCode()
			l.Slips = append(l.Slips, Mark(decisionID, code))
			var err error
			if e, err = k.Sign(decisionID, Entry{Kind: kind, Token: code, Choice: choice}); err != nil {
				t.Fatal(err)
			}
		}
		all, again, err := Add(l.Ballots, e)
		if err != nil || again {
			t.Fatal(again, err)
		}
		l.Ballots = all
	}
	l.Slips = append(l.Slips, Mark(decisionID, NewCode())) // one that nobody used
	l.Issued++                                             // and one voter who never cast
	slices.Sort(l.Slips)
	return l
}

func TestSealSignOpen(t *testing.T) {
	k := keys()[0]
	env, signed, e := cast(t, k, "agree")
	if err := k.Public().Verify(decisionID, e); err != nil {
		t.Error(err)
	}
	other := e
	other.Choice = "disagree"
	if k.Public().Verify(decisionID, other) == nil {
		t.Error("another choice passes under the same signature")
	}
	if k.Public().Verify(id.Derive("x", "y"), e) == nil {
		t.Error("a ballot of one decision passes in another")
	}
	if keys()[1].Public().Verify(decisionID, e) == nil {
		t.Error("a ballot of one key passes under another")
	}
	if _, err := env.Open(encode(make([]byte, 256))); err == nil {
		t.Error("a wrong answer of the server is taken for a signature")
	}
	if again, err := k.SignBlind(env.Blinded); err != nil || again != signed {
		t.Error("asking again gives another answer")
	}
	b, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseKey(b)
	if err != nil || back.Public() != k.Public() {
		t.Error(err)
	}
	if len(k.Public().Fingerprint()) != 19 || k.Public().Fingerprint() == keys()[1].Public().Fingerprint() {
		t.Error(k.Public().Fingerprint())
	}
}

func TestOnlyBlindedTextsAreSigned(t *testing.T) {
	k := keys()[0]
	n := k.private.N.FillBytes(make([]byte, 256))
	for name, blinded := range map[string]string{"empty": "", "not base64": "!", "short": encode(n[1:]), "zero": encode(make([]byte, 256)), "the modulus": encode(n),
		"two spellings": encode(n) + "=", "long": encode(append([]byte{0}, n...))} {
		if _, err := k.SignBlind(blinded); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, p := range map[string]PublicKey{"none": {}, "small": {N: encode(n[:128]), E: "AQAB"}, "exponent 3": {N: encode(n), E: "Aw"}, "spelled long": {N: encode(append([]byte{0}, n...)), E: "AQAB"}} {
		if _, err := Seal(p, decisionID, "agree"); err == nil {
			t.Errorf("a ballot was sealed under a key that is %s", name)
		}
	}
}

// What the server saw of a voter (the blinded text and its signature) fits every
// ballot of the list: for each pair there is a blinding factor that joins them,
// and the factor was drawn uniformly. So with the signing key in hand, and with
// everything ever sent, no voter is likelier than another to have cast a ballot.
func TestEveryVoterFitsEveryBallot(t *testing.T) {
	k := keys()[0]
	n, e := k.private.N, big.NewInt(exponent)
	type seen struct{ blinded, signed string }
	var voters []seen
	var ballots []Entry
	for _, choice := range []string{"agree", "disagree", "pass", "agree"} {
		env, signed, ballot := cast(t, k, choice)
		voters, ballots = append(voters, seen{env.Blinded, signed}), append(ballots, ballot)
	}
	number := func(s string) *big.Int {
		b, err := decode(s)
		if err != nil {
			t.Fatal(err)
		}
		return new(big.Int).SetBytes(b)
	}
	for i, v := range voters {
		for j, ballot := range ballots {
			encoded := new(big.Int).Exp(number(ballot.Signature), e, n) // what this ballot's voter blinded
			r := new(big.Int).ModInverse(encoded, n)
			r.Mul(r, number(v.blinded)).Mod(r, n)
			r.Exp(r, k.private.D, n)
			again := new(big.Int).Exp(r, e, n)
			again.Mul(again, encoded).Mod(again, n)
			inverse := new(big.Int).ModInverse(r, n)
			opened := inverse.Mul(inverse, number(v.signed)).Mod(inverse, n)
			if again.Cmp(number(v.blinded)) != 0 || encode(opened.FillBytes(make([]byte, 256))) != ballot.Signature {
				t.Fatalf("voter %d could not have cast ballot %d", i, j)
			}
		}
	}
}

// Two worlds in which voters swapped their ballots leave the same bytes: the list
// is a function of the set of ballots, whoever cast them and in whatever order.
func TestWhoCastWhatLeavesNoTrace(t *testing.T) {
	k := keys()[0]
	var ballots []Entry
	for _, choice := range []string{"agree", "disagree", "pass", "agree", "disagree", "disagree"} {
		_, _, e := cast(t, k, choice)
		ballots = append(ballots, e)
	}
	write := func(order []Entry) string {
		l := List{Format: Format, Decision: decisionID, Spec: agreeBy(Majority, Person), Key: k.Public(), Issued: len(order)}
		for _, e := range order {
			var err error
			if l.Ballots, _, err = Add(l.Ballots, e); err != nil {
				t.Fatal(err)
			}
		}
		b, err := l.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	want := write(ballots)
	rapid.Check(t, func(t *rapid.T) {
		if write(rapid.Permutation(ballots).Draw(t, "another world")) != want {
			t.Fatal("the stored list depends on who came when")
		}
	})
}

// The parts of what a voter sends that are visible to the server are uniform: a
// fixed ballot, blinded twice, shares nothing, and its bits are even.
func TestBlindedTextsAreEven(t *testing.T) {
	key := &keys()[0].private.PublicKey
	msg, salt := []byte("always the same"), make([]byte, saltSize)
	ones, total, rounds := 0, 0, 200
	seen := map[string]bool{}
	for range rounds {
		z, _, err := blind(io.MultiReader(bytes.NewReader(salt), rand.Reader), key, msg)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(z)] = true
		for _, b := range z[1:] { // the first byte leans, as every number below the modulus does
			for ; b > 0; b &= b - 1 {
				ones++
			}
			total += 8
		}
	}
	if len(seen) != rounds {
		t.Error("the same blinded text twice")
	}
	// 408,000 even bits stray by 320 in a standard deviation; six of those fail once in 10^9.
	if off := ones - total/2; off > 1920 || off < -1920 {
		t.Errorf("%d of %d bits are set", ones, total)
	}
	if sha512.Size384 != saltSize {
		t.Error("the salt has another size than the hash")
	}
}

func TestListsThatAreWrong(t *testing.T) {
	spec := Spec{Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: []string{"a", "b", "c"}}
	good := filled(t, spec, []string{"a>b", "b", "-", "c>a", "a", "a>c>b", "b>a"})
	if r, err := good.Count(); err != nil || r.Ballots != 7 || r.Ranked.Winner != "a" {
		t.Fatal(r, err)
	}
	at := func(l List, k Kind) int {
		return slices.IndexFunc(l.Ballots, func(e Entry) bool { return e.Kind == k })
	}
	for name, change := range map[string]func(l *List){
		"a choice was changed":            func(l *List) { i := at(*l, Online); l.Ballots[i].Choice = "c>b>a" },
		"a paper choice was changed":      func(l *List) { i := at(*l, Paper); l.Ballots[i].Choice = "c>b>a" },
		"a ballot was doubled":            func(l *List) { l.Ballots = slices.Insert(l.Ballots, 1, l.Ballots[0]) },
		"a ballot was doubled at the end": func(l *List) { l.Ballots = append(l.Ballots, l.Ballots[0]) },
		"ballots stand in another order":  func(l *List) { slices.Reverse(l.Ballots) },
		"paper says it came online":       func(l *List) { i := at(*l, Paper); l.Ballots[i].Kind = Online },
		"paper says it was a slip":        func(l *List) { i := at(*l, Paper); l.Ballots[i].Kind = Slip },
		"a code was never printed": func(l *List) {
			i := at(*l, Slip)
			m := Mark(decisionID, l.Ballots[i].Token)
			l.Slips = slices.DeleteFunc(l.Slips, func(s string) bool { return s == m })
		},
		"more ballots than voters":  func(l *List) { l.Issued = 1 },
		"another key":               func(l *List) { l.Key = keys()[1].Public() },
		"another decision":          func(l *List) { l.Decision = id.Derive("another", "one") },
		"an option was taken off":   func(l *List) { l.Spec.Options = l.Spec.Options[:2] },
		"another format":            func(l *List) { l.Format = "seedbed-ballots-2" },
		"counted by institutions":   func(l *List) { l.Spec.Unit = Institution },
		"a token of another length": func(l *List) { i := at(*l, Online); l.Ballots[i].Token += "AA" },
	} {
		l := good
		l.Ballots, l.Slips, l.Spec.Options = slices.Clone(good.Ballots), slices.Clone(good.Slips), slices.Clone(good.Spec.Options)
		change(&l)
		if r, err := l.Count(); err == nil {
			t.Errorf("%s: counted as %+v", name, r)
		}
	}
	// A ballot may be missing only if its voter keeps silent: the voter finds nothing and holds the proof.
	gone := good.Ballots[at(good, Online)]
	l := good
	l.Ballots = slices.DeleteFunc(slices.Clone(good.Ballots), func(e Entry) bool { return e.Token == gone.Token })
	if _, found := l.Find(gone.Token); found || good.Key.Verify(decisionID, gone) != nil {
		t.Error("a voter cannot show that a ballot is missing")
	}
	slip := good.Ballots[at(good, Slip)]
	if e, found := good.Find(" " + strings.ToLower(id.GroupCode(slip.Token)) + " "); !found || e != slip {
		t.Error("a voter does not find a ballot by its printed code")
	}
}

func TestAddOnce(t *testing.T) {
	k := keys()[0]
	_, _, e := cast(t, k, "agree")
	list, again, err := Add(nil, e)
	if err != nil || again || len(list) != 1 {
		t.Fatal(list, again, err)
	}
	if list, again, err = Add(list, e); err != nil || !again || len(list) != 1 {
		t.Error("the same ballot, sent twice, is one ballot", list, again, err)
	}
	other := e
	other.Choice = "disagree"
	if _, _, err = Add(list, other); !fault.Is(err, fault.Conflict) {
		t.Error("a second choice under one token", err)
	}
}

// An outside script, with nothing of ours, comes to the same count.
func TestOutsideScriptAgrees(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no node to run test/recount.mjs with: test/install should have brought it")
		}
		t.Skip("no node here to run test/recount.mjs with")
	}
	rng := mrand.New(mrand.NewPCG(1, 2))
	pick := func(s Spec) string {
		if answers := Answers(s.Method); answers != nil {
			return answers[rng.IntN(len(answers))]
		}
		order := slices.Clone(s.Options)
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		order = order[:rng.IntN(len(order)+1)]
		if s.Method == Ranked {
			return Ranking(order)
		}
		given, left := map[string]int{}, s.Dots
		for _, id := range order {
			given[id] = rng.IntN(min(left, s.PerOption) + 1)
			left -= given[id]
		}
		return s.Spread(given)
	}
	four := []string{"a", "b", "c", "d"}
	for i, spec := range []Spec{agreeBy(Majority, Person), agreeBy(TwoThirds, Person), {Method: Consent, Rule: ObjectionStops, Unit: Person},
		{Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: four}, {Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: four},
		{Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: four}, dots(4, 2, 2, MostDots, four...), dots(3, 3, 1, MostDots, four...)} {
		var choices []string
		for range 6 + 2*i {
			choices = append(choices, pick(spec))
		}
		l := filled(t, spec, choices)
		text, err := l.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "ballots.json")
		run := func(b []byte) (out []byte, err error) {
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			return exec.Command(node, "../../../test/recount.mjs", file).Output()
		}
		out, err := run(text)
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		var theirs struct {
			Key     string
			Ballots int
			Answers map[string]int
			Passed  bool
			Rows    []DotsRow
			Chosen  []string
			Rounds  []map[string]int
			Winner  string
		}
		if err := json.Unmarshal(out, &theirs); err != nil {
			t.Fatal(err)
		}
		ours, err := l.Count()
		if err != nil || theirs.Ballots != ours.Ballots || theirs.Key != l.Key.Fingerprint() {
			t.Fatalf("%s %+v %v", out, ours, err)
		}
		agree := true
		switch {
		case ours.Agree != nil:
			agree = theirs.Passed == ours.Agree.Passed && theirs.Answers["agree"] == ours.Agree.Agree && theirs.Answers["disagree"] == ours.Agree.Disagree && theirs.Answers["pass"] == ours.Agree.Pass
		case ours.Consent != nil:
			agree = theirs.Passed == ours.Consent.Passed && theirs.Answers["object"] == ours.Consent.Objections
		case ours.Dots != nil:
			agree = reflect.DeepEqual(theirs.Rows, ours.Dots.Rows) && slices.Equal(theirs.Chosen, ours.Dots.Chosen)
		case ours.Ranked != nil:
			agree = theirs.Winner == ours.Ranked.Winner && len(theirs.Rounds) == len(ours.Ranked.Rounds)
			for i := range ours.Ranked.Rounds {
				agree = agree && reflect.DeepEqual(theirs.Rounds[i], count(ours.Ranked.Rounds[i]))
			}
		}
		if !agree {
			t.Errorf("theirs %s\nours %+v", out, ours)
		}
		// And it refuses what was tampered with.
		l.Ballots = slices.Clone(l.Ballots)
		for i := range l.Ballots {
			if other := pick(spec); other != l.Ballots[i].Choice {
				l.Ballots[i].Choice = other
				text, _ = l.Bytes()
				if out, err := run(text); err == nil {
					t.Errorf("tampered with and counted: %s", out)
				}
				break
			}
		}
	}
}

// Whatever is sent as a list: no crash, and what is accepted is written back byte for byte.
func FuzzParseList(f *testing.F) {
	spec := dots(4, 2, 1, MostDots, "a", "b")
	l := filled(f, spec, []string{"a=2", "b=1", "-"})
	text, err := l.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format":"seedbed-ballots-1","decision":"","spec":{"method":"agree"},"key":{"n":"","e":""},"issued":0,"slips":[],"ballots":[]}`))
	f.Add([]byte(`{"ballots":[{"kind":"online","token":"AA","choice":"agree","signature":"AA"}]}`))
	f.Add([]byte("[]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := ParseList(b)
		if err != nil {
			return
		}
		again, err := l.Bytes()
		if err != nil || string(again) != string(b) {
			t.Fatalf("%q is written back as %q (%v)", b, again, err)
		}
		if r, err := l.Count(); err == nil && r.Ballots != len(l.Ballots) {
			t.Fatal("ballots were lost in the count")
		}
		l.Find("7KQ2-M4TX-0000")
	})
}

// Whatever is sent as a choice: what is accepted reads back to the same text.
func FuzzChoice(f *testing.F) {
	for _, s := range []string{"agree", "object", "a>b", "a=1,b=2", "-", "", "a=1,a=1", ">", "a=９"} {
		f.Add(s)
	}
	ranked := Spec{Method: Ranked, Rule: InstantRunoff, Unit: Person, Options: []string{"a", "b", "c"}}
	spread := dots(4, 2, 1, MostDots, "a", "b", "c")
	f.Fuzz(func(t *testing.T, choice string) {
		if parts, err := ranked.Read(choice); err == nil {
			var ids []string
			for _, p := range parts {
				ids = append(ids, p.ID)
			}
			if Ranking(ids) != choice {
				t.Fatalf("%q reads as %v", choice, parts)
			}
		}
		if parts, err := spread.Read(choice); err == nil {
			given, sum := map[string]int{}, 0
			for _, p := range parts {
				given[p.ID] = p.N
				sum += p.N
			}
			if spread.Spread(given) != choice || sum > 4 {
				t.Fatalf("%q reads as %v", choice, parts)
			}
		}
	})
}
