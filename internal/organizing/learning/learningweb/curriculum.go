// Curricula: what they say, their form, one session's form, and from draft to version.
package learningweb

import (
	"net/http"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/platform/web"
)

type curriculumPage struct {
	ID, Title, Purpose string
	Lang, Dir          string
	State              pill
	Facts              []Fact
	Sessions           []outlineLine
	Edition            int64
	Edits, Publishes   bool
	Retires, Reopens   bool
	Plans              bool
	Next               int // the place of a new session
}

func curriculumState(r *web.Request, c learning.Curriculum) pill {
	kind := map[learning.State]string{learning.Draft: "wait", learning.Published: "ok", learning.Retired: "info"}[c.State]
	return pill{Kind: kind, Label: r.T("learning.state." + string(c.State))}
}

func (h *Web) curriculumData(r *web.Request) (p curriculumPage, err error) {
	c, _, err := h.s.Curriculum(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	d := c.Draft
	p = curriculumPage{ID: c.ID, Title: d.Title, Purpose: d.Purpose, Lang: d.Lang, Dir: i18n.Dir(d.Lang), State: curriculumState(r, c), Edition: c.Edition, Next: len(d.Sessions)}
	p.Edits = may(r, change) && c.State != learning.Retired
	p.Publishes = may(r, publish) && p.Edits && c.Changed && len(d.Sessions) > 0
	p.Retires, p.Reopens = may(r, publish) && c.State == learning.Published, may(r, publish) && c.State == learning.Retired
	p.Plans = may(r, plan) && c.State == learning.Published
	version := r.T("learning.version.none")
	if c.Version > 0 {
		version = r.T("learning.version.n", "Version", c.Version)
		if c.Changed {
			version = r.T("learning.version.changed", "Version", c.Version)
		}
	}
	p.Facts = []Fact{{Term: r.T("learning.version"), Text: version}, {Term: r.T("learning.lang"), Text: r.Localizer().LanguageName(d.Lang)},
		{Term: r.T("learning.time"), Text: minutes(r, d.Minutes())}, {Term: r.T("learning.practises"), Text: skills(r, d.Skills())}}
	for i, s := range d.Sessions {
		p.Sessions = append(p.Sessions, outlineLine{URL: "/learn/curricula/" + c.ID + "/sessions/" + strconv.Itoa(i), Title: s.Title, Purpose: s.Purpose, Meta: minutes(r, s.Minutes())})
	}
	return p, nil
}

func (h *Web) curriculum(w http.ResponseWriter, r *web.Request) error {
	p, err := h.curriculumData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/curriculum", p)
}

func (h *Web) curriculumState(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	var err error
	switch r.Form("to") {
	case "retired":
		err = h.s.Retire(r.Context(), r.Actor, id, r.Key())
	case "reopened":
		err = h.s.Reopen(r.Context(), r.Actor, id, r.Key())
	default:
		err = h.s.Publish(r.Context(), r.Actor, id, number(r.Form("edition")), r.Key())
	}
	if err == nil {
		return r.RedirectWith(w, "/learn/curricula/"+id, "learning.flash.done")
	}
	p, e := h.curriculumData(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "learning/curriculum", p, err)
}

type curriculumForm struct {
	ID, Action, Back string
	Title, Purpose   string
	Edition          int64
	Langs            []Option
	Sessions         []Option // of the draft: ticked ones stay
	Ours             []Option
}

func (h *Web) curriculumFormData(r *web.Request) (f curriculumForm, err error) {
	f = curriculumForm{ID: r.PathValue("id"), Action: r.URL.Path, Back: "/learn"}
	lang := r.Locale
	if f.ID != "" {
		c, _, err := h.s.Curriculum(r.Context(), r.Actor, f.ID)
		if err != nil {
			return f, err
		}
		f.Back, f.Title, f.Purpose, f.Edition, lang = "/learn/curricula/"+f.ID, c.Draft.Title, c.Draft.Purpose, c.Edition, c.Draft.Lang
		for i, s := range c.Draft.Sessions {
			f.Sessions = append(f.Sessions, Option{Value: strconv.Itoa(i), Label: s.Title, Checked: true})
		}
	}
	f.Langs = languages(r, lang)
	for _, key := range learning.Outlines() {
		s, _, _ := learning.Outline(string(key), r.Locale)
		f.Ours = append(f.Ours, Option{Value: string(key), Label: s.Title, Hint: minutes(r, s.Minutes())})
	}
	return f, nil
}

func (h *Web) curriculumForm(w http.ResponseWriter, r *web.Request) error {
	f, err := h.curriculumFormData(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/curriculumform", f)
}

func (h *Web) curriculumSave(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := learning.SaveIn{ID: r.PathValue("id"), Title: r.Form("title"), Purpose: r.Form("purpose"), Lang: r.Form("lang"), Add: r.FormAll("add"), Edition: number(r.Form("edition")), Key: r.Key()}
	for _, k := range r.FormAll("keep") {
		in.Keep = append(in.Keep, int(number(k)))
	}
	made, err := h.s.Save(r.Context(), r.Actor, in)
	if err == nil {
		return r.RedirectWith(w, "/learn/curricula/"+made, "learning.flash.saved")
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return err
	}
	f, e := h.curriculumFormData(r)
	if e != nil {
		return e
	}
	f.Title, f.Purpose, f.Langs = in.Title, in.Purpose, languages(r, in.Lang)
	tick(f.Sessions, r.FormAll("keep"))
	tick(f.Ours, in.Add)
	return r.Fail(w, "learning/curriculumform", f, err)
}

func tick(list []Option, chosen []string) {
	for i := range list {
		list[i].Checked = false
		for _, c := range chosen {
			list[i].Checked = list[i].Checked || list[i].Value == c
		}
	}
}

type sessionForm struct {
	In      learning.SessionIn
	Action  string
	Back    string
	Edition int64
	Lang    string
	Dir     string
	Skills  []Option
	New     bool
}

func (h *Web) sessionFormData(r *web.Request) (f sessionForm, err error) {
	c, _, err := h.s.Curriculum(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return f, err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n > len(c.Draft.Sessions) {
		return f, fault.Missing("no such session")
	}
	f = sessionForm{Action: r.URL.Path, Back: "/learn/curricula/" + c.ID, Edition: c.Edition, Lang: c.Draft.Lang, Dir: i18n.Dir(c.Draft.Lang), New: n == len(c.Draft.Sessions)}
	if !f.New {
		f.In = c.Draft.Sessions[n].Written()
	}
	return f, nil
}

func (f *sessionForm) options(r *web.Request) {
	f.Skills = options(r, "learning.skill.", learning.Skills(), func(learning.Skill) bool { return false })
	tick(f.Skills, f.In.Skills)
}

func (h *Web) sessionForm(w http.ResponseWriter, r *web.Request) error {
	f, err := h.sessionFormData(r)
	if err != nil {
		return err
	}
	f.options(r)
	return r.Page(w, "learning/sessionform", f)
}

func (h *Web) sessionSave(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	f, err := h.sessionFormData(r)
	if err != nil {
		return err
	}
	f.In = learning.SessionIn{Title: r.Form("title"), Purpose: r.Form("purpose"), Plan: r.Form("plan"), Materials: r.Form("materials"), Script: r.Form("script"),
		RolePlays: r.Form("role_plays"), Mistakes: r.Form("mistakes"), Questions: r.Form("questions"), Skills: r.FormAll("skills")}
	in := learning.SaveSessionIn{SessionIn: f.In, ID: r.PathValue("id"), Place: int(number(r.PathValue("n"))), Edition: number(r.Form("edition")), Key: r.Key()}
	if err := h.s.SaveSession(r.Context(), r.Actor, in); err != nil {
		f.options(r)
		return r.Fail(w, "learning/sessionform", f, err)
	}
	return r.RedirectWith(w, f.Back, "learning.flash.saved")
}
