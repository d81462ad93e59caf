// Changing one's own contact, stopping, and deleting everything.

package introductionweb

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/contact"
)

type changeData struct {
	In       introduction.ContactIn
	Contacts []Option
	Days     []Option
	Words    []Option
}

func (h *Web) meChangePage(w http.ResponseWriter, r *web.Request) error {
	m, err := h.s.MyInformation(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	p, anyTime := m.Person, m.Person.Safe.From == m.Person.Safe.Until
	in := introduction.ContactIn{CalledName: p.CalledName, Contact: string(p.Contact), Phone: p.Phone, Email: p.Email,
		HoursFrom: timeText(p.Safe.From, anyTime), HoursUntil: timeText(p.Safe.Until, anyTime), NoVoicemail: p.Safe.NoVoicemail, Words: string(p.Safe.Words)}
	for _, d := range p.Safe.Days {
		in.Days = append(in.Days, strconv.Itoa(int(d)))
	}
	return r.Page(w, "introduction/me_change", changeForm(r, in))
}

func changeForm(r *web.Request, in introduction.ContactIn) changeData {
	d := changeData{In: in}
	for _, c := range contact.Ways() {
		d.Contacts = append(d.Contacts, Option{Value: string(c), Label: r.T("me.contact." + string(c))})
	}
	for _, wd := range week() {
		v := strconv.Itoa(int(wd))
		d.Days = append(d.Days, Option{Value: v, Label: r.Localizer().Weekday(wd), Checked: slices.Contains(in.Days, v)})
	}
	for _, c := range contact.WordChoices() {
		d.Words = append(d.Words, Option{Value: string(c), Label: r.T("me.words." + string(c))})
	}
	return d
}

func (h *Web) meChange(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	name, _ := r.GuardedName("called_name") // the core refuses it too; this shows why
	in := introduction.ContactIn{CalledName: name, Contact: r.Form("contact"), Phone: r.Form("phone"), Email: r.Form("email"),
		HoursFrom: r.Form("hours_from"), HoursUntil: r.Form("hours_until"), Days: r.FormAll("days"), NoVoicemail: r.Checked("no_voicemail"), Words: r.Form("words"), Key: r.Key()}
	if err := h.s.ChangeContact(r.Context(), r.Actor, in); err != nil {
		return r.Fail(w, "introduction/me_change", changeForm(r, in), err)
	}
	return r.RedirectWith(w, "/me/info", "me.flash.changed")
}

type endData struct {
	Group string
	Apart bool // they said yes to another page, which stays
}

// withGroup shows a page that asks before it ends something.
func (h *Web) withGroup(w http.ResponseWriter, r *web.Request, page string) error {
	m, err := h.s.MyInformation(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	name, err := h.meGroupName(r.Context(), r.Actor.Org, m.Group)
	if err != nil {
		return err
	}
	if name == "" {
		name = r.T("me.the_group")
	}
	return r.Page(w, page, endData{Group: name, Apart: m.Carry == introduction.CarryDone})
}

func (h *Web) meStopPage(w http.ResponseWriter, r *web.Request) error {
	return h.withGroup(w, r, "introduction/me_stop")
}

func (h *Web) meDeletePage(w http.ResponseWriter, r *web.Request) error {
	return h.withGroup(w, r, "introduction/me_delete")
}

func (h *Web) meSurePage(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "introduction/me_sure", nil)
}

// meStop ends the introduction on the person's word.
func (h *Web) meStop(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if !r.Actor.Has(access.Participant) {
		return h.meAgain(w, r, "stop")
	}
	err := h.s.Withdraw(r.Context(), r.Actor, introduction.WithdrawIn{ID: r.Actor.Subject, Key: r.Key()})
	return h.meOver(w, r, "stop", err)
}

// meDelete does the same and leaves no row. The tick on the page is the second yes.
func (h *Web) meDelete(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if !r.Actor.Has(access.Participant) {
		return h.meAgain(w, r, "delete")
	}
	err := h.s.Delete(r.Context(), r.Actor, introduction.DeleteIn{Confirm: r.Checked("confirm"), Key: r.Key()})
	if fault.Is(err, fault.Invalid) {
		return r.Fail(w, "introduction/me_sure", nil, err)
	}
	return h.meOver(w, r, "delete", err)
}

// ending is how an address names what ended: it stays in the history of a phone
// that others hold, so it must not say.
var ending = map[string]string{"stop": "1", "delete": "2"}

// meOver forgets the session, which ended with the person's data.
func (h *Web) meOver(w http.ResponseWriter, r *web.Request, what string, err error) error {
	if err != nil {
		return err
	}
	r.SetSecret(w, ownCookie, "", -1)
	return r.Redirect(w, "/me/over?n="+ending[what])
}

// meAgain answers the second press of a button whose first press has already ended
// the session. Anybody else is asked for the code.
func (h *Web) meAgain(w http.ResponseWriter, r *web.Request, what string) error {
	done, err := h.s.HasEnded(r.Context(), r.Key())
	if err != nil {
		return err
	}
	if !done {
		return r.Redirect(w, "/me?closed=1")
	}
	return r.Redirect(w, "/me/over?n="+ending[what])
}

type endedData struct {
	Zone    *time.Location
	What    string // stop or delete
	ByCode  bool   // opened with the code of something that ended
	Recalls []recalled
}

// meEndedPage says what is gone and what remains. It holds nothing of anybody.
func (h *Web) meEndedPage(w http.ResponseWriter, r *web.Request) error {
	what := "stop"
	if r.Form("n") == ending["delete"] {
		what = "delete"
	}
	return r.Page(w, "introduction/me_ended", endedData{Zone: r.Zone(), What: what})
}
