// The service: what came out of a period, and what a clinic wants to reach.
package report

import (
	"context"
	"embed"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
)

// Schema is the room's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Deps is what a Service is built from. All but the optional ones must be set.
type Deps struct {
	DB      *db.DB
	Vault   *vault.Vault
	Audit   *audit.Log
	Clock   clock.Clock
	Sources map[string]Source                                    // by indicator; see provider.go
	Waves   Waves                                                // optional: no surveys without it
	Zone    func(ctx context.Context, org string) *time.Location // optional: UTC without it
	Log     *slog.Logger                                         // optional
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	vault   *vault.Vault
	audit   *audit.Log
	clock   clock.Clock
	sources map[string]Source
	waves   Waves
	zone    func(ctx context.Context, org string) *time.Location
	log     *slog.Logger
}

// New builds the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, vault: d.Vault, audit: d.Audit, clock: d.Clock, sources: d.Sources, waves: d.Waves, zone: d.Zone, log: d.Log}
	if s.zone == nil {
		s.zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needSee     = access.Need{Resource: "indicator", Action: access.Read}
	needTarget  = access.Need{Resource: "indicator", Action: access.Update}
	needRead    = access.Need{Resource: "report", Action: access.Read}
	needMake    = access.Need{Resource: "report", Action: access.Create}
	needChange  = access.Need{Resource: "report", Action: access.Update}
	needApprove = access.Need{Resource: "report", Action: access.Approve}
	needExport  = access.Need{Resource: "report", Action: access.Export}
)

func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, role access.Role, action, resource, id, reason string) error {
	return s.audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(role), Action: action, Resource: resource, ResourceID: id, Reason: reason, Request: a.Request})
}

// CircleOf is the circle an actor reads in: those who organize are the team.
func CircleOf(a access.Actor) Circle {
	if a.Has(access.Organizer) || a.Has(access.Leader) {
		return Team
	}
	return Outside
}

// Defs lists the indicators that somebody counts here.
func (s *Service) Defs() []Def {
	return slices.DeleteFunc(Defs(), func(d Def) bool { return s.sources[d.ID] == nil })
}

func releaseCell(org, period string) vault.Cell {
	return vault.Cell{Org: org, Table: "report_release", Column: "sealed", Row: period, Version: 1}
}

// history opens everything that came out.
func (s *Service) history(ctx context.Context, tx *db.Tx) (out []Release, err error) {
	rows, err := releases(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		plain, err := s.vault.Open(ctx, releaseCell(tx.Org(), r.period), r.sealed)
		if err != nil {
			return nil, err
		}
		x := Release{No: int(r.no), At: db.Time(r.at)}
		if err := json.Unmarshal([]byte(plain), &x.Kept); err != nil {
			return nil, err
		}
		x.Period, _ = ParsePeriod(r.period)
		out = append(out, x)
	}
	return out, nil
}

func (s *Service) releasesOf(ctx context.Context, org string) (out []Release, err error) {
	err = s.db.Read(ctx, org, func(tx *db.Tx) error { out, err = s.history(ctx, tx); return err })
	return out, err
}

// Release returns what came out of a period. The first who asks brings it out; from
// then on it stays.
func (s *Service) release(ctx context.Context, org string, p Period) (out Release, err error) {
	defer fault.Wrap(&err, "report.release(%s)", p.Key())
	zone, now := s.zone(ctx, org), s.clock.Now()
	if !p.Over(now, zone) {
		return out, fault.Clash("report.error.not_over")
	}
	find := func(list []Release) bool {
		i := slices.IndexFunc(list, func(r Release) bool { return r.Period == p })
		if i >= 0 {
			out = list[i]
		}
		return i >= 0
	}
	list, err := s.releasesOf(ctx, org)
	if err != nil || find(list) {
		return out, err
	}
	counted, err := s.count(ctx, org, p, zone)
	if err != nil {
		return out, err
	}
	var waves []Wave
	if s.waves != nil {
		if waves, err = s.waves(ctx, org, p.From.Begin(zone), (p.Last() + 1).Begin(zone)); err != nil {
			return out, err
		}
	}
	err = s.db.Write(ctx, org, func(tx *db.Tx) error {
		list, err := s.history(ctx, tx)
		if err != nil || find(list) {
			return err
		}
		out = Release{No: len(list) + 1, Period: p, At: now, Kept: Kept{By: map[string]Figure{}, Waves: waves}}
		for id, f := range counted {
			d, _ := DefOf(id)
			out.By[id] = d.publish(steps(list, id), p, f)
		}
		plain, err := json.Marshal(out.Kept)
		if err != nil {
			return err
		}
		r := releaseRow{period: p.Key(), no: int64(out.No), at: db.Micros(now)}
		if r.sealed, err = s.vault.Seal(ctx, releaseCell(tx.Org(), r.period), string(plain)); err != nil {
			return err
		}
		if err := putRelease(ctx, tx, r); err != nil {
			return err
		}
		return s.note(ctx, tx, access.Machine(org), access.System, "release", "indicator", r.period, "")
	})
	return out, err
}

// count asks every source.
func (s *Service) count(ctx context.Context, org string, p Period, zone *time.Location) (map[string]Figure, error) {
	out := map[string]Figure{}
	for _, d := range s.Defs() {
		f := Figure{Have: true, True: map[string]int{}}
		ask := func(from, until Month) (map[string]int, error) {
			r, err := s.sources[d.ID](ctx, org, from.Begin(zone), until.Begin(zone))
			if err != nil {
				return nil, fault.Because(fault.New(fault.KindOf(err), ""), err)
			}
			f.Have = f.Have && !r.Nothing
			f.Missing += r.Missing
			for _, x := range r.Parts {
				if !slices.Contains(f.Codes, x.Code) {
					f.Codes = append(f.Codes, x.Code)
				}
			}
			return d.counts(r), nil
		}
		var err error
		if d.Kind == Flow {
			f.Months = map[Month]map[string]int{}
			for _, m := range p.Months() {
				if f.Months[m], err = ask(m, m+1); err != nil {
					return nil, err
				}
			}
		} else if f.True, err = ask(p.From, p.Last()+1); err != nil {
			return nil, err
		}
		out[d.ID] = f
	}
	return out, nil
}

// Part is a kind of a split as it may be read.
type PartLine struct {
	Code string
	Cell
	Share    float64
	HasShare bool
}

// Line is an indicator of a period as a circle may read it.
type Line struct {
	Def
	Have     bool
	Held     bool
	Missing  int
	N, D     Cell
	Share    float64
	HasShare bool
	Parts    []PartLine
	Target   int // percent; 0 for none
}

// Met reports whether the target is reached; ok is false where that cannot be said.
func (l Line) Met() (met, ok bool) {
	if l.Target == 0 || !l.HasShare {
		return false, false
	}
	if l.Fewer {
		return l.Share*100 <= float64(l.Target), true
	}
	return l.Share*100 >= float64(l.Target), true
}

// line reads a figure in a circle.
func (d Def) line(f Figure, c Circle, target int) Line {
	l := Line{Def: d, Have: f.Have, Held: f.Held, Missing: f.Missing, N: d.Read(f, c, keyN), D: d.Read(f, c, keyD), Target: target}
	if d.Shape == Share {
		l.Share, l.HasShare = d.Percent(f, c, keyN)
	}
	for _, code := range f.Codes {
		if d.Shape == Split {
			x := PartLine{Code: code, Cell: d.Read(f, c, keyPart(code))}
			x.Share, x.HasShare = d.Percent(f, c, keyPart(code))
			l.Parts = append(l.Parts, x)
		}
	}
	return l
}

// Sight is the indicators of a period.
type Sight struct {
	Period Period
	Circle Circle
	At     time.Time // when it came out
	Lines  []Line
	Waves  []Wave   // of surveys that ended in it
	Others []Period // that can be asked for
}

// See returns the indicators of a period; the latest month when none is named.
func (s *Service) See(ctx context.Context, a access.Actor, p Period) (out Sight, err error) {
	defer fault.Wrap(&err, "report.See")
	if _, err := access.Check(a, needSee); err != nil {
		return out, err
	}
	out.Circle, out.Others = CircleOf(a), Periods(s.clock.Now(), s.zone(ctx, a.Org))
	if p.N == 0 {
		p = out.Others[0]
	}
	return out, s.fill(ctx, a.Org, p, &out)
}

func (s *Service) fill(ctx context.Context, org string, p Period, out *Sight) error {
	r, err := s.release(ctx, org, p)
	if err != nil {
		return err
	}
	want, err := s.Targets(ctx, org)
	if err != nil {
		return err
	}
	out.Period, out.At, out.Waves = p, r.At, r.Waves
	for _, d := range Defs() {
		if f, ok := r.By[d.ID]; ok {
			out.Lines = append(out.Lines, d.line(f, out.Circle, want[d.ID]))
		}
	}
	return nil
}

// Targets are what a clinic wants to reach, by indicator.
func (s *Service) Targets(ctx context.Context, org string) (out map[string]int, err error) {
	var own map[string]int
	err = s.db.Read(ctx, org, func(tx *db.Tx) error { own, err = targets(ctx, tx); return err })
	out = map[string]int{}
	for _, d := range defs {
		out[d.ID] = d.Target
		if n, ok := own[d.ID]; ok {
			out[d.ID] = n
		}
	}
	return out, err
}

// SetTarget says what is to be reached, in percent; 0 for nothing.
func (s *Service) SetTarget(ctx context.Context, a access.Actor, id string, percent int, key string) (err error) {
	defer fault.Wrap(&err, "report.SetTarget")
	g, err := access.Check(a, needTarget)
	if err != nil {
		return err
	}
	d, ok := DefOf(id)
	if !ok {
		return fault.Missing("indicator")
	}
	if d.Shape != Share || percent < 0 || percent > 100 {
		return fault.Wrong(fault.At("target", "report.error.target"))
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "report.target:"+id, func() (string, error) {
			if err := putTarget(ctx, tx, id, percent); err != nil {
				return "", err
			}
			return id, s.note(ctx, tx, a, g.Role, "target", "indicator", id, "")
		})
		return err
	})
}

// Point is an indicator in one of the periods that came out.
type Point struct {
	Period Period
	Line
}

// Trend is an indicator in all months that came out, the oldest first.
func (s *Service) Trend(ctx context.Context, a access.Actor, id string) (d Def, out []Point, err error) {
	defer fault.Wrap(&err, "report.Trend")
	if _, err := access.Check(a, needSee); err != nil {
		return d, nil, err
	}
	d, ok := DefOf(id)
	if !ok || s.sources[id] == nil {
		return d, nil, fault.Missing("indicator")
	}
	list, err := s.releasesOf(ctx, a.Org)
	if err != nil {
		return d, nil, err
	}
	want, err := s.Targets(ctx, a.Org)
	if err != nil {
		return d, nil, err
	}
	for _, r := range list {
		if f, ok := r.By[id]; ok && r.Period.N == 1 {
			out = append(out, Point{r.Period, d.line(f, CircleOf(a), want[id])})
		}
	}
	slices.SortFunc(out, func(a, b Point) int { return int(a.Period.From - b.Period.From) })
	return d, out, nil
}

// Target is what the clinic wants to reach of one indicator.
func (s *Service) Target(ctx context.Context, a access.Actor, id string) (int, error) {
	want, err := s.Targets(ctx, a.Org)
	return want[id], err
}
