// A member's own card in a team, for somebody who opened their own information
// with a code: the name they show and who may reach them. Of the others it says
// nothing.
package teamweb

import (
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/web"
)

type minePage struct {
	ID, Name, Kind, Rhythm string
	Card                   cardForm
}

func (h *Web) minePage(r *web.Request) (p minePage, err error) {
	t, members, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	i := slices.IndexFunc(members, func(m team.Member) bool {
		return r.Actor.Person != "" && m.Person == r.Actor.Person && m.In(r.Now())
	})
	if i < 0 || t.State == team.Closed {
		return p, fault.Missing("not in this team")
	}
	m := members[i]
	return minePage{ID: t.ID, Name: t.Name, Kind: r.T("team.kind." + string(t.Kind)), Rhythm: beat(r, t.Rhythm),
		Card: cardForm{Shown: m.Name, Phone: m.Phone, Email: m.Email, Reachable: m.Reachable}}, nil
}

func (h *Web) mine(w http.ResponseWriter, r *web.Request) error {
	p, err := h.minePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "team/mine", p)
}

func (h *Web) mineCard(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.minePage(r)
	if err != nil {
		return err
	}
	in, bad := cardIn(r)
	if err = fault.Wrong(bad...); len(bad) == 0 {
		err = h.s.Show(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.Redirect(w, "/me/together")
	}
	p.Card = cardForm{Shown: in.Name, Phone: in.Phone, Email: in.Email, Reachable: in.Reachable}
	return r.Fail(w, "team/mine", p, err)
}

// cardIn is one's own card as it was typed, and what it must not say.
func cardIn(r *web.Request) (in team.CardIn, bad []fault.Field) {
	in = team.CardIn{Team: r.PathValue("id"), Person: r.Actor.Person, Reachable: r.Checked("reachable"), Phone: r.Form("phone"), Email: r.Form("email"), Key: r.Key()}
	in.Name, bad = r.GuardedName("shown")
	return in, bad
}
