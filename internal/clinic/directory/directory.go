// Package directory is the clinic's list of organizing groups and, beside them
// and never mixed with them, its programmes: what members do, when and where,
// in which languages, what it is safe to expect, and since when somebody knows
// that all of it is true.
//
// A group goes draft → vetted → published → stale → … (state.go); ninety days
// without a confirmation make it stale, two unanswered reminders hide it. What
// leaves the staff pages leaves as a View (view.go), which has no field for a
// hidden place, an unlisted group or the contact for introductions.
//
// The package owns the tables directory_group, directory_programme,
// directory_link, directory_version and, for imports, directory_batch*. It may
// import trust, platform and kit; nothing of another room.
package directory

import (
	"slices"
	"time"

	"seedbed/internal/kit/rhythm"
)

// Group is one entry of the directory, as staff see it. The contact for
// introductions is not in it: it is sealed, see Handoff.
type Group struct {
	ID  string `json:"-"`
	Org string `json:"-"`

	Offer Offer  `json:"offer"`          // change something together, or get something
	Kind  Kind   `json:"kind,omitempty"` // what sort of group
	Host  string `json:"host,omitempty"` // the organization it belongs to, by name
	Name  string `json:"name"`
	// CardName replaces the name on the printed card when the name itself says
	// something about health: a card lies on kitchen tables.
	CardName string `json:"card_name,omitempty"`

	Lang          string           `json:"lang,omitempty"` // language of the three texts below
	WhatMembersDo string           `json:"what,omitempty"`
	ForWhom       string           `json:"for_whom,omitempty"`
	Why           string           `json:"why,omitempty"`   // why this is organizing and not a service, in the group's words
	Texts         map[string]Words `json:"texts,omitempty"` // the same three in other languages

	Topics    []Topic         `json:"topics,omitempty"`
	Rhythm    []Meeting       `json:"rhythm,omitempty"`
	Place     Place           `json:"place"`
	Online    bool            `json:"online,omitempty"`
	Languages []string        `json:"languages,omitempty"` // BCP 47
	Access    []AccessFeature `json:"access,omitempty"`
	Childcare bool            `json:"childcare,omitempty"`
	Cost      string          `json:"cost,omitempty"`   // empty = free; otherwise what it costs, in words
	Leader    string          `json:"leader,omitempty"` // first name only
	Safety    Safety          `json:"safety"`

	MembersDecide bool `json:"members_decide,omitempty"`
	ActsOnCauses  bool `json:"acts_on_causes,omitempty"`
	Tie           Tie  `json:"tie,omitempty"`

	Contact PublicContact `json:"contact"`
	// Unlisted keeps the whole group on staff pages: no public page, list, map,
	// JSON or feed names it. For groups that being found would endanger.
	Unlisted bool   `json:"-"`
	Source   Source `json:"source"`

	State      State     `json:"-"`
	Welcoming  Welcoming `json:"-"`
	Vetting    Vetting   `json:"-"`
	VerifiedOn time.Time `json:"-"` // when somebody last said that all of this is true
	VerifiedBy string    `json:"-"` // account id, or "group" through its own link
	ReviewDue  time.Time `json:"-"`
	AskedOn    time.Time `json:"-"` // last reminder
	Misses     int       `json:"-"` // reminders without an answer
	ChangeSaid bool      `json:"-"` // the group said through its link that something is different: call them

	HasHandoff bool      `json:"-"` // a contact for introductions is on file
	Created    time.Time `json:"-"`
	Updated    time.Time `json:"-"`
	Version    int64     `json:"-"` // of the directory when this row last changed
}

// Words are the texts of a group in one more language.
type Words struct {
	WhatMembersDo string `json:"what,omitempty"`
	ForWhom       string `json:"for_whom,omitempty"`
	Why           string `json:"why,omitempty"`
}

// In returns the group's texts in a language: translated where there is a
// translation, else as written, with the language they really are in.
func (g Group) In(lang string) (w Words, is string) {
	own := Words{g.WhatMembersDo, g.ForWhom, g.Why}
	if lang == g.Lang {
		return own, g.Lang
	}
	if w, ok := g.Texts[lang]; ok && w.WhatMembersDo != "" {
		return w, lang
	}
	return own, g.Lang
}

// Offer tells organizing from service. A service never becomes a suggestion.
type Offer string

const (
	Organizing Offer = "organizing" // change something together
	Giving     Offer = "service"    // get something
	Unsorted   Offer = "unsorted"   // imported; a steward has not looked yet
)

// Offers lists every offer.
func Offers() []Offer { return []Offer{Organizing, Giving, Unsorted} }

// Kind is the sort of group, used to keep suggestions diverse.
type Kind string

const (
	Congregation  Kind = "congregation"
	Neighbourhood Kind = "neighbourhood"
	Workers       Kind = "workers"
	Tenants       Kind = "tenants"
	Parents       Kind = "parents"
	Youth         Kind = "youth"
	Elders        Kind = "elders"
	Patients      Kind = "patients"
	School        Kind = "school"
	Cooperative   Kind = "cooperative"
	Coalition     Kind = "coalition"
	OtherKind     Kind = "other"
)

// Kinds lists every kind in the order of forms.
func Kinds() []Kind {
	return []Kind{Congregation, Neighbourhood, Workers, Tenants, Parents, Youth, Elders, Patients, School, Cooperative, Coalition, OtherKind}
}

// Meeting is one regular meeting.
type Meeting = rhythm.Meeting

// Every is how often a meeting comes round.
type Every = rhythm.Every

const (
	Weekly   = rhythm.Weekly
	Biweekly = rhythm.Biweekly
	Monthly  = rhythm.Monthly
)

// Place is where a group meets, and how much of it may be shown.
type Place struct {
	Name       string     `json:"name,omitempty"` // "St Anne hall"
	Area       string     `json:"area,omitempty"` // neighbourhood, as people call it
	Address    string     `json:"address,omitempty"`
	Lat        float64    `json:"lat,omitempty"`
	Lon        float64    `json:"lon,omitempty"`
	Located    bool       `json:"located,omitempty"` // Lat and Lon are known
	Visibility Visibility `json:"visibility,omitempty"`
}

// Visibility is how much of a place leaves the staff pages.
type Visibility string

const (
	Exact   Visibility = "exact"
	Blurred Visibility = "blurred" // the area, and the middle of a coarse cell
	Hidden  Visibility = "hidden"  // nothing: the group says where when you call
)

// Visibilities lists every visibility.
func Visibilities() []Visibility { return []Visibility{Exact, Blurred, Hidden} }

// AccessFeature is something that lets more people come.
type AccessFeature string

const (
	StepFree         AccessFeature = "step_free"
	Lift             AccessFeature = "lift"
	AccessibleToilet AccessFeature = "accessible_toilet"
	HearingLoop      AccessFeature = "hearing_loop"
	SignLanguage     AccessFeature = "sign_language"
	QuietSpace       AccessFeature = "quiet_space"
	Remote           AccessFeature = "remote"
)

// AccessFeatures lists every feature.
func AccessFeatures() []AccessFeature {
	return []AccessFeature{StepFree, Lift, AccessibleToilet, HearingLoop, SignLanguage, QuietSpace, Remote}
}

// Safety is what a careful person wants to know before they go.
type Safety struct {
	Papers   Answer `json:"papers,omitempty"`   // does anybody ask for papers?
	Police   Answer `json:"police,omitempty"`   // are police or guards there?
	Photos   Photos `json:"photos,omitempty"`   // are photos taken?
	Location Answer `json:"location,omitempty"` // is the place of the meeting posted in public?
}

// Answer is yes, no, or not asked yet: an unasked question is shown as such.
type Answer string

const (
	Unknown Answer = ""
	Yes     Answer = "yes"
	No      Answer = "no"
)

// Photos is a group's photo policy.
type Photos string

const (
	PhotosUnknown Photos = ""
	PhotosNever   Photos = "never"
	PhotosAsked   Photos = "asked" // only with the consent of everybody in the picture
	PhotosTaken   Photos = "taken"
)

// Tie is how the group is tied to the clinic.
type Tie string

const (
	TieNone  Tie = ""
	Known    Tie = "known"
	Partner  Tie = "partner"
	MemberOf Tie = "member"
)

// Ties lists every tie, closest last.
func Ties() []Tie { return []Tie{TieNone, Known, Partner, MemberOf} }

// Welcoming says whether new people are welcome now. Both answers end: after
// Until nobody knows, and the page says so.
type Welcoming struct {
	Now   Answer    `json:"now,omitempty"`
	Until time.Time `json:"until"`
}

// At is the answer that holds at a moment.
func (w Welcoming) At(now time.Time) Answer {
	if w.Until.IsZero() || now.After(w.Until) {
		return Unknown
	}
	return w.Now
}

// PublicContact is how anybody may reach the group.
type PublicContact struct {
	Phone string `json:"phone,omitempty"` // E.164 or as written
	Email string `json:"email,omitempty"`
	URL   string `json:"url,omitempty"`
}

// Empty reports whether there is no way to reach the group.
func (c PublicContact) Empty() bool { return c == PublicContact{} }

// Handoff is who at the group receives introductions. Sealed under the
// clinic's key; read through Service.Handoff only.
type Handoff struct {
	Name    string  `json:"name"`
	Phone   string  `json:"phone,omitempty"` // E.164
	Mail    string  `json:"mail,omitempty"`
	Channel Channel `json:"channel"`
	SMS     bool    `json:"sms,omitempty"`  // the phone accepts text messages
	Lang    string  `json:"lang,omitempty"` // what to write to them in
}

// Empty reports whether nobody is named.
func (h Handoff) Empty() bool { return h == Handoff{} }

// Channel is how the group wants to hear of an introduction.
type Channel string

const (
	ByPhone Channel = "phone" // staff call
	BySMS   Channel = "sms"
	ByMail  Channel = "mail"
	ByPaper Channel = "print" // the weekly printed list
)

// Channels lists every channel.
func Channels() []Channel { return []Channel{ByPhone, BySMS, ByMail, ByPaper} }

// Source says where an entry came from.
type Source struct {
	Batch string            `json:"batch,omitempty"` // import batch; empty = typed here
	ID    string            `json:"id,omitempty"`    // id in the source
	Raw   map[string]string `json:"raw,omitempty"`   // values that had no place here, as they came
}

// Programme is something the clinic or a partner gives: a class, a food box, a
// gym hour. Shown beside groups, never counted or suggested as one.
type Programme struct {
	ID  string `json:"-"`
	Org string `json:"-"`

	Name       string           `json:"name"`
	Host       string           `json:"host,omitempty"`
	What       string           `json:"what,omitempty"`
	ForWhom    string           `json:"for_whom,omitempty"`
	Lang       string           `json:"lang,omitempty"`
	Texts      map[string]Words `json:"texts,omitempty"` // Words.Why is not used
	Topics     []Topic          `json:"topics,omitempty"`
	Schedule   []Meeting        `json:"schedule,omitempty"`
	Place      Place            `json:"place"`
	Online     bool             `json:"online,omitempty"`
	Languages  []string         `json:"languages,omitempty"`
	Access     []AccessFeature  `json:"access,omitempty"`
	Capacity   int              `json:"capacity,omitempty"` // 0 = no limit known
	Cost       string           `json:"cost,omitempty"`     // empty = free
	Contact    PublicContact    `json:"contact"`
	Visits     bool             `json:"visits,omitempty"` // an organizer comes by: house meetings start here
	Source     Source           `json:"source"`
	Published  bool             `json:"-"`
	VerifiedOn time.Time        `json:"-"`
	Created    time.Time        `json:"-"`
	Updated    time.Time        `json:"-"`
	Version    int64            `json:"-"`
}

// In returns the programme's texts in a language, with the language they really are in.
func (p Programme) In(lang string) (w Words, is string) {
	return Group{Lang: p.Lang, WhatMembersDo: p.What, ForWhom: p.ForWhom, Texts: p.Texts}.In(lang)
}

// Clone returns a copy that shares no slice or map with g: rows handed out of
// the snapshot must not be changed in place.
func (g Group) Clone() Group {
	g.Topics, g.Rhythm = slices.Clone(g.Topics), slices.Clone(g.Rhythm)
	g.Languages, g.Access = slices.Clone(g.Languages), slices.Clone(g.Access)
	g.Texts = cloneMap(g.Texts)
	g.Source.Raw = cloneMap(g.Source.Raw)
	g.Vetting.Passed = slices.Clone(g.Vetting.Passed)
	return g
}

func cloneMap[V any](m map[string]V) map[string]V {
	if m == nil {
		return nil
	}
	out := make(map[string]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
