// What came out: sentences, the map and its table, on the organizers' page, on the
// wall of a meeting, on a voter's phone and in a file.
package statementweb

import (
	"bytes"
	"html/template"
	"net/http"
	"strings"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/qr"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/web"
)

// told is a statement and what is said of it.
type told struct {
	sentence
	Says string
}

type groupView struct {
	Name, Size string
	For        []told
}

type drawing struct {
	Title, Summary, Source string
	ID                     string
	SVG                    template.HTML
	Table                  chart.Table
}

// result is a release in the reader's language.
type result struct {
	Some   bool
	Voters string
	When   string
	Unites []told
	Groups []groupView
	Map    *drawing
	Lines  chart.Table
	Paper  bool
	Wait   string
	Number int64
}

func shown(r *web.Request, res statement.Results) (out result) {
	rel, least := res.Release, res.Conversation.MinGroup
	out = result{Some: rel.Number > 0, Wait: r.T("statement.result.wait", "Least", least), Number: rel.Number}
	if !out.Some {
		return out
	}
	out.When = r.T("statement.result.as_of", "When", r.Localizer().DateTime(rel.Hour, r.Zone()))
	out.Voters = r.T("statement.result.voters", "N", rel.Voters)
	if rel.More {
		out.Voters = r.T("statement.result.voters_more", "N", rel.Voters)
	}
	say := func(id string, agree bool, n statement.Tenths, where string) told {
		word := ".disagree"
		if agree {
			word = ".agree"
		}
		return told{in(r, res.Statements[id]), tenths(r, "statement.result."+where+word, n)}
	}
	for _, u := range rel.Unites {
		out.Unites = append(out.Unites, say(u.Statement, u.Agree, u.Least, "unites"))
	}
	sc := chart.Scatter{ID: "opinion", Title: r.T("statement.map.title"), Description: r.T("statement.map.text"), RTL: i18n.Dir(r.Locale) == "rtl",
		Corner: r.T("statement.map.group"), Size: r.T("statement.map.people"), Says: r.T("statement.map.says"), Least: least, Hidden: r.T("statement.map.hidden"),
		Number: func(n int) string { return r.Localizer().Number(n - n%5) }}
	for i, g := range rel.Groups {
		v := groupView{Name: r.T("statement.map.name", "Letter", string(rune('A'+i))), Size: r.T("statement.result.size", "N", g.Size)}
		var says []string
		for _, f := range g.For {
			t := say(f.Statement, f.Agree, f.Tenths, "group")
			v.For = append(v.For, t)
			says = append(says, "«"+t.Text+"» "+t.Says)
		}
		c := chart.Cluster{Name: v.Name, Says: strings.Join(says, " ")}
		for _, p := range g.Points {
			c.Points = append(c.Points, chart.Point{X: p.X, Y: p.Y})
		}
		sc.Groups = append(sc.Groups, c)
		out.Groups = append(out.Groups, v)
	}
	if len(sc.Groups) > 0 {
		out.Map = &drawing{ID: "map", Title: sc.Title, Summary: sc.Description, SVG: sc.SVG(), Table: sc.Table()}
	}
	out.Lines, out.Paper = lines(r, res)
	return out
}

// tenths says a share in words; the ends are open, so that "all" is never said.
func tenths(r *web.Request, key string, n statement.Tenths) string {
	switch {
	case n >= 9:
		return r.T(key + "_most")
	case n <= 1:
		return r.T(key + "_few")
	}
	return r.T(key, "N", int(n))
}

func lines(r *web.Request, res statement.Results) (t chart.Table, paper bool) {
	t.Columns = []string{r.T("statement.table.statement"), r.T("statement.table.votes"), r.T("statement.vote.agree"), r.T("statement.vote.disagree"), r.T("statement.vote.pass")}
	of := func(n statement.Tenths) string { return tenths(r, "statement.table.of", n) }
	for _, l := range res.Release.Lines {
		paper = paper || l.Paper
		t.Rows = append(t.Rows, []string{in(r, res.Statements[l.Statement]).Text, r.T("statement.table.about", "N", l.Votes), of(l.Agree), of(l.Disagree), of(l.Pass)})
	}
	return t, paper
}

type resultsPage struct {
	ID, Title, Campaign, Live string
	May                       bool
	Open                      bool
	Result                    result
}

func (h *Web) resultsPage(r *web.Request) (p resultsPage, err error) {
	res, err := h.s.Results(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	id := res.Conversation.ID
	return resultsPage{ID: id, Title: res.Conversation.Title, Campaign: res.Conversation.Campaign, Live: "/statements/" + id + "/live?lang=" + r.Locale,
		May: r.Actor.Has("organizer"), Open: res.Open, Result: shown(r, res)}, nil
}

func (h *Web) results(w http.ResponseWriter, r *web.Request) error {
	p, err := h.resultsPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "statement/results", p)
}

func (h *Web) live(w http.ResponseWriter, r *web.Request) error {
	return h.stream(w, r, "statement/results", "st-result-live", func() (int64, any, error) {
		p, err := h.resultsPage(r)
		return p.Result.Number, p.Result, err
	})
}

// stream sends a region again whenever there is a new release.
func (h *Web) stream(w http.ResponseWriter, r *web.Request, page, part string, look func() (int64, any, error)) error {
	if _, _, err := look(); err != nil {
		return err // before the answer has begun, so that it has a status
	}
	seen := int64(-1)
	return r.Stream(w, "html", 2*time.Second, func() (string, error) {
		n, data, err := look()
		if err != nil || n == seen {
			return "", err
		}
		seen = n
		return r.Fragment(page, part, data)
	})
}

type screenPage struct {
	ID, Address, Live string
	QR                template.HTML
	Open              bool
	Result            result
}

func (h *Web) screenPage(r *web.Request) (p screenPage, err error) {
	res, err := h.s.Results(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = screenPage{ID: res.Conversation.ID, Address: r.Base() + "/say/" + res.Token, Live: "/statements/" + res.Conversation.ID + "/screen/live?lang=" + r.Locale, Open: res.Open, Result: shown(r, res)}
	code, err := qr.SVG(p.Address, r.T("statement.poster.scan"))
	p.QR = template.HTML(code)
	return p, err
}

func (h *Web) screen(w http.ResponseWriter, r *web.Request) error {
	p, err := h.screenPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "statement/screen", p)
}

func (h *Web) screenLive(w http.ResponseWriter, r *web.Request) error {
	return h.stream(w, r, "statement/screen", "st-wall-live", func() (int64, any, error) {
		p, err := h.screenPage(r)
		return p.Result.Number, p.Result, err
	})
}

type posterPage struct {
	Address, Lang string
	QR            template.HTML
}

// poster is printed in the language of the conversation; ?lang= prints another.
func (h *Web) poster(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("lang") == "" && i18n.Supported(c.Language) {
		r.Locale = c.Language
	}
	address := r.Base() + "/say/" + c.Token
	code, err := qr.SVG(address, r.T("statement.poster.scan"))
	if err != nil {
		return err
	}
	return r.Page(w, "statement/poster", posterPage{Address: address, Lang: r.Locale, QR: template.HTML(code)})
}

// file is the published numbers for a spreadsheet.
func (h *Web) file(w http.ResponseWriter, r *web.Request) error {
	res, err := h.s.Export(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	out := sheet.NewWriter(&b)
	t, _ := lines(r, res)
	out.Texts(t.Columns)
	for _, row := range t.Rows {
		out.Texts(row)
	}
	v := shown(r, res)
	for _, u := range v.Unites {
		out.Texts([]string{r.T("statement.result.unites_title"), u.Text, u.Says})
	}
	for _, g := range v.Groups {
		for _, f := range g.For {
			out.Texts([]string{g.Name, g.Size, f.Text, f.Says})
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return r.Attachment(w, "statements.csv", "text/csv; charset=utf-8", b.Bytes())
}
