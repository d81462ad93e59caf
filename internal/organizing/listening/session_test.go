// Reports: converging, nameless where they must be, and on timelines only of those
// who agreed.
package listening

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/trust/consent"
)

// state is everything that reports leave behind, in words that do not depend on
// the order in which they came.
func (w *world) state(campaign string) string {
	w.t.Helper()
	var out []string
	w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
		out = nil
		list, err := sessionPage(w.ctx, tx, campaign, access.Granted{Scope: access.Org}, ana, "", 500)
		if err != nil {
			return err
		}
		themes, err := w.s.themes(w.ctx, tx, campaign)
		if err != nil {
			return err
		}
		name := map[string]string{}
		for _, t := range themes {
			name[t.ID] = fold.Text(t.Name)
			out = append(out, "theme "+name[t.ID])
		}
		for _, n := range list {
			said, err := talliesOf(w.ctx, tx, n.ID)
			if err != nil {
				return err
			}
			slices.SortFunc(said, func(a, b Tally) int { return strings.Compare(name[a.Theme], name[b.Theme]) })
			line := fmt.Sprintf("%s %s %s %s %d r%d %s", n.ID, n.State, n.Format, n.Language, n.Heard, n.Revision, n.stamp)
			for _, t := range said {
				line += fmt.Sprintf(" %s=%d", name[t.Theme], t.N)
			}
			out = append(out, line)
		}
		return nil
	}))
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// Whatever devices send again, late or in another order: the same rows in the end.
func TestReportsConverge(t *testing.T) {
	d := dbtest.SQLite(t, schemas...)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, d)
		w.keys = int(time.Now().UnixNano() % 1e9)
		words := []string{"Bus cut", "bus CUT", "Label in English only", "interpreter no-show", "Rent"}
		var forms []SessionIn
		one, two := w.open(), w.open()
		sessions := []string{id.New(w.clock.Now()), id.New(w.clock.Now()), id.New(w.clock.Now())}
		for n := range rapid.IntRange(1, 4).Draw(rt, "reports") {
			in := SessionIn{Session: rapid.SampledFrom(sessions).Draw(rt, "session"), Revision: int64(rapid.IntRange(1, 3).Draw(rt, "revision")),
				State: rapid.SampledFrom([]SessionState{Planned, Reported, Reported, Cancelled}).Draw(rt, "state"), Format: HouseMeeting, Held: w.clock.Now(),
				Language: rapid.SampledFrom([]string{"en", "vi"}).Draw(rt, "language"), Heard: rapid.IntRange(5, 20).Draw(rt, "heard"), Key: fmt.Sprintf("form-%d-%d", w.keys, n)}
			if in.State == Reported {
				for _, word := range rapid.SliceOfNDistinct(rapid.SampledFrom(words), 0, 3, rapid.ID[string]).Draw(rt, "words") {
					in.Said = append(in.Said, Tally{Name: word, N: rapid.IntRange(1, 5).Draw(rt, "n")})
				}
			}
			forms = append(forms, in)
		}
		send := func(campaign string, order []SessionIn) string {
			for _, in := range order {
				in.Campaign = campaign
				in.Session, in.Key = id.Derive(campaign, in.Session), campaign+in.Key // the same device plan in two campaigns
				if _, err := w.s.File(w.ctx, ana, in); err != nil {
					rt.Fatal(err)
				}
			}
			got := strings.ReplaceAll(w.state(campaign), campaign, "")
			for i, s := range sessions {
				got = strings.ReplaceAll(got, id.Derive(campaign, s), fmt.Sprint("session ", i))
			}
			lines := strings.Split(got, "\n")
			slices.Sort(lines)
			return strings.Join(lines, "\n")
		}
		again := append(slices.Clone(forms), forms...)
		if a, b := send(one, forms), send(two, rapid.Permutation(again).Draw(rt, "order")); a != b {
			rt.Fatalf("in order:\n%s\nshuffled, twice:\n%s", a, b)
		}
	})
}

func TestAPaperBatchIsASession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		in := w.report(c, Paper, "vi", 37, Tally{Name: "Label in English only", N: 21}, Tally{Name: "Bus cut", N: 9})
		first, err := w.s.File(w.ctx, omar, in)
		w.must(err)
		again, err := w.s.File(w.ctx, omar, in)
		if err != nil || again.Session != first.Session {
			t.Errorf("%v, %v", again, err)
		}
		got, _, err := w.s.Session(w.ctx, omar, first.Session)
		w.must(err)
		if got.Heard != 37 || len(got.Said) != 2 || got.Said[0].Name != "Label in English only" || got.Said[0].N != 21 || !got.Facilitator.Nobody() {
			t.Errorf("%+v", got)
		}
		_, _, err = w.s.Session(w.ctx, sara, first.Session)
		w.is(err, fault.NotFound)
		_, _, err = w.s.Session(w.ctx, foreign, first.Session)
		w.is(err, fault.NotFound)
		_, err = w.s.File(w.ctx, sara, w.report(c, Paper, "en", 5))
		w.is(err, fault.NotFound)
		_, err = w.s.File(w.ctx, drLee, w.report(c, Paper, "en", 5))
		w.is(err, fault.Forbidden)
		old := in
		old.Key, old.Revision = w.key(), 0
		if f, err := w.s.File(w.ctx, omar, func() SessionIn { old.Session = first.Session; return old }()); err != nil || !f.Late {
			t.Errorf("an older version: %+v, %v", f, err)
		}
	})
}

func TestReportsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		for key, change := range map[string]func(*SessionIn){
			"listening.error.heard":      func(in *SessionIn) { in.Heard = 0 },
			"listening.error.said_n":     func(in *SessionIn) { in.Said = []Tally{{Name: "Bus", N: 12}} },
			"listening.error.said":       func(in *SessionIn) { in.Said = []Tally{{Name: "…", N: 1}} },
			"listening.error.future":     func(in *SessionIn) { in.Held = w.clock.Now().AddDate(0, 0, 1) },
			"listening.error.date":       func(in *SessionIn) { in.Held = w.clock.Now().AddDate(0, -1, 0) },
			"listening.error.asked_call": func(in *SessionIn) { in.AskedCall = 12 },
			"contact.error.choose":       func(in *SessionIn) { in.Language = "fr" },
			"listening.error.named":      func(in *SessionIn) { in.Present = []string{w.join("Hoa Le")} },
			"listening.error.agreed":     func(in *SessionIn) { in.Leaders = []LeaderIn{{Person: w.join("Binh Do"), Why: "hosts the choir"}} },
		} {
			in := w.report(c, HouseMeeting, "vi", 11)
			change(&in)
			_, err := w.s.File(w.ctx, ana, in)
			w.says(err, key)
		}
	})
}

// S-05: Mr. Dang hosts eleven people; two agreed to be asked about leading.
func TestHouseMeetingReport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		dang, hoa, binh := w.join("Mr. Dang"), w.join("Hoa Le"), w.join("Binh Do")
		plan := w.report(c, HouseMeeting, "vi", 0)
		plan.State, plan.Held, plan.Place, plan.Facilitator = Planned, w.clock.Now().AddDate(0, 0, 1), "hall", Who{Person: dang}
		made, err := w.s.File(w.ctx, ana, plan)
		w.must(err)
		w.later(3)
		waiting, err := w.s.Waiting(w.ctx, ana, c)
		if err != nil || len(waiting) != 1 || !w.clock.Now().Before(waiting[0].Due()) != true && waiting[0].Due().Sub(waiting[0].Held) != 48*time.Hour {
			t.Errorf("%+v, %v", waiting, err)
		}
		in := w.report(c, HouseMeeting, "vi", 11, Tally{Name: "Interpreter no-show", N: 7}, Tally{Name: "Label in English only", N: 9}, Tally{Name: "Bus cut", N: 4})
		in.Session, in.Revision, in.Held, in.Minutes, in.Place, in.Facilitator = made.Session, 2, plan.Held, 90, "hall", Who{Person: dang}
		in.Leaders, in.Agreed, in.Present, in.Named = []LeaderIn{{hoa, "speaks for her floor"}, {binh, "leads the choir"}}, true, []string{hoa}, true
		_, err = w.s.File(w.ctx, ana, in)
		w.must(err)
		line, err := w.people.Timeline(w.ctx, ana, hoa, time.Time{}, 10)
		if err != nil || len(line) != 1 || line[0].Kind != people.HouseMeeting || line[0].Ref != "session:"+made.Session || line[0].Others != 10 {
			t.Errorf("%+v, %v", line, err)
		}
		if line, err = w.people.Timeline(w.ctx, ana, dang, time.Time{}, 10); err != nil || len(line) != 1 || line[0].Role != people.Facilitated || line[0].LedBy != people.ByLeader {
			t.Errorf("%+v, %v", line, err)
		}
		got, _, err := w.s.Session(w.ctx, ana, made.Session)
		if err != nil || len(got.Leaders) != 2 || !slices.Contains(got.Leaders, LeaderIn{hoa, "speaks for her floor"}) {
			t.Errorf("%+v, %v", got.Leaders, err)
		}
		w.must(w.vault.ErasePerson(w.ctx, cedar, hoa))
		if got, _, err = w.s.Session(w.ctx, ana, made.Session); err != nil || len(got.Leaders) != 1 {
			t.Errorf("after the erasure %+v, %v", got.Leaders, err)
		}
		// whoever took their yes back can no longer be written down
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error {
			_, err := w.ledger.RevokeAll(w.ctx, tx, ana, binh, consent.PhoneStaff)
			return err
		}))
		in.Revision, in.Key, in.Present, in.Leaders = 3, w.key(), []string{binh}, nil
		_, err = w.s.File(w.ctx, ana, in)
		w.is(err, fault.Gone)
	})
}

// Whoever is erased leaves numbers behind, and no id.
func TestForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		thu := w.join("Thu Pham")
		_, err := w.s.SaveListener(w.ctx, ana, ListenerIn{Campaign: c, Who: Who{Person: thu}, Goal: 10, Key: w.key()})
		w.must(err)
		in := w.report(c, HouseMeeting, "vi", 11)
		in.Facilitator, in.Scribe, in.Leaders, in.Agreed = Who{Person: thu}, Who{Person: thu}, []LeaderIn{{thu, "speaks up"}}, true
		made, err := w.s.File(w.ctx, ana, in)
		w.must(err)
		w.must(w.db.Write(w.ctx, cedar, func(tx *db.Tx) error { return w.s.ForgetIn(w.ctx, tx, thu) }))
		got, _, err := w.s.Session(w.ctx, ana, made.Session)
		if err != nil || got.Heard != 11 || !got.Facilitator.Nobody() || !got.Scribe.Nobody() || len(got.Leaders) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
		list, err := w.s.Listeners(w.ctx, ana, c)
		if err != nil || len(list) != 1 || list[0].Account != "omar" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

// A network says where people were listened to. Where its kind would say what they
// have or are, nobody is named: not in the form, and in no table.
func TestNoPersonStandsBesideANamelessNetwork(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		thu := w.join("Thu Pham")
		class, err := w.s.SaveNetwork(w.ctx, ana, NetworkIn{Campaign: c, Kind: Pathway, Name: "The diabetes class", Key: w.key()})
		w.must(err)
		for _, change := range []func(*SessionIn){
			func(in *SessionIn) { in.Facilitator.Person = thu },
			func(in *SessionIn) { in.Scribe.Person = thu },
			func(in *SessionIn) { in.Present, in.Named = []string{thu}, true },
			func(in *SessionIn) { in.Leaders, in.Agreed = []LeaderIn{{thu, "asks good questions"}}, true },
		} {
			in := w.report(c, HouseMeeting, "es", 12)
			in.Network = class
			change(&in)
			_, err := w.s.File(w.ctx, ana, in)
			w.says(err, "listening.error.nameless")
		}
		_, err = w.s.SaveListener(w.ctx, ana, ListenerIn{Campaign: c, Who: Who{Person: thu}, Goal: 10, Network: class, Key: w.key()})
		w.says(err, "campaign.error.nameless_listener")

		// A session that was somewhere else and turns out to be the class loses its names.
		in := w.report(c, HouseMeeting, "es", 12, Tally{Name: "Food prices", N: 8})
		in.Facilitator, in.Present, in.Named = Who{Person: thu}, []string{thu}, true
		made, err := w.s.File(w.ctx, omar, in)
		w.must(err)
		in.Session, in.Revision, in.Network, in.Key = made.Session, 2, class, w.key()
		in.Facilitator, in.Present, in.Named = Who{}, nil, false
		_, err = w.s.File(w.ctx, omar, in)
		w.must(err)
		if line, err := w.people.Timeline(w.ctx, ana, thu, time.Time{}, 10); err != nil || len(line) != 0 {
			t.Errorf("%+v, %v", line, err)
		}
		// No row of any table of either room holds both.
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error {
			for _, q := range []string{
				`SELECT COUNT(*) FROM listening_session WHERE org_id=$1 AND network_id=$2 AND (facilitator_person<>'' OR scribe_person<>'' OR by_account<>'')`,
				`SELECT COUNT(*) FROM listening_leader l JOIN listening_session s ON s.org_id=l.org_id AND s.id=l.session_id WHERE s.org_id=$1 AND s.network_id=$2`,
				`SELECT COUNT(*) FROM listening_listener WHERE org_id=$1 AND network_id=$2 AND person_id<>''`,
				`SELECT COUNT(*) FROM people_present p JOIN people_encounter e ON e.org_id=p.org_id AND e.id=p.encounter_id JOIN listening_session s ON s.org_id=e.org_id AND e.ref='session:'||s.id WHERE s.org_id=$1 AND s.network_id=$2`,
			} {
				n, err := db.One[int64](w.ctx, tx, q, cedar, class)
				if err != nil {
					return err
				}
				if n != 0 {
					t.Errorf("%d rows: %s", n, q)
				}
			}
			return nil
		}))
		if _, _, err = w.s.Session(w.ctx, omar, made.Session); !fault.Is(err, fault.NotFound) {
			t.Errorf("who wrote it down is still beside it: %v", err)
		}
	})
}

// A leader sees campaigns in which they listen, staff all, others counts at most.
func TestWhoseCampaigns(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		w.heard(c, Paper, "en", 30)
		for _, a := range []struct {
			who  access.Actor
			want int
			kind fault.Kind
		}{{ana, 1, 0}, {omar, 1, 0}, {sara, 0, 0}, {ruth, 1, 0}, {foreign, 0, 0}, {drLee, 0, fault.Forbidden}} {
			list, err := w.s.Campaigns(w.ctx, a.who)
			if a.kind != 0 {
				w.is(err, a.kind)
			} else if err != nil || len(list) != a.want {
				t.Errorf("%s: %d, %v", a.who.Account, len(list), err)
			}
		}
		_, err := w.s.Board(w.ctx, sara, c)
		w.is(err, fault.NotFound)
		_, err = w.s.WallOf(w.ctx, ruth, c)
		w.is(err, fault.Forbidden)
		b, err := w.s.Board(w.ctx, ruth, c)
		if err != nil || b.Heard != 0 || b.Audience != Outside || len(b.Waiting) != 0 || len(b.Can) != 0 {
			t.Errorf("%+v, %v", b, err)
		}
		_, err = w.s.Listeners(w.ctx, ruth, c)
		w.is(err, fault.Forbidden)
	})
}

// Two people change a plan at once: the second hears of it.
func TestPlansThatMeet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		got, err := w.s.Get(w.ctx, ana, c)
		w.must(err)
		in := w.plan()
		in.ID, in.Starts, in.Ends, in.Version, in.Name = c, got.Starts, got.Ends, got.Version, "Renamed"
		w.must(w.s.Edit(w.ctx, ana, in))
		in.Key = w.key()
		w.says(w.s.Edit(w.ctx, ana, in), "campaign.error.version")
		w.heard(c, Paper, "vi", 12)
		got, err = w.s.Get(w.ctx, ana, c)
		w.must(err)
		in.Key, in.Version, in.Languages, in.Shares = w.key(), got.Version, []string{"en"}, nil
		w.says(w.s.Edit(w.ctx, ana, in), "campaign.error.used")
		for key, change := range map[string]func(*PlanIn){
			"campaign.error.name": func(p *PlanIn) { p.Name = " " }, "campaign.error.languages": func(p *PlanIn) { p.Languages = nil },
			"campaign.error.questions": func(p *PlanIn) { p.Questions = map[string][]string{"en": {"One?"}} }, "campaign.error.ends": func(p *PlanIn) { p.Ends = p.Starts },
			"campaign.error.goal": func(p *PlanIn) { p.People = 0 }, "campaign.error.shares": func(p *PlanIn) { p.Shares = map[string]int{"es": 60, "vi": 60} },
			"campaign.error.areas": func(p *PlanIn) { p.Areas = []string{"12 Alder Street"} },
		} {
			in := w.plan()
			change(&in)
			_, err := w.s.Plan(w.ctx, ana, in)
			w.says(err, key)
		}
	})
}
