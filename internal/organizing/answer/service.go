// The service: places where people can answer, the answer itself, and the way
// back with a receipt.
package answer

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"maps"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/words"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from; all but Log must be set.
type Deps struct {
	DB        *db.DB
	Vault     *vault.Vault
	Audit     *audit.Log
	Jobs      *job.Queue
	Clock     clock.Clock
	Campaigns Campaigns
	Log       *slog.Logger
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db        *db.DB
	vault     *vault.Vault
	audit     *audit.Log
	clock     clock.Clock
	campaigns Campaigns
	proof     *proof.Keeper
	log       *slog.Logger
}

// New builds the service and registers its clock, which forgets old words.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, campaigns: d.Campaigns, proof: proof.New(d.Vault, d.Clock), log: d.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	d.Jobs.Every("answer.clock", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return s.Forget(ctx) })
	return s
}

var (
	needAsk      = access.Need{Resource: "ask", Action: access.Read}
	needAnswer   = access.Need{Resource: "ask", Action: access.Create}
	needPlace    = access.Need{Resource: "answer", Action: access.Create}
	needRead     = access.Need{Resource: "answer", Action: access.Read}
	needModerate = access.Need{Resource: "answer", Action: access.Update}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, resource, id, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: resource, ResourceID: id, Reason: reason, Request: a.Request})
}

// The number of answers of an hour that a place takes unless somebody says otherwise.
const usualPerHour, mostPerHour = 120, 5000

// PlaceIn is a form about a place.
type PlaceIn struct {
	ID       string
	Campaign string // campaign
	Name     string // name
	Language string // lang
	Kiosk    bool   // kiosk
	Codes    bool   // codes
	PerHour  int    // per_hour; 0: the usual
	Until    time.Time
	Closed   bool
	Key      string // _key
}

// SavePlace makes a place, or changes one.
func (s *Service) SavePlace(ctx context.Context, a access.Actor, in PlaceIn) (made string, err error) {
	defer fault.Wrap(&err, "answer.SavePlace")
	g, err := access.Check(a, needPlace)
	if err != nil {
		return "", err
	}
	var bad []fault.Field
	if in.Name = contact.OneLine(in.Name); in.Name == "" || utf8.RuneCountInString(in.Name) > 60 {
		bad = append(bad, fault.At("name", "answer.error.name"))
	}
	if !contact.Language(in.Language) {
		bad = append(bad, fault.At("lang", "contact.error.choose"))
	}
	if in.PerHour == 0 {
		in.PerHour = usualPerHour
	}
	if in.PerHour < 1 || in.PerHour > mostPerHour {
		bad = append(bad, fault.At("per_hour", "answer.error.per_hour", "Most", mostPerHour))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	if _, err := s.campaigns.Asked(ctx, a.Org, in.Campaign); err != nil {
		return "", err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "answer.place:"+in.ID, func() (string, error) {
			p := spot{Place: Place{ID: in.ID, Campaign: in.Campaign, Name: in.Name, Language: in.Language, Kiosk: in.Kiosk, Codes: in.Codes, MostPerHour: in.PerHour, Until: in.Until, Closed: in.Closed}}
			if p.ID == "" {
				p.ID = id.New(now)
				token := id.Token()
				p.tokenHash = id.Hash(token)
				if p.sealed, err = s.vault.Seal(ctx, placeCell(tx.Org(), p.ID), token); err != nil {
					return "", err
				}
			} else {
				old, err := spotByID(ctx, tx, p.ID)
				if err != nil {
					return "", err
				}
				p.Campaign, p.tokenHash, p.sealed = old.Campaign, old.tokenHash, old.sealed
			}
			if err := putSpot(ctx, tx, p); err != nil {
				return "", err
			}
			return p.ID, s.note(ctx, tx, a, g, "save", "place", p.ID, "")
		})
		return err
	})
	return made, err
}

func placeCell(org, place string) vault.Cell {
	return vault.Cell{Org: org, Table: "answer_place", Column: "sealed", Row: place, Version: 1}
}

// Placed is a place with the token of its address.
type Placed struct {
	Place
	Token string
}

// Places lists the places of a campaign with their tokens, for printing.
func (s *Service) Places(ctx context.Context, a access.Actor, campaign string) (out []Placed, err error) {
	defer fault.Wrap(&err, "answer.Places")
	if _, err := access.Check(a, needPlace); err != nil {
		return nil, err
	}
	var list []spot
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, err = spots(ctx, tx, campaign)
		return err
	}); err != nil {
		return nil, err
	}
	for _, p := range list {
		token, err := s.vault.Open(ctx, placeCell(a.Org, p.ID), p.sealed)
		if err != nil {
			return nil, err
		}
		out = append(out, Placed{p.Place, token})
	}
	return out, nil
}

// PlaceByID is one of them.
func (s *Service) PlaceByID(ctx context.Context, a access.Actor, place string) (out Placed, err error) {
	defer fault.Wrap(&err, "answer.PlaceByID")
	if _, err := access.Check(a, needPlace); err != nil {
		return out, err
	}
	var p spot
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		p, err = spotByID(ctx, tx, place)
		return err
	}); err != nil {
		return out, err
	}
	out.Place = p.Place
	out.Token, err = s.vault.Open(ctx, placeCell(a.Org, p.ID), p.sealed)
	return out, err
}

// Sheet is what a phone shows: the questions, and what it needs to answer once.
type Sheet struct {
	Org        string
	Place      Place
	Asked      Asked
	Recordings []Recording
	Challenge  string
	Receipt    string
}

// Open prepares the questions behind a token. A closed place or campaign is fault.Gone.
func (s *Service) Open(ctx context.Context, a access.Actor, token string) (out Sheet, err error) {
	defer fault.Wrap(&err, "answer.Open")
	if _, err := access.Check(a, needAsk); err != nil {
		return out, err
	}
	org, p, asked, err := s.behind(ctx, token)
	if err != nil {
		return out, err
	}
	out = Sheet{Org: org, Place: p.Place, Asked: asked, Receipt: words.New()}
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		out.Recordings, err = recordings(ctx, tx, p.Campaign)
		return err
	}); err != nil {
		return out, err
	}
	out.Challenge, err = s.proof.Challenge(ctx, org, p.ID)
	return out, err
}

// behind finds what a token stands for, if it still takes answers.
func (s *Service) behind(ctx context.Context, token string) (org string, p spot, asked Asked, err error) {
	if len(token) < 20 || len(token) > 100 {
		return "", p, asked, fault.Missing("token")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		org, p, err = spotByToken(ctx, tx, id.Hash(token))
		return err
	})
	if err != nil {
		return "", p, asked, err
	}
	if p.Closed || !p.Until.IsZero() && !s.clock.Now().Before(p.Until) {
		return "", p, asked, fault.Ended("answer.error.closed")
	}
	if asked, err = s.campaigns.Asked(ctx, org, p.Campaign); err != nil {
		return "", p, asked, err
	}
	if !asked.Open || len(asked.Questions) == 0 {
		return "", p, asked, fault.Ended("answer.error.closed")
	}
	return org, p, asked, nil
}

// In is one answer as it comes from a phone.
type In struct {
	Token    string
	Language string
	Said     Said
	Code     string // code
	Receipt  string
	proof.Form
}

// Answer takes one answer. The same receipt stores one, however often it comes;
// an answer to nothing, without proof or beyond the limits is refused, and the
// form keeps what was typed.
func (s *Service) Answer(ctx context.Context, a access.Actor, in In) (err error) {
	defer fault.Wrap(&err, "answer.Answer")
	if _, err := access.Check(a, needAnswer); err != nil {
		return err
	}
	receipt, ok := words.Parse(in.Receipt)
	if !ok {
		return fault.Wrong(fault.At("receipt", "answer.error.again"))
	}
	org, p, asked, err := s.behind(ctx, in.Token)
	if err != nil {
		return err
	}
	said, bad := clean(in.Said, asked)
	if !contact.Language(in.Language) {
		in.Language = p.Language
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	plain, err := json.Marshal(said)
	if err != nil {
		return err
	}
	r := row{Answer: Answer{ID: randomID(), Campaign: p.Campaign, Place: p.ID, Language: in.Language, Hour: s.clock.Now().Truncate(time.Hour), State: Waiting, Held: held(said)},
		receiptHash: id.Hash("answer:" + receipt)}
	if r.sealed, err = s.vault.Seal(ctx, answerCell(org, r.ID), string(plain)); err != nil {
		return err
	}
	return s.db.Write(ctx, org, func(tx *db.Tx) error {
		_, old, err := byReceipt(ctx, tx, r.receiptHash)
		if err == nil && old.Campaign == r.Campaign {
			return s.sentBefore(ctx, org, old, said) // perhaps the phone did not hear of it
		}
		if err == nil {
			return fault.Wrong(fault.At("receipt", "answer.error.again"))
		}
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		if err := s.proof.Let(ctx, tx, p.ID, p.MostPerHour, in.Form); err != nil {
			return err
		}
		if p.Codes {
			good, err := useCode(ctx, tx, p.Campaign, id.Hash(p.Campaign+":"+id.ParseCode(in.Code)))
			if err != nil {
				return err
			}
			if !good {
				return fault.Wrong(fault.At("code", "answer.error.code"))
			}
			r.Verified = true
		}
		return insert(ctx, tx, r)
	})
}

// sentBefore tells a form that came twice from one that was changed after it was
// sent: whoever changed theirs must not believe that it was taken.
func (s *Service) sentBefore(ctx context.Context, org string, old row, said Said) error {
	if old.State != Waiting || old.sealed == "" {
		return nil // somebody has worked with it since: there is nothing to compare
	}
	before, err := s.open(ctx, org, old)
	if err == nil && !maps.Equal(before, said) {
		err = fault.Wrong(fault.At("receipt", "answer.error.sent"))
	}
	return err
}

func answerCell(org, answer string) vault.Cell {
	return vault.Cell{Org: org, Table: "answer_answer", Column: "sealed", Row: answer, Version: 1}
}

// randomID says nothing of when it was made, as UUIDv7 would.
func randomID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// clean keeps the answers to what is asked, and says which are too long. At least
// one must say something.
func clean(in Said, asked Asked) (Said, []fault.Field) {
	out := Said{}
	var bad []fault.Field
	for _, q := range asked.Questions {
		text := strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(in[q.ID], "\x00", ""), ""))
		if utf8.RuneCountInString(text) > LongestAnswer {
			bad = append(bad, fault.At("q-"+q.ID, "answer.error.long", "Most", LongestAnswer))
		}
		if text != "" {
			out[q.ID] = text
		}
	}
	if len(out) == 0 && len(bad) == 0 {
		bad = append(bad, fault.At("q-"+asked.Questions[0].ID, "answer.error.empty"))
	}
	return out, bad
}

// held reports whether there are words that must be looked at with care. Whoever
// wrote them is not told: the receipt looks the same.
func held(said Said) bool {
	for _, text := range said {
		if len(guard.Check(text)) > 0 {
			return true
		}
	}
	return false
}

// Mine is an answer as its giver sees it, with the questions.
type Mine struct {
	State State
	Hour  time.Time
	Lines []Line
}

// Line is a question and its answer.
type Line struct{ Question, Text string }

const doorTries = 30 // wrong receipts of a network in an hour before it is told to wait

// Back opens an answer by its receipt, and withdraws it when asked to. Wrong
// receipts are limited by network; the right one always opens.
func (s *Service) Back(ctx context.Context, a access.Actor, network, typed, lang string, withdraw bool) (out Mine, err error) {
	defer fault.Wrap(&err, "answer.Back")
	if _, err := access.Check(a, needAnswer); err != nil {
		return out, err
	}
	receipt, ok := words.Parse(typed)
	var org string
	var r row
	if ok {
		err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
			org, r, err = byReceipt(ctx, tx, id.Hash("answer:"+receipt))
			return err
		})
	}
	if !ok || fault.Is(err, fault.NotFound) {
		return out, s.wrongReceipt(ctx, a.Org, network)
	}
	if err != nil {
		return out, err
	}
	if withdraw {
		if err := s.db.Write(ctx, org, func(tx *db.Tx) error { return s.withdraw(ctx, tx, r.ID) }); err != nil {
			return out, err
		}
		return Mine{State: Withdrawn, Hour: r.Hour}, nil
	}
	out = Mine{State: r.State, Hour: r.Hour}
	if r.sealed == "" {
		return out, nil
	}
	said, err := s.open(ctx, org, r)
	if err != nil {
		return out, err
	}
	asked, err := s.campaigns.Asked(ctx, org, r.Campaign)
	if err != nil {
		return out, err
	}
	for _, q := range asked.Questions {
		if said[q.ID] != "" {
			out.Lines = append(out.Lines, Line{q.In(lang), said[q.ID]})
		}
	}
	return out, nil
}

func (s *Service) withdraw(ctx context.Context, tx *db.Tx, answer string) error {
	r, err := byID(ctx, tx, answer)
	if err != nil {
		return err
	}
	next, ok := r.State.After(VerbWithdraw)
	if !ok {
		return nil // it is over already
	}
	r.State, r.sealed, r.Held, r.Batch = next, "", false, ""
	return update(ctx, tx, r)
}

func (s *Service) wrongReceipt(ctx context.Context, org, network string) error {
	var n int64
	if err := s.db.Write(ctx, org, func(tx *db.Tx) (err error) {
		n, err = s.proof.Tries(ctx, tx, "answer", network)
		return err
	}); err != nil {
		return err
	}
	if n > doorTries {
		return fault.New(fault.Limited, "")
	}
	return fault.Wrong(fault.At("receipt", "answer.error.receipt"))
}

func (s *Service) open(ctx context.Context, org string, r row) (Said, error) {
	plain, err := s.vault.Open(ctx, answerCell(org, r.ID), r.sealed)
	if err != nil {
		return nil, err
	}
	var said Said
	return said, json.Unmarshal([]byte(plain), &said)
}

// MakeCodes returns n new codes that are good for one answer each. They are shown
// or printed now; only their digests are kept, and no list says who got which.
func (s *Service) MakeCodes(ctx context.Context, a access.Actor, campaign string, n int) (codes []string, err error) {
	defer fault.Wrap(&err, "answer.MakeCodes")
	g, err := access.Check(a, needPlace)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > 500 {
		return nil, fault.Wrong(fault.At("n", "answer.error.codes"))
	}
	if _, err := s.campaigns.Asked(ctx, a.Org, campaign); err != nil {
		return nil, err
	}
	for range n {
		codes = append(codes, id.Code(12)) // three groups of four letters
	}
	return codes, s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		for _, c := range codes {
			if err := addCode(ctx, tx, campaign, id.Hash(campaign+":"+c)); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, a, g, "codes", "place", campaign, "")
	})
}
