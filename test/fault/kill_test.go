// Package fault breaks a running Seedbed on purpose. This file kills it with
// SIGKILL in the middle of writes, again and again, and compares what it
// acknowledged (a journal kept by this test) with what is in the database:
// nothing acknowledged is lost, nothing is there twice, nothing is half done.
package fault

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

const cycles = 50 // on each database

// binary builds the program once for all tests of the package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "seedbed-fault")
	if err != nil {
		return "", err
	}
	out := filepath.Join(dir, "seedbed")
	cmd := exec.Command("go", "build", "-o", out, "./cmd/seedbed")
	cmd.Dir = "../.."
	text, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, text)
	}
	return out, nil
})

// program is one life of the server.
type program struct {
	cmd  *exec.Cmd
	base string
	done chan struct{}
}

func start(t *testing.T, listen string, flags ...string) *program {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: exec.Command(bin, append([]string{"demo", "--listen", listen}, flags...)...), done: make(chan struct{})}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	p.cmd.Stderr = &log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "http://") {
				ready <- lines.Text()
			}
		}
		p.cmd.Wait()
		close(p.done)
	}()
	select {
	case p.base = <-ready:
	case <-p.done:
		t.Fatalf("the program ended at its start: %s", log.String())
	case <-time.After(60 * time.Second):
		p.kill()
		t.Fatalf("no address within a minute: %s", log.String())
	}
	return p
}

// kill ends the program as a power cut would: no handler runs.
func (p *program) kill() {
	p.cmd.Process.Kill()
	<-p.done
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

// visitor signs in through a demo link and keeps the session over restarts.
func visitor(t *testing.T, base, listen, role string, flags ...string) *http.Client {
	t.Helper()
	bin, _ := binary()
	out, err := exec.Command(bin, append([]string{"demo", "--listen", listen, "--signin", role}, flags...)...).Output()
	if err != nil {
		t.Fatalf("--signin: %v %s", err, out)
	}
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.PostForm(strings.TrimSpace(string(out)), url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("signing in: %d", resp.StatusCode)
	}
	return c
}

// journal is what was acknowledged, as its own file, synced before the next request.
type journal struct {
	mu    sync.Mutex
	f     *os.File
	acked map[string]bool
	open  map[string]bool // sent, no answer yet: may or may not be stored
}

func newJournal(t *testing.T) *journal {
	f, err := os.Create(filepath.Join(t.TempDir(), "journal"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &journal{f: f, acked: map[string]bool{}, open: map[string]bool{}}
}

func (j *journal) sent(key string) { j.mu.Lock(); defer j.mu.Unlock(); j.open[key] = true }

func (j *journal) ack(key string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	fmt.Fprintln(j.f, key)
	j.f.Sync()
	j.acked[key] = true
	delete(j.open, key)
}

// waiting returns the requests without an answer: a client sends them again.
func (j *journal) waiting() (keys []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for k := range j.open {
		keys = append(keys, k)
	}
	return keys
}

// visit is a signed-in clinician with a group to introduce people to, and phones in
// the waiting room.
type visit struct {
	*http.Client
	group  string
	phones phones
	scribe scribe
}

// groupOf picks a group from the public list.
func groupOf(t *testing.T, c *http.Client, base string) string {
	t.Helper()
	resp, err := c.Get(base + "/groups")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, _ := io.ReadAll(resp.Body)
	m := regexp.MustCompile(`href="/groups/([0-9a-f-]{36})"`).FindSubmatch(page)
	if m == nil {
		t.Fatal("the demo shows no group")
	}
	return string(m[1])
}

// isIntroduction says which of the two acts a key stands for.
func isIntroduction(key string) bool { return strings.HasSuffix(key, "3") }

// act sends one act under a key and reports whether it was acknowledged: a "not
// now", which is a count, or a whole introduction, with a key in the key store,
// consents, a job and a sealed row.
func (c visit) act(base, key string) (bool, error) {
	if isNameless(key) {
		return c.phones.act(base, key)
	}
	if isPin(key) {
		return c.scribe.act(base, key)
	}
	to, form := "/offer/answer", url.Values{"_key": {key}, "outcome": {"declined"}, "lang": {"es"}}
	if isIntroduction(key) {
		to, form = "/offer/introduce", url.Values{"_key": {key}, "lang": {"es"}, "group": {c.group}, "mode": {"call_back"}, "called_name": {"Ada"},
			"contact": {"phone"}, "phone": {"+15035550119"}, "agree_contact": {"yes"}, "tell_clinic": {"yes"}, "how": {"spoken"}, "witness": {"navigator"}}
	}
	resp, err := c.PostForm(base+to, form)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode >= 400 {
		return false, fmt.Errorf("status %d: %.300s", resp.StatusCode, body)
	}
	return true, nil
}

func TestKilledInTheMiddleOfWrites(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		survive(t, filepath.Join(dir, "seedbed.db"), dir, "--data", dir)
	})
	t.Run("postgres", func(t *testing.T) {
		u, dir := dbtest.PostgresURL(t), t.TempDir()
		survive(t, u, dir, "--data", dir, "--database", u)
	})
}

func survive(t *testing.T, database, data string, flags ...string) {
	listen := freeAddress(t)
	p := start(t, listen, flags...)
	client := visit{Client: visitor(t, p.base, listen, "clinician", flags...)}
	client.group = groupOf(t, client.Client, p.base)
	organizer := visitor(t, p.base, listen, "organizer", flags...)
	client.phones, client.scribe = newPhones(t, p.base, organizer), newScribe(t, p.base, organizer)
	before := stored(t, database, data)
	j := newJournal(t)
	for n := range cycles {
		if p == nil {
			p = start(t, listen, flags...)
		}
		for _, key := range j.waiting() {
			if ok, err := client.act(p.base, key); !ok {
				t.Fatalf("cycle %d: sending %s again: %v", n, key, err)
			}
			j.ack(key)
		}
		writeUntilKilled(t, p, client, j, n)
		p = nil
	}
	p = start(t, listen, flags...)
	for _, key := range j.waiting() {
		if ok, err := client.act(p.base, key); !ok {
			t.Fatalf("at the end: %v", err)
		}
		j.ack(key)
	}
	p.kill()
	after := stored(t, database, data)
	t.Logf("%d kills, %d writes acknowledged", cycles, len(j.acked))
	if len(j.acked) < cycles {
		t.Errorf("only %d writes: this test no longer sees anything", len(j.acked))
	}
	for key := range j.acked {
		if !isNameless(key) && !after.keys[key] {
			t.Errorf("lost: %s was acknowledged and is not there", key)
		}
	}
	var want, intros, answers, votes, pins int64
	for key := range j.acked {
		switch {
		case isAnswer(key):
			answers++
			continue
		case isVote(key):
			votes++
			continue
		case isPin(key):
			pins++
			continue
		case isIntroduction(key):
			intros++
		}
		want++
	}
	if intros == 0 || answers == 0 || votes == 0 || pins == 0 {
		t.Errorf("%d introductions, %d answers, %d votes, %d pins among the writes", intros, answers, votes, pins)
	}
	for what, pair := range map[string][2]int64{
		"keys":                     {int64(len(after.keys) - len(before.keys)), want + pins},
		"offers counted":           {after.offers - before.offers, want},
		"audit rows of offers":     {after.audits - before.audits, want - intros},
		"audit rows of beginnings": {after.begun - before.begun, intros},
		"introductions":            {after.intros - before.intros, intros},
		"introductions half done":  {after.half, 0},
		"people without a key":     {after.keyless, 0},
		"answers":                  {after.answers - before.answers, answers},
		"pins":                     {after.pins - before.pins, pins},
		"audit rows of pins":       {after.pinned - before.pinned, pins},
		"votes":                    {after.votes - before.votes, votes},
		"voters without a vote":    {after.voteless, 0},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %d, want %d", what, pair[0], pair[1])
		}
	}
}

// writeUntilKilled lets four clients write and pulls the plug at a random moment.
func writeUntilKilled(t *testing.T, p *program, c visit, j *journal, cycle int) {
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				key := fmt.Sprintf("kill-%d-%d-%d", cycle, w, i)
				j.sent(key)
				if ok, err := c.act(p.base, key); ok {
					j.ack(key)
				} else if strings.Contains(fmt.Sprint(err), "status") {
					t.Errorf("refused: %v", err)
					return
				} else {
					return // the line is dead
				}
			}
		})
	}
	time.Sleep(time.Duration(20+rand.IntN(80)) * time.Millisecond)
	p.kill()
	close(stop)
	wg.Wait()
}

type found struct {
	keys    map[string]bool
	offers  int64
	audits  int64
	begun   int64
	intros  int64
	half    int64 // open introductions without consent, or without their sealed person
	keyless int64 // sealed people whose key is not in the key store

	answers, votes, voteless int64

	pins, pinned int64
}

// stored reads the database itself, and checks that the audit chain is whole.
func stored(t *testing.T, database, data string) found {
	t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, database, db.Options{Readers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	out := found{keys: map[string]bool{}}
	err = d.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		keys, err := db.Column[string](ctx, tx, `SELECT idem_key FROM idempotency WHERE idem_key LIKE 'kill-%'`)
		for _, k := range keys {
			k, _, _ = strings.Cut(k, ":") // an introduction's key also names the group
			if out.keys[k] {
				t.Errorf("%s is there twice", k)
			}
			out.keys[k] = true
		}
		if err != nil {
			return err
		}
		if out.offers, err = db.One[int64](ctx, tx, `SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM offer_count WHERE outcome = 'offered'`); err != nil {
			return err
		}
		for q, n := range map[string]*int64{
			`SELECT COUNT(*) FROM audit_event WHERE resource = 'offer' AND action = 'count'`:        &out.audits,
			`SELECT COUNT(*) FROM audit_event WHERE resource = 'introduction' AND action = 'begin'`: &out.begun,
			`SELECT COUNT(*) FROM introduction`:                                                     &out.intros,
			`SELECT COUNT(*) FROM assembly_pin`:                                                     &out.pins,
			`SELECT COUNT(*) FROM audit_event WHERE resource = 'assembly' AND action = 'pin'`:       &out.pinned,
			`SELECT COUNT(*) FROM introduction i WHERE state NOT IN ('closed', 'withdrawn') AND (sealed = '' OR NOT EXISTS
				(SELECT 1 FROM consent c WHERE c.org_id = i.org_id AND c.subject_id = i.person))`: &out.half,
		} {
			if *n, err = db.One[int64](ctx, tx, q); err != nil {
				return err
			}
		}
		return nameless(ctx, tx, &out)
	})
	if err != nil {
		t.Fatal(err)
	}
	out.keyless = keyless(t, d, data)
	l := audit.New(d, nil, clock.System())
	orgs, err := l.Orgs(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, org := range orgs {
		if r, err := l.Verify(ctx, org); err != nil || !r.OK() {
			t.Errorf("audit chain: %+v %v", r, err)
		}
	}
	return out
}

// keyless counts people whose sealed fields nobody could ever open: the key row
// has to be durable before the data.
func keyless(t *testing.T, d *db.DB, data string) (n int64) {
	t.Helper()
	ctx := context.Background()
	k, err := db.Open(ctx, filepath.Join(data, "keys", "keys.db"), db.Options{Readers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	column := func(d *db.DB, q string) (list []string) {
		if err := d.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) { list, err = db.Column[string](ctx, tx, q); return err }); err != nil {
			t.Fatal(err)
		}
		return list
	}
	has := map[string]bool{}
	for _, person := range column(k, `SELECT person_id FROM vault_person_key`) {
		has[person] = true
	}
	for _, person := range column(d, `SELECT person FROM introduction WHERE sealed <> '' AND state NOT IN ('closed', 'withdrawn')`) {
		if !has[person] {
			n++
		}
	}
	return n
}
