// What the hall sees: the big screen, and the view of an interpreter, opened by a
// link on a machine where nobody is signed in. No private name is on them beyond
// what the yes of a teller covers at this moment.
package assembly

import (
	"context"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Stage is what a screen shows now.
type Stage struct {
	Org string
	Whole
	On       int      // the item that is on, or -1
	Story    *Showing // of the testimony that is on or comes next; nil: none may be heard
	Blocked  bool     // there is a testimony, and nothing of it may be shown
	Turnout  *Summary
	Places   map[string]string // institutions by id
	Revision string            // changes when anything on the screen does
}

// Stage opens a screen by its link. The permission for a testimony is asked anew at
// each call.
func (s *Service) Stage(ctx context.Context, a access.Actor, token string) (st Stage, err error) {
	defer fault.Wrap(&err, "assembly.Stage")
	if _, err := access.Check(a, needStage); err != nil {
		return st, err
	}
	if len(token) < 20 {
		return st, fault.Missing("screen")
	}
	err = s.DB.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		r, err := byLink(ctx, tx, id.Hash(token))
		st.Org = r.org
		st.ID = r.ID
		return err
	})
	if err != nil {
		return st, err
	}
	err = s.DB.Read(ctx, st.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, st.ID)
		if err != nil {
			return err
		}
		if r.linkHash != id.Hash(token) || r.State == Cancelled {
			return fault.Missing("screen")
		}
		st.Whole, err = s.whole(ctx, tx, r)
		return err
	})
	if err != nil {
		return st, err
	}
	st.On = Running(st.Items)
	if err := s.tell(ctx, &st); err != nil {
		return st, err
	}
	machine := access.Machine(st.Org)
	if s.Turnouts != nil {
		if t, err := s.Turnouts.Summary(ctx, machine, st.Ref()); err == nil {
			st.Turnout = &t
		}
	}
	st.Places = map[string]string{}
	list, err := s.People.Institutions(ctx, machine)
	for _, i := range list {
		st.Places[i.ID] = i.Name
	}
	st.Revision = s.revision(st)
	return st, err
}

// tell asks whether the testimony that is on, or the next one, may be heard now.
func (s *Service) tell(ctx context.Context, st *Stage) error {
	if s.Stories == nil {
		return nil
	}
	at := max(st.On, 0)
	if at >= len(st.Items) {
		return nil
	}
	it := st.Items[at]
	if it.LeadRole != people.Testified || it.Story == "" {
		return nil
	}
	shown, err := s.Stories.Show(ctx, st.Org, it.Story)
	switch {
	case err == nil:
		st.Story = &shown
	case fault.Is(err, fault.Internal) || fault.Is(err, fault.Unavailable):
		return err
	default:
		st.Blocked = true
	}
	return nil
}

func (s *Service) revision(st Stage) string {
	parts := []string{itoa(int(st.Moved)), string(st.State)}
	if st.Story != nil {
		parts = append(parts, st.Story.Name, st.Story.Title, st.Story.Text)
	}
	if st.Blocked {
		parts = append(parts, "blocked")
	}
	if t := st.Turnout; t != nil {
		parts = append(parts, itoa(t.Pledged), itoa(t.Confirmed), itoa(t.Attended))
	}
	return id.Fingerprint(12, parts...)
}

// Told is a testimony for those who run the assembly: whether it may be heard now,
// and under which name.
type Told struct {
	Showing
	OK bool
}

// Testimonies asks for each story of a run-sheet whether it may be heard now.
func (s *Service) Testimonies(ctx context.Context, a access.Actor, list []Item) (out map[string]Told, err error) {
	defer fault.Wrap(&err, "assembly.Testimonies")
	out = map[string]Told{}
	if _, err := access.Check(a, needUpdate); err != nil || s.Stories == nil {
		return out, nil
	}
	for _, it := range list {
		if it.Story == "" {
			continue
		}
		shown, err := s.Stories.Show(ctx, a.Org, it.Story)
		if fault.Is(err, fault.Internal) || fault.Is(err, fault.Unavailable) {
			return out, err
		}
		out[it.Story] = Told{shown, err == nil}
	}
	return out, nil
}
