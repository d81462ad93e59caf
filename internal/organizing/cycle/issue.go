// The verbs about an issue: propose it, cut it to an ask, bring it through its
// states and gates, and say at the end what becomes of it.
package cycle

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// IssueIn is the form of an issue; fields are named as in the form.
type IssueIn struct {
	ID, Cycle string
	Problem   string // problem
	Title     string // title
	Team      string // team
	Version   int64
	Key       string
}

func (in *IssueIn) wrong() error {
	var bad []fault.Field
	in.Problem, in.Title = contact.OneLine(in.Problem), contact.OneLine(in.Title)
	if in.Problem == "" || tooLong(in.Problem, MostText) {
		bad = append(bad, fault.At("problem", "cycle.error.problem", "Most", MostText))
	}
	if in.Title == "" || tooLong(in.Title, MostName) {
		bad = append(bad, fault.At("title", "cycle.error.title", "Most", MostName))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// team refuses one that the actor does not see.
func (s *Service) team(ctx context.Context, a access.Actor, team, old string) error {
	if team == "" || team == old {
		return nil
	}
	see, err := s.around(ctx, a)
	if err == nil && !slices.ContainsFunc(see.Teams, func(n Named) bool { return n.ID == team }) {
		err = fault.Wrong(fault.At("team", "contact.error.choose"))
	}
	return err
}

// Propose writes down a problem and the issue it could be cut to.
func (s *Service) Propose(ctx context.Context, a access.Actor, in IssueIn) (made string, err error) {
	defer fault.Wrap(&err, "cycle.Propose")
	if _, err := access.Check(a, needPropose); err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	if err := s.team(ctx, a, in.Team, ""); err != nil {
		return "", err
	}
	return s.write(ctx, a, needPropose, in.Key, "propose:"+in.Cycle, func(w act) (string, error) {
		c, err := cycleByID(ctx, w.tx, in.Cycle)
		if err != nil {
			return "", err
		}
		if c.Phase == Closed {
			return "", fault.Clash("cycle.error.closed")
		}
		i := Issue{ID: id.New(w.now), Cycle: c.ID, State: Proposed, Phase: IssueFrom, PhaseAt: w.now, Team: in.Team, Made: w.now, IssueWords: IssueWords{Problem: in.Problem, Title: in.Title}}
		if err := s.keep(ctx, w, &i); err != nil {
			return "", err
		}
		if err := s.log(ctx, w, Entry{Cycle: c.ID, Issue: i.ID, Act: "propose"}); err != nil {
			return "", err
		}
		return i.ID, s.note(ctx, w.tx, a, w.g, "propose", "issue", i.ID, "")
	})
}

// change loads an issue that is not closed, lets fn change it, and stores it with a
// line in the history.
func (s *Service) change(ctx context.Context, a access.Actor, issue, key, name string, fn func(w act, i *Issue) (Entry, error)) error {
	_, err := s.write(ctx, a, needWork, key, name+":"+issue, func(w act) (string, error) {
		return issue, s.changeIn(ctx, w, issue, name, fn)
	})
	return err
}

func (s *Service) changeIn(ctx context.Context, w act, issue, name string, fn func(w act, i *Issue) (Entry, error)) error {
	i, err := s.issue(ctx, w.tx, issue)
	if err != nil {
		return err
	}
	e, err := fn(w, &i)
	if err != nil {
		return err
	}
	if err := s.keep(ctx, w, &i); err != nil {
		return err
	}
	e.Cycle, e.Issue = i.Cycle, i.ID
	if err := s.log(ctx, w, e); err != nil {
		return err
	}
	return s.note(ctx, w.tx, w.a, w.g, name, "issue", i.ID, e.Becomes)
}

// Describe writes the form of an issue.
func (s *Service) Describe(ctx context.Context, a access.Actor, in IssueIn) (err error) {
	defer fault.Wrap(&err, "cycle.Describe(%s)", in.ID)
	if _, err := access.Check(a, needWork); err != nil {
		return err
	}
	old, err := s.Issue(ctx, a, in.ID)
	if err != nil {
		return err
	}
	if err := in.wrong(); err != nil {
		return err
	}
	if err := s.team(ctx, a, in.Team, old.Team); err != nil {
		return err
	}
	return s.change(ctx, a, in.ID, in.Key, "describe", func(_ act, i *Issue) (Entry, error) {
		if in.Version != i.Version {
			return Entry{}, fault.Clash("cycle.error.changed")
		}
		i.Problem, i.Title, i.Team = in.Problem, in.Title, in.Team
		return Entry{Act: "describe"}, nil
	})
}

// Offices are those who may be asked, as the room of power knows them.
func (s *Service) OfficesFor(ctx context.Context, a access.Actor) ([]Office, error) {
	if s.Offices == nil {
		return nil, nil
	}
	return s.Offices.Offices(ctx, a)
}

// SetAsk writes the ask of an issue. What the team has decided on is changed only
// after the issue went back to the table.
func (s *Service) SetAsk(ctx context.Context, a access.Actor, in AskIn) (err error) {
	defer fault.Wrap(&err, "cycle.SetAsk(%s)", in.Issue)
	if _, err := access.Check(a, needWork); err != nil {
		return err
	}
	if _, err := s.Issue(ctx, a, in.Issue); err != nil {
		return err
	}
	if in.Office != "" {
		list, err := s.OfficesFor(ctx, a)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(list, func(o Office) bool { return o.ID == in.Office })
		if n < 0 {
			return fault.Wrong(fault.At("office", "contact.error.choose"))
		}
		if list[n].Name == "" {
			return fault.Wrong(fault.At("office", "cycle.error.institution"))
		}
		in.Name, in.Title, in.Body = list[n].Name, list[n].Office, list[n].Body
	}
	if err := in.wrong(s.Clock.Now()); err != nil {
		return err
	}
	return s.change(ctx, a, in.Issue, in.Key, "ask", func(_ act, i *Issue) (Entry, error) {
		if in.Version != i.Version {
			return Entry{}, fault.Clash("cycle.error.changed")
		}
		if i.State != Proposed && i.State != Cut {
			return Entry{}, fault.Clash("cycle.error.decided")
		}
		i.Office, i.Due = in.Office, in.Due
		i.Decider, i.Action, i.Leverage = Decider{Name: in.Name, Office: in.Title, Body: in.Body}, in.Action, in.Leverage
		return Entry{Act: "ask", Was: string(i.State), Becomes: string(i.State)}, nil
	})
}

// StateIn is the form of a change of state.
type StateIn struct {
	Issue    string
	To       State  // to
	Reason   string // reason
	Decision string // decision: for adopting
	Key      string
}

// SetState brings an issue to another state. To be cut it needs its whole ask and
// an answer to every criterion of its list; to be adopted, a recorded decision.
func (s *Service) SetState(ctx context.Context, a access.Actor, in StateIn) (err error) {
	defer fault.Wrap(&err, "cycle.SetState(%s, %s)", in.Issue, in.To)
	if _, err := access.Check(a, needWork); err != nil {
		return err
	}
	old, err := s.Issue(ctx, a, in.Issue)
	if err != nil {
		return err
	}
	if in.To == Adopted && old.State == Cut {
		list, err := s.decisions(ctx, access.Machine(a.Org), old)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(d Decision) bool { return d.ID == in.Decision && d.Recorded && d.Passed }) {
			return fault.Wrong(fault.At("decision", "cycle.error.undecided"))
		}
	} else {
		in.Decision = ""
	}
	return s.change(ctx, a, in.Issue, in.Key, "state", func(w act, i *Issue) (Entry, error) {
		return s.become(ctx, w, i, in)
	})
}

// SetStateIn brings an issue to another state in the transaction of another room
// that knows why: an assembly in which the ask was granted.
func (s *Service) SetStateIn(ctx context.Context, tx *db.Tx, a access.Actor, issue string, to State, why string) (err error) {
	defer fault.Wrap(&err, "cycle.SetStateIn(%s, %s)", issue, to)
	g, err := access.Check(a, needWork)
	if err != nil {
		return err
	}
	return s.changeIn(ctx, act{tx, a, g, s.Clock.Now()}, issue, "state", func(w act, i *Issue) (Entry, error) {
		return s.become(ctx, w, i, StateIn{To: to, Reason: why})
	})
}

func (s *Service) become(ctx context.Context, w act, i *Issue, in StateIn) (Entry, error) {
	if !i.State.CanBecome(in.To) {
		return Entry{}, fault.Clash("cycle.error.state")
	}
	if err := reason(&in.Reason, "reason", "cycle.error.reason", i.State.NeedsReason(in.To)); err != nil {
		return Entry{}, err
	}
	was := i.State
	switch {
	case in.To == Cut && was == Proposed:
		if !i.Asks().Whole() {
			return Entry{}, fault.Clash("cycle.error.no_ask")
		}
		t, err := s.tally(ctx, w.tx, *i)
		if err != nil {
			return Entry{}, err
		}
		if !t.Whole() {
			return Entry{}, fault.Clash("cycle.error.untested")
		}
	case in.To == Adopted:
		i.Decision = in.Decision
	case in.To == Cut: // back to the table: what was decided no longer stands
		i.Decision = ""
	case in.To == Proposed && was == Parked:
		i.Choice, i.Learned = "", ""
		if i.Phase != Closed {
			i.Phase, i.PhaseAt = IssueFrom, w.now
		}
	}
	if i.Why = ""; in.To == Parked || in.To.Over() {
		i.Why = in.Reason
	}
	i.State = in.To
	return Entry{Act: "state", Was: string(was), Becomes: string(in.To), Reason: in.Reason}, nil
}

// Advance takes an issue through its next gate, or back. A leader goes through open
// gates; a shut one is opened by an organizer, with a reason.
func (s *Service) Advance(ctx context.Context, a access.Actor, in MoveIn) (err error) {
	defer fault.Wrap(&err, "cycle.Advance(%s, %s)", in.ID, in.To)
	if _, err := access.Check(a, needWork); err != nil {
		return err
	}
	v, err := s.View(ctx, a, in.ID)
	if err != nil {
		return err
	}
	_, refused := access.Check(a, needTurn)
	return s.change(ctx, a, in.ID, in.Key, "advance", func(w act, i *Issue) (Entry, error) {
		switch {
		case i.State == Parked:
			return Entry{}, fault.Clash("cycle.error.parked")
		case i.Phase != v.Phase:
			return Entry{}, fault.Clash("cycle.error.changed")
		case in.To.At() < IssueFrom.At():
			return Entry{}, fault.Clash("cycle.error.move")
		}
		name, err := in.through(i.Phase, v.Missing, refused == nil)
		if err != nil {
			return Entry{}, err
		}
		was := i.Phase
		i.Phase, i.PhaseAt = in.To, w.now
		if i.Phase == Acting && i.State == Adopted {
			i.State = Campaigning
		}
		return Entry{Act: name, Was: string(was), Becomes: string(i.Phase), Reason: in.Reason}, nil
	})
}

// SettleIn is what a team does with an issue at the end of a turn.
type SettleIn struct {
	Issue   string
	Choice  Choice // choice
	Learned string // learned
	Key     string
}

// Settle records carry on or move on, with what was learned.
func (s *Service) Settle(ctx context.Context, a access.Actor, in SettleIn) (err error) {
	defer fault.Wrap(&err, "cycle.Settle(%s)", in.Issue)
	return s.change(ctx, a, in.Issue, in.Key, "settle", func(_ act, i *Issue) (Entry, error) {
		if i.Phase != Evaluating {
			return Entry{}, fault.Clash("cycle.error.not_evaluating")
		}
		if !slices.Contains(Choices(), in.Choice) {
			return Entry{}, fault.Wrong(fault.At("choice", "contact.error.choose"))
		}
		if err := reason(&in.Learned, "learned", "cycle.error.learned", true); err != nil {
			return Entry{}, err
		}
		was := i.Choice
		i.Choice, i.Learned = in.Choice, in.Learned
		return Entry{Act: "settle", Was: string(was), Becomes: string(in.Choice), Reason: in.Learned}, nil
	})
}

// Issues lists the issues of a cycle, or of all of them.
func (s *Service) Issues(ctx context.Context, a access.Actor, cycle string) (out []Issue, err error) {
	defer fault.Wrap(&err, "cycle.Issues(%s)", cycle)
	err = s.read(ctx, a, needIssue, func(tx *db.Tx) error {
		out = nil
		rows, err := issues(ctx, tx, cycle)
		if err != nil {
			return err
		}
		if err := s.openIssues(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.Issue)
		}
		return nil
	})
	return out, err
}

// Issue returns one issue.
func (s *Service) Issue(ctx context.Context, a access.Actor, issue string) (i Issue, err error) {
	defer fault.Wrap(&err, "cycle.Issue(%s)", issue)
	err = s.read(ctx, a, needIssue, func(tx *db.Tx) error {
		i, err = s.issue(ctx, tx, issue)
		return err
	})
	return i, err
}
