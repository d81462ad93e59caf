// The list: what still waits for its round, what was said, and how many were done
// within a day.
package evaluationweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type pill struct{ Kind, Label, Icon string }

type listLine struct {
	URL, Title, Kind, When, Owner, Words string
	State                                pill
	Late                                 bool
}

type listPage struct {
	Waiting, Done []listLine
	Timely        evaluation.Timely
	Share         string // percent on time; empty when too few fell due
	Sees          bool   // rounds, not only sums
	Older         string
	Earlier       bool
}

// sharesFrom is from how many on a share is shown.
const sharesFrom = 20

// timelyDays is how far back the list counts.
const timelyDays = 90

func (h *Web) list(w http.ResponseWriter, r *web.Request) (err error) {
	p := listPage{Sees: may(r, access.Update)}
	now := r.Now()
	if p.Timely, err = h.s.TimelyBetween(r.Context(), r.Actor, now.AddDate(0, 0, -timelyDays), now); err != nil {
		return err
	}
	if p.Timely.Due >= sharesFrom {
		p.Share = r.Localizer().Percent(float64(p.Timely.OnTime) / float64(p.Timely.Due))
	}
	if !p.Sees {
		return r.Page(w, "evaluation/list", p)
	}
	before := time.Time{}
	if n, err := strconv.ParseInt(r.Form("before"), 10, 64); err == nil && n > 0 {
		before, p.Earlier = time.UnixMicro(n), true
	}
	if !p.Earlier {
		waiting, err := h.s.Waiting(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		for _, x := range waiting {
			p.Waiting = append(p.Waiting, h.line(r, x))
		}
	}
	done, more, err := h.s.Finished(r.Context(), r.Actor, before)
	if err != nil {
		return err
	}
	for _, x := range done {
		p.Done = append(p.Done, h.line(r, x))
	}
	if more {
		p.Older = "/evaluations?before=" + strconv.FormatInt(done[len(done)-1].DoneAt.UnixMicro(), 10)
	}
	return r.Page(w, "evaluation/list", p)
}

func (h *Web) line(r *web.Request, x evaluation.Round) listLine {
	l, z := r.Localizer(), r.Zone()
	out := listLine{URL: "/evaluations/" + x.ID, Title: title(r, x), Kind: r.T("evaluation.kind." + string(x.Kind)), Owner: h.owner(r, x), State: state(r, x), Late: x.Late(r.Now())}
	if x.State != evaluation.Done {
		out.When = r.T("evaluation.due", "When", l.DateTime(x.Due.In(z)))
		return out
	}
	out.When = l.LongDate(x.At, z)
	counted, beside := x.Feelings()
	var words []string
	for _, f := range append(counted, beside...) {
		if words = append(words, said(r, f)); len(words) == 4 {
			break
		}
	}
	out.Words = l.List(words)
	return out
}

func (h *Web) owner(r *web.Request, x evaluation.Round) string {
	if h.o.Name != nil && x.Account != "" {
		if name := h.o.Name(r.Context(), r.Actor.Org, x.Account); name != "" {
			return name
		}
	}
	return r.T("evaluation.owner_any")
}

// title is how those who lead a round know it; without words of its own it is its kind.
func title(r *web.Request, x evaluation.Round) string {
	if strings.TrimSpace(x.Title) != "" {
		return x.Title
	}
	return r.T("evaluation.kind." + string(x.Kind))
}

func state(r *web.Request, x evaluation.Round) pill {
	switch {
	case x.Late(r.Now()):
		return pill{Kind: "late", Label: r.T("evaluation.late")}
	case x.State == evaluation.Done && !x.OnTime():
		return pill{Kind: "info", Label: r.T("evaluation.state.done_late")}
	case x.State == evaluation.Done:
		return pill{Kind: "ok", Label: r.T("evaluation.state.done")}
	}
	return pill{Kind: "wait", Label: r.T("evaluation.state." + string(x.State))}
}

// said is a word with how many said it, when that may be told.
func said(r *web.Request, f evaluation.Felt) string {
	if f.N == 0 {
		return word(r, f)
	}
	return word(r, f) + " " + r.Localizer().Number(f.N)
}
