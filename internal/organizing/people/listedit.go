// Changing one cell of the list where it stands. Whoever saves says what the cell
// said when they began; when it says something else by now, both are shown.
package people

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/guard"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/consent"
	"seedbed/internal/trust/contact"
)

// Cells lists what can be changed in the list.
func Cells() []string { return []string{"called_name", "lang", "area", "owner"} }

// CellIn is a changed cell.
type CellIn struct {
	Person string
	Cell   string // one of Cells
	Was    string // what it said when the form was opened
	Value  string
	Key    string // _key
}

// CellClash is why a cell was not saved: somebody else was first.
type CellClash struct{ Now, Yours string }

// SetCell changes one cell. A clash is no error: nothing is stored, and both
// versions come back.
func (s *Service) SetCell(ctx context.Context, a access.Actor, in CellIn) (clash *CellClash, err error) {
	defer fault.Wrap(&err, "people.SetCell(%s)", in.Cell)
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return nil, err
	}
	if in.Value = contact.OneLine(in.Value); !slices.Contains(Cells(), in.Cell) {
		return nil, fault.Wrong(fault.At("cell", "contact.error.choose"))
	}
	if key := s.wrongCell(ctx, a, in); key != "" {
		return nil, fault.Wrong(fault.At(in.Cell, key))
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		clash = nil
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), in.Key, "people.cell:"+in.Person, func() (string, error) {
			clash, err = s.setCell(ctx, tx, a, g, in)
			return "", err
		})
		return err
	})
	return clash, err
}

// wrongCell says what cannot be right about a value; empty when it can be.
func (s *Service) wrongCell(ctx context.Context, a access.Actor, in CellIn) string {
	switch in.Cell {
	case "called_name":
		if _, key := contact.Name(in.Value); key != "" {
			return key
		}
		if len(guard.CheckName(in.Value)) > 0 {
			return "people.list.error.guard"
		}
	case "lang":
		if !contact.Language(in.Value) {
			return "contact.error.choose"
		}
	case "area":
		if !goodArea(in.Value) {
			return "people.error.area"
		}
	case "owner":
		list, err := s.Owners(ctx, a)
		if err != nil || !slices.ContainsFunc(list, func(c Colleague) bool { return c.Account == in.Value }) {
			return "contact.error.choose"
		}
	}
	return ""
}

// goodArea: a street has a number, a part of town seldom does; and it is a place, not a remark.
func goodArea(area string) bool {
	return utf8.RuneCountInString(area) <= 60 && !strings.ContainsAny(area, "0123456789@#") && len(guard.CheckName(area)) == 0
}

func (s *Service) setCell(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, in CellIn) (*CellClash, error) {
	rec, err := s.open(ctx, tx, a, g, in.Person)
	if err != nil {
		return nil, err
	}
	r, err := rowByID(ctx, tx, rec.ID)
	if err != nil {
		return nil, err
	}
	p := rec.Profile
	cell := map[string]*string{"called_name": &p.CalledName, "lang": &p.Lang, "area": &p.Area, "owner": &r.owner}[in.Cell]
	if *cell == in.Value {
		return nil, nil // somebody had the same thought
	}
	if *cell != in.Was {
		return &CellClash{Now: *cell, Yours: in.Value}, nil
	}
	if in.Cell == "area" && in.Value != "" && !slices.Contains(rec.Agreed.Fields, consent.Area) {
		return nil, fault.Wrong(fault.At("area", "people.list.error.ask"))
	}
	*cell = in.Value
	if in.Cell != "owner" {
		if err := s.sealCell(ctx, tx, &r, in.Cell, in.Value); err != nil {
			return nil, err
		}
	}
	if err := updateRow(ctx, tx, r); err != nil {
		return nil, err
	}
	return nil, s.note(ctx, tx, a, g, "change", "person", "", r.id, in.Cell)
}

// sealCell changes one part of what is stored. It starts from the stored profile,
// not from the one that may be shown: what is hidden for now must not be lost.
func (s *Service) sealCell(ctx context.Context, tx *db.Tx, r *row, cell, value string) error {
	opened, err := s.openProfiles(ctx, tx.Org(), []row{*r})
	if err != nil {
		return err
	}
	p := opened[0]
	switch cell {
	case "called_name":
		p.CalledName = value
	case "lang":
		p.Lang = value
		p.MoreLangs = slices.DeleteFunc(p.MoreLangs, func(l string) bool { return l == value })
	case "area":
		p.Area = value
	}
	return s.seal(ctx, tx.Org(), r, p)
}
