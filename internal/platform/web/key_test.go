// The hidden key of a form that is shown again.
package web

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/clock"
	"seedbed/locales"
)

func TestKeyOfAFormThatIsShownAgain(t *testing.T) {
	cat, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		err  error
		same bool
	}{
		"a mistake at a field: the same act, corrected":       {fault.Wrong(fault.At("name", "fault.invalid")), true},
		"the key stands for another act: a new one is needed": {fault.Clash("fault.key_reused"), false},
	} {
		m := &Mux{cfg: Config{Catalog: cat, Templates: fstest.MapFS{}, Assets: fstest.MapFS{}, Clock: clock.NewFake(time.Unix(1_790_000_000, 0))}}
		m.pages, m.assets = newRenderer(m), &assets{}
		req := httptest.NewRequest("POST", "/x", strings.NewReader(url.Values{"_key": {"sent"}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r := &Request{Request: req, mux: m, Locale: "en", route: Route{Surface: Staff}}
		_ = r.Fail(httptest.NewRecorder(), "x/none", nil, x.err) // there is no page: only the key matters here
		if got := r.FormKey(); (got == "sent") != x.same || got == "" {
			t.Errorf("%s: key %q", name, got)
		}
	}
}
