// Tests of identifiers: order, form, folding.
package id

import (
	"sort"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNewSortsByTime(t *testing.T) {
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	var ids []string
	for i := range 200 {
		ids = append(ids, New(at.Add(time.Duration(i)*time.Millisecond)))
	}
	if !sort.StringsAreSorted(ids) {
		t.Error("ids of later milliseconds must sort later")
	}
	for _, s := range ids {
		if !Valid(s) || s[14] != '7' {
			t.Fatalf("%s is not a UUIDv7", s)
		}
	}
}

func TestDeriveIsStable(t *testing.T) {
	a, b := Derive("feed", "service:12"), Derive("feed", "service:12")
	if a != b || !Valid(a) {
		t.Fatalf("%s, %s", a, b)
	}
	if a == Derive("feed2", "service:12") || a == Derive("feed", "service:1") {
		t.Error("different names must differ")
	}
}

func TestParseCodeForgivesHandwriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 24).Draw(t, "n")
		c := Code(n)
		if got := ParseCode(" " + GroupCode(c) + " "); got != c {
			t.Fatalf("ParseCode(GroupCode(%s)) = %s", c, got)
		}
	})
	if got := ParseCode("ol1-i0"); got != "01110" {
		t.Errorf("got %s", got)
	}
}

func TestValidRefusesOtherForms(t *testing.T) {
	for _, s := range []string{"", "x", "00000000-0000-7000-8000-00000000000G", "00000000-0000-7000-8000-0000000000001", "0000000000000-7000-8000-000000000000", "A0000000-0000-7000-8000-000000000000"} {
		if Valid(s) {
			t.Errorf("%q must not be valid", s)
		}
	}
}
