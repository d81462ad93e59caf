// Conversations with known groups, for tests, benchmarks and the demo.

package opinion

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Ballot is one vote of one person on one statement.
type Ballot struct {
	Person, Statement string
	Vote              Vote
}

// Invention describes a conversation that never took place, for tests,
// measurements and demonstrations.
type Invention struct {
	People, Statements, Groups int
	Votes                      int // about how many in all; a few people cast most of them
	Seed                       uint64
}

// Invent returns its votes, person by person, and the group of each person. As
// in real conversations, early statements are seen more often, about one vote in
// eight is a pass, and a third of the statements divide nobody.
func (v Invention) Invent() (votes []Ballot, groups map[string]int) {
	r := rand.New(rand.NewPCG(v.Seed, 0x09111095))
	stance := make([][]float64, v.Groups) // chance to agree
	for g := range stance {
		stance[g] = make([]float64, v.Statements)
	}
	for s := range v.Statements {
		shared := 0.1 + 0.8*r.Float64()
		divides := r.IntN(3) > 0
		for g := range stance {
			if stance[g][s] = shared; divides {
				stance[g][s] = 0.08 + 0.84*float64(r.IntN(2))
			}
		}
	}
	groups = map[string]int{}
	mean := float64(v.Votes) / float64(max(v.People, 1))
	seen := make([]bool, v.Statements)
	for p := range v.People {
		g := r.IntN(v.Groups)
		person := fmt.Sprintf("p%07d", p)
		groups[person] = g
		n := min(v.Statements, 1+int(mean*0.55*math.Pow(1-r.Float64(), -0.45)))
		for s := range seen {
			seen[s] = false
		}
		for range n {
			s := int(float64(v.Statements) * math.Pow(r.Float64(), 1.25))
			for seen[s] {
				s = (s + 1) % v.Statements
			}
			seen[s] = true
			b := Ballot{person, fmt.Sprintf("s%05d", s), Disagree}
			switch {
			case r.IntN(8) == 0:
				b.Vote = Pass
			case r.Float64() < stance[g][s]:
				b.Vote = Agree
			}
			votes = append(votes, b)
		}
	}
	return votes, groups
}
