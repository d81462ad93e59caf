// Every transition and every refusal: states × verbs × endings × parties, against
// a second copy of the table written as the field writes it.
package introduction

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

// verb[/ending]: from,from → to : parties (c clinician, s staff, g group, p person, y system)
const wanted = `
offer_decline: offered → declined : c s
offer_info: offered → info_given : c s
consent: offered → consented : c s
handoff: consented → consented : c s
handoff: sent → sent : c s
handoff: acknowledged → acknowledged : c s
handoff: accepted → accepted : c s
handoff: contacting → contacting : c s
send: consented → sent : c s
send: redirected → sent : c s
undo_send: sent → consented : c s
acknowledge: sent → acknowledged : g s
accept: acknowledged → accepted : g s
unable: acknowledged → closed(group_unable) : g s
unable: accepted → closed(group_unable) : g s
unable: contacting → closed(group_unable) : g s
redirect: acknowledged → redirected : g s
redirect: accepted → redirected : g s
redirect: contacting → redirected : g s
attempt: accepted → contacting : g s
attempt: contacting → contacting : g s
meet: sent → connected : g p s
meet: acknowledged → connected : g p s
meet: accepted → connected : g p s
meet: contacting → connected : g p s
participate: connected → participating : g p s
close/engaged: connected → closed(engaged) : g p s
close/engaged: participating → closed(engaged) : g p s
close/could_not_reach: contacting → closed(could_not_reach) : g s y
close/could_not_reach: consented → closed(could_not_reach) : s y
close/could_not_reach: redirected → closed(could_not_reach) : s y
close/could_not_reach: accepted → closed(could_not_reach) : s y
close/group_unable: sent → closed(group_unable) : s y
close/group_unable: acknowledged → closed(group_unable) : s y
close/person_declined: consented → closed(person_declined) : g p s
close/person_declined: sent → closed(person_declined) : g p s
close/person_declined: acknowledged → closed(person_declined) : g p s
close/person_declined: accepted → closed(person_declined) : g p s
close/person_declined: redirected → closed(person_declined) : g p s
close/person_declined: contacting → closed(person_declined) : g p s
close/person_declined: connected → closed(person_declined) : g p s
withdraw: consented → withdrawn : p s c
withdraw: sent → withdrawn : p s c
withdraw: acknowledged → withdrawn : p s c
withdraw: accepted → withdrawn : p s c
withdraw: redirected → withdrawn : p s c
withdraw: contacting → withdrawn : p s c
withdraw: connected → withdrawn : p s c
withdraw: participating → withdrawn : p s c
withdraw: closed → withdrawn : p s c
expire: consented → withdrawn : y
expire: sent → withdrawn : y
expire: acknowledged → withdrawn : y
expire: accepted → withdrawn : y
expire: redirected → withdrawn : y
expire: contacting → withdrawn : y
expire: connected → withdrawn : y
expire: participating → withdrawn : y
`

var letters = map[Party]string{PartyClinician: "c", PartyStaff: "s", PartyGroup: "g", PartyPerson: "p", PartySystem: "y"}

func readWanted(t *testing.T) map[string]struct{ to, by string } {
	t.Helper()
	out := map[string]struct{ to, by string }{}
	for line := range strings.Lines(wanted) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		var verb, from, to string
		head, by, ok := strings.Cut(line, " : ")
		if _, err := fmt.Sscanf(strings.Replace(head, ": ", " ", 1), "%s %s → %s", &verb, &from, &to); err != nil || !ok {
			t.Fatalf("%q: %v", line, err)
		}
		out[verb+" "+from] = struct{ to, by string }{to, by}
	}
	return out
}

func TestEveryTransitionAndEveryRefusal(t *testing.T) {
	want := readWanted(t)
	hits, refusals := 0, 0
	for _, from := range States() {
		for _, v := range Verbs() {
			endings := []Ending{""}
			if v == VerbClose {
				endings = append(Endings(), "")
			}
			for _, e := range endings {
				for _, by := range Parties() {
					name := string(v)
					if e != "" {
						name += "/" + string(e)
					}
					w, known := want[name+" "+string(from)]
					tr, err := Move(from, v, e, by)
					if known && slices.Contains(strings.Fields(w.by), letters[by]) {
						to := string(tr.To)
						if tr.Ending != "" {
							to += "(" + string(tr.Ending) + ")"
						}
						if err != nil || to != w.to {
							t.Errorf("%s %s by %s: %s, %v; want %s", name, from, by, to, err, w.to)
						}
						hits++
						continue
					}
					kind := fault.Conflict
					if known {
						kind = fault.Forbidden
					}
					if !fault.Is(err, kind) {
						t.Errorf("%s %s by %s: %v, want %v", name, from, by, err, kind)
					}
					refusals++
				}
			}
		}
	}
	if hits != 132 || refusals < 1000 {
		t.Errorf("%d moves and %d refusals seen", hits, refusals)
	}
}

// The diagram of the practice: nothing in the table contradicts it.
func TestEndsNeverMoveAgainAndSentIsNoSuccess(t *testing.T) {
	for _, tr := range Transitions() {
		for _, from := range tr.From {
			if !from.Stored() && from != Offered {
				t.Errorf("%s starts from %s, which is only a count", tr.Verb, from)
			}
			if from == Closed && tr.Verb != VerbWithdraw {
				t.Errorf("%s reopens a closed introduction", tr.Verb)
			}
			if from == Withdrawn {
				t.Errorf("%s touches a withdrawn introduction", tr.Verb)
			}
			if tr.Ending == Engaged && !from.Met() {
				t.Errorf("closed(engaged) from %s, without a meeting", from)
			}
		}
		if (tr.To == Connected || tr.Ending == Engaged) && !slices.Contains(tr.Guards, NeedsWord) {
			t.Errorf("%s to %s without anybody's word", tr.Verb, tr.To)
		}
		if tr.To == Connected && slices.Contains(tr.By, PartySystem) || tr.Ending == Engaged && slices.Contains(tr.By, PartySystem) {
			t.Errorf("%s by the machine: a meeting needs a person's word", tr.Verb)
		}
		if tr.To.Shared() && !slices.Contains(tr.Guards, NeedsConsent) {
			t.Errorf("%s leads to %s without a consent", tr.Verb, tr.To)
		}
	}
}

func TestPathRecordsWhatAnAnswerImplies(t *testing.T) {
	for _, c := range []struct {
		from State
		v    Verb
		by   Party
		want []State
	}{
		{Sent, VerbAccept, PartyGroup, []State{Acknowledged, Accepted}},
		{Sent, VerbUnable, PartyStaff, []State{Acknowledged, Closed}},
		{Sent, VerbRedirect, PartyGroup, []State{Acknowledged, Redirected}},
		{Sent, VerbAttempt, PartyGroup, []State{Acknowledged, Accepted, Contacting}},
		{Acknowledged, VerbAttempt, PartyStaff, []State{Accepted, Contacting}},
		{Accepted, VerbAttempt, PartyGroup, []State{Contacting}},
		{Sent, VerbMeet, PartyPerson, []State{Connected}},
	} {
		steps, err := Path(c.from, c.v, "", c.by)
		if err != nil {
			t.Errorf("%s %s: %v", c.from, c.v, err)
			continue
		}
		var got []State
		for _, s := range steps {
			got = append(got, s.To)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s %s: %v, want %v", c.from, c.v, got, c.want)
		}
	}
	if _, err := Path(Consented, VerbAccept, "", PartyGroup); !fault.Is(err, fault.Conflict) {
		t.Errorf("accepting what was never sent: %v", err)
	}
	if _, err := Path(Sent, VerbAccept, "", PartyPerson); err == nil {
		t.Error("the person cannot accept for the group")
	}
}

func TestEveryOpenStateLeadsToAnEnd(t *testing.T) {
	for _, s := range States() {
		if s.Open() && len(Can(s, PartyStaff)) < 2 {
			t.Errorf("%s: staff can only %v", s, Can(s, PartyStaff))
		}
		if s.Open() && !slices.Contains(Can(s, PartyPerson), VerbWithdraw) {
			t.Errorf("%s: the person cannot end it", s)
		}
	}
}

// Random walks never reach connected without a meet, nor engaged without connected.
func TestWalks(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, met := Consented, false
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			v := rapid.SampledFrom(Verbs()).Draw(r, "verb")
			by := rapid.SampledFrom(Parties()).Draw(r, "by")
			e := rapid.SampledFrom(append(Endings(), "")).Draw(r, "ending")
			steps, err := Path(s, v, e, by)
			if err != nil {
				continue
			}
			for _, tr := range steps {
				if tr.Ending == Engaged && !met {
					r.Fatal("engaged without a meeting")
				}
				s = tr.To
			}
			met = met || v == VerbMeet
			if s.Met() && !met {
				r.Fatalf("%s without a meeting", s)
			}
			if s == Withdrawn && s.Open() {
				r.Fatal("withdrawn is open")
			}
		}
	})
}
