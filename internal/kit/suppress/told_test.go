package suppress

// What was told before stays told, and is reckoned with.

import (
	"math/rand/v2"
	"testing"
)

// A campaign counts every week. 100 became 103: the three follow from the total and
// the others, unless one of the others is held back as well.
func TestToldNumbersBind(t *testing.T) {
	s := NewSet(Options{DropOffs: true})
	before := []Ref{s.Count(60), s.Count(40)}
	total := s.Total(before...)
	for _, r := range append([]Ref{total}, before...) {
		s.Told(r)
	}
	now := []Ref{s.Count(63), s.Count(60)}
	sum := s.Total(now...)
	s.Told(sum)
	for i := range now {
		s.AtLeast(now[i], before[i])
	}
	p := s.Publish()
	if !p.Count(total).Shown || !p.Count(before[0]).Shown || !p.Count(sum).Shown {
		t.Error("what was told before is not shown any more")
	}
	if p.Count(now[0]).Shown || p.Count(now[1]).Shown {
		t.Error("three people more follow from what is shown")
	}
	if !p.Proven() {
		t.Error("hiding both is enough")
	}
}

// When what was told already gives a small number away, nothing new is shown, and
// the publication says that it is not safe.
func TestToldTooMuch(t *testing.T) {
	s := NewSet(Options{})
	a, b := s.Count(3), s.Count(40)
	total := s.Total(a, b)
	s.Told(b)
	s.Told(total)
	if p := s.Publish(); p.Proven() || p.Count(a).Shown {
		t.Error("three follows from 43 and 40")
	}
}

func TestWithheldStaysHidden(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	for range 500 {
		s := NewSet(Options{})
		g := s.grid(randomTable(r, 5))
		kept := g.cells[r.IntN(len(g.cells))][0]
		s.Withhold(kept)
		if p := s.Publish(); p.Count(kept).Shown {
			t.Fatal("what was withheld is shown")
		}
	}
}
