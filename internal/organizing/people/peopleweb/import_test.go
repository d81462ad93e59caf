package peopleweb

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"seedbed/internal/organizing/people"
)

const bringFile = "Name,Phone,Language,Area,SSN\nRosa Delgado,503 555 0141,Spanish,Foster,123-45-6789\nPham Thu,,vi,,\nAgain,503 555 0121,en,12 Alder Street,\n12345,,,,\n"

// upload sends a file as a browser does.
func (w *site) upload(lang, text string) *httptest.ResponseRecorder {
	w.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	w.ok(m.WriteField("_key", "up-"+lang))
	if text != "" {
		part, err := m.CreateFormFile("file", "people.csv")
		w.ok(err)
		_, err = part.Write([]byte(text))
		w.ok(err)
	}
	w.ok(m.Close())
	r := httptest.NewRequest("POST", "/people/import", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: "sb_lang", Value: lang})
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec
}

func TestImportPages(t *testing.T) {
	w := newSite(t)
	w.s.RegisterImports(w.queue)
	w.join("Thu Pham", w.staff)
	w.page("/people/import")
	for _, lang := range allLanguages {
		w.sound(422, lang, "no file", w.upload(lang, ""))
	}
	for _, lang := range allLanguages {
		w.sound(422, lang, "no spreadsheet", w.upload(lang, "PK\x03\x04"))
	}
	at := w.upload("en", bringFile).Header().Get("Location")
	if !strings.HasPrefix(at, "/people/import/") {
		t.Fatal(at)
	}
	w.page(at)
	body := w.do("GET", at, "en", nil).Body.String()
	if !strings.Contains(body, "SSN") || strings.Contains(body, "123-45") || !strings.Contains(body, "Dropped and not kept") {
		t.Error("what was dropped is not said, or shown")
	}
	form := url.Values{"column_0": {"name"}, "column_1": {"phone"}, "column_2": {"lang"}, "column_3": {"area"}, "lang": {"en"}, "agreed": {"2026-10-01"}, "how": {"paper"}, "witness": {""}}
	for _, lang := range allLanguages {
		body := w.sound(422, lang, "nobody agreed", w.do("POST", at, lang, form))
		if !strings.Contains(body, "#f-everyone") {
			t.Errorf("%s: the mistake is not named", lang)
		}
	}
	form.Set("everyone", "yes")
	if rec := w.do("POST", at, "en", form); rec.Code != 303 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.page(at) // being looked through
	w.ok(w.queue.Drain(w.ctx))
	for _, v := range people.Verdicts() {
		w.page(at + "?show=" + string(v))
	}
	if rec := w.do("POST", at+"/take", "en", url.Values{"verdict": {"alike"}, "take": {"yes"}}); rec.Code != 303 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.do("POST", at+"/apply", "en", url.Values{"_key": {"a"}}); rec.Code != 303 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.page(at)
	w.ok(w.queue.Drain(w.ctx))
	w.page(at)
	w.page(at + "?show=made")
	w.page("/people/import")
	found, err := w.s.Find(w.ctx, w.staff, "rosa", 5)
	w.ok(err)
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	w.page("/people/" + found[0].ID)
	if rec := w.do("POST", at+"/undo", "en", url.Values{"_key": {"u"}}); rec.Code != 303 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.page(at)
	w.ok(w.queue.Drain(w.ctx))
	w.page(at)
	if found, err = w.s.Find(w.ctx, w.staff, "rosa", 5); err != nil || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
	other := w.upload("es", bringFile).Header().Get("Location")
	if rec := w.do("POST", other+"/drop", "en", nil); rec.Code != 303 {
		t.Errorf("%d", rec.Code)
	}
}
