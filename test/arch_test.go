// Package test holds the checks of the house as a whole. This file keeps the
// arrows: which package may import which, with the reason, read from go list.
package test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const module = "seedbed"

type goPackage struct {
	ImportPath string
	Dir        string
	Imports    []string
	GoFiles    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p goPackage
		if err := dec.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// arrows: the first row whose pattern matches a package decides what of our own
// module it may import. Patterns are regular expressions on the path without
// the module's name.
var arrows = []struct{ pattern, may, because string }{
	{`cmd/seedbed`, `internal/app`, "main knows only the composition root"},
	{`internal/app(/.*)?`, `.*`, "the one place that knows everyone"},
	{`internal/kit/[^/]+`, `internal/kit/.*`, "pure: no world in it"},
	{`internal/kit/readlevel/readleveltest`, `internal/kit/.*`, "holds the locales against a grade, for tests"},
	{`internal/platform/web`, `internal/(kit|platform)/.*`, "touches the world, knows no domain"},
	{`internal/platform/.*`, `internal/(kit|platform)/.*`, "touches the world, knows no domain"},
	{`internal/trust/.*/[a-z]+web`, `internal/(kit|platform|trust)/.*`, "pages of the trust floor"},
	{`internal/trust/.*`, `internal/(kit|platform|trust)/.*`, "below the rooms"},
	{`internal/clinic/introduction`, `internal/(kit|platform|trust|clinic/directory)(/.*)?`, "an introduction names a group of the directory"},
	{`internal/clinic/introduction/introductionweb`, `internal/(kit|platform|trust|clinic/directory|clinic/introduction)(/.*)?`, "pages of the room; they show groups' names"},
	{`internal/clinic/[a-z]+`, `internal/(kit|platform|trust)/.*`, "rooms stand beside each other"},
	{`internal/clinic/([a-z]+)/[a-z]+web`, `internal/(kit|platform|trust)/.*|internal/clinic/$1`, "a web half knows its own core"},
	{`internal/organizing/(people|answer|statement)`, `internal/(kit|platform|trust)/.*`, "never the clinic: the wall between the rooms; the lowest of its floor"},
	{`internal/organizing/(team|learning|decision|story)`, `internal/(kit|platform|trust)/.*|internal/organizing/people`, "they hold people's ids and ask for names, encounters and commitments"},
	{`internal/organizing/listening`, `internal/(kit|platform|trust)/.*|internal/organizing/(people|team|decision)`, "a campaign ends in a decision and in teams"},
	{`internal/organizing/(people|answer|statement)/[a-z]+web`, `internal/(kit|platform|trust)/.*|internal/organizing/$1`, "a web half knows its own core"},
	{`internal/organizing/(team|learning|decision|story)/[a-z]+web`, `internal/(kit|platform|trust)/.*|internal/organizing/(people|$1)`, "a web half knows its own core and names people"},
	{`internal/organizing/meeting`, `internal/(kit|platform|trust)/.*|internal/organizing/(people|team)`, "a meeting is of a team; ADR 7"},
	{`internal/organizing/meeting/meetingweb`, `internal/(kit|platform|trust)/.*|internal/organizing/(people|team|meeting)`, "a web half knows its own core and those below"},
	{`internal/organizing/stipend`, `internal/(kit|platform|trust)/.*|internal/organizing/people`, "what taking part costs names a person and nothing else; ADR 7"},
	{`internal/organizing/stipend/stipendweb`, `internal/(kit|platform|trust)/.*|internal/organizing/(people|stipend)`, "a web half knows its own core and names people"},
	{`internal/organizing/listening/listeningweb`, `internal/(kit|platform|trust)/.*|internal/organizing/(people|team|decision|listening)`, "a web half knows its own core and those below"},
	{`internal/organizing/(cycle|power|research|turnout|assembly|pledge|effort|evaluation|change|survey|report)`, `internal/(kit|platform|trust)/.*|internal/organizing/people`, "they hold ids and ask people for names; what they need of each other is an interface of their own that app wires; ADR 9"},
	{`internal/organizing/(cycle|power|research|turnout|assembly|pledge|effort|evaluation|change|survey|report)/[a-z]+web`, `internal/(kit|platform|trust)/.*|internal/organizing/(people|$1)`, "a web half knows its own core and names people"},
	{`internal/door/[a-z0-9]+`, `internal/(kit|platform|trust)/.*|internal/(clinic|organizing|commons)/[a-z]+`, "doors know cores, never pages, never another door"},
	{`locales|web`, `^$`, "embedded files only"},
	{`test(/.*)?|bench(/.*)?`, `.*`, "checks of the whole"},
}

// walls: third-party packages live in one place each.
var walls = []struct{ imports, only, because string }{
	{`modernc\.org/.*|github\.com/jackc/.*|github\.com/pressly/goose.*`, `internal/platform/db(/dbtest)?`, "drivers and migrations"},
	{`github\.com/go-webauthn/.*`, `internal/trust/account(/accountweb)?`, "passkeys"},
	{`golang\.org/x/crypto/.*`, `internal/trust/account`, "password hashing"},
	{`github\.com/nicksnyder/.*|golang\.org/x/text/.*`, `internal/kit/(i18n|fold|guard|sheet|matching)|internal/clinic/directory|internal/trust/account`, "languages"},
	{`github\.com/nyaruka/.*`, `internal/kit/phone`, "phone numbers"},
	{`github\.com/wneessen/.*`, `internal/platform/notify(/.*)?`, "mail"},
	{`github\.com/cloudflare/circl/.*`, `internal/kit/ballot`, "blind signatures"},
	{`gonum\.org/.*`, `internal/kit/(stats|opinion)`, "statistics"},
	{`rsc\.io/qr.*`, `internal/kit/qr`, "QR codes"},
	{`github\.com/alecthomas/kong`, `internal/app`, "the command line"},
	{`net/http(/.*)?|html/template`, `internal/(app|platform|door|kit/chart|bench)(/.*)?|web|internal/.*web|test(/.*)?|bench(/.*)?`, "a room's core knows no web"},
}

func TestArrowsPointDown(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		row := -1
		var may *regexp.Regexp
		for i, a := range arrows {
			re := regexp.MustCompile("^(?:" + a.pattern + ")$")
			if m := re.FindStringSubmatchIndex(path); m != nil {
				row = i
				may = regexp.MustCompile("^(?:" + string(re.ExpandString(nil, a.may, path, m)) + ")$")
				break
			}
		}
		if row < 0 {
			t.Errorf("%s stands on no floor: add a row to the table, with a reason", path)
			continue
		}
		for _, imp := range p.Imports {
			if imp == module+"/locales" || imp == module+"/web" {
				continue
			}
			if own, ok := strings.CutPrefix(imp, module+"/"); ok && !may.MatchString(own) {
				t.Errorf("%s imports %s, but: %s", path, own, arrows[row].because)
			}
		}
	}
}

func TestWalls(t *testing.T) {
	for _, p := range packages(t) {
		path := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		for _, imp := range p.Imports {
			for _, w := range walls {
				if regexp.MustCompile("^(?:"+w.imports+")$").MatchString(imp) && !regexp.MustCompile("^(?:"+w.only+")$").MatchString(path) {
					t.Errorf("%s imports %s, which belongs behind %s (%s)", path, imp, w.only, w.because)
				}
			}
		}
	}
}

// The two rooms: whatever else changes, these never import each other.
func TestClinicAndOrganizingNeverMeet(t *testing.T) {
	for _, p := range packages(t) {
		for _, imp := range p.Imports {
			a, b := strings.Contains(p.ImportPath, "/internal/clinic"), strings.Contains(imp, "/internal/organizing")
			c, d := strings.Contains(p.ImportPath, "/internal/organizing"), strings.Contains(imp, "/internal/clinic")
			if a && b || c && d {
				t.Errorf("%s imports %s", p.ImportPath, imp)
			}
		}
	}
}

func TestNamesSayWhatThingsAre(t *testing.T) {
	bad := regexp.MustCompile(`/(util|utils|common|helper|helpers|model|models|types|base|misc)$`)
	for _, p := range packages(t) {
		if bad.MatchString(p.ImportPath) {
			t.Errorf("package %s: name it by what it is", p.ImportPath)
		}
	}
}

// A room's SQL names only tables that its own migrations create.
func TestSQLNamesOnlyOwnTables(t *testing.T) {
	owner := map[string]string{}
	create := regexp.MustCompile(`(?i)CREATE TABLE (?:IF NOT EXISTS )?([a-z_]+)`)
	pkgs := packages(t)
	for _, p := range pkgs {
		files, _ := filepath.Glob(filepath.Join(p.Dir, "schema", "*.sql"))
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range create.FindAllStringSubmatch(string(text), -1) {
				if o, ok := owner[m[1]]; ok && o != p.ImportPath {
					t.Errorf("table %s is created by %s and %s", m[1], o, p.ImportPath)
				}
				owner[m[1]] = p.ImportPath
			}
		}
	}
	if len(owner) == 0 {
		t.Fatal("no tables found: this test no longer sees anything")
	}
	uses := regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+([a-z_]+)`)
	for _, p := range pkgs {
		if strings.HasPrefix(p.ImportPath, module+"/bench") {
			continue // fills tables of a hundred thousand rows directly; nothing imports it
		}
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range uses.FindAllStringSubmatch(string(text), -1) {
				if o, ok := owner[m[1]]; ok && o != p.ImportPath {
					t.Errorf("%s/%s names table %s of %s", p.ImportPath, name, m[1], o)
				}
			}
		}
	}
}

// Rooms are written beside each other; two migrations with one number would keep
// the program from starting.
func TestEveryMigrationHasANumberOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, p := range packages(t) {
		if strings.Contains(p.ImportPath, "/vault") {
			continue // the key store is a database of its own
		}
		files, _ := filepath.Glob(filepath.Join(p.Dir, "schema", "*.sql"))
		for _, f := range files {
			name := filepath.Base(f)
			number, _, _ := strings.Cut(name, "_")
			if old := seen[number]; old != "" {
				t.Errorf("%s and %s have one number", old, name)
			}
			seen[number] = name
		}
	}
}

// Warning lights, not a law: they print, they do not fail.
func TestCeilings(t *testing.T) {
	for _, p := range packages(t) {
		total := 0
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			n := bytes.Count(text, []byte("\n"))
			total += n
			if n > 500 {
				t.Logf("%s/%s has %d lines: is it one thing?", p.ImportPath, name, n)
			}
		}
		if total > 3000 {
			t.Logf("%s has %d lines: is it one room?", p.ImportPath, total)
		}
	}
}
