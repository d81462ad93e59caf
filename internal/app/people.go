// What other rooms show on a member's own page, and what crosses from the clinic.
package app

import (
	"context"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// ownTeams are a member's teams, for their own page.
func (sys *system) ownTeams(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("team.title")
	list, err := sys.teams.TeamsOf(ctx, a, a.Person)
	for _, m := range list {
		p.Items = append(p.Items, peopleweb.Fact{Term: m.Title, Text: l.T("team.kind." + string(m.Kind))})
	}
	return p, err
}

// forgetEverywhere tells the other rooms, in the transaction that erases somebody.
func (sys *system) forgetEverywhere(ctx context.Context, tx *db.Tx, person string) error {
	for _, forget := range []func(context.Context, *db.Tx, string) error{sys.teams.ForgetIn, sys.meetings.ForgetIn, sys.stipends.ForgetIn, sys.decided.Forget, sys.learning.Forget, sys.stories.ForgetIn, sys.listens.ForgetIn} {
		if err := forget(ctx, tx, person); err != nil {
			return err
		}
	}
	return nil
}
