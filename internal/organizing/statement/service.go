// The service: conversations, and how an address leads to one.
package statement

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
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

	mu     sync.Mutex
	boards map[string]*board // what voters see, by conversation
	looked map[string]time.Time
}

// New builds the service and registers its clock, which forgets old votes.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, campaigns: d.Campaigns, proof: proof.New(d.Vault, d.Clock), log: d.Log,
		boards: map[string]*board{}, looked: map[string]time.Time{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	d.Jobs.Every("statement.clock", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return s.Forget(ctx) })
	return s
}

var (
	needSee    = access.Need{Resource: "say", Action: access.Read}
	needSay    = access.Need{Resource: "say", Action: access.Create}
	needMake   = access.Need{Resource: "statement", Action: access.Create}
	needRead   = access.Need{Resource: "statement", Action: access.Read}
	needChange = access.Need{Resource: "statement", Action: access.Update}
	needExport = access.Need{Resource: "statement", Action: access.Export}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, resource, id, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: resource, ResourceID: id, Reason: reason, Request: a.Request})
}

// How many voters may begin in an hour unless somebody says otherwise.
const usualPerHour, mostPerHour = 300, 5000

// ConversationIn is a form about a conversation.
type ConversationIn struct {
	ID       string
	Campaign string
	Title    string // title
	Language string // lang
	Live     bool   // live
	Team     bool   // team: everybody is in one team
	PerHour  int    // per_hour; 0: the usual
	Until    time.Time
	Closed   bool
	Key      string // _key
}

// Save makes a conversation, or changes one. The smallest group is chosen once:
// a smaller one later would show what was promised not to be shown.
func (s *Service) Save(ctx context.Context, a access.Actor, in ConversationIn) (made string, err error) {
	defer fault.Wrap(&err, "statement.Save")
	g, err := access.Check(a, needMake)
	if err != nil {
		return "", err
	}
	if in.Title = contact.OneLine(in.Title); in.PerHour == 0 {
		in.PerHour = usualPerHour
	}
	var bad []fault.Field
	if in.Title == "" || utf8.RuneCountInString(in.Title) > 80 {
		bad = append(bad, fault.At("title", "statement.error.title"))
	}
	if !contact.Language(in.Language) {
		bad = append(bad, fault.At("lang", "contact.error.choose"))
	}
	if in.PerHour < 1 || in.PerHour > mostPerHour {
		bad = append(bad, fault.At("per_hour", "statement.error.per_hour", "Most", mostPerHour))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	if in.ID == "" && in.Campaign != "" {
		if _, err := s.campaigns.Open(ctx, a.Org, in.Campaign); err != nil {
			return "", err
		}
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "statement.save:"+in.ID, func() (string, error) {
			r, err := s.prepared(ctx, tx, in, now)
			if err != nil {
				return "", err
			}
			if err := putConversation(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "save", "conversation", r.ID, "")
		})
		return err
	})
	s.forgetBoard(a.Org, made)
	return made, err
}

// kept is what a conversation has under seal.
type kept struct {
	Title string `json:"title"`
	Token string `json:"token"`
}

func (s *Service) prepared(ctx context.Context, tx *db.Tx, in ConversationIn, now time.Time) (r conversationRow, err error) {
	var words kept
	if in.ID == "" {
		r.ID, r.Campaign, words.Token = id.New(now), in.Campaign, id.Token()
		r.tokenHash = id.Hash(words.Token)
		if r.MinGroup = AmongStrangers; in.Team {
			r.MinGroup = InATeam
		}
	} else {
		if r, err = conversationByID(ctx, tx, in.ID); err != nil {
			return r, err
		}
		if words, err = s.openConversation(ctx, tx.Org(), r); err != nil {
			return r, err
		}
	}
	if in.Closed && !r.Closed {
		r.ended = now.Truncate(time.Hour)
	}
	words.Title = in.Title
	r.Language, r.Live, r.MostPerHour, r.Until, r.Closed = in.Language, in.Live, in.PerHour, in.Until, in.Closed
	plain, err := json.Marshal(words)
	if err != nil {
		return r, err
	}
	r.sealed, err = s.vault.Seal(ctx, cell(tx.Org(), "statement_conversation", r.ID), string(plain))
	return r, err
}

// cell: words about nobody in particular are sealed under the clinic's table key.
func cell(org, table, row string) vault.Cell {
	return vault.Cell{Org: org, Table: table, Column: "sealed", Row: row, Version: 1}
}

func (s *Service) openConversation(ctx context.Context, org string, r conversationRow) (k kept, err error) {
	plain, err := s.vault.Open(ctx, cell(org, "statement_conversation", r.ID), r.sealed)
	if err != nil {
		return k, err
	}
	return k, json.Unmarshal([]byte(plain), &k)
}

// Kept is a conversation with the token of its address, for those who run it.
type Kept struct {
	Conversation
	Token string
}

// List returns the conversations of a campaign; of the whole clinic when it is "".
func (s *Service) List(ctx context.Context, a access.Actor, campaign string) (out []Kept, err error) {
	defer fault.Wrap(&err, "statement.List")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	var rows []conversationRow
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err = conversations(ctx, tx, campaign)
		return err
	}); err != nil {
		return nil, err
	}
	for _, r := range rows {
		k, err := s.openConversation(ctx, a.Org, r)
		if err != nil {
			return nil, err
		}
		r.Title = k.Title
		out = append(out, Kept{r.Conversation, k.Token})
	}
	return out, nil
}

// Get returns one conversation.
func (s *Service) Get(ctx context.Context, a access.Actor, conversation string) (out Kept, err error) {
	defer fault.Wrap(&err, "statement.Get")
	if _, err := access.Check(a, needRead); err != nil {
		return out, err
	}
	r, err := s.row(ctx, a.Org, conversation)
	if err != nil {
		return out, err
	}
	k, err := s.openConversation(ctx, a.Org, r)
	r.Title = k.Title
	return Kept{r.Conversation, k.Token}, err
}

func (s *Service) row(ctx context.Context, org, conversation string) (r conversationRow, err error) {
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		r, err = conversationByID(ctx, tx, conversation)
		return err
	})
	return r, err
}

// behind finds what a token stands for, and whether it still takes votes.
func (s *Service) behind(ctx context.Context, token string) (org string, r conversationRow, open bool, err error) {
	if len(token) < 20 || len(token) > 100 {
		return "", r, false, fault.Missing("token")
	}
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		org, r, err = conversationByToken(ctx, tx, id.Hash(token))
		return err
	})
	if err != nil {
		return "", r, false, err
	}
	open, err = s.takes(ctx, org, r)
	return org, r, open, err
}

// takes reports whether a conversation takes votes now.
func (s *Service) takes(ctx context.Context, org string, r conversationRow) (bool, error) {
	if r.Over(s.clock.Now()) {
		return false, nil
	}
	if r.Campaign == "" {
		return true, nil
	}
	return s.campaigns.Open(ctx, org, r.Campaign)
}

// randomID says nothing of when it was made, as UUIDv7 would.
func randomID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// Forget deletes the votes of conversations that ended half a year ago, with the
// way back to them and what nobody has looked at. What was published stays.
func (s *Service) Forget(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "statement.Forget")
	var all []string
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		all, err = orgs(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	now := s.clock.Now()
	for _, org := range all {
		if err := s.db.Write(ctx, org, func(tx *db.Tx) error {
			list, err := conversations(ctx, tx, "")
			if err != nil {
				return err
			}
			for _, r := range list {
				if end := r.end(); !end.IsZero() && r.Over(now) && now.Sub(end) > KeepVotes {
					if err := empty(ctx, tx, r.ID); err != nil {
						return err
					}
				}
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// end is when the last vote could come.
func (c Conversation) end() time.Time {
	if c.Closed && (c.Until.IsZero() || c.ended.Before(c.Until)) {
		return c.ended
	}
	return c.Until
}
