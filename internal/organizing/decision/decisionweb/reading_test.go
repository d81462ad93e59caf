package decisionweb

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"seedbed/internal/kit/readlevel"
	"seedbed/locales"
)

// What voters read is easy to read: grade 6 at most in English and Spanish. Labels
// of fewer than four words are left out: they would make any text look easy.
func TestVotersReadAtGradeSixOrBelow(t *testing.T) {
	groups := map[string][]string{
		"the door and the ballot":  {"decision.knock.", "decision.vote.", "decision.answer.", "decision.voted.", "decision.over."},
		"sealing and the receipt":  {"decision.check.", "decision.seal.", "decision.done."},
		"the result, and counting": {"decision.result.", "decision.say.", "decision.said.", "decision.recount."},
		"how it is decided":        {"decision.fact.", "decision.rule.", "decision.openness."},
		"paper and poster":         {"decision.sheet."},
	}
	for _, lang := range []string{"en", "es"} {
		raw, err := locales.Files.ReadFile("decision." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		if err := json.Unmarshal(raw, &all); err != nil {
			t.Fatal(err)
		}
		for name, prefixes := range groups {
			var texts []string
			for id, text := range all {
				if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(id, p) }) && len(strings.Fields(text)) >= 4 {
					texts = append(texts, text)
				}
			}
			slices.Sort(texts)
			s, ok := readlevel.Of(lang, readlevel.Join(texts))
			if !ok || s.Words < 30 {
				t.Fatalf("%s %s: only %d words: has it moved?", lang, name, s.Words)
			}
			t.Logf("%-26s %s grade %.1f (%d words)", name, lang, s.Grade, s.Words)
			if s.Grade > 6 {
				for _, text := range texts {
					if one, _ := readlevel.Of(lang, readlevel.Join([]string{text})); one.Grade > 8 {
						t.Logf("  %4.1f %s", one.Grade, text)
					}
				}
				t.Errorf("%s in %s: grade %.1f", name, lang, s.Grade)
			}
		}
	}
}
