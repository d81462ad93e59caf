// What the person reads of their own information, on the page and to take away.

package introductionweb

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/phone"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

type meFact struct{ Term, Text, Href string }

type infoData struct {
	Zone     *time.Location
	Group    string
	Clinic   string
	Stand    string // where it stands, in a sentence
	Kind     string // of the notice
	Late     bool
	Holds    []meFact
	Agreed   []agreed
	Looked   []looked
	Older    []looked
	Recalls  []recalled
	Heard    []Option // answers to "have you heard from them?"
	Open     bool
	EraseAt  time.Time
	Made     time.Time
	Tried    []meFact
	Handoffs []meFact
	Carry    introduction.CarryState
}

type agreed struct {
	Title, Who  string
	Fields      []string
	Live, Tells bool
	Apart       bool // kept on the person's other page
	Given       time.Time
	Until       time.Time
	Ended       time.Time
}

type looked struct {
	At   time.Time
	Who  string
	What string
}

type recalled struct {
	Group           string
	Asked, Answered time.Time
	Late            bool
}

func (h *Web) meInfoPage(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.MyInformation(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d, err := h.meInfo(r, m)
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/me_info", d)
}

func (h *Web) meInfo(r *web.Request, m introduction.MyInformation) (infoData, error) {
	name, err := h.meGroupName(r.Context(), r.Actor.Org, m.Group)
	if err != nil {
		return infoData{}, err
	}
	if name == "" {
		name = r.T("me.the_group")
	}
	d := infoData{Zone: r.Zone(), Group: name, Clinic: r.Frame().Scope, Open: m.State.Open(), EraseAt: m.EraseAt, Made: r.Now(),
		Holds: meHolds(r, m.Person), Recalls: h.meRecalls(r, r.Actor.Org, m.Recalls), Heard: heardChoices(r, m)}
	if d.Clinic == "" {
		d.Clinic = r.T("me.the_clinic")
	}
	if h.o.Carry != nil {
		d.Carry = m.Carry
	}
	d.stand(r, m)
	slices.SortStableFunc(m.Holders, func(a, b introduction.Holder) int { // what lives first, and who may call before who may hear
		return cmp.Or(-cmp.Compare(flag(a.Live), flag(b.Live)), cmp.Compare(a.Purpose, b.Purpose))
	})
	for _, c := range m.Holders {
		d.Agreed = append(d.Agreed, agreedOf(r, c, d))
	}
	for _, l := range slices.Backward(m.Attempts) {
		d.Tried = append(d.Tried, meFact{Term: r.Localizer().DateTime(l.At, d.Zone), Text: r.T("me.tried."+string(l.Result), "Group", name)})
	}
	d.looks(r, m.Looked)
	return d, nil
}

// meHolds lists what is kept, in the person's words.
func meHolds(r *web.Request, p introduction.Person) []meFact {
	l := r.Localizer()
	list := []meFact{
		{Term: r.T("me.hold.name"), Text: p.CalledName},
		{Term: r.T("me.hold.phone"), Text: ltr(phone.Format(p.Phone, ""))},
		{Term: r.T("me.hold.email"), Text: ltr(p.Email)},
		{Term: r.T("me.hold.contact"), Text: r.T("consent.channel." + string(p.Contact))},
		{Term: r.T("me.hold.hours"), Text: r.T("me.hours.any")},
		{Term: r.T("me.hold.days"), Text: r.T("me.days.any")},
		{Term: r.T("me.hold.voicemail"), Text: r.T("me.voicemail." + map[bool]string{true: "no", false: "yes"}[p.Safe.NoVoicemail])},
		{Term: r.T("me.hold.words"), Text: r.T("me.words." + string(p.Safe.Words))},
		{Term: r.T("me.hold.language"), Text: l.LanguageName(p.Lang)},
	}
	switch from, until := meClock(r, p.Safe.From), meClock(r, p.Safe.Until); {
	case p.Safe.From == p.Safe.Until: // any time
	case p.Safe.Until == 0:
		list[4].Text = r.T("me.hours.after", "From", from)
	case p.Safe.From == 0:
		list[4].Text = r.T("me.hours.before", "Until", until)
	default:
		list[4].Text = r.T("me.hours.between", "From", from, "Until", until)
	}
	if len(p.Safe.Days) > 0 && len(p.Safe.Days) < 7 {
		var days []string
		for _, wd := range week() {
			if slices.Contains(p.Safe.Days, wd) {
				days = append(days, l.Weekday(wd))
			}
		}
		list[5].Text = l.List(days)
	}
	if len(p.Topics) > 0 {
		var topics []string
		for _, t := range p.Topics {
			if l.Has("directory.topic." + t) {
				topics = append(topics, r.T("directory.topic."+t))
			}
		}
		list = append(list, meFact{Term: r.T("me.hold.topics"), Text: l.List(topics)})
	}
	return list
}

func meClock(r *web.Request, minutes int) string {
	return r.Localizer().Clock(time.Date(2000, 1, 1, minutes/60, minutes%60, 0, 0, time.UTC))
}

// ltr keeps a number or an address readable inside a text that runs the other way.
func ltr(s string) string {
	if s == "" {
		return ""
	}
	return "\u2066" + s + "\u2069"
}

// week begins on Monday, as the days of the forms do.
func week() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}

// stand says where it stands and who does what by when.
func (d *infoData) stand(r *web.Request, m introduction.MyInformation) {
	key, day := "me.stand."+string(m.State), m.Next.Due
	d.Kind = "wait"
	switch m.State {
	case introduction.Consented:
		if m.Next.ActionKey == "introduction.next.handoff_booked" {
			key = "me.stand.booked"
		}
	case introduction.Connected, introduction.Participating:
		d.Kind = "ok"
	case introduction.Closed:
		key, d.Kind = "me.stand.closed_"+string(m.Ending), "info"
	}
	d.Late = m.Next.Late(r.Now()) && d.Kind == "wait" && key != "me.stand.booked"
	if d.Late {
		d.Kind = "late"
		if r.Localizer().Has(key + "_late") {
			key += "_late"
		}
	}
	d.Stand = r.T(key, "Group", d.Group, "Clinic", d.Clinic, "Day", r.Localizer().Date(day, d.Zone))
}

// heardChoices are the answers that fit: the person's own word counts.
func heardChoices(r *web.Request, m introduction.MyInformation) (list []Option) {
	add := func(value, icon string) {
		list = append(list, Option{Value: value, Label: r.T("me.heard." + value), Icon: icon})
	}
	switch {
	case slices.Contains(m.Can, introduction.VerbMeet):
		add("met", "check")
		add("called", "phone")
		add("not_called", "late")
	case slices.Contains(m.Can, introduction.VerbParticipate):
		add("taking_part", "people")
	}
	return list
}

func agreedOf(r *web.Request, c introduction.Holder, d infoData) agreed {
	out := agreed{Title: r.T("consent.purpose." + string(c.Purpose)), Who: d.Group, Live: c.Live, Tells: c.Purpose == consent.TellClinicConnected,
		Given: c.Given, Until: c.Until, Ended: c.Ended}
	if c.Recipient == consent.Organizing {
		out.Who, out.Apart = d.Clinic, true
	}
	if c.Recipient == consent.Clinic {
		out.Who = d.Clinic
	}
	for _, f := range c.Fields {
		out.Fields = append(out.Fields, r.T("consent.field."+string(f)))
	}
	return out
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// looks lists what others did with the information; the newest are shown at once.
// The same thing by the same role on the same day is one line.
func (d *infoData) looks(r *web.Request, list []introduction.Look) {
	const shown = 6
	last := ""
	for _, l := range list {
		if l.Mine {
			continue
		}
		who := d.Clinic
		if l.Role == string(access.Link) || l.Role == string(access.Partner) {
			who = d.Group
		}
		line := looked{At: l.At, Who: r.T("me.role."+lookRole(l.Role), "Where", who), What: r.T("me.did." + lookDid(l.Action))}
		same := line.Who + line.What + l.At.In(d.Zone).Format(time.DateOnly)
		if same == last {
			continue
		}
		last = same
		if len(d.Looked) < shown {
			d.Looked = append(d.Looked, line)
		} else {
			d.Older = append(d.Older, line)
		}
	}
}

func lookRole(s string) string {
	if slices.Contains(access.Roles(), access.Role(s)) && s != string(access.Public) {
		return s
	}
	return string(access.System)
}

// lookDid sorts the actions of the audit trail into what a person wants to know.
func lookDid(action string) string {
	switch action {
	case "read", "find", "open", "list":
		return "looked"
	case "send", "share":
		return "sent"
	case "attempt":
		return "tried"
	}
	return "worked"
}

func (h *Web) meRecalls(r *web.Request, org string, list []introduction.Recall) (out []recalled) {
	for _, v := range list {
		if v.Group == "" {
			continue // nobody had anything
		}
		name, err := h.meGroupName(r.Context(), org, v.Group)
		if err != nil || name == "" {
			name = r.T("me.the_group")
		}
		out = append(out, recalled{Group: name, Asked: v.Asked, Answered: v.Answered, Late: v.Late})
	}
	return out
}

// takePage is everything on one sheet, to read, print and keep.
func (h *Web) takePage(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.Export(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d, err := h.meInfo(r, m)
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/me_take", d)
}

// takeFile is the same for a program.
func (h *Web) takeFile(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.Export(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	name, err := h.meGroupName(r.Context(), r.Actor.Org, m.Group)
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(struct {
		Made      time.Time `json:"made"`
		GroupName string    `json:"group_name,omitempty"`
		introduction.MyInformation
	}{r.Now(), name, m}, "", "  ")
	if err != nil {
		return err
	}
	return r.Attachment(w, "page.json", "application/json", b)
}

// timeText is a time of day as a time field wants it.
func timeText(m int, any bool) string {
	if any {
		return ""
	}
	two := func(n int) string {
		if n < 10 {
			return "0" + strconv.Itoa(n)
		}
		return strconv.Itoa(n)
	}
	return two(m/60) + ":" + two(m%60)
}
