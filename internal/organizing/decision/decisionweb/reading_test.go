package decisionweb

import (
	"testing"

	"seedbed/internal/kit/readlevel/readleveltest"
)

// What voters read is easy to read.
func TestVotersReadAtGradeSixOrBelow(t *testing.T) {
	readleveltest.AtMost(t, "decision",
		readleveltest.Group{Name: "the door and the ballot", Prefixes: []string{"decision.knock.", "decision.vote.", "decision.answer.", "decision.voted.", "decision.over."}},
		readleveltest.Group{Name: "sealing and the receipt", Prefixes: []string{"decision.check.", "decision.seal.", "decision.done."}},
		readleveltest.Group{Name: "the result, and counting", Prefixes: []string{"decision.result.", "decision.say.", "decision.said.", "decision.recount."}},
		readleveltest.Group{Name: "how it is decided", Prefixes: []string{"decision.fact.", "decision.rule.", "decision.openness."}},
		readleveltest.Group{Name: "paper and poster", Prefixes: []string{"decision.sheet."}})
}
