// Rounds right after something was done, and what they ask of the rooms beside them.
package app

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/evaluation/evaluationweb"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

func (sys *system) buildEvaluation() {
	sys.rounds = evaluation.New(evaluation.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, People: sys.people,
		Present: sys.presentAt, Teams: sys.teamsOf, Closed: []evaluation.Closed{sys.meetingLookedAt, sys.assemblyLookedAt}, Log: sys.log})
}

func (sys *system) evaluationRoutes() []web.Route {
	return evaluationweb.New(sys.rounds, evaluationweb.Options{Name: sys.staffName, About: sys.pageOf}).Routes()
}

// roundOf is the address of the round of something, for whoever may lead it.
func (sys *system) roundOf(r *web.Request, ref string) (string, error) {
	if _, err := access.Check(r.Actor, can("evaluation", access.Update)); err != nil {
		return "", nil
	}
	x, found, err := sys.rounds.ByRef(r.Context(), r.Actor, ref)
	if err != nil || !found {
		return "", err
	}
	return "/evaluations/" + x.ID, nil
}

// roundLines are the rounds that somebody has to see to; an organizer also sees what
// is late of others.
func (sys *system) roundLines(ctx context.Context, a access.Actor, day time.Time, _ *time.Location) (out []peopleweb.Line, err error) {
	if _, err := access.Check(a, can("evaluation", access.Update)); err != nil {
		return nil, nil
	}
	list, err := sys.rounds.Waiting(ctx, a)
	for _, x := range list {
		if x.Account != a.Account && !(a.Has(access.Organizer) && (x.Account == "" || !x.Flagged.IsZero())) {
			continue
		}
		l := sys.catalog.Localizer(a.Locale)
		title := x.Title
		if title == "" {
			title = l.T("evaluation.kind." + string(x.Kind))
		}
		out = append(out, peopleweb.Line{When: x.Due, What: l.T("evaluation.today", "Title", title), URL: "/evaluations/" + x.ID, Late: x.Late(day)})
	}
	return out, err
}

// meetingRounds opens a round when a meeting was held, and ends it when the meeting
// was evaluated with its own short form.
type meetingRounds struct{ sys *system }

func (w meetingRounds) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, m meeting.Meeting) error {
	in := evaluation.In{Ref: m.Ref(), Kind: evaluation.Meeting, At: m.End(), Title: m.Title, Team: m.Team}
	if m.Template == meeting.House {
		in.Kind = evaluation.House
	}
	_, err := w.sys.rounds.OpenIn(ctx, tx, a, in)
	return err
}

func (w meetingRounds) SettleIn(ctx context.Context, tx *db.Tx, a access.Actor, m meeting.Meeting) error {
	t := evaluation.Told{Worked: m.Worked, Change: m.Words.Change}
	for _, f := range m.Feelings {
		t.Felt = append(t.Felt, evaluation.Felt{Word: f.Word, N: f.N})
	}
	return w.sys.rounds.SettleIn(ctx, tx, a, m.Ref(), t)
}

// trainingHeld opens the round of a training; it has no title of its own.
func (sys *system) trainingHeld(ctx context.Context, tx *db.Tx, a access.Actor, t learning.Training) error {
	_, err := sys.rounds.OpenIn(ctx, tx, a, evaluation.In{Ref: "training:" + t.ID, Kind: evaluation.Training, At: t.At.Add(time.Duration(t.Minutes) * time.Minute)})
	return err
}

// meetingLookedAt closes the meeting whose round is done, with its words in the
// meeting's language.
func (sys *system) meetingLookedAt(ctx context.Context, tx *db.Tx, a access.Actor, r evaluation.Round) error {
	id, ok := strings.CutPrefix(r.Ref, "meeting:")
	if !ok {
		return nil
	}
	lang := "en"
	if o, err := sys.orgOf(ctx, tx.Org()); err == nil && o.Language != "" {
		lang = o.Language
	}
	l := sys.catalog.Localizer(lang)
	look := meeting.Look{Worked: r.Worked, Change: r.Words.Change}
	counted, beside := r.Feelings()
	for _, f := range append(counted, beside...) {
		word := f.Word
		if f.Code != "" {
			word = strings.ToLower(l.T("evaluation.feeling." + f.Code))
		}
		look.Feelings = append(look.Feelings, meeting.Feeling{Word: word, N: f.N})
	}
	return sys.meetings.EvaluatedIn(ctx, tx, a, id, look)
}

// teamsOf are the teams somebody is in who signed in.
func (sys *system) teamsOf(ctx context.Context, a access.Actor) (out []string, err error) {
	if a.Person == "" {
		return nil, nil
	}
	list, err := sys.teams.TeamsOf(ctx, a, a.Person)
	for _, m := range list {
		if m.In(sys.clock.Now()) {
			out = append(out, m.Team)
		}
	}
	return out, err
}

// presentAt is who was at something of any room, as the actor may call them there: a
// meeting knows how its team calls people, else the timeline says who was there.
func (sys *system) presentAt(ctx context.Context, a access.Actor, ref string) (out []evaluation.Person, err error) {
	var ids []string
	names := map[string]string{}
	if meeting, ok := strings.CutPrefix(ref, "meeting:"); ok {
		m, err := sys.meetings.Get(ctx, a, meeting)
		if err != nil {
			return nil, err
		}
		door, err := sys.meetings.Door(ctx, a, meeting)
		if err != nil {
			return nil, err
		}
		ids = door.Present
		if names, err = sys.meetings.Names(ctx, a, m, ids); err != nil {
			return nil, err
		}
	} else if action, ok := strings.CutPrefix(ref, "research:"); ok {
		f, err := sys.research.Get(ctx, a, action)
		if err != nil {
			return nil, err
		}
		for _, p := range f.Parts {
			if p.Came {
				ids = append(ids, p.Person)
			}
		}
		if names, err = sys.research.Names(ctx, a, f.Action, ids); err != nil {
			return nil, err
		}
	} else {
		there, err := sys.people.PresentAt(ctx, a, ref)
		if err != nil {
			return nil, err
		}
		for _, p := range there {
			ids = append(ids, p.Person)
		}
		cards, err := sys.people.Names(ctx, a, ids)
		if err != nil {
			return nil, err
		}
		for id, c := range cards {
			names[id] = c.Name
		}
	}
	for _, id := range ids {
		if names[id] != "" {
			out = append(out, evaluation.Person{ID: id, Name: names[id]})
		}
	}
	return out, nil
}
