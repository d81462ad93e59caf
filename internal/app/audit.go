// The audit trail as a page: who did what to which kind of thing, in codes and
// never with a name; whether the chain is whole; and its end on paper.
package app

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"seedbed/internal/kit/qr"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

// auditPages keeps the last check of each chain: reading a long one takes a while.
type auditPages struct {
	sys     *system
	checked sync.Map // organization → auditCheck
}

type auditCheck struct {
	Report audit.Report
	At     time.Time
}

const (
	auditPage     = 50
	auditSmall    = 20_000           // chains up to here are checked whenever the page is opened
	auditCheckFor = 10 * time.Minute // how long the answer stands
)

func (p *auditPages) routes() []web.Route {
	look := can("audit", access.Read)
	return []web.Route{
		{Method: "GET", Pattern: "/audit", Need: look, Surface: web.Staff, Handler: p.page},
		{Method: "POST", Pattern: "/audit/check", Need: look, Surface: web.Staff, Handler: p.check},
		{Method: "GET", Pattern: "/audit/checkpoint", Need: can("audit", access.Export), Surface: web.Print, Handler: p.checkpoint},
	}
}

type auditOption struct {
	Value, Label string
	Checked      bool
}

type auditLine struct {
	Seq                         int64
	At                          time.Time
	Role, Actor, Action, What   string
	About, Refused, Reason, Ref string
}

type auditData struct {
	Zone    *time.Location
	Check   *auditCheck
	End     audit.Checkpoint
	Content bool // entries may be shown
	Actions []auditOption
	Refused bool // the filter
	Lines   []auditLine
	Next    string
}

func (p *auditPages) page(w http.ResponseWriter, r *web.Request) error {
	ctx, org := r.Context(), r.Actor.Org
	granted, err := access.Check(r.Actor, can("audit", access.Read))
	if err != nil {
		return err
	}
	d := auditData{Zone: r.Zone(), Content: granted.Scope == access.Org}
	if d.End, err = p.sys.audit.Checkpoint(ctx, org); err != nil {
		return err
	}
	if c, ok := p.checked.Load(org); ok && r.Now().Sub(c.(auditCheck).At) < auditCheckFor {
		c := c.(auditCheck)
		d.Check = &c
	} else if d.End.Seq <= auditSmall {
		if d.Check, err = p.verify(r); err != nil {
			return err
		}
	}
	if d.Content {
		if err := p.fill(r, &d); err != nil {
			return err
		}
	}
	return r.Page(w, "app/audit", d)
}

// fill reads one page of entries, newest first.
func (p *auditPages) fill(r *web.Request, d *auditData) error {
	before, _ := strconv.ParseInt(r.Form("before"), 10, 64)
	action, refused := r.Form("action"), r.Checked("refused")
	d.Refused = refused
	f := audit.Filter{Before: max(before, 0), Limit: auditPage + 1, Action: action}
	if refused {
		f.Decision = audit.Deny
	}
	var list []audit.Entry
	var actions []string
	err := p.sys.db.Read(r.Context(), r.Actor.Org, func(tx *db.Tx) (err error) {
		if actions, err = p.sys.audit.Actions(r.Context(), tx, r.Actor.Org); err != nil {
			return err
		}
		list, err = p.sys.audit.List(r.Context(), tx, r.Actor.Org, f)
		return err
	})
	if err != nil {
		return err
	}
	if action != "" && !slices.Contains(actions, action) {
		actions = append(actions, action)
	}
	for _, a := range actions {
		d.Actions = append(d.Actions, auditOption{Value: a, Label: a, Checked: a == action})
	}
	if len(list) > auditPage {
		list = list[:auditPage]
		q := url.Values{"before": {strconv.FormatInt(list[auditPage-1].Seq, 10)}}
		if action != "" {
			q.Set("action", action)
		}
		if refused {
			q.Set("refused", "yes")
		}
		d.Next = "/audit?" + q.Encode()
	}
	for _, e := range list {
		d.Lines = append(d.Lines, auditLineOf(r, e))
	}
	return nil
}

func auditLineOf(r *web.Request, e audit.Entry) auditLine {
	l := auditLine{Seq: e.Seq, At: e.At, Role: e.Role, Action: e.Action, What: e.Resource, Reason: e.Reason, Ref: e.Request}
	if key := "audit.role." + e.Role; r.Localizer().Has(key) {
		l.Role = r.T(key)
	}
	if _, account, ok := strings.Cut(e.Actor, ":"); ok {
		l.Actor = tail(account)
	}
	if e.ResourceID != "" {
		l.About = tail(e.ResourceID)
	}
	if e.Decision == audit.Deny {
		l.Refused = r.T("audit.refused")
	}
	return l
}

// tail is enough of an id to tell two apart on a page.
func tail(id string) string {
	const n = 8
	if len(id) > n {
		return "…" + id[len(id)-n:]
	}
	return id
}

func (p *auditPages) verify(r *web.Request) (*auditCheck, error) {
	rep, err := p.sys.audit.Verify(r.Context(), r.Actor.Org)
	if err != nil {
		return nil, err
	}
	c := auditCheck{rep, r.Now()}
	p.checked.Store(r.Actor.Org, c)
	if !rep.OK() {
		p.sys.log.Error("the audit trail is not whole", "org", r.Actor.Org, "problem", rep.Problem, "entry", rep.BadSeq)
	}
	return &c, nil
}

func (p *auditPages) check(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if _, err := p.verify(r); err != nil {
		return err
	}
	return r.Redirect(w, "/audit")
}

type checkpointData struct {
	Zone   *time.Location
	Clinic string
	Made   time.Time
	Seq    int64
	Hash   string
	Text   string // as seedbed audit verify --checkpoint takes it
	QR     template.HTML
}

// checkpoint is the end of the chain on paper: kept elsewhere, it proves later
// that nothing before it was cut off or rewritten.
func (p *auditPages) checkpoint(w http.ResponseWriter, r *web.Request) error {
	c, err := p.sys.audit.Checkpoint(r.Context(), r.Actor.Org)
	if err != nil {
		return err
	}
	d := checkpointData{Zone: r.Zone(), Clinic: r.Frame().Scope, Made: r.Now(), Seq: c.Seq, Hash: c.Hash, Text: r.Actor.Org + ":" + c.String()}
	svg, err := qr.SVG(d.Text, r.T("audit.qr"))
	if err != nil {
		return err
	}
	d.QR = template.HTML(svg) // drawn by kit/qr, which escapes its title
	return r.Page(w, "app/checkpoint", d)
}
