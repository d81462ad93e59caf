// Planning an assembly: when, where, for whom, with which plans; moving it on.
package assembly

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/contact"
)

// PlanIn is the form of an assembly; fields are named as in the form.
type PlanIn struct {
	ID        string
	Kind      Kind      // kind
	At        time.Time // date, time
	Minutes   int       // minutes
	Capacity  int       // capacity
	Goal      int       // goal
	Cycle     string    // cycle
	Languages []string  // languages
	Nameless  bool      // nameless
	Observer  string    // observer
	Safety    string    // safety
	Words               // title, where, purpose, media, risk
	Sheet     []Item    // of a new one: the template in the reader's words
	Version   int64
	Key       string
}

const longest = 12 * 60

func (in *PlanIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Title, in.Where = contact.OneLine(in.Title), contact.OneLine(in.Where)
	in.Purpose, in.Media, in.Risk = strings.TrimSpace(in.Purpose), strings.TrimSpace(in.Media), strings.TrimSpace(in.Risk)
	at(!slices.Contains(Kinds(), in.Kind), "kind", "contact.error.choose")
	at(in.At.IsZero(), "date", "assembly.error.when")
	at(in.Minutes < 15 || in.Minutes > longest, "minutes", "assembly.error.minutes")
	at(in.Capacity < 0 || in.Capacity > 100000, "capacity", "assembly.error.number")
	at(in.Goal < 0 || in.Goal > 100000, "goal", "assembly.error.number")
	at(len(in.Languages) == 0 || len(in.Languages) > 12 || slices.ContainsFunc(in.Languages, func(l string) bool { return !contact.Language(l) }), "languages", "contact.error.choose")
	at(in.Title == "" || tooLong(in.Title, titleMost), "title", "assembly.error.title")
	at(tooLong(in.Where, whereMost), "where", "assembly.error.long")
	for _, x := range []struct{ field, text string }{{"purpose", in.Purpose}, {"media", in.Media}, {"risk", in.Risk}} {
		at(tooLong(x.text, textMost), x.field, "assembly.error.long")
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

func (in PlanIn) into(r *row) {
	r.Kind, r.At, r.Minutes, r.Capacity, r.Goal, r.Cycle, r.Languages, r.Nameless = in.Kind, in.At, in.Minutes, in.Capacity, in.Goal, in.Cycle, in.Languages, in.Nameless
	r.Event.Observer, r.Safety = in.Observer, in.Safety
	r.Title, r.Where, r.Purpose, r.Media, r.Risk = in.Title, in.Where, in.Purpose, in.Media, in.Risk
}

// named refuses persons whom the actor cannot see and who keep no part already.
func (s *Service) named(ctx context.Context, a access.Actor, already []string, persons map[string]string) error {
	var ask []string
	for _, p := range persons {
		if p != "" && !slices.Contains(already, p) {
			ask = append(ask, p)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	seen, err := s.People.Names(ctx, a, ask)
	if err != nil {
		return err
	}
	var bad []fault.Field
	for field, p := range persons {
		if _, ok := seen[p]; slices.Contains(ask, p) && !ok {
			bad = append(bad, fault.At(field, "assembly.error.person"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// Make writes down the idea of an assembly, with the run-sheet of its kind.
func (s *Service) Make(ctx context.Context, a access.Actor, in PlanIn) (made string, err error) {
	defer fault.Wrap(&err, "assembly.Make")
	g, err := access.Check(a, needCreate)
	if err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	if err := s.named(ctx, a, nil, map[string]string{"observer": in.Observer, "safety": in.Safety}); err != nil {
		return "", err
	}
	now := s.Clock.Now()
	err = s.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "assembly.make", func() (string, error) {
			r := row{Event: Event{ID: id.New(now), State: Idea, Account: a.Account, Made: now}}
			in.into(&r)
			r.Link = id.Token()
			r.linkHash = id.Hash(r.Link)
			if err := s.store(ctx, tx, &r); err != nil {
				return "", err
			}
			for i, slot := range in.Kind.Template() {
				it := Item{Pos: i + 1, Code: slot.Code, Minutes: slot.Minutes, LeadRole: slot.Lead, Second: slot.Beside}
				if i < len(in.Sheet) {
					it.ItemWords = in.Sheet[i].ItemWords
				}
				if it.Title == "" {
					it.Title = slot.Code
				}
				if _, err := s.storeItem(ctx, tx, r.ID, it); err != nil {
					return "", err
				}
			}
			return r.ID, s.note(ctx, tx, a, g.Role, "assembly", "make", r.ID, "", string(in.Kind))
		})
		return err
	})
	return made, err
}

// Change writes the form of an assembly that has not begun.
func (s *Service) Change(ctx context.Context, a access.Actor, in PlanIn) (err error) {
	defer fault.Wrap(&err, "assembly.Change(%s)", in.ID)
	if _, err := access.Check(a, needUpdate); err != nil {
		return err
	}
	if err := in.wrong(); err != nil {
		return err
	}
	w, err := s.Get(ctx, a, in.ID)
	if err != nil {
		return err
	}
	if err := s.named(ctx, a, partiesOf(w.Event, w.Items), map[string]string{"observer": in.Observer, "safety": in.Safety}); err != nil {
		return err
	}
	_, err = s.act(ctx, a, needUpdate, in.ID, "change", in.Key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if err := writable(*r); err != nil {
			return "", "", "", err
		}
		if in.Version != r.Version {
			return "", "", "", fault.Stale()
		}
		in.into(r)
		if s.Turnouts != nil && (r.State == Turnout || r.State == Ready) {
			if err := s.openTurnout(ctx, tx, a, *r); err != nil {
				return "", "", "", err
			}
		}
		return "", "", "", s.store(ctx, tx, r)
	})
	return err
}

// Relink ends the link of the big screen and makes another.
func (s *Service) Relink(ctx context.Context, a access.Actor, assembly, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Relink")
	_, err = s.act(ctx, a, needUpdate, assembly, "relink", key, func(tx *db.Tx, r *row) (string, string, string, error) {
		r.Link = id.Token()
		r.linkHash = id.Hash(r.Link)
		return "", "", "", s.store(ctx, tx, r)
	})
	return err
}

// Whole is an assembly with everything that belongs to it.
type Whole struct {
	Event
	Items   []Item
	Asks    []Ask
	Pins    map[string][]Pin // every version, by ask
	Stands  map[string]Standing
	Roll    []Called
	Invites []Invite
	Moved   int64
}

// Get returns an assembly whole.
func (s *Service) Get(ctx context.Context, a access.Actor, assembly string) (w Whole, err error) {
	defer fault.Wrap(&err, "assembly.Get(%s)", assembly)
	if _, err := access.Check(a, needRead); err != nil {
		return w, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.load(ctx, tx, assembly)
		if err != nil {
			return err
		}
		w, err = s.whole(ctx, tx, r)
		return err
	})
	return w, err
}

// whole reads everything of an assembly in one transaction.
func (s *Service) whole(ctx context.Context, tx *db.Tx, r row) (w Whole, err error) {
	w = Whole{Event: r.Event, Pins: map[string][]Pin{}, Stands: map[string]Standing{}}
	if w.Items, err = s.items(ctx, tx, r.ID); err != nil {
		return w, err
	}
	if w.Asks, err = s.asks(ctx, tx, r.ID); err != nil {
		return w, err
	}
	all, err := s.pins(ctx, tx, r.ID)
	if err != nil {
		return w, err
	}
	for _, p := range all {
		w.Pins[p.Ask] = append(w.Pins[p.Ask], p)
	}
	for ask, list := range w.Pins {
		w.Stands[ask] = Stands(list)
	}
	if w.Roll, err = roll(ctx, tx, r.ID); err != nil {
		return w, err
	}
	if w.Invites, err = s.invites(ctx, tx, r.ID); err != nil {
		return w, err
	}
	w.Moved, err = moved(ctx, tx, r.ID)
	return w, err
}

const pageSize = 60

// List returns what is to come or still open, or what is over.
func (s *Service) List(ctx context.Context, a access.Actor, past bool) (out []Event, err error) {
	defer fault.Wrap(&err, "assembly.List")
	return s.list(ctx, a, func(tx *db.Tx) ([]row, error) {
		if past {
			return over(ctx, tx, pageSize)
		}
		return coming(ctx, tx, pageSize)
	})
}

func (s *Service) list(ctx context.Context, a access.Actor, query func(tx *db.Tx) ([]row, error)) (out []Event, err error) {
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := query(tx)
		if err != nil {
			return err
		}
		if err := s.open(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.Event)
		}
		return nil
	})
	return out, err
}

// Facts is what the gates ask about an assembly, now and for this actor.
func (s *Service) Facts(ctx context.Context, a access.Actor, w Whole) (f Facts, err error) {
	defer fault.Wrap(&err, "assembly.Facts")
	if f.Silent, err = s.silent(ctx, a.Org, w.Items); err != nil {
		return f, err
	}
	f.Done = true
	if s.Evaluations != nil {
		err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
			f.Done, err = s.Evaluations.DoneIn(ctx, tx, w.Ref())
			return err
		})
	}
	return s.facts(w, f, a), err
}

// facts fills in what follows from the assembly itself.
func (s *Service) facts(w Whole, f Facts, a access.Actor) Facts {
	f.Now, f.Event, f.Actor, f.Items, f.Asks = s.Clock.Now(), w.Event, a.Account, w.Items, len(w.Asks)
	for _, ask := range w.Asks {
		st := w.Stands[ask.ID]
		switch {
		case !st.Answered():
			f.Unanswered++
		case st.Open():
			f.Open++
		case st.Answer.FollowUp() && st.FollowUp.IsZero():
			f.Undated++
		}
	}
	for _, r := range Races(w.Invites, fold.Text) {
		if !r.Even() {
			f.Uneven++
		}
	}
	return f
}

// silent counts testimonies that may not be heard now. Without a story room nobody
// can say, and the team asks the teller.
func (s *Service) silent(ctx context.Context, org string, list []Item) (n int, err error) {
	if s.Stories == nil {
		return 0, nil
	}
	for _, it := range list {
		if it.LeadRole != people.Testified {
			continue
		}
		if it.Story == "" {
			n++
			continue
		}
		_, err := s.Stories.Show(ctx, org, it.Story)
		switch {
		case fault.Is(err, fault.Internal) || fault.Is(err, fault.Unavailable):
			return 0, err
		case err != nil:
			n++
		}
	}
	return n, nil
}

// Move brings an assembly to its next state, when everything is true that has to be.
func (s *Service) Move(ctx context.Context, a access.Actor, assembly string, to State, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Move(%s)", to)
	need := needUpdate
	if to == Approved {
		need = needApprove
	}
	if to == Held {
		return fault.Clash("assembly.error.close") // has a verb of its own, Close
	}
	w, err := s.Get(ctx, a, assembly)
	if err != nil {
		return err
	}
	silent, err := s.silent(ctx, a.Org, w.Items)
	if err != nil {
		return err
	}
	_, err = s.act(ctx, a, need, assembly, "move_"+string(to), key, func(tx *db.Tx, r *row) (string, string, string, error) {
		w, err := s.whole(ctx, tx, *r)
		if err != nil {
			return "", "", "", err
		}
		f := s.facts(w, Facts{Silent: silent, Done: true}, a)
		if s.Evaluations != nil && to == Evaluated {
			if f.Done, err = s.Evaluations.DoneIn(ctx, tx, r.Ref()); err != nil {
				return "", "", "", err
			}
		}
		if err := mayMove(f, to); err != nil {
			return "", "", "", err
		}
		return "", "", string(to), s.enter(ctx, tx, a, r, to)
	})
	if err == nil && to == Cancelled {
		s.turnoutOver(ctx, a.Org, assembly, false)
	}
	return err
}

// LookedAtIn hears, in the transaction that ends the evaluation, that it is done.
func (s *Service) LookedAtIn(ctx context.Context, tx *db.Tx, a access.Actor, assembly string) (err error) {
	defer fault.Wrap(&err, "assembly.LookedAtIn")
	r, err := s.load(ctx, tx, assembly)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || r.State != Held {
		return err
	}
	if err := s.enter(ctx, tx, a, &r, Evaluated); err != nil {
		return err
	}
	if err := stir(ctx, tx, assembly); err != nil {
		return err
	}
	return s.note(ctx, tx, a, "", "assembly", "move_evaluated", assembly, "", "round")
}

// openTurnout opens turnout, or moves it to the assembly's new day.
func (s *Service) openTurnout(ctx context.Context, tx *db.Tx, a access.Actor, r row) error {
	return s.Turnouts.OpenIn(ctx, tx, a, TurnoutIn{Ref: r.Ref(), Kind: r.Kind.Encounter(), At: r.At, Minutes: r.Minutes, Goal: r.Goal, Title: r.Title, Where: r.Where, Nameless: r.Nameless})
}

// turnoutOver tells turnout after the commit. When it fails, turnout's own page still
// says that it is late.
func (s *Service) turnoutOver(ctx context.Context, org, assembly string, held bool) {
	if s.Turnouts == nil {
		return
	}
	if err := s.Turnouts.Over(ctx, org, "assembly:"+assembly, held); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
		s.Log.Error("turnout did not hear that an assembly is over", "err", err)
	}
}

// enter writes the new state, with what follows from it in other rooms.
func (s *Service) enter(ctx context.Context, tx *db.Tx, a access.Actor, r *row, to State) error {
	now := s.Clock.Now()
	r.State = to
	switch to {
	case Approved:
		r.Approver, r.Approved = a.Account, now
	case Turnout:
		if s.Turnouts != nil {
			if err := s.openTurnout(ctx, tx, a, *r); err != nil {
				return err
			}
		}
	case Live:
		r.Live = now
	case Evaluated:
		r.Evaluated = now
	case Cancelled:
		r.linkHash, r.Link = "", ""
	}
	return s.store(ctx, tx, r)
}
