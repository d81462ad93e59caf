// What leaves the staff pages. A View is copied field by field from a group, so
// that a new field of Group stays inside until somebody lists it here.

package directory

import (
	"slices"
	"time"

	"seedbed/internal/kit/geo"
	"seedbed/internal/kit/rhythm"
)

// BlurKM is the side of the cell that stands for a place shown roughly.
const BlurKM = 2.0

// View is a group as anybody may see it.
type View struct {
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	Host          string          `json:"host,omitempty"`
	Kind          Kind            `json:"kind,omitempty"`
	Words         Words           `json:"words"`
	WordsLang     string          `json:"words_lang,omitempty"` // the language the words really are in
	Topics        []Topic         `json:"topics,omitempty"`
	Rhythm        []Meeting       `json:"rhythm,omitempty"`
	Next          []time.Time     `json:"next,omitempty"` // the next meetings that can be known
	Place         PlaceView       `json:"place"`
	Online        bool            `json:"online,omitempty"`
	Languages     []string        `json:"languages,omitempty"`
	Access        []AccessFeature `json:"access,omitempty"`
	Childcare     bool            `json:"childcare,omitempty"`
	Cost          string          `json:"cost,omitempty"`
	Safety        Safety          `json:"safety"`
	MembersDecide bool            `json:"members_decide,omitempty"`
	ActsOnCauses  bool            `json:"acts_on_causes,omitempty"`
	Tie           Tie             `json:"tie,omitempty"`
	Contact       PublicContact   `json:"contact"`
	Welcoming     Answer          `json:"welcoming,omitempty"`
	WelcomeUntil  time.Time       `json:"welcome_until"`
	CheckedOn     time.Time       `json:"checked_on"`
	Stale         bool            `json:"stale,omitempty"` // not confirmed for ninety days
}

// PlaceView is as much of a place as may be shown.
type PlaceView struct {
	Name    string    `json:"name,omitempty"`
	Area    string    `json:"area,omitempty"`
	Address string    `json:"address,omitempty"`
	Point   geo.Point `json:"point"` // the zero point when nothing may be drawn
	Rough   bool      `json:"rough,omitempty"`
	Hidden  bool      `json:"hidden,omitempty"` // there is a place, and the group says where
}

// Known reports whether there is a point to draw.
func (p PlaceView) Known() bool { return p.Point.Valid() }

// Empty reports whether nothing about the place is known or shown.
func (p PlaceView) Empty() bool { return p == PlaceView{} }

// View is the place as anybody may see it. A rough place keeps its area and the
// middle of its cell; its name and address would give it away.
func (p Place) View() PlaceView {
	point := geo.Point{Lat: p.Lat, Lon: p.Lon}
	if !p.Located {
		point = geo.Point{}
	}
	switch p.Visibility {
	case Exact:
		return PlaceView{Name: p.Name, Area: p.Area, Address: p.Address, Point: point}
	case Blurred:
		v := PlaceView{Area: p.Area, Rough: true}
		if point.Valid() {
			v.Point = geo.CellOf(point, BlurKM).Centre
		}
		return v
	}
	if p.Name == "" && p.Address == "" && p.Area == "" && !p.Located {
		return PlaceView{}
	}
	return PlaceView{Hidden: true}
}

// View is the group as anybody may see it, in a language, at a moment.
func (g Group) View(lang string, now time.Time, zone *time.Location) View {
	words, is := g.In(lang)
	v := View{
		ID: g.ID, Name: g.Name, Host: g.Host, Kind: g.Kind, Words: words, WordsLang: is, Topics: slices.Clone(g.Topics),
		Rhythm: slices.Clone(g.Rhythm), Next: rhythm.Next(g.Rhythm, now, zone, 3), Place: g.Place.View(), Online: g.Online,
		Languages: slices.Clone(g.Languages), Access: slices.Clone(g.Access), Childcare: g.Childcare, Cost: g.Cost, Safety: g.Safety,
		MembersDecide: g.MembersDecide, ActsOnCauses: g.ActsOnCauses, Tie: g.Tie, Contact: g.Contact,
		Welcoming: g.Welcoming.At(now), CheckedOn: g.VerifiedOn, Stale: g.State == Stale || g.Overdue(now),
	}
	if v.Welcoming != Unknown {
		v.WelcomeUntil = g.Welcoming.Until
	}
	return v
}

// ProgrammeView is a programme as anybody may see it.
type ProgrammeView struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Host      string          `json:"host,omitempty"`
	Words     Words           `json:"words"`
	WordsLang string          `json:"words_lang,omitempty"`
	Topics    []Topic         `json:"topics,omitempty"`
	Schedule  []Meeting       `json:"schedule,omitempty"`
	Next      []time.Time     `json:"next,omitempty"`
	Place     PlaceView       `json:"place"`
	Online    bool            `json:"online,omitempty"`
	Languages []string        `json:"languages,omitempty"`
	Access    []AccessFeature `json:"access,omitempty"`
	Capacity  int             `json:"capacity,omitempty"`
	Cost      string          `json:"cost,omitempty"`
	Contact   PublicContact   `json:"contact"`
	Visits    bool            `json:"visits,omitempty"`
}

// View is the programme as anybody may see it.
func (p Programme) View(lang string, now time.Time, zone *time.Location) ProgrammeView {
	words, is := p.In(lang)
	return ProgrammeView{
		ID: p.ID, Name: p.Name, Host: p.Host, Words: words, WordsLang: is, Topics: slices.Clone(p.Topics), Schedule: slices.Clone(p.Schedule),
		Next: rhythm.Next(p.Schedule, now, zone, 3), Place: p.Place.View(), Online: p.Online, Languages: slices.Clone(p.Languages),
		Access: slices.Clone(p.Access), Capacity: p.Capacity, Cost: p.Cost, Contact: p.Contact, Visits: p.Visits,
	}
}
