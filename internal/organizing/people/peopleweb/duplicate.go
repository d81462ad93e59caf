// Maybe you mean: who may be here already, while a form is filled in and before
// it is sent. What was typed goes in the body, never in an address.

package peopleweb

import (
	"net/http"

	"seedbed/internal/kit/namematch"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (h *Web) alikeRoutes() []web.Route {
	return []web.Route{route(web.Staff, "POST", "/people/alike", need("person", access.Create), h.alikeAnswer)}
}

// Twin is somebody who may be meant, with the reasons in words.
type Twin struct {
	Name, URL string
	Why       []string
}

// alike is what a page or a form being filled in shows.
type alike struct {
	Twins     []Twin `json:"twins"`
	More      string `json:"more,omitempty"`
	Elsewhere string `json:"elsewhere,omitempty"`
}

func (a alike) Any() bool { return len(a.Twins) > 0 || a.Elsewhere != "" }

func (h *Web) alike(r *web.Request, in people.AlikeIn) (out alike, err error) {
	got, err := h.s.Alike(r.Context(), r.Actor, in)
	if err != nil {
		return out, err
	}
	out.Twins = []Twin{}
	for _, t := range got.Twins {
		out.Twins = append(out.Twins, Twin{Name: t.Name, URL: "/people/" + t.ID, Why: because(r, t)})
	}
	if got.More > 0 {
		out.More = r.T("people.alike.more", "Count", got.More)
	}
	if got.Elsewhere {
		out.Elsewhere = r.T("people.alike.elsewhere")
	}
	return out, nil
}

// because says in which way two people are alike.
func because(r *web.Request, t people.Twin) (why []string) {
	say := func(key string) { why = append(why, r.T("people.alike.why."+key)) }
	if t.As.Phone {
		say("phone")
	}
	if t.As.Email {
		say("email")
	}
	if t.As.Name != namematch.How("") {
		say("name." + string(t.As.Name))
	}
	if t.As.Lang {
		say("lang")
	}
	return why
}

// alikeAnswer answers the form while it is filled in; asked for as a page it is one.
func (h *Web) alikeAnswer(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	a, err := h.alike(r, people.AlikeIn{Name: r.Form("called_name"), Phone: r.Form("phone"), Email: r.Form("email"), Lang: r.Form("lang"), Except: r.Form("person")})
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.JSON(w, http.StatusOK, a)
}
