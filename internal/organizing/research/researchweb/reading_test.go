package researchweb

import (
	"testing"

	"seedbed/internal/kit/readlevel/readleveltest"
)

// What people read stays at or below grade 6.
func TestReadingLevel(t *testing.T) {
	readleveltest.AtMost(t, "research",
		readleveltest.Group{Name: "a part and its sheet", Prefixes: []string{"research.does.", "research.ask_only", "research.sheet_", "research.role.", "research.your_part"}},
		readleveltest.Group{Name: "planning", Prefixes: []string{"research.intro", "research.form_intro", "research.parts_intro", "research.rehearsal", "research.questions_hint", "research.warning.", "research.none_text"}},
		readleveltest.Group{Name: "during and after", Prefixes: []string{"research.notes_text", "research.learned", "research.heard", "research.hold_text", "research.follow", "research.step.", "research.next.", "research.flash."}},
		readleveltest.Group{Name: "options", Prefixes: []string{"research.way", "research.options_intro", "research.helpers_text", "research.no_ways_text"}},
		readleveltest.Group{Name: "mistakes", Prefixes: []string{"research.error."}})
}
