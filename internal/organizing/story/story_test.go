// The life of a story as a table, and the consent behind every reading of it.
package story

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault/vaulttest"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
	"seedbed/locales"
)

var schemas = []fs.FS{idem.Schema, audit.Schema, job.Schema, notify.Schema, consent.Schema, people.Schema, Schema}

const (
	cedar = "11111111-1111-7111-8111-111111111111"
	other = "22222222-2222-7222-8222-222222222222"

	campaign = "33333333-3333-7333-8333-333333333333"
)

var (
	ana     = access.Actor{Account: "ana", Org: cedar, Roles: []access.Role{access.Organizer}}
	omar    = access.Actor{Account: "omar", Org: cedar, Roles: []access.Role{access.Leader}}
	foreign = access.Actor{Account: "else", Org: other, Roles: []access.Role{access.Organizer}}
	public  = access.Anonymous(cedar)
)

type world struct {
	t     testing.TB
	ctx   context.Context
	s     *Service
	db    *db.DB
	clock *clock.Fake
	led   *consent.Ledger
	ppl   *people.Service
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), db: d, clock: clock.NewFake(time.Date(2026, 11, 2, 10, 0, 0, 123456789, time.UTC))}
	v := vaulttest.New(t)
	log, jobs := audit.New(d, v, w.clock), job.New(d, job.Options{Clock: w.clock})
	w.led = consent.New(w.clock)
	cat, err := i18n.Load(locales.Files)
	w.must(err)
	notices, err := notify.New(notify.Options{DB: d, Jobs: jobs, Clock: w.clock, Vault: v, Audit: log, Catalog: cat})
	w.must(err)
	w.ppl = people.New(people.Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: w.led, Notices: notices})
	w.s = New(Deps{DB: d, Vault: v, Audit: log, Jobs: jobs, Clock: w.clock, Consent: w.led, People: w.ppl})
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) is(err error, k fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, k) {
		w.t.Errorf("got %v, want %v", err, k)
	}
}

func (w *world) thu() access.Actor {
	w.t.Helper()
	j, err := w.ppl.Join(w.ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "Thu Pham", Contact: "in_person", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	w.must(err)
	return access.Actor{Org: cedar, Person: j.ID, Roles: []access.Role{access.Member}}
}

var label = Words{Title: "The label", Text: "My mother could not read the label.\n\nNow we ask for ten languages."}

func (w *world) tell(a access.Actor, person string) ToldOut {
	w.t.Helper()
	out, err := w.s.Tell(w.ctx, a, TellIn{Words: label, Person: person, Campaign: campaign, Language: "vi"})
	w.must(err)
	w.must(w.s.Draft(w.ctx, a, DraftIn{ID: out.ID, Words: label}))
	return out
}

func yes(id string, version int64, who Identity, places ...string) ApproveIn {
	return ApproveIn{ID: id, Version: version, Identity: string(who), Places: places, Months: 24}.WithConsent("vi", "screen", "", "")
}

func TestStates(t *testing.T) {
	want := map[State]map[Verb]State{
		Told:      {VerbDraft: Drafted, VerbApprove: Approved, VerbWithdraw: Withdrawn},
		Drafted:   {VerbDraft: Drafted, VerbApprove: Approved, VerbWithdraw: Withdrawn},
		Approved:  {VerbDraft: Drafted, VerbApprove: Approved, VerbUse: Used, VerbRest: Resting, VerbWithdraw: Withdrawn},
		Used:      {VerbDraft: Drafted, VerbApprove: Used, VerbUse: Used, VerbRest: Resting, VerbWithdraw: Withdrawn},
		Resting:   {VerbWake: Approved, VerbWithdraw: Withdrawn},
		Withdrawn: {},
	}
	for _, s := range append(States(), "") {
		for _, v := range append(Verbs(), "") {
			got, err := s.After(v)
			next, ok := want[s][v]
			if ok && (err != nil || got != next) || !ok && (!fault.Is(err, fault.Conflict) || got != s) {
				t.Errorf("%s %s: %s, %v", s, v, got, err)
			}
		}
	}
}

// S-05: "team only, first name", and not usable in an assembly until that is added.
func TestAPlaceIsAllowedAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.thu()
		st := w.tell(ana, thu.Person)
		use := func(place string) error {
			return w.s.Use(w.ctx, ana, UseIn{ID: st.ID, Place: place, Where: "Core team evening"})
		}
		w.is(use("team"), fault.Conflict) // not approved
		w.must(w.s.Approve(w.ctx, thu, yes(st.ID, 2, FirstName, "team")))
		w.must(use("team"))
		w.is(use("assembly"), fault.Conflict)
		_, err := w.s.Read(w.ctx, ana, st.ID, "assembly")
		w.is(err, fault.Conflict)
		shown, err := w.s.Read(w.ctx, ana, st.ID, "team")
		if err != nil || shown.Name != "Thu" || shown.Words != label {
			t.Errorf("%+v, %v", shown, err)
		}
		w.must(w.s.Approve(w.ctx, thu, yes(st.ID, 2, FullName, "team", "assembly")))
		w.must(use("assembly"))
		if shown, _ = w.s.Read(w.ctx, ana, st.ID, "assembly"); shown.Name != "Thu Pham" {
			t.Errorf("%+v", shown)
		}
		if q, err := w.s.Quotes(w.ctx, ana, campaign, "assembly"); err != nil || len(q) != 1 {
			t.Errorf("%+v, %v", q, err)
		}
		if q, err := w.s.Quotes(w.ctx, ana, campaign, "media"); err != nil || len(q) != 0 {
			t.Errorf("%+v, %v", q, err)
		}
		_, err = w.s.Read(w.ctx, foreign, st.ID, "team")
		w.is(err, fault.NotFound)
		_, err = w.s.Get(w.ctx, omar, st.ID)
		w.is(err, fault.NotFound)
		mine, err := w.s.Get(w.ctx, thu, st.ID)
		if err != nil || len(mine.Uses) != 2 || mine.Uses[0].Where != "Core team evening" || mine.Permissions[0].Until.IsZero() || !mine.Permissions[5].Until.IsZero() {
			t.Errorf("%+v, %v", mine, err)
		}
	})
}

func TestNewWordsNeedANewYes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.thu()
		st := w.tell(ana, thu.Person)
		w.is(w.s.Approve(w.ctx, thu, yes(st.ID, 1, FirstName, "team")), fault.Conflict) // an older version
		w.must(w.s.Approve(w.ctx, thu, yes(st.ID, 2, FirstName, "team", "web")))
		w.must(w.s.Use(w.ctx, ana, UseIn{ID: st.ID, Place: "web", Where: "Clinic website"}))
		w.is(w.s.Draft(w.ctx, ana, DraftIn{ID: st.ID, Words: label, Version: 1}), fault.Conflict) // somebody else wrote meanwhile
		w.must(w.s.Draft(w.ctx, ana, DraftIn{ID: st.ID, Words: Words{"The label", "Other words."}, Version: 2}))
		_, err := w.s.Read(w.ctx, ana, st.ID, "team")
		w.is(err, fault.Conflict)
		down, err := w.s.ToTakeDown(w.ctx, ana)
		if err != nil || len(down) != 1 || down[0].Where != "Clinic website" {
			t.Fatalf("%+v, %v", down, err)
		}
		w.clock.Advance(TakeDownWithin + time.Hour)
		if !down[0].Late(w.clock.Now()) {
			t.Error("nobody is asked for it")
		}
		w.must(w.s.TakenDown(w.ctx, ana, down[0].ID, ""))
		if down, _ = w.s.ToTakeDown(w.ctx, ana); len(down) != 0 {
			t.Errorf("%+v", down)
		}
	})
}

func TestWithdrawalReachesEveryUse(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		st := w.tell(omar, "") // nobody is recorded
		if len(st.Code) != codeLength {
			t.Fatalf("%+v", st)
		}
		_, _, err := w.s.ByCode(w.ctx, public, "10.0.0.1", "0000-0000-0000-0000")
		w.is(err, fault.Invalid)
		teller, id, err := w.s.ByCode(w.ctx, public, "10.0.0.1", strings.ToLower(st.Code))
		if err != nil || id != st.ID {
			t.Fatalf("%s, %v", id, err)
		}
		w.is(w.s.Approve(w.ctx, teller, yes(id, 2, FullName, "web")), fault.Invalid) // there is no name to show
		w.must(w.s.Approve(w.ctx, teller, yes(id, 2, Anonymous, "web", "media", "training")))
		for _, place := range []string{"web", "media", "training"} {
			w.must(w.s.Use(w.ctx, omar, UseIn{ID: id, Place: place, Where: "Somewhere"}))
		}
		w.must(w.s.Withdraw(w.ctx, teller, id, "k"))
		for _, place := range consent.StoryPlaces() {
			_, err := w.s.Read(w.ctx, omar, id, place)
			w.is(err, fault.Conflict)
		}
		_, _, err = w.s.ByCode(w.ctx, public, "10.0.0.1", st.Code)
		w.is(err, fault.Invalid)
		down, err := w.s.ToTakeDown(w.ctx, ana)
		if err != nil || len(down) != 2 || down[0].Where != "" { // what was said at the training is over; where it was is erased with the teller
			t.Errorf("%+v, %v", down, err)
		}
	})
}

func TestAConsentThatRunsOutEndsItsUses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.thu()
		st := w.tell(ana, thu.Person)
		w.must(w.s.Approve(w.ctx, thu, yes(st.ID, 2, FirstName, "web")))
		w.must(w.s.Use(w.ctx, ana, UseIn{ID: st.ID, Place: "web", Where: "Clinic website"}))
		w.clock.Advance(2 * 366 * 24 * time.Hour)
		_, err := w.s.Read(w.ctx, ana, st.ID, "web")
		w.is(err, fault.Gone)
		w.must(w.s.Wind(w.ctx))
		if down, err := w.s.ToTakeDown(w.ctx, ana); err != nil || len(down) != 1 {
			t.Errorf("%+v, %v", down, err)
		}
	})
}

// Whatever happens in whatever order: a place reads a story exactly while the
// teller's yes to these words and this place holds.
func TestNoReadingWithoutALiveYes(t *testing.T) {
	d := dbtest.SQLite(t, schemas...)
	w := newWorld(t, d)
	thu := w.thu()
	rapid.Check(t, func(t *rapid.T) {
		st := w.tell(ana, thu.Person)
		version, approved, resting := int64(2), int64(0), false
		allowed := map[string]bool{}
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			place := rapid.SampledFrom(consent.StoryPlaces()).Draw(t, "place")
			switch rapid.SampledFrom([]string{"draft", "approve", "stop", "rest", "wake", "use"}).Draw(t, "act") {
			case "draft":
				if w.s.Draft(w.ctx, ana, DraftIn{ID: st.ID, Words: label}) == nil {
					version, approved = version+1, 0
				}
			case "approve":
				places := rapid.SliceOfDistinct(rapid.SampledFrom(consent.StoryPlaces()), func(s string) string { return s }).Draw(t, "places")
				if w.s.Approve(w.ctx, thu, yes(st.ID, version, FirstName, places...)) == nil {
					approved = version
					clear(allowed)
					for _, p := range places {
						allowed[p] = true
					}
				}
			case "stop":
				w.must(w.s.StopPlace(w.ctx, thu, st.ID, place, ""))
				delete(allowed, place)
			case "rest":
				resting = resting || w.s.Rest(w.ctx, thu, RestIn{ID: st.ID}) == nil
			case "wake":
				if w.s.Wake(w.ctx, thu, st.ID, "") == nil {
					resting = false
				}
			case "use":
				may := allowed[place] && approved == version && !resting
				if err := w.s.Use(w.ctx, ana, UseIn{ID: st.ID, Place: place, Where: "x"}); (err == nil) != may {
					t.Fatalf("use in %s: %v, may %v", place, err, may)
				}
			}
			for _, p := range consent.StoryPlaces() {
				_, err := w.s.Read(w.ctx, ana, st.ID, p)
				if may := allowed[p] && approved == version && !resting; (err == nil) != may {
					t.Fatalf("read in %s: %v, may %v", p, err, may)
				}
			}
		}
	})
}

// What comes with a form's hidden fields is checked like what was typed.
func TestACampaignIsAnID(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, campaign := range []string{"Thu's own street", strings.Repeat("x", 100000), campaign + " "} {
			_, err := w.s.Tell(w.ctx, ana, TellIn{Words: label, Campaign: campaign, Language: "vi"})
			w.is(err, fault.Invalid)
		}
	})
}

// Words that are right as they were told need nobody to save them once more.
func TestAsTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu := w.thu()
		out, err := w.s.Tell(w.ctx, ana, TellIn{Words: label, Person: thu.Person, Language: "vi"})
		w.must(err)
		w.must(w.s.Approve(w.ctx, thu, yes(out.ID, 1, FirstName, "team")))
		w.must(w.s.Use(w.ctx, ana, UseIn{ID: out.ID, Place: "team", Where: "Core team evening"}))
	})
}

// Two rows that are found to be one person: whoever told a story under either still
// sees it, and can end it.
func TestATellerWhoWasWrittenDownTwice(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		thu, twin := w.thu(), w.thu()
		st := w.tell(ana, twin.Person)
		_, err := w.ppl.Merge(w.ctx, ana, people.MergeIn{Survivor: thu.Person, Taken: twin.Person})
		w.must(err)
		page, err := w.s.List(w.ctx, thu, "")
		w.must(err)
		if len(page.Lines) != 1 {
			t.Errorf("the teller sees %d of their stories", len(page.Lines))
		}
		got, err := w.s.Get(w.ctx, thu, st.ID)
		if err != nil || got.Words != label {
			t.Errorf("%+v, %v", got.Words, err)
		}
		w.must(w.s.Withdraw(w.ctx, thu, st.ID, ""))
	})
}
