// The maps: the list of issues, and one issue's picture with its table, in which
// every move is written down without a drag.
package powerweb

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/power"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
)

type issueCard struct {
	URL, Title, Text string
	Badge            map[string]any
	Meta             []string
}

type homePage struct {
	Tabs       []tab
	Open, Over []issueCard
	Offices    int
}

func (h *Web) home(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Issues(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	known, err := h.s.Offices(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := homePage{Tabs: h.tabs(r, "/power"), Offices: len(known)}
	for _, i := range list {
		c := issueCard{URL: "/power/maps/" + i.ID, Title: i.Name, Text: i.Ask, Meta: []string{r.T("power.map.placed", "Count", i.Placed)}}
		if i.State != "" {
			kind := "wait"
			if !i.Open {
				kind = "info"
			}
			c.Badge = map[string]any{"Kind": kind, "Label": r.T(i.State), "Icon": ""}
		}
		if i.Open {
			p.Open = append(p.Open, c)
		} else {
			p.Over = append(p.Over, c)
		}
	}
	return r.Page(w, "power/home", p)
}

// sinceChoices are the days over which a move is shown.
var sinceChoices = []int{30, 90, 180, 365}

type pastLine struct{ When, Where, Evidence, Link string }

// placeForm is the form that writes a position down.
type placeForm struct {
	ID, Action          string // ID tells the fields of several forms apart
	Actor               string // fixed; empty: chosen
	Name                string
	Actors              []Option
	Stances, Influences []Option
	At, Evidence, Link  string
	Open                bool
}

type actorRow struct {
	Name, URL, What    string
	Decides            bool
	Where, Much, Since string
	Move, MoveKind     string
	Evidence, Link     string
	History            []pastLine
	Form               *placeForm
}

type mapPage struct {
	Tabs           []tab
	ID, Title, Ask string
	IssueURL       string
	SVG            template.HTML
	Summary        string
	Days           []Option
	Rows, Off      []actorRow
	New            *placeForm
	May            bool
	Asked          *actorRow // whom the ask goes to
	Nobody         bool      // the ask names nobody yet
	NotPlaced      string    // name of whom the ask goes to, not on the map yet
	AskedLeft      string    // name of whom the ask goes to, who left office
	Stale          string    // since when nobody looked again
	Next           *nextLine
	NextURL        string
	Strategist     bool
	ChartURL       string
}

type nextLine struct{ Owner, Act, When, Kind string }

func (h *Web) powerMap(w http.ResponseWriter, r *web.Request) error {
	p, err := h.mapPage(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "power/map", p)
}

// mapPage prepares the page; sent is the form that came back.
func (h *Web) mapPage(r *web.Request, sent *power.PlaceIn) (p mapPage, err error) {
	ctx, id := r.Context(), r.PathValue("id")
	days, _ := r.FormInt("days")
	if !slices.Contains(sinceChoices, days) {
		days = 90
	}
	since := r.Now().AddDate(0, 0, -days)
	m, err := h.s.Map(ctx, r.Actor, id, since)
	if err != nil {
		return p, err
	}
	p = mapPage{Tabs: h.tabs(r, ""), ID: id, Title: m.Issue.Name, Ask: m.Issue.Ask, IssueURL: m.Issue.URL, May: may(r, write), Nobody: m.Issue.Office == ""}
	for _, d := range sinceChoices {
		p.Days = append(p.Days, Option{Value: strconv.Itoa(d), Label: r.T("power.days", "Count", d), Checked: d == days})
	}
	for i, a := range m.Actors {
		p.Rows = append(p.Rows, h.actorRow(r, a, id, strconv.Itoa(i), sent))
	}
	for i, a := range m.Off {
		p.Off = append(p.Off, h.actorRow(r, a, id, "off-"+strconv.Itoa(i), sent))
	}
	p.SVG, p.Summary = h.drawing(r, m, days)
	if p.May {
		if err := h.newPlace(r, &p, m, sent); err != nil {
			return p, err
		}
	}
	return p, h.around(r, &p, m)
}

func (h *Web) actorRow(r *web.Request, a power.Actor, issue, n string, sent *power.PlaceIn) actorRow {
	row := actorRow{Name: a.Name, What: r.T("power.institution"), Decides: a.Decides}
	if !a.Institution {
		row.What, row.URL = r.T("power.office.of", "Office", a.Office, "Body", a.Body), "/power/offices/"+a.Ref[len("office:"):]
	}
	at := a.Move.To
	row.Where, row.Much, row.Since, row.Evidence, row.Link = stance(r, at.Stance), influence(r, at.Influence), short(r, at.At), at.Evidence, at.Link
	switch {
	case a.Left:
		row.Move = r.T("power.move.left")
	case !a.Move.Is:
		row.Move = r.T("power.move.off")
	case !a.Move.Was:
		row.Move = r.T("power.move.new")
	case a.Move.From.Stance != at.Stance:
		row.Move, row.MoveKind = r.T("power.move.stance", "From", stance(r, a.Move.From.Stance), "To", stance(r, at.Stance)), "late"
		if at.Stance > a.Move.From.Stance {
			row.MoveKind = "ok"
		}
	case a.Move.From.Influence != at.Influence:
		row.Move, row.MoveKind = r.T("power.move.influence", "From", influence(r, a.Move.From.Influence), "To", influence(r, at.Influence)), "info"
	}
	for _, x := range a.History {
		where := r.T("power.position", "Stance", stance(r, x.Stance), "Influence", influence(r, x.Influence))
		if x.Influence == power.Off {
			where = r.T("power.influence.0")
		}
		row.History = append(row.History, pastLine{day(r, x.At), where, x.Evidence, x.Link})
	}
	if may(r, write) && !a.Left {
		row.Form = h.placeForm(r, issue, n, a.Ref, a.Name, at, sent)
	}
	return row
}

// placeForm is the form of one actor, or of a new one; what was sent stays in it.
func (h *Web) placeForm(r *web.Request, issue, n, ref, name string, at power.Position, sent *power.PlaceIn) *placeForm {
	f := &placeForm{ID: "-" + n, Action: "/power/maps/" + issue + "/place", Actor: ref, Name: name, At: isoDay(r, r.Now())}
	where, much := strconv.Itoa(at.Stance), strconv.Itoa(at.Influence)
	if sent != nil && sent.Actor == ref && (ref != "") == (r.Form("fixed") != "") {
		f.ID, f.Open, f.At, f.Evidence, f.Link, where, much = "", true, r.Form("at"), sent.Evidence, sent.Link, r.Form("stance"), r.Form("influence")
	}
	for s := power.Against; s <= power.For; s++ {
		f.Stances = append(f.Stances, Option{Value: strconv.Itoa(s), Label: stance(r, s), Checked: strconv.Itoa(s) == where})
	}
	for i := power.Decides; i >= power.Off; i-- {
		if i > power.Off || ref != "" {
			f.Influences = append(f.Influences, Option{Value: strconv.Itoa(i), Label: influence(r, i), Checked: strconv.Itoa(i) == much})
		}
	}
	return f
}

func (h *Web) newPlace(r *web.Request, p *mapPage, m power.Map, sent *power.PlaceIn) error {
	list, err := h.s.Actors(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	chosen := r.Form("actor")
	var mine *power.PlaceIn
	if sent != nil && r.Form("fixed") == "" {
		free := *sent
		free.Actor, mine = "", &free
	}
	p.New = h.placeForm(r, p.ID, "new", "", "", power.Position{Influence: 3}, mine)
	for _, a := range list {
		if slices.ContainsFunc(m.Actors, func(on power.Actor) bool { return on.Ref == a.Ref }) {
			continue // whoever is on the map is moved in their own row
		}
		what := r.T("power.institution")
		if !a.Institution {
			what = r.T("power.office.of", "Office", a.Office, "Body", a.Body)
		}
		p.New.Actors = append(p.New.Actors, Option{Value: a.Ref, Label: r.T("power.actor.line", "Name", a.Name, "What", what), Checked: a.Ref == chosen})
	}
	return nil
}

// around is what comes next: whom the ask goes to, who talks to them, and whether
// somebody should look again.
func (h *Web) around(r *web.Request, p *mapPage, m power.Map) (err error) {
	if p.Strategist, err = h.s.Strategist(r.Context(), r.Actor); err != nil || m.Issue.Office == "" {
		return err
	}
	o, err := h.s.Office(r.Context(), r.Actor, m.Issue.Office)
	if fault.Is(err, fault.NotFound) {
		p.Nobody = true
		return nil
	}
	if err != nil {
		return err
	}
	for i, a := range m.Actors {
		if a.Decides {
			p.Asked = &p.Rows[i]
			if m.Issue.Open && r.Now().Sub(a.Move.To.At) > lookAgain {
				p.Stale = p.Rows[i].Since
			}
		}
	}
	switch {
	case o.State == power.Left:
		p.AskedLeft = o.Name
	case p.Asked == nil:
		p.NotPlaced = o.Name
	}
	if !p.Strategist {
		return nil
	}
	p.NextURL, p.ChartURL = "/power/offices/"+o.ID+"#next", "/strategy?issue="+m.Issue.ID+"&office="+o.ID
	list, err := h.approaches(r, o.ID)
	if err == nil && len(list) > 0 {
		p.Next = &nextLine{Owner: list[0].Who, Act: list[0].What, When: list[0].When, Kind: list[0].Kind}
	}
	return err
}

// drawing is the picture, and the sentence that says what it shows.
func (h *Web) drawing(r *web.Request, m power.Map, days int) (template.HTML, string) {
	g := chart.Grid{ID: "map", Title: r.T("power.map.title"), RTL: r.Localizer().Dir() == "rtl", Kinds: []string{r.T("power.kind.office"), r.T("power.kind.institution"), r.T("power.kind.asked")}}
	for s := power.Against; s <= power.For; s++ {
		g.Columns = append(g.Columns, stance(r, s))
	}
	for i := power.Decides; i > power.Off; i-- {
		g.Rows = append(g.Rows, influence(r, i))
	}
	for _, a := range m.Actors {
		s := chart.Spot{Name: a.Name, X: a.Move.To.Stance - power.Against, Y: power.Decides - a.Move.To.Influence}
		switch {
		case a.Decides:
			s.Kind = 2
		case a.Institution:
			s.Kind = 1
		}
		if a.Move.Was && a.Move.Changed() {
			s.Moved, s.FromX, s.FromY = true, a.Move.From.Stance-power.Against, power.Decides-a.Move.From.Influence
		}
		g.Spots = append(g.Spots, s)
	}
	g.Description = r.T("power.map.summary", "Count", len(m.Actors), "Days", days)
	return g.SVG(), g.Description
}

func (h *Web) place(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	evidence, bad := r.Guarded("evidence")
	in := power.PlaceIn{Issue: r.PathValue("id"), Actor: r.Form("actor"), At: typedDay(r, "at"), Stance: number(r, "stance"), Influence: number(r, "influence"), Evidence: evidence, Link: r.Form("link"),
		Key: idem.Form(r.Key(), "place", r.Form("actor"))}
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Place(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/power/maps/"+in.Issue, "power.flash.placed")
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, e := h.mapPage(r, &in)
	if e != nil {
		return e
	}
	return r.Fail(w, "power/map", p, err)
}
