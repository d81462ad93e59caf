// What anybody may see: the list, a group's page, a programme's page, the card and its code.

package directoryweb

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/qr"
	"seedbed/internal/platform/web"
)

// Card is what the design system's card shows.
type Card struct {
	Href, Title, For, Text string
	Level                  int
	Badge                  *Badge
	Why, Meta              []string
}

// Chosen is the filter as it stands in the form.
type Chosen struct {
	Q, Topic, Language, Day, Online, Access, Childcare string
	Topics, Languages, Days, Features                  []Option
	Any                                                bool
}

// listPage is the data of the public list.
type listPage struct {
	F         Chosen
	Groups    []Card
	Gives     []Card
	Total     int
	First     string
	Next      string
	Map       string
	NoneAtAll bool
	MoreGives string // where the rest of what people can get is
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	f, chosen, err := h.filter(r)
	if err != nil {
		return err
	}
	page, err := h.s.List(r.Context(), r.Actor, f, r.Form("after"))
	if err != nil {
		return err
	}
	say := directory.Say{L: r.Localizer()}
	d := listPage{F: chosen, Total: page.Total, Map: withFilter("/map", chosen, "")}
	for _, v := range page.Items {
		d.Groups = append(d.Groups, groupCard(say, v, r))
	}
	if !page.First {
		d.First = withFilter("/groups", chosen, "")
	}
	if page.Next != "" {
		d.Next = withFilter("/groups", chosen, page.Next)
	}
	if page.First {
		gives, err := h.s.ProgrammePage(r.Context(), r.Actor, f, "")
		if err != nil {
			return err
		}
		for _, p := range gives.Items[:min(givesShown, len(gives.Items))] {
			d.Gives = append(d.Gives, programmeCard(say, p))
		}
		if gives.Total > givesShown {
			d.MoreGives = withFilter("/services", chosen, "")
		}
	}
	d.NoneAtAll = page.Total == 0 && !chosen.Any
	return r.Page(w, "directory/list", d)
}

// filter reads the filter of the list and the map from the address. What is not on a list counts as not chosen.
func (h *Web) filter(r *web.Request) (f directory.Filter, c Chosen, err error) {
	languages, err := h.s.Languages(r.Context(), r.Actor)
	if err != nil {
		return f, c, err
	}
	l := r.Localizer()
	c.Q = clip(r.Form("q"), 80)
	f.Words = c.Q
	if t := directory.Topic(r.Form("topic")); t.Valid() {
		f.Topic, c.Topic = t, string(t)
	}
	if v := r.Form("language"); slices.Contains(languages, v) {
		f.Language, c.Language = v, v
	}
	if v, ok := r.FormInt("day"); ok && v >= 0 && v <= 6 {
		f.Day, c.Day = v+1, strconv.Itoa(v)
	}
	if r.Form("online") != "" {
		f.Online, c.Online = true, "yes"
	}
	if r.Form("childcare") != "" {
		f.Childcare, c.Childcare = true, "yes"
	}
	if v := directory.AccessFeature(r.Form("access")); slices.Contains(directory.AccessFeatures(), v) {
		f.Access, c.Access = []directory.AccessFeature{v}, string(v)
	}
	c.Any = c.Q != "" || c.Topic != "" || c.Language != "" || c.Day != "" || f.Online || f.Childcare || c.Access != ""
	c.Topics = topicOptions(l, nil)
	for _, code := range languages {
		c.Languages = append(c.Languages, Option{Value: code, Label: l.LanguageName(code)})
	}
	c.Days = dayOptions(l)
	for _, a := range directory.AccessFeatures() {
		c.Features = append(c.Features, Option{Value: string(a), Label: l.T("directory.access." + string(a))})
	}
	return f, c, nil
}

func clip(s string, most int) string {
	if all := []rune(s); len(all) > most {
		return string(all[:most])
	}
	return s
}

// withFilter is an address with the filter and the place in the list.
func withFilter(path string, c Chosen, after string) string {
	q := url.Values{}
	for _, p := range [][2]string{{"q", c.Q}, {"topic", c.Topic}, {"language", c.Language}, {"day", c.Day}, {"online", c.Online},
		{"access", c.Access}, {"childcare", c.Childcare}, {"after", after}} {
		if p[1] != "" {
			q.Set(p[0], p[1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func topicOptions(l *i18n.Localizer, chosen []string) (list []Option) {
	for _, t := range directory.Topics() {
		list = append(list, Option{Value: string(t), Label: l.T(t.Key()), Words: l.T(t.WordsKey()), Checked: slices.Contains(chosen, string(t))})
	}
	return list
}

func dayOptions(l *i18n.Localizer) (list []Option) {
	for i := range 7 {
		d := (i + 1) % 7 // Monday first
		list = append(list, Option{Value: strconv.Itoa(d), Label: l.T("common.weekday." + strconv.Itoa(d))})
	}
	return list
}

func groupCard(say directory.Say, v directory.View, r *web.Request) Card {
	c := Card{Href: "/groups/" + v.ID, Title: v.Name, For: "change", Text: v.Words.WhatMembersDo, Level: 3,
		Meta: append(say.Rhythm(v.Rhythm), say.Place(v.Place, v.Online), say.Languages(v.Languages))}
	if v.Childcare {
		c.Meta = append(c.Meta, say.L.T("directory.childcare.yes"))
	}
	c.Meta = append(c.Meta, say.Checked(v.CheckedOn, r.Now()))
	c.Meta = slices.DeleteFunc(c.Meta, func(s string) bool { return s == "" })
	c.Badge = welcomeBadge(say, v)
	return c
}

func welcomeBadge(say directory.Say, v directory.View) *Badge {
	switch {
	case v.Stale:
		return &Badge{Kind: "late", Label: say.L.T("directory.checked.old")}
	case v.Welcoming == directory.Yes:
		return &Badge{Kind: "ok", Label: say.Welcome(v.Welcoming)}
	case v.Welcoming == directory.No:
		return &Badge{Kind: "wait", Label: say.Welcome(v.Welcoming)}
	}
	return nil
}

func programmeCard(say directory.Say, p directory.ProgrammeView) Card {
	meta := append(say.Rhythm(p.Schedule), say.Place(p.Place, p.Online), say.Languages(p.Languages), say.Cost(p.Cost))
	return Card{Href: "/programmes/" + p.ID, Title: p.Name, For: "get", Text: p.Words.WhatMembersDo, Level: 3,
		Meta: slices.DeleteFunc(meta, func(s string) bool { return s == "" })}
}

// groupPage is the data of a group's page; Gives turns it into a programme's.
type groupPage struct {
	ID, Name, Host, Kind string
	Words                directory.Words
	WordsLang, WordsDir  string
	Foreign              bool // the words are in another language than the page
	Badge                *Badge
	Checked              string
	Rhythm, Next         []string
	Facts                []Fact
	Phone                template.URL
	PhoneText            string
	Email, URL           string
	Evidence, Safety     []string
	QR                   template.HTML
	Address              string
	Card                 string
	Manage               string
	Gives                bool
	Visits               bool
}

func (h *Web) group(w http.ResponseWriter, r *web.Request) error {
	v, err := h.s.Show(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	say := directory.Say{L: r.Localizer()}
	d := groupPage{ID: v.ID, Name: v.Name, Host: v.Host, Kind: say.Kind(v.Kind), Words: v.Words, WordsLang: v.WordsLang, WordsDir: i18n.Dir(v.WordsLang),
		Foreign: v.WordsLang != "" && v.WordsLang != r.Locale, Badge: welcomeBadge(say, v), Checked: say.Checked(v.CheckedOn, r.Now()),
		Rhythm: say.Rhythm(v.Rhythm), Evidence: say.Evidence(v.MembersDecide, v.ActsOnCauses), Safety: say.Safety(v.Safety),
		Address: r.Base() + "/groups/" + v.ID, Card: "/groups/" + v.ID + "/card"}
	for _, at := range v.Next {
		d.Next = append(d.Next, say.Next(at, r.Zone()))
	}
	d.Facts = []Fact{
		{Term: r.T("directory.fact.topics"), Text: say.Topics(v.Topics)},
		{Term: r.T("directory.fact.for_whom"), Text: v.Words.ForWhom},
		{Term: r.T("directory.fact.place"), Text: say.Place(v.Place, v.Online)},
		{Term: r.T("directory.fact.languages"), Text: say.Languages(v.Languages)},
		{Term: r.T("directory.fact.access"), Text: say.Access(v.Access)},
		{Term: r.T("directory.fact.childcare"), Text: yesNo(r, v.Childcare, "directory.childcare.yes", "directory.childcare.no")},
		{Term: r.T("directory.fact.cost"), Text: say.Cost(v.Cost)},
		{Term: r.T("directory.fact.tie"), Text: say.Tie(v.Tie)},
	}
	d.reach(say, v.Contact)
	if _, err := h.s.Get(r.Context(), r.Actor, v.ID); err == nil && (r.Actor.Has("navigator") || r.Actor.Has("organizer") || r.Actor.Has("admin") || r.Actor.Group == v.ID) {
		d.Manage = "/directory/" + v.ID
	}
	if d.QR, err = code(d.Address, r.T("directory.qr.alt")); err != nil {
		return err
	}
	return r.Page(w, "directory/group", d)
}

func yesNo(r *web.Request, v bool, yes, no string) string {
	if v {
		return r.T(yes)
	}
	return r.T(no)
}

func (d *groupPage) reach(say directory.Say, c directory.PublicContact) {
	// The isolates keep a number in one piece between words that run from right to left.
	d.PhoneText, d.Email, d.URL = "\u2066"+say.Phone(c.Phone)+"\u2069", c.Email, c.URL
	if digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, c.Phone); digits != "" {
		plus := ""
		if strings.HasPrefix(c.Phone, "+") {
			plus = "+"
		}
		d.Phone = template.URL("tel:" + plus + digits)
	}
}

func code(address, title string) (template.HTML, error) {
	svg, err := qr.SVG(address, title)
	return template.HTML(svg), err // drawn by us; the title is escaped there
}

func (h *Web) programme(w http.ResponseWriter, r *web.Request) error {
	p, err := h.s.Programme(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	say := directory.Say{L: r.Localizer()}
	v := p.View(r.Locale, r.Now(), r.Zone())
	d := groupPage{ID: v.ID, Name: v.Name, Host: v.Host, Words: v.Words, WordsLang: v.WordsLang, WordsDir: i18n.Dir(v.WordsLang),
		Foreign: v.WordsLang != "" && v.WordsLang != r.Locale, Rhythm: say.Rhythm(v.Schedule), Gives: true, Visits: v.Visits,
		Address: r.Base() + "/programmes/" + v.ID}
	for _, at := range v.Next {
		d.Next = append(d.Next, say.Next(at, r.Zone()))
	}
	room := ""
	if v.Capacity > 0 {
		room = r.T("directory.capacity", "Count", v.Capacity)
	}
	d.Facts = []Fact{
		{Term: r.T("directory.fact.topics"), Text: say.Topics(v.Topics)},
		{Term: r.T("directory.fact.for_whom"), Text: v.Words.ForWhom},
		{Term: r.T("directory.fact.place"), Text: say.Place(v.Place, v.Online)},
		{Term: r.T("directory.fact.languages"), Text: say.Languages(v.Languages)},
		{Term: r.T("directory.fact.access"), Text: say.Access(v.Access)},
		{Term: r.T("directory.fact.cost"), Text: say.Cost(v.Cost)},
		{Term: r.T("directory.fact.capacity"), Text: room},
	}
	d.reach(say, v.Contact)
	if d.QR, err = code(d.Address, r.T("directory.qr.alt")); err != nil {
		return err
	}
	return r.Page(w, "directory/group", d)
}

// cardPage is the data of the printed card.
type cardPage struct {
	Name, What, WhatLang, WhatDir string
	Rhythm, Next                  []string
	Place, Languages, Childcare   string
	Cost, Phone, Email            string
	QR                            template.HTML
	Address, Short                string
	Copies                        []int
}

func (h *Web) card(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Card(r.Context(), r.Actor, r.PathValue("id"), r.Locale)
	if err != nil {
		return err
	}
	say := directory.Say{L: r.Localizer()}
	d := cardPage{Name: c.Name, What: c.What, WhatLang: c.WhatLang, WhatDir: i18n.Dir(c.WhatLang), Rhythm: say.Rhythm(c.Rhythm),
		Place: say.Place(c.Place, c.Online), Cost: say.Cost(c.Cost), Phone: say.Phone(c.Contact.Phone), Email: c.Contact.Email, Copies: []int{1}}
	if n, ok := r.FormInt("copies"); ok && n > 1 && n <= 8 {
		d.Copies = make([]int, n)
	}
	if len(c.Languages) > 0 {
		d.Languages = r.T("directory.card.languages", "Languages", say.Languages(c.Languages))
	}
	if c.Childcare {
		d.Childcare = r.T("directory.childcare.yes")
	}
	for _, at := range c.Next {
		d.Next = append(d.Next, say.Next(at, r.Zone()))
	}
	if c.Listed {
		d.Address = r.Base() + "/groups/" + c.ID
		// The whole address is in the code. Nobody types an id: in print stands the list, where the name can be searched.
		d.Short = strings.TrimPrefix(strings.TrimPrefix(r.Base(), "https://"), "http://") + "/groups"
		if d.QR, err = code(d.Address, r.T("directory.qr.alt")); err != nil {
			return err
		}
		if !directory.NeutralAddress(d.Short) {
			d.Address = "" // a telling domain stays inside the code
		}
	}
	return r.Page(w, "directory/card", d)
}

// qr is the code of a public page as a picture file.
func (h *Web) qr(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Card(r.Context(), r.Actor, r.PathValue("id"), r.Locale)
	if err != nil {
		return err
	}
	if !c.Listed {
		return fault.Missing("an unlisted group has no public address")
	}
	svg, err := qr.SVG(r.Base()+"/groups/"+c.ID, r.T("directory.qr.alt"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	_, err = w.Write([]byte(svg))
	return err
}
