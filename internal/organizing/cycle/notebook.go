// The organizers' notebook: what whoever comes next has to know, whom to meet,
// what is still open, and the handover itself.
package cycle

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// NoteKind is what a note is for.
type NoteKind string

const (
	Know   NoteKind = "know"   // what to know
	Meet   NoteKind = "meet"   // whom to meet next
	Thread NoteKind = "thread" // an open thread
)

// NoteKinds lists them.
func NoteKinds() []NoteKind { return []NoteKind{Know, Meet, Thread} }

// Note is an entry. A text about somebody lies under their key.
type Note struct {
	ID, Cycle string
	Kind      NoteKind
	Person    string // of a Meet; their name is asked for when it is shown
	Due, Done time.Time
	Account   string
	Made      time.Time
	Text      string // sealed at rest
	Name      string // of the person, as the reader may see it
	version   int64
}

// Handover is from one organizer to the next.
type Handover struct {
	ID, Cycle, From, To string // accounts
	At, Taken           time.Time
	Text                string // sealed at rest
	CycleName           string
}

// NoteIn is the form of a note.
type NoteIn struct {
	Cycle  string
	Kind   NoteKind  // kind
	Person string    // person
	Text   string    // text
	Due    time.Time // due
	Key    string
}

func noteCell(org string, n Note) vault.Cell {
	c := cell(org, "cycle_note", n.ID, n.version)
	c.Person = n.Person
	return c
}

// Write adds a note.
func (s *Service) Write(ctx context.Context, a access.Actor, in NoteIn) (made string, err error) {
	defer fault.Wrap(&err, "cycle.Write(%s)", in.Cycle)
	return s.write(ctx, a, needNote, in.Key, "note:"+in.Cycle, func(w act) (string, error) {
		if _, err := cycleByID(ctx, w.tx, in.Cycle); err != nil {
			return "", err
		}
		var bad []fault.Field
		if in.Text = contact.OneLine(in.Text); in.Text == "" || tooLong(in.Text, MostLesson) {
			bad = append(bad, fault.At("text", "cycle.error.note", "Most", MostLesson))
		}
		if !slices.Contains(NoteKinds(), in.Kind) {
			bad = append(bad, fault.At("kind", "contact.error.choose"))
		}
		if in.Kind == Meet && in.Person == "" {
			bad = append(bad, fault.At("person", "cycle.error.person"))
		}
		if !dateFits(in.Due, w.now) {
			bad = append(bad, fault.At("due", "cycle.error.date"))
		}
		if len(bad) > 0 {
			return "", fault.Wrong(bad...)
		}
		if in.Kind != Meet {
			in.Person = ""
		}
		if in.Person != "" {
			if err := s.People.TogetherIn(ctx, w.tx, in.Person, "person"); err != nil {
				return "", err
			}
		}
		n := Note{ID: id.New(w.now), Cycle: in.Cycle, Kind: in.Kind, Person: in.Person, Due: in.Due, Account: a.Account, Made: w.now, version: 1}
		sealed, err := s.seal(ctx, noteCell(w.tx.Org(), n), in.Text)
		if err != nil {
			return "", err
		}
		if err := putNote(ctx, w.tx, noteRow{Note: n, sealed: sealed}); err != nil {
			return "", err
		}
		return n.ID, s.note(ctx, w.tx, a, w.g, "note", "notebook", n.ID, string(in.Kind))
	})
}

// Finish marks a note as done, or open again; Drop takes it out.
func (s *Service) Finish(ctx context.Context, a access.Actor, note, key string) (err error) {
	defer fault.Wrap(&err, "cycle.Finish(%s)", note)
	_, err = s.write(ctx, a, needKeep, key, "finish:"+note, func(w act) (string, error) {
		r, err := noteByID(ctx, w.tx, note)
		if err != nil {
			return "", err
		}
		if r.Done.IsZero() {
			r.Done = w.now
		} else {
			r.Done = time.Time{}
		}
		if err := putNote(ctx, w.tx, r); err != nil {
			return "", err
		}
		return r.Cycle, s.note(ctx, w.tx, a, w.g, "finish", "notebook", note, "")
	})
	return err
}

// Drop takes a note out of the notebook for good.
func (s *Service) Drop(ctx context.Context, a access.Actor, note, key string) (err error) {
	defer fault.Wrap(&err, "cycle.Drop(%s)", note)
	_, err = s.write(ctx, a, needKeep, key, "drop:"+note, func(w act) (string, error) {
		r, err := noteByID(ctx, w.tx, note)
		if err != nil {
			return "", err
		}
		if err := dropNote(ctx, w.tx, note); err != nil {
			return "", err
		}
		return r.Cycle, s.note(ctx, w.tx, a, w.g, "drop", "notebook", note, "")
	})
	return err
}

// NoteOf returns the cycle to which a note belongs, so that a page can lead back.
func (s *Service) NoteOf(ctx context.Context, a access.Actor, note string) (cycle string, err error) {
	err = s.read(ctx, a, needNotebook, func(tx *db.Tx) error {
		r, err := noteByID(ctx, tx, note)
		cycle = r.Cycle
		return err
	})
	return cycle, err
}

// Notebook is everything in it.
type Notebook struct {
	Cycle
	Notes     []Note
	Handovers []Handover
	Issues    []Issue
	Chosen    []string
}

// Notebook returns the notes of a cycle. A note about somebody who is no longer
// there, or no longer agrees, is not shown.
func (s *Service) Notebook(ctx context.Context, a access.Actor, cycle string) (out Notebook, err error) {
	defer fault.Wrap(&err, "cycle.Notebook(%s)", cycle)
	return s.notebook(ctx, a, needNotebook, cycle)
}

// Print is the notebook to hand over on paper. That it left is written down.
func (s *Service) Print(ctx context.Context, a access.Actor, cycle string) (out Notebook, err error) {
	defer fault.Wrap(&err, "cycle.Print(%s)", cycle)
	if out, err = s.notebook(ctx, a, needTakeOutside, cycle); err != nil {
		return out, err
	}
	_, err = s.write(ctx, a, needTakeOutside, "", "print", func(w act) (string, error) {
		return "", s.note(ctx, w.tx, a, w.g, "print", "notebook", cycle, "")
	})
	return out, err
}

func (s *Service) notebook(ctx context.Context, a access.Actor, need access.Need, cycle string) (out Notebook, err error) {
	var rows []noteRow
	err = s.read(ctx, a, need, func(tx *db.Tx) error {
		out = Notebook{}
		if out.Cycle, err = s.cycle(ctx, tx, cycle); err != nil {
			return err
		}
		if out.Chosen, err = links(ctx, tx, cycle); err != nil {
			return err
		}
		in, err := issues(ctx, tx, cycle)
		if err != nil {
			return err
		}
		if err := s.openIssues(ctx, tx.Org(), in); err != nil {
			return err
		}
		for _, r := range in {
			out.Issues = append(out.Issues, r.Issue)
		}
		if rows, err = notes(ctx, tx, cycle); err != nil {
			return err
		}
		if err := opened(ctx, s, rows, func(r *noteRow) (vault.Cell, string, any) { return noteCell(tx.Org(), r.Note), r.sealed, &r.Text }); err != nil {
			return err
		}
		over, err := handovers(ctx, tx, cycle)
		if err != nil {
			return err
		}
		out.Handovers, err = s.openHandovers(ctx, tx.Org(), over)
		return err
	})
	if err != nil {
		return out, err
	}
	var ids []string
	for _, r := range rows {
		if r.Person != "" && !slices.Contains(ids, r.Person) {
			ids = append(ids, r.Person)
		}
	}
	cards, err := s.People.Names(ctx, a, ids)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		if r.Person != "" {
			c, ok := cards[r.Person]
			if !ok {
				continue
			}
			r.Name = c.Name
		}
		out.Notes = append(out.Notes, r.Note)
	}
	return out, nil
}

func (s *Service) openHandovers(ctx context.Context, org string, rows []handoverRow) (out []Handover, err error) {
	err = opened(ctx, s, rows, func(r *handoverRow) (vault.Cell, string, any) {
		return cell(org, "cycle_handover", r.ID, 1), r.sealed, &r.Text
	})
	for _, r := range rows {
		out = append(out, r.Handover)
	}
	return out, err
}

// HandOverIn names the next organizer.
type HandOverIn struct {
	Cycle string
	To    string // to: account
	Text  string // text
	Key   string
}

// HandOver puts a cycle on the page of the next organizer. They keep it from the
// moment at which they have read the notebook.
func (s *Service) HandOver(ctx context.Context, a access.Actor, in HandOverIn) (made string, err error) {
	defer fault.Wrap(&err, "cycle.HandOver(%s)", in.Cycle)
	if _, err := access.Check(a, needKeep); err != nil {
		return "", err
	}
	keeps := in.To != "" && s.Keeps(ctx, a.Org, in.To)
	return s.write(ctx, a, needKeep, in.Key, "hand_over:"+in.Cycle, func(w act) (string, error) {
		c, err := cycleByID(ctx, w.tx, in.Cycle)
		if err != nil {
			return "", err
		}
		switch {
		case !keeps || in.To == c.Keeper:
			return "", fault.Wrong(fault.At("to", "cycle.error.next_organizer"))
		case c.Phase == Closed:
			return "", fault.Clash("cycle.error.closed")
		}
		if err := reason(&in.Text, "text", "", false); err != nil {
			return "", err
		}
		before, err := handovers(ctx, w.tx, in.Cycle)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(before, func(h handoverRow) bool { return h.Taken.IsZero() && h.To == in.To }) {
			return "", fault.Clash("cycle.error.handed")
		}
		h := Handover{ID: id.New(w.now), Cycle: c.ID, From: a.Account, To: in.To, At: w.now}
		sealed, err := s.seal(ctx, cell(w.tx.Org(), "cycle_handover", h.ID, 1), in.Text)
		if err != nil {
			return "", err
		}
		if err := putHandover(ctx, w.tx, handoverRow{Handover: h, sealed: sealed}); err != nil {
			return "", err
		}
		return h.ID, s.note(ctx, w.tx, a, w.g, "hand_over", "cycle", c.ID, "")
	})
}

// Take accepts a handover that was meant for the actor.
func (s *Service) Take(ctx context.Context, a access.Actor, handover, key string) (cycle string, err error) {
	defer fault.Wrap(&err, "cycle.Take(%s)", handover)
	return s.write(ctx, a, needKeep, key, "take:"+handover, func(w act) (string, error) {
		h, err := handoverByID(ctx, w.tx, handover)
		if err != nil {
			return "", err
		}
		if h.To != a.Account || a.Account == "" {
			return "", fault.Missing("handed to somebody else")
		}
		if !h.Taken.IsZero() {
			return h.Cycle, nil
		}
		h.Taken = w.now
		if err := putHandover(ctx, w.tx, h); err != nil {
			return "", err
		}
		c, err := s.cycle(ctx, w.tx, h.Cycle)
		if err != nil {
			return "", err
		}
		was := c.Keeper
		c.Keeper = a.Account
		if err := s.save(ctx, w.tx, &c); err != nil {
			return "", err
		}
		if err := s.log(ctx, w, Entry{Cycle: c.ID, Act: "hand_over", Was: was, Becomes: a.Account}); err != nil {
			return "", err
		}
		return c.ID, s.note(ctx, w.tx, a, w.g, "take", "cycle", c.ID, "")
	})
}

// Handed lists the handovers that wait for the actor.
func (s *Service) Handed(ctx context.Context, a access.Actor) (out []Handover, err error) {
	defer fault.Wrap(&err, "cycle.Handed")
	err = s.read(ctx, a, needNotebook, func(tx *db.Tx) error {
		rows, err := handedTo(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if out, err = s.openHandovers(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for n := range out {
			c, err := s.cycle(ctx, tx, out[n].Cycle)
			if err != nil {
				return err
			}
			out[n].CycleName = c.Name
		}
		return nil
	})
	return out, err
}

// ForgetIn takes somebody out of every notebook, in the transaction that erases them.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return forgetPerson(ctx, tx, person)
}
