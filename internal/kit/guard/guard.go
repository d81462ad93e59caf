// Package guard finds what must not be written down about a person: immigration
// status, documents, a diagnosis, a number that names somebody. It reads text
// folded (fold.go) against phrase lists, one per language (words/*.txt), all of
// them whatever the language of the page, because people mix languages.
//
// It is about a person. A bare "papers" is no hit, papers may be a lease; "illegal"
// alone is none, an eviction may be illegal; "many kids have asthma" is an issue
// and no hit. A word that only ever says one thing ("undocumented") is one even in
// the name of a campaign: topics have lists to choose from and are not typed.
//
// The browser runs the same lists (export.go) with the same rules
// (web/js/sb-guard.js); testdata/spans.json holds both to the same answers.
// Nothing here keeps, counts or logs what it saw. The package is pure.
package guard

import (
	"cmp"
	"slices"
	"strings"
)

// Kind says what a hit is about, and with it how strict the house is.
type Kind string

const (
	Status     Kind = "status"     // immigration or citizenship, border, detention, arrest
	Document   Kind = "document"   // a paper that shows a status: visa, green card, work permit
	Diagnosis  Kind = "diagnosis"  // an illness, a treatment, an addiction of somebody
	Identifier Kind = "identifier" // a number, a birth date or an address that names one person
)

// Kinds lists the kinds, the strictest first.
func Kinds() []Kind { return []Kind{Identifier, Status, Document, Diagnosis} }

// Label is the message id of the sentence that explains the kind.
func (k Kind) Label() string { return "style.guard." + string(k) }

// Hit is a stretch of the text, in bytes: text[From:To].
type Hit struct {
	From, To int
	Kind     Kind
}

// Check returns what it finds, in the order of the text; hits never overlap.
func Check(text string) []Hit { return look(text, false) }

// CheckName is Check for what should be nothing but a name: words that are an
// issue in a sentence are a remark about somebody beside a name.
func CheckName(text string) []Hit { return look(text, true) }

func look(text string, name bool) []Hit {
	toks := tokens(text)
	book := lists()
	var hits, fine []Hit
	for i := range toks {
		at := find{toks, i}
		try := func(p *phrase) {
			if p.name && !name {
				return
			}
			end := at.match(p.steps, i, last)
			if end <= i {
				return
			}
			h := Hit{toks[i].from, toks[end-1].to, p.kind}
			if p.kind == harmless {
				fine = append(fine, h)
			} else {
				hits = append(hits, h)
			}
		}
		book.candidates(toks[i], try)
	}
	hits = slices.DeleteFunc(hits, func(h Hit) bool {
		return slices.ContainsFunc(fine, func(f Hit) bool { return f.From < h.To && h.From < f.To })
	})
	return merge(hits)
}

func last(end int) int { return end }

func merge(hits []Hit) (out []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	for _, h := range hits {
		if n := len(out); n > 0 && h.From < out[n-1].To {
			last := &out[n-1]
			last.To = max(last.To, h.To)
			if slices.Index(Kinds(), h.Kind) < slices.Index(Kinds(), last.Kind) {
				last.Kind = h.Kind
			}
			continue
		}
		out = append(out, h)
	}
	return out
}

const gone = "…" // stands where words were taken out, and ends a sentence for the next check

// Clean takes every hit out of the text. What is left has none.
func Clean(text string) string { return clean(text, Check) }

// CleanName is Clean for a name.
func CleanName(text string) string { return clean(text, CheckName) }

func clean(text string, check func(string) []Hit) string {
	for {
		hits := check(text)
		if len(hits) == 0 {
			return text
		}
		text = without(text, hits)
	}
}

func without(text string, hits []Hit) string {
	var b strings.Builder
	at := 0
	for _, h := range hits {
		b.WriteString(strings.TrimRight(text[at:h.From], " \t"))
		b.WriteString(" " + gone)
		at = h.To
	}
	b.WriteString(text[at:])
	out := b.String()
	for _, twice := range []string{gone + " " + gone, gone + gone} {
		for strings.Contains(out, twice) {
			out = strings.ReplaceAll(out, twice, gone)
		}
	}
	return strings.Trim(out, " \t\r\n…,;")
}
