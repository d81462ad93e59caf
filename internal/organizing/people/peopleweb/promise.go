// Commitments: one's own list, and how one of them went.

package peopleweb

import (
	"net/http"
	"net/url"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) promiseRoutes() []web.Route {
	return []web.Route{
		route(web.Staff, "GET", "/commitments", need("commitment", access.Create), h.promises),
		route(web.Staff, "GET", "/commitments/{id}", need("commitment", access.Read), h.promisePage),
		route(web.Staff, "POST", "/commitments/{id}", need("commitment", access.Update), h.promiseSettle),
	}
}

// duty is a commitment with the names that stand in it.
type duty struct {
	promiseLine
	Person string // to open
	To     string
}

// duties puts names into promises. Whoever may not be named is "somebody".
func (h *Web) duties(r *web.Request, list []people.Commitment, names map[string]people.Card, staff []people.Colleague) (out []duty) {
	account := func(id string) string {
		if id == r.Actor.Account {
			return r.T("people.me")
		}
		for _, c := range staff {
			if c.Account == id {
				return c.Name
			}
		}
		return r.T("people.colleague")
	}
	who := func(person, id string) string {
		if person == "" && id == "" {
			return ""
		}
		if person == "" {
			return account(id)
		}
		if c, ok := names[person]; ok {
			return c.Name
		}
		return r.T("people.somebody")
	}
	for _, c := range list {
		d := duty{promiseLine: promiseLine{ID: c.ID, What: c.What, Who: who(c.Person, c.Account), When: r.Localizer().Ago(c.Due, r.Now(), r.Zone()), Exact: r.Localizer().Date(c.Due.In(r.Zone())),
			State: promiseState(r, c), Open: c.State == people.Open}, To: who(c.ToPerson, c.ToAccount)}
		for _, p := range []string{c.Person, c.ToPerson} {
			if _, ok := names[p]; ok && d.Person == "" {
				d.Person = p
			}
		}
		out = append(out, d)
	}
	return out
}

func named(list []people.Commitment) (ids []string) {
	seen := map[string]bool{"": true}
	for _, c := range list {
		for _, p := range []string{c.Person, c.ToPerson} {
			if !seen[p] {
				seen[p] = true
				ids = append(ids, p)
			}
		}
	}
	return ids
}

// promises lists what the reader promised, open first.
func (h *Web) promises(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Commitments(r.Context(), r.Actor, people.Whose{Account: r.Actor.Account})
	if err != nil {
		return err
	}
	if r.Actor.Person != "" {
		own, err := h.s.Commitments(r.Context(), r.Actor, people.Whose{Person: r.Actor.Person})
		if err != nil {
			return err
		}
		list = append(list, own...)
	}
	cards, err := h.s.Names(r.Context(), r.Actor, named(list))
	if err != nil {
		return err
	}
	staff, err := h.s.Owners(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var p struct{ Open, Ended []duty }
	for _, d := range h.duties(r, list, cards, staff) {
		if d.Open {
			p.Open = append(p.Open, d)
		} else {
			p.Ended = append(p.Ended, d)
		}
	}
	return r.Page(w, "people/promises", p)
}

type promisePage struct {
	duty
	Day, What string
}

func (h *Web) promise(r *web.Request, which string) (p promisePage, err error) {
	c, err := h.s.CommitmentOf(r.Context(), r.Actor, which)
	if err != nil {
		return p, err
	}
	cards, err := h.s.Names(r.Context(), r.Actor, named([]people.Commitment{c}))
	if err != nil {
		return p, err
	}
	staff, err := h.s.Owners(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	p.duty, p.What = h.duties(r, []people.Commitment{c}, cards, staff)[0], c.What
	return p, nil
}

func (h *Web) promisePage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.promise(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Page(w, "people/promise", p)
}

func (h *Web) promiseSettle(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	which := r.PathValue("id")
	in, bad := settleIn(r, which)
	var err error
	if len(bad) > 0 {
		err = fault.Wrong(bad...)
	} else {
		_, err = h.s.Settle(r.Context(), r.Actor, in)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		p, e := h.promise(r, which)
		if e != nil {
			return e
		}
		if r.Form("what") != "" {
			p.What = r.Form("what")
		}
		p.Day = r.Form("due")
		return r.Fail(w, "people/promise", p, err)
	}
	if err != nil {
		return err
	}
	to := "/today"
	if r.Form("back") == "person" && r.Form("person") != "" {
		to = "/people/" + url.PathEscape(r.Form("person"))
	}
	return r.RedirectWith(w, to, "people.flash.settled")
}

// settleIn reads how a promise went.
func settleIn(r *web.Request, which string) (in people.SettleIn, bad []fault.Field) {
	in = people.SettleIn{ID: which, State: people.CommitmentState(r.Form("state")), Key: r.Key()}
	if in.State != people.Renegotiated {
		return in, nil
	}
	in.What, bad = r.Guarded("what")
	t, err := time.ParseInLocation(time.DateOnly, r.Form("due"), r.Zone())
	if err != nil || t.Before(r.Now().AddDate(0, 0, -1)) {
		return in, append(bad, fault.At("due", "people.error.date"))
	}
	in.Due = t.Add(18 * time.Hour)
	return in, bad
}
