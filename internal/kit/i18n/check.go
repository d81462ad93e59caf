package i18n

// Check compares the catalogs of all languages, so that a missing translation
// fails the build rather than surprising a reader.

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"sort"
	"strings"
)

// Problem is one thing wrong in the catalogs.
type Problem struct {
	File, Key, What string
}

func (p Problem) String() string {
	if p.Key == "" {
		return p.File + ": " + p.What
	}
	return p.File + ": " + p.Key + ": " + p.What
}

// pluralForms are the categories whole numbers need in a language. Spanish also
// has "many" for exact millions, which a clinic does not meet: it is allowed,
// not asked for.
func pluralForms(code string) (need, allow []string) {
	switch code {
	case "vi":
		return []string{"other"}, nil
	case "ar":
		return []string{"zero", "one", "two", "few", "many", "other"}, nil
	case "es":
		return []string{"one", "other"}, []string{"many"}
	}
	return []string{"one", "other"}, nil
}

// entry is one message: a single text under "", or texts by plural form.
type entry struct {
	forms  map[string]string
	plural bool
}

// Check reports every difference between the languages and every text that
// could not be shown: missing and extra messages, other placeholders, missing
// plural forms, ids without their room's name.
func Check(files fs.FS) []Problem {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return []Problem{{"*.json", "", err.Error()}}
	}
	var out []Problem
	rooms := map[string]map[string]map[string]entry{} // room → language → id → entry
	for _, name := range names {
		room, code, err := splitName(name)
		if err != nil {
			out = append(out, Problem{name, "", err.Error()})
			continue
		}
		entries, problems := readEntries(files, name, room)
		out = append(out, problems...)
		if rooms[room] == nil {
			rooms[room] = map[string]map[string]entry{}
		}
		rooms[room][code] = entries
	}
	for room, langs := range rooms {
		for _, l := range Languages() {
			name := room + "." + l.Code + ".json"
			if langs[l.Code] == nil {
				out = append(out, Problem{name, "", "there is no such file"})
				continue
			}
			out = append(out, compare(name, l.Code, langs[Fallback], langs[l.Code])...)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return out
}

func readEntries(files fs.FS, name, room string) (map[string]entry, []Problem) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, []Problem{{name, "", err.Error()}}
	}
	entries := map[string]entry{}
	var out []Problem
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	if _, err := dec.Token(); err != nil {
		return entries, []Problem{{name, "", err.Error()}}
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return entries, append(out, Problem{name, "", err.Error()})
		}
		id, _ := token.(string)
		var v any
		if err := dec.Decode(&v); err != nil {
			return entries, append(out, Problem{name, id, err.Error()})
		}
		if _, twice := entries[id]; twice {
			out = append(out, Problem{name, id, "stands twice in the file"})
		}
		if !strings.HasPrefix(id, room+".") {
			out = append(out, Problem{name, id, "must start with " + room + "."})
		}
		e, what := toEntry(id, v)
		if what != "" {
			out = append(out, Problem{name, id, what})
		}
		entries[id] = e
	}
	if _, err := dec.Token(); err != nil {
		out = append(out, Problem{name, "", err.Error()})
	}
	return entries, out
}

func toEntry(id string, v any) (entry, string) {
	e := entry{forms: map[string]string{}}
	switch v := v.(type) {
	case string:
		e.forms[""] = v
	case map[string]any:
		e.plural = true
		for form, text := range v {
			s, ok := text.(string)
			if !ok {
				return e, "form " + form + " is not a text"
			}
			e.forms[form] = s
		}
	default:
		return e, "neither a text nor plural forms"
	}
	for form, text := range e.forms {
		if trimmed := strings.TrimSpace(text); trimmed == "" || text != trimmed && !strings.HasSuffix(id, ".comma") {
			return e, fmt.Sprintf("empty, or spaces around it (form %q)", form)
		}
		if _, err := cut(text); err != nil {
			return e, err.Error()
		}
	}
	return e, ""
}

func compare(name, code string, source, entries map[string]entry) []Problem {
	var out []Problem
	for id, e := range entries {
		if e.plural {
			out = append(out, checkForms(name, code, id, e)...)
		}
		src, ok := source[id]
		if !ok {
			out = append(out, Problem{name, id, "is not in the English catalog"})
			continue
		}
		if src.plural != e.plural {
			out = append(out, Problem{name, id, "has plural forms in one language only"})
		}
		if want, got := placeholders(src), placeholders(e); !slices.Equal(want, got) {
			out = append(out, Problem{name, id, fmt.Sprintf("placeholders %v, English has %v", got, want)})
		}
	}
	for id := range source {
		if _, ok := entries[id]; !ok {
			out = append(out, Problem{name, id, "is missing"})
		}
	}
	return out
}

func checkForms(name, code, id string, e entry) []Problem {
	need, allow := pluralForms(code)
	var out []Problem
	for _, form := range need {
		if e.forms[form] == "" {
			out = append(out, Problem{name, id, "plural form " + form + " is missing"})
		}
	}
	for form, text := range e.forms {
		for _, used := range names(text) {
			if !slices.Contains(names(e.forms["other"]), used) {
				out = append(out, Problem{name, id, "form " + form + " uses {{." + used + "}}, form other does not"})
			}
		}
		if !slices.Contains(need, form) && !slices.Contains(allow, form) {
			out = append(out, Problem{name, id, "plural form " + form + " does not exist in this language"})
		}
	}
	return out
}

// placeholders lists the names a message uses. Only the general form decides:
// "a day" may leave the number out.
func placeholders(e entry) []string {
	text, ok := e.forms["other"]
	if !ok {
		text = e.forms[""]
	}
	return names(text)
}

func names(text string) []string {
	parts, err := cut(text)
	if err != nil {
		return nil // reported by toEntry
	}
	var out []string
	for i := 1; i < len(parts); i += 2 {
		out = append(out, parts[i])
	}
	sort.Strings(out)
	return slices.Compact(out)
}
