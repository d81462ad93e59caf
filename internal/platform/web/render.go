// Pages: html/template files parsed once per language, on first use, so that a
// cold start pays only for the page that is asked for.
package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
)

// View is what every layout and part can show beside the page's own data.
type View struct {
	Lang, Dir  string
	Langs      []Language
	Path       string
	Nonce      string
	Key        string // hidden idempotency key of this rendering's forms
	Surface    string
	Actor      Reader
	Nav        []NavItem
	Part       []NavItem
	Scope      string
	Demo       bool
	Errors     []FieldError
	Flash      string
	Exit       string // where the safe exit leads
	Reference  string
	FragmentOf string
	Device     string // whose entries this browser keeps; see web.Device
	Waiting    int    // entries that wait in this browser
	Theirs     []Theirs
	Version    string // hidden version of a form that is shown again
	guards     map[string]*GuardView
	policy     guard.Policy
}

// Reader is what a page knows about who reads it.
type Reader struct {
	SignedIn bool
	Name     string
	Roles    []access.Role
}

// Language is an entry of the language picker.
type Language struct {
	Code, Name, Dir, URL string
	Current              bool
}

// ErrorFor is the sentence for a wrong field, or "".
func (v View) ErrorFor(name string) string {
	for _, e := range v.Errors {
		if e.Name == name {
			return e.Message
		}
	}
	return ""
}

// Has reports whether the reader holds a role.
func (v Reader) Has(role string) bool {
	for _, r := range v.Roles {
		if string(r) == role {
			return true
		}
	}
	return false
}

type page struct {
	View View
	Data any
}

type renderer struct {
	mux *Mux
	mu  sync.Mutex
	set map[string]*template.Template // "lang" → layouts and parts, "lang room/page" → a page
}

func newRenderer(m *Mux) *renderer { return &renderer{mux: m, set: map[string]*template.Template{}} }

func (p *renderer) base(lang string) (*template.Template, error) {
	if t := p.set[lang]; t != nil {
		return t, nil
	}
	t := template.New("").Funcs(p.funcs(lang))
	for _, dir := range []string{"layouts", "parts"} {
		names, err := fs.Glob(p.mux.cfg.Templates, dir+"/*.html")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if err := parse(t, p.mux.cfg.Templates, name, strings.TrimSuffix(name, ".html")); err != nil {
				return nil, err
			}
		}
	}
	p.set[lang] = t
	return t, nil
}

func parse(t *template.Template, files fs.FS, file, name string) error {
	text, err := fs.ReadFile(files, file)
	if err != nil {
		return err
	}
	_, err = t.New(name).Parse(string(text))
	return err
}

// get returns the parsed page "room/name" in a language, with layouts and parts around it.
func (p *renderer) get(lang, name string) (_ *template.Template, err error) {
	defer fault.Wrap(&err, "page %s", name)
	p.mu.Lock()
	defer p.mu.Unlock()
	key := lang + " " + name
	if t := p.set[key]; t != nil {
		return t, nil
	}
	base, err := p.base(lang)
	if err != nil {
		return nil, err
	}
	room, file, ok := strings.Cut(name, "/")
	files := p.mux.cfg.Pages[room]
	if room == "web" {
		files = ownPages
	}
	if !ok || files == nil {
		return nil, fmt.Errorf("no pages of room %q", room)
	}
	t, err := base.Clone()
	if err != nil {
		return nil, err
	}
	parts, _ := fs.Glob(files, "_*.html") // a room's own parts
	for _, part := range append(parts, file+".html") {
		if err := parse(t, files, part, part); err != nil {
			return nil, err
		}
	}
	p.set[key] = t
	return t, nil
}

// Page answers 200 with a page: room/name inside the layout of the route's surface.
func (r *Request) Page(w http.ResponseWriter, name string, data any) error {
	return r.page(w, http.StatusOK, name, data)
}

// PageStatus is Page with another status.
func (r *Request) PageStatus(w http.ResponseWriter, status int, name string, data any) error {
	return r.page(w, status, name, data)
}

// As shows the next page in the layout of another surface, as a print sheet or the panel.
func (r *Request) As(s Surface) *Request { r.route.Surface = s; return r }

// layout is the name of the page around pages of a surface.
func (s Surface) layout() string {
	if s == Member {
		return string(Participant)
	}
	return string(s)
}

func (r *Request) page(w http.ResponseWriter, status int, name string, data any) error {
	if r.outbox != nil {
		return r.receipt(w, local(r.URL.Path))
	}
	t, err := r.mux.pages.get(r.Locale, name)
	if err != nil {
		return err
	}
	r.takeFlash(w)
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layouts/"+r.route.Surface.layout(), page{r.view(), data}); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", r.Locale)
	if r.flash != "" {
		h.Del(keepHeader) // a sentence for once must not be kept
	}
	if status == http.StatusOK && r.route.Surface == Public && !r.Actor.SignedIn() && r.key == "" && r.flash == "" && r.Method == http.MethodGet {
		if r.notModified(w, b.Bytes()) {
			return nil
		}
	}
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return nil
	}
	_, err = w.Write(b.Bytes())
	return err
}

// notModified lets a reader keep a public page they already have. The nonce
// differs on each answer, so it does not count.
func (r *Request) notModified(w http.ResponseWriter, body []byte) bool {
	sum := sha256.Sum256(bytes.ReplaceAll(body, []byte(r.nonce), nil))
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept-Language, Cookie")
	if r.Header.Get("If-None-Match") != tag {
		return false
	}
	h.Del("Content-Type")
	h.Del("Content-Security-Policy") // the kept page goes with the policy it came with
	w.WriteHeader(http.StatusNotModified)
	return true
}

// Fragment renders one named template of a page file, for live regions.
func (r *Request) Fragment(name, define string, data any) (string, error) {
	t, err := r.mux.pages.get(r.Locale, name)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.ExecuteTemplate(&b, define, page{r.view(), data})
	return b.String(), err
}

func (r *Request) takeFlash(w http.ResponseWriter) {
	c, err := r.Request.Cookie("sb_flash")
	if err != nil || r.Header.Get(keepHeader) != "" { // a page fetched to be kept is not read yet
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "sb_flash", Path: "/", MaxAge: -1})
	if l := r.Localizer(); strings.Contains(c.Value, ".flash.") && l.Has(c.Value) {
		r.flash = l.T(c.Value)
	}
}

func (r *Request) view() View {
	f := r.Frame()
	v := View{
		Lang: r.Locale, Dir: i18n.Dir(r.Locale), Path: r.URL.Path, Nonce: r.nonce, Surface: string(r.route.Surface),
		Actor: Reader{r.Actor.SignedIn(), f.Name, r.Actor.Roles}, Nav: f.Nav, Part: f.Part, Scope: f.Scope, Demo: r.mux.cfg.Demo,
		Errors: r.errs, Flash: r.flash, Reference: r.ID, guards: r.guards, policy: r.mux.cfg.Guard,
		Device: Device(r.Actor), Waiting: r.Waiting(), Theirs: r.theirs, Version: r.version,
	}
	v.Key = r.FormKey()
	if r.mux.cfg.ExitURL != nil {
		v.Exit = r.mux.cfg.ExitURL(r.Locale)
	}
	for _, code := range r.mux.cfg.Languages {
		q := r.URL.Query()
		q.Set("lang", code)
		to := r.URL.Path + "?" + q.Encode()
		v.Langs = append(v.Langs, Language{code, i18n.Autonym(code), i18n.Dir(code), to, code == r.Locale})
	}
	return v
}

// FormKey is the idempotency key that this rendering's forms carry: the one
// that was just sent when a form is shown again, so that a corrected form is
// still the same act; otherwise a new one.
func (r *Request) FormKey() string {
	if r.route.Surface == Public && r.Method == http.MethodGet && !r.Actor.SignedIn() {
		return "" // public pages without a session stay the same for everybody; their forms ask with {{formkey}}
	}
	if r.key == "" {
		if r.key = r.Key(); r.key == "" || len(r.errs) == 0 {
			r.key = id.New(r.Now())
		}
	}
	return r.key
}
