// What is published of the votes, and when. A release is the only thing anybody
// reads; docs/develop/statement.md gives the reasons.
package statement

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/opinion"
	"seedbed/internal/kit/suppress"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Tenths is a share as it is published: of ten, from 1 ("at most one of ten") to 9
// ("nine of ten or more"). That everybody says the same is never told: it would
// tell of each of them. 0 is not published.
type Tenths int

// tenths is the share of n in all.
func tenths(n, all int) Tenths {
	if all <= 0 {
		return 0
	}
	return Tenths(min(max(int(math.Round(10*float64(n)/float64(all))), 1), 9))
}

// Line is what is published of one statement among all who voted on it.
type Line struct {
	Statement             string
	Moved                 int64 // the release in which it last changed
	Votes                 int   // rounded down to fives
	Agree, Disagree, Pass Tenths
	Paper                 bool // votes on paper are in it
}

// Grouped is a group that votes alike, as published.
type Grouped struct {
	Size   int // rounded down to fives; 0 when it may not be told
	For    []Stand
	Points []Point // for the map; in no order of people
}

// Stand is what a group says to a statement.
type Stand struct {
	Statement string
	Agree     bool
	Tenths    Tenths // of the group's votes on it that say so
}

// Point is a place on the map.
type Point struct{ X, Y float64 }

// Unite is a statement to which every shown group says the same.
type Unite struct {
	Statement string
	Agree     bool
	Least     Tenths // the share in the group that says so least
}

// Release is a picture of a conversation.
type Release struct {
	Number int64
	Hour   time.Time // as fine as it gets
	Voters int       // rounded down to fives
	More   bool      // there are more, and how many would tell too much
	Lines  []Line
	Groups []Grouped
	Unites []Unite
}

// fives is a number as it is published.
func fives(n int) int { return n - n%5 }

// releaseEvery is how often the votes are looked at while people watch.
const releaseEvery = 2 * time.Second

// refresh makes a new release when enough has changed, and returns the newest. It
// looks at most every two seconds, however many people watch.
func (s *Service) refresh(ctx context.Context, org string, r conversationRow) (rel Release, err error) {
	key, now := org+" "+r.ID, s.clock.Now()
	s.mu.Lock()
	last, due := s.looked[key]
	if due = !due || now.Sub(last) >= releaseEvery; due {
		if len(s.looked) > 1000 {
			clear(s.looked)
		}
		s.looked[key] = now
	}
	s.mu.Unlock()
	enough := false
	var snap snapshot
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		if rel, err = s.released(ctx, tx, r.ID); err != nil || !due {
			return err
		}
		if enough, err = s.enough(ctx, tx, r.ID); err != nil || !enough {
			return err
		}
		snap, err = snapshotOf(ctx, tx, r, rel.Number)
		return err
	}); err != nil || !enough {
		return rel, err
	}
	drawn := snap.draw() // the groups take their time, and no voter waits for it
	err = s.db.Write(ctx, org, func(tx *db.Tx) error {
		now, err := s.released(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if enough, err = s.enough(ctx, tx, r.ID); err != nil || !enough || now.Number != snap.number {
			rel = now // somebody else was faster, or took a vote back
			return err
		}
		rel, err = s.release(ctx, tx, r.ID, now, drawn, snap)
		return err
	})
	return rel, err
}

// enough reports whether so many people voted since the last picture that no
// difference between the two is about one of them.
func (s *Service) enough(ctx context.Context, tx *db.Tx, conversation string) (bool, error) {
	r, err := conversationByID(ctx, tx, conversation)
	if err != nil {
		return false, err
	}
	n, err := freshVoters(ctx, tx, r)
	return n >= r.step(), err
}

// step is how many people must have voted, changed or left before numbers move.
func (c Conversation) step() int { return c.MinGroup }

func (s *Service) released(ctx context.Context, tx *db.Tx, conversation string) (rel Release, err error) {
	sealed, err := released(ctx, tx, conversation)
	if fault.Is(err, fault.NotFound) {
		return rel, nil
	}
	if err != nil {
		return rel, err
	}
	plain, err := s.vault.Open(ctx, cell(tx.Org(), "statement_release", conversation), sealed)
	if err != nil {
		return rel, err
	}
	return rel, json.Unmarshal([]byte(plain), &rel)
}

// release publishes numbers of this moment with groups that were drawn a moment ago.
func (s *Service) release(ctx context.Context, tx *db.Tx, conversation string, old, drawn Release, snap snapshot) (rel Release, err error) {
	r, err := conversationByID(ctx, tx, conversation)
	if err != nil {
		return rel, err
	}
	rows, err := inState(ctx, tx, conversation, Approved, mostStatements)
	if err != nil {
		return rel, err
	}
	all, err := votes(ctx, tx, conversation)
	if err != nil {
		return rel, err
	}
	paper, err := papers(ctx, tx, conversation)
	if err != nil {
		return rel, err
	}
	rel = drawn
	rel.Number, rel.Hour = old.Number+1, s.clock.Now().Truncate(time.Hour)
	counts := tally(rows, all, paper)
	for _, st := range rows {
		line, m := counts[st.ID].line(old, st.ID, r.step(), rel.Number)
		if err := settle(ctx, tx, st.ID, m); err != nil {
			return rel, err
		}
		if line.Votes > 0 {
			rel.Lines = append(rel.Lines, line)
		}
	}
	late, gone := snap.since(all)
	if err := settleVoters(ctx, tx, conversation, late, gone); err != nil {
		return rel, err
	}
	plain, err := json.Marshal(rel)
	if err != nil {
		return rel, err
	}
	sealed, err := s.vault.Seal(ctx, cell(tx.Org(), "statement_release", conversation), string(plain))
	if err != nil {
		return rel, err
	}
	return rel, putRelease(ctx, tx, conversation, rel.Number, sealed)
}

// said is how many disagree, pass and agree.
type said [3]int

func (s *said) add(v Vote, n int) { s[v+1] += n }
func (s said) sum() int           { return s[0] + s[1] + s[2] }

// mixed reports whether not all say the same. If they did, a number that holds
// them would tell of each what it was.
func (s said) mixed() bool { return max(s[0], s[1], s[2]) < s.sum() }

// count is the votes on one statement: those that the published numbers hold, and
// what they do not hold yet.
type count struct {
	counted   said
	newcomers said
	was, is   said // of those who changed
	left      said
	paper     bool
}

func tally(rows []row, all []cast, paper []Paper) map[string]*count {
	out := map[string]*count{}
	for _, r := range rows {
		out[r.ID] = &count{left: r.left, counted: r.left}
	}
	for _, v := range all {
		c := out[v.statement]
		switch {
		case c == nil:
		case v.counted == notYet:
			c.newcomers.add(v.vote, 1)
		default:
			if c.counted.add(v.counted, 1); v.counted != v.vote {
				c.was.add(v.counted, 1)
				c.is.add(v.vote, 1)
			}
		}
	}
	for _, p := range paper {
		if c := out[p.Statement]; c != nil {
			c.paper = true
			into := &c.counted
			if p.fresh {
				into = &c.newcomers
			}
			into.add(opinion.Agree, p.Agree)
			into.add(opinion.Disagree, p.Disagree)
			into.add(opinion.Pass, p.Pass)
		}
	}
	return out
}

// move says which votes the published numbers take in.
type move struct{ newcomers, changes bool }

// moves decides. Newcomers come in as a crowd that does not all say the same.
// Changes and departures come in apart from them and only as a larger crowd, of
// which neither what they said nor what they say is all the same: one who changes
// their mind is alone, and a number that followed at once would tell of it.
func (c *count) moves(step int) (m move) {
	m.newcomers = c.newcomers.sum() >= step && c.newcomers.mixed()
	old := c.was
	for i, n := range c.left {
		old[i] += n
	}
	m.changes = old.sum() >= 2*step && old.mixed() && (c.is.mixed() || c.left.sum() > 0 && c.is.sum() > 0)
	if c.is.sum() == 0 && c.left.sum() >= 2*step && c.left.mixed() {
		m.changes = true // only departures
	}
	return m
}

// line is what is published of a statement: new numbers when a crowd came in,
// otherwise the old ones.
func (c *count) line(old Release, id string, step int, number int64) (l Line, m move) {
	if i := slices.IndexFunc(old.Lines, func(l Line) bool { return l.Statement == id }); i >= 0 {
		l = old.Lines[i]
	}
	if m = c.moves(step); m == (move{}) {
		return l, m
	}
	now := c.counted
	for i := range now {
		if m.newcomers {
			now[i] += c.newcomers[i]
		}
		if m.changes {
			now[i] += c.is[i] - c.was[i] - c.left[i]
		}
	}
	l = Line{Statement: id, Moved: number, Paper: c.paper}
	if all := now.sum(); all >= step {
		l.Votes = max(fives(all), 5)
		l.Disagree, l.Pass, l.Agree = tenths(now[0], all), tenths(now[1], all), tenths(now[2], all)
	}
	return l, m
}

// picture finds the groups among everybody and keeps of them what may be told.
func (rel *Release) picture(least int, rows []row, all []cast) {
	con := opinion.New(opinion.Options{MinGroup: least, MinVotes: min(7, max(1, len(rows)))})
	shown := map[string]bool{}
	for _, st := range rows {
		con.Statement(st.ID)
		shown[st.ID] = true
	}
	for _, v := range all {
		if shown[v.statement] {
			con.Cast(v.voter, v.statement, v.vote)
		}
	}
	res := con.Result()
	in := map[string]int{}
	points := make([][]Point, len(res.Groups))
	for _, p := range res.People {
		if p.Group != opinion.NoGroup {
			in[p.Person] = p.Group
			points[p.Group] = append(points[p.Group], Point{math.Round(p.X*1000) / 1000, math.Round(p.Y*1000) / 1000})
		}
	}
	rel.sizes(least, res)
	says := make([]map[string]*said, len(res.Groups))
	for g := range says {
		says[g] = map[string]*said{}
	}
	for _, v := range all {
		if g, ok := in[v.voter]; ok {
			if says[g][v.statement] == nil {
				says[g][v.statement] = &said{}
			}
			says[g][v.statement].add(v.vote, 1)
		}
	}
	for g := range rel.Groups {
		slices.SortFunc(points[g], func(a, b Point) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) })
		rel.Groups[g].Points = points[g]
		for _, p := range res.Groups[g].For {
			if p.Votes >= least {
				rel.Groups[g].For = append(rel.Groups[g].For, Stand{p.Statement, p.Agree, tenths(p.Of, p.Votes)})
			}
		}
	}
	rel.unites(least, res, says)
}

// sizes publishes how many are in the groups and how many voted: together with the
// rest when suppression lets all of it be shown, otherwise the groups alone, and
// of all who voted only that there are more.
func (rel *Release) sizes(least int, res opinion.Result) {
	o := suppress.Options{K: least, Round: 5, ShowZeros: true}
	whole := suppress.NewSet(o)
	var refs []suppress.Ref
	for _, g := range res.Groups {
		refs = append(refs, whole.Count(g.Size))
	}
	total := whole.Total(append(slices.Clone(refs), whole.Count(res.NotShown))...)
	p := whole.Publish()
	if p.Hidden() > 0 && len(refs) > 0 {
		alone := suppress.NewSet(o)
		for i, g := range res.Groups {
			refs[i] = alone.Count(g.Size)
		}
		p, rel.More = alone.Publish(), true
	} else if c := p.Count(total); c.Shown {
		rel.Voters = c.N
	}
	for i := range refs {
		c := p.Count(refs[i])
		rel.Groups = append(rel.Groups, Grouped{Size: c.N})
		if rel.More {
			rel.Voters += c.N
		}
	}
}

// unites lists the statements to which every group that is shown says the same,
// the surest first. One group alone unites nobody.
func (rel *Release) unites(least int, res opinion.Result, in []map[string]*said) {
	if len(res.Groups) < 2 {
		return
	}
	order := slices.Clone(res.Statements)
	slices.SortStableFunc(order, func(a, b opinion.Statement) int {
		return cmp.Or(cmp.Compare(max(b.Consensus, b.Against), max(a.Consensus, a.Against)), cmp.Compare(a.ID, b.ID))
	})
	for _, st := range order {
		for _, agree := range []bool{true, false} {
			lowest := Tenths(10)
			for g := range in {
				c := in[g][st.ID]
				if c == nil || c.sum() < least {
					lowest = 0
					break
				}
				n := c[0]
				if agree {
					n = c[2]
				}
				lowest = min(lowest, tenths(n, c.sum()))
			}
			if lowest >= mostSay && len(rel.Unites) < unitesAtMost {
				rel.Unites = append(rel.Unites, Unite{st.ID, agree, lowest})
			}
		}
	}
}

const (
	mostSay      = 6 // of ten in each group
	unitesAtMost = 5
)

// Results is a release with the statements it speaks of.
type Results struct {
	Conversation Conversation
	Token        string
	Release      Release
	Statements   map[string]Statement
	Open         bool
}

// Results returns what is published of a conversation to those who run it.
func (s *Service) Results(ctx context.Context, a access.Actor, conversation string) (out Results, err error) {
	defer fault.Wrap(&err, "statement.Results")
	if _, err := access.Check(a, needRead); err != nil {
		return out, err
	}
	r, err := s.row(ctx, a.Org, conversation)
	if err != nil {
		return out, err
	}
	if out, err = s.results(ctx, a.Org, r); err != nil {
		return out, err
	}
	k, err := s.openConversation(ctx, a.Org, r)
	out.Conversation.Title, out.Token = k.Title, k.Token
	return out, err
}

// Export is Results for a file.
func (s *Service) Export(ctx context.Context, a access.Actor, conversation string) (out Results, err error) {
	defer fault.Wrap(&err, "statement.Export")
	g, err := access.Check(a, needExport)
	if err != nil {
		return out, err
	}
	if out, err = s.Results(ctx, a, conversation); err != nil {
		return out, err
	}
	return out, s.db.Write(ctx, a.Org, func(tx *db.Tx) error { return s.note(ctx, tx, a, g, "export", "conversation", conversation, "") })
}

// ResultsFor returns what voters may see: at any time if it is live, otherwise
// when it is over.
func (s *Service) ResultsFor(ctx context.Context, a access.Actor, token string) (out Results, err error) {
	defer fault.Wrap(&err, "statement.ResultsFor")
	if _, err := access.Check(a, needSee); err != nil {
		return out, err
	}
	org, r, open, err := s.behind(ctx, token)
	if err != nil {
		return out, err
	}
	if open && !r.Live {
		return out, fault.Clash("statement.error.later")
	}
	out, err = s.results(ctx, org, r)
	out.Token = token
	return out, err
}

func (s *Service) results(ctx context.Context, org string, r conversationRow) (out Results, err error) {
	out = Results{Conversation: r.Conversation, Statements: map[string]Statement{}}
	if out.Open, err = s.takes(ctx, org, r); err != nil {
		return out, err
	}
	if out.Release, err = s.refresh(ctx, org, r); err != nil {
		return out, err
	}
	b, err := s.board(ctx, org, r.ID)
	if err != nil {
		return out, err
	}
	for _, st := range b.statements {
		out.Statements[st.ID] = st
	}
	out.Release.keep(func(id string) bool { _, ok := out.Statements[id]; return ok })
	return out, nil
}

// keep leaves out what speaks of statements that are no longer there.
func (rel *Release) keep(there func(id string) bool) {
	rel.Lines = slices.DeleteFunc(rel.Lines, func(l Line) bool { return !there(l.Statement) })
	rel.Unites = slices.DeleteFunc(rel.Unites, func(u Unite) bool { return !there(u.Statement) })
	for i := range rel.Groups {
		rel.Groups[i].For = slices.DeleteFunc(rel.Groups[i].For, func(f Stand) bool { return !there(f.Statement) })
	}
}
