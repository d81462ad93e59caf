// Making a report: for whom, of which period, in which words; a public one comes out
// with the yes of a second person.
package report

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// Words are what people write into a report; the numbers come from the release.
type Words struct {
	Title   string         `json:"title"`
	Lang    string         `json:"lang"`
	Intro   string         `json:"intro,omitempty"`   // what this is about
	Learned string         `json:"learned,omitempty"` // what we learned, and what we do next
	Shows   []string       `json:"shows,omitempty"`   // indicators, as they were when it was finished
	Targets map[string]int `json:"targets,omitempty"` // the same
}

// Report is a report without its numbers.
type Report struct {
	ID         string
	Version    Version
	Period     Period
	State      State
	MadeBy     string // accounts
	AskedBy    string
	ApprovedBy string
	Made       time.Time
	Ended      time.Time // when it was finished, published or withdrawn
	No         int64     // counts changes
	Words
}

// Full is a report with its numbers, as it may be read.
type Full struct {
	Report
	At    time.Time // when the numbers came out
	Lines []Line
	Waves []Wave
}

const (
	longestTitle = 100
	longestWords = 4000
)

func cell(org, report string, no int64) vault.Cell {
	return vault.Cell{Org: org, Table: "report_report", Column: "sealed", Row: report, Version: no}
}

func (s *Service) store(ctx context.Context, tx *db.Tx, r *row) error {
	plain, err := json.Marshal(r.Words)
	if err != nil {
		return err
	}
	r.No++
	if r.sealed, err = s.vault.Seal(ctx, cell(tx.Org(), r.ID, r.No), string(plain)); err != nil {
		return err
	}
	return put(ctx, tx, *r)
}

func (s *Service) open(ctx context.Context, org string, rows []row) (out []Report, err error) {
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = cell(org, r.ID, r.No), r.sealed
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, err
	}
	for i, o := range opened {
		if err := json.Unmarshal([]byte(o.Plain), &rows[i].Words); err != nil {
			return nil, err
		}
		out = append(out, rows[i].Report)
	}
	return out, nil
}

// MakeIn is the form of a report; fields are named as in the form.
type MakeIn struct {
	ID      string
	Version string // audience
	Period  string // period
	Title   string // title
	Lang    string // lang
	Intro   string // intro
	Learned string // learned
	No      int64
	Key     string
}

func (in *MakeIn) wrong(a access.Actor, periods []Period) (p Period, err error) {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	in.Title, in.Intro, in.Learned = contact.OneLine(in.Title), strings.TrimSpace(in.Intro), strings.TrimSpace(in.Learned)
	long := func(t string, most int) bool { return utf8.RuneCountInString(t) > most }
	p, ok := ParsePeriod(in.Period)
	at(in.ID == "" && !(slices.Contains(Versions(), Version(in.Version)) && (Version(in.Version) != ForTeam || CircleOf(a) == Team)), "audience", "contact.error.choose")
	at(in.ID == "" && (!ok || !slices.Contains(periods, p)), "period", "contact.error.choose")
	at(in.Title == "" || long(in.Title, longestTitle), "title", "report.error.title")
	at(!i18n.Supported(in.Lang), "lang", "contact.error.choose")
	at(long(in.Intro, longestWords), "intro", "report.error.long")
	at(long(in.Learned, longestWords), "learned", "report.error.long")
	if len(bad) > 0 {
		return p, fault.Wrong(bad...)
	}
	return p, nil
}

// Save makes a report, or changes one that is not finished.
func (s *Service) Save(ctx context.Context, a access.Actor, in MakeIn) (made string, err error) {
	defer fault.Wrap(&err, "report.Save")
	need := needMake
	if in.ID != "" {
		need = needChange
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	p, err := in.wrong(a, Periods(now, s.zone(ctx, a.Org)))
	if err != nil {
		return "", err
	}
	if in.ID == "" {
		if _, err := s.release(ctx, a.Org, p); err != nil {
			return "", err
		}
	}
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), in.Key, "report.save:"+in.ID, func() (string, error) {
			r := row{Report: Report{ID: in.ID, Version: Version(in.Version), Period: p, State: Draft, MadeBy: a.Account, Made: now}}
			if in.ID == "" {
				r.ID = id.New(now)
			} else {
				if r, err = byID(ctx, tx, CircleOf(a), in.ID); err != nil {
					return "", err
				}
				if r.State != Draft {
					return "", fault.Clash("report.error.state_" + string(r.State))
				}
				if in.No != 0 && in.No != r.No {
					return "", fault.Clash("report.error.changed")
				}
			}
			r.Words = Words{Title: in.Title, Lang: in.Lang, Intro: in.Intro, Learned: in.Learned}
			if err := s.store(ctx, tx, &r); err != nil {
				return "", err
			}
			return r.ID, s.note(ctx, tx, a, g.Role, "save", "report", r.ID, string(r.Version))
		})
		return err
	})
	return made, err
}

// Acts lists what can be done with a report, and where it leads.
func Acts() map[string]State {
	return map[string]State{"finish": Final, "ask": Asked, "back": Draft, "publish": Published, "withdraw": Withdrawn}
}

// Do moves a report on. Whoever made a public report or asked for it to come out
// cannot be the one who says yes.
func (s *Service) Do(ctx context.Context, a access.Actor, which, act, key string) (err error) {
	defer fault.Wrap(&err, "report.Do(%s)", which)
	next, ok := Acts()[act]
	need := needChange
	if next == Published {
		need = needApprove
	}
	g, err := access.Check(a, need)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Invalid, "fault.form")
	}
	want, err := s.Targets(ctx, a.Org)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.clock.Now(), a.Name(), key, "report."+act+":"+which, func() (string, error) {
			r, err := byID(ctx, tx, CircleOf(a), which)
			if err != nil {
				return "", err
			}
			if !r.State.CanBecome(next, r.Version) {
				return "", fault.Clash("report.error.state_" + string(r.State))
			}
			if next == Published && (a.Account == r.MadeBy || a.Account == r.AskedBy) {
				return "", fault.Clash("report.error.second")
			}
			rows := []row{r}
			if _, err := s.open(ctx, tx.Org(), rows); err != nil {
				return "", err
			}
			r = rows[0]
			switch r.State = next; next {
			case Asked:
				r.AskedBy = a.Account
			case Published:
				r.ApprovedBy = a.Account
			}
			if next != Draft && next != Asked {
				r.Ended = s.clock.Now()
			}
			if next == Final || next == Asked {
				r.Shows, r.Targets = slices.Clone(shows[r.Version]), want
			}
			if err := s.store(ctx, tx, &r); err != nil {
				return "", err
			}
			return which, s.note(ctx, tx, a, g.Role, act, "report", which, string(r.Version))
		})
		return err
	})
}

// List returns the reports that the actor's circle may read, the latest first.
func (s *Service) List(ctx context.Context, a access.Actor) (out []Report, err error) {
	defer fault.Wrap(&err, "report.List")
	if _, err := access.Check(a, needSee); err != nil {
		return nil, err
	}
	var rows []row
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error { rows, err = list(ctx, tx, CircleOf(a)); return err }); err != nil {
		return nil, err
	}
	return s.open(ctx, a.Org, rows)
}

// Get returns a report with its numbers, for those who work here.
func (s *Service) Get(ctx context.Context, a access.Actor, which string) (out Full, err error) {
	defer fault.Wrap(&err, "report.Get(%s)", which)
	if _, err := access.Check(a, needSee); err != nil {
		return out, err
	}
	return s.full(ctx, a.Org, CircleOf(a), which)
}

func (s *Service) full(ctx context.Context, org string, c Circle, which string) (out Full, err error) {
	var rows []row
	if err := s.db.Read(ctx, org, func(tx *db.Tx) error {
		r, err := byID(ctx, tx, c, which)
		rows = []row{r}
		return err
	}); err != nil {
		return out, err
	}
	opened, err := s.open(ctx, org, rows)
	if err != nil {
		return out, err
	}
	out.Report = opened[0]
	sight := Sight{Circle: out.Version.Circle()}
	if err := s.fill(ctx, org, out.Period, &sight); err != nil {
		return out, err
	}
	out.At = sight.At
	for _, x := range sight.Waves {
		if out.Version.Tells(x.Group) {
			out.Waves = append(out.Waves, x)
		}
	}
	ids := out.Shows
	if len(ids) == 0 {
		ids = shows[out.Version]
	}
	for _, l := range sight.Lines {
		if !slices.Contains(ids, l.ID) {
			continue
		}
		if out.Targets != nil {
			l.Target = out.Targets[l.ID]
		}
		out.Lines = append(out.Lines, l)
	}
	return out, nil
}

// Public lists what everybody can read.
func (s *Service) Public(ctx context.Context, a access.Actor) (out []Report, err error) {
	defer fault.Wrap(&err, "report.Public")
	if _, err := access.Check(a, needRead); err != nil {
		return nil, err
	}
	var rows []row
	if err := s.db.Read(ctx, a.Org, func(tx *db.Tx) error { rows, err = public(ctx, tx); return err }); err != nil {
		return nil, err
	}
	return s.open(ctx, a.Org, rows)
}

// Read returns a published report for everybody. One that was taken back is
// fault.Gone; any other is as if it never was.
func (s *Service) Read(ctx context.Context, a access.Actor, which string) (out Full, err error) {
	defer fault.Wrap(&err, "report.Read(%s)", which)
	if _, err := access.Check(a, needRead); err != nil {
		return out, err
	}
	out, err = s.full(ctx, a.Org, Outside, which)
	switch {
	case err != nil:
		return Full{}, err
	case out.Version == ForPublic && out.State == Withdrawn && out.ApprovedBy != "":
		return Full{}, fault.Ended("report.error.withdrawn")
	case out.Version != ForPublic || out.State != Published:
		return Full{}, fault.Missing("report is not public")
	}
	return out, nil
}

// Export is Get for taking away as a table; it is audited.
func (s *Service) Export(ctx context.Context, a access.Actor, which string) (out Full, err error) {
	defer fault.Wrap(&err, "report.Export(%s)", which)
	g, err := access.Check(a, needExport)
	if err != nil {
		return out, err
	}
	if out, err = s.full(ctx, a.Org, CircleOf(a), which); err != nil {
		return out, err
	}
	return out, s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		return s.note(ctx, tx, a, g.Role, "export", "report", which, "")
	})
}
