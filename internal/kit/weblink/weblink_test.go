package weblink

import (
	"net/url"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "  ": "", "https://county.example/minutes?id=4#p2": "https://county.example/minutes?id=4#p2", "county.example/minutes": "https://county.example/minutes",
		" http://www.county.example ": "http://www.county.example",
	} {
		if got, ok := Parse(typed); !ok || got != want {
			t.Errorf("%q: %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"javascript:alert(1)", "javascript://x.example/%0aalert(1)", "data:text/html,x", "ftp://x.example", "https://ana:secret@x.example", "https://", "https://localhost", "notes", "two words.example",
		"https://x.example/\"onclick", "https://x.example/" + strings.Repeat("a", Most), "//", "mailto:a@x.example", "https://\xff.example"} {
		if got, ok := Parse(typed); ok {
			t.Errorf("%q was taken as %q", typed, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("javascript://x.example/%0a")
	f.Add("HTTPS://x.example")
	f.Fuzz(func(t *testing.T, typed string) {
		got, ok := Parse(typed)
		if !ok || got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
			t.Fatalf("%q became %q", typed, got)
		}
		if again, ok := Parse(got); !ok || again != got && len(got) <= Most {
			t.Fatalf("%q is read as %q", got, again)
		}
	})
}
