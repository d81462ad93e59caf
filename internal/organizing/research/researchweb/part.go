// Who has which part.
package researchweb

import (
	"net/http"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
)

type partLine struct {
	Person, Name string
	Roles        []Option
}

type nameLine struct{ Person, Name string }

type partsPage struct {
	ID, Host, Q    string
	Parts          []partLine
	Empty          string // parts that nobody has yet
	Team, Found    []nameLine
	Searched, Held bool
}

func (h *Web) parts(w http.ResponseWriter, r *web.Request) error {
	p, err := h.partsPage(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "research/parts", p)
}

// partsPage is who is in; chosen are parts as they were just typed.
func (h *Web) partsPage(r *web.Request, chosen map[string]research.Role) (p partsPage, err error) {
	ctx := r.Context()
	f, err := h.s.Get(ctx, r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if !f.State.Ahead() && f.State != research.Held {
		return p, fault.Clash("research.error.state_" + string(f.State))
	}
	p = partsPage{ID: f.ID, Host: f.Host, Q: r.URL.Query().Get("q"), Held: f.State == research.Held}
	names, err := h.s.Names(ctx, r.Actor, f.Action, ids(f.Action))
	if err != nil {
		return p, err
	}
	for _, part := range f.Parts {
		line := partLine{Person: part.Person, Name: h.who(r, part.Person, "", names)}
		role := part.Role
		if c, ok := chosen[part.Person]; ok {
			role = c
		}
		for _, v := range research.Roles() {
			line.Roles = append(line.Roles, Option{Value: string(v), Label: r.T("research.role." + string(v)), Checked: v == role})
		}
		p.Parts = append(p.Parts, line)
	}
	p.Empty = emptyParts(r, f.Action)
	team, err := h.s.Members(ctx, r.Actor, f.Action)
	if err != nil {
		return p, err
	}
	for _, m := range team {
		if _, in := f.In([]string{m.Person}); !in {
			p.Team = append(p.Team, nameLine{m.Person, m.Name})
		}
	}
	if p.Q == "" {
		return p, nil
	}
	p.Searched = true
	found, err := h.people.Find(ctx, r.Actor, p.Q, 20)
	if err != nil && !fault.Is(err, fault.Forbidden) {
		return p, err
	}
	for _, c := range found {
		if _, in := f.In([]string{c.ID}); !in && !slices.ContainsFunc(p.Team, func(n nameLine) bool { return n.Person == c.ID }) {
			p.Found = append(p.Found, nameLine{c.ID, c.Name})
		}
	}
	return p, nil
}

func (h *Web) partsAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id, key := r.Context(), r.PathValue("id"), r.Key()
	flash, roles := "research.flash.saved", map[string]research.Role{}
	switch act, person, _ := strings.Cut(r.Form("act"), ":"); act {
	case "add":
		err = h.s.Add(ctx, r.Actor, id, person, research.NoRole, idem.Form(key, person))
	case "drop":
		err = h.s.Drop(ctx, r.Actor, id, person, idem.Form(key, "drop", person))
	case "assign":
		for name, values := range r.PostForm {
			if person, ok := strings.CutPrefix(name, "role_"); ok && len(values) > 0 {
				roles[person] = research.Role(values[0])
			}
		}
		err = h.s.Assign(ctx, r.Actor, id, roles, key)
	default:
		if _, err = h.s.Get(ctx, r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		to := "/research/" + id + "/parts"
		if r.Form("act") == "assign" {
			to = "/research/" + id
		}
		return r.RedirectWith(w, to, flash)
	}
	p, perr := h.partsPage(r, roles)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "research/parts", p, err)
}
