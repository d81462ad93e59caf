package canary

import (
	"net/url"
	"regexp"
	"strings"
)

// turns: what a cycle is about, what is asked of whom and why, the reasons, the
// lists of the clinic and the organizers' notebook.
func (s *server) turns(hidden secrets) {
	s.t.Helper()
	ana := s.as("organizer")
	said := func(what string) string { hidden[what] = word(); return hidden[what] }
	at := strings.Fields(ana.post(303, "/cycles/new", url.Values{"_key": {word()}, "name": {said("a cycle's name")}, "about": {said("what a cycle is about")}}))[0]
	ana.post(422, "/cycles/new", url.Values{"_key": {word()}, "name": {""}, "about": {said("what a refused cycle is about")}})
	ana.post(303, at+"/move", url.Values{"_key": {word()}, "to": {"listening"}, "reason": {said("why a gate was opened")}})
	issue := strings.Fields(ana.post(303, "/issues/new", url.Values{"_key": {word()}, "cycle": {strings.TrimPrefix(at, "/cycles/")}, "problem": {said("a problem")}, "title": {said("an issue")}}))[0]
	ask := url.Values{"_key": {word()}, "name": {said("a decision-maker")}, "title": {said("their office")}, "body": {said("their body")}, "action": {said("what is asked")}, "leverage": {said("a leverage")},
		"due": {"2027-06-30"}, "version": {"1"}}
	ana.post(303, issue+"/ask", ask)
	ana.post(422, issue+"/ask", url.Values{"_key": {word()}, "action": {said("a refused ask")}, "version": {"2"}})
	list := strings.Fields(ana.post(303, "/criteria/lee/edit", url.Values{"_key": {word()}, "name": {said("a list's name")}, "items": {said("a criterion") + " | " + said("what a criterion means")}, "version": {"1"}}))[0]
	ana.post(303, issue+"/score", url.Values{"_key": {word()}, "set": {strings.TrimPrefix(list, "/criteria/")}})
	ana.post(303, issue+"/score/0", url.Values{"_key": {word()}, "score": {"1"}, "reason": {said("why a score")}})
	ana.post(303, issue+"/state", url.Values{"_key": {word()}, "to": {"parked"}, "reason": {said("why an issue was set aside")}})
	ana.post(303, at+"/notebook", url.Values{"_key": {word()}, "kind": {"know"}, "text": {said("a note")}})
	page := ana.get(200, at+"/notebook")
	if !strings.Contains(page, hidden["a note"]) {
		s.t.Error("the organizer does not see the note: nothing was stored")
	}
	if page := ana.get(200, issue); !strings.Contains(page, hidden["a leverage"]) || !strings.Contains(page, hidden["why a score"]) {
		s.t.Error("the organizer does not see the ask: nothing was stored")
	}
	hidden["a searched person"] = word()
	ana.get(200, at+"/notebook?q="+hidden["a searched person"])
	note := regexp.MustCompile(`/notes/[0-9a-f-]{36}`).FindString(page)
	ana.post(303, note, url.Values{"_key": {word()}, "act": {"finish"}})
}
