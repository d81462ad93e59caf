// The teller's own page. Somebody whom nobody recorded comes with the code they
// were given; every form carries it, so that no cookie and no session is left on
// a shared phone.
package storyweb

import (
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/story"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

type doorPage struct{ Code string }

func (h *Web) door(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "story/said", doorPage{})
}

// TellerPage is a story as its teller sees it.
type TellerPage struct {
	Lines                           []string // the text, paragraph by paragraph
	Action, Code, Title, Text, Lang string
	Back                            string // to a member's own information; empty with a code alone
	State, Kind                     string
	Version                         int64
	Waits, Approved, Rests, Over    bool
	Permissions                     []permission
	Uses                            []useLine
	Places, Identities, Months      []Option
	Wording                         []string
}

func (h *Web) said(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	code := r.Form("code")
	teller, id, err := h.s.ByCode(r.Context(), r.Actor, r.Network(), code)
	if err != nil {
		return r.Fail(w, "story/said", doorPage{code}, err)
	}
	if r.Form("act") != "" {
		err = h.Act(r, teller, id)
	}
	p, e := h.Teller(r, teller, id)
	if fault.Is(e, fault.Gone) {
		p, e = TellerPage{Over: true}, nil
	}
	if e != nil {
		return e
	}
	p.Action, p.Code = "/said", code
	if err != nil {
		return r.Fail(w, "story/saidone", p, err)
	}
	return r.Page(w, "story/saidone", p)
}

// mine is a story of a member who opened their own information.
func (h *Web) mine(w http.ResponseWriter, r *web.Request) error {
	p, err := h.Teller(r, r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p.Action, p.Back = "/me/told/"+r.PathValue("id"), "/me/together"
	return r.Page(w, "story/saidone", p)
}

func (h *Web) mineAct(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := h.Act(r, r.Actor, id)
	if err == nil {
		if r.Form("act") == "end" {
			return r.Redirect(w, "/me/together")
		}
		return r.Redirect(w, "/me/told/"+id)
	}
	p, e := h.Teller(r, r.Actor, id)
	if e != nil {
		return e
	}
	p.Action, p.Back = "/me/told/"+id, "/me/together"
	return r.Fail(w, "story/saidone", p, err)
}

// Act carries out what a teller's form asks for.
func (h *Web) Act(r *web.Request, teller access.Actor, id string) error {
	ctx, key := r.Context(), r.Key()
	switch r.Form("act") {
	case "yes":
		return h.s.Approve(ctx, teller, approveIn(r, id).WithConsent(r.Locale, string(consent.OnScreen), "", ""))
	case "words":
		told, bad := words(r)
		if len(bad) > 0 {
			return fault.Wrong(bad...)
		}
		return h.s.Draft(ctx, teller, story.DraftIn{ID: id, Words: told, Version: version(r), Key: key})
	case "stop":
		return h.s.StopPlace(ctx, teller, id, r.Form("place"), key)
	case "rest":
		return h.s.Rest(ctx, teller, story.RestIn{ID: id, Key: key})
	case "wake":
		return h.s.Wake(ctx, teller, id, key)
	case "end":
		return h.s.Withdraw(ctx, teller, id, key)
	}
	return nil
}

// Teller prepares the teller's page; the page of a member's own information uses it too.
func (h *Web) Teller(r *web.Request, teller access.Actor, id string) (p TellerPage, err error) {
	s, err := h.s.Get(r.Context(), teller, id)
	if err != nil {
		return p, err
	}
	p = TellerPage{Title: s.Words.Title, Text: s.Words.Text, Lines: paragraphs(s.Words.Text), Lang: s.Language, State: r.T("story.own.state." + string(s.State)), Kind: stateKind(s.State), Version: s.Version,
		Waits: s.State == story.Drafted || s.State == story.Told, Approved: s.State == story.Approved || s.State == story.Used, Rests: s.State == story.Resting}
	var work onePage
	work.uses(r, s.Uses)
	p.Uses = work.Uses
	var allowed []string
	for _, x := range s.Permissions {
		if !x.Until.IsZero() {
			allowed = append(allowed, x.Place)
			p.Permissions = append(p.Permissions, permission{Value: x.Place, Place: r.T("story.place." + x.Place), Until: day(r, x.Until)})
		}
	}
	work.forms(r, s, allowed)
	p.Places, p.Identities, p.Months = work.Places, work.Identities, work.Months
	if wording, err := consent.Current(consent.StoryUse, r.Locale); err == nil {
		p.Wording = wording.Text(consent.Values{Recipient: r.T("story.yes.places_said"), Fields: []consent.Field{consent.Story}, Until: day(r, r.Now().AddDate(1, 0, 0))})
	}
	return p, nil
}
