// Asking somebody, and the tree of who asked whom.
package turnoutweb

import (
	"cmp"
	"net/http"
	"slices"

	"seedbed/internal/kit/chart"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/web"
)

type askPage struct {
	head
	Q           string
	Searched    bool
	People      []Option
	By          []Option
	ByName      string
	Places      []Option
	Said        bool
	ByID        string
	Institution string
}

func (h *Web) ask(w http.ResponseWriter, r *web.Request) error {
	p, err := h.askPage(r, turnout.AskIn{Person: r.Form("person"), By: r.Form("by"), Institution: r.Form("institution"), Yes: r.Checked("yes")})
	if err != nil {
		return err
	}
	return r.Page(w, "turnout/ask", p)
}

func (h *Web) askPage(r *web.Request, in turnout.AskIn) (p askPage, err error) {
	b, err := h.editable(r)
	if err != nil {
		return p, err
	}
	if !b.Whole && in.By == "" {
		in.By = b.Self
	}
	p = askPage{head: headOf(r, b), Q: r.Form("q"), ByID: in.By, Institution: in.Institution, Said: in.Yes}
	ids := everybody(b)
	if b.Self != "" {
		ids = append(ids, b.Self)
	}
	if in.Person != "" {
		ids = append(ids, in.Person)
	}
	names, err := h.called(r, ids)
	if err != nil {
		return p, err
	}
	if b.Self != "" {
		names[b.Self] = r.T("turnout.me")
	}
	for _, k := range slices.Compact(ids) {
		if names[k] != "" && k != in.Person && !slices.ContainsFunc(p.By, func(o Option) bool { return o.Value == k }) {
			p.By = append(p.By, Option{Value: k, Label: names[k], Checked: k == in.By})
		}
	}
	byName(p.By, func(o Option) string { return o.Label })
	p.ByName = names[in.By]
	if p.Q != "" {
		if p.People, p.Searched, err = h.find(r, p.Q); err != nil {
			return p, err
		}
		asked := map[string]turnout.Ask{}
		for _, k := range b.Asks {
			asked[k.Person] = k
		}
		for i, o := range p.People {
			if k, ok := asked[o.Value]; ok {
				p.People[i].Hint = r.T("turnout.asked_already", "State", state(r, k).Label)
			}
		}
	}
	if in.Person != "" && !slices.ContainsFunc(p.People, func(o Option) bool { return o.Value == in.Person }) && names[in.Person] != "" {
		p.People = append(p.People, Option{Value: in.Person, Label: names[in.Person]})
	}
	for i := range p.People {
		p.People[i].Checked = p.People[i].Checked || p.People[i].Value == in.Person
	}
	_, order, err := h.institutions(r)
	p.Places = places(order, in.Institution)
	return p, err
}

func (h *Web) askNow(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := turnout.AskIn{Person: r.Form("person"), By: r.Form("by"), Institution: r.Form("institution"), Yes: r.Checked("yes"), Key: r.Key()}
	id := r.PathValue("id")
	err := h.s.Ask(r.Context(), r.Actor, id, in)
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id+"/ask?by="+in.By, "turnout.flash.asked") // one after the other
	}
	p, perr := h.askPage(r, in)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "turnout/ask", p, err)
}

type branchNode struct {
	Person, Name, Say string
	State             *pill
	Open              bool // an entry by mistake can be taken off
	Known             bool // the reader sees who it is
	Below             []branchNode
}

type treePage struct {
	head
	Picture *drawing
	Roots   []branchNode
	Self    string
	Count   int
}

func (h *Web) tree(w http.ResponseWriter, r *web.Request) error {
	p, err := h.treePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "turnout/tree", p)
}

// pictureMost is how many people a drawing holds; the list holds everybody.
const pictureMost = 150

func (h *Web) treePage(r *web.Request) (p treePage, err error) {
	b, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = treePage{head: headOf(r, b), Self: b.Self, Count: len(b.Asks)}
	names, err := h.called(r, append(everybody(b), b.Self))
	if err != nil {
		return p, err
	}
	asks, below := map[string]turnout.Ask{}, map[string][]string{}
	people := everybody(b)
	for _, k := range b.Asks {
		asks[k.Person] = k
	}
	for _, id := range people {
		k := asks[id]
		by := k.By
		if by != "" && !slices.Contains(people, by) || id == b.Self {
			by = ""
		}
		below[by] = append(below[by], id)
	}
	// Somebody of a circle hangs on nobody: the first of them, by id, is a root.
	var grow func(id string, seen map[string]bool) branchNode
	grow = func(id string, seen map[string]bool) branchNode {
		seen[id] = true
		n := branchNode{Person: id, Name: somebody(r, names, id), Known: names[id] != "" || id == b.Self}
		if id == b.Self {
			n.Name = r.T("turnout.me")
		}
		if k, ok := asks[id]; ok {
			s := state(r, k)
			n.State, n.Open = &s, b.State == turnout.Open && id != b.Self
		}
		if m := b.Branch(id); m.Goal > 0 || m.Asked > 0 {
			n.Say = r.T("turnout.say_branch", "Yes", m.Yes, "Asked", m.Asked)
			if m.Goal > 0 {
				n.Say = r.T("turnout.say_bringer", "Goal", m.Goal, "Yes", m.Yes)
			}
		}
		for _, c := range below[id] {
			if !seen[c] {
				n.Below = append(n.Below, grow(c, seen))
			}
		}
		byName(n.Below, func(n branchNode) string { return n.Name })
		return n
	}
	seen := map[string]bool{}
	for _, id := range below[""] {
		p.Roots = append(p.Roots, grow(id, seen))
	}
	for _, id := range people {
		if !seen[id] {
			p.Roots = append(p.Roots, grow(id, seen))
		}
	}
	byName(p.Roots, func(n branchNode) string { return n.Name })
	p.Picture = treePicture(r, p.Roots)
	return p, nil
}

// treePicture draws the branches; whoever stands alone is only in the list.
func treePicture(r *web.Request, roots []branchNode) *drawing {
	k := picture(r, "tree", r.T("turnout.tree"))
	k.Description = r.T("turnout.tree_says")
	t := chart.Table{Columns: []string{r.T("turnout.who"), r.T("turnout.by"), r.T("turnout.answer"), r.T("turnout.branch")}}
	var nodes []chart.Node
	var walk func(list []branchNode, depth int, by string)
	walk = func(list []branchNode, depth int, by string) {
		for _, n := range list {
			if depth == 0 && len(n.Below) == 0 && n.Say == "" {
				continue
			}
			said, mark := "", 4
			if n.State != nil {
				said = n.State.Label
				mark = map[string]int{"ok": 0, "wait": 4, "info": 3, "late": 2}[n.State.Kind]
			}
			if len(nodes) < pictureMost {
				nodes = append(nodes, chart.Node{Depth: depth, Label: n.Name, Note: cmp.Or(n.Say, said), Mark: mark})
			}
			t.Rows = append(t.Rows, []string{n.Name, by, said, n.Say})
			walk(n.Below, depth+1, n.Name)
		}
	}
	walk(roots, 0, "")
	if len(nodes) == 0 {
		return nil
	}
	return &drawing{ID: k.ID, Title: k.Title, Summary: k.Description, SVG: chart.Tree(k, nodes), Table: t}
}
