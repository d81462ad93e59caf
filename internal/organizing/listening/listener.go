// Listeners: who set out to hear how many people, and how many they heard. The
// fifteen or twenty people whom somebody has in mind are on their own sheet of
// paper; here is only how many.
package listening

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// ListenerIn is the form of a listener.
type ListenerIn struct {
	Campaign string
	ID       string // empty: a new one
	Who             // person or account
	Goal     int    // goal
	Noted    int    // noted
	Language string // language
	Network  string // network
	Leave    bool   // leave: no longer listens
	Key      string // _key
}

// SaveListener adds somebody, changes their goal, moves them, or lets them leave.
func (s *Service) SaveListener(ctx context.Context, a access.Actor, in ListenerIn) (made string, err error) {
	defer fault.Wrap(&err, "listening.SaveListener(%s)", in.Campaign)
	return s.do(ctx, a, act{need: needUpdate, verb: VerbEdit, campaign: in.Campaign, key: in.Key, name: "listener"}, func(w *change) (string, error) {
		return s.putListener(ctx, w, in)
	})
}

func (s *Service) putListener(ctx context.Context, w *change, in ListenerIn) (string, error) {
	have, err := listeners(ctx, w.tx, w.ID)
	if err != nil {
		return "", err
	}
	l := Listener{ID: in.ID, Who: in.Who, Added: w.now}
	if in.ID != "" {
		i := slices.IndexFunc(have, func(o Listener) bool { return o.ID == in.ID })
		if i < 0 {
			return "", fault.Missing("listener")
		}
		l = have[i]
	} else {
		if (in.Person == "") == (in.Account == "") {
			return "", fault.Wrong(fault.At("who", "contact.error.choose"))
		}
		if i := slices.IndexFunc(have, func(o Listener) bool { return o.Who == in.Who }); i >= 0 {
			l = have[i] // comes back
			l.Left = time.Time{}
		} else {
			l.ID = id.New(w.now)
		}
	}
	if in.Leave {
		l.Left = w.now
		return l.ID, putListener(ctx, w.tx, w.ID, l)
	}
	l.Goal, l.Noted, l.Language, l.Network = in.Goal, in.Noted, in.Language, in.Network
	if err := s.checkListener(ctx, w, l); err != nil {
		return "", err
	}
	return l.ID, putListener(ctx, w.tx, w.ID, l)
}

func (s *Service) checkListener(ctx context.Context, w *change, l Listener) error {
	var bad []fault.Field
	if l.Goal < 0 || l.Goal > 1000 {
		bad = append(bad, fault.At("goal", "campaign.error.goal", "Most", 1000))
	}
	if l.Noted < 0 || l.Noted > 200 {
		bad = append(bad, fault.At("noted", "campaign.error.goal", "Most", 200))
	}
	if l.Language != "" && (!contact.Language(l.Language) || !slices.Contains(w.Languages, l.Language)) {
		bad = append(bad, fault.At("language", "contact.error.choose"))
	}
	if l.Network != "" {
		list, err := s.networks(ctx, w.tx, w.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(n Network) bool { return n.ID == l.Network })
		switch {
		case i < 0:
			bad = append(bad, fault.At("network", "contact.error.choose"))
		case list[i].Kind.Nameless() && l.Person != "":
			bad = append(bad, fault.At("network", "campaign.error.nameless_listener"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// Listeners lists who listens, with how many people each has heard. A leader sees
// everybody's goal and sum: the team sets out together.
func (s *Service) Listeners(ctx context.Context, a access.Actor, campaign string) (out []Listener, err error) {
	defer fault.Wrap(&err, "listening.Listeners(%s)", campaign)
	g, err := access.Check(a, needHeard)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		out, err = s.withHeard(ctx, tx, campaign)
		return err
	})
	return out, err
}

func (s *Service) withHeard(ctx context.Context, tx *db.Tx, campaign string) ([]Listener, error) {
	out, err := listeners(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	heard, err := heardByFacilitator(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Heard = heard[out[i].Who]
	}
	return out, nil
}
