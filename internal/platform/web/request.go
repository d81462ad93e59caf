// What a handler sees of a request, and the ways to answer it.
package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
)

// Request is an http.Request with the actor, the language and the form at hand.
type Request struct {
	*http.Request
	Actor   access.Actor
	Locale  string
	ID      string // reference number shown to users and written to the log
	mux     *Mux
	route   Route
	nonce   string
	key     string
	errs    []FieldError
	flash   string
	frame   *Frame
	chosen  bool // the language
	guards  map[string]*GuardView
	kept    []string // reasons for keeping guarded words, until the form is taken
	outbox  *outbox  // set when a phone's outbox sent the form
	theirs  []Theirs
	version string
}

func (m *Mux) request(w http.ResponseWriter, req *http.Request, route Route) *Request {
	r := &Request{Request: req, mux: m, route: route, ID: requestID(req.Context()), nonce: nonceOf(req.Context())}
	r.Actor = access.Anonymous("")
	r.Locale = m.cfg.Catalog.Match(req.Header.Get("Accept-Language"), m.cfg.Languages...)
	return r
}

const langCookie = "sb_lang"

// chooseLocale: an explicit ?lang= wins and is remembered for the visit, then the
// account's language, the remembered one, and what the browser asks for.
func (r *Request) chooseLocale(w http.ResponseWriter) {
	r.chosen = true
	offered := r.mux.cfg.Languages
	pick := func(lang string) bool {
		for _, l := range offered {
			if l == lang {
				r.Locale = l
				return true
			}
		}
		return false
	}
	if asked := r.URL.Query().Get("lang"); asked != "" && pick(asked) {
		if r.route.Surface != API {
			http.SetCookie(w, &http.Cookie{Name: langCookie, Value: asked, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.mux.cfg.Secure})
		}
		return
	}
	if c, err := r.Request.Cookie(langCookie); err == nil && pick(c.Value) {
		return
	}
	if r.Actor.Locale != "" {
		pick(r.Actor.Locale)
	}
}

// Now is the current time of the injected clock.
func (r *Request) Now() time.Time { return r.mux.cfg.Clock.Now() }

// Zone is the clinic's time zone.
func (r *Request) Zone() *time.Location { return r.Frame().Zone }

// Frame is what the layout knows about the place and the reader.
func (r *Request) Frame() Frame {
	if r.frame == nil {
		f := Frame{}
		if r.mux.cfg.Frame != nil {
			f = r.mux.cfg.Frame(r.Context(), r.Actor, r.URL.Path)
		}
		if f.Zone == nil {
			f.Zone = time.UTC
		}
		r.frame = &f
	}
	return *r.frame
}

// Localizer translates into the request's language.
func (r *Request) Localizer() *i18n.Localizer { return r.mux.cfg.Catalog.Localizer(r.Locale) }

// T translates a message; args alternate name, value.
func (r *Request) T(key string, args ...any) string { return r.Localizer().T(key, args...) }

// Form returns a trimmed form or query value.
func (r *Request) Form(name string) string { return strings.TrimSpace(r.FormValue(name)) }

// FormAll returns all values of a name, trimmed, without empty ones.
func (r *Request) FormAll(name string) []string {
	r.FormValue(name) // parses
	var out []string
	for _, v := range r.Request.Form[name] {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// FormInt returns a whole number; ok is false when the field is absent or not a number.
func (r *Request) FormInt(name string) (n int, ok bool) {
	n, err := strconv.Atoi(r.Form(name))
	return n, err == nil
}

// Checked reports whether a checkbox was sent.
func (r *Request) Checked(name string) bool { return r.Form(name) != "" }

// Parse reads the form and reports a body that is too large or malformed.
// Handlers of POST forms call it first.
func (r *Request) Parse() error {
	err := r.ParseForm()
	if err == nil && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(8 << 20)
	}
	var big *http.MaxBytesError
	switch {
	case err == nil && !readable(r.Request.Form):
		return fault.New(fault.Invalid, "fault.form")
	case err == nil:
		return nil
	case errors.As(err, &big):
		return fault.Because(fault.New(fault.TooLarge, "", "Limit", big.Limit), err)
	}
	return fault.Because(fault.New(fault.Invalid, "fault.form"), err)
}

// readable reports whether names and values are text: PostgreSQL refuses what is
// not, and SQLite would keep it.
func readable(form url.Values) bool {
	for name, values := range form {
		if !isText(name) || !isText(strings.Join(values, "\n")) {
			return false
		}
	}
	return true
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// Key is the idempotency key of a POST form, or "" when it has none.
func (r *Request) Key() string { return r.Form("_key") }

// Redirect sends the reader to a page of ours (303).
func (r *Request) Redirect(w http.ResponseWriter, to string) error {
	if r.outbox != nil {
		return r.receipt(w, local(to))
	}
	r.noteKept()
	http.Redirect(w, r.Request, local(to), http.StatusSeeOther)
	return nil
}

// RedirectWith is Redirect with a sentence (message id) shown once on the next page.
func (r *Request) RedirectWith(w http.ResponseWriter, to, flash string) error {
	if r.outbox != nil && !r.outbox.watched {
		return r.Redirect(w, to) // sent in the background: the sentence would stand on some other page
	}
	http.SetCookie(w, &http.Cookie{Name: "sb_flash", Value: flash, Path: "/", MaxAge: 60, HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.mux.cfg.Secure})
	return r.Redirect(w, to)
}

// local keeps redirects on this server: "https://elsewhere", "//elsewhere" and "\\elsewhere" become "/".
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return to
}

// Local cleans a return address that came from outside.
func Local(to string) string { return local(to) }

// JSON answers with a value.
func (r *Request) JSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}

// Attachment answers with a file to keep.
func (r *Request) Attachment(w http.ResponseWriter, name, contentType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, err := w.Write(body)
	return err
}

func (m *Mux) cookieName(name string) string {
	if m.cfg.Secure {
		return "__Host-" + name
	}
	return name
}

// SetSecret sets a session cookie: HttpOnly, SameSite=Lax, host-bound over https.
// maxAge 0 makes it end with the browser; negative deletes it.
func (r *Request) SetSecret(w http.ResponseWriter, name, value string, maxAge time.Duration) {
	c := &http.Cookie{Name: r.mux.cookieName(name), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.mux.cfg.Secure}
	switch {
	case maxAge < 0:
		c.MaxAge = -1
	case maxAge > 0:
		c.MaxAge = int(maxAge / time.Second)
	}
	http.SetCookie(w, c)
}

// Secret reads a cookie set by SetSecret; "" when absent.
func (m *Mux) Secret(r *http.Request, name string) string {
	if c, err := r.Cookie(m.cookieName(name)); err == nil {
		return c.Value
	}
	return ""
}

// Secret reads a cookie set by SetSecret; "" when absent.
func (r *Request) Secret(name string) string { return r.mux.Secret(r.Request, name) }

// Base is the address of this server as the reader knows it, without a trailing slash.
func (r *Request) Base() string {
	if r.mux.cfg.Base != "" {
		return r.mux.cfg.Base // a Host header must not choose where printed links lead
	}
	scheme := "http"
	if r.mux.cfg.Secure || r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// Network is the sender's address, coarsened to /24 or /48: enough to slow a flood
// down, not enough to find a person.
func (r *Request) Network() string { return network(r.Request, r.mux.cfg.Proxies) }
