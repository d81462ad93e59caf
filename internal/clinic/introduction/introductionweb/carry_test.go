// Being carried over, on the person's own page and beside staff, in every language.

package introductionweb

import (
	"context"
	"strings"
	"testing"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/platform/access"
)

// carried stands in for the other room: a fresh code each time.
func carried(n *int) func(context.Context, string, string) (string, error) {
	return func(context.Context, string, string) (string, error) {
		*n++
		return "ABCDEFGHJKMNPQR" + string("ST"[*n%2]), nil
	}
}

func (w *meSite) metGroup() introduction.Begun {
	w.Helper()
	b, nav := w.begin(), w.member(access.Navigator)
	w.ok(w.s.Acknowledge(w.ctx, nav, introduction.AnswerIn{ID: b.ID}))
	w.ok(w.s.Accept(w.ctx, nav, introduction.AnswerIn{ID: b.ID}))
	w.ok(w.s.LogAttempt(w.ctx, nav, introduction.AttemptIn{ID: b.ID, Channel: "phone", Result: "reached"}))
	w.ok(w.s.ConfirmMeeting(w.ctx, nav, introduction.MeetIn{ID: b.ID, Word: "person"}))
	return b
}

func TestThePersonSaysYesOnTheirOwnPage(t *testing.T) {
	n := 0
	for _, lang := range meLanguages {
		w := newMeSite(t)
		w.carryTo(carried(&n))
		early := w.browser()
		early.open(w.begin().Code)
		early.wants(early.get("/me/more"), 303, "/me/info")
		if strings.Contains(early.get("/me/info").body, "/me/more") {
			t.Error("asked before the first meeting")
		}
		b := w.metGroup()
		br := w.browser()
		br.lang = lang
		br.open(b.Code)
		br.shows(br.get("/me/info"), `href="/me/more"`)
		br.check("/me/more", br.get("/me/more"), 200)
		br.check("no yes", br.post("/me/more", "/me/more"), 422)
		form := br.form("/me/more", "/me/more", "agree", "yes")
		first, second := br.do("POST", "/me/more", form), br.do("POST", "/me/more", form)
		br.check("code", first, 200)
		br.check("code again", second, 200)
		br.shows(second, "ABCD-EFGH-JKMN")
		br.check("/me/info", br.get("/me/info"), 200)
		br.wants(br.get("/me/more"), 303, "/me/info")
		if lang == "en" {
			br.shows(br.get("/me/info"), "We may keep how to reach you", "your other page")
			br.shows(br.get("/me/close"), "Your other page stays")
			br.shows(br.get("/me/all"), "Your other page stays")
		}
		form.Set("_key", "another-form-with-its-own-key")
		br.wants(br.do("POST", "/me/more", form), 303, "/me/info")
	}
}

func TestStaffAskTogetherWithThePerson(t *testing.T) {
	n := 0
	for _, lang := range meLanguages {
		w := newMeSite(t)
		w.carryTo(carried(&n))
		b := w.metGroup()
		w.staff = w.member(access.Navigator)
		br := w.browser()
		br.lang = lang
		page := "/handoffs/" + b.ID + "/more"
		br.shows(br.get("/handoffs/"+b.ID), `href="`+page+`"`)
		if p := br.get(page); p.status != 200 || !strings.Contains(p.body, "¿Podemos guardar su nombre") {
			t.Errorf("%s: %d, without the words in the person's language", lang, p.status)
		}
		for _, bad := range [][]string{{"how", "spoken", "witness", "navigator"}, {"agree", "yes", "witness", "navigator"}, {"agree", "yes", "how", "spoken"}} {
			if p := br.post(page, page, bad...); p.status != 422 {
				t.Errorf("%v: %d", bad, p.status)
			}
		}
		form := br.form(page, page, "agree", "yes", "how", "spoken", "witness", "navigator")
		p := br.do("POST", page, form)
		if p.status != 200 || !strings.Contains(p.body, "Mi otra página") || !strings.Contains(p.body, "ABCD-EFGH-JKMN") {
			t.Errorf("%s: %d\n%s", lang, p.status, p.body)
		}
		br.wants(br.get(page), 303, "/handoffs/"+b.ID)
		if p := br.get("/handoffs/" + b.ID); p.status != 200 || strings.Contains(p.body, `href="`+page+`"`) {
			t.Errorf("asked again: %d", p.status)
		}
		w.staff = w.member(access.Clinician)
		if p := br.do("POST", page, form); p.status == 200 || p.status == 303 {
			t.Errorf("a clinician: %d", p.status)
		}
	}
}
