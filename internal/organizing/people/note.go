// What was heard in a one-to-one: tags and a few words, written as if the person
// will read it, because they can. Sealed under the person's own key.
package people

import (
	"context"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// Pressures lists what people say weighs on them and those they love. A list, so
// that nothing about health or papers is written down.
func Pressures() []string {
	return []string{"housing", "work", "wages", "transport", "schools", "childcare", "elders", "food", "debt", "language", "medicine_cost", "clinic_access", "safety", "air_water", "loneliness"}
}

// Gifts lists what people bring along.
func Gifts() []string {
	return []string{"knows_many", "hosting", "cooking", "music", "languages", "teaching", "listening", "speaking", "writing", "numbers", "driving", "crafts", "sports", "making_plans"}
}

// NextRoles lists roles that can be suggested after a one-to-one.
func NextRoles() []Role {
	return []Role{Hosted, Facilitated, Chaired, KeptTime, Scribed, Asked, Testified, Credential, Interpreted, Trained, Led}
}

const longestNote = 280

// Note is what one person wrote down about another.
type Note struct {
	Pressures []string `json:"pressures,omitempty"`
	Words     string   `json:"words,omitempty"` // ≤ 280 characters
	Gifts     []string `json:"gifts,omitempty"`
	Knows     []string `json:"knows,omitempty"` // ids of institutions, never people
	Energy    int      `json:"energy,omitempty"`
	Suggested Role     `json:"suggested,omitempty"`
}

// Empty reports whether nothing was written.
func (n Note) Empty() bool {
	return len(n.Pressures)+len(n.Gifts)+len(n.Knows) == 0 && n.Words == "" && n.Energy == 0 && n.Suggested == ""
}

// tidy brings a note in order and names what cannot be right.
func (n *Note) tidy() (bad []fault.Field) {
	wrong := func(ok bool, field, key string) {
		if !ok {
			bad = append(bad, fault.At(field, key))
		}
	}
	var ok bool
	n.Pressures, ok = pick(n.Pressures, Pressures())
	wrong(ok, "pressures", "contact.error.choose")
	n.Gifts, ok = pick(n.Gifts, Gifts())
	wrong(ok, "gifts", "contact.error.choose")
	n.Words = contact.OneLine(n.Words)
	wrong(utf8.RuneCountInString(n.Words) <= longestNote, "heard", "people.error.heard")
	wrong(n.Energy >= 0 && n.Energy <= 3, "energy", "contact.error.choose")
	wrong(n.Suggested == "" || slices.Contains(NextRoles(), n.Suggested), "suggested", "contact.error.choose")
	slices.Sort(n.Knows)
	n.Knows = slices.Compact(n.Knows)
	return bad
}

func noteCell(org, encounter, person string, version int64) vault.Cell {
	return vault.Cell{Org: org, Person: person, Table: "people_present", Column: "sealed", Row: encounter, Version: version}
}

// putNote seals a note into the person's line of an encounter.
func (s *Service) putNote(ctx context.Context, tx *db.Tx, encounter, person string, version int64, n Note) error {
	plain, err := json.Marshal(n)
	if err != nil {
		return err
	}
	sealed, err := s.vault.Seal(ctx, noteCell(tx.Org(), encounter, person, version), string(plain))
	if err != nil {
		return err
	}
	return setNote(ctx, tx, encounter, person, sealed, version)
}

func (s *Service) openNote(ctx context.Context, org string, l noteRow) (n Note, err error) {
	if l.sealed == "" {
		return n, nil
	}
	plain, err := s.vault.Open(ctx, noteCell(org, l.encounter, l.person, l.version), l.sealed)
	if err != nil {
		return n, err
	}
	return n, json.Unmarshal([]byte(plain), &n)
}

// mayRead decides about one note: its author, the person it is about, whoever the
// author named as their supervisor, and the circle that the author chose.
func (s *Service) mayRead(ctx context.Context, tx *db.Tx, a access.Actor, e Encounter, person string) (bool, error) {
	if a.Account != "" && a.Account == e.Account {
		return true, nil
	}
	r, err := survivorOf(ctx, tx, person)
	if err != nil {
		return false, err
	}
	if own, err := isSelf(ctx, tx, a, r.id); err != nil || own {
		return own, err
	}
	if a.Account == "" {
		return false, nil
	}
	p, err := practiceOf(ctx, tx, e.Account)
	if err != nil {
		return false, err
	}
	switch {
	case p.Supervisor == a.Account:
		return true, nil
	case e.Readers == OnlyMe || e.Readers == "":
		return false, nil
	case a.Has(access.Organizer):
		return true, nil
	}
	return e.Readers == TheTeam && a.Person != "" && s.mates != nil && s.matesOf(ctx, tx, a.Person, r.id), nil
}

// matesOf reports whether two people are in one team.
func (s *Service) matesOf(ctx context.Context, tx *db.Tx, one, other string) bool {
	list, err := s.mates(ctx, tx, one)
	if err != nil {
		s.log.Error("teams could not be asked", "err", err)
		return false
	}
	return slices.Contains(list, other)
}
