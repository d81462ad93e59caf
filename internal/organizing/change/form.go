// The form of a change: what was typed, and the record it makes.
package change

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/money"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/trust/contact"
)

// SaveIn is the form of a change; fields are named as in the form.
type SaveIn struct {
	ID          string
	Issue       string            // issue
	Level       string            // level
	Title       string            // title
	Description string            // description
	Affected    string            // affected, as typed
	AffectedOn  string            // affected_basis
	Money       string            // money, as typed
	MoneyOn     string            // money_basis
	Rating      string            // rating
	Narrative   string            // narrative
	Others      string            // others: one on each line: who | what | address
	Sources     string            // sources: one on each line: what | address
	Tags        map[string]string // tag_…: kind → term
	Until       time.Time         // until
	Roots       []string          // root: ids of stories
	NamedOn     time.Time         // named_on: of a new one
	Evidence    string            // evidence: of a new one, how it was named
	Version     int64
	Key         string
}

const (
	titleMost    = 120
	textMost     = 2000
	lineMost     = 160
	mostLines    = 20
	mostPeople   = 1_000_000_000
	mostSteps    = 60
	usedCurrency = "USD"
)

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

// cut reads a line of parts divided by bars.
func cut(line string) (a, b, c string) {
	a, rest, _ := strings.Cut(line, "|")
	b, c, _ = strings.Cut(rest, "|")
	return contact.OneLine(a), contact.OneLine(b), contact.OneLine(c)
}

// ParseOthers reads who else helped, one on each line: who | what | address.
func ParseOthers(text string) (out []Helper, ok bool) {
	for line := range strings.Lines(text) {
		who, what, link := cut(line)
		if who == "" && what == "" && link == "" {
			continue
		}
		address, good := weblink.Parse(link)
		if who == "" || !good || tooLong(who, lineMost) || tooLong(what, lineMost) {
			return nil, false
		}
		out = append(out, Helper{who, what, address})
	}
	return out, len(out) <= mostLines
}

// ParseSources reads where it can be read, one on each line: what | address.
func ParseSources(text string) (out []Source, ok bool) {
	for line := range strings.Lines(text) {
		what, link, more := cut(line)
		if what == "" && link == "" {
			continue
		}
		address, good := weblink.Parse(link)
		if what == "" || more != "" || !good || tooLong(what, lineMost) {
			return nil, false
		}
		out = append(out, Source{what, address})
	}
	return out, len(out) <= mostLines
}

// FormatOthers and FormatSources write what ParseOthers and ParseSources read.
func FormatOthers(list []Helper) string {
	var b strings.Builder
	for _, h := range list {
		b.WriteString(strings.TrimRight(h.Who+" | "+h.What+" | "+h.Link, " |") + "\n")
	}
	return b.String()
}

// FormatSources writes what ParseSources reads.
func FormatSources(list []Source) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(strings.TrimRight(s.Text+" | "+s.Link, " |") + "\n")
	}
	return b.String()
}

// into reads a form into a record and names what cannot be right about it.
func (in SaveIn) into(r *row) error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	text := func(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s, "")) }
	w := Words{Title: contact.OneLine(in.Title), Description: text(in.Description), AffectedBasis: contact.OneLine(in.AffectedOn), MoneyBasis: contact.OneLine(in.MoneyOn), Narrative: text(in.Narrative)}
	at(w.Title == "", "title", "change.error.title")
	at(tooLong(w.Title, titleMost), "title", "change.error.long")
	at(!slices.Contains(Levels(), Level(in.Level)), "level", "contact.error.choose")
	for _, x := range []struct {
		field, text string
		most        int
	}{{"description", w.Description, textMost}, {"narrative", w.Narrative, textMost}, {"affected_basis", w.AffectedBasis, lineMost}, {"money_basis", w.MoneyBasis, lineMost}} {
		at(tooLong(x.text, x.most), x.field, "change.error.long")
	}
	people, sum := int64(0), int64(0)
	if strings.TrimSpace(in.Affected) != "" {
		n, ok := money.Parse(in.Affected) // whole numbers as people write them: 48,000
		ok = ok && n%100 == 0 && n/100 <= mostPeople
		at(!ok, "affected", "change.error.number")
		at(ok && n > 0 && w.AffectedBasis == "", "affected_basis", "change.error.basis")
		people = n / 100
	}
	if strings.TrimSpace(in.Money) != "" {
		n, ok := money.Parse(in.Money)
		at(!ok, "money", "change.error.money")
		at(ok && n > 0 && w.MoneyBasis == "", "money_basis", "change.error.basis")
		sum = n
	}
	var ok bool
	if w.Others, ok = ParseOthers(in.Others); !ok {
		at(true, "others", "change.error.others")
	}
	if w.Sources, ok = ParseSources(in.Sources); !ok {
		at(true, "sources", "change.error.sources")
	}
	at(!slices.Contains(Ratings(), Rating(in.Rating)), "rating", "contact.error.choose")
	if Rating(in.Rating).Claims() {
		at(w.Narrative == "", "narrative", "change.error.claim")
		at(ok && len(w.Others) == 0, "others", "change.error.alone")
	}
	for kind, term := range in.Tags {
		if term == "" {
			continue
		}
		if !slices.Contains(Tags(), kind) || !slices.Contains(Terms(), term) {
			at(true, "tag_"+kind, "contact.error.choose")
			continue
		}
		if w.Tags == nil {
			w.Tags = map[string]string{}
		}
		w.Tags[kind] = term
	}
	for _, story := range in.Roots {
		w.Roots = append(w.Roots, "story:"+story)
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	r.Issue, r.Level, r.Affected, r.Money, r.Currency, r.Rating, r.Until, r.Words = in.Issue, Level(in.Level), people, sum, usedCurrency, Rating(in.Rating), in.Until, w
	return nil
}
