// The forms with which somebody asks for a change, looks after a promise, or says
// who does. One thing per page, so that each can be explained.

package pledgeweb

import (
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/web"
)

// asks are the acts with a page of their own; a lapse is an answer to a renewal.
var asks = []pledge.Act{pledge.Move, pledge.Publish, pledge.Correct, pledge.Withdraw, pledge.Renew}

type askPage struct {
	ID                      string
	Act                     string
	Words                   quote
	Clinic                  bool
	To, Parts, Other, Langs []Option
	Renewal                 []Option
	Evidence, Link, Due     string
	Fix                     pledge.Fix
	NextDay, Seen, SeenLink string
	Owners, Issues          []Option
	Yearly                  bool
	Others                  []otherWords
}

func (h *Web) askPage(r *web.Request, act string) (p askPage, x pledge.History, err error) {
	if x, err = h.s.Get(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return p, x, err
	}
	p = askPage{ID: x.ID, Act: act, Words: words(x.Words, r.Locale), Clinic: x.Kind == pledge.Clinic, Evidence: r.Form("evidence"), Link: r.Form("link"), Due: r.Form("due"),
		NextDay: r.Form("next"), Seen: r.Form("seen"), SeenLink: r.Form("seen_link")}
	return p, x, nil
}

func (h *Web) fill(r *web.Request, p *askPage, x pledge.History) error {
	switch pledge.Act(p.Act) {
	case pledge.Move:
		to := x.State.Next()
		if len(x.Parts) > 0 {
			p.Parts = append(p.Parts, Option{Value: "", Label: r.T("pledge.whole"), Checked: r.Form("part") == ""})
			for _, part := range x.Parts {
				p.Parts = append(p.Parts, Option{Value: part.ID, Label: part.Body, Hint: r.T("pledge.state." + string(part.State)), Checked: r.Form("part") == part.ID})
			}
			to = []pledge.State{pledge.InProgress, pledge.Kept, pledge.Partly, pledge.Broken, pledge.Superseded}
		}
		p.To = states(r, to, pledge.State(r.Form("to")))
		all, err := h.s.List(r.Context(), r.Actor, pledge.Filter{})
		if err != nil {
			return err
		}
		for _, o := range all {
			if o.ID != x.ID && !o.Withdrawn && o.BodyKey() == x.BodyKey() {
				p.Other = append(p.Other, Option{Value: o.ID, Label: clip(words(o.Words, r.Locale).Text), Checked: o.ID == r.Form("other")})
			}
		}
	case pledge.Correct:
		p.Fix = pledge.Fix{Name: x.Name, Title: x.Title, Body: x.Body, Words: x.Text, Lang: x.Lang, Measure: x.Measure, Due: x.Due}
		if r.Method == http.MethodPost {
			p.Fix = pledge.Fix{Name: r.Form("name"), Title: r.Form("title"), Body: r.Form("body"), Words: r.Form("words"), Lang: r.Form("words_lang"), Measure: r.Form("measure"), Due: r.Form("due")}
		}
		p.Langs = languages(r, p.Fix.Lang)
	case pledge.Renew:
		for _, v := range []pledge.Act{pledge.Renew, pledge.Lapse} {
			p.Renewal = append(p.Renewal, Option{Value: string(v), Label: r.T("pledge.renewal." + string(v)), Hint: r.T("pledge.renewal." + string(v) + "_means"), Checked: r.Form("answer") == string(v)})
		}
	}
	return nil
}

// clip keeps a choice in a list readable.
func clip(s string) string {
	if all := []rune(s); len(all) > 90 {
		return string(all[:89]) + "…"
	}
	return s
}

func (h *Web) askForm(act pledge.Act) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		p, x, err := h.askPage(r, string(act))
		if err == nil {
			err = h.fill(r, &p, x)
		}
		if err != nil {
			return err
		}
		return r.Page(w, "pledge/ask", p)
	}
}

func (h *Web) ask(act pledge.Act) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		if err := r.Parse(); err != nil {
			return err
		}
		evidence, bad := r.Guarded("evidence")
		in := pledge.AskIn{ID: r.PathValue("id"), Act: act, Evidence: evidence, Link: r.Form("link"), Key: r.Key()}
		switch act {
		case pledge.Move:
			in.To, in.Part = pledge.State(r.Form("to")), r.Form("part")
			if in.To == pledge.Superseded {
				in.Other = r.Form("other")
			}
		case pledge.Correct:
			in.Fix = pledge.Fix{Lang: r.Form("words_lang"), Due: r.Form("due")}
			for _, f := range []struct {
				name string
				to   *string
			}{{"words", &in.Fix.Words}, {"title", &in.Fix.Title}, {"body", &in.Fix.Body}, {"measure", &in.Fix.Measure}} {
				text, wrong := r.Guarded(f.name)
				*f.to, bad = text, append(bad, wrong...)
			}
			name, wrong := r.GuardedName("name")
			in.Fix.Name, bad = name, append(bad, wrong...)
		case pledge.Renew:
			if in.Due = r.Form("due"); r.Form("answer") == string(pledge.Lapse) {
				in.Act, in.Due = pledge.Lapse, ""
			} else if r.Form("answer") != string(pledge.Renew) {
				bad = append(bad, fault.At("answer", "contact.error.choose"))
			}
		}
		err := fault.Wrong(bad...)
		if len(bad) == 0 {
			err = h.s.Ask(r.Context(), r.Actor, in)
		}
		if err == nil {
			return r.RedirectWith(w, "/pledges/desk/"+in.ID, "pledge.flash.asked")
		}
		p, x, perr := h.askPage(r, string(act))
		if perr == nil {
			perr = h.fill(r, &p, x)
		}
		if perr != nil {
			return perr
		}
		return r.Fail(w, "pledge/ask", p, err)
	}
}

func (h *Web) checkForm(w http.ResponseWriter, r *web.Request) error {
	p, x, err := h.askPage(r, "check")
	if err != nil {
		return err
	}
	p.NextDay = pledge.NextCheck(today(r), x.Due)
	return r.Page(w, "pledge/ask", p)
}

// check notes a look after which nothing changed.
func (h *Web) check(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	seen, bad := r.Guarded("seen")
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Checked(r.Context(), r.Actor, pledge.CheckIn{ID: r.PathValue("id"), Evidence: seen, Link: r.Form("seen_link"), Next: r.Form("next"), Key: r.Key()})
	}
	if err == nil {
		return r.RedirectWith(w, "/pledges/desk/"+r.PathValue("id"), "pledge.flash.checked")
	}
	p, _, perr := h.askPage(r, "check")
	if perr != nil {
		return perr
	}
	return r.Fail(w, "pledge/ask", p, err)
}

func (h *Web) carePage(r *web.Request) (p askPage, err error) {
	p, x, err := h.askPage(r, "care")
	if err != nil {
		return p, err
	}
	owner, issue, list := x.Owner, x.Issue, x.Others
	p.Yearly = x.Renew != ""
	if r.Method == http.MethodPost {
		owner, issue, p.Yearly, list = r.Form("owner"), r.Form("issue"), r.Checked("yearly"), typed(r)
	}
	staff, err := h.s.Colleagues(r.Context(), r.Actor.Org)
	if err != nil {
		return p, err
	}
	for _, c := range staff {
		p.Owners = append(p.Owners, Option{Value: c.Account, Label: c.Name, Checked: c.Account == owner})
	}
	if p.Issues, err = h.issues(r, issue); err != nil {
		return p, err
	}
	p.Others = others(r, x.Lang, list)
	return p, nil
}

func typed(r *web.Request) map[string]string {
	out := map[string]string{}
	for _, o := range others(r, "", nil) {
		out[o.Lang] = r.Form(o.Name)
	}
	return out
}

func (h *Web) careForm(w http.ResponseWriter, r *web.Request) error {
	p, err := h.carePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "pledge/ask", p)
}

// care says who looks after a promise and how its words are in other languages.
func (h *Web) care(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := pledge.CareIn{ID: r.PathValue("id"), Owner: r.Form("owner"), Issue: r.Form("issue"), Yearly: r.Checked("yearly"), Others: map[string]string{}, Key: r.Key()}
	var bad []fault.Field
	for _, o := range others(r, "", nil) {
		text, wrong := r.Guarded(o.Name)
		in.Others[o.Lang], bad = text, append(bad, wrong...)
	}
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Care(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/pledges/desk/"+in.ID, "pledge.flash.changed")
	}
	p, perr := h.carePage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "pledge/ask", p, err)
}
