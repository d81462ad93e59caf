// Power: built here, and fitted to what it asks of teams and issues.
package app

import (
	"seedbed/internal/organizing/power"
)

func (sys *system) buildPower() {
	sys.power = power.New(power.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Jobs: sys.queue, Clock: sys.clock, Consent: sys.consents, People: sys.people, Teams: sys.teams, Log: sys.log})
}
