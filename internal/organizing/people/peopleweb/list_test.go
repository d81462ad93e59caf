package peopleweb

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
)

func (w *site) crowd(n int) (ids []string) {
	for i := range n {
		j := w.join(fmt.Sprintf("%c%s Vale", 'A'+i%26, []string{"na", "lo", "mi"}[i%3]), w.staff)
		ids = append(ids, j.ID)
	}
	return ids
}

func TestListPage(t *testing.T) {
	w := newSite(t)
	w.page("/people")
	ids := w.crowd(53)
	_, err := w.s.SaveInstitution(w.ctx, w.staff, people.Institution{Name: "St. Brigid", Kind: "congregation"}, "")
	w.ok(err)
	w.page("/people")
	w.page("/people?speaks=vi&area=Lents&not_met=30&owner=ana&state=active&sort=longest")
	w.page("/people?owner=nobody&state=resting")
	w.page("/people?edit=" + ids[0])
	body := w.do("GET", "/people", "en", nil).Body.String()
	if n := strings.Count(body, `id="person-`); n != people.PageSize || !strings.Contains(body, "53 people") || !strings.Contains(body, "1–50 of 53") {
		t.Errorf("%d lines", n)
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body)
	if next == nil || strings.Contains(next[1], "Vale") {
		t.Fatalf("no way on, or a name in the address: %v", next)
	}
	body = w.do("GET", next[1], "en", nil).Body.String()
	if n := strings.Count(body, `id="person-`); n != 3 || !strings.Contains(body, `rel="prev"`) {
		t.Errorf("%d lines on the second page", n)
	}
	if body = w.do("GET", "/people?speaks=vi&owner=ana", "en", nil).Body.String(); !strings.Contains(body, "speak Vietnamese") || !strings.Contains(body, "looked after by Ana Whitfield") {
		t.Error("the question is not said in words")
	}
	for _, lang := range allLanguages {
		body := w.sound(200, lang, "find", w.do("POST", "/people/find", lang, url.Values{"name": {"vale a"}}))
		if !strings.Contains(body, `id="person-0"`) {
			t.Errorf("%s: nobody was found", lang)
		}
		w.sound(200, lang, "find nobody", w.do("POST", "/people/find", lang, url.Values{"name": {"xyz"}}))
	}
	w.staff = actor("omar", access.Leader)
	if body := w.sound(200, "en", "a leader's", w.do("GET", "/people", "en", nil)); strings.Contains(body, "Vale") || !strings.Contains(body, "people you met one-to-one") {
		t.Error("a leader sees people out of reach, or not whom they see")
	}
}

func TestCellsOnThePage(t *testing.T) {
	w := newSite(t)
	thu := w.join("Thu Pham", w.staff)
	form := url.Values{"person": {thu.ID}, "back": {"/people?speaks=vi"}, "called_name": {"Thu Pham"}, "was_called_name": {"Thu Pham"}, "lang": {"vi"}, "was_lang": {"vi"},
		"area": {"Foster"}, "was_area": {"Lents"}, "owner": {"ana"}, "was_owner": {"ana"}}
	if rec := w.do("POST", "/people/cell", "en", form); rec.Code != 303 || rec.Header().Get("Location") != "/people?speaks=vi" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	form.Set("area", "Powellhurst")
	for _, lang := range allLanguages {
		body := w.sound(409, lang, "clash", w.do("POST", "/people/cell", lang, form))
		if !strings.Contains(body, "Foster") || !strings.Contains(body, "Powellhurst") {
			t.Errorf("%s: both versions are not shown", lang)
		}
	}
	form.Set("was_area", "Foster")
	form.Set("area", "12 Alder Street")
	for _, lang := range allLanguages {
		w.sound(422, lang, "a street", w.do("POST", "/people/cell", lang, form))
	}
}

func TestSavedListOnThePage(t *testing.T) {
	w := newSite(t)
	ids := w.crowd(3)
	for _, lang := range allLanguages {
		w.sound(422, lang, "no name", w.do("POST", "/people/list", lang, url.Values{"speaks": {"vi"}}))
	}
	rec := w.do("POST", "/people/list", "en", url.Values{"list_name": {"Calls in March"}, "speaks": {"vi"}, "shared": {"yes"}})
	at := rec.Header().Get("Location")
	if rec.Code != 303 || !strings.HasPrefix(at, "/people/list/") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.page(at)
	if rec := w.do("POST", at, "en", url.Values{"listed": ids, "done": ids[:1], "back": {at}}); rec.Code != 303 {
		t.Fatalf("%d", rec.Code)
	}
	w.page(at)
	if body := w.do("GET", at, "en", nil).Body.String(); strings.Count(body, " checked>") != 1 || !strings.Contains(body, "Ana Whitfield, ") {
		t.Error("the tick is not there")
	}
	if rec := w.do("POST", at+"/drop", "en", nil); rec.Code != 303 {
		t.Errorf("%d", rec.Code)
	}
}

func TestTakingAFile(t *testing.T) {
	w := newSite(t)
	w.join("Thu Pham", w.staff)
	if rec := w.do("GET", "/people/export?speaks=vi", "en", nil); rec.Code != 303 || !strings.HasPrefix(rec.Header().Get("Location"), "/confirm?next=") {
		t.Errorf("%d %s", rec.Code, rec.Header().Get("Location"))
	}
	if rec := w.do("POST", "/people/export", "en", nil); rec.Code != 303 {
		t.Errorf("%d", rec.Code)
	}
	w.staff.StepUp = w.clock.Now()
	w.page("/people/export?speaks=vi")
	rec := w.do("POST", "/people/export", "en", url.Values{"speaks": {"vi"}})
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "Thu") || !strings.Contains(rec.Header().Get("Content-Disposition"), "people.csv") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestAlikeOnThePages(t *testing.T) {
	w := newSite(t)
	w.join("Rosa Delgado", w.staff)
	for _, lang := range allLanguages {
		rec := w.do("POST", "/people/alike", lang, url.Values{"called_name": {"Delgado Roza"}, "lang": {"vi"}})
		if rec.Code != 200 || !strings.Contains(rec.Body.String(), "Rosa Delgado") || strings.Contains(rec.Body.String(), "⟦") {
			t.Errorf("%s: %d %s", lang, rec.Code, rec.Body)
		}
		body := w.sound(200, lang, "read back", w.do("POST", "/people/new/review", lang, newPersonForm()))
		if !strings.Contains(body, `id="alike"`) {
			t.Errorf("%s: the step before the yes does not say who is here", lang)
		}
	}
}

func TestMergePages(t *testing.T) {
	w := newSite(t)
	thu, twin := w.join("Thu Pham", w.staff), w.join("Pham Thu", w.staff)
	at := "/people/merge/" + thu.ID
	w.page("/people/" + thu.ID)
	w.page(at)
	w.page(at + "?with=" + twin.ID)
	for _, lang := range allLanguages {
		if body := w.sound(200, lang, "find", w.do("POST", at+"/find", lang, url.Values{"name": {"pham"}})); !strings.Contains(body, at+"?with="+twin.ID) {
			t.Errorf("%s: the other one is not found", lang)
		}
	}
	rec := w.do("POST", at, "en", url.Values{"with": {twin.ID}, "take_called_name": {"other"}, "_key": {"m"}})
	merged := rec.Header().Get("Location")
	if rec.Code != 303 || !strings.HasPrefix(merged, "/people/merged/") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.page(merged)
	w.page(at)
	if rec := w.do("GET", "/people/"+twin.ID, "en", nil); rec.Code != 303 || rec.Header().Get("Location") != "/people/"+thu.ID {
		t.Errorf("the other entry leads to %d %s", rec.Code, rec.Header().Get("Location"))
	}
	if rec := w.do("POST", merged, "en", nil); rec.Code != 303 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.page(merged)
	if rec := w.do("POST", merged, "en", nil); rec.Code != 409 {
		t.Errorf("taken back twice: %d", rec.Code)
	}
	w.staff = actor("omar", access.Leader)
	if rec := w.do("GET", at, "en", nil); rec.Code != 403 {
		t.Errorf("a leader: %d", rec.Code)
	}
}
