// Who is asked again and again: people who joined, each by their own yes. Their page
// shows who is asked and who said yes, never what or whether somebody answered.
package survey

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// yesMonths is how long a yes lasts: a baseline and the waves of two years.
const yesMonths = 24

func pseudonymCell(org string, m member) vault.Cell {
	return vault.Cell{Org: org, Person: m.person, Table: "survey_member", Column: "sealed", Row: m.survey, Version: 1}
}

// saidYes reports whether somebody's yes to a survey is live.
func (s *Service) saidYes(ctx context.Context, tx *db.Tx, survey, person string) (bool, error) {
	_, err := s.consent.Live(ctx, tx, consent.Query{Subject: person, Purpose: consent.EvaluationSurvey, Recipient: consent.Survey(survey), Field: consent.Answers})
	if fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

// AskIn adds people to a cohort.
type AskIn struct {
	Survey string
	People []string // person
	Core   bool     // everybody of the core teams
	Key    string   // _key
}

// Ask adds people to those who are asked. A wave that runs gets a way in for each.
func (s *Service) Ask(ctx context.Context, a access.Actor, in AskIn) (added int, err error) {
	defer fault.Wrap(&err, "survey.Ask")
	g, err := access.Check(a, needInvite)
	if err != nil {
		return 0, err
	}
	if in.Core && s.teams != nil {
		core, err := s.teams.Core(ctx, a)
		if err != nil {
			return 0, err
		}
		in.People = append(slices.Clone(in.People), core...)
	}
	if len(in.People) == 0 || len(in.People) > 500 {
		return 0, fault.Wrong(fault.At("person", "survey.error.person"))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "survey.ask:"+in.Survey, func() (string, error) {
			added, err = s.ask(ctx, tx, in)
			if err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "ask", "survey", in.Survey, itoa(added))
		})
		return err
	})
	return added, err
}

func (s *Service) ask(ctx context.Context, tx *db.Tx, in AskIn) (added int, err error) {
	r, err := surveyByID(ctx, tx, in.Survey)
	if err != nil {
		return 0, err
	}
	if r.Kind != Cohort {
		return 0, fault.Clash("survey.error.state")
	}
	list, err := membersOf(ctx, tx, r.ID)
	if err != nil {
		return 0, err
	}
	here := map[string]bool{}
	for _, m := range list {
		same, err := people.Rows(ctx, tx, m.person)
		if err != nil {
			return 0, err
		}
		for _, p := range same {
			here[p] = true
		}
	}
	waves, err := wavesOf(ctx, tx, r.ID)
	if err != nil {
		return 0, err
	}
	for _, p := range in.People {
		if here[p] {
			continue
		}
		err := s.people.TogetherIn(ctx, tx, p, "person")
		if fault.Is(err, fault.Invalid) && in.Core {
			continue // one of many who has not said yes to a record
		}
		if err != nil {
			return 0, err
		}
		same, err := people.Rows(ctx, tx, p)
		if err != nil {
			return 0, err
		}
		for _, x := range same {
			here[x] = true
		}
		if err := putMember(ctx, tx, member{survey: r.ID, person: p}); err != nil {
			return 0, err
		}
		for _, w := range waves {
			if w.OpenAt(s.clock.Now()) {
				if err := s.invite(ctx, tx, w.ID, p); err != nil {
					return 0, err
				}
			}
		}
		added++
	}
	return added, nil
}

// invite makes somebody's code for a wave. Somebody who was just erased gets none.
func (s *Service) invite(ctx context.Context, tx *db.Tx, wave, person string) error {
	code, hash := newCode()
	w := way{hash: hash, wave: wave, kind: personWay, person: person}
	var err error
	if w.sealed, err = s.vault.Seal(ctx, wayCell(tx.Org(), w), code); fault.Is(err, fault.Gone) {
		return nil
	}
	if err != nil {
		return err
	}
	return putWay(ctx, tx, w)
}

// Asked is somebody who is asked.
type Asked struct {
	Person string
	Name   string
	Yes    bool   // their yes is live
	Code   string // their way into the wave that runs, if one does
}

// Cohort lists who is asked, by name. Whether somebody has answered is not in it.
func (s *Service) Cohort(ctx context.Context, a access.Actor, survey string) (out []Asked, err error) {
	defer fault.Wrap(&err, "survey.Cohort")
	if _, err := access.Check(a, needAsked); err != nil {
		return nil, err
	}
	var codes map[string]way
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, codes = nil, map[string]way{}
		r, err := surveyByID(ctx, tx, survey)
		if err != nil {
			return err
		}
		if r.Kind != Cohort {
			return fault.Missing("cohort")
		}
		list, err := membersOf(ctx, tx, survey)
		if err != nil {
			return err
		}
		for _, m := range list {
			yes, err := s.saidYes(ctx, tx, survey, m.person)
			if err != nil {
				return err
			}
			out = append(out, Asked{Person: m.person, Yes: yes})
		}
		waves, err := wavesOf(ctx, tx, survey)
		for i := 0; err == nil && i < len(waves); i++ {
			if !waves[i].OpenAt(s.clock.Now()) {
				continue
			}
			var ways []way
			ways, err = waysOf(ctx, tx, waves[i].ID)
			for _, w := range ways {
				codes[w.person] = w
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(out))
	for i, m := range out {
		ids[i] = m.Person
	}
	cards, err := s.people.Names(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	kept := out[:0]
	for _, m := range out {
		card, ok := cards[m.Person]
		if !ok {
			continue // left, or erased: there is nobody to ask
		}
		m.Name = card.Name
		if w, ok := codes[m.Person]; ok {
			code, err := s.vault.Open(ctx, wayCell(a.Org, w), w.sealed)
			if err != nil && !fault.Is(err, fault.Gone) {
				return nil, err
			}
			m.Code = code
		}
		kept = append(kept, m)
	}
	slices.SortFunc(kept, func(a, b Asked) int {
		if a.Name != b.Name {
			return compare(a.Name, b.Name)
		}
		return compare(a.Person, b.Person)
	})
	return kept, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// agree writes down somebody's yes to a survey and gives them a pseudonym, which
// they keep through all waves.
func (s *Service) agree(ctx context.Context, tx *db.Tx, survey, person, lang string, how consent.How) (consent.Consent, error) {
	list, err := membershipsOf(ctx, tx, []string{person})
	if err != nil {
		return consent.Consent{}, err
	}
	at := slices.IndexFunc(list, func(m member) bool { return m.survey == survey })
	if at < 0 {
		return consent.Consent{}, fault.Missing("not one who is asked")
	}
	if !slices.Contains(consent.Languages(), lang) {
		lang = "en"
	}
	given, err := s.consent.Give(ctx, tx, access.Machine(tx.Org()), consent.Terms{Subject: person, Purpose: consent.EvaluationSurvey, Recipient: consent.Survey(survey),
		Fields: []consent.Field{consent.Answers}, Channel: consent.NoReach, Language: lang, Expires: s.clock.Now().Truncate(time.Second).AddDate(0, yesMonths, 0)},
		consent.Obtained{How: how})
	if err != nil {
		return given, err
	}
	m := list[at]
	if m.sealed != "" {
		return given, nil
	}
	if m.sealed, err = s.vault.Seal(ctx, pseudonymCell(tx.Org(), m), randomID()); err != nil {
		return given, err
	}
	return given, putMember(ctx, tx, m)
}

// pseudonym is under which a member's answers lie.
func (s *Service) pseudonym(ctx context.Context, org string, m member) (string, error) {
	if m.sealed == "" {
		return "", fault.Denied("has not said yes")
	}
	return s.vault.Open(ctx, pseudonymCell(org, m), m.sealed)
}

// leave takes somebody out of a survey: the yes ends, the answers go, and no later
// number holds them.
func (s *Service) leave(ctx context.Context, tx *db.Tx, m member, how consent.Ending) error {
	live, err := s.consent.LiveOf(ctx, tx, []string{m.person})
	if err != nil {
		return err
	}
	for _, c := range live[m.person] {
		if c.Purpose != consent.EvaluationSurvey || c.Recipient != consent.Survey(m.survey) {
			continue
		}
		ended, err := s.consent.Revoke(ctx, tx, access.Machine(tx.Org()), c.ID, how)
		if err != nil {
			return err
		}
		if err := s.audit.Write(ctx, tx, consent.Event(access.Machine(tx.Org()), access.Update, ended)); err != nil {
			return err
		}
	}
	if m.sealed != "" {
		p, err := s.pseudonym(ctx, tx.Org(), m)
		if err != nil && !fault.Is(err, fault.Gone) {
			return err
		}
		if err := dropAnswers(ctx, tx, p); err != nil {
			return err
		}
	}
	return dropMember(ctx, tx, m.survey, m.person)
}

// Leave takes somebody out who told an organizer so.
func (s *Service) Leave(ctx context.Context, a access.Actor, survey, person, key string) (err error) {
	defer fault.Wrap(&err, "survey.Leave")
	g, err := access.Check(a, needInvite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "survey.leave:"+survey, func() (string, error) {
			n, err := s.leaveAll(ctx, tx, survey, person, consent.PhoneStaff)
			if err != nil {
				return "", err
			}
			if n == 0 {
				return "", fault.Missing("not one who is asked")
			}
			return "", s.note(ctx, tx, a, g, "leave", "survey", survey, "")
		})
		return err
	})
}

// leaveAll takes a person out under every id they were written down with.
func (s *Service) leaveAll(ctx context.Context, tx *db.Tx, survey, person string, how consent.Ending) (n int, err error) {
	rows, err := people.Rows(ctx, tx, person)
	if err != nil {
		return 0, err
	}
	list, err := membershipsOf(ctx, tx, rows)
	for i := 0; err == nil && i < len(list); i++ {
		if list[i].survey == survey {
			n++
			err = s.leave(ctx, tx, list[i], how)
		}
	}
	return n, err
}

// Mine is a survey as a member sees it on their own page.
type Mine struct {
	Survey   string
	Title    string
	Yes      bool
	Until    time.Time // of the yes
	Code     string    // the way into a wave that runs, when it waits for an answer
	Answered bool      // the wave that runs has their answers
}

// MySurveys lists the surveys a member is asked in.
func (s *Service) MySurveys(ctx context.Context, a access.Actor) (out []Mine, err error) {
	defer fault.Wrap(&err, "survey.MySurveys")
	g, err := access.Check(a, needOwn)
	if err != nil {
		return nil, err
	}
	if g.Scope != access.Self || a.Person == "" {
		return nil, nil
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := people.Rows(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		list, err := membershipsOf(ctx, tx, rows)
		for i := 0; err == nil && i < len(list); i++ {
			var m Mine
			if m, err = s.mine(ctx, tx, list[i]); err == nil {
				out = append(out, m)
			}
		}
		return err
	})
	return out, err
}

func (s *Service) mine(ctx context.Context, tx *db.Tx, m member) (out Mine, err error) {
	r, err := surveyByID(ctx, tx, m.survey)
	if err != nil {
		return out, err
	}
	of, err := s.openSurvey(ctx, tx.Org(), r)
	if err != nil {
		return out, err
	}
	out = Mine{Survey: of.ID, Title: of.Title}
	c, err := s.consent.Live(ctx, tx, consent.Query{Subject: m.person, Purpose: consent.EvaluationSurvey, Recipient: consent.Survey(of.ID), Field: consent.Answers})
	switch {
	case err == nil:
		out.Yes, out.Until = true, c.ExpiresAt
	case !fault.Is(err, fault.Gone) && !fault.Is(err, fault.Forbidden):
		return out, err
	}
	waves, err := wavesOf(ctx, tx, of.ID)
	for i := 0; err == nil && i < len(waves); i++ {
		if !waves[i].OpenAt(s.clock.Now()) {
			continue
		}
		if out.Yes {
			var p string
			if p, err = s.pseudonym(ctx, tx.Org(), m); err != nil {
				break
			}
			if out.Answered, err = answeredBy(ctx, tx, waves[i].ID, p); err != nil {
				break
			}
		}
		var ways []way
		ways, err = waysOf(ctx, tx, waves[i].ID)
		for _, w := range ways {
			if w.person == m.person && !out.Answered && err == nil {
				out.Code, err = s.vault.Open(ctx, wayCell(tx.Org(), w), w.sealed)
			}
		}
	}
	return out, err
}

// TakeBack ends a member's own yes and deletes their answers.
func (s *Service) TakeBack(ctx context.Context, a access.Actor, survey, key string) (err error) {
	defer fault.Wrap(&err, "survey.TakeBack")
	g, err := access.Check(a, needOwn)
	if err != nil {
		return err
	}
	if g.Scope != access.Self || a.Person == "" {
		return fault.Missing("survey")
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "survey.take_back:"+survey, func() (string, error) {
			n, err := s.leaveAll(ctx, tx, survey, a.Person, consent.SelfCode)
			if err != nil {
				return "", err
			}
			if n == 0 {
				return "", fault.Missing("survey")
			}
			return "", s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: "take_back", Resource: "survey", ResourceID: survey, Subject: a.Person, Request: a.Request})
		})
		return err
	})
}

// ForgetIn lets go of somebody in the transaction that erases them. Their key goes
// with it, so nothing leads to their answers; a job deletes those.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	n, err := forgetPerson(ctx, tx, person)
	if err != nil || n == 0 {
		return err
	}
	return s.jobs.Enqueue(ctx, tx, job.Job{Kind: jobTidy})
}

// tidy deletes the answers to which no live yes leads: whoever made them has taken
// the yes back elsewhere, left, was erased, or the yes has run out.
func (s *Service) tidy(ctx context.Context, tx *db.Tx) error {
	list, err := surveys(ctx, tx)
	for i := 0; err == nil && i < len(list); i++ {
		if list[i].Kind == Cohort {
			err = s.tidySurvey(ctx, tx, list[i].ID)
		}
	}
	return err
}

func (s *Service) tidySurvey(ctx context.Context, tx *db.Tx, survey string) error {
	live, err := s.livePseudonyms(ctx, tx, survey)
	if err != nil {
		return err
	}
	there, err := pseudonymsOf(ctx, tx, survey)
	for i := 0; err == nil && i < len(there); i++ {
		if !has(live, there[i]) {
			err = dropAnswers(ctx, tx, there[i])
		}
	}
	return err
}

// livePseudonyms maps every pseudonym of a survey whose yes is live to the person
// it belongs to now: somebody who was written down twice is one.
func (s *Service) livePseudonyms(ctx context.Context, tx *db.Tx, survey string) (map[string]string, error) {
	list, err := membersOf(ctx, tx, survey)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.person
	}
	live, err := s.consent.LiveOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	now, err := people.Resolve(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var cells []vault.Cell
	var sealed, whose []string
	for _, m := range list {
		yes := slices.ContainsFunc(live[m.person], func(c consent.Consent) bool {
			return c.Purpose == consent.EvaluationSurvey && c.Recipient == consent.Survey(survey) && slices.Contains(c.Fields, consent.Answers)
		})
		if !yes || m.sealed == "" || now[m.person] == "" {
			continue
		}
		cells, sealed, whose = append(cells, pseudonymCell(tx.Org(), m)), append(sealed, m.sealed), append(whose, now[m.person])
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, o := range opened {
		if !o.Gone {
			out[o.Plain] = whose[i]
		}
	}
	return out, nil
}
