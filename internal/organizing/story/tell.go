// Telling, drafting and approving: how words come to be the teller's own.
package story

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

// TellIn is a story as it was told. Without a person the story has a key of its
// own, and a code is the teller's only way back to it.
type TellIn struct {
	Words
	Person   string // person; empty: nobody is recorded
	Campaign string // campaign
	Language string // lang
	Detail   string // detail
	Key      string // _key
}

// ToldOut is a new story. Code is set when nobody is recorded; it is shown now and never again.
type ToldOut struct {
	ID   string
	Code string
}

const codeLength = 16

// Tell writes a story down. A member tells their own; staff and leaders write down
// what somebody told them and agreed to have written down.
func (s *Service) Tell(ctx context.Context, a access.Actor, in TellIn) (out ToldOut, err error) {
	defer fault.Wrap(&err, "story.Tell")
	g, err := access.Check(a, needTell)
	if err != nil {
		return out, err
	}
	w, bad := in.Words.check()
	if !contact.Language(in.Language) {
		bad = append(bad, fault.At("lang", "contact.error.choose"))
	}
	if in.Detail == "" {
		in.Detail = string(AsTold)
	}
	if !oneOf(Details(), Detail(in.Detail)) {
		bad = append(bad, fault.At("detail", "contact.error.choose"))
	}
	if in.Campaign != "" && !id.Valid(in.Campaign) {
		bad = append(bad, fault.At("campaign", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return out, fault.Wrong(bad...)
	}
	if a.Has(access.Member) {
		in.Person = a.Person
	} else if in.Person != "" {
		cards, err := s.people.Names(ctx, a, []string{in.Person})
		if err != nil {
			return out, err
		}
		if _, ok := cards[in.Person]; !ok {
			return out, fault.Wrong(fault.At("person", "contact.error.choose"))
		}
	}
	now := s.clock.Now()
	r := row{Story: Story{ID: id.New(now), Subject: in.Person, Known: in.Person != "", Campaign: in.Campaign, Account: a.Account, Language: in.Language,
		State: Told, Detail: Detail(in.Detail), Identity: Anonymous, Told: now, Changed: now}}
	code := ""
	if !r.Known {
		r.Subject, code = id.New(now), id.Code(codeLength)
		r.codeHash = id.Hash(code)
		if err := s.vault.CreatePerson(ctx, a.Org, r.Subject); err != nil {
			return out, err
		}
	}
	fresh := false
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		fresh = false
		out.ID, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "story.tell", func() (string, error) {
			fresh = true
			story := r
			if err := s.write(ctx, tx, a, &story, w); err != nil {
				return "", err
			}
			if err := put(ctx, tx, story); err != nil {
				return "", err
			}
			return story.ID, s.note(ctx, tx, a, g, "tell", "", story)
		})
		if err != nil || fresh || code == "" {
			return err
		}
		old, err := byID(ctx, tx, out.ID) // the first code is not stored anywhere: the repetition gets another
		if err != nil || old.codeHash == "" {
			return err
		}
		old.codeHash = id.Hash(code)
		return put(ctx, tx, old)
	})
	if !r.Known && (err != nil || !fresh) {
		if e := s.vault.ErasePerson(context.WithoutCancel(ctx), a.Org, r.Subject); e != nil {
			s.log.Error("an unused key could not be erased", "err", e)
		}
	}
	if err != nil {
		return ToldOut{}, err
	}
	out.Code = code
	return out, nil
}

// DraftIn is new words for a story, made on a certain version of it.
type DraftIn struct {
	ID string
	Words
	Detail  string // detail; empty: as it was
	Version int64  // _version: what the writer had before them
	Key     string // _key
}

// Draft changes the words. Words that were approved lose their approval, and uses
// of them end: new words need a new yes.
func (s *Service) Draft(ctx context.Context, a access.Actor, in DraftIn) error {
	w, bad := in.Words.check()
	if in.Detail != "" && !oneOf(Details(), Detail(in.Detail)) {
		bad = append(bad, fault.At("detail", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.change(ctx, a, needWrite, VerbDraft, in.ID, in.Key, "", func(tx *db.Tx, r *row) error {
		if in.Version != 0 && in.Version != r.Version {
			return fault.Clash("story.error.meanwhile")
		}
		if in.Detail != "" {
			r.Detail = Detail(in.Detail)
		}
		r.Approved, r.approvedHash = 0, ""
		if err := s.endUses(ctx, tx, r.ID, ""); err != nil {
			return err
		}
		return s.write(ctx, tx, a, r, w)
	})
}

// ApproveIn is the teller's yes to exactly one version, with who may be named and
// where it may be used. Staff pass on a yes that was spoken or signed.
type ApproveIn struct {
	ID       string
	Version  int64    // _version
	Identity string   // identity
	Places   []string // places
	Months   int      // months: 12 or 24
	consentIn
	Key string // _key
}

type consentIn struct {
	Lang        string // consent_lang
	How         string // how
	Interpreter string // interpreter
	Witness     string // witness
}

// WithConsent says how the yes was given.
func (in ApproveIn) WithConsent(lang, how, interpreter, witness string) ApproveIn {
	in.consentIn = consentIn{lang, how, interpreter, witness}
	return in
}

// Approve records the yes: a consent for each place, bound to these words. Places
// that are no longer ticked end.
func (s *Service) Approve(ctx context.Context, a access.Actor, in ApproveIn) error {
	var bad []fault.Field
	if !oneOf(Identities(), Identity(in.Identity)) {
		bad = append(bad, fault.At("identity", "contact.error.choose"))
	}
	if len(in.Places) == 0 || slices.ContainsFunc(in.Places, func(p string) bool { return !oneOf(consent.StoryPlaces(), p) }) {
		bad = append(bad, fault.At("places", "story.error.places"))
	}
	if in.Months != 12 && in.Months != 24 {
		bad = append(bad, fault.At("months", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.change(ctx, a, needApprove, VerbApprove, in.ID, in.Key, "", func(tx *db.Tx, r *row) error {
		if in.Version != r.Version {
			return fault.Clash("story.error.meanwhile")
		}
		if !r.Known && in.Identity != string(Anonymous) {
			return fault.Wrong(fault.At("identity", "story.error.unknown"))
		}
		w, err := s.open(ctx, tx.Org(), *r)
		if err != nil {
			return err
		}
		r.Approved, r.approvedHash, r.Identity = r.Version, digest(*r, w), Identity(in.Identity)
		return s.permit(ctx, tx, a, *r, in)
	})
}

// permit gives the ticked places and ends the others.
func (s *Service) permit(ctx context.Context, tx *db.Tx, a access.Actor, r row, in ApproveIn) error {
	by := a
	if !a.SignedIn() {
		by = access.Machine(a.Org) // the teller's own screen
	}
	fields := []consent.Field{consent.Story}
	switch Identity(in.Identity) {
	case FullName:
		fields = append(fields, consent.Name)
	case FirstName:
		fields = append(fields, consent.FirstName)
	}
	lang := in.Lang
	if !slices.Contains(consent.Languages(), lang) {
		lang = "en" // read aloud with an interpreter, who is noted
	}
	receipt := ""
	for _, place := range consent.StoryPlaces() {
		if !slices.Contains(in.Places, place) {
			if err := s.stopPlace(ctx, tx, a, r, place); err != nil {
				return err
			}
			continue
		}
		c, err := s.consent.Give(ctx, tx, by, consent.Terms{Subject: r.Subject, Purpose: consent.StoryUse, Recipient: consent.StoryPlace(place, r.ID), Fields: fields,
			Channel: consent.NoReach, Language: lang, Expires: s.clock.Now().AddDate(0, in.Months, 0).Truncate(time.Hour), Receipt: receipt},
			consent.Obtained{How: consent.How(in.How), Interpreter: consent.Helper(in.Interpreter), Witness: consent.Helper(in.Witness)})
		if err != nil {
			return err
		}
		receipt = c.Receipt
	}
	return nil
}

// RestIn pauses a story; until a day, or until the teller says.
type RestIn struct {
	ID    string
	Until time.Time
	Key   string
}

// Rest pauses a story: nothing new is done with it, uses under way end.
func (s *Service) Rest(ctx context.Context, a access.Actor, in RestIn) error {
	return s.change(ctx, a, needWrite, VerbRest, in.ID, in.Key, "", func(tx *db.Tx, r *row) error {
		r.RestUntil = in.Until
		return s.endUses(ctx, tx, r.ID, "")
	})
}

// Wake goes on after a pause.
func (s *Service) Wake(ctx context.Context, a access.Actor, story, key string) error {
	return s.change(ctx, a, needWrite, VerbWake, story, key, "", func(tx *db.Tx, r *row) error {
		r.RestUntil = time.Time{}
		return nil
	})
}

// Withdraw ends a story everywhere: its consents, its uses, its words. What
// remains is that there was one, and which uses still have to be taken down.
func (s *Service) Withdraw(ctx context.Context, a access.Actor, story, key string) error {
	own := ""
	err := s.change(ctx, a, needEnd, VerbWithdraw, story, key, "", func(tx *db.Tx, r *row) error {
		for _, place := range consent.StoryPlaces() {
			if err := s.stopPlace(ctx, tx, a, *r, place); err != nil {
				return err
			}
		}
		r.sealed, r.codeHash, r.Approved, r.approvedHash = "", "", 0, ""
		if !r.Known {
			own = r.Subject
		}
		return nil
	})
	if err == nil && own != "" {
		err = s.vault.ErasePerson(ctx, a.Org, own)
	}
	return err
}
