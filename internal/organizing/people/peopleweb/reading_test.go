package peopleweb

import (
	"testing"

	"seedbed/internal/kit/readlevel/readleveltest"
)

// What people read about themselves, and before they say yes, is easy to read.
func TestMembersReadAtGradeSixOrBelow(t *testing.T) {
	readleveltest.AtMost(t, "member", readleveltest.Group{Name: "my own pages", Prefixes: []string{"member."}})
	readleveltest.AtMost(t, "people", readleveltest.Group{Name: "coming in", Prefixes: []string{"people.join.", "people.joined.", "people.poster.", "people.slip.", "people.words."}})
}
