package canary

import (
	"net/url"
	"regexp"
	"strings"
)

// powers: what we know of somebody in office, and who among us knows them.
func (s *server) powers(hidden secrets) {
	s.t.Helper()
	ana := s.as("organizer")
	said := func(what string) string { hidden[what] = word(); return hidden[what] }
	form := func(what string) url.Values {
		return url.Values{"_key": {word()}, "name": {said(what + " name")}, "office": {said(what + " title")}, "body_name": {said(what + " body")}, "body_kind": {"county"}, "powers": {said(what + " powers")},
			"wants": {said(what + " wants")}, "contact": {said(what + " contact")}, "link": {"https://" + said(what+" page") + ".example/"}}
	}
	wrong := form("a refused office's")
	wrong.Set("body_kind", "party")
	ana.post(422, "/power/offices/new", wrong)
	at := strings.Fields(ana.post(303, "/power/offices/new", form("the office's")))[0]
	page := ana.get(200, at+"/tie?q="+hidden["a member's name"])
	holder := regexp.MustCompile(`name="person" value="([0-9a-f-]{36})"`).FindStringSubmatch(page)
	if holder == nil {
		s.t.Fatalf("nobody to know them: %s", errorsIn(page))
	}
	ana.post(303, at+"/tie", url.Values{"_key": {word()}, "who": {"person"}, "q": {hidden["a member's name"]}, "person": {holder[1]}, "kind": {"club"}, "strength": {"2"}, "months": {"6"}, "words": {"es"}, "how": {"spoken"}, "witness": {"organizer"}})
	ana.post(303, at+"/approach", url.Values{"_key": {word()}, "what": {said("an approach")}, "due": {"2099-01-01"}})
	if page := ana.get(200, at); !strings.Contains(page, hidden["a member's name"]) || !strings.Contains(page, hidden["an approach"]) || !strings.Contains(page, hidden["the office's wants"]) {
		s.t.Error("the organizer does not see what was written: nothing was stored")
	}
}
