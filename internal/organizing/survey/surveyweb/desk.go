// The desk: every survey, one survey with its waves and numbers, a new one, a new wave.
package surveyweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/survey"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type listLine struct {
	URL, Title, Kind string
	State            pill
	Meta             []string
}

type eventLine struct {
	URL, Title string
	State      pill
}

type listPage struct {
	Lines   []listLine
	Events  []eventLine
	MayMake bool
}

func waveState(r *web.Request, w survey.Wave) pill {
	if w.OpenAt(r.Now()) {
		return pill{"wait", r.T("survey.state.running"), ""}
	}
	return pill{"ok", r.T("survey.state.closed"), ""}
}

// next is what comes next in a survey, and its clock.
func next(r *web.Request, l survey.Listed) (state pill, text string) {
	w, ok := l.Last()
	switch {
	case !ok:
		return pill{"wait", r.T("survey.next.first"), ""}, ""
	case w.OpenAt(r.Now()):
		return waveState(r, w), r.T("survey.next.until", "Day", r.Localizer().LongDate(w.Closes, r.Zone()))
	}
	if due := w.Due(); l.Kind == survey.Cohort && !due.IsZero() {
		kind := "info"
		if r.Now().After(due) {
			kind = "late"
		}
		return pill{kind, r.T("survey.label." + string(w.Label)), ""}, r.T("survey.next.due", "Day", r.Localizer().LongDate(due, r.Zone()))
	}
	return waveState(r, w), ""
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.List(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := listPage{MayMake: may(r, need("survey", access.Create))}
	for _, l := range list {
		if l.Kind == survey.Pulse {
			for i := len(l.Waves) - 1; i >= 0 && len(p.Events) < 10; i-- {
				st, err := h.s.WaveByID(r.Context(), r.Actor, l.Waves[i].ID)
				if err != nil {
					return err
				}
				p.Events = append(p.Events, eventLine{"/surveys/wave/" + st.ID, h.eventName(r, st), waveState(r, st.Wave)})
			}
			continue
		}
		line := listLine{URL: "/surveys/" + l.ID, Title: l.Title, Kind: r.T("survey.kind." + string(l.Kind))}
		var text string
		line.State, text = next(r, l)
		if text != "" {
			line.Meta = append(line.Meta, text)
		}
		line.Meta = append(line.Meta, r.T("survey.waves_n", "Count", len(l.Waves)))
		p.Lines = append(p.Lines, line)
	}
	return r.Page(w, "survey/list", p)
}

// eventName is what the event of a pulse is called, or the day when nobody knows.
func (h *Web) eventName(r *web.Request, st survey.Standing) string {
	if st.Event != "" {
		return st.Event
	}
	return r.T("survey.event_on", "Day", r.Localizer().LongDate(st.Opens, r.Zone()))
}

type waveLine struct {
	URL, Label, From, Until string
	State                   pill
}

type surveyPage struct {
	ID, Title, Kind  string
	State            pill
	Next             string
	Asks             []Option // instruments: label and version
	Departments      []string
	Waves            []waveLine
	Begin, Cohort    bool
	File             bool
	Result           *resultPart
	NoWords          []Option // instruments without words in any language
	Invite, FirstYet bool
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	l, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err == nil && l.Kind == survey.Pulse {
		err = fault.Missing("a pulse is told event by event")
	}
	if err != nil {
		return err
	}
	p := surveyPage{ID: l.ID, Title: l.Title, Kind: r.T("survey.kind." + string(l.Kind)), Cohort: l.Kind == survey.Cohort && may(r, need("cohort", access.Read)), FirstYet: len(l.Waves) > 0}
	p.State, p.Next = next(r, l)
	brought, err := h.s.Wordings(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	ready := survey.Ready(brought)
	for _, which := range l.Instruments {
		in, _ := survey.InstrumentByID(which)
		p.Asks = append(p.Asks, Option{Value: which, Label: r.T("survey.instrument." + which), Hint: in.Version})
		if len(survey.LanguagesOf(ready, []string{which})) == 0 {
			p.NoWords = append(p.NoWords, Option{Value: which, Label: r.T("survey.instrument." + which)})
		}
	}
	for _, d := range l.Departments {
		p.Departments = append(p.Departments, d.Name)
	}
	closed, running := false, false
	for i := len(l.Waves) - 1; i >= 0; i-- {
		x := l.Waves[i]
		running, closed = running || x.State == survey.Running, closed || x.State == survey.Closed
		p.Waves = append(p.Waves, waveLine{URL: "/surveys/wave/" + x.ID, Label: r.T("survey.label." + string(x.Label)), State: waveState(r, x),
			From: r.Localizer().ShortDate(x.Opens, r.Zone()), Until: r.Localizer().ShortDate(until(x), r.Zone())})
	}
	p.Begin = !running && may(r, need("survey", access.Update))
	p.File = closed && may(r, need("survey", access.Export))
	if closed {
		o, err := h.s.Result(r.Context(), r.Actor, l.ID)
		if err != nil {
			return err
		}
		p.Result = tell(r, o)
	}
	return r.Page(w, "survey/one", p)
}

func until(w survey.Wave) time.Time {
	if !w.Ended.IsZero() {
		return w.Ended
	}
	return w.Closes
}

type makePage struct {
	Title, Departments string
	Kinds, Instruments []Option
}

func (h *Web) makePage(r *web.Request) makePage {
	p := makePage{Title: r.FormValue("title"), Departments: r.FormValue("departments")}
	p.Kinds = options(r, survey.Kinds(), "survey.kind.", survey.Kind(r.Form("kind")))
	for i, k := range survey.Kinds() {
		p.Kinds[i].Hint = r.T("survey.kind_about." + string(k))
	}
	chosen := map[string]bool{}
	for _, x := range r.FormAll("instruments") {
		chosen[x] = true
	}
	for _, in := range survey.Instruments() {
		if in.ID != "pulse" {
			p.Instruments = append(p.Instruments, Option{Value: in.ID, Label: r.T("survey.instrument." + in.ID), Hint: r.T("survey.about." + in.ID), Checked: chosen[in.ID]})
		}
	}
	return p
}

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "survey/new", h.makePage(r))
}

func (h *Web) create(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := survey.MakeIn{Kind: survey.Kind(r.Form("kind")), Instruments: r.FormAll("instruments"), Key: r.Key()}
	var bad, more []fault.Field
	in.Title, bad = r.Guarded("title")
	var text string
	text, more = r.Guarded("departments")
	if bad = append(bad, more...); len(bad) > 0 {
		return r.Fail(w, "survey/new", h.makePage(r), fault.Wrong(bad...))
	}
	in.Departments = readDepartments(text)
	made, err := h.s.Make(r.Context(), r.Actor, in)
	if err != nil {
		return r.Fail(w, "survey/new", h.makePage(r), err)
	}
	return r.RedirectWith(w, "/surveys/"+made, "survey.flash.made")
}

// readDepartments reads one department a line: "Front desk 14". A line without a
// number becomes one the core refuses.
func readDepartments(text string) (out []survey.Department) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		d := survey.Department{Name: line}
		if i := strings.LastIndexAny(line, " ,:\t"); i > 0 {
			if n, err := strconv.Atoi(strings.TrimSpace(line[i+1:])); err == nil {
				d = survey.Department{Name: strings.TrimRight(line[:i], " ,:\t"), People: n}
			}
		}
		out = append(out, d)
	}
	return out
}

type beginPage struct {
	ID, Title           string
	Labels, Aims        []Option
	Review, Days, Cards string
	Words               []wordsField
	Staff               bool
	Languages           string
	Missing             []Option
}

type wordsField struct{ Name, Label, Lang, Value string }

func (h *Web) beginPage(r *web.Request) (p beginPage, err error) {
	l, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err == nil && l.Kind == survey.Pulse {
		err = fault.Missing("a pulse begins with its event")
	}
	if err != nil {
		return p, err
	}
	p = beginPage{ID: l.ID, Title: l.Title, Staff: l.Kind == survey.Staff, Review: r.FormValue("review"), Days: r.Form("days"), Cards: r.Form("cards")}
	label, aim := survey.Label(r.Form("label")), survey.Aim(r.Form("aim"))
	if label == "" {
		label = "baseline"
		if len(l.Waves) > 0 {
			label = "months_6"
		}
	}
	if aim == "" {
		aim = survey.Improvement
	}
	if p.Days == "" {
		p.Days = "21"
	}
	p.Labels, p.Aims = options(r, survey.Labels(), "survey.label.", label), options(r, survey.Aims(), "survey.aim.", aim)
	brought, err := h.s.Wordings(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	ready := survey.Ready(brought)
	langs := survey.LanguagesOf(ready, l.Instruments)
	var names []string
	for _, lang := range langs {
		name := r.Localizer().LanguageName(lang)
		names = append(names, name)
		p.Words = append(p.Words, wordsField{"words-" + lang, r.T("survey.begin.words", "Language", name), lang, r.FormValue("words-" + lang)})
	}
	p.Languages = r.Localizer().List(names)
	if len(langs) == 0 {
		for _, which := range l.Instruments {
			p.Missing = append(p.Missing, Option{Value: which, Label: r.T("survey.instrument." + which)})
		}
	}
	return p, nil
}

func (h *Web) beginForm(w http.ResponseWriter, r *web.Request) error {
	p, err := h.beginPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "survey/begin", p)
}

func (h *Web) begin(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.beginPage(r)
	if err != nil {
		return err
	}
	in := survey.BeginIn{Survey: r.PathValue("id"), Label: survey.Label(r.Form("label")), Aim: survey.Aim(r.Form("aim")), Words: map[string]string{}, Key: r.Key()}
	var bad []fault.Field
	in.Review, bad = r.Guarded("review")
	for _, f := range p.Words {
		text, more := r.Guarded(f.Name)
		in.Words[f.Lang], bad = text, append(bad, more...)
	}
	for name, to := range map[string]*int{"days": &in.Days, "cards": &in.Cards} {
		if n, ok := r.FormInt(name); ok {
			*to = n
		} else if r.Form(name) != "" {
			*to = -1 // said at the field
		}
	}
	if len(bad) > 0 {
		return r.Fail(w, "survey/begin", p, fault.Wrong(bad...))
	}
	out, err := h.s.Begin(r.Context(), r.Actor, in)
	if err != nil {
		return r.Fail(w, "survey/begin", p, err)
	}
	if len(out.Codes) > 0 {
		return h.cardsPage(w, r, out.ID, out.Codes)
	}
	return r.RedirectWith(w, "/surveys/wave/"+out.ID, "survey.flash.begun")
}
