// What a group sees: exactly the fields that were agreed to, the rules of
// contact, and its answers. The same for a partner's account and for a link.

package introductionweb

import (
	"net/http"
	"slices"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
)

type sharedPage struct {
	form
	ID, Name, Action string
	State            stateMark
	Next             nextStep
	Mine             bool // the next step is the group's
	Facts            []fact
	Safe             []string
	Attempts         []momentLine
	Results          []Option // what can come of an attempt, without what the rules forbid
	Reply            string
	ByLink           bool
	Tells            bool
	may              []introduction.Verb
	state            introduction.State
}

// Can reports whether a verb is open to the group now.
func (p sharedPage) Can(verb string) bool { return slices.Contains(p.may, introduction.Verb(verb)) }

// Is reports whether it stands in one of these states.
func (p sharedPage) Is(states ...string) bool { return slices.Contains(states, string(p.state)) }

// Tried reports whether an attempt has been written down.
func (p sharedPage) Tried() bool { return len(p.Attempts) > 0 }

func (h *Web) sharedPage(r *web.Request, s introduction.Shared, sent string) sharedPage {
	l := r.Localizer()
	p := sharedPage{form: form{r, sent}, ID: s.ID, Name: s.Person.CalledName, State: stateOf(r, s.State, ""), Facts: h.personFacts(r, s.Person), Reply: s.Reply,
		Safe: safeWords(r, s.Person, knowsSafe(s)), Tells: s.Tells, may: s.Can, state: s.State, Mine: s.Next.Owner == introduction.OwnerGroup}
	p.Next = h.groupStep(r, s)
	for _, a := range slices.Backward(s.Attempts) {
		p.Attempts = append(p.Attempts, momentLine{Title: r.T("introduction.result." + string(a.Result)), Text: r.T("introduction.channel." + string(a.Channel)),
			When: l.Ago(a.At, r.Now(), r.Zone()), Exact: l.DateTime(a.At.In(r.Zone())), Icon: "phone"})
	}
	for _, o := range p.Opts("attempt", "result") {
		if o.Value != string(introduction.LeftMessage) || !s.Person.Safe.NoVoicemail && knowsSafe(s) {
			p.Results = append(p.Results, o)
		}
	}
	return p
}

// groupStep says "you" to the group.
func (h *Web) groupStep(r *web.Request, s introduction.Shared) nextStep {
	n := h.step(r, introduction.BoardItem{State: s.State, Next: s.Next, Late: s.Next.Late(r.Now())})
	if s.Next.Owner == introduction.OwnerGroup {
		n.Owner = r.T("handoff.you")
		if n.Badge != nil && n.Badge.Kind == "wait" {
			n.Badge = nil // nobody waits for anybody else
		}
	}
	return n
}

type sharedList struct {
	Rows    []boardRow
	Recalls []recallLine
}

func (h *Web) sharedList(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.SharedWith(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := sharedList{}
	for _, s := range list {
		p.Rows = append(p.Rows, boardRow{URL: "/shared/" + s.ID, Title: s.Person.CalledName, State: stateOf(r, s.State, ""),
			Next: h.groupStep(r, s)})
	}
	slices.SortStableFunc(p.Rows, func(a, b boardRow) int { // what is late first
		switch {
		case a.Next.Kind == b.Next.Kind:
			return 0
		case a.Next.Kind == "late":
			return -1
		case b.Next.Kind == "late":
			return 1
		}
		return 0
	})
	recalls, err := h.s.Recalls(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p.Recalls = h.recallLines(r, recalls)
	return r.Page(w, "introduction/shared", p)
}

func (h *Web) sharedData(r *web.Request, sent string) (sharedPage, error) {
	one, err := h.s.SharedOne(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return sharedPage{}, err
	}
	p := h.sharedPage(r, one, sent)
	p.Action = "/shared/" + p.ID
	return p, nil
}

func (h *Web) sharedOne(w http.ResponseWriter, r *web.Request) error {
	p, err := h.sharedData(r, "")
	if fault.Is(err, fault.Forbidden) {
		err = fault.Missing("not shared with this account")
	}
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/sharedone", p)
}

func (h *Web) sharedAct(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := h.groupAct(r, id)
	switch {
	case err == nil && endsShare(r):
		return r.RedirectWith(w, "/shared", "handoff.flash.thanks")
	case err == nil:
		return r.RedirectWith(w, "/shared/"+id, "handoff.flash.thanks")
	case !wrongForm(err):
		return err
	}
	p, perr := h.sharedData(r, r.Form("act"))
	if perr != nil {
		return perr
	}
	return r.Fail(w, "introduction/sharedone", p, err)
}

// groupAct carries out what a group answers.
func (h *Web) groupAct(r *web.Request, id string) error {
	ctx, a, key := r.Context(), r.Actor, r.Key()
	switch name := r.Form("act"); name {
	case "unable":
		if r.Form("reason") == string(introduction.OtherGroupBetter) {
			return h.s.Redirect(ctx, a, introduction.RedirectIn{ID: id, Key: key})
		}
		return h.s.Unable(ctx, a, introduction.UnableIn{ID: id, Reason: r.Form("reason"), Key: key})
	case "close":
		return h.s.Close(ctx, a, introduction.CloseIn{ID: id, Ending: r.Form("ending"), Key: key})
	default:
		return h.answer(ctx, r, name, id)
	}
}

// endsShare: after these answers there is nothing to look at any more.
func endsShare(r *web.Request) bool { return r.Form("act") == "unable" || r.Form("act") == "close" }

func (h *Web) sharedDeleted(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.AnswerRecall(r.Context(), r.Actor, introduction.RecallIn{ID: r.PathValue("id"), Key: r.Key()}); err != nil {
		return err
	}
	return r.RedirectWith(w, "/shared", "handoff.flash.deleted")
}
