// Package canary puts words that cannot be guessed into every field that
// identifies somebody, through real requests to a real server, and then looks
// for them in every byte that is left: database, write-ahead log, key store,
// ledger, output, temporary files; on PostgreSQL in a dump. None may be found.
// A word in a public field must be found, or the search is blind.
package canary

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "seedbed-canary")
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

// server is a running Seedbed whose every output is kept.
type server struct {
	t        *testing.T
	cmd      *exec.Cmd
	base     string
	dir      string // everything it may write to is below
	database string
	flags    []string
	done     chan struct{}
}

func start(t *testing.T, database string) *server {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, dir: t.TempDir(), done: make(chan struct{})}
	for _, sub := range []string{"data", "tmp", "out", "home"} {
		s.must(os.Mkdir(filepath.Join(s.dir, sub), 0o700))
	}
	s.database = filepath.Join(s.dir, "data", "seedbed.db")
	s.flags = []string{"--listen", "127.0.0.1:0", "--data", filepath.Join(s.dir, "data")}
	if database != "" {
		s.database = database
		s.flags = append(s.flags, "--database", database)
	}
	stdout, err := os.Create(filepath.Join(s.dir, "out", "stdout"))
	s.must(err)
	stderr, err := os.Create(filepath.Join(s.dir, "out", "stderr"))
	s.must(err)
	defer stdout.Close()
	defer stderr.Close()
	s.cmd = exec.Command(bin, append([]string{"demo", "--log"}, s.flags...)...)
	s.cmd.Stdout, s.cmd.Stderr = stdout, stderr
	s.cmd.Env = append(os.Environ(), "TMPDIR="+filepath.Join(s.dir, "tmp"), "HOME="+filepath.Join(s.dir, "home"), "XDG_CACHE_HOME="+filepath.Join(s.dir, "home"))
	s.must(s.cmd.Start())
	go func() { s.cmd.Wait(); close(s.done) }()
	t.Cleanup(func() { s.cmd.Process.Kill(); <-s.done })
	address := regexp.MustCompile(`(?m)^(http://127\.0\.0\.1:\d+)$`)
	for range 600 {
		if m := address.FindStringSubmatch(s.output("stdout")); m != nil {
			s.base = m[1]
			return s
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("no address: %s %s", s.output("stdout"), s.output("stderr"))
	return nil
}

func (s *server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) output(name string) string {
	b, err := os.ReadFile(filepath.Join(s.dir, "out", name))
	s.must(err)
	return string(b)
}

func (s *server) stop() {
	s.t.Helper()
	s.must(s.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		s.t.Fatal("the server does not stop")
	}
}

// browser is one person's.
type browser struct {
	s   *server
	c   *http.Client
	jar *cookiejar.Jar
}

func (s *server) browser() *browser {
	jar, err := cookiejar.New(nil)
	s.must(err)
	return &browser{s, &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, jar}
}

// as signs in with the link that the demo printed.
func (s *server) as(role string) *browser {
	s.t.Helper()
	m := regexp.MustCompile(`(?m)^\s+` + role + `\s+(http\S+)$`).FindStringSubmatch(s.output("stdout"))
	if m == nil {
		s.t.Fatalf("no link for %s", role)
	}
	b := s.browser()
	b.post(303, strings.TrimPrefix(m[1], s.base), nil)
	return b
}

func (b *browser) get(want int, path string) string {
	b.s.t.Helper()
	resp, err := b.c.Get(b.s.base + path)
	return b.read(want, "GET "+path, resp, err)
}

func (b *browser) post(want int, path string, form url.Values) string {
	b.s.t.Helper()
	resp, err := b.c.PostForm(b.s.base+path, form)
	return b.read(want, "POST "+path, resp, err)
}

func (b *browser) read(want int, what string, resp *http.Response, err error) string {
	b.s.t.Helper()
	b.s.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	b.s.must(err)
	if want != 0 && resp.StatusCode != want {
		b.s.t.Fatalf("%s: %d, want %d: %s", what, resp.StatusCode, want, errorsIn(string(body)))
	}
	return resp.Header.Get("Location") + "\n" + string(body)
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style|svg).*?</(script|style|svg)>|<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

func errorsIn(body string) string {
	if i := strings.Index(body, "<main"); i > 0 {
		body = body[i:]
	}
	text := blanks.ReplaceAllString(tags.ReplaceAllString(body, " "), " ")
	return text[:min(len(text), 1200)]
}

// word is 14 letters that are in no language.
func word() string {
	const letters = "bcdfghjklmnpqrstvwxz"
	out := make([]byte, 14)
	rand.Read(out)
	for i := range out {
		out[i] = letters[int(out[i])%len(letters)]
	}
	return string(out)
}

// number is a telephone number in Oregon that is nobody's in the demo.
func number() string {
	n, err := rand.Int(rand.Reader, big.NewInt(7_000_000))
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("503%07d", 2_210_000+n.Int64()%6_000_000)
}

// secrets are what must not be found, by what it is.
type secrets map[string]string

// forms are the ways a word may be written down.
func forms(token string) map[string][]byte {
	out := map[string][]byte{}
	spell := func(name, text string) {
		out[name] = []byte(text)
		var little, big []byte
		for _, u := range utf16.Encode([]rune(text)) {
			little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
		}
		out[name+" UTF-16LE"], out[name+" UTF-16BE"] = little, big
		out[name+" hex"] = []byte(hex.EncodeToString([]byte(text)))
		out[name+" HEX"] = []byte(strings.ToUpper(hex.EncodeToString([]byte(text))))
		for shift := range 3 { // three alignments; the edges mix with neighbors and are left out
			e := base64.StdEncoding.EncodeToString(append(bytes.Repeat([]byte{'x'}, shift), text...))
			from, to := (shift*8+5)/6, (shift+len(text))*8/6
			out[fmt.Sprintf("%s base64 %d", name, shift)] = []byte(e[from:to])
			out[fmt.Sprintf("%s base64url %d", name, shift)] = []byte(strings.NewReplacer("+", "-", "/", "_").Replace(e[from:to]))
		}
		out[name+" url"] = []byte(url.QueryEscape(text))
		h256, h1, h5 := sha256.Sum256([]byte(text)), sha1.Sum([]byte(text)), md5.Sum([]byte(text))
		for kind, sum := range map[string][]byte{"SHA-256": h256[:], "SHA-1": h1[:], "MD5": h5[:]} { // unkeyed: as good as written
			out[name+" "+kind+" hex"] = []byte(hex.EncodeToString(sum))
			out[name+" "+kind+" base64"] = []byte(base64.RawStdEncoding.EncodeToString(sum))
			out[name+" "+kind+" raw"] = sum
		}
	}
	spell("plain", token)
	if len(token) == 10 && strings.Trim(token, "0123456789") == "" {
		spell("E.164", "+1"+token)
		spell("spaced", "("+token[:3]+") "+token[3:6]+"-"+token[6:])
		spell("dashed", token[:3]+"-"+token[3:6]+"-"+token[6:])
	} else if t := strings.ToUpper(token); t != token && len(token) < 30 {
		spell("upper", t)
		spell("title", t[:1]+token[1:])
	}
	return out
}

// search reports every place where a secret stands.
func search(files map[string][]byte, tokens secrets) (found []string) {
	for what, token := range tokens {
		random := strings.Contains(what, "token") || strings.Contains(what, "session") || strings.Contains(what, "code")
		for form, needle := range forms(token) {
			if random && strings.Contains(form, "SHA-256") {
				continue // 80 random bits and more may be kept as a hash; what can be guessed may not
			}
			for name, content := range files {
				if bytes.Contains(content, needle) {
					found = append(found, fmt.Sprintf("%s (%s) is in %s", what, form, name))
				}
			}
		}
	}
	return found
}

// files reads everything below the server's folder, and the database if it is elsewhere.
func (s *server) files() map[string][]byte {
	s.t.Helper()
	out := map[string][]byte{}
	s.must(filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[strings.TrimPrefix(path, s.dir+"/")] = b
		return err
	}))
	if strings.Contains(s.database, "://") {
		dump := "/usr/bin/pg_dump"
		if list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump"); len(list) > 0 {
			dump = list[len(list)-1]
		}
		// As the superuser: row-level security keeps rows even from the tables' owner.
		as, err := url.Parse(os.Getenv(dbtest.Variable))
		s.must(err)
		of, err := url.Parse(s.database)
		s.must(err)
		as.Path = of.Path
		b, err := exec.Command(dump, "--data-only", "--inserts", as.String()).Output()
		if err != nil || !bytes.Contains(b, []byte("INSERT INTO public.introduction ")) {
			s.t.Fatalf("pg_dump: %v, %d bytes", err, len(b))
		}
		out["pg_dump"] = b
	}
	return out
}

// one reads a single text from a database beside the running server.
func (s *server) one(database, query string, args ...any) string {
	s.t.Helper()
	ctx := context.Background()
	d, err := db.Open(ctx, database, db.Options{Readers: 1, Log: slog.New(slog.DiscardHandler)})
	s.must(err)
	defer d.Close()
	var v string
	s.must(d.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		v, err = db.One[string](ctx, tx, query, args...)
		return err
	}))
	return v
}

func TestNothingThatIdentifiesIsWrittenDown(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { canary(t, "") })
	t.Run("postgres", func(t *testing.T) { canary(t, dbtest.PostgresURL(t)) })
}

func canary(t *testing.T, database string) {
	s := start(t, database)
	hidden, public := secrets{}, secrets{"the group's public name": word(), "what the group says": word()}
	group := s.groupWithContact(hidden, public)
	intro := s.introduction(hidden, group)
	s.accounts(hidden)
	s.teams(hidden)
	s.people(hidden)
	s.powers(hidden)
	s.assemblies(hidden)
	s.brought(hidden)
	s.decisions(hidden)
	s.learning(hidden, public)
	s.told(hidden)
	s.turns(hidden)
	s.listens(hidden)
	s.nameless(hidden)
	s.mistakes(hidden)

	look := func(when string) {
		t.Helper()
		files := s.files()
		size := 0
		for _, b := range files {
			size += len(b)
		}
		for _, f := range search(files, hidden) {
			t.Errorf("%s: %s", when, f)
		}
		for what, token := range public {
			if found := search(files, secrets{what: token}); len(found) == 0 {
				t.Errorf("%s: %s is not found either: the search is blind", when, what)
			}
		}
		t.Logf("%s: %d secrets in %d forms each, %d files, %d kB", when, len(hidden), len(forms("bcdfghjklmnpqr")), len(files), size/1000)
	}
	look("while it runs")
	s.erase(hidden, intro)
	look("after the person stopped")
	s.stop()
	look("after the end")
}
