// Adding up: every person once, every number under one institution, and never a
// person compared with another.
package turnout

import (
	"cmp"
	"slices"
)

// Numbers is the way from a goal to people in a room.
type Numbers struct{ Goal, Asked, Yes, Confirmed, Attended int }

func (n Numbers) plus(o Numbers) Numbers {
	return Numbers{n.Goal + o.Goal, n.Asked + o.Asked, n.Yes + o.Yes, n.Confirmed + o.Confirmed, n.Attended + o.Attended}
}

// numbers counts one person who was asked. Who came without having said so before
// is no promise.
func (k Ask) numbers() Numbers {
	n := Numbers{Asked: 1}
	if k.Answer == Yes {
		n.Yes = 1
		if k.Confirmed {
			n.Confirmed = 1
		}
	}
	if k.Present {
		n.Attended = 1
	}
	return n
}

// Body is an institution's part, or that of people who come with none.
type Body struct {
	Institution string
	Numbers
	Named int // how many of the promised have a name here
	Roll  int // captain's count; -1 before
}

// Sums is a turnout in numbers. Bodies are in the order of their ids.
type Sums struct {
	Total  Numbers
	Bodies []Body
}

// Sum adds up. asks hold every person once. What an institution says of itself is
// all its people, so the larger of that and of who is known by name counts; what a
// person says beside their list is added to it.
func Sum(goal int, shares []Share, asks []Ask, counts []Count) Sums {
	known, said, roll, named := map[string]Numbers{}, map[string]Numbers{}, map[string]int{}, map[string]int{}
	seen := map[string]bool{}
	for _, k := range asks {
		seen[k.Institution] = true
		known[k.Institution] = known[k.Institution].plus(k.numbers())
		if k.Answer == Yes {
			named[k.Institution]++
		}
	}
	for _, c := range counts {
		seen[c.Institution] = true
		known[c.Institution] = known[c.Institution].plus(Numbers{Asked: c.Asked, Yes: c.Yes, Confirmed: c.Confirmed, Attended: max(0, c.Attended)})
	}
	for _, s := range shares {
		seen[s.Institution] = true
		n := Numbers{Goal: s.Goal, Asked: s.Asked, Yes: s.Yes, Confirmed: s.Confirmed}
		if s.Person == "" {
			said[s.Institution], roll[s.Institution] = n, s.Roll+1
		} else {
			known[s.Institution] = known[s.Institution].plus(n)
		}
	}
	out := Sums{Total: Numbers{Goal: goal}}
	for i := range seen {
		k, s := known[i], said[i]
		b := Body{Institution: i, Named: named[i], Roll: roll[i] - 1, Numbers: Numbers{Goal: max(k.Goal, s.Goal), Asked: max(k.Asked, s.Asked), Yes: max(k.Yes, s.Yes), Confirmed: max(k.Confirmed, s.Confirmed), Attended: k.Attended}}
		out.Bodies = append(out.Bodies, b)
		n := b.Numbers
		n.Goal = 0
		out.Total = out.Total.plus(n)
	}
	slices.SortFunc(out.Bodies, func(a, b Body) int { return cmp.Compare(a.Institution, b.Institution) })
	return out
}

// Branch lists whom somebody asked, and whom those asked, without themself. A
// circle ends where it closes.
func Branch(asks []Ask, root string) (out []string) {
	by := map[string][]string{}
	for _, k := range asks {
		by[k.By] = append(by[k.By], k.Person)
	}
	seen, next := map[string]bool{root: true}, []string{root}
	for len(next) > 0 {
		p := next[0]
		next = next[1:]
		for _, child := range by[p] {
			if p != "" && !seen[child] {
				seen[child] = true
				out, next = append(out, child), append(next, child)
			}
		}
	}
	return out
}

// OfBranch adds up somebody's branch: the people in it and the numbers without
// names of everybody in it, themself included.
func OfBranch(shares []Share, asks []Ask, root string) (n Numbers) {
	in := map[string]bool{root: true}
	for _, p := range Branch(asks, root) {
		in[p] = true
	}
	for _, k := range asks {
		if in[k.Person] && k.Person != root {
			n = n.plus(k.numbers())
		}
	}
	for _, s := range shares {
		if s.Person != "" && in[s.Person] {
			n = n.plus(Numbers{Asked: s.Asked, Yes: s.Yes, Confirmed: s.Confirmed})
		}
		if s.Person == root {
			n.Goal += s.Goal
		}
	}
	return n
}

// once leaves one entry of every person: root says who they are now, for people who
// were written down twice. What is further along stands; a try is a try.
func once(asks []Ask, root func(string) string) []Ask {
	out, at := asks[:0:0], map[string]int{}
	for _, k := range asks {
		k.Person = root(k.Person)
		if k.By = root(k.By); k.By == k.Person {
			k.By = "" // they were merged with who asked them
		}
		i, twice := at[k.Person]
		if !twice {
			at[k.Person] = len(out)
			out = append(out, k)
			continue
		}
		old := out[i]
		if k.rank() > old.rank() {
			old, k = k, old
		}
		old.Tries += k.Tries
		old.By, old.Institution = cmp.Or(old.By, k.By), cmp.Or(old.Institution, k.Institution)
		out[i] = old
	}
	return out
}

// shareOnce joins what one person undertook under two entries.
func shareOnce(shares []Share, root func(string) string) []Share {
	type key struct{ institution, person string }
	out, at := shares[:0:0], map[key]int{}
	for _, s := range shares {
		s.Person = root(s.Person)
		k := key{s.Institution, s.Person}
		if i, twice := at[k]; twice {
			o := &out[i]
			o.Goal, o.Asked, o.Yes, o.Confirmed = o.Goal+s.Goal, o.Asked+s.Asked, o.Yes+s.Yes, o.Confirmed+s.Confirmed
			continue
		}
		at[k] = len(out)
		out = append(out, s)
	}
	return out
}

// smallest is the number of promises below which a share of them says more about
// people than about an institution.
const smallest = 11

// Reliability is how many of those an institution promised came, over its events.
type Reliability struct {
	Institution       string
	Events            int
	Promised, Present int
}

// Share is present ÷ promised in percent; ok is false when nothing was promised.
func (r Reliability) Share() (percent int, ok bool) {
	if r.Promised <= 0 {
		return 0, false
	}
	return (r.Present*100 + r.Promised/2) / r.Promised, true
}

// Shown reports whether it may leave the room: not what is made of a few people,
// on either side of the share.
func (r Reliability) Shown() bool {
	missing := r.Promised - r.Present
	return r.Promised >= smallest && (r.Present == 0 || r.Present >= smallest) && (missing <= 0 || missing >= smallest)
}
