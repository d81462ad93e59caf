package canary

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// groupWithContact is a steward's work: a group with somebody to call.
func (s *server) groupWithContact(hidden, public secrets) (group string) {
	s.t.Helper()
	hidden["the contact's name"], hidden["the contact's mail"], hidden["the contact's phone"] = word(), word(), number()
	ana := s.as("organizer")
	form := url.Values{
		"name": {"Group " + public["the group's public name"]}, "offer": {"organizing"}, "kind": {"tenants"}, "lang": {"en"}, "what": {"We meet. " + public["what the group says"]}, "for_whom": {"Everyone."},
		"why": {"Neighbors decide."}, "topics": {"housing"}, "languages": {"en", "es"}, "m0_day": {"2"}, "m0_start": {"18:00"}, "m0_end": {"19:00"}, "m0_every": {"weekly"},
		"place_name": {"Hall"}, "area": {"Flats"}, "address": {"4 Alder Street"}, "visibility": {"exact"}, "papers": {"no"}, "police": {"no"}, "photos": {"asked"}, "location": {"yes"},
		"members_decide": {"yes"}, "acts": {"yes"}, "tie": {"partner"}, "email": {"public@group.example"}, "different": {"yes"},
		"handoff_name": {hidden["the contact's name"]}, "handoff_phone": {hidden["the contact's phone"]}, "handoff_mail": {hidden["the contact's mail"] + "@mail.example"}, "handoff_channel": {"mail"}, "handoff_lang": {"es"},
	}
	wrong := url.Values{}
	for k, v := range form {
		wrong[k] = v
	}
	wrong.Set("name", "")
	ana.post(422, "/directory/new", wrong)
	form.Set("_key", word())
	at := strings.Fields(ana.post(303, "/directory/new", form))[0]
	group = at[strings.LastIndex(at, "/")+1:]
	page := ana.get(200, at) + ana.get(200, at+"/edit")
	if !strings.Contains(page, hidden["the contact's name"]) {
		s.t.Error("the steward does not see whom to call: nothing was stored")
	}
	checks := url.Values{"conflict": {"None known."}, "_key": {word()}}
	for _, m := range regexp.MustCompile(`name="passed"[^>]*value="([a-z_]+)"|value="([a-z_]+)"[^>]*name="passed"`).FindAllStringSubmatch(page, -1) {
		checks.Add("passed", m[1]+m[2])
	}
	ana.post(303, at+"/checklist", checks)
	ana.post(303, at+"/move", url.Values{"move": {"publish"}, "_key": {word()}})
	return group
}

// introduction is a clinician's, from the form with mistakes to the link of the group.
func (s *server) introduction(hidden secrets, group string) (intro string) {
	s.t.Helper()
	hidden["the person's name"], hidden["the person's mail"], hidden["the person's phone"] = word(), word(), number()
	hidden["a name in a refused form"], hidden["a mail in a refused form"], hidden["a phone in a refused form"] = word(), word(), number()
	cole := s.as("clinician")
	form := func(name, mail, phone string) url.Values {
		return url.Values{"_key": {word()}, "lang": {"es"}, "topics": {"housing"}, "group": {group}, "mode": {"call_back"}, "called_name": {name}, "contact": {"phone"}, "phone": {phone}, "email": {mail + "@mail.example"},
			"words": {"first_name"}, "agree_contact": {"yes"}, "tell_clinic": {"yes"}, "share_topics": {"yes"}, "how": {"spoken"}, "witness": {"navigator"}, "interpreter": {"phone_interpreter"}, "consent_lang": {"es"}}
	}
	wrong := form(hidden["a name in a refused form"], hidden["a mail in a refused form"], hidden["a phone in a refused form"])
	wrong.Set("agree_contact", "")
	cole.post(200, "/offer/consent", wrong)
	for _, step := range []string{"review", "introduce"} {
		cole.post(422, "/offer/"+step, wrong)
	}
	right := form(hidden["the person's name"], hidden["the person's mail"], hidden["the person's phone"])
	cole.post(200, "/offer/review", right)
	done := cole.post(200, "/offer/introduce", right)
	code := regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b`).FindString(done)
	if code == "" {
		s.t.Fatalf("no code for the person: %s", errorsIn(done))
	}
	hidden["the person's code"] = strings.ToLower(strings.ReplaceAll(code, "-", ""))
	hidden["the person's code in groups"] = strings.ToLower(code)

	lupe := s.as("navigator")
	found := lupe.post(200, "/handoffs/find", url.Values{"phone": {hidden["the person's phone"]}})
	m := regexp.MustCompile(`/handoffs/([0-9a-f-]{36})`).FindStringSubmatch(found)
	if m == nil {
		s.t.Fatalf("the introduction is not found by its phone number: %s", errorsIn(found))
	}
	intro = m[1]
	if page := lupe.get(200, "/handoffs/"+intro); !strings.Contains(page, hidden["the person's name"]) {
		s.t.Error("the navigator does not see the name: nothing was stored")
	}
	lupe.post(409, "/handoffs/"+intro, url.Values{"act": {"send"}, "_key": {word()}})
	linked := lupe.post(200, "/handoffs/"+intro, url.Values{"act": {"link"}, "_key": {word()}})
	link := regexp.MustCompile(`/r/([A-Za-z0-9_-]{43})`).FindStringSubmatch(linked)
	if link == nil {
		s.t.Fatalf("no link: %s", errorsIn(linked))
	}
	hidden["the token of the group's link"] = link[1]

	person := s.browser()
	person.post(303, "/me", url.Values{"code": {code}})
	person.get(200, "/me/info")
	hidden["the person's session"] = cookie(person, "sb_own")
	hidden["the name as changed"], hidden["the mail as changed"] = word(), word()
	person.post(303, "/me/change", url.Values{"_key": {word()}, "called_name": {hidden["the name as changed"]}, "contact": {"phone"}, "phone": {hidden["the person's phone"]}, "email": {hidden["the mail as changed"] + "@mail.example"}, "words": {"first_name"}})
	// What the free-text guard refuses is nowhere afterwards: neither the words, nor that somebody typed them.
	hidden["a word the guard found"] = "indocumentada" + word()
	for range 50 {
		person.post(422, "/me/change", url.Values{"_key": {word()}, "called_name": {"Ana " + hidden["a word the guard found"]}, "contact": {"phone"}, "phone": {hidden["the person's phone"]}, "words": {"first_name"}})
	}
	hidden["the clinician's session"] = cookie(cole, "sb_session")
	return intro
}

// told is a story of somebody who is not recorded, from the organizer's form to the teller's code.
func (s *server) told(hidden secrets) {
	s.t.Helper()
	hidden["a story's title"], hidden["a story's words"], hidden["where a story is used"] = word(), word(), word()
	ana := s.as("organizer")
	ana.post(422, "/told/new", url.Values{"title": {hidden["a story's title"]}, "text": {""}, "lang": {"es"}})
	page := ana.post(200, "/told/new", url.Values{"_key": {word()}, "title": {hidden["a story's title"]}, "text": {"Once " + hidden["a story's words"]}, "lang": {"es"}})
	at := regexp.MustCompile(`/told/[0-9a-f-]{36}`).FindString(page)
	code := regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b`).FindString(page)
	if at == "" || code == "" {
		s.t.Fatalf("no story: %s", errorsIn(page))
	}
	hidden["a teller's code"] = strings.ToLower(strings.ReplaceAll(code, "-", ""))
	ana.post(303, at+"/words", url.Values{"_key": {word()}, "_version": {"1"}, "title": {hidden["a story's title"]}, "text": {"Once " + hidden["a story's words"]}})
	teller := s.browser()
	if !strings.Contains(teller.post(200, "/said", url.Values{"code": {code}}), hidden["a story's words"]) {
		s.t.Error("the teller does not see the words: nothing was stored")
	}
	teller.post(200, "/said", url.Values{"code": {code}, "_key": {word()}, "act": {"yes"}, "_version": {"2"}, "identity": {"anonymous"}, "months": {"12"}, "places": {"web"}})
	ana.post(303, at+"/use", url.Values{"_key": {word()}, "place": {"web"}, "where": {hidden["where a story is used"]}})
}

func cookie(b *browser, name string) string {
	at, _ := url.Parse(b.s.base)
	for _, c := range b.jar.Cookies(at) {
		if c.Name == name {
			return c.Value
		}
	}
	b.s.t.Fatalf("no cookie %s", name)
	return ""
}

// accounts are an administrator's invitation and the guest who takes it.
func (s *server) accounts(hidden secrets) {
	s.t.Helper()
	for _, what := range []string{"the guest's name", "the guest's mail", "the account's name", "the account's mail", "a password", "a wrong password"} {
		hidden[what] = word()
	}
	mina := s.as("admin")
	mail := hidden["the guest's mail"] + "@clinic.example"
	mina.post(422, "/accounts/invite", url.Values{"name": {hidden["the guest's name"]}, "email": {"not an address " + hidden["the guest's mail"]}, "role": {"navigator"}, "language": {"en"}})
	page := mina.post(200, "/accounts/invite", url.Values{"_key": {word()}, "name": {hidden["the guest's name"]}, "email": {mail}, "role": {"navigator"}, "language": {"en"}})
	m := regexp.MustCompile(`/invite/([A-Za-z0-9_-]{43})`).FindStringSubmatch(page)
	if m == nil {
		s.t.Fatalf("no invitation: %s", errorsIn(page))
	}
	hidden["the token of an invitation"] = m[1]
	guest := s.browser()
	guest.get(200, "/invite/"+m[1])
	guest.post(303, "/invite/"+m[1], url.Values{"name": {hidden["the account's name"]}, "email": {mail}, "language": {"en"}})
	guest.get(200, "/enrol")
	password := hidden["a password"] + " with a space"
	guest.post(303, "/enrol", url.Values{"stage": {"factor"}, "password": {password}})
	if secret := regexp.MustCompile(`secret=([A-Z2-7]{16,})|\b([A-Z2-7]{4}( [A-Z2-7]{4}){7})\b`).FindStringSubmatch(guest.get(0, "/enrol")); secret != nil {
		hidden["the secret of the code app"] = strings.ReplaceAll(secret[1]+secret[2], " ", "")
	} else {
		s.t.Error("the page of the code app shows no secret: nothing to look for")
	}
	cole := s.as("lead")
	cole.post(303, "/account", url.Values{"_key": {word()}, "name": {hidden["the account's name"]}, "email": {hidden["the account's mail"] + "@clinic.example"}, "language": {"en"}})
	cole.post(303, "/account/password", url.Values{"_key": {word()}, "next": {password}})
}

// mistakes are what people type where it does not belong.
func (s *server) mistakes(hidden secrets) {
	s.t.Helper()
	hidden["a searched name"], hidden["a typed address"] = word(), word()
	b := s.browser()
	b.post(0, "/sign-in", url.Values{"email": {hidden["the account's mail"] + "@clinic.example"}, "password": {hidden["a wrong password"]}})
	b.get(0, "/groups?q="+hidden["a searched name"])
	b.get(404, "/"+hidden["a typed address"])
	b.get(0, "/groups/"+hidden["a typed address"])
	b.get(0, "/r/"+hidden["a typed address"])
	b.post(0, "/me", url.Values{"code": {hidden["a searched name"]}})
	b.post(0, "/r/"+hidden["a typed address"], url.Values{"code": {hidden["a searched name"]}})
	b.get(0, "/sign-in?next=/"+hidden["a typed address"])
	lupe := s.as("navigator")
	lupe.post(0, "/handoffs/find", url.Values{"phone": {hidden["a searched name"]}})
	lupe.get(0, "/handoffs/"+hidden["a typed address"])
}

// erase lets the person stop, and looks for the key: it must be gone from the
// bytes, and with it everything that it locked.
func (s *server) erase(hidden secrets, intro string) {
	s.t.Helper()
	keys := filepath.Join(s.dir, "data", "keys", "keys.db")
	person := s.one(s.database, `SELECT person FROM introduction WHERE id = $1`, intro)
	wrapped := s.one(keys, `SELECT wrapped FROM vault_person_key WHERE person_id = $1`, person)
	sealed := s.one(s.database, `SELECT sealed FROM introduction WHERE id = $1`, intro)
	key, text := secrets{"the person's wrapped key": wrapped}, secrets{"what the key locks": sealed}
	if len(search(s.files(), key)) == 0 || len(search(s.files(), text)) == 0 {
		s.t.Fatal("the key or the ciphertext is not found before the erasure: the search is blind")
	}
	lupe := s.as("navigator")
	lupe.post(303, "/handoffs/"+intro+"/stop", url.Values{"_key": {word()}, "how": {"phone"}, "confirm": {"yes"}})
	for deadline := time.Now().Add(5 * time.Second); len(search(s.files(), key)) > 0 && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond)
	}
	for _, f := range search(s.files(), key) {
		s.t.Errorf("after the erasure %s", f)
	}
	for _, f := range search(s.files(), text) {
		s.t.Logf("without its key: %s", f) // useless without the key; the log of the database may keep it until it is checkpointed
	}
	if n := s.one(keys, `SELECT CAST(COUNT(*) AS TEXT) FROM vault_person_key WHERE person_id = $1`, person); n != "0" {
		s.t.Errorf("%s keys of the person are left", n)
	}
	page := lupe.get(0, "/handoffs/"+intro)
	for what, token := range hidden {
		if strings.Contains(page, token) {
			s.t.Errorf("%s still opens for the navigator", what)
		}
	}
	if again := s.browser().post(0, "/me", url.Values{"code": {hidden["the person's code"]}}); strings.Contains(again, hidden["the name as changed"]) {
		s.t.Error("the code still opens the name")
	}
	if found := lupe.post(0, "/handoffs/find", url.Values{"phone": {hidden["the person's phone"]}}); strings.Contains(found, intro) {
		s.t.Error("the introduction is still found by the phone number")
	}
}
