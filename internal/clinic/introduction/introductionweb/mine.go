// A clinician's own introductions: how far, and nothing about whom.

package introductionweb

import (
	"net/http"
	"net/url"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
)

// MineLine is one own introduction.
type MineLine struct {
	Day, ISO, Group string
	Badge           Badge
}

type minePage struct {
	Lines   []MineLine
	Numbers introduction.MyNumbers
	Next    string
	First   bool
}

func (h *Web) mine(w http.ResponseWriter, r *web.Request) error {
	numbers, err := h.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	before := r.Form("before")
	list, err := h.s.MyOffers(r.Context(), r.Actor, before)
	if err != nil {
		return err
	}
	p := minePage{Numbers: numbers, First: before == ""}
	names := map[string]string{}
	for _, o := range list {
		if _, ok := names[o.Group]; !ok {
			if names[o.Group], err = h.offeredTo(r, o.Group); err != nil {
				return err
			}
		}
		p.Lines = append(p.Lines, MineLine{Day: r.Localizer().ShortDate(o.Began, r.Zone()), ISO: o.Began.UTC().Format("2006-01-02"), Group: names[o.Group], Badge: mineBadge(r, o.Word)})
	}
	if len(list) == 50 {
		p.Next = "/introductions?" + url.Values{"before": {list[len(list)-1].ID}}.Encode()
	}
	return r.Page(w, "introduction/mine", p)
}

func mineBadge(r *web.Request, word string) Badge {
	b := Badge{Kind: "wait", Label: r.T(word), Icon: "wait"}
	switch word {
	case "introduction.mine.connected":
		b.Kind, b.Icon = "ok", "handoff"
	case "introduction.mine.ended":
		b.Kind, b.Icon = "info", "minus"
	}
	return b
}

// offeredTo is a group's name, or "a group" when it is not in the directory any more.
func (h *Web) offeredTo(r *web.Request, group string) (string, error) {
	g, err := h.groups.Get(r.Context(), r.Actor, group)
	if fault.Is(err, fault.NotFound) {
		return r.T("offer.a_group"), nil
	}
	return g.Name, err
}
