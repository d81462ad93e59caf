// What this room asks of its neighbours: each counts its own, app wires the sources.
// An indicator whose source is absent is not shown.
package report

import (
	"context"
	"time"
)

// Reading is what a room counted.
type Reading struct {
	N       int    // how many
	D       int    // of how many, for a share
	Parts   []Part // by kind, for a split; they add up to N
	Missing int    // what should have been counted and could not be
	NotTold bool   // of a figure that its own room protects: N is not told there
	Nothing bool   // there was nothing to count with: no survey, no campaign
}

// Part is one kind of a split, in the order of the page.
type Part struct {
	Code    string
	N       int
	NotTold bool // of a figure that its own room protects
}

// Source counts from a moment until another, as the machine: of a flow month by
// month, of everything else the whole period. What it returns never leaves this room
// but through release.go.
type Source func(ctx context.Context, org string, from, until time.Time) (Reading, error)

// Wave is what became of a score from the first wave of a survey to the last, as the
// room of surveys tells it outside: it protects its own numbers.
type Wave struct {
	Group           string `json:"group"` // D of those who take part, E of the clinic's staff
	Instrument      string `json:"instrument"`
	Score           string `json:"score"`
	N               int    `json:"n"`
	Paired          bool   `json:"paired"` // the same people both times
	Share           bool   `json:"share"`
	Interval        bool   `json:"interval"`
	Method          string `json:"method"`
	Min, Max        float64
	Before, After   float64
	Diff, Low, High float64
}

// Waves lists the changes of the surveys whose last wave ended in a stretch of time.
type Waves func(ctx context.Context, org string, from, until time.Time) ([]Wave, error)

// counts are a reading's, by name.
func (d Def) counts(r Reading) map[string]int {
	out := map[string]int{}
	switch d.Shape {
	case Split:
		sum := 0
		for _, p := range r.Parts {
			if p.NotTold {
				continue
			}
			out[keyPart(p.Code)] += p.N
			sum += p.N
		}
		switch {
		case d.Kind != Given:
			out[keyN] = sum
		case !r.NotTold: // kinds may be hidden while all together are told
			out[keyN] = r.N
		}
		return out
	case Share:
		if !r.NotTold || r.D > 0 {
			out[keyD] = r.D
		}
	}
	if !r.NotTold {
		out[keyN] = r.N
	}
	return out
}
