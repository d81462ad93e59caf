// Learn: for somebody on the path what they can do next, for those who train
// what is coming, whose skills wait for a signature, and what there is to teach with.
package learningweb

import (
	"net/http"
	"slices"

	"seedbed/internal/organizing/learning"
	"seedbed/internal/platform/web"
)

type stepLine struct{ Label, URL, State string }

// pathView is somebody's path: where they stand, what is next, what they have shown.
type pathView struct {
	Steps   []stepLine
	Stage   string
	Next    string // the next stage; empty at the end
	Missing []missing
	Shown   []shownLine
	Was     []trainingLine
	Person  string
}

// missing is a skill not yet practised, and how one comes to it.
type missing struct {
	Skill, Text string
	Training    *trainingLine // a coming one that practises it
	Outline     string        // address of our session about it
}

type shownLine struct {
	ID, Skill, Seen, By string
	Mine                bool // the reader may take it back
}

type trainingLine struct {
	URL, Title, When, Meta string
	State                  *pill
}

type pill struct{ Kind, Label, Icon string }

type outlineLine struct{ URL, Title, Purpose, Meta string }

type waitingLine struct{ URL, Name, Text string }

type homePage struct {
	Path      *pathView
	Coming    []trainingLine
	Past      []trainingLine
	Waiting   []waitingLine
	Trains    bool
	Curricula []outlineLine
	Outlines  []outlineLine
	Writes    bool
	Plans     bool
}

const pastShown = 10

func (h *Web) home(w http.ResponseWriter, r *web.Request) error {
	ctx, a := r.Context(), r.Actor
	p := homePage{Trains: may(r, sign), Writes: may(r, write), Plans: may(r, plan)}
	var coming []learning.Taught
	var err error
	if may(r, see) {
		if coming, err = h.s.Coming(ctx, a); err != nil {
			return err
		}
		for _, t := range coming {
			p.Coming = append(p.Coming, h.line(r, t))
		}
	}
	if a.Person != "" && may(r, shown) {
		rec, err := h.s.Record(ctx, a, a.Person)
		if err != nil {
			return err
		}
		v := h.path(r, rec, coming)
		p.Path = &v
	}
	if p.Trains {
		if err := h.trainers(r, &p); err != nil {
			return err
		}
	}
	list, err := h.s.Curricula(ctx, a)
	if err != nil {
		return err
	}
	for _, c := range list {
		meta := r.T("learning.curriculum.meta", "Sessions", len(c.Draft.Sessions), "Minutes", minutes(r, c.Draft.Minutes()))
		if c.State != learning.Published {
			meta = r.T("learning.state."+string(c.State)) + " · " + meta
		}
		p.Curricula = append(p.Curricula, outlineLine{URL: "/learn/curricula/" + c.ID, Title: c.Draft.Title, Purpose: c.Draft.Purpose, Meta: meta})
	}
	for _, key := range learning.Outlines() {
		s, _, _ := learning.Outline(string(key), r.Locale)
		p.Outlines = append(p.Outlines, outlineLine{URL: "/learn/outlines/" + string(key), Title: s.Title, Purpose: s.Purpose, Meta: minutes(r, s.Minutes())})
	}
	return r.Page(w, "learning/learn", p)
}

// trainers fills what only those see who sign: past trainings, and whose skills wait.
func (h *Web) trainers(r *web.Request, p *homePage) error {
	past, err := h.s.Past(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for i, t := range past {
		if i < pastShown {
			p.Past = append(p.Past, h.line(r, t))
		}
	}
	waiting, err := h.s.Waiting(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var ids []string
	for _, t := range waiting {
		ids = append(ids, t.Person)
	}
	names, err := h.people.Names(r.Context(), r.Actor, ids)
	if err != nil {
		return err
	}
	seen := map[string]bool{} // one line for each person: the latest training
	for _, t := range waiting {
		card, ok := names[t.Person]
		if !ok || seen[card.ID] {
			continue
		}
		seen[card.ID] = true
		p.Waiting = append(p.Waiting, waitingLine{URL: "/learn/people/" + card.ID, Name: card.Name,
			Text: r.T("learning.waiting.line", "Skills", skills(r, t.Practised), "When", r.Localizer().ShortDate(t.Training.At.In(r.Zone())))})
	}
	return nil
}

func (h *Web) line(r *web.Request, t learning.Taught) trainingLine {
	out := trainingLine{URL: "/learn/trainings/" + t.ID, Title: t.Content.Title, When: when(r, t.At),
		Meta: r.T("people.place."+t.Place) + " · " + r.Localizer().LanguageName(t.Language) + " · " + minutes(r, t.Minutes)}
	switch {
	case t.State == learning.Held:
		out.State = &pill{"ok", r.T("learning.training.held"), ""}
	case t.State == learning.Cancelled:
		out.State = &pill{"info", r.T("learning.training.cancelled"), ""}
	case t.At.Before(r.Now()):
		out.State = &pill{"late", r.T("learning.training.open"), ""}
	}
	return out
}

func (h *Web) path(r *web.Request, rec learning.Record, coming []learning.Taught) (v pathView) {
	stages := learning.Path()
	v.Person = rec.Person
	for i, st := range stages {
		s := stepLine{Label: r.T(st.Label()), State: "next"}
		switch {
		case i < rec.Place.At:
			s.State = "done"
		case i == rec.Place.At:
			s.State = "now"
		}
		v.Steps = append(v.Steps, s)
	}
	v.Stage = r.T(stages[rec.Place.At].Label())
	if rec.Place.At+1 < len(stages) {
		v.Next = r.T(stages[rec.Place.At+1].Label())
	}
	for _, k := range rec.Place.Missing {
		t := missing{Skill: r.T(k.Label()), Text: r.T("learning.how." + string(k))}
		if _, _, ok := learning.Outline(string(k), r.Locale); ok {
			t.Outline = "/learn/outlines/" + string(k)
		}
		for _, c := range coming {
			if slices.Contains(c.Content.Skills(), k) {
				line := h.line(r, c)
				t.Training = &line
				break
			}
		}
		v.Missing = append(v.Missing, t)
	}
	for _, k := range rec.Signed {
		v.Shown = append(v.Shown, shownLine{ID: k.ID, Skill: r.T(k.Skill.Label()), Seen: r.Localizer().LongDate(k.Seen.In(r.Zone())), By: h.staff(r, k.By),
			Mine: may(r, take) && (k.By == r.Actor.Account || may(r, write))})
	}
	for _, t := range rec.Trainings {
		v.Was = append(v.Was, h.line(r, t))
	}
	return v
}
