// The outbox: what this phone keeps until the server has it. The page is drawn by
// the browser, since only the browser knows; the server says what became of a
// key, and offers an entry to practise with.
package app

import (
	"net/http"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/web"
)

type outboxPages struct{ sys *system }

func (p *outboxPages) routes() []web.Route {
	look, own, act := can("session", access.Read), can("account", access.Read), can("account", access.Update)
	return []web.Route{
		{Method: "GET", Pattern: "/outbox", Need: look, Surface: web.Public, Handler: p.list},
		{Method: "GET", Pattern: "/outbox/receipt", Need: own, Surface: web.Staff, Handler: p.receipt, Outbox: true},
		{Method: "GET", Pattern: "/outbox/practice", Need: own, Surface: web.Staff, Handler: p.practicePage},
		{Method: "POST", Pattern: "/outbox/practice", Need: act, Surface: web.Staff, Handler: p.practice, Outbox: true},
	}
}

// list opens for anybody: whoever was signed out has to see that entries wait.
// It says nothing that the browser does not know itself.
func (p *outboxPages) list(w http.ResponseWriter, r *web.Request) error {
	if !r.Actor.SignedIn() {
		return r.Page(w, "app/outbox", nil)
	}
	r.KeepOffline(w)
	return r.As(web.Staff).Page(w, "app/outbox", nil)
}

// receipt answers only for keys of the actor's own: another's looks like none.
func (p *outboxPages) receipt(w http.ResponseWriter, r *web.Request) error {
	got, ok, err := idem.Lookup(p.sys.db)(r.Context(), r.Actor.Org, r.Actor.Name(), r.Form("key"))
	switch {
	case err != nil:
		return err
	case !ok:
		return r.JSON(w, http.StatusOK, web.Receipt{Result: web.Unknown})
	}
	return r.JSON(w, http.StatusOK, web.Receipt{Result: web.Kept, Receipt: got.Number, At: got.At.Format(time.RFC3339)})
}

const practiceLength = 280

// practicePlace is an option, as the design system's parts read it.
type practicePlace struct {
	Value, Label, Hint, Icon, Words string
	Checked                         bool
}

type practiceForm struct {
	Places []practicePlace
	Words  string
}

func (p *outboxPages) practiceForm(r *web.Request) practiceForm {
	f := practiceForm{Words: r.Form("words")}
	for _, k := range []string{"basement", "door", "street"} {
		f.Places = append(f.Places, practicePlace{Value: k, Label: r.T("outbox.practice.at_" + k), Checked: r.Form("place") == k})
	}
	return f
}

func (p *outboxPages) practicePage(w http.ResponseWriter, r *web.Request) error {
	r.KeepOffline(w)
	return r.Page(w, "app/outbox_practice", p.practiceForm(r))
}

// practice checks an entry as a real one is checked, and keeps nothing of it but
// its receipt.
func (p *outboxPages) practice(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var wrong []fault.Field
	switch r.Form("place") {
	case "basement", "door", "street":
	default:
		wrong = append(wrong, fault.At("place", "outbox.practice.choose"))
	}
	if utf8.RuneCountInString(r.Form("words")) > practiceLength {
		wrong = append(wrong, fault.At("words", "outbox.practice.long", "Most", practiceLength))
	}
	if len(wrong) > 0 {
		return r.Fail(w, "app/outbox_practice", p.practiceForm(r), fault.Wrong(wrong...))
	}
	ctx, a := r.Context(), r.Actor
	err := p.sys.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, r.Now(), a.Name(), r.Key(), "outbox.practice", func() (string, error) { return "practice", nil })
		return err
	})
	if err != nil {
		return r.Fail(w, "app/outbox_practice", p.practiceForm(r), err)
	}
	return r.RedirectWith(w, "/outbox", "outbox.flash.practised")
}
