// Offering: what leaves only a count, and what begins an introduction.
package introduction

import (
	"context"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// OfferIn is an offer that ended in "not now" or "take information". It has no
// field for a person, and none for a reason.
type OfferIn struct {
	Site    string  // site
	Lang    string  // lang
	Outcome Outcome // outcome
	Key     string  // _key
}

// RecordOffer counts an offer. Nothing else of it is kept.
func (s *Service) RecordOffer(ctx context.Context, a access.Actor, in OfferIn) (err error) {
	defer fault.Wrap(&err, "introduction.RecordOffer")
	g, err := access.Check(a, needOffer)
	if err != nil {
		return err
	}
	var bad []fault.Field
	if !slices.Contains([]Outcome{OutcomeDeclined, OutcomeInfo, OutcomeAskAgain}, in.Outcome) {
		bad = append(bad, fault.At("outcome", "introduction.error.choose"))
	}
	bad = append(bad, checkPlace(in.Site, in.Lang)...)
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	k := countKey{site: in.Site, month: s.calendar(ctx, a.Org).Month(s.clock.Now()), language: in.Lang}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "introduction.offer", func() (string, error) {
			outcomes := []string{string(Offered), string(in.Outcome)}
			if in.Outcome == OutcomeAskAgain { // "not now" with a hint for the next visit: also a "not now"
				outcomes = append(outcomes, string(OutcomeDeclined))
			}
			for _, o := range outcomes {
				if err := addCount(ctx, tx, k, o, 1); err != nil {
					return "", err
				}
			}
			return "", s.audit.Write(ctx, tx, audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: "count", Resource: "offer", Request: a.Request})
		})
		return err
	})
}

var siteCode = regexp.MustCompile(`^[A-Za-z0-9_.-]{0,64}$`)

func checkPlace(site, lang string) (bad []fault.Field) {
	if !siteCode.MatchString(site) {
		bad = append(bad, fault.At("site", "introduction.error.choose"))
	}
	if !contact.Language(lang) {
		bad = append(bad, fault.At("lang", "introduction.error.choose"))
	}
	return bad
}

func (s *Service) calendar(ctx context.Context, org string) Calendar {
	return Calendar{Zone: s.zone(ctx, org)}
}

// ConsentIn is the part of a form that says how the yes was given.
type ConsentIn struct {
	Fields        []string // fields; empty means all that Person.Shares lists
	TellClinic    bool     // tell_clinic
	ConsentLang   string   // consent_lang; empty means the person's language
	How           string   // how: spoken, screen, paper
	Interpreter   string   // interpreter
	Witness       string   // witness
	ProxyRelation string   // proxy_relation
	ProxyScope    string   // proxy_scope
	ProxyUntil    string   // proxy_until, 2006-01-02
}

// BeginIn begins an introduction: the person said yes.
type BeginIn struct {
	PersonIn
	ConsentIn
	Group string // group
	Site  string // site
	Mode  string // mode: call_back, warm_handoff
	Owner string // owner: account that stays answerable in the clinic; empty: whoever begins, unless a clinician
	Key   string // _key
}

// ReadBack is what will be sent to whom, for one sentence that is read aloud.
type ReadBack struct {
	Group  string // name
	Mode   Mode
	Person Person // only what will be shared
	Fields []consent.Field
	Tells  bool // the clinic hears that they met, and nothing else
}

// Begun is a new introduction. Code opens the person's own page; it is shown or
// printed now and never again.
type Begun struct {
	ID      string
	Code    string // 16 characters; id.GroupCode makes it readable
	Receipt string // number of the consents, for the clinic's paper
	State   State
	Group   string // name
	Next    Next   // who does what by when
}

// begin is a checked BeginIn.
type begin struct {
	person    Person
	fields    []consent.Field
	obtained  consent.Obtained
	lang      string
	mode      Mode
	recipient Recipient
	tells     bool
}

// Preview checks a form and reads it back. It stores nothing.
func (s *Service) Preview(ctx context.Context, a access.Actor, in BeginIn) (rb ReadBack, err error) {
	defer fault.Wrap(&err, "introduction.Preview")
	if _, err := access.Check(a, needBegin); err != nil {
		return rb, err
	}
	b, err := s.checkBegin(ctx, a, in)
	if err != nil {
		return rb, err
	}
	return ReadBack{Group: b.recipient.Name, Mode: b.mode, Person: b.person.Only(b.fields), Fields: b.fields, Tells: b.tells}, nil
}

func (s *Service) checkBegin(ctx context.Context, a access.Actor, in BeginIn) (b begin, err error) {
	p, bad := in.PersonIn.person(s.region(ctx, a.Org))
	b.person, b.mode, b.tells = p, Mode(in.Mode), in.TellClinic
	if !known(Modes(), in.Mode) {
		bad = append(bad, fault.At("mode", "introduction.error.choose"))
	}
	if b.mode == CallBack && p.Contact == consent.InPerson {
		bad = append(bad, fault.At("contact", "introduction.error.call_how")) // a call needs something to call
	}
	if !siteCode.MatchString(in.Site) {
		bad = append(bad, fault.At("site", "introduction.error.choose"))
	}
	if !accountID.MatchString(in.Owner) {
		bad = append(bad, fault.At("owner", "introduction.error.choose"))
	}
	agreed, more := in.ConsentIn.check(p)
	bad = append(bad, more...)
	b.fields, b.obtained, b.lang = agreed.fields, agreed.obtained, agreed.lang
	var missing []fault.Field
	if b.recipient, missing, err = s.recipient(ctx, a.Org, in.Group); err != nil {
		return b, err
	}
	if bad = append(bad, missing...); len(bad) > 0 {
		return b, fault.Wrong(bad...)
	}
	return b, nil
}

var accountID = regexp.MustCompile(`^[A-Za-z0-9-]{0,64}$`)

// recipient finds the group; a group that cannot be asked is a mistake at the field.
func (s *Service) recipient(ctx context.Context, org, group string) (Recipient, []fault.Field, error) {
	if strings.TrimSpace(group) == "" {
		return Recipient{}, []fault.Field{fault.At("group", "introduction.error.choose")}, nil
	}
	r, err := s.groups.Recipient(ctx, org, group)
	switch {
	case fault.Is(err, fault.NotFound):
		return r, []fault.Field{fault.At("group", "introduction.error.group")}, nil
	case err != nil:
		return r, nil, err
	case !r.Active:
		return r, []fault.Field{fault.At("group", "introduction.error.group")}, nil
	case r.Channel == "":
		return r, []fault.Field{fault.At("group", "introduction.error.channel", "Group", r.Name)}, nil
	}
	return r, nil, nil
}

// check reads how the yes was given and which fields it covers.
func (in ConsentIn) check(p Person) (out struct {
	fields   []consent.Field
	obtained consent.Obtained
	lang     string
}, bad []fault.Field) {
	out.fields = p.Shares()
	if len(in.Fields) > 0 {
		out.fields = slices.DeleteFunc(out.fields, func(f consent.Field) bool { return !slices.Contains(in.Fields, string(f)) })
		if !slices.Contains(out.fields, consent.Name) {
			bad = append(bad, fault.At("fields", "introduction.error.name_shared"))
		}
	}
	out.lang = in.ConsentLang
	if out.lang == "" {
		out.lang = p.Lang
	}
	out.obtained = consent.Obtained{How: consent.How(in.How), Interpreter: consent.Helper(in.Interpreter), Witness: consent.Helper(in.Witness)}
	if in.ProxyRelation != "" {
		until, err := time.Parse(time.DateOnly, in.ProxyUntil)
		if err != nil {
			bad = append(bad, fault.At("proxy_until", "consent.error.proxy_until"))
		}
		scope := consent.Reach(in.ProxyScope)
		if scope == "" {
			scope = consent.ThisIntroduction
		}
		out.obtained.Proxy = consent.Proxy{Relation: consent.Relation(in.ProxyRelation), Scope: scope, Until: until}
	}
	return out, bad
}

// Begin stores the introduction with its consents, and for a call-back sends it
// to the group, all in one transaction. The same key begins once; the answer to
// a repetition has a fresh code, because the first one is not stored anywhere.
func (s *Service) Begin(ctx context.Context, a access.Actor, in BeginIn) (out Begun, err error) {
	defer fault.Wrap(&err, "introduction.Begin")
	g, err := access.Check(a, needBegin)
	if err != nil {
		return out, err
	}
	b, err := s.checkBegin(ctx, a, in)
	if err != nil {
		return out, err
	}
	now, zone := s.clock.Now(), s.zone(ctx, a.Org)
	person := id.New(now)
	if err := s.vault.CreatePerson(ctx, a.Org, person); err != nil { // the key first, then the data
		return out, err
	}
	code := id.Code(codeLength)
	var fresh, done bool
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		fresh, done = false, false
		res, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "introduction.begin", func() (string, error) {
			fresh = true
			w := &work{tx: tx, now: now, actor: a, granted: g, party: party(g)}
			if w.clocks, _, err = s.clocksFor(ctx, tx, zone); err != nil {
				return "", err
			}
			w.row = row{id: id.New(now), person: person, group: in.Group, site: in.Site, mode: b.mode, state: Offered, began: now,
				owner: ownerOf(a, g, in.Owner), receiptHash: id.Hash(code)}
			if a.SignedIn() {
				w.row.offeredBy = a.Account
			}
			if err := s.begin(ctx, w, b, &out); err != nil {
				return "", err
			}
			return w.row.id, nil
		})
		if done = err == nil; err != nil || fresh {
			return err
		}
		return s.again(ctx, tx, res, code, b.person, &out)
	})
	// Nothing was stored under the new key: do not leave it lying about. But when
	// the commit itself failed nobody knows whether it was: then the key stays.
	if !(fresh && done) {
		if e := s.vault.ErasePerson(ctx, a.Org, person); e != nil {
			s.log.Warn("an unused key stays behind", "err", e)
		}
	}
	if err != nil {
		return Begun{}, renamed(err)
	}
	out.Code, out.Group = code, b.recipient.Name
	return out, nil
}

// again answers a repeated Begin: the same introduction, with a fresh code. A
// form that was changed in between is refused: it must not look as if the change
// had been stored.
func (s *Service) again(ctx context.Context, tx *db.Tx, intro, code string, typed Person, out *Begun) error {
	r, err := rowByID(ctx, tx, intro)
	if err != nil {
		return err
	}
	if r.person == "" {
		return fault.Ended("introduction.error.erased")
	}
	stored, err := s.open(ctx, tx.Org(), r)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(stored, typed) {
		return fault.Clash("introduction.error.begun")
	}
	if err := moveReceipt(ctx, tx, r.receiptHash, id.Hash(code)); err != nil {
		return err
	}
	r.receiptHash = id.Hash(code)
	live, err := s.consent.LiveOf(ctx, tx, []string{r.person})
	if err != nil {
		return err
	}
	out.ID, out.State, out.Next = r.id, r.state, r.next()
	for _, c := range live[r.person] {
		out.Receipt = c.Receipt
	}
	return updateRow(ctx, tx, r)
}

// ownerOf: whoever begins stays answerable, but not a clinician, who is in the next visit by then.
func ownerOf(a access.Actor, g access.Granted, asked string) string {
	if asked != "" || g.Role == access.Clinician {
		return asked
	}
	return a.Account
}

// begin does the work of Begin inside the transaction.
func (s *Service) begin(ctx context.Context, w *work, b begin, out *Begun) error {
	if err := s.seal(ctx, w.tx.Org(), &w.row, b.person); err != nil {
		return err
	}
	receipt, err := s.give(ctx, w, b.person, b.fields, b.lang, b.obtained, b.tells)
	if err != nil {
		return err
	}
	if err := insertRow(ctx, w.tx, w.row); err != nil {
		return err
	}
	t, err := Move(Offered, VerbConsent, "", w.party)
	if err != nil {
		return err
	}
	if err := s.step(ctx, w, t, string(b.mode)); err != nil {
		return err
	}
	k := countKey{site: w.row.site, month: w.clocks.Calendar.Month(w.now), language: b.person.Lang}
	for _, stage := range []string{string(Offered), stageWanted, string(b.mode)} {
		if err := addCount(ctx, w.tx, k, stage, 1); err != nil {
			return err
		}
	}
	w.row.counted = stageWanted
	if b.mode == CallBack {
		if err := s.sendNow(ctx, w, b.recipient); err != nil {
			return err
		}
	}
	out.ID, out.State, out.Receipt = w.row.id, w.row.state, receipt
	if err := s.finish(ctx, w, "begin", string(b.mode)); err != nil {
		return err
	}
	out.Next = w.row.next()
	return nil
}

// give writes the consents of one conversation.
func (s *Service) give(ctx context.Context, w *work, p Person, fields []consent.Field, lang string, o consent.Obtained, tells bool) (receipt string, err error) {
	c, err := s.consent.Give(ctx, w.tx, w.actor, consent.Terms{Subject: w.row.person, Purpose: consent.IntroContact, Recipient: w.row.group,
		Fields: fields, Channel: p.Contact, Language: lang}, o)
	if err != nil || !tells {
		return c.Receipt, err
	}
	_, err = s.consent.Give(ctx, w.tx, w.actor, consent.Terms{Subject: w.row.person, Purpose: consent.TellClinicConnected, Recipient: consent.Clinic,
		Fields: []consent.Field{consent.Connected}, Channel: consent.NoReach, Language: lang, Receipt: c.Receipt}, o)
	return c.Receipt, err
}

// MyNumbers are a clinician's own: "of your introductions, n met someone".
type MyNumbers struct {
	Sent, Met int64
	Months    []MyCount
}

// Mine returns the actor's own numbers of the last twelve months, and nobody else's.
func (s *Service) Mine(ctx context.Context, a access.Actor) (out MyNumbers, err error) {
	defer fault.Wrap(&err, "introduction.Mine")
	if _, err := access.Check(a, needMyOffers); err != nil {
		return out, err
	}
	if a.Account == "" {
		return out, fault.Denied("own numbers need an account")
	}
	from := s.calendar(ctx, a.Org).Month(s.clock.Now().AddDate(-1, 0, 0))
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out.Months, err = mineOf(ctx, tx, a.Account, from)
		return err
	})
	for _, m := range out.Months {
		out.Sent, out.Met = out.Sent+m.Sent, out.Met+m.Met
	}
	return out, err
}

// MyOffer is what a clinician sees of an own offer: when, to which group, how far. No name.
type MyOffer struct {
	ID    string
	Began time.Time
	Group string // id
	Word  string // message id: waiting, connected, or ended
}

// MyOffers lists the actor's own offers, newest first, a page at a time.
func (s *Service) MyOffers(ctx context.Context, a access.Actor, before string) (out []MyOffer, err error) {
	defer fault.Wrap(&err, "introduction.MyOffers")
	if _, err := access.Check(a, needMyOffers); err != nil {
		return nil, err
	}
	if before == "" {
		before = "~" // after every UUID
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := rowsOfClinician(ctx, tx, a.Account, before, pageSize)
		if err != nil {
			return err
		}
		live, err := s.liveOf(ctx, tx, rows)
		if err != nil {
			return err
		}
		out = out[:0]
		for _, r := range rows {
			out = append(out, MyOffer{ID: r.id, Began: r.began, Group: r.group, Word: word(r, live[r.person])})
		}
		return nil
	})
	return out, err
}

// word is the whole status a clinician sees.
func word(r row, live []consent.Consent) string {
	state, ending, _ := quiet(r.state, r.ending, live)
	switch {
	case state.Met() || ending == Engaged:
		return "introduction.mine.connected"
	case !state.Open():
		return "introduction.mine.ended"
	}
	return "introduction.mine.waiting"
}

func (s *Service) liveOf(ctx context.Context, tx *db.Tx, rows []row) (map[string][]consent.Consent, error) {
	var people []string
	for _, r := range rows {
		if r.person != "" {
			people = append(people, r.person)
		}
	}
	return s.consent.LiveOf(ctx, tx, people)
}
