// Calendar addresses: making, ending, and the file itself.
package meetingweb

import (
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
)

type feedLine struct{ ID, What, Made string }

type feedsPage struct {
	Feeds []feedLine
	Teams []Option
	Fresh string // a new address, shown once
}

func (h *Web) feeds(w http.ResponseWriter, r *web.Request) error {
	p, err := h.feedsPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "meeting/feeds", p)
}

func (h *Web) feedsPage(r *web.Request) (p feedsPage, err error) {
	list, err := h.s.Feeds(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	names, err := h.teamNames(r)
	if err != nil {
		return p, err
	}
	for _, f := range list {
		what := r.T("meeting.feed.mine")
		if f.Team != "" {
			what = names[f.Team]
		}
		p.Feeds = append(p.Feeds, feedLine{f.ID, what, r.Localizer().ShortDate(f.Made, r.Zone())})
	}
	p.Teams = []Option{{Value: "", Label: r.T("meeting.feed.mine")}}
	teams, err := h.teams.List(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, t := range teams {
		p.Teams = append(p.Teams, Option{Value: t.ID, Label: t.Name, Checked: t.ID == r.Form("team")})
	}
	return p, nil
}

func (h *Web) makeFeed(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	token, err := h.s.MakeFeed(r.Context(), r.Actor, r.Form("team"), r.Locale, r.Key())
	if fault.Is(err, fault.NotFound) {
		err = fault.Because(fault.Wrong(fault.At("team", "contact.error.choose")), err)
	}
	p, perr := h.feedsPage(r)
	if perr != nil {
		return perr
	}
	if err != nil {
		return r.Fail(w, "meeting/feeds", p, err)
	}
	p.Feeds = nil // the new address alone: it is shown only now
	p.Fresh = r.Base() + "/cal/" + token + ".ics"
	return r.Page(w, "meeting/feeds", p)
}

func (h *Web) endFeed(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.EndFeed(r.Context(), r.Actor, r.PathValue("id")); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return r.RedirectWith(w, "/feeds", "meeting.flash.feed_ended")
}

// calendar answers a calendar program, which has no session.
func (h *Web) calendar(w http.ResponseWriter, r *web.Request) error {
	file, err := h.s.Calendar(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Cache-Control", "private, no-store")
	_, err = w.Write([]byte(file))
	return err
}
