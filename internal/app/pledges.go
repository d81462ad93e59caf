// What was promised in office and by the clinic itself, and what of it other rooms
// show: built and put on the mux here.
package app

import (
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/trust/account"
)

func (sys *system) buildPledges() {
	d := pledge.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Staff: sys.colleagues, Zone: sys.zone, Clinic: sys.clinicName, Room: account.RefAccount, Log: sys.log}
	if sys.messages.SMTP != "" { // without mail the desk and Today say it
		d.Notices = sys.notices
	}
	sys.pledges = pledge.New(d)
	sys.pledges.Register(sys.queue)
}
