// The world of these tests: a database, a queue, a vault, a mail server and an SMS
// gateway that answer for real, and a room that knows one address.
package notify

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/egress"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify/notifytest"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/locales"
)

const (
	org    = "clinic-1"
	number = "+15005550123"
	inbox  = "someone@example.org"
	link   = "https://seedbed.example.org/r/mQ7xJ0bYw2kTzA5pLr8vNc"
)

var (
	start     = time.Date(2026, 3, 3, 15, 0, 0, 0, time.UTC) // Tuesday, 10:00 in New York
	navigator = access.Actor{Account: "acc-1", Org: org, Roles: []access.Role{access.Navigator}}
	ref       = Ref{"room", "ref-1"}
)

type world struct {
	t       *testing.T
	ctx     context.Context
	db      *db.DB
	clock   *clock.Fake
	jobs    *job.Queue
	n       *Notifier
	smtp    *notifytest.SMTP
	gateway *notifytest.Gateway
	log     *bytes.Buffer
	contact Contact
	err     error // of the resolver
	looked  int
}

var schemas = []fs.FS{Schema, job.Schema, audit.Schema}

func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(newWorld(t, d, nil)) })
}

// once is each on the embedded engine only, for what the database cannot influence.
func once(t *testing.T, change func(*Options)) *world {
	t.Helper()
	return newWorld(t, dbtest.SQLite(t, schemas...), change)
}

func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newWorld(t *testing.T, d *db.DB, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), db: d, clock: clock.NewFake(start), log: &bytes.Buffer{}, smtp: notifytest.NewSMTP(t, "starttls"), gateway: notifytest.NewGateway(t)}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.jobs = job.New(d, job.Options{Clock: w.clock, Log: log, Rand: func() float64 { return 0 }})
	v := vaulttest.New(t)
	sms, err := NewHTTPGateway(egress.New(egress.Options{Allow: egress.Loopback(), Timeout: 300 * time.Millisecond}), HTTPGateway{
		URL: w.gateway.URL, Header: map[string]string{"Authorization": "Bearer hunter2"}, Format: "json", Body: `{"to":"{to}","text":"{text}","ref":"{id}"}`})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{DB: d, Jobs: w.jobs, Clock: w.clock, Vault: v, Audit: audit.New(d, v, w.clock), Catalog: catalog(t), Mail: w.mail(), SMS: sms,
		Zone: "America/New_York", Log: log}
	if change != nil {
		change(&o)
	}
	if w.n, err = New(o); err != nil {
		t.Fatal(err)
	}
	w.contact = Contact{Channel: SMS, Address: number, Lang: "en", Text: map[string]string{"Clinic": "Riverside", "Link": link, "Code": "ZQ48-21XW"}}
	w.n.Resolver("room", func(_ context.Context, o, id string) (Contact, error) {
		if o != org || id != ref.ID {
			t.Errorf("asked for %s %s", o, id)
		}
		w.looked++
		return w.contact, w.err
	})
	return w
}

func (w *world) mail() Mail {
	m := Mail{Host: w.smtp.Host, Port: w.smtp.Port, From: "hello@riverside.example", FromName: "Riverside", PersonFrom: "messages@post.example", Timeout: 2 * time.Second}
	m.TLS = clientTLS(w.smtp)
	return m
}

// ask enqueues a message and returns its id.
func (w *world) ask(x Notice) string {
	w.t.Helper()
	if x.To == (Ref{}) {
		x.To = ref
	}
	w.clock.Advance(time.Microsecond) // so that the newest message is the newest
	err := w.db.Write(w.ctx, org, func(tx *db.Tx) error { return w.n.Enqueue(w.ctx, tx, x) })
	w.ok(err)
	return w.messages()[0].ID
}

func (w *world) messages() (out []Message) {
	w.t.Helper()
	w.ok(w.db.Read(w.ctx, org, func(tx *db.Tx) (err error) {
		out, err = w.n.OfRef(w.ctx, tx, ref)
		return err
	}))
	return out
}

func (w *world) drain() {
	w.t.Helper()
	w.ok(w.jobs.Drain(w.ctx))
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// expect compares the newest message's state and reason.
func (w *world) expect(s State, why string) Message {
	w.t.Helper()
	m := w.messages()[0]
	if m.State != s || m.Why != why {
		w.t.Fatalf("state %q (%s), want %q (%s)\n%s", m.State, m.Why, s, why, w.log)
	}
	return m
}

func (w *world) texts(want int) []notifytest.Request {
	w.t.Helper()
	r := w.gateway.Requests()
	if len(r) != want {
		w.t.Fatalf("%d requests to the gateway, want %d: %+v", len(r), want, r)
	}
	return r
}

func (w *world) mails(want int) []notifytest.Mail {
	w.t.Helper()
	m := w.smtp.Mails()
	if len(m) != want {
		w.t.Fatalf("%d mails, want %d\n%s", len(m), want, w.log)
	}
	return m
}

// clean fails if an address or a text is left in the log or in any table.
func (w *world) clean() {
	w.t.Helper()
	canaries := []string{number, number[1:], inbox, "someone", link, "mQ7xJ0bYw2kTzA5pLr8vNc", "Riverside", "ZQ48-21XW", "hunter2"}
	check := func(where, text string) {
		for _, c := range canaries {
			if strings.Contains(text, c) {
				w.t.Errorf("%q found in %s", c, where)
			}
		}
	}
	check("the log", w.log.String())
	for _, table := range []string{"notify_message", "notify_stop", "job", "audit_event"} {
		w.ok(w.db.Read(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
			rows, err := tx.Query(w.ctx, "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			defer rows.Close()
			names, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				cells := make([]any, len(names))
				for i := range cells {
					cells[i] = new(any)
				}
				if err := rows.Scan(cells...); err != nil {
					return err
				}
				for i, c := range cells {
					if s, ok := (*c.(*any)).(string); ok {
						check(table+"."+names[i], s)
					}
				}
			}
			return rows.Err()
		}))
	}
}
