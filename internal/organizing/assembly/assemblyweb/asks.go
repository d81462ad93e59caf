// Asks, invitations, and the words in other languages.
package assemblyweb

import (
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/contact"
)

type asksPage struct {
	ID, Title string
	Asks      []answerLine
	CanWrite  bool
	Class     string
	ClassText string
}

func (h *Web) asks(w http.ResponseWriter, r *web.Request) error {
	p, err := h.asksPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/asks", p)
}

func (h *Web) asksPage(r *web.Request) (p asksPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	class := assembly.Suggest(x.Asks)
	return asksPage{ID: x.ID, Title: x.Title, Asks: h.answerLines(r, x), CanWrite: x.State.CanWrite(), Class: r.T("assembly.class." + string(class)), ClassText: r.T("assembly.class." + string(class) + "_text")}, err
}

func (h *Web) asksAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, ask, key := r.PathValue("id"), r.Form("ask"), r.Key()
	switch r.Form("act") {
	case "up", "down":
		err = h.s.Shift(r.Context(), r.Actor, id, "ask", ask, r.Form("act") == "up", key)
	case "remove":
		err = h.s.Remove(r.Context(), r.Actor, id, "ask", ask, key)
	default:
		if _, err = h.s.Get(r.Context(), r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.Redirect(w, "/assemblies/"+id+"/asks")
	}
	p, perr := h.asksPage(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "assembly/asks", p, err)
}

type askPage struct {
	ID, Ask, Action, Text, To, Post, Body, IssueName, Due string
	Issues, Offices                                       []Option
	Law, Fresh                                            bool
	Version                                               int64
}

func (h *Web) ask(w http.ResponseWriter, r *web.Request) error {
	p, err := h.askPage(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/ask", p)
}

func (h *Web) askPage(r *web.Request, typed *assembly.AskIn) (p askPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	n, err := which(r, "ask", x.Asks, askID)
	if err != nil {
		return p, err
	}
	in, at := assembly.AskIn{Due: x.At.AddDate(0, 6, 0)}, "new"
	if n >= 0 {
		a := x.Asks[n]
		p.Ask, at = a.ID, strconv.Itoa(n)
		in = assembly.AskIn{Issue: a.Issue, Name: a.AskWords.Issue, Office: a.Office, To: a.Name, Post: a.Post, Body: a.Body, Text: a.Text, Due: a.Due, Law: a.Law, Version: a.Version}
	}
	if typed != nil {
		in = *typed
	}
	p = askPage{ID: x.ID, Ask: p.Ask, Action: "/assemblies/" + x.ID + "/asks/" + at, Text: in.Text, To: in.To, Post: in.Post, Body: in.Body, IssueName: in.Name, Due: dateValue(r, in.Due), Law: in.Law, Fresh: n < 0, Version: in.Version}
	if p.Offices, err = h.offices(r, in.Office); err != nil {
		return p, err
	}
	if h.s.Issues != nil {
		list, err := h.s.Issues.Issues(r.Context(), r.Actor, x.Cycle)
		if err != nil {
			return p, err
		}
		for _, i := range list {
			p.Issues = append(p.Issues, Option{Value: i.ID, Label: i.Name, Checked: i.ID == in.Issue})
		}
	}
	return p, nil
}

// offices are the people in public office one can choose.
func (h *Web) offices(r *web.Request, ids ...string) (out []Option, err error) {
	if h.s.Offices == nil {
		return nil, nil
	}
	list, err := h.s.Offices.Offices(r.Context(), r.Actor)
	for _, o := range list {
		out = append(out, Option{Value: o.ID, Label: o.Addressed(), Checked: slices.Contains(ids, o.ID)})
	}
	return out, err
}

func (h *Web) saveAsk(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	x, err := h.s.Get(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	at, err := which(r, "ask", x.Asks, askID)
	if err != nil {
		return err
	}
	in := assembly.AskIn{Issue: r.Form("issue"), Office: r.Form("office"), Due: evening(r, r.Form("due")), Law: r.Checked("law"), Version: r.Version(), Key: r.Key()}
	if at >= 0 {
		in.ID = x.Asks[at].ID
	}
	var bad []fault.Field
	for _, x := range []struct {
		name string
		into *string
	}{{"text", &in.Text}, {"to", &in.To}, {"post", &in.Post}, {"body", &in.Body}, {"issue_name", &in.Name}} {
		text, more := r.Guarded(x.name)
		*x.into, bad = text, append(bad, more...)
	}
	err = fault.Wrong(bad...)
	if len(bad) == 0 {
		_, err = h.s.SaveAsk(r.Context(), r.Actor, id, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/assemblies/"+id+"/asks", "assembly.flash.saved")
	}
	p, perr := h.askPage(r, &in)
	if perr != nil {
		return perr
	}
	p.Due = r.Form("due")
	if fault.IsStale(err) {
		if at >= 0 {
			return r.Stale(w, "assembly/ask", p, x.Asks[at].Version, []web.Theirs{{Name: "text", Label: r.T("assembly.ask_text"), Value: x.Asks[at].Text}})
		}
	}
	return r.Fail(w, "assembly/ask", p, err)
}

type inviteLine struct {
	ID, Name, Race, Invited, How, Reply string
	Candidate                           bool
	In                                  inviteForm
}

type inviteForm struct {
	ID, Name, Race, Invited string
	Offices, Hows, Replies  []Option
	Candidate, Complete     bool
	Version                 int64
}

type invitesPage struct {
	ID, Title string
	Invites   []inviteLine
	Races     []check
	New       inviteForm
	Again     bool
	CanWrite  bool
}

func (h *Web) invites(w http.ResponseWriter, r *web.Request) error {
	p, err := h.invitesPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/invites", p)
}

// uneven says what is not alike about the invitations of an office's candidates.
func (h *Web) uneven(r *web.Request, race assembly.Race) (out []string) {
	for _, x := range []struct {
		wrong bool
		key   string
	}{{race.Unsaid, "unsaid"}, {race.Missing, "missing"}, {race.Unlike, "unlike"}, {race.Apart, "apart"}} {
		if x.wrong {
			out = append(out, r.T("assembly.fair."+x.key))
		}
	}
	if len(out) == 0 {
		out = append(out, r.T("assembly.fair.even"))
	}
	return out
}

func (h *Web) invitesPage(r *web.Request) (p invitesPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = invitesPage{ID: x.ID, Title: x.Title, CanWrite: x.State.CanWrite()}
	form := func(v assembly.Invite) (f inviteForm, err error) {
		f = inviteForm{ID: v.ID, Name: v.Name, Race: v.Race, Invited: dateValue(r, v.Invited), Hows: options(r, "assembly.how.", assembly.Hows(), v.How), Replies: options(r, "assembly.reply.", assembly.Replies(), orElse(v.Reply, "none")),
			Candidate: v.Candidate, Complete: v.Complete, Version: v.Version}
		f.Offices, err = h.offices(r, v.Office)
		return f, err
	}
	for _, v := range x.Invites {
		l := inviteLine{ID: v.ID, Name: v.Name, Race: v.Race, Invited: date(r, v.Invited), Reply: r.T("assembly.reply." + v.Reply), Candidate: v.Candidate}
		if v.How != "" {
			l.How = r.T("assembly.how." + v.How)
		}
		if l.In, err = form(v); err != nil {
			return p, err
		}
		p.Invites = append(p.Invites, l)
	}
	for _, race := range assembly.Races(x.Invites, fold.Text) {
		for _, t := range h.uneven(r, race) {
			p.Races = append(p.Races, check{Text: r.T("assembly.fair.of", "Race", race.Name, "What", t), OK: race.Even()})
		}
	}
	p.New, err = form(assembly.Invite{})
	return p, err
}

func (h *Web) saveInvite(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	in := assembly.Invite{ID: r.Form("invite"), Office: r.Form("office"), Candidate: r.Checked("candidate"), Complete: r.Checked("complete"), Invited: evening(r, r.Form("invited")), How: r.Form("how"), Reply: r.Form("reply"), Version: r.Version()}
	var err error
	if r.Form("act") == "remove" {
		err = h.s.Remove(r.Context(), r.Actor, id, "invite", in.ID, r.Key())
	} else {
		var bad, race []fault.Field
		in.Name, bad = r.Guarded("name")
		in.Race, race = r.Guarded("race")
		if bad = append(bad, race...); len(bad) > 0 {
			err = fault.Wrong(bad...)
		} else {
			_, err = h.s.SaveInvite(r.Context(), r.Actor, id, in, r.Key())
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/assemblies/"+id+"/invitations", "assembly.flash.saved")
	}
	p, perr := h.invitesPage(r)
	if perr != nil {
		return perr
	}
	p.Again = true
	p.New.ID, p.New.Version, p.New.Name, p.New.Race, p.New.Invited, p.New.Candidate, p.New.Complete = in.ID, in.Version, in.Name, in.Race, r.Form("invited"), in.Candidate, in.Complete
	p.New.Offices, p.New.Hows, p.New.Replies = chosen(p.New.Offices, in.Office), chosen(p.New.Hows, in.How), chosen(p.New.Replies, in.Reply)
	return r.Fail(w, "assembly/invites", p, err)
}

type wordLine struct {
	ID, From, FromScript, Title, Script string
	Ask                                 bool
}

type wordsPage struct {
	ID, Title, Language, Lang, From string
	Lines                           []wordLine
}

func (h *Web) words(w http.ResponseWriter, r *web.Request) error {
	p, err := h.wordsPage(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/words", p)
}

func (h *Web) wordsPage(r *web.Request, typed map[string]assembly.Spoken) (p wordsPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	lang := r.PathValue("lang")
	if !contact.Language(lang) {
		return p, fault.Missing("language")
	}
	p = wordsPage{ID: x.ID, Title: x.Title, Language: r.Localizer().LanguageName(lang), Lang: lang, From: x.Languages[0]}
	as := func(id string, in map[string]assembly.Spoken) assembly.Spoken {
		if typed != nil {
			return typed[id]
		}
		return in[lang]
	}
	for _, a := range x.Asks {
		sp := as(a.ID, a.In)
		p.Lines = append(p.Lines, wordLine{ID: a.ID, From: a.Label + " " + a.Text, Title: sp.Title, Ask: true})
	}
	for _, it := range x.Items {
		sp := as(it.ID, it.In)
		p.Lines = append(p.Lines, wordLine{ID: it.ID, From: it.Title, FromScript: it.Script, Title: sp.Title, Script: sp.Script})
	}
	return p, nil
}

func (h *Web) saveWords(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in := assembly.TranslateIn{Language: r.PathValue("lang"), Said: map[string]assembly.Spoken{}, Key: r.Key()}
	var bad []fault.Field
	read := func(id string, script bool) {
		sp := assembly.Spoken{}
		var more []fault.Field
		sp.Title, more = r.Guarded("title_" + id)
		bad = append(bad, more...)
		if script {
			sp.Script, more = r.GuardedText("script_"+id, r.FormValue("script_"+id))
			bad = append(bad, more...)
		}
		in.Said[id] = sp
	}
	for _, a := range x.Asks {
		read(a.ID, false)
	}
	for _, it := range x.Items {
		read(it.ID, it.Script != "")
	}
	err = fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Translate(r.Context(), r.Actor, x.ID, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/assemblies/"+x.ID, "assembly.flash.saved")
	}
	p, perr := h.wordsPage(r, in.Said)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "assembly/words", p, err)
}
