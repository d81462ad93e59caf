// A session to read, and the same on paper: one of ours, one of a curriculum, or
// one as a training used it.
package learningweb

import (
	"net/http"
	"strconv"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/platform/web"
)

type sessionPage struct {
	S               learning.Session
	Lang, Dir       string // of the session's text
	Long            string
	Skills          string
	Back, BackLabel string
	Paper, Edit     string
	From            string // the curriculum and version it belongs to
}

func (h *Web) sessionPage(r *web.Request, s learning.Session, lang string) sessionPage {
	return sessionPage{S: s, Lang: lang, Dir: i18n.Dir(lang), Long: minutes(r, s.Minutes()), Skills: skills(r, s.Skills), Back: "/learn", BackLabel: r.T("learning.title")}
}

// outline shows one of ours on a page.
func (h *Web) outline(key learning.Skill, page string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		s, lang, ok := learning.Outline(string(key), r.Locale)
		if !ok {
			return fault.Missing("no such outline")
		}
		p := h.sessionPage(r, s, lang)
		p.Paper = "/learn/outlines/" + string(key) + "/paper"
		return r.Page(w, page, p)
	}
}

// place reads which session of a list an address names.
func place(r *web.Request, list []learning.Session) (int, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(list) {
		return 0, fault.Missing("no such session")
	}
	return n, nil
}

func (h *Web) ofCurriculum(r *web.Request) (p sessionPage, err error) {
	id := r.PathValue("id")
	c, _, err := h.s.Curriculum(r.Context(), r.Actor, id)
	if err != nil {
		return p, err
	}
	n, err := place(r, c.Draft.Sessions)
	if err != nil {
		return p, err
	}
	p = h.sessionPage(r, c.Draft.Sessions[n], c.Draft.Lang)
	at := "/learn/curricula/" + id
	p.Back, p.BackLabel, p.Paper, p.From = at, c.Draft.Title, at+"/sessions/"+strconv.Itoa(n)+"/paper", c.Draft.Title
	if may(r, change) && c.State != learning.Retired {
		p.Edit = at + "/sessions/" + strconv.Itoa(n) + "/edit"
	}
	return p, nil
}

func (h *Web) session(w http.ResponseWriter, r *web.Request) error {
	p, err := h.ofCurriculum(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/session", p)
}

func (h *Web) sessionPaper(w http.ResponseWriter, r *web.Request) error {
	p, err := h.ofCurriculum(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/session_paper", p)
}

func (h *Web) ofTraining(r *web.Request) (p sessionPage, err error) {
	t, _, err := h.s.Training(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	n, err := place(r, t.Content.Sessions)
	if err != nil {
		return p, err
	}
	p = h.sessionPage(r, t.Content.Sessions[n], t.Content.Lang)
	at := "/learn/trainings/" + t.ID
	p.Back, p.BackLabel, p.Paper = at, t.Content.Title, at+"/sessions/"+strconv.Itoa(n)+"/paper"
	p.From = r.T("learning.version_of", "Title", t.Content.Title, "Version", t.Version)
	return p, nil
}

func (h *Web) taught(w http.ResponseWriter, r *web.Request) error {
	p, err := h.ofTraining(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/session", p)
}

func (h *Web) taughtPaper(w http.ResponseWriter, r *web.Request) error {
	p, err := h.ofTraining(r)
	if err != nil {
		return err
	}
	return r.Page(w, "learning/session_paper", p)
}
