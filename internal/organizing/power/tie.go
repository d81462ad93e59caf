// Ties: who among us can talk to somebody in office. Each is shown under a yes of
// its own, asked for at every reading.
package power

import (
	"cmp"
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/consent"
)

// bond is what lies sealed of a tie, under the holder's key.
type bond struct {
	Name     string `json:"name,omitempty"` // of a person
	Office   string `json:"office"`
	Kind     string `json:"kind"`
	Strength int    `json:"strength"`
}

// openTies opens what may be seen now: of a person only under a live yes for this
// one tie, of an institution until its day.
func (s *Service) openTies(ctx context.Context, tx *db.Tx, rows []tieRow, places map[string]people.Institution) (out []Tie, err error) {
	now := s.clock.Now()
	var holders []string
	for _, r := range rows {
		if r.Person != "" {
			holders = append(holders, r.Person)
		}
	}
	live, err := s.consent.LiveOf(ctx, tx, slices.Compact(slices.Sorted(slices.Values(holders))))
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r tieRow) bool {
		if r.Person == "" {
			return !now.Before(r.Until) || places[r.Institution].Name == ""
		}
		return !slices.ContainsFunc(live[r.Person], func(c consent.Consent) bool {
			return c.Covers(consent.Query{Subject: r.Person, Purpose: consent.TieShown, Recipient: consent.StrategyTeam(r.ID), Field: consent.Tie, At: now})
		})
	})
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(tx.Org(), "power_tie", r.ID, r.Person, r.version), r.sealed
	}
	list, gone, err := openAll[bond](ctx, s.vault, cells, sealed)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if gone[i] {
			continue
		}
		b, t := list[i], r.Tie
		if t.Name, t.Office, t.Kind, t.Strength = b.Name, b.Office, b.Kind, b.Strength; t.Person == "" {
			t.Name = places[t.Institution].Name
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b Tie) int {
		return cmp.Or(cmp.Compare(b.Strength, a.Strength), cmp.Compare(fold.Text(a.Name), fold.Text(b.Name)))
	})
	return out, nil
}

// Ties lists the ties that the strategy team may see now; of one office, or of all.
// Who looked at whose is written down, once a day.
func (s *Service) Ties(ctx context.Context, a access.Actor, office string) (out []Tie, err error) {
	defer fault.Wrap(&err, "power.Ties")
	g, err := access.Check(a, needTies)
	if err != nil {
		return nil, err
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		if err := s.strategist(ctx, tx, a, g); err != nil {
			return err
		}
		rows, err := ties(ctx, tx)
		if err != nil {
			return err
		}
		if out, err = s.openTies(ctx, tx, rows, places); err != nil {
			return err
		}
		out = slices.DeleteFunc(out, func(t Tie) bool { return office != "" && t.Office != office })
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, s.saw(ctx, a, g, out)
}

// Tie is one of them.
func (s *Service) Tie(ctx context.Context, a access.Actor, which string) (t Tie, err error) {
	defer fault.Wrap(&err, "power.Tie(%s)", which)
	g, err := access.Check(a, needTies)
	if err != nil {
		return t, err
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return t, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		t, err = s.reach(ctx, tx, a, g, which, places)
		return err
	})
	if err != nil {
		return t, err
	}
	return t, s.saw(ctx, a, g, []Tie{t})
}

// reach finds a tie the actor may see: the strategy team's, or one's own.
func (s *Service) reach(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, which string, places map[string]people.Institution) (t Tie, err error) {
	r, err := tieByID(ctx, tx, which)
	if err != nil {
		return t, err
	}
	if own, err := s.holds(ctx, tx, a, r); err != nil {
		return t, err
	} else if !own || g.Scope != access.Self {
		if err := s.strategist(ctx, tx, a, g); err != nil {
			return t, err
		}
	}
	list, err := s.openTies(ctx, tx, []tieRow{r}, places)
	if err == nil && len(list) == 0 {
		err = fault.Missing("a tie that is not shown any more")
	}
	if err != nil {
		return t, err
	}
	return list[0], nil
}

// holds reports whether a tie is the actor's own, under whichever row they were
// written down as.
func (s *Service) holds(ctx context.Context, tx *db.Tx, a access.Actor, r tieRow) (bool, error) {
	if a.Person == "" || r.Person == "" {
		return false, nil
	}
	rows, err := people.Rows(ctx, tx, a.Person)
	return slices.Contains(rows, r.Person), err
}

// Mine lists the ties of the one who asks, for their own page.
func (s *Service) Mine(ctx context.Context, a access.Actor) (out []Tie, err error) {
	defer fault.Wrap(&err, "power.Mine")
	if _, err := access.Check(a, needTies); err != nil || a.Person == "" {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		rows, err := tiesHeld(ctx, tx, a.Person)
		if err != nil {
			return err
		}
		out, err = s.openTies(ctx, tx, rows, nil)
		return err
	})
	return out, err
}

// OfficeOf is whom a tie leads to, for a holder who may not look through the offices.
func (s *Service) OfficeOf(ctx context.Context, a access.Actor, t Tie) (Office, error) {
	return s.Office(ctx, access.Machine(a.Org), t.Office)
}

// saw writes down that somebody of the strategy team looked at whose ties, once a
// day for each: the holder reads it on their own page.
func (s *Service) saw(ctx context.Context, a access.Actor, g access.Granted, list []Tie) error {
	if a.Has(access.System) || g.Scope == access.Self {
		return nil
	}
	now := s.clock.Now()
	day := now.UTC().Format(time.DateOnly)
	key := func(t Tie) string { return "tie-seen:" + day + ":" + t.ID }
	list = slices.DeleteFunc(slices.Clone(list), func(t Tie) bool { return t.Person == "" || t.Person == a.Person })
	var fresh []Tie
	err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		fresh = nil
		for _, t := range list {
			if _, known, err := idem.Find(ctx, tx, a.Name(), key(t)); err != nil {
				return err
			} else if !known {
				fresh = append(fresh, t)
			}
		}
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		var events []audit.Event
		for _, t := range fresh {
			_, err := idem.Once(ctx, tx, now, a.Name(), key(t), "power.saw", func() (string, error) {
				events = append(events, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: "read", Resource: "tie", Subject: t.Person, Request: a.Request})
				return "", nil
			})
			if err != nil {
				return err
			}
		}
		return s.audit.WriteMany(ctx, tx, events)
	})
}

// TieIn is a tie with the yes under which it is shown; fields are named as in the form.
type TieIn struct {
	Office      string
	Person      string // person, or
	Institution string // institution
	Kind        string // kind
	Strength    int    // strength
	Agreed      bool   // agreed: an institution said that we may show it
	Months      int    // months
	Lang        string // language in which it was read out
	How         consent.How
	Interpreter consent.Helper
	Witness     consent.Helper
	Key         string
}

// TieMonths are for how long a yes can be given.
func TieMonths() []int { return []int{6, 12} }

func (in TieIn) wrong() (bad []fault.Field) {
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	at((in.Person == "") == (in.Institution == ""), "person", "power.error.holder")
	at(!slices.Contains(TieKinds(), in.Kind), "kind", "contact.error.choose")
	at(in.Strength < 1 || in.Strength > strongest, "strength", "contact.error.choose")
	at(!slices.Contains(TieMonths(), in.Months), "months", "contact.error.choose")
	at(in.Institution != "" && !in.Agreed, "agreed", "power.error.agreed")
	if in.Person != "" {
		at(!slices.Contains(consent.Hows(), in.How), "how", "consent.error.how")
		at(in.How == consent.Spoken && in.Witness == consent.NoHelper, "witness", "consent.error.witness")
	}
	return bad
}

// AddTie writes a tie down together with the holder's yes. A tie to the same office
// that is there already is replaced.
func (s *Service) AddTie(ctx context.Context, a access.Actor, in TieIn) (made string, err error) {
	defer fault.Wrap(&err, "power.AddTie")
	g, err := access.Check(a, needTie)
	if err != nil {
		return "", err
	}
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error { return s.strategist(ctx, tx, a, g) }); err != nil {
		return "", err
	}
	if bad := in.wrong(); len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	name := ""
	if in.Person != "" { // asked outside the transaction: who looked is written down in one of its own
		cards, err := s.people.Names(ctx, a, []string{in.Person})
		if err != nil {
			return "", err
		}
		if name = cards[in.Person].Name; name == "" {
			return "", fault.Wrong(fault.At("person", "power.error.holder"))
		}
		in.Person = cards[in.Person].ID // who was merged is the one they are now
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return "", err
	}
	if i, ok := places[in.Institution]; in.Institution != "" && (!ok || i.Closed) {
		return "", fault.Wrong(fault.At("person", "power.error.holder"))
	}
	now := s.clock.Now()
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "power.tie:"+in.Office, func() (string, error) {
			if r, err := officeByID(ctx, tx, in.Office); err != nil {
				return "", err
			} else if r.State == Left {
				return "", fault.Clash("power.error.left")
			}
			if in.Person != "" {
				if err := s.people.TogetherIn(ctx, tx, in.Person, "person"); err != nil {
					return "", err
				}
			}
			if err := s.replace(ctx, tx, in, places); err != nil {
				return "", err
			}
			r := tieRow{Tie: Tie{ID: id.New(now), Person: in.Person, Institution: in.Institution, Until: now.AddDate(0, in.Months, 0), Made: now}, version: 1}
			if r.sealed, err = s.seal(ctx, cell(tx.Org(), "power_tie", r.ID, r.Person, r.version), bond{name, in.Office, in.Kind, in.Strength}); err != nil {
				return "", err
			}
			if err := addTie(ctx, tx, r); err != nil {
				return "", err
			}
			if in.Person != "" {
				if err := s.agree(ctx, tx, a, r, in); err != nil {
					return "", err
				}
			}
			return r.ID, s.note(ctx, tx, a, g, "tie", "tie", r.ID, r.Person, "")
		})
		return err
	})
	return made, err
}

// agree gives the yes under which the tie is shown: one purpose, one recipient.
func (s *Service) agree(ctx context.Context, tx *db.Tx, a access.Actor, r tieRow, in TieIn) error {
	lang := in.Lang
	if !slices.Contains(consent.Languages(), lang) {
		lang = "en" // read aloud with an interpreter, who is noted
	}
	_, err := s.consent.Give(ctx, tx, a, consent.Terms{Subject: r.Person, Purpose: consent.TieShown, Recipient: consent.StrategyTeam(r.ID), Fields: []consent.Field{consent.Name, consent.Tie},
		Channel: consent.NoReach, Language: lang, Expires: r.Until}, consent.Obtained{How: in.How, Interpreter: in.Interpreter, Witness: in.Witness})
	return err
}

// replace ends what the same holder had with the same office, under whichever row
// they were written down as.
func (s *Service) replace(ctx context.Context, tx *db.Tx, in TieIn, places map[string]people.Institution) (err error) {
	var rows []tieRow
	if in.Person != "" {
		rows, err = tiesHeld(ctx, tx, in.Person)
	} else if rows, err = ties(ctx, tx); err == nil {
		rows = slices.DeleteFunc(rows, func(r tieRow) bool { return r.Institution != in.Institution })
	}
	if err != nil {
		return err
	}
	list, err := s.openTies(ctx, tx, rows, places)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.Office != in.Office {
			continue
		}
		if err := s.end(ctx, tx, t.ID, t.Person, consent.Steward); err != nil {
			return err
		}
	}
	return nil
}

// end takes a tie away and its yes with it.
func (s *Service) end(ctx context.Context, tx *db.Tx, tie, person string, how consent.Ending) error {
	if err := dropTie(ctx, tx, tie); err != nil || person == "" {
		return err
	}
	live, err := s.consent.LiveOf(ctx, tx, []string{person})
	if err != nil {
		return err
	}
	for _, c := range live[person] {
		if c.Purpose != consent.TieShown || c.Recipient != consent.StrategyTeam(tie) {
			continue
		}
		if _, err := s.consent.Revoke(ctx, tx, access.Machine(tx.Org()), c.ID, how); err != nil {
			return err
		}
	}
	return nil
}

// EndTie ends a tie at once: the holder on their own page, or the strategy team
// when the holder asked them. What was still promised because of it is let go.
func (s *Service) EndTie(ctx context.Context, a access.Actor, which, key string) (err error) {
	defer fault.Wrap(&err, "power.EndTie(%s)", which)
	g, err := access.Check(a, needUntie)
	if err != nil {
		return err
	}
	places, err := s.institutions(ctx, a.Org)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "power.untie:"+which, func() (string, error) {
			t, err := s.reach(ctx, tx, a, g, which, places)
			if err != nil {
				return "", err
			}
			how := consent.AtClinic
			if g.Scope == access.Self {
				how = consent.SelfCode
			}
			if err := s.end(ctx, tx, t.ID, t.Person, how); err != nil {
				return "", err
			}
			return "", s.note(ctx, tx, a, g, "untie", "tie", t.ID, t.Person, "")
		})
		return err
	})
	if err != nil {
		return err
	}
	return s.letGo(ctx, a.Org, which)
}

// letGo releases what was promised because of a tie that is no more: nobody's fault.
func (s *Service) letGo(ctx context.Context, org, tie string) error {
	machine := access.Machine(org)
	list, err := s.people.Commitments(ctx, machine, people.Whose{Ref: tieRef(tie), Open: true})
	if err != nil {
		return err
	}
	for _, c := range list {
		if _, err := s.people.Settle(ctx, machine, people.SettleIn{ID: c.ID, State: people.Released}); err != nil {
			return err
		}
	}
	return nil
}

// Tidy takes away ties whose yes has ended: they are not shown since then, and
// here they go.
func (s *Service) Tidy(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "power.Tidy")
	var orgs []string
	err = s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		orgs, err = tieOrgs(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, org := range orgs {
		places, err := s.institutions(ctx, org)
		if err != nil {
			return err
		}
		var over []tieRow
		err = s.db.Write(ctx, org, func(tx *db.Tx) error {
			rows, err := ties(ctx, tx)
			if err != nil {
				return err
			}
			shown, err := s.openTies(ctx, tx, rows, places)
			if err != nil {
				return err
			}
			over = slices.DeleteFunc(rows, func(r tieRow) bool {
				return slices.ContainsFunc(shown, func(t Tie) bool { return t.ID == r.ID })
			})
			a := access.Machine(org)
			for _, r := range over {
				if err := s.end(ctx, tx, r.ID, r.Person, consent.Steward); err != nil {
					return err
				}
				if err := s.note(ctx, tx, a, access.Granted{Role: access.System, Scope: access.All}, "untie", "tie", r.ID, r.Person, "expired"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range over {
			if err := s.letGo(ctx, org, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// ForgetIn takes somebody's ties away in the transaction that erases them.
func (s *Service) ForgetIn(ctx context.Context, tx *db.Tx, person string) error {
	return dropTiesOf(ctx, tx, person)
}

func tieRef(tie string) string { return "tie:" + tie }
