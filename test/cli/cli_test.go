// Package cli runs the program as an operator does, with everything that can be
// wrong, and checks that it refuses with its own exit code and a sentence that
// says what to do.
package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"seedbed/internal/platform/db"
)

var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "seedbed-cli")
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

func command(t *testing.T, ctx context.Context, args ...string) *exec.Cmd {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, bin, args...)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "SEEDBED_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(cmd.Env, "HOME="+t.TempDir(), "XDG_CACHE_HOME="+t.TempDir())
	return cmd
}

// run returns the exit code and what was said.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := command(t, ctx, args...)
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), bad.String()
}

func TestRefusals(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	dir := t.TempDir()
	file := filepath.Join(dir, "a-file")
	empty := filepath.Join(dir, "empty")
	write(t, file, "not a folder")
	write(t, empty, "")
	garbage := filepath.Join(dir, "garbage")
	mkdir(t, garbage)
	write(t, filepath.Join(garbage, "seedbed.db"), strings.Repeat("this is no database ", 500))
	fresh := func() string { return filepath.Join(t.TempDir(), "new") }

	for _, c := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"unknown command", []string{"sevre"}, 2, []string{"sevre", "--help"}},
		{"unknown flag", []string{"serve", "--prot", "80"}, 2, []string{"--prot", "--help"}},
		{"flag without value", []string{"serve", "--listen"}, 2, []string{"--listen", "--help"}},
		{"argument too many", []string{"version", "please"}, 2, []string{"please", "--help"}},
		{"command without its second word", []string{"audit"}, 2, []string{"verify"}},
		{"unknown role", []string{"demo", "--signin", "boss", "--data", fresh()}, 2, []string{"clinician", "operator", "boss"}},
		{"sign-in link without a demo", []string{"demo", "--signin", "clinician", "--data", fresh()}, 7, []string{"seedbed demo", "--data"}},
		{"data folder is a file", []string{"serve", "--data", file}, 3, []string{file, "--data"}},
		{"data folder below a file", []string{"migrate", "--data", filepath.Join(file, "x")}, 3, []string{"--data"}},
		{"data folder nobody can make", []string{"migrate", "--data", "/proc/seedbed"}, 3, []string{"/proc/seedbed", "--data"}},
		{"not a database", []string{"migrate", "--data", garbage}, 6, []string{"seedbed.db"}},
		{"port in use", []string{"serve", "--data", fresh(), "--listen", taken.Addr().String()}, 5, []string{taken.Addr().String(), "--listen"}},
		{"demo on a port in use", []string{"demo", "--data", fresh(), "--listen", taken.Addr().String()}, 5, []string{"--listen"}},
		{"no port", []string{"serve", "--data", fresh(), "--listen", "127.0.0.1:99999"}, 5, []string{"--listen"}},
		{"another machine's address", []string{"serve", "--data", fresh(), "--listen", "192.0.2.1:8080"}, 5, []string{"192.0.2.1:8080", "--listen"}},
		{"another kind of database", []string{"serve", "--data", fresh(), "--database", "mysql://localhost/x"}, 2, []string{"postgres://"}},
		{"a file as database", []string{"serve", "--data", fresh(), "--database", "seedbed.db"}, 2, []string{"--data", "postgres://"}},
		{"PostgreSQL that does not answer", []string{"migrate", "--data", fresh(), "--database", "postgres://me:geheim@127.0.0.1:1/seedbed"}, 6, []string{"127.0.0.1:1"}},
		{"mail without a sender", []string{"serve", "--data", fresh(), "--smtp", "smtp://mail.example:587", "--listen", "127.0.0.1:0"}, 2, []string{"--mail-from"}},
		{"mail server that is none", []string{"serve", "--data", fresh(), "--smtp", "http://mail.example", "--mail-from", "a@b.example", "--listen", "127.0.0.1:0"}, 2, []string{"smtp://"}},
		{"password on the command line", []string{"serve", "--data", fresh(), "--smtp", "smtp://me:geheim@mail.example:587", "--mail-from", "a@b.example", "--listen", "127.0.0.1:0"}, 2, []string{"--smtp-password-file"}},
		{"secret file that is not there", []string{"serve", "--data", fresh(), "--smtp", "smtp://me@mail.example:587", "--mail-from", "a@b.example", "--smtp-password-file", filepath.Join(dir, "none"), "--listen", "127.0.0.1:0"}, 3, []string{filepath.Join(dir, "none")}},
		{"secret file that is empty", []string{"serve", "--data", fresh(), "--smtp", "smtp://me@mail.example:587", "--mail-from", "a@b.example", "--smtp-password-file", empty, "--listen", "127.0.0.1:0"}, 3, []string{"empty"}},
		{"nobody has set it up", []string{"user", "list", "--data", fresh()}, 7, []string{"seedbed serve"}},
		{"import of nothing", []string{"import", "--data", fresh(), "--feed", "x", filepath.Join(dir, "none.csv")}, 3, []string{"none.csv"}},
		{"import without a name", []string{"import", "--data", fresh(), file}, 2, []string{"--feed"}},
		{"export before the first run", []string{"export", "--data", fresh()}, 7, []string{"seedbed serve"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := run(t, c.args...)
			if code != c.code {
				t.Errorf("exit code %d, want %d: %s%s", code, c.code, stdout, stderr)
			}
			for _, w := range c.says {
				if !strings.Contains(stderr, w) {
					t.Errorf("does not say %q: %s", w, stderr)
				}
			}
			if strings.Contains(stderr, "geheim") {
				t.Errorf("a password is said aloud: %s", stderr)
			}
			if strings.Contains(stderr, "goroutine") || strings.Contains(stderr, "panic") {
				t.Errorf("a trace instead of a sentence: %s", stderr)
			}
			if !strings.HasPrefix(lastLine(stderr), "seedbed: ") && !strings.Contains(stderr, "\nseedbed: ") && !strings.HasPrefix(stderr, "seedbed: ") {
				t.Errorf("not in the program's name: %s", stderr)
			}
		})
	}
}

func TestWhatJustAnswers(t *testing.T) {
	for _, c := range []struct {
		args []string
		says []string
	}{
		{[]string{"version"}, []string{"seedbed "}},
		{[]string{"--help"}, []string{"demo", "serve", "migrate", "audit"}},
		{nil, []string{"demo", "serve"}},
		{[]string{"serve", "--help"}, []string{"--listen", "--data", "--database"}},
	} {
		code, stdout, stderr := run(t, c.args...)
		if code != 0 {
			t.Errorf("%v: exit code %d %s", c.args, code, stderr)
		}
		for _, w := range c.says {
			if !strings.Contains(stdout, w) {
				t.Errorf("%v does not say %q", c.args, w)
			}
		}
	}
}

// An older program leaves a newer database alone (AB-73).
func TestNewerDatabase(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := run(t, "migrate", "--data", dir); code != 0 {
		t.Fatalf("migrate: %d %s", code, stderr)
	}
	path := filepath.Join(dir, "seedbed.db")
	change(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (209901010000, true)`)
	before := sum(t, path)
	for _, args := range [][]string{{"migrate"}, {"user", "list"}, {"serve", "--listen", "127.0.0.1:0"}, {"audit", "verify"}} {
		code, _, stderr := run(t, append(args, "--data", dir)...)
		if code != 4 || !strings.Contains(stderr, "newer") || !strings.Contains(stderr, "209901010000") || !strings.Contains(stderr, "backup") {
			t.Errorf("%v: exit code %d: %s", args, code, stderr)
		}
	}
	if sum(t, path) != before {
		t.Error("the newer database was changed")
	}
}

// The wrong master key, or a readable one, opens nothing (AB-71).
func TestKeys(t *testing.T) {
	dir := t.TempDir()
	if code, _, stderr := run(t, "migrate", "--data", dir); code != 0 {
		t.Fatal(stderr)
	}
	key := filepath.Join(dir, "keys", "master.key")
	right, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if st, _ := os.Stat(key); st.Mode().Perm()&0o077 != 0 {
		t.Errorf("the master key is made with mode %v", st.Mode())
	}
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := run(t, "migrate", "--data", dir); code != 3 || !strings.Contains(stderr, "master.key") {
		t.Errorf("a key that everybody may read: exit code %d: %s", code, stderr)
	}
	os.Remove(key)
	if code, _, stderr := run(t, "migrate", "--data", dir); code != 3 && code != 7 || stderr == "" {
		t.Errorf("a missing key: exit code %d: %s", code, stderr)
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("a new key was made over data of the old one")
	}
	other := t.TempDir()
	if code, _, stderr := run(t, "migrate", "--data", other); code != 0 {
		t.Fatal(stderr)
	}
	wrong, err := os.ReadFile(filepath.Join(other, "keys", "master.key"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, key, string(wrong))
	if code, _, stderr := run(t, "migrate", "--data", dir); code != 7 || strings.Contains(stderr, strings.TrimSpace(string(wrong))) {
		t.Errorf("another installation's key: exit code %d: %s", code, stderr)
	}
	os.Remove(key)
	write(t, key, string(right))
	if code, _, stderr := run(t, "migrate", "--data", dir); code != 0 {
		t.Errorf("the right key again: exit code %d: %s", code, stderr)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

func sum(t *testing.T, path string) [32]byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(b)
}

// change edits a database behind the program's back.
func change(t *testing.T, path, query string, args ...any) (rows int64) {
	t.Helper()
	d, err := db.Open(t.Context(), path, db.Options{Readers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Write(t.Context(), db.AllOrgs, func(tx *db.Tx) error {
		rows, err = tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// demo is a running, filled Seedbed.
type demo struct {
	cmd  *exec.Cmd
	base string
	dir  string
	said string // until it answered
	bad  *bytes.Buffer
	done chan struct{}
}

func startDemo(t *testing.T, dir string) *demo {
	t.Helper()
	d := &demo{dir: dir, bad: &bytes.Buffer{}, done: make(chan struct{})}
	d.cmd = command(t, context.Background(), "demo", "--data", dir, "--listen", "127.0.0.1:0")
	d.cmd.Stderr = d.bad
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.cmd.Process.Kill(); <-d.done })
	ready := make(chan string, 1)
	go func() {
		var said bytes.Buffer
		buf := make([]byte, 4096)
		address := regexp.MustCompile(`(?m)^(http://127\.0\.0\.1:\d+)$`)
		for {
			n, err := out.Read(buf)
			said.Write(buf[:n])
			if m := address.FindStringSubmatch(said.String()); m != nil && d.base == "" {
				d.base = m[1]
				ready <- said.String()
			}
			if err != nil {
				break
			}
		}
		d.cmd.Wait()
		close(d.done)
	}()
	select {
	case d.said = <-ready:
	case <-d.done:
		t.Fatalf("the demo ended: %s", d.bad)
	case <-time.After(60 * time.Second):
		t.Fatal("no address within a minute")
	}
	return d
}

// stop asks the program to end and reports how long it took.
func (d *demo) stop(t *testing.T) time.Duration {
	t.Helper()
	from := time.Now()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.done:
	case <-time.After(30 * time.Second):
		t.Fatal("it does not end")
	}
	return time.Since(from)
}

func TestAuditAndDrain(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir)
	drains(t, d)
	code, whole, stderr := run(t, "audit", "verify", "--data", dir)
	if code != 0 || !strings.Contains(whole, "whole") {
		t.Fatalf("a whole trail: exit code %d: %s%s", code, whole, stderr)
	}
	_, point, _ := run(t, "audit", "checkpoint", "--data", dir)
	point = strings.TrimSpace(point)
	m := regexp.MustCompile(`^(\S+):(\d+) [0-9a-f]{64}$`).FindStringSubmatch(point)
	if m == nil {
		t.Fatalf("a checkpoint: %q", point)
	}
	if code, _, stderr := run(t, "audit", "verify", "--data", dir, "--checkpoint", point); code != 0 {
		t.Fatalf("with its checkpoint: exit code %d: %s", code, stderr)
	}
	if code, _, stderr := run(t, "audit", "verify", "--data", dir, "--checkpoint", "yesterday"); code != 2 || !strings.Contains(stderr, "CLINIC:SEQ HASH") {
		t.Errorf("no checkpoint: exit code %d: %s", code, stderr)
	}
	copied := func(t *testing.T) string {
		to := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{"master.key", "keys.db", "erased.ledger"} {
			os.Chmod(filepath.Join(to, "keys", f), 0o600)
		}
		return to
	}
	for column, value := range map[string]string{"actor": "'nobody'", "at": "at + 1", "decision": "'deny'", "resource_id": "''", "reason": "'because'", "role": "'admin'", "action": "'read'", "subject_ref": "'x'", "request": "'x'", "resource": "'x'"} {
		t.Run("edited "+column, func(t *testing.T) {
			t.Parallel()
			to := copied(t)
			if change(t, filepath.Join(to, "seedbed.db"), `UPDATE audit_event SET `+column+` = `+value+` WHERE seq = 41`) == 0 {
				t.Fatal("nothing was edited")
			}
			tampered(t, to, "at entry 41")
		})
	}
	t.Run("one taken out", func(t *testing.T) {
		t.Parallel()
		to := copied(t)
		change(t, filepath.Join(to, "seedbed.db"), `DELETE FROM audit_event WHERE seq = 41`)
		tampered(t, to, "entry 41")
	})
	t.Run("two exchanged", func(t *testing.T) {
		t.Parallel()
		to := copied(t)
		file := filepath.Join(to, "seedbed.db")
		change(t, file, `UPDATE audit_event SET seq = -1 WHERE seq = 41`)
		change(t, file, `UPDATE audit_event SET seq = 41 WHERE seq = 42`)
		change(t, file, `UPDATE audit_event SET seq = 42 WHERE seq = -1`)
		tampered(t, to, "entry 41")
	})
	t.Run("cut off at the end", func(t *testing.T) {
		t.Parallel()
		to := copied(t)
		change(t, filepath.Join(to, "seedbed.db"), `DELETE FROM audit_event WHERE seq > (SELECT MAX(seq) - 10 FROM audit_event)`)
		tampered(t, to, "NOT WHOLE")
	})
	t.Run("cut off and smoothed over", func(t *testing.T) {
		t.Parallel()
		to := copied(t)
		file := filepath.Join(to, "seedbed.db")
		change(t, file, `DELETE FROM audit_event WHERE seq > (SELECT MAX(seq) - 10 FROM audit_event)`)
		change(t, file, `UPDATE audit_head SET seq = (SELECT MAX(seq) FROM audit_event), hash = (SELECT hash FROM audit_event ORDER BY seq DESC LIMIT 1)`)
		// Nothing inside the file can show this; the checkpoint kept outside does.
		tampered(t, to, "NOT WHOLE", "--checkpoint", point)
	})
	t.Run("emptied, and nobody kept a checkpoint", func(t *testing.T) {
		t.Parallel()
		to := copied(t)
		file := filepath.Join(to, "seedbed.db")
		change(t, file, `DELETE FROM audit_event`)
		change(t, file, `DELETE FROM audit_head`)
		tampered(t, to, "entry 1")
	})
	t.Run("emptied", func(t *testing.T) {
		t.Parallel()
		to := copied(t)
		file := filepath.Join(to, "seedbed.db")
		change(t, file, `DELETE FROM audit_event`)
		change(t, file, `DELETE FROM audit_head`)
		tampered(t, to, "", "--checkpoint", point)
	})
}

// tampered expects exit code 8 and the name of the entry.
func tampered(t *testing.T, dir, says string, more ...string) {
	t.Helper()
	code, stdout, stderr := run(t, append([]string{"audit", "verify", "--data", dir}, more...)...)
	if code != 8 || !strings.Contains(stdout, says) || !strings.Contains(stderr, "privacy officer") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
}

// stream opens the live board as the navigator, who has seen its first event.
func stream(t *testing.T, d *demo) io.ReadCloser {
	t.Helper()
	link := regexp.MustCompile(`(?m)^\s+navigator\s+(http\S+)$`).FindStringSubmatch(d.said)
	if link == nil {
		t.Fatal("no sign-in link")
	}
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Post(link[1], "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	live, err := c.Get(d.base + "/handoffs/live")
	if err != nil || live.StatusCode != 200 {
		t.Fatalf("the live board: %v %v", live, err)
	}
	if _, err := live.Body.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	return live.Body
}

// drains: a request under way when the stop is asked for is finished, a stream
// ends, new visitors are refused, and all within seconds.
func drains(t *testing.T, d *demo) {
	t.Helper()
	address := strings.TrimPrefix(d.base, "http://")
	live := stream(t, d)
	defer live.Close()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	body := "email=somebody%40clinic.example&password=long+enough+to+be+one"
	fmt.Fprintf(c, "POST /sign-in HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", address, len(body), body[:10])
	time.Sleep(300 * time.Millisecond)
	took := make(chan time.Duration, 1)
	go func() { took <- d.stop(t) }()
	time.Sleep(500 * time.Millisecond)
	if fresh, err := net.DialTimeout("tcp", address, time.Second); err == nil {
		fresh.Close()
		t.Error("a new visitor is let in while it stops")
	}
	ended := make(chan bool, 1)
	go func() { io.Copy(io.Discard, live); ended <- true }()
	select {
	case <-ended: // a stream would hold the stop up to its end
	case <-time.After(5 * time.Second):
		t.Error("the live board does not end")
	}
	io.WriteString(c, body[10:])
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	answer, err := io.ReadAll(c)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 4")) && !bytes.HasPrefix(answer, []byte("HTTP/1.1 3")) {
		t.Errorf("the request under way got no answer: %v %.80q", err, answer)
	}
	if t1 := <-took; t1 > 8*time.Second {
		t.Errorf("stopping took %v", t1)
	}
	if code := d.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d after a stop: %s", code, d.bad)
	}
	if _, err := http.Get(d.base + "/healthz"); err == nil {
		t.Error("it still answers")
	}
}
