package canary

import (
	"net/url"
	"strings"
)

// teams: what a team is called, is for and agreed on is nobody else's business.
func (s *server) teams(hidden secrets) {
	s.t.Helper()
	ana := s.as("organizer")
	form := func(what string) url.Values {
		for _, part := range []string{"name", "purpose", "agreements"} {
			hidden[what+" "+part] = word()
		}
		return url.Values{"_key": {word()}, "kind": {"core"}, "name": {hidden[what+" name"]}, "purpose": {hidden[what+" purpose"]}, "agreements": {hidden[what+" agreements"]},
			"every": {"weekly"}, "weekday": {"2"}, "start": {"18:00"}, "end": {"19:30"}}
	}
	wrong := form("a refused team's")
	wrong.Set("kind", "committee")
	ana.post(422, "/teams/new", wrong)
	at := strings.TrimSuffix(strings.Fields(ana.post(303, "/teams/new", form("the team's")))[0], "/members")
	if page := ana.get(200, at); !strings.Contains(page, hidden["the team's purpose"]) {
		s.t.Error("the organizer does not see what the team is for: nothing was stored")
	}
	hidden["a searched member"] = word()
	ana.get(200, at+"/members?q="+hidden["a searched member"])
	changed := form("the changed team's")
	changed.Set("version", "1")
	ana.post(303, at+"/edit", changed)
}
