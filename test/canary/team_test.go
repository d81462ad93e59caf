package canary

import (
	"net/url"
	"regexp"
	"strings"
	"time"
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
	s.meetings(hidden, strings.TrimPrefix(at, "/teams/"))
}

// meetings: what is said in one, who would come, and the addresses that open it.
func (s *server) meetings(hidden secrets, team string) {
	s.t.Helper()
	ana := s.as("organizer")
	said := func(what string) string { hidden[what] = word(); return hidden[what] }
	plan := url.Values{"_key": {word()}, "team": {team}, "template": {"core"}, "date": {time.Now().AddDate(0, 0, 1).Format(time.DateOnly)}, "time": {"00:30"}, "minutes": {"90"}, "lang": {"en"},
		"title": {said("a meeting's title")}, "where": {said("a meeting's place")}, "round": {said("a meeting's question")}, "agenda": {"10 " + said("an agenda item") + " | " + said("who leads an item")}}
	at := strings.Fields(ana.post(303, "/meetings/new", plan))[0]
	wrong := url.Values{"_key": {word()}, "template": {"core"}, "title": {said("a refused meeting's title")}, "agenda": {said("a refused agenda")}}
	ana.post(422, "/meetings/new", wrong)
	page := ana.get(200, at)
	link := regexp.MustCompile(`/m/([A-Za-z0-9_-]{43})`).FindStringSubmatch(page)
	code := regexp.MustCompile(`<span class="code" dir="ltr">(\d{6})</span>`).FindStringSubmatch(page)
	if link == nil || code == nil || !strings.Contains(page, hidden["a meeting's title"]) {
		s.t.Fatal("the organizer does not see the meeting: nothing was stored")
	}
	hidden["the token of an invitation to a meeting"] = link[1]
	hidden["the phone of who answers"] = number()
	guest := s.browser()
	guest.post(422, "/m/"+link[1], url.Values{"code": {said("a wrong code")}})
	done := guest.post(200, "/m/"+link[1]+"/answer", url.Values{"_key": {word()}, "code": {code[1]}, "coming": {"yes"}, "children": {"1"}, "phone": {hidden["the phone of who answers"]}})
	receipt := regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b`).FindString(done)
	if receipt == "" {
		s.t.Fatalf("no code for the door: %s", errorsIn(done))
	}
	hidden["the code of an answer"] = strings.ToLower(strings.ReplaceAll(receipt, "-", ""))
	ana.post(303, at+"/run", url.Values{"_key": {word()}, "act": {"note"}, "item": {"0"}, "notes_0": {said("a note of a meeting")}})
	ana.post(303, at+"/run", url.Values{"_key": {word()}, "act": {"decide"}, "method": {"consent"}, "what": {said("a decision")}, "dissent": {said("a dissent")}})
	ana.post(422, at+"/door", url.Values{"_key": {word()}, "act": {"receipt"}, "receipt": {said("a wrong receipt")[:8]}})
	ana.get(200, at+"/door?q="+said("a name searched at the door"))
	feed := regexp.MustCompile(`/cal/([A-Za-z0-9_-]{43})`).FindStringSubmatch(ana.post(200, "/feeds", url.Values{"_key": {word()}}))
	if feed == nil {
		s.t.Fatal("no calendar address")
	}
	hidden["the token of a calendar"] = feed[1]
	guest.get(200, "/cal/"+feed[1]+".ics")
}
