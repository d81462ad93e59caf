// The rules that need no database.
package people

import (
	"slices"
	"testing"
	"time"

	"seedbed/internal/trust/consent"
)

func TestOnlyOpenPromisesMove(t *testing.T) {
	for _, from := range append(CommitmentStates(), "") {
		for _, to := range append(CommitmentStates(), "", "forgotten") {
			want := from == Open && slices.Contains([]CommitmentState{Done, Renegotiated, Missed, Released}, to)
			if from.CanBecome(to) != want {
				t.Errorf("%q to %q: %v", from, to, !want)
			}
		}
	}
}

func TestLate(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		c    Commitment
		want bool
	}{
		{Commitment{State: Open, Due: now.Add(-time.Hour)}, true},
		{Commitment{State: Open, Due: now.Add(time.Hour)}, false},
		{Commitment{State: Done, Due: now.Add(-time.Hour)}, false},
		{Commitment{State: Open}, false},
	} {
		if x.c.Late(now) != x.want {
			t.Errorf("%+v", x.c)
		}
	}
}

func TestProfileForm(t *testing.T) {
	for _, x := range []struct {
		name string
		edit func(*ProfileIn)
		want string
	}{
		{"a good one", func(*ProfileIn) {}, ""},
		{"a street", func(in *ProfileIn) { in.Area = "12 Alder Street" }, "area"},
		{"a need that names health", func(in *ProfileIn) { in.AccessNeeds = []string{"insulin"} }, "access_needs"},
		{"an hour that is none", func(in *ProfileIn) { in.Availability = []string{"always"} }, "availability"},
		{"a language that is none", func(in *ProfileIn) { in.MoreLangs = []string{"Español"} }, "more_langs"},
		{"a life story", func(in *ProfileIn) { in.Pronouns = "she is the one who lives by the river and sings" }, "pronouns"},
	} {
		in := thu().ProfileIn
		x.edit(&in)
		_, bad := in.profile("US")
		if x.want == "" && len(bad) > 0 || x.want != "" && (len(bad) != 1 || bad[0].Name != x.want) {
			t.Errorf("%s: %v, want %q", x.name, bad, x.want)
		}
	}
}

// What a record holds is what the person gave, and every field of the consent
// stands for something in it.
func TestHolds(t *testing.T) {
	if got := (Profile{CalledName: "Thu", Lang: "vi"}).Holds(0); !slices.Equal(got, []consent.Field{consent.Name, consent.Language, consent.SafeContact, consent.Together}) {
		t.Error(got)
	}
	full := Profile{Phone: "x", Email: "x", Area: "x", Availability: []string{"sunday"}, AccessNeeds: []string{"seat"}}
	if got := full.Holds(1); !slices.Equal(got, consent.OrganizingRecord.Fields()) {
		t.Error(got)
	}
}
