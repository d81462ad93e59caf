// The attacker of the tests knows everything but what people said: who voted on
// the statement, changed or left, in which order, and every number that was
// published, to the release in which it moved. They try every way in which people
// may have voted; a vote that is the same in all of them is found.
package statement

import (
	"testing"

	"pgregory.net/rapid"

	"seedbed/internal/kit/opinion"
)

// event is a vote, or somebody who leaves.
type event struct {
	voter int
	vote  Vote // unknown to the attacker
	leave bool
}

// seen is a published number and how many events were before it.
type seen struct {
	after int
	line  Line
	move
}

// publish plays the events with a release after every k-th, by the rules of the
// room, and returns what moved.
func publish(events []event, k, step int, rule func(c *count, old Release, step int, n int64) (Line, move)) (out []seen) {
	rows := []row{{Statement: Statement{ID: "s"}}}
	now := map[int]cast{}
	var old Release
	touched, gone := map[int]bool{}, 0 // voters since the last picture
	for i, e := range events {
		was, ok := now[e.voter]
		switch {
		case e.leave:
			if ok && was.counted != notYet {
				rows[0].left[was.counted+1]++
			}
			if !touched[e.voter] {
				gone++
			}
			delete(now, e.voter)
			delete(touched, e.voter)
		case !ok:
			now[e.voter], touched[e.voter] = cast{statement: "s", vote: e.vote, counted: notYet}, true
		case was.vote != e.vote:
			was.vote = e.vote
			now[e.voter], touched[e.voter] = was, true
		}
		if (i+1)%k > 0 || len(touched)+gone < step {
			continue
		}
		var all []cast
		for _, c := range now {
			all = append(all, c)
		}
		line, m := rule(tally(rows, all, nil)["s"], old, step, old.Number+1)
		old.Number++
		old.Lines = []Line{line}
		clear(touched)
		gone = 0
		for v, c := range now {
			if m.newcomers && c.counted == notYet || m.changes && c.counted != notYet {
				c.counted = c.vote
				now[v] = c
			}
		}
		if m.changes {
			rows[0].left = said{}
		}
		if m != (move{}) {
			out = append(out, seen{i + 1, line, m})
		}
	}
	return out
}

func byTheRules(c *count, old Release, step int, n int64) (Line, move) {
	return c.line(old, "s", step, n)
}

// atOnce tells everything as soon as it is there.
func atOnce(c *count, _ Release, _ int, n int64) (Line, move) {
	now := c.counted
	for i := range now {
		now[i] += c.newcomers[i] + c.is[i] - c.was[i] - c.left[i]
	}
	return Line{Statement: "s", Moved: n, Votes: now.sum(), Agree: Tenths(now[2]), Disagree: Tenths(now[0]), Pass: Tenths(now[1])}, move{true, true}
}

// inSteps waits for enough people, but tells of those who all say the same.
func inSteps(c *count, old Release, step int, n int64) (Line, move) {
	if c.newcomers.sum() < step {
		return old.Lines[0], move{}
	}
	return atOnce(c, old, step, n)
}

// found lists the events whose votes follow from what was published.
func found(events []event, published []seen, exact bool) (out []int) {
	var free []int
	for i, e := range events {
		if !e.leave {
			free = append(free, i)
		}
	}
	could := make([][3]bool, len(events))
	guess := make([]Vote, len(events))
	var try func(n int)
	try = func(n int) {
		if n == len(free) {
			if fits(events, guess, published, exact) {
				for _, i := range free {
					could[i][guess[i]+1] = true
				}
			}
			return
		}
		for v := opinion.Disagree; v <= opinion.Agree; v++ {
			guess[free[n]] = v
			try(n + 1)
		}
	}
	try(0)
	for _, i := range free {
		ways := 0
		for _, c := range could[i] {
			if c {
				ways++
			}
		}
		if ways < 2 {
			out = append(out, i)
		}
	}
	return out
}

// fits plays the events with guessed votes, and says whether the same numbers
// come out. The attacker even knows which votes each number took in.
func fits(events []event, guess []Vote, published []seen, exact bool) bool {
	now := map[int]cast{}
	var left said
	next := 0
	for i, e := range events {
		was, ok := now[e.voter]
		switch {
		case e.leave:
			if ok && was.counted != notYet {
				left.add(was.counted, 1)
			}
			delete(now, e.voter)
		case !ok:
			now[e.voter] = cast{vote: guess[i], counted: notYet}
		default:
			was.vote = guess[i]
			now[e.voter] = was
		}
		if next == len(published) || published[next].after != i+1 {
			continue
		}
		p := published[next]
		next++
		if p.changes {
			left = said{}
		}
		now2 := left
		for v, c := range now {
			if p.newcomers && c.counted == notYet || p.changes && c.counted != notYet {
				c.counted = c.vote
				now[v] = c
			}
			if c.counted != notYet {
				now2.add(c.counted, 1)
			}
		}
		l, all := p.line, now2.sum()
		switch {
		case l.Votes == 0: // too few are left; nothing is told
		case exact && (l.Agree != Tenths(now2[2]) || l.Disagree != Tenths(now2[0])):
			return false
		case !exact && (l.Agree != tenths(now2[2], all) || l.Disagree != tenths(now2[0], all) || l.Pass != tenths(now2[1], all)):
			return false
		}
	}
	return true
}

func draw(t *rapid.T) (events []event) {
	likely := rapid.SampledFrom([]Vote{opinion.Agree, opinion.Disagree, opinion.Pass}).Draw(t, "what most say")
	same := rapid.IntRange(0, 10).Draw(t, "how many of ten say it")
	there := map[int]bool{}
	for next := 0; len(events) < 9; {
		e := event{voter: next, vote: likely}
		if rapid.IntRange(1, 10).Draw(t, "luck") > same {
			e.vote = Vote(rapid.IntRange(-1, 1).Draw(t, "vote"))
		}
		switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
		case kind == 0 && next > 1:
			e.voter, e.leave = rapid.IntRange(0, next-1).Draw(t, "who leaves"), true
		case kind == 1 && next > 1:
			e.voter = rapid.IntRange(0, next-1).Draw(t, "who changes")
		default:
			next++
		}
		if e.voter < next-1 && !there[e.voter] {
			continue
		}
		there[e.voter] = !e.leave
		events = append(events, e)
	}
	return events
}

// Whatever is published after every k-th vote, no vote follows from it.
func TestNoVoteFollowsFromTheNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := draw(t)
		k, step := rapid.IntRange(1, 4).Draw(t, "k"), rapid.IntRange(2, 5).Draw(t, "step")
		published := publish(events, k, step, byTheRules)
		if list := found(events, published, false); len(published) > 0 && len(list) > 0 {
			t.Errorf("votes %v of %+v follow from %+v", list, events, published)
		}
	})
}

// The attacker is no scarecrow: numbers that are told at once, or in steps of
// people who all say the same, give votes away.
func TestTheAttackerFindsWhatCarelessNumbersTell(t *testing.T) {
	same := []event{{voter: 0, vote: 1}, {voter: 1, vote: 1}, {voter: 2, vote: 1}, {voter: 3, vote: -1}, {voter: 4, vote: 0}, {voter: 5, vote: 1}}
	if list := found(same, publish(same, 1, 1, atOnce), true); len(list) != len(same) {
		t.Errorf("at once: found %v", list)
	}
	if list := found(same, publish(same, 3, 3, inSteps), true); len(list) != 3 {
		t.Errorf("in steps: found %v", list)
	}
	if list := found(same, publish(same, 3, 3, byTheRules), false); len(list) != 0 {
		t.Errorf("by the rules: found %v", list)
	}
}
