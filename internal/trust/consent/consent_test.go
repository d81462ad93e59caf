// The rules that need no database: states, coverage, what a form may say.
package consent

import (
	"slices"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
)

var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// Every state and every step: what is not in the table is refused.
func TestStates(t *testing.T) {
	allowed := map[State]map[Step]State{
		Draft:  {Activate: Active},
		Active: {Expire: Expired, Revoke: Revoked},
	}
	for _, s := range []State{Draft, Active, Expired, Revoked, ""} {
		for _, step := range []Step{Activate, Expire, Revoke, ""} {
			got, err := s.After(step)
			want, ok := allowed[s][step]
			switch {
			case ok && (err != nil || got != want):
				t.Errorf("%s %s: %s, %v; want %s", s, step, got, err, want)
			case !ok && (!fault.Is(err, fault.Conflict) || got != s):
				t.Errorf("%s %s: %s, %v; want a refusal", s, step, got, err)
			}
		}
	}
}

func TestLiveAt(t *testing.T) {
	c := Consent{State: Active, GivenAt: morning, ExpiresAt: morning.AddDate(1, 0, 0)}
	revoked := c
	revoked.State, revoked.RevokedAt = Revoked, morning.Add(time.Hour)
	draft := c
	draft.State = Draft
	for _, x := range []struct {
		name string
		c    Consent
		at   time.Duration
		want bool
	}{
		{"a moment before", c, -time.Microsecond, false},
		{"when given", c, 0, true},
		{"a moment before its end", c, 365*24*time.Hour - time.Microsecond, true},
		{"at its end", c, 365 * 24 * time.Hour, false},
		{"before the stop", revoked, time.Hour - time.Microsecond, true},
		{"at the stop", revoked, time.Hour, false},
		{"a draft", draft, time.Minute, false},
	} {
		if got := x.c.LiveAt(morning.Add(x.at)); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

func TestForms(t *testing.T) {
	good := Terms{Subject: "p", Purpose: IntroContact, Recipient: "group-1", Fields: []Field{Name, Phone}, Channel: ByPhone, Language: "es"}
	tell := Terms{Subject: "p", Purpose: TellClinicConnected, Recipient: Clinic, Fields: []Field{Connected}, Channel: NoReach, Language: "en"}
	record := Terms{Subject: "p", Purpose: OrganizingRecord, Recipient: Organizing, Fields: []Field{Name, Phone, Together}, Channel: BySMS, Language: "vi"}
	tie := Terms{Subject: "p", Purpose: TieShown, Recipient: StrategyTeam("t1"), Fields: []Field{Name, Tie}, Channel: NoReach, Language: "ar"}
	story := Terms{Subject: "p", Purpose: StoryUse, Recipient: StoryPlace("team", "s1"), Fields: []Field{Story, FirstName}, Channel: NoReach, Language: "vi"}
	for _, x := range []struct {
		name string
		base Terms
		edit func(*Terms)
		want string // the field that is named; empty: none
	}{
		{"a good one", good, func(*Terms) {}, ""},
		{"a good telling", tell, func(*Terms) {}, ""},
		{"a good tie", tie, func(*Terms) {}, ""},
		{"a tie of nothing", tie, func(t *Terms) { t.Recipient = StrategyTeam("") }, "recipient"},
		{"a tie shown to a group", tie, func(t *Terms) { t.Recipient = "group-1" }, "recipient"},
		{"a tie with a phone number", tie, func(t *Terms) { t.Fields = []Field{Tie, Phone} }, "fields"},
		{"nobody", good, func(t *Terms) { t.Subject = "" }, "subject"},
		{"unknown purpose", good, func(t *Terms) { t.Purpose = "everything" }, "purpose"},
		{"no recipient", good, func(t *Terms) { t.Recipient = "" }, "recipient"},
		{"the clinic as a group", good, func(t *Terms) { t.Recipient = Clinic }, "recipient"},
		{"telling somebody else", tell, func(t *Terms) { t.Recipient = "group-1" }, "recipient"},
		{"nothing", good, func(t *Terms) { t.Fields = nil; t.Channel = InPerson }, "fields"},
		{"a field of another purpose", good, func(t *Terms) { t.Fields = append(t.Fields, Connected) }, "fields"},
		{"an unknown field", good, func(t *Terms) { t.Fields = []Field{Phone, "diagnosis"} }, "fields"},
		{"phone not shared", good, func(t *Terms) { t.Fields = []Field{Name} }, "channel"},
		{"mail not shared", good, func(t *Terms) { t.Channel = ByMail }, "channel"},
		{"unknown channel", good, func(t *Terms) { t.Channel = "fax" }, "channel"},
		{"a record", record, func(*Terms) {}, ""},
		{"a record kept by a group", record, func(t *Terms) { t.Recipient = "group-1" }, "recipient"},
		{"a record with a topic", record, func(t *Terms) { t.Fields = append(t.Fields, Topics) }, "fields"},
		{"a record without a way", record, func(t *Terms) { t.Channel = NoReach }, ""},
		{"a story", story, func(*Terms) {}, ""},
		{"a story everywhere", story, func(t *Terms) { t.Recipient = StoryPlace("everywhere", "s1") }, "recipient"},
		{"no story", story, func(t *Terms) { t.Recipient = StoryPlace("web", "") }, "recipient"},
		{"a story with a number", story, func(t *Terms) { t.Fields = append(t.Fields, Phone) }, "fields"},
		{"a story that calls", story, func(t *Terms) { t.Channel = InPerson }, "channel"},
		{"organizing as a group", good, func(t *Terms) { t.Recipient = Organizing }, "recipient"},
		{"telling by phone", tell, func(t *Terms) { t.Channel = ByPhone }, "channel"},
		{"a language without wording", good, func(t *Terms) { t.Language = "xx" }, "language"},
		{"over already", good, func(t *Terms) { t.Expires = morning }, "expires"},
		{"for ever", good, func(t *Terms) { t.Expires = morning.AddDate(2, 0, 1) }, "expires"},
		{"two years", good, func(t *Terms) { t.Expires = morning.AddDate(2, 0, 0) }, ""},
		{"a receipt of somebody else's making", good, func(t *Terms) { t.Receipt = "Rosa's yes" }, "receipt"},
	} {
		terms := x.base
		terms.Fields = slices.Clone(terms.Fields)
		x.edit(&terms)
		named(t, x.name, terms.wrong(morning), x.want)
	}
	for _, x := range []struct {
		name string
		o    Obtained
		want string
	}{
		{"on a screen", Obtained{How: OnScreen}, ""},
		{"spoken before a witness", Obtained{How: Spoken, Witness: Navigator, Interpreter: PhoneInter}, ""},
		{"spoken to nobody", Obtained{How: Spoken}, "witness"},
		{"a witness by name", Obtained{How: Spoken, Witness: "Lupe"}, "witness"},
		{"an interpreter by name", Obtained{How: OnPaper, Interpreter: "Lupe"}, "interpreter"},
		{"somehow", Obtained{}, "how"},
		{"a proxy", Obtained{How: OnPaper, Proxy: Proxy{Parent, ThisIntroduction, morning.AddDate(0, 1, 0)}}, ""},
		{"a proxy of no kind", Obtained{How: OnPaper, Proxy: Proxy{"", ThisIntroduction, morning.AddDate(0, 1, 0)}}, "proxy_relation"},
		{"a proxy for everything", Obtained{How: OnPaper, Proxy: Proxy{Parent, "everything", morning.AddDate(0, 1, 0)}}, "proxy_scope"},
		{"a proxy without an end", Obtained{How: OnPaper, Proxy: Proxy{Parent, ThisIntroduction, time.Time{}}}, "proxy_until"},
	} {
		named(t, x.name, x.o.wrong(morning), x.want)
	}
}

func named(t *testing.T, name string, got []fault.Field, want string) {
	t.Helper()
	if want == "" && len(got) == 0 {
		return
	}
	if len(got) != 1 || got[0].Name != want {
		t.Errorf("%s: %v, want %q", name, got, want)
	}
}
