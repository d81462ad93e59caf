// The gates of the cycle, opened by what the rooms beside it really know.
package app

import (
	"slices"
	"testing"
	"time"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/research"
	"seedbed/internal/organizing/team"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/contact"
)

// An issue goes from the table to the street: its decision-maker is in the room of
// power, the research in its room, the decision in its own, and the turn is looked
// back at in a round.
func TestGatesAndTheRoomsBeside(t *testing.T) {
	ctx := t.Context()
	sys, err := OpenForTest(ctx, TestOptions{Data: t.TempDir()})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	defer sys.Close()
	o, err := sys.Accounts.CreateOrg(ctx, account.Clinic{Name: "Cedar Street", Site: "Main", Language: "en", Zone: "America/Los_Angeles"})
	must(err)
	id, err := sys.Accounts.Provision(ctx, o.ID, account.Person{Name: "Ana", Email: "ana@cedar.example", Language: "en"}, account.Role{Role: access.Organizer})
	must(err)
	ana := access.Actor{Org: o.ID, Account: id, Roles: []access.Role{access.Organizer}, StepUp: time.Now()}
	c := sys.Cycles
	tm, err := sys.Teams.Create(ctx, ana, team.Team{Kind: team.Research, Name: "Language access team", Purpose: "To be read."}, "")
	must(err)
	of, err := c.Begin(ctx, ana, cycle.In{Name: "Labels", Teams: []string{tm}})
	must(err)
	issue, err := c.Propose(ctx, ana, cycle.IssueIn{Cycle: of, Problem: "Language access", Title: "Labels", Team: tm})
	must(err)
	reyes, err := sys.Power.Save(ctx, ana, power.SaveIn{Office: power.Office{Name: "Elena Reyes", Office: "Director"}, BodyName: "County Pharmacy Board", BodyKind: "county"})
	must(err)
	must(c.SetAsk(ctx, ana, cycle.AskIn{Issue: issue, Office: reyes, Action: "adopts the rule", Due: time.Now().AddDate(0, 3, 0), Leverage: "she wants fewer visits", Version: 1}))
	must(c.ChooseSet(ctx, ana, issue, "lee", ""))
	for _, x := range cycle.Shipped()[2].Items {
		must(c.SetScore(ctx, ana, cycle.ScoreIn{Issue: issue, Criterion: x.Code, N: 2, Reason: "It is clear."}))
	}
	must(c.SetState(ctx, ana, cycle.StateIn{Issue: issue, To: cycle.Cut}))
	must(c.Advance(ctx, ana, cycle.MoveIn{ID: issue, To: cycle.Researching}))
	waits := func(want ...cycle.Need) {
		t.Helper()
		v, err := c.View(ctx, ana, issue)
		must(err)
		if !slices.Equal(v.Missing, want) {
			t.Fatalf("the gate waits for %v, want %v", v.Missing, want)
		}
	}
	waits(cycle.NeedResearch, cycle.NeedAsk)

	j, err := sys.People.Join(ctx, ana, people.JoinIn{ProfileIn: people.ProfileIn{In: contact.In{CalledName: "Thu", Contact: "phone", Phone: "+15035550188", Lang: "vi"}}, Source: people.AtMeeting, How: "paper"})
	must(err)
	visit, err := sys.Research.Plan(ctx, ana, research.PlanIn{Issue: issue, Office: reyes, Purposes: []string{"power"}, Questions: []string{"Who decides?"}, At: time.Now().Add(time.Hour), Minutes: 40, Place: "hall", Language: "en"})
	must(err)
	must(sys.Research.Add(ctx, ana, visit, j.ID, research.Chair, ""))
	must(sys.Research.Hold(ctx, ana, visit, research.HoldIn{Came: []string{j.ID}}))
	waits(cycle.NeedResearch, cycle.NeedAsk) // held, and not looked back at
	look := func(ref string) {
		t.Helper()
		r, found, err := sys.Rounds.ByRef(ctx, ana, ref)
		if err != nil || !found {
			t.Fatalf("no round for %s: %v", ref, err)
		}
		must(sys.Rounds.Write(ctx, ana, r.ID, evaluation.WriteIn{Felt: "proud 6, tired 4", Worked: "We listened.", Version: r.Version}))
		must(sys.Rounds.Finish(ctx, ana, r.ID, ""))
	}
	look("research:" + visit)
	waits(cycle.NeedAsk)
	v, err := c.View(ctx, ana, issue)
	must(err)
	if len(v.Doings) != 1 || v.Doings[0].Kind != cycle.DoneResearch || !v.Doings[0].Held {
		t.Fatalf("done: %+v", v.Doings)
	}

	d, err := sys.Decided.Save(ctx, ana, decision.In{Ref: "issue:" + issue, Question: "Do we ask her?", Method: string(ballot.Agree), Openness: string(decision.Hands)})
	must(err)
	must(sys.Decided.Open(ctx, ana, d))
	must(sys.Decided.CountHands(ctx, ana, d, map[string]int{ballot.AnswerAgree: 7}))
	must(sys.Decided.Close(ctx, ana, d))
	must(sys.Decided.Record(ctx, ana, d, decision.Notes{Minutes: "Agreed."}, ""))
	must(sys.Queue.Drain(ctx))
	waits()
	if v, _ := c.View(ctx, ana, issue); v.State != cycle.Adopted || v.Decision != d {
		t.Fatalf("%s by %q: the issue did not hear of the decision", v.State, v.Decision)
	}
	issues, err := sys.Power.Issues(ctx, ana)
	if err != nil || len(issues) != 1 {
		t.Errorf("the room of power sees %d issues: %v", len(issues), err)
	}

	for _, to := range []cycle.Phase{cycle.Listening, cycle.Discerning, cycle.Researching, cycle.Acting, cycle.Evaluating} {
		must(c.Move(ctx, ana, cycle.MoveIn{ID: of, To: to, Reason: "Not what is asked here."}))
	}
	b, err := c.Board(ctx, ana, of)
	must(err)
	if !slices.Contains(b.Missing, cycle.NeedEvaluation) {
		t.Error("a turn is evaluated before its round")
	}
	look("cycle:" + of)
	if b, err = c.Board(ctx, ana, of); err != nil || slices.Contains(b.Missing, cycle.NeedEvaluation) {
		t.Errorf("its round is done and the turn does not know: %v %v", b.Missing, err)
	}
}
