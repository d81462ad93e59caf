// What is told stands for enough people, whoever answered what: random surveys, looked
// at from outside of result.go.
package survey

import (
	"testing"

	"pgregory.net/rapid"
)

// people draws who answered a wave: numbers of members, answers with gaps, a department.
func drawWave(t *rapid.T, of Survey, most int) (out []scored) {
	n := rapid.IntRange(0, most).Draw(t, "n")
	for i := range n {
		p := scored{person: itoa(i), scores: map[string]map[string]float64{}}
		if rapid.IntRange(0, 2).Draw(t, "came") == 0 {
			continue
		}
		for _, which := range of.Instruments {
			in, _ := InstrumentByID(which)
			answers := map[string]int{}
			for _, item := range in.Items {
				if v := in.Scales[item.Scale].Values; rapid.IntRange(0, 20).Draw(t, "gap") > 0 {
					answers[item.ID] = v[rapid.IntRange(0, len(v)-1).Draw(t, "a")]
				}
			}
			p.scores[which] = in.told(answers, nil)
		}
		p.Department = rapid.SampledFrom([]string{"Front desk", "Nursing", "Medical", ""}).Draw(t, "department")
		out = append(out, p)
	}
	return out
}

func TestToldStandsForEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := Survey{Kind: rapid.SampledFrom([]Kind{Cohort, Staff, Open}).Draw(t, "kind"), Instruments: []string{"bscs", "burnout", "capacity"},
			Departments: []Department{{"Front desk", 14}, {"Nursing", 18}, {"Medical", 40}}}
		o := Outcome{Of: of, Readers: rapid.SampledFrom([]Readers{Inside, Outside}).Draw(t, "readers")}
		o.Least = of.Kind.Least(o.Readers)
		var all [][]scored
		for range rapid.IntRange(1, 3).Draw(t, "waves") {
			wave := drawWave(t, of, 60)
			all, o.Waves = append(all, wave), append(o.Waves, WaveCount{Answered: len(wave)})
		}
		o.tell(all)
		for _, l := range o.Lines {
			for i, p := range l.Points {
				values := valuesOf(all[i], l)
				if p.N != len(values) || p.N+p.Missing != len(all[i]) {
					t.Fatalf("%s: %+v of %d", l.Score, p, len(all[i]))
				}
				if !p.Shown {
					if p.Value != 0 {
						t.Fatalf("%s: a value that is not shown", l.Score)
					}
					continue
				}
				if p.N < o.Least {
					t.Fatalf("%s: a mean of %d", l.Score, p.N)
				}
				if yes := yesOf(values); l.Share && (p.N < LeastForShare || yes < o.Least || p.N-yes < o.Least) {
					t.Fatalf("%s: a share of %d of %d", l.Score, yes, p.N)
				}
				if rest := p.N - l.Change.N; l.Change.Paired && l.Change.Shown && (i == 0 || i == len(all)-1) && rest > 0 && rest < o.Least {
					t.Fatalf("%s: the %d who are in no pair follow from both", l.Score, rest)
				}
			}
			if c := l.Change; c.Shown && (c.Paired && c.N < o.Least || c.Interval && (c.Low > c.Diff+0.11 || c.High < c.Diff-0.11)) {
				t.Fatalf("%s: %+v", l.Score, c)
			} else if !c.Shown && (c.Diff != 0 || c.Before != 0 || c.After != 0 || c.Low != 0 || c.High != 0) {
				t.Fatalf("%s: a change that is not shown has numbers: %+v", l.Score, c)
			}
		}
		hidden, among := 0, len(all[len(all)-1])
		for _, d := range o.Departments {
			if !d.Count.Shown {
				hidden++
			} else if d.Count.N < 11 {
				t.Fatalf("%s: %d answers are shown", d.Name, d.Count.N)
			}
			among -= d.Count.N
		}
		if hidden > 0 && among < min(10, len(all[len(all)-1])) {
			t.Fatalf("only %d are in those that are not shown: %+v", among, o.Departments)
		}
		if hidden == 1 {
			t.Fatalf("the one that is not shown follows from the total: %+v", o.Departments)
		}
		for k, at := range o.ByDepartment {
			rest := o.Lines[at].Points[len(all)-1].N
			for _, d := range o.Departments {
				if v := d.Values[k]; v.Shown {
					rest -= v.N
					if v.N < 11 || !d.Count.Shown {
						t.Fatalf("%s: a mean of %d", d.Name, v.N)
					}
				}
			}
			if shown := o.Lines[at].Points[len(all)-1].Shown; shown && rest > 0 && rest < 11 {
				t.Fatalf("the %d others follow from the means of the departments", rest)
			}
		}
	})
}

// A subscale counts only those whose whole score counts; what has no whole is by itself.
func TestSubscalesCountTheSamePeople(t *testing.T) {
	bscs, _ := InstrumentByID("bscs")
	if got := bscs.told(answers(4, 5, 3, -1, 2, 3, 5, 4), nil); len(got) != 0 {
		t.Errorf("%v: one answer was left out", got)
	}
	eco, _ := InstrumentByID("eco")
	if got := eco.told(answers(5, 5, 5, 5, 5), nil); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// Nineteen of twenty answered in one department: its mean is not told, since the one
// other person's would follow from it.
func TestAMeanThatWouldTellOfTheRest(t *testing.T) {
	o := Outcome{Of: Survey{Kind: Staff, Instruments: []string{"capacity"}, Departments: []Department{{"Nursing", 40}, {"Medical", 40}}}, Readers: Inside, Least: 11, Waves: []WaveCount{{Answered: 42}}}
	var wave []scored
	add := func(department string, n, skipped int) {
		for i := range n {
			p := scored{scores: map[string]map[string]float64{"capacity": {}}}
			if i >= skipped {
				p.scores["capacity"]["mean"] = float64(1 + i%10)
			}
			p.Department = department
			wave = append(wave, p)
		}
	}
	add("Nursing", 17, 0)
	add("Medical", 13, 8) // thirteen answered, five of them this question
	add("", 12, 12)
	o.tell([][]scored{wave})
	for _, d := range o.Departments {
		if d.Values[0].Shown {
			t.Errorf("%s: %+v", d.Name, d.Values[0])
		}
	}
}
