// Tests of the sender: its rules, and what it knows after each kind of failure.
package notify

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify/notifytest"
)

func clientTLS(s *notifytest.SMTP) *tls.Config { return &tls.Config{RootCAs: s.Pool} }

func TestSMSGoesOutOnceAndLeavesNoTrace(t *testing.T) {
	each(t, func(w *world) {
		id := w.ask(Notice{Kind: PersonReminder, Key: "k"})
		w.ask(Notice{Kind: PersonReminder, Key: "k"})
		w.drain()
		w.drain()
		r := w.texts(1)[0]
		var body struct{ To, Text, Ref string }
		if err := json.Unmarshal([]byte(r.Body), &body); err != nil || body.To != number || body.Ref != id || r.Key != id || r.Secret != "Bearer hunter2" {
			t.Errorf("%+v %v", r, err)
		}
		if want := "You have a message.\nOpen: " + link + "\nYou said we may text you. Reply STOP to end."; body.Text != want {
			t.Errorf("text %q", body.Text)
		}
		w.expect(Gateway, "")
		w.clean()
		w.ok(w.n.Report(w.ctx, id, true))
		w.ok(w.n.Report(w.ctx, id, false)) // too late
		w.expect(Delivered, "")
	})
}

func TestMailGoesOutOverTLSAndIsDiscreet(t *testing.T) {
	each(t, func(w *world) {
		w.contact.Channel, w.contact.Address, w.contact.Lang = Email, inbox, "ar"
		id := w.ask(Notice{Kind: PersonReminder})
		w.drain()
		m := w.mails(1)[0]
		if m.To != inbox || m.From != "messages@post.example" || !m.Secure {
			t.Errorf("%+v", m)
		}
		if got := m.Header("Message-ID"); got != "<"+id+"@post.example>" {
			t.Errorf("Message-ID %q", got)
		}
		if got := m.Header("From"); got != "<messages@post.example>" {
			t.Errorf("From %q", got)
		}
		if m.Header("User-Agent")+m.Header("X-Mailer") != "" || !strings.HasPrefix(m.Header("Content-Type"), "text/plain") || m.Header("Content-Language") != "ar" {
			t.Errorf("headers:\n%s", m.Raw)
		}
		_, raw, _ := strings.Cut(m.Raw, "\r\n\r\n")
		text := decode(t, raw)
		if !strings.Contains(text, "لديك رسالة.") || !strings.Contains(text, link) {
			t.Errorf("body %q", text)
		}
		for _, word := range []string{"Riverside", "riverside", "Seedbed", "localhost"} {
			if strings.Contains(m.Raw+text, word) && word != "Seedbed" {
				t.Errorf("%q in a mail to a person:\n%s", word, m.Raw)
			}
		}
		w.expect(Gateway, "")
		w.clean()
	})
}

func decode(t *testing.T, s string) string {
	t.Helper()
	var sb strings.Builder
	r := quotedprintable.NewReader(strings.NewReader(s))
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		sb.Write(buf[:n])
		if err != nil {
			return sb.String()
		}
	}
}

func TestNightWaitsForTheMorningInTheirZone(t *testing.T) {
	each(t, func(w *world) {
		w.clock.Set(time.Date(2026, 3, 8, 4, 0, 0, 0, time.UTC)) // Saturday 23:00 in New York; clocks change at two
		w.contact.Rules = SafeContact{Hours: [][2]int{{9 * 60, 17 * 60}}, Zone: "America/New_York"}
		w.ask(Notice{Kind: PersonReminder})
		w.drain()
		m := w.expect(Queued, "")
		want := time.Date(2026, 3, 8, 13, 0, 0, 0, time.UTC) // 09:00 daylight time
		if !m.NotBefore.Equal(want) {
			t.Fatalf("not before %v, want %v", m.NotBefore, want)
		}
		w.clock.Set(want.Add(-time.Second))
		w.drain()
		w.texts(0)
		w.clock.Set(want)
		w.drain()
		w.texts(1)
		w.expect(Gateway, "")
		if w.looked != 2 {
			t.Errorf("the contact was looked up %d times: it must be fresh at the moment of sending", w.looked)
		}
	})
}

func TestNobodyIsWokenWithoutRules(t *testing.T) {
	w := once(t, nil)
	w.clock.Set(time.Date(2026, 3, 4, 3, 0, 0, 0, time.UTC)) // 22:00 in New York
	w.ask(Notice{Kind: PersonReminder})
	w.drain()
	w.expect(Queued, "")
	w.ask(Notice{Kind: PersonCode}) // asked for this minute
	w.drain()
	w.expect(Gateway, "")
	w.contact.Rules.Hours = [][2]int{{600, 660}}
	w.ask(Notice{Kind: PersonCode}) // but never against her hours
	w.drain()
	w.expect(NotSent, WhyLate)
	w.texts(1)
}

func TestRevokedConsentStoppedNumberAndNoContact(t *testing.T) {
	each(t, func(w *world) {
		w.err = fault.Ended("consent.ended")
		w.ask(Notice{Kind: PersonReminder})
		w.drain()
		w.expect(NotSent, WhyConsent)
		w.err = nil
		w.contact.Channel = None
		w.ask(Notice{Kind: PersonReminder})
		w.drain()
		w.expect(NotSent, WhyNoContact)

		w.contact.Channel = SMS
		w.ok(w.n.Stop(w.ctx, org, SMS, number))
		w.ok(w.n.Stop(w.ctx, org, SMS, number))
		for _, kind := range []string{PersonReminder, PersonCode, RecipientNew, StaffEscalation} {
			w.ask(Notice{Kind: kind})
			w.drain()
			w.expect(NotSent, WhyStopped)
		}
		w.contact.Channel = Phone
		w.ask(Notice{Kind: PersonReminder})
		w.drain()
		w.expect(NotSent, WhyStopped)
		w.texts(0)
		w.clean()
		w.ok(w.n.Start(w.ctx, org, SMS, number))
		w.contact.Channel = SMS
		w.ask(Notice{Kind: PersonReminder})
		w.drain()
		w.expect(Gateway, "")
		if err := w.n.Stop(w.ctx, org, SMS, "not a number"); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	})
}

func TestMailFailures(t *testing.T) {
	for _, c := range []struct {
		name, verb, answer string
		state              State
		why                string
		copies             int // that the server has after every retry
		retried            bool
	}{
		{"greylisted", "RCPT", "450 4.7.1 come again someone@example.org", Gateway, "", 1, true},
		{"busy", "MAIL", "421 4.3.2 busy", Gateway, "", 1, true},
		{"unknown mailbox", "RCPT", "550 5.1.1 no someone@example.org here", Failed, WhyRejected, 0, false},
		{"refused text", ".", "554 5.7.1 no", Failed, WhyRejected, 0, false},
		{"full at the end", ".", "452 4.3.1 full", Gateway, "", 1, true},
		{"gone before the text", "DATA", "hangup", Gateway, "", 1, true},
		{"gone after the text", ".", "hangup", Unknown, WhyLost, 0, false},
		{"taken, then gone", ".", "accept+hangup", Unknown, WhyLost, 1, false},
		{"gone after success", "RSET", "hangup", Gateway, "", 1, false},
		{"greeting refused", "EHLO", "hangup", Gateway, "", 1, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := once(t, nil)
			w.contact.Channel, w.contact.Address = Email, inbox
			w.smtp.Answer(c.verb, c.answer)
			id := w.ask(Notice{Kind: RecipientNew})
			w.drain()
			if c.retried {
				w.expect(Queued, "")
			}
			for range 5 {
				w.clock.Advance(time.Hour)
				w.drain()
			}
			w.expect(c.state, c.why)
			for _, m := range w.mails(c.copies) {
				if m.Header("Message-ID") != "<"+id+"@riverside.example>" {
					t.Errorf("Message-ID %s", m.Header("Message-ID"))
				}
			}
			w.clean()
		})
	}
}

func TestMailIsNeverSentInTheClearByDefault(t *testing.T) {
	plain := notifytest.NewSMTP(t, "plain") // a server, or a man in the middle, without STARTTLS
	w := once(t, func(o *Options) {
		o.Mail = Mail{Host: plain.Host, Port: plain.Port, From: "a@b.example"}
	})
	w.contact.Channel, w.contact.Address = Email, inbox
	w.ask(Notice{Kind: RecipientNew})
	w.drain()
	w.expect(Queued, "")
	if len(plain.Mails()) != 0 {
		t.Error("a mail went out without TLS")
	}
	w.clean()
	for _, security := range []string{"plain", "tls"} {
		s := notifytest.NewSMTP(t, security)
		m, err := Mail{Host: s.Host, Port: s.Port, Security: security, From: "a@b.example", TLS: clientTLS(s), User: user(security), Password: "hunter2"}.checked()
		if err != nil {
			t.Fatal(err)
		}
		err = m.send(t.Context(), letter{id: "x", to: inbox, lang: "en", text: text{"s", "b"}, at: start})
		if got := s.Mails(); err != nil || len(got) != 1 || got[0].Secure != (security == "tls") || got[0].User != (security == "tls") {
			t.Errorf("%s: %v %+v", security, err, got)
		}
	}
	secret := Mail{Host: "h", User: "u", Password: "hunter2"}
	if s := fmt.Sprintf("%v %+v %#v %v", secret, secret, secret, &secret); strings.Contains(s, "hunter2") {
		t.Errorf("the password prints: %s", s)
	}
	for _, m := range []Mail{{Host: "h", From: "no address"}, {Host: "h", From: "a@b.example", Security: "maybe"}, {Host: "h", From: "a@b.example", PersonFrom: "x\r\nBcc: y@z"}} {
		if _, err := m.checked(); err == nil {
			t.Errorf("%v passed", m)
		}
	}
}

func user(security string) string {
	if security == "tls" {
		return "u"
	}
	return ""
}

func TestGatewayFailures(t *testing.T) {
	for status, want := range map[int]struct {
		state State
		why   string
		calls int
	}{
		503: {Gateway, "", 2}, 429: {Gateway, "", 2}, 400: {Failed, WhyRejected, 1}, 401: {Failed, WhyRejected, 1}, 302: {Failed, WhyRejected, 1},
		500: {Unknown, WhyLost, 1}, 502: {Unknown, WhyLost, 1}, 504: {Unknown, WhyLost, 1},
		notifytest.Stall: {Unknown, WhyLost, 1}, notifytest.Hangup: {Unknown, WhyLost, 1},
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := once(t, nil)
			w.gateway.Answer(status)
			w.ask(Notice{Kind: PersonReminder})
			for range 5 {
				w.drain()
				w.clock.Advance(time.Minute)
			}
			w.expect(want.state, want.why)
			r := w.texts(want.calls)
			if r[0].Key != r[len(r)-1].Key {
				t.Error("the idempotency key changed")
			}
			w.clean()
		})
	}
}

func TestGivingUpIsAnItemForAPerson(t *testing.T) {
	w := once(t, nil)
	w.err = errors.New("database gone")
	w.ask(Notice{Kind: StaffEscalation})
	for range 80 {
		w.drain()
		w.clock.Advance(time.Hour)
	}
	w.expect(Failed, WhyGaveUp)
	w.err = nil
	for range 20 {
		w.gateway.Answer(503)
	}
	w.ask(Notice{Kind: StaffEscalation})
	for range 80 {
		w.drain()
		w.clock.Advance(time.Hour)
	}
	w.expect(Failed, WhyGaveUp)
	if s, _ := w.jobs.Stats(w.ctx); s.Dead != 0 {
		t.Errorf("a message given up waits in two lists: %+v", s)
	}
}

// A process that dies while sending must not lead to a second copy.
func TestCrashWhileSendingIsUnclear(t *testing.T) {
	each(t, func(w *world) {
		w.ask(Notice{Kind: PersonReminder})
		m := w.messages()[0]
		m.State = Sending
		w.ok(w.db.Write(w.ctx, org, func(tx *db.Tx) error { return move(w.ctx, tx, m, start, Queued) }))
		w.drain()
		w.expect(Unknown, WhyLost)
		w.texts(0)
		if err := w.n.Decide(w.ctx, navigator, m.ID, Again); err != nil {
			t.Fatal(err)
		}
		if err := w.n.Decide(w.ctx, navigator, m.ID, Again); !fault.Is(err, fault.Conflict) {
			t.Fatalf("twice: %v", err)
		}
		w.drain()
		w.drain()
		w.texts(1)
		w.expect(Gateway, "")
	})
}

// Two workers that hold one message, after a lost lease, send it once.
func TestTwoWorkersSendOnce(t *testing.T) {
	each(t, func(w *world) {
		id := w.ask(Notice{Kind: PersonReminder})
		w.n.Resolver("room", func(context.Context, string, string) (Contact, error) {
			w.looked++
			if w.looked == 1 { // the second worker overtakes the first here
				if err := w.n.send(w.ctx, job.Job{Org: org, Payload: id}); err != nil {
					t.Error(err)
				}
			}
			return w.contact, nil
		})
		w.drain()
		w.texts(1)
		w.expect(Gateway, "")
	})
}

// While one worker talks to the gateway, another that prepared the same message keeps quiet.
func TestAMessageBeingSentIsNotSentAgain(t *testing.T) {
	each(t, func(w *world) {
		id := w.ask(Notice{Kind: PersonReminder})
		m := w.messages()[0]
		c, err := w.n.prepare(w.ctx, &m)
		w.ok(err)
		other := m
		other.State = Sending
		w.ok(w.db.Write(w.ctx, org, func(tx *db.Tx) error { return move(w.ctx, tx, other, start, Queued) }))
		w.ok(w.n.attempt(w.ctx, job.Job{Payload: id}, m, c))
		w.texts(0)
		w.expect(Sending, "")
	})
}

func TestStopBetweenLookingAndSending(t *testing.T) {
	w := once(t, nil)
	id := w.ask(Notice{Kind: PersonReminder})
	m := w.messages()[0]
	c, err := w.n.prepare(w.ctx, &m)
	w.ok(err)
	w.ok(w.n.Stop(w.ctx, org, SMS, number))
	w.ok(w.n.attempt(w.ctx, job.Job{Payload: id}, m, c))
	w.expect(NotSent, WhyStopped)
	w.texts(0)
}

func TestBadContactsBecomeItems(t *testing.T) {
	w := once(t, nil)
	for _, c := range []struct {
		why  string
		edit func(*Contact)
	}{
		{WhyAddress, func(c *Contact) { c.Address = "555-0123" }},
		{WhyAddress, func(c *Contact) { c.Address = "" }},
		{WhyAddress, func(c *Contact) { c.Channel, c.Address = Email, "a@b.example\r\nBcc: x@y.example" }},
		{WhyAddress, func(c *Contact) { c.Channel, c.Address = Email, "Rosa <a@b.example>" }},
		{WhyIncomplete, func(c *Contact) { c.Channel = "pigeon" }},
		{WhyIncomplete, func(c *Contact) { c.Text = map[string]string{"Link": link} }},
		{WhyIncomplete, func(c *Contact) { c.Text = map[string]string{"Clinic": "Riverside", "Link": "javascript:alert(1)"} }},
		{WhyNoHours, func(c *Contact) { c.Rules.Hours = [][2]int{{5, 5}} }},
		{WhyNoHours, func(c *Contact) { c.Rules.Zone = "Nowhere/Land" }},
	} {
		good := w.contact
		c.edit(&w.contact)
		w.ask(Notice{Kind: RecipientNew})
		w.drain()
		w.expect(Failed, c.why)
		w.contact = good
	}
	w.texts(0)
	for _, x := range []Notice{{Kind: "sale", To: ref}, {Kind: Test}} {
		if err := w.db.Write(w.ctx, org, func(tx *db.Tx) error { return w.n.Enqueue(w.ctx, tx, x) }); err == nil {
			t.Errorf("%+v was accepted", x)
		}
	}
}

func TestOldTracesGoAndOpenOnesStay(t *testing.T) {
	each(t, func(w *world) {
		w.ask(Notice{Kind: StaffEscalation})
		w.drain()
		w.gateway.Answer(500)
		w.ask(Notice{Kind: StaffEscalation})
		w.drain()
		w.clock.Advance(181 * 24 * time.Hour)
		w.drain()
		if m := w.messages(); len(m) != 1 || m[0].State != Unknown {
			t.Errorf("%+v", m)
		}
	})
}

func TestScheduledMessagesWait(t *testing.T) {
	w := once(t, nil)
	w.ask(Notice{Kind: StaffEscalation, At: start.Add(time.Hour), Until: start.Add(2 * time.Hour)})
	w.drain()
	w.texts(0)
	w.clock.Advance(time.Hour)
	w.drain()
	w.texts(1)
	w.ask(Notice{Kind: StaffEscalation, At: start.Add(3 * time.Hour), Until: start.Add(4 * time.Hour)})
	w.clock.Advance(5 * time.Hour)
	w.drain()
	w.expect(NotSent, WhyLate)
}
