// Package sweep asks every registered route as everybody: the public, each role,
// a person with their code, a group with its link, for their own things, for
// another clinic's and for things that never were. What must come out is in
// test/authz.csv. This file builds the two clinics that live side by side.
package sweep

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"seedbed/internal/app"
	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/story"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/contact"
)

const base = "http://127.0.0.1"

type world struct {
	t    testing.TB
	ctx  context.Context
	sys  *app.Opened
	a, b *clinic
	sent int // requests
}

// clinic is one clinic with one of everything an address can name.
type clinic struct {
	org, site string
	accounts  map[access.Role]string
	ids       map[string]string // what an address names → id
	phone     int
}

func (c *clinic) actor(r access.Role) access.Actor {
	return access.Actor{Org: c.org, Account: c.accounts[r], Roles: []access.Role{r}, StepUp: time.Now(), Group: c.ids["group"]}
}

func newWorld(t testing.TB, database string) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background()}
	dir, err := os.MkdirTemp("/dev/shm", "seedbed-sweep") // in memory where there is such a thing: durability is proved elsewhere
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	w.sys, err = app.OpenForTest(w.ctx, app.TestOptions{Data: dir, Database: database, Base: base})
	w.must(err)
	t.Cleanup(func() { w.sys.Close() })
	w.sys.Queue.Handle("sweep.broken", func(context.Context, job.Job) error { return job.Permanent(errors.New("broken on purpose")) })
	w.a = w.clinic("Cedar Street", "cedar")
	w.b = w.clinic("Harbor View", "harbor")
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) clinic(name, mail string) *clinic {
	w.t.Helper()
	c := &clinic{accounts: map[access.Role]string{}, ids: map[string]string{}}
	o, err := w.sys.Accounts.CreateOrg(w.ctx, account.Clinic{Name: name, Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	w.must(err)
	c.org = o.ID
	sites, err := w.sys.Accounts.Sites(w.ctx, c.org)
	w.must(err)
	c.site, c.ids["site"] = sites[0].ID, sites[0].ID
	for _, r := range access.StaffRoles() {
		if r != access.Partner {
			c.accounts[r] = w.account(c, r, string(r)+"@"+mail+".example", "")
		}
	}
	c.ids["account"] = w.account(c, access.Evaluator, "spare@"+mail+".example", "")
	w.directory(c)
	c.accounts[access.Partner] = w.account(c, access.Partner, "partner@"+mail+".example", c.ids["group"])
	_, v, err := w.sys.Accounts.Invite(w.ctx, access.Machine(c.org), account.Guest{Name: "Guest", Email: "guest@" + mail + ".example", Role: access.Navigator, Language: "en"})
	w.must(err)
	c.ids["invitation"] = v.ID
	w.introductions(c)
	w.teams(c)
	w.decide(c)
	w.learning(c)
	w.turn(c)
	w.stories(c)
	w.organizing(c)
	return c
}

// stories is one that was told to an organizer, with the teller's yes.
func (w *world) stories(c *clinic) {
	w.t.Helper()
	ana, words := c.actor(access.Organizer), story.Words{Title: "The bus", Text: "I waited two hours."}
	out, err := w.sys.Stories.Tell(w.ctx, ana, story.TellIn{Words: words, Language: "en"})
	w.must(err)
	w.must(w.sys.Stories.Draft(w.ctx, ana, story.DraftIn{ID: out.ID, Words: words}))
	in := story.ApproveIn{ID: out.ID, Version: 2, Identity: string(story.Anonymous), Places: []string{"team", "web"}, Months: 12}
	w.must(w.sys.Stories.Approve(w.ctx, ana, in.WithConsent("en", "spoken", "", "organizer")))
	c.ids["story"] = out.ID
}

func (w *world) account(c *clinic, r access.Role, mail, group string) string {
	w.t.Helper()
	made, err := w.sys.Accounts.Provision(w.ctx, c.org, account.Person{Name: "Somebody " + string(r), Email: mail, Language: "en"}, account.Role{Role: r, Group: group})
	w.must(err)
	return made
}

func (w *world) group(c *clinic, name string, change func(e *directory.Entry)) string {
	w.t.Helper()
	e := directory.Entry{Different: true, Group: directory.Group{
		Offer: directory.Organizing, Kind: directory.Tenants, Name: name, Lang: "en", WhatMembersDo: "We meet and talk about rent.",
		ForWhom: "For anyone who rents.", Why: "Neighbors decide what to ask for.", Topics: []directory.Topic{directory.Housing},
		Rhythm:    []directory.Meeting{{Weekday: time.Tuesday, Start: 18 * 60, End: 20 * 60, Every: directory.Weekly}},
		Place:     directory.Place{Name: "Hall", Area: "Flats", Address: "4 Alder Street", Lat: 45.5, Lon: -122.6, Located: true, Visibility: directory.Exact},
		Languages: []string{"es", "en"}, Safety: directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked, Location: directory.Yes},
		MembersDecide: true, ActsOnCauses: true, Tie: directory.Partner, Contact: directory.PublicContact{Phone: "+15035550171"},
	}, Handoff: directory.Handoff{Name: "Rosa", Phone: "+15035550172", Channel: directory.BySMS, SMS: true, Lang: "es"}}
	change(&e)
	ana := c.actor(access.Organizer)
	made, err := w.sys.Groups.Create(w.ctx, ana, e)
	w.must(err)
	w.must(w.sys.Groups.Vet(w.ctx, ana, made, directory.Vetting{Passed: directory.Checks(), Conflict: "None known."}, ""))
	w.must(w.sys.Groups.Do(w.ctx, ana, made, directory.Publish, "", ""))
	w.must(w.sys.Groups.SetWelcoming(w.ctx, ana, made, directory.Welcoming{Now: directory.Yes, Until: time.Now().AddDate(0, 2, 0)}, ""))
	return made
}

func (w *world) directory(c *clinic) {
	w.t.Helper()
	ana, g := c.actor(access.Organizer), w.sys.Groups
	c.ids["group"] = w.group(c, "Tenants Together", func(*directory.Entry) {})
	c.ids["other group"] = w.group(c, "Bus Riders", func(e *directory.Entry) { e.Place.Visibility = directory.Blurred })
	c.ids["unlisted"] = w.group(c, "Quiet Circle", func(e *directory.Entry) { e.Unlisted = true })
	var err error
	c.ids["programme"], err = g.SaveProgramme(w.ctx, ana, directory.Programme{Name: "Cooking class", What: "Cook together.", ForWhom: "Everyone.", Lang: "en", Topics: []directory.Topic{directory.Food},
		Languages: []string{"en"}, Published: true, Place: directory.Place{Name: "Kitchen", Area: "Flats", Visibility: directory.Exact}}, "")
	w.must(err)
	r := directory.ImportRecord{Kind: directory.ImportOrganization, ID: id.Derive(c.org, "o1"), Origin: "o1", Name: "Imported Neighbors", Description: "Neighbors help neighbors."}
	r.Normalize()
	c.ids["batch"], err = g.PreviewImport(w.ctx, ana, directory.ImportBatch{Feed: "County", Format: "hsds-csv", Files: []string{"a.csv"}, Records: []directory.ImportRecord{r}}, "en", "")
	w.must(err)
	w.must(g.ApplyImport(w.ctx, ana, c.ids["batch"]))
	list, _, err := g.ImportedOrganizations(w.ctx, ana, "", 1)
	w.must(err)
	c.ids["imported"] = list[0].ID
}

// begin is an introduction with the person's code; a fresh person each time.
func (w *world) begin(c *clinic) introduction.Begun {
	w.t.Helper()
	return w.beginBy(c, c.actor(access.Clinician), c.ids["group"])
}

func (w *world) beginBy(c *clinic, by access.Actor, group string) introduction.Begun {
	w.t.Helper()
	c.phone++
	b, err := w.sys.Intros.Begin(w.ctx, by, introduction.BeginIn{
		PersonIn:  introduction.PersonIn{CalledName: "Mateo", Contact: "phone", Phone: fmt.Sprintf("+1503555%04d", 100+c.phone%100), Lang: "es", Topics: []string{"housing"}, Words: string(introduction.WordsFirstName)},
		ConsentIn: introduction.ConsentIn{TellClinic: true, How: "spoken", Witness: "navigator"},
		Group:     group, Site: c.site, Mode: string(introduction.CallBack), Owner: c.accounts[access.Navigator],
	})
	w.must(err)
	if b.State == introduction.Consented {
		w.must(w.sys.Intros.Send(w.ctx, c.actor(access.Navigator), introduction.SendIn{ID: b.ID}))
	}
	return b
}

func (w *world) introductions(c *clinic) {
	w.t.Helper()
	lupe := c.actor(access.Navigator)
	gone := w.begin(c)
	w.must(w.sys.Intros.Withdraw(w.ctx, lupe, introduction.WithdrawIn{ID: gone.ID, How: string(introduction.ByPhone)}))
	recalls, err := w.sys.Intros.Recalls(w.ctx, lupe)
	w.must(err)
	if len(recalls) > 0 {
		c.ids["recall"] = recalls[0].ID
	}
	w.refresh(c)
}

// organizing is somebody who joined, an institution and a way in.
func (w *world) organizing(c *clinic) {
	w.t.Helper()
	ana := c.actor(access.Organizer)
	var err error
	c.ids["institution"], err = w.sys.People.SaveInstitution(w.ctx, ana, people.Institution{Name: "Alder Street School", Kind: "school"}, "")
	w.must(err)
	c.ids["joinlink"], err = w.sys.People.MakeLink(w.ctx, ana, people.LinkIn{Place: "table", Lang: "es", Days: 7})
	w.must(err)
	w.twins(c)
	w.turnout(c)
}

// join is a fresh person, whom the clinic's organizer met.
func (w *world) join(c *clinic) people.Joined {
	w.t.Helper()
	return w.joinAs(c, "Rosa")
}

func (w *world) joinAs(c *clinic, name string) people.Joined {
	w.t.Helper()
	c.phone++
	j, err := w.sys.People.Join(w.ctx, c.actor(access.Organizer), people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: name, Contact: "phone",
		Phone: fmt.Sprintf("+1503555%04d", 200+c.phone%100), Lang: "es"}, Institutions: []string{c.ids["institution"]}}, Source: people.AtMeeting, How: "paper"})
	w.must(err)
	c.ids["person"] = j.ID
	ana := c.actor(access.Organizer)
	c.ids["encounter"], err = w.sys.People.LogOneToOne(w.ctx, ana, people.OneToOneIn{Person: j.ID, Purpose: people.Recruitment, At: time.Now(), Minutes: 30, Place: "cafe", Agreed: "Bring two neighbors",
		Due: time.Now().AddDate(0, 0, 5), Readers: people.CoreOrganizers})
	w.must(err)
	list, err := w.sys.People.Commitments(w.ctx, ana, people.Whose{Person: j.ID})
	w.must(err)
	c.ids["commitment"] = list[0].ID
	return j
}

// twins are two people who were one entry each, a merge that stands, and a list.
func (w *world) twins(c *clinic) {
	w.t.Helper()
	ana := c.actor(access.Organizer)
	stays, taken := w.join(c), w.join(c)
	var err error
	c.ids["merge"], err = w.sys.People.Merge(w.ctx, ana, people.MergeIn{Survivor: stays.ID, Taken: taken.ID})
	w.must(err)
	c.ids["list"], err = w.sys.People.SaveList(w.ctx, ana, people.SavedList{Name: "Calls", Shared: true}, "")
	w.must(err)
	c.ids["sheet"], err = w.sys.People.ReadImport(w.ctx, ana, strings.NewReader("name,phone\nAda Vale,503 555 0150\n"), "")
	w.must(err)
	c.ids["twin"] = w.join(c).ID
	w.join(c)
}

// refresh puts back what allowed requests use up.
func (w *world) refresh(c *clinic) {
	w.t.Helper()
	w.decide(c)
	lupe, now := c.actor(access.Navigator), time.Now()
	c.ids["introduction"] = w.begin(c).ID
	w.meet(c)
	w.turn(c)
	w.powers(c)
	w.listens(c)
	w.lookBack(c)
	w.reports(c)
	w.researches(c)
	w.assemblies(c)
	w.surveys(c)
	w.stories(c)
	w.promises(c)
	if c.ids["institution"] != "" {
		w.twins(c)
		w.turnout(c)
	}
	var err error
	c.ids["duty"], err = w.sys.Intros.SaveDuty(w.ctx, lupe, introduction.DutyIn{Account: lupe.Account, Site: c.site, Languages: []string{"es"}, From: now.Add(time.Minute), Until: now.Add(3 * time.Hour), ByPhone: true})
	w.must(err)
	w.must(w.sys.DB.Write(w.ctx, c.org, func(tx *db.Tx) error {
		return w.sys.Queue.Enqueue(w.ctx, tx, job.Job{Kind: "sweep.broken"})
	}))
	w.must(w.sys.Queue.Drain(w.ctx))
	list, err := w.sys.Notices.Pending(w.ctx, lupe)
	w.must(err)
	if len(list) > 0 {
		c.ids["message"] = list[len(list)-1].ID
	}
	dead, err := w.sys.Queue.Dead(w.ctx, c.actor(access.Admin))
	w.must(err)
	if len(dead) > 0 {
		c.ids["job"] = dead[0].ID
	}
}

// visitor is somebody with a browser.
type visitor struct {
	w       *world
	role    access.Role
	c       *clinic
	cookies map[string]string
}

// visit gives somebody of the clinic a fresh session, made the way people make one.
func (w *world) visit(c *clinic, role access.Role) *visitor {
	w.t.Helper()
	v := &visitor{w: w, role: role, c: c, cookies: map[string]string{}}
	var r *httptest.ResponseRecorder
	switch role {
	case access.Public:
		return v
	case access.Participant:
		r = v.do("POST", "/me", url.Values{"code": {w.begin(c).Code}})
	case access.Member:
		r = v.do("POST", "/me", url.Values{"code": {w.join(c).Code}})
	case access.Link:
		out, err := w.sys.Intros.LinkFor(w.ctx, c.actor(access.Navigator), w.begin(c).ID)
		w.must(err)
		at, _ := url.Parse(out.URL)
		r = v.do("POST", at.Path, url.Values{"code": {out.Code}})
	default:
		token, err := w.sys.Accounts.DemoTicket(w.ctx, c.org, role)
		w.must(err)
		r = v.do("POST", "/ticket/"+token, nil)
	}
	if r.Code != http.StatusSeeOther || len(v.cookies) == 0 {
		w.t.Fatalf("no session as %s: %d %s", role, r.Code, short(r.Body.String()))
	}
	return v
}

func (v *visitor) do(method, target string, form url.Values) *httptest.ResponseRecorder {
	var body bytes.Buffer
	if form != nil {
		body.WriteString(form.Encode())
	}
	req, err := http.NewRequest(method, base+target, &body)
	if err != nil {
		v.w.t.Fatalf("%s %s: %v", method, target, err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return v.send(req)
}

func (v *visitor) send(req *http.Request) *httptest.ResponseRecorder {
	ctx, cancel := context.WithTimeout(v.w.ctx, 20*time.Second)
	if strings.HasSuffix(req.URL.Path, "/live") {
		ctx, cancel = context.WithTimeout(v.w.ctx, 200*time.Millisecond) // a stream never ends by itself
	}
	defer cancel()
	req = req.WithContext(ctx)
	req.RequestURI, req.RemoteAddr = req.URL.RequestURI(), fmt.Sprintf("10.%d.%d.9:4000", v.w.sent/200%200, v.w.sent%200) // another network each time: limits are not what is asked here
	req.Header.Set("Accept-Language", "en")
	for name, value := range v.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	r := httptest.NewRecorder()
	v.w.sys.Handler.ServeHTTP(r, req)
	v.w.sent++
	for _, c := range r.Result().Cookies() {
		if c.MaxAge < 0 || c.Value == "" || c.Name == "sb_flash" { // the sentence after a change would show on the next page only
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	return r
}

// oracle is test/authz.csv.
func oracle(t testing.TB) func(role access.Role, n access.Need) bool {
	f, err := os.Open("../authz.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{}
	for _, r := range rows[1:] {
		allowed[r[0]+" "+r[1]+" "+r[2]] = r[3] != "none"
	}
	return func(role access.Role, n access.Need) bool {
		of := " " + string(n.Resource) + " " + string(n.Action)
		return allowed[string(role)+of] || allowed["public"+of]
	}
}

func short(s string) string { return s[:min(len(s), 400)] }
