// Choices: one vote as a short text with exactly one spelling.
package ballot

import (
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
)

// Answers of the yes-or-no methods, as they stand in a choice.
const (
	AnswerAgree        = "agree"
	AnswerDisagree     = "disagree"
	AnswerPass         = "pass"
	AnswerConsent      = "consent"
	AnswerReservations = "reservations"
	AnswerObject       = "object"
)

// Answers lists what may be answered, nil for methods with options.
func Answers(m Method) []string {
	switch m {
	case Agree:
		return []string{AnswerAgree, AnswerDisagree, AnswerPass}
	case Consent:
		return []string{AnswerConsent, AnswerReservations, AnswerObject}
	}
	return nil
}

// vote is a choice that has been read.
type vote struct {
	answer      string
	ranking     []string
	dots        []Share
	institution string
}

// Blank is a ballot that was handed in without a mark: it counts towards the
// quorum and for nothing else.
const Blank = "-"

// Valid reports whether a text is a choice under this spec.
func (s Spec) Valid(choice string) bool { _, err := s.read(choice); return err == nil }

// read understands a choice:
//
//	agree | disagree | pass
//	consent | reservations | object
//	b>a>c      options in order of preference; those left out come last, alike
//	a=3,c=1    dots, options in the spec's order, none left at zero
//	-          blank; for ranked and dots only
func (s Spec) read(choice string) (v vote, err error) {
	no := fault.New(fault.Invalid, "decision.wrong.choice")
	if len(choice) > 512 {
		return v, no
	}
	if answers := Answers(s.Method); answers != nil {
		if !slices.Contains(answers, choice) {
			return v, no
		}
		v.answer = choice
		return v, nil
	}
	if choice == Blank {
		return v, nil
	}
	switch s.Method {
	case Ranked:
		v.ranking = strings.Split(choice, ">")
		if !distinct(v.ranking) || !each(v.ranking, func(id string) bool { return slices.Contains(s.Options, id) }) {
			return vote{}, no
		}
		return v, nil
	case Dots:
		if v.dots, err = s.readDots(choice); err != nil {
			return vote{}, no
		}
		return v, nil
	}
	return v, no
}

func (s Spec) readDots(choice string) (given []Share, err error) {
	no := fault.New(fault.Invalid, "decision.wrong.choice")
	last, sum := -1, 0
	for _, part := range strings.Split(choice, ",") {
		id, text, ok := strings.Cut(part, "=")
		at := slices.Index(s.Options, id)
		n, err := strconv.Atoi(text)
		if !ok || at <= last || err != nil || n < 1 || n > s.PerOption || strconv.Itoa(n) != text {
			return nil, no
		}
		last = at
		sum += n
		given = append(given, Share{ID: id, N: n})
	}
	if sum > s.Dots {
		return nil, no
	}
	return given, nil
}

// Ranking writes a choice of the ranked method; an empty ranking is blank.
func Ranking(ids []string) string {
	if len(ids) == 0 {
		return Blank
	}
	return strings.Join(ids, ">")
}

// Spread writes a choice of the dots method in the spec's order.
func (s Spec) Spread(dots map[string]int) string {
	var parts []string
	for _, id := range s.Options {
		if n := dots[id]; n != 0 {
			parts = append(parts, id+"="+strconv.Itoa(n))
		}
	}
	if parts == nil {
		return Blank
	}
	return strings.Join(parts, ",")
}

// Part is one line of a choice that is read back: an answer, a rank or some dots.
type Part struct {
	ID string // answer or option
	N  int    // rank or dots; 0 for an answer
}

// Read takes a choice apart, for showing it to the voter.
func (s Spec) Read(choice string) ([]Part, error) {
	v, err := s.read(choice)
	if err != nil {
		return nil, err
	}
	var out []Part
	if v.answer != "" {
		out = append(out, Part{ID: v.answer})
	}
	for i, id := range v.ranking {
		out = append(out, Part{ID: id, N: i + 1})
	}
	for _, d := range v.dots {
		out = append(out, Part(d))
	}
	return out, nil
}
