// Which number of a theme may be told. A theme is made of words from reports; a
// few people said some of them. Whoever joins and parts themes and compares the
// numbers must not learn how many said a rare thing.
package listening

// Thresholds of published counts: inside the team, and outside.
const (
	KTeam    = 5
	KOutside = 11
)

// Raw is one line of reports inside a theme: how many people said it in which session.
type Raw map[string]int // session → people

func (r Raw) sum() (n int) {
	for _, v := range r {
		n += v
	}
	return n
}

// together is how many people, at least, said one of these things: in a session
// where several were said it may have been the same people.
func together(list []Raw) int {
	most := map[string]int{}
	for _, r := range list {
		for session, n := range r {
			most[session] = max(most[session], n)
		}
	}
	return Raw(most).sum()
}

// split parts lines into those that k people or more said, and the rare ones.
func split(lines []Raw, k int) (big, rare []Raw) {
	for _, r := range lines {
		switch n := r.sum(); {
		case n >= k:
			big = append(big, r)
		case n > 0:
			rare = append(rare, r)
		}
	}
	return big, rare
}

// common is how many people at least said the rare things of one theme, without
// telling of any single one: from the number shown, each of the m lines can still be
// anything from 1 to k-1. So it is never higher than m-1 of them could explain, and
// it is not shown while all of them might be as small as can be.
func common(lines []Raw, k int) int {
	big, rare := split(lines, k)
	m := len(rare)
	n := together(append(big, rare...)) - together(big)
	if n < m+k-2 {
		return 0
	}
	if n = min(n, (m-1)*(k-1)+1); n < k {
		return 0
	}
	return n
}

// tell is what may be shown next of a series whose last told number is told (0:
// none was): a step of less than k people is never shown, up or down.
func tell(n, told, k int) int {
	switch {
	case n < k:
		return 0
	case told == 0 || n-told >= k || told-n >= k || n == told:
		return n
	case n > told:
		return told
	case told-k >= k:
		return told - k // still true, and says nothing new
	}
	return 0
}
