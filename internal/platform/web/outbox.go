// Entries that a phone kept while it had no line. The same POST handler serves
// them: when the request says that it comes from the outbox, answers become
// receipts. A receipt is never the handler's word: it is read from the stored
// idempotency key, after the commit, so that a replay gets the same one.
package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db/idem"
)

const (
	outboxHeader  = "Seedbed-Outbox"  // on a request: whose entry it is, and "; now" while they wait for the answer
	writtenHeader = "Seedbed-Written" // on a request: when, in milliseconds since 1970
	keepHeader    = "Seedbed-Keep"    // on a page: it may be kept for when there is no line; on a request: it is fetched to be kept
	outboxCookie  = "sb_outbox"       // how many entries wait in this browser; a number and nothing else
)

// What became of an entry.
const (
	Kept      = "stored"
	KeptAgain = "already"  // an earlier delivery was stored; this one changed nothing
	WrongForm = "invalid"  // Fields say what to correct
	Clashes   = "conflict" // somebody was first; Theirs is what is there now
	Refused   = "refused"  // correcting the form will not help
	SignIn    = "signin"   // nobody is signed in
	NotYours  = "other"    // somebody else is signed in
	TryLater  = "later"
	Unknown   = "unknown" // the server has not seen the key
)

// Receipt answers an entry of the outbox.
type Receipt struct {
	Result    string       `json:"result"`
	Receipt   string       `json:"receipt,omitempty"`
	At        string       `json:"at,omitempty"`
	Message   string       `json:"message,omitempty"`
	Fields    []FieldError `json:"fields,omitempty"`
	Theirs    []Theirs     `json:"theirs,omitempty"`
	Version   string       `json:"version,omitempty"` // what a repeated form has to carry to replace Theirs
	URL       string       `json:"url,omitempty"`
	Reference string       `json:"reference,omitempty"`
}

// Theirs is one field as it is stored now, for somebody whose form began from an
// older version.
type Theirs struct {
	Name  string `json:"name"`
	Label string `json:"label"`
	Value string `json:"value"` // as people read it
}

// outbox is what a request from a phone's outbox carries.
type outbox struct {
	key     string
	before  idem.Receipt // what the key stood for before this request
	known   bool
	watched bool // somebody waits for the answer and will be led on
}

// Device names the owner of entries in a browser: stable for an account in its
// clinic, and telling nobody who that is.
func Device(a access.Actor) string {
	if !a.SignedIn() {
		return ""
	}
	sum := sha256.Sum256([]byte("outbox\x00" + a.Org + "\x00" + a.Account))
	return hex.EncodeToString(sum[:12])
}

// fromOutbox reports whether answers have to be receipts.
func (r *Request) fromOutbox() bool { return r.route.Outbox && r.Header.Get(outboxHeader) != "" }

// beginOutbox prepares an entry; done says that it is answered already.
func (m *Mux) beginOutbox(w http.ResponseWriter, r *Request) (done bool) {
	if r.Header.Get(outboxHeader) == "" || r.Method != http.MethodPost {
		return false
	}
	if !r.route.Outbox || m.cfg.Stored == nil {
		m.refuse(w, r, fault.New(fault.Invalid, "fault.form")) // a page that was not made for this must not half work
		return true
	}
	owner, rest, _ := strings.Cut(r.Header.Get(outboxHeader), ";")
	if owner != Device(r.Actor) {
		_ = r.JSON(w, http.StatusConflict, Receipt{Result: NotYours, Message: r.T("outbox.other")})
		return true
	}
	err := r.Parse()
	if err == nil && r.Key() == "" {
		err = fault.New(fault.Invalid, "fault.form")
	}
	o := &outbox{key: r.Key(), watched: strings.TrimSpace(rest) == "now"}
	if err == nil {
		o.before, o.known, err = m.cfg.Stored(r.Context(), r.Actor.Org, r.Actor.Name(), o.key)
	}
	if err != nil {
		m.refuse(w, r, err)
		return true
	}
	r.outbox = o
	return false
}

// receipt answers an entry whose handler was content. What the database does not
// know is not acknowledged.
func (r *Request) receipt(w http.ResponseWriter, url string) error {
	got, ok, err := r.mux.cfg.Stored(context.WithoutCancel(r.Context()), r.Actor.Org, r.Actor.Name(), r.outbox.key)
	if err != nil {
		return err
	}
	if !ok {
		return r.JSON(w, http.StatusConflict, Receipt{Result: Refused, Message: r.T("outbox.not_stored"), URL: url, Reference: r.ID})
	}
	if !r.outbox.known {
		r.noteKept() // a replay is not a second reason
	}
	return r.JSON(w, http.StatusOK, r.made(got, url))
}

func (r *Request) made(got idem.Receipt, url string) Receipt {
	out := Receipt{Result: Kept, Receipt: got.Number, At: got.At.UTC().Format(time.RFC3339), URL: url}
	if r.outbox.known {
		out.Result = KeptAgain
	}
	return out
}

// refuseEntry answers an entry that was not taken. One that was stored by an
// earlier delivery keeps its receipt, whatever has changed since.
func (r *Request) refuseEntry(w http.ResponseWriter, err error) error {
	kind := fault.KindOf(err)
	key, args := fault.MessageOf(err)
	if o := r.outbox; o != nil && o.known && key != "fault.key_reused" && kind != fault.Internal && kind != fault.Unavailable {
		return r.JSON(w, http.StatusOK, r.made(o.before, ""))
	}
	out := Receipt{Message: r.Localizer().TMap(key, args), Fields: r.fieldErrors(err), Theirs: r.theirs, Version: r.version, Reference: r.ID}
	switch kind {
	case fault.Invalid, fault.TooLarge:
		out.Result = WrongForm
	case fault.Conflict:
		out.Result = Clashes
	case fault.Unauthenticated:
		out.Result = SignIn
	case fault.Limited, fault.Unavailable, fault.Internal:
		out.Result = TryLater
		w.Header().Set("Retry-After", "30")
	default:
		out.Result = Refused
	}
	return r.JSON(w, statuses[kind], out)
}

// Version is the version of what a form changes, as it was when the form was
// shown; 0 when the form has none.
func (r *Request) Version() int64 {
	n, err := strconv.ParseInt(r.Form("_version"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Written is when an entry was written, by the phone's clock: never in the future,
// and never so long ago that no phone kept it. Other forms are written now.
func (r *Request) Written() time.Time {
	now := r.Now()
	ms, err := strconv.ParseInt(r.Header.Get(writtenHeader), 10, 64)
	if r.outbox == nil || err != nil {
		return now
	}
	at := time.UnixMilli(ms).UTC()
	if at.After(now) || at.Before(now.Add(-idem.Keep)) {
		return now
	}
	return at
}

// Stale answers a form that began from an older version (fault.Stale): the form
// again with everything typed, and beside it what is there now. Sent again, the
// form replaces that.
func (r *Request) Stale(w http.ResponseWriter, page string, data any, now int64, theirs []Theirs) error {
	r.theirs, r.version = theirs, strconv.FormatInt(now, 10)
	return r.Fail(w, page, data, fault.Stale())
}

// KeepOffline lets browsers with the outbox keep this page for when there is no
// line, until its reader signs out. Only for pages that say nothing about a person.
func (r *Request) KeepOffline(w http.ResponseWriter) { w.Header().Set(keepHeader, "offline") }

// Waiting is how many entries wait in this browser, as far as it says.
func (r *Request) Waiting() int {
	c, err := r.Request.Cookie(outboxCookie)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(c.Value)
	if err != nil || n < 0 || n > 99_999 {
		return 0
	}
	return n
}

// ForgetSite tells the browser to drop what it kept of this site. Entries that
// wait for their receipt stay, unless everything has to go.
func (r *Request) ForgetSite(w http.ResponseWriter, everything bool) {
	if r.Waiting() > 0 && !everything {
		w.Header().Set("Clear-Site-Data", `"cache"`) // the worker empties its pages when it sees the address
		return
	}
	if r.Waiting() > 0 {
		http.SetCookie(w, &http.Cookie{Name: outboxCookie, Path: "/", MaxAge: -1})
	}
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
}
