// The group's own link: is this still true? Opening it changes nothing.

package directoryweb

import (
	"net/http"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/platform/web"
)

type stillPage struct {
	State     string
	Name      string
	Facts     []Fact
	Words     directory.Words
	WordsLang string
	WordsDir  string
	Replies   []Option
	Until     string
	Done      string // the answer just given
	Token     string
}

func (h *Web) ask(w http.ResponseWriter, r *web.Request) error {
	d, err := h.still(r)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if d.State != string(directory.LinkOpen) {
		status = http.StatusGone
	}
	w.Header().Set("Cache-Control", "no-store")
	return r.PageStatus(w, status, "directory/still", d)
}

func (h *Web) still(r *web.Request) (stillPage, error) {
	token := r.PathValue("token")
	q, err := h.s.Ask(r.Context(), token, r.Locale)
	if err != nil {
		return stillPage{}, err
	}
	say := directory.Say{L: r.Localizer()}
	v := q.View
	d := stillPage{State: string(q.State), Name: q.Name, Words: v.Words, WordsLang: v.WordsLang, WordsDir: i18n.Dir(v.WordsLang), Token: token,
		Until: r.Localizer().Date(q.Until, r.Zone())}
	if q.State == directory.LinkOpen {
		meetings := ""
		for i, line := range say.Rhythm(v.Rhythm) {
			if i > 0 {
				meetings += "; "
			}
			meetings += line
		}
		d.Facts = []Fact{
			{Term: r.T("directory.fact.meetings"), Text: meetings},
			{Term: r.T("directory.fact.place"), Text: say.Place(v.Place, v.Online)},
			{Term: r.T("directory.fact.languages"), Text: say.Languages(v.Languages)},
			{Term: r.T("directory.fact.childcare"), Text: yesNo(r, v.Childcare, "directory.childcare.yes", "directory.childcare.no")},
			{Term: r.T("directory.fact.cost"), Text: say.Cost(v.Cost)},
			{Term: r.T("directory.fact.phone"), Text: say.Phone(v.Contact.Phone)},
			{Term: r.T("directory.fact.email"), Text: v.Contact.Email},
			{Term: r.T("directory.fact.url"), Text: v.Contact.URL},
		}
	}
	for _, reply := range directory.Replies() {
		d.Replies = append(d.Replies, Option{Value: string(reply), Label: r.T("directory.still.reply_" + string(reply)), Hint: r.T("directory.still.hint_" + string(reply))})
	}
	return d, nil
}

func (h *Web) answer(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	reply := directory.Reply(r.Form("reply"))
	d, err := h.still(r) // before answering: afterwards the link shows nothing any more
	if err != nil {
		return err
	}
	err = h.s.Answer(r.Context(), r.PathValue("token"), reply, r.Key())
	switch {
	case fault.Is(err, fault.Gone):
		return r.PageStatus(w, http.StatusGone, "directory/still", d)
	case err != nil:
		return r.Fail(w, "directory/still", d, err)
	}
	d.Done = string(reply)
	return r.Page(w, "directory/still", d)
}

func (h *Web) renew(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	d, err := h.still(r)
	if err != nil {
		return err
	}
	if err := h.s.Renew(r.Context(), r.PathValue("token")); err != nil {
		return r.PageStatus(w, http.StatusGone, "directory/still", d)
	}
	d.Done = "renew"
	return r.Page(w, "directory/still", d)
}
