// One round, for those who lead it.
package evaluationweb

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

type fact struct{ Term, Text, Href string }

// heard is what phones wrote to one question, in an order that says nothing.
type heard struct {
	Title string
	Said  []string
}

type promiseLine struct {
	Who, What, Due string
	Late           bool
}

// typed is what stands in the form for the room.
type typed struct {
	Felt, Worked, Change, Reaction, Learned string
	Saw, Power                              []Option
	Version                                 int64
}

type onePage struct {
	ID, Title, Kind, When, About, Owner, Due string
	State                                    pill
	Open, Reading, Done, Late                bool
	Phones                                   int // answers so far, or those that were read
	Few                                      bool
	Words                                    []string // without counts
	SVG                                      template.HTML
	Table                                    chart.Table
	Heard                                    []heard
	Saw                                      []string
	Shift                                    string // what phones say of power, in the middle
	ShiftN                                   int
	Form                                     typed
	Facts                                    []fact
	Here                                     []Option
	Grew                                     []string
	Promises                                 []promiseLine
	Who                                      []Option
	Next, Day                                string
	DoneText                                 string
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "evaluation/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	l, z := r.Localizer(), r.Zone()
	p = onePage{ID: x.ID, Title: title(r, x.Round), Kind: r.T("evaluation.kind." + string(x.Kind)), When: l.LongDate(x.At, z) + ", " + l.Clock(x.At, z), Owner: h.owner(r, x.Round),
		Due: l.DateTime(x.Due.In(z)), State: state(r, x.Round), Open: x.State == evaluation.Open, Reading: x.State == evaluation.Reading,
		Done: x.State == evaluation.Done, Late: x.Late(r.Now()), Phones: x.Heard + x.Phones.N, Few: x.Phones.Few && x.Phones.N > 0, Day: r.Now().In(z).AddDate(0, 0, 7).Format(time.DateOnly)}
	if h.o.About != nil {
		p.About = h.o.About(r.Actor, x.Ref)
	}
	if p.Done {
		if p.DoneText = r.T("evaluation.done_text", "When", l.DateTime(x.DoneAt.In(z)), "Count", x.WithinH); x.WithinH == 0 {
			p.DoneText = r.T("evaluation.done_soon", "When", l.DateTime(x.DoneAt.In(z)))
		}
	}
	h.words(r, x.Round, &p)
	if p.Done {
		h.facts(r, x.Round, &p)
	} else {
		p.Form = formOf(r, x.Round)
	}
	return p, h.people(r, x, &p)
}

// words is what was said, as a picture when it may be counted.
func (h *Web) words(r *web.Request, x evaluation.Round, p *onePage) {
	l := r.Localizer()
	counted, beside := x.Feelings()
	if len(counted) > 0 {
		c := chart.Chart{ID: "felt", Title: r.T("evaluation.felt"), Description: r.T("evaluation.felt_text"), RTL: l.Dir() == "rtl", Corner: r.T("evaluation.word"), Hidden: r.T("common.hidden"),
			Number: func(v float64) string { return l.Number(int(v)) }, Series: []chart.Series{{Name: r.T("evaluation.said_by")}}}
		for _, f := range counted[:min(len(counted), 12)] {
			c.Categories = append(c.Categories, word(r, f))
			c.Series[0].Values = append(c.Series[0].Values, chart.Value{N: float64(f.N)})
		}
		p.SVG, p.Table = chart.Bars(c), c.Table()
	}
	for _, f := range beside {
		p.Words = append(p.Words, word(r, f))
	}
	slices.Sort(p.Words)
	for _, q := range []struct {
		key  string
		said []string
	}{{"worked", x.Phones.Worked}, {"change", x.Phones.Change}, {"reaction", x.Phones.Reaction}, {"learned", x.Phones.Learned}, {"next", x.Phones.Next}} {
		if len(q.said) > 0 {
			p.Heard = append(p.Heard, heard{r.T("evaluation.heard." + q.key), q.said})
		}
	}
	for _, code := range evaluation.Reactions() {
		if n := x.Phones.Saw[code]; n > 0 {
			p.Saw = append(p.Saw, r.T(saw(x.Kind)+code)+": "+l.Number(n))
		}
	}
	if p.ShiftN = x.Phones.PowerN; p.ShiftN > 0 {
		p.Shift = r.T("evaluation.power." + shiftKey(x.Phones.Power))
	}
}

// facts is what was written for the room, once the round is done.
func (h *Web) facts(r *web.Request, x evaluation.Round, p *onePage) {
	add := func(key, text string) {
		if text != "" {
			p.Facts = append(p.Facts, fact{Term: r.T("evaluation.heard." + key), Text: text})
		}
	}
	add("worked", x.Worked)
	add("change", x.Change)
	var seen []string
	for _, code := range x.Saw {
		seen = append(seen, r.T(saw(x.Kind)+code))
	}
	add("saw", r.Localizer().List(seen))
	add("reaction", x.Reaction)
	if x.Power != nil {
		add("power", r.T("evaluation.power."+shiftKey(*x.Power)))
	}
	add("learned", x.Learned)
}

func formOf(r *web.Request, x evaluation.Round) typed {
	var felt []string
	for _, f := range x.Felt {
		felt = append(felt, word(r, f)+" "+strconv.Itoa(f.N))
	}
	return typed{Felt: strings.Join(felt, ", "), Worked: x.Worked, Change: x.Change, Reaction: x.Reaction, Learned: x.Learned, Version: x.Version,
		Saw: options(r, evaluation.Reactions(), saw(x.Kind), x.Saw...), Power: shifts(r, x.Power)}
}

// people is who was there, who grew, and what is promised.
func (h *Web) people(r *web.Request, x evaluation.Full, p *onePage) error {
	here, err := h.s.Here(r.Context(), r.Actor, x.ID)
	if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		return err
	}
	names := map[string]string{}
	for _, o := range here {
		names[o.ID] = o.Name
		p.Here = append(p.Here, Option{Value: o.ID, Label: o.Name, Checked: slices.Contains(x.Grew, o.ID)})
		if slices.Contains(x.Grew, o.ID) {
			p.Grew = append(p.Grew, o.Name)
		}
	}
	byLabel := func(a, b Option) int { return strings.Compare(a.Label+a.Value, b.Label+b.Value) }
	slices.SortFunc(p.Here, byLabel)
	slices.Sort(p.Grew)
	p.Who = append([]Option{{Value: evaluation.Me, Label: r.T("evaluation.me")}}, p.Here...)
	for i := range p.Who {
		p.Who[i].Checked = false
	}
	list, err := h.s.Promises(r.Context(), r.Actor, x.Round)
	if err != nil {
		return err
	}
	for _, c := range list {
		p.Promises = append(p.Promises, promiseLine{Who: h.who(r, c, names), What: c.What, Due: r.Localizer().Date(c.Due.In(r.Zone())), Late: c.Late(r.Now())})
	}
	return nil
}

// who is whoever promised, when they may be named here.
func (h *Web) who(r *web.Request, c people.Commitment, names map[string]string) string {
	switch {
	case c.Account != "" && c.Account == r.Actor.Account:
		return r.T("evaluation.me")
	case c.Account != "" && h.o.Name != nil:
		return h.o.Name(r.Context(), r.Actor.Org, c.Account)
	}
	return names[c.Person]
}

// act runs one of the acts of the page.
func (h *Web) act(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, which, key := r.Context(), r.PathValue("id"), r.Key()
	in, bad := writeIn(r)
	next, badNext := r.Guarded("next")
	flash, to := "evaluation.flash.saved", ""
	switch act := r.Form("act"); {
	case act == "write" && len(bad) > 0:
		err = fault.Wrong(bad...)
	case act == "write":
		in.Key, to = key, "#room"
		err = h.s.Write(ctx, r.Actor, which, in)
	case act == "read":
		flash, to, err = "evaluation.flash.read", "#heard", h.s.Read(ctx, r.Actor, which, key)
	case act == "grew":
		to, err = "#grew", h.s.Grew(ctx, r.Actor, which, r.FormAll("grew"), key)
	case act == "promise" && len(badNext) > 0:
		err = fault.Wrong(badNext...)
	case act == "promise":
		due, e := time.ParseInLocation(time.DateOnly, r.Form("due"), r.Zone())
		if e == nil {
			due = due.Add(20 * time.Hour) // the evening of that day
		}
		flash, to = "evaluation.flash.promised", "#next"
		err = h.s.Promise(ctx, r.Actor, which, evaluation.PromiseIn{Who: r.Form("who"), What: next, Due: due, Key: key})
		err = renamed(err, "what", "next")
	case act == "finish":
		flash, err = "evaluation.flash.done", h.s.Finish(ctx, r.Actor, which, key)
	default:
		if _, gone := h.s.Get(ctx, r.Actor, which); gone != nil {
			return gone
		}
		err = fault.New(fault.Invalid, "fault.form")
	}
	if err == nil {
		return r.RedirectWith(w, "/evaluations/"+which+to, flash)
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	switch r.Form("act") {
	case "write":
		k := evaluation.Kind("")
		if x, e := h.s.Get(ctx, r.Actor, which); e == nil {
			k = x.Kind
		}
		p.Form = typed{Felt: in.Felt, Worked: in.Worked, Change: in.Change, Reaction: in.Reaction, Learned: in.Learned, Version: p.Form.Version,
			Saw: options(r, evaluation.Reactions(), saw(k), in.Saw...), Power: shifts(r, in.Power)}
	case "promise":
		p.Next, p.Day = next, r.Form("due")
		for i := range p.Who {
			p.Who[i].Checked = p.Who[i].Value == r.Form("who")
		}
	}
	return r.Fail(w, "evaluation/one", p, err)
}

// writeIn is the form for the room, and what it must not say.
func writeIn(r *web.Request) (in evaluation.WriteIn, bad []fault.Field) {
	in = evaluation.WriteIn{Saw: r.FormAll("saw"), Power: shiftOf(r.Form("power"))}
	in.Version, _ = strconv.ParseInt(r.Form("version"), 10, 64)
	for _, x := range []struct {
		name string
		to   *string
	}{{"felt", &in.Felt}, {"worked", &in.Worked}, {"change", &in.Change}, {"reaction", &in.Reaction}, {"learned", &in.Learned}} {
		text, wrong := r.GuardedText(x.name, strings.TrimSpace(r.FormValue(x.name)))
		*x.to, bad = text, append(bad, wrong...)
	}
	return in, bad
}

// renamed points a core's mistake at the form's own field.
func renamed(err error, from, to string) error {
	fields := slices.Clone(fault.FieldsOf(err))
	if len(fields) == 0 {
		return err
	}
	for i := range fields {
		if fields[i].Name == from {
			fields[i].Name = to
		}
	}
	return fault.Because(fault.Wrong(fields...), err)
}

type screenPage struct {
	ID, Address, Kind, Lang string
	QR                      template.HTML
	Languages               []i18n.Language
}

// screen is the code for the room: on a wall, on a tablet that goes round, on paper.
func (h *Web) screen(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if x.Link == "" {
		return fault.Clash("evaluation.error.state_" + string(x.State))
	}
	p := screenPage{ID: x.ID, Address: r.Base() + "/e/" + x.Link, Lang: r.Locale, Kind: r.T("evaluation.kind." + string(x.Kind)), Languages: others(r)}
	code, err := qr.SVG(p.Address, r.T("evaluation.screen.scan"))
	if err != nil {
		return err
	}
	p.QR = template.HTML(code)
	return r.Page(w, "evaluation/screen", p)
}

type paperPage struct {
	ID, Kind    string
	Feelings    []string
	Saw, Shifts []Option
	Others      bool
	Languages   []i18n.Language
}

// paper is the questions for those who would rather write by hand.
func (h *Web) paper(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := paperPage{ID: x.ID, Kind: r.T("evaluation.kind." + string(x.Kind)), Saw: options(r, evaluation.Reactions(), saw(x.Kind)), Shifts: shifts(r, nil), Others: x.Kind.Others(), Languages: others(r)}
	for _, code := range evaluation.Feelings() {
		p.Feelings = append(p.Feelings, r.T("evaluation.feeling."+code))
	}
	return r.Page(w, "evaluation/paper", p)
}

func others(r *web.Request) (out []i18n.Language) {
	for _, l := range i18n.Languages() {
		if l.Code != r.Locale {
			out = append(out, l)
		}
	}
	return out
}
