// The words that are read out or shown, per language. They live here and not in
// the catalogs: what somebody agreed to must stay readable, version by version,
// and an edit of the interface must never change it. A test pins every version.
package consent

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"seedbed/internal/kit/fault"
)

//go:embed wording/*.json
var wordingFiles embed.FS

// Wording is the text of one purpose in one language and version.
type Wording struct {
	Purpose  Purpose
	Version  int
	Language string
	Title    string
	Lines    []string // with {recipient}, {fields}, {until}
}

// Values go into a wording. Until is the day as the reader's language writes it.
type Values struct {
	Recipient string // the group's name; for what the clinic is told, the group that tells it
	Fields    []Field
	Until     string
}

// Text returns the lines with the values in them.
func (w Wording) Text(v Values) []string {
	b := book()[w.Language]
	r := strings.NewReplacer("{recipient}", b.isolate(v.Recipient), "{fields}", b.list(v.Fields, b.Plain, nil), "{until}", b.isolate(v.Until))
	out := make([]string, len(w.Lines))
	for i, line := range w.Lines {
		out[i] = r.Replace(line)
	}
	return out
}

// language is one file: wording/<code>.json.
type language struct {
	Code     string
	Separate string             `json:"separate"`  // between the things in a list
	Isolate  bool               `json:"isolate"`   // names in another script need marks around them
	ReadBack map[Purpose]string `json:"read_back"` // with {recipient}, {list}
	Plain    map[Field]string   `json:"plain"`     // "your name", in a sentence before anything is known
	Spoken   map[Field]string   `json:"spoken"`    // "the name {value}", when it is read back
	Wordings []struct {
		Purpose Purpose  `json:"purpose"`
		Version int      `json:"version"`
		Title   string   `json:"title"`
		Lines   []string `json:"lines"`
	} `json:"wordings"`
}

// book reads the embedded files once. They are part of the program: a broken one
// stops every test.
var book = sync.OnceValue(func() map[string]language {
	entries, err := wordingFiles.ReadDir("wording")
	if err != nil {
		panic(err)
	}
	out := map[string]language{}
	for _, e := range entries {
		b, err := wordingFiles.ReadFile("wording/" + e.Name())
		if err != nil {
			panic(err)
		}
		var l language
		if err := json.Unmarshal(b, &l); err != nil {
			panic(fmt.Sprintf("%s: %v", e.Name(), err))
		}
		l.Code = strings.TrimSuffix(e.Name(), ".json")
		out[l.Code] = l
	}
	return out
})

// Languages lists the languages in which every purpose can be read out and read
// back, English first. A language that lacks anything is not offered.
func Languages() []string {
	var out []string
	for code, l := range book() {
		if l.complete() {
			out = append(out, code)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		if (a == "en") != (b == "en") {
			if a == "en" {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return out
}

func (l language) complete() bool {
	if l.Separate == "" {
		return false
	}
	for _, p := range Purposes() {
		if _, ok := l.current(p); !ok || l.ReadBack[p] == "" {
			return false
		}
		for _, f := range p.Fields() {
			if l.Plain[f] == "" || l.Spoken[f] == "" {
				return false
			}
		}
	}
	return true
}

func (l language) current(p Purpose) (w Wording, ok bool) {
	for _, x := range l.Wordings {
		if x.Purpose == p && x.Version > w.Version && x.Title != "" && len(x.Lines) > 0 {
			w, ok = Wording{Purpose: p, Version: x.Version, Language: l.Code, Title: x.Title, Lines: x.Lines}, true
		}
	}
	return w, ok
}

// Current returns the wording in force. fault.Invalid when the language is not offered.
func Current(p Purpose, lang string) (Wording, error) {
	if !slices.Contains(Languages(), lang) {
		return Wording{}, fault.Wrong(fault.At("language", "consent.error.language"))
	}
	w, ok := book()[lang].current(p)
	if !ok {
		return Wording{}, fault.Wrong(fault.At("purpose", "consent.error.purpose"))
	}
	return w, nil
}

// WordingAt returns the wording that somebody agreed to, whatever is in force now.
func WordingAt(p Purpose, lang string, version int) (Wording, error) {
	for _, x := range book()[lang].Wordings {
		if x.Purpose == p && x.Version == version {
			return Wording{Purpose: p, Version: version, Language: lang, Title: x.Title, Lines: x.Lines}, nil
		}
	}
	return Wording{}, fault.Missing(fmt.Sprintf("wording %s %s %d", p, lang, version))
}

// ReadBack is the one sentence that says what will be sent to whom, and nothing
// else: it is read to the person before the yes. Values are the words for each
// field as the person knows them (the name, the language's own name, topics).
// A field without a value is named without one ("this phone number").
func ReadBack(lang string, p Purpose, recipient string, fields []Field, values map[Field]string) (string, error) {
	l, ok := book()[lang]
	if !ok || !l.complete() {
		return "", fault.Wrong(fault.At("language", "consent.error.language"))
	}
	if !slices.Contains(Purposes(), p) {
		return "", fault.Wrong(fault.At("purpose", "consent.error.purpose"))
	}
	fields = inOrder(p, fields)
	if len(fields) == 0 {
		return "", fault.Wrong(fault.At("fields", "consent.error.fields"))
	}
	return strings.NewReplacer("{recipient}", l.isolate(recipient), "{list}", l.list(fields, l.Spoken, values)).Replace(l.ReadBack[p]), nil
}

func (l language) list(fields []Field, words map[Field]string, values map[Field]string) string {
	var parts []string
	for _, f := range fields {
		text := words[f]
		if v := strings.TrimSpace(values[f]); v != "" {
			text = strings.ReplaceAll(text, "{value}", l.isolate(v))
		} else if strings.Contains(text, "{value}") {
			text = l.Plain[f]
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, l.Separate)
}

// isolate keeps a name of another script from turning the sentence around (Unicode UAX #9: FSI and PDI).
func (l language) isolate(s string) string {
	if !l.Isolate || s == "" {
		return s
	}
	return "\u2068" + s + "\u2069"
}
