// Planning a campaign, opening and closing it, and the list of them.
package listening

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/trust/contact"
)

// PlanIn is the form of a plan; fields are named as in the form.
type PlanIn struct {
	ID        string              // empty: a new campaign
	Name      string              // name
	Questions map[string][]string // q_<language>_<n>
	Languages []string            // languages
	Starts    time.Time           // starts
	Ends      time.Time           // ends: the moment after the last day
	People    int                 // people
	Sessions  int                 // sessions
	Listeners int                 // listeners
	Shares    map[string]int      // share_<language>
	Areas     []string            // areas, one name a line
	Version   int64               // version: what the form showed
	Key       string              // _key
}

const (
	mostLanguages = 12
	mostAreas     = 20
	longestPlan   = 53 * 7 * 24 * time.Hour
)

// plan checks the form and collects everything that is wrong with it. Areas that
// were there keep their ids.
func (in PlanIn) plan(old Plan) (Plan, error) {
	p := Plan{Name: contact.OneLine(in.Name), Questions: map[string][]string{}, Shares: map[string]int{}, People: in.People, Sessions: in.Sessions, Listeners: in.Listeners}
	var bad []fault.Field
	wrong := func(name, key string, args ...any) { bad = append(bad, fault.At(name, key, args...)) }
	if p.Name == "" || utf8.RuneCountInString(p.Name) > longestName {
		wrong("name", "campaign.error.name")
	}
	for _, l := range in.Languages {
		if !contact.Language(l) {
			wrong("languages", "contact.error.choose")
		} else if !slices.Contains(p.Languages, l) {
			p.Languages = append(p.Languages, l)
		}
	}
	if len(p.Languages) == 0 || len(p.Languages) > mostLanguages {
		wrong("languages", "campaign.error.languages")
	}
	bad = append(bad, p.ask(in.Questions)...)
	if in.Starts.IsZero() {
		wrong("starts", "campaign.error.starts")
	}
	if d := in.Ends.Sub(in.Starts); in.Ends.IsZero() || d < week || d > longestPlan {
		wrong("ends", "campaign.error.ends")
	}
	goal := func(n, most int, field string) {
		if n < 1 || n > most {
			wrong(field, "campaign.error.goal", "Most", most)
		}
	}
	goal(p.People, 100000, "people")
	goal(p.Sessions, 20000, "sessions")
	goal(p.Listeners, 5000, "listeners")
	total := 0
	for lang, share := range in.Shares {
		if share == 0 || !slices.Contains(p.Languages, lang) {
			continue
		}
		if share < 1 || share > 100 {
			wrong("share_"+lang, "campaign.error.share")
		}
		total += share
		p.Shares[lang] = share
	}
	if total > 100 {
		wrong("languages", "campaign.error.shares")
	}
	p.Areas = namedAreas(in.Areas, old.Areas)
	if len(p.Areas) > mostAreas || slices.ContainsFunc(p.Areas, func(a Area) bool {
		return utf8.RuneCountInString(a.Name) > 60 || strings.ContainsAny(a.Name, "0123456789@#") // a street has a number
	}) {
		wrong("areas", "campaign.error.areas", "Most", mostAreas)
	}
	if len(bad) > 0 {
		return p, fault.Wrong(bad...)
	}
	return p, nil
}

// ask takes two or three questions in each language of the campaign.
func (p *Plan) ask(typed map[string][]string) (bad []fault.Field) {
	for _, l := range p.Languages {
		var list []string
		for _, q := range typed[l] {
			if q = contact.OneLine(q); q != "" {
				list = append(list, q)
			}
		}
		long := slices.ContainsFunc(list, func(q string) bool { return utf8.RuneCountInString(q) > longestQuestion })
		if len(list) < 2 || len(list) > 3 || long {
			bad = append(bad, fault.At("q_"+l+"_0", "campaign.error.questions", "Most", longestQuestion))
		}
		p.Questions[l] = list
	}
	return bad
}

func namedAreas(typed []string, old []Area) (out []Area) {
	for _, name := range typed {
		if name = contact.OneLine(name); name == "" || slices.ContainsFunc(out, func(a Area) bool { return fold.Text(a.Name) == fold.Text(name) }) {
			continue
		}
		a := Area{Name: name}
		if i := slices.IndexFunc(old, func(o Area) bool { return fold.Text(o.Name) == fold.Text(name) }); i >= 0 {
			a.ID = old[i].ID
		} else {
			a.ID = strings.ToLower(id.Code(8))
		}
		out = append(out, a)
	}
	return out
}

// Plan makes a campaign.
func (s *Service) Plan(ctx context.Context, a access.Actor, in PlanIn) (made string, err error) {
	defer fault.Wrap(&err, "listening.Plan")
	g, err := access.Check(a, needPlan)
	if err != nil {
		return "", err
	}
	p, err := in.plan(Plan{})
	if err != nil {
		return "", err
	}
	now := s.Clock.Now()
	err = s.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "listening.plan", func() (string, error) {
			c := Campaign{ID: id.New(now), Org: tx.Org(), State: Planning, Plan: p, Starts: in.Starts, Ends: in.Ends, Made: now}
			if err := s.save(ctx, tx, &c); err != nil {
				return "", err
			}
			return c.ID, s.note(ctx, tx, a, g, "plan", "campaign", c.ID, "")
		})
		return err
	})
	return made, err
}

// Edit changes a plan. Two people who change it at once both hear of it.
func (s *Service) Edit(ctx context.Context, a access.Actor, in PlanIn) (err error) {
	defer fault.Wrap(&err, "listening.Edit(%s)", in.ID)
	_, err = s.do(ctx, a, act{need: needUpdate, verb: VerbEdit, campaign: in.ID, key: in.Key}, func(w *change) (string, error) {
		if in.Version != w.Version {
			return "", fault.Clash("campaign.error.version")
		}
		p, err := in.plan(w.Plan)
		if err != nil {
			return "", err
		}
		used, err := usedIn(ctx, w.tx, w.ID)
		if err != nil {
			return "", err
		}
		for _, l := range w.Languages {
			if !slices.Contains(p.Languages, l) && slices.Contains(used.languages, l) {
				return "", fault.Wrong(fault.At("languages", "campaign.error.used"))
			}
		}
		for _, area := range w.Areas {
			if p.Area(area.ID) == "" && slices.Contains(used.areas, area.ID) {
				return "", fault.Wrong(fault.At("areas", "campaign.error.used"))
			}
		}
		if w.State != Planning && !in.Starts.Equal(w.Starts) {
			return "", fault.Wrong(fault.At("starts", "campaign.error.started"))
		}
		w.Plan, w.Starts, w.Ends, w.planned = p, in.Starts, in.Ends, true
		return "", nil
	})
	return err
}

// Open begins the listening. Somebody must be there to listen.
func (s *Service) Open(ctx context.Context, a access.Actor, campaign, key string) (err error) {
	defer fault.Wrap(&err, "listening.Open(%s)", campaign)
	_, err = s.do(ctx, a, act{need: needDecide, verb: VerbOpen, campaign: campaign, key: key}, func(w *change) (string, error) {
		list, err := listeners(ctx, w.tx, w.ID)
		if err != nil {
			return "", err
		}
		if !slices.ContainsFunc(list, func(l Listener) bool { return l.Left.IsZero() }) {
			return "", fault.Clash("campaign.needs.listener")
		}
		return "", nil
	})
	return err
}

// Close ends the listening.
func (s *Service) Close(ctx context.Context, a access.Actor, campaign, key string) (err error) {
	defer fault.Wrap(&err, "listening.Close(%s)", campaign)
	_, err = s.do(ctx, a, act{need: needDecide, verb: VerbClose, campaign: campaign, key: key}, func(*change) (string, error) { return "", nil })
	return err
}

// Reopen lets leaders work on the themes once more.
func (s *Service) Reopen(ctx context.Context, a access.Actor, campaign, key string) (err error) {
	defer fault.Wrap(&err, "listening.Reopen(%s)", campaign)
	_, err = s.do(ctx, a, act{need: needDecide, verb: VerbReopen, campaign: campaign, key: key}, func(*change) (string, error) { return "", nil })
	return err
}

// Listed is a campaign in the list, with how far it is.
type Listed struct {
	Campaign
	Heard int
}

// Campaigns lists them, newest first; a leader sees those in which they listen.
// Those who see counts only get no number here: what they may see is published.
func (s *Service) Campaigns(ctx context.Context, a access.Actor) (out []Listed, err error) {
	defer fault.Wrap(&err, "listening.Campaigns")
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		rows, err := campaigns(ctx, tx)
		if err != nil {
			return err
		}
		heard, err := heardByCampaign(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if g.Scope == access.Self || g.Scope == access.Team {
				if mine, err := isListener(ctx, tx, r.ID, a); err != nil {
					return err
				} else if !mine {
					continue
				}
			}
			c, err := s.open(ctx, r)
			if err != nil {
				return err
			}
			l := Listed{Campaign: c, Heard: heard[c.ID]}
			if g.Scope == access.Agg {
				l.Heard = 0
			}
			out = append(out, l)
		}
		return nil
	})
	return out, err
}

// Get returns one campaign.
func (s *Service) Get(ctx context.Context, a access.Actor, campaign string) (c Campaign, err error) {
	defer fault.Wrap(&err, "listening.Get(%s)", campaign)
	g, err := access.Check(a, needRead)
	if err != nil {
		return c, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		c, err = s.load(ctx, tx, a, g, campaign)
		return err
	})
	return c, err
}
