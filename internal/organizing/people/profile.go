// One person's page: who they are, how to reach them (shown when asked for, and
// written down), who answers for the relationship, and what is changed there.
package people

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Record is a person as their page shows them. The phone number, the address and
// the rules of contact are in it only after Reveal, or for the person themself.
type Record struct {
	Person
	Profile      Profile
	Institutions []string // ids
	Agreed       consent.Consent
}

// open reads a person with what they agreed to. Without a live consent nobody is there.
func (s *Service) open(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, which string) (rec Record, err error) {
	r, err := s.load(ctx, tx, a, g, which)
	if err != nil {
		return rec, err
	}
	rec.Agreed, err = s.consent.Live(ctx, tx, consent.Query{Subject: r.id, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Name})
	if fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
		return rec, fault.Missing("no consent")
	}
	if err != nil {
		return rec, err
	}
	if rec.Profile, err = s.profileOf(ctx, tx, r); err != nil {
		return rec, err
	}
	if rec.Profile.CalledName == "" {
		return rec, fault.Missing("erased")
	}
	rec.Person = r.person(tx.Org())
	rec.Institutions, err = s.placesNamed(ctx, tx, r.id)
	return rec, err
}

// Get opens a person's page, without how to reach them.
func (s *Service) Get(ctx context.Context, a access.Actor, which string) (rec Record, err error) {
	defer fault.Wrap(&err, "people.Get(%s)", which)
	g, err := access.Check(a, needRead)
	if err != nil {
		return rec, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rec, err = s.open(ctx, tx, a, g, which)
		return err
	})
	if err != nil {
		return Record{}, err
	}
	if g.Role != access.Member {
		rec.Profile.Phone, rec.Profile.Email, rec.Profile.Safe = "", "", contact.Safe{}
	}
	return rec, s.saw(ctx, a, g, []string{rec.ID})
}

// Reveal is Get with how to reach the person; each time is written down by itself.
func (s *Service) Reveal(ctx context.Context, a access.Actor, which string) (rec Record, err error) {
	defer fault.Wrap(&err, "people.Reveal(%s)", which)
	g, err := access.Check(a, needRead)
	if err != nil {
		return rec, err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		if rec, err = s.open(ctx, tx, a, g, which); err != nil {
			return err
		}
		if g.Role == access.Member {
			return nil
		}
		return s.note(ctx, tx, a, g, "reveal", "person", "", rec.ID, "contact")
	})
	return rec, err
}

// ChangeIn is a changed form about a person. Version is the profile that was on
// the screen. A field the person had not agreed to be kept needs their yes again:
// How and Witness, as at the beginning.
type ChangeIn struct {
	ProfileIn
	ID                        string
	Version                   int64
	How, Interpreter, Witness string
	Key                       string // _key
}

// Change stores a person's details anew. The person's own form is their own yes.
func (s *Service) Change(ctx context.Context, a access.Actor, in ChangeIn) (err error) {
	defer fault.Wrap(&err, "people.Change(%s)", in.ID)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	p, bad := in.profile(s.region(ctx, a.Org))
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "people.change:"+in.ID, func() (string, error) {
			rec, err := s.open(ctx, tx, a, g, in.ID)
			if err != nil {
				return "", err
			}
			if in.Version != 0 && in.Version != rec.Version {
				return "", fault.Clash("people.error.changed")
			}
			if err := s.agreeAnew(ctx, tx, a, rec, p, in); err != nil {
				return "", err
			}
			r, err := rowByID(ctx, tx, rec.ID)
			if err != nil {
				return "", err
			}
			if err := s.seal(ctx, tx.Org(), &r, p); err != nil {
				return "", err
			}
			if err := updateRow(ctx, tx, r); err != nil {
				return "", err
			}
			if err := s.belong(ctx, tx, r.id, in.Institutions); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "change", "person", "", r.id, "")
		})
		return err
	})
}

// agreeAnew writes a new consent down when the form holds something the last one
// does not cover, or reaches the person another way.
func (s *Service) agreeAnew(ctx context.Context, tx *db.Tx, a access.Actor, rec Record, p Profile, in ChangeIn) error {
	holds := p.Holds(len(in.Institutions))
	covered := rec.Agreed.Channel == p.Contact && !slices.ContainsFunc(holds, func(f consent.Field) bool { return !slices.Contains(rec.Agreed.Fields, f) })
	if covered {
		return nil
	}
	own := a.Person != "" && a.Person == rec.ID && !a.SignedIn()
	if own {
		in.How, in.Interpreter, in.Witness = string(consent.OnScreen), "", ""
	}
	terms := consent.Terms{Subject: rec.ID, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Fields: holds, Channel: p.Contact,
		Language: rec.Agreed.Language, Receipt: rec.Agreed.Receipt}
	by := a
	if own {
		by = access.Machine(a.Org)
	}
	_, err := s.consent.Give(ctx, tx, by, terms, consent.Obtained{How: consent.How(in.How), Interpreter: consent.Helper(in.Interpreter), Witness: consent.Helper(in.Witness)})
	return err
}

// NewCode gives a person another code for their own pages; the old one and what
// it opened end.
func (s *Service) NewCode(ctx context.Context, a access.Actor, which string) (code string, err error) {
	defer fault.Wrap(&err, "people.NewCode(%s)", which)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		rec, err := s.open(ctx, tx, a, g, which)
		if err != nil {
			return err
		}
		r, err := rowByID(ctx, tx, rec.ID)
		if err != nil {
			return err
		}
		code = id.Code(codeLength)
		r.codeHash = id.Hash(code)
		if err := updateRow(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "code", "person", "", r.id, "")
	})
	return code, err
}

// change is a small act on one person: load, change the row, write it down.
func (s *Service) change(ctx context.Context, a access.Actor, need access.Need, which, key, action, reason string, fn func(tx *db.Tx, r *row) error) error {
	g, err := access.Check(a, need)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "people."+action+":"+which, func() (string, error) {
			rec, err := s.open(ctx, tx, a, g, which)
			if err != nil {
				return "", err
			}
			r, err := rowByID(ctx, tx, rec.ID)
			if err != nil {
				return "", err
			}
			if err := fn(tx, &r); err != nil {
				return "", err
			}
			if err := updateRow(ctx, tx, r); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, action, "person", "", r.id, reason)
		})
		return err
	})
}

// HandOver gives the relationship to another colleague: nobody is left without
// somebody who answers for them.
func (s *Service) HandOver(ctx context.Context, a access.Actor, which, to, key string) (err error) {
	defer fault.Wrap(&err, "people.HandOver(%s)", which)
	list, err := s.Owners(ctx, a)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(c Colleague) bool { return c.Account == to }) {
		return fault.Wrong(fault.At("owner", "contact.error.choose"))
	}
	return s.change(ctx, a, needUpdate, which, key, "hand_over", "", func(_ *db.Tx, r *row) error {
		r.owner = to
		return nil
	})
}

// Owners lists the colleagues who can answer for a relationship.
func (s *Service) Owners(ctx context.Context, a access.Actor) (list []Colleague, err error) {
	defer fault.Wrap(&err, "people.Owners")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	all, err := s.staff(ctx, a.Org)
	for _, c := range all {
		if slices.Contains(c.Roles, access.Organizer) || slices.Contains(c.Roles, access.Leader) {
			list = append(list, c)
		}
	}
	return list, err
}

// longestRest is how long a pause may be planned for.
const longestRest = 366 * 24 * time.Hour

// Rest begins a pause that the person asked for, until a day on which somebody
// checks in. It is not a failure and takes nothing away.
func (s *Service) Rest(ctx context.Context, a access.Actor, which string, until time.Time, key string) (err error) {
	defer fault.Wrap(&err, "people.Rest(%s)", which)
	now := s.clock.Now()
	if !until.After(now) || until.Sub(now) > longestRest {
		return fault.Wrong(fault.At("until", "people.error.rest"))
	}
	return s.change(ctx, a, needUpdate, which, key, "rest", "", func(_ *db.Tx, r *row) error {
		r.state, r.rest = Resting, until
		return nil
	})
}

// Return ends a pause.
func (s *Service) Return(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "people.Return(%s)", which)
	return s.change(ctx, a, needUpdate, which, key, "return", "", func(_ *db.Tx, r *row) error {
		r.state, r.rest = Active, time.Time{}
		return nil
	})
}

// LinkAccount says that an account is this person's own; an empty account undoes
// it. Only whoever sees the whole clinic may say so: it opens the person's page to the account.
func (s *Service) LinkAccount(ctx context.Context, a access.Actor, which, account, key string) (err error) {
	defer fault.Wrap(&err, "people.LinkAccount(%s)", which)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	if g.Scope != access.Org {
		return fault.Denied("only an organizer links accounts")
	}
	all, err := s.staff(ctx, a.Org)
	if err != nil {
		return err
	}
	if account != "" && !slices.ContainsFunc(all, func(c Colleague) bool { return c.Account == account && slices.Contains(c.Roles, access.Leader) }) {
		return fault.Wrong(fault.At("account", "contact.error.choose"))
	}
	return s.change(ctx, a, needUpdate, which, key, "link_account", "", func(tx *db.Tx, r *row) error {
		if account != "" {
			other, err := personOf(ctx, tx, account)
			if err != nil {
				return err
			}
			if other != "" && other != r.id {
				return fault.Wrong(fault.At("account", "people.error.account_linked"))
			}
		}
		r.account = account
		return nil
	})
}

// PersonOf is whose account this is: the id that goes into access.Actor.Person, or empty.
func (s *Service) PersonOf(ctx context.Context, org, account string) (person string, err error) {
	defer fault.Wrap(&err, "people.PersonOf")
	if account == "" {
		return "", nil
	}
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		person, err = personOf(ctx, tx, account)
		return err
	})
	return person, err
}

// NotMetAfter is how long without a one-to-one is too long.
const NotMetAfter = 60 * 24 * time.Hour
