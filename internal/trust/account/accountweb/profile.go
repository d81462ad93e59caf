// One's own account.

package accountweb

import (
	"encoding/json"
	"html/template"
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

type sessionRow struct {
	account.Session
	Label   string
	Current bool
}

type profilePage struct {
	Me        account.Account
	Factors   account.Factors
	Sessions  []sessionRow
	Languages []Option
	Passkeys  bool
}

func (h *Web) profilePage(r *web.Request) (p profilePage, err error) {
	if p.Me, p.Factors, err = h.s.Profile(r.Context(), r.Actor); err != nil {
		return p, err
	}
	list, err := h.s.Sessions(r.Context(), r.Actor)
	for _, v := range list {
		p.Sessions = append(p.Sessions, sessionRow{v, agent(r, v.Agent), v.ID == r.Actor.Session})
	}
	p.Languages, p.Passkeys = languages(r, p.Me.Language), h.s.Passkeys()
	return p, err
}

func (h *Web) profile(w http.ResponseWriter, r *web.Request) error {
	p, err := h.profilePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "account/profile", p)
}

func (h *Web) saveProfile(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	err := h.s.UpdateProfile(r.Context(), r.Actor, r.Form("name"), r.Form("language"))
	if err != nil {
		p, again := h.profilePage(r)
		if again != nil {
			return again
		}
		p.Me.Name, p.Languages = r.Form("name"), languages(r, r.Form("language"))
		return r.Fail(w, "account/profile", p, err)
	}
	return r.RedirectWith(w, "/account?lang="+r.Form("language"), "account.flash.saved")
}

type passwordPage struct{ Has bool }

func (h *Web) passwordForm(r *web.Request) (passwordPage, error) {
	_, f, err := h.s.Profile(r.Context(), r.Actor)
	return passwordPage{f.Password}, err
}

func (h *Web) passwordPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.passwordForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "account/password", p)
}

func (h *Web) savePassword(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.ChangePassword(r.Context(), r.Actor, r.FormValue("current"), r.FormValue("next")); err != nil {
		p, again := h.passwordForm(r)
		if again != nil {
			return again
		}
		return r.Fail(w, "account/password", p, err)
	}
	return r.RedirectWith(w, "/account", "account.flash.password")
}

type appPage struct {
	QR     template.HTML
	Spaced string
	URI    string
}

func (h *Web) beginApp(w http.ResponseWriter, r *web.Request) error {
	step, err := h.s.BeginApp(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	r.SetSecret(w, stepCookie, step, 0)
	return r.Redirect(w, "/account/app")
}

func (h *Web) appForm(r *web.Request) (p appPage, err error) {
	v, err := h.s.AppSetup(r.Context(), r.Actor, r.Secret(stepCookie))
	if err != nil {
		return p, err
	}
	p = appPage{Spaced: spaced(v.Secret), URI: v.URI}
	p.QR, err = picture(r, v.URI)
	return p, err
}

func (h *Web) appPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.appForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "account/app", p)
}

func (h *Web) finishApp(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.appForm(r)
	if err != nil {
		return err
	}
	codes, err := h.s.FinishApp(r.Context(), r.Actor, r.Secret(stepCookie), r.Form("code"))
	if err != nil {
		return r.Fail(w, "account/app", p, err)
	}
	r.SetSecret(w, stepCookie, "", -1)
	return r.Page(w, "account/codes", codesPage{codes, "/account"})
}

func (h *Web) newCodes(w http.ResponseWriter, r *web.Request) error {
	codes, err := h.s.NewRecoveryCodes(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return r.Page(w, "account/codes", codesPage{codes, "/account"})
}

type passkeyPage struct{ Label string }

func (h *Web) addPasskeyPage(w http.ResponseWriter, r *web.Request) error {
	if !h.s.Passkeys() {
		return fault.Clash("account.passkey.address")
	}
	if !r.Actor.Recent(r.Now()) {
		return fault.New(fault.Forbidden, account.StepUpNeeded)
	}
	return r.Page(w, "account/passkey", passkeyPage{agent(r, account.AgentClass(r.UserAgent()))})
}

func (h *Web) addPasskeyBegin(w http.ResponseWriter, r *web.Request) error {
	var form struct {
		Label string `json:"label"`
	}
	if err := json.NewDecoder(r.Body).Decode(&form); err != nil {
		return answer(w, r, fault.New(fault.Invalid, "fault.form"))
	}
	step, options, err := h.s.BeginAddPasskey(r.Context(), r.Actor, form.Label)
	if err != nil {
		return answer(w, r, err)
	}
	return offer(w, r, step, options)
}

func (h *Web) addPasskey(w http.ResponseWriter, r *web.Request) error {
	body, err := credential(r)
	if err != nil {
		return answer(w, r, err)
	}
	if err := h.s.AddPasskey(r.Context(), r.Actor, r.Secret(stepCookie), body); err != nil {
		return answer(w, r, err)
	}
	r.SetSecret(w, stepCookie, "", -1)
	return r.JSON(w, http.StatusOK, map[string]string{"location": "/account"})
}

func (h *Web) removePasskey(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.RemovePasskey(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	return r.RedirectWith(w, "/account", "account.flash.saved")
}

func (h *Web) endSession(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.RevokeSession(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	return r.RedirectWith(w, "/account", "account.flash.ended")
}

func (h *Web) endOthers(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.RevokeOtherSessions(r.Context(), r.Actor); err != nil {
		return err
	}
	return r.RedirectWith(w, "/account", "account.flash.ended")
}
