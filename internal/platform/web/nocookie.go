// Pages for phones that may not be one's own: nothing stays on them.
package web

import (
	"net/http"

	"seedbed/internal/kit/i18n"
)

// NoCookie keeps not even the language on the phone: the forms carry it, as "l".
func NoCookie(fn Handler) Handler {
	return func(w http.ResponseWriter, r *Request) error {
		w.Header().Del("Set-Cookie")
		if l := r.Form("l"); i18n.Supported(l) {
			r.Locale = l
		}
		return fn(w, r)
	}
}
