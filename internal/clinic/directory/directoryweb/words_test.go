package directoryweb

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/readlevel"
	"seedbed/locales"
)

func TestCatalogsAgree(t *testing.T) {
	for _, p := range i18n.Check(locales.Files) {
		if strings.HasPrefix(p.File, "directory.") {
			t.Error(p)
		}
	}
}

// Two letters find a topic: every topic has further words in every language,
// and two letters of everyday words lead to the right one.
func TestTwoLettersFindATopic(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range languages {
		l := catalog.Localizer(lang)
		for _, topic := range directory.Topics() {
			if n := len(strings.FieldsFunc(l.T(topic.WordsKey()), func(r rune) bool { return r == ',' || r == '،' })); n < 4 {
				t.Errorf("%s in %s has %d further words", topic, lang, n)
			}
		}
	}
	for _, c := range []struct {
		lang, typed string
		topic       directory.Topic
	}{{"en", "re", directory.Housing}, {"es", "re", directory.Housing}, {"es", "mo", directory.Housing}, {"en", "wa", directory.Work}, {"en", "bu", directory.Transport},
		{"vi", "lu", directory.Work}, {"ar", "سك", directory.Housing}, {"en", "in", directory.LanguageHelp}} {
		l, found := catalog.Localizer(c.lang), false
		for _, topic := range directory.Topics() {
			text := fold.Text(l.T(topic.Key()) + " " + l.T(topic.WordsKey()))
			text = strings.ReplaceAll(" "+text, " ال", " ")
			if fold.Contains(strings.TrimSpace(text), fold.Text(c.typed)) && topic == c.topic {
				found = true
			}
		}
		if !found {
			t.Errorf("%q in %s does not find %s", c.typed, c.lang, c.topic)
		}
	}
}

// What patients and the public read is at or below grade 6 in English and Spanish.
func TestPublicWordsAreEasy(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		b, err := fs.ReadFile(locales.Files, "directory."+lang+".json")
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for key, v := range all {
			for _, prefix := range []string{"list.", "group.", "card.", "map.", "still.", "safety.", "why.", "welcoming.", "reason.", "place."} {
				if s, ok := v.(string); ok && strings.HasPrefix(key, "directory."+prefix) {
					texts = append(texts, s)
				}
			}
		}
		score, ok := readlevel.Of(lang, readlevel.Join(texts))
		if !ok || score.Grade > 6 {
			t.Errorf("%s: grade %.1f", lang, score.Grade)
		}
	}
}

// An address in Latin letters stays one piece in a right-to-left line.
func TestAddressKeepsItsDirection(t *testing.T) {
	catalog, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	place := directory.PlaceView{Name: "Branch library", Address: "5 Mill Lane", Area: "Hollow Creek"}
	for lang, want := range map[string]string{"ar": "\u2068Branch library, 5 Mill Lane, Hollow Creek\u2069", "en": "Branch library, 5 Mill Lane, Hollow Creek"} {
		if got := (directory.Say{L: catalog.Localizer(lang)}).Place(place, false); got != want {
			t.Errorf("%s: %q", lang, got)
		}
	}
}
