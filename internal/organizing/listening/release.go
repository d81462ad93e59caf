// Publications of the counts: by language, network, area and format. They come out
// one after the other, and each one is checked together with all that were told
// before, so that nobody learns a small number by comparing two of them.
package listening

import (
	"context"
	"maps"
	"slices"
	"time"

	"seedbed/internal/kit/suppress"
	"seedbed/internal/platform/db"
)

// Audience is a circle of readers.
type Audience string

const (
	Team    Audience = "team"    // organizers and those who listen
	Outside Audience = "outside" // the clinic's leaders, evaluators, everybody else
)

// Dimension is a way to count the same people.
type Dimension string

const (
	ByLanguage Dimension = "language"
	ByNetwork  Dimension = "network"
	ByArea     Dimension = "area"
	ByFormat   Dimension = "format"
)

// Dimensions lists them in the order of the page.
func Dimensions() []Dimension { return []Dimension{ByLanguage, ByNetwork, ByArea, ByFormat} }

// counts of people heard: dimension → value → people. Every dimension adds up to
// the same total; "" is a value, too: somewhere else.
type counts map[Dimension]map[string]int

// Release is one publication: the true counts, which stay sealed, and which of them
// were told.
type Release struct {
	No    int
	At    time.Time
	Total int
	True  counts
	Told  map[Dimension][]string
	Whole bool // the total was told
}

// shown reports whether a count of this release may be read.
func (r Release) shown(d Dimension, value string) bool { return slices.Contains(r.Told[d], value) }

// step is how many more people must have been heard before the counts are published
// again: fewer would say too much about each of them.
func step(k int) int { return 2 * k }

// options of the two circles. That nobody was heard somewhere is shown: it is what a
// coverage is for, and there is nobody whom it could be about.
func options(aud Audience) suppress.Options {
	if aud == Team {
		return suppress.Options{K: KTeam, DropOffs: true, ShowZeros: true}
	}
	return suppress.Options{K: KOutside, Round: 5, DropOffs: true, ShowZeros: true}
}

// publish decides what of now may be told after all earlier publications, and with
// which counts withheld because another circle does not see them. It reports false
// when nothing may.
func publish(aud Audience, earlier []Release, now counts, total int, withheld map[Dimension][]string) (Release, bool) {
	o := options(aud)
	if !grown(aud, earlier, total) {
		return Release{}, false
	}
	r := Release{No: len(earlier) + 1, Total: total, True: now, Told: map[Dimension][]string{}}
	all := append(slices.Clone(earlier), r)
	s := suppress.NewSet(o)
	totals := make([]suppress.Ref, len(all))
	refs := make([]map[Dimension]map[string]suppress.Ref, len(all))
	for i, x := range all {
		refs[i] = map[Dimension]map[string]suppress.Ref{}
		for n, d := range Dimensions() {
			refs[i][d] = map[string]suppress.Ref{}
			var parts []suppress.Ref
			for _, v := range values(all, d) {
				ref := s.Count(x.True[d][v])
				refs[i][d][v], parts = ref, append(parts, ref)
				switch {
				case i < len(earlier) && x.shown(d, v):
					s.Told(ref)
				case i < len(earlier) || slices.Contains(withheld[d], v):
					s.Withhold(ref)
				}
				if i > 0 {
					s.AtLeast(ref, refs[i-1][d][v])
				}
			}
			if n == 0 {
				totals[i] = s.Total(parts...)
				if aud == Team || i < len(earlier) && x.Whole { // the team's total is said aloud every evening
					s.Told(totals[i])
				}
			} else {
				s.Same(totals[i], parts...)
			}
		}
		if i > 0 {
			s.AtLeast(totals[i], totals[i-1])
		}
	}
	p := s.Publish()
	if !p.Proven() {
		return Release{}, false
	}
	last := len(all) - 1
	r.Whole = p.Count(totals[last]).Shown
	for _, d := range Dimensions() {
		for _, v := range slices.Sorted(maps.Keys(refs[last][d])) {
			if p.Count(refs[last][d][v]).Shown {
				r.Told[d] = append(r.Told[d], v)
			}
		}
	}
	return r, true
}

// values lists what a dimension ever had, sorted.
func values(all []Release, d Dimension) []string {
	seen := map[string]bool{}
	for _, r := range all {
		for v := range r.True[d] {
			seen[v] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Cell is a count as it may be read.
type Cell struct {
	N     int
	Shown bool
}

// read is a count of a release for its audience, rounded as published.
func (r Release) read(aud Audience, d Dimension, value string) Cell {
	if !r.shown(d, value) {
		return Cell{}
	}
	return Cell{N: rounded(aud, r.True[d][value]), Shown: true}
}

func rounded(aud Audience, n int) int {
	if o := options(aud); o.Round > 1 {
		return n - n%o.Round
	}
	return n
}

// counted adds up what was heard until now, with the values that the plan names, so
// that "nobody yet" is a count like any other.
func (s *Service) counted(ctx context.Context, tx *db.Tx, c Campaign, nets []Network) (counts, int, error) {
	out := counts{ByLanguage: {}, ByNetwork: {"": 0}, ByArea: {"": 0}, ByFormat: {}}
	for _, l := range c.Languages {
		out[ByLanguage][l] = 0
	}
	for _, n := range nets {
		out[ByNetwork][n.ID] = 0
	}
	for _, a := range c.Areas {
		out[ByArea][a.ID] = 0
	}
	for _, f := range Formats() {
		out[ByFormat][string(f)] = 0
	}
	total := 0
	add := func(lang, network, area, format string, n int) {
		out[ByLanguage][lang] += n
		out[ByNetwork][network] += n
		out[ByArea][area] += n
		out[ByFormat][format] += n
		total += n
	}
	rows, err := heardRows(ctx, tx, c.ID)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range rows {
		add(r.language, r.network, r.area, r.format, r.heard)
	}
	batches, err := s.batches(ctx, tx, c.ID)
	if err != nil {
		return nil, 0, err
	}
	for _, b := range batches {
		add(b.Language, "", b.Area, string(b.Format), b.Heard)
	}
	return out, total, nil
}

func (s *Service) batches(ctx context.Context, tx *db.Tx, campaign string) ([]Batch, error) {
	if s.Answers == nil {
		return nil, nil
	}
	return s.Answers.Batches(ctx, tx, campaign)
}

// releases opens what was published.
func (s *Service) releases(ctx context.Context, tx *db.Tx, campaign string, aud Audience) ([]Release, error) {
	rows, err := releaseRows(ctx, tx, campaign, aud)
	if err != nil {
		return nil, err
	}
	out := make([]Release, len(rows))
	for i, r := range rows {
		if err := s.unseal(ctx, releaseCell(tx.Org(), campaign, aud, r.no), r.sealed, &out[i]); err != nil {
			return nil, err
		}
		out[i].At = db.Time(r.at)
	}
	return out, nil
}

func (s *Service) keep(ctx context.Context, tx *db.Tx, campaign string, aud Audience, r Release) error {
	sealed, err := s.seal(ctx, releaseCell(tx.Org(), campaign, aud, int64(r.No)), r)
	if err != nil {
		return err
	}
	return putRelease(ctx, tx, campaign, aud, releaseRow{int64(r.No), db.Micros(r.At), sealed})
}

// due reports whether the counts may come out again: once a week, and once more
// when the listening is over.
func (c Campaign) due(list []Release, now time.Time) bool {
	if len(list) == 0 {
		return c.State != Planning
	}
	last := list[len(list)-1].At
	over := c.Closed
	return c.State.At() < Closed.At() && c.Week(now) > c.Week(last) || !over.IsZero() && last.Before(over)
}

// refresh publishes what is due, in a transaction of its own.
func (s *Service) refresh(ctx context.Context, org, campaign string) error {
	now := s.Clock.Now()
	due := false
	err := s.DB.Read(ctx, org, func(tx *db.Tx) error {
		r, err := campaignByID(ctx, tx, campaign)
		if err != nil {
			return err
		}
		c := r.Campaign
		_, total, err := s.counted(ctx, tx, c, nil)
		if err != nil {
			return err
		}
		for _, aud := range []Audience{Team, Outside} {
			list, err := s.releases(ctx, tx, campaign, aud)
			if err != nil {
				return err
			}
			ready := c.due(list, now) && grown(aud, list, total)
			due = due || ready
			if aud == Team && !ready { // outside follows the team
				if total = 0; len(list) > 0 {
					total = list[len(list)-1].Total
				}
			}
		}
		return nil
	})
	if err != nil || !due {
		return err
	}
	return s.DB.Write(ctx, org, func(tx *db.Tx) error { return s.release(ctx, tx, campaign, now) })
}

// grown reports whether enough people more were heard for another publication.
func grown(aud Audience, earlier []Release, total int) bool {
	k := options(aud).K
	if len(earlier) == 0 {
		return total >= k
	}
	return total-earlier[len(earlier)-1].Total >= step(k)
}

// release publishes for the team and then, from what the team may see, outside.
func (s *Service) release(ctx context.Context, tx *db.Tx, campaign string, now time.Time) error {
	row, err := campaignByID(ctx, tx, campaign)
	if err != nil {
		return err
	}
	c, err := s.open(ctx, row)
	if err != nil {
		return err
	}
	nets, err := s.networks(ctx, tx, campaign)
	if err != nil {
		return err
	}
	have, total, err := s.counted(ctx, tx, c, nets)
	if err != nil {
		return err
	}
	team, err := s.releases(ctx, tx, campaign, Team)
	if err != nil {
		return err
	}
	if c.due(team, now) {
		if r, ok := publish(Team, team, have, total, nil); ok {
			r.At = now
			if err := s.keep(ctx, tx, campaign, Team, r); err != nil {
				return err
			}
			team = append(team, r)
		}
	}
	outside, err := s.releases(ctx, tx, campaign, Outside)
	if err != nil || len(team) == 0 || !c.due(outside, now) {
		return err
	}
	last := team[len(team)-1] // outside sees the same people as the team did
	withheld := map[Dimension][]string{}
	for _, d := range Dimensions() {
		for v := range last.True[d] {
			if !last.shown(d, v) {
				withheld[d] = append(withheld[d], v)
			}
		}
	}
	r, ok := publish(Outside, outside, last.True, last.Total, withheld)
	if !ok {
		return nil
	}
	r.At = now
	return s.keep(ctx, tx, campaign, Outside, r)
}
