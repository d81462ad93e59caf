// The verbs: writing hours down, looking at one's own week, the month's report,
// funds, and a reminder for those who want one.
package effort

import (
	"cmp"
	"context"
	"embed"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
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
	Zone    func(ctx context.Context, org string) *time.Location // optional: UTC without it
	Notices *notify.Notifier                                     // optional: without it nobody is reminded
	Room    string                                               // of accounts, for notices
}

// Service holds the verbs. It is safe for concurrent use.
type Service struct{ d Deps }

// New builds the service.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = func(context.Context, string) *time.Location { return time.UTC }
	}
	return &Service{d}
}

// What the verbs need. Rows of the access table carry the same names.
var (
	needWrite  = access.Need{Resource: "effort", Action: access.Create}
	needRead   = access.Need{Resource: "effort", Action: access.Read}
	needChange = access.Need{Resource: "effort", Action: access.Update}
	needExport = access.Need{Resource: "effort", Action: access.Export}
)

// note writes the audit row of a verb: codes and ids only.
func (s *Service) note(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, action, id, reason string) error {
	return s.d.Audit.Write(ctx, tx, audit.Event{Org: tx.Org(), Actor: a.Name(), Role: string(g.Role), Action: action, Resource: "effort", ResourceID: id, Reason: reason, Request: a.Request})
}

func (s *Service) once(ctx context.Context, a access.Actor, key, action string, fn func(tx *db.Tx) (string, error)) error {
	return s.d.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		_, err := idem.Once(ctx, tx, s.d.Clock.Now(), a.Name(), key, action, func() (string, error) { return fn(tx) })
		return err
	})
}

// Today is the day in the clinic.
func (s *Service) Today(ctx context.Context, org string) string {
	return s.d.Clock.Now().In(s.d.Zone(ctx, org)).Format(time.DateOnly)
}

func fundCell(org string, f fundRow) vault.Cell {
	return vault.Cell{Org: org, Table: "effort_fund", Column: "sealed", Row: f.ID, Version: f.version}
}

func (s *Service) funds(ctx context.Context, tx *db.Tx) (out []Fund, rows []fundRow, err error) {
	rows, err = funds(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	cells, sealed := make([]vault.Cell, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		cells[i], sealed[i] = fundCell(tx.Org(), r), r.sealed
	}
	opened, err := s.d.Vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return nil, nil, err
	}
	for i, o := range opened {
		rows[i].Name = o.Plain
		out = append(out, rows[i].Fund)
	}
	slices.SortFunc(out, func(a, b Fund) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return out, rows, nil
}

// EntryIn is some hours as typed; fields are named as in the form.
type EntryIn struct {
	Day   string // day
	Hours string // hours
	Class string // class
	Fund  string // fund
	Sure  bool   // sure: the warning was read
	Key   string // _key
}

// Write writes one's own hours down. Lobbying on a federal fund is refused.
func (s *Service) Write(ctx context.Context, a access.Actor, in EntryIn) (err error) {
	defer fault.Wrap(&err, "effort.Write")
	g, err := access.Check(a, needWrite)
	if err != nil {
		return err
	}
	if a.Account == "" {
		return fault.Denied("hours belong to an account")
	}
	today := s.Today(ctx, a.Org)
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	minutes, ok := ParseHours(in.Hours)
	at(!ok, "hours", "effort.error.hours")
	_, derr := time.Parse(time.DateOnly, in.Day)
	at(derr != nil || in.Day > today || in.Day < Later(today, -92), "day", "effort.error.day")
	class := Class(in.Class)
	at(!slices.Contains(Classes(), class), "class", "contact.error.choose")
	at(in.Fund == "", "fund", "effort.error.fund")
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.once(ctx, a, in.Key, "effort.write", func(tx *db.Tx) (string, error) {
		_, list, err := s.funds(ctx, tx)
		if err != nil {
			return "", err
		}
		n := slices.IndexFunc(list, func(f fundRow) bool { return f.ID == in.Fund && f.Open })
		if n < 0 {
			return "", fault.Wrong(fault.At("fund", "effort.error.fund"))
		}
		switch bar := Against(class, list[n].Kind); {
		case bar == LobbyFederal:
			return "", fault.Wrong(fault.At("fund", "effort.bar.lobby_federal"))
		case bar == VotersS330 && !in.Sure:
			return "", fault.Wrong(fault.At("sure", "effort.bar.voters_s330"))
		}
		have, err := minutesOn(ctx, tx, a.Account, in.Day)
		if err != nil {
			return "", err
		}
		if have+minutes > dayMost {
			return "", fault.Wrong(fault.At("hours", "effort.error.hours"))
		}
		now := s.d.Clock.Now()
		e := Entry{ID: id.New(now), Day: in.Day, Minutes: minutes, Class: class, Fund: in.Fund}
		if err := putEntry(ctx, tx, a.Account, e, db.Micros(now)); err != nil {
			return "", err
		}
		return e.ID, s.note(ctx, tx, a, g, "write", e.ID, string(class))
	})
}

// Remove takes one's own entry away.
func (s *Service) Remove(ctx context.Context, a access.Actor, entry, key string) (err error) {
	defer fault.Wrap(&err, "effort.Remove(%s)", entry)
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	return s.once(ctx, a, key, "effort.remove:"+entry, func(tx *db.Tx) (string, error) {
		n, err := drop(ctx, tx, a.Account, entry)
		if err == nil && n == 0 {
			err = fault.Missing("not theirs")
		}
		if err != nil {
			return "", err
		}
		return entry, s.note(ctx, tx, a, g, "remove", entry, "")
	})
}

// Week is somebody's own week, and what the form begins with.
type Week struct {
	From    string
	Entries []Entry
	Funds   []Fund // all, the closed ones for their names
	Last    Entry  // what they wrote last
	Remind  bool
	Over    bool // lobbying took more than a twentieth of the clinic's month
}

// Week returns the week of a day: one's own entries and nobody else's.
func (s *Service) Week(ctx context.Context, a access.Actor, day string) (w Week, err error) {
	defer fault.Wrap(&err, "effort.Week")
	if _, err := access.Check(a, needWrite); err != nil {
		return w, err
	}
	err = s.d.DB.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		w = Week{From: Monday(day)}
		if w.Entries, err = entries(ctx, tx, a.Account, w.From, Later(w.From, 7)); err != nil {
			return err
		}
		if w.Funds, _, err = s.funds(ctx, tx); err != nil {
			return err
		}
		list, err := last(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			w.Last = list[0]
		}
		if w.Remind, err = reminded(ctx, tx, a.Account); err != nil {
			return err
		}
		r, err := s.month(ctx, tx, MonthOf(s.Today(ctx, a.Org)))
		w.Over = r.Over()
		return err
	})
	return w, err
}

func (s *Service) month(ctx context.Context, tx *db.Tx, month string) (r Report, err error) {
	from := month + "-01"
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return r, err
	}
	until := first.AddDate(0, 1, 0).Format(time.DateOnly)
	r.Month = month
	if r.Cells, err = cells(ctx, tx, from, until); err != nil {
		return r, err
	}
	if r.Staff, err = staff(ctx, tx, from, until); err != nil {
		return r, err
	}
	all, _, err := s.funds(ctx, tx)
	for _, f := range all {
		if r.ByFund(f.ID) > 0 {
			r.Funds = append(r.Funds, f)
		}
	}
	return r, err
}

// Month is the report of a month. Whoever reads counts only gets none when so few
// people wrote hours that a sum would tell what somebody did: Few is then true.
func (s *Service) Month(ctx context.Context, a access.Actor, month string) (r Report, few bool, err error) {
	defer fault.Wrap(&err, "effort.Month(%s)", month)
	g, err := access.Check(a, needRead)
	if err != nil {
		return r, false, err
	}
	if g.Scope == access.Self {
		return r, false, fault.Denied("the report is not for those who see their own hours only")
	}
	if !isMonth(month) {
		return r, false, fault.Missing("no such month")
	}
	err = s.d.DB.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		r, err = s.month(ctx, tx, month)
		return err
	})
	if err == nil && g.Scope == access.Agg && r.Staff < staffLeast {
		return Report{Month: month}, r.Total() > 0, nil
	}
	return r, false, err
}

// Export writes a month as a table.
func (s *Service) Export(ctx context.Context, a access.Actor, month string) (file []byte, err error) {
	defer fault.Wrap(&err, "effort.Export(%s)", month)
	g, err := access.Check(a, needExport)
	if err != nil {
		return nil, err
	}
	if !isMonth(month) {
		return nil, fault.Missing("no such month")
	}
	var b strings.Builder
	err = s.d.DB.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, err := s.month(ctx, tx, month)
		if err != nil {
			return err
		}
		b.Reset()
		w := sheet.NewWriter(&b)
		w.Row("month", "class", "fund", "fund_kind", "minutes")
		for _, c := range Classes() {
			for _, f := range r.Funds {
				if n := r.At(c, f.ID); n > 0 {
					w.Row(month, string(c), f.Name, string(f.Kind), n)
				}
			}
		}
		if err := w.Close(); err != nil {
			return err
		}
		return s.note(ctx, tx, a, g, "export", "", month)
	})
	return []byte(b.String()), err
}

// Funds lists the funds for whoever keeps them.
func (s *Service) Funds(ctx context.Context, a access.Actor) (out []Fund, err error) {
	defer fault.Wrap(&err, "effort.Funds")
	if err := keeps(a); err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, a.Org, func(tx *db.Tx) (err error) {
		out, _, err = s.funds(ctx, tx)
		return err
	})
	return out, err
}

// keeps reports whether the actor keeps the clinic's list of funds.
func keeps(a access.Actor) error {
	g, err := access.Check(a, needChange)
	if err == nil && g.Scope != access.Org && g.Scope != access.All {
		err = fault.Denied("only the clinic's leader keeps the funds")
	}
	return err
}

// FundIn is a fund as typed.
type FundIn struct {
	ID   string // empty: a new one
	Name string // name
	Kind string // kind
	Open bool   // open
	Key  string // _key
}

const (
	nameMost  = 80
	fundsMost = 60
)

// SaveFund writes a fund. One that is closed keeps its hours and takes no more.
func (s *Service) SaveFund(ctx context.Context, a access.Actor, in FundIn) (err error) {
	defer fault.Wrap(&err, "effort.SaveFund(%s)", in.ID)
	g, err := access.Check(a, needChange)
	if err != nil {
		return err
	}
	if err := keeps(a); err != nil {
		return err
	}
	in.Name = strings.Join(strings.Fields(in.Name), " ")
	var bad []fault.Field
	if in.Name == "" || utf8.RuneCountInString(in.Name) > nameMost {
		bad = append(bad, fault.At("name", "effort.error.name", "Most", nameMost))
	}
	if !slices.Contains(FundKinds(), FundKind(in.Kind)) {
		bad = append(bad, fault.At("kind", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.once(ctx, a, in.Key, "effort.fund:"+in.ID, func(tx *db.Tx) (string, error) {
		rows, err := funds(ctx, tx)
		if err != nil {
			return "", err
		}
		f := fundRow{Fund: Fund{ID: id.New(s.d.Clock.Now())}, made: db.Micros(s.d.Clock.Now())}
		if in.ID != "" {
			n := slices.IndexFunc(rows, func(r fundRow) bool { return r.ID == in.ID })
			if n < 0 {
				return "", fault.Missing("no such fund")
			}
			f = rows[n]
		} else if len(rows) >= fundsMost {
			return "", fault.Wrong(fault.At("name", "effort.error.funds", "Most", fundsMost))
		}
		f.Kind, f.Open = FundKind(in.Kind), in.Open || in.ID == ""
		f.version++
		if f.sealed, err = s.d.Vault.Seal(ctx, fundCell(tx.Org(), f), in.Name); err != nil {
			return "", err
		}
		if err := putFund(ctx, tx, f); err != nil {
			return "", err
		}
		return f.ID, s.note(ctx, tx, a, g, "fund", f.ID, in.Kind)
	})
}

// Remind says whether one wants a message on Fridays when the week is empty.
func (s *Service) Remind(ctx context.Context, a access.Actor, on bool, key string) (err error) {
	defer fault.Wrap(&err, "effort.Remind")
	g, err := access.Check(a, needWrite)
	if err != nil {
		return err
	}
	if a.Account == "" {
		return fault.Denied("hours belong to an account")
	}
	return s.once(ctx, a, key, "effort.remind", func(tx *db.Tx) (string, error) {
		if err := setReminder(ctx, tx, a.Account, on); err != nil {
			return "", err
		}
		return "", s.note(ctx, tx, a, g, "remind", "", "")
	})
}

// Register names the room's job to the queue.
func (s *Service) Register(q *job.Queue) {
	q.Every("effort.remind", 24*time.Hour, func(ctx context.Context, _ time.Time) error { return s.Nudge(ctx) })
}

// Nudge reminds, on Fridays, those who asked for it and wrote nothing this week.
func (s *Service) Nudge(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "effort.Nudge")
	if s.d.Notices == nil {
		return nil
	}
	var orgs []string
	err = s.d.DB.Read(ctx, db.AllOrgs, func(tx *db.Tx) (err error) {
		orgs, err = organizations(ctx, tx)
		return err
	})
	for _, org := range orgs {
		if err != nil {
			return err
		}
		now := s.d.Clock.Now().In(s.d.Zone(ctx, org))
		if now.Weekday() != time.Friday {
			continue
		}
		from := Monday(now.Format(time.DateOnly))
		err = s.d.DB.Write(ctx, org, func(tx *db.Tx) error {
			list, err := silent(ctx, tx, from)
			for _, account := range list {
				if err == nil {
					err = s.d.Notices.Enqueue(ctx, tx, notify.Notice{Kind: notify.StaffReminder, To: notify.Ref{Room: s.d.Room, ID: account}, Key: "effort:" + account + ":" + from})
				}
			}
			return err
		})
	}
	return err
}
