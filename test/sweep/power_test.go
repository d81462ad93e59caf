package sweep

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/consent"
)

// powers puts back somebody in office and who knows them.
func (w *world) powers(c *clinic) {
	if c.ids["member"] == "" {
		return // the clinic is still being built
	}
	w.t.Helper()
	ana := c.actor(access.Organizer)
	var err error
	c.ids["office"], err = w.sys.Power.Save(w.ctx, ana, power.SaveIn{Office: power.Office{Name: "Elena Reyes", Office: "Director"}, BodyName: "County Pharmacy Board", BodyKind: "county", Different: true})
	w.must(err)
	c.ids["tie"], err = w.sys.Power.AddTie(w.ctx, ana, tieOf(c.ids["office"], c.ids["member"]))
	w.must(err)
	if c.ids["issue"] == "" {
		return
	}
	c.ids["chart"], err = w.sys.Power.Begin(w.ctx, ana, c.ids["issue"], c.ids["office"], "")
	w.must(err)
	w.must(w.sys.Power.Plan(w.ctx, ana, power.PlanIn{ID: c.ids["chart"], Content: power.Content{Long: "Labels we can read"}}))
}

func tieOf(office, person string) power.TieIn {
	return power.TieIn{Office: office, Person: person, Kind: "club", Strength: 2, Months: 12, Lang: "en", How: consent.Spoken, Witness: consent.Organizer}
}

// Who among us knows whom stands on no page of anybody who is not an organizer or a
// leader on the strategy team, and on the holder's own page until they end it.
func TestTiesAreHidden(t *testing.T) {
	w := newWorld(t, "")
	c, ana := w.a, w.a.actor(access.Organizer)
	w.refresh(c)
	const canary = "Zebedee Quillfeather"
	j := w.joinAs(c, canary)
	tie, err := w.sys.Power.AddTie(w.ctx, ana, tieOf(c.ids["office"], j.ID))
	w.must(err)
	w.must(w.sys.Power.Approach(w.ctx, ana, power.ApproachIn{Office: c.ids["office"], Tie: tie, What: "Asks for a meeting", Due: time.Now().AddDate(0, 0, 4)}))
	pages := []string{"/power", "/power/offices", "/power/offices/" + c.ids["office"], "/power/ties", "/power/ties/" + tie, "/power/offices/" + c.ids["office"] + "/tie", "/strategy"}
	if c.ids["issue"] != "" {
		w.must(w.sys.Power.Plan(w.ctx, ana, power.PlanIn{ID: c.ids["chart"], Version: 1, Content: power.Content{Tactics: canary + " talks to her"}}))
		pages = append(pages, "/power/maps/"+c.ids["issue"], "/strategy/"+c.ids["chart"], "/strategy/"+c.ids["chart"]+"/paper", "/strategy/"+c.ids["chart"]+"/compare", "/strategy/"+c.ids["chart"]+"/edit")
	}
	sees := func(role access.Role) (where []string) {
		v := w.visit(c, role)
		for _, page := range pages {
			got := v.do("GET", page, nil)
			if body := got.Body.String(); strings.Contains(body, "Quillfeather") || strings.Contains(body, "Asks for a meeting") {
				where = append(where, page)
			}
		}
		return where
	}
	for _, role := range visitors() {
		if role == access.Organizer {
			continue
		}
		if got := sees(role); len(got) > 0 {
			t.Errorf("a %s reads it on %v", role, got)
		}
	}
	if got := sees(access.Organizer); len(got) < 3 {
		t.Errorf("an organizer reads it on %v only: the search is blind", got)
	}
	for _, page := range sees(access.Organizer) {
		if strings.HasSuffix(page, "/paper") {
			t.Error("a private name stands on paper")
		}
	}

	// A leader on the strategy team reads it, off it not any more.
	lead, err := w.sys.People.PersonOf(w.ctx, c.org, c.accounts[access.Leader])
	w.must(err)
	if lead == "" {
		person := w.join(c)
		w.must(w.sys.People.LinkAccount(w.ctx, ana, person.ID, c.accounts[access.Leader], ""))
		lead = person.ID
	}
	plan, err := w.sys.Teams.Create(w.ctx, ana, team.Team{Kind: team.Strategy, Name: "Strategy team", Purpose: "To win."}, "")
	w.must(err)
	for _, p := range []string{lead, c.ids["member"]} {
		w.must(w.sys.Teams.Add(w.ctx, ana, team.MemberIn{Team: plan, Person: p}))
	}
	w.must(w.sys.Teams.Move(w.ctx, ana, plan, team.Active, ""))
	if got := sees(access.Leader); len(got) < 3 {
		t.Errorf("on the strategy team a leader reads it on %v", got)
	}
	w.must(w.sys.Teams.Leave(w.ctx, ana, plan, lead, ""))
	if got := sees(access.Leader); len(got) > 0 {
		t.Errorf("off the team a leader reads it on %v", got)
	}

	// The holder.
	v := &visitor{w: w, role: access.Member, c: c, cookies: map[string]string{}}
	v.do("POST", "/me", url.Values{"code": {j.Code}})
	if home := v.do("GET", "/me/together", nil).Body.String(); !strings.Contains(home, "/me/ties/"+tie) || !strings.Contains(home, "Elena Reyes") {
		t.Error("their own page does not lead to it")
	}
	if got := v.do("GET", "/me/ties/"+tie, nil); got.Code != 200 {
		t.Errorf("their own tie: %d", got.Code)
	}
	other := &visitor{w: w, role: access.Member, c: c, cookies: map[string]string{}}
	other.do("POST", "/me", url.Values{"code": {w.join(c).Code}})
	for _, method := range []string{"GET", "POST"} {
		if got := other.do(method, "/me/ties/"+tie, url.Values{"_key": {id.New(time.Now())}}); got.Code != 404 {
			t.Errorf("%s as another member: %d", method, got.Code)
		}
	}
	if got := v.do("POST", "/me/ties/"+tie, url.Values{"_key": {id.New(time.Now())}}); got.Code != 303 {
		t.Errorf("ending it: %d %s", got.Code, short(got.Body.String()))
	}
	if got := w.visit(c, access.Organizer).do("GET", "/power/offices/"+c.ids["office"], nil).Body.String(); strings.Contains(got, "Quillfeather") {
		t.Error("still shown on the next request")
	}
}
