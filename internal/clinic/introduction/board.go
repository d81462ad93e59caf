// What staff see: the live board of what has to be done, most overdue first, and
// one introduction in full.
package introduction

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

const pageSize = 50

// Filters of the board.
const (
	BoardToday = "today" // late, or due before the day ends
	BoardLate  = "late"
	BoardOpen  = "open"  // everything that is not ended
	BoardEnded = "ended" // newest end first
)

// BoardIn asks for a page.
type BoardIn struct {
	Filter string // filter; empty means today
	Owner  string // owner: clinic or group; empty means both
	Site   string // site: id; empty means all
	After  string // after: cursor of the page before
}

// BoardItem is one line. Person is empty for clinicians, who see states only,
// and for introductions whose person was erased.
type BoardItem struct {
	ID        string
	Person    Person // name, language, contact; no interest that could endanger
	Group     string // id
	Mode      Mode
	State     State
	Quiet     bool // the person did not agree that the clinic hears more than this
	Site      string
	Began     time.Time
	HandoffAt time.Time
	Next      Next
	Late      bool
	Level     Level
	Asked     string // account that is asked about a late one
	Outcome   Ending // of one that has ended
	Ended     time.Time
}

// BoardPage is a page of the board. Next is empty on the last one.
type BoardPage struct {
	Items   []BoardItem
	After   string
	Late    int // of the whole site, whatever the filter
	Today   int
	Version int64
}

// Board lists what has to be done. A person on it counts as looked at once a day
// and member of staff; the board reloads by itself.
func (s *Service) Board(ctx context.Context, a access.Actor, in BoardIn) (p BoardPage, err error) {
	defer fault.Wrap(&err, "introduction.Board")
	g, err := access.Check(a, needBoard)
	if err != nil {
		return p, err
	}
	now := s.clock.Now()
	cal := s.calendar(ctx, a.Org)
	f, err := in.filter(now, cal)
	if err != nil {
		return p, err
	}
	var rows []row
	var unseen []audit.Event
	day := now.In(cal.zone()).Format(time.DateOnly)
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		p, rows, unseen = BoardPage{}, nil, nil
		if rows, err = boardRows(ctx, tx, f); err != nil {
			return err
		}
		if len(rows) == f.limit {
			rows = rows[:f.limit-1]
			last := rows[len(rows)-1]
			p.After = cursor(last, f.ended)
		}
		if err := s.boardPage(ctx, tx, g, rows, now, &p); err != nil {
			return err
		}
		if p.Late, err = countBoard(ctx, tx, f.site, 0, db.Micros(now)); err != nil {
			return err
		}
		if p.Today, err = countBoard(ctx, tx, f.site, db.Micros(now), db.Micros(cal.EndOfDay(now))); err != nil {
			return err
		}
		if p.Version, err = version(ctx, tx); err != nil {
			return err
		}
		if g.Role != access.Clinician {
			unseen, err = s.unseen(ctx, tx, a, g, rows, day)
		}
		return err
	})
	if err != nil || len(unseen) == 0 {
		return p, err
	}
	return p, s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		for _, e := range unseen {
			if err := markSeen(ctx, tx, a.Name(), e.ResourceID, day); err != nil {
				return err
			}
		}
		return s.audit.WriteMany(ctx, tx, unseen)
	})
}

func (s *Service) unseen(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, rows []row, day string) (out []audit.Event, err error) {
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.id)
	}
	seen, err := seenToday(ctx, tx, a.Name(), day, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.person != "" && !slices.Contains(seen, r.id) {
			out = append(out, s.looked(a, g, r, "board"))
		}
	}
	return out, nil
}

func (in BoardIn) filter(now time.Time, cal Calendar) (f boardFilter, err error) {
	f.limit = pageSize + 1 // one more tells whether there is another page
	switch in.Filter {
	case "", BoardToday:
		f.until = db.Micros(cal.EndOfDay(now))
	case BoardLate:
		f.until = db.Micros(now)
	case BoardOpen:
		f.until = 1<<63 - 1
	case BoardEnded:
		f.ended, f.until = true, 1<<63-1
	default:
		return f, fault.Wrong(fault.At("filter", "introduction.error.choose"))
	}
	switch Owner(in.Owner) {
	case "", OwnerClinic, OwnerGroup:
		f.owner = Owner(in.Owner)
	default:
		return f, fault.Wrong(fault.At("owner", "introduction.error.choose"))
	}
	if !siteCode.MatchString(in.Site) {
		return f, fault.Wrong(fault.At("site", "introduction.error.choose"))
	}
	f.site = in.Site
	if in.After != "" {
		var ok bool
		if f.afterDue, f.afterID, ok = readCursor(in.After); !ok {
			return f, fault.Wrong(fault.At("after", "fault.invalid"))
		}
	}
	return f, nil
}

func cursor(r row, ended bool) string {
	at := r.due
	if ended {
		at = r.ended
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(db.Micros(at), 10) + "|" + r.id))
}

func readCursor(s string) (due int64, id string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) > 100 {
		return 0, "", false
	}
	num, id, ok := strings.Cut(string(b), "|")
	due, err = strconv.ParseInt(num, 10, 64)
	return due, id, ok && err == nil
}

func (s *Service) boardPage(ctx context.Context, tx *db.Tx, g access.Granted, rows []row, now time.Time, p *BoardPage) error {
	live, err := s.liveOf(ctx, tx, rows)
	if err != nil {
		return err
	}
	people := make([]Person, len(rows))
	if g.Role != access.Clinician {
		if people, err = s.openPage(ctx, tx.Org(), rows); err != nil {
			return err
		}
	}
	v, err := settings(ctx, tx)
	if err != nil {
		return err
	}
	for i, r := range rows {
		it := BoardItem{ID: r.id, Person: people[i].discreet(), Group: r.group, Mode: r.mode, Site: r.site, Began: r.began, HandoffAt: r.handoffAt,
			Next: r.next(), Late: r.next().Late(now), Level: r.level, Ended: r.ended}
		it.State, it.Outcome, it.Quiet = quiet(r.state, r.ending, live[r.person])
		if it.Late {
			it.Asked = Answerable(max(r.level, Reminded), r.owner, v.EscalationAccount)
		}
		p.Items = append(p.Items, it)
	}
	return nil
}

// discreet leaves out interests that could endanger somebody next to a name.
func (p Person) discreet() Person {
	p.Topics = slices.DeleteFunc(slices.Clone(p.Topics), func(t string) bool { return directory.Topic(t).HighRisk() })
	return p
}

// Version is a cheap number that changes whenever the clinic's board may have.
func (s *Service) Version(ctx context.Context, org string) (n int64, err error) {
	err = s.db.Read(ctx, org, func(tx *db.Tx) error {
		n, err = version(ctx, tx)
		return err
	})
	return n, err
}

// View is one introduction in full, for navigators and organizers.
type View struct {
	BoardItem
	Person     Person
	Ending     Ending
	Reason     Reason
	RedirectTo string // suggested group, id
	Owner      string // account
	Sent       time.Time
	UndoUntil  time.Time // zero when it cannot be undone
	Steps      []Step
	Attempts   []Attempt
	Handoffs   []Handoff
	Consents   []consent.Consent
	Recalls    []Recall
	Can        []Verb
	AskedStop  bool
	Exhausted  bool // the agreed attempts came to nothing: "could not reach" is proposed
	Carry      CarryState
}

// Show opens one introduction. It is audited, and the person sees that.
func (s *Service) Show(ctx context.Context, a access.Actor, intro string) (v View, err error) {
	defer fault.Wrap(&err, "introduction.Show(%s)", intro)
	g, err := access.Check(a, needRead)
	if err != nil {
		return v, err
	}
	if g.Scope != access.Org {
		return v, fault.Missing("not for this scope")
	}
	zone := s.zone(ctx, a.Org)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		r, sh, err := s.load(ctx, tx, a, g, intro)
		if err != nil {
			return err
		}
		clocks, _, err := s.clocksFor(ctx, tx, zone)
		if err != nil {
			return err
		}
		var p BoardPage
		if err := s.boardPage(ctx, tx, g, []row{r}, s.clock.Now(), &p); err != nil {
			return err
		}
		v = View{BoardItem: p.Items[0], Ending: r.ending, Reason: r.reason, RedirectTo: r.redirectTo, Owner: r.owner, Sent: r.sent,
			Can: Can(r.state, party(g)), AskedStop: !r.askedStop.IsZero()}
		if v.Quiet {
			v.Ending, v.Can = "", nil
		}
		if v.Carry, err = s.carryState(ctx, tx, g, r); err != nil {
			return err
		}
		if err := s.details(ctx, tx, a, r, sh, clocks, &v); err != nil {
			return err
		}
		return s.audit.Write(ctx, tx, s.looked(a, g, r, "view"))
	})
	return v, err
}

func (s *Service) details(ctx context.Context, tx *db.Tx, a access.Actor, r row, sh share, c Clocks, v *View) (err error) {
	if r.person != "" {
		if v.Person, err = s.open(ctx, tx.Org(), r); err != nil {
			return err
		}
		if v.Consents, err = s.consent.ForSubject(ctx, tx, a, r.person); err != nil {
			return err
		}
	}
	if v.Steps, err = stepsOf(ctx, tx, r.id); err != nil {
		return err
	}
	if v.Attempts, err = attemptsOf(ctx, tx, r.id, sh.id); err != nil {
		return err
	}
	if v.Handoffs, err = handoffsOf(ctx, tx, r.id); err != nil {
		return err
	}
	if v.Recalls, err = s.recallsFor(ctx, tx, r.receiptHash); err != nil {
		return err
	}
	if v.Quiet { // the history would say it, and so would a yes that is asked after the meeting
		v.Consents = slices.DeleteFunc(v.Consents, func(c consent.Consent) bool { return c.Purpose == consent.OrganizingRecord })
		v.Steps = slices.DeleteFunc(v.Steps, func(st Step) bool { return st.To.Met() || st.From.Met() })
	}
	now := s.clock.Now()
	if r.state == Sent && now.Sub(r.sent) <= UndoTime {
		v.UndoUntil = r.sent.Add(UndoTime)
	} else {
		v.Can = slices.DeleteFunc(v.Can, func(x Verb) bool { return x == VerbUndo })
	}
	v.Exhausted = r.state == Contacting && c.Exhausted(v.Attempts)
	return nil
}

func (s *Service) recallsFor(ctx context.Context, tx *db.Tx, receipt string) ([]Recall, error) {
	list, err := recallsByReceipt(ctx, tx, receipt)
	if err != nil {
		return nil, err
	}
	var out []Recall
	for _, r := range list {
		out = append(out, r.public(s.clock.Now()))
	}
	return out, nil
}
