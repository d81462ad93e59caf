// The verbs about a cycle as a whole: begin, change, go through a gate or back, and
// begin the next turn from what was learned.
package cycle

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// In is the form of a cycle; fields are named as in the form.
type In struct {
	ID        string
	Name      string    // name
	About     string    // about
	Teams     []string  // teams
	Campaigns []string  // campaigns
	Due       time.Time // due
	Version   int64
	Key       string
}

// mostLinks is how many teams, and how many campaigns, one cycle can have.
const mostLinks = 20

func (in *In) wrong(now time.Time) error {
	var bad []fault.Field
	in.Name, in.About = contact.OneLine(in.Name), contact.OneLine(in.About)
	if in.Name == "" || tooLong(in.Name, MostName) {
		bad = append(bad, fault.At("name", "cycle.error.name", "Most", MostName))
	}
	if tooLong(in.About, MostLesson) {
		bad = append(bad, fault.At("about", "cycle.error.long", "Most", MostLesson))
	}
	if !dateFits(in.Due, now) {
		bad = append(bad, fault.At("due", "cycle.error.date"))
	}
	if len(in.Teams) > mostLinks {
		bad = append(bad, fault.At("teams", "contact.error.choose"))
	}
	if len(in.Campaigns) > mostLinks {
		bad = append(bad, fault.At("campaigns", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// dateFits lets through no date, and dates that a turn could mean.
func dateFits(t, now time.Time) bool {
	return t.IsZero() || t.After(now.AddDate(-farthest, 0, 0)) && t.Before(now.AddDate(farthest, 0, 0))
}

// refs checks what was chosen against what the actor sees, and keeps links to what
// they cannot see as they were.
func (s *Service) refs(ctx context.Context, a access.Actor, in In, old []string) (out []string, err error) {
	see, err := s.around(ctx, a)
	if err != nil {
		return nil, err
	}
	pick := func(kind, field string, chosen []string, known []Named) error {
		for _, c := range chosen {
			if !slices.ContainsFunc(known, func(n Named) bool { return n.ID == c }) {
				return fault.Wrong(fault.At(field, "contact.error.choose"))
			}
			out = append(out, kind+":"+c)
		}
		for _, ref := range old {
			k, of, _ := strings.Cut(ref, ":")
			if k == kind && !slices.ContainsFunc(known, func(n Named) bool { return n.ID == of }) {
				out = append(out, ref)
			}
		}
		return nil
	}
	if err := pick("team", "teams", in.Teams, see.Teams); err != nil {
		return nil, err
	}
	var campaigns []Named
	for _, c := range see.Campaigns {
		campaigns = append(campaigns, c.Named)
	}
	return out, pick("campaign", "campaigns", in.Campaigns, campaigns)
}

// Around is what a cycle can be linked to, as the actor sees it.
type Around struct {
	Teams     []Named
	Campaigns []Campaign
}

func (s *Service) around(ctx context.Context, a access.Actor) (out Around, err error) {
	if s.Teams != nil {
		if out.Teams, err = s.Teams.Teams(ctx, a); err != nil && !fault.Is(err, fault.Forbidden) {
			return out, err
		}
	}
	if s.Campaigns != nil {
		if out.Campaigns, err = s.Campaigns.Campaigns(ctx, a); err != nil && !fault.Is(err, fault.Forbidden) {
			return out, err
		}
	}
	return out, nil
}

// Around lists the teams and campaigns that a form offers.
func (s *Service) Around(ctx context.Context, a access.Actor) (Around, error) {
	if _, err := access.Check(a, needSee); err != nil {
		return Around{}, err
	}
	return s.around(ctx, a)
}

// Begin makes a cycle. Whoever begins it keeps it.
func (s *Service) Begin(ctx context.Context, a access.Actor, in In) (made string, err error) {
	defer fault.Wrap(&err, "cycle.Begin")
	return s.begin(ctx, a, in, "")
}

func (s *Service) begin(ctx context.Context, a access.Actor, in In, from string) (string, error) {
	if _, err := access.Check(a, needBegin); err != nil {
		return "", err
	}
	if err := in.wrong(s.Clock.Now()); err != nil {
		return "", err
	}
	refs, err := s.refs(ctx, a, in, nil)
	if err != nil {
		return "", err
	}
	return s.write(ctx, a, needBegin, in.Key, "begin:"+from, func(w act) (string, error) {
		c := Cycle{ID: id.New(w.now), Phase: PhaseZero, From: from, Keeper: a.Account, Began: w.now, PhaseAt: w.now, Due: in.Due, Words: Words{Name: in.Name, About: in.About}}
		if c.Due.IsZero() {
			c.Due = PhaseZero.DueBy(w.now)
		}
		var carried []Issue
		if from != "" {
			if carried, err = s.leave(ctx, w, from, &c); err != nil {
				return "", err
			}
		}
		if err := s.save(ctx, w.tx, &c); err != nil {
			return "", err
		}
		if err := setLinks(ctx, w.tx, c.ID, refs); err != nil {
			return "", err
		}
		if err := s.log(ctx, w, Entry{Cycle: c.ID, Act: "begin", Was: from}); err != nil {
			return "", err
		}
		for _, i := range carried {
			if err := s.carry(ctx, w, c.ID, i); err != nil {
				return "", err
			}
		}
		return c.ID, s.note(ctx, w.tx, a, w.g, "begin", "cycle", c.ID, "")
	})
}

// leave takes from a turn what the next one begins with: what was learned of every
// issue, and those that are carried on.
func (s *Service) leave(ctx context.Context, w act, from string, c *Cycle) (carried []Issue, err error) {
	old, err := s.cycle(ctx, w.tx, from)
	if err != nil {
		return nil, err
	}
	if old.Phase.At() < Evaluating.At() {
		return nil, fault.Clash("cycle.error.not_evaluating")
	}
	rows, err := issues(ctx, w.tx, from)
	if err != nil {
		return nil, err
	}
	if err := s.openIssues(ctx, w.tx.Org(), rows); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Standing() && r.Choice == "" {
			return nil, fault.Clash("cycle.error.unsettled")
		}
		if r.Choice == "" {
			continue
		}
		c.Lessons = append(c.Lessons, Lesson{Issue: r.ID, Title: r.Title, State: r.State, Choice: r.Choice, Learned: r.Learned})
		if r.Choice == CarryOn {
			carried = append(carried, r.Issue)
		}
	}
	return carried, nil
}

// carry puts an issue into the next turn: its words stay, its tests and its
// decision belong to the turn that is over.
func (s *Service) carry(ctx context.Context, w act, cycle string, old Issue) error {
	i := Issue{ID: id.New(w.now), Cycle: cycle, State: Proposed, Phase: IssueFrom, PhaseAt: w.now, From: old.ID, Team: old.Team, Office: old.Office, Due: old.Due, Made: w.now,
		IssueWords: IssueWords{Problem: old.Problem, Title: old.Title, Decider: old.Decider, Action: old.Action, Leverage: old.Leverage}}
	if i.Due.Before(w.now) {
		i.Due = time.Time{} // a date that is over is no date
	}
	if err := s.keep(ctx, w, &i); err != nil {
		return err
	}
	return s.log(ctx, w, Entry{Cycle: cycle, Issue: i.ID, Act: "carry", Was: old.ID})
}

// Next begins the next turn from one that is being evaluated or closed.
func (s *Service) Next(ctx context.Context, a access.Actor, from string, in In) (made string, err error) {
	defer fault.Wrap(&err, "cycle.Next(%s)", from)
	return s.begin(ctx, a, in, from)
}

// Change writes the form of a cycle.
func (s *Service) Change(ctx context.Context, a access.Actor, in In) (err error) {
	defer fault.Wrap(&err, "cycle.Change(%s)", in.ID)
	if _, err := access.Check(a, needTurn); err != nil {
		return err
	}
	if err := in.wrong(s.Clock.Now()); err != nil {
		return err
	}
	var old []string
	if err := s.read(ctx, a, needSee, func(tx *db.Tx) error {
		if _, err := cycleByID(ctx, tx, in.ID); err != nil {
			return err
		}
		old, err = links(ctx, tx, in.ID)
		return err
	}); err != nil {
		return err
	}
	refs, err := s.refs(ctx, a, in, old)
	if err != nil {
		return err
	}
	_, err = s.write(ctx, a, needTurn, in.Key, "change:"+in.ID, func(w act) (string, error) {
		c, err := s.cycle(ctx, w.tx, in.ID)
		if err != nil {
			return "", err
		}
		if in.Version != c.Version {
			return "", fault.Clash("cycle.error.changed")
		}
		c.Name, c.About = in.Name, in.About
		if c.Phase != Closed && !in.Due.IsZero() {
			c.Due = in.Due
		}
		if err := s.save(ctx, w.tx, &c); err != nil {
			return "", err
		}
		if err := setLinks(ctx, w.tx, c.ID, refs); err != nil {
			return "", err
		}
		if err := s.log(ctx, w, Entry{Cycle: c.ID, Act: "change"}); err != nil {
			return "", err
		}
		return c.ID, s.note(ctx, w.tx, a, w.g, "update", "cycle", c.ID, "")
	})
	return err
}

// MoveIn is the form of a move through a gate, or back.
type MoveIn struct {
	ID     string    // of the cycle or the issue
	To     Phase     // to
	Reason string    // reason
	Due    time.Time // due: of the new phase
	Key    string
}

// through decides on a move: which act it is for the history, or why not.
func (in *MoveIn) through(from Phase, missing []Need, mayForce bool) (act string, err error) {
	step := from.StepTo(in.To)
	if step == NoStep {
		return "", fault.Clash("cycle.error.move")
	}
	shut := step == Forward && len(missing) > 0
	if shut && !mayForce {
		return "", fault.Clash("cycle.error.gate")
	}
	if err := reason(&in.Reason, "reason", "cycle.error.reason", shut || step == BackStep); err != nil {
		return "", err
	}
	switch {
	case step == BackStep:
		return "back", nil
	case shut:
		return "force", nil
	}
	return "move", nil
}

// Move takes a cycle through its next gate, or back to an earlier phase.
func (s *Service) Move(ctx context.Context, a access.Actor, in MoveIn) (err error) {
	defer fault.Wrap(&err, "cycle.Move(%s, %s)", in.ID, in.To)
	if _, err := access.Check(a, needTurn); err != nil {
		return err
	}
	b, err := s.board(ctx, a, in.ID, false)
	if err != nil {
		return err
	}
	if !dateFits(in.Due, s.Clock.Now()) {
		return fault.Wrong(fault.At("due", "cycle.error.date"))
	}
	_, err = s.write(ctx, a, needTurn, in.Key, "move:"+in.ID, func(w act) (string, error) {
		c, err := s.cycle(ctx, w.tx, in.ID)
		if err != nil {
			return "", err
		}
		if c.Phase != b.Phase {
			return "", fault.Clash("cycle.error.changed")
		}
		name, err := in.through(c.Phase, b.Missing, true)
		if err != nil {
			return "", err
		}
		was := c.Phase
		c.Phase, c.PhaseAt = in.To, w.now
		if c.Due = in.Due; c.Due.IsZero() {
			c.Due = in.To.DueBy(w.now)
		}
		if c.Phase == Closed {
			c.Ended, c.Due = w.now, time.Time{}
		}
		if err := s.save(ctx, w.tx, &c); err != nil {
			return "", err
		}
		if c.Phase == Evaluating && name != "back" && s.Evaluations != nil {
			if err := s.Evaluations.OpenIn(ctx, w.tx, a, c); err != nil {
				return "", err
			}
		}
		if err := s.log(ctx, w, Entry{Cycle: c.ID, Act: name, Was: string(was), Becomes: string(c.Phase), Reason: in.Reason}); err != nil {
			return "", err
		}
		return c.ID, s.note(ctx, w.tx, a, w.g, name, "cycle", c.ID, string(c.Phase))
	})
	return err
}
