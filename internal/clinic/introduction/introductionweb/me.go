// My information: the person's own pages, opened with the code on their paper,
// and the way out of them. Titles, addresses and the cookie say nothing.

package introductionweb

import (
	"context"
	"net/http"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) meRoutes() []web.Route {
	person := func(method, pattern string, n access.Need, fn web.Handler) web.Route {
		return route(web.Participant, method, pattern, n, fn)
	}
	look, try := need("me", access.Read), need("me", access.Create)
	change, erase, take := need("me", access.Update), need("me", access.Delete), need("me", access.Export)
	counts := need("counts", access.Read)
	return []web.Route{
		person("GET", "/me", look, h.meDoorPage), person("POST", "/me", try, h.meDoor),
		person("GET", "/me/info", change, h.meInfoPage),
		person("POST", "/me/note", change, h.meHeard), person("POST", "/me/less", change, h.untell),
		person("GET", "/me/change", change, h.meChangePage), person("POST", "/me/change", change, h.meChange),
		person("GET", "/me/take", take, h.takePage), person("GET", "/me/take.json", take, h.takeFile),
		// The forms that end everything may come twice, the second time from nobody.
		person("GET", "/me/close", erase, h.meStopPage), person("POST", "/me/close", try, h.meStop),
		person("GET", "/me/all", erase, h.meDeletePage), person("GET", "/me/all/sure", erase, h.meSurePage), person("POST", "/me/all", try, h.meDelete),
		person("GET", "/me/over", look, h.meEndedPage),
		person("GET", "/exit", look, h.exit), person("POST", "/exit", try, h.exit),

		route(web.Staff, "GET", "/counts", counts, h.countsPage),
		route(web.Staff, "GET", "/counts.csv", need("counts", access.Export), h.countsFile),
	}
}

// ownCookie holds the session of My information.
const ownCookie = "sb_own"

// OwnSessions recognises a person by the session that their code opened, for the
// participant surface. Without one the reader is whoever anonymous says.
func OwnSessions(s *introduction.Service, secure bool, anonymous web.Authenticator) web.Authenticator {
	name := ownCookie
	if secure {
		name = "__Host-" + name
	}
	return func(ctx context.Context, r *http.Request) (access.Actor, error) {
		c, err := r.Cookie(name)
		if err != nil || c.Value == "" {
			return anonymous(ctx, r)
		}
		a, err := s.Authenticate(ctx, c.Value)
		if err == nil && a.Has(access.Participant) {
			return a, nil
		}
		if err != nil && r.URL.Path != "/exit" { // the way out is open to anybody
			return a, err
		}
		return anonymous(ctx, r)
	}
}

type doorData struct {
	Code   string
	Closed bool // the session was over
}

// meDoorPage asks for the code, and for nothing else.
func (h *Web) meDoorPage(w http.ResponseWriter, r *web.Request) error {
	if r.Actor.Has(access.Participant) {
		return r.Redirect(w, "/me/info")
	}
	return r.Page(w, "introduction/me", doorData{Closed: r.Form("closed") != ""})
}

func (h *Web) meDoor(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	d := doorData{Code: r.Form("code")}
	if h.o.Door != nil {
		if to, err := h.o.Door(w, r, d.Code); err != nil || to != "" {
			if err != nil {
				return err
			}
			return r.Redirect(w, to)
		}
	}
	out, err := h.s.OpenMineFrom(r.Context(), r.Actor, r.Network(), d.Code)
	if err != nil {
		return r.Fail(w, "introduction/me", d, err)
	}
	if old := r.Secret(ownCookie); old != "" { // a second code in the same browser
		if err := h.s.SignOut(r.Context(), old); err != nil {
			return err
		}
	}
	if out.Token == "" {
		r.SetSecret(w, ownCookie, "", -1)
		return r.Page(w, "introduction/me_ended", endedData{Zone: r.Zone(), Recalls: h.meRecalls(r, out.Org, out.Recalls), ByCode: true})
	}
	r.SetSecret(w, ownCookie, out.Token, 0)
	return r.Redirect(w, "/me/info")
}

// meGroupName is a group's public name, also when its page is hidden by now: the
// person knows it already. It is empty when the group is gone.
func (h *Web) meGroupName(ctx context.Context, org, group string) (string, error) {
	if group == "" {
		return "", nil
	}
	g, err := h.groups.Get(ctx, access.Machine(org), group)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return g.Name, err
}

func (h *Web) meHeard(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, own, key := r.Context(), r.Actor.Subject, r.Key()
	var err error
	switch r.Form("heard") {
	case "met":
		err = h.s.ConfirmMeeting(ctx, r.Actor, introduction.MeetIn{ID: own, Key: key})
	case "taking_part":
		err = h.s.Participating(ctx, r.Actor, introduction.MeetIn{ID: own, Key: key})
	case "called":
		err = h.s.Heard(ctx, r.Actor, introduction.HeardIn{Called: true, Key: key})
	case "not_called":
		err = h.s.Heard(ctx, r.Actor, introduction.HeardIn{Key: key})
	default:
		return r.Redirect(w, "/me/info")
	}
	if fault.Is(err, fault.Conflict) { // the group was faster: the page shows how it stands now
		return r.Redirect(w, "/me/info")
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/me/info", "me.flash."+r.Form("heard"))
}

// untell ends only that the clinic hears whether they met.
func (h *Web) untell(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.StopTelling(r.Context(), r.Actor); err != nil {
		return err
	}
	return r.RedirectWith(w, "/me/info", "me.flash.untold")
}
