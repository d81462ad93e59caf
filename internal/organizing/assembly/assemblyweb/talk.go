// Negotiations.
package assemblyweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/platform/web"
)

type talkLine struct {
	URL, Title, When, With, Next string
	State                        pill
}

type talksPage struct {
	Open, Over []talkLine
	MayMake    bool
}

func talkPill(r *web.Request, t assembly.Talk) pill {
	if t.Late(r.Now()) {
		return pill{Kind: "late", Label: r.T("assembly.talk.late_" + string(t.State))}
	}
	kind := map[assembly.TalkState]string{assembly.TalkPlanned: "wait", assembly.TalkHeld: "wait", assembly.TalkAgreed: "ok", assembly.TalkEnded: "info"}[t.State]
	return pill{Kind: kind, Label: r.T("assembly.talk.state." + string(t.State))}
}

func talkWhen(r *web.Request, t assembly.Talk) string {
	return r.Localizer().LongDate(t.At, r.Zone()) + ", " + r.Localizer().Clock(t.At, r.Zone())
}

func (h *Web) talks(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Talks(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := talksPage{MayMake: may(r, talkNew)}
	for _, t := range list {
		l := talkLine{URL: "/negotiations/" + t.ID, Title: t.Title, When: talkWhen(r, t), With: r.Localizer().List(t.Parties), State: talkPill(r, t)}
		if t.State == assembly.TalkPlanned || t.State == assembly.TalkHeld {
			l.Next = orElse(t.Step, r.T("assembly.talk.next_"+string(t.State)))
			p.Open = append(p.Open, l)
		} else {
			p.Over = append(p.Over, l)
		}
	}
	return r.Page(w, "assembly/talks", p)
}

type talkFormPage struct {
	ID, Action, Back                         string
	Kinds, Offices, Institutions, People     []Option
	Assemblies, Issues                       []Option
	Title, Ours, Theirs, Worked, Step, Party string
	Date, Time, Minutes, Next, Who           string
	Searched                                 bool
	Version                                  int64
}

func (h *Web) talkFormPage(r *web.Request, in assembly.TalkIn) (p talkFormPage, err error) {
	p = talkFormPage{ID: in.ID, Action: "/negotiations/new", Back: "/negotiations", Kinds: options(r, "assembly.talk.kind.", assembly.TalkKinds(), in.Kind), Title: in.Title, Ours: in.Ours, Theirs: in.Theirs, Worked: in.Worked, Step: in.Step,
		Party: in.Party, Minutes: strconv.Itoa(in.Minutes), Next: dateValue(r, in.Next), Version: in.Version, Who: r.Form("who")}
	if !in.At.IsZero() {
		local := in.At.In(r.Zone())
		p.Date, p.Time = local.Format(time.DateOnly), local.Format("15:04")
	}
	if in.ID != "" {
		p.Back, p.Action = "/negotiations/"+in.ID, "/negotiations/"+in.ID+"/edit"
	}
	if p.Offices, err = h.offices(r, in.Offices...); err != nil {
		return p, err
	}
	places, err := h.people.Institutions(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, i := range places {
		if !i.Closed || slices.Contains(in.Institutions, i.ID) {
			p.Institutions = append(p.Institutions, Option{Value: i.ID, Label: i.Name, Checked: slices.Contains(in.Institutions, i.ID)})
		}
	}
	for _, past := range []bool{false, true} {
		list, err := h.s.List(r.Context(), r.Actor, past)
		if err != nil {
			return p, err
		}
		for _, e := range list {
			p.Assemblies = append(p.Assemblies, Option{Value: e.ID, Label: e.Title + ", " + date(r, e.At), Checked: e.ID == in.Assembly})
		}
	}
	if h.s.Issues != nil {
		list, err := h.s.Issues.Issues(r.Context(), r.Actor, "")
		if err != nil {
			return p, err
		}
		for _, i := range list {
			p.Issues = append(p.Issues, Option{Value: i.ID, Label: i.Name, Checked: i.ID == in.Issue})
		}
	}
	var known assembly.Talk // not those just typed: whose names a reader may see is asked for each of them
	if in.ID != "" {
		if known, err = h.s.Talk(r.Context(), r.Actor, in.ID); err != nil {
			return p, err
		}
	}
	names, err := h.s.TalkNames(r.Context(), r.Actor, known)
	if err != nil {
		return p, err
	}
	list, searched, err := h.persons(r, names, in.People...)
	p.Searched = searched
	for _, o := range list {
		o.Checked = slices.Contains(in.People, o.Value)
		p.People = append(p.People, o)
	}
	return p, err
}

func (h *Web) talkBlank(w http.ResponseWriter, r *web.Request) error {
	at := r.Now().In(r.Zone()).AddDate(0, 0, 7)
	p, err := h.talkFormPage(r, assembly.TalkIn{Kind: assembly.Negotiating, At: time.Date(at.Year(), at.Month(), at.Day(), 16, 0, 0, 0, r.Zone()), Minutes: 60, Assembly: r.Form("assembly"), Issue: r.Form("issue")})
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/talkform", p)
}

func (h *Web) talkForm(w http.ResponseWriter, r *web.Request) error {
	t, err := h.s.Talk(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := h.talkFormPage(r, assembly.TalkIn{ID: t.ID, Kind: t.Kind, At: t.At, Minutes: t.Minutes, Next: t.Next, Assembly: t.Assembly, Issue: t.Issue, Offices: t.Offices, Institutions: t.Institutions, People: t.People,
		Party: t.Party(), TalkWords: t.TalkWords, Version: t.Version})
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/talkform", p)
}

func (h *Web) talkSave(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := assembly.TalkIn{ID: r.PathValue("id"), Kind: assembly.TalkKind(r.Form("kind")), At: moment(r, "date", "time"), Next: evening(r, r.Form("next")), Assembly: r.Form("assembly"), Issue: r.Form("issue"), Offices: r.FormAll("offices"),
		Institutions: r.FormAll("institutions"), People: r.FormAll("people"), Version: r.Version(), Key: r.Key()}
	in.Minutes, _ = r.FormInt("minutes")
	var bad []fault.Field
	for _, x := range []struct {
		name string
		into *string
	}{{"title", &in.Title}, {"ours", &in.Ours}, {"theirs", &in.Theirs}, {"worked", &in.Worked}, {"step", &in.Step}, {"party", &in.Party}} {
		text, more := r.GuardedText(x.name, r.Form(x.name))
		*x.into, bad = text, append(bad, more...)
	}
	var made string
	err := fault.Wrong(bad...)
	if len(bad) == 0 && !looking(r) {
		made, err = h.s.SaveTalk(r.Context(), r.Actor, in)
	}
	if err == nil && !looking(r) {
		return r.RedirectWith(w, "/negotiations/"+made, "assembly.flash.saved")
	}
	if in.ID != "" {
		if _, gone := h.s.Talk(r.Context(), r.Actor, in.ID); gone != nil {
			return gone
		}
	}
	p, perr := h.talkFormPage(r, in)
	if perr != nil {
		return perr
	}
	p.Date, p.Time, p.Minutes, p.Next = r.Form("date"), r.Form("time"), r.Form("minutes"), r.Form("next")
	if looking(r) {
		return r.Page(w, "assembly/talkform", p)
	}
	if fault.IsStale(err) {
		t, gerr := h.s.Talk(r.Context(), r.Actor, in.ID)
		if gerr != nil {
			return gerr
		}
		return r.Stale(w, "assembly/talkform", p, t.Version, []web.Theirs{{Name: "title", Label: r.T("assembly.form.title"), Value: t.Title}, {Name: "ours", Label: r.T("assembly.talk.ours"), Value: t.Ours},
			{Name: "theirs", Label: r.T("assembly.talk.theirs"), Value: t.Theirs}, {Name: "worked", Label: r.T("assembly.talk.worked"), Value: t.Worked}})
	}
	return r.Fail(w, "assembly/talkform", p, err)
}

type agreedLine struct {
	N         int
	Text, Who string
	When      string
	Latest    bool
}

type talkPage struct {
	ID, Title, When, With, Kind string
	State                       pill
	Is                          assembly.TalkState
	Next                        nextStep
	Facts                       []fact
	Ours, Theirs, Worked        string
	Agreed                      []agreedLine
	Text                        string
	Moves                       []Option
	MayKeep, MayPledge          bool
	PledgeURL, Words, Due       string
	EvaluateURL                 string
}

func (h *Web) talk(w http.ResponseWriter, r *web.Request) error {
	p, err := h.talkPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/talk", p)
}

func (h *Web) talkPage(r *web.Request) (p talkPage, err error) {
	t, err := h.s.Talk(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	names, err := h.s.TalkNames(r.Context(), r.Actor, t)
	if err != nil {
		return p, err
	}
	var ours []string
	for _, id := range t.People {
		ours = append(ours, orElse(names[id], r.T("assembly.somebody")))
	}
	l := r.Localizer()
	p = talkPage{ID: t.ID, Title: t.Title, When: talkWhen(r, t), With: l.List(t.Parties), Kind: r.T("assembly.talk.kind." + string(t.Kind)), State: talkPill(r, t), Is: t.State, Ours: t.Ours, Theirs: t.Theirs, Worked: t.Worked,
		MayKeep: may(r, talkDo)}
	p.Facts = []fact{{Term: r.T("assembly.talk.kind"), Text: p.Kind}, {Term: r.T("assembly.talk.with"), Text: p.With}, {Term: r.T("assembly.talk.us"), Text: l.List(ours)}, {Term: r.T("assembly.talk.next_date"), Text: date(r, t.Next)}}
	if t.Assembly != "" {
		if x, err := h.s.Get(r.Context(), r.Actor, t.Assembly); err == nil {
			p.Facts = append(p.Facts, fact{Term: r.T("assembly.talk.from"), Text: x.Title, Href: "/assemblies/" + x.ID})
		}
	}
	if t.Issue != "" && h.o.Issue != nil {
		p.Facts = append(p.Facts, fact{Term: r.T("assembly.ask_issue"), Text: r.T("assembly.talk.issue_open"), Href: h.o.Issue(t.Issue)})
	}
	for i := len(t.Texts) - 1; i >= 0; i-- {
		a := t.Texts[i]
		p.Agreed = append(p.Agreed, agreedLine{N: a.N, Text: a.Text, Who: h.colleague(r, a.Account), When: date(r, a.At), Latest: i == len(t.Texts)-1})
	}
	if len(t.Texts) > 0 {
		p.Text = t.Texts[len(t.Texts)-1].Text
	}
	if t.State == assembly.TalkPlanned || t.State == assembly.TalkHeld {
		due := t.At
		if t.State == assembly.TalkHeld && !t.Next.IsZero() {
			due = t.Next
		}
		p.Next = nextStep{Owner: r.T("assembly.talk.owner"), Act: orElse(t.Step, r.T("assembly.talk.next_"+string(t.State))), When: r.T("assembly.by_day", "Day", date(r, due)), Kind: "info"}
		if t.Late(r.Now()) {
			p.Next.Kind = "late"
		}
	}
	for _, to := range assembly.TalkStates() {
		if t.State.CanBecome(to) && (to != assembly.TalkPlanned || t.Next.After(r.Now())) && (to != assembly.TalkAgreed || len(t.Texts) > 0) {
			p.Moves = append(p.Moves, Option{Value: string(to), Label: r.T("assembly.talk.move." + string(to))})
		}
	}
	if h.o.Evaluate != nil && t.State != assembly.TalkPlanned {
		if p.EvaluateURL, err = h.o.Evaluate(r, t.Ref()); err != nil {
			return p, err
		}
	}
	p.MayPledge = t.State == assembly.TalkAgreed && t.Pledge == "" && h.s.Pledges != nil && p.MayKeep
	if t.Pledge != "" && h.o.Pledge != nil {
		p.PledgeURL = h.o.Pledge(t.Pledge)
	}
	p.Due = dateValue(r, r.Now().AddDate(0, 6, 0))
	return p, nil
}

func (h *Web) talkAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, key := r.PathValue("id"), r.Key()
	text, words, flash := "", "", "assembly.flash.saved"
	var bad []fault.Field
	switch r.Form("act") {
	case "move":
		err = h.s.MoveTalk(r.Context(), r.Actor, id, assembly.TalkState(r.Form("to")), key)
	case "agree":
		if text, bad = r.GuardedText("text", r.FormValue("text")); len(bad) > 0 {
			err = fault.Wrong(bad...)
			break
		}
		err = h.s.Agree(r.Context(), r.Actor, id, text, key)
	case "pledge":
		if words, bad = r.Guarded("words"); len(bad) > 0 {
			err = fault.Wrong(bad...)
			break
		}
		flash = "assembly.flash.pledge"
		_, err = h.s.PledgeTalk(r.Context(), r.Actor, id, assembly.ConfirmIn{Words: words, Language: r.Locale, Due: evening(r, r.Form("due")), Key: key})
	default:
		if _, err = h.s.Talk(r.Context(), r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/negotiations/"+id, flash)
	}
	p, perr := h.talkPage(r)
	if perr != nil {
		return perr
	}
	if r.Form("act") == "agree" {
		p.Text = text
	}
	if r.Form("act") == "pledge" {
		p.Words, p.Due = words, r.Form("due")
	}
	return r.Fail(w, "assembly/talk", p, err)
}
