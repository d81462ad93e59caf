// The safe exit: ends the person's session and leads to a page that says nothing.

package introductionweb

import (
	"net/http"

	"seedbed/internal/platform/web"
)

// neutralSite is where the exit leads when the installation names no other.
const neutralSite = "https://www.weather.gov/"

// exit works as a link without JavaScript, and as the beacon that a page sends
// while it is already gone. A browser that follows Clear-Site-Data drops kept
// pages, so that Back asks the server, which knows nothing any more.
func (h *Web) exit(w http.ResponseWriter, r *web.Request) error {
	// Whoever leaves in a hurry must not meet an error page of ours. Without its
	// cookie the browser is out; a session that could not be deleted ends by itself.
	_ = h.s.SignOut(r.Context(), r.Secret(ownCookie))
	r.SetSecret(w, ownCookie, "", -1)
	if h.o.Leave != nil {
		h.o.Leave(w, r)
	}
	r.ForgetSite(w, false)
	w.Header().Set("Clear-Site-Data", w.Header().Get("Clear-Site-Data")+`, "executionContexts"`)
	if r.Method == http.MethodPost && r.Header.Get("Sec-Fetch-Dest") != "document" {
		w.WriteHeader(http.StatusNoContent) // a beacon must not follow to another site
		return nil
	}
	to := neutralSite
	if h.o.ExitURL != nil {
		to = h.o.ExitURL(r.Locale)
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}
