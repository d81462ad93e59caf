// Package accountweb is the pages of signing in, joining, one's own account and
// the accounts of a clinic. Its route table is in this file, one screen long.
//
// Everything works without JavaScript; passkeys appear where the browser and the
// address allow them. Links that work once open a neutral page first: looking
// at it changes nothing.
package accountweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

//go:embed pages/*.html
var files embed.FS

// Pages holds the page files; app registers them under "account".
func Pages() fs.FS {
	sub, err := fs.Sub(files, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Options of the pages; all may be left out.
type Options struct {
	Home   func(a access.Actor) string                                 // where somebody lands after signing in
	Groups func(ctx context.Context, a access.Actor) ([]Option, error) // groups a partner can belong to
	Mail   bool                                                        // invitations are mailed too
}

// Option is one choice of a form, as the design system's parts read it.
type Option struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

// wayStep is one step of a way through; State is "done", "now" or "next".
type wayStep struct{ Label, URL, State string }

// Web is the room's web half.
type Web struct {
	s *account.Service
	o Options
}

// New returns the pages over the core.
func New(s *account.Service, o Options) *Web {
	if o.Home == nil {
		o.Home = home
	}
	return &Web{s, o}
}

func home(a access.Actor) string {
	switch {
	case a.Has(access.Clinician):
		return "/offer"
	case a.Has(access.Navigator), a.Has(access.Organizer):
		return "/handoffs"
	case a.Has(access.Admin):
		return "/accounts"
	}
	return "/account"
}

// Routes is the room's route table.
func (h *Web) Routes() []web.Route {
	need := func(r access.Resource, a access.Action) access.Need { return access.Need{Resource: r, Action: a} }
	look, enter, leave := need("session", access.Read), need("session", access.Create), need("session", access.Delete)
	setup, begin := need("setup", access.Read), need("setup", access.Create)
	mine, change := need("account", access.Read), need("account", access.Update)
	manage, settings := need("account", access.Create), need("settings", access.Update)
	routes := []web.Route{
		h.public("GET", "/sign-in", look, h.signInPage), h.public("POST", "/sign-in", enter, h.signIn),
		h.public("GET", "/sign-in/code", look, h.codePage), h.public("POST", "/sign-in/code", enter, h.code),
		h.public("POST", "/sign-in/passkey/begin", enter, h.passkeyBegin), h.public("POST", "/sign-in/passkey", enter, h.passkey),
		h.staff("POST", "/sign-out", leave, h.signOut),
		h.staff("GET", "/confirm", mine, h.confirmPage), h.staff("POST", "/confirm", change, h.confirm),
		h.staff("POST", "/confirm/passkey/begin", change, h.passkeyBegin), h.staff("POST", "/confirm/passkey", change, h.confirmPasskey),

		h.public("GET", "/ticket/{token}", look, h.ticketPage), h.public("POST", "/ticket/{token}", enter, h.ticket),
		h.public("GET", "/setup", setup, h.setupPage), h.public("POST", "/setup", begin, h.setup),
		h.public("GET", "/invite/{token}", look, h.invitePage), h.public("POST", "/invite/{token}", enter, h.invite),

		h.staff("GET", "/account", mine, h.profile), h.staff("POST", "/account", change, h.saveProfile),
		h.staff("GET", "/account/password", mine, h.passwordPage), h.staff("POST", "/account/password", change, h.savePassword),
		h.staff("POST", "/account/app", change, h.beginApp), h.staff("GET", "/account/app", mine, h.appPage), h.staff("POST", "/account/app/code", change, h.finishApp),
		h.staff("POST", "/account/codes", change, h.newCodes),
		h.staff("GET", "/account/passkeys", mine, h.addPasskeyPage), h.staff("POST", "/account/passkeys/begin", change, h.addPasskeyBegin),
		h.staff("POST", "/account/passkeys", change, h.addPasskey), h.staff("POST", "/account/passkeys/{id}/remove", change, h.removePasskey),
		h.staff("POST", "/account/sessions/{id}/end", leave, h.endSession), h.staff("POST", "/account/sessions/end-others", leave, h.endOthers),

		h.staff("GET", "/accounts", manage, h.accounts), h.staff("GET", "/accounts/invite", manage, h.guestPage), h.staff("POST", "/accounts/invite", manage, h.guest),
		h.staff("POST", "/accounts/invitations/{id}/revoke", need("account", access.Delete), h.revokeInvitation),
		h.staff("GET", "/accounts/{id}", manage, h.accountPage), h.staff("POST", "/accounts/{id}/roles", manage, h.setRoles),
		h.staff("POST", "/accounts/{id}/disable", need("account", access.Delete), h.disable), h.staff("POST", "/accounts/{id}/enable", manage, h.enable),
		h.staff("POST", "/accounts/{id}/reset", manage, h.reset),
		h.staff("GET", "/sites", settings, h.sites), h.staff("POST", "/sites", settings, h.addSite), h.staff("POST", "/sites/{id}", settings, h.changeSite),
		h.staff("POST", "/clinic", settings, h.saveClinic),
	}
	// The pages of an enrolment stand twice: before the first run is over nothing
	// but /setup answers.
	for _, at := range []struct {
		base        string
		read, write access.Need
	}{{"/enrol", look, enter}, {"/setup/steps", setup, begin}} {
		routes = append(routes, h.public("GET", at.base, at.read, h.enrolPage), h.public("POST", at.base, at.write, h.enrol),
			h.public("POST", at.base+"/passkey/begin", at.write, h.enrolPasskeyBegin), h.public("POST", at.base+"/passkey", at.write, h.enrolPasskey))
	}
	return routes
}

func (h *Web) public(method, pattern string, n access.Need, fn web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Public, Handler: fn}
}

func (h *Web) staff(method, pattern string, n access.Need, fn web.Handler) web.Route {
	return web.Route{Method: method, Pattern: pattern, Need: n, Surface: web.Staff, Handler: func(w http.ResponseWriter, r *web.Request) error {
		err := fn(w, r)
		if key, _ := fault.MessageOf(err); err != nil && key == account.StepUpNeeded {
			return h.askAgain(w, r)
		}
		return err
	}}
}
