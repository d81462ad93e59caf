package canary

import (
	"net/url"
	"strings"
)

// assemblies: what is planned, asked and answered, and what is negotiated.
func (s *server) assemblies(hidden secrets) {
	s.t.Helper()
	ana := s.as("organizer")
	said := func(what string) string { hidden[what] = word(); return hidden[what] }
	at := strings.Fields(ana.post(303, "/assemblies/new", url.Values{"_key": {word()}, "title": {said("the assembly's title")}, "kind": {"action"}, "date": {"2099-01-01"}, "time": {"18:00"}, "minutes": {"60"},
		"where": {said("the assembly's hall")}, "purpose": {said("the assembly's purpose")}, "media": {said("the plan for the press")}, "risk": {said("the plan for safety")}, "languages": {"en", "ar"}}))[0]
	ana.post(303, at+"/asks/new", url.Values{"_key": {word()}, "issue_name": {said("an ask's issue")}, "to": {said("who is asked")}, "post": {said("the asked one's office")}, "body": {said("the asked one's body")}, "text": {said("an ask")}, "due": {"2099-06-01"}})
	ana.post(303, at+"/sheet/new", url.Values{"_key": {word()}, "title": {said("a part of the run-sheet")}, "minutes": {"5"}, "lead_role": {"chair"}, "script": {said("a script")}, "hints": {said("a hint for interpreters")}})
	ana.post(303, at+"/invitations", url.Values{"_key": {word()}, "name": {said("who is invited")}, "reply": {"none"}, "candidate": {"yes"}, "race": {said("an office somebody stands for")}})
	talk := strings.Fields(ana.post(303, "/negotiations/new", url.Values{"_key": {word()}, "title": {said("a negotiation")}, "kind": {"negotiation"}, "date": {"2026-01-05"}, "time": {"16:00"}, "minutes": {"60"}, "party": {said("who negotiates")},
		"ours": {said("what we want")}, "theirs": {said("what they want")}, "worked": {said("what was worked out")}, "step": {said("what comes next")}}))[0]
	ana.post(303, talk, url.Values{"_key": {word()}, "act": {"agree"}, "text": {said("what was agreed")}})
	if page := ana.get(200, at); !strings.Contains(page, hidden["an ask"]) || !strings.Contains(ana.get(200, talk), hidden["what was agreed"]) {
		s.t.Error("the organizer does not see what was written: nothing was stored")
	}
}
