// A recipient without an account: a neutral page that any preview may look at,
// a code, and then one screen with what is shared and what can be answered.

package introductionweb

import (
	"context"
	"net/http"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

const linkCookie = "sb_link"

// LinkAuthenticator recognises the session of a recipient's link. Without one
// the reader is whoever anonymous says.
func LinkAuthenticator(s *introduction.Service, secure bool, anonymous web.Authenticator) web.Authenticator {
	name := linkCookie
	if secure {
		name = "__Host-" + name
	}
	return func(ctx context.Context, r *http.Request) (access.Actor, error) {
		if c, err := r.Cookie(name); err == nil && c.Value != "" {
			if a, err := s.Authenticate(ctx, c.Value); err != nil || a.Has(access.Link) {
				return a, err
			}
		}
		return anonymous(ctx, r)
	}
}

type knockPage struct {
	Token string
	Asks  bool // a code
	Texts bool // the code can be sent
	Tell  bool // it was taken back; please confirm
	Sent  string
}

func (h *Web) knock(w http.ResponseWriter, r *web.Request) error {
	p, err := h.knockData(r)
	if err != nil {
		return h.linkOver(w, r, err)
	}
	return r.Page(w, "introduction/recipient", p)
}

func (h *Web) knockData(r *web.Request) (p knockPage, err error) {
	w, err := h.s.LinkPage(r.Context(), r.PathValue("token"))
	if err == nil && w.Kind == introduction.LinkOver {
		err = fault.Ended("introduction.error.link_over")
	}
	return knockPage{Token: r.PathValue("token"), Asks: w.Kind == introduction.LinkAsksCode, Texts: w.Texts, Tell: w.Kind == introduction.LinkRecall}, err
}

// over is one calm page for everything that leads nowhere: used, expired, taken
// back, ended, or never a link at all.
func (h *Web) linkOver(w http.ResponseWriter, r *web.Request, err error) error {
	if !fault.Is(err, fault.Gone) && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Unauthenticated) {
		return err
	}
	return r.PageStatus(w, http.StatusGone, "introduction/recipientover", nil)
}

func (h *Web) openLink(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	session, err := h.s.OpenLink(r.Context(), r.PathValue("token"), r.Form("code"))
	switch {
	case fault.Is(err, fault.Invalid) || fault.Is(err, fault.Limited):
		p, perr := h.knockData(r)
		if perr != nil {
			return h.linkOver(w, r, perr)
		}
		if fault.Is(err, fault.Limited) {
			key, args := fault.MessageOf(err)
			err = fault.Because(fault.Wrong(fault.Field{Name: "code", Key: key, Args: args}), err)
			p.Texts = false // a code that is dead is of no use
		}
		return r.Fail(w, "introduction/recipient", p, err)
	case err != nil:
		return h.linkOver(w, r, err)
	}
	if err := h.seen(r, session); err != nil {
		return err
	}
	r.SetSecret(w, linkCookie, session, 0)
	return r.Redirect(w, "/r/open")
}

// seen writes down that the group has opened it, so that nobody asks them whether they have.
func (h *Web) seen(r *web.Request, session string) error {
	a, err := h.s.Authenticate(r.Context(), session)
	if err != nil || !a.Has(access.Link) {
		return err
	}
	a.Request = r.ID
	one, err := h.s.LinkShared(r.Context(), a)
	if err == nil && one.State == introduction.Sent {
		err = h.s.Acknowledge(r.Context(), a, introduction.AnswerIn{ID: one.ID, Key: r.Key()})
	}
	if wrongForm(err) || fault.Is(err, fault.NotFound) {
		return nil // it ended meanwhile: the next page says so
	}
	return err
}

func (h *Web) sendCode(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.SendCode(r.Context(), r.PathValue("token")); err != nil {
		return h.linkOver(w, r, err)
	}
	return r.RedirectWith(w, "/r/"+r.PathValue("token"), "handoff.flash.code")
}

func (h *Web) linkDeleted(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.AnswerRecallByLink(r.Context(), r.PathValue("token")); err != nil {
		return h.linkOver(w, r, err)
	}
	return r.RedirectWith(w, "/r/"+r.PathValue("token"), "handoff.flash.deleted")
}

func (h *Web) linkPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.linkData(r, "")
	if err != nil {
		return h.linkOver(w, r, err)
	}
	return r.Page(w, "introduction/recipientone", p)
}

func (h *Web) linkData(r *web.Request, sent string) (sharedPage, error) {
	one, err := h.s.LinkShared(r.Context(), r.Actor)
	if err != nil {
		return sharedPage{}, err
	}
	p := h.sharedPage(r, one, sent)
	p.Action, p.ByLink = "/r/open", true
	return p, nil
}

func (h *Web) linkAct(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	err := h.groupAct(r, r.Form("id"))
	switch {
	case err == nil && endsShare(r):
		r.SetSecret(w, linkCookie, "", -1)
		return r.PageStatus(w, http.StatusOK, "introduction/recipientthanks", nil)
	case err == nil:
		return r.RedirectWith(w, "/r/open", "handoff.flash.thanks")
	case wrongForm(err):
		p, perr := h.linkData(r, r.Form("act"))
		if perr != nil {
			return h.linkOver(w, r, perr)
		}
		return r.Fail(w, "introduction/recipientone", p, err)
	}
	return h.linkOver(w, r, err)
}

func (h *Web) linkLeave(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.SignOut(r.Context(), r.Secret(linkCookie)); err != nil {
		return err
	}
	r.SetSecret(w, linkCookie, "", -1)
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return r.PageStatus(w, http.StatusOK, "introduction/recipientthanks", nil)
}
