// Answers and votes of people without an account among the writes that are killed.
// They have no key of an account: the receipt in the form is what makes them once.
package fault

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/platform/db"
	"seedbed/internal/platform/proof"
)

// phones answer at a place and vote in a conversation of their own.
type phones struct {
	*http.Client
	ask, say, statement string
	forms               *sync.Map // by key: a form sent again is the same form
}

// isAnswer and isVote say which acts are theirs.
func isAnswer(key string) bool { return strings.HasSuffix(key, "1") }
func isVote(key string) bool   { return strings.HasSuffix(key, "2") }

func isNameless(key string) bool { return isAnswer(key) || isVote(key) }

// newPhones lets the organizer set up both, with limits that a flood of writes needs.
func newPhones(t *testing.T, base string, organizer *http.Client) phones {
	t.Helper()
	p := phones{Client: &http.Client{Timeout: 5 * time.Second}, forms: &sync.Map{}}
	page := func(to string, form url.Values) string {
		text, err := send(organizer, base+to, form)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	find := func(text, pattern string) string {
		m := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if m == nil {
			t.Fatalf("no %s in %.2000s", pattern, text)
		}
		return m[1]
	}
	for _, m := range regexp.MustCompile(`href="/campaigns/([0-9a-f-]{36})"`).FindAllStringSubmatch(page("/campaigns", nil), -1) {
		at := "/answers/" + m[1] + "/places"
		page(at, url.Values{"name": {"Killed"}, "lang": {"en"}, "per_hour": {"5000"}})
		p.ask = find(page(at, nil), `(?s)Killed.*?(/ask/[\w-]{20,})<`)
		if text, err := send(p.Client, base+p.ask, nil); err == nil && strings.Contains(text, `name="challenge"`) {
			break // this campaign is open
		}
	}
	page("/statements", url.Values{"title": {"Killed"}, "lang": {"en"}, "per_hour": {"5000"}})
	at := find(page("/statements", nil), `(?s)href="(/statements/[0-9a-f-]{36})"[^>]*>Killed`)
	page(at+"/words", url.Values{"lang": {"en"}, "text-en": {"Buses run late."}})
	p.say = find(page(at+"/queue", nil), `(/say/[\w-]{20,})<`)
	p.statement = find(page(p.say, url.Values{"to": {"vote"}}), `name="statement" value="([0-9a-f]+)"`)
	return p
}

// send gets a page, or posts a form to it.
func send(c *http.Client, to string, form url.Values) (string, error) {
	get := func() (*http.Response, error) { return c.Get(to) }
	if form != nil {
		get = func() (*http.Response, error) { return c.PostForm(to, form) }
	}
	resp, err := get()
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 400 {
		err = fmt.Errorf("status %d: %.300s", resp.StatusCode, text)
	}
	return string(text), err
}

var hidden = regexp.MustCompile(`name="(challenge|receipt)" value="([^"]+)"`)

// act sends one answer or one vote, and reports whether it was acknowledged.
func (p phones) act(base, key string) (bool, error) {
	to := p.say
	if isAnswer(key) {
		to = p.ask
	}
	form, ok := p.forms.Load(key)
	if !ok {
		text, err := send(p.Client, base+to, nil)
		if err != nil {
			return false, err
		}
		in := url.Values{"l": {"en"}, "q-q1": {"The bus. " + key}, "send": {"yes"}}
		if isVote(key) {
			in = url.Values{"l": {"en"}, "statement": {p.statement}, "vote": {"agree"}}
		}
		for _, m := range hidden.FindAllStringSubmatch(text, -1) {
			in.Set(m[1], html.UnescapeString(m[2]))
		}
		in.Set("nonce", proof.Work(in.Get("challenge")))
		p.forms.Store(key, in)
		form = in
	}
	_, err := send(p.Client, base+to, form.(url.Values))
	return err == nil, err
}

// nameless counts what is stored of them, and voters without their vote.
func nameless(ctx context.Context, tx *db.Tx, f *found) (err error) {
	for q, n := range map[string]*int64{
		`SELECT COUNT(*) FROM answer_answer`:  &f.answers,
		`SELECT COUNT(*) FROM statement_vote`: &f.votes,
		`SELECT COUNT(*) FROM statement_voter v WHERE NOT EXISTS (SELECT 1 FROM statement_vote x WHERE x.org_id = v.org_id AND x.voter_id = v.id)`: &f.voteless,
	} {
		if *n, err = db.One[int64](ctx, tx, q); err != nil {
			return err
		}
	}
	return nil
}
