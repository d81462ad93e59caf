// Every state × every verb × every side, against a table written by hand.
package listening

import (
	"slices"
	"strings"
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/locales"
)

// allowed[verb] lists where it may be done and what follows; "=" stays.
var allowed = map[Verb]string{
	VerbEdit:       "planning= open= midpoint_checked=",
	VerbOpen:       "planning=open",
	VerbListen:     "open= midpoint_checked= closed=",
	VerbCheck:      "open=midpoint_checked",
	VerbClose:      "midpoint_checked=closed",
	VerbCode:       "open= midpoint_checked= closed=",
	VerbAgree:      "closed=themes_agreed",
	VerbReopen:     "themes_agreed=closed",
	VerbReportBack: "themes_agreed=reported_back reported_back=",
	VerbDecide:     "reported_back=decided",
}

func TestEveryStateAndEveryVerb(t *testing.T) {
	leaders := []Verb{VerbListen, VerbCode}
	cat, err := i18n.Load(locales.Files)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range Verbs() {
		next := map[State]State{}
		for _, part := range strings.Fields(allowed[v]) {
			from, to, _ := strings.Cut(part, "=")
			next[State(from)] = State(to)
		}
		for _, s := range States() {
			for _, by := range Parties() {
				got, err := Move(s, v, by)
				to, ok := next[s]
				switch {
				case by == PartyLeader && !slices.Contains(leaders, v):
					if !fault.Is(err, fault.Forbidden) {
						t.Errorf("%s by %s in %s: %v", v, by, s, err)
					}
				case !ok:
					if !fault.Is(err, fault.Conflict) {
						t.Errorf("%s in %s: %v", v, s, err)
					}
					key, _ := fault.MessageOf(err)
					for _, l := range i18n.Languages() {
						if !cat.Localizer(l.Code).Has(key) {
							t.Errorf("%s in %s is refused without words in %s: %s", v, s, l.Code, key)
						}
					}
				case err != nil || to == "" && got.To != s || to != "" && got.To != to:
					t.Errorf("%s by %s in %s: %v, %v", v, by, s, got.To, err)
				}
			}
		}
	}
	for _, tr := range Transitions() {
		if allowed[tr.Verb] == "" {
			t.Errorf("%s is not in this test", tr.Verb)
		}
	}
}

// The verbs themselves obey the table: each is called in each state.
func TestVerbsObeyTheTable(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := map[State]string{}
		for _, s := range States() {
			c, err := w.s.Plan(w.ctx, ana, w.plan())
			w.must(err)
			_, err = w.s.SaveListener(w.ctx, ana, ListenerIn{Campaign: c, Who: Who{Account: "omar"}, Goal: 10, Key: w.key()})
			w.must(err)
			if s.At() >= Open.At() {
				w.must(w.s.Open(w.ctx, ana, c, w.key()))
			}
			switch s {
			case Checked:
				w.checked(c)
			case Closed:
				w.closed(c)
			case ThemesAgreed:
				w.agreed(c)
			case ReportedBack:
				w.told(c)
			case Decided:
				w.told(c)
				w.must(w.s.Decide(w.ctx, ana, w.delegates(c)))
			}
			in[s] = c
		}
		call := map[Verb]func(c string) error{
			VerbEdit: func(c string) error {
				_, err := w.s.SaveNetwork(w.ctx, ana, NetworkIn{Campaign: c, Kind: PlaceBased, Name: "Market", Key: w.key()})
				return err
			},
			VerbOpen: func(c string) error { return w.s.Open(w.ctx, ana, c, w.key()) },
			VerbListen: func(c string) error {
				_, err := w.s.File(w.ctx, ana, w.report(c, Paper, "en", 37))
				return err
			},
			VerbCheck: func(c string) error { return w.s.CheckMidpoint(w.ctx, ana, MidpointIn{Campaign: c, Key: w.key()}) },
			VerbClose: func(c string) error { return w.s.Close(w.ctx, ana, c, w.key()) },
			VerbCode: func(c string) error {
				_, err := w.s.Wall(w.ctx, ana, WallIn{Campaign: c, Verb: Create, Key: w.key()})
				return err
			},
			VerbAgree:      func(c string) error { return w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Key: w.key()}) },
			VerbReopen:     func(c string) error { return w.s.Reopen(w.ctx, ana, c, w.key()) },
			VerbReportBack: func(c string) error { return w.s.LogReportBack(w.ctx, ana, ReportBackIn{Campaign: c, Key: w.key()}) },
			VerbDecide:     func(c string) error { return w.s.Decide(w.ctx, ana, DecideIn{Campaign: c, Key: w.key()}) },
		}
		for s, c := range in {
			for v, do := range call {
				_, want := Move(s, v, PartyStaff)
				if want == nil {
					continue // what is allowed has its own tests
				}
				err := do(c)
				key, _ := fault.MessageOf(want)
				w.says(err, key)
				if now, e := w.s.Get(w.ctx, ana, c); e != nil || now.State != s {
					t.Errorf("after a refused %s: %s, %v", v, now.State, e)
				}
			}
		}
	})
}

func TestGuards(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c, err := w.s.Plan(w.ctx, ana, w.plan())
		w.must(err)
		w.says(w.s.Open(w.ctx, ana, c, w.key()), "campaign.needs.listener")
		_, err = w.s.SaveListener(w.ctx, ana, ListenerIn{Campaign: c, Who: Who{Account: "omar"}, Goal: 10, Key: w.key()})
		w.must(err)
		w.must(w.s.Open(w.ctx, ana, c, w.key()))
		w.later(10)
		w.says(w.s.CheckMidpoint(w.ctx, ana, MidpointIn{Campaign: c, Key: w.key()}), "campaign.needs.time")
		w.later(5)
		w.heard(c, HouseMeeting, "en", 40)
		w.heard(c, HouseMeeting, "es", 30)
		w.heard(c, Paper, "vi", 6)
		w.says(w.s.CheckMidpoint(w.ctx, ana, MidpointIn{Campaign: c, Key: w.key()}), "campaign.needs.change")
		w.must(w.s.CheckMidpoint(w.ctx, ana, MidpointIn{Campaign: c, Network: &NetworkIn{Kind: Community, Name: "Elders"}, Key: w.key()}))
		late := w.report(c, HouseMeeting, "en", 8)
		late.State, late.Held = Planned, w.clock.Now().AddDate(0, 0, 2)
		planned, err := w.s.File(w.ctx, ana, late)
		w.must(err)
		w.must(w.s.Close(w.ctx, ana, c, w.key()))
		w.says(w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Leaders: 0, Staff: 4, Key: w.key()}), "campaign.needs.leaders")
		w.says(w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Leaders: 3, Staff: 4, Key: w.key()}), "campaign.needs.leaders")
		w.says(w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Leaders: 4, Staff: 1, Key: w.key()}), "campaign.needs.reports")
		w.later(3)
		late.Session, late.Revision, late.State, late.Heard, late.Key = planned.Session, 2, Reported, 8, w.key()
		_, err = w.s.File(w.ctx, ana, late)
		w.must(err)
		w.says(w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Leaders: 4, Staff: 1, Key: w.key()}), "campaign.needs.themes")
		for _, n := range []string{"Rent", "Bus"} {
			_, err := w.s.Wall(w.ctx, omar, WallIn{Campaign: c, Verb: Create, Name: n, Key: w.key()})
			w.must(err)
		}
		w.must(w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Leaders: 4, Staff: 1, Key: w.key()}))
		w.says(w.s.Decide(w.ctx, ana, w.delegates(c)), "campaign.early.decide")
		w.must(w.s.LogReportBack(w.ctx, ana, w.back(c)))
		for what, change := range map[string]func(*DecideIn){
			"campaign.error.options":       func(d *DecideIn) { d.Options = d.Options[:1] },
			"campaign.error.priorities":    func(d *DecideIn) { d.Options[1].Chosen = false },
			"campaign.error.institutions":  func(d *DecideIn) { d.Institutions = 23 },
			"campaign.error.people":        func(d *DecideIn) { d.People = 0 },
			"campaign.error.against_count": func(d *DecideIn) { d.Options[0].Chosen, d.Options[3].Chosen, d.Dissent = false, true, "" },
			"campaign.error.option_twice":  func(d *DecideIn) { d.Options[2].Text = "rent" },
			"contact.error.choose":         func(d *DecideIn) { d.Method = Ballot },
		} {
			d := w.delegates(c)
			change(&d)
			if d.Method == Ballot {
				what = "campaign.error.ballot"
			}
			w.says(w.s.Decide(w.ctx, ana, d), what)
		}
		w.must(w.s.Decide(w.ctx, ana, w.delegates(c)))
		end, err := w.s.Ending(w.ctx, ana, c)
		w.must(err)
		if d := end.Decision; d == nil || d.People != 64 || d.Institutions != 18 || len(d.Options) != 4 || d.Options[0].Votes != 91 || d.Dissent == "" {
			t.Errorf("%+v", end.Decision)
		}
	})
}
