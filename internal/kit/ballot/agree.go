// Agree, disagree, pass; and consent.
package ballot

// AgreeResult is the count of agree, disagree and pass, in the unit of the spec.
type AgreeResult struct {
	Agree    int  `json:"agree"`
	Disagree int  `json:"disagree"`
	Pass     int  `json:"pass"`
	Divided  int  `json:"divided,omitempty"` // institutions whose delegates were split evenly; they count as passing
	Unnamed  int  `json:"unnamed,omitempty"` // ballots without an institution, which a count by institutions leaves out
	Passed   bool `json:"passed"`
}

func countAgree(s Spec, votes []vote) *AgreeResult {
	r := &AgreeResult{}
	if s.Unit == Person {
		for _, v := range votes {
			r.add(v.answer)
		}
	} else {
		r.byInstitution(votes)
	}
	switch s.Rule {
	case TwoThirds:
		r.Passed = r.Agree > 0 && 3*r.Agree >= 2*(r.Agree+r.Disagree)
	default:
		r.Passed = r.Agree > r.Disagree
	}
	return r
}

func (r *AgreeResult) add(answer string) {
	switch answer {
	case AnswerAgree:
		r.Agree++
	case AnswerDisagree:
		r.Disagree++
	default:
		r.Pass++
	}
}

// byInstitution lets each institution say what more of its delegates said. Passes
// of delegates do not count inside it; an even split passes.
func (r *AgreeResult) byInstitution(votes []vote) {
	type side struct{ agree, disagree int }
	sides := map[string]side{}
	for _, v := range votes {
		if v.institution == "" {
			r.Unnamed++
			continue
		}
		d := sides[v.institution]
		switch v.answer {
		case AnswerAgree:
			d.agree++
		case AnswerDisagree:
			d.disagree++
		}
		sides[v.institution] = d
	}
	for _, d := range sides {
		switch {
		case d.agree > d.disagree:
			r.Agree++
		case d.disagree > d.agree:
			r.Disagree++
		default:
			r.Pass++
			if d.agree > 0 {
				r.Divided++
			}
		}
	}
}

func (r *AgreeResult) explain(all Result) []Line {
	lines := []Line{{"decision.say.agree." + string(all.Unit), map[string]any{"Agree": r.Agree, "Disagree": r.Disagree, "Pass": r.Pass}}}
	if r.Divided > 0 {
		lines = append(lines, Line{"decision.say.divided", map[string]any{"N": r.Divided}})
	}
	if r.Unnamed > 0 {
		lines = append(lines, Line{"decision.say.unnamed", map[string]any{"N": r.Unnamed}})
	}
	return append(lines, Line{"decision.say." + string(all.Rule) + "." + yes(r.Passed), map[string]any{"Agree": r.Agree, "Of": r.Agree + r.Disagree}})
}

// ConsentResult is the count of a consent round. Without an objection it passes;
// nobody is outvoted, so there is no share to compute.
type ConsentResult struct {
	Consent      int  `json:"consent"`
	Reservations int  `json:"reservations"`
	Objections   int  `json:"objections"`
	Passed       bool `json:"passed"`
}

func countConsent(votes []vote) *ConsentResult {
	r := &ConsentResult{}
	for _, v := range votes {
		switch v.answer {
		case AnswerConsent:
			r.Consent++
		case AnswerReservations:
			r.Reservations++
		default:
			r.Objections++
		}
	}
	r.Passed = r.Objections == 0 && r.Consent+r.Reservations > 0
	return r
}

func (r *ConsentResult) explain() []Line {
	lines := []Line{{"decision.say.consent", map[string]any{"Consent": r.Consent, "Reservations": r.Reservations, "Objections": r.Objections}}}
	switch {
	case r.Objections > 0:
		return append(lines, Line{"decision.say.objection_stops.no", map[string]any{"N": r.Objections}})
	case r.Passed:
		return append(lines, Line{"decision.say.objection_stops.yes", nil})
	}
	return append(lines, Line{"decision.say.nobody", nil})
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
