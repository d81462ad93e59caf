package phone

// Tests of reading, refusing, showing and masking numbers.

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ raw, region, want, key string }{
		{"(503) 555-0142", "US", "+15035550142", ""},
		{" 503.555.0142 ", "us", "+15035550142", ""},
		{"1 503 555 0142", "US", "+15035550142", ""},
		{"+1 503 555 0142", "GB", "+15035550142", ""},
		{"٥٠٣٥٥٥٠١٤٢", "US", "+15035550142", ""},
		{"020 7946 0018", "GB", "+442079460018", ""},
		{"+52 55 1234 5678", "US", "+525512345678", ""},
		{"", "US", "", "fault.required"},
		{"555-0142", "US", "", "fault.phone_short"},
		{"12", "US", "", "fault.phone_short"},
		{"503 555 0142 99 88 77", "US", "", "fault.phone_long"},
		{strings.Repeat("5", 500), "US", "", "fault.phone_long"},
		{"call me", "US", "", "fault.phone"},
		{"+999 12345678", "US", "", "fault.phone_country"},
		{"503 555 0142", "", "", "fault.phone_country"},
		{"503 555 0142 ext 7", "US", "", "fault.phone_extension"},
	} {
		got, err := Parse(c.raw, c.region)
		if got != c.want {
			t.Errorf("%.30q in %s: %q, want %q", c.raw, c.region, got, c.want)
		}
		if c.key == "" && err == nil {
			continue
		}
		if k, _ := fault.MessageOf(err); k != c.key || !fault.Is(err, fault.Invalid) {
			t.Errorf("%.30q in %s: %v, want %s", c.raw, c.region, err, c.key)
		}
	}
}

func TestParseFieldNamesTheField(t *testing.T) {
	_, err := ParseField("phone", "12", "US")
	f := fault.FieldsOf(err)
	if len(f) != 1 || f[0].Name != "phone" || f[0].Key != "fault.phone_short" {
		t.Fatalf("%+v", f)
	}
}

func TestFormatAndMask(t *testing.T) {
	for _, c := range [][2]string{
		{Format("+15035550142", "US"), "(503) 555-0142"},
		{Format("+15035550142", "GB"), "+1 503-555-0142"},
		{Format("rubbish", "US"), "rubbish"},
		{Mask("+15035550142"), "••• 42"},
		{Mask("+1"), "•••"}, {Mask(""), "•••"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
	if !Region("us") || Region("XX") || Region("") {
		t.Error("regions")
	}
}

func TestWhatIsShownCanBeTypedAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e164 := "+1" + rapid.StringMatching(`[2-9][0-9]{2}[2-9][0-9]{6}`).Draw(t, "number")
		for _, region := range []string{"US", "MX"} {
			if got, err := Parse(Format(e164, region), region); err != nil || got != e164 {
				t.Fatalf("%s shown in %s reads %q, %v", e164, region, got, err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("+1 503 555 0142", "US")
	f.Add("+32 00 9999 0000", "")
	f.Add("+32099990000", "BE")
	f.Fuzz(func(t *testing.T, raw, region string) {
		e164, err := Parse(raw, region)
		if (err == nil) != strings.HasPrefix(e164, "+") {
			t.Fatalf("%q, %v", e164, err)
		}
		if err == nil {
			if again, err := Parse(e164, ""); err != nil || again != e164 {
				t.Fatalf("%q reads back as %q, %v", e164, again, err)
			}
		}
	})
}
