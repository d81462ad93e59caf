// A small clinic through every measurement: answers must be right and pages must
// stay within their weight. How long anything takes never fails a test.
package main

import (
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

func small(t *testing.T) (options, *world, *report) {
	t.Helper()
	o, err := parse([]string{"-groups", "80", "-people", "600", "-rate", "40", "-each", "150ms", "-matches", "20", "-rounds", "1", "-burst", "50ms", "-voters", "400", "-port", "8799"})
	if err != nil {
		t.Fatal(err)
	}
	o.scratch, o.data = t.TempDir(), t.TempDir()
	w, err := openWorld(t.Context(), o.data, "", o.groups, o.people)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	return o, w, &report{out: io.Discard, json: io.Discard}
}

func TestEverythingAnswersAsItShould(t *testing.T) {
	o, w, rep := small(t)
	for name, run := range map[string]func() error{
		"match":   func() error { return match(t.Context(), o, w, rep) },
		"commit":  func() error { return commits(t.Context(), o, w, rep) },
		"opening": func() error { return opening(t.Context(), o, w, rep) },
		"opinion": func() error { return opinions(t.Context(), o, w, rep) },
		"door":    func() error { return door(t.Context(), o, w, rep) },
		"tally":   func() error { return tally(t.Context(), o, w, rep) },
		"phones":  func() error { return phones(t.Context(), o, w, rep) },
	} {
		if err := run(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	base, stop, err := serveHere(t.Context(), o, w)
	if err != nil {
		t.Fatal(err)
	}
	if err := sceneRun(o, newLoader(base), w.scenes(), os.Getpid(), rep); err != nil {
		t.Error(err)
	}
	before := len(rep.list)
	if err := weighAll(base, w, rep); err != nil {
		t.Error(err)
	}
	for _, r := range rep.list[before:] {
		if r.Met != nil && !*r.Met {
			t.Errorf("%s: %.1f kB, %s", r.What, r.P50, r.Goal)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if n := rep.wrong(); n > 0 {
		for _, r := range rep.list {
			if r.Wrong > 0 {
				t.Errorf("%s: %d wrong answers", r.ID, r.Wrong)
			}
		}
	}
	if rep.table() != nil || len(rep.list) < 20 {
		t.Errorf("only %d numbers", len(rep.list))
	}
}

// A folder is measured again without being filled again, and the audit trail of the invented clinic holds.
func TestTheClinicIsKept(t *testing.T) {
	o, w, _ := small(t)
	again, err := openWorld(t.Context(), o.data, "", 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer again.close()
	if again.Org != w.Org || again.Groups != o.groups || len(again.groups) != o.groups || len(again.Intros) == 0 || len(again.Calling) == 0 {
		t.Fatalf("another clinic: %d groups, %d to look at, %d to call", again.Groups, len(again.Intros), len(again.Calling))
	}
	if rep, err := again.audit.Verify(t.Context(), w.Org); err != nil || !rep.OK() {
		t.Fatalf("%+v, %v", rep, err)
	}
}

func TestTheSameSeedGivesTheSameGroups(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	a, _ := json.Marshal(makeGroups(50, now))
	b, _ := json.Marshal(makeGroups(50, now))
	if string(a) != string(b) {
		t.Fatal("two runs differ")
	}
	if words := regexp.MustCompile(`[a-z]+`).FindAllString(newVocabulary(rand.New(rand.NewPCG(5, 5)), 10).sentence(5), -1); len(words) != 5 {
		t.Fatal(words)
	}
}

func TestWhatAPageLoadsIsFound(t *testing.T) {
	page := `<link rel="stylesheet" href="/a.css"><link rel="alternate" href="/?lang=es"><script type="module" src="/b.js"></script><img src="/c.svg"><svg><use href="/d.svg#x"/></svg>`
	if got := strings.Join(loads(page, "text/html; charset=utf-8"), " "); got != "/a.css /b.js /c.svg /d.svg" {
		t.Error(got)
	}
	if got := strings.Join(loads(`import {x} from "./y.js"; import("/z.js")`, "text/javascript"), " "); got != "./y.js /z.js" {
		t.Error(got)
	}
}
