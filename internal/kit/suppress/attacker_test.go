package suppress

// The attacker of the tests. It shares no code with the auditor: it sees only
// what is printed, writes down what everybody knows (totals add up, stages do not
// grow), and searches whole numbers.

const none = 1 << 20 // no upper end

// view is a published report as equations: total = parts, over numbered places.
type view struct {
	lo, hi []int
	eq     [][]int // total first
	of     [][]int
}

func (v *view) place(c Count, round int) int {
	lo, hi := 0, none
	if c.Shown {
		lo, hi = c.N, c.N+max(round, 1)-1
	}
	v.lo, v.hi, v.of = append(v.lo, lo), append(v.hi, hi), append(v.of, nil)
	return len(v.lo) - 1
}

func (v *view) sum(total int, parts ...int) {
	e := append([]int{total}, parts...)
	for _, m := range e {
		v.of[m] = append(v.of[m], len(v.eq))
	}
	v.eq = append(v.eq, e)
}

// atLeast adds the difference as a place of its own and returns it.
func (v *view) atLeast(a, b int) int {
	d := v.place(Count{}, 0)
	v.sum(a, b, d)
	return d
}

// narrow subtracts until nothing changes; false means impossible.
func (v *view) narrow(lo, hi []int) bool {
	for changed := true; changed; {
		changed = false
		for _, e := range v.eq {
			// 0 = total - parts
			for _, m := range e {
				a, b := 0, 0
				for _, x := range e {
					if x == m {
						continue
					}
					if x == e[0] {
						a, b = a+lo[x], b+hi[x]
					} else if m == e[0] {
						a, b = a+lo[x], b+hi[x]
					} else {
						a, b = a-hi[x], b-lo[x]
					}
				}
				if a > lo[m] {
					lo[m], changed = a, true
				}
				if b < hi[m] {
					hi[m], changed = b, true
				}
				if lo[m] > hi[m] {
					return false
				}
			}
		}
	}
	return true
}

// exact finds the true range of a place, up to none, by search. steps bounds the
// work; when it runs out the range found so far (too wide) is returned.
func (v *view) exact(at int, enough int) (int, int) {
	lo, hi := append([]int(nil), v.lo...), append([]int(nil), v.hi...)
	if !v.narrow(lo, hi) {
		panic("the published report contradicts itself")
	}
	low, high := lo[at], hi[at]
	steps := 4000
	for low <= high && !v.possible(lo, hi, at, low, &steps) {
		low++
	}
	for high = min(high, low+enough+1); high > low && !v.possible(lo, hi, at, high, &steps); {
		high--
	}
	return low, high
}

func (v *view) possible(lo, hi []int, at, value int, steps *int) bool {
	l, h := append([]int(nil), lo...), append([]int(nil), hi...)
	l[at], h[at] = value, value
	return v.search(l, h, steps)
}

func (v *view) search(lo, hi []int, steps *int) bool {
	if *steps--; *steps < 0 {
		return true
	}
	if !v.narrow(lo, hi) {
		return false
	}
	at := -1
	for i := range lo {
		if lo[i] < hi[i] && (at < 0 || hi[i]-lo[i] < hi[at]-lo[at]) {
			at = i
		}
	}
	if at < 0 {
		return true
	}
	for value := lo[at]; value <= min(hi[at], lo[at]+40); value++ {
		l, h := append([]int(nil), lo...), append([]int(nil), hi...)
		l[at], h[at] = value, value
		if v.search(l, h, steps) {
			return true
		}
	}
	return false
}

// secret is a place and the true small count behind it.
type secret struct{ at, value int }

// derived lists the secrets that subtraction narrows below k values.
func (v *view) derived(secrets []secret, k int) []secret {
	lo, hi := append([]int(nil), v.lo...), append([]int(nil), v.hi...)
	if !v.narrow(lo, hi) {
		panic("the published report contradicts itself")
	}
	var out []secret
	for _, s := range secrets {
		if hi[s.at]-lo[s.at] < k-1 {
			out = append(out, s)
		}
	}
	return out
}

// derivedExactly does the same by search.
func (v *view) derivedExactly(secrets []secret, k int) []secret {
	var out []secret
	for _, s := range secrets {
		if lo, hi := v.exact(s.at, k); hi-lo < k-1 {
			out = append(out, s)
		}
	}
	return out
}

// tableView turns a published table into what an attacker knows.
func tableView(t Table, counts [][]int, o Options) (*view, []secret) {
	v := &view{}
	var secrets []secret
	put := func(c Count, n int) int {
		at := v.place(c, o.Round)
		if n < K && (n > 0 || !o.ShowZeros) {
			secrets = append(secrets, secret{at, n})
		}
		return at
	}
	grand := 0
	rows, cols := make([]int, len(t.Rows)), make([]int, len(t.Columns))
	at := make([][]int, len(t.Cells))
	for i, line := range t.Cells {
		for j, c := range line {
			at[i] = append(at[i], put(c, counts[i][j]))
			rows[i] += counts[i][j]
			cols[j] += counts[i][j]
			grand += counts[i][j]
		}
	}
	var rowAt, colAt []int
	for i, c := range t.Rows {
		r := put(c, rows[i])
		v.sum(r, at[i]...)
		rowAt = append(rowAt, r)
	}
	for j, c := range t.Columns {
		r := put(c, cols[j])
		var parts []int
		for i := range at {
			parts = append(parts, at[i][j])
		}
		v.sum(r, parts...)
		colAt = append(colAt, r)
	}
	g := put(t.Total, grand)
	v.sum(g, rowAt...)
	v.sum(g, colAt...)
	return v, secrets
}

// funnelView does it for a funnel; with DropOffs the small steps are secrets too.
func funnelView(f Funnel, counts [][]int, o Options) (*view, []secret) {
	v := &view{}
	var secrets []secret
	chain := func(steps []Step, ns []int) []int {
		var out []int
		for k, s := range steps {
			at := v.place(s.Count, o.Round)
			if ns[k] < K && (ns[k] > 0 || !o.ShowZeros) {
				secrets = append(secrets, secret{at, ns[k]})
			}
			if k > 0 {
				d := v.atLeast(out[k-1], at)
				if drop := ns[k-1] - ns[k]; o.DropOffs && drop > 0 && drop < K {
					secrets = append(secrets, secret{d, drop})
				}
			}
			out = append(out, at)
		}
		return out
	}
	sums := make([]int, len(f.Total))
	var groups [][]int
	for i, g := range f.Groups {
		groups = append(groups, chain(g, counts[i]))
		for k, n := range counts[i] {
			sums[k] += n
		}
	}
	for k, t := range chain(f.Total, sums) {
		var parts []int
		for _, g := range groups {
			parts = append(parts, g[k])
		}
		v.sum(t, parts...)
	}
	return v, secrets
}
