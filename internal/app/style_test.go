package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"seedbed/internal/trust/account"
)

func TestCatalogueDrawsOpinionGroups(t *testing.T) {
	o, err := OpenForTest(t.Context(), TestOptions{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if _, err := o.Accounts.CreateOrg(t.Context(), account.Clinic{Name: "Riverside Clinic", Site: "Main", Language: "en", Zone: "America/Los_Angeles"}); err != nil {
		t.Fatal(err)
	}
	for lang, name := range map[string]string{"en": "Buses first", "es": "Primero el autobús", "vi": "Xe buýt trước", "ar": "الحافلات أولًا"} {
		r := httptest.NewRequest("GET", "/style", nil)
		r.AddCookie(&http.Cookie{Name: "sb_lang", Value: lang})
		rec := httptest.NewRecorder()
		o.Handler.ServeHTTP(rec, r)
		body := rec.Body.String()
		for _, want := range []string{`id="l-opinion-map-t"`, `id="d-opinion-map-t"`, `url(#d-opinion-map-h2)`, ">" + name + "</text>"} {
			if rec.Code != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: %d, lacks %s", lang, rec.Code, want)
			}
		}
	}
}
