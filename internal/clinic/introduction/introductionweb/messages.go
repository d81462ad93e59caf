// Messages that wait for a person: to be printed, copied or told, or to be
// decided about; and for the operator the jobs that were given up.

package introductionweb

import (
	"html/template"
	"net/http"

	"seedbed/internal/kit/phone"
	"seedbed/internal/kit/qr"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/web"
)

type messageLine struct {
	ID, Kind, Channel, Why, When, Exact string
	State                               stateMark
}

type messagesPage struct {
	Waiting, Doubtful []messageLine
	Stopped           int
}

func (h *Web) messages(w http.ResponseWriter, r *web.Request) error {
	waiting, err := h.o.Notices.Pending(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	doubtful, err := h.o.Notices.Doubtful(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p := messagesPage{Waiting: messageLines(r, waiting), Doubtful: messageLines(r, doubtful)}
	if p.Stopped, err = h.o.Notices.Stopped(r.Context(), r.Actor); err != nil {
		return err
	}
	return r.Page(w, "introduction/messages", p)
}

func messageLines(r *web.Request, list []notify.Message) (out []messageLine) {
	for _, m := range list {
		out = append(out, messageLineOf(r, m))
	}
	return out
}

func messageLineOf(r *web.Request, m notify.Message) messageLine {
	l := r.Localizer()
	x := messageLine{ID: m.ID, Kind: r.T("notify.kind." + m.Kind), When: l.Ago(m.ChangedAt, r.Now(), r.Zone()), Exact: l.DateTime(m.ChangedAt.In(r.Zone())),
		State: stateMark{Kind: "wait", Label: r.T("notify.state." + string(m.State))}}
	if m.State != notify.ToHand {
		x.State.Kind = "late"
	}
	if m.Channel != "" {
		x.Channel = r.T("notify.channel." + string(m.Channel))
	}
	if key := "notify.why." + m.Why; m.Why != "" && l.Has(key) {
		x.Why = r.T(key)
	}
	return x
}

type messagePage struct {
	messageLine
	Address string
	Href    template.URL
	Lang    string
	Subject string
	Body    string
	QR      template.HTML
	Link    string
	Wait    string // not now: from when
	Person  bool   // the safe way to say it matters
	Silent  bool   // no voicemail
	Choices []Option
}

func (h *Web) message(w http.ResponseWriter, r *web.Request) error {
	p, err := h.messageData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/message", p)
}

func (h *Web) messageData(r *web.Request) (p messagePage, err error) {
	m, err := h.o.Notices.Show(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = messagePage{messageLine: messageLineOf(r, m.Message), Address: m.Address, Lang: m.Lang, Subject: m.Subject, Body: m.Body, Link: m.Link, Silent: m.NoVoicemail || m.Rules.NoVoicemail}
	switch m.Channel {
	case notify.Phone, notify.SMS:
		if m.Address != "" {
			p.Address, p.Href = isolate(phone.Format(m.Address, "US")), template.URL("tel:"+m.Address) // #nosec: E.164 by the core
		}
	case notify.Email:
		if m.Address != "" {
			p.Href = template.URL("mailto:" + template.URLQueryEscaper(m.Address))
		}
	}
	p.Person = m.Kind == notify.PersonReminder || m.Kind == notify.PersonCode
	if !m.Allowed {
		if at, ok := m.Rules.Next(r.Now()); ok {
			p.Wait = r.Localizer().DateTime(at.In(r.Zone()))
		} else {
			p.Wait = "–"
		}
	}
	if m.Link != "" {
		svg, err := qr.SVG(m.Link, r.T("handoff.message.qr"))
		if err != nil {
			return p, err
		}
		p.QR = template.HTML(svg) // #nosec: drawn by kit/qr
	}
	choices := []notify.Choice{notify.HandOver, notify.Arrived, notify.Again, notify.Drop}
	if m.State == notify.ToHand {
		choices = []notify.Choice{"handed", notify.Drop}
	} else if m.State == notify.Failed {
		choices = []notify.Choice{notify.HandOver, notify.Again, notify.Drop}
	}
	for _, c := range choices {
		p.Choices = append(p.Choices, Option{Value: string(c), Label: r.T("notify.choice." + string(c))})
	}
	return p, nil
}

func (h *Web) decide(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, choice := r.PathValue("id"), r.Form("choice")
	if choice == "handed" {
		err = h.o.Notices.MarkHanded(r.Context(), r.Actor, id)
	} else {
		err = h.o.Notices.Decide(r.Context(), r.Actor, id, notify.Choice(choice))
	}
	if err != nil {
		return err
	}
	if notify.Choice(choice) == notify.HandOver {
		return r.RedirectWith(w, "/messages/"+id, "handoff.flash.message")
	}
	return r.RedirectWith(w, "/messages", "handoff.flash.message")
}

type jobLine struct{ ID, Kind, Error, When, Exact string }

type jobsPage struct {
	Dead             []jobLine
	Waiting, Running int
	Oldest           string
}

func (h *Web) jobs(w http.ResponseWriter, r *web.Request) error {
	dead, err := h.o.Jobs.Dead(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	st, err := h.o.Jobs.Stats(r.Context())
	if err != nil {
		return err
	}
	l := r.Localizer()
	p := jobsPage{Waiting: st.Waiting, Running: st.Running}
	if st.Oldest > 0 {
		p.Oldest = l.Ago(r.Now().Add(-st.Oldest), r.Now(), r.Zone())
	}
	for _, d := range dead {
		p.Dead = append(p.Dead, jobLine{d.ID, d.Kind, d.Error, l.Ago(d.EndedAt, r.Now(), r.Zone()), l.DateTime(d.EndedAt.In(r.Zone()))})
	}
	return r.Page(w, "introduction/messagejobs", p)
}

func (h *Web) job(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	flash := "handoff.flash.job_again"
	if r.Form("do") == "drop" {
		flash, err = "handoff.flash.job_gone", h.o.Jobs.Drop(r.Context(), r.Actor, r.PathValue("id"))
	} else {
		err = h.o.Jobs.Retry(r.Context(), r.Actor, r.PathValue("id"))
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/jobs", flash)
}
