// Bringing people: built here, and what of it stands on other rooms' pages.
package app

import (
	"seedbed/internal/organizing/turnout"
)

func (sys *system) buildTurnout(base string) {
	sys.turnouts = turnout.New(turnout.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Consent: sys.consents, People: sys.people, Notices: sys.notices, Zone: sys.zone, Log: sys.log})
	sys.notices.Resolver(turnout.RefAsk, sys.turnouts.Resolve(func(token string) string { return base + "/b/" + token }))
}
