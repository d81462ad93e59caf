// Writing a promise down: from an assembly or a negotiation in their transaction, or
// by hand with what shows that it was made.
package pledge

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// In is a promise as typed or as another room hands it over. Fields are named as in
// the form.
type In struct {
	Kind      Kind   // kind
	Topic     string // topic, of the clinic's own
	Ref       string // "assembly:ID", "negotiation:ID"; '' by hand
	Issue     string // issue
	Office    string // office: id of whoever holds it; fills name, title and body where the room of power knows them
	Name      string // name
	Title     string // title
	Body      string // body
	Words     string // words, exactly
	Lang      string // words_lang
	Others    map[string]string
	Measure   string   // measure
	Where     string   // where
	Evidence  string   // evidence
	Link      string   // link
	CoOwners  []string // co_owners
	Parts     []string // parts: bodies that each do one
	Said      string   // said
	Due       string   // due; '' no day was named
	Yearly    bool     // yearly
	Public    bool     // public
	Owner     string   // owner; '' whoever writes it down
	InsteadOf string   // the promise in whose place this one is
	Key       string   // _key
}

const (
	textMost   = 600
	shortMost  = 120
	lineMost   = 300
	bodiesMost = 12
	partsMost  = 30
)

// line is a text in one line.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }

func long(s string, most int) bool { return utf8.RuneCountInString(s) > most }

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// Bodies reads one body per line, each once.
func Bodies(s string) (out []string) {
	for _, l := range strings.Split(s, "\n") {
		if l = line(l); l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

func tooLong(list []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return long(s, shortMost) })
}

// proof checks what shows that something is so: some words, a link, or both. It
// tidies the link.
func proof(evidence string, link *string) (bad []fault.Field) {
	if evidence == "" && *link == "" {
		bad = append(bad, fault.At("evidence", "pledge.error.evidence"))
	}
	if long(evidence, textMost) {
		bad = append(bad, fault.At("evidence", "pledge.error.long", "Most", textMost))
	}
	return append(bad, address(link, "link")...)
}

// address checks and tidies a link.
func address(link *string, field string) []fault.Field {
	tidy, ok := weblink.Parse(*link)
	if !ok {
		return []fault.Field{fault.At(field, "pledge.error.link")}
	}
	*link = tidy
	return nil
}

func (in *In) clean() {
	if in.Kind == "" {
		in.Kind = Office
	}
	for _, p := range []*string{&in.Name, &in.Title, &in.Body, &in.Words, &in.Measure, &in.Where, &in.Evidence, &in.Link} {
		*p = line(*p)
	}
	for l, t := range in.Others {
		if t = line(t); t == "" || l == in.Lang {
			delete(in.Others, l)
		} else {
			in.Others[l] = t
		}
	}
}

func (in *In) check(today string) (bad []fault.Field) {
	at := func(wrong bool, field, key string, args ...any) {
		if wrong {
			bad = append(bad, fault.At(field, key, args...))
		}
	}
	at(in.Kind != Office && in.Kind != Clinic, "kind", "contact.error.choose")
	at(in.Kind == Clinic && !slices.Contains(Topics(), in.Topic), "topic", "contact.error.choose")
	at(in.Kind == Office && (in.Name == "" || long(in.Name, shortMost)), "name", "pledge.error.name")
	at(long(in.Title, shortMost), "title", "pledge.error.long", "Most", shortMost)
	at(in.Body == "" || long(in.Body, shortMost), "body", "pledge.error.body")
	at(in.Words == "" || long(in.Words, textMost), "words", "pledge.error.words", "Most", textMost)
	at(!i18n.Supported(in.Lang), "words_lang", "contact.error.choose")
	for l, t := range in.Others {
		at(!i18n.Supported(l) || long(t, textMost), "other_"+l, "pledge.error.long", "Most", textMost)
	}
	at(long(in.Measure, lineMost), "measure", "pledge.error.long", "Most", lineMost)
	at(long(in.Where, lineMost), "where", "pledge.error.long", "Most", lineMost)
	at(!isDay(in.Said) || in.Said > today, "said", "pledge.error.said")
	at(in.Due != "" && !isDay(in.Due), "due", "pledge.error.day")
	at(len(in.CoOwners) > bodiesMost || tooLong(in.CoOwners), "co_owners", "pledge.error.bodies", "Most", bodiesMost)
	at(len(in.Parts) > partsMost || tooLong(in.Parts), "parts", "pledge.error.bodies", "Most", partsMost)
	if in.Ref == "" {
		return append(bad, proof(in.Evidence, &in.Link)...)
	}
	return append(bad, address(&in.Link, "link")...)
}

// Make writes a promise down by hand.
func (s *Service) Make(ctx context.Context, a access.Actor, in In) (made string, err error) {
	defer fault.Wrap(&err, "pledge.Make")
	if _, err := access.Check(a, needMake); err != nil {
		return "", err
	}
	if in.Office != "" && s.d.Officials != nil {
		o, err := s.d.Officials.Official(ctx, a, in.Office)
		if fault.Is(err, fault.NotFound) {
			return "", fault.Wrong(fault.At("office", "contact.error.choose"))
		}
		if err != nil {
			return "", err
		}
		in.Name, in.Title, in.Body = o.Name, o.Title, o.Body
	}
	return s.once(ctx, a, in.Key, "pledge.make", func(tx *db.Tx) (string, error) { return s.MakeIn(ctx, tx, a, in) })
}

// MakeIn writes a promise down in the caller's transaction. One that was made before
// witnesses, at an assembly or in a negotiation, may be public at once; one written
// by hand waits for a second person.
func (s *Service) MakeIn(ctx context.Context, tx *db.Tx, a access.Actor, in In) (made string, err error) {
	defer fault.Wrap(&err, "pledge.MakeIn")
	g, err := access.Check(a, needMake)
	if err != nil {
		return "", err
	}
	in.clean()
	if in.Kind == Clinic {
		if !a.Has(access.Lead) {
			return "", fault.Denied("only the clinic's leader commits the clinic")
		}
		in.Body, in.Yearly, in.Public = s.d.Clinic(ctx, tx.Org()), true, true
	}
	today := s.Today(ctx, tx.Org())
	if in.Said == "" {
		in.Said = today
	}
	if bad := in.check(today); len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	if in.Owner == "" {
		in.Owner = a.Account
	}
	now := s.d.Clock.Now()
	r := row{Pledge: Pledge{ID: id.New(now), Kind: in.Kind, Topic: in.Topic, Ref: in.Ref, Issue: in.Issue, Office: in.Office, State: Made, Said: in.Said, Due: in.Due, Owner: in.Owner, By: a.Account,
		Made: now, Changed: now, InsteadOf: in.InsteadOf, Check: NextCheck(today, in.Due),
		Words: Words{Name: in.Name, Title: in.Title, Body: in.Body, Text: in.Words, Lang: in.Lang, Others: in.Others, Measure: in.Measure, Where: in.Where, Evidence: in.Evidence, Link: in.Link, CoOwners: in.CoOwners}}}
	if in.Yearly {
		r.Renew = NextYear(in.Said)
	}
	if in.Kind == Office {
		r.Topic = ""
	}
	if in.Public && in.Ref != "" {
		r.Public, r.Published = true, now
	}
	if err := s.store(ctx, tx, &r); err != nil {
		return "", err
	}
	for i, body := range in.Parts {
		p := partRow{Part: Part{ID: id.New(now), Body: body, State: Made}, pledge: r.ID}
		if p.sealed, err = s.d.Vault.Seal(ctx, partCell(tx.Org(), p), body); err != nil {
			return "", err
		}
		if err := putPart(ctx, tx, p, i); err != nil {
			return "", err
		}
	}
	if in.Public && !r.Public {
		if err := s.askIn(ctx, tx, a, &r, AskIn{ID: r.ID, Act: Publish, Evidence: in.Evidence, Link: in.Link}); err != nil {
			return "", err
		}
	}
	if in.InsteadOf != "" {
		if err := s.replaceIn(ctx, tx, a, in, r.ID); err != nil {
			return "", err
		}
	}
	if err := s.moved(ctx, tx, a, r.Pledge, Note{Evidence: in.Evidence, Link: in.Link}); err != nil {
		return "", err
	}
	return r.ID, s.note(ctx, tx, a, g, "make", r.ID, string(in.Kind))
}

// replaceIn asks that the promise before it counts as superseded.
func (s *Service) replaceIn(ctx context.Context, tx *db.Tx, a access.Actor, in In, made string) error {
	old, err := s.load(ctx, tx, in.InsteadOf, false)
	if fault.Is(err, fault.NotFound) {
		return fault.Wrong(fault.At("instead_of", "contact.error.choose"))
	}
	if err != nil || old.Withdrawn || !old.State.CanBecome(Superseded) {
		return err
	}
	ask := AskIn{ID: old.ID, Act: Move, To: Superseded, Other: made, Evidence: in.Evidence, Link: in.Link}
	if ask.Evidence == "" && ask.Link == "" {
		ask.Evidence = in.Words // a new promise before witnesses is what shows it
	}
	return s.askIn(ctx, tx, a, &old, ask)
}
