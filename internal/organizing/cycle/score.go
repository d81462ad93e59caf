// Testing an issue: which list, which score for each criterion, and why. Editing a
// list makes a new version; what was said by the old one stays as it was said.
package cycle

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// ownSet is what is sealed of a clinic's list.
type ownSet struct {
	Name  string      `json:"name"`
	Items []Criterion `json:"items"`
}

func setCell(org, set string, version int64) vault.Cell {
	return cell(org, "cycle_criteria", set, version)
}

func scoreCell(org string, i Issue, criterion string, version int64) vault.Cell {
	return cell(org, "cycle_score", strings.Join([]string{i.ID, i.Set, strconv.FormatInt(i.SetVersion, 10), criterion}, ":"), version)
}

// set finds a version of a list, the program's or the clinic's own.
func (s *Service) set(ctx context.Context, tx *db.Tx, set string, version int64) (Set, error) {
	for _, x := range Shipped() {
		if x.ID == set && (version == x.Version || version == 0) {
			return x, nil
		}
	}
	if version == 0 {
		rows, err := ownSets(ctx, tx)
		if err != nil {
			return Set{}, err
		}
		n := slices.IndexFunc(rows, func(r setRow) bool { return r.ID == set })
		if n < 0 {
			return Set{}, fault.Missing("list of criteria")
		}
		version = rows[n].Version
	}
	r, err := setByVersion(ctx, tx, set, version)
	if err != nil {
		return Set{}, err
	}
	list := []setRow{r}
	err = s.openSets(ctx, tx.Org(), list)
	return list[0].Set, err
}

func (s *Service) openSets(ctx context.Context, org string, rows []setRow) error {
	words := make([]ownSet, len(rows))
	n := -1
	err := opened(ctx, s, rows, func(r *setRow) (vault.Cell, string, any) {
		n++
		return setCell(org, r.ID, r.Version), r.sealed, &words[n]
	})
	for i := range rows {
		rows[i].Name, rows[i].Items = words[i].Name, words[i].Items
	}
	return err
}

// Sets lists the program's lists and the clinic's own, each in its newest version.
func (s *Service) Sets(ctx context.Context, a access.Actor) (out []Set, err error) {
	defer fault.Wrap(&err, "cycle.Sets")
	err = s.read(ctx, a, needIssue, func(tx *db.Tx) error {
		out = Shipped()
		rows, err := ownSets(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.openSets(ctx, tx.Org(), rows); err != nil {
			return err
		}
		for _, r := range rows {
			out = append(out, r.Set)
		}
		return nil
	})
	return out, err
}

// ASet returns the newest version of a list.
func (s *Service) ASet(ctx context.Context, a access.Actor, set string) (out Set, err error) {
	defer fault.Wrap(&err, "cycle.ASet(%s)", set)
	err = s.read(ctx, a, needIssue, func(tx *db.Tx) error {
		out, err = s.set(ctx, tx, set, 0)
		return err
	})
	return out, err
}

// SetIn is the form of a list. Items are in words; a line that was there before, or
// that stands in the list it is copied from, keeps its code.
type SetIn struct {
	ID      string // "" or a shipped list makes a copy
	Base    string
	Name    string      // name
	Items   []Criterion // items
	Version int64
	Key     string
}

const mostItems = 24

// SaveSet writes a new version of a clinic's list, or the first one of a copy.
func (s *Service) SaveSet(ctx context.Context, a access.Actor, in SetIn) (made string, err error) {
	defer fault.Wrap(&err, "cycle.SaveSet(%s)", in.ID)
	var bad []fault.Field
	in.Name = contact.OneLine(in.Name)
	if in.Name == "" || tooLong(in.Name, MostName) {
		bad = append(bad, fault.At("name", "cycle.error.name", "Most", MostName))
	}
	items, seen := []Criterion{}, map[string]bool{}
	for _, c := range in.Items {
		if c.Text, c.Hint = contact.OneLine(c.Text), contact.OneLine(c.Hint); c.Text == "" {
			continue
		}
		if c.Code == "" || seen[c.Code] {
			c.Code = "own_" + strings.ToLower(id.Code(8))
		}
		seen[c.Code] = true
		items = append(items, c)
		if tooLong(c.Text, MostName*2) || tooLong(c.Hint, MostText) {
			bad = append(bad, fault.At("items", "cycle.error.items", "Most", mostItems))
		}
	}
	if len(items) == 0 || len(items) > mostItems {
		bad = append(bad, fault.At("items", "cycle.error.items", "Most", mostItems))
	}
	if len(bad) > 0 {
		if _, err := access.Check(a, needTurn); err != nil {
			return "", err
		}
		return "", fault.Wrong(bad[:1]...)
	}
	return s.write(ctx, a, needTurn, in.Key, "criteria:"+in.ID, func(w act) (string, error) {
		r := setRow{Set: Set{ID: id.New(w.now), Base: in.Base}}
		if in.ID != "" {
			old, err := s.set(ctx, w.tx, in.ID, 0)
			if err != nil {
				return "", err
			}
			if old.Shipped() {
				return "", fault.Clash("cycle.error.shipped")
			}
			if old.Version != in.Version {
				return "", fault.Clash("cycle.error.changed")
			}
			r.Set = old
		} else if !slices.ContainsFunc(Shipped(), func(x Set) bool { return x.ID == in.Base }) {
			return "", fault.Missing("list to copy")
		}
		r.Version++
		var err error
		if r.sealed, err = s.seal(ctx, setCell(w.tx.Org(), r.ID, r.Version), ownSet{in.Name, items}); err != nil {
			return "", err
		}
		if err := putSet(ctx, w.tx, r, a.Account, db.Micros(w.now)); err != nil {
			return "", err
		}
		return r.ID, s.note(ctx, w.tx, a, w.g, "criteria", "cycle", r.ID, "")
	})
}

// ChooseSet says by which list an issue is tested, in its newest version. What was
// said by another list stays where it was.
func (s *Service) ChooseSet(ctx context.Context, a access.Actor, issue, set, key string) (err error) {
	defer fault.Wrap(&err, "cycle.ChooseSet(%s, %s)", issue, set)
	return s.change(ctx, a, issue, key, "list", func(w act, i *Issue) (Entry, error) {
		if i.State != Proposed && i.State != Cut {
			return Entry{}, fault.Clash("cycle.error.decided")
		}
		x, err := s.set(ctx, w.tx, set, 0)
		if fault.Is(err, fault.NotFound) {
			return Entry{}, fault.Wrong(fault.At("set", "contact.error.choose"))
		}
		if err != nil {
			return Entry{}, err
		}
		was := i.Set
		i.Set, i.SetVersion = x.ID, x.Version
		return Entry{Act: "list", Was: was, Becomes: i.Set}, nil
	})
}

// ScoreIn is one answer of the worksheet.
type ScoreIn struct {
	Issue, Criterion string
	N                int    // score: -1 when nothing was chosen
	Reason           string // reason
	Key              string
}

// SetScore writes a score with its reason.
func (s *Service) SetScore(ctx context.Context, a access.Actor, in ScoreIn) (err error) {
	defer fault.Wrap(&err, "cycle.SetScore(%s, %s)", in.Issue, in.Criterion)
	return s.change(ctx, a, in.Issue, in.Key, "score:"+in.Criterion, func(w act, i *Issue) (Entry, error) {
		if i.State != Proposed && i.State != Cut {
			return Entry{}, fault.Clash("cycle.error.decided")
		}
		t, err := s.tested(ctx, w.tx, *i)
		if err != nil {
			return Entry{}, err
		}
		if _, ok := t.Item(in.Criterion); !ok {
			return Entry{}, fault.Missing("criterion")
		}
		var bad []fault.Field
		if in.N < 0 || in.N > Best {
			bad = append(bad, fault.At("score", "contact.error.choose"))
		}
		if err := reason(&in.Reason, "reason", "cycle.error.score_reason", true); err != nil {
			bad = append(bad, fault.FieldsOf(err)...)
		}
		if len(bad) > 0 {
			return Entry{}, fault.Wrong(bad...)
		}
		rows, err := scores(ctx, w.tx, i.ID, i.Set, i.SetVersion)
		if err != nil {
			return Entry{}, err
		}
		r, was := scoreRow{Score: Score{in.Criterion, in.N, in.Reason}, version: 1}, ""
		if n := slices.IndexFunc(rows, func(o scoreRow) bool { return o.Criterion == in.Criterion }); n >= 0 {
			r.version, was = rows[n].version+1, strconv.Itoa(rows[n].N)
		}
		if r.sealed, err = s.seal(ctx, scoreCell(w.tx.Org(), *i, in.Criterion, r.version), in.Reason); err != nil {
			return Entry{}, err
		}
		if err := putScore(ctx, w.tx, i.ID, i.Set, i.SetVersion, a.Account, db.Micros(w.now), r); err != nil {
			return Entry{}, err
		}
		return Entry{Act: "score", Was: was, Becomes: in.Criterion + " " + strconv.Itoa(in.N), Reason: in.Reason}, nil
	})
}
