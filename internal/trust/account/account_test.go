// The promises of the package comment, on both databases.

package account

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

func TestFirstRun(t *testing.T) {
	each(t, func(w *world) {
		needed, err := w.SetupNeeded(w.ctx)
		w.ok(err)
		if !needed {
			w.Fatal("an empty database needs setting up")
		}
		old, err := w.IssueSetupToken(w.ctx)
		w.ok(err)
		token, err := w.IssueSetupToken(w.ctx)
		w.ok(err)
		_, err = w.BeginSetup(w.ctx, browser, old)
		w.want(fault.Invalid, err)
		_, err = w.BeginSetup(w.ctx, browser, "admin")
		w.want(fault.Invalid, err)
		step, err := w.BeginSetup(w.ctx, browser, strings.ToLower(token))
		w.ok(err)
		other, err := w.BeginSetup(w.ctx, browser, token)
		w.ok(err)

		w.want(fault.Gone, w.SetPerson(w.ctx, step, Person{"Ana", "ana@example.org", "en"})) // the clinic comes first
		err = w.SetClinic(w.ctx, step, Clinic{"", "", "xx", "Moon/Base"})
		if n := len(fault.FieldsOf(err)); n != 3 {
			w.Fatalf("three wrong fields, got %d: %v", n, err)
		}
		c := Clinic{"Riverside Clinic", "Main Street", "es", "America/Chicago"}
		w.ok(w.SetClinic(w.ctx, step, c))
		w.ok(w.SetPerson(w.ctx, step, Person{"Ana Robles", "ana@riverside.example", "es"}))
		m := w.finish(step, "ana@riverside.example")
		if !m.Has(access.Admin) || !m.Has(access.Operator) || m.Locale != "es" {
			w.Fatalf("the first administrator: %+v", m.Actor)
		}
		o, err := w.Organization(w.ctx, m.Org)
		w.ok(err)
		sites, err := w.Sites(w.ctx, m.Org)
		w.ok(err)
		if o.Name != c.Name || o.Zone != c.Zone || len(sites) != 1 || sites[0].Name != c.Site {
			w.Fatalf("%+v %+v", o, sites)
		}

		// Whoever was typing at the same time comes too late, with nothing half made.
		w.ok(w.SetClinic(w.ctx, other, Clinic{"Other", "Other", "en", "UTC"}))
		w.ok(w.SetPerson(w.ctx, other, Person{"Eve", "eve@example.org", "en"}))
		w.ok(w.SetEnrolPassword(w.ctx, other, phrase))
		e, err := w.Enrolment(w.ctx, other)
		w.ok(err)
		secret, _ := decodeTOTPSecret(e.Secret)
		_, _, _, err = w.FinishEnrolCode(w.ctx, browser, other, totpCode(secret, totpStep(w.clock.Now()), 6))
		w.want(fault.Gone, err)
		if list, _ := w.Organizations(w.ctx); len(list) != 1 {
			w.Fatalf("%d organizations", len(list))
		}
		_, err = w.IssueSetupToken(w.ctx)
		w.want(fault.Gone, err)
	})
}

func TestSignInNeedsBothFactors(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		for _, c := range []struct{ email, password string }{
			{m.email, "wrong horse wrong battery"}, {"nobody@riverside.example", phrase}, {"nonsense", phrase}, {"", ""}, {"admin", "admin"},
		} {
			_, err := w.SignIn(w.ctx, browser, c.email, c.password)
			if w.want(fault.Invalid, err); w.key(err) != "account.signin.wrong" {
				w.Fatalf("%q: %v", c.email, err)
			}
		}
		if n := w.entries(m.Org, "signin", "deny"); n != 5 {
			w.Fatalf("%d refusals in the audit log, want 5", n)
		}
		step, err := w.SignIn(w.ctx, browser, "  ANA@riverside.EXAMPLE ", phrase)
		w.ok(err)
		if _, _, err := w.Authenticate(w.ctx, step); !fault.Is(err, fault.Unauthenticated) {
			w.Fatal("a password alone must open nothing")
		}
		code := w.code(m)
		_, _, err = w.SignInCode(w.ctx, browser, step, "000000")
		w.want(fault.Invalid, err)
		token, _, err := w.SignInCode(w.ctx, browser, step, code)
		w.ok(err)
		a, _, err := w.Authenticate(w.ctx, token)
		w.ok(err)
		if a.Account != m.Account || !a.Recent(w.clock.Now()) {
			w.Fatalf("%+v", a)
		}
		_, _, err = w.SignInCode(w.ctx, browser, step, code)
		w.want(fault.Gone, err) // the step is spent

		step, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		_, _, err = w.SignInCode(w.ctx, browser, step, code)
		if w.key(err) != "account.code.wrong" {
			w.Fatalf("a used code was accepted: %v", err)
		}
		_, _, err = w.SignInCode(w.ctx, browser, step, strings.ToLower(m.codes[3]))
		w.ok(err)
		step, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		_, _, err = w.SignInCode(w.ctx, browser, step, m.codes[3])
		w.want(fault.Invalid, err) // a recovery code works once
	})
}

func TestOneCodeAtTheSameTimeOpensOneSession(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		var steps []string
		for range 6 {
			step, err := w.SignIn(w.ctx, browser, m.email, phrase)
			w.ok(err)
			steps = append(steps, step)
		}
		code := w.code(m)
		var mu sync.Mutex
		var wg sync.WaitGroup
		opened := 0
		for _, step := range steps {
			wg.Go(func() {
				if _, _, err := w.SignInCode(w.ctx, browser, step, code); err == nil {
					mu.Lock()
					opened++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if opened != 1 {
			w.Fatalf("one code opened %d sessions", opened)
		}
	})
}

func TestThrottleSurvivesRestartAndReplicas(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		replicas := []*Service{w.Service, w.service(Options{})}
		for i := range int(perAccount.max) {
			_, err := replicas[i%2].SignIn(w.ctx, browser, m.email, "wrong wrong wrong wrong")
			w.want(fault.Invalid, err)
		}
		restarted := w.service(Options{})
		_, err := restarted.SignIn(w.ctx, browser, m.email, phrase)
		w.want(fault.Limited, err)
		// An unknown address is limited alike, or the limit would tell who exists.
		for range perAccount.max {
			_, err := w.SignIn(w.ctx, browser, "nobody@riverside.example", "wrong wrong wrong wrong")
			w.want(fault.Invalid, err)
		}
		_, err = w.SignIn(w.ctx, browser, "nobody@riverside.example", phrase)
		w.want(fault.Limited, err)
		// One network that sprays many addresses runs into its own limit.
		for i := range perNetwork.max {
			_, err = w.SignIn(w.ctx, browser, fmt.Sprintf("p%d@riverside.example", i), phrase)
			if fault.Is(err, fault.Limited) {
				break
			}
		}
		w.want(fault.Limited, err)
		w.clock.Advance(time.Hour + time.Minute)
		w.signIn(m)
	})
}

func TestSignInFailsClosed(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		w.ok(w.db.Write(w.ctx, db.AllOrgs, func(tx *db.Tx) error {
			_, err := tx.Exec(w.ctx, `DROP TABLE account_throttle`)
			return err
		}))
		if _, err := w.SignIn(w.ctx, browser, m.email, phrase); err == nil {
			w.Fatal("without counters somebody got in")
		}
	})
}

func TestCodeGuessingEnds(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		w.clock.Advance(time.Minute)
		step, err := w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		for range triesOf(kindCode) {
			_, _, err = w.SignInCode(w.ctx, browser, step, "000000")
			w.want(fault.Invalid, err)
		}
		_, _, err = w.SignInCode(w.ctx, browser, step, w.code(m))
		w.want(fault.Gone, err)
		step, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		w.clock.Advance(ceremonyLife)
		_, _, err = w.SignInCode(w.ctx, browser, step, w.code(m))
		w.want(fault.Gone, err)
	})
}

func TestSessions(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		first := *m
		w.signIn(m)
		list, err := w.Sessions(w.ctx, m.Actor)
		w.ok(err)
		if len(list) != 2 || list[0].Agent != "Firefox|Linux" {
			w.Fatalf("%+v", list)
		}
		w.ok(w.RevokeSession(w.ctx, m.Actor, first.Session))
		if _, _, err := w.Authenticate(w.ctx, first.token); !fault.Is(err, fault.Unauthenticated) {
			w.Fatal("a revoked session must be refused on the next request")
		}
		w.want(fault.NotFound, w.RevokeSession(w.ctx, m.Actor, first.Session))

		old := m.token
		w.stepUp(m)
		if _, _, err := w.Authenticate(w.ctx, old); !fault.Is(err, fault.Unauthenticated) {
			w.Fatal("elevation must change the token")
		}
		w.clock.Advance(SessionIdle - time.Minute)
		w.refresh(m) // being used keeps it alive
		w.clock.Advance(SessionIdle - time.Minute)
		w.refresh(m)
		for range 4 { // an open list is nobody at work
			w.clock.Advance(SessionIdle / 4)
			w.Recognise(w.ctx, m.token)
		}
		if _, _, err := w.Authenticate(w.ctx, m.token); !fault.Is(err, fault.Unauthenticated) {
			w.Fatal("an idle session must end")
		}
		w.signIn(m)
		for range 14 * 4 {
			w.clock.Advance(6 * time.Hour)
			if _, _, err = w.Authenticate(w.ctx, m.token); err != nil {
				break
			}
		}
		w.want(fault.Unauthenticated, err) // the absolute end, however busy

		step, err := w.SignIn(w.ctx, Client{Network: "n", Shared: true}, m.email, phrase)
		w.ok(err)
		m.token, _, err = w.SignInCode(w.ctx, browser, step, w.code(m))
		w.ok(err)
		w.clock.Advance(SessionIdleShare)
		_, _, err = w.Authenticate(w.ctx, m.token)
		w.want(fault.Unauthenticated, err)

		w.signIn(m)
		w.ok(w.SignOut(w.ctx, m.Actor))
		_, _, err = w.Authenticate(w.ctx, m.token)
		w.want(fault.Unauthenticated, err)
	})
}

func TestInvitationWorksOnce(t *testing.T) {
	each(t, func(w *world) {
		admin := w.first()
		token, v, err := w.Invite(w.ctx, admin.Actor, Guest{Name: "Minh Tran", Email: "minh@riverside.example", Role: access.Clinician, Language: "vi"})
		w.ok(err)
		for range 3 { // looking never consumes
			seen, err := w.Invitation(w.ctx, token)
			w.ok(err)
			if seen.Clinic != "Riverside Clinic" || seen.Name != "Minh Tran" || seen.Role != access.Clinician {
				w.Fatalf("%+v", seen)
			}
		}
		one, err := w.BeginInvitation(w.ctx, token, Person{"Minh Tran", "minh@riverside.example", "vi"})
		w.ok(err)
		two, err := w.BeginInvitation(w.ctx, token, Person{"Eve", "eve@example.org", "en"})
		w.ok(err)
		m := w.finish(one, "minh@riverside.example")
		if len(m.Roles) != 1 || !m.Has(access.Clinician) || m.Locale != "vi" {
			w.Fatalf("%+v", m.Actor)
		}
		w.ok(w.SetEnrolPassword(w.ctx, two, phrase))
		e, err := w.Enrolment(w.ctx, two)
		w.ok(err)
		secret, _ := decodeTOTPSecret(e.Secret)
		_, _, _, err = w.FinishEnrolCode(w.ctx, browser, two, totpCode(secret, totpStep(w.clock.Now()), 6))
		w.want(fault.Gone, err)
		_, err = w.Invitation(w.ctx, token)
		w.want(fault.Gone, err)
		_, err = w.Invitation(w.ctx, "unknown")
		w.want(fault.NotFound, err)
		w.want(fault.NotFound, w.RevokeInvitation(w.ctx, admin.Actor, v.ID)) // used ones cannot be revoked
		if list, _ := w.Accounts(w.ctx, admin.Actor); len(list) != 2 {
			w.Fatalf("%d accounts", len(list))
		}

		token, v, err = w.Invite(w.ctx, admin.Actor, Guest{Role: access.Navigator, Key: "k1"})
		w.ok(err)
		_, _, err = w.Invite(w.ctx, admin.Actor, Guest{Role: access.Navigator, Key: "k1"})
		w.want(fault.Conflict, err) // a form sent twice makes one invitation
		if list, _ := w.Invitations(w.ctx, admin.Actor); len(list) != 1 {
			w.Fatalf("%d open invitations", len(list))
		}
		w.ok(w.RevokeInvitation(w.ctx, admin.Actor, v.ID))
		_, err = w.Invitation(w.ctx, token)
		w.want(fault.Gone, err)
		token, _, err = w.Invite(w.ctx, admin.Actor, Guest{Role: access.Navigator})
		w.ok(err)
		w.clock.Advance(InvitationLife)
		_, err = w.Invitation(w.ctx, token)
		w.want(fault.Gone, err)
	})
}

func TestNobodyPromotesThemselves(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first() // administrator and operator
		admin := w.join(owner, "Bo Linden", "bo@riverside.example", access.Admin, "")
		peer := w.join(owner, "Cy Marsh", "cy@riverside.example", access.Admin, "")
		organizer := w.join(admin, "Dee Olsen", "dee@riverside.example", access.Organizer, "")
		partner := w.join(admin, "Eli Park", "eli@group.example", access.Partner, "g1")
		if partner.Group != "g1" {
			w.Fatalf("%+v", partner.Actor)
		}
		w.stepUp(admin)
		w.stepUp(organizer)
		for _, c := range []struct {
			what string
			err  error
		}{
			{"own roles", w.SetRoles(w.ctx, admin.Actor, admin.Account, []Role{{Role: access.Operator}})},
			{"own roles by an organizer", w.SetRoles(w.ctx, organizer.Actor, organizer.Account, []Role{{Role: access.Admin}})},
			{"equal rank", w.SetRoles(w.ctx, admin.Actor, peer.Account, []Role{{Role: access.Clinician}})},
			{"giving one's own rank", w.SetRoles(w.ctx, admin.Actor, organizer.Account, []Role{{Role: access.Admin}})},
			{"giving more", w.SetRoles(w.ctx, admin.Actor, organizer.Account, []Role{{Role: access.Operator}})},
			{"disabling oneself", w.Disable(w.ctx, admin.Actor, admin.Account)},
			{"disabling above", w.Disable(w.ctx, admin.Actor, owner.Account)},
		} {
			if !fault.Is(c.err, fault.Forbidden) {
				w.Errorf("%s: %v", c.what, c.err)
			}
		}
		_, _, err := w.Invite(w.ctx, admin.Actor, Guest{Role: access.Admin})
		w.want(fault.Forbidden, err)
		_, _, err = w.Invite(w.ctx, organizer.Actor, Guest{Role: access.Clinician})
		w.want(fault.Forbidden, err)
		_, err = w.Accounts(w.ctx, organizer.Actor)
		w.want(fault.Forbidden, err)

		w.ok(w.SetRoles(w.ctx, admin.Actor, organizer.Account, []Role{{Role: access.Clinician}, {Role: access.Organizer}}))
		w.refresh(organizer)
		if !organizer.Has(access.Clinician) || !organizer.Has(access.Organizer) {
			w.Fatalf("%+v", organizer.Actor)
		}
		w.clock.Advance(StepUpLife + time.Minute)
		w.refresh(admin)
		err = w.SetRoles(w.ctx, admin.Actor, organizer.Account, []Role{{Role: access.Clinician}})
		if w.want(fault.Forbidden, err); w.key(err) != StepUpNeeded {
			w.Fatalf("%v", err)
		}
	})
}

func TestDisabledAccountIsOutOnTheNextRequest(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first()
		m := w.join(owner, "Dee Olsen", "dee@riverside.example", access.Organizer, "")
		step, err := w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		w.stepUp(owner)
		w.ok(w.Disable(w.ctx, owner.Actor, m.Account))
		_, _, err = w.Authenticate(w.ctx, m.token)
		w.want(fault.Unauthenticated, err)
		_, _, err = w.SignInCode(w.ctx, browser, step, w.code(m)) // half-way through
		w.want(fault.Unauthenticated, err)
		_, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.want(fault.Invalid, err)
		w.stepUp(owner)
		w.ok(w.Enable(w.ctx, owner.Actor, m.Account))
		_, _, err = w.Authenticate(w.ctx, m.token)
		w.want(fault.Unauthenticated, err) // old sessions do not come back to life
		w.signIn(m)
		// Whatever row says that it is over is enough.
		for _, q := range []string{`UPDATE account SET disabled_at = 1 WHERE id = $1`, `UPDATE account SET token_version = token_version + 1 WHERE id = $1`} {
			w.refresh(m)
			w.ok(w.db.Write(w.ctx, m.Org, func(tx *db.Tx) error { _, err := tx.Exec(w.ctx, q, m.Account); return err }))
			_, _, err = w.Authenticate(w.ctx, m.token)
			w.want(fault.Unauthenticated, err)
			w.ok(w.db.Write(w.ctx, m.Org, func(tx *db.Tx) error {
				_, err := tx.Exec(w.ctx, `UPDATE account SET disabled_at = 0 WHERE id = $1`, m.Account)
				return err
			}))
		}
	})
}

// Two valid codes for one step are still one sign-in.
func TestOneStepOpensOneSession(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		for round := range 3 {
			step, err := w.SignIn(w.ctx, browser, m.email, phrase)
			w.ok(err)
			opened := make(chan bool, 3)
			var wg sync.WaitGroup
			for i := range 3 {
				wg.Go(func() {
					_, _, err := w.SignInCode(w.ctx, browser, step, m.codes[3*round+i])
					opened <- err == nil
				})
			}
			wg.Wait()
			close(opened)
			n := 0
			for ok := range opened {
				if ok {
					n++
				}
			}
			if n != 1 {
				w.Fatalf("one step opened %d sessions", n)
			}
		}
	})
}

func TestLastAdministratorStays(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first()
		console := access.Machine(owner.Org)
		w.want(fault.Conflict, w.Disable(w.ctx, console, owner.Account))
		w.want(fault.Conflict, w.SetRoles(w.ctx, console, owner.Account, []Role{{Role: access.Operator}}))
		w.refresh(owner) // refused means unchanged
		admin := w.join(owner, "Bo Linden", "bo@riverside.example", access.Admin, "")
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, account := range []string{owner.Account, admin.Account} {
			wg.Go(func() { errs[i] = w.Disable(w.ctx, console, account) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			w.Fatalf("exactly one of two administrators may go: %v / %v", errs[0], errs[1])
		}
	})
}

func TestResetLetsTheOwnerChoose(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first()
		m := w.join(owner, "Dee Olsen", "dee@riverside.example", access.Organizer, "")
		w.stepUp(owner)
		first, _, err := w.ResetFactors(w.ctx, owner.Actor, m.Account)
		w.ok(err)
		_, _, err = w.Authenticate(w.ctx, m.token)
		w.want(fault.Unauthenticated, err)
		_, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.want(fault.Invalid, err)
		token, _, err := w.ResetFactors(w.ctx, owner.Actor, m.Account)
		w.ok(err)
		_, err = w.Invitation(w.ctx, first)
		w.want(fault.Gone, err)
		step, err := w.BeginInvitation(w.ctx, token, Person{})
		w.ok(err)
		w.want(fault.Gone, w.SetPerson(w.ctx, step, Person{"Eve", "eve@example.org", "en"})) // a renewal changes no person
		again := w.finish(step, m.email)
		if again.Account != m.Account || !again.Has(access.Organizer) {
			w.Fatalf("%+v", again.Actor)
		}
		w.signIn(again)
	})
}

func TestProfile(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		other := *m
		w.signIn(m)
		w.ok(w.UpdateProfile(w.ctx, m.Actor, "Ana R. Robles", "ar"))
		me, f, err := w.Profile(w.ctx, m.Actor)
		w.ok(err)
		if me.Name != "Ana R. Robles" || me.Language != "ar" || !f.Password || !f.TOTP || f.Recovery != 10 {
			w.Fatalf("%+v %+v", me, f)
		}
		w.want(fault.Invalid, w.ChangePassword(w.ctx, m.Actor, "not the present one", "nine slow herons wade"))
		if err := w.ChangePassword(w.ctx, m.Actor, phrase, "RiversideClinic1"); w.key(err) != "account.password.common" {
			w.Fatalf("%v", err)
		}
		w.ok(w.ChangePassword(w.ctx, m.Actor, phrase, "nine slow herons wade"))
		w.refresh(m)
		_, _, err = w.Authenticate(w.ctx, other.token)
		w.want(fault.Unauthenticated, err) // other browsers are out
		_, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.want(fault.Invalid, err)
		w.ok(w.ChangePassword(w.ctx, m.Actor, "nine slow herons wade", phrase))

		step, err := w.BeginApp(w.ctx, m.Actor)
		w.ok(err)
		shown, err := w.AppSetup(w.ctx, m.Actor, step)
		w.ok(err)
		_, err = w.FinishApp(w.ctx, m.Actor, step, "000000")
		w.want(fault.Invalid, err)
		m.secret, _ = decodeTOTPSecret(shown.Secret)
		codes, err := w.FinishApp(w.ctx, m.Actor, step, w.code(m))
		w.ok(err)
		if len(codes) != 10 || codes[0] == m.codes[0] {
			w.Fatalf("%v", codes)
		}
		w.signIn(m)
		fresh, err := w.NewRecoveryCodes(w.ctx, m.Actor)
		w.ok(err)
		step, err = w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		_, _, err = w.SignInCode(w.ctx, browser, step, codes[0])
		w.want(fault.Invalid, err)
		_, _, err = w.SignInCode(w.ctx, browser, step, fresh[0])
		w.ok(err)
	})
}

func TestDemoTickets(t *testing.T) {
	each(t, func(w *world) {
		m := w.first()
		_, err := w.DemoTicket(w.ctx, m.Org, access.Admin)
		w.want(fault.Forbidden, err)
		demo := w.service(Options{Demo: true})
		account, err := demo.Provision(w.ctx, m.Org, Person{"Dee Olsen", "dee@riverside.example", "en"}, Role{Role: access.Clinician}, Role{Role: access.Navigator})
		w.ok(err)
		token, err := demo.DemoTicket(w.ctx, m.Org, access.Clinician)
		w.ok(err)
		for range 2 { // a demo link is opened by everybody at the table
			session, _, err := demo.UseTicket(w.ctx, browser, token)
			w.ok(err)
			a, _, err := demo.Authenticate(w.ctx, session)
			w.ok(err)
			if a.Account != account || !a.Has(access.Clinician) || a.Has(access.Navigator) {
				w.Fatalf("%+v", a)
			}
		}
		_, _, err = w.UseTicket(w.ctx, browser, token) // a real installation on the same data
		w.want(fault.NotFound, err)
	})
}

func TestOtherClinicsAccountsDoNotExist(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first()
		b, err := w.CreateOrg(w.ctx, Clinic{"Hillside Clinic", "Oak Road", "en", "UTC"})
		w.ok(err)
		console := access.Machine(b.ID)
		token, v, err := w.Invite(w.ctx, console, Guest{Role: access.Admin})
		w.ok(err)
		step, err := w.BeginInvitation(w.ctx, token, Person{"Fay Quist", "fay@hillside.example", "en"})
		w.ok(err)
		other := w.finish(step, "fay@hillside.example")
		w.stepUp(owner)
		for _, err := range []error{
			w.Disable(w.ctx, owner.Actor, other.Account), w.SetRoles(w.ctx, owner.Actor, other.Account, []Role{{Role: access.Clinician}}),
			w.RevokeSession(w.ctx, owner.Actor, other.Session), w.RevokeInvitation(w.ctx, owner.Actor, v.ID),
			func() error { _, err := w.Account(w.ctx, owner.Actor, other.Account); return err }(),
			func() error { _, _, err := w.ResetFactors(w.ctx, owner.Actor, other.Account); return err }(),
		} {
			w.want(fault.NotFound, err)
		}
		// The same address in two clinics is two accounts.
		token, _, err = w.Invite(w.ctx, console, Guest{Role: access.Clinician})
		w.ok(err)
		_, err = w.BeginInvitation(w.ctx, token, Person{"Ana Robles", owner.email, "en"})
		w.ok(err)
	})
}

func TestNothingReadableInTheDatabase(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		path := t.TempDir() + "/plain.db"
		d, err := db.Open(t.Context(), path, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		schemas := allSchemas()
		if err := d.Migrate(t.Context(), schemas...); err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, d)
		m := w.first()
		token, _, err := w.Invite(w.ctx, m.Actor, Guest{Name: "Zebedee Canary", Email: "zebedee@canary.example", Role: access.Clinician})
		w.ok(err)
		step, err := w.SignIn(w.ctx, browser, m.email, phrase)
		w.ok(err)
		for _, file := range []string{path, path + "-wal"} {
			b, err := os.ReadFile(file)
			w.ok(err)
			for _, secret := range []string{"Robles", "riverside.example", "Zebedee", "canary.example", phrase, token, step, m.token,
				m.codes[0], encodeTOTPSecret(m.secret), "192.0.2"} {
				if strings.Contains(string(b), secret) {
					w.Errorf("%s holds %q in plain text", file, secret)
				}
			}
		}
	})
}

func TestAgentClass(t *testing.T) {
	for header, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                    "Firefox|Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":     "Edge|Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/604.1": "Safari|iPhone",
		"Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36":        "Chrome|Android",
		"<script>alert(1)</script>": "|",
	} {
		if got := AgentClass(header); got != want {
			t.Errorf("%s: %s, want %s", header, got, want)
		}
	}
}

func FuzzCleanEmail(f *testing.F) {
	f.Add("ana@example.org")
	f.Add("ﬁ@EXAMPLE.org ")
	f.Fuzz(func(t *testing.T, s string) {
		clean, ok := cleanEmail(s)
		if !ok {
			return
		}
		if again, ok := cleanEmail(clean); !ok || again != clean || strings.ContainsAny(clean, "\r\n ,") {
			t.Fatalf("%q → %q → %q", s, clean, again)
		}
	})
}
