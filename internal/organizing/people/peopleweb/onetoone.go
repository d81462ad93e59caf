// One-to-ones: the guide, the two-minute form afterwards (also without a line),
// and one conversation for those who may read it.

package peopleweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) oneRoutes() []web.Route {
	meet, met := need("encounter", access.Create), need("encounter", access.Read)
	log := route(web.Staff, "POST", "/one-to-ones", meet, h.oneLog)
	log.Outbox = true
	change := route(web.Staff, "POST", "/one-to-ones/edit/{id}", need("encounter", access.Update), h.oneChange)
	change.Outbox = true
	return []web.Route{
		route(web.Staff, "GET", "/one-to-ones/new", meet, h.onePage), route(web.Staff, "POST", "/one-to-ones/new", meet, h.oneAgain), log,
		route(web.Print, "GET", "/one-to-ones/guide", meet, h.guide),
		route(web.Staff, "GET", "/one-to-ones/{id}", met, h.one),
		route(web.Staff, "GET", "/one-to-ones/edit/{id}", need("encounter", access.Update), h.oneEdit), change,
	}
}

// guideParts are the parts of a conversation of half an hour, with their minutes.
var guideParts = []struct {
	Name    string
	Minutes int
}{{"purpose", 3}, {"explore", 12}, {"connect", 8}, {"story", 4}, {"commit", 3}}

func (h *Web) guide(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "people/guide", guideParts)
}

// oneForm is the form as typed.
type oneForm struct {
	Person, Name, Purpose, Day, Date, Minutes, Place, Heard, Energy, Who, Agreed, Due, Suggested, Readers string
	Pressures, Gifts, Knows                                                                               []string
	Remind                                                                                                bool
}

// oneFields are the names of the form's fields, in the order of the form.
func (f *oneForm) each(visit func(name string, one *string, many *[]string)) {
	for name, p := range map[string]*string{"person": &f.Person, "name": &f.Name, "purpose": &f.Purpose, "day": &f.Day, "date": &f.Date, "minutes": &f.Minutes, "place": &f.Place, "heard": &f.Heard,
		"energy": &f.Energy, "who": &f.Who, "agreed": &f.Agreed, "due": &f.Due, "suggested": &f.Suggested, "readers": &f.Readers} {
		visit(name, p, nil)
	}
	for name, p := range map[string]*[]string{"pressures": &f.Pressures, "gifts": &f.Gifts, "knows": &f.Knows} {
		visit(name, nil, p)
	}
}

func readOne(r *web.Request, prefix string) (f oneForm) {
	f.each(func(name string, one *string, many *[]string) {
		if one != nil {
			*one = r.Form(prefix + name)
		} else {
			*many = r.FormAll(prefix + name)
		}
	})
	f.Remind = r.Checked(prefix + "remind")
	return f
}

// Kept carries the form along while somebody's yes is asked.
func (f oneForm) Kept() (out []Hidden) {
	f.each(func(name string, one *string, many *[]string) {
		if one != nil && *one != "" {
			out = append(out, Hidden{"o_" + name, *one})
		}
		if many != nil {
			for _, v := range *many {
				out = append(out, Hidden{"o_" + name, v})
			}
		}
	})
	if f.Remind {
		out = append(out, Hidden{"o_remind", "yes"})
	}
	slices.SortFunc(out, func(a, b Hidden) int { return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value) })
	return out
}

// in is the form as the core takes it, with the guarded texts settled.
func (f oneForm) in(r *web.Request) (in people.OneToOneIn, bad []fault.Field) {
	heard, wrong := r.GuardedText("heard", f.Heard)
	bad = append(bad, wrong...)
	agreed, wrong := r.GuardedText("agreed", f.Agreed)
	bad = append(bad, wrong...)
	in = people.OneToOneIn{Person: f.Person, Name: f.Name, Purpose: people.Purpose(f.Purpose), At: f.at(r), Place: f.Place, Mine: f.Who == "me", Agreed: agreed, Remind: f.Remind,
		Readers: people.Readers(f.Readers), Version: r.Version(), Written: r.Written(), Key: r.Key(),
		Note: people.Note{Pressures: f.Pressures, Words: heard, Gifts: f.Gifts, Knows: f.Knows, Suggested: people.Role(f.Suggested)}}
	in.Minutes, _ = strconv.Atoi(f.Minutes)
	in.Note.Energy, _ = strconv.Atoi(f.Energy)
	if t, err := time.ParseInLocation(time.DateOnly, f.Due, r.Zone()); err == nil {
		in.Due = t.Add(18 * time.Hour)
	}
	return in, bad
}

// at is the day of the conversation; "today" is the day on which the form was
// filled in, also when it is sent later.
func (f oneForm) at(r *web.Request) time.Time {
	day := r.Written().In(r.Zone())
	switch f.Day {
	case "today":
		return day
	case "yesterday":
		return day.AddDate(0, 0, -1)
	}
	t, err := time.ParseInLocation(time.DateOnly, f.Date, r.Zone())
	if err != nil {
		return time.Time{}
	}
	return t.Add(12 * time.Hour)
}

type onePage struct {
	Form                                                          oneForm
	ID                                                            string // of a change
	Version                                                       int64
	Fixed                                                         string // the person's name, when they are chosen
	Found                                                         []Option
	Nobody                                                        bool
	Purposes, Days, Places, Pressures, Gifts, Knows, Energy, Whos []Option
	Suggested, Readers                                            []Option
	Kept                                                          []Hidden
}

func (h *Web) oneForm(r *web.Request, f oneForm) (p onePage, err error) {
	if f.Day == "" && f.Date == "" {
		f.Day = "today"
	}
	if f.Readers == "" {
		f.Readers = string(people.OnlyMe)
	}
	if f.Who == "" {
		f.Who = "them"
	}
	if f.Minutes == "" {
		f.Minutes = "30"
	}
	p = onePage{Form: f, Kept: f.Kept()}
	if f.Person != "" {
		rec, err := h.s.Get(r.Context(), r.Actor, f.Person)
		if err != nil {
			return p, err
		}
		p.Fixed = rec.Profile.CalledName
	}
	places, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, i := range places {
		if !i.Closed || slices.Contains(f.Knows, i.ID) {
			p.Knows = append(p.Knows, Option{Value: i.ID, Label: i.Name, Checked: slices.Contains(f.Knows, i.ID)})
		}
	}
	for _, v := range people.Purposes() {
		p.Purposes = append(p.Purposes, Option{Value: string(v), Label: r.T("people.purpose.name." + string(v)), Hint: r.T("people.purpose." + string(v)), Checked: f.Purpose == string(v)})
	}
	p.Days = options(r, []string{"today", "yesterday", "other"}, "people.one.day.", f.Day)
	p.Places = options(r, people.Places(), "people.place.", f.Place)
	p.Pressures = options(r, people.Pressures(), "people.pressure.", f.Pressures...)
	p.Gifts = options(r, people.Gifts(), "people.gift.", f.Gifts...)
	p.Energy = options(r, []string{"1", "2", "3"}, "people.energy.", f.Energy)
	p.Whos = options(r, []string{"them", "me"}, "people.one.who.", f.Who)
	p.Suggested = options(r, texts(people.NextRoles()), "people.next_role.", f.Suggested)
	p.Readers = options(r, texts(people.ReaderChoices()), "people.readers.", f.Readers)
	return p, nil
}

func (h *Web) onePage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.oneForm(r, oneForm{Person: r.Form("person")})
	if err != nil {
		return err
	}
	if p.Form.Person == "" {
		r.KeepOffline(w) // an empty form and lists: nobody is named on it
	}
	return r.Page(w, "people/one_new", p)
}

// oneAgain is the form with everything typed, after somebody's yes was asked.
func (h *Web) oneAgain(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := readOne(r, "o_")
	f.Person = r.Form("person")
	p, err := h.oneForm(r, f)
	if err != nil {
		return err
	}
	return r.Page(w, "people/one_new", p)
}

func (h *Web) oneLog(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := readOne(r, "")
	in, bad := f.in(r)
	var err error
	if len(bad) > 0 {
		err = fault.Wrong(bad...)
	} else {
		_, err = h.s.LogOneToOne(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.oneFail(w, r, f, err)
	}
	return r.RedirectWith(w, "/today", "people.flash.one_saved")
}

// oneFail shows the form again. When nobody of that name is here, it leads to
// asking for their yes; when there are several, they are shown to choose from.
func (h *Web) oneFail(w http.ResponseWriter, r *web.Request, f oneForm, err error) error {
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
		return err
	}
	p, e := h.oneForm(r, f)
	if e != nil {
		return e
	}
	for _, b := range fault.FieldsOf(err) {
		switch b.Key {
		case "people.error.nobody":
			p.Nobody = true
		case "people.error.several":
			found, e := h.s.Called(r.Context(), r.Actor, f.Name)
			if e != nil {
				return e
			}
			for _, c := range found {
				p.Found = append(p.Found, Option{Value: c.ID, Label: c.Name, Hint: r.T("people.next.last", "Ago", r.Localizer().Ago(c.Last, r.Now(), r.Zone()))})
			}
		}
	}
	return r.Fail(w, "people/one_new", p, err)
}

// formOfSaid fills the form with what is stored.
func formOfSaid(r *web.Request, v people.Said) oneForm {
	f := oneForm{Person: v.Person, Purpose: string(v.Purpose), Day: "other", Date: v.At.In(r.Zone()).Format(time.DateOnly), Minutes: strconv.Itoa(v.Minutes), Place: v.Place,
		Pressures: v.Note.Pressures, Heard: v.Note.Words, Gifts: v.Note.Gifts, Knows: v.Note.Knows, Suggested: string(v.Note.Suggested), Readers: string(v.Readers)}
	if v.Note.Energy > 0 {
		f.Energy = strconv.Itoa(v.Note.Energy)
	}
	if a := v.Agreed; a != nil && a.State == people.Open {
		f.Agreed, f.Due, f.Remind = a.What, a.Due.In(r.Zone()).Format(time.DateOnly), a.Remind
		if a.Account != "" {
			f.Who = "me"
		}
	}
	return f
}

func (h *Web) oneEdit(w http.ResponseWriter, r *web.Request) error {
	v, err := h.s.OneToOneOf(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !v.Mine {
		return fault.Missing("another's one-to-one")
	}
	p, err := h.oneForm(r, formOfSaid(r, v))
	if err != nil {
		return err
	}
	p.ID, p.Version = v.ID, v.Version
	return r.Page(w, "people/one_new", p)
}

func (h *Web) oneChange(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f, which := readOne(r, ""), r.PathValue("id")
	in, bad := f.in(r)
	var err error
	if len(bad) > 0 {
		err = fault.Wrong(bad...)
	} else {
		err = h.s.ChangeOneToOne(r.Context(), r.Actor, which, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/one-to-ones/"+url.PathEscape(which), "people.flash.one_saved")
	}
	if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
		return err
	}
	now, e := h.s.OneToOneOf(r.Context(), r.Actor, which)
	if e != nil {
		return e
	}
	f.Person = now.Person
	p, e := h.oneForm(r, f)
	if e != nil {
		return e
	}
	p.ID, p.Version = which, now.Version
	if fault.IsStale(err) {
		return r.Stale(w, "people/one_new", p, now.Version, h.theirs(r, now))
	}
	return r.Fail(w, "people/one_new", p, err)
}

// theirs is what is stored now, beside what was typed.
func (h *Web) theirs(r *web.Request, v people.Said) (out []web.Theirs) {
	add := func(name, key, value string) {
		if value != "" {
			out = append(out, web.Theirs{Name: name, Label: r.T(key), Value: value})
		}
	}
	l := r.Localizer()
	add("date", "people.one.date", l.Date(v.At.In(r.Zone())))
	add("heard", "people.one.heard", v.Note.Words)
	add("pressures", "people.one.pressures", listed(l, "people.pressure.", v.Note.Pressures))
	add("gifts", "people.one.gifts", listed(l, "people.gift.", v.Note.Gifts))
	if v.Agreed != nil {
		add("agreed", "people.one.agreed", v.Agreed.What)
	}
	return out
}

type saidPage struct {
	ID, Person, Name string
	Facts            []Fact
	Heard            string
	Mine             bool
	Readers          string
}

// said lists a note in words.
func said(r *web.Request, v people.Said, places []people.Institution) (out []Fact) {
	l := r.Localizer()
	add := func(key, text string) { out = append(out, Fact{Term: r.T(key), Text: text}) }
	add("people.one.date", l.Date(v.At.In(r.Zone())))
	add("people.one.purpose", r.T("people.purpose.name."+string(v.Purpose)))
	add("people.one.minutes", r.T("people.minutes", "Count", v.Minutes))
	add("people.one.place", r.T("people.place."+v.Place))
	add("people.one.pressures", listed(l, "people.pressure.", v.Note.Pressures))
	add("people.one.gifts", listed(l, "people.gift.", v.Note.Gifts))
	add("people.one.knows", l.List(names(places, v.Note.Knows)))
	if v.Note.Energy > 0 {
		add("people.one.energy", r.T("people.energy."+strconv.Itoa(v.Note.Energy)))
	}
	if v.Note.Suggested != "" {
		add("people.one.suggested", r.T("people.next_role."+string(v.Note.Suggested)))
	}
	if v.Agreed != nil {
		add("people.one.agreed", v.Agreed.What)
		add("people.one.due", l.Date(v.Agreed.Due.In(r.Zone())))
	}
	return out
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	v, err := h.s.OneToOneOf(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := saidPage{ID: v.ID, Person: v.Person, Heard: v.Note.Words, Mine: v.Mine, Readers: r.T("people.readers." + string(v.Readers))}
	if card, err := h.s.Names(r.Context(), r.Actor, []string{v.Person}); err != nil {
		return err
	} else if c, ok := card[v.Person]; ok {
		p.Name = c.Name
	}
	places, err := h.s.Institutions(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p.Facts = said(r, v, places)
	return r.Page(w, "people/one", p)
}
