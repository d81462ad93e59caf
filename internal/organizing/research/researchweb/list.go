// The list of research actions.
package researchweb

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"seedbed/internal/organizing/research"
	"seedbed/internal/platform/web"
)

type listLine struct {
	URL, Host, When, Issue string
	State                  pill
	Empty                  string // parts that nobody has yet
	Next                   *nextLine
}

type listPage struct {
	Waiting, Ahead, Over []listLine
	Issue, IssueName     string
	Older                string
	MayPlan, Earlier     bool
	HasOptions           bool
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	p := listPage{Issue: r.Form("issue"), MayPlan: may(r, begin), HasOptions: h.o.HasIssues}
	before := time.Time{}
	if n, err := strconv.ParseInt(r.Form("past"), 10, 64); err == nil && n > 0 {
		before, p.Earlier = time.UnixMicro(n), true
	}
	l, err := h.s.List(r.Context(), r.Actor, p.Issue, before)
	if err != nil {
		return err
	}
	if p.IssueName, err = h.s.IssueName(r.Context(), r.Actor, p.Issue); err != nil {
		return err
	}
	issues := map[string]string{}
	for _, part := range []struct {
		from []research.Found
		into *[]listLine
	}{{l.Waiting, &p.Waiting}, {l.Ahead, &p.Ahead}, {l.Over, &p.Over}} {
		if p.Earlier && part.into != &p.Over {
			continue
		}
		for _, f := range part.from {
			if _, known := issues[f.Issue]; !known {
				if issues[f.Issue], err = h.s.IssueName(r.Context(), r.Actor, f.Issue); err != nil {
					return err
				}
			}
			names, err := h.s.Names(r.Context(), r.Actor, f.Action, ids(f.Action))
			if err != nil {
				return err
			}
			line := listLine{URL: "/research/" + f.ID, Host: f.Host, When: when(r, f.Action), Issue: issues[f.Issue], State: state(r, f.Action), Next: h.next(r, f, names)}
			if f.State.Ahead() {
				line.Empty = emptyParts(r, f.Action)
			}
			*part.into = append(*part.into, line)
		}
	}
	if len(l.Over) == research.PageSize {
		p.Older = "/research?issue=" + url.QueryEscape(p.Issue) + "&past=" + strconv.FormatInt(l.Over[len(l.Over)-1].At.UnixMicro(), 10)
	}
	return r.Page(w, "research/list", p)
}

// emptyParts names the parts that nobody has yet, in one sentence.
func emptyParts(r *web.Request, a research.Action) string {
	list := a.Empty()
	if len(list) == 0 {
		return ""
	}
	var words []string
	for _, role := range list {
		words = append(words, r.T("research.role."+string(role)))
	}
	return r.T("research.warning.empty_role", "Roles", r.Localizer().List(words))
}
