// What the wall shows: themes with counts that may be told, the quotes that may be
// read, and where each number comes from.
package listening

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Seen is a theme as the team reads it. People is "at least"; 0 means not shown.
type Seen struct {
	Theme
	People    int
	Sessions  int
	Languages []string // in which at least so many said it
	Depth     int
	Parts     []Theme // merged into it
	Quotes    []Quote
}

// WallView is the whole wall: themes in the order of a tree.
type WallView struct {
	Campaign
	Themes []Seen
	Loose  []Quote // permitted, and under no theme yet
	Hints  []Group // suggestions; nothing is done until somebody accepts
	Can    bool
	Log    []WallEntry
	Opened []Agreement // what the votes on statements say
}

// lines sorts the tallies by theme: own words, and those of what was merged in.
type lines struct {
	of       map[string]Raw
	language map[string]string // session → language
	group    map[string][]string
	children map[string][]string
}

func linesOf(list []Theme, rows []tallyRow, batches []Batch, ids func(word string) string) lines {
	l := lines{of: map[string]Raw{}, language: map[string]string{}, group: map[string][]string{}, children: map[string][]string{}}
	add := func(theme, session, lang string, n int) {
		if l.of[theme] == nil {
			l.of[theme] = Raw{}
		}
		l.of[theme][session] += n
		l.language[session] = lang
	}
	for _, r := range rows {
		add(r.theme, r.session, r.language, r.n)
	}
	for i, b := range batches {
		session := "batch:" + b.Language + ":" + b.At.Format("2006-01-02") + ":" + b.Area + string(rune('a'+i%26))
		for word, n := range b.Said {
			if theme := ids(word); theme != "" {
				add(theme, session, b.Language, min(n, b.Heard))
			}
		}
	}
	into := map[string]string{}
	for _, t := range list {
		into[t.ID] = t.Into
	}
	for _, t := range list {
		at := t.ID
		for n := 0; into[at] != "" && n <= len(list); n++ {
			at = into[at]
		}
		l.group[at] = append(l.group[at], t.ID)
		if t.Into == "" && t.Parent != "" {
			l.children[t.Parent] = append(l.children[t.Parent], t.ID)
		}
	}
	return l
}

// groups returns the lines of a theme and of each theme below it.
func (l lines) groups(theme string, depth int) (out [][]Raw) {
	var own []Raw
	for _, raw := range l.group[theme] {
		if r := l.of[raw]; len(r) > 0 {
			own = append(own, r)
		}
	}
	out = append(out, own)
	if depth < deepest {
		for _, c := range l.children[theme] {
			out = append(out, l.groups(c, depth+1)...)
		}
	}
	return out
}

// under is everything in a theme and below it.
func (l lines) under(theme string) (out []Raw) {
	for _, g := range l.groups(theme, 0) {
		out = append(out, g...)
	}
	return out
}

// atLeast is how many people said a theme, for sure. Rare lines count only in themes
// that are agreed: while somebody may still join and part them, comparing would tell.
// They count theme by theme, so that a theme tells nothing of those below it.
func (l lines) atLeast(theme string, k int, agreed bool) int {
	big, _ := split(l.under(theme), k)
	n := together(big)
	if agreed {
		for _, g := range l.groups(theme, 0) {
			n += common(g, k)
		}
	}
	return n
}

func (l lines) in(list []Raw, lang string) (out []Raw) {
	for _, r := range list {
		part := Raw{}
		for session, n := range r {
			if l.language[session] == lang {
				part[session] = n
			}
		}
		if len(part) > 0 {
			out = append(out, part)
		}
	}
	return out
}

func sessionsIn(list []Raw) int {
	seen := map[string]bool{}
	for _, r := range list {
		for s := range r {
			seen[s] = true
		}
	}
	return len(seen)
}

func (l lines) languages(list []Raw, langs []string, k int) (out []string) {
	for _, lang := range langs {
		if big, _ := split(l.in(list, lang), k); len(big) > 0 {
			out = append(out, lang)
		}
	}
	return out
}

// WallOf returns the wall. What it shows of a theme is remembered, so that the next
// number it shows is never a small step away.
func (s *Service) WallOf(ctx context.Context, a access.Actor, campaign string) (out WallView, err error) {
	defer fault.Wrap(&err, "listening.WallOf(%s)", campaign)
	g, err := access.Check(a, needWall)
	if err != nil {
		return out, err
	}
	var fresh []Seen
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, fresh = WallView{}, nil
		if out.Campaign, err = s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		list, l, err := s.lined(ctx, tx, campaign)
		if err != nil {
			return err
		}
		out.Themes = s.seen(out.Campaign, list, l)
		for _, t := range out.Themes {
			if t.People != t.Told || t.Sessions != t.ToldIn {
				fresh = append(fresh, t)
			}
		}
		under, err := quoted(ctx, tx, campaign)
		if err != nil {
			return err
		}
		if err := s.place(ctx, a, &out, list, under); err != nil {
			return err
		}
		out.Log, err = s.wallEntries(ctx, tx, campaign)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Can = slices.Contains(Can(out.State, party(g)), VerbCode)
	out.Hints = s.hints(out.Themes)
	if s.Opinions != nil {
		if out.Opened, err = s.Opinions.Agreements(ctx, a, campaign); err != nil {
			return out, err
		}
	}
	return out, s.remember(ctx, a.Org, fresh)
}

// remember stores which numbers were told before they leave the house.
func (s *Service) remember(ctx context.Context, org string, fresh []Seen) error {
	if len(fresh) == 0 {
		return nil
	}
	return s.DB.Write(ctx, org, func(tx *db.Tx) error {
		for _, t := range fresh {
			if err := putTold(ctx, tx, t.ID, t.People, t.Sessions); err != nil {
				return err
			}
		}
		return nil
	})
}

// lined reads themes and their lines.
func (s *Service) lined(ctx context.Context, tx *db.Tx, campaign string) ([]Theme, lines, error) {
	list, err := s.themes(ctx, tx, campaign)
	if err != nil {
		return nil, lines{}, err
	}
	rows, err := tallies(ctx, tx, campaign)
	if err != nil {
		return nil, lines{}, err
	}
	batches, err := s.batches(ctx, tx, campaign)
	if err != nil {
		return nil, lines{}, err
	}
	ids := func(word string) string {
		made := themeID(campaign, word)
		if slices.ContainsFunc(list, func(t Theme) bool { return t.ID == made }) {
			return made
		}
		return ""
	}
	return list, linesOf(list, rows, batches, ids), nil
}

// seen puts the themes in the order of a tree, each with what may be told of it.
func (s *Service) seen(c Campaign, list []Theme, l lines) (out []Seen) {
	byID, parts := map[string]Theme{}, map[string][]Theme{}
	for _, t := range list {
		byID[t.ID] = t
		if t.Into != "" {
			parts[t.Into] = append(parts[t.Into], t)
		}
	}
	var level func(parent string, depth int) []Seen
	level = func(parent string, depth int) (out []Seen) {
		for _, t := range list {
			if t.Into != "" || t.Parent != parent {
				continue
			}
			below := []Seen{}
			if depth < deepest {
				below = level(t.ID, depth+1)
			}
			told := t.Told
			for _, b := range below {
				told = max(told, b.People)
			}
			raw := l.under(t.ID)
			v := Seen{Theme: t, Depth: depth, Parts: parts[t.ID], Sessions: t.ToldIn}
			if v.People = tell(l.atLeast(t.ID, KTeam, c.State.At() >= ThemesAgreed.At()), told, KTeam); v.People != t.Told || t.ToldIn == 0 {
				v.Sessions = sessionsIn(raw)
			}
			if v.People > 0 {
				v.Languages = l.languages(raw, c.Languages, KTeam)
			} else {
				v.Sessions = 0
			}
			out = append(out, append([]Seen{v}, below...)...)
		}
		return out
	}
	top := level("", 0)
	return sorted(top)
}

// sorted orders the siblings of every level by what is shown of them.
func sorted(tree []Seen) (out []Seen) {
	var blocks [][]Seen
	for _, t := range tree {
		if len(blocks) == 0 || t.Depth == tree[0].Depth {
			blocks = append(blocks, []Seen{t})
		} else {
			blocks[len(blocks)-1] = append(blocks[len(blocks)-1], t)
		}
	}
	heads := make([]Seen, len(blocks))
	at := map[string][]Seen{}
	for i, b := range blocks {
		heads[i], at[b[0].ID] = b[0], b[1:]
	}
	ordered(heads)
	for _, h := range heads {
		out = append(out, h)
		if below := at[h.ID]; len(below) > 0 {
			out = append(out, sorted(below)...)
		}
	}
	return out
}

// place puts permitted quotes under their themes. A quote whose permission ended is
// not returned by its room, and so it is nowhere.
func (s *Service) place(ctx context.Context, a access.Actor, out *WallView, list []Theme, under map[string]string) error {
	all, err := s.quotes(ctx, a, out.ID)
	if err != nil {
		return err
	}
	into := map[string]string{}
	for _, t := range list {
		into[t.ID] = t.Into
	}
	for _, q := range all {
		at := under[q.Ref]
		for n := 0; into[at] != "" && n <= len(list); n++ {
			at = into[at]
		}
		i := slices.IndexFunc(out.Themes, func(t Seen) bool { return t.ID == at })
		if i < 0 {
			out.Loose = append(out.Loose, q)
			continue
		}
		out.Themes[i].Quotes = append(out.Themes[i].Quotes, q)
	}
	return nil
}

// hints asks for groupings of the themes at the top.
func (s *Service) hints(list []Seen) (out []Group) {
	if s.Suggest == nil {
		return nil
	}
	var names, ids []string
	for _, t := range list {
		names, ids = append(names, t.Name), append(ids, t.ID)
	}
	for _, g := range s.Suggest(names) {
		var group Group
		for _, i := range g {
			group.Themes = append(group.Themes, ids[i])
		}
		if len(group.Themes) > 1 {
			out = append(out, group)
		}
	}
	return out
}

// Trace is where a theme's number comes from: the words that were merged, and the
// sessions, as counts.
type Trace struct {
	Seen
	Campaign Campaign
	Words    []Traced // merged into it
	Own      bool     // it holds tallies of its own
	Sessions []Traced // what can be split off
	Log      []WallEntry
	Others   []Theme // on the wall, for merging and moving
	Can      bool
}

// Traced is a line of a trace; People 0 means not shown.
type Traced struct {
	ID, Name string
	Format   Format
	Held     int64
	Language string
	People   int
}

// smallIn begins the id of all small conversations in a language together.
const smallIn = "small:"

// Trace returns one theme and everything that its number rests on.
func (s *Service) Trace(ctx context.Context, a access.Actor, theme string) (out Trace, err error) {
	defer fault.Wrap(&err, "listening.Trace(%s)", theme)
	if _, err := access.Check(a, needWall); err != nil {
		return out, err
	}
	var campaign string
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		campaign, err = campaignOfTheme(ctx, tx, theme)
		return err
	})
	if err != nil {
		return out, err
	}
	wall, err := s.WallOf(ctx, a, campaign) // tells and remembers the numbers
	if err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		list, l, err := s.lined(ctx, tx, campaign)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(wall.Themes, func(t Seen) bool { return t.ID == theme })
		if i < 0 {
			return fault.Missing("theme merged away")
		}
		out = Trace{Seen: wall.Themes[i], Campaign: wall.Campaign, Can: wall.Can}
		for _, t := range list {
			if t.Into == "" && t.ID != theme {
				out.Others = append(out.Others, t)
			}
			if t.ID != theme && slices.Contains(l.group[theme], t.ID) {
				out.Words = append(out.Words, Traced{ID: t.ID, Name: t.Name, People: t.Told}) // the last number of it, when it stood alone
			}
		}
		out.Own = slices.Contains(l.group[theme], theme) && len(l.of[theme]) > 0
		rows, err := heardRows(ctx, tx, campaign)
		if err != nil {
			return err
		}
		small := map[string]bool{}
		for _, r := range rows {
			if l.of[theme][r.id] == 0 {
				continue
			}
			// A conversation of a few is not shown by itself: its day and its theme would
			// say what one person said.
			n := Traced{ID: r.id, Format: Format(r.format), Held: r.held, Language: r.language}
			if r.heard < KTeam {
				n = Traced{ID: smallIn + r.language, Format: OneToOne, Language: r.language}
				if small[n.ID] {
					continue
				}
				small[n.ID] = true
			}
			out.Sessions = append(out.Sessions, n)
		}
		for _, e := range wall.Log {
			if e.Theme == theme || e.Other == theme {
				out.Log = append(out.Log, e)
			}
		}
		return nil
	})
	return out, err
}

// Export returns the counts of the themes for a file: what the wall shows.
func (s *Service) Export(ctx context.Context, a access.Actor, campaign string) (WallView, error) {
	if _, err := access.Check(a, needExport); err != nil {
		return WallView{}, err
	}
	return s.WallOf(ctx, a, campaign)
}
