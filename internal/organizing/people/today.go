// Today: what is due, whom nobody has met, and how the week goes.
package people

import (
	"context"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

// Today is what somebody looks at in the morning.
type Today struct {
	Due      []Commitment // open, overdue first, until a week from now
	CheckIns []Card       // pauses that are over
	NotMet   []Card       // a few of those one answers for whom nobody has met for long
	Alone    int          // how many there are
	Week     Tally
	Work     Workload
	Names    map[string]Card // of everybody named above
}

const (
	todayDays  = 7
	todayShown = 8
)

// Today gathers an actor's day: their own promises, those made to them, and those
// of the people they answer for.
func (s *Service) Today(ctx context.Context, a access.Actor) (t Today, err error) {
	defer fault.Wrap(&err, "people.Today")
	if _, err := access.Check(a, needPractice); err != nil {
		return t, err
	}
	now, zone := s.clock.Now(), s.zone(ctx, a.Org)
	from, until := Week(now, zone)
	var rest, alone []string
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		t = Today{}
		list, err := promisesWhere(ctx, tx, `state='open' AND due_at<$2 AND (account_id=$3 OR to_account=$3 OR ($4<>'' AND person_id=$4) OR
			person_id IN (SELECT id FROM people_person WHERE org_id=$1 AND owner=$3 AND state IN ('active','resting')))`,
			db.Micros(now.AddDate(0, 0, todayDays)), a.Account, a.Person)
		if err != nil {
			return err
		}
		if list, err = s.stillKept(ctx, tx, list); err != nil {
			return err
		}
		if t.Due, err = s.openPromises(ctx, tx.Org(), list); err != nil {
			return err
		}
		p, err := practiceOf(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		met, err := metSince(ctx, tx, from, a.Account)
		if err != nil {
			return err
		}
		t.Week = Tally{HeldBy(met, a.Account, from, until), p.Weekly}
		if t.Work.Open, err = openFollowUps(ctx, tx, a.Account); err != nil {
			return err
		}
		t.Work.Most = p.OpenMost
		if rest, err = restOver(ctx, tx, a.Account, now); err != nil {
			return err
		}
		alone, t.Alone, err = notMet(ctx, tx, a.Account, now.Add(-NotMetAfter), todayShown)
		return err
	})
	if err != nil {
		return Today{}, err
	}
	return t, s.nameToday(ctx, a, &t, rest, alone)
}

// nameToday opens the names of everybody on the page at once.
func (s *Service) nameToday(ctx context.Context, a access.Actor, t *Today, rest, alone []string) (err error) {
	ids := slices.Concat(rest, alone)
	for _, c := range t.Due {
		for _, p := range []string{c.Person, c.ToPerson} {
			if p != "" {
				ids = append(ids, p)
			}
		}
	}
	slices.Sort(ids)
	if t.Names, err = s.Names(ctx, a, slices.Compact(ids)); err != nil {
		return err
	}
	pickCards := func(ids []string) (out []Card) {
		for _, id := range ids {
			if c, ok := t.Names[id]; ok {
				out = append(out, c)
			}
		}
		return out
	}
	t.CheckIns, t.NotMet = pickCards(rest), pickCards(alone)
	return nil
}

// Cadence is how a clinic's organizers meet people, as counts.
type Cadence struct {
	Weeks        []WeekCount
	Leaders, All int     // one-to-ones led by leaders, of all
	TopFifth     float64 // share of contacts to the fifth who are met most
	People       int
	Alone        int // nobody met them for sixty days
	Week         Tally
	Work         Workload
}

const cadenceWeeks = 13

// Cadence counts the last quarter of a year.
func (s *Service) Cadence(ctx context.Context, a access.Actor) (c Cadence, err error) {
	defer fault.Wrap(&err, "people.Cadence")
	if _, err := access.Check(a, needCadence); err != nil {
		return c, err
	}
	now, zone := s.clock.Now(), s.zone(ctx, a.Org)
	from, until := Week(now, zone)
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		met, err := metSince(ctx, tx, from.AddDate(0, 0, -7*(cadenceWeeks-1)), "")
		if err != nil {
			return err
		}
		p, err := practiceOf(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if c.People, c.Alone, err = countPeople(ctx, tx, now.Add(-NotMetAfter)); err != nil {
			return err
		}
		c.Weeks, c.TopFifth = ByWeek(met, now, zone, cadenceWeeks), TopFifth(met, c.People)
		c.Leaders, c.All = LedByLeaders(met)
		c.Week = Tally{HeldBy(met, a.Account, from, until), p.Weekly}
		c.Work.Most = p.OpenMost
		c.Work.Open, err = openFollowUps(ctx, tx, a.Account)
		return err
	})
	return c, err
}

var needCadence = access.Need{Resource: "cadence", Action: access.Read}

func metSince(ctx context.Context, tx *db.Tx, from time.Time, account string) ([]Met, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (m Met, err error) {
		var at int64
		err = sc.Scan(&m.Person, &m.Account, &at, &m.LedBy)
		m.At = db.Time(at)
		return m, err
	}, `SELECT p.person_id, e.account_id, e.at, e.led_by FROM people_encounter e JOIN people_present p ON p.org_id=e.org_id AND p.encounter_id=e.id
		WHERE e.org_id=$1 AND e.kind='one_to_one' AND e.state IN ('held','evaluated') AND e.at>=$2 AND ($3='' OR e.account_id=$3) AND p.role<>'led' ORDER BY e.at, e.id`,
		tx.Org(), db.Micros(from), account)
}

// openFollowUps counts what an account has to follow up: its own promises and those made to it.
func openFollowUps(ctx context.Context, tx *db.Tx, account string) (int, error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_commitment WHERE org_id=$1 AND state='open' AND (account_id=$2 OR to_account=$2)`, tx.Org(), account)
	return int(n), err
}

func restOver(ctx context.Context, tx *db.Tx, owner string, now time.Time) ([]string, error) {
	return db.Column[string](ctx, tx, `SELECT id FROM people_person WHERE org_id=$1 AND owner=$2 AND state='resting' AND rest_until<=$3 ORDER BY rest_until, id LIMIT 20`, tx.Org(), owner, db.Micros(now))
}

func notMet(ctx context.Context, tx *db.Tx, owner string, before time.Time, limit int) (some []string, all int, err error) {
	const where = ` FROM people_person WHERE org_id=$1 AND owner=$2 AND state='active' AND one_to_one_at<$3 AND joined_at<$3`
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*)`+where, tx.Org(), owner, db.Micros(before))
	if err != nil || n == 0 {
		return nil, 0, err
	}
	some, err = db.Column[string](ctx, tx, `SELECT id`+where+` ORDER BY one_to_one_at, joined_at, id LIMIT $4`, tx.Org(), owner, db.Micros(before), int64(limit))
	return some, int(n), err
}

func countPeople(ctx context.Context, tx *db.Tx, before time.Time) (all, alone int, err error) {
	n, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_person WHERE org_id=$1 AND state='active'`, tx.Org())
	if err != nil {
		return 0, 0, err
	}
	m, err := db.One[int64](ctx, tx, `SELECT COUNT(*) FROM people_person WHERE org_id=$1 AND state='active' AND one_to_one_at<$2 AND joined_at<$2`, tx.Org(), db.Micros(before))
	return int(n), int(m), err
}
