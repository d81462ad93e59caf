// Asks and invitations.
package assembly

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

var timeZero time.Time

func (s *Service) storeAsk(ctx context.Context, tx *db.Tx, assembly string, ask Ask) (string, error) {
	if ask.ID == "" {
		ask.ID = id.New(s.Clock.Now())
	}
	ask.Version++
	sealed, err := s.seal(ctx, cell(tx.Org(), "assembly_ask", ask.ID, ask.Version), ask.AskWords)
	if err != nil {
		return "", err
	}
	return ask.ID, putAsk(ctx, tx, assembly, askRow{Ask: ask, sealed: sealed})
}

func (s *Service) asks(ctx context.Context, tx *db.Tx, assembly string) ([]Ask, error) {
	rows, err := asks(ctx, tx, assembly)
	if err != nil {
		return nil, err
	}
	out, cells, sealed := make([]Ask, len(rows)), make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		out[i], cells[i], sealed[i] = r.Ask, cell(tx.Org(), "assembly_ask", r.ID, r.Version), r.sealed
	}
	err = s.unseal(ctx, cells, sealed, func(i int) any { return &out[i].AskWords })
	Label(out)
	return out, err
}

// AskIn is the form of an ask; fields are named as in the form.
type AskIn struct {
	ID      string
	Issue   string    // issue
	Name    string    // issue_name: of an issue that no list holds
	Office  string    // office
	To      string    // to: name of somebody no list holds
	Post    string    // post
	Body    string    // body
	Text    string    // text
	Due     time.Time // due
	Law     bool      // law
	Version int64
	Key     string
}

// settle fills in what the lists of other rooms know.
func (s *Service) settle(ctx context.Context, a access.Actor, cycle string, in *AskIn) error {
	var bad []fault.Field
	in.Text, in.To, in.Post, in.Body, in.Name = contact.OneLine(in.Text), contact.OneLine(in.To), contact.OneLine(in.Post), contact.OneLine(in.Body), contact.OneLine(in.Name)
	if in.Office != "" && s.Offices != nil {
		list, err := s.Offices.Offices(ctx, a)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(list, func(o Office) bool { return o.ID == in.Office }); i >= 0 {
			in.To, in.Post, in.Body = list[i].Name, list[i].Office, list[i].Body
		} else {
			bad = append(bad, fault.At("office", "contact.error.choose"))
		}
	} else {
		in.Office = ""
	}
	if in.Issue != "" && s.Issues != nil {
		list, err := s.Issues.Issues(ctx, a, cycle)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(list, func(x Issue) bool { return x.ID == in.Issue }); i >= 0 {
			in.Name = list[i].Name
		} else {
			bad = append(bad, fault.At("issue", "contact.error.choose"))
		}
	} else {
		in.Issue = ""
	}
	if in.To == "" || tooLong(in.To, nameMost) || tooLong(in.Post, nameMost) {
		bad = append(bad, fault.At("to", "assembly.error.to"))
	}
	if in.Body == "" || tooLong(in.Body, nameMost) {
		bad = append(bad, fault.At("body", "assembly.error.body"))
	}
	if in.Text == "" || tooLong(in.Text, askMost) {
		bad = append(bad, fault.At("text", "assembly.error.ask"))
	}
	if tooLong(in.Name, titleMost) {
		bad = append(bad, fault.At("issue_name", "assembly.error.long"))
	}
	if in.Due.IsZero() {
		bad = append(bad, fault.At("due", "assembly.error.due"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// SaveAsk writes an ask. One that was answered keeps its words: what was said yes
// to must not change.
func (s *Service) SaveAsk(ctx context.Context, a access.Actor, assembly string, in AskIn) (made string, err error) {
	defer fault.Wrap(&err, "assembly.SaveAsk")
	if _, err := access.Check(a, needUpdate); err != nil {
		return "", err
	}
	w, err := s.Get(ctx, a, assembly)
	if err != nil {
		return "", err
	}
	if err := s.settle(ctx, a, w.Cycle, &in); err != nil {
		return "", err
	}
	return s.act(ctx, a, needUpdate, assembly, "ask", in.Key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if err := writable(*r); err != nil {
			return "", "", "", err
		}
		list, err := s.asks(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		ask := Ask{Pos: len(list) + 1}
		if in.ID != "" {
			i := slices.IndexFunc(list, func(x Ask) bool { return x.ID == in.ID })
			if i < 0 {
				return "", "", "", fault.Missing("ask")
			}
			if ask = list[i]; ask.Version != in.Version {
				return "", "", "", fault.Stale()
			}
			all, err := pins(ctx, tx, assembly)
			if err != nil {
				return "", "", "", err
			}
			if slices.ContainsFunc(all, func(p pinRow) bool { return p.Ask == in.ID }) {
				return "", "", "", fault.Clash("assembly.error.answered")
			}
		} else if len(list) >= asksMost {
			return "", "", "", fault.Clash("assembly.error.asks")
		}
		ask.Issue, ask.Office, ask.Due, ask.Law = in.Issue, in.Office, in.Due, in.Law
		ask.Text, ask.Name, ask.Post, ask.Body, ask.AskWords.Issue = in.Text, in.To, in.Post, in.Body, in.Name
		made, err := s.storeAsk(ctx, tx, assembly, ask)
		return made, "", "", err
	})
}

// Asked is one ask of a cycle with what stands as its answer.
type Asked struct {
	Assembly string
	At       time.Time
	Ask
	Standing
}

// Asked lists everything that was asked in a cycle, assembly after assembly.
func (s *Service) Asked(ctx context.Context, a access.Actor, cycle string) (out []Asked, err error) {
	defer fault.Wrap(&err, "assembly.Asked")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := ofCycle(ctx, tx, cycle)
		if err != nil {
			return err
		}
		for _, r := range rows {
			w, err := s.whole(ctx, tx, r)
			if err != nil {
				return err
			}
			for _, ask := range w.Asks {
				out = append(out, Asked{r.ID, r.At, ask, w.Stands[ask.ID]})
			}
		}
		return nil
	})
	return out, err
}

func (s *Service) invites(ctx context.Context, tx *db.Tx, assembly string) ([]Invite, error) {
	rows, err := invites(ctx, tx, assembly)
	if err != nil {
		return nil, err
	}
	out, cells, sealed := make([]Invite, len(rows)), make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		out[i], cells[i], sealed[i] = r.Invite, cell(tx.Org(), "assembly_invite", r.ID, r.Version), r.sealed
	}
	return out, s.unseal(ctx, cells, sealed, func(i int) any { return &out[i].InviteWords })
}

// SaveInvite writes an invitation of somebody in public office, or of a candidate;
// fields are named as in the form: office, name, candidate, race, complete, invited,
// how, reply.
func (s *Service) SaveInvite(ctx context.Context, a access.Actor, assembly string, in Invite, key string) (made string, err error) {
	defer fault.Wrap(&err, "assembly.SaveInvite")
	if _, err := access.Check(a, needUpdate); err != nil {
		return "", err
	}
	in.Name, in.Race = contact.OneLine(in.Name), contact.OneLine(in.Race)
	var bad []fault.Field
	if in.Office != "" && s.Offices != nil {
		list, err := s.Offices.Offices(ctx, a)
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(list, func(o Office) bool { return o.ID == in.Office }); i >= 0 {
			in.Name = list[i].Addressed()
		} else {
			bad = append(bad, fault.At("office", "contact.error.choose"))
		}
	} else {
		in.Office = ""
	}
	if in.Name == "" || tooLong(in.Name, 160) {
		bad = append(bad, fault.At("name", "assembly.error.to"))
	}
	if in.Candidate && in.Race == "" || tooLong(in.Race, titleMost) {
		bad = append(bad, fault.At("race", "assembly.error.race"))
	}
	if in.How != "" && !slices.Contains(Hows(), in.How) {
		bad = append(bad, fault.At("how", "contact.error.choose"))
	}
	if !slices.Contains(Replies(), in.Reply) {
		bad = append(bad, fault.At("reply", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return "", fault.Wrong(bad...)
	}
	if !in.Candidate {
		in.Race, in.Complete = "", false
	}
	return s.act(ctx, a, needUpdate, assembly, "invite", key, func(tx *db.Tx, r *row) (string, string, string, error) {
		if err := writable(*r); err != nil {
			return "", "", "", err
		}
		list, err := invites(ctx, tx, assembly)
		if err != nil {
			return "", "", "", err
		}
		in, version := in, int64(0) // a transaction that is tried again begins anew
		if in.ID == "" {
			if len(list) >= 100 {
				return "", "", "", fault.Clash("assembly.error.items")
			}
			in.ID = id.New(s.Clock.Now())
		} else {
			i := slices.IndexFunc(list, func(x inviteRow) bool { return x.ID == in.ID })
			if i < 0 {
				return "", "", "", fault.Missing("invite")
			}
			if version = list[i].Version; version != in.Version {
				return "", "", "", fault.Stale()
			}
		}
		in.Version = version + 1
		sealed, err := s.seal(ctx, cell(tx.Org(), "assembly_invite", in.ID, in.Version), in.InviteWords)
		if err != nil {
			return "", "", "", err
		}
		return in.ID, "", in.How, putInvite(ctx, tx, assembly, inviteRow{Invite: in, sealed: sealed})
	})
}
