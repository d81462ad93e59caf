package canary

import (
	"net/url"
	"regexp"
	"strings"
	"time"
)

// listens is a campaign whose words nobody finds on the disk: its name and questions,
// where it listens, what was said, and what was thought of somebody who may lead.
func (s *server) listens(hidden secrets) {
	s.t.Helper()
	secret := func(what string) string { hidden[what] = word(); return hidden[what] }
	ana, now := s.as("organizer"), time.Now()
	day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
	form := url.Values{"_key": {word()}, "version": {"0"}, "name": {secret("the campaign's name")}, "starts": {day(-30)}, "ends": {day(40)}, "people": {"200"}, "sessions": {"100"}, "listeners": {"10"},
		"languages": {"en"}, "q_en_0": {secret("a question")}, "q_en_1": {"What should change?"}, "areas": {secret("a part of town")}}
	wrong := url.Values{}
	for k, v := range form {
		wrong[k] = v
	}
	wrong.Set("q_en_0", "")
	wrong.Set("name", secret("a refused campaign's name"))
	ana.post(422, "/campaigns/new", wrong)
	at := strings.TrimSuffix(strings.Fields(ana.post(303, "/campaigns/new", form))[0], "/listeners")
	if page := ana.get(200, at); !strings.Contains(page, hidden["the campaign's name"]) {
		s.t.Error("the organizer does not see the campaign: nothing was stored")
	}
	listeners := ana.get(200, at+"/listeners")
	who := regexp.MustCompile(`value="(account:[0-9a-f-]{36})"`).FindStringSubmatch(listeners)
	if who == nil {
		s.t.Fatal("no colleague to listen")
	}
	ana.get(200, at+"/listeners?q="+secret("a searched listener"))
	ana.post(303, at+"/listeners", url.Values{"_key": {word()}, "who": {who[1]}, "goal": {"10"}})
	ana.post(303, at+"/networks", url.Values{"_key": {word()}, "kind": {"place"}, "name": {secret("a network")}})
	ana.post(303, at+"/move", url.Values{"_key": {word()}, "act": {"open"}})
	report := func(more url.Values) url.Values {
		f := url.Values{"_key": {word()}, "revision": {"1"}, "act": {"report"}, "format": {"paper"}, "date": {day(-2)}, "language": {"en"}, "heard": {"37"}}
		for k, v := range more {
			f[k] = v
		}
		return f
	}
	ana.post(422, at+"/report", report(url.Values{"said_0": {secret("what a refused report says")}, "said_n_0": {"99"}}))
	ana.post(200, at+"/report", url.Values{"_key": {word()}, "act": {"find"}, "q": {secret("a searched name at a session")}})
	ana.post(303, at+"/report", report(url.Values{"said_0": {secret("what was said")}, "said_n_0": {"21"}, "said_1": {"Rent"}, "said_n_1": {"30"}}))
	if page := ana.get(200, at+"/themes"); !strings.Contains(page, hidden["what was said"]) {
		s.t.Error("the wall does not show what was said: nothing was stored")
	}
	ana.post(303, at+"/themes", url.Values{"_key": {word()}, "act": {"create"}, "name": {secret("a theme")}, "definition": {secret("what a theme means")}})
	ana.post(303, at+"/midpoint", url.Values{"_key": {word()}, "network_kind": {"community"}, "network_name": {secret("a network of the mid-point")}, "note": {secret("a note of the mid-point")}})
	ana.post(303, at+"/move", url.Values{"_key": {word()}, "act": {"close"}})
	ana.post(303, at+"/agree", url.Values{"_key": {word()}, "leaders": {"4"}, "staff": {"1"}})
	ana.get(200, at+"/sheet")
	ana.post(303, at+"/report-back", url.Values{"_key": {word()}, "how": {"meeting"}, "date": {day(0)}, "reached": {"80"}, "languages": {"en"}, "note": {secret("a note of the report back")}})
	ana.post(303, at+"/decision", url.Values{"_key": {word()}, "date": {day(0)}, "method": {"hands"}, "people": {"64"}, "institutions": {"0"}, "of_institutions": {"0"}, "chosen": {"0", "1"},
		"option_0": {secret("a priority")}, "option_0_votes": {"60"}, "option_1": {"Rent"}, "option_1_votes": {"50"}, "dissent": {secret("a dissent")}})
}
