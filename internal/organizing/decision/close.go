// Opening, closing, counting, recording, and what may be read of it.
package decision

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// Open begins the vote: draws the order of the options, makes the key of a secret
// decision and publishes its public part. From here on nothing of the question,
// the options, the voters or the rule changes.
func (s *Service) Open(ctx context.Context, a access.Actor, decision string) (err error) {
	defer fault.Wrap(&err, "decision.Open(%s)", decision)
	g, err := access.Check(a, needLead)
	if err != nil {
		return err
	}
	var key ballot.Key
	keyID := id.New(s.clock.Now())
	secret := false
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.lead(ctx, tx, a, g, decision, Draft)
		secret = r.openness == Secret
		return err
	}); err != nil {
		return err
	}
	if secret { // outside the transaction: making a key takes a while
		if key, err = ballot.NewKey(); err != nil {
			return err
		}
		if err := s.vault.CreatePerson(ctx, a.Org, keyID); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.lead(ctx, tx, a, g, decision, Draft)
		if err != nil {
			return err
		}
		if (r.openness == Secret) != secret {
			return fault.Clash("decision.error.changed")
		}
		b, err := s.readBox(ctx, tx, r)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		list, err := voters(ctx, tx, r.id)
		if err != nil {
			return err
		}
		if len(list)+len(b.slips) == 0 && r.openness != Hands {
			return fault.Clash("decision.error.nobody")
		}
		r.state, r.opened = Open, s.clock.Now()
		if secret {
			if err := s.putKey(ctx, &r, keyID, key); err != nil {
				return err
			}
		}
		if err := r.draw(); err != nil {
			return err
		}
		if err := s.writeBox(ctx, tx, r, b); err != nil {
			return err
		}
		if err := save(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g.Role, "update", r.id, "open")
	})
}

func (s *Service) putKey(ctx context.Context, r *row, keyID string, key ballot.Key) error {
	private, err := key.Bytes()
	if err != nil {
		return err
	}
	public, err := json.Marshal(key.Public())
	if err != nil {
		return err
	}
	r.keyID, r.keyPublic = keyID, string(public)
	r.keySealed, err = s.vault.Seal(ctx, keyCell(*r), base64.StdEncoding.EncodeToString(private))
	return err
}

// draw puts the options in an order made by lot, before anybody votes; it breaks
// the last ties.
func (r *row) draw() error {
	var spec ballot.Spec
	if err := json.Unmarshal([]byte(r.spec), &spec); err != nil {
		return err
	}
	rand.Shuffle(len(spec.Options), func(i, j int) { spec.Options[i], spec.Options[j] = spec.Options[j], spec.Options[i] })
	text, err := json.Marshal(spec)
	r.spec = string(text)
	return err
}

// Close ends the vote, counts, and destroys the key of a secret decision.
func (s *Service) Close(ctx context.Context, a access.Actor, decision string) (err error) {
	defer fault.Wrap(&err, "decision.Close(%s)", decision)
	g, err := access.Check(a, needLead)
	if err != nil {
		return err
	}
	var r row
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if r, err = s.lead(ctx, tx, a, g, decision, Open); err != nil {
			return err
		}
		out, b, err := s.count(ctx, tx, r)
		if err != nil {
			return err
		}
		text, err := json.Marshal(out)
		if err != nil {
			return err
		}
		r.state, r.closed, r.result, r.keySealed = Closed, s.clock.Now(), string(text), ""
		if err := dropPapers(ctx, tx, r.id); err != nil {
			return err
		}
		if r.openness != Named { // with names, the code still opens who said what
			if err := dropCodes(ctx, tx, r.id); err != nil {
				return err
			}
		}
		if err := s.settle(ctx, tx, r, b, out); err != nil {
			return err
		}
		if err := save(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g.Role, "update", r.id, "close")
	})
	if err != nil {
		return err
	}
	return s.destroy(ctx, r)
}

// settle leaves in the box what a recount needs, and nothing where there is none.
func (s *Service) settle(ctx context.Context, tx *db.Tx, r row, b box, out Outcome) error {
	b.signed = nil
	if out.TooFew || r.openness != Secret {
		b.ballots, b.slips = nil, nil
	}
	return s.writeBox(ctx, tx, r, b)
}

// destroy ends the key for ever: in the key store, whose backups an erasure
// reaches too. Repeating it is harmless; the clock does, after a crash.
func (s *Service) destroy(ctx context.Context, r row) error {
	if r.keyID == "" {
		return nil
	}
	if err := s.vault.ErasePerson(ctx, r.org, r.keyID); err != nil {
		return err
	}
	return s.db.Write(ctx, r.org, func(tx *db.Tx) error {
		now, err := rowByID(ctx, tx, r.id)
		if err != nil {
			return err
		}
		now.keyID = ""
		return save(ctx, tx, now)
	})
}

// count is the one count of everything that came in, whichever way.
func (s *Service) count(ctx context.Context, tx *db.Tx, r row) (out Outcome, b box, err error) {
	d, err := s.full(ctx, r)
	if err != nil {
		return out, b, err
	}
	list, err := voters(ctx, tx, r.id)
	if err != nil {
		return out, b, err
	}
	b, err = s.readBox(ctx, tx, r)
	if err != nil {
		return out, b, err
	}
	var ballots []ballot.Ballot
	switch r.openness {
	case Named:
		var said []Voice
		said, err = s.spoken(ctx, tx, r, list)
		for _, v := range said {
			ballots = append(ballots, ballot.Ballot{Choice: v.Choice, Institution: v.Voter.Institution})
		}
	case Secret:
		if err = d.list(b).Check(); err != nil {
			return out, b, fmt.Errorf("the ballot box of %s does not verify: %w", r.id, err)
		}
		fallthrough
	default:
		for _, e := range b.ballots {
			ballots = append(ballots, ballot.Ballot{Choice: e.Choice, Institution: e.Institution})
		}
	}
	if err != nil {
		return out, b, err
	}
	out.Turnout = turnout(list)
	out.Turnout.Persons = len(ballots)
	if len(b.slips) > 0 || out.Turnout.Persons > out.Turnout.Invited {
		out.Turnout.Invited = 0 // whoever drew a code or raised a hand is on no list: there is nothing to count them out of
	}
	out.Quorum = d.Quorum.Met(out.Turnout.Persons, out.Turnout.Institutions)
	if r.openness == Secret && len(ballots) < ballot.Least {
		out.TooFew, out.Turnout.Persons = true, 0
		out.Result = ballot.Result{Method: d.Spec.Method, Rule: d.Spec.Rule, Unit: d.Spec.Unit}
		return out, b, nil
	}
	out.Kinds = kinds(b.ballots)
	out.Result, err = d.Spec.Count(ballots)
	return out, b, err
}

// turnout counts who may vote and which institutions have somebody who did.
func turnout(list []Voter) (t Turnout) {
	invited, came := map[string]bool{}, map[string]bool{}
	for _, v := range list {
		if v.Institution == "" {
			continue
		}
		invited[v.Institution] = true
		if v.Given {
			came[v.Institution] = true
		}
	}
	return Turnout{Invited: len(list), InvitedInstitutions: len(invited), Institutions: len(came)}
}

func kinds(list []stored) (out []Kind) {
	for _, kind := range []ballot.Kind{ballot.Online, ballot.Slip, ballot.Paper, handKind} {
		n := 0
		for _, e := range list {
			if e.Kind == kind {
				n++
			}
		}
		if n > 0 {
			out = append(out, Kind{kind, n})
		}
	}
	return out
}

// list is what is published of a secret decision.
func (d Decision) list(b box) ballot.List {
	l := ballot.List{Format: ballot.Format, Decision: d.ID, Spec: d.Spec, Key: d.Key, Issued: d.Issued, Slips: b.slips}
	for _, e := range b.ballots {
		l.Ballots = append(l.Ballots, e.Entry)
	}
	return l
}

// Record adds the minutes and the dissent, and tells other rooms.
func (s *Service) Record(ctx context.Context, a access.Actor, decision string, n Notes, key string) (err error) {
	defer fault.Wrap(&err, "decision.Record(%s)", decision)
	g, err := access.Check(a, needLead)
	if err != nil {
		return err
	}
	n.Minutes, n.Dissent = strings.TrimSpace(n.Minutes), strings.TrimSpace(n.Dissent)
	for name, text := range map[string]string{"minutes": n.Minutes, "dissent": n.Dissent} {
		if utf8.RuneCountInString(text) > MaxNotes {
			return fault.Wrong(fault.At(name, "decision.error.long", "Most", MaxNotes))
		}
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "decision.record:"+decision, func() (string, error) {
			r, err := s.lead(ctx, tx, a, g, decision, Closed)
			if err != nil {
				return "", err
			}
			r.notesVersion++
			if r.notes, err = s.sealJSON(ctx, s.cell(r, "notes", r.notesVersion), n); err != nil {
				return "", err
			}
			r.state, r.recorded = Recorded, s.clock.Now()
			if err := save(ctx, tx, r); err != nil {
				return "", err
			}
			if err := s.announce(ctx, tx, r); err != nil {
				return "", err
			}
			return r.id, s.note(ctx, tx, a, g.Role, "update", r.id, "record")
		})
		return err
	})
}

// Read is one decision for somebody who may see it; its outcome only after closing.
func (s *Service) Read(ctx context.Context, a access.Actor, decision string) (d Decision, err error) {
	defer fault.Wrap(&err, "decision.Read(%s)", decision)
	g, err := access.Check(a, needRead)
	if err != nil {
		return d, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, a, g, decision)
		if err != nil {
			return err
		}
		d, err = s.full(ctx, r)
		return err
	})
	return d, err
}

// Page is one page of decisions.
type Page struct {
	Items []Decision
	Next  string
}

const pageSize = 50

// List is the decisions somebody may see, newest first; ref narrows it to those of
// one thing of another room.
func (s *Service) List(ctx context.Context, a access.Actor, ref, before string) (p Page, err error) {
	defer fault.Wrap(&err, "decision.List")
	g, err := access.Check(a, needRead)
	if err != nil {
		return p, err
	}
	person, account := "", ""
	if g.Scope == access.Self {
		if person, account = a.Person, a.Account; person == "" && account == "" {
			return p, nil
		}
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := page(ctx, tx, ref, person, account, before, pageSize+1)
		if err != nil {
			return err
		}
		if len(rows) > pageSize {
			rows = rows[:pageSize]
			p.Next = rows[pageSize-1].id
		}
		for _, r := range rows {
			d, err := s.full(ctx, r)
			if err != nil {
				return err
			}
			p.Items = append(p.Items, d)
		}
		return nil
	})
	return p, err
}

// Voters lists who may vote, for those who run it.
func (s *Service) Voters(ctx context.Context, a access.Actor, decision string) (list []Voter, slips int, err error) {
	defer fault.Wrap(&err, "decision.Voters(%s)", decision)
	g, err := access.Check(a, needLead)
	if err != nil {
		return nil, 0, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.lead(ctx, tx, a, g, decision, Draft, Open, Closed, Recorded)
		if err != nil {
			return err
		}
		if list, err = voters(ctx, tx, r.id); err != nil {
			return err
		}
		b, err := s.readBox(ctx, tx, r)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		slips = len(b.slips)
		return err
	})
	return list, slips, err
}

// Ballots is the published list of a finished secret decision, for anybody.
func (s *Service) Ballots(ctx context.Context, token string) (l ballot.List, err error) {
	defer fault.Wrap(&err, "decision.Ballots")
	r, err := s.byLink(ctx, token)
	if err != nil {
		return l, err
	}
	d, err := s.full(ctx, r)
	if err != nil {
		return l, err
	}
	if r.openness != Secret || d.Outcome == nil || d.Outcome.TooFew {
		return l, fault.Missing("no list of it is published")
	}
	err = s.db.Read(ctx, r.org, func(tx *db.Tx) error {
		b, err := s.readBox(ctx, tx, r)
		l = d.list(b)
		return err
	})
	return l, err
}

// Taken are the decisions in which a person may vote or did, for My information.
func (s *Service) Taken(ctx context.Context, a access.Actor) (Page, error) {
	if a.Person == "" {
		return Page{}, nil
	}
	a.Account = ""
	return s.List(ctx, a, "", "")
}

// Forget takes a person out of every list of voters. Their ballots, where they were
// secret or a show of hands, cannot be found by anybody, so they stay.
func (s *Service) Forget(ctx context.Context, tx *db.Tx, person string) error {
	return forgetPerson(ctx, tx, person)
}
