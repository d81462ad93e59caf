package peopleweb

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

var (
	codes  = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\b`)
	tokens = regexp.MustCompile(`/join/([A-Za-z0-9_-]{43})`)
)

func newPersonForm() url.Values {
	return url.Values{"lang": {"vi"}, "called_name": {"Rosa Delgado"}, "contact": {"sms"}, "phone": {"503 555 0144"}, "hours_from": {"19:00"}, "agree": {"yes"}, "how": {"spoken"},
		"witness": {"organizer"}, "words": {"first_name"}, "area": {"Lents"}, "availability": {"sunday"}, "o_place": {"cafe"}, "_key": {"k1"}}
}

func TestSomebodyComesInWithHelp(t *testing.T) {
	w := newSite(t)
	for _, lang := range allLanguages {
		w.sound(200, lang, "language", w.do("GET", "/people/new", lang, nil))
		for _, theirs := range []string{"en", "es", "vi", "ar", "so"} {
			body := w.sound(200, lang, "words", w.do("GET", "/people/new?lang="+theirs, lang, nil))
			if theirs == "vi" && !strings.Contains(body, `lang="vi" dir="ltr" id="wording-vi"`) {
				t.Errorf("%s: the words are not in the person's language", lang)
			}
		}
		bad := newPersonForm()
		bad.Del("agree")
		bad.Set("phone", "12")
		body := w.sound(422, lang, "mistakes", w.do("POST", "/people/new/review", lang, bad))
		if !strings.Contains(body, `href="#f-agree"`) || !strings.Contains(body, `href="#f-phone"`) || !strings.Contains(body, "Rosa Delgado") {
			t.Errorf("%s: a mistake is not named or what was typed is lost", lang)
		}
		body = w.sound(200, lang, "read back", w.do("POST", "/people/new/review", lang, newPersonForm()))
		if !strings.Contains(body, `<html lang="vi"`) || !strings.Contains(body, "Rosa Delgado") || !strings.Contains(body, `name="o_place" value="cafe"`) {
			t.Errorf("%s: the read-back is not the person's", lang)
		}
		w.sound(200, lang, "change", w.do("POST", "/people/new/change", lang, newPersonForm()))
	}
	if found, err := w.s.Find(w.ctx, w.staff, "Rosa", 5); err != nil || len(found) != 0 {
		t.Fatalf("before the yes there is %v, %v", found, err)
	}
	for _, lang := range allLanguages {
		if body := w.sound(200, lang, "done", w.do("POST", "/people/new", lang, newPersonForm())); codes.FindString(body) == "" {
			t.Errorf("%s: no code on the paper", lang)
		}
	}
	found, err := w.s.Find(w.ctx, w.staff, "Rosa", 5)
	if err != nil || len(found) != 1 {
		t.Fatalf("the same form brought in %v, %v", found, err)
	}
}

func TestPersonPage(t *testing.T) {
	w := newSite(t)
	thu := w.join("Thu Pham", w.staff)
	at := "/people/" + thu.ID
	w.page(at)
	w.page("/people/edit/" + thu.ID)
	body := w.do("GET", at, "en", nil).Body.String()
	if strings.Contains(body, "555") || strings.Contains(strings.ToLower(body[:strings.Index(body, "</title>")]), "thu") {
		t.Error("the page shows the number unasked, or names the person in its title")
	}
	for _, lang := range allLanguages {
		if body := w.sound(200, lang, "contact", w.do("POST", "/people/reach/"+thu.ID, lang, nil)); !strings.Contains(body, "555") {
			t.Errorf("%s: no number when it is asked for", lang)
		}
		if body := w.sound(422, lang, "rest", w.do("POST", at, lang, url.Values{"act": {"rest"}, "until": {"2020-01-01"}})); !strings.Contains(body, "#f-until") {
			t.Errorf("%s: a day that is over is taken", lang)
		}
		w.sound(200, lang, "code", w.do("POST", at, lang, url.Values{"act": {"code"}}))
	}
	for act, form := range map[string]url.Values{"hand over": {"act": {"hand_over"}, "owner": {"omar"}}, "rest": {"act": {"rest"}, "until": {"2027-01-15"}}, "account": {"act": {"link_account"}, "account": {"omar"}},
		"change": {"called_name": {"Thu P."}, "contact": {"phone"}, "phone": {"5035550121"}, "lang": {"vi"}}} {
		path := at
		if act == "change" {
			path = "/people/edit/" + thu.ID
		}
		if rec := w.do("POST", path, "en", form); rec.Code != 303 {
			t.Errorf("%s: %d %s", act, rec.Code, rec.Body)
		}
	}
	sam := w.join("Sam Okafor", w.staff)
	for _, lang := range allLanguages {
		w.sound(422, lang, "nobody", w.do("POST", at, lang, url.Values{"act": {"tie"}, "tie": {"brings"}, "other": {"Nobody Here"}}))
	}
	if rec := w.do("POST", at, "en", url.Values{"act": {"tie"}, "tie": {"brings"}, "other": {"sam okafor"}}); rec.Code != 303 {
		t.Errorf("tie: %d %s", rec.Code, rec.Body)
	}
	if body := w.do("GET", at, "en", nil).Body.String(); !strings.Contains(body, "/people/"+sam.ID) {
		t.Error("the relationship is not shown")
	}
	w.page("/people/" + sam.ID)
	if rec := w.do("POST", at, "en", url.Values{"act": {"untie"}, "tie": {"brings"}, "from": {thu.ID}, "to": {sam.ID}}); rec.Code != 303 {
		t.Errorf("untie: %d", rec.Code)
	}
	w.page(at)
	w.staff = actor("omar", access.Leader)
	if body := w.sound(200, "en", "the leader's", w.do("GET", at, "en", nil)); !strings.Contains(body, "Thu P.") || strings.Contains(body, "link_account") {
		t.Error("the leader who answers for her does not see her, or may link accounts")
	}
	w.staff = actor("lee", access.Clinician)
	if rec := w.do("GET", at, "en", nil); rec.Code != 403 {
		t.Errorf("a clinician opens it: %d", rec.Code)
	}
}

// What was suggested after a one-to-one is the next step, for whoever may read that
// one-to-one and for the person, until they have done it.
func TestASuggestedRoleIsTheNextStep(t *testing.T) {
	w := newSite(t)
	thu := w.join("Thu Pham", w.staff)
	w.do("POST", "/one-to-ones", "en", afterForm("k"))
	at := "/people/" + thu.ID
	ladder := func(path, section string) string {
		w.page(path)
		body := w.do("GET", path, "en", nil).Body.String()
		_, body, _ = strings.Cut(body, `<section class="`+section)
		body, _, _ = strings.Cut(body, "</section>")
		return body
	}
	const suggested, program = "Host a meeting", "house meeting"
	if got := ladder(at, `stack tight" aria-labelledby="ladder"`); !strings.Contains(got, suggested) || !strings.Contains(got, "/one-to-ones/") {
		t.Errorf("the author's page: %s", got)
	}
	w.enter(thu.Code)
	if got := ladder("/me/together", `stack" aria-labelledby="stand"`); !strings.Contains(got, suggested) || strings.Contains(got, program) {
		t.Errorf("her own page: %s", got)
	}
	w.staff = actor("bea", access.Organizer) // only its author may read it
	if got := ladder(at, `stack tight" aria-labelledby="ladder"`); strings.Contains(got, suggested) {
		t.Errorf("another organizer reads it: %s", got)
	}
	w.staff = actor("ana", access.Organizer)
	w.clock.Advance(time.Hour)
	w.ok(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
		_, err := w.s.RecordIn(w.ctx, tx, w.staff, people.Encounter{Kind: people.HouseMeeting, State: people.Held, At: w.clock.Now(), Present: []people.Presence{{Person: thu.ID, Role: people.Hosted}}})
		return err
	}))
	if got := ladder(at, `stack tight" aria-labelledby="ladder"`); strings.Contains(got, suggested) {
		t.Errorf("she has hosted since: %s", got)
	}
}

// A field that was not agreed to needs a yes of its own.
func TestNewFieldsNeedANewYes(t *testing.T) {
	w := newSite(t)
	thu := w.join("Thu Pham", w.staff)
	form := url.Values{"called_name": {"Thu Pham"}, "contact": {"mail"}, "email": {"thu@mail.example"}, "lang": {"vi"}}
	w.sound(422, "en", "without a yes", w.do("POST", "/people/edit/"+thu.ID, "en", form))
	form.Set("how", "spoken")
	form.Set("witness", "organizer")
	if rec := w.do("POST", "/people/edit/"+thu.ID, "en", form); rec.Code != 303 {
		t.Errorf("with a yes: %d %s", rec.Code, rec.Body)
	}
}

func TestJoiningByALink(t *testing.T) {
	w := newSite(t)
	w.page("/people/links")
	for _, lang := range allLanguages {
		w.sound(422, lang, "mistakes", w.do("POST", "/people/links", lang, url.Values{"place": {"moon"}}))
	}
	rec := w.do("POST", "/people/links", "en", url.Values{"place": {"house"}, "days": {"7"}, "lang": {"ar"}, "_key": {"l"}})
	if rec.Code != 303 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	ways, err := w.s.Links(w.ctx, w.staff)
	w.ok(err)
	at := "/people/links/" + ways[0].ID
	m := tokens.FindStringSubmatch(w.sound(200, "en", "poster", w.do("GET", at, "en", nil)))
	if m == nil {
		t.Fatal("no address on the poster")
	}
	w.page("/people/links")
	way := "/join/" + m[1]
	w.page(way)
	form := func(lang string) url.Values {
		return url.Values{"called_name": {"Samira"}, "contact": {"in_person"}, "lang": {lang}, "_key": {"join" + lang}}
	}
	for _, lang := range allLanguages {
		if body := w.sound(422, lang, "without a yes", w.do("POST", way, lang, form(lang))); !strings.Contains(body, "#f-agree") {
			t.Errorf("%s: joined without a yes", lang)
		}
		f := form(lang)
		f.Set("agree", "yes")
		for range 2 { // a double press
			if body := w.sound(200, lang, "joined", w.do("POST", way, lang, f)); codes.FindString(body) == "" {
				t.Errorf("%s: no code", lang)
			}
		}
	}
	list, err := w.s.Links(w.ctx, w.staff)
	if err != nil || len(list) != 1 || list[0].Joined != 4 {
		t.Errorf("%+v, %v", list, err)
	}
	if found, _ := w.s.Find(w.ctx, w.staff, "Samira", 9); len(found) != 4 || found[0].Owner != "ana" {
		t.Errorf("%+v", found)
	}
	if rec := w.do("POST", at, "en", url.Values{}); rec.Code != 303 {
		t.Errorf("closing: %d", rec.Code)
	}
	for _, path := range []string{way, "/join/" + strings.Repeat("x", 43)} {
		if rec := w.do("GET", path, "en", nil); rec.Code != 410 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	w.staff = actor("omar", access.Leader)
	if rec := w.do("GET", at, "en", nil); rec.Code != 404 {
		t.Errorf("another's poster: %d", rec.Code)
	}
}

func TestAFloodOfJoinsIsHeldUp(t *testing.T) {
	w := newSite(t)
	made, err := w.s.MakeLink(w.ctx, w.staff, people.LinkIn{Place: "table", Lang: "en", Days: 1})
	w.ok(err)
	l, err := w.s.Poster(w.ctx, w.staff, made)
	w.ok(err)
	last := 0
	for i := range 62 {
		last = w.do("POST", "/join/"+l.Token, "en", url.Values{"called_name": {"Bot"}, "contact": {"in_person"}, "lang": {"en"}, "agree": {"yes"}, "_key": {strings.Repeat("b", i+1)}}).Code
	}
	if last != 429 {
		t.Errorf("after 62 from one network: %d", last)
	}
}
