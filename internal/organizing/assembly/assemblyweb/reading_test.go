package assemblyweb

import (
	"testing"

	"seedbed/internal/kit/readlevel/readleveltest"
)

// What leaders and the hall read is easy to read.
func TestReadAtGradeSixOrBelow(t *testing.T) {
	readleveltest.AtMost(t, "assembly",
		readleveltest.Group{Name: "the big screen", Prefixes: []string{"assembly.phase.", "assembly.rules", "assembly.nonpartisan", "assembly.testimony", "assembly.meet_again", "assembly.here", "assembly.goal", "assembly.answer.", "assembly.differ"}},
		readleveltest.Group{Name: "the scribe", Prefixes: []string{"assembly.exact", "assembly.follow", "assembly.witness", "assembly.scribe", "assembly.words_", "assembly.link"}},
		readleveltest.Group{Name: "planning", Prefixes: []string{"assembly.form.", "assembly.gate.", "assembly.next.", "assembly.owner.", "assembly.move."}},
		readleveltest.Group{Name: "the run-sheet and the asks", Prefixes: []string{"assembly.item", "assembly.script", "assembly.story", "assembly.ask", "assembly.role."}},
		readleveltest.Group{Name: "candidates and hours", Prefixes: []string{"assembly.fair", "assembly.invite", "assembly.class.", "assembly.candidate"}},
		readleveltest.Group{Name: "negotiations", Prefixes: []string{"assembly.talk."}},
		readleveltest.Group{Name: "mistakes and what was done", Prefixes: []string{"assembly.error.", "assembly.flash."}})
}
