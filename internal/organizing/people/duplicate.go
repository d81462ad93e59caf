// Somebody who may be here already: said while a form is filled in, and never
// acted on by itself. Names are compared as they are written and as they sound;
// phone numbers and addresses by their blind index.
package people

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/namematch"
	"seedbed/internal/kit/phone"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// AlikeIn is what a form has so far; every part may be missing.
type AlikeIn struct {
	Name, Phone, Email, Lang string
	Except                   string // the person whose form it is
}

// Likeness is in what two people are alike.
type Likeness struct {
	Phone, Email bool
	Name         namematch.How // empty: not by name
	Lang         bool          // they speak the same language
	score        float64
}

// Twin is somebody who may be the same person.
type Twin struct {
	Card
	As Likeness
}

// Alikes is the answer.
type Alikes struct {
	Twins []Twin
	More  int // how many further ones there are whom the actor may see
	// Elsewhere: somebody whom the actor may not see is reached under the same phone
	// or address. Who it is stays unsaid.
	Elsewhere bool
}

// mostTwins is how many are shown: a longer list is not read while typing.
const mostTwins = 5

type nameParts = namematch.Name

func nameOf(h *held) nameParts { return namematch.Folded(h.folded) }

// Alike says who may be here already. Whoever may not see somebody learns at most
// that a number is known, and that only so often in an hour.
func (s *Service) Alike(ctx context.Context, a access.Actor, in AlikeIn) (out Alikes, err error) {
	defer fault.Wrap(&err, "people.Alike")
	if _, err := access.Check(a, needJoin); err != nil {
		return out, err
	}
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	number, email := "", strings.ToLower(strings.TrimSpace(in.Email))
	if strings.TrimSpace(in.Phone) != "" {
		if n, err := phone.Parse(in.Phone, s.region(ctx, a.Org)); err == nil {
			number = n
		}
	}
	if !strings.Contains(email, "@") {
		email = ""
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = Alikes{}
		reached, err := s.reachedUnder(ctx, tx, number, email)
		if err != nil {
			return err
		}
		return s.withNames(ctx, tx, func(r *roster) error {
			seen, err := s.reach(ctx, tx, a, g, r)
			if err != nil {
				return err
			}
			out, err = s.alikeIn(ctx, tx, r, in, reached, seen)
			return err
		})
	})
	if err != nil {
		return Alikes{}, err
	}
	if out.Elsewhere && !s.asks.may(a.Name(), s.clock.Now()) {
		out.Elsewhere = false
	}
	return out, s.saw(ctx, a, g, twinIDs(out.Twins))
}

func twinIDs(list []Twin) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.ID
	}
	return out
}

// alikeIn works with the names held: exact ways of contact first, then names by likeness.
func (s *Service) alikeIn(ctx context.Context, tx *db.Tx, r *roster, in AlikeIn, reached map[string]Likeness, seen func(*held) bool) (out Alikes, err error) {
	found := map[[16]byte]Likeness{}
	for who, l := range reached {
		root := r.survivor(packed(who))
		l.Phone, l.Email = l.Phone || found[root].Phone, l.Email || found[root].Email
		found[root] = l
	}
	name := namematch.Parse(contact.OneLine(in.Name))
	if name.Words() > 0 {
		for _, hit := range r.alike.Find(name, 200, func(ref int32) nameParts { return nameOf(&r.list[ref]) }) {
			h := &r.list[hit.Ref]
			l := found[h.id]
			l.Name, l.score = hit.How, hit.Score
			found[h.id] = l
		}
	}
	delete(found, r.survivor(packed(in.Except)))
	all := r.whole()
	var list []Twin
	for who, l := range found {
		h := r.get(unpacked(who))
		switch {
		case h == nil: // rests with the departed
			continue
		case !seen(h):
			out.Elsewhere = out.Elsewhere || l.Phone || l.Email
			continue
		}
		l.Lang = in.Lang != "" && slices.Contains(*h.langs, in.Lang)
		list = append(list, Twin{h.card(all), l})
	}
	slices.SortFunc(list, func(a, b Twin) int {
		if x, y := a.As.weight(), b.As.weight(); x != y {
			if x > y {
				return -1
			}
			return 1
		}
		return strings.Compare(a.ID, b.ID)
	})
	cards := make([]Card, len(list))
	for i, t := range list {
		cards[i] = t.Card
	}
	if cards, err = s.covered(ctx, tx, cards); err != nil {
		return out, err
	}
	for _, c := range cards {
		if len(out.Twins) == mostTwins {
			out.More++
			continue
		}
		i := slices.IndexFunc(list, func(t Twin) bool { return t.ID == c.ID })
		out.Twins = append(out.Twins, Twin{c, list[i].As})
	}
	return out, nil
}

// weight orders twins: a number says more than a name, and a language a little.
func (l Likeness) weight() (w float64) {
	if l.Phone {
		w += 2
	}
	if l.Email {
		w += 2
	}
	if l.Lang {
		w += 0.02
	}
	return w + l.score
}

// reachedUnder finds people by exact phone number and address.
func (s *Service) reachedUnder(ctx context.Context, tx *db.Tx, number, email string) (map[string]Likeness, error) {
	out := map[string]Likeness{}
	find := func(query, field, value string, mark func(*Likeness)) error {
		if value == "" {
			return nil
		}
		blind, err := s.vault.Blind(ctx, tx.Org(), field, value)
		if err != nil {
			return err
		}
		ids, err := db.Column[string](ctx, tx, query, tx.Org(), blind)
		for _, one := range ids {
			l := out[one]
			mark(&l)
			out[one] = l
		}
		return err
	}
	if err := find(byPhone, vault.Phone, number, func(l *Likeness) { l.Phone = true }); err != nil {
		return nil, err
	}
	return out, find(byEmail, vault.Email, email, func(l *Likeness) { l.Email = true })
}

// asksAnHour is how often in an hour somebody learns that a number of somebody
// else's is known: enough to fill in forms, too few to try numbers out.
const asksAnHour = 20

// asks counts answers that say something about people out of reach.
type asks struct {
	mu   sync.Mutex
	hour time.Time
	n    map[string]int
}

func (a *asks) may(actor string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if hour := now.Truncate(time.Hour); !hour.Equal(a.hour) {
		a.hour, a.n = hour, map[string]int{}
	}
	a.n[actor]++
	return a.n[actor] <= asksAnHour
}
