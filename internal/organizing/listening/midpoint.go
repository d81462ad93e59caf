// The mid-point check: halfway, a campaign looks at who is missing and changes
// something, or it will hear the same people for the rest of the time.
package listening

import (
	"context"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// ChangeKind is what was changed at the mid-point.
type ChangeKind string

const (
	MovedListeners ChangeKind = "move_listeners"
	AddedLanguage  ChangeKind = "add_language"
	NewNetwork     ChangeKind = "new_network"
	KeptGoing      ChangeKind = "keep" // nobody is missing
)

// Change is one of them: how many, or which language.
type Change struct {
	Kind  ChangeKind `json:"kind"`
	N     int        `json:"n,omitempty"`
	Value string     `json:"value,omitempty"`
}

// Midpoint is the check as recorded.
type Midpoint struct {
	At      time.Time
	Account string
	Heard   int
	Changes []Change
	Note    string // sealed at rest
}

// MidpointIn is the form of the check.
type MidpointIn struct {
	Campaign  string
	Moves     []ListenerIn // move_<listener>: to a language, a network
	Language  string       // new_language
	Questions []string     // q_new_<n>: in that language
	Share     int          // new_share
	Network   *NetworkIn   // network_name, network_kind, network_share
	Note      string       // note
	Key       string       // _key
}

// CheckMidpoint records the check and makes the changes. While somebody is missing
// at least one change must be among them.
func (s *Service) CheckMidpoint(ctx context.Context, a access.Actor, in MidpointIn) (err error) {
	defer fault.Wrap(&err, "listening.CheckMidpoint(%s)", in.Campaign)
	g, err := access.Check(a, needDecide)
	if err != nil {
		return err
	}
	if err := s.refreshFor(ctx, a, g, in.Campaign); err != nil { // what is missing is judged by what is out
		return err
	}
	_, err = s.do(ctx, a, act{need: needDecide, verb: VerbCheck, campaign: in.Campaign, key: in.Key}, func(w *change) (string, error) {
		if w.now.Before(w.MidpointFrom()) {
			return "", fault.Clash("campaign.needs.time", "Day", int(w.MidpointFrom().Sub(w.Starts)/(24*time.Hour)))
		}
		if utf8.RuneCountInString(contact.OneLine(in.Note)) > longestNote {
			return "", fault.Wrong(fault.At("note", "campaign.error.note", "Most", longestNote))
		}
		before, err := s.coverage(ctx, w.tx, a, g, w.ID)
		if err != nil {
			return "", err
		}
		changes, err := s.changes(ctx, w, in)
		if err != nil {
			return "", err
		}
		if len(changes) == 0 && len(before.Missing) > 0 {
			return "", fault.Clash("campaign.needs.change", "Count", len(before.Missing))
		}
		if len(changes) == 0 {
			changes = []Change{{Kind: KeptGoing}}
		}
		_, total, err := s.counted(ctx, w.tx, w.Campaign, nil)
		if err != nil {
			return "", err
		}
		codes, err := json.Marshal(changes)
		if err != nil {
			return "", err
		}
		sealed, err := s.seal(ctx, cell(w.tx.Org(), "listening_midpoint", w.ID, 1), contact.OneLine(in.Note))
		if err != nil {
			return "", err
		}
		return "", putMidpoint(ctx, w.tx, w.ID, Midpoint{At: w.now, Account: a.Account, Heard: total}, string(codes), sealed)
	})
	return err
}

// changes makes what the form says and returns it as codes.
func (s *Service) changes(ctx context.Context, w *change, in MidpointIn) (out []Change, err error) {
	if in.Language != "" {
		if !contact.Language(in.Language) || slices.Contains(w.Languages, in.Language) || len(w.Languages) >= mostLanguages {
			return nil, fault.Wrong(fault.At("new_language", "campaign.error.new_language"))
		}
		p := w.Plan
		p.Languages = append(slices.Clone(p.Languages), in.Language)
		asked := map[string][]string{in.Language: in.Questions}
		for l, q := range p.Questions {
			asked[l] = q
		}
		p.Questions = map[string][]string{}
		if bad := p.ask(asked); len(bad) > 0 {
			return nil, fault.Wrong(fault.At("q_new_0", "campaign.error.questions", "Most", longestQuestion))
		}
		total := in.Share
		for _, n := range p.Shares {
			total += n
		}
		if in.Share < 0 || total > 100 {
			return nil, fault.Wrong(fault.At("new_share", "campaign.error.shares"))
		}
		p.Shares = cloneShares(p.Shares, in.Language, in.Share)
		w.Plan, w.planned = p, true
		out = append(out, Change{Kind: AddedLanguage, Value: in.Language})
	}
	if in.Network != nil {
		n := *in.Network
		n.Campaign, n.ID = w.ID, ""
		if err := n.wrong(); err != nil {
			return nil, prefixed(err, "network_")
		}
		if _, err := s.putNetwork(ctx, w, n); err != nil {
			return nil, err
		}
		out = append(out, Change{Kind: NewNetwork, N: 1})
	}
	moved := 0
	have, err := listeners(ctx, w.tx, w.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range in.Moves {
		i := slices.IndexFunc(have, func(l Listener) bool { return l.ID == m.ID && l.Left.IsZero() })
		if i < 0 {
			return nil, fault.Missing("listener")
		}
		l := have[i]
		if l.Language == m.Language && l.Network == m.Network {
			continue
		}
		m.Goal, m.Noted, m.Leave = l.Goal, l.Noted, false
		if _, err := s.putListener(ctx, w, m); err != nil {
			return nil, prefixed(err, "move_"+m.ID+"_")
		}
		moved++
	}
	if moved > 0 {
		out = append(out, Change{Kind: MovedListeners, N: moved})
	}
	return out, nil
}

func cloneShares(old map[string]int, lang string, share int) map[string]int {
	out := map[string]int{}
	for l, n := range old {
		out[l] = n
	}
	if share > 0 {
		out[lang] = share
	}
	return out
}

// prefixed names the fields as this form does.
func prefixed(err error, prefix string) error {
	fields := slices.Clone(fault.FieldsOf(err))
	if len(fields) == 0 {
		return err
	}
	for i := range fields {
		fields[i].Name = prefix + fields[i].Name
	}
	return fault.Wrong(fields...)
}

// midpoint opens the check of a campaign; nil before there is one.
func (s *Service) midpoint(ctx context.Context, tx *db.Tx, campaign string) (*Midpoint, error) {
	r, found, err := midpointOf(ctx, tx, campaign)
	if err != nil || !found {
		return nil, err
	}
	m := r.Midpoint
	if err := json.Unmarshal([]byte(r.changes), &m.Changes); err != nil {
		return nil, err
	}
	return &m, s.unseal(ctx, cell(tx.Org(), "listening_midpoint", campaign, 1), r.sealed, &m.Note)
}
