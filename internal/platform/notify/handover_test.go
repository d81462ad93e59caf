// Tests of what people do with messages no machine could finish.
package notify

import (
	"strings"
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

func TestWithoutGatewaysEverythingIsHandedOver(t *testing.T) {
	dbEach(t, func(w *world) {
		for _, ch := range []Channel{SMS, Email, Phone, Print} {
			w.contact.Channel, w.contact.Address = ch, number
			if ch == Email {
				w.contact.Address = inbox
			}
			w.contact.Rules = SafeContact{NoVoicemail: true, Hours: [][2]int{{19 * 60, 21 * 60}}}
			id := w.ask(Notice{Kind: PersonReminder})
			w.drain()
			m := w.messages()[0]
			if m.State != ToHand || !m.NoVoicemail || m.Channel != ch || m.NotBefore.Hour() != 0 { // 19:00 in New York
				t.Fatalf("%s: %+v", ch, m)
			}
			list, err := w.n.Pending(w.ctx, navigator)
			if err != nil || len(list) != 1 || list[0].ID != id {
				t.Fatalf("%v %v", list, err)
			}
			h, err := w.n.Show(w.ctx, navigator, id)
			if err != nil || h.Address != w.contact.Address || !strings.HasPrefix(h.Body, "You have a message.") || h.Allowed || !h.Rules.NoVoicemail || h.Link != link {
				t.Fatalf("%+v %v", h, err)
			}
			w.ok(w.n.MarkHanded(w.ctx, navigator, id))
			w.expect(Handed, "")
			if err := w.n.MarkHanded(w.ctx, navigator, id); !fault.Is(err, fault.Conflict) {
				t.Errorf("twice: %v", err)
			}
		}
		entries := 0
		w.ok(w.db.Read(w.ctx, org, func(tx *db.Tx) (err error) {
			entries, err = db.One[int](w.ctx, tx, `SELECT COUNT(*) FROM audit_event WHERE resource='message'`)
			return err
		}))
		if entries != 8 {
			t.Errorf("%d audit entries, want 4 looks and 4 changes", entries)
		}
		w.clean()
	})
}

func dbEach(t *testing.T, fn func(w *world)) {
	each(t, func(w *world) {
		w.n.o.Mail, w.n.o.SMS = Mail{}, nil
		fn(w)
	})
}

func TestHandingOverChecksConsentAgain(t *testing.T) {
	w := once(t, nil)
	w.contact.Channel = Phone
	id := w.ask(Notice{Kind: PersonReminder})
	w.drain()
	w.err = fault.Ended("consent.ended")
	if _, err := w.n.Show(w.ctx, navigator, id); !fault.Is(err, fault.Gone) {
		t.Fatalf("%v", err)
	}
	w.expect(NotSent, WhyConsent)
	for _, a := range []access.Actor{{}, {Account: "c", Org: org, Roles: []access.Role{access.Clinician}}, {Account: "e", Org: org, Roles: []access.Role{access.Evaluator}}} {
		if _, err := w.n.Pending(w.ctx, a); err == nil {
			t.Errorf("%v may list", a.Roles)
		}
		if _, err := w.n.Show(w.ctx, a, id); err == nil {
			t.Errorf("%v may look", a.Roles)
		}
		if err := w.n.Decide(w.ctx, a, id, Again); err == nil {
			t.Errorf("%v may decide", a.Roles)
		}
	}
	stranger := access.Actor{Account: "n", Org: "clinic-2", Roles: []access.Role{access.Navigator}}
	if _, err := w.n.Show(w.ctx, stranger, id); !fault.Is(err, fault.NotFound) {
		t.Errorf("another clinic: %v", err)
	}
	if err := w.n.Decide(w.ctx, stranger, id, Again); !fault.Is(err, fault.NotFound) {
		t.Errorf("another clinic: %v", err)
	}
}

func TestWhatAPersonDecides(t *testing.T) {
	w := once(t, nil)
	for choice, want := range map[Choice]State{Arrived: Delivered, HandOver: ToHand, Drop: NotSent, Again: Gateway} {
		w.gateway.Answer(500)
		id := w.ask(Notice{Kind: StaffEscalation})
		w.drain()
		w.expect(Unknown, WhyLost)
		list, err := w.n.Doubtful(w.ctx, navigator)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		w.ok(w.n.Decide(w.ctx, navigator, id, choice))
		w.drain()
		if m := w.messages()[0]; m.State != want {
			t.Errorf("%s: %s", choice, m.State)
		}
		w.ok(w.db.Write(w.ctx, org, func(tx *db.Tx) error { return w.n.Forget(w.ctx, tx, ref) }))
	}
	if err := w.n.Decide(w.ctx, navigator, "none", Again); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
