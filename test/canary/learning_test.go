package canary

import (
	"net/url"
	"strings"
)

// learning: what is taught is for everybody who learns; whom one looks for is not.
func (s *server) learning(hidden, public secrets) {
	s.t.Helper()
	ana := s.as("organizer")
	public["what a curriculum is called"] = word()
	at := strings.Fields(ana.post(303, "/learn/curricula/new", url.Values{"_key": {word()}, "title": {public["what a curriculum is called"]}, "purpose": {"To begin."}, "lang": {"en"}, "add": {"story"}}))[0]
	ana.post(303, at+"/state", url.Values{"_key": {word()}, "to": {"published"}, "edition": {"1"}})
	training := strings.Fields(ana.post(303, "/learn/trainings/new", url.Values{"_key": {word()}, "curriculum": {strings.TrimPrefix(at, "/learn/curricula/")}, "date": {"2027-01-15"}, "time": {"18:00"},
		"minutes": {"90"}, "place": {"hall"}, "lang": {"en"}}))[0]
	hidden["a searched learner"], hidden["a learner who is none"] = word(), word()
	ana.get(200, training+"?q="+hidden["a searched learner"])
	ana.post(422, training+"/list", url.Values{"_key": {word()}, "act": {"add"}, "person": {hidden["a learner who is none"]}})
}
