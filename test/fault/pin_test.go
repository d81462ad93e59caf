// Answers that a scribe writes down among the writes that are killed: each is a row
// of its own, once, with its key and its audit row.
package fault

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// scribe writes answers down in an assembly of the demo.
type scribe struct {
	*http.Client
	at string // the page of an ask
}

// isPin says which acts are theirs.
func isPin(key string) bool { return strings.HasSuffix(key, "4") }

// newScribe finds an assembly whose answers are open for what comes late.
func newScribe(t *testing.T, base string, organizer *http.Client) scribe {
	t.Helper()
	list, err := send(organizer, base+"/assemblies", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`href="(/assemblies/[0-9a-f-]{36})"`).FindAllStringSubmatch(list, -1) {
		if _, err := send(organizer, base+m[1]+"/scribe/0", nil); err == nil {
			return scribe{organizer, m[1] + "/scribe/0"}
		}
	}
	t.Fatal("the demo has no assembly that was held")
	return scribe{}
}

func (s scribe) act(base, key string) (bool, error) {
	_, err := send(s.Client, base+s.at, url.Values{"_key": {key}, "act": {"pin"}, "answer": {"absent"}, "pen": {key}})
	return err == nil, err
}
