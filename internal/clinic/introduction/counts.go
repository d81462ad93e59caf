// The clinic's counts: offered → wanted → sent → answered → met → taking part, by
// month, language and site. Raw numbers leave this file through suppression only.
package introduction

import (
	"context"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/suppress"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
)

var needCounts = access.Need{Resource: "counts", Action: access.Read}

// Stages lists the stages of the report in order.
func Stages() []string {
	return []string{string(Offered), stageWanted, stageSent, stageAnswered, stageMet, stageTaking}
}

// StageLabel is the message id of a stage's name.
func StageLabel(stage string) string { return "introduction.stage." + stage }

// Cell is a number as it may be published.
type Cell struct {
	suppress.Count
	Share    float64 // of those offered
	HasShare bool
}

// Line is one month, language or site.
type Line struct {
	Name  string
	Cells []Cell // in the order of Stages
}

// Counts is the published report of one year. The month under way is not in it:
// a number that grows day by day would tell of single people.
type Counts struct {
	Year      int
	Through   string // last month included, "2026-10"; empty when there is none
	Stages    []string
	Months    []Line
	Languages []Line
	Sites     []Line
	Total     Line
	Hidden    int // how many numbers are not shown
	K         int
}

// Counts publishes a calendar year. Windows are fixed, so that no two reports
// can be subtracted from each other.
func (s *Service) Counts(ctx context.Context, a access.Actor, year int) (c Counts, err error) {
	defer fault.Wrap(&err, "introduction.Counts(%d)", year)
	if _, err := access.Check(a, needCounts); err != nil {
		return c, err
	}
	return s.counts(ctx, a, year)
}

func (s *Service) counts(ctx context.Context, a access.Actor, year int) (c Counts, err error) {
	cal, now := s.calendar(ctx, a.Org), s.clock.Now()
	l := now.In(cal.zone())
	last := time.Date(l.Year(), l.Month(), 1, 0, 0, 0, 0, l.Location()).AddDate(0, -1, 0) // the last month that is over
	if year == 0 {
		year = last.Year()
	}
	if year < 2000 || year > 2200 {
		return c, fault.Wrong(fault.At("year", "introduction.error.choose"))
	}
	c = Counts{Year: year, Stages: Stages(), K: suppress.K}
	from, to := strconv.Itoa(year)+"-01", strconv.Itoa(year)+"-12"
	to = min(to, last.Format("2006-01"))
	var rows []countRow
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err = countsBetween(ctx, tx, from, to)
		return err
	})
	if err != nil || len(rows) == 0 {
		return c, err
	}
	c.Through = to
	publish(&c, rows)
	return c, nil
}

// grouping is one way to cut the same people.
type grouping struct {
	names []string
	refs  [][]suppress.Ref
}

// publish protects the three groupings and their common total together.
func publish(c *Counts, rows []countRow) {
	set := suppress.NewSet(suppress.Options{})
	by := []func(countRow) string{
		func(r countRow) string { return r.month },
		func(r countRow) string { return r.language },
		func(r countRow) string { return r.site },
	}
	groups := make([]grouping, len(by))
	for i, name := range by {
		groups[i] = group(set, c.Stages, rows, name)
	}
	total := make([]suppress.Ref, len(c.Stages))
	for k := range c.Stages {
		for i, g := range groups {
			parts := make([]suppress.Ref, len(g.refs))
			for j := range g.refs {
				parts[j] = g.refs[j][k]
			}
			if i == 0 {
				total[k] = set.Total(parts...)
			} else {
				set.Same(total[k], parts...)
			}
		}
	}
	for k := 1; k < len(total); k++ {
		set.AtLeast(total[k-1], total[k])
	}
	p := set.Publish()
	line := func(name string, refs []suppress.Ref) Line {
		l := Line{Name: name}
		for _, r := range refs {
			cell := Cell{Count: p.Count(r)}
			cell.Share, cell.HasShare = p.Percent(r, refs[0])
			l.Cells = append(l.Cells, cell)
		}
		return l
	}
	lines := []*[]Line{&c.Months, &c.Languages, &c.Sites}
	for i, g := range groups {
		for j, name := range g.names {
			*lines[i] = append(*lines[i], line(name, g.refs[j]))
		}
	}
	c.Total, c.Hidden = line("", total), p.Hidden()
}

func group(set *suppress.Set, stages []string, rows []countRow, name func(countRow) string) (g grouping) {
	sums := map[string][]int{}
	for _, r := range rows {
		k := slices.Index(stages, r.outcome)
		if k < 0 {
			continue
		}
		n := name(r)
		if sums[n] == nil {
			sums[n] = make([]int, len(stages))
			g.names = append(g.names, n)
		}
		sums[n][k] += int(r.n)
	}
	slices.Sort(g.names)
	for _, n := range g.names {
		refs := make([]suppress.Ref, len(stages))
		for k, v := range sums[n] {
			refs[k] = set.Count(v)
			if k > 0 {
				set.AtLeast(refs[k-1], refs[k])
			}
		}
		g.refs = append(g.refs, refs)
	}
	return g
}

// ExportCounts is the same report to take away. The export is audited.
func (s *Service) ExportCounts(ctx context.Context, a access.Actor, year int) (c Counts, err error) {
	defer fault.Wrap(&err, "introduction.ExportCounts(%d)", year)
	g, err := access.Check(a, access.Need{Resource: "counts", Action: access.Export})
	if err != nil {
		return c, err
	}
	if c, err = s.counts(ctx, a, year); err != nil {
		return c, err
	}
	return c, s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		return s.audit.Write(ctx, tx, audit.Event{Org: a.Org, Actor: a.Name(), Role: string(g.Role), Action: "export", Resource: "counts",
			ResourceID: strconv.Itoa(c.Year), Request: a.Request})
	})
}

// CountsRows are the numbers of ExportCounts as rows: a header and one row per
// line. A hidden number may be a large one, so it reads as hidden and not as "few".
func (s *Service) CountsRows(ctx context.Context, a access.Actor, year int) (rows [][]string, err error) {
	defer fault.Wrap(&err, "introduction.CountsRows(%d)", year)
	c, err := s.ExportCounts(ctx, a, year)
	if err != nil {
		return nil, err
	}
	return c.Rows("hidden"), nil
}

// Rows lists the report for a spreadsheet, with a word for hidden numbers.
func (c Counts) Rows(hidden string) (rows [][]string) {
	rows = append(rows, append([]string{"by", "name"}, c.Stages...))
	add := func(by string, lines ...Line) {
		for _, l := range lines {
			row := []string{by, l.Name}
			for _, cell := range l.Cells {
				row = append(row, cell.Text(hidden))
			}
			rows = append(rows, row)
		}
	}
	add("month", c.Months...)
	add("language", c.Languages...)
	add("site", c.Sites...)
	if len(c.Total.Cells) > 0 {
		add("total", c.Total)
	}
	return rows
}
