// People in public office: the list, one of them, and the form.
package powerweb

import (
	"net/http"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/power"
	"seedbed/internal/platform/web"
)

// lookAgain is after how long somebody should look again where a decision-maker stands.
const lookAgain = 90 * 24 * time.Hour

type officeLine struct {
	URL, Name, Office string
	Badge             map[string]any
}

type officesPage struct {
	Tabs      []tab
	Now, Left []officeLine
	May       bool
}

func (h *Web) offices(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.All(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := officesPage{Tabs: h.tabs(r, "/power/offices"), May: may(r, create)}
	for _, o := range list {
		line := officeLine{URL: "/power/offices/" + o.ID, Name: o.Name, Office: r.T("power.office.of", "Office", o.Office, "Body", o.Body)}
		if o.State == power.Left {
			p.Left = append(p.Left, line)
			continue
		}
		if o.Ending(r.Now()) {
			line.Badge = map[string]any{"Kind": "wait", "Label": r.T("power.office.ending", "Day", short(r, o.Until)), "Icon": ""}
		}
		p.Now = append(p.Now, line)
	}
	return r.Page(w, "power/offices", p)
}

type standingLine struct {
	URL, Title, Where, Since string
	History                  []pastLine
}

type tieLine struct {
	URL, Name, Kind, Strength, Until, Office, OfficeURL string
}

type approachLine struct {
	Who, What, When, Exact, Kind, URL string
}

type officePage struct {
	ID, Name, Title        string
	Left                   string // the day
	Ending                 string
	Facts                  []Fact
	Powers, Wants, Contact []string
	Link                   string
	Before, After          *Fact
	Standings              []standingLine
	May                    bool
	Strategist             bool
	Ties                   []tieLine
	Approaches             []approachLine
	Talks                  []Option
	What, Due              string
	OpenTalk, OpenLeft     bool
	LeftDay                string
}

func (h *Web) office(w http.ResponseWriter, r *web.Request) error {
	p, err := h.officePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "power/office", p)
}

func (h *Web) officePage(r *web.Request) (p officePage, err error) {
	ctx := r.Context()
	o, err := h.s.Office(ctx, r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = officePage{ID: o.ID, Name: o.Name, Title: r.T("power.office.of", "Office", o.Office, "Body", o.Body), Powers: lines(o.Powers), Wants: lines(o.Wants), Contact: lines(o.Contact), Link: o.Link,
		May: may(r, write), LeftDay: isoDay(r, r.Now()), What: r.Form("what"), Due: r.Form("due")}
	if o.State == power.Left {
		p.Left = day(r, o.Until)
	} else if o.Ending(r.Now()) {
		p.Ending = day(r, o.Until)
	}
	p.Facts = []Fact{{Term: r.T("power.field.body_kind"), Text: r.T("power.body." + o.Kind)}, {Term: r.T("power.field.since"), Text: day(r, o.Since)}, {Term: r.T("power.field.until"), Text: day(r, o.Until)}}
	all, err := h.s.All(ctx, r.Actor)
	if err != nil {
		return p, err
	}
	for _, x := range all {
		if x.ID == o.After {
			p.Before = &Fact{Text: x.Name, Href: "/power/offices/" + x.ID}
		}
		if x.After == o.ID {
			p.After = &Fact{Text: x.Name, Href: "/power/offices/" + x.ID}
		}
	}
	standings, err := h.s.Standings(ctx, r.Actor, o.Ref())
	if err != nil {
		return p, err
	}
	for _, s := range standings {
		line := standingLine{URL: "/power/maps/" + s.Issue.ID, Title: s.Issue.Name, Where: r.T("power.influence.0"), Since: day(r, s.Now.At)}
		if s.On {
			line.Where = r.T("power.position", "Stance", stance(r, s.Now.Stance), "Influence", influence(r, s.Now.Influence))
		}
		for _, x := range s.History {
			where := r.T("power.position", "Stance", stance(r, x.Stance), "Influence", influence(r, x.Influence))
			if x.Influence == power.Off {
				where = r.T("power.influence.0")
			}
			line.History = append(line.History, pastLine{day(r, x.At), where, x.Evidence, x.Link})
		}
		p.Standings = append(p.Standings, line)
	}
	if p.Strategist, err = h.s.Strategist(ctx, r.Actor); err != nil || !p.Strategist {
		return p, err
	}
	ties, err := h.s.Ties(ctx, r.Actor, o.ID)
	if err != nil {
		return p, err
	}
	p.Talks = []Option{{Value: "", Label: r.T("power.talk.me"), Checked: r.Form("tie") == ""}}
	var holders []string
	for _, t := range ties {
		if t.Person != "" {
			holders = append(holders, t.Person)
		}
	}
	reach, err := h.people.Names(ctx, r.Actor, holders) // a leader writes down promises of those they met
	if err != nil {
		return p, err
	}
	for _, t := range ties {
		p.Ties = append(p.Ties, h.tieLine(r, t))
		if _, ok := reach[t.Person]; ok {
			p.Talks = append(p.Talks, Option{Value: t.ID, Label: t.Name, Checked: r.Form("tie") == t.ID})
		}
	}
	p.Approaches, err = h.approaches(r, o.ID)
	return p, err
}

func (h *Web) tieLine(r *web.Request, t power.Tie) tieLine {
	return tieLine{URL: "/power/ties/" + t.ID, Name: t.Name, Kind: r.T("power.tie." + t.Kind), Strength: r.T("power.strength." + strconv.Itoa(t.Strength)), Until: day(r, t.Until)}
}

// approaches is who talks to an office next.
func (h *Web) approaches(r *web.Request, office string) (out []approachLine, err error) {
	list, err := h.s.Approaches(r.Context(), r.Actor, office)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, a := range list {
		if a.Name == "" && a.Person != "" {
			ids = append(ids, a.Person)
		}
	}
	names, err := h.people.Names(r.Context(), r.Actor, ids)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		line := approachLine{Who: a.Name, What: a.What, When: r.Localizer().Ago(a.Due, r.Now(), r.Zone()), Exact: day(r, a.Due), Kind: "wait", URL: "/commitments/" + a.ID}
		switch {
		case line.Who != "":
		case a.Person != "":
			if line.Who = names[a.Person].Name; line.Who == "" {
				line.Who = r.T("power.colleague")
			}
		default:
			line.Who = h.staff(r, a.Account)
		}
		if a.Late(r.Now()) {
			line.Kind = "late"
		}
		out = append(out, line)
	}
	return out, nil
}

type officeFormPage struct {
	ID, Action, Back            string
	Name, Office, Powers, Wants string
	Contact, Link, Since, Until string
	Bodies, Kinds               []Option
	BodyName                    string
	Version                     string
	After, AfterName            string
	Twins                       []Fact
	Different                   bool
}

func (h *Web) officeForm(w http.ResponseWriter, r *web.Request) error {
	var o power.Office
	var err error
	id := r.PathValue("id")
	if id != "" {
		if o, err = h.s.Office(r.Context(), r.Actor, id); err != nil {
			return err
		}
	} else if after := r.Form("after"); after != "" {
		before, err := h.s.Office(r.Context(), r.Actor, after)
		if err != nil {
			return err
		}
		o = power.Office{After: before.ID, Office: before.Office, BodyID: before.BodyID, Powers: before.Powers, Contact: before.Contact, Link: before.Link, Since: before.Until}
	}
	p, err := h.officeFormPage(r, power.SaveIn{Office: o})
	if err != nil {
		return err
	}
	return r.Page(w, "power/officeform", p)
}

func (h *Web) officeFormPage(r *web.Request, in power.SaveIn) (p officeFormPage, err error) {
	o := in.Office
	p = officeFormPage{ID: r.PathValue("id"), Action: "/power/offices/new", Back: "/power/offices", Name: o.Name, Office: o.Office, Powers: o.Powers, Wants: o.Wants, Contact: o.Contact, Link: o.Link,
		Since: isoDay(r, o.Since), Until: isoDay(r, o.Until), BodyName: in.BodyName, Version: strconv.FormatInt(o.Version, 10), After: o.After}
	if p.ID != "" {
		p.Back = "/power/offices/" + p.ID
		p.Action = p.Back + "/edit"
	}
	bodies, err := h.s.Bodies(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, b := range bodies {
		p.Bodies = append(p.Bodies, Option{Value: b.ID, Label: b.Name, Checked: b.ID == o.BodyID})
	}
	p.Kinds = options(r, "power.body.", power.BodyKinds(), in.BodyKind)
	if o.After != "" && p.ID == "" {
		before, err := h.s.Office(r.Context(), r.Actor, o.After)
		if err != nil {
			return p, err
		}
		p.AfterName = before.Name
	}
	return p, nil
}

func (h *Web) officeSave(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var bad []fault.Field
	text := func(name string) string {
		t, more := r.GuardedText(name, r.FormValue(name))
		bad = append(bad, more...)
		return t
	}
	name, more := r.GuardedName("name")
	bad = append(bad, more...)
	version, _ := r.FormInt("version")
	in := power.SaveIn{Office: power.Office{ID: r.PathValue("id"), Name: name, Office: text("office"), BodyID: r.Form("body"), Since: typedDay(r, "since"), Until: typedDay(r, "until"), After: r.Form("after"),
		Powers: text("powers"), Wants: text("wants"), Contact: text("contact"), Link: r.Form("link"), Version: int64(version)}, BodyKind: r.Form("body_kind"), Different: r.Checked("different"), Key: r.Key()}
	in.BodyName = text("body_name")
	err := fault.Wrong(bad...)
	made := ""
	if len(bad) == 0 {
		made, err = h.s.Save(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/power/offices/"+made, "power.flash.saved")
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, e := h.officeFormPage(r, in)
	if e != nil {
		return e
	}
	for _, f := range fault.FieldsOf(err) {
		if f.Name != "different" {
			continue
		}
		twins, e := h.s.Twins(r.Context(), r.Actor, in)
		if e != nil {
			return e
		}
		for _, t := range twins {
			p.Twins = append(p.Twins, Fact{Text: title(r, t), Href: "/power/offices/" + t.ID})
		}
	}
	return r.Fail(w, "power/officeform", p, err)
}

func (h *Web) officeLeft(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := h.s.Leave(r.Context(), r.Actor, id, typedDay(r, "left"), r.Key())
	return h.officeActed(w, r, err, "power.flash.left", func(p *officePage) { p.OpenLeft, p.LeftDay = true, r.Form("left") })
}

// officeActed goes back to somebody in office, or shows them with what was wrong.
func (h *Web) officeActed(w http.ResponseWriter, r *web.Request, err error, flash string, open func(p *officePage)) error {
	if err == nil {
		return r.RedirectWith(w, "/power/offices/"+r.PathValue("id"), flash)
	}
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, e := h.officePage(r)
	if e != nil {
		return e
	}
	open(&p)
	return r.Fail(w, "power/office", p, err)
}

func (h *Web) approach(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	what, bad := r.Guarded("what")
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Approach(r.Context(), r.Actor, power.ApproachIn{Office: r.PathValue("id"), Tie: r.Form("tie"), What: what, Due: endOfDay(typedDay(r, "due")), Key: r.Key()})
	}
	return h.officeActed(w, r, err, "power.flash.approach", func(p *officePage) { p.OpenTalk, p.What = true, what })
}

// endOfDay is when a promise for a day is late.
func endOfDay(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.Add(24*time.Hour - time.Second)
}
