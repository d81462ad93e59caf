// A turn of the cycle: its picture, its next gate, its issues, what it learned.

package cycleweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// needView is one thing that must have happened, and whether it has.
type needView struct {
	Met  bool
	Text string
}

// gateView is the way to the next phase.
type gateView struct {
	To, Title string
	Needs     []needView
	Open      bool
}

type issueLine struct {
	URL, Title, Text, Clock string
	State                   Pill
	Phase                   string
	Late                    bool
}

type lessonView struct {
	Title, Learned, URL string
	State, Choice       Pill
}

type boardPage struct {
	ID, Name, About     string
	Phase               Pill
	Dates               string
	Next                *next
	Gate                *gateView
	Picture             *drawing
	Issues, Parked      []issueLine
	Candidates          int
	Settle              []Link
	Teams, Campaigns    []Link
	Doings              []Link
	Before              *Link
	After               []Link
	Lessons             []lessonView
	History             []Event
	Handed              []handedView
	MayTurn, MayNext    bool
	MayPropose, MayKeep bool
	Closed              bool
	Round               string // address of the turn's own evaluation
}

func (h *Web) board(w http.ResponseWriter, r *web.Request) error {
	d, err := h.boardOf(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/board", d)
}

func (h *Web) boardOf(r *web.Request) (d boardPage, err error) {
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return d, err
	}
	l := r.Localizer()
	d = boardPage{ID: b.ID, Name: b.Name, About: b.About, Phase: phase(r, b.Phase), Closed: b.Phase == cycle.Closed, Picture: picture(r, b),
		Dates: r.T("cycle.began", "Date", l.ShortDate(b.Began, r.Zone())), MayTurn: may(r, "cycle", access.Update), MayPropose: may(r, "issue", access.Create) && b.Phase != cycle.Closed,
		MayKeep: may(r, "notebook", access.Read), MayNext: may(r, "cycle", access.Create) && b.Phase.At() >= cycle.Evaluating.At()}
	if d.Closed {
		d.Dates = r.T("cycle.from_to", "From", l.ShortDate(b.Began, r.Zone()), "To", l.ShortDate(b.Ended, r.Zone()))
	} else {
		d.Next = &next{Owner: h.somebody(r, b.Keeper), Act: r.T("cycle.next." + string(b.Phase)), Kind: "wait"}
		d.Next.clock(r, b.Due)
	}
	d.Gate = gate(r, "cycle.", b.Gate, b.HasGate, b.Missing)
	for _, i := range b.Issues {
		line := h.line(r, i.Issue)
		if !i.Standing() {
			d.Parked = append(d.Parked, line)
			continue
		}
		d.Issues = append(d.Issues, line)
		if i.State == cycle.Proposed || i.State == cycle.Cut {
			d.Candidates++
		}
		if i.Phase == cycle.Evaluating && i.Choice == "" && may(r, "issue", access.Update) {
			d.Settle = append(d.Settle, Link{URL: "/issues/" + i.ID + "/settle", Label: i.Title})
		}
		d.Doings = append(d.Doings, h.doings(r, i.Doings)...)
	}
	for _, t := range b.Teams {
		d.Teams = append(d.Teams, Link{URL: h.address(r, "team:"+t.ID), Label: t.Name})
	}
	for _, c := range b.Campaigns {
		text := r.T("cycle.campaign.listening")
		if c.Told {
			text = r.T("cycle.campaign.told")
		}
		d.Campaigns = append(d.Campaigns, Link{URL: h.address(r, "campaign:"+c.ID), Label: c.Name, Text: text})
	}
	if b.From != "" {
		d.Before = &Link{URL: "/cycles/" + b.From, Label: b.Before.Name}
	}
	for _, c := range b.After {
		d.After = append(d.After, Link{URL: "/cycles/" + c.ID, Label: c.Name})
	}
	for _, x := range b.Lessons {
		d.Lessons = append(d.Lessons, lessonView{Title: x.Title, Learned: x.Learned, URL: "/issues/" + x.Issue, State: state(r, x.State), Choice: Pill{Kind: "info", Label: r.T("cycle.choice." + string(x.Choice))}})
	}
	titles := map[string]string{}
	for _, i := range b.Issues {
		titles[i.ID] = i.Title
	}
	if h.o.Round != nil {
		if d.Round, err = h.o.Round(r, b.Ref()); err != nil {
			return d, err
		}
	}
	d.History = h.history(r, b.History, titles, nil)
	d.Handed, err = h.handed(r, b.ID)
	return d, err
}

// line is an issue in a list.
func (h *Web) line(r *web.Request, i cycle.Issue) issueLine {
	out := issueLine{URL: "/issues/" + i.ID, Title: i.Title, Text: i.Problem, State: state(r, i.State), Phase: r.T("cycle.phase." + string(i.Phase)), Late: i.Late(r.Now())}
	switch {
	case i.State == cycle.Parked || i.State.Over():
		out.Text = i.Why
	case i.Asks().Whole():
		out.Text = sentence(r, i)
	}
	if at := i.Clock(); !at.IsZero() {
		out.Clock = r.Localizer().ShortDate(at, r.Zone())
	}
	return out
}

// doings are what was planned or done about issues.
func (h *Web) doings(r *web.Request, list []cycle.Doing) (out []Link) {
	for _, x := range list {
		said := r.T("cycle.doing.planned")
		switch {
		case x.Evaluated:
			said = r.T("cycle.doing.evaluated")
		case x.Held:
			said = r.T("cycle.doing.held")
		}
		when := ""
		if !x.At.IsZero() {
			when = r.Localizer().ShortDate(x.At, r.Zone()) + " · "
		}
		label := x.Name
		if label == "" {
			label = r.T("cycle.doing." + string(x.Kind))
		}
		out = append(out, Link{URL: h.address(r, x.Ref), Label: label, Text: when + r.T("cycle.doing."+string(x.Kind)) + " · " + said})
	}
	return out
}

// gate says what the way to the next phase waits for.
func gate(r *web.Request, of string, g cycle.Gate, there bool, missing []cycle.Need) *gateView {
	if !there {
		return nil
	}
	v := &gateView{To: string(g.To), Title: r.T("cycle.gate.to", "Phase", r.T("cycle.phase."+string(g.To))), Open: len(missing) == 0}
	for _, n := range g.Needs {
		key := of + "need." + string(n)
		v.Needs = append(v.Needs, needView{Met: !slices.Contains(missing, n), Text: r.T(key)})
	}
	return v
}

// picture draws where everything stands, and what opens each gate that is near.
func picture(r *web.Request, b cycle.Board) *drawing {
	t := chart.Track{ID: "turn", Title: r.T("cycle.picture"), RTL: i18n.Dir(r.Locale) == "rtl", Here: r.T("cycle.here"), Corner: r.T("cycle.column.phase"), Stands: r.T("cycle.column.issues"),
		OpensHow: r.T("cycle.column.opens"), Round: r.T("cycle.round")}
	standing := 0
	for _, p := range cycle.Phases() {
		stop := chart.Stop{Name: r.T("cycle.phase." + string(p)), Done: p.At() < b.Phase.At() || p == cycle.Closed && b.Phase == cycle.Closed, Now: p == b.Phase && p != cycle.Closed}
		var missing []cycle.Need
		g, some := cycle.GateFrom(p)
		near := stop.Now
		if stop.Now {
			missing = b.Missing
		}
		for _, i := range b.Issues {
			if !i.Standing() || i.Phase != p {
				continue
			}
			standing++
			stop.Marks = append(stop.Marks, chart.Mark{Label: i.Title, State: r.T("cycle.state." + string(i.State))})
			if !stop.Now {
				near = true
				for _, n := range i.Missing {
					if !slices.Contains(missing, n) {
						missing = append(missing, n)
					}
				}
			}
		}
		if some && near {
			var words []string
			for _, n := range g.Needs {
				if slices.Contains(missing, n) {
					words = append(words, r.T("cycle.opens."+string(n)))
				}
			}
			stop.Open = len(words) == 0
			if stop.Gate = r.T("cycle.gate.open"); !stop.Open {
				stop.Gate = r.T("cycle.gate.opens", "What", r.Localizer().List(words))
			}
		}
		t.Stops = append(t.Stops, stop)
	}
	t.Description = r.T("cycle.picture_says", "Phase", r.T("cycle.phase."+string(b.Phase)), "Count", standing)
	return &drawing{ID: t.ID, Title: t.Title, Summary: t.Description, SVG: t.Draw(), Table: t.Table()}
}

// history turns lines of the log into sentences.
func (h *Web) history(r *web.Request, list []cycle.Entry, titles map[string]string, words func(criterion string) string) (out []Event) {
	l := r.Localizer()
	for _, e := range list {
		who := r.T("cycle.by.system")
		if key := "account.role." + string(e.Role); l.Has(key) {
			who = r.T(key)
		}
		title := r.T("cycle.act."+e.Act, "Was", code(r, e.Was), "Becomes", code(r, e.Becomes))
		if e.Act == "score" {
			criterion, n, _ := strings.Cut(e.Becomes, " ")
			name := criterion
			switch {
			case words != nil && words(criterion) != "":
				name = words(criterion)
			case l.Has("cycle.criterion." + criterion):
				name = r.T("cycle.criterion." + criterion)
			default:
				name = r.T("cycle.criterion_own")
			}
			title = r.T("cycle.act.score", "What", name, "N", n)
		}
		if of := titles[e.Issue]; of != "" {
			title = r.T("cycle.act_of", "Issue", of, "What", title)
		}
		out = append(out, Event{Title: title, Text: e.Reason, When: l.Ago(e.At, r.Now(), r.Zone()), Exact: l.ShortDate(e.At, r.Zone()), ISO: e.At.UTC().Format(time.RFC3339), Who: who, Icon: "pen"})
	}
	return out
}

// code is the word for a phase or a state in the history.
func code(r *web.Request, c string) string {
	l := r.Localizer()
	for _, prefix := range []string{"cycle.state.", "cycle.phase.", "cycle.choice.", "cycle.set."} {
		if l.Has(prefix + c) {
			return r.T(prefix + c)
		}
	}
	return ""
}

// moveForm is the form of a move, of a cycle or of an issue.
type moveForm struct {
	Title, Action, Back, To, Reason, Due string
	Options                              []Option
	Gate                                 *gateView
	Lead                                 bool // a gate that is shut needs an organizer
	WithDue                              bool
}

// steps are the moves from a phase: on first, then back.
func steps(r *web.Request, from, least cycle.Phase, forward bool) (out []Option) {
	for _, p := range cycle.Phases() {
		switch from.StepTo(p) {
		case cycle.Forward:
			if forward {
				out = slices.Insert(out, 0, Option{Value: string(p), Label: r.T("cycle.move.on", "Phase", r.T("cycle.phase."+string(p)))})
			}
		case cycle.BackStep:
			if p.At() >= least.At() {
				out = append(out, Option{Value: string(p), Label: r.T("cycle.move.back", "Phase", r.T("cycle.phase."+string(p)))})
			}
		}
	}
	return out
}

func (h *Web) moveForm(r *web.Request) (moveForm, error) {
	b, err := h.s.Board(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return moveForm{}, err
	}
	return moveForm{Title: b.Name, Action: "/cycles/" + b.ID + "/move", Back: "/cycles/" + b.ID, To: string(b.Phase.Next()), Gate: gate(r, "cycle.", b.Gate, b.HasGate, b.Missing),
		Options: steps(r, b.Phase, cycle.PhaseZero, true), WithDue: true, Lead: true}, nil
}

func (h *Web) moving(w http.ResponseWriter, r *web.Request) error {
	d, err := h.moveForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/move", d)
}

func (h *Web) move(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	return h.moved(w, r, h.moveForm, h.s.Move, "/cycles/"+r.PathValue("id"))
}

// moved takes the form of a move, of a cycle or of an issue.
func (h *Web) moved(w http.ResponseWriter, r *web.Request, form func(*web.Request) (moveForm, error), do mover, back string) error {
	why, bad := r.Guarded("reason")
	d, err := form(r)
	if err != nil {
		return err
	}
	d.To, d.Reason, d.Due = r.Form("to"), why, r.Form("due")
	if len(bad) > 0 {
		return again(w, r, "cycle/move", d, wrong(bad))
	}
	if err := do(r.Context(), r.Actor, cycle.MoveIn{ID: r.PathValue("id"), To: cycle.Phase(d.To), Reason: why, Due: day(r, "due"), Key: r.Key()}); err != nil {
		return again(w, r, "cycle/move", d, err)
	}
	return r.RedirectWith(w, back, "cycle.flash.moved")
}

func itoa(n int) string { return strconv.Itoa(n) }
