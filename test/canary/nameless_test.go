package canary

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"seedbed/internal/platform/proof"
)

var carriedField = regexp.MustCompile(`name="(challenge|receipt|statement)" value="([^"]*)"`)

// carried reads what a form without an account takes along, with the work done.
func carried(page string) url.Values {
	f := url.Values{}
	for _, m := range carriedField.FindAllStringSubmatch(page, -1) {
		f.Set(m[1], m[2])
	}
	if c := f.Get("challenge"); c != "" {
		f.Set("nonce", proof.Work(c))
	}
	return f
}

// nameless is what people say without an account: an answer at a kiosk and votes on
// statements, and the receipts that lead back to them.
func (s *server) nameless(hidden secrets) {
	s.t.Helper()
	secret := func(what string) string { hidden[what] = word(); return hidden[what] }
	ana, now := s.as("organizer"), time.Now()
	day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
	at := strings.TrimSuffix(strings.Fields(ana.post(303, "/campaigns/new", url.Values{"_key": {word()}, "version": {"0"}, "name": {word()}, "starts": {day(-3)}, "ends": {day(40)}, "people": {"200"}, "sessions": {"100"}, "listeners": {"10"},
		"languages": {"en"}, "q_en_0": {"What weighs on you?"}, "q_en_1": {"What should change?"}, "areas": {"Market"}}))[0], "/listeners")
	who := regexp.MustCompile(`value="(account:[0-9a-f-]{36})"`).FindStringSubmatch(ana.get(200, at+"/listeners"))
	ana.post(303, at+"/listeners", url.Values{"_key": {word()}, "who": {who[1]}, "goal": {"10"}})
	ana.post(303, at+"/move", url.Values{"_key": {word()}, "act": {"open"}})

	answers := strings.Replace(at, "/campaigns/", "/answers/", 1)
	ana.post(303, answers+"/places", url.Values{"_key": {word()}, "name": {"Hall"}, "lang": {"en"}, "kiosk": {"yes"}})
	ask := regexp.MustCompile(`/ask/([A-Za-z0-9_-]{43})`).FindStringSubmatch(ana.get(200, answers+"/places"))
	hidden["the token of a poster"] = ask[1]
	phone := s.browser()
	f := carried(phone.get(200, ask[0]))
	s.receipt(hidden, "an answer's", f.Get("receipt"))
	f.Set("to", "2")
	f.Set("q-q1", "The bus "+secret("what somebody answered"))
	phone.post(200, ask[0], f)
	f.Set("to", "3")
	f.Set("send", "yes")
	phone.post(200, ask[0], f)
	if !strings.Contains(ana.get(200, answers), hidden["what somebody answered"]) {
		s.t.Error("the moderator does not see the answer: nothing was stored")
	}
	if !strings.Contains(phone.post(200, "/ask", url.Values{"receipt": f["receipt"]}), hidden["what somebody answered"]) {
		s.t.Error("the receipt does not open the answer")
	}

	queue := strings.Fields(ana.post(303, "/statements", url.Values{"_key": {word()}, "title": {secret("the name of a conversation")}, "lang": {"en"}}))[0]
	ana.post(303, strings.TrimSuffix(queue, "/queue")+"/words", url.Values{"_key": {word()}, "lang": {"en"}, "text-en": {"A bus " + secret("a statement from the team")}})
	say := regexp.MustCompile(`/say/([A-Za-z0-9_-]{43})`).FindStringSubmatch(ana.get(200, queue))
	hidden["the token of a conversation"] = say[1]
	f = carried(phone.get(200, say[0]))
	s.receipt(hidden, "a voter's", f.Get("receipt"))
	f.Set("statement", carried(phone.post(200, say[0], f)).Get("statement"))
	f.Set("vote", "disagree")
	phone.post(200, say[0], f)
	sent := url.Values{"receipt": f["receipt"], "to": {"sent"}, "text": {"The rent " + secret("a statement sent by a voter")}}
	phone.post(200, say[0], sent)
	if !strings.Contains(ana.get(200, queue), hidden["a statement sent by a voter"]) {
		s.t.Error("the moderator does not see the statement: nothing was stored")
	}
	if !strings.Contains(phone.post(200, "/say", url.Values{"receipt": f["receipt"]}), hidden["a statement from the team"]) {
		s.t.Error("the receipt does not open the votes")
	}
	ana.get(200, strings.TrimSuffix(queue, "/queue"))
}

// receipt looks for the words of a receipt as they are written and run together.
func (s *server) receipt(hidden secrets, whose, words string) {
	s.t.Helper()
	if len(strings.Fields(words)) != 6 {
		s.t.Fatalf("no receipt: %q", words)
	}
	hidden[whose+" receipt"] = words
	hidden[whose+" receipt without spaces"] = strings.ReplaceAll(words, " ", "")
}
