// What may be told: by indicator, for two circles of readers, after everything that
// was told before.
package report

import (
	"maps"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/suppress"
)

// Circle is a circle of readers. Whoever is in the team may also read what goes
// outside: nothing is shown there that is not shown here.
type Circle string

const (
	Team    Circle = "team"    // organizers and leaders
	Outside Circle = "outside" // the clinic's leaders, funders, everybody else
)

// Thresholds of the circles. Surveys of the clinic's own staff keep the outer one
// everywhere: their readers are their colleagues.
const (
	KTeam    = 5
	KOutside = suppress.K
	rounding = 5
)

// options of an indicator for a circle. In the team a zero is shown: it is what the
// next months are for. Outside it looks like any other small number.
func (d Def) options(c Circle) suppress.Options {
	if c == Team && d.About != Staff {
		return suppress.Options{K: KTeam, DropOffs: true, ShowZeros: true}
	}
	return suppress.Options{K: KOutside, Round: rounding, DropOffs: true}
}

// The counts of a figure are named: "n" how many, "d" of how many, "n/x" how many of
// the kind x.
const (
	keyN = "n"
	keyD = "d"
)

func keyPart(code string) string { return keyN + "/" + code }

// Figure is an indicator in one period: the true counts, which stay sealed, and
// which of them were told to whom.
type Figure struct {
	Have    bool                     `json:"have"`    // somebody counted it
	Missing int                      `json:"missing"` // what should have been counted and could not be
	Codes   []string                 `json:"codes,omitempty"`
	True    map[string]int           `json:"true,omitempty"`
	Months  map[Month]map[string]int `json:"months,omitempty"` // of a flow
	Told    map[Circle][]string      `json:"told,omitempty"`
	Held    bool                     `json:"held,omitempty"` // told to nobody, because of what was told before
}

// Shown reports whether a count may be read in a circle.
func (f Figure) Shown(c Circle, key string) bool { return slices.Contains(f.Told[c], key) }

// Cell is a count as it may be read.
type Cell struct {
	N     int
	Shown bool
}

// Read is a count of a figure for a circle, rounded as it was told.
func (d Def) Read(f Figure, c Circle, key string) Cell {
	if !f.Shown(c, key) {
		return Cell{}
	}
	n := f.True[key]
	if o := d.options(c); d.About != Things && d.Kind != Given && o.Round > 1 {
		n -= n % o.Round
	}
	return Cell{n, true}
}

// Percent is the share of n in d, when both are told, reach the threshold, and the
// base reaches suppress.MinDenominator: it tells nothing new.
func (d Def) Percent(f Figure, c Circle, key string) (share float64, ok bool) {
	of := keyD
	if d.Shape == Split {
		of = keyN
	}
	a, b := d.Read(f, c, key), d.Read(f, c, of)
	least := d.options(c).K
	if d.About == Things {
		least = 0
	}
	if !a.Shown || !b.Shown || f.True[key] < least || f.True[of] < suppress.MinDenominator || b.N == 0 {
		return 0, false
	}
	return float64(a.N) / float64(b.N), true
}

// Release is everything that came out of one period.
type Release struct {
	No     int
	Period Period
	At     time.Time
	Kept
}

// Kept is what lies sealed of a release.
type Kept struct {
	By    map[string]Figure `json:"by"`
	Waves []Wave            `json:"waves,omitempty"`
}

// step is one figure among those of all releases.
type step struct {
	Period Period
	Figure Figure
}

// steps are the earlier figures of an indicator.
func steps(history []Release, id string) (out []step) {
	for _, r := range history {
		if f, ok := r.By[id]; ok && f.Have {
			out = append(out, step{r.Period, f})
		}
	}
	return out
}

// settle replaces what was counted now by what was told of it before: a month that
// came out stays as it came out, whatever is written down later.
func (d Def) settle(before []step, p Period, f Figure) Figure {
	switch d.Kind {
	case Flow:
		months := map[Month]map[string]int{}
		for _, m := range p.Months() {
			months[m] = f.Months[m]
			for _, b := range before {
				if old, ok := b.Figure.Months[m]; ok {
					months[m] = old
					break
				}
			}
		}
		f.Months, f.True = months, map[string]int{}
		codes := map[string]bool{}
		for _, keys := range months {
			for k, n := range keys {
				f.True[k] += n
				if code, part := strings.CutPrefix(k, keyN+"/"); part {
					codes[code] = true
				}
			}
		}
		for _, c := range f.Codes {
			delete(codes, c)
		}
		f.Codes = append(slices.Clone(f.Codes), slices.Sorted(maps.Keys(codes))...)
	case Stock, Distinct:
		for _, b := range before {
			same := b.Period == p || d.Kind == Stock && b.Period.Last() == p.Last()
			if same {
				f.True, f.Codes, f.Missing = b.Figure.True, b.Figure.Codes, b.Figure.Missing
				break
			}
		}
	}
	return f
}

// publish decides what of a figure is told, first in the team and then, of that,
// outside.
func (d Def) publish(before []step, p Period, f Figure) Figure {
	f = d.settle(before, p, f)
	f.Told = map[Circle][]string{}
	if !f.Have {
		return f
	}
	if d.Kind == Given || d.About == Things {
		all := slices.Sorted(maps.Keys(f.True))
		f.Told[Team], f.Told[Outside] = all, all
		return f
	}
	for _, c := range []Circle{Team, Outside} {
		told, ok := d.told(before, step{p, f}, c)
		if !ok {
			f.Held = true
			return f
		}
		f.Told[c] = told
	}
	return f
}

// told is what a circle may read of the last figure.
func (d Def) told(before []step, now step, c Circle) ([]string, bool) {
	s := suppress.NewSet(d.options(c))
	all := append(slices.Clone(before), now)
	var nodes []map[string]suppress.Ref
	if d.Kind == Flow {
		nodes = d.flow(s, all)
	} else {
		nodes = d.standing(s, all)
	}
	last := len(all) - 1
	mine := map[suppress.Ref]bool{}
	for _, ref := range nodes[last] {
		mine[ref] = true
	}
	for i, n := range nodes {
		for key, ref := range n {
			switch {
			case i < last && all[i].Figure.Shown(c, key):
				s.Told(ref)
			case i < last && !mine[ref], i == last && c == Outside && !now.Figure.Shown(Team, key):
				s.Withhold(ref)
			}
		}
	}
	p := s.Publish()
	if !p.Proven() {
		return nil, false
	}
	var out []string
	for key, ref := range nodes[last] {
		if p.Count(ref).Shown {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out, true
}

// keys are the counts a figure of this shape has.
func (d Def) keys(all []step) (parts []string) {
	seen := map[string]bool{}
	for _, x := range all {
		for _, code := range x.Figure.Codes {
			if d.Shape == Split && !seen[code] {
				seen[code] = true
				parts = append(parts, code)
			}
		}
	}
	return parts
}

// one puts the counts of one figure into a set: kinds and their total, or a number
// and what it is of.
func (d Def) one(s *suppress.Set, counts map[string]int, parts []string) map[string]suppress.Ref {
	n := map[string]suppress.Ref{}
	if d.Shape == Split {
		var refs []suppress.Ref
		for _, code := range parts {
			n[keyPart(code)] = s.Count(counts[keyPart(code)])
			refs = append(refs, n[keyPart(code)])
		}
		n[keyN] = s.Total(refs...)
		return n
	}
	n[keyN] = s.Count(counts[keyN])
	if d.Shape == Share {
		n[keyD] = s.Count(counts[keyD])
		s.AtLeast(n[keyD], n[keyN])
	}
	return n
}

// flow builds every month that ever came out, alone or in a longer period, and the
// periods as their sums.
func (d Def) flow(s *suppress.Set, all []step) []map[string]suppress.Ref {
	parts := d.keys(all)
	months := map[Month]map[string]suppress.Ref{}
	alone := map[Month]bool{}
	for _, x := range all {
		for _, m := range x.Period.Months() {
			if months[m] == nil {
				months[m] = d.one(s, x.Figure.Months[m], parts)
			}
		}
		if x.Period.N == 1 {
			alone[x.Period.From] = true
		}
	}
	for _, m := range slices.Sorted(maps.Keys(months)) {
		for _, ref := range months[m] {
			if !alone[m] {
				s.Withhold(ref)
			}
		}
	}
	out := make([]map[string]suppress.Ref, len(all))
	for i, x := range all {
		if x.Period.N == 1 {
			out[i] = months[x.Period.From]
			continue
		}
		out[i] = map[string]suppress.Ref{}
		var kinds []suppress.Ref
		for _, key := range d.names(parts) {
			var refs []suppress.Ref
			for _, m := range x.Period.Months() {
				refs = append(refs, months[m][key])
			}
			out[i][key] = s.Total(refs...)
			if key != keyN && key != keyD {
				kinds = append(kinds, out[i][key])
			}
		}
		if len(kinds) > 0 {
			s.Same(out[i][keyN], kinds...)
		}
		if d.Shape == Share {
			s.AtLeast(out[i][keyD], out[i][keyN])
		}
	}
	return out
}

// names are the counts of a figure in order.
func (d Def) names(parts []string) (out []string) {
	for _, code := range parts {
		out = append(out, keyPart(code))
	}
	out = append(out, keyN)
	if d.Shape == Share {
		out = append(out, keyD)
	}
	return out
}

// standing builds figures that do not add up over time. People of a month are people
// of its quarter, too, and a quarter has no more than its months together.
func (d Def) standing(s *suppress.Set, all []step) []map[string]suppress.Ref {
	parts := d.keys(all)
	out := make([]map[string]suppress.Ref, len(all))
	for i, x := range all {
		for j := range i {
			same := all[j].Period == x.Period || d.Kind == Stock && all[j].Period.Last() == x.Period.Last()
			if same {
				out[i] = out[j]
				break
			}
		}
		if out[i] == nil {
			out[i] = d.one(s, x.Figure.True, parts)
		}
	}
	if d.Kind != Distinct {
		return out
	}
	for i, x := range all {
		for j, y := range all {
			if y.Period.Within(x.Period) {
				for key, ref := range out[i] {
					s.AtLeast(ref, out[j][key])
				}
			}
		}
		for _, n := range []int{1, 3} {
			tiles := tiles(all, x.Period, n)
			if len(tiles) < 2 {
				continue
			}
			for key, ref := range out[i] {
				var refs []suppress.Ref
				sum := 0
				for _, j := range tiles {
					refs, sum = append(refs, out[j][key]), sum+all[j].Figure.True[key]
				}
				more := sum - x.Figure.True[key]
				if more < 0 {
					continue
				}
				together, again := s.Total(refs...), s.Count(more) // who came in several of them
				s.Withhold(together)
				s.Withhold(again)
				s.Same(together, ref, again)
			}
		}
	}
	return out
}

// tiles are the releases of n months that together are a longer period; none when
// one is missing.
func tiles(all []step, p Period, n int) (out []int) {
	if n >= p.N {
		return nil
	}
	for from := p.From; from <= p.Last(); from += Month(n) {
		i := slices.IndexFunc(all, func(x step) bool { return x.Period == Period{from, n} })
		if i < 0 {
			return nil
		}
		out = append(out, i)
	}
	return out
}
