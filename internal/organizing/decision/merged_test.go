// Somebody who was written down twice has one voice, while the merge stands.
package decision

import (
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

func TestMergedPeopleHaveOneVoice(t *testing.T) {
	dbtest.Each(t, append(schemas, consent.Schema), func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ppl := people.New(people.Deps{DB: d, Vault: w.vault, Audit: w.audit, Jobs: w.jobs, Clock: w.clock, Consent: consent.New(w.clock)})
		join := func(name string) string {
			j, err := ppl.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone", Phone: "(503) 555-0121", Lang: "vi"}},
				Source: people.AtMeeting, How: "paper"})
			w.must(err)
			return j.ID
		}
		thu, twin, rosa := join("Thu Pham"), join("Thu Phạm"), join("Rosa Marín")
		all := []Voter{{Person: thu}, {Person: twin}, {Person: rosa}}
		named := In{Question: "We meet on Mondays.", Method: "consent", Openness: "named"}
		before, link, codes := w.made(named, all, 0)
		w.must(w.s.Open(w.ctx, ana, before))
		code := map[string]string{}
		for _, p := range codes {
			code[p.Person] = p.Code
		}
		cast := func(person, choice string) {
			t.Helper()
			_, err := w.s.Cast(w.ctx, VoteIn{Token: link, Code: code[person], Choice: choice})
			w.must(err)
		}
		merged, err := ppl.Merge(w.ctx, ana, people.MergeIn{Survivor: thu, Taken: twin})
		w.must(err)
		cast(twin, "object")
		cast(thu, "consent") // the same person changes the answer
		cast(rosa, "consent")
		if list, err := w.s.Taken(w.ctx, member(thu)); err != nil || len(list.Items) != 1 {
			t.Errorf("%+v, %v", list.Items, err)
		}
		w.must(w.s.Close(w.ctx, ana, before))
		read, err := w.s.Read(w.ctx, ana, before)
		w.must(err)
		if got := read.Outcome; got.Consent.Consent != 2 || got.Consent.Objections != 0 || got.Turnout.Persons != 2 || got.Turnout.Invited != 2 {
			t.Errorf("%+v %+v", got.Consent, got.Turnout)
		}

		hands, link2, codes := w.made(agreeIn(Hands), all, 0)
		if len(codes) != 2 {
			t.Errorf("%d codes for two people", len(codes))
		}
		w.must(ppl.Unmerge(w.ctx, ana, merged, ""))
		if codes, err = w.s.Codes(w.ctx, ana, hands, 0); err != nil || len(codes) != 3 {
			t.Fatalf("%d codes for three, %v", len(codes), err)
		}
		w.must(w.s.Open(w.ctx, ana, hands))
		_, err = ppl.Merge(w.ctx, ana, people.MergeIn{Survivor: thu, Taken: twin})
		w.must(err)
		for _, p := range codes {
			if _, err := w.s.Cast(w.ctx, VoteIn{Token: link2, Code: p.Code, Choice: "agree"}); err != nil && (p.Person == rosa || !fault.Is(err, fault.Conflict)) {
				t.Error(p.Person, err)
			}
		}
		w.must(w.s.Close(w.ctx, ana, hands))
		if read, err = w.s.Read(w.ctx, ana, hands); err != nil || read.Outcome.Turnout.Persons != 2 {
			t.Errorf("%+v, %v", read.Outcome, err)
		}
	})
}
