// "What you promised": one large card per promise, for the wall of the next assembly.

package pledgeweb

import (
	"net/http"
	"net/url"
	"slices"

	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/web"
)

type slide struct {
	Words    quote
	Who, Due string
	State    pill
	Late     bool
	Proof    string
	Parts    []partLine
}

type slideBody struct {
	Body, Says string
	Who        []string
	Slides     []slide
}

type slidesPage struct {
	Bodies []slideBody
	Choose []Option
}

func slidesAt(r *web.Request, body string) string {
	q := url.Values{"lang": {r.Locale}}
	if body != "" {
		q.Set("body", body)
	}
	return "/pledges/slides?" + q.Encode()
}

// slides shows what is on the board, and nothing that another promise replaced.
func (h *Web) slides(w http.ResponseWriter, r *web.Request) error {
	all, err := h.s.Board(r.Context(), r.Actor.Org)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p pledge.Pledge) bool { return p.Withdrawn || p.State == pledge.Superseded })
	now, body := today(r), r.Form("body")
	var out slidesPage
	for _, b := range pledge.ByBody(all, now) {
		out.Choose = append(out.Choose, Option{Value: b.Key, Label: b.Body, Checked: b.Key == body})
		if body != "" && b.Key != body {
			continue
		}
		part := slideBody{Body: b.Body, Says: summary(r, b.Counts)}
		for _, p := range b.Pledges {
			if by := who(r, p.Words); by != "" && !slices.Contains(part.Who, by) {
				part.Who = append(part.Who, by)
			}
			s := slide{Words: words(p.Words, r.Locale), Who: who(r, p.Words), State: pillOf(r, p), Late: p.Overdue(now), Parts: partLines(r, p)}
			if p.Due != "" {
				s.Due = r.T("pledge.by", "Day", day(r, p.Due))
			}
			if s.Late {
				s.State = pill{Kind: "late", Label: r.T("pledge.overdue")}
			}
			part.Slides = append(part.Slides, s)
		}
		out.Bodies = append(out.Bodies, part)
	}
	return r.Page(w, "pledge/slides", out)
}
