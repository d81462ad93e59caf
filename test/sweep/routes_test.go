package sweep

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// This file asks every route as every role and compares with the oracle.

// roles that can stand at the door; jobs have none.
func visitors() []access.Role {
	return append([]access.Role{access.Public, access.Participant, access.Member, access.Link}, access.StaffRoles()...)
}

// seenAs is whose session a surface honours: a person's code opens no staff page
// and a colleague's session opens nobody's own information.
func seenAs(role access.Role, s web.Surface) access.Role {
	switch {
	case s == web.Participant && role != access.Participant, s == web.Member && role != access.Member, s == web.Link && role != access.Link, s == web.API:
		return access.Public
	case s != web.Participant && role == access.Participant, s != web.Member && role == access.Member, s != web.Link && role == access.Link:
		return access.Public
	}
	return role
}

// named says which of a clinic's things an address names. A route that is not
// here fails the sweep: whoever adds one says what it names.
var named = []struct{ prefix, thing string }{
	{"/groups/", "group"}, {"/programmes/", "programme"}, {"/accounts/invitations/", "invitation"}, {"/accounts/", "account"},
	{"/account/passkeys/", "passkey"}, {"/account/sessions/", "session"}, {"/sites/", "site"},
	{"/directory/import/batch/", "batch"}, {"/directory/import/organizations/", "imported"}, {"/directory/", "group"},
	{"/handoffs/duty/", "duty"}, {"/handoffs/", "introduction"}, {"/shared/recalls/", "recall"}, {"/shared/", "introduction"},
	{"/power/maps/", "issue"}, {"/power/offices/", "office"}, {"/power/ties/", "tie"}, {"/me/ties/", "tie"}, {"/strategy/", "chart"},
	{"/told/", "story"}, {"/me/told/", "story"}, {"/me/teams/", "team"},
	{"/messages/", "message"}, {"/jobs/", "job"},
	{"/assemblies/", "assembly"}, {"/negotiations/", "negotiation"}, {"/stage/", "token"},
	{"/changes/", "change"}, {"/research/", "research"}, {"/me/research/", "research"}, {"/options/", "issue"}, {"/ways/", "option"},
	{"/teams/", "team"}, {"/meetings/", "meeting"}, {"/feeds/", "feed"}, {"/stipends/", "stipend"}, {"/m/", "token"}, {"/cal/", "token"},
	{"/turnout/", "turnout"}, {"/b/", "token"},
	{"/answers/", "open campaign"}, {"/posters/", "place"}, {"/statements/", "conversation"}, {"/ask/", "token"}, {"/say/", "token"},
	{"/cycles/", "cycle"}, {"/issues/", "issue"}, {"/criteria/", "criteria"}, {"/notes/", "note"}, {"/handovers/", "handover"},
	{"/campaigns/", "campaign"}, {"/listening/", "session of listening"}, {"/themes/", "theme"},
	{"/decisions/{id}/poster", "open decision"}, {"/decisions/{id}/paper", "open decision"}, {"/decisions/{id}/hands", "open decision"},
	{"/decisions/{id}/handover", "open decision"}, {"/decisions/{id}/close", "open decision"}, {"/decisions/", "decision"},
	{"/v/", "token"},
	{"/pledges/desk/", "pledge"}, {"/pledges/", "pledge"}, {"/effort/entries/", "hour"},
	{"/one-to-ones/", "encounter"}, {"/commitments/", "commitment"}, {"/people/links/", "joinlink"}, {"/people/list/", "list"}, {"/people/merged/", "merge"}, {"/people/import/", "sheet"}, {"/people/", "person"},
	{"/evaluations/", "round"}, {"/e/", "token"},
	{"/indicators/", "indicator"}, {"/reports/desk/{id}/publish", "report that waits"}, {"/reports/desk/", "report"}, {"/reports/", "public report"},
	{"/learn/curricula/", "curriculum"}, {"/learn/trainings/", "training"}, {"/learn/people/", "member"},
	{"/q/", "token"}, {"/me/surveys/", "survey"}, {"/surveys/wave/", "wave"}, {"/surveys/paper/", "wave"}, {"/surveys/poster/", "pulse"}, {"/surveys/batch/", "pile"}, {"/surveys/begin/", "quiet survey"}, {"/surveys/", "survey"},
	{"/g/", "token"}, {"/r/", "token"}, {"/p/", "token"}, {"/join/", "token"}, {"/ticket/", "token"}, {"/invite/", "token"},
}

func thing(t testing.TB, pattern string) string {
	if !strings.Contains(pattern, "{") || strings.HasSuffix(pattern, "{$}") {
		return ""
	}
	for _, n := range named {
		if strings.HasPrefix(pattern, n.prefix) {
			return n.thing
		}
	}
	t.Fatalf("what does %s name? Say it in this test's list.", pattern)
	return ""
}

var hole = regexp.MustCompile(`\{[a-z]+\}`)

func address(pattern, value string) string {
	first := strings.ReplaceAll(strings.TrimSuffix(pattern, "{$}"), "{n}", "0") // a place within the thing
	first = strings.ReplaceAll(first, "{lang}", "es")
	return hole.ReplaceAllString(first, value)
}

// choices are forms whose one field decides what happens.
func choices(pattern string) []url.Values {
	field, values := "", []string{""}
	switch {
	case pattern == "/handoffs/{id}":
		field, values = "act", []string{"", "goes_on", "now", "book", "send", "undo", "close", "unable", "acknowledge", "accept", "attempt", "met", "taking", "link"}
	case pattern == "/shared/{id}" || pattern == "/r/open":
		field, values = "act", []string{"", "unable", "close", "acknowledge", "accept", "attempt", "met", "taking"}
	case pattern == "/cycles/{id}/move", pattern == "/issues/{id}/move":
		field, values = "to", []string{"", "listening", "discerning", "researching", "closed"}
	case pattern == "/issues/{id}/state":
		field, values = "to", []string{"", "cut", "adopted", "parked", "proposed"}
	case pattern == "/notes/{id}":
		field, values = "act", []string{"", "finish", "drop"}
	case pattern == "/campaigns/{id}/move":
		field, values = "act", []string{"", "open", "close", "reopen"}
	case pattern == "/campaigns/{id}/themes":
		field, values = "act", []string{"", "create", "rename", "merge", "part", "split", "move", "quote"}
	case pattern == "/listening/{id}", pattern == "/campaigns/{id}/report":
		field, values = "act", []string{"", "find", "plan", "report", "cancel"}
	case pattern == "/answers/{id}", pattern == "/statements/{id}/queue":
		field, values = "act", []string{"", "approve", "reject", "undo"}
	case pattern == "/statements/{id}/set":
		field, values = "act", []string{"", "close", "open", "show", "hide"}
	case strings.HasSuffix(pattern, "/move"):
		field, values = "move", []string{"", "vet", "return", "publish", "confirm", "suspend", "reinstate", "archive", "reopen"}
	case pattern == "/commitments/{id}":
		field, values = "state", []string{"", "done", "renegotiated", "missed", "released"}
	case pattern == "/people/{id}":
		field, values = "act", []string{"", "hand_over", "rest", "return", "link_account", "code", "tie", "untie"}
	case pattern == "/sites/{id}":
		field, values = "act", []string{"", "close", "open"}
	case pattern == "/teams/{id}/state":
		field, values = "to", []string{"", "active", "paused", "closed"}
	case pattern == "/assemblies/{id}/act":
		field, values = "act", []string{"", "move", "relink"}
	case pattern == "/assemblies/{id}/sheet", pattern == "/assemblies/{id}/asks", pattern == "/assemblies/{id}/invitations":
		field, values = "act", []string{"", "up", "down", "remove"}
	case pattern == "/assemblies/{id}/run":
		field, values = "act", []string{"", "begin", "stop", "promise", "close"}
	case pattern == "/assemblies/{id}/answers":
		field, values = "act", []string{"", "choose", "confirm"}
	case pattern == "/negotiations/{id}":
		field, values = "act", []string{"", "move", "agree", "pledge"}
	case pattern == "/changes/{id}/act":
		field, values = "act", []string{"", "step", "unstep:none", "yes:none"}
	case pattern == "/research/{id}/act":
		field, values = "act", []string{"", "rehearse", "done:thanks", "give:thanks", "promise", "close", "cancel"}
	case pattern == "/research/{id}/parts":
		field, values = "act", []string{"", "assign", "add:nobody", "drop:nobody"}
	case pattern == "/ways/{id}/act":
		field, values = "act", []string{"", "colleague", "help", "drop", "take_up"}
	case pattern == "/surveys/wave/{id}":
		field, values = "act", []string{"", "cards", "batch", "drop", "end"}
	case pattern == "/surveys/people/{id}":
		field, values = "act", []string{"", "core", "leave"}
	case pattern == "/meetings/{id}/act":
		field, values = "act", []string{"", "relink", "hold", "cancel"}
	case pattern == "/meetings/{id}/run":
		field, values = "act", []string{"", "begin", "note", "decide", "promise", "settle", "stop"}
	case pattern == "/meetings/{id}/door":
		field, values = "act", []string{"", "arrive", "receipt", "count", "absent"}
	case pattern == "/turnout/{id}/act":
		field, values = "act", []string{"", "hold", "cancel"}
	case pattern == "/turnout/{id}/door":
		field, values = "act", []string{"", "arrive", "absent"}
	case pattern == "/turnout/{id}/note", pattern == "/turnout/{id}/calls":
		field, values = "result", []string{"", "yes", "no", "unreached", "wrong", "drop", "show"}
	case pattern == "/teams/{id}/members":
		field, values = "act", []string{"", "term", "leave"}
	case pattern == "/learn/curricula/{id}/state":
		field, values = "to", []string{"", "published", "retired", "reopened"}
	case pattern == "/learn/trainings/{id}/list":
		field, values = "act", []string{"", "add", "remove"}
	case pattern == "/reports/desk/{id}/act":
		field, values = "act", []string{"", "finish", "ask", "back", "withdraw"}
	case pattern == "/evaluations/{id}":
		field, values = "act", []string{"", "write", "grew", "promise", "read", "finish"}
	case pattern == "/pledges/desk/{id}/answer":
		field, values = "answer", []string{"", "yes", "no"}
	case pattern == "/pledges/desk/{id}/renew":
		field, values = "answer", []string{"", "renew", "lapse"}
	case pattern == "/jobs/{id}":
		field, values = "do", []string{"", "drop"}
	case pattern == "/messages/{id}":
		field, values = "choice", []string{"", "handed", "again", "drop", "resend", "done"}
	case strings.HasSuffix(pattern, "/link"), strings.HasSuffix(pattern, "/checklist"):
		field, values = "do", []string{"", "send", "keep"}
	case strings.HasSuffix(pattern, "/choose"):
		field, values = "action", []string{"", "create", "twin"}
	}
	var out []url.Values
	for _, v := range values {
		f := url.Values{}
		if v != "" {
			f.Set(field, v)
		}
		out = append(out, f)
	}
	return out
}

// filled is a form in which every field the pages know has a value that may be right.
func filled(c *clinic) url.Values {
	later := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	return url.Values{
		"name": {"A name"}, "email": {"new@somewhere.example"}, "language": {"en"}, "lang": {"es"}, "zone": {"America/Los_Angeles"}, "clinic": {"Cedar Street"}, "site_name": {"Annex"},
		"how": {"phone"}, "word": {"group"}, "ending": {"engaged"}, "result": {"reached"}, "channel": {"phone"}, "reason": {"full"}, "then": {"end"}, "present": {"navigator"}, "happened": {"yes"},
		"contact": {"phone"}, "phone": {"+15035550199"}, "called_name": {"Somebody"}, "words": {"first_name"}, "witness": {"navigator"}, "mode": {"call_back"}, "topics": {"housing"}, "outcome": {"info"},
		"group": {c.ids["other group"]}, "g": {c.ids["other group"]}, "shown": {c.ids["other group"]}, "site": {c.site}, "account": {c.accounts[access.Navigator]}, "owner": {c.accounts[access.Navigator]}, "id": {c.ids["introduction"]},
		"date": {later}, "from": {"10:00"}, "until": {"12:00"}, "time": {"10:00"}, "at_day": {later}, "at_time": {"10:00"}, "languages": {"es"}, "ways": {"by_phone"},
		"role": {"navigator"}, "welcoming": {"yes"}, "conflict": {"None"}, "passed": {"led", "contact"}, "take": {"yes"}, "fields": {"called_name", "phone"}, "consent_lang": {"es"}, "tell_clinic": {"yes"},
		"place": {"cafe"}, "days": {"7"}, "purpose": {"recruitment"}, "day": {"today"}, "minutes": {"30"}, "readers": {"organizers"}, "who": {"them"}, "agreed": {"Host a house meeting"}, "due": {later}, "what": {"Host a house meeting"}, "weekly": {"8"}, "open_most": {"20"}, "knows": {c.ids["institution"]},
		"agree": {"yes"}, "institutions": {c.ids["institution"]}, "institution": {c.ids["institution"]}, "person": {c.ids["person"]}, "with": {c.ids["twin"]}, "list_name": {"Calls"}, "listed": {c.ids["person"]},
		"heard": {"called"}, "code": {"0000-0000"}, "token": {"nothing"}, "text": {"hello"},
		"question": {"Do we join?"}, "method": {"agree"}, "rule": {"majority"}, "openness": {"hands"}, "unit": {"person"}, "option": {"One", "Two"},
		"slips": {"1"}, "hands_agree": {"3"}, "dissent": {"Some did not agree."}, "receipt": {"nothing"},
		"host": {"Director of a pharmacy"}, "questions": {"Who decides?"}, "learned": {"There is a vendor."}, "others": {"0"}, "cost": {"0.40"}, "basis": {"for each label"}, "organization": {"County Hospital"},
		"title": {"An assembly"}, "kind": {"assembly"}, "where": {"A hall"}, "lead_role": {"attended"}, "next": {later}, "follow": {later}, "answer": {"yes"}, "reply": {"none"}, "to": {"Director of a board"}, "body": {"A board"},
		"instruments": {"ucla3"}, "aim": {"evaluation"}, "sheets": {"1"}, "cards": {"2"}, "month": {"2026-10"}, "one_to_ones": {"3"}, "meetings": {"1"}, "roles": {"2"}, "brought": {"4"},
		"level": {"state"}, "rating": {"unclear"}, "named_on": {time.Now().AddDate(0, -1, 0).Format(time.DateOnly)}, "evidence": {"A house meeting"}, "mark": {"adopted"}, "on": {time.Now().Format(time.DateOnly)},
		"coming": {"yes"}, "feelings": {"glad"}, "template": {"core"}, "n": {"1"}, "item": {"0"}, "promise": {"Calls"}, "agenda": {"10 Welcome"}, "version": {"1"}, "every": {"none"},
		"goal": {"40"}, "by": {c.ids["member"]}, "press": {c.ids["institution"] + ":1"}, "roll": {"7"},
	}
}

func label(f url.Values) (s string) {
	for _, field := range []string{"act", "move", "do", "choice", "action"} {
		if f.Has(field) {
			s += " " + field + "=" + f.Get(field)
		}
	}
	if len(f) > 3 {
		s += " with a whole form"
	}
	return s
}

func merged(forms ...url.Values) url.Values {
	out := url.Values{}
	for _, f := range forms {
		for k, v := range f {
			out[k] = slices.Clone(v)
		}
	}
	return out
}

var (
	nonces  = regexp.MustCompile(`nonce(-|=")[0-9a-f]{32}`)
	numbers = regexp.MustCompile(`\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4})*\b`)
	created = regexp.MustCompile(`/decisions/[0-9a-f-]{36}/voters|/people/(list|merged)/[0-9a-f-]{36}`) // where a form that makes something leads
	keys    = regexp.MustCompile(`name="(_key|pen)" value="[^"]*"`)
	onetime = regexp.MustCompile(`/(invite|g|r|p|m|cal|e|stage)/[A-Za-z0-9_-]{43}`)
	made    = regexp.MustCompile(`\nLocation: [^\n]*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`) // of what a form just made
	drawing = regexp.MustCompile(` d="[^"]{200,}"`)                                             // the picture of such a link
	clocks  = regexp.MustCompile(`\d{1,2}:\d{2}(:\d{2})?`)
)

// normal is an answer without what differs between any two requests.
func normal(status int, h http.Header, body string, asked ...string) string {
	text := fmt.Sprintf("%d\nLocation: %s\nCSP: %s\n%s", status, h.Get("Location"), h.Get("Content-Security-Policy"), body)
	for _, v := range asked {
		text = strings.ReplaceAll(text, url.QueryEscape(v), "ASKED")
		text = strings.ReplaceAll(text, v, "ASKED")
	}
	text = nonces.ReplaceAllString(text, "NONCE")
	text = keys.ReplaceAllString(text, "KEY")
	text = drawing.ReplaceAllString(onetime.ReplaceAllString(text, "ONETIME"), "DRAWING")
	text = made.ReplaceAllString(text, "\nLocation: CREATED")
	text = numbers.ReplaceAllString(created.ReplaceAllString(text, "CREATED"), "REFERENCE")
	return clocks.ReplaceAllString(text, "CLOCK")
}

func refusal(as access.Role, r web.Route, status int, location string) string {
	switch {
	case as != access.Public && status == http.StatusForbidden:
		return ""
	case as == access.Public && (r.Surface == web.Participant || r.Surface == web.Member) && status == http.StatusSeeOther && strings.HasPrefix(location, "/me?"):
		return ""
	case as == access.Public && r.Method == http.MethodGet && status == http.StatusSeeOther && strings.HasPrefix(location, "/sign-in"):
		return ""
	case as == access.Public && r.Surface == web.Link && status == http.StatusGone: // the visit is over: open your link again
		return ""
	case as == access.Public && status == http.StatusUnauthorized:
		return ""
	}
	return fmt.Sprintf("%d %s", status, location)
}

func TestEveryRouteAsEverybody(t *testing.T) {
	w := newWorld(t, "")
	before := w.dump(w.b.org)
	if len(before) < 40 {
		t.Fatalf("the other clinic has only %d rows: nothing would be seen", len(before))
	}
	mismatches := 0
	opened := w.sweep(w.sys.Routes, visitors(), func(format string, args ...any) {
		mismatches++
		if mismatches <= 60 {
			t.Errorf(format, args...)
		}
	})
	w.unchanged(before)
	w.strangers()
	for _, r := range w.sys.Routes {
		if r.Method == http.MethodGet && opened["GET "+r.Pattern] == 0 && !closed[r.Pattern] {
			mismatches++
			t.Errorf("GET %s opened for nobody: this sweep does not see it", r.Pattern)
		}
	}
	t.Logf("%d requests to %d routes as %d visitors, %d mismatches", w.sent, len(w.sys.Routes), len(visitors()), mismatches)
}

// sweep asks the routes as the roles, reports what is not as the oracle says, and
// counts which routes answered anybody with a page.
func (w *world) sweep(routes []web.Route, roles []access.Role, fail func(format string, args ...any)) (opened map[string]int) {
	w.t.Helper()
	may := oracle(w.t)
	opened = map[string]int{}
	for _, role := range roles {
		w.refresh(w.a)
		steady, spent := w.visit(w.a, role), false
		for _, r := range routes {
			as := seenAs(role, r.Surface)
			allowed := may(as, r.Need)
			what := thing(w.t, r.Pattern)
			forms := []url.Values{nil}
			if r.Method != http.MethodGet {
				forms = nil
				for _, c := range choices(r.Pattern) {
					forms = append(forms, c, merged(filled(w.a), c))
				}
			}
			for _, form := range forms {
				own := w.a.ids[what]
				if own == "" {
					own = id.New(time.Now())
				}
				changes := allowed && r.Method != http.MethodGet
				if spent && !changes || changes {
					steady, spent = w.visit(w.a, role), changes // what is allowed may end sessions
				}
				v := steady
				if allowed && what == "introduction" {
					own = w.begin(w.a).ID // another role's answer may have ended the last one
				}
				got := v.do(r.Method, address(r.Pattern, own), form)
				where := fmt.Sprintf("%s %s as %s%s", r.Method, r.Pattern, role, label(form))
				switch {
				case got.Code >= 500:
					fail("%s: %d %s", where, got.Code, short(got.Body.String()))
				case allowed && got.Code == http.StatusUnauthorized:
					fail("%s: %d, but %s is allowed", where, got.Code, r.Need)
				case !allowed:
					if wrong := refusal(as, r, got.Code, got.Header().Get("Location")); wrong != "" {
						fail("%s: %s, but %s is not allowed", where, wrong, r.Need)
					}
				}
				if got.Code < 300 {
					opened[r.Method+" "+r.Pattern]++
				}
				if what == "" || what == "token" || what == "job" && role == access.Operator {
					continue // an operator keeps the jobs of every clinic running: kinds and counts, no content
				}
				// Another clinic's thing and a thing that never was answer alike.
				foreign, unknown := w.b.ids[what], id.New(time.Now())
				if foreign == "" {
					foreign = id.New(time.Now().Add(-time.Hour))
				}
				if len(form) > 3 {
					form = merged(form, url.Values{"_key": nil})
				}
				x := v.fresh(changes).do(r.Method, address(r.Pattern, foreign), form)
				y := v.fresh(changes).do(r.Method, address(r.Pattern, unknown), form)
				if nx, ny := normal(x.Code, x.Header(), x.Body.String(), foreign), normal(y.Code, y.Header(), y.Body.String(), unknown); nx != ny {
					fail("%s: another clinic's differs from one that never was: %s", where, difference(nx, ny))
				}
				if x.Code < 300 && !blank[r.Pattern] {
					fail("%s: another clinic's %s answers %d: %s", where, what, x.Code, short(x.Body.String()))
				}
				if x.Code >= 500 {
					fail("%s: another clinic's %s answers %d", where, what, x.Code)
				}
			}
		}
	}
	return opened
}

// blank are forms that show nothing of what they name: whoever takes a phone call
// may end what they may not read.
var blank = map[string]bool{"/handoffs/{id}/stop": true}

// closed are pages that answer nobody with a page in this world, and why.
var closed = map[string]bool{
	"/me/teams/{id}": true, "/me/told/{id}": true, "/me/research/{id}": true, "/me/ties/{id}": true, "/me/surveys/{id}": true, // a member's own: TestMembersOwnPages and TestTiesAreHidden open them
	"/indicators/{id}": true,                       // its name is the same in every clinic and stands for nobody's thing: the room's own tests open it
	"/setup":           true, "/setup/steps": true, // the first run is over
	"/enrol": true, "/sign-in/code": true, // between two steps of a sign-in
	"/join/{token}": true, "/ticket/{token}": true, "/invite/{token}": true, "/g/{token}": true, "/r/{token}": true, "/v/{token}": true, "/m/{token}": true, "/cal/{token}": true, "/v/{token}/ballots.json": true, // an unknown token
	"/issues/compare": true, // asks for a cycle in the address
	"/ask/{token}":    true, "/ask/{token}/{question}/{lang}": true, "/say/{token}": true, "/say/{token}/results": true, "/e/{token}": true,
	"/stage/{token}": true, "/stage/{token}/live": true, "/stage/{token}/in/{lang}": true, "/stage/{token}/in/{lang}/live": true,
	"/assemblies/{id}/scribe":  true, // leads to the first ask without an answer
	"/q/{token}":               true,
	"/b/{token}":               true, // an unknown token
	"/surveys/words/fill":      true, // asks for an instrument in the address
	"/account/passkeys":        true, // this address is a number: no passkeys
	"/offer/card":              true, // asks for groups in the address
	"/account/app":             true, // between two steps
	"/exit":                    true, // leads away
	"/handoffs/{id}/elsewhere": true, // only after a group named another one
	"/handoffs/{id}/more":      true, // only after the first meeting
	"/me/more":                 true, // the same
	"/stipends/export":         true, // asks for a second factor first
	"/favicon.ico":             true,
	"/robots.txt":              false,
	"/offer/answer":            true, // a page that answers a form has no address
	"/offer/consent":           true, "/offer/review": true, "/offer/introduce": true, "/offer/meet": true, "/offer/handoff": true,
}

// fresh is the same visitor in a new session.
func (v *visitor) fresh(really bool) *visitor {
	if !really || v.role == access.Public {
		return v
	}
	return v.w.visit(v.c, v.role)
}

func difference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			from := max(0, i-80)
			return fmt.Sprintf("…%q… and …%q…", a[from:min(len(a), i+80)], b[from:min(len(b), i+80)])
		}
	}
	return fmt.Sprintf("%d and %d bytes", len(a), len(b))
}
