// Three groups with their reasons, what one can simply get, and the patient's
// four answers.

package introductionweb

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/web"
)

// Badge is a state with its word.
type Badge struct{ Kind, Label, Icon string }

// Pick is a group one can choose.
type Pick struct {
	ID, Title, Text string
	TextLang        string // empty when the text is in the page's language
	Why, Meta       []string
	Caution         []string
	Badge           *Badge
	Safety          []string
	Checked         bool
	InputID         string
	CardOnly        bool // nobody there takes calls from us yet
}

// Gives is a programme: something to get.
type Gives struct {
	Name, Text, TextLang string
	Meta                 []string
}

// DutyNow is somebody who can come now.
type DutyNow struct{ Name, Text string }

type groupsPage struct {
	Ask       ask
	Interests string // in the clinician's words
	Language  string
	Picks     []Pick
	Gives     []Gives
	Duty      []DutyNow
	Scripts   []Script
	Missing   string // the patient's language when we have no words in it
}

func (h *Web) groupsPage(r *web.Request, a ask) (p groupsPage, err error) {
	l := r.Localizer()
	say := directory.Say{L: l}
	p = groupsPage{Ask: a, Scripts: h.scripts(r, a.Lang), Language: languageName(l, a.Lang)}
	for i := range p.Scripts {
		p.Scripts[i].Open = i > 0 // the patient's
	}
	if !slices.Contains(h.tongues(), a.Lang) {
		p.Missing = p.Language
	}
	q := a.query()
	p.Interests = say.Topics(q.Topics)
	found, err := h.groups.Match(r.Context(), r.Actor, q)
	if err != nil {
		return p, err
	}
	for i, s := range found {
		p.Picks = append(p.Picks, h.pick(r, say, s, i, r.Form("group")))
	}
	if p.Gives, err = h.gives(r, say, q); err != nil {
		return p, err
	}
	p.Duty, err = h.dutyNow(r, a)
	return p, err
}

func languageName(l *i18n.Localizer, code string) string { return l.LanguageName(code) }

func (h *Web) pick(r *web.Request, say directory.Say, s directory.Suggestion, i int, chosen string) Pick {
	v := s.View
	p := Pick{ID: v.ID, Title: v.Name, Text: v.Words.WhatMembersDo, Checked: v.ID == chosen, InputID: "f-group-" + v.ID, CardOnly: !s.Group.HasHandoff}
	if v.WordsLang != r.Locale {
		p.TextLang = v.WordsLang
	}
	if i == 0 {
		p.InputID = "f-group" // where a mistake at the choice leads
	}
	for _, reason := range s.Reasons {
		if reason.Key == "directory.reason.welcoming" || reason.Key == "directory.reason.fresh" {
			continue // the badge and the last line say it
		}
		if text := say.Reason(reason); reason.Caution {
			p.Caution = append(p.Caution, text)
		} else if len(p.Why) < 4 {
			p.Why = append(p.Why, text)
		}
	}
	switch v.Welcoming {
	case directory.Yes:
		p.Badge = &Badge{"ok", say.Welcome(v.Welcoming), "door"}
	case directory.No:
		p.Badge = &Badge{"wait", say.Welcome(v.Welcoming), "wait"}
	}
	if len(v.Next) > 0 {
		p.Meta = append(p.Meta, r.T("offer.next_meeting", "When", say.Next(v.Next[0], r.Zone())))
	} else {
		p.Meta = append(p.Meta, say.Rhythm(v.Rhythm)...)
	}
	p.Meta = append(p.Meta, say.Place(v.Place, v.Online))
	if len(v.Languages) > 0 {
		p.Meta = append(p.Meta, say.Languages(v.Languages))
	}
	if v.Childcare {
		p.Meta = append(p.Meta, r.T("offer.childcare_there"))
	}
	p.Meta = append(p.Meta, say.Checked(v.CheckedOn, r.Now()))
	p.Safety = say.Safety(v.Safety)
	if len(v.Access) > 0 {
		p.Safety = append(p.Safety, say.Access(v.Access))
	}
	p.Safety = append(p.Safety, say.Evidence(v.MembersDecide, v.ActsOnCauses)...)
	return p
}

// gives lists programmes for the same interests; two are enough beside three groups.
func (h *Web) gives(r *web.Request, say directory.Say, q directory.Query) (out []Gives, err error) {
	seen := map[string]bool{}
	for _, t := range q.Topics {
		list, err := h.groups.Programmes(r.Context(), r.Actor, directory.Filter{Topic: t})
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			if seen[v.ID] || len(out) == 2 {
				continue
			}
			seen[v.ID] = true
			g := Gives{Name: v.Name, Text: v.Words.WhatMembersDo}
			if v.WordsLang != r.Locale {
				g.TextLang = v.WordsLang
			}
			if len(v.Next) > 0 {
				g.Meta = append(g.Meta, r.T("offer.next_meeting", "When", say.Next(v.Next[0], r.Zone())))
			}
			g.Meta = append(g.Meta, say.Place(v.Place, v.Online))
			if len(v.Languages) > 0 {
				g.Meta = append(g.Meta, say.Languages(v.Languages))
			}
			out = append(out, g)
		}
	}
	return out, nil
}

// dutyNow says who can come now, whoever fits best first.
func (h *Web) dutyNow(r *web.Request, a ask) (out []DutyNow, err error) {
	list, err := h.s.OnDuty(r.Context(), r.Actor, a.Site, a.Lang)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	people, err := h.accounts.ListAccounts(r.Context(), r.Actor.Org)
	if err != nil {
		return nil, err
	}
	sites, err := h.openSites(r)
	if err != nil {
		return nil, err
	}
	say := directory.Say{L: r.Localizer()}
	for _, d := range list[:min(len(list), 4)] {
		var o DutyNow
		for _, p := range people {
			if p.ID == d.Account {
				o.Name = p.Name
			}
		}
		if o.Name == "" {
			continue
		}
		o.Text = h.dutyText(r, say, d, sites)
		out = append(out, o)
	}
	return out, nil
}

func (h *Web) dutyText(r *web.Request, say directory.Say, d introduction.Duty, sites []Option) string {
	var parts []string
	for _, s := range sites {
		if s.Value == d.Site && len(sites) > 1 {
			parts = append(parts, s.Label)
		}
	}
	if len(d.Languages) > 0 {
		parts = append(parts, say.Languages(d.Languages))
	}
	switch {
	case d.WalkOver && d.ByPhone:
		parts = append(parts, r.T("offer.duty.both"))
	case d.WalkOver:
		parts = append(parts, r.T("offer.duty.walk"))
	default:
		parts = append(parts, r.T("offer.duty.phone"))
	}
	parts = append(parts, r.T("offer.duty.until", "Time", r.Localizer().Clock(d.Until, r.Zone())))
	return dots(parts)
}

func dots(parts []string) (out string) {
	for i, p := range parts {
		if i > 0 {
			out += " · "
		}
		out += p
	}
	return out
}

// offerAnswer takes the answers that leave only a count.
func (h *Web) offerAnswer(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.asked(w, r)
	if err != nil {
		return err
	}
	outcome := introduction.Outcome(r.Form("outcome"))
	in := introduction.OfferIn{Site: a.Site, Lang: a.Lang, Outcome: outcome, Key: a.Act}
	if err := h.s.RecordOffer(r.Context(), r.Actor, in); err != nil {
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		p, e := h.groupsPage(r, a)
		if e != nil {
			return e
		}
		return wide(r, a).Fail(w, "introduction/offer_groups", p, err)
	}
	if outcome == introduction.OutcomeInfo {
		return r.Redirect(w, cardURL(r, a))
	}
	return r.RedirectWith(w, offerHome(a), "offer.flash."+string(outcome))
}

func offerHome(a ask) string {
	if a.Full {
		return "/offer?full=1"
	}
	return "/offer"
}

// cardURL is the card of the chosen group, or of all that were shown. Group ids
// are public; the address says nothing of a person.
func cardURL(r *web.Request, a ask) string {
	q := url.Values{"in": {a.Lang}}
	if chosen := r.Form("group"); chosen != "" {
		q.Set("g", chosen)
	} else {
		q["g"] = r.FormAll("shown")
	}
	if a.Full {
		q.Set("full", "1")
	}
	return "/offer/card?" + q.Encode()
}

// longDay is a date as people say it.
func longDay(l *i18n.Localizer, t time.Time, zone *time.Location) string { return l.LongDate(t, zone) }
