package changeweb

import (
	"testing"

	"seedbed/internal/kit/readlevel/readleveltest"
)

// What people read stays at or below grade 6.
func TestReadingLevel(t *testing.T) {
	readleveltest.AtMost(t, "change",
		readleveltest.Group{Name: "the form", Prefixes: []string{"change.form_intro", "change.named_", "change.narrative", "change.ours_text", "change.others_hint", "change.tags_text", "change.tag_about.", "change.until_hint", "change.roots_hint"}},
		readleveltest.Group{Name: "the list and one", Prefixes: []string{"change.intro", "change.none_text", "change.claim", "change.evidence_hint", "change.note_hint", "change.trace_text", "change.picture", "change.next.", "change.rating."}},
		readleveltest.Group{Name: "mistakes", Prefixes: []string{"change.error."}})
}
