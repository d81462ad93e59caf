// The run-sheet: its lines, their order, who leads them, what is said in other
// languages, and the clock while it runs.
package assembly

import (
	"context"
	"maps"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// storeItem seals an item's words under its next version and writes it.
func (s *Service) storeItem(ctx context.Context, tx *db.Tx, assembly string, it Item) (string, error) {
	if it.ID == "" {
		it.ID = id.New(s.Clock.Now())
	}
	it.Version++
	sealed, err := s.seal(ctx, cell(tx.Org(), "assembly_item", it.ID, it.Version), it.ItemWords)
	if err != nil {
		return "", err
	}
	return it.ID, putItem(ctx, tx, assembly, itemRow{Item: it, sealed: sealed})
}

func (s *Service) items(ctx context.Context, tx *db.Tx, assembly string) ([]Item, error) {
	rows, err := items(ctx, tx, assembly)
	if err != nil {
		return nil, err
	}
	out, cells, sealed := make([]Item, len(rows)), make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		out[i], cells[i], sealed[i] = r.Item, cell(tx.Org(), "assembly_item", r.ID, r.Version), r.sealed
	}
	return out, s.unseal(ctx, cells, sealed, func(i int) any { return &out[i].ItemWords })
}

// ItemIn is the form of a line of the run-sheet; fields are named as in the form.
type ItemIn struct {
	ID           string // empty: a new one, at the end
	Minutes      int    // minutes
	Lead, Beside string // lead, beside: persons
	LeadRole     people.Role
	Second       people.Role
	Story        string // story
	Title        string // title
	Script       string // script
	Hints        string // hints
	Version      int64
	Key          string
}

func (in *ItemIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Title, in.Script, in.Hints = contact.OneLine(in.Title), strings.TrimSpace(in.Script), strings.TrimSpace(in.Hints)
	at(in.Title == "" || tooLong(in.Title, titleMost), "title", "assembly.error.title")
	at(in.Minutes < 0 || in.Minutes > 180, "minutes", "assembly.error.item_minutes")
	at(tooLong(in.Script, scriptMost), "script", "assembly.error.long")
	at(tooLong(in.Hints, textMost), "hints", "assembly.error.long")
	at(!slices.Contains(roleOrder, in.LeadRole), "lead_role", "contact.error.choose")
	if in.Beside != "" && in.Second == "" {
		in.Second = people.Attended
	}
	at(in.Second != "" && !slices.Contains(roleOrder, in.Second), "beside_role", "contact.error.choose")
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// SaveItem writes a line of the run-sheet.
func (s *Service) SaveItem(ctx context.Context, a access.Actor, assembly string, in ItemIn) (made string, err error) {
	defer fault.Wrap(&err, "assembly.SaveItem")
	if _, err := access.Check(a, needUpdate); err != nil {
		return "", err
	}
	w, err := s.Get(ctx, a, assembly)
	if err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	if err := s.named(ctx, a, partiesOf(w.Event, w.Items), map[string]string{"lead": in.Lead, "beside": in.Beside}); err != nil {
		return "", err
	}
	if err := s.mayTell(ctx, a, w.Items, in.Story); err != nil {
		return "", err
	}
	return s.act(ctx, a, needUpdate, assembly, "item", in.Key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if err := writable(*r); err != nil {
			return "", "", "", err
		}
		list, err := s.items(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		it := Item{Pos: 1}
		if n := len(list); n > 0 {
			it.Pos = list[n-1].Pos + 1
		}
		if in.ID != "" {
			i := slices.IndexFunc(list, func(i Item) bool { return i.ID == in.ID })
			if i < 0 {
				return "", "", "", fault.Missing("item")
			}
			if it = list[i]; it.Version != in.Version {
				return "", "", "", fault.Stale()
			}
		} else if len(list) >= itemsMost {
			return "", "", "", fault.Clash("assembly.error.items")
		}
		it.Minutes, it.Lead, it.Beside, it.LeadRole, it.Second, it.Story = in.Minutes, in.Lead, in.Beside, in.LeadRole, in.Second, in.Story
		it.Title, it.Script, it.Hints = in.Title, in.Script, in.Hints
		made, err := s.storeItem(ctx, tx, assembly, it)
		return made, in.Lead, string(in.LeadRole), err
	})
}

// mayTell refuses a story that is not offered to assemblies now.
func (s *Service) mayTell(ctx context.Context, a access.Actor, list []Item, story string) error {
	if story == "" || slices.ContainsFunc(list, func(i Item) bool { return i.Story == story }) {
		return nil
	}
	if s.Stories != nil {
		offered, err := s.Stories.Offered(ctx, a)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(offered, func(o Option) bool { return o.ID == story }) {
			return nil
		}
	}
	return fault.Wrong(fault.At("story", "assembly.error.story"))
}

// Shift moves a line of the run-sheet, or an ask, one place up or down.
func (s *Service) Shift(ctx context.Context, a access.Actor, assembly, table, which string, up bool, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Shift")
	_, err = s.act(ctx, a, needUpdate, assembly, "shift_"+table, key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if err := writable(*r); err != nil {
			return "", "", "", err
		}
		ids, err := order(ctx, tx, table, assembly)
		if err != nil {
			return "", "", "", err
		}
		i := slices.Index(ids, which)
		if i < 0 {
			return "", "", "", fault.Missing(table)
		}
		j := i + 1
		if up {
			j = i - 1
		}
		if j >= 0 && j < len(ids) {
			ids[i], ids[j] = ids[j], ids[i]
		}
		for pos, one := range ids {
			if err := place(ctx, tx, table, assembly, one, pos+1); err != nil {
				return "", "", "", err
			}
		}
		return "", "", "", nil
	})
	return err
}

// Remove takes a line off the run-sheet, an ask that nobody answered, or an invitation.
func (s *Service) Remove(ctx context.Context, a access.Actor, assembly, table, which, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Remove")
	_, err = s.act(ctx, a, needUpdate, assembly, "remove_"+table, key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if err := writable(*r); err != nil {
			return "", "", "", err
		}
		ids, err := order(ctx, tx, table, assembly)
		if err != nil {
			return "", "", "", err
		}
		if !slices.Contains(ids, which) {
			return "", "", "", fault.Missing(table)
		}
		if table == "ask" {
			all, err := pins(ctx, tx, assembly)
			if err != nil {
				return "", "", "", err
			}
			if slices.ContainsFunc(all, func(p pinRow) bool { return p.Ask == which }) {
				return "", "", "", fault.Clash("assembly.error.answered")
			}
		}
		return "", "", "", drop(ctx, tx, table, assembly, which)
	})
	return err
}

// order lists the ids of a table in their order.
func order(ctx context.Context, tx *db.Tx, table, assembly string) (ids []string, err error) {
	switch table {
	case "item":
		list, err := items(ctx, tx, assembly)
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids, err
	case "ask":
		list, err := asks(ctx, tx, assembly)
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids, err
	case "invite":
		list, err := invites(ctx, tx, assembly)
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids, err
	}
	return nil, fault.Missing("table")
}

// TranslateIn is the words of a run-sheet and its asks in one language.
type TranslateIn struct {
	Language string
	Said     map[string]Spoken // by item or ask
	Key      string
}

// Translate writes the words of one language. Those of a thing that is not there
// are refused; empty words take a translation away.
func (s *Service) Translate(ctx context.Context, a access.Actor, assembly string, in TranslateIn) (err error) {
	defer fault.Wrap(&err, "assembly.Translate(%s)", in.Language)
	if !contact.Language(in.Language) {
		return fault.Wrong(fault.At("language", "contact.error.choose"))
	}
	for which, sp := range in.Said {
		sp.Title, sp.Script = contact.OneLine(sp.Title), strings.TrimSpace(sp.Script)
		in.Said[which] = sp
		if tooLong(sp.Title, askMost) || tooLong(sp.Script, scriptMost) {
			return fault.Wrong(fault.At("title_"+which, "assembly.error.long"))
		}
	}
	_, err = s.act(ctx, a, needUpdate, assembly, "translate", in.Key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if err := writable(*r); err != nil {
			return "", "", "", err
		}
		its, err := s.items(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		for _, it := range its {
			if sp, ok := in.Said[it.ID]; ok && it.In[in.Language] != sp {
				it.In = said(it.In, in.Language, sp)
				if _, err := s.storeItem(ctx, tx, assembly, it); err != nil {
					return "", "", "", err
				}
			}
		}
		list, err := s.asks(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		for _, ask := range list {
			if sp, ok := in.Said[ask.ID]; ok && ask.In[in.Language] != sp {
				ask.In = said(ask.In, in.Language, sp)
				if _, err := s.storeAsk(ctx, tx, assembly, ask); err != nil {
					return "", "", "", err
				}
			}
		}
		return "", "", in.Language, nil
	})
	return err
}

func said(in map[string]Spoken, lang string, sp Spoken) map[string]Spoken {
	out := maps.Clone(in)
	if out == nil {
		out = map[string]Spoken{}
	}
	out[lang] = sp
	if sp == (Spoken{}) {
		delete(out, lang)
	}
	return out
}

// Begin starts an item; the one that was on ends. An empty item only ends it.
func (s *Service) Begin(ctx context.Context, a access.Actor, assembly, item, key string) (err error) {
	defer fault.Wrap(&err, "assembly.Begin")
	if err := s.telling(ctx, a, assembly, item); err != nil {
		return err
	}
	_, err = s.act(ctx, a, needUpdate, assembly, "begin", key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if r.State != Live {
			return "", "", "", fault.Clash("assembly.error.not_live")
		}
		list, err := s.items(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		i := slices.IndexFunc(list, func(i Item) bool { return i.ID == item })
		if i < 0 && item != "" {
			return "", "", "", fault.Missing("item")
		}
		on := Running(list)
		if on == i && on >= 0 {
			return "", "", "", nil
		}
		now := s.Clock.Now()
		if on >= 0 {
			list[on].Ended = now
			if _, err := s.storeItem(ctx, tx, assembly, list[on]); err != nil {
				return "", "", "", err
			}
		}
		if i >= 0 {
			list[i].Started, list[i].Ended = now, timeZero
			if _, err := s.storeItem(ctx, tx, assembly, list[i]); err != nil {
				return "", "", "", err
			}
		}
		return "", "", "", nil
	})
	return err
}

// telling writes down for the teller that their story is told here, before it is:
// one that may not be heard now does not begin.
func (s *Service) telling(ctx context.Context, a access.Actor, assembly, item string) error {
	if _, err := access.Check(a, needUpdate); err != nil || s.Stories == nil {
		return err
	}
	w, err := s.Get(ctx, a, assembly)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(w.Items, func(i Item) bool { return i.ID == item })
	if i < 0 || w.Items[i].Story == "" || w.State != Live {
		return nil
	}
	err = s.Stories.Used(ctx, a.Org, w.Items[i].Story, w.Title, "assembly:"+item)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Gone) || fault.Is(err, fault.NotFound) {
		return fault.Because(fault.Clash("assembly.gate.consent"), err)
	}
	return err
}

// Keepers are the persons who keep a part in an assembly.
func (w Whole) Keepers() []string { return partiesOf(w.Event, w.Items) }

// Names are those who keep a part in an assembly or promised something there, for
// those who run it with them. A clinic's lead reads roles and no names.
func (s *Service) Names(ctx context.Context, a access.Actor, ids []string) (out map[string]string, err error) {
	defer fault.Wrap(&err, "assembly.Names")
	out = map[string]string{}
	if _, err := access.Check(a, needUpdate); err != nil {
		return out, nil
	}
	by := a
	if !a.Has(access.Organizer) {
		by = access.Machine(a.Org) // a leader of the same assembly knows who stands beside them
	}
	cards, err := s.People.Names(ctx, by, ids)
	for p, c := range cards {
		out[p] = c.Name
	}
	return out, err
}
