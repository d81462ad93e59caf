// Who will come: the page of an invitation, without an account; the host's list;
// answers from paper; and the invitation on paper.
package meetingweb

import (
	"html/template"
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/platform/web"
)

type answerForm struct {
	Comings, Foods, Needs, Interpreter []Option
	Children, Phone, Receipt           string
	Transport                          bool
}

func answerFormOf(r *web.Request, in meeting.AnswerIn) answerForm {
	return answerForm{Comings: options(r, "meeting.coming.", meeting.Comings(), meeting.Coming(in.Coming)), Foods: options(r, "meeting.food.", meeting.Foods(), in.Food),
		Needs: options(r, "meeting.need.", meeting.Needs(), in.Needs...), Interpreter: languages(r, in.Interpreter), Children: in.Children, Phone: in.Phone, Receipt: in.Receipt, Transport: in.Transport}
}

func readAnswer(r *web.Request) meeting.AnswerIn {
	return meeting.AnswerIn{Coming: r.Form("coming"), Children: r.Form("children"), Transport: r.Checked("transport"), Interpreter: r.Form("interpreter"), Food: r.Form("food"),
		Needs: r.FormAll("needs"), Phone: r.Form("phone"), Receipt: r.Form("receipt"), Person: r.Form("person"), Key: r.Key()}
}

type invitePage struct {
	Token, Code         string
	When, Where, Place  string
	Form                answerForm
	Receipt, Said       string
	Over, Rests, Inside bool
}

// nowhere is one calm page for every link that leads nowhere.
func (h *Web) nowhere(w http.ResponseWriter, r *web.Request, err error) error {
	switch {
	case fault.Is(err, fault.Limited):
		return r.PageStatus(w, http.StatusTooManyRequests, "meeting/invite", invitePage{Rests: true})
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Gone):
		return r.PageStatus(w, http.StatusGone, "meeting/invite", invitePage{Over: true})
	}
	return err
}

func (h *Web) knock(w http.ResponseWriter, r *web.Request) error {
	token := r.PathValue("token")
	if _, err := h.s.Knock(r.Context(), token); err != nil {
		return h.nowhere(w, r, err)
	}
	return r.Page(w, "meeting/invite", invitePage{Token: token})
}

// enter takes the code and shows when and where, with the form of an answer.
func (h *Web) enter(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.invited(r)
	if err != nil {
		return h.refused(w, r, err)
	}
	p.Form = answerFormOf(r, meeting.AnswerIn{})
	return r.Page(w, "meeting/invite", p)
}

func (h *Web) invited(r *web.Request) (p invitePage, err error) {
	p = invitePage{Token: r.PathValue("token"), Code: r.Form("code")}
	v, err := h.s.Invited(r.Context(), p.Token, p.Code)
	if err != nil {
		return p, err
	}
	l := r.Localizer()
	p.Inside, p.Where = true, v.Where
	p.When = l.LongDate(v.At, v.Zone) + ", " + l.Clock(v.At, v.Zone) + "–" + l.Clock(v.End, v.Zone)
	if v.Place != "" {
		p.Place = r.T("meeting.place." + v.Place)
	}
	return p, nil
}

func (h *Web) refused(w http.ResponseWriter, r *web.Request, err error) error {
	if fault.Is(err, fault.Invalid) {
		return r.Fail(w, "meeting/invite", invitePage{Token: r.PathValue("token")}, err)
	}
	return h.nowhere(w, r, err)
}

func (h *Web) reply(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.invited(r)
	if err != nil {
		return h.refused(w, r, err)
	}
	in := readAnswer(r)
	receipt, err := h.s.Reply(r.Context(), p.Token, p.Code, in)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		p.Form = answerFormOf(r, in)
		return r.Fail(w, "meeting/invite", p, err)
	}
	if err != nil {
		return h.nowhere(w, r, err)
	}
	p.Receipt, p.Said = id.GroupCode(receipt), r.T("meeting.said."+in.Coming)
	return r.Page(w, "meeting/invite", p)
}

type answerLine struct {
	Name, Needs string
	Coming      pill
	Paper       bool
}

type answersPage struct {
	ID, Title, When string
	Sums            []fact
	Lines           []answerLine
	Form            answerForm
	People          []Option
	Open            bool
	URL, Code       string
}

func (h *Web) answers(w http.ResponseWriter, r *web.Request) error {
	p, err := h.answersPage(r, meeting.AnswerIn{})
	if err != nil {
		return err
	}
	return r.Page(w, "meeting/answers", p)
}

func (h *Web) answersPage(r *web.Request, in meeting.AnswerIn) (p answersPage, err error) {
	m, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	list, err := h.s.Answers(r.Context(), r.Actor, m.ID)
	if err != nil {
		return p, err
	}
	p = answersPage{ID: m.ID, Title: title(r, m), When: when(r, m), Sums: sums(r, meeting.Sum(list)), Form: answerFormOf(r, in), Open: m.State == meeting.Planned}
	if p.Open {
		p.URL, p.Code = r.Base()+"/m/"+m.Link, m.Code
	}
	var ids []string
	for _, a := range list {
		if a.Person != "" {
			ids = append(ids, a.Person)
		}
	}
	names, err := h.s.Names(r.Context(), r.Actor, m, ids)
	if err != nil {
		return p, err
	}
	for person, name := range names {
		p.People = append(p.People, Option{Value: person, Label: name, Checked: person == in.Person})
	}
	slices.SortFunc(p.People, func(a, b Option) int {
		if a.Label < b.Label {
			return -1
		}
		return 1
	})
	kinds := map[meeting.Coming]string{meeting.Yes: "ok", meeting.Maybe: "wait", meeting.No: "info"}
	for _, a := range list {
		line := answerLine{Name: names[a.Person], Coming: pill{Kind: kinds[a.Coming], Label: r.T("meeting.coming." + string(a.Coming))}, Paper: a.Paper}
		var needs []string
		for _, f := range sums(r, meeting.Sum([]meeting.Answer{{Coming: meeting.Yes, Children: a.Children, Transport: a.Transport, Interpreter: a.Interpreter, Food: a.Food, Needs: a.Needs}}))[1:] {
			if f.Text == "1" {
				needs = append(needs, f.Term)
			} else {
				needs = append(needs, f.Term+": "+f.Text)
			}
		}
		line.Needs = r.Localizer().List(needs)
		p.Lines = append(p.Lines, line)
	}
	return p, nil
}

func (h *Web) paper(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := readAnswer(r)
	err := h.s.Paper(r.Context(), r.Actor, r.PathValue("id"), in)
	if err == nil {
		return r.RedirectWith(w, "/meetings/"+r.PathValue("id")+"/answers", "meeting.flash.answer")
	}
	p, perr := h.answersPage(r, in)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "meeting/answers", p, err)
}

type sheetPage struct {
	When, Where, Place, URL, Code string
	QR                            template.HTML
	Offers                        []string
}

// sheet is the invitation on paper: when, where, and how to answer. It names no topic.
func (h *Web) sheet(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if m.State != meeting.Planned {
		return fault.Clash("meeting.error.state_" + string(m.State))
	}
	p := sheetPage{When: when(r, m), Where: m.Where, URL: r.Base() + "/m/" + m.Link, Code: m.Code[:3] + " " + m.Code[3:]}
	if m.Place != "" {
		p.Place = r.T("meeting.place." + m.Place)
	}
	svg, err := qr.SVG(p.URL, r.T("style.qr_alt"))
	if err != nil {
		return err
	}
	p.QR = template.HTML(svg) // drawn by us; the title is escaped there
	return r.Page(w, "meeting/sheet", p)
}

type minutesPage struct {
	onePage
	Present  []string
	Others   int
	Promises []promiseLine
}

// minutes is what a meeting leaves, to read and to print.
func (h *Web) minutes(w http.ResponseWriter, r *web.Request) error {
	one, err := h.onePage(r)
	if err != nil {
		return err
	}
	p := minutesPage{onePage: one}
	m, err := h.s.Get(r.Context(), r.Actor, one.ID)
	if err != nil {
		return err
	}
	d, err := h.s.Door(r.Context(), r.Actor, one.ID)
	if err != nil {
		return err
	}
	run := runPage{}
	if err := h.promises(r, m, &run); err != nil {
		return err
	}
	p.Promises = run.Promises
	names, err := h.s.Names(r.Context(), r.Actor, m, d.Present)
	if err != nil {
		return err
	}
	p.Others = d.Total
	for _, id := range d.Present {
		if names[id] != "" {
			p.Present = append(p.Present, names[id])
			p.Others--
		}
	}
	slices.Sort(p.Present)
	return r.Page(w, "meeting/minutes", p)
}
