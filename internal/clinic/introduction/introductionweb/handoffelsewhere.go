// Another group: choose it, read the wording aloud, read back what will be sent,
// and send it only after a fresh yes.

package introductionweb

import (
	"net/http"
	"slices"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

type groupPick struct {
	Value, Title, Text string
	Why                []string
}

type elsewherePage struct {
	ID, Name  string
	Picks     []groupPick // to choose from, when no group is chosen yet
	Group     string
	GroupName string
	Lang, Dir string // of the wording
	Wording   []string
	Title     string
	Tell      []string // the second wording, for a yes of its own
	Say       string
	Read      string // the fields that the page reads back
	TellTitle string
	Fields    []Option
	How       []Option
	Witness   []Option
	Interp    []Option
	TellYes   bool
}

func (h *Web) elsewherePage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.elsewhereData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/handoffelsewhere", p)
}

func (h *Web) elsewhereData(r *web.Request) (p elsewherePage, err error) {
	v, err := h.s.Show(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	if !slices.Contains(v.Can, introduction.VerbSend) {
		return p, fault.Clash("introduction.error.state")
	}
	p.ID, p.Name, p.Group = v.ID, v.Person.CalledName, r.Form("group")
	if p.Group != "" {
		if p.GroupName = h.names(r).group(p.Group); p.GroupName == "" {
			return p, fault.Missing("group")
		}
		return p, h.freshConsent(r, v.Person, &p)
	}
	q := directory.Query{Languages: []string{v.Person.Lang}, Limit: 6, Days: v.Person.Safe.Days}
	for _, t := range v.Person.Topics {
		q.Topics = append(q.Topics, directory.Topic(t))
	}
	list, err := h.groups.Match(r.Context(), r.Actor, q)
	if err != nil {
		return p, err
	}
	say := directory.Say{L: r.Localizer()}
	for _, s := range list {
		if s.Group.ID == v.Group {
			continue // the one that gave it back
		}
		g := groupPick{Value: s.Group.ID, Title: s.Group.Name}
		if words, _ := s.Group.In(r.Locale); words.WhatMembersDo != "" {
			g.Text = words.WhatMembersDo
		}
		for _, why := range s.Reasons {
			g.Why = append(g.Why, say.Reason(why))
		}
		if s.Group.ID == v.RedirectTo {
			g.Why = append([]string{r.T("handoff.elsewhere.suggested")}, g.Why...)
		}
		p.Picks = append(p.Picks, g)
	}
	return p, nil
}

// freshConsent puts the words together in the person's own language.
func (h *Web) freshConsent(r *web.Request, person introduction.Person, p *elsewherePage) error {
	p.Lang = "en"
	if slices.Contains(consent.Languages(), person.Lang) {
		p.Lang = person.Lang
	}
	p.Dir = i18n.Dir(p.Lang)
	typed := r.Method == http.MethodPost
	fields := person.Shares()
	if typed {
		fields = slices.DeleteFunc(fields, func(f consent.Field) bool { return !slices.Contains(r.FormAll("fields"), string(f)) })
	}
	p.Read = readOf(texts(fields))
	for _, f := range person.Shares() {
		p.Fields = append(p.Fields, Option{Value: string(f), Label: r.T("consent.field." + string(f)), Checked: !typed || slices.Contains(r.FormAll("fields"), string(f))})
	}
	ask, err := consent.Current(consent.IntroContact, p.Lang)
	if err != nil {
		return err
	}
	local := h.inLang(p.Lang)
	until := local.LongDate(r.Now().AddDate(1, 0, 0).In(r.Zone()))
	p.Title, p.Wording = ask.Title, ask.Text(consent.Values{Recipient: p.GroupName, Fields: fields, Until: until})
	tell, err := consent.Current(consent.TellClinicConnected, p.Lang)
	if err != nil {
		return err
	}
	p.TellTitle = tell.Title
	p.Tell = tell.Text(consent.Values{Recipient: p.GroupName, Fields: []consent.Field{consent.Connected}, Until: until})
	say := directory.Say{L: local}
	var topics []directory.Topic
	for _, t := range person.Topics {
		topics = append(topics, directory.Topic(t))
	}
	p.Say, err = consent.ReadBack(p.Lang, consent.IntroContact, p.GroupName, fields, map[consent.Field]string{
		consent.Name: person.CalledName, consent.Phone: person.Phone, consent.Email: person.Email,
		consent.Language: local.LanguageName(person.Lang), consent.Topics: say.Topics(topics)})
	if err != nil {
		return err
	}
	for _, v := range []consent.How{consent.Spoken, consent.OnPaper} {
		p.How = append(p.How, Option{Value: string(v), Label: r.T("consent.how." + string(v)), Checked: r.Form("how") == string(v) || !typed && v == consent.Spoken})
	}
	heard := r.Form("witness")
	if !typed { // whoever fills this in is in the room
		heard = string(consent.Organizer)
		if r.Actor.Has(access.Navigator) {
			heard = string(consent.Navigator)
		}
	}
	for _, v := range someone(consent.Witnesses()) {
		p.Witness = append(p.Witness, Option{Value: string(v), Label: r.T("consent.helper." + string(v)), Checked: heard == string(v)})
	}
	for _, v := range someone(consent.Interpreters()) {
		p.Interp = append(p.Interp, Option{Value: string(v), Label: r.T("consent.helper." + string(v)), Checked: r.Form("interpreter") == string(v)})
	}
	p.TellYes = r.Checked("tell_clinic")
	return nil
}

func readOf(fields []string) string { return strings.Join(slices.Sorted(slices.Values(fields)), ",") }

// someone leaves "nobody" out: the form has a line of its own for it.
func someone(list []consent.Helper) []consent.Helper {
	return slices.DeleteFunc(slices.Clone(list), func(h consent.Helper) bool { return h == consent.NoHelper })
}

func (h *Web) elsewhere(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := introduction.ElsewhereIn{ID: r.PathValue("id"), Group: r.Form("group"), Key: r.Key(), ConsentIn: introduction.ConsentIn{Fields: r.FormAll("fields"),
		TellClinic: r.Checked("tell_clinic"), ConsentLang: r.Form("consent_lang"), How: r.Form("how"), Witness: r.Form("witness"), Interpreter: r.Form("interpreter")}}
	// What was read back is what is sent: with other fields it has to be read again.
	err := fault.Wrong(fault.At("fields", "handoff.elsewhere.again"))
	if r.Form("read") == readOf(in.Fields) {
		err = h.s.Elsewhere(r.Context(), r.Actor, in)
	}
	if err == nil {
		return r.RedirectWith(w, "/handoffs/"+in.ID, "handoff.flash.elsewhere")
	}
	if !wrongForm(err) {
		return err
	}
	p, perr := h.elsewhereData(r)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "introduction/handoffelsewhere", p, err)
}
