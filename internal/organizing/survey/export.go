// Files that leave the house: sums as readers outside may see them, and the codebook
// that says how each number was made.
package survey

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// notShown stands where a number is about too few people.
const notShown = "not shown"

// Caution is what every file says of itself.
const Caution = "Not a controlled study: a change may have other reasons."

// Export is the sums of a survey as a table, for readers outside. Leaving the house
// is written down.
func (s *Service) Export(ctx context.Context, a access.Actor, survey string) (file []byte, err error) {
	defer fault.Wrap(&err, "survey.Export")
	g, err := staffOnly(a, needExport)
	if err != nil {
		return nil, err
	}
	var o Outcome
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := surveyByID(ctx, tx, survey)
		if err != nil {
			return err
		}
		if r.Kind == Pulse {
			return fault.Missing("a pulse is told event by event")
		}
		if o, err = s.outcome(ctx, tx, r, "", Outside); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "export", "survey", survey, "sums")
	})
	if err != nil {
		return nil, err
	}
	return table(o.rows())
}

func table(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, r := range rows {
		for i, c := range r {
			if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
				if _, err := strconv.ParseFloat(c, 64); err != nil {
					r[i] = "'" + c // a spreadsheet would take it for a formula
				}
			}
		}
		if err := w.Write(r); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func (o Outcome) rows() [][]string {
	rows := [][]string{{"what", "wave", "from", "until", "instrument", "version", "score", "department", "n", "missing", "value", "before", "after", "difference", "low", "high", "method", "note"}}
	num := func(v float64, shown bool) string {
		if !shown {
			return notShown
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	for _, w := range o.Waves {
		rows = append(rows, []string{"wave", string(w.Label), day(w.Opens), day(w.Ended), "", "", "", "", itoa(w.Answered), "", "", "", "", "", "", "", "", string(w.Aim)})
	}
	for _, l := range o.Lines {
		kind := "mean"
		if l.Share {
			kind = "share"
		}
		for i, p := range l.Points {
			w := o.Waves[i]
			rows = append(rows, []string{kind, string(w.Label), day(w.Opens), day(w.Ended), l.Instrument, l.Version, l.Score, "", itoa(p.N), itoa(p.Missing), num(p.Value, p.Shown), "", "", "", "", "", "", ""})
		}
		if len(o.Waves) < 2 {
			continue
		}
		c, between := l.Change, "change of different people"
		if c.Paired {
			between = "change in pairs"
		}
		rows = append(rows, []string{between, string(o.Waves[len(o.Waves)-1].Label), day(o.Waves[0].Opens), day(o.Waves[len(o.Waves)-1].Ended), l.Instrument, l.Version, l.Score, "", itoa(c.N), "", "",
			num(c.Before, c.Shown), num(c.After, c.Shown), num(c.Diff, c.Shown), num(c.Low, c.Shown && c.Interval), num(c.High, c.Shown && c.Interval), string(c.Method), Caution})
	}
	for _, d := range o.Departments {
		name := d.Name
		if name == "" {
			name = "did not say"
		}
		rows = append(rows, []string{"department", "", "", "", "", "", "", name, d.Count.Text(notShown), "", "", "", "", "", "", "", "", ""})
		for k, at := range o.ByDepartment {
			if p := d.Values[k]; d.Count.Shown {
				rows = append(rows, []string{"mean", "", "", "", o.Lines[at].Instrument, o.Lines[at].Version, o.Lines[at].Score, name, "", "", num(p.Value, p.Shown), "", "", "", "", "", "", ""})
			}
		}
	}
	return rows
}

// Codebook says of each number how it was made: instrument, version, licence, which
// words were used in which language and who attested them, scales, scoring, what
// happens to answers that were left out, and what is not shown.
func (s *Service) Codebook(ctx context.Context, a access.Actor, survey string) (file []byte, err error) {
	defer fault.Wrap(&err, "survey.Codebook")
	g, err := staffOnly(a, needExport)
	if err != nil {
		return nil, err
	}
	var l Listed
	brought := map[string]Wording{}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := surveyByID(ctx, tx, survey)
		if err != nil {
			return err
		}
		if l, err = s.listed(ctx, tx, r); err != nil {
			return err
		}
		list, err := s.wordings(ctx, tx)
		if err != nil {
			return err
		}
		for _, w := range list {
			brought[w.ID] = w
		}
		return s.note(ctx, tx, a, g, "export", "survey", survey, "codebook")
	})
	if err != nil {
		return nil, err
	}
	return table(codebook(l, brought))
}

func codebook(l Listed, brought map[string]Wording) [][]string {
	rows := [][]string{{"subject", "name", "meaning"},
		{"survey", string(l.Kind), l.Title},
		{"caution", "", Caution},
		{"not shown", "", "numbers about fewer than " + itoa(l.Kind.Least(Outside)) + " people, and numbers from which those would follow; shares of fewer than " + itoa(LeastForShare) + " people, or with fewer than " + itoa(l.Kind.Least(Outside)) + " on one side"},
		{"rounding", "", "means to one decimal, shares to whole percents"},
		{"missing", "", "a score is made only when every answer it needs was given; a subscale only where the whole score is"},
		{"method", "paired_t", "Student's t interval of the differences of pairs, from " + "20 pairs"},
		{"method", "bca", "bias-corrected and accelerated bootstrap of the mean difference, fewer than 20 pairs, fixed seed"},
		{"method", "newcombe", "Newcombe's method 10: difference of two shares of different people"},
		{"method", "welch", "Welch's interval: difference of two means of different people"},
	}
	for _, which := range l.Instruments {
		in, _ := InstrumentByID(which)
		rows = append(rows, []string{"instrument", in.ID, in.Version}, []string{"source", in.ID, in.Licence.Source}, []string{"licence", in.ID, in.Licence.Kind + ": " + in.Licence.Statement})
		var used []string
		for _, w := range l.Waves {
			for _, lang := range w.Languages {
				key := in.ID + "/" + lang
				text := "wave " + itoa(w.Number) + ", " + lang + ": words that come with the program"
				if x, ok := brought[w.Wordings[key]]; ok {
					text = "wave " + itoa(w.Number) + ", " + lang + ": words attested on " + x.At.Format(time.DateOnly) + "; permission: " + x.Permission
					if x.Translated != "" {
						text += "; translation: " + x.Translated
					}
					if len(x.Text.Turned) > 0 {
						text += "; turned round: " + strings.Join(x.Text.Turned, " ")
					}
				}
				if !slices.Contains(used, text) {
					used = append(used, text)
					rows = append(rows, []string{"words", in.ID, text})
				}
			}
		}
		for _, item := range in.Items {
			what := "one word"
			if item.Scale != WordScale {
				var v []string
				for _, n := range in.Scales[item.Scale].Values {
					v = append(v, itoa(n))
				}
				what = "answers in the order shown: " + strings.Join(v, " ")
			}
			if item.Reverse {
				what += "; turned round before scoring"
			}
			rows = append(rows, []string{"item", in.ID + " " + item.ID, what})
		}
		for _, sc := range in.Scores {
			rows = append(rows, []string{"score", in.ID + " " + sc.ID, sc.how()})
		}
	}
	return rows
}

// how says in words how a score is made.
func (s Score) how() string {
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	if s.Share() {
		of := "the answer to item " + strings.Join(s.Items, " ")
		if s.Of != "" {
			of = "the score " + s.Of
		}
		return "share of people for whom " + of + " is from " + f(s.Low) + " to " + f(s.High)
	}
	text := s.Rule + " of items " + strings.Join(s.Items, " ")
	if s.Factor != 0 {
		text += ", times " + f(s.Factor)
	}
	return text + "; from " + f(s.Min) + " to " + f(s.Max) + "; better is " + s.Better
}
