// People in public office and the bodies they are part of.
package power

import (
	"cmp"
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/namematch"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// facts is what lies sealed of an office, bodyName of a body.
type facts struct {
	Name    string `json:"name"`
	Office  string `json:"office"`
	Powers  string `json:"powers,omitempty"`
	Wants   string `json:"wants,omitempty"`
	Contact string `json:"contact,omitempty"`
	Link    string `json:"link,omitempty"`
}

type bodyName struct {
	Name string `json:"name"`
}

// allBodies opens every body; there are few.
func (s *Service) allBodies(ctx context.Context, tx *db.Tx) (out []Body, err error) {
	rows, err := bodies(ctx, tx)
	if err != nil {
		return nil, err
	}
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(tx.Org(), "power_body", r.ID, "", r.version), r.sealed
	}
	names, _, err := openAll[bodyName](ctx, s.vault, cells, sealed)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		r.Name = names[i].Name
		out = append(out, r.Body)
	}
	slices.SortFunc(out, func(a, b Body) int {
		return cmp.Or(cmp.Compare(fold.Text(a.Name), fold.Text(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func (s *Service) open(ctx context.Context, tx *db.Tx, rows []officeRow) ([]Office, error) {
	list, err := s.allBodies(ctx, tx)
	if err != nil {
		return nil, err
	}
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(tx.Org(), "power_office", r.ID, "", r.Version), r.sealed
	}
	known, _, err := openAll[facts](ctx, s.vault, cells, sealed)
	if err != nil {
		return nil, err
	}
	out := make([]Office, len(rows))
	for i, r := range rows {
		f, o := known[i], r.Office
		o.Name, o.Office, o.Powers, o.Wants, o.Contact, o.Link = f.Name, f.Office, f.Powers, f.Wants, f.Contact, f.Link
		if at := slices.IndexFunc(list, func(b Body) bool { return b.ID == o.BodyID }); at >= 0 {
			o.Body, o.Kind = list[at].Name, list[at].Kind
		}
		out[i] = o
	}
	slices.SortStableFunc(out, func(a, b Office) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(fold.Text(a.Body), fold.Text(b.Body)), cmp.Compare(fold.Text(a.Name), fold.Text(b.Name)))
	})
	return out, nil
}

func (s *Service) every(ctx context.Context, tx *db.Tx) ([]Office, error) {
	rows, err := offices(ctx, tx)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, tx, rows)
}

// All lists everybody in office, those who left last.
func (s *Service) All(ctx context.Context, a access.Actor) (out []Office, err error) {
	defer fault.Wrap(&err, "power.All")
	if _, err := access.Check(a, needKnow); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = s.every(ctx, tx)
		return err
	})
	return out, err
}

// Offices lists who is in office now: whom an ask can go to. An institution never is.
func (s *Service) Offices(ctx context.Context, a access.Actor) ([]Office, error) {
	list, err := s.All(ctx, a)
	return slices.DeleteFunc(list, func(o Office) bool { return o.State != Active }), err
}

// Office is one of them, also after they left.
func (s *Service) Office(ctx context.Context, a access.Actor, office string) (o Office, err error) {
	defer fault.Wrap(&err, "power.Office(%s)", office)
	if _, err := access.Check(a, needKnow); err != nil {
		return o, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		o, err = s.one(ctx, tx, office)
		return err
	})
	return o, err
}

func (s *Service) one(ctx context.Context, tx *db.Tx, office string) (Office, error) {
	r, err := officeByID(ctx, tx, office)
	if err != nil {
		return Office{}, err
	}
	list, err := s.open(ctx, tx, []officeRow{r})
	if err != nil {
		return Office{}, err
	}
	return list[0], nil
}

// Bodies lists the bodies by name.
func (s *Service) Bodies(ctx context.Context, a access.Actor) (out []Body, err error) {
	defer fault.Wrap(&err, "power.Bodies")
	if _, err := access.Check(a, needKnow); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out, err = s.allBodies(ctx, tx)
		return err
	})
	return out, err
}

// SaveIn is an office as a form says it; fields are named as in the form. BodyName
// makes a body that is not there yet.
type SaveIn struct {
	Office
	BodyName  string // body_name
	BodyKind  string // body_kind
	Different bool   // different: it is somebody else than those who are alike
	Key       string
}

// tidy trims what was typed, and says what cannot be right.
func (in *SaveIn) tidy() (bad []fault.Field) {
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	name, key := contact.Name(in.Name)
	if key != "" {
		bad = append(bad, fault.At("name", key))
	}
	in.Name = name
	in.Office.Office, in.BodyName, in.Contact, in.Link = contact.OneLine(in.Office.Office), contact.OneLine(in.BodyName), lines(in.Contact), contact.OneLine(in.Link)
	link, ok := weblink.Parse(in.Link)
	in.Powers, in.Wants = lines(in.Powers), lines(in.Wants)
	at(in.Office.Office == "" || long(in.Office.Office, mostName), "office", "power.error.office")
	at(in.BodyID == "" && in.BodyName == "", "body", "power.error.body")
	at(in.BodyID == "" && long(in.BodyName, mostName), "body_name", "power.error.body_name")
	at(in.BodyID == "" && in.BodyName != "" && !slices.Contains(BodyKinds(), in.BodyKind), "body_kind", "contact.error.choose")
	at(long(in.Powers, mostText), "powers", "power.error.text")
	at(long(in.Wants, mostText), "wants", "power.error.text")
	at(long(in.Contact, 2*mostLine), "contact", "power.error.text")
	at(!ok, "link", "power.error.link")
	at(!in.Since.IsZero() && !in.Until.IsZero() && !in.Until.After(in.Since), "until", "power.error.term")
	if ok {
		in.Link = link
	}
	return bad
}

// alike is how near two names must be to ask whether it is the same person.
const alike = 0.85

// twin reports whether an office that is there may be the one that is typed: a
// name that is alike, or the same office of the same body, held by somebody now.
func (in SaveIn) twin(o Office) bool {
	if o.ID == in.ID || o.ID == in.After || o.State != Active {
		return false
	}
	if near, _ := namematch.Alike(namematch.Parse(in.Name), namematch.Parse(o.Name)); near >= alike {
		return true
	}
	body := o.BodyID == in.BodyID && in.BodyID != "" || in.BodyID == "" && fold.Text(o.Body) == fold.Text(in.BodyName)
	return body && fold.Text(o.Office) == fold.Text(in.Office.Office)
}

// Twins lists those who may be the one that a form is about.
func (s *Service) Twins(ctx context.Context, a access.Actor, in SaveIn) ([]Office, error) {
	list, err := s.Offices(ctx, a)
	return slices.DeleteFunc(list, func(o Office) bool { return !in.twin(o) }), err
}

// Save makes or changes an office. Without an id it makes one, and asks first when
// there is somebody alike. Who came after somebody ends the other's time.
func (s *Service) Save(ctx context.Context, a access.Actor, in SaveIn) (made string, err error) {
	defer fault.Wrap(&err, "power.Save(%s)", in.ID)
	need := needMake
	if in.ID != "" {
		need = needWrite
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	if bad := in.tidy(); len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "power.office:"+in.ID, func() (string, error) {
			r := officeRow{Office: Office{ID: id.New(now), State: Active, After: in.After}, made: now}
			if in.ID != "" {
				if r, err = officeByID(ctx, tx, in.ID); err != nil {
					return "", err
				}
				if in.Version != r.Version {
					return "", fault.Clash("power.error.changed")
				}
			} else if !in.Different {
				list, err := s.every(ctx, tx)
				if err != nil {
					return "", err
				}
				if slices.ContainsFunc(list, in.twin) {
					return "", fault.Wrong(fault.At("different", "power.error.alike"))
				}
			}
			if r.BodyID, err = s.bodyFor(ctx, tx, in, now); err != nil {
				return "", err
			}
			if in.ID == "" && in.After != "" {
				if err := s.follow(ctx, tx, in, now); err != nil {
					return "", err
				}
			}
			if r.Since = in.Since; r.State == Active {
				r.Until = in.Until
			}
			r.Changed, r.Version = now, r.Version+1
			f := facts{in.Name, in.Office.Office, in.Powers, in.Wants, in.Contact, in.Link}
			if r.sealed, err = s.seal(ctx, cell(tx.Org(), "power_office", r.ID, "", r.Version), f); err != nil {
				return "", err
			}
			if err := putOffice(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "save", "office", r.ID, "", "")
		})
		return err
	})
	return made, err
}

// bodyFor finds the body a form names, or makes it. A name that is there already is
// that body.
func (s *Service) bodyFor(ctx context.Context, tx *db.Tx, in SaveIn, now time.Time) (string, error) {
	list, err := s.allBodies(ctx, tx)
	if err != nil {
		return "", err
	}
	for _, b := range list {
		if b.ID == in.BodyID || in.BodyID == "" && fold.Text(b.Name) == fold.Text(in.BodyName) {
			return b.ID, nil
		}
	}
	if in.BodyID != "" {
		return "", fault.Wrong(fault.At("body", "contact.error.choose"))
	}
	r := bodyRow{Body: Body{ID: id.New(now), Kind: in.BodyKind}, made: now, version: 1}
	if r.sealed, err = s.seal(ctx, cell(tx.Org(), "power_body", r.ID, "", r.version), bodyName{in.BodyName}); err != nil {
		return "", err
	}
	return r.ID, putBody(ctx, tx, r)
}

// follow ends the time of whom somebody comes after.
func (s *Service) follow(ctx context.Context, tx *db.Tx, in SaveIn, now time.Time) error {
	before, err := officeByID(ctx, tx, in.After)
	if err != nil {
		return err
	}
	if before.State == Left {
		return nil
	}
	if before.State, before.Changed = Left, now; in.Since.IsZero() || in.Since.After(now) {
		before.Until = now
	} else {
		before.Until = in.Since
	}
	return putOffice(ctx, tx, before)
}

// Leave says that somebody left office on a day. What they said and did stays.
func (s *Service) Leave(ctx context.Context, a access.Actor, office string, on time.Time, key string) (err error) {
	defer fault.Wrap(&err, "power.Leave(%s)", office)
	g, err := access.Check(a, needWrite)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	if on.IsZero() || on.After(now) {
		return fault.Wrong(fault.At("left", "power.error.left_day"))
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, now, a.Name(), key, "power.leave:"+office, func() (string, error) {
			r, err := officeByID(ctx, tx, office)
			if err != nil {
				return "", err
			}
			if r.State == Left {
				return "", fault.Clash("power.error.left")
			}
			r.State, r.Until, r.Changed = Left, on, now
			if err := putOffice(ctx, tx, r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g, "leave", "office", r.ID, "", "")
		})
		return err
	})
}
