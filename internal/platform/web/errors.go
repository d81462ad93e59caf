// The one place where a kind of error becomes a status code and a sentence.
package web

import (
	"net/http"
	"net/url"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.NotFound:        http.StatusNotFound,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Forbidden:       http.StatusForbidden,
	fault.Conflict:        http.StatusConflict,
	fault.Gone:            http.StatusGone,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Limited:         http.StatusTooManyRequests,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unauthenticated: http.StatusUnauthorized,
}

// Status is the HTTP status of an error's kind.
func Status(err error) int { return statuses[fault.KindOf(err)] }

// Problem is the data of the error page.
type Problem struct {
	Status    int
	Kind      string
	Message   string
	Reference string
	Fields    []FieldError
}

// refuse answers an error: a page in the reader's language, JSON for the API
// surface, and the way to the sign-in for somebody who has none.
func (m *Mux) refuse(w http.ResponseWriter, r *Request, err error) {
	kind := fault.KindOf(err)
	status := statuses[kind]
	if !r.chosen { // refused before the route began
		r.chooseLocale(w)
	}
	if kind == fault.Internal {
		m.cfg.Log.Error("internal error", "ref", r.ID, "route", r.Pattern, "err", err)
	} else {
		m.cfg.Log.Debug("refused", "ref", r.ID, "route", r.Pattern, "err", err)
	}
	if r.fromOutbox() {
		if e := r.refuseEntry(w, err); e != nil {
			m.cfg.Log.Error("receipt failed", "ref", r.ID, "err", e)
		}
		return
	}
	if kind == fault.Unauthenticated && r.Method == http.MethodGet && (r.route.Surface == Staff || r.route.Surface == Panel || r.route.Surface == Print || r.route.Surface == Public) {
		to := "/sign-in"
		if next := r.URL.RequestURI(); next != "/" {
			to += "?next=" + url.QueryEscape(local(next))
		}
		http.Redirect(w, r.Request, to, http.StatusSeeOther)
		return
	}
	if kind == fault.Unauthenticated && (r.route.Surface == Participant || r.route.Surface == Member) {
		http.Redirect(w, r.Request, "/me?closed=1", http.StatusSeeOther) // the quarter of an hour is over, or they left
		return
	}
	if kind == fault.Unauthenticated && r.route.Surface == Link {
		// Whoever came by a link has nothing to sign in with: what it opened is over.
		err = fault.Ended("fault.gone")
		kind, status = fault.Gone, statuses[fault.Gone]
	}
	if kind == fault.Unavailable || kind == fault.Limited {
		w.Header().Set("Retry-After", "30")
	}
	key, args := fault.MessageOf(err)
	p := Problem{Status: status, Kind: kind.String(), Message: r.Localizer().TMap(key, args), Reference: r.ID, Fields: r.fieldErrors(err)}
	if r.route.Surface == API {
		r.JSON(w, status, map[string]any{"error": p.Kind, "message": p.Message, "reference": p.Reference, "fields": p.Fields})
		return
	}
	if r.route.Surface == Staff && !r.Actor.SignedIn() || r.route.Surface == Print || r.route.Surface == "" {
		r.route.Surface = Public
	}
	if e := r.page(w, status, "web/error", p); e != nil {
		m.cfg.Log.Error("error page failed", "ref", r.ID, "err", e)
		http.Error(w, p.Message+"\n"+r.ID, status)
	}
}

// FieldError is a wrong field with its translated sentence.
type FieldError struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

func (r *Request) fieldErrors(err error) (out []FieldError) {
	l := r.Localizer()
	for _, f := range fault.FieldsOf(err) {
		out = append(out, FieldError{f.Name, l.TMap(f.Key, f.Args)})
	}
	return out
}

// Fail shows a form again with what is wrong and everything that was typed
// (data). Errors that correcting a field cannot cure are returned for the error page.
func (r *Request) Fail(w http.ResponseWriter, page string, data any, err error) error {
	kind := fault.KindOf(err)
	if kind != fault.Invalid && kind != fault.Conflict && kind != fault.Gone && kind != fault.Limited {
		return err
	}
	if r.outbox != nil {
		return r.refuseEntry(w, err)
	}
	r.errs = r.fieldErrors(err)
	key, args := fault.MessageOf(err)
	if key == "fault.key_reused" {
		r.key = id.New(r.Now()) // with the old one the corrected form would be refused for ever
	}
	if len(r.errs) == 0 {
		r.errs = []FieldError{{"", r.Localizer().TMap(key, args)}}
	}
	return r.page(w, statuses[kind], page, data)
}
