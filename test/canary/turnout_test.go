package canary

import (
	"net/url"
	"regexp"
	"strings"
)

// brought: what an event is called and where it is, who was asked by whom, and the
// address on which they answer.
func (s *server) brought(hidden secrets) {
	s.t.Helper()
	ana := s.as("organizer")
	said := func(what string) string { hidden[what] = word(); return hidden[what] }
	form := func(what string) url.Values {
		return url.Values{"_key": {word()}, "title": {said(what + " name")}, "where": {said(what + " place")}, "kind": {"assembly"}, "date": {"2099-01-01"}, "time": {"18:00"}, "minutes": {"75"}, "goal": {"40"}}
	}
	wrong := form("a refused turnout's")
	wrong.Set("goal", "0")
	ana.post(422, "/turnout/new", wrong)
	at := strings.Fields(ana.post(303, "/turnout/new", form("a turnout's")))[0]
	page := ana.get(200, at+"/ask?q="+hidden["a member's name"])
	person := regexp.MustCompile(`name="person" value="([0-9a-f-]{36})"`).FindStringSubmatch(page)
	if person == nil {
		s.t.Fatalf("nobody to ask: %s", errorsIn(page))
	}
	ana.post(303, at+"/ask", url.Values{"_key": {word()}, "person": {person[1]}, "yes": {"yes"}})
	if page := ana.get(200, at+"/tree"); !strings.Contains(page, hidden["a member's name"]) || !strings.Contains(ana.get(200, at), hidden["a turnout's place"]) {
		s.t.Error("the organizer does not see what was written: nothing was stored")
	}
}
