// Rounds right after something was done, and what they ask of the rooms beside them.
package app

import (
	"context"
	"strings"

	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/platform/access"
)

func (sys *system) buildEvaluation() {
	sys.rounds = evaluation.New(evaluation.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, People: sys.people,
		Present: sys.presentAt, Teams: sys.teamsOf, Log: sys.log})
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
