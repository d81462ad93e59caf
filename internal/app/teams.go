// Teams, their meetings and what taking part costs: built and put on the mux here.
package app

import (
	"seedbed/internal/organizing/team"
	"seedbed/internal/organizing/team/teamweb"
	"seedbed/internal/platform/web"
)

func (sys *system) buildTeams() {
	sys.teams = team.New(team.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people, Log: sys.log})
}

func (sys *system) teamRoutes() []web.Route {
	return teamweb.New(sys.teams, sys.people, teamweb.Options{}).Routes()
}
