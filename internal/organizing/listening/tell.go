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

// atLeast is the number of a theme made of these lines that holds for sure and
// tells of no line below k. Small lines count only together, and never so high that
// each of them could be worked out: of m lines below k, all that is said is a sum
// that leaves every single one free to be anything from 0 to k-1.
func atLeast(lines []Raw, k int) int {
	var big []Raw
	small, m := 0, 0
	rest := []Raw{}
	for _, r := range lines {
		if r.sum() >= k {
			big = append(big, r)
		} else if r.sum() > 0 {
			rest, m = append(rest, r), m+1
		}
	}
	n := together(big)
	if m > 0 {
		small = min(together(append(big, rest...))-n, (m-1)*(k-1))
	}
	if small < k {
		small = 0
	}
	return n + small
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
