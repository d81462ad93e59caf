// Issues beside each other: the asks, and what was said about each criterion.

package cycleweb

import (
	"net/http"
	"slices"

	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type sideHead struct {
	URL, Title, Ask, Points string
	State                   Pill
}

type sideCell struct {
	Of     string // the issue, for phones
	Pill   *Pill
	Reason string
}

type sideRow struct {
	Text  string
	Cells []sideCell
}

// sideTable is one list of criteria, and the issues that were tested by it.
type sideTable struct {
	ID, Name string
	Heads    []sideHead
	Rows     []sideRow
}

type comparePage struct {
	Cycle    Link
	Heads    []sideHead
	Tables   []sideTable
	Untested []Link
	Choose   []Option // issues of the cycle
	ID       string
	Decide   string
}

func (h *Web) compare(w http.ResponseWriter, r *web.Request) error {
	id := r.Form("cycle")
	c, sides, err := h.s.Compare(r.Context(), r.Actor, id, r.FormAll("issue"))
	if err != nil {
		return err
	}
	all, err := h.s.Issues(r.Context(), r.Actor, c.ID)
	if err != nil {
		return err
	}
	d := comparePage{ID: c.ID, Cycle: Link{URL: "/cycles/" + c.ID, Label: c.Name}}
	for _, i := range all {
		d.Choose = append(d.Choose, Option{Value: i.ID, Label: i.Title, Checked: slices.ContainsFunc(sides, func(s cycle.Side) bool { return s.ID == i.ID })})
	}
	open := 0
	for _, s := range sides {
		if s.State == cycle.Proposed || s.State == cycle.Cut {
			open++
		}
	}
	if h.o.Decide != nil && may(r, "decision", access.Create) && open > 1 {
		d.Decide = h.o.Decide(c.Ref())
	}
	for _, s := range sides {
		head := sideHead{URL: "/issues/" + s.ID, Title: s.Title, State: state(r, s.State), Ask: r.T("cycle.ask.none")}
		if s.Asks().Whole() {
			head.Ask = sentence(r, s.Issue)
		}
		if s.Tested.Tally.Said > 0 {
			head.Points = r.T("cycle.points", "Points", s.Tested.Tally.Points, "Most", s.Tested.Tally.Most)
		}
		d.Heads = append(d.Heads, head)
		if s.Tested.ID == "" || s.Tested.Tally.Said == 0 {
			d.Untested = append(d.Untested, Link{URL: head.URL, Label: s.Title})
			continue
		}
		d.add(r, s, head)
	}
	return r.Page(w, "cycle/compare", d)
}

// add puts an issue into the table of its list.
func (d *comparePage) add(r *web.Request, s cycle.Side, head sideHead) {
	key := "list-" + s.Tested.ID + "-" + itoa(int(s.Tested.Version))
	n := slices.IndexFunc(d.Tables, func(t sideTable) bool { return t.ID == key })
	if n < 0 {
		t := sideTable{ID: key, Name: setName(r, s.Tested.Set)}
		for _, c := range s.Tested.Items {
			t.Rows = append(t.Rows, sideRow{Text: criterion(r, c)})
		}
		d.Tables = append(d.Tables, t)
		n = len(d.Tables) - 1
	}
	t := &d.Tables[n]
	t.Heads = append(t.Heads, head)
	for row, c := range s.Tested.Items {
		cell := sideCell{Of: s.Title}
		if i := slices.IndexFunc(s.Tested.Scores, func(x cycle.Score) bool { return x.Criterion == c.Code }); i >= 0 {
			x := s.Tested.Scores[i]
			cell.Pill, cell.Reason = &Pill{Kind: []string{"late", "wait", "ok"}[x.N], Label: r.T("cycle.score." + itoa(x.N))}, x.Reason
		}
		t.Rows[row].Cells = append(t.Rows[row].Cells, cell)
	}
}
