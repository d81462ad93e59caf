// Publications week after week, and an attacker who keeps them all.
package listening

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// attacker sees only what was printed, every week of it, and knows what everybody
// knows: each way of counting adds up to the same total, counts do not fall, the
// team's total is said aloud. It shares no code with the publisher.
type attacker struct {
	lo, hi []int
	sums   [][]int // total first
	of     [][]int
}

const open_ = 1 << 20

func (a *attacker) place(lo, hi int) int {
	a.lo, a.hi, a.of = append(a.lo, lo), append(a.hi, hi), append(a.of, nil)
	return len(a.lo) - 1
}

func (a *attacker) sum(total int, parts ...int) {
	s := append([]int{total}, parts...)
	for _, m := range s {
		a.of[m] = append(a.of[m], len(a.sums))
	}
	a.sums = append(a.sums, s)
}

// narrow subtracts until nothing changes.
func (a *attacker) narrow() {
	for changed := true; changed; {
		changed = false
		for _, s := range a.sums {
			lo, hi := 0, 0
			for _, p := range s[1:] {
				lo, hi = lo+a.lo[p], min(open_, hi+a.hi[p])
			}
			tighten := func(m, low, high int) {
				if low > a.lo[m] {
					a.lo[m], changed = low, true
				}
				if high < a.hi[m] {
					a.hi[m], changed = high, true
				}
			}
			tighten(s[0], lo, hi)
			for _, p := range s[1:] {
				rest := 0
				for _, q := range s[1:] {
					if q != p {
						rest = min(open_, rest+a.hi[q])
					}
				}
				tighten(p, a.lo[s[0]]-rest, a.hi[s[0]]-(lo-a.lo[p]))
			}
		}
	}
}

type hiddenCell struct {
	at, true_ int
	what      string
}

// view is what the attacker makes of a circle's publications.
func view(aud Audience, list []Release, totals bool) (*attacker, []hiddenCell) {
	a := &attacker{}
	var secrets []hiddenCell
	k, round := options(aud).K, max(1, options(aud).Round)
	before := map[string]int{}
	for i, r := range list {
		lo, hi := 0, open_
		if r.Whole {
			lo = r.Total - r.Total%round
			hi = lo + round - 1
		}
		if totals {
			lo, hi = r.Total, r.Total
		}
		total := a.place(lo, hi)
		for _, d := range Dimensions() {
			var parts []int
			for _, v := range slices.Sorted(maps.Keys(r.True[d])) {
				n := r.True[d][v]
				lo, hi := 0, open_
				if r.shown(d, v) {
					lo = n - n%round
					hi = lo + round - 1
				}
				at := a.place(lo, hi)
				if n > 0 && n < k {
					secrets = append(secrets, hiddenCell{at, n, fmt.Sprintf("release %d: %s %q", i+1, d, v)})
				}
				key := string(d) + v
				if was, ok := before[key]; ok {
					step := a.place(0, open_)
					a.sum(at, was, step)
					if grew := n - list[i-1].True[d][v]; grew > 0 && grew < k {
						secrets = append(secrets, hiddenCell{step, grew, fmt.Sprintf("between release %d and %d: %s %q", i, i+1, d, v)})
					}
				}
				before[key] = at
				parts = append(parts, at)
			}
			a.sum(total, parts...)
		}
	}
	return a, secrets
}

func (a *attacker) derived(secrets []hiddenCell, k int) (out []hiddenCell) {
	a.narrow()
	for _, s := range secrets {
		if a.hi[s.at]-a.lo[s.at] < k-1 {
			out = append(out, s)
		}
	}
	return out
}

// weeks makes a campaign of random weeks: a few values, some of them rare.
func weeks(r *rand.Rand, n int) (list []counts, totals []int) {
	now := counts{ByLanguage: {"en": 0, "es": 0, "vi": 0, "ar": 0}, ByNetwork: {"": 0, "n1": 0, "n2": 0, "n3": 0}, ByArea: {"": 0, "a1": 0, "a2": 0},
		ByFormat: {"one_to_one": 0, "house_meeting": 0, "paper": 0}}
	rare := func(d Dimension) string {
		keys := slices.Sorted(maps.Keys(now[d]))
		if r.IntN(3) > 0 {
			return keys[0]
		}
		return keys[r.IntN(len(keys))]
	}
	total := 0
	for range n {
		for range r.IntN(8) {
			people := 1
			if r.IntN(3) == 0 {
				people = 1 + r.IntN(14)
			}
			for _, d := range Dimensions() {
				now[d][rare(d)] += people
			}
			total += people
		}
		copied := counts{}
		for d, m := range now {
			copied[d] = maps.Clone(m)
		}
		list, totals = append(list, copied), append(totals, total)
	}
	return list, totals
}

// published runs a campaign as the service does, week by week, for both circles.
func published(list []counts, totals []int) (team, outside []Release) {
	for i, c := range list {
		if r, ok := publish(Team, team, c, totals[i], nil); ok {
			team = append(team, r)
		}
		if len(team) == 0 {
			continue
		}
		last := team[len(team)-1]
		withheld := map[Dimension][]string{}
		for _, d := range Dimensions() {
			for v := range last.True[d] {
				if !last.shown(d, v) {
					withheld[d] = append(withheld[d], v)
				}
			}
		}
		if r, ok := publish(Outside, outside, last.True, last.Total, withheld); ok {
			outside = append(outside, r)
		}
	}
	return team, outside
}

func TestWeeklyTablesTellNothingTogether(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	end := time.Now().Add(12 * time.Second)
	campaigns, releases, shown, places := 0, 0, 0, 0
	for ; campaigns < 120 && time.Now().Before(end); campaigns++ {
		list, totals := weeks(r, 3+r.IntN(6))
		team, outside := published(list, totals)
		for _, c := range []struct {
			aud  Audience
			list []Release
		}{{Team, team}, {Outside, outside}} {
			a, secrets := view(c.aud, c.list, c.aud == Team)
			if got := a.derived(secrets, options(c.aud).K); len(got) > 0 {
				t.Fatalf("campaign %d, %s: %+v", campaigns, c.aud, got)
			}
			releases += len(c.list)
			for _, x := range c.list {
				for _, d := range Dimensions() {
					shown, places = shown+len(x.Told[d]), places+len(x.True[d])
				}
			}
		}
		// Whoever is in the team also reads what goes out: nothing is shown there that is not shown here.
		for _, o := range outside {
			i := slices.IndexFunc(team, func(x Release) bool { return x.Total == o.Total })
			for _, d := range Dimensions() {
				for _, v := range o.Told[d] {
					if !team[i].shown(d, v) {
						t.Fatalf("outside reads %s %q, the team does not", d, v)
					}
				}
			}
		}
	}
	t.Logf("%d campaigns, %d releases, %d of %d numbers shown", campaigns, releases, shown, places)
	if shown*8 < places {
		t.Errorf("only %d of %d numbers are left: too much is hidden to be of use", shown, places)
	}
}

// Without the memory of earlier publications the attacker wins: it can see.
func TestTheAttackerCanSee(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	broken, tried := 0, 0
	for range 40 {
		list, totals := weeks(r, 4)
		var team []Release
		for i, c := range list {
			if x, ok := publish(Team, nil, c, totals[i], nil); ok { // forgets what it told
				team = append(team, x)
			}
		}
		a, secrets := view(Team, team, true)
		if len(team) > 1 && len(secrets) > 0 {
			tried++
			if len(a.derived(secrets, KTeam)) > 0 {
				broken++
			}
		}
	}
	t.Logf("broke %d of %d", broken, tried)
	if broken*3 < tried {
		t.Errorf("the attacker broke only %d of %d: it is too weak to prove anything", broken, tried)
	}
}

// S-04 at week 4: 93 heard, 6 % of them in Vietnamese, 15 % were planned.
func TestCoverageAtWeekFour(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		w.later(21)
		w.heard(c, OneToOne, "en", 47)
		w.heard(c, HouseMeeting, "es", 26)
		w.heard(c, Paper, "es", 14)
		w.heard(c, HouseMeeting, "vi", 6)
		b, err := w.s.Board(w.ctx, ana, c)
		w.must(err)
		if b.Heard != 93 || b.OneToOnes != 47 || b.Meetings != 3 || b.Weeks[3] != 93 || !b.MidpointNow(w.clock.Now()) {
			t.Errorf("%d heard, %d one-to-ones, %d meetings, weeks %v", b.Heard, b.OneToOnes, b.Meetings, b.Weeks)
		}
		line := func(lang string) Line {
			i := slices.IndexFunc(b.Lines[ByLanguage], func(l Line) bool { return l.Value == lang })
			return b.Lines[ByLanguage][i]
		}
		if vi := line("vi"); vi.Standing != Below || vi.Heard.N != 6 || !vi.HasShare || vi.Share > 0.065 || vi.Share < 0.064 {
			t.Errorf("Vietnamese: %+v", vi)
		}
		if es := line("es"); es.Standing != OnPlan || es.Heard.N != 40 {
			t.Errorf("Spanish: %+v", es)
		}
		if len(b.Missing) != 1 || b.Missing[0].Value != "vi" {
			t.Errorf("missing: %+v", b.Missing)
		}
		out, err := w.s.Coverage(w.ctx, ruth, c)
		w.must(err)
		for _, d := range Dimensions() {
			for _, l := range out.Lines[d] {
				if l.Heard.Shown && l.Heard.N > 0 && (l.Heard.N < 10 || l.Heard.N%5 != 0) {
					t.Errorf("outside reads %s %q: %d", d, l.Value, l.Heard.N)
				}
			}
		}
		if out.Lines[ByLanguage][2].Heard.Shown {
			t.Error("six people are told outside")
		}
		// moving two listeners is the change
		list, err := w.s.Listeners(w.ctx, ana, c)
		w.must(err)
		w.must(w.s.CheckMidpoint(w.ctx, ana, MidpointIn{Campaign: c, Moves: []ListenerIn{{ID: list[0].ID, Language: "vi"}}, Note: "Two of us go to the temple.", Key: w.key()}))
		if b, err = w.s.Board(w.ctx, ana, c); err != nil || b.State != Checked || b.Midpoint == nil || b.Midpoint.Heard != 93 || len(b.Midpoint.Changes) != 1 || b.Midpoint.Changes[0].Kind != MovedListeners {
			t.Errorf("%+v, %v", b.Midpoint, err)
		}
		// the next day's three people do not come out before enough others did
		w.later(7)
		w.heard(c, HouseMeeting, "vi", 3)
		b, err = w.s.Board(w.ctx, ana, c)
		w.must(err)
		if line("vi").Heard.N != 6 || b.Heard != 96 {
			t.Errorf("%+v, %d", line("vi"), b.Heard)
		}
	})
}
