// The audit page in every language, for whom it is, and that a changed entry shows.

package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/account"
)

func TestAuditPage(t *testing.T) {
	ctx := t.Context()
	o, err := OpenForTest(ctx, TestOptions{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	org, err := o.Accounts.CreateOrg(ctx, account.Clinic{Name: "Riverside Clinic", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	must(err)
	do := func(cookies []*http.Cookie, method, path, lang string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(url.Values{"_key": {path + lang}}.Encode()))
		if method == "POST" {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		r.AddCookie(&http.Cookie{Name: "sb_lang", Value: lang})
		for _, c := range cookies {
			r.AddCookie(c)
		}
		rec := httptest.NewRecorder()
		o.Handler.ServeHTTP(rec, r)
		return rec
	}
	in := map[access.Role][]*http.Cookie{}
	for _, role := range []access.Role{access.Admin, access.Operator, access.Lead} {
		_, err := o.Accounts.Provision(ctx, org.ID, account.Person{Name: "Ana Canary", Email: string(role) + "@riverside.example", Language: "en"}, account.Role{Role: role})
		must(err)
		token, err := o.Accounts.DemoTicket(ctx, org.ID, role)
		must(err)
		in[role] = do(nil, "POST", "/ticket/"+token, "en").Result().Cookies()
	}
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		for _, path := range []string{"/audit", "/audit?action=sign_in&refused=yes", "/audit?before=2", "/audit/checkpoint"} {
			p := do(in[access.Admin], "GET", path, lang)
			if p.Code != 200 {
				t.Fatalf("%s %s: %d\n%s", lang, path, p.Code, p.Body)
			}
			webtest.Page(t, p.Body.String())
			if strings.Contains(p.Body.String(), "admin@") || strings.Contains(p.Body.String(), "operator@") {
				t.Errorf("%s holds an address", path)
			}
		}
	}
	if p := do(in[access.Admin], "GET", "/audit", "en").Body.String(); !strings.Contains(p, "The chain is whole") || !strings.Contains(p, "<tbody>") {
		t.Error(p)
	}
	if p := do(in[access.Operator], "GET", "/audit", "en"); p.Code != 200 || strings.Contains(p.Body.String(), "<tbody>") {
		t.Errorf("the operator reads entries: %d", p.Code)
	}
	if c := do(in[access.Operator], "GET", "/audit/checkpoint", "en").Code; c != 403 {
		t.Error(c)
	}
	if c := do(in[access.Lead], "GET", "/audit", "en").Code; c != 403 {
		t.Error(c)
	}
	must(o.DB.Write(ctx, org.ID, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE audit_event SET action='other' WHERE seq=1`)
		return err
	}))
	if c := do(in[access.Admin], "POST", "/audit/check", "en").Code; c != 303 {
		t.Error(c)
	}
	if p := do(in[access.Admin], "GET", "/audit", "en").Body.String(); !strings.Contains(p, "broken at entry 1") {
		t.Error("a changed entry goes unseen")
	}
}
