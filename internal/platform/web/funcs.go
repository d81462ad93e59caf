// The functions page files may call. Few on purpose: pages show, they do not compute.
package web

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"time"

	"seedbed/internal/kit/i18n"
)

//go:embed pages/*.html
var ownFiles embed.FS

var ownPages = func() fs.FS {
	sub, err := fs.Sub(ownFiles, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}()

func (p *renderer) funcs(lang string) template.FuncMap {
	l := p.mux.cfg.Catalog.Localizer(lang)
	clock := p.mux.cfg.Clock
	return template.FuncMap{
		"t":        l.T,
		"has":      l.Has,
		"n":        func(v any) string { return l.Number(v) },
		"percent":  l.Percent,
		"date":     func(t time.Time, zone ...*time.Location) string { return l.Date(in(t, zone)) },
		"day":      func(t time.Time, zone ...*time.Location) string { return l.ShortDate(in(t, zone)) },
		"datetime": func(t time.Time, zone ...*time.Location) string { return l.DateTime(in(t, zone)) },
		"clock":    func(t time.Time, zone ...*time.Location) string { return l.Clock(in(t, zone)) },
		"ago":      func(t time.Time, zone ...*time.Location) string { return l.Ago(t, clock.Now(), zone...) },
		"longdate": func(t time.Time, zone ...*time.Location) string { return l.LongDate(in(t, zone)) },
		"month":    func(t time.Time, zone ...*time.Location) string { return l.MonthYear(in(t, zone)) },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"weekday":  l.Weekday,
		"langname": l.LanguageName,
		"list":     l.List,
		"lang":     func() string { return lang },
		"dir":      func() string { return i18n.Dir(lang) },
		"icon":     p.icon,
		"asset":    p.mux.assets.url,
		"dict":     dict,
		"slice":    func(v ...any) []any { return v },
		"query":    url.QueryEscape,
		"add":      func(a, b int) int { return a + b },
	}
}

func in(t time.Time, zone []*time.Location) time.Time {
	if len(zone) > 0 && zone[0] != nil {
		return t.In(zone[0])
	}
	return t
}

func (p *renderer) icon(name string) (template.HTML, error) {
	if svg, ok := p.mux.assets.icons[name]; ok {
		return svg, nil
	}
	return "", fmt.Errorf("no icon %q", name)
}

// dict builds the argument of a part: dict "Name" "phone" "Label" (t "…").
func dict(args ...any) (map[string]any, error) {
	if len(args)%2 != 0 {
		return nil, errors.New("dict: want names and values")
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is not a name", args[i])
		}
		m[name] = args[i+1]
	}
	return m, nil
}
