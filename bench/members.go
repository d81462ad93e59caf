// As many people who take part as there are introductions: invented, each sealed
// under a key of their own by the real vault, with a consent and a few encounters.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"runtime"
	"strings"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// member is one of them before they are stored.
type member struct {
	id, owner, sealed, blind string
	joined, last, one        time.Time
	who                      people.Profile
}

var memberAreas = []string{"Lomi", "Taru", "Veshka", "Old Mill", "Riverside", "Kinnel", "Dorro", "Upper Taru", "Salt Hill", ""}

func (w *world) storeMembers(ctx context.Context) error {
	r := rand.New(rand.NewPCG(8, 8))
	first, last := newVocabulary(r, 1500), newVocabulary(r, 4000)
	for done := 0; done < w.People; done += chunk {
		list := make([]member, min(chunk, w.People-done))
		ids := make([]string, len(list))
		for i := range list {
			joined := w.Now.Add(-time.Duration(r.Int64N(int64(700 * day))))
			ids[i] = id.New(joined)
			list[i] = member{id: ids[i], owner: pick(r, w.Accounts[access.Organizer]), joined: joined, last: joined.Add(time.Duration(r.Int64N(int64(w.Now.Sub(joined)) + 1))),
				who: people.Profile{CalledName: title(first.word()) + " " + title(last.word()), Contact: consent.ByPhone, Phone: fmt.Sprintf("+1998%07d", done+i),
					Lang: pick(r, []string{"en", "es", "es", "vi", "ar"}), Area: pick(r, memberAreas), Safe: contact.Safe{From: 17 * 60, Until: 20 * 60, Words: contact.WordsFirstName}}}
		}
		if err := w.vault.CreatePeople(ctx, w.Org, ids); err != nil {
			return err
		}
		if err := w.sealMembers(ctx, list); err != nil {
			return err
		}
		if err := w.db.Write(ctx, w.Org, func(tx *db.Tx) error { return w.insertMembers(ctx, tx, list) }); err != nil {
			return err
		}
		for i, m := range list {
			if i%40 == 0 {
				w.Members, w.Called, w.Owners = append(w.Members, m.id), append(w.Called, m.who.CalledName), append(w.Owners, m.owner)
			}
		}
	}
	return nil
}

func (w *world) sealMembers(ctx context.Context, list []member) error {
	for i := range list {
		m := &list[i]
		plain, err := json.Marshal(m.who)
		if err != nil {
			return err
		}
		if m.sealed, err = w.vault.Seal(ctx, vault.Cell{Org: w.Org, Person: m.id, Table: "people_person", Column: "sealed", Row: m.id, Version: 1}, string(plain)); err != nil {
			return err
		}
		if m.blind, err = w.vault.Blind(ctx, w.Org, vault.Phone, m.who.Phone); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) insertMembers(ctx context.Context, tx *db.Tx, list []member) error {
	rows := newBulk("people_person", `org_id, id, state, source, owner, account_id, joined_at, last_at, one_to_one_at, rest_until, merged_into, code_hash, phone_blind, email_blind, sealed, sealed_version, changed`)
	consents := newBulk("consent", `org_id, id, subject_id, purpose, recipient, fields, channel, language, wording_version, how, interpreter, witness,
		proxy_relation, proxy_scope, proxy_until, receipt, state, made_at, given_at, expires_at, revoked_at, revoked_how`)
	met := newBulk("people_encounter", `org_id, id, kind, purpose, state, at, minutes, place, language, led_by, account_id, ref, others, readers, made_at, version`)
	present := newBulk("people_present", "org_id, encounter_id, person_id, role, at, sealed, sealed_version")
	us := db.Micros
	for _, m := range list {
		if err := rows.add(ctx, tx, w.Org, m.id, "active", "meeting", m.owner, "", us(m.joined), us(m.last), us(m.one), int64(0), "", "", m.blind, "", m.sealed, int64(1), int64(1)); err != nil {
			return err
		}
		var fields []string
		for _, f := range m.who.Holds(0) {
			fields = append(fields, string(f))
		}
		if err := consents.add(ctx, tx, w.Org, id.New(m.joined), m.id, string(consent.OrganizingRecord), consent.Organizing, strings.Join(fields, ","), "phone", m.who.Lang, int64(1), "paper", "", "",
			"", "", int64(0), "receipt-"+m.id, string(consent.Active), us(m.joined), us(m.joined), us(w.Now.Add(300*day)), int64(0), ""); err != nil {
			return err
		}
		e := id.New(m.last)
		if err := met.add(ctx, tx, w.Org, e, "one_to_one", "recruitment", "held", us(m.last), int64(40), "cafe", m.who.Lang, "staff", m.owner, "", int64(0), "organizers", us(m.last), int64(1)); err != nil {
			return err
		}
		if err := present.add(ctx, tx, w.Org, e, m.id, "attended", us(m.last), "", int64(0)); err != nil {
			return err
		}
	}
	for _, b := range []*bulk{rows, consents, met, present} {
		if err := b.flush(ctx, tx); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO people_version (org_id, n) VALUES ($1, 1) ON CONFLICT (org_id) DO NOTHING`, w.Org)
	return err
}

// memberScenes are the pages of people that organizers use all day.
func (w *world) memberScenes() []scene {
	ask50 := []string{"/people", "/people?speaks=vi&area=Lomi&not_met=60", "/people?sort=longest", "/people?after=" + w.Members[len(w.Members)/2], "/people?speaks=es&sort=newest"}
	return []scene{
		{"page.people", "list of people: plain, asked, by date, in the middle", readMost, func(i int) ask { return get(ask50[i%len(ask50)], w.as(access.Organizer, i%3)) }},
		{"page.people.find", "people by name", readMost, func(i int) ask {
			name := w.Called[i%len(w.Called)]
			return ask{"POST", "/people/find", w.as(access.Organizer, i%3), url.Values{"name": {name[:min(4, len(name))]}}, 200}
		}},
		{"page.person", "one person's page", readMost, func(i int) ask { return get("/people/"+w.Members[i%len(w.Members)], w.as(access.Organizer, i%3)) }},
		{"page.people.alike", "who may be here already, while typing", 30, func(i int) ask {
			return ask{"POST", "/people/alike", w.as(access.Organizer, i%3), url.Values{"called_name": {w.Called[i%len(w.Called)]}, "phone": {"(998) 555-0100"}, "lang": {"es"}}, 200}
		}},
		{"write.cell", "write: hand a person to a colleague in the list", writeMost, func(i int) ask {
			n := i % len(w.Members)
			was, next := w.Owners[n], w.Accounts[access.Organizer][(i+7)%len(w.Accounts[access.Organizer])]
			f := url.Values{"person": {w.Members[n]}, "back": {"/people"}, "owner": {next}, "was_owner": {was}, "_key": {id.New(time.Now())}}
			w.Owners[n] = next
			return ask{"POST", "/people/cell", w.as(access.Organizer, i%3), f, 303}
		}},
	}
}

// names measures what holding a hundred thousand names costs.
func names(ctx context.Context, o options, w *world, rep *report) error {
	held := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1e6
	}
	before := held()
	s := people.New(people.Deps{DB: w.db, Vault: w.vault, Audit: w.audit, Jobs: job.New(w.db, job.Options{}), Clock: clock.System(), Consent: consent.New(clock.System())})
	a := access.Actor{Org: w.Org, Account: w.Accounts[access.Organizer][0], Roles: []access.Role{access.Organizer}}
	from := time.Now()
	p, err := s.List(ctx, a, people.Filter{}, "", "")
	if err != nil {
		return err
	}
	opened := one("names.open", fmt.Sprintf("names: open %d, the first time", p.Everybody), "ms", float64(time.Since(from).Microseconds())/1000)
	if p.Everybody != w.People {
		opened.Wrong = 1
	}
	rep.add(opened, one("names.memory", "names: memory they take", "MB", held()-before))
	var changes, likes, lists []time.Duration
	for i := range o.matches {
		who := w.Members[i%len(w.Members)]
		if err := w.db.Write(ctx, w.Org, func(tx *db.Tx) error {
			n, err := db.One[int64](ctx, tx, `UPDATE people_version SET n=n+1 WHERE org_id=$1 RETURNING n`, w.Org)
			if err == nil {
				_, err = tx.Exec(ctx, `UPDATE people_person SET changed=$3 WHERE org_id=$1 AND id=$2`, w.Org, who, n)
			}
			return err
		}); err != nil {
			return err
		}
		from := time.Now()
		if _, err := s.Names(ctx, access.Machine(w.Org), []string{who}); err != nil {
			return err
		}
		changes = append(changes, time.Since(from))
		from = time.Now()
		if _, err := s.Alike(ctx, access.Actor{Org: w.Org, Account: a.Account, Roles: a.Roles}, people.AlikeIn{Name: w.Called[i%len(w.Called)]}); err != nil {
			return err
		}
		likes = append(likes, time.Since(from))
		from = time.Now()
		if _, err := s.List(ctx, a, people.Filter{Lang: "vi", NotMet: 60}, "", ""); err != nil {
			return err
		}
		lists = append(lists, time.Since(from))
	}
	alike := times("names.alike", "names: who may be here already", likes)
	rep.add(times("names.change", "names: the look after one changed", changes), alike.atMost(30, alike.P95), times("names.list", "names: a question and a page, counted", lists))
	return nil
}
