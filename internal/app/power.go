// Power: built here, and fitted to what it asks of teams and issues.
package app

import (
	"context"

	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/power/powerweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

func (sys *system) buildPower() {
	sys.power = power.New(power.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Consent: sys.consents, People: sys.people, Teams: sys.teams, Issues: powerIssues{sys}, Log: sys.log})
}

func (sys *system) powerRoutes() []web.Route {
	return powerweb.New(sys.power, sys.people, powerweb.Options{Catalog: sys.catalog, Staff: sys.staffName}).Routes()
}

// ownTies are whom a member knows in office, as far as they said that it may be
// shown; the link leads to where it ends.
func (sys *system) ownTies(ctx context.Context, a access.Actor, l *i18n.Localizer) (p peopleweb.Part, err error) {
	p.Title = l.T("power.own.title")
	list, err := sys.power.Mine(ctx, a)
	for _, t := range list {
		o, err := sys.power.OfficeOf(ctx, a, t)
		if err != nil {
			return p, err
		}
		p.Items = append(p.Items, peopleweb.Fact{Term: l.T("power.office.line", "Name", o.Name, "Office", o.Office, "Body", o.Body), Text: l.T("power.own.until", "Day", l.LongDate(t.Until, sys.zone(ctx, a.Org))), Href: "/me/ties/" + t.ID})
	}
	return p, err
}
