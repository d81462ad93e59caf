// The form's rules: what is accepted, and which field says what is wrong.
package contact

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func good() In {
	return In{CalledName: "Mateo R.", Contact: "phone", Phone: "(503) 555-0117", Lang: "es", HoursFrom: "19:00", HoursUntil: "21:00", Days: []string{"2", "1", "2"}, NoVoicemail: true}
}

func TestRead(t *testing.T) {
	d, bad := good().Read("US")
	if len(bad) > 0 || d.Phone != "+15035550117" || d.Safe.From != 19*60 || d.Safe.Until != 21*60 || len(d.Safe.Days) != 2 || d.Safe.Days[0] != time.Monday || d.Safe.Words != WordsFirstName {
		t.Errorf("%+v, %v", d, bad)
	}
	for _, x := range []struct {
		name string
		edit func(*In)
		want string
	}{
		{"no name", func(in *In) { in.CalledName = " " }, "called_name"},
		{"a birth date as the name", func(in *In) { in.CalledName = "Mateo 3/4/81" }, "called_name"},
		{"a remark as the name", func(in *In) { in.CalledName = "Mateo (remark)" }, "called_name"},
		{"a telling word beside the name", func(in *In) { in.CalledName = "Mateo undocumented" }, "called_name"},
		{"no way", func(in *In) { in.Contact = "fax" }, "contact"},
		{"a way without its number", func(in *In) { in.Phone = "" }, "phone"},
		{"half a number", func(in *In) { in.Phone = "555" }, "phone"},
		{"mail without an address", func(in *In) { in.Contact = "mail" }, "email"},
		{"a broken address", func(in *In) { in.Email = "mateo@" }, "email"},
		{"no language", func(in *In) { in.Lang = "Spanish" }, "lang"},
		{"hours that are none", func(in *In) { in.HoursFrom = "25:00" }, "hours_from"},
		{"an eighth day", func(in *In) { in.Days = []string{"7"} }, "days"},
		{"own words", func(in *In) { in.Words = "say you are from the court" }, "words"},
	} {
		in := good()
		x.edit(&in)
		if _, bad := in.Read("US"); len(bad) != 1 || bad[0].Name != x.want {
			t.Errorf("%s: %v, want %q", x.name, bad, x.want)
		}
	}
}

func TestRulesCoverTheNight(t *testing.T) {
	if h := (Safe{From: 19 * 60}).Rules("UTC").Hours; len(h) != 1 || h[0] != [2]int{19 * 60, 24 * 60} {
		t.Errorf("from 19:00 until midnight: %v", h)
	}
	if h := (Safe{}).Rules("UTC").Hours; len(h) != 0 {
		t.Errorf("any time: %v", h)
	}
}

func TestNamesAreOneShortLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, key := Name(rapid.String().Draw(t, "typed"))
		if strings.ContainsAny(name, "\n\r\t") || name != strings.TrimSpace(name) {
			t.Fatalf("%q", name)
		}
		if again, k := Name(name); again != name || k != key {
			t.Fatalf("%q then %q", name, again)
		}
	})
}
