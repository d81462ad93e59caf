// The service: writing a change down, its steps, and looking at it.
package change

import (
	"context"
	"embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/money"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. The neighbours of provider.go may be absent.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Clock   clock.Clock
	Issues  Issues
	Stories Stories
	Traces  []Trace
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	issues  Issues
	stories Stories
	traces  []Trace
}

// New builds the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, issues: d.Issues, stories: d.Stories, traces: d.Traces}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needCreate = access.Need{Resource: "change", Action: access.Create}
	needRead   = access.Need{Resource: "change", Action: access.Read}
	needUpdate = access.Need{Resource: "change", Action: access.Update}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, action, change, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: "change", ResourceID: change, Reason: reason, Request: a.Request})
}

func (s *Service) once(ctx context.Context, a access.Actor, key, action string, fn func(tx *db.Tx) (string, error)) (out string, err error) {
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) (err error) {
		out, err = idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, action, func() (string, error) { return fn(tx) })
		return err
	})
	return out, err
}

func cell(org, table, id string, version int64) vault.Cell {
	return vault.Cell{Org: org, Table: table, Column: "sealed", Row: id, Version: version}
}

func (s *Service) seal(ctx context.Context, c vault.Cell, words any) (string, error) {
	plain, err := json.Marshal(words)
	if err != nil {
		return "", err
	}
	return s.vault.Seal(ctx, c, string(plain))
}

func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) (err error) {
	r.Version++
	r.Changed = s.clock.Now()
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "change_record", r.ID, r.Version), r.Words); err != nil {
		return err
	}
	return put(ctx, tx, *r)
}

// open puts the words and the steps into rows.
func (s *Service) open(ctx context.Context, tx *db.Tx, rows []row) error {
	ids := make([]string, len(rows))
	var cells []vault.Cell
	var sealed []string
	for i, r := range rows {
		ids[i] = r.ID
		cells, sealed = append(cells, cell(tx.Org(), "change_record", r.ID, r.Version)), append(sealed, r.sealed)
	}
	steps, err := stepsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, x := range steps {
		cells, sealed = append(cells, cell(tx.Org(), "change_step", x.ID, 1)), append(sealed, x.sealed)
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	for i, o := range opened {
		if i < len(rows) {
			if err := json.Unmarshal([]byte(o.Plain), &rows[i].Words); err != nil {
				return err
			}
			continue
		}
		x := steps[i-len(rows)]
		if err := json.Unmarshal([]byte(o.Plain), &x.StepWords); err != nil {
			return err
		}
		at := slices.Index(ids, x.change)
		rows[at].Steps = append(rows[at].Steps, x.Step)
	}
	for i := range rows {
		rows[i].Steps = ByDay(rows[i].Steps)
	}
	return nil
}

func (s *Service) load(ctx context.Context, tx *db.Tx, id string) (row, error) {
	r, err := byID(ctx, tx, id)
	if err != nil {
		return r, err
	}
	rows := []row{r}
	err = s.open(ctx, tx, rows)
	return rows[0], err
}

// change loads a record, lets fn change it, and stores it.
func (s *Service) change(ctx context.Context, a access.Actor, id, action, key string, fn func(tx *db.Tx, r *row) (reason string, err error)) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "change."+action+":"+id, func(tx *db.Tx) (string, error) {
		r, err := s.load(ctx, tx, id)
		if err != nil {
			return "", err
		}
		reason, err := fn(tx, &r)
		if err != nil {
			return "", err
		}
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		return id, s.note(ctx, tx, a, g.Role, action, id, reason)
	})
	return err
}

// SaveIn is the form of a change; fields are named as in the form.
type SaveIn struct {
	ID          string
	Issue       string            // issue
	Level       string            // level
	Title       string            // title
	Description string            // description
	Affected    string            // affected, as typed
	AffectedOn  string            // affected_basis
	Money       string            // money, as typed
	MoneyOn     string            // money_basis
	Rating      string            // rating
	Narrative   string            // narrative
	Others      string            // others: one on each line: who | what | address
	Sources     string            // sources: one on each line: what | address
	Tags        map[string]string // tag_…: kind → term
	Until       time.Time         // until
	Roots       []string          // root: ids of stories
	NamedOn     time.Time         // named_on: of a new one
	Evidence    string            // evidence: of a new one, how it was named
	Version     int64
	Key         string
}

const (
	titleMost    = 120
	textMost     = 2000
	lineMost     = 160
	mostLines    = 20
	mostPeople   = 1_000_000_000
	mostSteps    = 60
	usedCurrency = "USD"
)

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }

// cut reads a line of parts divided by bars.
func cut(line string) (a, b, c string) {
	a, rest, _ := strings.Cut(line, "|")
	b, c, _ = strings.Cut(rest, "|")
	return contact.OneLine(a), contact.OneLine(b), contact.OneLine(c)
}

// ParseOthers reads who else helped, one on each line: who | what | address.
func ParseOthers(text string) (out []Helper, ok bool) {
	for line := range strings.Lines(text) {
		who, what, link := cut(line)
		if who == "" && what == "" && link == "" {
			continue
		}
		address, good := weblink.Parse(link)
		if who == "" || !good || tooLong(who, lineMost) || tooLong(what, lineMost) {
			return nil, false
		}
		out = append(out, Helper{who, what, address})
	}
	return out, len(out) <= mostLines
}

// ParseSources reads where it can be read, one on each line: what | address.
func ParseSources(text string) (out []Source, ok bool) {
	for line := range strings.Lines(text) {
		what, link, more := cut(line)
		if what == "" && link == "" {
			continue
		}
		address, good := weblink.Parse(link)
		if what == "" || more != "" || !good || tooLong(what, lineMost) {
			return nil, false
		}
		out = append(out, Source{what, address})
	}
	return out, len(out) <= mostLines
}

// FormatOthers and FormatSources write what ParseOthers and ParseSources read.
func FormatOthers(list []Helper) string {
	var b strings.Builder
	for _, h := range list {
		b.WriteString(strings.TrimRight(h.Who+" | "+h.What+" | "+h.Link, " |") + "\n")
	}
	return b.String()
}

// FormatSources writes what ParseSources reads.
func FormatSources(list []Source) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(strings.TrimRight(s.Text+" | "+s.Link, " |") + "\n")
	}
	return b.String()
}

// into reads a form into a record and names what cannot be right about it.
func (in SaveIn) into(r *row) error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	text := func(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s, "")) }
	w := Words{Title: contact.OneLine(in.Title), Description: text(in.Description), AffectedBasis: contact.OneLine(in.AffectedOn), MoneyBasis: contact.OneLine(in.MoneyOn), Narrative: text(in.Narrative)}
	at(w.Title == "", "title", "change.error.title")
	at(tooLong(w.Title, titleMost), "title", "change.error.long")
	at(!slices.Contains(Levels(), Level(in.Level)), "level", "contact.error.choose")
	for _, x := range []struct {
		field, text string
		most        int
	}{{"description", w.Description, textMost}, {"narrative", w.Narrative, textMost}, {"affected_basis", w.AffectedBasis, lineMost}, {"money_basis", w.MoneyBasis, lineMost}} {
		at(tooLong(x.text, x.most), x.field, "change.error.long")
	}
	people, sum := int64(0), int64(0)
	if strings.TrimSpace(in.Affected) != "" {
		n, ok := money.Parse(in.Affected) // whole numbers as people write them: 48,000
		ok = ok && n%100 == 0 && n/100 <= mostPeople
		at(!ok, "affected", "change.error.number")
		at(ok && n > 0 && w.AffectedBasis == "", "affected_basis", "change.error.basis")
		people = n / 100
	}
	if strings.TrimSpace(in.Money) != "" {
		n, ok := money.Parse(in.Money)
		at(!ok, "money", "change.error.money")
		at(ok && n > 0 && w.MoneyBasis == "", "money_basis", "change.error.basis")
		sum = n
	}
	var ok bool
	if w.Others, ok = ParseOthers(in.Others); !ok {
		at(true, "others", "change.error.others")
	}
	if w.Sources, ok = ParseSources(in.Sources); !ok {
		at(true, "sources", "change.error.sources")
	}
	at(!slices.Contains(Ratings(), Rating(in.Rating)), "rating", "contact.error.choose")
	if Rating(in.Rating).Claims() {
		at(w.Narrative == "", "narrative", "change.error.claim")
		at(ok && len(w.Others) == 0, "others", "change.error.alone")
	}
	for kind, term := range in.Tags {
		if term == "" {
			continue
		}
		if !slices.Contains(Tags(), kind) || !slices.Contains(Terms(), term) {
			at(true, "tag_"+kind, "contact.error.choose")
			continue
		}
		if w.Tags == nil {
			w.Tags = map[string]string{}
		}
		w.Tags[kind] = term
	}
	for _, story := range in.Roots {
		w.Roots = append(w.Roots, "story:"+story)
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	r.Issue, r.Level, r.Affected, r.Money, r.Currency, r.Rating, r.Until, r.Words = in.Issue, Level(in.Level), people, sum, usedCurrency, Rating(in.Rating), in.Until, w
	return nil
}

// chosen checks what was chosen of other rooms.
func (s *Service) chosen(ctx context.Context, a access.Actor, in SaveIn) error {
	var bad []fault.Field
	if in.Issue != "" {
		err := fault.Missing("no issues")
		if s.issues != nil {
			_, err = s.issues.Issue(ctx, a, in.Issue)
		}
		if fault.Is(err, fault.NotFound) {
			bad = append(bad, fault.At("issue", "contact.error.choose"))
		} else if err != nil {
			return err
		}
	}
	if len(in.Roots) > 0 {
		list, err := s.Stories(ctx, a)
		if err != nil {
			return err
		}
		for _, root := range in.Roots {
			if !slices.ContainsFunc(list, func(n Choice) bool { return n.ID == root }) {
				bad = append(bad, fault.At("root", "contact.error.choose"))
				break
			}
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// Stories lists the stories that can be chosen; none without that room.
func (s *Service) Stories(ctx context.Context, a access.Actor) ([]Choice, error) {
	if s.stories == nil {
		return nil, nil
	}
	list, err := s.stories(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// Issues lists the issues that can be chosen; none without that room.
func (s *Service) Issues(ctx context.Context, a access.Actor) ([]Choice, error) {
	if s.issues == nil {
		return nil, nil
	}
	list, err := s.issues.Issues(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	return list, err
}

// IssueName is how an issue is called; empty when it cannot be said.
func (s *Service) IssueName(ctx context.Context, a access.Actor, issue string) (string, error) {
	if s.issues == nil || issue == "" {
		return "", nil
	}
	i, err := s.issues.Issue(ctx, a, issue)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return "", nil
	}
	return i.Name, err
}

// Save writes a change down, new or again. A new one begins with the day on which
// the problem was named.
func (s *Service) Save(ctx context.Context, a access.Actor, in SaveIn) (made string, err error) {
	defer fault.Wrap(&err, "change.Save")
	need := needUpdate
	if in.ID == "" {
		need = needCreate
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	var first Step
	if err := in.into(&row{}); err != nil {
		return "", s.together(err, in, &first)
	}
	if err := s.together(nil, in, &first); err != nil {
		return "", err
	}
	if err := s.chosen(ctx, a, in); err != nil {
		return "", err
	}
	if in.ID != "" {
		return in.ID, s.change(ctx, a, in.ID, "update", in.Key, func(_ *db.Tx, r *row) (string, error) {
			if r.Version != in.Version {
				return "", fault.Clash("change.error.changed")
			}
			return "", in.into(r)
		})
	}
	return s.once(ctx, a, in.Key, "change.make", func(tx *db.Tx) (string, error) {
		now := s.clock.Now()
		r := row{Record: Record{ID: id.New(now), Account: a.Account, Made: now}}
		if err := in.into(&r); err != nil {
			return "", err
		}
		if err := s.store(ctx, tx, &r); err != nil {
			return "", err
		}
		if err := s.addStep(ctx, tx, a, r.ID, first); err != nil {
			return "", err
		}
		return r.ID, s.note(ctx, tx, a, g.Role, "make", r.ID, "")
	})
}

// together checks the first step of a new change with the rest of its form, so that
// every mistake is told at once.
func (s *Service) together(err error, in SaveIn, first *Step) error {
	bad := slices.Clone(fault.FieldsOf(err))
	if in.ID == "" {
		*first = Step{Mark: Named, On: in.NamedOn, Fate: Confirmed, StepWords: StepWords{Evidence: in.Evidence}}
		for _, f := range fault.FieldsOf(first.wrong(s.clock.Now())) {
			if f.Name == "on" {
				f.Name = "named_on"
			}
			bad = append(bad, f)
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return err
}

// wrong tidies a step and names what cannot be right about it.
func (x *Step) wrong(now time.Time) error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	x.Evidence, x.Note = strings.TrimSpace(strings.ToValidUTF8(x.Evidence, "")), strings.TrimSpace(strings.ToValidUTF8(x.Note, ""))
	link, ok := weblink.Parse(x.Link)
	at(!slices.Contains(Marks(), x.Mark), "mark", "contact.error.choose")
	at(x.Mark == RolledBack && x.Back.Rung() < 0, "back", "contact.error.choose")
	at(x.On.IsZero(), "on", "change.error.day")
	at(x.On.After(now.AddDate(0, 0, 1)), "on", "change.error.ahead")
	at(!ok, "link", "change.error.link")
	at(x.Evidence == "" && (!ok || link == ""), "evidence", "change.error.evidence")
	at(tooLong(x.Evidence, textMost), "evidence", "change.error.long")
	at(tooLong(x.Note, textMost), "note", "change.error.long")
	if x.Mark != RolledBack {
		x.Back = ""
	}
	x.Link = link
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

func (s *Service) addStep(ctx context.Context, tx *db.Tx, a access.Actor, change string, x Step) (err error) {
	x.ID, x.Account, x.Made = id.New(s.clock.Now()), a.Account, s.clock.Now()
	r := stepRow{Step: x, change: change}
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "change_step", x.ID, 1), x.StepWords); err != nil {
		return err
	}
	return putStep(ctx, tx, r)
}

// AddStep writes down that a change came one step further, or that something stood
// in its way; with its day and its evidence. The days may come in any order.
func (s *Service) AddStep(ctx context.Context, a access.Actor, change string, x Step, key string) (err error) {
	defer fault.Wrap(&err, "change.AddStep(%s)", change)
	x.Fate = Confirmed
	if err := x.wrong(s.clock.Now()); err != nil {
		return err
	}
	return s.change(ctx, a, change, "step", key, func(tx *db.Tx, r *row) (string, error) {
		if len(r.Steps) >= mostSteps {
			return "", fault.Clash("change.error.steps")
		}
		return string(x.Mark), s.addStep(ctx, tx, a, change, x)
	})
}

// DropStep takes back a step that was written down by mistake.
func (s *Service) DropStep(ctx context.Context, a access.Actor, change, step, key string) (err error) {
	defer fault.Wrap(&err, "change.DropStep(%s)", change)
	return s.change(ctx, a, change, "unstep:"+step, key, func(tx *db.Tx, r *row) (string, error) {
		if !slices.ContainsFunc(r.Steps, func(x Step) bool { return x.ID == step }) {
			return "", fault.Missing("step")
		}
		return "", dropStep(ctx, tx, change, step)
	})
}

// Settle says whether a step that another room proposed is so.
func (s *Service) Settle(ctx context.Context, a access.Actor, change, step string, so bool, key string) (err error) {
	defer fault.Wrap(&err, "change.Settle(%s)", change)
	return s.change(ctx, a, change, "settle:"+step, key, func(tx *db.Tx, r *row) (string, error) {
		i := slices.IndexFunc(r.Steps, func(x Step) bool { return x.ID == step })
		if i < 0 {
			return "", fault.Missing("step")
		}
		x := r.Steps[i]
		if x.Fate != Waiting {
			return "", fault.Clash("change.error.settled")
		}
		x.Fate, x.SettledBy, x.SettledAt = Declined, a.Account, s.clock.Now()
		if so {
			x.Fate = Confirmed
		}
		return string(x.Fate), putStep(ctx, tx, stepRow{Step: x, change: change})
	})
}

// In is a change that another room begins.
type In struct {
	Issue    string
	Level    Level
	Title    string
	On       time.Time
	Evidence string
	Ref      string // of the thing it begins with
}

// MakeIn writes a change down in the caller's transaction, as named; the caller has
// checked that its actor may do what brings it about. An issue that has one keeps it.
func (s *Service) MakeIn(ctx context.Context, tx *db.Tx, a access.Actor, in In) (made string, err error) {
	defer fault.Wrap(&err, "change.MakeIn")
	if in.Issue != "" {
		list, err := all(ctx, tx, in.Issue)
		if err != nil {
			return "", err
		}
		if len(list) > 0 {
			return list[len(list)-1].ID, nil
		}
	}
	now := s.clock.Now()
	r := row{Record: Record{ID: id.New(now), Account: a.Account, Made: now}}
	if err := (SaveIn{Issue: in.Issue, Level: string(in.Level), Title: in.Title, Rating: string(Ratings()[0])}).into(&r); err != nil {
		return "", err
	}
	x := Step{Mark: Named, On: in.On, Fate: Confirmed, Ref: in.Ref, StepWords: StepWords{Evidence: in.Evidence}}
	if err := x.wrong(now); err != nil {
		return "", err
	}
	if err := s.store(ctx, tx, &r); err != nil {
		return "", err
	}
	if err := s.addStep(ctx, tx, a, r.ID, x); err != nil {
		return "", err
	}
	return r.ID, s.note(ctx, tx, a, role(a), "make", r.ID, "")
}

// StepIn is a step that another room proposes: for one change, or for those of an issue.
type StepIn struct {
	Change, Issue  string
	Mark           Mark
	On             time.Time
	Evidence, Link string
	Ref            string // of the thing that brought it about
}

// ProposeIn proposes a step in the caller's transaction. It counts once somebody who
// may change the record has confirmed it. The same thing proposes the same step once,
// and nothing proposes where a change stands already. An issue of which no change is
// written down is left alone.
func (s *Service) ProposeIn(ctx context.Context, tx *db.Tx, a access.Actor, in StepIn) (err error) {
	defer fault.Wrap(&err, "change.ProposeIn")
	x := Step{Mark: in.Mark, On: in.On, Fate: Waiting, Ref: in.Ref, StepWords: StepWords{Evidence: in.Evidence, Link: in.Link}}
	if err := x.wrong(s.clock.Now()); err != nil {
		return err
	}
	var ids []string
	if in.Change != "" {
		r, err := byID(ctx, tx, in.Change)
		if err != nil {
			return err
		}
		ids = []string{r.ID}
	} else if in.Issue != "" {
		list, err := all(ctx, tx, in.Issue)
		if err != nil {
			return err
		}
		for _, r := range list {
			ids = append(ids, r.ID)
		}
	}
	steps, err := stepsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, change := range ids {
		var own []Step
		for _, o := range steps {
			if o.change == change {
				own = append(own, o.Step)
			}
		}
		if s := StandOf(own); s.Aside == "" && s.Rung >= in.Mark.Rung() && in.Mark.Rung() >= 0 {
			continue // it stands there already
		}
		if slices.ContainsFunc(own, func(o Step) bool { return o.Mark == in.Mark && (o.Ref == in.Ref || o.Fate == Waiting) }) {
			continue
		}
		if err := s.addStep(ctx, tx, a, change, x); err != nil {
			return err
		}
		if err := s.note(ctx, tx, a, role(a), "propose", change, string(in.Mark)); err != nil {
			return err
		}
	}
	return nil
}

func role(a access.Actor) access.Role {
	if len(a.Roles) == 0 {
		return ""
	}
	return a.Roles[0]
}

// Get returns a change.
func (s *Service) Get(ctx context.Context, a access.Actor, change string) (out Record, err error) {
	defer fault.Wrap(&err, "change.Get(%s)", change)
	if _, err := access.Check(a, needRead); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, change)
		out = r.Record
		return err
	})
	return out, err
}

// List returns the changes of an issue, or all, the highest on the ladder first.
func (s *Service) List(ctx context.Context, a access.Actor, issue string) (out []Record, err error) {
	defer fault.Wrap(&err, "change.List")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := all(ctx, tx, issue)
		if err != nil {
			return err
		}
		if err := s.open(ctx, tx, rows); err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.Record)
		}
		slices.SortStableFunc(out, func(x, y Record) int { return y.Stand().Rung - x.Stand().Rung })
		return nil
	})
	return out, err
}

// Trace is where a change comes from: what other rooms know of it, and its own steps
// from the rule to what it did. Each room shows what the actor may see there.
func (s *Service) Trace(ctx context.Context, a access.Actor, r Record) (out []Stop, err error) {
	defer fault.Wrap(&err, "change.Trace(%s)", r.ID)
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	for _, ask := range s.traces {
		list, err := ask(ctx, a, r)
		if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
			continue // a room the actor does not enter
		}
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	first := First(r.Steps)
	for _, m := range slices.SortedFunc(maps.Keys(first), func(a, b Mark) int { return order(a) - order(b) }) {
		switch m {
		case Adopted:
			out = append(out, Stop{Kind: OfAdoption, Text: first[m].Evidence, When: first[m].On, Mark: m})
		case Implemented, Enforced, Protected:
			out = append(out, Stop{Kind: OfEffect, Text: first[m].Evidence, When: first[m].On, Mark: m})
		}
	}
	return InOrder(out), nil
}
