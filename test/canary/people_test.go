package canary

import (
	"net/url"
	"regexp"
	"strings"
)

var personCode = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}\b`)

// people is an organizer's work and a member's: somebody comes in, a one-to-one is
// written down, something is agreed, the member says what they want next.
func (s *server) people(hidden secrets) {
	s.t.Helper()
	for _, what := range []string{"a member's name", "a member's mail", "a member's part of town", "what a member said", "what a member agreed to", "what a member wants next", "another day's promise", "a name that was not found"} {
		hidden[what] = word()
	}
	hidden["a member's phone"] = number()
	ana := s.as("organizer")
	form := url.Values{"lang": {"es"}, "called_name": {hidden["a member's name"]}, "contact": {"phone"}, "phone": {hidden["a member's phone"]}, "email": {hidden["a member's mail"] + "@mail.example"},
		"area": {hidden["a member's part of town"]}, "words": {"first_name"}, "agree": {"yes"}, "how": {"spoken"}, "witness": {"organizer"}, "_key": {word()}}
	ana.post(200, "/people/new/review", form)
	done := ana.post(200, "/people/new", form)
	code := personCode.FindString(done)
	at := regexp.MustCompile(`/people/([0-9a-f-]{36})`).FindStringSubmatch(done)
	if code == "" || at == nil {
		s.t.Fatalf("nobody came in: %s", errorsIn(done))
	}
	hidden["a member's code"] = strings.ToLower(strings.ReplaceAll(code, "-", ""))
	one := url.Values{"name": {hidden["a member's name"]}, "purpose": {"recruitment"}, "day": {"today"}, "minutes": {"35"}, "place": {"cafe"}, "heard": {hidden["what a member said"]}, "who": {"them"},
		"agreed": {hidden["what a member agreed to"]}, "due": {"2099-01-01"}, "remind": {"yes"}, "readers": {"me"}, "_key": {word()}}
	ana.post(303, "/one-to-ones", one)
	one.Set("name", hidden["a name that was not found"])
	one.Set("_key", word())
	ana.post(422, "/one-to-ones", one)
	if page := ana.get(200, "/people/"+at[1]) + ana.post(200, "/people/reach/"+at[1], url.Values{"_key": {word()}}) + ana.get(200, "/today"); !strings.Contains(page, hidden["what a member agreed to"]) {
		s.t.Error("the organizer does not see what was agreed: nothing was stored")
	}
	member := s.browser()
	member.post(303, "/me", url.Values{"code": {code}})
	page := member.get(200, "/me/together")
	if !strings.Contains(page, hidden["what a member said"]) || !strings.Contains(page, hidden["a member's part of town"]) {
		s.t.Errorf("the member does not read what is written about them: %s", errorsIn(page))
	}
	promise := regexp.MustCompile(`name="id" value="([0-9a-f-]{36})"`).FindStringSubmatch(page)
	if promise == nil {
		s.t.Fatal("no promise to settle")
	}
	member.post(303, "/me/together/promise", url.Values{"id": {promise[1]}, "state": {"renegotiated"}, "due": {"2099-02-01"}, "what": {hidden["another day's promise"]}, "_key": {word()}})
	member.post(303, "/me/together/next", url.Values{"own": {hidden["what a member wants next"]}, "_key": {word()}})
	member.get(200, "/me/together/take")
	for _, c := range member.jar.Cookies(must(url.Parse(s.base))) {
		if c.Name == "sb_mine" {
			hidden["a member's session"] = c.Value
		}
	}
	if hidden["a member's session"] == "" {
		s.t.Error("the member has no session of their own")
	}
}

func must(u *url.URL, err error) *url.URL {
	if err != nil {
		panic(err)
	}
	return u
}
