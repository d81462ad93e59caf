// Cookies, and who stands behind them.

package accountweb

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

const (
	sessionCookie = "sb_session"
	stepCookie    = "sb_step" // between two pages of a sign-in or an enrolment
)

// Authenticator recognises staff by their session cookie. Without a session, or
// with one that ended, the reader is whoever anonymous says.
func Authenticator(s *account.Service, secure bool, anonymous func(ctx context.Context, r *http.Request) (access.Actor, error)) web.Authenticator {
	name := sessionCookie
	if secure {
		name = "__Host-" + name
	}
	return func(ctx context.Context, r *http.Request) (access.Actor, error) {
		c, err := r.Cookie(name)
		if err != nil || c.Value == "" {
			return anonymous(ctx, r)
		}
		who := s.Authenticate
		if web.Watching(ctx) {
			who = s.Recognise
		}
		a, _, err := who(ctx, c.Value)
		if fault.Is(err, fault.Unauthenticated) {
			return anonymous(ctx, r)
		}
		return a, err
	}
}

// client is what the core may know about the browser.
func client(r *web.Request) account.Client {
	return account.Client{Network: r.Network(), Agent: account.AgentClass(r.UserAgent()), Shared: r.Checked("shared"), Request: r.ID}
}

// admit hands the session to the browser. On a shared computer it ends with the browser.
func admit(w http.ResponseWriter, r *web.Request, token string, v account.Session) {
	life := account.SessionAbsolute
	if v.Idle == account.SessionIdleShare {
		life = 0
	}
	r.SetSecret(w, sessionCookie, token, life)
	r.SetSecret(w, stepCookie, "", -1)
}

// land is where somebody goes who has just signed in.
func (h *Web) land(r *web.Request, token, next string) string {
	if next = web.Local(next); next != "/" {
		return next
	}
	a, _, err := h.s.Authenticate(r.Context(), token)
	if err != nil {
		return "/"
	}
	return h.o.Home(a)
}

// askAgain sends somebody to the page that asks for a fresh proof, and back.
func (h *Web) askAgain(w http.ResponseWriter, r *web.Request) error {
	back := r.URL.RequestURI()
	if r.Method != http.MethodGet {
		back = pageOf(r.URL.Path)
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		return r.JSON(w, http.StatusForbidden, map[string]string{"message": r.T(account.StepUpNeeded)})
	}
	return r.Redirect(w, "/confirm?next="+url.QueryEscape(back))
}

// pageOf is the page whose form posts to path.
func pageOf(path string) string {
	switch {
	case strings.HasPrefix(path, "/account/"):
		return "/account"
	case strings.HasPrefix(path, "/accounts/invitations/"):
		return "/accounts"
	case path == "/accounts/invite":
		return path
	case strings.HasPrefix(path, "/accounts/"):
		id, _, _ := strings.Cut(strings.TrimPrefix(path, "/accounts/"), "/")
		return "/accounts/" + id
	}
	return "/account"
}

// answer turns an error into what the passkey element shows.
func answer(w http.ResponseWriter, r *web.Request, err error) error {
	if fault.KindOf(err) == fault.Internal {
		return err
	}
	key, args := fault.MessageOf(err)
	if f := fault.FieldsOf(err); len(f) > 0 {
		key, args = f[0].Key, f[0].Args
	}
	return r.JSON(w, web.Status(err), map[string]string{"message": r.Localizer().TMap(key, args)})
}
