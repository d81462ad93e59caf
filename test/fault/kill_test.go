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

// answer sends one "not now" under a key and reports whether it was acknowledged.
func answer(c *http.Client, base, key string) (bool, error) {
	resp, err := c.PostForm(base+"/offer/answer", url.Values{"_key": {key}, "outcome": {"declined"}, "lang": {"es"}})
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
		survive(t, filepath.Join(dir, "seedbed.db"), "--data", dir)
	})
	t.Run("postgres", func(t *testing.T) {
		u := dbtest.PostgresURL(t)
		survive(t, u, "--data", t.TempDir(), "--database", u)
	})
}

func survive(t *testing.T, database string, flags ...string) {
	listen := freeAddress(t)
	p := start(t, listen, flags...)
	client := visitor(t, p.base, listen, "clinician", flags...)
	before := stored(t, database)
	j := newJournal(t)
	for n := range cycles {
		if p == nil {
			p = start(t, listen, flags...)
		}
		for _, key := range j.waiting() {
			if ok, err := answer(client, p.base, key); !ok {
				t.Fatalf("cycle %d: sending %s again: %v", n, key, err)
			}
			j.ack(key)
		}
		writeUntilKilled(t, p, client, j, n)
		p = nil
	}
	p = start(t, listen, flags...)
	for _, key := range j.waiting() {
		if ok, err := answer(client, p.base, key); !ok {
			t.Fatalf("at the end: %v", err)
		}
		j.ack(key)
	}
	p.kill()
	after := stored(t, database)
	t.Logf("%d kills, %d writes acknowledged", cycles, len(j.acked))
	if len(j.acked) < cycles {
		t.Errorf("only %d writes: this test no longer sees anything", len(j.acked))
	}
	for key := range j.acked {
		if !after.keys[key] {
			t.Errorf("lost: %s was acknowledged and is not there", key)
		}
	}
	want := int64(len(j.acked))
	if got := after.offers - before.offers; got != want {
		t.Errorf("%d counted for %d acknowledged writes", got, want)
	}
	if got := after.audits - before.audits; got != want {
		t.Errorf("%d audit rows for %d acknowledged writes", got, want)
	}
	if got := int64(len(after.keys) - len(before.keys)); got != want {
		t.Errorf("%d keys for %d acknowledged writes", got, want)
	}
}

// writeUntilKilled lets four clients write and pulls the plug at a random moment.
func writeUntilKilled(t *testing.T, p *program, c *http.Client, j *journal, cycle int) {
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
				if ok, err := answer(c, p.base, key); ok {
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
	keys   map[string]bool
	offers int64
	audits int64
}

// stored reads the database itself, and checks that the audit chain is whole.
func stored(t *testing.T, database string) found {
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
		out.audits, err = db.One[int64](ctx, tx, `SELECT COUNT(*) FROM audit_event WHERE resource = 'offer'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
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
