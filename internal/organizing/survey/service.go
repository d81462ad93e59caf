// The service and what its verbs share: making a survey, listing, the clock.
package survey

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. Events and Teams are optional.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Jobs    *job.Queue
	Clock   clock.Clock
	Consent *consent.Ledger
	People  *people.Service
	Events  Events
	Teams   Teams
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	jobs    *job.Queue
	clock   clock.Clock
	consent *consent.Ledger
	people  *people.Service
	proof   *proof.Keeper
	events  Events
	teams   Teams
}

// New builds the service and registers its clock.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, jobs: d.Jobs, clock: d.Clock, consent: d.Consent, people: d.People,
		proof: proof.New(d.Vault, d.Clock), events: d.Events, teams: d.Teams}
	d.Jobs.Every("survey.clock", time.Hour, func(ctx context.Context, _ time.Time) error { return s.Wind(ctx) })
	d.Jobs.Handle(jobTidy, func(ctx context.Context, j job.Job) error {
		return s.db.Write(ctx, j.Org, func(tx *db.Tx) error { return s.tidy(ctx, tx) })
	})
	return s
}

// jobTidy deletes answers to which no live yes leads any more.
const jobTidy = "survey.tidy"

var (
	needMake   = access.Need{Resource: "survey", Action: access.Create}
	needRead   = access.Need{Resource: "survey", Action: access.Read}
	needChange = access.Need{Resource: "survey", Action: access.Update}
	needExport = access.Need{Resource: "survey", Action: access.Export}
	needOwn    = access.Need{Resource: "survey", Action: access.Delete}
	needAsk    = access.Need{Resource: "respond", Action: access.Read}
	needAnswer = access.Need{Resource: "respond", Action: access.Create}
	needAsked  = access.Need{Resource: "cohort", Action: access.Read} // who is asked has a name
	needInvite = access.Need{Resource: "cohort", Action: access.Update}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, resource, id, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: resource, ResourceID: id, Reason: reason, Request: a.Request})
}

// staffOnly is Check for what is about everybody: a member's own view has verbs of its own.
func staffOnly(a access.Actor, n access.Need) (access.Granted, error) {
	g, err := access.Check(a, n)
	if err == nil && g.Scope == access.Self {
		err = fault.Denied("not a member's")
	}
	return g, err
}

// ReadersOf says for whom numbers must be made that this actor sees.
func ReadersOf(a access.Actor) Readers {
	if a.Has(access.Organizer) || a.Has(access.Lead) {
		return Inside
	}
	return Outside
}

func itoa(n int) string { return strconv.Itoa(n) }

// randomID says nothing of when it was made, as UUIDv7 would.
func randomID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// said is what of a survey is sealed.
type said struct {
	Title       string       `json:"title"`
	Departments []Department `json:"departments,omitempty"`
}

func (s *Service) seal(ctx context.Context, org, table, id string, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(ctx, vault.Cell{Org: org, Table: table, Column: "sealed", Row: id, Version: 1}, string(plain))
}

func (s *Service) unseal(ctx context.Context, org, table, id, sealed string, v any) error {
	plain, err := s.vault.Open(ctx, vault.Cell{Org: org, Table: table, Column: "sealed", Row: id, Version: 1}, sealed)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(plain), v)
}

func (s *Service) openSurvey(ctx context.Context, org string, r row) (Survey, error) {
	var w said
	if err := s.unseal(ctx, org, "survey_survey", r.ID, r.sealed, &w); err != nil {
		return Survey{}, err
	}
	r.Title, r.Departments = w.Title, w.Departments
	return r.Survey, nil
}

// MakeIn is a form about a new survey.
type MakeIn struct {
	Title       string       // title
	Kind        Kind         // kind
	Instruments []string     // instruments
	Departments []Department // departments; staff only
	Key         string       // _key
}

// Make makes a survey; it asks nobody before a wave begins.
func (s *Service) Make(ctx context.Context, a access.Actor, in MakeIn) (made string, err error) {
	defer fault.Wrap(&err, "survey.Make")
	g, err := access.Check(a, needMake)
	if err != nil {
		return "", err
	}
	if g.Scope == access.Self {
		return "", fault.Denied("a member answers, and makes none")
	}
	if bad := in.wrong(); len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "survey.make", func() (string, error) {
			r := row{Survey: Survey{ID: id.New(now), Kind: in.Kind, Instruments: in.Instruments, Account: a.Account, Made: now}}
			if r.sealed, err = s.seal(ctx, tx.Org(), "survey_survey", r.ID, said{in.Title, in.Departments}); err != nil {
				return "", err
			}
			if err := putSurvey(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "create", "survey", r.ID, string(in.Kind))
		})
		return err
	})
	return made, err
}

func (in *MakeIn) wrong() (bad []fault.Field) {
	if in.Title = contact.OneLine(in.Title); in.Title == "" || utf8.RuneCountInString(in.Title) > longestTitle {
		bad = append(bad, fault.At("title", "survey.error.title"))
	}
	if !oneOf(Kinds(), in.Kind) {
		bad = append(bad, fault.At("kind", "contact.error.choose"))
	}
	var chosen []string
	for _, x := range order {
		if slices.Contains(in.Instruments, x) && x != "pulse" {
			chosen = append(chosen, x)
		}
	}
	if len(chosen) == 0 || len(chosen) > 6 {
		bad = append(bad, fault.At("instruments", "survey.error.instruments"))
	}
	in.Instruments = chosen
	if in.Kind != Staff {
		in.Departments = nil
	}
	if len(in.Departments) > 12 {
		bad = append(bad, fault.At("departments", "survey.error.departments"))
	}
	for i := range in.Departments {
		d := &in.Departments[i]
		if d.Name = contact.OneLine(d.Name); d.Name == "" || utf8.RuneCountInString(d.Name) > 60 || d.People < 1 || d.People > 10000 {
			bad = append(bad, fault.At("departments", "survey.error.departments"))
			break
		}
	}
	return bad
}

// Listed is a survey with its waves.
type Listed struct {
	Survey
	Waves []Wave
}

// Last is its newest wave.
func (l Listed) Last() (Wave, bool) {
	if len(l.Waves) == 0 {
		return Wave{}, false
	}
	return l.Waves[len(l.Waves)-1], true
}

// List returns every survey with its waves, newest first.
func (s *Service) List(ctx context.Context, a access.Actor) (out []Listed, err error) {
	defer fault.Wrap(&err, "survey.List")
	if _, err := staffOnly(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := surveys(ctx, tx)
		for i := 0; err == nil && i < len(rows); i++ {
			var l Listed
			if l, err = s.listed(ctx, tx, rows[i]); err == nil {
				out = append(out, l)
			}
		}
		return err
	})
	return out, err
}

func (s *Service) listed(ctx context.Context, tx *db.Tx, r row) (l Listed, err error) {
	if l.Survey, err = s.openSurvey(ctx, tx.Org(), r); err != nil {
		return l, err
	}
	rows, err := wavesOf(ctx, tx, r.ID)
	for i := 0; err == nil && i < len(rows); i++ {
		var w Wave
		if w, err = s.openWave(ctx, tx.Org(), rows[i]); err == nil {
			l.Waves = append(l.Waves, w)
		}
	}
	return l, err
}

// Get is one survey with its waves.
func (s *Service) Get(ctx context.Context, a access.Actor, survey string) (out Listed, err error) {
	defer fault.Wrap(&err, "survey.Get")
	if _, err := staffOnly(a, needRead); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := surveyByID(ctx, tx, survey)
		if err == nil {
			out, err = s.listed(ctx, tx, r)
		}
		return err
	})
	return out, err
}

// Standing is a wave, its survey, and how many have answered so far.
type Standing struct {
	Wave
	Of       Survey
	Event    string // what the event of a pulse is called
	Answered int
	Asked    int // cohort: members; staff: cards
	Agreed   int // cohort: members who said yes
	Batches  []Batch
	Code     string // open and pulse: the way in
}

// WaveByID is one wave as it stands.
func (s *Service) WaveByID(ctx context.Context, a access.Actor, wave string) (out Standing, err error) {
	defer fault.Wrap(&err, "survey.WaveByID")
	if _, err := staffOnly(a, needRead); err != nil {
		return out, err
	}
	var shared way
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, shared = Standing{}, way{}
		w, r, err := s.load(ctx, tx, wave)
		if err != nil {
			return err
		}
		out.Wave, out.Of, out.Asked = w, r, w.Cards
		if out.Answered, err = countResponses(ctx, tx, wave); err != nil {
			return err
		}
		if out.Batches, err = batchesOf(ctx, tx, wave); err != nil {
			return err
		}
		if r.Kind == Cohort {
			list, err := membersOf(ctx, tx, r.ID)
			out.Asked = len(list)
			for _, m := range list {
				if m.sealed != "" {
					out.Agreed++
				}
			}
			return err
		}
		ways, err := waysOf(ctx, tx, wave)
		for _, w := range ways {
			if w.kind == sharedWay {
				shared = w
			}
		}
		return err
	})
	if err == nil && shared.sealed != "" {
		out.Code, err = s.vault.Open(ctx, wayCell(a.Org, shared), shared.sealed)
	}
	if err == nil && out.Ref != "" && s.events != nil {
		out.Event, _ = s.events.Title(ctx, a, out.Ref)
	}
	return out, err
}

// load reads a wave and its survey.
func (s *Service) load(ctx context.Context, tx *db.Tx, wave string) (w Wave, of Survey, err error) {
	wr, err := waveByID(ctx, tx, wave)
	if err != nil {
		return w, of, err
	}
	r, err := surveyByID(ctx, tx, wr.Survey)
	if err != nil {
		return w, of, err
	}
	if of, err = s.openSurvey(ctx, tx.Org(), r); err != nil {
		return w, of, err
	}
	w, err = s.openWave(ctx, tx.Org(), wr)
	return w, of, err
}

// Wind is the clock: waves end on their day, and answers whose yes has ended go.
func (s *Service) Wind(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "survey.Wind")
	var all []string
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		all, err = orgs(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	for _, org := range all {
		if err := s.db.Write(ctx, org, func(tx *db.Tx) error {
			list, err := pastTheirEnd(ctx, tx, s.clock.Now())
			for i := 0; err == nil && i < len(list); i++ {
				err = s.end(ctx, tx, access.Machine(org), access.Granted{Role: access.System}, list[i], "clock")
			}
			if err != nil {
				return err
			}
			return s.tidy(ctx, tx)
		}); err != nil {
			return fmt.Errorf("clinic %s: %w", org, err)
		}
	}
	return nil
}
