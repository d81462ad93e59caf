// The strategy chart: one for each decision-maker and issue, in five columns, with
// every version kept.
package power

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
)

// Content is what a chart says. Texts are lines; it speaks of roles and bodies, and
// of no neighbor by name.
type Content struct {
	Long         string   `json:"long,omitempty"` // goals
	Between      string   `json:"between,omitempty"`
	Short        string   `json:"short,omitempty"`
	Resources    string   `json:"resources,omitempty"` // what we put in
	Leaders      int      `json:"leaders,omitempty"`   // what we want to build, in numbers
	Members      int      `json:"members,omitempty"`
	Partners     int      `json:"partners,omitempty"` // institutions
	Troubles     string   `json:"troubles,omitempty"` // among ourselves
	Constituents string   `json:"constituents,omitempty"`
	Allies       string   `json:"allies,omitempty"`
	Opponents    string   `json:"opponents,omitempty"`
	Others       []string `json:"others,omitempty"` // further decision-makers, by office id
	Tactics      string   `json:"tactics,omitempty"`
	Problem      string   `json:"problem,omitempty"` // whether it can be won now
	Policy       string   `json:"policy,omitempty"`
	Politics     string   `json:"politics,omitempty"`
}

// Texts names the texts of a chart, in the order in which they are read.
func Texts() []string {
	return []string{"long", "between", "short", "resources", "troubles", "constituents", "allies", "opponents", "tactics", "problem", "policy", "politics"}
}

// Builds names the numbers of what is to be built.
func Builds() []string { return []string{"leaders", "members", "partners"} }

// Text is where a text lies.
func (c *Content) Text(name string) *string {
	switch name {
	case "long":
		return &c.Long
	case "between":
		return &c.Between
	case "short":
		return &c.Short
	case "resources":
		return &c.Resources
	case "troubles":
		return &c.Troubles
	case "constituents":
		return &c.Constituents
	case "allies":
		return &c.Allies
	case "opponents":
		return &c.Opponents
	case "tactics":
		return &c.Tactics
	case "problem":
		return &c.Problem
	case "policy":
		return &c.Policy
	case "politics":
		return &c.Politics
	}
	return new(string)
}

// Build is where a number lies.
func (c *Content) Build(name string) *int {
	switch name {
	case "leaders":
		return &c.Leaders
	case "members":
		return &c.Members
	case "partners":
		return &c.Partners
	}
	return new(int)
}

// Short texts are the lens; the others hold lines of a column.
func mostOf(name string) int {
	if slices.Contains([]string{"problem", "policy", "politics"}, name) {
		return 280
	}
	return 1200
}

const mostBuilt = 100_000

func (c *Content) tidy() (bad []fault.Field) {
	for _, name := range Texts() {
		t := c.Text(name)
		if *t = lines(*t); long(*t, mostOf(name)) {
			bad = append(bad, fault.At(name, "power.error.column", "Most", mostOf(name)))
		}
	}
	for _, name := range Builds() {
		if n := *c.Build(name); n < 0 || n > mostBuilt {
			bad = append(bad, fault.At(name, "power.error.number"))
		}
	}
	c.Others = slices.Compact(slices.Sorted(slices.Values(c.Others)))
	return bad
}

// Change is what a version says otherwise than the one before.
type Change struct {
	Name      string // of the text or number, or "others"
	Gone, New []string
}

// Changes compares two versions line by line, in the order of the chart. Others are
// compared by id; whoever shows them says the names.
func Changes(before, after Content) (out []Change) {
	compare := func(name string, old, new []string) {
		c := Change{Name: name}
		for _, l := range old {
			if !slices.Contains(new, l) {
				c.Gone = append(c.Gone, l)
			}
		}
		for _, l := range new {
			if !slices.Contains(old, l) {
				c.New = append(c.New, l)
			}
		}
		if len(c.Gone)+len(c.New) > 0 {
			out = append(out, c)
		}
	}
	for _, name := range Texts() {
		compare(name, split(*before.Text(name)), split(*after.Text(name)))
	}
	number := func(n int) []string {
		if n == 0 {
			return nil
		}
		return []string{strconv.Itoa(n)}
	}
	for _, name := range Builds() {
		compare(name, number(*before.Build(name)), number(*after.Build(name)))
	}
	compare("others", before.Others, after.Others)
	return out
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// Without takes names out of a text and puts a word in their place: whole words,
// whatever their case. It is for paper, which goes from hand to hand.
func Without(text string, names []string, instead string) string {
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // the whole name before its parts
	for _, name := range names {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		for from := 0; ; {
			at := index(text[from:], name)
			if at < 0 {
				break
			}
			at += from
			end := at + len(name)
			if edge(text[:at], true) && edge(text[end:], false) {
				text, from = text[:at]+instead+text[end:], at+len(instead)
			} else {
				from = end
			}
		}
	}
	return text
}

// index finds a name in a text, whatever the case of either.
func index(text, name string) int {
	for i := range text {
		if len(text)-i >= len(name) && strings.EqualFold(text[i:i+len(name)], name) {
			return i
		}
	}
	return -1
}

// edge reports whether a word ends here: no letter and no digit stands next to it.
func edge(s string, before bool) bool {
	r := []rune(s)
	if len(r) == 0 {
		return true
	}
	next := r[0]
	if before {
		next = r[len(r)-1]
	}
	return !unicode.IsLetter(next) && !unicode.IsDigit(next) && !unicode.IsMark(next)
}

// Chart is a strategy chart as it is now.
type Chart struct {
	ID      string
	Issue   Issue
	Office  Office
	Made    time.Time
	Changed time.Time
	Latest  int64 // version; 0: nothing is written yet
	Content Content
}

// Version is one saving of a chart.
type Version struct {
	N       int64
	At      time.Time
	Role    string // of who saved it
	Content Content
}

// Charts lists the charts, last changed first, of issues that the reader sees.
func (s *Service) Charts(ctx context.Context, a access.Actor) (out []Chart, err error) {
	defer fault.Wrap(&err, "power.Charts")
	g, err := access.Check(a, needCharts)
	if err != nil {
		return nil, err
	}
	var issues []Issue
	if s.issues != nil {
		if issues, err = s.issues.Issues(ctx, a); err != nil {
			return nil, err
		}
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		if err := s.strategist(ctx, tx, a, g); err != nil {
			return err
		}
		rows, err := charts(ctx, tx)
		if err != nil {
			return err
		}
		holders, err := s.every(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range rows {
			i := slices.IndexFunc(issues, func(i Issue) bool { return i.ID == r.Issue })
			o := slices.IndexFunc(holders, func(o Office) bool { return o.ID == r.Office })
			if i >= 0 && o >= 0 {
				out = append(out, Chart{ID: r.ID, Issue: issues[i], Office: holders[o], Made: r.Made, Changed: r.Changed, Latest: r.Latest})
			}
		}
		return nil
	})
	return out, err
}

// Chart is one chart as it is now, and all its versions, newest first.
func (s *Service) Chart(ctx context.Context, a access.Actor, which string) (c Chart, list []Version, err error) {
	defer fault.Wrap(&err, "power.Chart(%s)", which)
	g, err := access.Check(a, needCharts)
	if err != nil {
		return c, nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		list = nil
		if err := s.strategist(ctx, tx, a, g); err != nil {
			return err
		}
		r, err := chartByID(ctx, tx, which)
		if err != nil {
			return err
		}
		o, err := s.one(ctx, tx, r.Office)
		if err != nil {
			return err
		}
		c = Chart{ID: r.ID, Issue: Issue{ID: r.Issue}, Office: o, Made: r.Made, Changed: r.Changed, Latest: r.Latest}
		rows, err := versions(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
		for i, v := range rows {
			cells[i], sealed[i] = chartCell(tx.Org(), r.ID, v.n), v.sealed
		}
		said, _, err := openAll[Content](ctx, s.vault, cells, sealed)
		if err != nil {
			return err
		}
		for i, v := range rows {
			list = append(list, Version{v.n, v.at, v.role, said[i]})
		}
		if len(list) > 0 {
			c.Content = list[0].Content
		}
		return nil
	})
	if err != nil {
		return c, nil, err
	}
	c.Issue, err = s.issue(ctx, a, c.Issue.ID)
	return c, list, err
}

func chartCell(org, chart string, n int64) vault.Cell {
	return cell(org, "power_chart_version", chart, "", n)
}

// Begin makes the chart for a decision-maker and an issue, or finds the one that is
// there: there is one for each pair. An institution decides nothing.
func (s *Service) Begin(ctx context.Context, a access.Actor, issue, office, key string) (made string, err error) {
	defer fault.Wrap(&err, "power.Begin")
	g, err := access.Check(a, needChart)
	if err != nil {
		return "", err
	}
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error { return s.strategist(ctx, tx, a, g) }); err != nil {
		return "", err
	}
	if _, err := s.issue(ctx, a, issue); fault.Is(err, fault.NotFound) {
		return "", fault.Wrong(fault.At("issue", "contact.error.choose"))
	} else if err != nil {
		return "", err
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), key, "power.chart", func() (string, error) {
			if r, err := officeByID(ctx, tx, office); fault.Is(err, fault.NotFound) || err == nil && r.State == Left {
				return "", fault.Wrong(fault.At("office", "contact.error.choose"))
			} else if err != nil {
				return "", err
			}
			r, err := chartOf(ctx, tx, issue, office)
			if err == nil {
				return r.ID, nil
			}
			if !fault.Is(err, fault.NotFound) {
				return "", err
			}
			r = chartRow{ID: id.New(now), Issue: issue, Office: office, Made: now, Changed: now}
			if err := putChart(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "begin", "strategy", r.ID, "", "")
		})
		return err
	})
	return made, err
}

// PlanIn is a chart as a form says it. Version is the one the form showed: somebody
// else's change meanwhile is not written over.
type PlanIn struct {
	ID      string
	Version int64
	Content Content
	Key     string
}

// Plan writes the next version of a chart. One that says the same is not written.
func (s *Service) Plan(ctx context.Context, a access.Actor, in PlanIn) (err error) {
	defer fault.Wrap(&err, "power.Plan(%s)", in.ID)
	g, err := access.Check(a, needPlan)
	if err != nil {
		return err
	}
	c, said, err := s.Chart(ctx, a, in.ID) // also: does the reader see the issue
	if err != nil {
		return err
	}
	if bad := in.Content.tidy(); len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	now := s.clock.Now()
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), in.Key, "power.plan:"+in.ID, func() (string, error) {
			r, err := chartByID(ctx, tx, in.ID)
			if err != nil {
				return "", err
			}
			if r.Latest != in.Version {
				return "", fault.Clash("power.error.changed")
			}
			for _, o := range in.Content.Others {
				if _, err := officeByID(ctx, tx, o); fault.Is(err, fault.NotFound) || o == r.Office {
					return "", fault.Wrong(fault.At("others", "contact.error.choose"))
				} else if err != nil {
					return "", err
				}
			}
			if len(said) > 0 && c.Latest == r.Latest && len(Changes(said[0].Content, in.Content)) == 0 {
				return "", nil
			}
			r.Latest, r.Changed = r.Latest+1, now
			v := versionRow{n: r.Latest, at: now, role: string(g.Role)}
			if v.sealed, err = s.seal(ctx, chartCell(tx.Org(), r.ID, v.n), in.Content); err != nil {
				return "", err
			}
			if err := addVersion(ctx, tx, r.ID, v); err != nil {
				return "", err
			}
			if err := putChart(ctx, tx, r); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "plan", "strategy", r.ID, "", strconv.FormatInt(r.Latest, 10))
		})
		return err
	})
}

// Private lists the names that paper must not carry: of everybody whose tie is
// shown to the strategy team, whole and in parts. The parts of the names of people
// in office are left: those are public.
func (s *Service) Private(ctx context.Context, a access.Actor) (names []string, err error) {
	list, err := s.Ties(ctx, a, "")
	if err != nil {
		return nil, err
	}
	holders, err := s.All(ctx, a)
	if err != nil {
		return nil, err
	}
	public := map[string]bool{}
	for _, o := range holders {
		for _, word := range strings.Fields(strings.ToLower(o.Name)) {
			public[word] = true
		}
	}
	for _, t := range list {
		if t.Person == "" {
			continue
		}
		names = append(names, t.Name)
		for _, word := range strings.Fields(t.Name) {
			if len([]rune(word)) > 2 && !public[strings.ToLower(word)] {
				names = append(names, word)
			}
		}
	}
	return names, nil
}
