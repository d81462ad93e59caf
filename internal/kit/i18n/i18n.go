// Package i18n is the wall around everything about languages: catalogs,
// plurals, numbers, dates in words, direction and the choice of a language.
//
// Catalogs are files `<room>.<language>.json` in the JSON form of go-i18n v2:
// flat message ids that start with the room's name. A translation may contain
// {{.Name}} and nothing else of the template language, so a catalog (which may
// come back from a translation service) can never run anything.
//
// Digits are Latin in every language, Arabic included. People compare what is
// on the screen with a phone keypad, a paper card, a code in a message and the
// clock at the front desk, and all of those show 0-9; one kind of digit on a
// page also keeps telephone numbers and times from turning round in
// right-to-left text.
//
// No other package imports go-i18n; golang.org/x/text is used elsewhere only
// for folding and legacy encodings.
package i18n

import (
	"fmt"
	"io/fs"
	"sort"
	"strings"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Fallback is the language of the source texts: what is missing elsewhere is shown in it.
const Fallback = "en"

// Language is one language that pages can be shown in.
type Language struct {
	Code    string
	Autonym string // its own name for itself; menus show this and nothing else
	Dir     string // "ltr" or "rtl"
	tag     language.Tag
}

// Languages lists the supported languages in the order menus show them.
func Languages() []Language {
	return []Language{
		{"en", "English", "ltr", language.English},
		{"es", "Español", "ltr", language.Spanish},
		{"vi", "Tiếng Việt", "ltr", language.Vietnamese},
		{"ar", "العربية", "rtl", language.MustParse("ar-u-nu-latn")},
	}
}

func known(code string) (Language, bool) {
	for _, l := range Languages() {
		if l.Code == code {
			return l, true
		}
	}
	return Language{}, false
}

// Supported reports whether pages exist in the language.
func Supported(code string) bool {
	_, ok := known(code)
	return ok
}

// Dir is the direction of a language. It also answers for languages that only
// names or messages are written in, such as a group's own text in Urdu.
func Dir(code string) string {
	base, _, _ := strings.Cut(code, "-")
	switch base {
	case "ar", "fa", "prs", "ps", "ur", "he", "yi", "ckb", "sd", "dv":
		return "rtl"
	}
	return "ltr"
}

// Autonym is a language's name for itself, or the code when we have no pages in it.
func Autonym(code string) string {
	if l, ok := known(code); ok {
		return l.Autonym
	}
	return code
}

// Catalog holds every message in every language. It is safe for concurrent use.
type Catalog struct {
	codes      []string
	localizers map[string]*Localizer

	mu      sync.Mutex
	missing map[string]bool
}

// Load reads every `<room>.<language>.json` at the top of files. A file that
// cannot be read or names an unknown language is an error; a message that one
// language lacks is not (Check finds those, and pages fall back to English).
func Load(files fs.FS) (*Catalog, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, fmt.Errorf("locales: %w", err)
	}
	sort.Strings(names)
	bundle := goi18n.NewBundle(language.English)
	texts := map[string]map[string]*goi18n.Message{}
	for _, name := range names {
		_, code, err := splitName(name)
		if err != nil {
			return nil, err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("locales: %w", err)
		}
		file, err := bundle.ParseMessageFileBytes(raw, name)
		if err != nil {
			return nil, fmt.Errorf("locales: %s: %w", name, err)
		}
		if texts[code] == nil {
			texts[code] = map[string]*goi18n.Message{}
		}
		for _, m := range file.Messages {
			texts[code][m.ID] = m
		}
	}
	c := &Catalog{localizers: map[string]*Localizer{}, missing: map[string]bool{}}
	for _, l := range Languages() {
		if texts[l.Code] == nil && l.Code != Fallback {
			continue
		}
		c.codes = append(c.codes, l.Code)
		c.localizers[l.Code] = newLocalizer(c, l, bundle, texts[l.Code])
	}
	for code, l := range c.localizers {
		if code != Fallback {
			l.fallback = c.localizers[Fallback]
		}
	}
	return c, nil
}

// splitName takes "introduction.es.json" apart.
func splitName(name string) (room, code string, err error) {
	part := strings.Split(name, ".")
	if len(part) != 3 || part[0] == "" {
		return "", "", fmt.Errorf("locales: %s: want <room>.<language>.json", name)
	}
	if !Supported(part[1]) {
		return "", "", fmt.Errorf("locales: %s: no language %q; add it to kit/i18n first", name, part[1])
	}
	return part[0], part[1], nil
}

// Languages lists the codes of the languages that have catalogs, in menu order.
func (c *Catalog) Languages() []string { return append([]string(nil), c.codes...) }

// Localizer answers in one language; an unknown one gets English.
func (c *Catalog) Localizer(code string) *Localizer {
	if l, ok := c.localizers[code]; ok {
		return l
	}
	return c.localizers[Fallback]
}

// Match picks the language for a browser's Accept-Language header among the
// offered ones (all of the catalog when none is named). When nothing fits it is
// the first offered.
func (c *Catalog) Match(acceptLanguage string, offered ...string) string {
	var codes []string
	var tags []language.Tag
	for _, code := range offered {
		if l, ok := known(code); ok {
			codes, tags = append(codes, code), append(tags, l.tag)
		}
	}
	if len(codes) == 0 {
		for _, code := range c.codes {
			l, _ := known(code)
			codes, tags = append(codes, code), append(tags, l.tag)
		}
	}
	const enough = 300 // parsing cost grows with the header; no browser sends more
	if len(acceptLanguage) > enough {
		acceptLanguage = acceptLanguage[:enough]
		if i := strings.LastIndexByte(acceptLanguage, ','); i >= 0 {
			acceptLanguage = acceptLanguage[:i]
		}
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil { // one malformed part must not hide the others
		wanted = nil
		for part := range strings.SplitSeq(acceptLanguage, ",") {
			if tags, _, err := language.ParseAcceptLanguage(part); err == nil {
				wanted = append(wanted, tags...)
			}
		}
	}
	if len(wanted) == 0 {
		return codes[0]
	}
	_, i, confidence := language.NewMatcher(tags).Match(wanted...)
	if confidence == language.No {
		return codes[0]
	}
	return codes[i]
}

// Missing lists what was asked for and not found since the start, "language key".
func (c *Catalog) Missing() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]string, 0, len(c.missing))
	for k := range c.missing {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func (c *Catalog) miss(code, key string) {
	const enough = 500 // a defect shows in the first few; memory must not grow with visitors
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.missing) < enough {
		c.missing[code+" "+key] = true
	}
}

func newLocalizer(c *Catalog, l Language, bundle *goi18n.Bundle, texts map[string]*goi18n.Message) *Localizer {
	out := &Localizer{
		catalog: c, lang: l,
		inner: goi18n.NewLocalizer(bundle, l.Code),
		plain: make(map[string]string, len(texts)), filled: map[string]bool{},
	}
	out.printers.New = func() any { return message.NewPrinter(l.tag) }
	for id, m := range texts {
		if isPlain(m) {
			out.plain[id] = m.Other
		} else {
			out.filled[id] = true
		}
	}
	return out
}

// isPlain: neither placeholders nor plural forms, so a map lookup is the whole translation.
func isPlain(m *goi18n.Message) bool {
	return m.Zero+m.One+m.Two+m.Few+m.Many == "" && !strings.Contains(m.Other, "{{")
}
