// What was promised in office and by the clinic itself, what of it other rooms show,
// and what hours went into: built, fitted to who is in office, and put on the mux here.
package app

import (
	"context"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/effort"
	"seedbed/internal/organizing/people/peopleweb"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/organizing/pledge/pledgeweb"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

func (sys *system) buildPledges() {
	hours := effort.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Zone: sys.zone, Room: account.RefAccount}
	d := pledge.Deps{DB: sys.db, Vault: sys.vault, Audit: sys.audit, Clock: sys.clock, Officials: inOffice{sys}, Issues: pledgeIssues{sys}, Moved: sys.promiseMoved, Staff: sys.colleagues, Zone: sys.zone, Clinic: sys.clinicName, Room: account.RefAccount, Log: sys.log}
	if sys.messages.SMTP != "" { // without mail the desk and Today say it
		d.Notices, hours.Notices = sys.notices, sys.notices
	}
	sys.pledges = pledge.New(d)
	sys.pledges.Register(sys.queue)
	sys.effort = effort.New(hours)
	sys.effort.Register(sys.queue)
}

func (sys *system) pledgeRoutes() []web.Route {
	return pledgeweb.New(sys.pledges, pledgeweb.Options{Name: sys.staffName, Issues: pledgeIssues{sys}, People: inOffice{sys}, Clinic: sys.clinicName, Source: sys.sourceOf, Change: afterKept}).Routes()
}

// afterKept is where a change that a kept promise brought is written down, for those who may.
func afterKept(r *web.Request, _ string) string {
	if _, err := access.Check(r.Actor, can("change", access.Create)); err != nil {
		return ""
	}
	return "/changes/new"
}

// inOffice are the people in public office, as the room of power knows them.
type inOffice struct{ sys *system }

func (o inOffice) Officials(ctx context.Context, a access.Actor) (out []pledge.Official, err error) {
	list, err := o.sys.power.Offices(ctx, a)
	for _, x := range list {
		out = append(out, pledge.Official{ID: x.ID, Name: x.Name, Title: x.Office, Body: x.Body})
	}
	return out, err
}

func (o inOffice) Official(ctx context.Context, a access.Actor, id string) (pledge.Official, error) {
	x, err := o.sys.power.Office(ctx, a, id)
	return pledge.Official{ID: x.ID, Name: x.Name, Title: x.Office, Body: x.Body}, err
}

// sourceOf is where a promise was made, as its reader may call it and go there.
func (sys *system) sourceOf(r *web.Request, ref string) (label, url string) {
	kind, id, _ := strings.Cut(ref, ":")
	switch kind {
	case "negotiation":
		return r.T("pledge.source.negotiation"), "/negotiations/" + id
	case "assembly":
		a, err := sys.acts.Get(r.Context(), r.Actor, id)
		if err != nil {
			return "", ""
		}
		return a.Title, "/assemblies/" + id
	}
	return "", ""
}

// pledgeLines are promises that somebody has to look after these days, and what
// waits for a second person.
func (sys *system) pledgeLines(ctx context.Context, a access.Actor, _ time.Time, zone *time.Location) (out []peopleweb.Line, err error) {
	list, err := sys.pledges.Chores(ctx, a)
	if fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	l := sys.catalog.Localizer(a.Locale)
	for _, c := range list {
		day, err := time.ParseInLocation(time.DateOnly, c.On, zone)
		if err != nil {
			return nil, err
		}
		out = append(out, peopleweb.Line{When: day.Add(12 * time.Hour), What: l.T("pledge.desk.line", "Body", c.Body, "Act", l.T("pledge.duty."+c.Act)), URL: "/pledges/desk/" + c.ID, Late: c.Late, Exact: l.Date(day)})
	}
	return out, err
}
