// The list of people: a question in plain words, a page of answers, cells that are
// changed where they stand, ticks, saved questions, and a file to take along.

package peopleweb

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/phone"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

func (h *Web) listRoutes() []web.Route {
	see, change := need("person", access.Read), need("person", access.Update)
	save, lists, tick, drop := need("list", access.Create), need("list", access.Read), need("list", access.Update), need("list", access.Delete)
	return []web.Route{
		route(web.Staff, "GET", "/people", see, h.listPage), route(web.Staff, "POST", "/people/find", see, h.listFind),
		route(web.Staff, "POST", "/people/cell", change, h.listCell),
		route(web.Staff, "POST", "/people/list", save, h.listSave), route(web.Staff, "GET", "/people/list/{list}", lists, h.listSaved),
		route(web.Staff, "POST", "/people/list/{list}", tick, h.listTick), route(web.Staff, "POST", "/people/list/{list}/drop", drop, h.listDrop),
		route(web.Staff, "GET", "/people/export", need("list", access.Export), h.listTake), route(web.Staff, "POST", "/people/export", need("list", access.Export), h.listExport),
	}
}

// ListLine is a person in the list.
type ListLine struct {
	ID, Name, URL, Speaks, Area, Owner string
	Met, Exact                         string
	State                              *State
	Edit                               string // address that opens the line for changing
	Ticked                             bool
	TickedBy                           string
}

// Cell is a line that is open for changing.
type Cell struct {
	ID, Name, Area, Lang, Owner string
	Langs, Owners               []Option
	Clashes                     []Clash
}

// Clash is one cell two people changed.
type Clash struct{ Cell, Now, Yours string }

type listPage struct {
	Scope, Sentence, Shown       string
	Count, Everybody, Hidden     string
	Asks                         bool
	Name                         string // typed in the search; never in an address
	Langs, Places, Owners        []Option
	NotMet, States, Sorts        []Option
	Area                         string
	Areas                        []string
	Lines                        []ListLine
	Open                         *Cell
	Prev, Next                   string
	More                         string // further ones that a search by name found
	Here                         string // this page's address
	Saved                        []Option
	List                         *savedList
	Query                        []Hidden
	CanSave, CanShare, CanExport bool
	CanAdd                       bool
	CanImport                    bool
}

type savedList struct {
	ID, Name, Of string
	Mine         bool
}

func filterOf(q url.Values) people.Filter {
	days, _ := strconv.Atoi(q.Get("not_met"))
	return people.Filter{Lang: q.Get("speaks"), Area: strings.TrimSpace(q.Get("area")), Institution: q.Get("of"), Owner: q.Get("owner"), NotMet: days,
		State: people.State(q.Get("state")), Sort: people.Sort(q.Get("sort"))}
}

// queryOf is filterOf the other way round. A name never stands in an address.
func queryOf(f people.Filter) url.Values {
	q := url.Values{}
	for name, v := range map[string]string{"speaks": f.Lang, "area": f.Area, "of": f.Institution, "owner": f.Owner, "state": string(f.State), "sort": string(f.Sort)} {
		if v != "" && v != string(people.ByName) {
			q.Set(name, v)
		}
	}
	if f.NotMet > 0 {
		q.Set("not_met", strconv.Itoa(f.NotMet))
	}
	return q
}

func at(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (h *Web) listPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.listOf(r, filterOf(r.URL.Query()), nil)
	if err != nil {
		return err
	}
	return r.Page(w, "people/list", p)
}

// listFind looks for a name. It is a POST so that the name is in no address.
func (h *Web) listFind(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := filterOf(r.Request.PostForm)
	f.Name = r.Form("name")
	p, err := h.listOf(r, f, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "people/list", p)
}

func (h *Web) listSaved(w http.ResponseWriter, r *web.Request) error {
	l, err := h.s.OneList(r.Context(), r.Actor, r.PathValue("list"))
	if err != nil {
		return err
	}
	p, err := h.listOf(r, l.Filter, &l)
	if err != nil {
		return err
	}
	return r.Page(w, "people/list", p)
}

// listOf puts a page of the list together.
func (h *Web) listOf(r *web.Request, f people.Filter, saved *people.SavedList) (p listPage, err error) {
	ctx := r.Context()
	q := r.URL.Query()
	got, err := h.s.List(ctx, r.Actor, f, q.Get("after"), q.Get("before"))
	if err != nil {
		return p, err
	}
	staff, err := h.s.Owners(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	places, err := h.s.Institutions(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	if p.Areas, err = h.s.Areas(ctx, r.Actor); err != nil {
		return p, err
	}
	path, base := "/people", queryOf(f)
	if saved != nil {
		path, base = "/people/list/"+saved.ID, url.Values{}
	}
	p.ask(r, f, staff, places)
	p.count(r, got)
	p.lines(r, got, staff, path, base, q.Get("edit"))
	if f.Name == "" {
		p.turn(got, path, base, q)
	} else if n := got.Total - len(got.Cards) - got.Hidden; n > 0 {
		p.More = r.T("people.list.more", "Count", n)
	}
	if err := h.listSaves(r, &p, saved, got); err != nil {
		return p, err
	}
	_, share := access.Check(r.Actor, need("list", access.Export))
	_, bring := access.Check(r.Actor, need("intake", access.Create))
	_, save := access.Check(r.Actor, need("list", access.Create))
	p.CanImport = bring == nil
	_, add := access.Check(r.Actor, need("person", access.Create))
	p.CanShare, p.CanExport, p.CanSave, p.CanAdd = share == nil, share == nil, save == nil && f.Name == "", add == nil
	return p, nil
}

// ask fills the form of the question, and the sentence it makes.
func (p *listPage) ask(r *web.Request, f people.Filter, staff []people.Colleague, places []people.Institution) {
	l := r.Localizer()
	p.Name, p.Area, p.Asks = f.Name, f.Area, f.Asks()
	p.Scope = r.T("people.list.scope.mine")
	if g, err := access.Check(r.Actor, need("person", access.Read)); err == nil && g.Scope == access.Org {
		p.Scope = r.T("people.list.scope.all", "Clinic", r.Frame().Scope)
	}
	var parts []string
	say := func(key string, args ...any) { parts = append(parts, r.T("people.list.who."+key, args...)) }
	for _, code := range languages() {
		p.Langs = append(p.Langs, Option{Value: code, Label: l.LanguageName(code), Checked: code == f.Lang})
	}
	if f.Name != "" {
		say("name", "Name", f.Name)
	}
	if f.Lang != "" {
		say("speaks", "Language", l.LanguageName(f.Lang))
	}
	if f.Area != "" {
		say("area", "Area", f.Area)
	}
	for _, i := range places {
		p.Places = append(p.Places, Option{Value: i.ID, Label: i.Name, Checked: i.ID == f.Institution})
		if i.ID == f.Institution {
			say("of", "Name", i.Name)
		}
	}
	for _, d := range people.NotMetChoices() {
		p.NotMet = append(p.NotMet, Option{Value: strconv.Itoa(d), Label: r.T("people.list.days", "Count", d), Checked: d == f.NotMet})
	}
	if f.NotMet > 0 {
		say("not_met", "Count", f.NotMet)
	}
	for _, c := range staff {
		p.Owners = append(p.Owners, Option{Value: c.Account, Label: c.Name, Checked: c.Account == f.Owner})
		if c.Account == f.Owner {
			say("owner", "Name", c.Name)
		}
	}
	p.Owners = append(p.Owners, Option{Value: people.Nobody, Label: r.T("people.list.owner.nobody"), Checked: f.Owner == people.Nobody})
	if f.Owner == people.Nobody {
		say("nobody")
	}
	for _, s := range []people.State{people.Active, people.Resting} {
		p.States = append(p.States, Option{Value: string(s), Label: r.T("people.state." + string(s)), Checked: s == f.State})
		if s == f.State {
			say("state." + string(s))
		}
	}
	for _, s := range people.Sorts() {
		p.Sorts = append(p.Sorts, Option{Value: string(s), Label: r.T("people.list.sort." + string(s)), Checked: s == f.Sort})
	}
	p.Sentence = r.T("people.list.everybody")
	if len(parts) > 0 {
		p.Sentence = r.T("people.list.who", "What", l.List(parts))
	}
	for name, v := range queryOf(f) {
		p.Query = append(p.Query, Hidden{name, v[0]})
	}
	slices.SortFunc(p.Query, func(a, b Hidden) int { return strings.Compare(a.Name, b.Name) })
}

// count says how many there are, and who is not shown.
func (p *listPage) count(r *web.Request, got people.ListPage) {
	p.Count, p.Everybody = r.T("people.list.count", "Count", got.Total), r.T("people.list.of", "Count", got.Everybody)
	if got.Hidden > 0 {
		p.Hidden = r.T("people.list.hidden", "Count", got.Hidden)
	}
	if n := len(got.Cards) + got.Hidden; n > 0 && n < got.Total {
		p.Shown = r.T("people.list.shown", "From", got.From, "To", got.From+n-1, "Total", got.Total)
	}
}

func (p *listPage) turn(got people.ListPage, path string, base, q url.Values) {
	with := func(name, v string) string {
		to := url.Values{}
		for k, vs := range base {
			to[k] = vs
		}
		if v != "" {
			to.Set(name, v)
		}
		return at(path, to)
	}
	if got.Prev != "" {
		p.Prev = with("before", got.Prev)
	}
	if got.Next != "" {
		p.Next = with("after", got.Next)
	}
	p.Here = with("", "")
	for _, name := range []string{"after", "before"} {
		if v := q.Get(name); v != "" {
			p.Here = with(name, v)
		}
	}
}

// lines writes the table; the line that is open for changing is in Open.
func (p *listPage) lines(r *web.Request, got people.ListPage, staff []people.Colleague, path string, base url.Values, edit string) {
	l := r.Localizer()
	who := map[string]string{}
	for _, c := range staff {
		who[c.Account] = c.Name
	}
	for _, c := range got.Cards {
		var langs []string
		for _, code := range append([]string{c.Lang}, c.MoreLangs...) {
			if code != "" {
				langs = append(langs, l.LanguageName(code))
			}
		}
		to := url.Values{}
		for k, vs := range base {
			to[k] = vs
		}
		for _, name := range []string{"after", "before"} {
			if v := r.URL.Query().Get(name); v != "" {
				to.Set(name, v)
			}
		}
		to.Set("edit", c.ID)
		line := ListLine{ID: c.ID, Name: c.Name, URL: "/people/" + c.ID, Speaks: l.List(langs), Area: c.Area, Owner: who[c.Owner], Met: r.T("people.list.not_yet"), Edit: at(path, to) + "#open"}
		if !c.Last.IsZero() {
			line.Met, line.Exact = l.Ago(c.Last, r.Now(), r.Zone()), l.Date(c.Last.In(r.Zone()))
		}
		if c.Owner == "" {
			line.Owner = r.T("people.nobody")
		} else if line.Owner == "" {
			line.Owner = r.T("people.colleague")
		}
		if c.State == people.Resting {
			line.State = &State{"wait", r.T("people.state.resting"), ""}
		}
		p.Lines = append(p.Lines, line)
		if c.ID == edit {
			p.Open = openCell(r, c, staff)
		}
	}
}

func openCell(r *web.Request, c people.Card, staff []people.Colleague) *Cell {
	out := &Cell{ID: c.ID, Name: c.Name, Area: c.Area, Lang: c.Lang, Owner: c.Owner}
	for _, code := range languages() {
		out.Langs = append(out.Langs, Option{Value: code, Label: r.Localizer().LanguageName(code), Checked: code == c.Lang})
	}
	for _, o := range staff {
		out.Owners = append(out.Owners, Option{Value: o.Account, Label: o.Name, Checked: o.Account == c.Owner})
	}
	return out
}

// listSaves adds the saved lists, and the ticks of the one that is open.
func (h *Web) listSaves(r *web.Request, p *listPage, saved *people.SavedList, got people.ListPage) error {
	lists, err := h.s.Lists(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, l := range lists {
		o := Option{Value: "/people/list/" + l.ID, Label: l.Name, Checked: saved != nil && saved.ID == l.ID}
		if l.Shared {
			o.Hint = r.T("people.list.shared")
		}
		p.Saved = append(p.Saved, o)
	}
	if saved == nil {
		return nil
	}
	p.List = &savedList{ID: saved.ID, Name: saved.Name, Mine: saved.Owner == r.Actor.Account, Of: r.T("people.list.private")}
	if saved.Shared {
		p.List.Of = r.T("people.list.shared")
	}
	ids := make([]string, len(got.Cards))
	for i, c := range got.Cards {
		ids[i] = c.ID
	}
	ticks, err := h.s.Ticks(r.Context(), r.Actor, saved.ID, ids)
	if err != nil {
		return err
	}
	staff, err := h.s.Owners(r.Context(), r.Actor)
	for i := range p.Lines {
		line := &p.Lines[i]
		t, ok := ticks[line.ID]
		if line.Ticked = ok; !ok {
			continue
		}
		name := r.T("people.colleague")
		for _, c := range staff {
			if c.Account == t.By {
				name = c.Name
			}
		}
		line.TickedBy = r.T("people.list.ticked", "Name", name, "Day", r.Localizer().Date(t.At.In(r.Zone())))
	}
	return err
}

// listCell saves the cells of one line that were changed. Where somebody else was
// first both versions are shown, and the form can be sent again.
func (h *Web) listCell(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	who, back := r.Form("person"), web.Local(r.Form("back"))
	var clashes []Clash
	var bad []fault.Field
	for _, cell := range people.Cells() {
		if r.Form(cell) == r.Form("was_"+cell) {
			continue
		}
		clash, err := h.s.SetCell(r.Context(), r.Actor, people.CellIn{Person: who, Cell: cell, Was: r.Form("was_" + cell), Value: r.Form(cell), Key: cellKey(r.Key(), cell)})
		if fault.Is(err, fault.Invalid) {
			bad = append(bad, fault.FieldsOf(err)...)
			continue
		}
		if err != nil {
			return err
		}
		if clash != nil {
			clashes = append(clashes, Clash{cell, clash.Now, clash.Yours})
		}
	}
	if len(bad)+len(clashes) == 0 {
		return r.RedirectWith(w, back, "people.list.flash.saved")
	}
	return h.listAgain(w, r, who, back, clashes, bad)
}

func cellKey(key, cell string) string {
	if key == "" {
		return ""
	}
	return key + ":" + cell
}

// listAgain shows the line open once more, with what could not be saved.
func (h *Web) listAgain(w http.ResponseWriter, r *web.Request, who, back string, clashes []Clash, bad []fault.Field) error {
	to, err := url.Parse(back)
	if err != nil {
		return err
	}
	q := to.Query()
	r.URL.RawQuery = q.Encode()
	var saved *people.SavedList
	f := filterOf(q)
	if id, ok := strings.CutPrefix(to.Path, "/people/list/"); ok {
		l, err := h.s.OneList(r.Context(), r.Actor, id)
		if err != nil {
			return err
		}
		saved, f = &l, l.Filter
	}
	p, err := h.listOf(r, f, saved)
	if err != nil {
		return err
	}
	cards, err := h.s.Names(r.Context(), r.Actor, []string{who})
	if err != nil {
		return err
	}
	staff, err := h.s.Owners(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p.Open = openCell(r, cards[who], staff)
	for _, c := range clashes {
		p.Open.Clashes = append(p.Open.Clashes, Clash{r.T("people.list.cell." + c.Cell), h.cellText(r, c.Cell, c.Now, staff), h.cellText(r, c.Cell, c.Yours, staff)})
	}
	if len(bad) > 0 {
		return r.Fail(w, "people/list", p, fault.Wrong(bad...))
	}
	return r.PageStatus(w, http.StatusConflict, "people/list", p)
}

// cellText is what a cell says to a reader.
func (h *Web) cellText(r *web.Request, cell, value string, staff []people.Colleague) string {
	switch cell {
	case "lang":
		return r.Localizer().LanguageName(value)
	case "owner":
		for _, c := range staff {
			if c.Account == value {
				return c.Name
			}
		}
		return r.T("people.nobody")
	}
	return value
}

func (h *Web) listSave(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := filterOf(r.Request.PostForm)
	made, err := h.s.SaveList(r.Context(), r.Actor, people.SavedList{Name: r.Form("list_name"), Shared: r.Checked("shared"), Filter: f}, r.Key())
	if fault.Is(err, fault.Invalid) {
		p, e := h.listOf(r, f, nil)
		if e != nil {
			return e
		}
		return r.Fail(w, "people/list", p, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/people/list/"+made, "people.list.flash.kept")
}

func (h *Web) listTick(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.SetTicks(r.Context(), r.Actor, r.PathValue("list"), r.FormAll("listed"), r.FormAll("done"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, web.Local(r.Form("back")), "people.list.flash.ticked")
}

func (h *Web) listDrop(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.DropList(r.Context(), r.Actor, r.PathValue("list"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/people", "people.list.flash.dropped")
}

type takePage struct {
	Sentence, Count, Back string
	Query                 []Hidden
}

// listTake says what the file will hold and who will see that it was made.
func (h *Web) listTake(w http.ResponseWriter, r *web.Request) error {
	if !r.Actor.Recent(r.Now()) {
		return r.Redirect(w, "/confirm?next="+url.QueryEscape(at("/people/export", queryOf(filterOf(r.URL.Query())))))
	}
	f := filterOf(r.URL.Query())
	p, err := h.listOf(r, f, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "people/take", takePage{p.Sentence, p.Count, at("/people", queryOf(f)), p.Query})
}

func (h *Web) listExport(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := filterOf(r.Request.PostForm)
	places, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	staff, err := h.s.Owners(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	out := sheet.NewWriter(&buf)
	head := make([]string, 0, 10)
	for _, c := range []string{"name", "languages", "area", "institutions", "owner", "met", "one_to_one", "way", "phone", "email"} {
		head = append(head, r.T("people.list.column."+c))
	}
	out.Texts(head)
	_, err = h.s.Export(r.Context(), r.Actor, f, func(rows []people.Row) error {
		for _, x := range rows {
			out.Texts(h.exported(r, x, places, staff))
		}
		return nil
	})
	if key, _ := fault.MessageOf(err); err != nil && key == account.StepUpNeeded {
		return r.Redirect(w, "/confirm?next="+url.QueryEscape(at("/people/export", queryOf(f))))
	}
	if err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return r.Attachment(w, "people.csv", "text/csv; charset=utf-8", buf.Bytes())
}

func (h *Web) exported(r *web.Request, x people.Row, places []people.Institution, staff []people.Colleague) []string {
	l := r.Localizer()
	var langs []string
	for _, code := range append([]string{x.Lang}, x.MoreLangs...) {
		langs = append(langs, l.LanguageName(code))
	}
	owner := ""
	for _, c := range staff {
		if c.Account == x.Owner {
			owner = c.Name
		}
	}
	day := func(t interface{ IsZero() bool }, text string) string {
		if t.IsZero() {
			return ""
		}
		return text
	}
	return []string{x.Name, strings.Join(langs, "; "), x.Area, strings.Join(names(places, x.Institutions), "; "), owner,
		day(x.Last, x.Last.In(r.Zone()).Format("2006-01-02")), day(x.OneToOne, x.OneToOne.In(r.Zone()).Format("2006-01-02")),
		r.T("people.way." + string(x.Profile.Contact)), phone.Format(x.Profile.Phone, "US"), x.Profile.Email}
}
