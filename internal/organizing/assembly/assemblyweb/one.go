// One assembly: where it stands, what comes next, and the way to everything else.
package assemblyweb

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
)

type step struct{ Label, URL, State string }

type check struct {
	Text string
	OK   bool
	URL  string
}

type nextStep struct {
	Owner, Act, When, Exact, Kind string
	Badge                         any
	Checks                        []check
	To                            string // state that a button leads to
	Button                        string
	Shut                          bool
	Href                          string
}

type answerLine struct {
	N                                int
	ID, Label, Issue, To, Text, Lang string
	Due                              string
	Answered, Open                   bool
	State                            pill
	Words, FollowUp, By, Link        string
	Witness                          string
	Differs                          []versionLine
	History                          []versionLine
	Pledge, Draft, DraftDue          string
	MayConfirm, Late                 bool
}

type versionLine struct {
	ID, Who, When    string
	State            pill
	Words, FollowUp  string
	By, Link         string
	Stands, Proposed bool
}

type screenLink struct{ Label, URL string }

type onePage struct {
	ID, Title, When, Purpose, Media, Risk, Closing string
	Is                                             assembly.State
	State                                          pill
	Steps                                          []step
	Next                                           nextStep
	Facts                                          []fact
	Asks                                           []answerLine
	Numbers                                        []fact
	TurnoutURL, EvaluateURL, PulseURL              string
	Testimony                                      []check
	Class, ClassText, EffortURL                    string
	Races                                          []check
	Screens                                        []screenLink
	ScreenQR                                       template.HTML
	ScreenURL                                      string
	Words                                          []screenLink
	Promises                                       []promiseLine
	MayKeep, CanWrite, CanPin, Running             bool
	Nameless                                       bool
}

type promiseLine struct{ Who, What, Due string }

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/one", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	at := "/assemblies/" + x.ID
	names, err := h.s.Names(r.Context(), r.Actor, x.Keepers())
	if err != nil {
		return p, err
	}
	p = onePage{ID: x.ID, Title: x.Title, When: when(r, x.Event), Purpose: x.Purpose, Media: x.Media, Risk: x.Risk, Closing: x.Closing, Is: x.State, State: statePill(r, x.Event),
		MayKeep: may(r, keep), CanWrite: x.State.CanWrite(), CanPin: x.State.CanPin(), Running: x.State == assembly.Live, Nameless: x.Nameless}
	past := true
	for _, s := range assembly.States() {
		if s == assembly.Cancelled {
			continue
		}
		st := step{Label: r.T("assembly.state." + string(s)), State: "next"}
		switch {
		case s == x.State:
			st.State, past = "now", false
		case past && x.State != assembly.Cancelled:
			st.State = "done"
		}
		p.Steps = append(p.Steps, st)
	}
	if p.Next, err = h.next(r, x); err != nil {
		return p, err
	}
	p.Facts = h.facts(r, x, names)
	p.Asks = h.answerLines(r, x)
	if err := h.beside(r, x, &p); err != nil {
		return p, err
	}
	told, err := h.s.Testimonies(r.Context(), r.Actor, x.Items)
	if err != nil {
		return p, err
	}
	for n, it := range x.Items {
		if it.LeadRole != people.Testified {
			continue
		}
		c := check{Text: r.T("assembly.testimony.none", "Item", it.Title), URL: at + "/sheet/" + strconv.Itoa(n)}
		if t, ok := told[it.Story]; ok && t.OK {
			c.OK, c.Text = true, r.T("assembly.testimony.ok", "Item", it.Title, "Name", orElse(t.Name, r.T("assembly.testimony.nameless")), "Until", date(r, t.Until))
		} else if it.Story != "" {
			c.Text = r.T("assembly.testimony.stopped", "Item", it.Title)
		}
		p.Testimony = append(p.Testimony, c)
	}
	class := assembly.Suggest(x.Asks)
	p.Class, p.ClassText = r.T("assembly.class."+string(class)), r.T("assembly.class."+string(class)+"_text")
	if h.o.Effort != nil {
		p.EffortURL = h.o.Effort(r)
	}
	for _, race := range assembly.Races(x.Invites, fold.Text) {
		p.Races = append(p.Races, check{Text: race.Name + ": " + strings.Join(h.uneven(r, race), " "), OK: race.Even(), URL: at + "/invitations"})
	}
	if p.MayKeep && x.Link != "" {
		p.ScreenURL = r.Base() + "/stage/" + x.Link
		code, err := qr.SVG(p.ScreenURL, r.T("assembly.screen"))
		if err != nil {
			return p, err
		}
		p.ScreenQR = template.HTML(code)
		for _, l := range x.Languages {
			p.Screens = append(p.Screens, screenLink{r.Localizer().LanguageName(l), r.Base() + "/stage/" + x.Link + "/in/" + l})
		}
	}
	for _, l := range x.Languages[1:] {
		p.Words = append(p.Words, screenLink{r.T("assembly.words_in", "Language", r.Localizer().LanguageName(l), "Done", translated(x, l), "Of", len(x.Items)+len(x.Asks)), at + "/words/" + l})
	}
	return p, h.promised(r, x, &p)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// translated counts what somebody wrote in a language.
func translated(x assembly.Whole, lang string) (n int) {
	for _, it := range x.Items {
		if it.In[lang].Title != "" {
			n++
		}
	}
	for _, a := range x.Asks {
		if a.In[lang].Title != "" {
			n++
		}
	}
	return n
}

// promised is what members promised, by name for those who run the assembly.
func (h *Web) promised(r *web.Request, x assembly.Whole, p *onePage) error {
	list, err := h.s.Promises(r.Context(), r.Actor, x.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	names, err := h.s.Names(r.Context(), r.Actor, whose(list))
	if err != nil {
		return err
	}
	for _, c := range list {
		p.Promises = append(p.Promises, promiseLine{orElse(names[c.Person], r.T("assembly.somebody")), c.What, date(r, c.Due)})
	}
	return nil
}

func whose(list []people.Commitment) (ids []string) {
	for _, c := range list {
		if c.Person != "" {
			ids = append(ids, c.Person)
		}
	}
	return ids
}

func (h *Web) facts(r *web.Request, x assembly.Whole, names map[string]string) []fact {
	l := r.Localizer()
	var languages []string
	for _, c := range x.Languages {
		languages = append(languages, l.LanguageName(c))
	}
	cycle := fact{Term: r.T("assembly.form.cycle")}
	if x.Cycle != "" && h.s.Issues != nil {
		if h.o.Cycle != nil {
			cycle.Text, cycle.Href = r.T("assembly.form.cycle_now"), h.o.Cycle(x.Cycle)
		}
		if list, err := h.s.Issues.Cycles(r.Context(), r.Actor); err == nil {
			for _, c := range list {
				if c.ID == x.Cycle {
					cycle.Text = c.Name
				}
			}
		}
	}
	return []fact{
		{Term: r.T("assembly.form.kind"), Text: r.T("assembly.kind." + string(x.Kind))},
		{Term: r.T("assembly.form.where"), Text: x.Where},
		{Term: r.T("assembly.form.capacity"), Text: number(x.Capacity)},
		{Term: r.T("assembly.form.languages"), Text: l.List(languages)},
		cycle,
		{Term: r.T("assembly.form.safety"), Text: names[x.Safety]},
		{Term: r.T("assembly.form.observer"), Text: names[x.Observer]},
		{Term: r.T("assembly.approved_by"), Text: h.colleague(r, x.Approver)},
		{Term: r.T("assembly.next_date"), Text: date(r, x.Next)},
	}
}

// next is whose turn it is, what they do, and by when; with what has to be true first.
func (h *Web) next(r *web.Request, x assembly.Whole) (n nextStep, err error) {
	to := x.State.Next()
	if to == "" {
		return n, nil
	}
	at := "/assemblies/" + x.ID
	f, err := h.s.Facts(r.Context(), r.Actor, x)
	if err != nil {
		return n, err
	}
	n = nextStep{Owner: r.T("assembly.owner." + string(x.State)), Act: r.T("assembly.next." + string(x.State)), Kind: "info", To: string(to), Button: r.T("assembly.move." + string(to))}
	due := x.At
	switch x.State {
	case assembly.Held:
		due = x.Held.Add(24 * 60 * 60 * 1e9)
	case assembly.Evaluated:
		due = x.FollowUp()
	}
	n.When, n.Exact = r.T("assembly.by_day", "Day", date(r, due)), ""
	if x.Late(r.Now()) {
		n.Kind = "late"
	}
	list, _ := assembly.Gates(f, to)
	links := map[assembly.Gate]string{assembly.GateSheet: at + "/sheet", assembly.GateLeads: at + "/sheet", assembly.GateConsent: at + "/sheet", assembly.GateAsks: at + "/asks", assembly.GateEven: at + "/invitations",
		assembly.GateSafety: at + "/edit", assembly.GateGoal: at + "/edit", assembly.GateWhere: at + "/edit", assembly.GateWhen: at + "/edit", assembly.GateAgreed: at + "/answers", assembly.GateAnswered: at + "/answers", assembly.GateDated: at + "/answers"}
	if h.o.Evaluate != nil {
		if links[assembly.GateEvaluated], err = h.o.Evaluate(r, x.Ref()); err != nil {
			return n, err
		}
	}
	for _, c := range list {
		n.Checks = append(n.Checks, check{r.T("assembly.gate." + string(c.Gate)), c.OK, links[c.Gate]})
		n.Shut = n.Shut || !c.OK
	}
	switch to {
	case assembly.Held:
		n.To, n.Href, n.Button = "", at+"/run#close", r.T("assembly.run")
	case assembly.Approved:
		if !may(r, approve) {
			n.To = ""
		}
	}
	return n, nil
}

// beside is what other rooms say about it.
func (h *Web) beside(r *web.Request, x assembly.Whole, p *onePage) error {
	if h.s.Turnouts != nil {
		t, err := h.s.Turnouts.Summary(r.Context(), r.Actor, x.Ref())
		switch {
		case fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden):
		case err != nil:
			return err
		default:
			for _, n := range []struct {
				key string
				n   int
			}{{"goal", t.Goal}, {"pledged", t.Pledged}, {"confirmed", t.Confirmed}, {"attended", t.Attended}} {
				p.Numbers = append(p.Numbers, fact{Term: r.T("assembly.turnout." + n.key), Text: r.Localizer().Number(n.n)})
			}
			if h.o.Turnout != nil && p.MayKeep {
				p.TurnoutURL = h.o.Turnout(r, t.ID)
			}
		}
	}
	if h.o.Evaluate != nil {
		u, err := h.o.Evaluate(r, x.Ref())
		if err != nil {
			return err
		}
		p.EvaluateURL = u
	}
	if h.o.Pulse != nil && slices.Contains([]assembly.State{assembly.Held, assembly.Evaluated, assembly.FollowedUp}, x.State) {
		u, err := h.o.Pulse(r, x.Ref())
		if err != nil {
			return err
		}
		p.PulseURL = u
	}
	return nil
}

// act moves an assembly, or makes another link.
func (h *Web) act(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, key := r.PathValue("id"), r.Key()
	switch r.Form("act") {
	case "move":
		err = h.s.Move(r.Context(), r.Actor, id, assembly.State(r.Form("to")), key)
	case "relink":
		err = h.s.Relink(r.Context(), r.Actor, id, key)
	default:
		if _, err = h.s.Get(r.Context(), r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/assemblies/"+id, "assembly.flash.saved")
	}
	p, perr := h.onePage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "assembly/one", p, err)
}
