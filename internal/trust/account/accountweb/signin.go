// Signing in and out, and showing once more that it is you.

package accountweb

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
)

type signInForm struct {
	Email, Next string
	Shared      bool
	Passkeys    bool
}

func (h *Web) signInPage(w http.ResponseWriter, r *web.Request) error {
	if r.Actor.SignedIn() {
		return r.Redirect(w, h.o.Home(r.Actor))
	}
	return r.Page(w, "account/signin", signInForm{Next: web.Local(r.Form("next")), Passkeys: h.s.Passkeys()})
}

func (h *Web) signIn(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f := signInForm{Email: r.Form("email"), Next: web.Local(r.Form("next")), Shared: r.Checked("shared"), Passkeys: h.s.Passkeys()}
	step, err := h.s.SignIn(r.Context(), client(r), f.Email, r.FormValue("password"))
	if err != nil {
		return r.Fail(w, "account/signin", f, err)
	}
	r.SetSecret(w, stepCookie, step, 0)
	return r.Redirect(w, "/sign-in/code?next="+url.QueryEscape(f.Next))
}

type codeForm struct{ Next string }

func (h *Web) codePage(w http.ResponseWriter, r *web.Request) error {
	if r.Secret(stepCookie) == "" {
		return r.Redirect(w, "/sign-in")
	}
	return r.As(web.Link).Page(w, "account/code", codeForm{web.Local(r.Form("next"))})
}

func (h *Web) code(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	token, v, err := h.s.SignInCode(r.Context(), client(r), r.Secret(stepCookie), r.Form("code"))
	if fault.Is(err, fault.Gone) { // too late or too many tries: from the start
		r.SetSecret(w, stepCookie, "", -1)
		return r.Fail(w, "account/signin", signInForm{Next: web.Local(r.Form("next")), Passkeys: h.s.Passkeys()}, err)
	}
	if err != nil {
		return r.As(web.Link).Fail(w, "account/code", codeForm{web.Local(r.Form("next"))}, err)
	}
	admit(w, r, token, v)
	return r.Redirect(w, h.land(r, token, r.Form("next")))
}

// passkeyBegin answers the options for using a passkey, here and on the page that asks again.
func (h *Web) passkeyBegin(w http.ResponseWriter, r *web.Request) error {
	step, options, err := h.s.BeginPasskey(r.Context())
	if err != nil {
		return answer(w, r, err)
	}
	return offer(w, r, step, options)
}

// offer sends WebAuthn options; the step goes into the cookie.
func offer(w http.ResponseWriter, r *web.Request, step string, options []byte) error {
	if step != "" {
		r.SetSecret(w, stepCookie, step, 0)
	}
	return r.JSON(w, http.StatusOK, map[string]json.RawMessage{"publicKey": options})
}

func (h *Web) passkey(w http.ResponseWriter, r *web.Request) error {
	body, err := credential(r)
	if err != nil {
		return answer(w, r, err)
	}
	token, v, err := h.s.SignInPasskey(r.Context(), client(r), r.Secret(stepCookie), body)
	if err != nil {
		return answer(w, r, err)
	}
	admit(w, r, token, v)
	return r.JSON(w, http.StatusOK, map[string]string{"location": h.land(r, token, r.URL.Query().Get("next"))})
}

// credential reads what an authenticator answered.
func credential(r *web.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return nil, fault.New(fault.TooLarge, "")
	}
	return body, err
}

// signOut asks first when entries wait in this browser for their receipt: to sign
// out would otherwise throw them away, or leave them without a word.
func (h *Web) signOut(w http.ResponseWriter, r *web.Request) error {
	choice := r.Form("waiting")
	if r.Waiting() > 0 && choice != "keep" && choice != "drop" {
		return r.Page(w, "account/leaving", nil)
	}
	if err := h.s.SignOut(r.Context(), r.Actor); err != nil {
		return err
	}
	r.SetSecret(w, sessionCookie, "", -1)
	r.ForgetSite(w, choice == "drop")
	return r.Redirect(w, "/")
}

type confirmForm struct {
	Next     string
	Code     bool
	Passkeys bool
}

func (h *Web) confirmForm(r *web.Request) (f confirmForm, err error) {
	_, have, err := h.s.Profile(r.Context(), r.Actor)
	return confirmForm{web.Local(r.Form("next")), have.TOTP, h.s.Passkeys() && len(have.Passkeys) > 0}, err
}

func (h *Web) confirmPage(w http.ResponseWriter, r *web.Request) error {
	f, err := h.confirmForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "account/confirm", f)
}

func (h *Web) confirm(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f, err := h.confirmForm(r)
	if err != nil {
		return err
	}
	token, err := h.s.StepUp(r.Context(), r.Actor, r.Form("code"))
	if err != nil {
		return r.Fail(w, "account/confirm", f, err)
	}
	h.renew(w, r, token)
	return r.Redirect(w, f.Next)
}

// renew gives the browser the token of the elevated session, for as long as the old one.
func (h *Web) renew(w http.ResponseWriter, r *web.Request, token string) {
	if _, v, err := h.s.Authenticate(r.Context(), token); err == nil {
		admit(w, r, token, v)
	}
}

func (h *Web) confirmPasskey(w http.ResponseWriter, r *web.Request) error {
	body, err := credential(r)
	if err != nil {
		return answer(w, r, err)
	}
	token, err := h.s.StepUpPasskey(r.Context(), r.Actor, r.Secret(stepCookie), body)
	if err != nil {
		return answer(w, r, err)
	}
	h.renew(w, r, token)
	return r.JSON(w, http.StatusOK, map[string]string{"location": web.Local(r.URL.Query().Get("next"))})
}

func (h *Web) ticketPage(w http.ResponseWriter, r *web.Request) error {
	t, err := h.s.OpenTicket(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return r.As(web.Link).Page(w, "account/ticket", t)
}

func (h *Web) ticket(w http.ResponseWriter, r *web.Request) error {
	token, v, err := h.s.UseTicket(r.Context(), client(r), r.PathValue("token"))
	if err != nil {
		return err
	}
	admit(w, r, token, v)
	return r.Redirect(w, h.land(r, token, "/"))
}
