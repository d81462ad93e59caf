// The theme wall: words from reports and permitted quotes, which leaders name, join
// and order together. Everything done to it is in a log that everybody sees, and
// can be undone by another act; nothing is ever lost from a count.
package listening

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// WallVerb is something done to a theme.
type WallVerb string

const (
	Create WallVerb = "create"
	Rename WallVerb = "rename"
	Merge  WallVerb = "merge" // this theme becomes part of another
	Part   WallVerb = "part"  // takes a merged theme out again
	Split  WallVerb = "split" // some sessions meant something else: a new theme
	Shift  WallVerb = "move"  // under another theme, or to the top
	Quoted WallVerb = "quote" // a permitted quote is put under the theme
)

// WallVerbs lists them.
func WallVerbs() []WallVerb { return []WallVerb{Create, Rename, Merge, Part, Split, Shift, Quoted} }

// WallIn is an act at the wall; fields are named as in the form.
type WallIn struct {
	Campaign   string
	Verb       WallVerb // act
	Theme      string   // theme
	Other      string   // other: merged into, moved under
	Name       string   // name
	Definition string   // definition
	Sessions   []string // sessions: of a split
	Quote      string   // quote
	More       []string // with: of a suggestion that is accepted, merged as well
	Key        string   // _key
}

const deepest = 3 // levels of themes

// Wall does one act at the wall. It returns the theme that it made or changed.
func (s *Service) Wall(ctx context.Context, a access.Actor, in WallIn) (theme string, err error) {
	defer fault.Wrap(&err, "listening.Wall(%s)", in.Verb)
	return s.do(ctx, a, act{need: needCode, verb: VerbCode, campaign: in.Campaign, key: in.Key, name: "theme", reason: string(in.Verb)}, func(w *change) (string, error) {
		list, err := s.themes(ctx, w.tx, w.ID)
		if err != nil {
			return "", err
		}
		b := &board{s: s, w: w, list: list}
		switch in.Verb {
		case Create:
			return b.create(ctx, in.Name, in.Definition)
		case Rename:
			return in.Theme, b.rename(ctx, in.Theme, in.Name, in.Definition)
		case Merge:
			for _, from := range append([]string{in.Theme}, in.More...) {
				if err := b.merge(ctx, from, in.Other); err != nil {
					return "", err
				}
			}
			return in.Other, nil
		case Part:
			return in.Theme, b.part(ctx, in.Theme)
		case Split:
			return b.split(ctx, in.Theme, in.Name, in.Sessions)
		case Shift:
			return in.Theme, b.shift(ctx, in.Theme, in.Other)
		case Quoted:
			return in.Theme, b.quote(ctx, in.Quote, in.Theme)
		}
		return "", fault.Wrong(fault.At("act", "contact.error.choose"))
	})
}

// board is the wall while somebody works at it.
type board struct {
	s    *Service
	w    *change
	list []Theme
}

// at finds a theme that stands on the wall.
func (b *board) at(id string) (*Theme, error) {
	i := slices.IndexFunc(b.list, func(t Theme) bool { return t.ID == id })
	if i < 0 {
		return nil, fault.Missing("theme")
	}
	if b.list[i].Into != "" {
		return nil, fault.Clash("campaign.error.merged_away")
	}
	return &b.list[i], nil
}

// called checks a name: nobody else on the wall may have it.
func (b *board) called(name, definition, self string) (string, string, error) {
	name, definition = contact.OneLine(name), contact.OneLine(definition)
	if fold.Text(name) == "" || utf8.RuneCountInString(name) > longestName {
		return "", "", fault.Wrong(fault.At("name", "campaign.error.theme", "Most", longestName))
	}
	if utf8.RuneCountInString(definition) > longestNote {
		return "", "", fault.Wrong(fault.At("definition", "campaign.error.note", "Most", longestNote))
	}
	for _, t := range b.list {
		if t.ID != self && t.Into == "" && fold.Text(t.Name) == fold.Text(name) {
			return "", "", fault.Wrong(fault.At("name", "campaign.error.theme_twice"))
		}
	}
	return name, definition, nil
}

func (b *board) put(ctx context.Context, t Theme) error {
	return b.s.putTheme(ctx, b.w.tx, b.w.ID, t)
}

func (b *board) log(ctx context.Context, v WallVerb, theme, other string, from, to string) error {
	e := WallEntry{ID: id.New(b.w.now), At: b.w.now, Account: b.w.actor.Account, Verb: v, Theme: theme, Other: other, From: from, To: to}
	sealed, err := b.s.seal(ctx, cell(b.w.tx.Org(), "listening_theme_log", e.ID, 1), [2]string{from, to})
	if err != nil {
		return err
	}
	return putWallEntry(ctx, b.w.tx, b.w.ID, e, sealed)
}

func (b *board) create(ctx context.Context, name, definition string) (string, error) {
	name, definition, err := b.called(name, definition, "")
	if err != nil {
		return "", err
	}
	t := Theme{ID: id.New(b.w.now), Origin: FromWall, Name: name, Definition: definition, Made: b.w.now}
	if err := b.put(ctx, t); err != nil {
		return "", err
	}
	return t.ID, b.log(ctx, Create, t.ID, "", "", name)
}

func (b *board) rename(ctx context.Context, theme, name, definition string) error {
	t, err := b.at(theme)
	if err != nil {
		return err
	}
	from := t.Name
	if t.Name, t.Definition, err = b.called(name, definition, theme); err != nil {
		return err
	}
	if err := b.put(ctx, *t); err != nil {
		return err
	}
	return b.log(ctx, Rename, theme, "", from, t.Name)
}

func (b *board) merge(ctx context.Context, theme, into string) error {
	t, err := b.at(theme)
	if err != nil {
		return err
	}
	o, err := b.at(into)
	if err != nil {
		return fault.Wrong(fault.At("other", "contact.error.choose"))
	}
	if t.ID == o.ID || b.under(o.ID, t.ID) {
		return fault.Wrong(fault.At("other", "campaign.error.into_itself"))
	}
	t.Into, t.Parent = o.ID, ""
	o.Told = max(o.Told, t.Told) // whoever saw the part knows this much of the whole
	for i := range b.list {      // what stood below it stands below the one that took it in
		if b.list[i].Parent == t.ID {
			b.list[i].Parent = o.ID
			if err := b.put(ctx, b.list[i]); err != nil {
				return err
			}
		}
	}
	if err := b.put(ctx, *t); err != nil {
		return err
	}
	if err := b.put(ctx, *o); err != nil {
		return err
	}
	return b.log(ctx, Merge, t.ID, o.ID, t.Name, o.Name)
}

func (b *board) part(ctx context.Context, theme string) error {
	i := slices.IndexFunc(b.list, func(t Theme) bool { return t.ID == theme })
	if i < 0 {
		return fault.Missing("theme")
	}
	t := b.list[i]
	if t.Into == "" {
		return fault.Clash("campaign.error.not_merged")
	}
	into := t.Into
	t.Into = ""
	if _, _, err := b.called(t.Name, t.Definition, t.ID); err != nil {
		return fault.Clash("campaign.error.theme_twice")
	}
	if err := b.put(ctx, t); err != nil {
		return err
	}
	return b.log(ctx, Part, t.ID, into, b.nameOf(into), t.Name)
}

func (b *board) nameOf(id string) string {
	for _, t := range b.list {
		if t.ID == id {
			return t.Name
		}
	}
	return ""
}

// under reports whether a theme stands somewhere below another.
func (b *board) under(theme, above string) bool {
	parent := map[string]string{}
	for _, t := range b.list {
		parent[t.ID] = t.Parent
	}
	for n := 0; theme != "" && n <= len(b.list); n++ {
		if theme = parent[theme]; theme == above {
			return true
		}
	}
	return false
}

// depth is how many levels a theme has above it, height how many below.
func (b *board) depth(theme string) (n int) {
	for _, t := range b.list {
		if b.under(theme, t.ID) {
			n++
		}
	}
	return n
}

func (b *board) height(theme string) (n int) {
	for _, t := range b.list {
		if b.under(t.ID, theme) {
			n = max(n, b.depth(t.ID)-b.depth(theme))
		}
	}
	return n
}

func (b *board) shift(ctx context.Context, theme, under string) error {
	t, err := b.at(theme)
	if err != nil {
		return err
	}
	if under != "" {
		if _, err := b.at(under); err != nil {
			return fault.Wrong(fault.At("other", "contact.error.choose"))
		}
		if under == theme || b.under(under, theme) {
			return fault.Wrong(fault.At("other", "campaign.error.into_itself"))
		}
		if b.depth(under)+1+b.height(theme) >= deepest {
			return fault.Wrong(fault.At("other", "campaign.error.too_deep", "Most", deepest))
		}
	}
	from := b.nameOf(t.Parent)
	t.Parent = under
	if err := b.put(ctx, *t); err != nil {
		return err
	}
	return b.log(ctx, Shift, theme, under, from, b.nameOf(under))
}

// split moves what was said in some sessions into a theme of its own. Where the
// number of a theme is told, neither part may be too small to be told.
func (b *board) split(ctx context.Context, theme, name string, sessions []string) (string, error) {
	t, err := b.at(theme)
	if err != nil {
		return "", err
	}
	name, _, err = b.called(name, "", "")
	if err != nil {
		return "", err
	}
	rows, err := tallies(ctx, b.w.tx, b.w.ID)
	if err != nil {
		return "", err
	}
	var stay, go_ []tallyRow
	for _, r := range rows {
		if r.theme != t.ID {
			continue
		}
		if slices.Contains(sessions, r.session) && r.heard >= KTeam || r.heard < KTeam && slices.Contains(sessions, smallIn+r.language) {
			go_ = append(go_, r)
		} else {
			stay = append(stay, r)
		}
	}
	if len(go_) == 0 || len(stay) == 0 {
		return "", fault.Wrong(fault.At("sessions", "campaign.error.split"))
	}
	if t.Told > 0 && (sumOf(go_) < KTeam || sumOf(stay) < KTeam) {
		return "", fault.Wrong(fault.At("sessions", "campaign.error.split_small", "K", KTeam))
	}
	n := Theme{ID: id.New(b.w.now), Parent: t.Parent, Origin: FromWall, Name: name, Made: b.w.now}
	if err := b.put(ctx, n); err != nil {
		return "", err
	}
	for _, r := range go_ {
		if err := moveTally(ctx, b.w.tx, r.session, t.ID, n.ID); err != nil {
			return "", err
		}
	}
	return n.ID, b.log(ctx, Split, n.ID, t.ID, t.Name, name)
}

func sumOf(rows []tallyRow) (n int) {
	for _, r := range rows {
		n += r.n
	}
	return n
}

func (b *board) quote(ctx context.Context, ref, theme string) error {
	if theme != "" {
		if _, err := b.at(theme); err != nil {
			return fault.Wrong(fault.At("theme", "contact.error.choose"))
		}
	}
	list, err := b.s.quotes(ctx, b.w.actor, b.w.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(q Quote) bool { return q.Ref == ref }) {
		return fault.Missing("quote")
	}
	if err := putQuote(ctx, b.w.tx, b.w.ID, ref, theme, db.Micros(b.w.now)); err != nil {
		return err
	}
	return b.log(ctx, Quoted, theme, "", "", b.nameOf(theme))
}

// WallEntry is a line of the log.
type WallEntry struct {
	ID      string
	At      time.Time
	Account string
	Verb    WallVerb
	Theme   string
	Other   string
	From    string
	To      string
}

func (s *Service) putTheme(ctx context.Context, tx *db.Tx, campaign string, t Theme) error {
	t.version++
	sealed, err := s.seal(ctx, cell(tx.Org(), "listening_theme", t.ID, t.version), [2]string{t.Name, t.Definition})
	if err != nil {
		return err
	}
	return putTheme(ctx, tx, campaign, t, sealed)
}

// themes returns every theme of a campaign, merged ones included.
func (s *Service) themes(ctx context.Context, tx *db.Tx, campaign string) ([]Theme, error) {
	rows, err := themeRows(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	out := make([]Theme, len(rows))
	for i, r := range rows {
		out[i] = r.Theme
		var words [2]string
		if err := s.unseal(ctx, cell(tx.Org(), "listening_theme", r.ID, r.version), r.sealed, &words); err != nil {
			return nil, err
		}
		out[i].Name, out[i].Definition = words[0], words[1]
	}
	return out, nil
}

// quotes asks the other rooms for words that may be shown to the team now.
func (s *Service) quotes(ctx context.Context, a access.Actor, campaign string) (out []Quote, err error) {
	if s.Answers != nil {
		if out, err = s.Answers.Quotes(ctx, a, campaign); err != nil {
			return nil, err
		}
	}
	if s.Stories != nil {
		more, err := s.Stories.Quotes(ctx, a, campaign)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// WallLog returns what was done to the themes, newest first.
func (s *Service) WallLog(ctx context.Context, a access.Actor, campaign string) (out []WallEntry, err error) {
	defer fault.Wrap(&err, "listening.WallLog(%s)", campaign)
	g, err := access.Check(a, needWall)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		out, err = s.wallEntries(ctx, tx, campaign)
		return err
	})
	return out, err
}

func (s *Service) wallEntries(ctx context.Context, tx *db.Tx, campaign string) ([]WallEntry, error) {
	rows, err := wallRows(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	out := make([]WallEntry, len(rows))
	for i, r := range rows {
		out[i] = r.WallEntry
		var words [2]string
		if err := s.unseal(ctx, cell(tx.Org(), "listening_theme_log", r.ID, 1), r.sealed, &words); err != nil {
			return nil, err
		}
		out[i].From, out[i].To = words[0], words[1]
	}
	return out, nil
}

// ordered sorts themes for a page: the most heard first, then by name.
func ordered(list []Seen) {
	slices.SortStableFunc(list, func(a, b Seen) int {
		return cmp.Or(cmp.Compare(b.People, a.People), strings.Compare(fold.Text(a.Name), fold.Text(b.Name)))
	})
}
