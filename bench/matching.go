// Matching against two opponents in the same run: the obvious loop over structs
// and a covering-index query in SQLite. All three must agree on the best score.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/matching"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/clock"
)

// wish is what somebody asks for, in the words of the directory.
type wish struct {
	topics   []directory.Topic
	language string
	day      time.Weekday
	from, to int
}

func wishes(n int) []wish {
	r := rand.New(rand.NewPCG(4, 4))
	list := make([]wish, n)
	for i := range list {
		list[i] = wish{some(r, groupTopics, 1+r.IntN(3)), pick(r, groupLanguages), time.Weekday(r.IntN(7)), 17 * 60, 21 * 60}
	}
	return list
}

func match(ctx context.Context, o options, w *world, rep *report) error {
	now := time.Now()
	var live []directory.Group
	for _, g := range w.groups {
		if (g.State == directory.Published || g.State == directory.Stale) && g.Offer == directory.Organizing {
			live = append(live, g)
		}
	}
	items := itemsOf(live, now)
	lite, err := sqliteOf(ctx, filepath.Join(o.scratch, "match.db"), live, now)
	if err != nil {
		return err
	}
	defer lite.Close()
	service := directory.New(directory.Options{DB: w.db, Vault: w.vault, Audit: w.audit, Clock: clock.System(), Zone: func(context.Context, string) *time.Location { return time.UTC }})
	actor := access.Actor{Org: w.Org, Account: w.Accounts[access.Clinician][0], Roles: []access.Role{access.Clinician}, Locale: "en"}
	ours, loop, query, whole := make([]time.Duration, 0, o.matches), make([]time.Duration, 0, o.matches), make([]time.Duration, 0, o.matches), make([]time.Duration, 0, o.matches)
	if _, err := service.Match(ctx, actor, wishes(1)[0].query()); err != nil { // reads the directory once
		return err
	}
	wrong := 0
	for _, q := range wishes(o.matches) { // A B C A B C, so that the machine's moods are shared
		from := time.Now()
		hits := matching.Match(items, q.bits())
		ours = append(ours, time.Since(from))
		from = time.Now()
		best := obvious(live, q, now)
		loop = append(loop, time.Since(from))
		from = time.Now()
		stored, err := lite.best(ctx, q)
		if err != nil {
			return err
		}
		query = append(query, time.Since(from))
		from = time.Now()
		if _, err := service.Match(ctx, actor, q.query()); err != nil {
			return err
		}
		whole = append(whole, time.Since(from))
		var sum float64
		if len(hits) > 0 {
			sum = hits[0].Score.Sum()
		}
		if math.Abs(sum-best) > 1e-9 || math.Abs(stored-best) > 1e-6 {
			wrong++
		}
	}
	a, b, c, d := times("match.kit", fmt.Sprintf("matching, ranked and diverse, %d groups", w.Groups), ours), times("match.loop", "baseline: loop over structs, sorted", loop),
		times("match.sqlite", "baseline: covering-index SQLite, top ten", query), times("match.service", "matching with reasons and views, as the offer page asks", whole)
	a.Wrong, a.Ratio = wrong, pairwise(loop, ours)
	c.Ratio = 0
	rep.add(a, b, c, d.atMost(10, d.P95))
	r := one("match.sqlite.ratio", "covering-index SQLite against matching", "×", pairwise(query, ours))
	rep.add(r)
	return nil
}

// pairwise is baseline ÷ ours of the medians; the lists are sorted by times.
func pairwise(baseline, ours []time.Duration) float64 {
	return float64(baseline[len(baseline)/2]) / float64(max(1, ours[len(ours)/2]))
}

func (q wish) query() directory.Query {
	return directory.Query{Topics: q.topics, Languages: []string{q.language}, Days: []time.Weekday{q.day}, From: q.from, To: q.to}
}

func topicBits(list []directory.Topic) (bits uint64) {
	all := directory.Topics()
	for _, t := range list {
		bits |= 1 << slices.Index(all, t)
	}
	return bits
}

func languageBits(list []string) (bits uint64) {
	for _, l := range list {
		bits |= 1 << slices.Index(groupLanguages, l)
	}
	return bits
}

func (q wish) bits() matching.Query {
	m := matching.Query{Topics: topicBits(q.topics), Languages: languageBits([]string{q.language}), Limit: 3, Seed: 1}
	m.Slots.Add(int(q.day), q.from, q.to)
	return m
}

func itemsOf(list []directory.Group, now time.Time) []matching.Item {
	items := make([]matching.Item, len(list))
	hosts := map[string]int{"": 0}
	for i, g := range list {
		if _, ok := hosts[g.Host]; !ok {
			hosts[g.Host] = len(hosts)
		}
		it := matching.Item{ID: g.ID, Kind: slices.Index(directory.Kinds(), g.Kind), Host: hosts[g.Host], Topics: topicBits(g.Topics), Languages: languageBits(g.Languages),
			Online: g.Online, Childcare: g.Childcare, Tie: slices.Index(directory.Ties(), g.Tie), AgeDays: now.Sub(g.VerifiedOn).Hours() / 24, Welcoming: welcome(g)}
		for _, m := range g.Rhythm {
			it.Slots.Add(int(m.Weekday), m.Start, m.End)
		}
		items[i] = it
	}
	return items
}

func welcome(g directory.Group) int {
	switch g.Welcoming.Now {
	case directory.Yes:
		return 1
	case directory.No:
		return -1
	}
	return 0
}

// obvious is how one would write it first: for every group, compare slices,
// keep what fits, sort all of it. It returns the best score.
func obvious(list []directory.Group, q wish, now time.Time) float64 {
	type scored struct {
		id    string
		score float64
	}
	var all []scored
	for i := range list {
		g := list[i]
		if welcome(g) < 0 {
			continue
		}
		s := 0.0
		for _, t := range q.topics {
			if slices.Contains(g.Topics, t) {
				s += 4
			}
		}
		if s == 0 {
			continue
		}
		if slices.Contains(g.Languages, q.language) {
			s += 3
		}
		s += shared(g, q)
		if welcome(g) > 0 {
			s++
		}
		s += static(g, now)
		all = append(all, scored{g.ID, s})
	}
	slices.SortFunc(all, func(a, b scored) int {
		if a.score != b.score {
			if a.score > b.score {
				return -1
			}
			return 1
		}
		return slices.Compare([]byte(a.id), []byte(b.id))
	})
	if len(all) == 0 {
		return 0
	}
	return all[0].score
}

// shared is what a common time is worth: up to two points for two hours.
func shared(g directory.Group, q wish) float64 {
	n := 0
	for half := range 48 {
		in := func(from, to int) bool { return half*30 < to && (half+1)*30 > from }
		if !in(q.from, q.to) {
			continue
		}
		for _, m := range g.Rhythm {
			if m.Weekday == q.day && in(m.Start, m.End) {
				n++
				break
			}
		}
	}
	return 2 * float64(min(n, 4)) / 4
}

// static is the part of a score that no question changes.
func static(g directory.Group, now time.Time) float64 {
	s := 0.25 * float64(slices.Index(directory.Ties(), g.Tie))
	if age := now.Sub(g.VerifiedOn).Hours() / 24; age >= 90 {
		s -= 1.5
	} else {
		s += 1 - max(0, age)/90
	}
	return s
}

// liteMatch is the directory as somebody would put it into SQLite who knows it well.
type liteMatch struct{ *sql.DB }

func sqliteOf(ctx context.Context, path string, list []directory.Group, now time.Time) (l liteMatch, err error) {
	if l.DB, err = sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-65536)"); err != nil {
		return l, err
	}
	l.SetMaxOpenConns(1)
	tx, err := l.BeginTx(ctx, nil)
	if err != nil {
		return l, err
	}
	defer tx.Rollback()
	// Everything a score needs lies in the index itself: one range per topic, no look-ups.
	if _, err = tx.ExecContext(ctx, `CREATE TABLE m (topic INTEGER, grp INTEGER, langs INTEGER, day INTEGER, slots INTEGER, fixed REAL, PRIMARY KEY (topic, grp)) WITHOUT ROWID`); err != nil {
		return l, err
	}
	put, err := tx.PrepareContext(ctx, `INSERT INTO m VALUES ($1,$2,$3,$4,$5,$6)`)
	if err != nil {
		return l, err
	}
	for i, g := range list {
		if welcome(g) < 0 {
			continue
		}
		var slots matching.Slots
		day := int(g.Rhythm[0].Weekday)
		slots.Add(day, g.Rhythm[0].Start, g.Rhythm[0].End)
		fixed := static(g, now) + float64(welcome(g))
		for _, t := range g.Topics {
			if _, err := put.ExecContext(ctx, slices.Index(directory.Topics(), t), i, int64(languageBits(g.Languages)), day, int64(slots[day]), fixed); err != nil {
				return l, err
			}
		}
	}
	return l, tx.Commit()
}

// best returns the best score of the ten that the query ranks first.
func (l liteMatch) best(ctx context.Context, q wish) (float64, error) {
	in := ""
	args := []any{}
	for _, t := range q.topics {
		if in != "" {
			in += ","
		}
		args = append(args, slices.Index(directory.Topics(), t))
		in += fmt.Sprint("$", len(args))
	}
	var slots matching.Slots
	slots.Add(int(q.day), q.from, q.to)
	args = append(args, int64(languageBits([]string{q.language})), int(q.day))
	n := len(args)
	time := ""
	for i := range 48 { // SQLite has no count of bits
		if slots[q.day]&(1<<i) != 0 {
			time += fmt.Sprintf("+((slots>>%d)&1)", i)
		}
	}
	rows, err := l.QueryContext(ctx, `SELECT grp, 4.0*COUNT(*) + MAX(CASE WHEN langs & $`+fmt.Sprint(n-1)+` THEN 3.0 ELSE 0 END)
		+ MAX(CASE WHEN day=$`+fmt.Sprint(n)+` THEN MIN(4, 0`+time+`)*0.5 ELSE 0 END) + MAX(fixed) AS score
		FROM m WHERE topic IN (`+in+`) GROUP BY grp ORDER BY score DESC, grp LIMIT 10`, args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	best := 0.0
	for first := true; rows.Next(); first = false {
		var grp int
		var score float64
		if err := rows.Scan(&grp, &score); err != nil {
			return 0, err
		}
		if first {
			best = score
		}
	}
	return best, rows.Err()
}
