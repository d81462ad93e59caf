package i18n

// Messages in one language: lookup, placeholders, plurals, numbers and lists.

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Localizer answers in one language. It is safe for concurrent use.
type Localizer struct {
	catalog  *Catalog
	lang     Language
	fallback *Localizer
	inner    *goi18n.Localizer
	plain    map[string]string
	filled   map[string]bool
	printers sync.Pool // message.Printer must not be shared between goroutines
}

// Lang is the code of the language it answers in.
func (l *Localizer) Lang() string { return l.lang.Code }

// Dir is "ltr" or "rtl".
func (l *Localizer) Dir() string { return l.lang.Dir }

// Has reports whether there is a message in this language or in English.
func (l *Localizer) Has(key string) bool {
	if _, ok := l.plain[key]; ok {
		return true
	}
	return l.filled[key] || l.fallback != nil && l.fallback.Has(key)
}

// T translates. args alternate name and value; a whole number called "Count"
// also chooses the plural form. What a language lacks is shown in English, and
// what no language has as ⟦key⟧; both are remembered in Catalog.Missing.
func (l *Localizer) T(key string, args ...any) string {
	if s, ok := l.plain[key]; ok {
		return s
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return l.TMap(key, m)
}

// TMap is T with its arguments in a map.
func (l *Localizer) TMap(key string, args map[string]any) string {
	if s, ok := l.plain[key]; ok {
		return s
	}
	if !l.filled[key] {
		l.catalog.miss(l.lang.Code, key)
		if l.fallback != nil && l.fallback.Has(key) {
			return l.fallback.TMap(key, args)
		}
		return "⟦" + key + "⟧"
	}
	values := make(map[string]string, len(args))
	for name, v := range args {
		values[name] = l.value(name, v)
	}
	cfg := goi18n.LocalizeConfig{MessageID: key, TemplateData: values, TemplateParser: parser{}}
	if n, ok := count(args["Count"]); ok {
		cfg.PluralCount = n
	}
	s, err := l.inner.Localize(&cfg)
	if err != nil {
		l.catalog.miss(l.lang.Code, key+" ("+err.Error()+")")
	}
	if s == "" {
		return "⟦" + key + "⟧"
	}
	return s
}

// value writes an argument. Counts and large whole numbers get the language's
// separators; small ones stay as they are because they may be years or ports.
func (l *Localizer) value(name string, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case fmt.Stringer:
		return v.String()
	case float32, float64:
		return l.Number(v)
	}
	if n, ok := count(v); ok && (name == "Count" || n >= 10_000 || n <= -10_000) {
		return l.Number(v)
	}
	return fmt.Sprint(v)
}

func count(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case int16:
		return int64(v), true
	case int8:
		return int64(v), true
	case uint:
		return int64(min(v, math.MaxInt64)), true
	case uint64:
		return int64(min(v, math.MaxInt64)), true
	case uint32:
		return int64(v), true
	}
	return 0, false
}

func (l *Localizer) sprint(v any) string {
	p := l.printers.Get().(*message.Printer)
	defer l.printers.Put(p)
	return p.Sprint(v)
}

// Number writes a whole number or a decimal (at most two places) with the
// language's separators. A string (such as "<11" from a suppressed table) is
// returned as it is.
func (l *Localizer) Number(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float32:
		return l.decimal(float64(v))
	case float64:
		return l.decimal(v)
	}
	if n, ok := count(v); ok {
		return l.sprint(number.Decimal(n))
	}
	return fmt.Sprint(v)
}

func (l *Localizer) decimal(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	return l.sprint(number.Decimal(v, number.MaxFractionDigits(2)))
}

// Percent writes a share between 0 and 1 in whole percent.
func (l *Localizer) Percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "–"
	}
	return l.sprint(number.Percent(share, number.MaxFractionDigits(0)))
}

// List joins words as a sentence does: "a, b and c".
func (l *Localizer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	case 2:
		return l.pair(items[0], items[1])
	}
	comma := l.T("common.list.comma")
	last := len(items) - 1
	return l.T("common.list.last", "Before", strings.Join(items[:last], comma), "Last", items[last])
}

// pair joins two words.
func (l *Localizer) pair(a, b string) string {
	return l.T("common.list.pair", "First", a, "Second", b)
}

// LanguageName is a language's name in this language; a code we have no name
// for is shown as it is.
func (l *Localizer) LanguageName(code string) string {
	base, _, _ := strings.Cut(code, "-")
	if key := "common.language." + base; base != "" && l.Has(key) {
		return l.T(key)
	}
	return code
}

// parser replaces go-i18n's text/template: only {{.Name}} means anything.
type parser struct{}

// Cacheable is true because a parsed text holds no language.
func (parser) Cacheable() bool { return true }

// Parse takes a text with placeholders apart.
func (parser) Parse(src, _, _ string) (template.ParsedTemplate, error) {
	parts, err := cut(src)
	return text(parts), err
}

// text alternates literal pieces and placeholder names, starting with a literal.
type text []string

// Execute fills the placeholders; one without a value is an error, and empty.
func (t text) Execute(data any) (string, error) {
	values, _ := data.(map[string]string)
	var b strings.Builder
	var missing []string
	for i, part := range t {
		if i%2 == 0 {
			b.WriteString(part)
		} else if v, ok := values[part]; ok {
			b.WriteString(v)
		} else {
			missing = append(missing, part)
		}
	}
	if missing != nil {
		return b.String(), fmt.Errorf("no value for %s", strings.Join(missing, ", "))
	}
	return b.String(), nil
}

// cut splits "at {{.Name}}!" into "at ", "Name", "!".
func cut(src string) ([]string, error) {
	var out []string
	for {
		before, rest, found := strings.Cut(src, "{{")
		if !found {
			if strings.Contains(src, "}}") {
				return nil, fmt.Errorf("stray }} in %q", src)
			}
			return append(out, src), nil
		}
		name, after, closed := strings.Cut(rest, "}}")
		name = strings.TrimSpace(name)
		if !closed || !strings.HasPrefix(name, ".") || !isName(name[1:]) {
			return nil, fmt.Errorf("want {{.Name}}, got %s", strconv.Quote("{{"+name))
		}
		out = append(out, before, name[1:])
		src = after
	}
}

func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}
