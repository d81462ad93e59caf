// Counts for indicators: how many, never who. They leave this room for one that
// protects small numbers before anybody reads them.
package people

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// Counted is the work of a stretch of time, and how it stood at its end.
type Counted struct {
	OneToOnes, ByLeaders int // held in it
	PublicRoles          int // people who played a public role in it
	Gatherings           int // encounters in it with somebody outside: research, negotiation, assembly, action
	Rungs                map[Rung]int
	Mentors              int // people who mentor somebody
	Active               int // people met in the 90 days before the end
	Came, Stayed         int // came 6 to 12 months before the end; of them, met in the last 90 days
	CameYear, StayedYear int // came 12 to 24 months before the end; of them, met in the last 90 days
	Contacts, Top        int // one-to-ones of the last 90 days, and those with the fifth met most
	Members, Present     int // member institutions; those of which somebody was met in the last 90 days
}

const activeDays = 90

// rowMet is one encounter of one person; a person who was merged counts as who they are.
type rowMet struct {
	person, encounter string
	t                 Together
}

// Count counts for a clinic, whoever will be allowed to read it.
func (s *Service) Count(ctx context.Context, org string, from, until time.Time) (c Counted, err error) {
	defer fault.Wrap(&err, "people.Count")
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		since := LadderSince(until)
		if active := until.AddDate(0, 0, -activeDays); active.Before(since) {
			since = active
		}
		if from.Before(since) {
			since = from
		}
		list, err := metRows(ctx, tx, since, until)
		if err != nil {
			return err
		}
		c = countMet(list, from, until)
		if err := s.countStanding(ctx, tx, list, until, &c); err != nil {
			return err
		}
		c.Members, c.Present, err = institutionsMet(ctx, tx, until.AddDate(0, 0, -activeDays), until)
		return err
	})
	return c, err
}

// countMet is what happened; pure.
func countMet(list []rowMet, from, until time.Time) (c Counted) {
	c.Rungs = map[Rung]int{}
	recent := until.AddDate(0, 0, -activeDays)
	active, public := map[string]bool{}, map[string]bool{}
	held, outside := map[string]bool{}, map[string]bool{}
	var met []Met
	for _, r := range list {
		if !r.t.At.Before(recent) {
			active[r.person] = true
			if r.t.Kind == OneToOne && r.t.Role != Led {
				met = append(met, Met{Person: r.person})
			}
		}
		if r.t.At.Before(from) {
			continue
		}
		if r.t.Role.Public() || slices.Contains([]Role{Chaired, Facilitated, Trained}, r.t.Role) {
			public[r.person] = true
		}
		if r.t.Kind == OneToOne && !held[r.encounter] {
			held[r.encounter] = true
			if r.t.LedBy == ByLeader {
				c.ByLeaders++
			}
		}
		if slices.Contains([]Kind{ResearchAction, Negotiation, Assembly, Action}, r.t.Kind) {
			outside[r.encounter] = true
		}
	}
	c.OneToOnes, c.PublicRoles, c.Active, c.Gatherings, c.Contacts = len(held), len(public), len(active), len(outside), len(met)
	c.Top = int(TopFifth(met, len(active))*float64(len(met)) + 0.5)
	return c
}

// countStanding is how it stood at the end: rungs, mentors, and who stayed.
func (s *Service) countStanding(ctx context.Context, tx *db.Tx, list []rowMet, until time.Time, c *Counted) error {
	rows, err := db.Select(ctx, tx, func(sc db.Scanner) (r row, err error) {
		var joined int64
		err = sc.Scan(&r.id, &r.state, &joined)
		r.joined = db.Time(joined)
		return r, err
	}, `SELECT id, state, joined_at FROM people_person WHERE org_id=$1 AND merged_into='' AND state IN ('active','resting') AND joined_at<$2 ORDER BY id`, tx.Org(), db.Micros(until))
	if err != nil {
		return err
	}
	since, recent := LadderSince(until), until.AddDate(0, 0, -activeDays)
	did, active := map[string]*Evidence{}, map[string]bool{}
	for _, r := range list {
		if !r.t.At.Before(recent) {
			active[r.person] = true
		}
		if r.t.At.Before(since) {
			continue
		}
		if did[r.person] == nil {
			did[r.person] = &Evidence{}
		}
		did[r.person].Add(r.t)
	}
	kept, err := keptBetween(ctx, tx, since, until)
	if err != nil {
		return err
	}
	ties, err := tiesBefore(ctx, tx, until)
	if err != nil {
		return err
	}
	mentors, brought := map[string]int{}, map[string]int{}
	for _, t := range ties {
		if t.kind == Mentors {
			mentors[t.from]++
		} else if t.kind == Brings && !t.since.Before(since) {
			brought[t.from]++
		}
	}
	for _, r := range rows {
		e := Evidence{}
		if did[r.id] != nil {
			e = *did[r.id]
		}
		e.Kept, e.Brought, e.Mentors, e.Resting = kept[r.id], brought[r.id], mentors[r.id], r.state == Resting
		if s.coreTeam != nil && e.InPublic {
			if e.OnCoreTeam, err = s.coreTeam(ctx, tx, r.id); err != nil {
				return err
			}
		}
		c.Rungs[e.Rung()]++
		if mentors[r.id] > 0 {
			c.Mentors++
		}
		c.came(r.joined, until, active[r.id])
	}
	return nil
}

// came counts somebody among those who came half a year or a year before the end.
func (c *Counted) came(joined, until time.Time, active bool) {
	came, stayed := &c.Came, &c.Stayed
	switch {
	case !joined.Before(until.AddDate(0, -6, 0)), joined.Before(until.AddDate(0, -24, 0)):
		return
	case joined.Before(until.AddDate(0, -12, 0)):
		came, stayed = &c.CameYear, &c.StayedYear
	}
	*came++
	if active {
		*stayed++
	}
}

func metRows(ctx context.Context, tx *db.Tx, from, until time.Time) ([]rowMet, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r rowMet, err error) {
		var at int64
		err = sc.Scan(&r.person, &r.encounter, &r.t.Kind, &r.t.State, &at, &r.t.LedBy, &r.t.Role)
		r.t.At = db.Time(at)
		return r, err
	}, `SELECT CASE WHEN q.merged_into='' THEN q.id ELSE q.merged_into END, e.id, e.kind, e.state, e.at, e.led_by, p.role
		FROM people_encounter e JOIN people_present p ON p.org_id=e.org_id AND p.encounter_id=e.id JOIN people_person q ON q.org_id=p.org_id AND q.id=p.person_id
		WHERE e.org_id=$1 AND q.state<>'departed' AND e.state IN ('held','evaluated') AND e.at>=$2 AND e.at<$3 ORDER BY e.at, e.id, q.id`, tx.Org(), db.Micros(from), db.Micros(until))
}

func keptBetween(ctx context.Context, tx *db.Tx, from, until time.Time) (map[string]int, error) {
	list, err := db.Column[string](ctx, tx, `SELECT CASE WHEN q.merged_into='' THEN q.id ELSE q.merged_into END FROM people_commitment c JOIN people_person q ON q.org_id=c.org_id AND q.id=c.person_id
		WHERE c.org_id=$1 AND c.state='done' AND c.ended_at>=$2 AND c.ended_at<$3`, tx.Org(), db.Micros(from), db.Micros(until))
	out := map[string]int{}
	for _, p := range list {
		out[p]++
	}
	return out, err
}

type tieKept struct {
	from  string
	kind  TieKind
	since time.Time
}

func tiesBefore(ctx context.Context, tx *db.Tx, until time.Time) ([]tieKept, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (t tieKept, err error) {
		var since int64
		err = sc.Scan(&t.from, &t.kind, &since)
		t.since = db.Time(since)
		return t, err
	}, `SELECT CASE WHEN q.merged_into='' THEN q.id ELSE q.merged_into END, t.kind, t.since FROM people_tie t JOIN people_person q ON q.org_id=t.org_id AND q.id=t.from_person
		WHERE t.org_id=$1 AND t.since<$2`, tx.Org(), db.Micros(until))
}

// institutionsMet counts the alliance's members, and those of which somebody was met.
func institutionsMet(ctx context.Context, tx *db.Tx, from, until time.Time) (members, present int, err error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_institution WHERE org_id=$1 AND member AND NOT closed`, tx.Org())
	if err != nil {
		return 0, 0, err
	}
	m, err := db.One[int64](ctx, tx, `SELECT COUNT(DISTINCT i.id) FROM people_institution i JOIN people_belongs b ON b.org_id=i.org_id AND b.institution_id=i.id
		JOIN people_present p ON p.org_id=b.org_id AND p.person_id=b.person_id JOIN people_encounter e ON e.org_id=p.org_id AND e.id=p.encounter_id
		WHERE i.org_id=$1 AND i.member AND NOT i.closed AND e.state IN ('held','evaluated') AND e.at>=$2 AND e.at<$3`, tx.Org(), db.Micros(from), db.Micros(until))
	return int(n), int(m), err
}
