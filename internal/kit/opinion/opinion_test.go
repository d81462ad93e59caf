package opinion

// What is promised of every conversation: the same map from the same votes in
// whatever order, exact directions, planted groups found, small groups unseen.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

func cast(o Options, votes []Ballot) *Conversation {
	c := New(o)
	for _, v := range votes {
		c.Cast(v.Person, v.Statement, v.Vote)
	}
	return c
}

// anyVotes draws a small conversation, one vote per person and statement.
func anyVotes(t *rapid.T) []Ballot {
	people, statements := rapid.IntRange(0, 40).Draw(t, "people"), rapid.IntRange(1, 14).Draw(t, "statements")
	var votes []Ballot
	for p := range people {
		for s := range statements {
			if v := rapid.IntRange(-1, 3).Draw(t, "vote"); v < 2 {
				votes = append(votes, Ballot{fmt.Sprintf("p%02d", p), fmt.Sprintf("s%02d", s), Vote(v)})
			}
		}
	}
	return votes
}

var planted = Invention{People: 300, Statements: 40, Groups: 3, Votes: 9000, Seed: 7}

func TestPlantedGroupsAreFound(t *testing.T) {
	for seed := range uint64(5) {
		v := planted
		v.Seed = seed
		votes, truth := v.Invent()
		r := cast(Options{}, votes).Result()
		var found, meant []int
		for _, p := range r.People {
			if p.Group != NoGroup && p.Votes >= 14 {
				found, meant = append(found, p.Group), append(meant, truth[p.Person])
			}
		}
		if r.K != 3 || len(r.Groups) != 3 {
			t.Errorf("seed %d: %d groups, silhouettes %.3f", seed, r.K, r.Silhouette)
		}
		if ari := adjustedRand(found, meant); ari < 0.9 {
			t.Errorf("seed %d: adjusted Rand index %.3f", seed, ari)
		}
		for n, g := range r.Groups {
			if len(g.For) != 5 {
				t.Errorf("seed %d: group %d stands for %d statements", seed, n, len(g.For))
			}
		}
	}
}

func TestOrderOfVotesDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		votes := anyVotes(t)
		a := cast(Options{MinGroup: 2, MinVotes: 3}, votes)
		b := cast(Options{MinGroup: 2, MinVotes: 3}, rapid.Permutation(votes).Draw(t, "order"))
		out := fmt.Sprintf("s%02d", rapid.IntRange(0, 13).Draw(t, "out"))
		a.Moderate(out, true)
		b.Moderate(out, true)
		if x, y := a.Result(), b.Result(); !reflect.DeepEqual(x, y) {
			t.Fatalf("%+v\n%+v", x, y)
		}
	})
}

func TestLastVoteWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		votes := anyVotes(t)
		a, b := New(Options{MinGroup: 2, MinVotes: 3}), cast(Options{MinGroup: 2, MinVotes: 3}, votes)
		for _, v := range votes {
			a.Cast(v.Person, v.Statement, Vote(rapid.IntRange(-1, 1).Draw(t, "before")))
		}
		for _, v := range votes {
			a.Cast(v.Person, v.Statement, v.Vote)
		}
		if x, y := a.Result(), b.Result(); !reflect.DeepEqual(x, y) {
			t.Fatalf("%+v\n%+v", x, y)
		}
	})
}

// However the votes come in, and however often the map is asked for between,
// the last map is that of all votes at once.
func TestBatchesEndAtTheSameMap(t *testing.T) {
	votes, _ := planted.Invent()
	cold := cast(Options{}, votes).Result()
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		order := r.Perm(len(votes))
		c := New(Options{})
		for n, i := range order {
			c.Cast(votes[i].Person, votes[i].Statement, votes[i].Vote)
			if n%1500 == 700 {
				c.Result()
			}
		}
		sameMap(t, c.Result(), cold)
		if c.Result(); c.lastK != cold.K {
			t.Fatalf("%d groups", c.lastK)
		}
		tick := c.Tick()
		tick.Silhouette = cold.Silhouette
		sameMap(t, tick, cold)
	})
}

// sameMap compares everything but what depends on the way to it.
func sameMap(t interface{ Fatalf(string, ...any) }, a, b Result) {
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-6 }
	if a.K != b.K || a.NotShown != b.NotShown || len(a.People) != len(b.People) {
		t.Fatalf("%d groups of %d people, want %d of %d", a.K, len(a.People), b.K, len(b.People))
	}
	for i, p := range a.People {
		q := b.People[i]
		if p.Person != q.Person || p.Group != q.Group || p.Votes != q.Votes || !near(p.X, q.X) || !near(p.Y, q.Y) {
			t.Fatalf("%+v, want %+v", p, q)
		}
	}
	for j, s := range a.Statements {
		w := b.Statements[j]
		if !near(s.Direction[0], w.Direction[0]) || !near(s.Direction[1], w.Direction[1]) || s.Consensus != w.Consensus || s.Of != w.Of {
			t.Fatalf("%+v, want %+v", s, w)
		}
	}
	for n := range a.Groups {
		if !reflect.DeepEqual(a.Groups[n].For, b.Groups[n].For) {
			t.Fatalf("%+v, want %+v", a.Groups[n].For, b.Groups[n].For)
		}
	}
	if !reflect.DeepEqual(a.Agree, b.Agree) || !reflect.DeepEqual(a.Disagree, b.Disagree) {
		t.Fatalf("%+v %+v, want %+v %+v", a.Agree, a.Disagree, b.Agree, b.Disagree)
	}
}

func TestSmallGroupsAreNotShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		votes := anyVotes(t)
		least := rapid.IntRange(1, 20).Draw(t, "least")
		all := cast(Options{MinGroup: 1, MinVotes: 3}, votes).Result()
		r := cast(Options{MinGroup: least, MinVotes: 3}, votes).Result()
		sizes, hidden := map[int]int{}, 0
		for i, p := range r.People {
			if p.Group == NoGroup {
				hidden++
			} else if sizes[p.Group]++; all.People[i].Group == NoGroup {
				t.Fatalf("%s came into a group", p.Person)
			}
		}
		if hidden != r.NotShown || len(sizes) != len(r.Groups) {
			t.Fatalf("%d not shown, counted %d; %d groups, counted %d", r.NotShown, hidden, len(r.Groups), len(sizes))
		}
		want := 0
		for _, g := range all.Groups {
			want += btoi(g.Size >= least)
		}
		for n, g := range r.Groups {
			if g.Size < least || sizes[n] != g.Size {
				t.Fatalf("group of %d (counted %d) is listed; the least is %d", g.Size, sizes[n], least)
			}
		}
		if len(r.Groups) != want {
			t.Fatalf("%d groups shown, want %d", len(r.Groups), want)
		}
		for _, s := range r.Statements { // a product of the shown groups alone
			if (want == 0) != (s.Consensus == 0) {
				t.Fatalf("consensus %v with %d groups", s.Consensus, want)
			}
		}
	})
}

func TestFewVotesArePlacedButInNoGroup(t *testing.T) {
	votes, _ := planted.Invent()
	for s := range 6 {
		votes = append(votes, Ballot{"quiet", fmt.Sprintf("s%05d", s), Agree})
	}
	for _, p := range cast(Options{}, votes).Result().People {
		if p.Person == "quiet" {
			if p.Group != NoGroup || p.Votes != 6 || p.X == 0 && p.Y == 0 {
				t.Errorf("%+v", p)
			}
			return
		}
	}
	t.Error("left out")
}

func TestModeratedStatementsAreNowhere(t *testing.T) {
	votes, _ := planted.Invent()
	c := cast(Options{}, votes)
	before := c.Result()
	out := before.Groups[0].For[0].Statement
	c.Moderate(out, true)
	r := c.Result()
	lists := [][]Pick{r.Agree, r.Disagree}
	for _, g := range r.Groups {
		lists = append(lists, g.For)
	}
	for _, list := range lists {
		for _, p := range list {
			if p.Statement == out {
				t.Errorf("%s is listed", out)
			}
		}
	}
	for _, s := range r.Statements {
		if s.ID == out && (!s.Out || s.Direction != [2]float64{}) {
			t.Errorf("%+v", s)
		}
	}
	c.Moderate(out, false)
	sameMap(t, c.Result(), before)
}

func TestSameBytesOnOneCoreAndMany(t *testing.T) {
	votes, _ := Invention{People: 3000, Statements: 120, Groups: 4, Votes: 100_000, Seed: 3}.Invent()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	runtime.GOMAXPROCS(1)
	one := cast(Options{}, votes).Result()
	for n := 2; n <= 8; n *= 2 {
		runtime.GOMAXPROCS(n)
		if !reflect.DeepEqual(cast(Options{}, votes).Result(), one) {
			t.Fatalf("another result on %d cores", n)
		}
	}
}

// The directions against all eigenvectors of the dense covariance.
func TestDirectionsAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := cast(Options{}, anyVotes(t))
		c.settle()
		m := c.matrix()
		n := len(m.statements)
		if n == 0 {
			return
		}
		dense := square(n)
		for i := range m.people {
			for _, a := range m.row(i) {
				for _, b := range m.row(i) {
					dense[a>>2][b>>2] += m.centred[a] * m.centred[b]
				}
			}
		}
		values, _ := eigen(dense)
		d := m.directions(c.startFrom(m))
		total := m.variance()
		for k := range min(2, n) {
			if want := math.Max(values[k], 0); math.Abs(d.share[k]*total-want) > 1e-8*math.Max(values[0], 1) {
				t.Fatalf("direction %d explains %g, want %g (after %d rounds)", k, d.share[k]*total, want, d.rounds)
			}
			if d.share[k]*total < 1e-6 {
				continue
			}
			v := d.vectors[k]
			for i := range v { // dense·v = λv
				if got, want := dot(dense[i], v), values[k]*v[i]; math.Abs(got-want) > 1e-6*math.Max(values[0], 1) {
					t.Fatalf("direction %d is no eigenvector: %g, want %g", k, got, want)
				}
			}
		}
	})
}

func TestEigen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		a := square(n)
		for i := range n {
			for j := range i + 1 {
				a[i][j] = rapid.Float64Range(-5, 5).Draw(t, "a")
				a[j][i] = a[i][j]
			}
		}
		values, vectors := eigen(a)
		for k, v := range vectors {
			for i := range v {
				if math.Abs(dot(a[i], v)-values[k]*v[i]) > 1e-9 {
					t.Fatalf("no eigenvector of %v", a)
				}
			}
			for l := range k {
				if math.Abs(dot(v, vectors[l])) > 1e-9 || values[l] < values[k] {
					t.Fatalf("not orthogonal or not in order")
				}
			}
		}
	})
}

func TestBundledSilhouetteIsNear(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 5))
		points := make([]point, 1500)
		for i := range points {
			c := float64(r.IntN(4))
			points[i] = point{3*math.Cos(c*2) + r.NormFloat64(), 3*math.Sin(c*2) + r.NormFloat64()}
			if i%5 == 0 { // many people who said the same
				points[i] = point{c, 1}
			}
		}
		exact, bundled := group(points, 2, 5, len(points)), group(points, 2, 5, 0)
		if exact.k != bundled.k {
			t.Errorf("seed %d: %d groups, want %d", seed, bundled.k, exact.k)
		}
		for k := 2; k <= 5; k++ {
			if d := math.Abs(exact.silhouette[k] - bundled.silhouette[k]); d > 1e-3 {
				t.Errorf("seed %d, %d groups: off by %g", seed, k, d)
			}
		}
	}
}

func TestSilhouetteByHand(t *testing.T) {
	points := []point{{0, 0}, {1, 0}, {10, 0}}
	g := grouping{k: 2, label: []int8{0, 0, 1}}
	want := ((10.0-1)/10 + (9.0-1)/9 + 0) / 3
	if got := silhouettes(points, []grouping{g}, 10)[0]; math.Abs(got-want) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestStatisticsByHand(t *testing.T) {
	for _, c := range []struct{ got, want float64 }{
		{share(8, 8), 0.9},
		{aboveHalf(8, 8), 3},                                 // 2·√9·(9/9 − 1/2)
		{aboveOthers(8, 8, 3, 3), 0},                         // everybody agrees
		{aboveOthers(3, 3, 0, 3), 0.75 / math.Sqrt(15./128)}, // (1 − 1/4) / √(5/8·3/8·1/2)
		{norm90, 1.2815515655},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}

func TestNothingToSay(t *testing.T) {
	c := New(Options{})
	if r := c.Result(); r.K != 0 || len(r.People)+len(r.Groups)+len(r.Agree)+len(r.Disagree) > 0 {
		t.Errorf("%+v", r)
	}
	c.Statement("a")
	c.Cast("x", "a", 5) // read by its sign
	for range 2 {
		if r := c.Tick(); r.K != 0 || r.NotShown != 1 || r.Statements[0].Agrees != 1 || r.Statements[0].Consensus != 0 {
			t.Errorf("%+v", r)
		}
	}
	for p := range 30 { // all alike: one point is no two groups
		for s := range 9 {
			c.Cast(fmt.Sprint(p), fmt.Sprint(s), Agree)
		}
	}
	if r := c.Result(); len(r.Groups) > 0 && r.K > 2 || len(r.Agree) != 5 {
		t.Errorf("%d groups, %d agreed", r.K, len(r.Agree))
	}
}
