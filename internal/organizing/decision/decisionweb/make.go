// Making a decision: the list, the form, who may vote, codes to print.
package decisionweb

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type listPage struct {
	Rows []listRow
	Next string
	Make bool
}

type listRow struct {
	URL, Question, Method, Openness string
	State                           Badge
	When                            string
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	page, err := h.s.List(r.Context(), r.Actor, "", r.Form("before"))
	if err != nil {
		return err
	}
	_, denied := access.Check(r.Actor, access.Need{Resource: "decision", Action: access.Create})
	d := listPage{Make: denied == nil}
	for _, x := range page.Items {
		d.Rows = append(d.Rows, listRow{URL: "/decisions/" + x.ID, Question: x.Words.Question, Method: r.T("decision.method." + string(x.Spec.Method)),
			Openness: r.T("decision.openness." + string(x.Openness)), State: badge(r, x.State), When: r.Localizer().ShortDate(x.Made, r.Zone())})
	}
	if page.Next != "" {
		d.Next = "/decisions?before=" + page.Next
	}
	return r.Page(w, "decision/list", d)
}

type formPage struct {
	New                        bool
	Action, Back               string
	V                          url.Values
	Methods, Opennesses, Units []Option
	Rules                      []Option
	Options                    []formOption
	MaxQuestion, MaxBackground int
	MaxOption                  int
}

type formOption struct{ N, Value string }

// rows of options on the form: some to begin with, and some more than are filled.
const leastRows, spareRows = 6, 2

func (h *Web) form(r *web.Request, v url.Values, decided string) formPage {
	p := formPage{New: decided == "", Action: "/decisions/new", Back: "/decisions", V: v, MaxQuestion: decision.MaxQuestion, MaxBackground: decision.MaxBackground, MaxOption: decision.MaxOption}
	if decided != "" {
		p.Action, p.Back = "/decisions/"+decided+"/edit", "/decisions/"+decided
	}
	choose := func(name, prefix string, values ...string) (list []Option) {
		for _, x := range values {
			list = append(list, Option{Value: x, Label: r.T(prefix + x), Hint: r.T(prefix + x + "_hint"), Checked: v.Get(name) == x})
		}
		return list
	}
	for _, m := range ballot.Methods {
		p.Methods = append(p.Methods, choose("method", "decision.method.", string(m))...)
	}
	for _, o := range decision.Opennesses() {
		p.Opennesses = append(p.Opennesses, choose("openness", "decision.openness.", string(o))...)
	}
	p.Units = choose("unit", "decision.unit.", string(ballot.Person), string(ballot.Institution))
	for _, rule := range ballot.Rules(ballot.Agree) {
		p.Rules = append(p.Rules, Option{Value: string(rule), Label: r.T("decision.rule." + string(rule)), Checked: v.Get("rule") == string(rule)})
	}
	options := v["option"]
	for i := range min(ballot.MaxOptions, max(leastRows, len(options)+spareRows)) {
		o := formOption{N: strconv.Itoa(i + 1)}
		if i < len(options) {
			o.Value = options[i]
		}
		p.Options = append(p.Options, o)
	}
	return p
}

func (h *Web) add(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "decision/form", h.form(r, url.Values{"method": {"agree"}, "openness": {"hands"}, "unit": {"person"}, "rule": {"majority"}, "dots": {"4"}, "per_option": {"4"}, "seats": {"2"},
		"ref": {r.Form("ref")}}, ""))
}

func (h *Web) edit(w http.ResponseWriter, r *web.Request) error {
	d, err := h.s.Read(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.State != decision.Draft {
		return fault.Clash("decision.error.state_" + string(d.State))
	}
	v := url.Values{"question": {d.Words.Question}, "background": {d.Words.Background}, "method": {string(d.Spec.Method)}, "rule": {string(d.Spec.Rule)},
		"unit": {string(d.Spec.Unit)}, "openness": {string(d.Openness)}, "ref": {d.Ref}}
	for name, n := range map[string]int{"dots": d.Spec.Dots, "per_option": d.Spec.PerOption, "seats": d.Spec.Seats, "quorum_persons": d.Quorum.Persons, "quorum_institutions": d.Quorum.Institutions} {
		if n > 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	for _, o := range d.Words.Options {
		v.Add("option", o.Text)
	}
	if !d.Closes.IsZero() {
		at := d.Closes.In(r.Zone())
		v.Set("closes_day", at.Format(time.DateOnly))
		v.Set("closes_time", at.Format("15:04"))
	}
	if !d.Opens.IsZero() {
		at := d.Opens.In(r.Zone())
		v.Set("opens_day", at.Format(time.DateOnly))
		v.Set("opens_time", at.Format("15:04"))
	}
	return r.Page(w, "decision/form", h.form(r, v, d.ID))
}

func (h *Web) save(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	decided := r.PathValue("id")
	in, err := readForm(r)
	if err == nil {
		in.ID, in.Key = decided, r.Key()
		var made string
		if made, err = h.s.Save(r.Context(), r.Actor, in); err == nil {
			if decided == "" {
				return r.RedirectWith(w, "/decisions/"+made+"/voters", "decision.flash.saved")
			}
			return r.RedirectWith(w, "/decisions/"+made, "decision.flash.saved")
		}
	}
	return r.Fail(w, "decision/form", h.form(r, r.PostForm, decided), err)
}

func readForm(r *web.Request) (in decision.In, err error) {
	var bad []fault.Field
	number := func(name string) int {
		text := r.Form(name)
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			bad = append(bad, fault.At(name, "decision.error.number"))
		}
		return n
	}
	moment := func(name string) time.Time {
		day, hour := r.Form(name+"_day"), r.Form(name+"_time")
		if day == "" {
			return time.Time{}
		}
		if hour == "" {
			hour = "18:00"
		}
		at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+hour, r.Zone())
		if err != nil {
			bad = append(bad, fault.At(name+"_day", "decision.error.moment"))
		}
		return at
	}
	guarded := func(name, text string) string {
		text, wrong := r.GuardedText(name, text)
		bad = append(bad, wrong...)
		return text
	}
	in = decision.In{Ref: r.Form("ref"), Question: guarded("question", r.Form("question")), Background: guarded("background", r.Form("background")), Method: r.Form("method"),
		Unit: r.Form("unit"), Openness: r.Form("openness"), Persons: number("quorum_persons"), Houses: number("quorum_institutions"), Opens: moment("opens"), Closes: moment("closes")}
	for _, o := range r.FormAll("option") {
		in.Options = append(in.Options, guarded("options", o))
	}
	if !refForm(in.Ref) {
		in.Ref = ""
	}
	switch ballot.Method(in.Method) {
	case ballot.Agree:
		in.Rule, in.Options = r.Form("rule"), nil
	case ballot.Consent:
		in.Unit, in.Options = "", nil
	case ballot.Ranked:
		in.Unit = ""
	case ballot.Dots:
		in.Dots, in.PerOption, in.Seats = number("dots"), number("per_option"), number("seats")
	}
	if bad != nil {
		return in, fault.Wrong(bad...)
	}
	return in, nil
}

// refForm: "team:ID", nothing else; it comes from the address.
func refForm(ref string) bool {
	kind, thing, ok := strings.Cut(ref, ":")
	return ok && id.Valid(thing) && kind != "" && strings.Trim(kind, "abcdefghijklmnopqrstuvwxyz") == ""
}

type votersPage struct {
	D        decision.Decision
	Back     string
	Typed    string
	Listed   []Option
	Found    []Option
	Houses   []house
	Searched bool
}

type house struct {
	ID, Name string
	N        string
}

func (h *Web) voters(w http.ResponseWriter, r *web.Request) error {
	p, err := h.votersData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "decision/voters", p)
}

func (h *Web) votersData(r *web.Request) (p votersPage, err error) {
	decided := r.PathValue("id")
	list, _, err := h.s.Voters(r.Context(), r.Actor, decided)
	if err != nil {
		return p, err
	}
	if p.D, err = h.s.Read(r.Context(), r.Actor, decided); err != nil {
		return p, err
	}
	p.Back = "/decisions/" + decided
	cards, err := h.people.Names(r.Context(), r.Actor, persons(list))
	if err != nil {
		return p, err
	}
	_, houses, err := h.institutions(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	delegates, on := map[string]int{}, map[string]bool{}
	for _, v := range list {
		if v.Person == "" {
			delegates[v.Institution]++
			continue
		}
		on[v.Person] = true
		p.Listed = append(p.Listed, Option{Value: v.Person, Label: nameOf(r, cards, v.Person), Checked: true})
	}
	for _, i := range houses {
		if i.Closed && delegates[i.ID] == 0 {
			continue
		}
		n := ""
		if delegates[i.ID] > 0 {
			n = strconv.Itoa(delegates[i.ID])
		}
		p.Houses = append(p.Houses, house{i.ID, i.Name, n})
	}
	if p.Typed = r.Form("name"); p.Typed != "" {
		p.Searched = true
		found, err := h.people.Find(r.Context(), r.Actor, p.Typed, 20)
		if err != nil {
			return p, err
		}
		for _, c := range found {
			if !on[c.ID] {
				p.Found = append(p.Found, Option{Value: c.ID, Label: c.Name})
			}
		}
	}
	return p, nil
}

func persons(list []decision.Voter) (ids []string) {
	for _, v := range list {
		if v.Person != "" {
			ids = append(ids, v.Person)
		}
	}
	return ids
}

func nameOf(r *web.Request, cards map[string]people.Card, person string) string {
	if c, ok := cards[person]; ok {
		return c.Name
	}
	return r.T("decision.voter.somebody")
}

func (h *Web) saveVoters(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	decided := r.PathValue("id")
	_, houses, err := h.institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	ids := r.FormAll("person")
	cards, err := h.people.Names(r.Context(), r.Actor, ids)
	if err != nil {
		return err
	}
	before, _, err := h.s.Voters(r.Context(), r.Actor, decided)
	if err != nil {
		return err
	}
	var list []decision.Voter
	for _, p := range ids {
		c, known := cards[p]
		kept := slices.ContainsFunc(before, func(v decision.Voter) bool { return v.Person == p })
		if !known && !kept || slices.ContainsFunc(list, func(v decision.Voter) bool { return v.Person == p }) {
			continue
		}
		v := decision.Voter{Person: p}
		if len(c.Institutions) > 0 {
			v.Institution = c.Institutions[0]
		}
		list = append(list, v)
	}
	for _, i := range houses {
		text := r.Form("d_" + i.ID)
		n, err := strconv.Atoi(text)
		if text != "" && (err != nil || n < 0 || n > 500) {
			err = fault.Wrong(fault.At("d_"+i.ID, "decision.error.number"))
			p, perr := h.votersData(r)
			if perr != nil {
				return perr
			}
			return r.Fail(w, "decision/voters", p, err)
		}
		for range n {
			list = append(list, decision.Voter{Institution: i.ID})
		}
	}
	if err := h.s.SetVoters(r.Context(), r.Actor, decided, list); err != nil {
		return err
	}
	if r.Form("then") == "search" {
		return r.Redirect(w, "/decisions/"+decided+"/voters?name="+url.QueryEscape(r.Form("name")))
	}
	return r.RedirectWith(w, "/decisions/"+decided, "decision.flash.voters")
}

type sheetPage struct {
	D           decision.Decision
	URL, Short  string
	QR          template.HTML
	Cards       []sheetCard
	Fingerprint string
	Options     []string
	Answers     []string
}

type sheetCard struct {
	Code, Name string
	Slip       bool
}

// codes makes codes and shows them, once, as a sheet to cut apart.
func (h *Web) codes(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	decided := r.PathValue("id")
	slips, _ := r.FormInt("slips")
	made, err := h.s.Codes(r.Context(), r.Actor, decided, slips)
	if fault.Is(err, fault.Invalid) {
		p, perr := h.oneData(r)
		if perr != nil {
			return errors.Join(err, perr)
		}
		return r.Fail(w, "decision/one", p, err)
	}
	if err != nil {
		return err
	}
	p, err := h.sheet(r, decided)
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range made {
		if c.Person != "" {
			ids = append(ids, c.Person)
		}
	}
	cards, err := h.people.Names(r.Context(), r.Actor, ids)
	if err != nil {
		return err
	}
	houses, _, err := h.institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, c := range made {
		card := sheetCard{Code: id.GroupCode(c.Code), Slip: c.Slip, Name: houses[c.Institution]}
		if c.Person != "" {
			card.Name = nameOf(r, cards, c.Person)
		}
		p.Cards = append(p.Cards, card)
	}
	return r.As(web.Print).Page(w, "decision/codes", p)
}

func (h *Web) sheet(r *web.Request, decided string) (p sheetPage, err error) {
	if p.D, err = h.s.Read(r.Context(), r.Actor, decided); err != nil {
		return p, err
	}
	p.URL = r.Base() + "/v/" + p.D.Words.Link
	if p.QR, err = picture(p.URL, r.T("decision.sheet.qr")); err != nil {
		return p, err
	}
	if p.D.Key.N != "" {
		p.Fingerprint = p.D.Key.Fingerprint()
	}
	for _, o := range p.D.Words.Options {
		p.Options = append(p.Options, o.Text)
	}
	for _, a := range ballot.Answers(p.D.Spec.Method) {
		p.Answers = append(p.Answers, r.T("decision.answer."+a))
	}
	return p, nil
}

func (h *Web) poster(w http.ResponseWriter, r *web.Request) error {
	p, err := h.sheet(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if p.D.State != decision.Open {
		return fault.Clash("decision.error.state_" + string(p.D.State))
	}
	return r.Page(w, "decision/poster", p)
}
