// What the parts promise to every page: they render in every language with only
// the arguments they must have, point at things that exist, and stay small.

package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var languages = []string{"en", "es", "vi", "ar"}

func messages(t *testing.T, lang string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, room := range []string{"style", "outbox"} { // whose words the parts say
		text, err := os.ReadFile("../locales/" + room + "." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatalf("%s.%s.json: %v", room, lang, err)
		}
	}
	return m
}

// parts parses layouts, parts and more with functions that fail on a missing
// message, icon or file, as the real ones do.
func parts(t *testing.T, lang string, more ...string) *template.Template {
	t.Helper()
	words := messages(t, lang)
	set := template.New("").Funcs(template.FuncMap{
		"t": func(key string, args ...any) (string, error) {
			text, ok := words[key]
			if !ok {
				return "", fmt.Errorf("no message %q in %s", key, lang)
			}
			for i := 0; i+1 < len(args); i += 2 {
				text = strings.ReplaceAll(text, fmt.Sprintf("{{.%v}}", args[i]), fmt.Sprint(args[i+1]))
			}
			return text, nil
		},
		"n":     func(v any) string { return fmt.Sprint(v) },
		"slice": func(v ...any) []any { return v },
		"icon": func(name string) (template.HTML, error) {
			svg, err := Assets.ReadFile("icons/" + name + ".svg")
			return template.HTML(svg), err
		},
		"asset": func(name string) (string, error) {
			if name == "css/seedbed.css" {
				return "/static/v/" + name, nil // joined from css/*.css by the server
			}
			_, err := fs.Stat(Assets, name)
			return "/static/v/" + name, err
		},
		"dict": func(pairs ...any) map[string]any {
			m := map[string]any{}
			for i := 0; i+1 < len(pairs); i += 2 {
				m[pairs[i].(string)] = pairs[i+1]
			}
			return m
		},
	})
	for _, dir := range []string{"layouts", "parts"} {
		names, err := fs.Glob(Templates(), dir+"/*.html")
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(names), err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(Templates(), name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := set.New(strings.TrimSuffix(name, path.Ext(name))).Parse(string(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, text := range more {
		if _, err := set.New("page").Parse(text); err != nil {
			t.Fatal(err)
		}
	}
	return set
}

// view has what the renderer's View has, so that a part that reads more fails.
type view struct {
	Lang, Dir, Path, Nonce, Key, Scope, Flash, Exit string
	Langs                                           []struct{ Code, Name, Dir, URL string }
	Nav                                             []struct {
		Key, URL, Icon string
		Current        bool
	}
	Part []struct {
		Key, URL, Icon string
		Current        bool
	}
	Actor struct {
		SignedIn bool
		Name     string
	}
	Errors  []struct{ Name, Message string }
	Demo    bool
	Device  string
	Waiting int
	Theirs  []struct{ Name, Label, Value string }
	Version string
}

func (view) Guard(string) *struct {
	Pieces []struct {
		Text string
		Hit  bool
	}
	Shown, Reason string
	Keep          bool
} {
	return nil
}

func (view) GuardKeeps() string { return "diagnosis" }

func sampleView(lang string) view {
	v := view{Lang: lang, Dir: "ltr", Key: "k", Scope: "Riverbend Family Clinic", Flash: "Saved.", Demo: true}
	if lang == "ar" {
		v.Dir = "rtl"
	}
	v.Langs = append(v.Langs, struct{ Code, Name, Dir, URL string }{lang, "X", v.Dir, "?lang=" + lang})
	v.Nav = append(v.Nav, struct {
		Key, URL, Icon string
		Current        bool
	}{"style.my_information", "/me", "person", true})
	v.Actor.SignedIn, v.Actor.Name = true, "Amina Osei"
	v.Errors = append(v.Errors, struct{ Name, Message string }{"phone", "Please check."})
	return v
}

var (
	idAttr    = regexp.MustCompile(` id="([^"]*)"`)
	refAttr   = regexp.MustCompile(` (?:for|aria-describedby|aria-labelledby|data-for)="([^"]*)"`)
	forbidden = regexp.MustCompile(`ZgotmplZ|<no value>|<nil>| style="| on[a-z]+="|<script>|src="(?:https?:)?//`)
)

func checkHTML(t *testing.T, html string) {
	t.Helper()
	ids := map[string]bool{}
	for _, m := range idAttr.FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("id %q twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range refAttr.FindAllStringSubmatch(html, -1) {
		for _, id := range strings.Fields(m[1]) {
			if !ids[id] {
				t.Errorf("%s points at nothing", m[0])
			}
		}
	}
	if bad := forbidden.FindString(html); bad != "" {
		at := strings.Index(html, bad)
		t.Errorf("%q in …%s…", bad, html[max(0, at-80):min(len(html), at+80)])
	}
}

func TestCatalogueRendersInEveryLanguageAndLayout(t *testing.T) {
	page, err := fs.ReadFile(Style(), "style.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range languages {
		for _, layout := range []string{"public", "staff", "panel", "participant", "link", "print"} {
			t.Run(lang+"/"+layout, func(t *testing.T) {
				var b strings.Builder
				data := struct {
					View view
					Data Samples
				}{sampleView(lang), Catalogue()}
				if err := parts(t, lang, string(page)).ExecuteTemplate(&b, "layouts/"+layout, data); err != nil {
					t.Fatal(err)
				}
				checkHTML(t, b.String())
				if layout == "participant" || layout == "link" {
					title := regexp.MustCompile(`<title>(.*)</title>`).FindStringSubmatch(b.String())
					if want := messages(t, lang)["style.neutral_title"]; title == nil || title[1] != want {
						t.Errorf("title is %v, want only %q", title, want)
					}
				}
				if layout == "participant" {
					first := regexp.MustCompile(`<(?:a|button|input|summary)[ >][^>]*`).FindString(b.String())
					if !strings.Contains(first, `class="exit"`) {
						t.Errorf("the first thing to reach is %s, want the safe exit", first)
					}
				}
			})
		}
	}
}

// Arguments in italics in design-system.md may be left out: these are the calls
// with nothing but the others.
func TestPartsNeedOnlyTheirArguments(t *testing.T) {
	calls := map[string]string{
		"button": `"Label" "Go"`, "back": `"Href" "/"`, "copy": `"For" "here"`, "readaloud": `"For" "here"`,
		"print": ``, "idle": ``, "passkey": `"Mode" "get" "Label" "Go" "Begin" "/a" "Finish" "/b" "Next" "/"`,
		"field": `"Name" "phone" "Label" "Phone"`, "choices": `"Name" "a" "Legend" "Which"`, "combo": `"Name" "a" "Legend" "Which"`,
		"guarded": `"Name" "a" "Label" "Note"`, "tick": `"Name" "a" "Label" "Yes"`, "pick": `"Name" "a" "Value" "1" "Title" "One"`, "sign": `"Name" "a"`,
		"notice": `"Kind" "late" "Text" "Words"`, "state": `"Kind" "ok" "Label" "Met"`, "next": `"Owner" "Rosa" "Act" "calls"`,
		"readback": `"Say" "Rosa calls."`, "kind": `"Kind" "get"`, "empty": `"Title" "Nothing yet"`, "progress": `"Now" 1 "Of" 3`,
		"more": `"Label" "More" "Text" "Words"`, "card": `"Href" "/" "Title" "Group"`, "facts": ``, "pages": ``,
		"table":        `"Caption" "Numbers" "Table" (dict "Columns" (slice "A") "Rows" (slice (slice "1")))`,
		"outbox-words": ``, "offline-script": ``, "version": `"View" (dict)`, "theirs": `"Theirs" (slice (dict "Label" "Name" "Value" "Rosa"))`,
		"tabs": `"Label" "Which"`, "steps": ``, "timeline": ``, "qr": ``, "map": `"Title" "Map"`,
		"chart": `"Title" "Numbers" "Table" (dict "Columns" (slice "A") "Rows" (slice (slice "1")))`,
	}
	for name, args := range calls {
		t.Run(name, func(t *testing.T) {
			text := `{{define "call"}}<p id="here"></p>{{template "` + name + `" (dict ` + args + `)}}{{end}}`
			var b strings.Builder
			if err := parts(t, "en", text).ExecuteTemplate(&b, "call", nil); err != nil {
				t.Fatal(err)
			}
			checkHTML(t, b.String())
		})
	}
}

func TestFieldSaysItsErrorWhereItIs(t *testing.T) {
	text := `{{define "call"}}{{template "errors" .}}{{template "field" (dict "Name" "phone" "Label" "Phone" "Hint" "Ten digits" "Errors" .Errors)}}{{template "field" (dict "Name" "mail" "Label" "Mail" "Errors" .Errors)}}{{end}}`
	var b strings.Builder
	if err := parts(t, "en", text).ExecuteTemplate(&b, "call", sampleView("en")); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	checkHTML(t, html)
	for _, want := range []string{`href="#f-phone"`, `aria-describedby="f-phone-hint f-phone-error"`, `aria-invalid="true"`} {
		if strings.Count(html, want) != 1 {
			t.Errorf("%s appears %d times, want once:\n%s", want, strings.Count(html, want), html)
		}
	}
}

func TestEveryLanguageSaysTheSame(t *testing.T) {
	english := messages(t, "en")
	argument := regexp.MustCompile(`\{\{\.\w+\}\}|…`)
	for _, lang := range languages[1:] {
		words := messages(t, lang)
		if len(words) != len(english) {
			t.Errorf("%s has %d messages, en has %d", lang, len(words), len(english))
		}
		for key, text := range english {
			got, want := argument.FindAllString(words[key], -1), argument.FindAllString(text, -1)
			slices.Sort(got)
			slices.Sort(want)
			if words[key] == "" || !slices.Equal(got, want) {
				t.Errorf("%s %s: %q does not carry the arguments of %q", lang, key, words[key], text)
			}
		}
	}
}

func TestWeightStaysSmall(t *testing.T) {
	outbox := []string{"outbox-store.js", "sb-offline.js", "sb-outbox.js", "sw.js"} // only for signed-in people, where a form asks for it
	ballots := []string{"sb-ballot.js", "sb-dots.js", "sb-rank.js"}                 // only where somebody votes
	for _, x := range []struct {
		what  string
		limit int
		in    func(name string) bool
	}{
		{"css", 16 << 10, func(string) bool { return true }},
		{"js", 16 << 10, func(name string) bool { return !slices.Contains(outbox, name) && !slices.Contains(ballots, name) }},
		{"js", 6 << 10, func(name string) bool { return slices.Contains(ballots, name) }},
		{"js", 12 << 10, func(name string) bool { return slices.Contains(outbox, name) }},
	} {
		var all bytes.Buffer
		zip := gzip.NewWriter(&all)
		files, err := Assets.ReadDir(x.what)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !x.in(file.Name()) {
				continue
			}
			text, err := Assets.ReadFile(x.what + "/" + file.Name())
			if err != nil {
				t.Fatal(err)
			}
			zip.Write(text)
		}
		zip.Close()
		if all.Len() > x.limit {
			t.Errorf("%s is %d bytes compressed, at most %d", x.what, all.Len(), x.limit)
		}
	}
}
