// The call list: whom to phone, when, what is said; a number when it is asked for;
// the questions that are sent to the others; and the list on paper.
package turnoutweb

import (
	"html/template"
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/web"
)

type callLine struct {
	Person, Name, Lang  string
	State               pill
	Tried               string
	Wait                string // when they may be called, when it is not now
	NoVoicemail, Failed bool
	Phone               string
	Tel                 template.URL
	Email               string
	Hidden              bool // this reader may not open the number
}

type callsPage struct {
	head
	First, Later []callLine // not tried today, and tried
	Reach        turnout.Reach
	Confirming   bool
	MayPrint     bool
	MaySend      bool
	Shown        string // whose number is open
}

func (h *Web) calls(w http.ResponseWriter, r *web.Request) error {
	p, err := h.callsPage(r, nil)
	if err != nil {
		return err
	}
	return r.Page(w, "turnout/calls", p)
}

// callsPage makes the list; open are people whose numbers are shown.
func (h *Web) callsPage(r *web.Request, open map[string]callLine) (p callsPage, err error) {
	b, err := h.editable(r)
	if err != nil {
		return p, err
	}
	list, reach, err := h.s.Calls(r.Context(), r.Actor, b.ID)
	if err != nil {
		return p, err
	}
	p = callsPage{head: headOf(r, b), Reach: reach, Confirming: b.Confirming(r.Now()), MayPrint: h.s.MayPrint(r.Actor) == nil}
	p.MaySend = p.Confirming && b.Whole && reach.Written > 0
	var ids []string
	for _, c := range list {
		ids = append(ids, c.Person)
	}
	names, err := h.called(r, ids)
	if err != nil {
		return p, err
	}
	l := r.Localizer()
	today := r.Now().In(r.Zone()).Format("2006-01-02")
	for _, c := range list {
		line := callLine{Person: c.Person, Name: somebody(r, names, c.Person), Lang: l.LanguageName(c.Lang), State: state(r, c.Ask), NoVoicemail: c.NoVoicemail, Failed: c.Failed, Hidden: names[c.Person] == ""}
		switch {
		case c.Never:
			line.Wait = r.T("turnout.call_never")
		case !c.From.IsZero():
			line.Wait = r.T("turnout.call_from", "When", l.DateTime(c.From.In(r.Zone())))
		}
		if c.Tries > 0 {
			line.Tried = r.T("turnout.tried", "Count", c.Tries)
		}
		if o, ok := open[c.Person]; ok {
			line.Phone, line.Tel, line.Email = o.Phone, o.Tel, o.Email
		}
		if !c.Tried.IsZero() && c.Tried.In(r.Zone()).Format("2006-01-02") == today {
			p.Later = append(p.Later, line)
		} else {
			p.First = append(p.First, line)
		}
	}
	byName(p.First, func(c callLine) string { return c.Name })
	byName(p.Later, func(c callLine) string { return c.Name })
	return p, nil
}

// reveal opens how somebody on the list is reached; each time is written down.
func (h *Web) reveal(r *web.Request, person string) (line callLine, err error) {
	rec, err := h.people.Reveal(r.Context(), r.Actor, person)
	if err != nil {
		return line, err
	}
	line.Phone, line.Email = rec.Profile.Phone, rec.Profile.Email
	if line.Phone != "" {
		line.Tel = template.URL("tel:" + line.Phone) // E.164, checked when it was stored
	}
	return line, nil
}

// call opens a number, or takes the one press after a call.
func (h *Web) call(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, id, person := r.Context(), r.PathValue("id"), r.Form("person")
	var err error
	if result := r.Form("result"); result == "show" {
		var line callLine
		if err = h.s.Listed(ctx, r.Actor, id, person); err == nil {
			line, err = h.reveal(r, person)
		}
		if err == nil {
			p, err := h.callsPage(r, map[string]callLine{person: line})
			if err != nil {
				return err
			}
			p.Shown = person
			return r.Page(w, "turnout/calls", p)
		}
		if fault.Is(err, fault.NotFound) {
			if _, gone := h.s.Get(ctx, r.Actor, id); gone != nil {
				return gone
			}
			err = fault.Wrong(fault.At("person", "turnout.error.number_closed"))
		}
	} else {
		err = h.s.Note(ctx, r.Actor, id, person, turnout.Result(result), r.Key())
	}
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id+"/calls", "turnout.flash.noted")
	}
	p, perr := h.callsPage(r, nil)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "turnout/calls", p, err)
}

// questions asks those who said yes once more, by the way they agreed to.
func (h *Web) questions(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	_, err := h.s.SendQuestions(r.Context(), r.Actor, id, r.Key())
	if err == nil {
		return r.RedirectWith(w, "/turnout/"+id+"/calls", "turnout.flash.sent")
	}
	p, perr := h.callsPage(r, nil)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "turnout/calls", p, err)
}

// sheetMost is how many numbers go out on one paper.
const sheetMost = 40

type sheetPage struct {
	head
	Lines []callLine
	More  int
}

// sheet is the call list on paper, with numbers: each of them is written down as
// opened. Nothing on it says what the call is about.
func (h *Web) sheet(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.callsPage(r, nil)
	if err != nil {
		return err
	}
	out := sheetPage{head: p.head}
	for _, line := range append(p.First, p.Later...) {
		if line.Hidden {
			continue
		}
		if len(out.Lines) == sheetMost {
			out.More++
			continue
		}
		o, err := h.reveal(r, line.Person)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		line.Phone, line.Email = o.Phone, o.Email
		out.Lines = append(out.Lines, line)
	}
	return r.Page(w, "turnout/sheet", out)
}
