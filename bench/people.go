// A hundred thousand introductions of invented people, each sealed under a key
// of their own by the real vault, with consent, share, history and attempt.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// draft is an introduction before it is stored.
type draft struct {
	id, person, share, group, site, clinician, owner string
	state                                            introduction.State
	ending                                           introduction.Ending
	mode                                             introduction.Mode
	began, sent, ack, accepted, connected, taking    time.Time
	redirected, ended, erase                         time.Time
	attempts                                         []introduction.Attempt
	who                                              introduction.Person
	sealed, blind                                    string
}

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// The states of those that are open, in parts of a hundred.
var openStates = []struct {
	state introduction.State
	upTo  int
}{{introduction.Consented, 8}, {introduction.Sent, 34}, {introduction.Acknowledged, 46}, {introduction.Accepted, 62}, {introduction.Contacting, 80},
	{introduction.Redirected, 83}, {introduction.Connected, 93}, {introduction.Participating, 100}}

type maker struct {
	*world
	r     *rand.Rand
	names *vocabulary
}

// draft invents one: five in a hundred are open, most have ended well within the year.
func (m *maker) draft() draft {
	r := m.r
	d := draft{group: m.groups[r.IntN(len(m.groups))].ID, site: pick(r, m.Sites), clinician: pick(r, m.Accounts[access.Clinician]), owner: pick(r, m.Accounts[access.Navigator]),
		mode: pick(r, introduction.Modes())}
	ago := func(least, most time.Duration) time.Time {
		return m.Now.Add(-least - time.Duration(r.Int64N(int64(most-least))))
	}
	switch n := r.IntN(100); {
	case n < 5:
		n = r.IntN(100)
		for _, s := range openStates {
			if n < s.upTo {
				d.state = s.state
				break
			}
		}
		d.began = ago(hour, 7*day)
	case n < 90:
		d.state, d.ending, d.ended = introduction.Closed, introduction.Engaged, ago(day, 350*day)
		d.erase = d.ended.Add(introduction.KeepEngaged)
	case n < 96:
		d.state, d.ending, d.ended = introduction.Closed, pick(r, introduction.Endings()[1:]), ago(day, 28*day)
		d.erase = d.ended.Add(introduction.KeepFailed)
	default:
		d.state, d.ended = introduction.Withdrawn, ago(day, 85*day)
		d.erase = d.ended.Add(introduction.RecallKept)
	}
	if !d.ended.IsZero() {
		d.began = d.ended.Add(-20 * day)
	}
	d.history(m.Now)
	d.id, d.person, d.share = id.New(d.began), id.New(d.began), id.New(d.began)
	d.who = introduction.Person{CalledName: title(m.names.word()), Contact: consent.ByPhone, Phone: fmt.Sprintf("+1999%07d", r.IntN(9999999)), Lang: pick(r, []string{"en", "es", "es", "vi", "ar"}),
		Topics: texts(some(r, groupTopics, 1+r.IntN(2))), Safe: introduction.Safe{From: 17 * 60, Until: 20 * 60, NoVoicemail: chance(r, 20), Words: introduction.WordsFirstName}}
	return d
}

// history sets what must have happened for the state to be what it is.
func (d *draft) history(now time.Time) {
	step := func(after time.Duration) time.Time {
		if t := d.began.Add(after); t.Before(now) {
			return t
		}
		return now.Add(-time.Minute)
	}
	s := d.state
	is := func(list ...introduction.State) bool {
		for _, x := range list {
			if x == s {
				return true
			}
		}
		return false
	}
	ended := is(introduction.Closed, introduction.Withdrawn)
	if !is(introduction.Consented) {
		d.sent = step(hour)
	}
	if ended || is(introduction.Acknowledged, introduction.Accepted, introduction.Contacting, introduction.Connected, introduction.Participating) {
		d.ack = step(20 * hour)
	}
	if ended || is(introduction.Accepted, introduction.Contacting, introduction.Connected, introduction.Participating) {
		d.accepted = step(30 * hour)
	}
	if is(introduction.Redirected) {
		d.redirected = step(30 * hour)
	}
	if ended || is(introduction.Contacting, introduction.Connected, introduction.Participating) {
		d.attempts = []introduction.Attempt{{At: step(50 * hour), Channel: introduction.Phone, Result: introduction.NoAnswerYet, By: introduction.PartyGroup}}
	}
	if d.ending == introduction.Engaged || is(introduction.Connected, introduction.Participating) {
		d.connected = step(90 * hour)
	}
	if is(introduction.Participating) {
		d.taking = step(120 * hour)
	}
}

func texts[T ~string](list []T) (out []string) {
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

const chunk = 2000

func (w *world) storePeople(ctx context.Context) error {
	r := rand.New(rand.NewPCG(2, 2))
	m := &maker{world: w, r: r, names: newVocabulary(r, 2000)}
	clocks := introduction.DefaultClocks(introduction.Calendar{Zone: time.UTC})
	for left := w.People; left > 0; left -= chunk {
		list := make([]draft, min(chunk, left))
		for i := range list {
			list[i] = m.draft()
		}
		if err := w.sealAll(ctx, list); err != nil {
			return err
		}
		if err := w.db.Write(ctx, w.Org, func(tx *db.Tx) error { return w.insert(ctx, tx, list, clocks) }); err != nil {
			return err
		}
		for i, d := range list {
			if i%40 == 0 && d.state != introduction.Withdrawn {
				w.Intros = append(w.Intros, d.id)
			}
			if d.state == introduction.Accepted || d.state == introduction.Contacting {
				w.Calling = append(w.Calling, d.id)
			}
		}
	}
	return nil
}

// sealAll makes keys and ciphertexts, many at once: the vault's own group commit does the rest.
func (w *world) sealAll(ctx context.Context, list []draft) error {
	var wg sync.WaitGroup
	errs := make(chan error, len(list))
	next := make(chan int)
	for range 64 {
		wg.Go(func() {
			for i := range next {
				if err := w.sealOne(ctx, &list[i]); err != nil {
					errs <- err
				}
			}
		})
	}
	for i := range list {
		next <- i
	}
	close(next)
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

func (w *world) sealOne(ctx context.Context, d *draft) (err error) {
	if d.state == introduction.Withdrawn {
		d.person, d.clinician = "", "" // what an ended consent leaves
		return nil
	}
	if err = w.vault.CreatePerson(ctx, w.Org, d.person); err != nil {
		return err
	}
	plain, err := json.Marshal(d.who)
	if err != nil {
		return err
	}
	if d.sealed, err = w.vault.Seal(ctx, vault.Cell{Org: w.Org, Person: d.person, Table: "introduction", Column: "sealed", Row: d.id, Version: 1}, string(plain)); err != nil {
		return err
	}
	d.blind, err = w.vault.Blind(ctx, w.Org, vault.Phone, d.who.Phone)
	return err
}

func (w *world) insert(ctx context.Context, tx *db.Tx, list []draft, clocks introduction.Clocks) error {
	rows := newBulk("introduction", `org_id, id, person, group_id, site, mode, state, ending, reason, how, offered_by, owner, redirect_to, counted,
		began, sent_at, acknowledged_at, accepted_at, redirected_at, connected_at, participates_at, ended_at, handoff_at, asked_stop_at,
		next_owner, next_key, due_at, level, look_at, erase_at, receipt_hash, phone_blind, sealed, sealed_version`)
	shares := newBulk("introduction_share", "org_id, id, introduction_id, group_id, began, expires, ended, reply, group_phone, code_sealed, code_version, code_tries")
	steps := newBulk("introduction_step", "org_id, introduction_id, n, at, verb, from_state, to_state, party, code")
	attempts := newBulk("introduction_attempt", "org_id, introduction_id, n, share_id, at, channel, result, party")
	consents := newBulk("consent", `org_id, id, subject_id, purpose, recipient, fields, channel, language, wording_version, how, interpreter, witness,
		proxy_relation, proxy_scope, proxy_until, receipt, state, made_at, given_at, expires_at, revoked_at, revoked_how`)
	var events []audit.Event
	us := db.Micros
	for _, d := range list {
		next := clocks.Next(introduction.Facts{State: d.state, Mode: d.mode, Began: d.began, Sent: d.sent, Acknowledged: d.ack, Accepted: d.accepted,
			Redirected: d.redirected, Connected: d.connected, Participates: d.taking, Attempts: d.attempts}, w.Now)
		var due, look time.Time
		if d.state.Open() {
			due, look = next.Due, w.Now.Add(10*day) // the sweep has done its work for now
		}
		level := clocks.LevelAt(next, w.Now)
		how := ""
		if d.state == introduction.Withdrawn {
			how = string(introduction.ByLink)
		}
		if err := rows.add(ctx, tx, w.Org, d.id, d.person, d.group, d.site, string(d.mode), string(d.state), string(d.ending), "", how, d.clinician, d.owner, "", "wanted,sent,answered",
			us(d.began), us(d.sent), us(d.ack), us(d.accepted), us(d.redirected), us(d.connected), us(d.taking), us(d.ended), int64(0), int64(0),
			string(next.Owner), next.ActionKey, us(due), int64(level), us(look), us(d.erase), id.Hash("receipt of "+d.id), d.blind, d.sealed, int64(1)); err != nil {
			return err
		}
		if !d.sent.IsZero() {
			if err := shares.add(ctx, tx, w.Org, d.share, d.id, d.group, us(d.sent), us(d.sent.Add(180*day)), us(d.ended), "", "", "", int64(0), int64(0)); err != nil {
				return err
			}
		}
		for n, s := range d.steps() {
			if err := steps.add(ctx, tx, w.Org, d.id, int64(n+1), us(s.At), string(s.Verb), string(s.From), string(s.To), string(s.Party), ""); err != nil {
				return err
			}
		}
		for n, a := range d.attempts {
			if err := attempts.add(ctx, tx, w.Org, d.id, int64(n+1), d.share, us(a.At), string(a.Channel), string(a.Result), string(a.By)); err != nil {
				return err
			}
		}
		if d.person == "" {
			continue
		}
		for _, c := range d.consents() {
			if err := consents.add(ctx, tx, w.Org, id.New(d.began), d.person, string(c.purpose), c.recipient, c.fields, "phone", d.who.Lang, int64(1), "screen", "", "",
				"", "", int64(0), "receipt-"+d.id, string(c.state), us(d.began), us(d.began), us(c.expires), int64(0), ""); err != nil {
				return err
			}
		}
		events = append(events, audit.Event{Org: w.Org, Actor: d.clinician, Role: "clinician", Action: "consent", Resource: "introduction", ResourceID: d.id, Subject: d.person})
	}
	for _, b := range []*bulk{rows, shares, steps, attempts, consents} {
		if err := b.flush(ctx, tx); err != nil {
			return err
		}
	}
	return w.audit.WriteMany(ctx, tx, events)
}

type given struct {
	purpose           consent.Purpose
	recipient, fields string
	state             consent.State
	expires           time.Time
}

func (d draft) consents() []given {
	state, expires := consent.Active, d.began.Add(180*day)
	if !d.state.Open() {
		state, expires = consent.Expired, d.ended
	}
	return []given{{consent.IntroContact, d.group, "name,phone,language,topics,safe_contact", state, expires},
		{consent.TellClinicConnected, consent.Clinic, "connected", state, expires}}
}

func (d draft) steps() []introduction.Step {
	list := []introduction.Step{{At: d.began, Verb: introduction.VerbConsent, From: introduction.Offered, To: introduction.Consented, Party: introduction.PartyClinician}}
	from := introduction.Consented
	add := func(at time.Time, v introduction.Verb, to introduction.State, p introduction.Party) {
		if !at.IsZero() {
			list = append(list, introduction.Step{At: at, Verb: v, From: from, To: to, Party: p})
			from = to
		}
	}
	add(d.sent, introduction.VerbSend, introduction.Sent, introduction.PartyClinician)
	add(d.ack, introduction.VerbAcknowledge, introduction.Acknowledged, introduction.PartyGroup)
	add(d.accepted, introduction.VerbAccept, introduction.Accepted, introduction.PartyGroup)
	add(d.connected, introduction.VerbMeet, introduction.Connected, introduction.PartyGroup)
	add(d.ended, introduction.VerbClose, d.state, introduction.PartyStaff)
	return list
}

// storeCounts fills the year's counts without names.
func (w *world) storeCounts(ctx context.Context) error {
	r := rand.New(rand.NewPCG(3, 3))
	return w.db.Write(ctx, w.Org, func(tx *db.Tx) error {
		b := newBulk("offer_count", "org_id, site, month, language, outcome, n")
		for ago := range 12 {
			month := w.Now.AddDate(0, -ago, 0).Format("2006-01")
			for _, site := range w.Sites {
				for _, lang := range groupLanguages {
					for _, what := range []string{"declined", "info", "ask_again", "wanted", "sent", "answered", "met", "taking_part"} {
						if err := b.add(ctx, tx, w.Org, site, month, lang, what, int64(r.IntN(400))); err != nil {
							return err
						}
					}
				}
			}
		}
		return b.flush(ctx, tx)
	})
}
