package report

import "testing"

// A split that its own room protects: some kinds hidden, the whole told, and never a
// sum of what is left.
func TestASplitTakenAsItWasTold(t *testing.T) {
	d, _ := DefOf("F2")
	p := Period{yearFrom, 12}
	read := func(r Reading) Line {
		f := Figure{Have: true, True: d.counts(r)}
		for _, x := range r.Parts {
			f.Codes = append(f.Codes, x.Code)
		}
		return d.line(d.publish(nil, p, f), Outside, 0)
	}
	l := read(Reading{N: 60, Parts: []Part{{Code: "declined", NotTold: true}, {Code: "info", NotTold: true}, {Code: "call", N: 20}, {Code: "warm", N: 15}}})
	if !l.N.Shown || l.N.N != 60 || l.Parts[0].Shown || l.Parts[1].Shown || l.Parts[2].N != 20 || !l.Parts[3].HasShare || l.Parts[3].Share != 0.25 {
		t.Errorf("%+v", l)
	}
	if l = read(Reading{NotTold: true, Parts: []Part{{Code: "declined", NotTold: true}, {Code: "call", NotTold: true}}}); l.N.Shown || l.Parts[0].Shown || l.Parts[1].Shown {
		t.Errorf("%+v", l)
	}
}
