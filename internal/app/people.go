// What other rooms show on a member's own page, and what crosses from the clinic.
package app

import (
	"context"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/platform/access"
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
