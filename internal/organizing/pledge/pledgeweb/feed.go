// The feed: every promise of the board with what came of it last, as RFC 4287 says.

package pledgeweb

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"slices"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/web"
)

// feedMost is how many entries a feed carries: the ones changed last.
const feedMost = 100

type atomText struct {
	Type string `xml:"type,attr,omitempty"`
	Lang string `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	Text string `xml:",chardata"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Lang string `xml:"hreflang,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomCategory struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr"`
}

type atomEntry struct {
	ID        string         `xml:"id"`
	Title     atomText       `xml:"title"`
	Updated   string         `xml:"updated"`
	Published string         `xml:"published,omitempty"`
	Category  []atomCategory `xml:"category"`
	Links     []atomLink     `xml:"link"`
	Summary   atomText       `xml:"summary"`
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string      `xml:"id"`
	Title   atomText    `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

// feed answers in the language that was asked for. Feeds in other languages are
// other documents, with ids of their own.
func (h *Web) feed(w http.ResponseWriter, r *web.Request) error {
	all, err := h.s.Board(r.Context(), r.Actor.Org)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b pledge.Pledge) int {
		return cmp.Or(b.Changed.Compare(a.Changed), cmp.Compare(b.ID, a.ID))
	})
	all = all[:min(len(all), feedMost)]
	base, lang := r.Base(), r.Locale
	author := r.T("style.name")
	if h.o.Clinic != nil {
		author = h.o.Clinic(r.Context(), r.Actor.Org)
	}
	f := atomFeed{Lang: lang, ID: "urn:uuid:" + id.Derive(r.Actor.Org, "pledges "+lang), Title: atomText{Text: r.T("pledge.board.title")}, Author: atomPerson{author}, Updated: stamp(time.Time{})}
	for _, l := range i18n.Languages() {
		rel := "alternate"
		if l.Code == lang {
			rel = "self"
		}
		f.Links = append(f.Links, atomLink{rel, "application/atom+xml", l.Code, base + "/pledges.atom?lang=" + l.Code})
	}
	f.Links = append(f.Links, atomLink{"alternate", "text/html", lang, base + "/pledges?lang=" + lang})
	for i, p := range all {
		if i == 0 {
			f.Updated = stamp(p.Changed)
		}
		q, s := words(p.Words, lang), pillOf(r, p)
		says := r.T("pledge.feed.says", "Body", p.Body, "State", s.Label)
		if p.Due != "" {
			says += " " + r.T("pledge.by", "Day", day(r, p.Due)) + "."
		}
		term := string(p.State)
		if p.Withdrawn {
			term = "withdrawn"
		}
		f.Entries = append(f.Entries, atomEntry{ID: "urn:uuid:" + id.Derive(p.ID, "pledge "+lang), Title: atomText{Text: q.Text, Lang: q.Lang}, Updated: stamp(p.Changed), Published: stamp(p.Published),
			Category: []atomCategory{{term, s.Label}}, Links: []atomLink{{"alternate", "text/html", lang, base + "/pledges/" + p.ID + "?lang=" + lang}}, Summary: atomText{Text: says}})
	}
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	body = append([]byte(xml.Header), body...)
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	head := w.Header()
	head.Set("ETag", tag)
	head.Set("Cache-Control", "public, max-age=300")
	head.Add("Vary", "Accept-Language")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	head.Set("Content-Type", "application/atom+xml; charset=utf-8")
	head.Set("Content-Language", lang)
	_, err = w.Write(body)
	return err
}

// stamp is a time as feeds write it. A board on which nothing stands yet is as old
// as the calendar.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}
