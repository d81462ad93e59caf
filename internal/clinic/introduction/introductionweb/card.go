// The card to take along: in the patient's language, with no name and no word
// about health on it, and a code that opens the group's public page.

package introductionweb

import (
	"html/template"
	"net/http"
	"slices"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/phone"
	"seedbed/internal/kit/qr"
	"seedbed/internal/platform/web"
)

// GroupCard is one group's card.
type GroupCard struct {
	Name, What, WhatLang string
	Lines                []Fact
	QR                   template.HTML
	URL, Short           string // Short is what one can type
}

// Fact is one line of a list of facts.
type Fact struct{ Term, Text, Href string }

type cardPage struct {
	Cards   []GroupCard
	Back    string
	Staff   Script // the clinician's own language, for the two words that are not for the patient
	Another bool   // we have no words in the patient's language
}

// mostCards is how many fit on a sheet.
const mostCards = 6

func (h *Web) card(w http.ResponseWriter, r *web.Request) error {
	staff, lang := r.Localizer(), r.Form("in")
	p := cardPage{Back: offerHome(ask{Full: r.Checked("full")}), Another: !slices.Contains(h.tongues(), lang)}
	p.Staff = Script{Lang: staff.Lang(), Dir: staff.Dir(), Lines: []string{staff.T("offer.card.back"), staff.T("offer.card.hint"), staff.T("offer.card.other_language")}}
	if p.Another {
		lang = r.Locale
	}
	groups := r.FormAll("g")
	for _, g := range groups[:min(len(groups), mostCards)] {
		c, err := h.groups.Card(r.Context(), r.Actor, g, lang)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		card, err := h.cardOf(r, c, lang)
		if err != nil {
			return err
		}
		p.Cards = append(p.Cards, card)
	}
	if len(p.Cards) == 0 {
		return fault.Missing("card without a group")
	}
	r.Locale = lang
	return r.Page(w, "introduction/card", p)
}

func (h *Web) cardOf(r *web.Request, c directory.Card, lang string) (out GroupCard, err error) {
	l := h.inLang(lang)
	say := directory.Say{L: l}
	out = GroupCard{Name: c.Name, What: c.What, WhatLang: c.WhatLang}
	add := func(key, text string) {
		if text != "" {
			out.Lines = append(out.Lines, Fact{Term: l.T("offer.card." + key), Text: text})
		}
	}
	for _, line := range say.Rhythm(c.Rhythm) {
		add("when", line)
	}
	if len(c.Next) > 0 {
		add("next", say.Next(c.Next[0], r.Zone()))
	}
	add("where", say.Place(c.Place, c.Online))
	add("languages", say.Languages(c.Languages))
	if c.Childcare {
		add("children", l.T("offer.childcare_there"))
	}
	add("cost", say.Cost(c.Cost))
	add("phone", leftToRight(phone.Format(c.Contact.Phone, "US")))
	add("mail", leftToRight(c.Contact.Email))
	if !c.Listed {
		return out, nil // no page to point to
	}
	out.URL = r.Base() + "/groups/" + c.ID + "?lang=" + lang
	out.Short = r.Host + "/groups"
	svg, err := qr.SVG(out.URL, l.T("offer.card.scan"))
	out.QR = template.HTML(svg)
	return out, err
}
