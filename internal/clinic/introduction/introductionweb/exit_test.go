// The safe exit leads away whatever happens behind it.

package introductionweb

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheExitLeadsAwayEvenWithoutADatabase(t *testing.T) {
	w := newMeSite(t)
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodGet, "/exit", nil)
	req.AddCookie(&http.Cookie{Name: ownCookie, Value: strings.Repeat("a", 43)})
	got := httptest.NewRecorder()
	w.h.ServeHTTP(got, req)
	if to := got.Header().Get("Location"); got.Code != http.StatusSeeOther || !strings.HasPrefix(to, "https://weather.example/") {
		t.Errorf("%d to %q", got.Code, to)
	}
	if c := got.Header().Get("Set-Cookie"); !strings.Contains(c, ownCookie+"=;") || !strings.Contains(c, "Max-Age=0") {
		t.Errorf("the browser keeps its session: %q", c)
	}
}
