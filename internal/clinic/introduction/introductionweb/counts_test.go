// The counts on the page are the suppressed ones of the core, computed here by
// hand, in every language and in the file.

package introductionweb

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web/webtest"
)

// offers counts n offers of one kind.
func (w *meSite) offers(n int, lang, site string) {
	w.Helper()
	for range n {
		w.ok(w.s.RecordOffer(w.ctx, w.member(access.Clinician), introduction.OfferIn{Site: site, Lang: lang, Outcome: introduction.OutcomeInfo}))
	}
}

// A September: 40 offers in Spanish and 4 in Vietnamese at the main site, 20 in
// English in the north. Four must not be shown; 64 less 40 less 20 would show
// them, so one of the other languages goes too; sites and total may stand.
func countsSeptember(w *meSite) {
	w.clock.Set(time.Date(2026, 9, 7, 18, 0, 0, 0, time.UTC))
	w.offers(40, "es", "main")
	w.offers(4, "vi", "main")
	w.offers(20, "en", "north")
	w.clock.Set(time.Date(2026, 10, 7, 18, 0, 0, 0, time.UTC))
	w.offers(15, "en", "main") // the month under way
}

// offered reads the second column of a table by the first.
func offered(t *testing.T, body, id string) map[string]string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	webtest.Walk(doc, func(n *html.Node) {
		if n.Data != "table" || webtest.Attr(n, "id") != id {
			return
		}
		webtest.Walk(n, func(tr *html.Node) {
			var cells []string
			webtest.Walk(tr, func(c *html.Node) {
				if c.Data == "td" || c.Data == "th" && webtest.Attr(c, "scope") == "row" {
					cells = append(cells, strings.TrimSpace(webtest.Text(c)))
				}
			})
			if tr.Data == "tr" && len(cells) > 1 {
				out[cells[0]] = cells[1]
			}
		})
	})
	return out
}

func TestCountsPageShowsTheSuppressedNumbers(t *testing.T) {
	w := newMeSite(t)
	countsSeptember(w)
	w.staff = w.member(access.Lead)
	br := w.browser()
	p := br.get("/counts?year=2026")
	if p.status != 200 {
		t.Fatalf("%d %s", p.status, p.body)
	}
	langs, sites, months := offered(t, p.body, "languages"), offered(t, p.body, "sites"), offered(t, p.body, "months-table")
	const hidden = "not shown"
	for _, c := range []struct {
		got, want, what string
	}{
		{langs["Vietnamese"], hidden, "four"}, {langs["Spanish"], "40", "Spanish"}, {langs["English"], hidden, "the other language"}, {langs["Total"], "64", "total"},
		{sites["main"], "44", "main"}, {sites["north"], "20", "north"}, {months["September 2026"], "64", "September"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q\n%v", c.what, c.got, c.want, langs)
		}
	}
	if strings.Contains(p.body, "October") {
		t.Error("the month under way is there")
	}
	br.shows(p, "fewer than 11 people", "September 2026", "/counts.csv?year=2026", "nothing by clinician")

	f := br.get("/counts.csv?year=2026")
	tab, err := sheet.Read(bytes.NewReader([]byte(f.body)), sheet.Limits{})
	if err != nil || f.status != 200 || !strings.Contains(f.header.Get("Content-Disposition"), "counts-2026.csv") {
		t.Fatalf("%d %v %v", f.status, err, f.header)
	}
	for _, row := range tab.Rows {
		if row.Text("name") == "vi" && row.Text("Offered") != hidden || row.Text("name") == "es" && row.Text("Offered") != "40" {
			t.Errorf("%v", row.Cells())
		}
	}
	if strings.Contains(f.body, "<11") {
		t.Error("a hidden number is called small, though it may be large")
	}
}

func TestCountsInEveryLanguageAndForWhom(t *testing.T) {
	w := newMeSite(t)
	countsSeptember(w)
	br := w.browser()
	for _, lang := range meLanguages {
		br.lang, w.staff = lang, w.member(access.Evaluator)
		for _, path := range []string{"/counts", "/counts?year=2026", "/counts?year=2024"} {
			p := br.get(path)
			if p.status != 200 {
				t.Fatalf("%s %s: %d", lang, path, p.status)
			}
			webtest.Page(t, p.body)
		}
	}
	for _, c := range []struct {
		role       access.Role
		page, file int
	}{{access.Lead, 200, 200}, {access.Admin, 200, 200}, {access.Organizer, 200, 200}, {access.Navigator, 200, 403}, {access.Clinician, 403, 403}, {access.Partner, 403, 403}, {access.Operator, 403, 403}} {
		w.staff = w.member(c.role)
		if p := br.get("/counts?year=2026"); p.status != c.page {
			t.Errorf("%s page: %d", c.role, p.status)
		}
		if p := br.get("/counts.csv?year=2026"); p.status != c.file {
			t.Errorf("%s file: %d", c.role, p.status)
		}
	}
	w.staff = w.member(access.Lead)
	if p := br.get("/counts?year=99999"); p.status != 422 {
		t.Errorf("a year that cannot be: %d", p.status)
	}
}
