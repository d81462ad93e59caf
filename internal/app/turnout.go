// Bringing people: built here, and what of it stands on other rooms' pages.
package app

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/organizing/turnout/turnoutweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/web"
)

func (sys *system) buildTurnout(base string) {
	sys.turnouts = turnout.New(turnout.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people, Rounds: turnoutRounds{sys}, Notices: sys.notices, Zone: sys.zone, Log: sys.log})
	sys.notices.Resolver(turnout.RefAsk, sys.turnouts.Resolve(func(token string) string { return base + "/b/" + token }))
}

// turnoutRounds opens the round of an event that only turnout knows.
type turnoutRounds struct{ sys *system }

func (h turnoutRounds) OpenIn(ctx context.Context, tx *db.Tx, a access.Actor, t turnout.Turnout) error {
	kind, ok := map[people.Kind]evaluation.Kind{people.Assembly: evaluation.Assembly, people.Training: evaluation.Training, people.HouseMeeting: evaluation.House}[t.Kind]
	if !ok {
		kind = evaluation.Action
	}
	_, err := h.sys.rounds.OpenIn(ctx, tx, a, evaluation.In{Ref: t.Ref, Kind: kind, At: t.End(), Title: t.Title, Owner: t.Account})
	return err
}

func (sys *system) turnoutRoutes() []web.Route {
	return turnoutweb.New(sys.turnouts, sys.people, turnoutweb.Options{Event: sys.eventOf, Round: sys.roundOf,
		Name: func(r *web.Request, account string) string { return sys.staffName(r.Context(), r.Actor.Org, account) }}).Routes()
}

// eventOf is the page of the event that people are brought to.
func (sys *system) eventOf(r *web.Request, ref string) (turnoutweb.Link, bool) {
	if id, ok := strings.CutPrefix(ref, "meeting:"); ok {
		return turnoutweb.Link{URL: "/meetings/" + id, Label: r.T("meeting.neutral")}, true
	}
	if id, ok := strings.CutPrefix(ref, "assembly:"); ok {
		return turnoutweb.Link{URL: "/assemblies/" + id, Label: r.T("assembly.title")}, true
	}
	return turnoutweb.Link{}, false
}

// turnoutLines are what is next about bringing people: an organizer's, and what a
// leader said they would bring.
func (sys *system) turnoutLines(ctx context.Context, a access.Actor, day time.Time, _ *time.Location) (out []peopleweb.Line, err error) {
	list, err := sys.turnouts.Duties(ctx, a)
	l := sys.catalog.Localizer(a.Locale)
	for _, d := range list {
		line := peopleweb.Line{When: d.By, URL: "/turnout/" + d.ID, Late: d.Late}
		key := string(d.Act)
		switch {
		case d.Act == turnout.KeepDoor:
			line.When, line.URL = d.At, line.URL+"/door"
			if d.Nameless {
				line.URL = "/turnout/" + d.ID + "/tally"
			}
		case !d.Whole && d.Act == turnout.AskMore:
			key = "branch"
		case d.Act == turnout.AskAgain:
			line.URL += "/calls"
		}
		line.What = l.T("turnout.today_"+key, "Title", d.Title, "Yes", d.Numbers.Yes, "Confirmed", d.Numbers.Confirmed, "Goal", d.Numbers.Goal, "Promises", turnout.Promises(d.Goal))
		out = append(out, line)
	}
	return out, err
}

// ownTurnout is what a member said they would do: bring people, and come themself.
func (sys *system) ownTurnout(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("turnout.own")
	zone := sys.zone(ctx, a.Org)
	list, err := sys.turnouts.OfPerson(ctx, a)
	for _, m := range list {
		at := l.LongDate(m.At, zone) + ", " + l.Clock(m.At, zone)
		if m.Answer != "" {
			p.Items = append(p.Items, peopleweb.Fact{Term: at, Text: l.T("turnout.own_" + string(m.Answer)), Href: "/b/" + m.Token})
		}
		if m.Brings {
			say := l.T("turnout.i_bring", "Count", m.Numbers.Goal) + " " + l.T("turnout.mine_say", "Asked", m.Numbers.Asked, "Yes", m.Numbers.Yes, "Confirmed", m.Numbers.Confirmed)
			if m.Numbers.Yes < m.Numbers.Goal {
				say += " " + l.T("turnout.own_next")
			}
			p.Items = append(p.Items, peopleweb.Fact{Term: at, Text: say})
		}
	}
	return p, err
}
