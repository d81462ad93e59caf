package year

import (
	"fmt"
	"time"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/research"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
)

// turn is one cycle, from its first team to what was learned, through every gate by
// what really happened; the next one begins from it. It returns its id.
func (w *world) turn(n, first int, from string, hear func() (campaign string, decided int)) (id string) {
	w.t.Helper()
	ana, s := w.organizers[n], w.sys.Cycles
	w.on(first, 10)
	core, err := w.sys.Teams.Create(w.ctx, ana, team.Team{Kind: team.Core, Name: fmt.Sprint("Core team ", n+1), Purpose: "To be heard."}, w.key())
	w.must(err)
	in := cycle.In{Name: fmt.Sprint("Turn ", n+1), About: "What weighs on people.", Teams: []string{core}, Key: w.key()}
	if from == "" {
		id, err = s.Begin(w.ctx, ana, in)
	} else {
		id, err = s.Next(w.ctx, ana, from, in)
	}
	w.must(err)
	w.gate(ana.Account, id, cycle.Listening)
	campaign, decided := hear()
	b, err := s.Board(w.ctx, ana, id)
	w.must(err)
	w.must(s.Change(w.ctx, ana, cycle.In{ID: id, Name: in.Name, About: in.About, Teams: in.Teams, Campaigns: []string{campaign}, Version: b.Version, Key: w.key()}))
	w.gate(ana.Account, id, cycle.Discerning)

	// discerning: two issues, one of which is set aside with its reason
	at := w.on(decided+2, 19)
	aside, err := s.Propose(w.ctx, ana, cycle.IssueIn{Cycle: id, Problem: "Waiting", Title: fmt.Sprint("Shorter waits ", n+1), Key: w.key()})
	w.must(err)
	w.must(s.SetState(w.ctx, ana, cycle.StateIn{Issue: aside, To: cycle.Parked, Reason: "Nobody who decides is within reach yet.", Key: w.key()}))
	office, err := w.sys.Power.Save(w.ctx, ana, power.SaveIn{Office: power.Office{Name: called(n*7 + 3), Office: "Director"}, BodyName: fmt.Sprint("County board ", string(rune('A'+n))), BodyKind: power.BodyKinds()[0], Key: w.key()})
	w.must(err)
	issue, version := "", int64(1)
	list, err := s.Issues(w.ctx, ana, id)
	w.must(err)
	for _, i := range list {
		if i.From != "" { // carried on from the turn before: taken up again
			issue, version = i.ID, i.Version
			w.carried++
		}
	}
	if issue == "" {
		issue, err = s.Propose(w.ctx, ana, cycle.IssueIn{Cycle: id, Problem: "Labels", Title: fmt.Sprint("Labels we can read ", n+1), Key: w.key()})
		w.must(err)
	}
	w.must(s.SetAsk(w.ctx, ana, cycle.AskIn{Issue: issue, Office: office, Action: "adopts the rule", Due: at.AddDate(0, 4, 0), Leverage: "she wants fewer visits", Version: version, Key: w.key()}))
	w.must(s.ChooseSet(w.ctx, ana, issue, "fit", w.key()))
	set, err := s.ASet(w.ctx, ana, "fit")
	w.must(err)
	for _, c := range set.Items {
		w.must(s.SetScore(w.ctx, ana, cycle.ScoreIn{Issue: issue, Criterion: c.Code, N: 1 + w.some(2), Reason: "We asked around.", Key: w.key()}))
	}
	w.must(s.SetState(w.ctx, ana, cycle.StateIn{Issue: issue, To: cycle.Cut, Key: w.key()}))
	w.gateOf(issue, ana.Account, cycle.Researching)
	w.gate(ana.Account, id, cycle.Researching)

	// researching: a visit with a part for everybody, looked back at; and the team decides
	visit := w.on(decided+10, 9).Add(9 * time.Hour)
	action, err := w.sys.Research.Plan(w.ctx, ana, research.PlanIn{Issue: issue, Team: core, Office: office, Purposes: []string{"power"}, Questions: []string{"Who decides?", "What does it cost?", "Who has done it?", "What stands in the way?"},
		At: visit, Minutes: 40, Place: "hall", Language: "en", RehearseAt: visit.Add(-48 * time.Hour), Key: w.key()})
	w.must(err)
	parts := map[string]research.Role{}
	for i, r := range []research.Role{research.Chair, research.Credential, research.Story, research.Questioner, research.Time, research.Notes} {
		parts[w.people[n*30+i]] = r
	}
	w.must(w.sys.Research.Assign(w.ctx, ana, action, parts, w.key()))
	w.on(decided+8, 19)
	w.must(w.sys.Research.Rehearse(w.ctx, ana, action, w.key()))
	w.clock.Set(visit.Add(50 * time.Minute))
	var came []string
	for p := range parts {
		came = append(came, p)
	}
	w.must(w.sys.Research.Hold(w.ctx, ana, action, research.HoldIn{Came: came, Others: 3, Key: w.key()}))
	w.lookBack("research:" + action)
	w.decide(issue)
	w.gateOf(issue, ana.Account, cycle.Acting)
	w.gate(ana.Account, id, cycle.Acting)

	// acting: an assembly with two asks; a promise from the yes
	w.assembly(n, id, issue, office, decided+20)
	w.gateOf(issue, ana.Account, cycle.Evaluating)
	w.gate(ana.Account, id, cycle.Evaluating)

	// evaluating: won, and what was learned
	w.must(s.SetState(w.ctx, ana, cycle.StateIn{Issue: issue, To: cycle.PartlyWon, Reason: "One yes of two.", Key: w.key()}))
	w.must(s.Settle(w.ctx, ana, cycle.SettleIn{Issue: issue, Choice: []cycle.Choice{cycle.CarryOn, cycle.MoveOn}[n%2], Learned: "Ask for the money first.", Key: w.key()}))
	w.lookBack("cycle:" + id)
	w.gateOf(issue, ana.Account, cycle.Closed)
	w.gate(ana.Account, id, cycle.Closed)
	return id
}

// gate goes through the next gate of a cycle, which must stand open: no reason is
// given, and without one a shut gate refuses.
func (w *world) gate(account, id string, to cycle.Phase) {
	w.t.Helper()
	w.must(w.sys.Cycles.Move(w.ctx, w.as(account), cycle.MoveIn{ID: id, To: to, Key: w.key()}))
	w.reached[to]++
}

func (w *world) gateOf(issue, account string, to cycle.Phase) {
	w.t.Helper()
	w.must(w.sys.Cycles.Advance(w.ctx, w.as(account), cycle.MoveIn{ID: issue, To: to, Key: w.key()}))
}

func (w *world) as(account string) access.Actor {
	a := w.organizers[0]
	a.Account = account
	return a
}

// decide is a show of hands on an issue's ask.
func (w *world) decide(issue string) {
	w.t.Helper()
	ana, d := w.organizers[0], w.sys.Decided
	made, err := d.Save(w.ctx, ana, decision.In{Ref: "issue:" + issue, Question: "Do we ask for it?", Method: string(ballot.Agree), Openness: string(decision.Hands), Key: w.key()})
	w.must(err)
	w.must(d.Open(w.ctx, ana, made))
	w.must(d.CountHands(w.ctx, ana, made, map[string]int{ballot.AnswerAgree: 14, ballot.AnswerDisagree: 2}))
	w.must(d.Close(w.ctx, ana, made))
	w.must(d.Record(w.ctx, ana, made, decision.Notes{Minutes: "Read aloud, then decided."}, w.key()))
	w.must(w.sys.Queue.Drain(w.ctx))
}

// lookBack is the round right after: somebody types the words of the room and closes it.
func (w *world) lookBack(ref string) {
	w.t.Helper()
	w.must(w.sys.Queue.Drain(w.ctx))
	ana := w.organizers[0]
	r, found, err := w.sys.Rounds.ByRef(w.ctx, ana, ref)
	w.must(err)
	if !found {
		w.t.Fatalf("no round looks back at a %s", ref[:8])
	}
	w.clock.Set(w.clock.Now().Add(15 * time.Minute))
	power := 1
	full, err := w.sys.Rounds.Get(w.ctx, ana, r.ID)
	w.must(err)
	w.must(w.sys.Rounds.Write(w.ctx, ana, r.ID, evaluation.WriteIn{Felt: "proud 6, tired 4", Worked: "We were on time.", Change: "The sound.", Power: &power, Version: full.Version, Key: w.key()}))
	w.must(w.sys.Rounds.Finish(w.ctx, ana, r.ID, w.key()))
	w.must(w.sys.Queue.Drain(w.ctx))
	w.rounds++
}

// assembly is planned, filled, held with a yes and a waffle, looked back at and
// followed up; what was said yes to becomes a promise that is kept.
func (w *world) assembly(n int, turn, issue, office string, day int) {
	w.t.Helper()
	ana, ben, s := w.organizers[n], w.organizers[n+20], w.sys.Acts
	at := w.on(day, 18)
	w.on(day-8, 10)
	made, err := s.Make(w.ctx, ana, assembly.PlanIn{Kind: assembly.Assembly, At: at, Minutes: 75, Capacity: 300, Goal: 200, Cycle: turn, Languages: []string{"en", "es"}, Safety: w.people[n], Observer: w.people[n+1],
		Words: assembly.Words{Title: fmt.Sprint("Assembly ", n+1), Where: "Parish hall", Purpose: "To be answered."}, Key: w.key()})
	w.must(err)
	x, err := s.Get(w.ctx, ana, made)
	w.must(err)
	for _, it := range x.Items {
		if it.Code == "testimony" {
			w.must(s.Remove(w.ctx, ana, made, "item", it.ID, w.key()))
			continue
		}
		if it.LeadRole.Public() || it.Code == "doors" {
			_, err := s.SaveItem(w.ctx, ana, made, assembly.ItemIn{ID: it.ID, Title: it.Title, Minutes: it.Minutes, LeadRole: it.LeadRole, Lead: w.people[n*30+7], Version: it.Version, Key: w.key()})
			w.must(err)
		}
	}
	var asks []string
	for _, text := range []string{"Will you adopt the rule?", "Will you pay for it?"} {
		ask, err := s.SaveAsk(w.ctx, ana, made, assembly.AskIn{Issue: issue, Office: office, Text: text, Due: at.AddDate(0, 4, 0), Key: w.key()})
		w.must(err)
		asks = append(asks, ask)
	}
	_, err = s.SaveInvite(w.ctx, ana, made, assembly.Invite{Office: office, Reply: "coming", How: "letter", Invited: w.clock.Now()}, w.key())
	w.must(err)
	w.must(s.Move(w.ctx, ben, made, assembly.Approved, w.key()))
	w.must(s.Move(w.ctx, ana, made, assembly.Turnout, w.key()))
	w.must(s.Move(w.ctx, ana, made, assembly.Ready, w.key()))
	w.clock.Set(at)
	w.must(s.Move(w.ctx, ana, made, assembly.Live, w.key()))
	for i, answer := range []assembly.Answer{assembly.Yes, assembly.Waffle} {
		w.clock.Set(at.Add(time.Duration(30+i) * time.Minute))
		_, err := s.Pin(w.ctx, ana, made, assembly.PinIn{Ask: asks[i], Answer: answer, Words: "As we said.", Witness: "hall", FollowUp: at.AddDate(0, 0, 14), Pen: "one", Key: w.key()})
		w.must(err)
	}
	w.clock.Set(at.Add(76 * time.Minute))
	w.must(s.Close(w.ctx, ana, made, assembly.CloseIn{Closing: "One yes, one neither.", Next: at.AddDate(0, 0, 14), Key: w.key()}))
	w.lookBack("assembly:" + made)
	promise, err := s.Confirm(w.ctx, ana, made, assembly.ConfirmIn{Ask: asks[0], Words: "The board adopts the rule.", Language: "en", Due: at.AddDate(0, 1, 0), Key: w.key()})
	w.must(err)
	w.on(day+2, 9)
	w.must(s.Move(w.ctx, ana, made, assembly.FollowedUp, w.key()))
	w.kept(promise, day+25, ana, ben)
}

// kept is a promise that somebody says was kept, with evidence, and a second person
// who looked at it.
func (w *world) kept(promise string, day int, ana, ben access.Actor) {
	w.t.Helper()
	w.on(day, 9)
	w.must(w.sys.Pledges.Ask(w.ctx, ana, pledge.AskIn{ID: promise, Act: pledge.Move, To: pledge.Kept, Evidence: "The rule is in the minutes of the board.", Key: w.key()}))
	w.must(w.sys.Pledges.Answer(w.ctx, ben, pledge.AnswerIn{ID: promise, Yes: true, Key: w.key()}))
	w.promises++
}
