// Dead letters for whoever keeps the machine, and a partner's own "I have deleted it".

package introductionweb

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"testing"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
)

func TestDeadLettersAreRetriedOrDropped(t *testing.T) {
	w := newDesk(t)
	broken := true
	w.jobs.Handle("test.work", func(context.Context, job.Job) error {
		if broken {
			return job.Permanent(errors.New("the other side is gone"))
		}
		return nil
	})
	for range 2 {
		w.ok(w.db.Write(w.ctx, w.org, func(tx *db.Tx) error { return w.jobs.Enqueue(w.ctx, tx, job.Job{Kind: "test.work"}) }))
	}
	w.ok(w.jobs.Drain(w.ctx))
	for _, who := range []access.Actor{w.lupe, w.cole, w.partner} {
		w.who = who
		if rec := w.do("GET", "/jobs", nil); rec.Code != http.StatusForbidden {
			t.Errorf("%v: %d", who.Roles, rec.Code)
		}
	}
	w.who = w.admin
	w.has(w.page("/jobs"), "test.work", "the other side is gone")
	forms := regexp.MustCompile(`action="(/jobs/[^"]+)"`).FindAllStringSubmatch(w.do("GET", "/jobs", nil).Body.String(), -1)
	if len(forms) != 2 {
		t.Fatalf("%d dead letters", len(forms))
	}
	broken = false
	w.sent("/jobs", w.post(forms[0][1], "do", "again"))
	w.sent("/jobs", w.post(forms[1][1], "do", "drop"))
	w.ok(w.jobs.Drain(w.ctx))
	w.has(w.page("/jobs"), "Everything was done.")
}

func TestAPartnerConfirmsADeletion(t *testing.T) {
	w := newDesk(t)
	b := w.begin(called)
	w.ok(w.s.Withdraw(w.ctx, w.lupe, introduction.WithdrawIn{ID: b.ID, How: "in_person"}))
	w.who = w.partner
	w.page("/shared")
	form := one(regexp.MustCompile(`action="(/shared/recalls/[^"]+)"`), w.do("GET", "/shared", nil).Body.String())
	w.who = w.other
	if rec := w.post(form); rec.Code != http.StatusNotFound {
		t.Errorf("another group confirms: %d", rec.Code)
	}
	w.who = w.partner
	w.sent("/shared", w.post(form))
	w.has(w.page("/shared"), "Nobody is waiting.")
	w.who = w.lupe
	w.has(w.page("/handoffs/"+b.ID), "Said it is deleted")
}
