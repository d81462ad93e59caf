package powerweb

import (
	"testing"

	"seedbed/internal/kit/readlevel/readleveltest"
)

// What holders of a tie and leaders read is easy to read.
func TestReadAtGradeSixOrBelow(t *testing.T) {
	readleveltest.AtMost(t, "power",
		readleveltest.Group{Name: "a holder's own page", Prefixes: []string{"power.own."}},
		readleveltest.Group{Name: "the maps", Prefixes: []string{"power.map.", "power.move.", "power.field.actor", "power.field.evidence", "power.stance.", "power.influence."}},
		readleveltest.Group{Name: "who knows whom, and who is next", Prefixes: []string{"power.ties.", "power.tie.", "power.next.", "power.talk.", "power.strength."}},
		readleveltest.Group{Name: "the strategy", Prefixes: []string{"power.chart.", "power.column.", "power.compare."}},
		readleveltest.Group{Name: "mistakes and what was done", Prefixes: []string{"power.error.", "power.flash."}})
}
