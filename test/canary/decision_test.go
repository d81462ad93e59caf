package canary

import (
	"net/url"
	"regexp"
	"strings"
)

// decisions: what is asked, what is answered with a name, the minutes, and the
// codes of those who vote.
func (s *server) decisions(hidden secrets) {
	s.t.Helper()
	ana := s.as("organizer")
	form := func(what string) url.Values {
		for _, part := range []string{"question", "background"} {
			hidden[what+" "+part] = word()
		}
		return url.Values{"_key": {word()}, "question": {hidden[what+" question"]}, "background": {hidden[what+" background"]}, "method": {"consent"}, "openness": {"named"}, "unit": {"person"}}
	}
	wrong := form("a refused decision's")
	wrong.Set("method", "lottery")
	ana.post(422, "/decisions/new", wrong)
	at := strings.TrimSuffix(strings.Fields(ana.post(303, "/decisions/new", form("the decision's")))[0], "/voters")
	page := ana.get(200, at+"/voters")
	delegate := regexp.MustCompile(`name="(d_[0-9a-f-]{36})"`).FindStringSubmatch(page)
	if delegate == nil {
		s.t.Fatal("no institution can send a delegate")
	}
	hidden["a searched voter"] = word()
	ana.post(303, at+"/voters", url.Values{"then": {"search"}, "name": {hidden["a searched voter"]}, delegate[1]: {"2"}})
	sheet := ana.post(200, at+"/codes", url.Values{"_key": {word()}})
	var codes []string
	for _, m := range regexp.MustCompile(`class="code" dir="ltr">([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})<`).FindAllStringSubmatch(sheet, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != 2 {
		s.t.Fatalf("%d codes", len(codes))
	}
	for _, c := range codes {
		hidden["the voting code "+c[:4]] = strings.ToLower(c)
		hidden["the voting code in one "+c[:4]] = strings.ToLower(strings.ReplaceAll(c, "-", ""))
	}
	ana.post(303, at+"/open", url.Values{"_key": {word()}})
	link := regexp.MustCompile(`(/v/([A-Za-z0-9_-]{43}))`).FindStringSubmatch(ana.get(200, at))
	if link == nil {
		s.t.Fatal("no voting page")
	}
	hidden["the token of the voting page"] = link[2]
	hidden["a reason in a refused answer"], hidden["the reason of an answer"] = word(), word()
	voter := s.browser()
	voter.post(200, link[1], url.Values{"code": {codes[0]}})
	voter.post(422, link[1]+"/check", url.Values{"code": {codes[0]}, "reason": {hidden["a reason in a refused answer"]}})
	voter.post(200, link[1]+"/cast", url.Values{"code": {codes[0]}, "choice": {"reservations"}, "reason": {hidden["the reason of an answer"]}})
	ana.post(303, at+"/close", url.Values{"_key": {word()}})
	hidden["the minutes"], hidden["the dissent"] = word(), word()
	ana.post(303, at+"/record", url.Values{"_key": {word()}, "minutes": {hidden["the minutes"]}, "dissent": {hidden["the dissent"]}})
	if page := ana.get(200, at); !strings.Contains(page, hidden["the dissent"]) {
		s.t.Error("the dissent is not shown: nothing was stored")
	}
	if said := voter.post(200, link[1]+"/said", url.Values{"code": {codes[0]}}); !strings.Contains(said, hidden["the reason of an answer"]) {
		s.t.Error("who took part does not read what was said: nothing was stored")
	}
}
