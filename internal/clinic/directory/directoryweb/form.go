// The form of a group: from a group to fields, and from fields back to a group.
// Fields stay as typed until the core has taken them.

package directoryweb

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
)

// textLanguages are the languages a group's words can be written in beside its own.
var textLanguages = []string{"en", "es", "vi", "ar"}

const mostMeetings = 8

// encode writes a group as form fields.
func encode(g directory.Group, h directory.Handoff) url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, value := range map[string]string{
		"name": g.Name, "card_name": g.CardName, "host": g.Host, "kind": string(g.Kind), "offer": string(g.Offer), "lang": g.Lang, "what": g.WhatMembersDo,
		"for_whom": g.ForWhom, "why": g.Why, "cost": g.Cost, "leader": g.Leader, "tie": string(g.Tie), "papers": string(g.Safety.Papers),
		"police": string(g.Safety.Police), "photos": string(g.Safety.Photos), "location": string(g.Safety.Location),
		"handoff_name": h.Name, "handoff_phone": h.Phone, "handoff_mail": h.Mail, "handoff_channel": string(h.Channel), "handoff_lang": h.Lang,
	} {
		set(name, value)
	}
	for name, on := range map[string]bool{"online": g.Online, "childcare": g.Childcare, "members_decide": g.MembersDecide, "acts": g.ActsOnCauses,
		"unlisted": g.Unlisted, "handoff_sms": h.SMS} {
		if on {
			v.Set(name, "yes")
		}
	}
	for lang, w := range g.Texts {
		set("what_"+lang, w.WhatMembersDo)
		set("for_whom_"+lang, w.ForWhom)
		set("why_"+lang, w.Why)
	}
	shared(v, g.Topics, g.Languages, g.Access, g.Rhythm, g.Place, g.Contact)
	if g.Version != 0 {
		v.Set("version", strconv.FormatInt(g.Version, 10))
	}
	return v
}

// shared writes the fields that groups and programmes have in common.
func shared(v url.Values, topics []directory.Topic, languages []string, access []directory.AccessFeature, rhythm []directory.Meeting, p directory.Place, c directory.PublicContact) {
	for _, t := range topics {
		v.Add("topics", string(t))
	}
	for _, l := range languages {
		v.Add("languages", l)
	}
	for _, a := range access {
		v.Add("access", string(a))
	}
	for i, m := range rhythm {
		n := fmt.Sprintf("m%d_", i)
		v.Set(n+"day", strconv.Itoa(int(m.Weekday)))
		v.Set(n+"start", directory.Clock(m.Start))
		if m.End != 0 {
			v.Set(n+"end", directory.Clock(m.End))
		}
		every := string(m.Every)
		if m.Every == directory.Monthly {
			every = "monthly_" + strconv.Itoa(m.Nth)
		}
		v.Set(n+"every", every)
		if m.From != "" {
			v.Set(n+"from", m.From)
		}
	}
	for name, value := range map[string]string{"place_name": p.Name, "area": p.Area, "address": p.Address, "visibility": string(p.Visibility),
		"phone": c.Phone, "email": c.Email, "url": c.URL} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if p.Located {
		v.Set("lat", strconv.FormatFloat(p.Lat, 'f', -1, 64))
		v.Set("lon", strconv.FormatFloat(p.Lon, 'f', -1, 64))
	}
}

// decoder reads fields and remembers what could not be read.
type decoder struct {
	v     url.Values
	wrong []fault.Field
}

func (d *decoder) get(name string) string { return strings.TrimSpace(d.v.Get(name)) }
func (d *decoder) on(name string) bool    { return d.get(name) != "" }
func (d *decoder) bad(name, key string)   { d.wrong = append(d.wrong, fault.At(name, key)) }

// decode reads the form of a group.
func decode(v url.Values) (directory.Entry, error) {
	d := &decoder{v: v}
	var e directory.Entry
	e.Name, e.CardName, e.Host, e.Kind, e.Offer = d.get("name"), d.get("card_name"), d.get("host"), directory.Kind(d.get("kind")), directory.Offer(d.get("offer"))
	e.Lang, e.WhatMembersDo, e.ForWhom, e.Why = d.get("lang"), d.get("what"), d.get("for_whom"), d.get("why")
	e.Cost, e.Leader, e.Tie = d.get("cost"), d.get("leader"), directory.Tie(d.get("tie"))
	e.Safety = directory.Safety{Papers: directory.Answer(d.get("papers")), Police: directory.Answer(d.get("police")),
		Photos: directory.Photos(d.get("photos")), Location: directory.Answer(d.get("location"))}
	e.Online, e.Childcare, e.MembersDecide, e.ActsOnCauses, e.Unlisted = d.on("online"), d.on("childcare"), d.on("members_decide"), d.on("acts"), d.on("unlisted")
	e.Texts = d.texts(e.Lang)
	e.Topics, e.Languages, e.Access = d.topics(), d.list("languages"), d.access()
	e.Rhythm, e.Place, e.Contact = d.rhythm(), d.place(), d.contact()
	e.Handoff = directory.Handoff{Name: d.get("handoff_name"), Phone: d.get("handoff_phone"), Mail: d.get("handoff_mail"),
		Channel: directory.Channel(d.get("handoff_channel")), SMS: d.on("handoff_sms"), Lang: d.get("handoff_lang")}
	e.Different = d.on("different")
	e.Version, _ = strconv.ParseInt(d.get("version"), 10, 64)
	return e, d.err()
}

func (d *decoder) err() error {
	if len(d.wrong) == 0 {
		return nil
	}
	return fault.Wrong(d.wrong...)
}

func (d *decoder) texts(own string) map[string]directory.Words {
	out := map[string]directory.Words{}
	for _, lang := range textLanguages {
		w := directory.Words{WhatMembersDo: d.get("what_" + lang), ForWhom: d.get("for_whom_" + lang), Why: d.get("why_" + lang)}
		if w != (directory.Words{}) && lang != own {
			out[lang] = w
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func (d *decoder) list(name string) (out []string) {
	for _, v := range d.v[name] {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func (d *decoder) topics() (out []directory.Topic) {
	for _, v := range d.list("topics") {
		out = append(out, directory.Topic(v))
	}
	return out
}

func (d *decoder) access() (out []directory.AccessFeature) {
	for _, v := range d.list("access") {
		out = append(out, directory.AccessFeature(v))
	}
	return out
}

// rhythm reads the rows of meetings; a row without a day and a time is an empty one.
func (d *decoder) rhythm() (out []directory.Meeting) {
	for i := range mostMeetings {
		n := fmt.Sprintf("m%d_", i)
		day, start := d.get(n+"day"), d.get(n+"start")
		if day == "" && start == "" {
			continue
		}
		m := directory.Meeting{Every: directory.Weekly}
		w, err := strconv.Atoi(day)
		if err != nil || w < 0 || w > 6 {
			d.bad(n+"day", "directory.error.weekday")
		}
		m.Weekday = time.Weekday(w)
		var ok bool
		if m.Start, ok = minutes(start); !ok {
			d.bad(n+"start", "directory.error.time")
		}
		if end := d.get(n + "end"); end != "" {
			if m.End, ok = minutes(end); !ok || m.End <= m.Start {
				d.bad(n+"end", "directory.error.hours")
			}
		}
		every, nth, monthly := strings.Cut(d.get(n+"every"), "_")
		if every != "" {
			m.Every = directory.Every(every)
		}
		if monthly {
			m.Nth, _ = strconv.Atoi(nth) // anything else is refused by the core
		}
		if m.Every == directory.Biweekly {
			m.From = d.get(n + "from")
			if at, err := time.Parse(time.DateOnly, m.From); m.From != "" && (err != nil || at.Weekday() != m.Weekday) {
				d.bad(n+"from", "directory.error.from")
			}
		}
		out = append(out, m)
	}
	return out
}

// minutes reads "18:30", "1830" or "18".
func minutes(s string) (int, bool) {
	h, m, _ := strings.Cut(strings.ReplaceAll(s, ".", ":"), ":")
	if len(h) == 4 && m == "" {
		h, m = h[:2], h[2:]
	}
	hour, err := strconv.Atoi(h)
	if err != nil || hour < 0 || hour > 24 {
		return 0, false
	}
	minute := 0
	if m != "" {
		if minute, err = strconv.Atoi(m); err != nil || minute < 0 || minute > 59 {
			return 0, false
		}
	}
	total := hour*60 + minute
	return total, total <= 24*60
}

func (d *decoder) place() directory.Place {
	p := directory.Place{Name: d.get("place_name"), Area: d.get("area"), Address: d.get("address"), Visibility: directory.Visibility(d.get("visibility"))}
	lat, lon := d.get("lat"), d.get("lon")
	if lat == "" && lon == "" {
		return p
	}
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(strings.ReplaceAll(lat, ",", "."), 64)
	p.Lon, err2 = strconv.ParseFloat(strings.ReplaceAll(lon, ",", "."), 64)
	if err1 != nil || err2 != nil {
		d.bad("lat", "directory.error.position")
		p.Lat, p.Lon = 0, 0
		return p
	}
	p.Located = true
	return p
}

func (d *decoder) contact() directory.PublicContact {
	return directory.PublicContact{Phone: d.get("phone"), Email: d.get("email"), URL: d.get("url")}
}

// formPage is the data of the form of a group or a programme.
type formPage struct {
	Title, Action, Back string
	F                   url.Values
	Programme           bool
	New                 bool
	O                   formOptions
	Meetings            []meetingRow
	Texts               []textRow
	Suspects            []suspect
	HasHandoff          bool
	From                string // where the entry came from, for imports
}

type formOptions struct {
	Topics, Languages, Features, Kinds, Offers, Ties, Visibilities, Channels, TextLanguages []Option
	YesNo, Photos, Days, Every                                                              []Option
}

type meetingRow struct{ N, Number, Day, Start, End, Every, From string }

type textRow struct{ Lang, Dir, Name, What, ForWhom, Why string }

type suspect struct {
	URL, Name, Host, State string
	Why                    []string
}

// filled prepares everything the form shows around what was typed.
func filled(l *i18n.Localizer, v url.Values) formPage {
	p := formPage{F: v, O: options(l, v)}
	rows := 0
	for i := range mostMeetings {
		n := fmt.Sprintf("m%d_", i)
		if v.Get(n+"day") != "" || v.Get(n+"start") != "" {
			rows = i + 1
		}
	}
	for i := range min(mostMeetings, rows+2) {
		n := fmt.Sprintf("m%d_", i)
		p.Meetings = append(p.Meetings, meetingRow{n, strconv.Itoa(i + 1), v.Get(n + "day"), v.Get(n + "start"), v.Get(n + "end"), v.Get(n + "every"), v.Get(n + "from")})
	}
	for _, lang := range textLanguages {
		if lang != v.Get("lang") {
			p.Texts = append(p.Texts, textRow{lang, i18n.Dir(lang), l.LanguageName(lang), v.Get("what_" + lang), v.Get("for_whom_" + lang), v.Get("why_" + lang)})
		}
	}
	return p
}

func options(l *i18n.Localizer, v url.Values) formOptions {
	o := formOptions{Topics: topicOptions(l, v["topics"]), Days: dayOptions(l)}
	for _, code := range directory.LanguageCodes() {
		o.Languages = append(o.Languages, Option{Value: code, Label: l.LanguageName(code), Words: i18n.Autonym(code) + " " + code, Checked: slices.Contains(v["languages"], code)})
	}
	for _, code := range v["languages"] { // a language we do not list stays chosen
		if !slices.Contains(directory.LanguageCodes(), code) {
			o.Languages = append(o.Languages, Option{Value: code, Label: l.LanguageName(code), Checked: true})
		}
	}
	for _, code := range textLanguages {
		o.TextLanguages = append(o.TextLanguages, Option{Value: code, Label: l.LanguageName(code)})
	}
	if own := v.Get("lang"); own != "" && !slices.Contains(textLanguages, own) {
		o.TextLanguages = append(o.TextLanguages, Option{Value: own, Label: l.LanguageName(own)})
	}
	add := func(list *[]Option, value, key string) { *list = append(*list, Option{Value: value, Label: l.T(key)}) }
	for _, f := range directory.AccessFeatures() {
		o.Features = append(o.Features, Option{Value: string(f), Label: l.T("directory.access." + string(f)), Checked: slices.Contains(v["access"], string(f))})
	}
	for _, k := range directory.Kinds() {
		add(&o.Kinds, string(k), "directory.kind."+string(k))
	}
	for _, x := range directory.Offers() {
		add(&o.Offers, string(x), "directory.offer."+string(x))
	}
	for _, t := range directory.Ties() {
		if t != directory.TieNone {
			add(&o.Ties, string(t), "directory.tie."+string(t))
		}
	}
	for _, x := range directory.Visibilities() {
		o.Visibilities = append(o.Visibilities, Option{Value: string(x), Label: l.T("directory.visibility." + string(x)), Hint: l.T("directory.visibility_hint." + string(x))})
	}
	for _, c := range directory.Channels() {
		add(&o.Channels, string(c), "directory.channel."+string(c))
	}
	add(&o.YesNo, "no", "common.no")
	add(&o.YesNo, "yes", "common.yes")
	for _, x := range []directory.Photos{directory.PhotosNever, directory.PhotosAsked, directory.PhotosTaken} {
		add(&o.Photos, string(x), "directory.photos."+string(x))
	}
	for _, e := range []string{"weekly", "biweekly", "monthly_1", "monthly_2", "monthly_3", "monthly_4", "monthly_-1"} {
		add(&o.Every, e, "directory.every."+strings.ReplaceAll(e, "-1", "last"))
	}
	return o
}
