package peopleweb

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
)

func afterForm(key string) url.Values {
	return url.Values{"name": {"Thu Pham"}, "purpose": {"recruitment"}, "day": {"today"}, "minutes": {"35"}, "place": {"cafe"}, "pressures": {"language", "transport"}, "heard": {"The label is in English. Bus 14 was cut."},
		"gifts": {"music", "knows_many"}, "energy": {"3"}, "who": {"them"}, "agreed": {"Host a house meeting"}, "due": {"2026-12-14"}, "suggested": {"host"}, "readers": {"me"}, "remind": {"yes"}, "_key": {key}}
}

func TestAfterAOneToOne(t *testing.T) {
	w := newSite(t)
	w.page("/one-to-ones/new")
	w.page("/one-to-ones/guide")
	rec := w.do("GET", "/one-to-ones/new", "en", nil)
	if rec.Header().Get("Seedbed-Keep") != "offline" && !strings.Contains(fmt.Sprint(rec.Header()), "offline") {
		t.Errorf("the empty form is not kept for when there is no line: %v", rec.Header())
	}
	for _, lang := range allLanguages {
		body := w.sound(422, lang, "nobody of this name", w.do("POST", "/one-to-ones", lang, afterForm("n"+lang)))
		if !strings.Contains(body, `action="/people/new/change"`) || !strings.Contains(body, `name="o_agreed" value="Host a house meeting"`) {
			t.Errorf("%s: it does not lead to asking for a yes with everything typed", lang)
		}
		bad := afterForm("b" + lang)
		bad.Set("heard", "He is undocumented and afraid.")
		w.sound(422, lang, "guarded", w.do("POST", "/one-to-ones", lang, bad))
	}
	thu := w.join("Thu Pham", w.staff)
	for range 2 { // the phone sends it again
		if rec := w.do("POST", "/one-to-ones", "en", afterForm("k1")); rec.Code != 303 || rec.Header().Get("Location") != "/today" {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	notes, err := w.s.NotesAbout(w.ctx, w.staff, thu.ID)
	w.ok(err)
	if len(notes) != 1 || notes[0].Note.Suggested != people.Hosted || notes[0].Agreed == nil || !notes[0].Agreed.Remind {
		t.Fatalf("%+v", notes)
	}
	at := "/one-to-ones/" + notes[0].ID
	w.page(at)
	w.page("/one-to-ones/edit/" + notes[0].ID)
	w.page("/one-to-ones/new?person=" + thu.ID)
	w.page("/people/" + thu.ID)
	w.page("/today")
	if body := w.do("GET", "/today", "en", nil).Body.String(); !strings.Contains(body, "1 of 10") {
		t.Error("the week's tally is not 1 of 10")
	}
	// Two people changed it: both versions are shown.
	change := afterForm("k2")
	change.Set("_version", "1")
	change.Set("heard", "Bus 14 was cut.")
	if rec := w.do("POST", "/one-to-ones/edit/"+notes[0].ID, "en", change); rec.Code != 303 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for _, lang := range allLanguages {
		change.Set("_key", "k3"+lang)
		change.Set("heard", "Bus 14 and bus 20.")
		body := w.sound(409, lang, "both versions", w.do("POST", "/one-to-ones/edit/"+notes[0].ID, lang, change))
		if !strings.Contains(body, "Bus 14 was cut.") || !strings.Contains(body, "Bus 14 and bus 20.") || !strings.Contains(body, `name="_version" value="2"`) {
			t.Errorf("%s: a conflict does not show both", lang)
		}
	}
	w.join("Thu Pham", w.staff)
	for _, lang := range allLanguages {
		if body := w.sound(422, lang, "several", w.do("POST", "/one-to-ones", lang, afterForm("s"+lang))); !strings.Contains(body, `name="person" value="`+thu.ID) {
			t.Errorf("%s: two of one name are not shown to choose from", lang)
		}
	}
	w.staff = actor("bea", access.Organizer)
	if rec := w.do("GET", at, "en", nil); rec.Code != 404 {
		t.Errorf("another organizer reads a note that is only Ana's: %d", rec.Code)
	}
}

var hiddenFields = regexp.MustCompile(`<input type="hidden" name="(o_[a-z]+)" value="([^"]*)"`)

// Somebody new: the form leads to their yes, and everything typed comes back.
func TestNothingTypedIsLostWhileTheYesIsAsked(t *testing.T) {
	w := newSite(t)
	carried := func(body string) url.Values {
		f := url.Values{}
		for _, m := range hiddenFields.FindAllStringSubmatch(body, -1) {
			f.Add(m[1], m[2])
		}
		return f
	}
	body := w.sound(422, "en", "nobody", w.do("POST", "/one-to-ones", "en", afterForm("x")))
	f := carried(body)
	f.Set("called_name", "Thu Pham")
	body = w.sound(200, "en", "language", w.do("POST", "/people/new/change", "en", f))
	if strings.Contains(body, `method="get"`) {
		t.Error("what was heard would stand in an address")
	}
	f = carried(body)
	f.Set("lang", "vi")
	f.Set("called_name", "Thu Pham")
	body = w.sound(200, "en", "the words", w.do("POST", "/people/new/change", "en", f))
	f = carried(body)
	person := url.Values{"lang": {"vi"}, "called_name": {"Thu Pham"}, "contact": {"in_person"}, "agree": {"yes"}, "how": {"spoken"}, "witness": {"organizer"}, "_key": {"j"}}
	for k, v := range person {
		f[k] = v
	}
	body = w.sound(200, "en", "read back", w.do("POST", "/people/new/review", "en", f))
	next := carried(body)
	for k, v := range f {
		if !strings.HasPrefix(k, "o_") {
			next[k] = v
		}
	}
	body = w.sound(200, "en", "done", w.do("POST", "/people/new", "en", next))
	found, err := w.s.Find(w.ctx, w.staff, "Thu", 2)
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	f = carried(body)
	f.Set("person", found[0].ID)
	body = w.sound(200, "en", "the form again", w.do("POST", "/one-to-ones/new", "en", f))
	for _, want := range []string{"Bus 14 was cut.", "Host a house meeting", `value="music" checked`, `value="transport" checked`, `value="2026-12-14"`, "Thu Pham"} {
		if !strings.Contains(body, want) {
			t.Errorf("lost: %s", want)
		}
	}
}

func TestCommitmentsAndToday(t *testing.T) {
	w := newSite(t)
	w.page("/today") // empty: teaches the next step
	w.page("/commitments")
	thu := w.join("Thu Pham", w.staff)
	w.do("POST", "/one-to-ones", "en", afterForm("k1"))
	mine := afterForm("k2")
	mine.Set("who", "me")
	mine.Set("agreed", "Bring the bus plan")
	mine.Set("due", "2026-11-06")
	w.do("POST", "/one-to-ones", "en", mine)
	list, err := w.s.Commitments(w.ctx, w.staff, people.Whose{Account: "ana"})
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	at := "/commitments/" + list[0].ID
	w.page(at)
	w.page("/commitments")
	w.clock.Advance(4 * 24 * time.Hour)
	for _, lang := range allLanguages {
		body := w.sound(200, lang, "today", w.do("GET", "/today", lang, nil))
		if !strings.Contains(body, "Bring the bus plan") || !strings.Contains(body, `class="state late"`) {
			t.Errorf("%s: what is overdue is not said", lang)
		}
		if body := w.sound(422, lang, "no day", w.do("POST", at, lang, url.Values{"state": {"renegotiated"}, "what": {"Bring the bus plan"}})); !strings.Contains(body, "#f-due") {
			t.Errorf("%s: another day without a day", lang)
		}
	}
	if rec := w.do("POST", at, "en", url.Values{"state": {"renegotiated"}, "due": {"2026-11-20"}, "what": {"Bring the new bus plan"}}); rec.Code != 303 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.sound(409, "en", "settled twice", w.do("POST", at, "en", url.Values{"state": {"done"}}))
	w.page("/people/contact")
	w.page("/people/practice")
	for _, lang := range allLanguages {
		w.sound(422, lang, "goal", w.do("POST", "/people/practice", lang, url.Values{"weekly": {"many"}, "open_most": {"0"}}))
		w.sound(422, lang, "words", w.do("POST", "/people/ladder", lang, url.Values{"label_contact": {strings.Repeat("x", 31)}}))
	}
	if rec := w.do("POST", "/people/practice", "en", url.Values{"weekly": {"8"}, "open_most": {"2"}, "supervisor": {"bea"}}); rec.Code != 303 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.page("/today") // with more than she wants open
	if rec := w.do("POST", "/people/ladder", "en", url.Values{"label_contact": {"New here"}}); rec.Code != 303 {
		t.Errorf("%d", rec.Code)
	}
	w.clock.Advance(70 * 24 * time.Hour)
	if body := w.sound(200, "en", "today", w.do("GET", "/today", "en", nil)); !strings.Contains(body, "/people/"+thu.ID) {
		t.Error("whom nobody met is not there")
	}
	w.staff = actor("omar", access.Leader)
	w.page("/today")
	w.page("/people/practice")
	if rec := w.do("GET", "/people/contact", "en", nil); rec.Code != 403 {
		t.Errorf("a leader opens the counts: %d", rec.Code)
	}
}
