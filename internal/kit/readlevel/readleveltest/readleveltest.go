// Package readleveltest holds the texts of a locale file against a school grade, for
// the tests of rooms whose pages people read on their own.
package readleveltest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"seedbed/internal/kit/readlevel"
	"seedbed/locales"
)

// Grade is the highest that a text for everybody may have.
const Grade = 6

// Group is what is read together: message ids by their beginnings.
type Group struct {
	Name     string
	Prefixes []string
}

// message is a text of the file; of one with plurals, the form for many.
type message string

func (m *message) UnmarshalJSON(b []byte) error {
	var forms map[string]string
	if err := json.Unmarshal(b, &forms); err == nil {
		*m = message(forms["other"])
		return nil
	}
	return json.Unmarshal(b, (*string)(m))
}

// AtMost fails where a group of messages of a locale file ("decision") is harder to
// read than Grade, in the languages with a formula. Labels of fewer than four words
// are left out: they would make any text look easy.
func AtMost(t *testing.T, file string, groups ...Group) {
	t.Helper()
	for _, lang := range []string{"en", "es"} {
		raw, err := locales.Files.ReadFile(file + "." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]message{}
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		for _, g := range groups {
			var texts []string
			for id, m := range all {
				text := string(m)
				if slices.ContainsFunc(g.Prefixes, func(p string) bool { return strings.HasPrefix(id, p) }) && len(strings.Fields(text)) >= 4 {
					texts = append(texts, text)
				}
			}
			slices.Sort(texts)
			s, ok := readlevel.Of(lang, readlevel.Join(texts))
			if !ok || s.Words < 30 {
				t.Fatalf("%s %s: only %d words: has it moved?", lang, g.Name, s.Words)
			}
			t.Logf("%-26s %s grade %.1f (%d words)", g.Name, lang, s.Grade, s.Words)
			if s.Grade <= Grade {
				continue
			}
			for _, text := range texts {
				if one, _ := readlevel.Of(lang, readlevel.Join([]string{text})); one.Grade > Grade+2 {
					t.Logf("  %4.1f %s", one.Grade, text)
				}
			}
			t.Errorf("%s in %s: grade %.1f", g.Name, lang, s.Grade)
		}
	}
}
