// What came out, in sums. Nothing here is about fewer people than the readers may
// see, and nothing shown beside it gives that away by subtraction: a mean is left
// out when another shown mean differs from it by a few people. Numbers are rounded
// before they leave this file.
package survey

import (
	"cmp"
	"context"
	"math"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/stats"
	"seedbed/internal/kit/suppress"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Point is one score in one wave: a mean, or a share from 0 to 1.
type Point struct {
	N       int // people whose score could be made
	Missing int // people who answered the survey and left out what the score needs
	Value   float64
	Shown   bool
}

// Change is what became of a score from the first wave to the last one.
type Change struct {
	Paired        bool // the same people both times
	N             int  // pairs, or people of both waves together
	Before, After float64
	Diff          float64
	Low, High     float64
	Interval      bool
	Method        stats.Method
	Shown         bool
}

// Line is one score through the waves.
type Line struct {
	Instrument, Version, Score string
	Share                      bool
	Part                       bool
	Better                     string
	Min, Max                   float64
	Points                     []Point // one for each wave of the outcome
	Change                     Change
}

// DepartmentLine is one part of the staff in the newest wave.
type DepartmentLine struct {
	Name   string // empty: did not say
	Count  suppress.Count
	Values []Point // one for each of Outcome.ByDepartment
}

// WordCount is a word that enough people chose.
type WordCount struct {
	Word string
	N    int
}

// WaveCount is a wave and how many answered it.
type WaveCount struct {
	Wave
	Answered int
}

// Outcome is everything that is told together about a survey.
type Outcome struct {
	Of           Survey
	Readers      Readers
	Least        int // people a number stands for
	Waves        []WaveCount
	Lines        []Line
	Departments  []DepartmentLine
	ByDepartment []int // which lines are told by department
	Words        []WordCount
	FewerWords   int // people whose word is told by too few
}

// Result tells a survey's closed waves. While a wave takes answers it is not in it.
func (s *Service) Result(ctx context.Context, a access.Actor, survey string) (out Outcome, err error) {
	defer fault.Wrap(&err, "survey.Result")
	if _, err := staffOnly(a, needRead); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := surveyByID(ctx, tx, survey)
		if err == nil && r.Kind == Pulse {
			err = fault.Missing("a pulse is told event by event")
		}
		if err != nil {
			return err
		}
		out, err = s.outcome(ctx, tx, r, "", ReadersOf(a))
		return err
	})
	return out, err
}

// ResultOf tells one closed wave by itself, as the pulse of an event.
func (s *Service) ResultOf(ctx context.Context, a access.Actor, wave string) (out Outcome, err error) {
	defer fault.Wrap(&err, "survey.ResultOf")
	if _, err := staffOnly(a, needRead); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		w, err := waveByID(ctx, tx, wave)
		if err != nil {
			return err
		}
		r, err := surveyByID(ctx, tx, w.Survey)
		if err != nil {
			return err
		}
		if r.Kind != Pulse {
			return fault.Missing("only a pulse is told alone")
		}
		out, err = s.outcome(ctx, tx, r, wave, ReadersOf(a))
		return err
	})
	return out, err
}

// scored is one person's scores and what they said beside them.
type scored struct {
	person string // who it is to this file; empty where nobody is known
	given
	scores map[string]map[string]float64
}

// outcome reads the answers and tells sums. Nothing of one person leaves it.
func (s *Service) outcome(ctx context.Context, tx *db.Tx, r row, only string, readers Readers) (out Outcome, err error) {
	if out.Of, err = s.openSurvey(ctx, tx.Org(), r); err != nil {
		return out, err
	}
	out.Readers, out.Least = readers, r.Kind.Least(readers)
	var live map[string]string
	if r.Kind == Cohort {
		if live, err = s.livePseudonyms(ctx, tx, r.ID); err != nil {
			return out, err
		}
	}
	waves, err := wavesOf(ctx, tx, r.ID)
	if err != nil {
		return out, err
	}
	var all [][]scored
	for _, wr := range waves {
		if wr.State != Closed || only != "" && wr.ID != only {
			continue
		}
		w, err := s.openWave(ctx, tx.Org(), wr)
		if err != nil {
			return out, err
		}
		list, err := s.read(ctx, tx, out.Of, w, live)
		if err != nil {
			return out, err
		}
		out.Waves = append(out.Waves, WaveCount{w, len(list)})
		all = append(all, list)
	}
	if len(all) == 0 {
		return out, nil
	}
	out.tell(all)
	return out, nil
}

// read opens the answers of a wave and scores them. Of a cohort only those count
// whose yes is live, and somebody who answered twice counts once.
func (s *Service) read(ctx context.Context, tx *db.Tx, of Survey, w Wave, live map[string]string) (out []scored, err error) {
	list, err := counted(ctx, tx, w.ID)
	if err != nil {
		return nil, err
	}
	turned := map[string][]string{} // instrument/language → items this edition turned round
	seen := map[string]bool{}
	for _, r := range list {
		var p scored
		if of.Kind == Cohort {
			if p.person = live[r.pseudonym]; p.person == "" || seen[p.person] {
				continue
			}
			seen[p.person] = true
		}
		if err := s.unseal(ctx, tx.Org(), "survey_response", r.id, r.sealed, &p.given); err != nil {
			return nil, err
		}
		p.scores = map[string]map[string]float64{}
		for _, which := range of.Instruments {
			in, _ := InstrumentByID(which)
			key := which + "/" + p.Language
			if !has(turned, key) {
				turned[key] = nil
				if id := w.Wordings[key]; id != "" && id != Included {
					t, err := s.text(ctx, tx, w, in, p.Language)
					if err != nil {
						return nil, err
					}
					turned[key] = t.Turned
				}
			}
			p.scores[which] = in.told(p.Answers[which], turned[key])
		}
		out = append(out, p)
	}
	return out, nil
}

// told is Scored, where a subscale counts only for those whose whole score counts:
// otherwise the two together would tell of the few who left something out.
func (in Instrument) told(answers map[string]int, turned []string) map[string]float64 {
	out := in.Scored(answers, turned)
	for _, s := range in.Scores {
		if s.Part && !has(out, in.Scores[0].ID) {
			delete(out, s.ID)
		}
	}
	return out
}

// tell makes every line of the outcome from the answers of its waves.
func (o *Outcome) tell(all [][]scored) {
	for _, which := range o.Of.Instruments {
		in, _ := InstrumentByID(which)
		for _, sc := range in.Scores {
			l := Line{Instrument: which, Version: in.Version, Score: sc.ID, Share: sc.Share(), Part: sc.Part, Better: sc.Better, Min: sc.Min, Max: sc.Max}
			for _, people := range all {
				l.Points = append(l.Points, o.point(l, valuesOf(people, l)))
			}
			if len(all) > 1 {
				l.Change = o.change(l, all[0], all[len(all)-1])
				if l.Change.Paired && l.Change.Shown {
					for _, i := range []int{0, len(all) - 1} {
						if rest := l.Points[i].N - l.Change.N; rest > 0 && rest < o.Least {
							l.Points[i].Shown, l.Points[i].Value = false, 0 // the few others would follow from it
						}
					}
				}
			}
			o.Lines = append(o.Lines, l)
		}
	}
	last := all[len(all)-1]
	if o.Of.Kind == Staff {
		o.departments(last)
	}
	if o.Of.Kind == Pulse {
		o.words(last)
	}
}

func valuesOf(people []scored, l Line) (out []float64) {
	for _, p := range people {
		if v, ok := p.scores[l.Instrument][l.Score]; ok {
			out = append(out, v)
		}
	}
	return out
}

func (o *Outcome) point(l Line, values []float64) Point {
	p := Point{N: len(values)}
	p.Missing = o.Waves[len(l.Points)].Answered - p.N
	if p.Shown = o.enough(l, values); p.Shown {
		p.Value = round(stats.Mean(values), l.Share)
	}
	return p
}

// enough reports whether numbers stand for enough people, who did not all say the
// same; of a share both sides must.
func (o *Outcome) enough(l Line, values []float64) bool {
	n := len(values)
	if n < o.Least || slices.Min(values) == slices.Max(values) {
		return false // all the same would tell of each
	}
	if !l.Share {
		return true
	}
	yes := yesOf(values)
	return n >= LeastForShare && yes >= o.Least && n-yes >= o.Least
}

func yesOf(values []float64) (n int) {
	for _, v := range values {
		if v == 1 {
			n++
		}
	}
	return n
}

// round keeps what may be told: one decimal of a mean, whole percents of a share.
func round(v float64, share bool) float64 {
	if share {
		return math.Round(v*100) / 100
	}
	return math.Round(v*10) / 10
}

func (o *Outcome) change(l Line, first, last []scored) (c Change) {
	var before, after []float64
	if c.Paired = o.Of.Kind == Cohort; c.Paired {
		then := map[string]float64{}
		for _, p := range first {
			if v, ok := p.scores[l.Instrument][l.Score]; ok {
				then[p.person] = v
			}
		}
		for _, p := range last {
			if v, ok := p.scores[l.Instrument][l.Score]; ok && has(then, p.person) {
				before, after = append(before, then[p.person]), append(after, v)
			}
		}
		c.N = len(before)
	} else {
		before, after = valuesOf(first, l), valuesOf(last, l)
		c.N = len(before) + len(after)
	}
	if c.Shown = o.enough(l, before) && o.enough(l, after); !c.Shown {
		return c
	}
	var e stats.Estimate
	switch {
	case c.Paired:
		e, c.Interval = stats.Paired(before, after)
	case l.Share:
		e, c.Interval = stats.ShareDiffer(yesOf(before), len(before), yesOf(after), len(after))
	default:
		e, c.Interval = stats.Differ(before, after)
	}
	c.Before, c.After = round(stats.Mean(before), l.Share), round(stats.Mean(after), l.Share)
	c.Diff = round(stats.Mean(after)-stats.Mean(before), l.Share)
	if c.Interval {
		c.Low, c.High, c.Method = round(e.Low, l.Share), round(e.High, l.Share), e.Method
	}
	return c
}

// departments tells how many answered where, so that no small department follows
// from the others, and means only of those whose number is told.
func (o *Outcome) departments(people []scored) {
	names := []string{}
	for _, d := range o.Of.Asks() {
		names = append(names, d.Name)
	}
	if len(names) == 0 {
		return
	}
	names = append(names, "")
	set := suppress.NewSet(suppress.Options{K: o.Least})
	of := map[string][]scored{}
	for _, p := range people {
		of[p.Department] = append(of[p.Department], p)
	}
	var refs []suppress.Ref
	for _, name := range names {
		refs = append(refs, set.Count(len(of[name])))
	}
	set.Told(set.Total(refs...)) // how many answered is said above
	published := set.Publish()
	for i, l := range o.Lines {
		if !l.Share && !l.Part {
			o.ByDepartment = append(o.ByDepartment, i)
		}
	}
	for i, name := range names {
		o.Departments = append(o.Departments, DepartmentLine{Name: name, Count: published.Count(refs[i]), Values: make([]Point, len(o.ByDepartment))})
	}
	for k, at := range o.ByDepartment {
		o.byDepartment(k, o.Lines[at], of)
	}
}

// byDepartment tells one line by department. Those that are not told must together
// be enough people, or none.
func (o *Outcome) byDepartment(k int, l Line, of map[string][]scored) {
	last := l.Points[len(l.Points)-1]
	if !last.Shown {
		return
	}
	var told []int
	rest := last.N
	for i, d := range o.Departments {
		if v := valuesOf(of[d.Name], l); d.Count.Shown && o.enough(l, v) {
			n := len(v)
			told = append(told, i)
			rest -= n
		}
	}
	slices.SortStableFunc(told, func(a, b int) int {
		return cmp.Compare(len(valuesOf(of[o.Departments[b].Name], l)), len(valuesOf(of[o.Departments[a].Name], l)))
	})
	for rest > 0 && rest < o.Least && len(told) > 0 {
		smallest := told[len(told)-1]
		rest += len(valuesOf(of[o.Departments[smallest].Name], l))
		told = told[:len(told)-1]
	}
	for _, i := range told {
		v := valuesOf(of[o.Departments[i].Name], l)
		o.Departments[i].Values[k] = Point{N: len(v), Value: round(stats.Mean(v), false), Shown: true}
	}
}

// words counts what people said in one word. Only words that enough people said are told.
func (o *Outcome) words(people []scored) {
	n := map[string]int{}
	for _, p := range people {
		if p.Word != "" {
			n[p.Word]++
		}
	}
	for w, count := range n {
		if count >= o.Least {
			o.Words = append(o.Words, WordCount{w, count})
		} else {
			o.FewerWords += count
		}
	}
	slices.SortFunc(o.Words, func(a, b WordCount) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Word, b.Word)) })
}

// Told is one change of one survey, for reports of other rooms.
type Told struct {
	Survey, Title string
	Kind          Kind
	From, To      Wave
	Line
}

// Results lists the changes of every survey with at least two closed waves, as
// readers outside may see them.
func (s *Service) Results(ctx context.Context, a access.Actor) (out []Told, err error) {
	defer fault.Wrap(&err, "survey.Results")
	if _, err := staffOnly(a, needRead); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		list, err := surveys(ctx, tx)
		for i := 0; err == nil && i < len(list); i++ {
			if list[i].Kind == Pulse {
				continue
			}
			var o Outcome
			if o, err = s.outcome(ctx, tx, list[i], "", Outside); err != nil || len(o.Waves) < 2 {
				continue
			}
			for _, l := range o.Lines {
				out = append(out, Told{Survey: o.Of.ID, Title: o.Of.Title, Kind: o.Of.Kind, From: o.Waves[0].Wave, To: o.Waves[len(o.Waves)-1].Wave, Line: l})
			}
		}
		return err
	})
	return out, err
}
