// The pages of the outbox in every language, receipts of one's own keys only,
// and the question before a sign-out that would lose something.

package app

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/platform/web/webtest"
	"seedbed/internal/trust/account"
)

// phone is a browser of somebody who works in the clinic.
type phone struct {
	*testing.T
	h       http.Handler
	cookies map[string]string
}

func (p *phone) do(method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for name, value := range p.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	p.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if p.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(p.cookies, c.Name)
		}
	}
	return rec
}

// device is whose entries a page says that it keeps.
func (p *phone) device(body string) string {
	p.Helper()
	_, rest, ok := strings.Cut(body, `data-device="`)
	device, _, _ := strings.Cut(rest, `"`)
	if !ok || device == "" {
		p.Fatal("the page does not say whose entries it keeps")
	}
	return device
}

func phones(t *testing.T, roles ...access.Role) (out []*phone) {
	t.Helper()
	ctx := t.Context()
	o, err := OpenForTest(ctx, TestOptions{Data: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	org, err := o.Accounts.CreateOrg(ctx, account.Clinic{Name: "Riverside Clinic", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range roles {
		p := &phone{t, o.Handler, map[string]string{}}
		out = append(out, p)
		if role == access.Public {
			continue
		}
		if _, err := o.Accounts.Provision(ctx, org.ID, account.Person{Name: "Ana", Email: string(role) + "@riverside.example", Language: "en"}, account.Role{Role: role}); err != nil {
			t.Fatal(err)
		}
		token, err := o.Accounts.DemoTicket(ctx, org.ID, role)
		if err != nil {
			t.Fatal(err)
		}
		p.do("POST", "/ticket/"+token, url.Values{"_key": {"in"}})
	}
	return out
}

func TestOutboxPagesInEveryLanguage(t *testing.T) {
	list := phones(t, access.Organizer, access.Public)
	for i, p := range list {
		for _, lang := range []string{"en", "es", "vi", "ar"} {
			p.cookies["sb_lang"] = lang
			paths := []string{"/outbox", "/outbox/practice"}[:2-i]
			for _, path := range paths {
				got := p.do("GET", path, nil)
				if got.Code != 200 {
					t.Fatalf("%s %s: %d\n%s", lang, path, got.Code, got.Body)
				}
				webtest.Page(t, got.Body.String())
				keep := got.Header().Get("Seedbed-Keep")
				if signedIn := i == 0; (keep == "offline") != signedIn {
					t.Errorf("%s: Seedbed-Keep is %q, signed in %v", path, keep, signedIn)
				}
			}
		}
	}
	organizer := list[0]
	organizer.cookies["sb_lang"] = "en"
	for _, lang := range []string{"en", "es", "vi", "ar"} {
		organizer.cookies["sb_lang"] = lang
		organizer.cookies["sb_outbox"] = "2"
		got := organizer.do("POST", "/sign-out", url.Values{"_key": {"out"}})
		if got.Code != 200 {
			t.Fatalf("%s: %d", lang, got.Code)
		}
		webtest.Page(t, got.Body.String())
	}
}

func TestPracticeEntryAndItsReceipt(t *testing.T) {
	list := phones(t, access.Organizer, access.Navigator)
	ana, ben := list[0], list[1]
	device := ana.device(ana.do("GET", "/outbox/practice", nil).Body.String())
	send := func(p *phone, key, place string) (out web.Receipt) {
		t.Helper()
		rec := p.do("POST", "/outbox/practice", url.Values{"_key": {key}, "place": {place}, "words": {"nobody"}}, "Seedbed-Outbox", device)
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return out
	}
	ask := func(p *phone, key string) (out web.Receipt) {
		t.Helper()
		rec := p.do("GET", "/outbox/receipt?key="+key, nil)
		if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return out
	}
	if got := ask(ana, "k1"); got.Result != web.Unknown {
		t.Errorf("before it was sent: %+v", got)
	}
	if got := send(ana, "k1", "moon"); got.Result != web.WrongForm || len(got.Fields) != 1 || got.Fields[0].Name != "place" {
		t.Errorf("a wrong entry: %+v", got)
	}
	first := send(ana, "k1", "door")
	if first.Result != web.Kept || first.URL != "/outbox" {
		t.Fatalf("%+v", first)
	}
	if again := send(ana, "k1", "door"); again.Result != web.KeptAgain || again.Receipt != first.Receipt {
		t.Errorf("again: %+v, first %+v", again, first)
	}
	if got := ask(ana, "k1"); got.Result != web.Kept || got.Receipt != first.Receipt || got.At != first.At {
		t.Errorf("asked: %+v, first %+v", got, first)
	}
	if got := ask(ben, "k1"); got.Result != web.Unknown || got.Receipt != "" {
		t.Errorf("a colleague learns of it: %+v", got)
	}
	if got := send(ben, "k2", "door"); got.Result != web.NotYours {
		t.Errorf("a colleague sends it: %+v", got)
	}
	if rec := ana.do("POST", "/outbox/practice", url.Values{"_key": {"k3"}, "place": {"door"}}); rec.Code != 303 || rec.Header().Get("Location") != "/outbox" {
		t.Errorf("without JavaScript: %d", rec.Code)
	}
	ana.do("POST", "/sign-out", url.Values{"_key": {"out"}})
	if rec := ana.do("GET", "/outbox/receipt?key=k1", nil, "Seedbed-Outbox", device); rec.Code != 401 || !strings.Contains(rec.Body.String(), `"signin"`) {
		t.Errorf("asked without a session: %d %s", rec.Code, rec.Body)
	}
}

func TestSigningOutWithEntriesAsksFirst(t *testing.T) {
	for choice, cleared := range map[string]string{"": `"cache", "storage"`, "ask": "", "keep": `"cache"`, "drop": `"cache", "storage"`} {
		t.Run(fmt.Sprintf("choice %q", choice), func(t *testing.T) {
			p := phones(t, access.Organizer)[0]
			form := url.Values{"_key": {"out"}}
			if choice != "" {
				p.cookies["sb_outbox"] = "3"
			}
			if choice == "keep" || choice == "drop" {
				form.Set("waiting", choice)
			}
			got := p.do("POST", "/sign-out", form)
			if c := got.Header().Get("Clear-Site-Data"); c != cleared {
				t.Errorf("Clear-Site-Data: %s, want %s", c, cleared)
			}
			in := p.do("GET", "/account", nil).Code == 200
			if in != (choice == "ask") {
				t.Errorf("still signed in: %v", in)
			}
			if choice == "ask" && (got.Code != 200 || !strings.Contains(got.Body.String(), "Not sent yet: 3")) {
				t.Errorf("%d %s", got.Code, got.Body)
			}
			if _, left := p.cookies["sb_outbox"]; left != (choice == "ask" || choice == "keep") {
				t.Errorf("the count of waiting entries stays: %v", left)
			}
		})
	}
}

func TestTheSafeExitLeavesWaitingEntries(t *testing.T) {
	p := phones(t, access.Public)[0]
	if got := p.do("POST", "/exit", nil).Header().Get("Clear-Site-Data"); got != `"cache", "storage", "executionContexts"` {
		t.Errorf("nothing waits: %s", got)
	}
	p.cookies["sb_outbox"] = "1"
	if got := p.do("POST", "/exit", nil).Header().Get("Clear-Site-Data"); got != `"cache", "executionContexts"` {
		t.Errorf("an entry waits: %s", got)
	}
	for _, odd := range []string{"-1", "x", "999999999999", ""} {
		p.cookies["sb_outbox"] = odd
		if got := p.do("POST", "/exit", nil).Header().Get("Clear-Site-Data"); !strings.Contains(got, "storage") {
			t.Errorf("%q counts as waiting", odd)
		}
	}
}
