// Suggestions: which groups fit what somebody asked for, and why, in words.

package directory

import (
	"context"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/geo"
	"seedbed/internal/kit/matching"
	"seedbed/internal/platform/access"
)

// Query is what somebody asked for. It has no field for who they are.
type Query struct {
	Topics    []Topic
	Languages []string       // they can follow
	Days      []time.Weekday // they are free; empty = any
	From, To  int            // minutes of the day they are free; 0, 0 = any
	Online    bool           // only what can be joined from home
	Access    []AccessFeature
	Childcare bool
	Near      Near
	Limit     int // 0 = 3
}

// Near is where somebody would like it to be: an area by name, or a point.
type Near struct {
	Area     string
	Lat, Lon float64
}

// Suggestion is a group that fits.
type Suggestion struct {
	Group   Group // as staff see it; empty for the public
	View    View
	Reasons []Reason
	Score   float64
}

// Reason is one term of the score as a message.
type Reason struct {
	Key  string
	Args map[string]any
	// TopicKeys are the ids of the topics' names, Languages their codes and
	// Weekday and Minute a time: the page words them in its own language.
	TopicKeys []string
	Languages []string
	Weekday   time.Weekday
	Minute    int
	Caution   bool // true for what speaks against it
}

// Match returns the groups that fit best, with different kinds among them.
func (s *Service) Match(ctx context.Context, a access.Actor, q Query) (list []Suggestion, err error) {
	defer fault.Wrap(&err, "directory.Match")
	grant, err := access.Check(a, need(access.Read))
	if err != nil {
		return nil, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	items, shown := snap.matchable(now)
	zone := s.zone(ctx, a.Org)
	mq := snap.query(q, now.In(zone))
	staff := grant.Scope == access.Org || grant.Scope == access.All
	if !staff {
		items, shown = listed(items, shown)
	}
	at := make(map[string]*entry, mq.Limit)
	hits := matching.Match(items, mq)
	for _, h := range hits {
		at[h.Item.ID] = nil
	}
	for _, e := range shown {
		if _, ok := at[e.ID]; ok {
			at[e.ID] = e
		}
	}
	for _, h := range hits {
		e := at[h.Item.ID]
		g := Suggestion{View: e.View(a.Locale, now, zone), Score: h.Score.Sum(), Reasons: snap.reasons(e, q, h.Score, now)}
		if staff {
			g.Group = e.Group.Clone()
		}
		list = append(list, g)
	}
	return list, nil
}

// listed drops what no public page may name.
func listed(items []matching.Item, shown []*entry) ([]matching.Item, []*entry) {
	var is []matching.Item
	var es []*entry
	for i, e := range shown {
		if e.Public() {
			is, es = append(is, items[i]), append(es, e)
		}
	}
	return is, es
}

func (s *snapshot) query(q Query, local time.Time) matching.Query {
	m := matching.Query{
		Topics: topicBits(q.Topics), Languages: s.languageBits(q.Languages), Online: q.Online, Features: featureBits(q.Access),
		Childcare: q.Childcare, Area: s.areas[fold.Text(q.Near.Area)], Limit: q.Limit,
		Place: geo.Point{Lat: q.Near.Lat, Lon: q.Near.Lon},
		Seed:  uint64(local.YearDay() + 366*local.Year()), // whoever is equally good takes turns by day
	}
	if m.Limit == 0 {
		m.Limit = 3
	}
	if m.Area == 0 && q.Near.Area != "" {
		m.Area = -1 // an area nobody meets in
	}
	days := q.Days
	if len(days) == 0 && (q.From != 0 || q.To != 0) {
		days = []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	}
	to := q.To
	if to == 0 {
		to = 24 * 60
	}
	for _, d := range days {
		m.Slots.Add(int(d), q.From, to)
	}
	return m
}

// reasons words a score, the weightiest first. A language nobody asked about is not mentioned.
func (s *snapshot) reasons(e *entry, q Query, sc matching.Score, now time.Time) []Reason {
	var out []Reason
	add := func(term matching.Term, r Reason) {
		if sc.Points[term] != 0 {
			r.Key = "directory.reason." + r.Key
			out = append(out, r)
		}
	}
	var topics []string
	for i, t := range Topics() {
		if sc.Topics&(1<<i) != 0 {
			topics = append(topics, t.Key())
		}
	}
	add(matching.Topic, Reason{Key: "topic", TopicKeys: topics})
	var languages []string
	for _, l := range q.Languages {
		if s.languageBits([]string{l})&sc.Languages != 0 {
			languages = append(languages, baseLanguage(l))
		}
	}
	add(matching.Language, Reason{Key: "language", Languages: languages})
	add(matching.Time, Reason{Key: "time", Weekday: time.Weekday(sc.Day), Minute: sc.Minute})
	switch {
	case sc.Points[matching.SameArea] != 0:
		add(matching.SameArea, Reason{Key: "area", Args: map[string]any{"Area": e.Place.View().Area}})
	case sc.Points[matching.Near] >= 0.2:
		add(matching.Near, Reason{Key: "near", Args: map[string]any{"KM": max(1, int(sc.KM+0.5)), "Miles": max(1, int(sc.KM/1.609+0.5))}})
	}
	add(matching.Childcare, Reason{Key: "childcare"})
	add(matching.Access, Reason{Key: "access"})
	add(matching.Welcoming, Reason{Key: "welcoming"})
	if sc.Points[matching.Fresh] != 0 {
		add(matching.Fresh, Reason{Key: "fresh", Args: map[string]any{"Count": int(now.Sub(e.VerifiedOn).Hours() / 24)}})
	}
	if sc.Points[matching.Tied] != 0 {
		add(matching.Tied, Reason{Key: "tie_" + string(e.Tie)})
	}
	if len(q.Languages) > 0 && sc.Languages == 0 {
		out = append(out, Reason{Key: "directory.reason.other_language", Languages: e.Languages, Caution: true})
	}
	add(matching.Old, Reason{Key: "old", Caution: true})
	return out
}
