// Networks: where a campaign listens. A network is a place of listening, such as a
// diabetes class or a congregation; it is never something about a person.
package listening

import (
	"context"
	"slices"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// NetworkIn is the form of a network.
type NetworkIn struct {
	Campaign    string
	ID          string      // empty: a new one
	Kind        NetworkKind // kind
	Name        string      // name
	Share       int         // share
	Institution string      // institution
	Key         string      // _key
}

func (in NetworkIn) wrong() error {
	var bad []fault.Field
	if n := contact.OneLine(in.Name); n == "" || utf8.RuneCountInString(n) > longestName {
		bad = append(bad, fault.At("name", "campaign.error.network"))
	}
	if !slices.Contains(NetworkKinds(), in.Kind) {
		bad = append(bad, fault.At("kind", "contact.error.choose"))
	}
	if in.Share < 0 || in.Share > 100 {
		bad = append(bad, fault.At("share", "campaign.error.share"))
	}
	if in.Institution != "" && in.Kind != Institution {
		bad = append(bad, fault.At("institution", "campaign.error.institution"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// SaveNetwork makes or changes a network. Its kind stays: sessions were held under
// its rule.
func (s *Service) SaveNetwork(ctx context.Context, a access.Actor, in NetworkIn) (made string, err error) {
	defer fault.Wrap(&err, "listening.SaveNetwork(%s)", in.Campaign)
	if err := in.wrong(); err != nil {
		return "", err
	}
	return s.do(ctx, a, act{need: needUpdate, verb: VerbEdit, campaign: in.Campaign, key: in.Key, name: "network"}, func(w *change) (string, error) {
		return s.putNetwork(ctx, w, in)
	})
}

const mostNetworks = 40

func (s *Service) putNetwork(ctx context.Context, w *change, in NetworkIn) (string, error) {
	have, err := s.networks(ctx, w.tx, w.ID)
	if err != nil {
		return "", err
	}
	n := Network{ID: in.ID, Kind: in.Kind, Added: w.now}
	if in.ID != "" {
		i := slices.IndexFunc(have, func(o Network) bool { return o.ID == in.ID })
		if i < 0 {
			return "", fault.Missing("network")
		}
		if n = have[i]; n.Kind != in.Kind {
			return "", fault.Wrong(fault.At("kind", "campaign.error.network_kind"))
		}
	} else {
		if len(have) >= mostNetworks {
			return "", fault.Clash("campaign.error.networks", "Most", mostNetworks)
		}
		n.ID = id.New(w.now)
	}
	n.Name, n.Share, n.Institution = contact.OneLine(in.Name), in.Share, in.Institution
	n.version++
	sealed, err := s.seal(ctx, cell(w.tx.Org(), "listening_network", n.ID, n.version), n.Name)
	if err != nil {
		return "", err
	}
	return n.ID, putNetwork(ctx, w.tx, w.ID, n, sealed)
}

// networks returns a campaign's networks with their names, in the order they came.
func (s *Service) networks(ctx context.Context, tx *db.Tx, campaign string) ([]Network, error) {
	rows, err := networkRows(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	out := make([]Network, len(rows))
	for i, r := range rows {
		out[i] = r.Network
		if err := s.unseal(ctx, cell(tx.Org(), "listening_network", r.ID, r.version), r.sealed, &out[i].Name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Networks lists a campaign's networks.
func (s *Service) Networks(ctx context.Context, a access.Actor, campaign string) (out []Network, err error) {
	defer fault.Wrap(&err, "listening.Networks(%s)", campaign)
	g, err := access.Check(a, needHeard)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		if _, err := s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		out, err = s.networks(ctx, tx, campaign)
		return err
	})
	return out, err
}
