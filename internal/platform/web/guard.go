// The free-text guard in a form: what was typed is looked at once more on the
// server, and comes back with the words marked and three ways on. Nothing is
// kept about it, but how often a reason was given to keep words.
package web

import (
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
)

// Guarded reads a guarded field (the part "guarded"). The text is what may be
// stored; with a fault it is what was typed, for showing the form again.
//
//	note, bad := r.Guarded("note")
//	if len(bad) > 0 { return r.Fail(w, page, data, fault.Wrong(bad...)) }
func (r *Request) Guarded(name string) (text string, bad []fault.Field) {
	return r.GuardedText(name, r.Form(name))
}

// GuardedText is Guarded for a text that the caller has trimmed or joined itself.
func (r *Request) GuardedText(name, text string) (string, []fault.Field) {
	s := r.mux.cfg.Guard.Settle(text, r.guardChoice(name))
	return r.settled(name, s, r.mux.cfg.Guard.Allows(s.Hits))
}

// GuardedName is Guarded for somebody's name, in which nothing may be kept.
func (r *Request) GuardedName(name string) (text string, bad []fault.Field) {
	return r.settled(name, guard.SettleName(r.Form(name), r.guardChoice(name)), false)
}

func (r *Request) guardChoice(name string) guard.Choice {
	return guard.Choice{Do: r.Form("_guard_" + name), Reason: r.Form("_guard_" + name + "_reason"), Shown: r.Form("_guard_" + name + "_shown")}
}

// settled remembers what the form shows if it comes back.
func (r *Request) settled(name string, s guard.Settled, keep bool) (string, []fault.Field) {
	if len(s.Hits) == 0 {
		return s.Text, nil
	}
	if r.guards == nil {
		r.guards = map[string]*GuardView{}
	}
	r.guards[name] = guardView(s, keep)
	if !s.Open {
		r.kept = append(r.kept, s.Reason)
		return s.Text, nil
	}
	return s.Text, []fault.Field{fault.At(name, guard.KindsOf(s.Hits)[0].Label())}
}

// GuardView is what the part shows of the hits in one field.
type GuardView struct {
	Pieces []GuardPiece
	Kinds  []guard.Kind
	Shown  string // the words found, as the form brings them back
	Keep   bool   // they may be kept with a reason
	Reason string // the one they are kept for
}

// GuardPiece is a stretch of the text, with or without a mark.
type GuardPiece struct {
	Text string
	Hit  bool
}

func guardView(s guard.Settled, keep bool) *GuardView {
	g := &GuardView{Kinds: guard.KindsOf(s.Hits), Shown: guard.Shown(s.Text, s.Hits), Keep: keep, Reason: s.Reason}
	at := 0
	for _, h := range s.Hits {
		g.Pieces = append(g.Pieces, GuardPiece{s.Text[at:h.From], false}, GuardPiece{s.Text[h.From:h.To], true})
		at = h.To
	}
	g.Pieces = append(g.Pieces, GuardPiece{s.Text[at:], false})
	return g
}

// Has reports whether a kind is among the hits; of no hits, none is.
func (g *GuardView) Has(kind string) bool {
	if g == nil {
		return false
	}
	for _, k := range g.Kinds {
		if string(k) == kind {
			return true
		}
	}
	return false
}

// Guard is what was found in a field that is shown again, or nil.
func (v View) Guard(name string) *GuardView { return v.guards[name] }

// GuardKeeps lists the kinds that may be kept, for the browser.
func (v View) GuardKeeps() string {
	out := ""
	for _, k := range guard.Kinds() {
		if v.policy.Allows([]guard.Hit{{Kind: k}}) {
			out += " " + string(k)
		}
	}
	return out
}

// noteKept counts the reasons once the form was taken: who typed what is not said.
func (r *Request) noteKept() {
	if r.mux.cfg.OnKept != nil && len(r.kept) > 0 {
		r.mux.cfg.OnKept(r.Context(), r.Actor.Org, r.kept)
		r.kept = nil
	}
}
