// The big screen, and the view of an interpreter. Both open by a link on a machine
// where nobody is signed in, keep no cookie, and stay current by themselves.
package assemblyweb

import (
	"net/http"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/contact"
)

// phases are the five parts of an assembly as the hall sees them.
var phases = []string{"welcome", "roll", "testimony", "asks", "close"}

var phaseOf = map[string]int{"doors": 0, "welcome": 0, "roll": 1, "credential": 1, "testimony": 2, "research": 2, "response": 3, "pin": 3, "vote": 3, "commitments": 4, "recognition": 4, "close": 4, "evaluation": 4}

type rollSum struct {
	Name string
	N    int
}

type stagePage struct {
	Title, When, Live, Lang string
	Steps                   []step
	Phase                   string
	Item                    string
	Purpose, Closing        string
	NextDate                string
	Roll                    []rollSum
	Present                 int
	Goal                    int
	Pledged                 int
	Asks                    []answerLine
	Testimony               bool
	Story                   *assembly.Showing
	Blocked                 bool
	Languages               []screenLink
}

// phase is where the run-sheet stands: a line of one's own belongs to the part before it.
func phase(st assembly.Stage) int {
	switch st.State {
	case assembly.Held, assembly.Evaluated, assembly.FollowedUp:
		return 4
	}
	at := 0
	for i, it := range st.Items {
		if i > st.On {
			break
		}
		if n, ok := phaseOf[it.Code]; ok {
			at = n
		}
		if it.LeadRole == people.Pinned {
			at = 3
		}
	}
	return at
}

func (h *Web) stagePage(r *web.Request) (p stagePage, st assembly.Stage, err error) {
	if st, err = h.s.Stage(r.Context(), r.Actor, r.PathValue("token")); err != nil {
		return p, st, err
	}
	now := phase(st)
	p = stagePage{Title: st.Title, When: when(r, st.Event), Live: "/stage/" + r.PathValue("token") + "/live?l=" + r.Locale, Lang: st.Languages[0], Phase: phases[now], Purpose: st.Purpose, Closing: st.Closing,
		NextDate: date(r, st.Next), Asks: h.answerLines(r, st.Whole), Story: st.Story, Blocked: st.Blocked}
	for i, name := range phases {
		s := step{Label: r.T("assembly.phase." + name), State: "next"}
		if i < now {
			s.State = "done"
		} else if i == now {
			s.State = "now"
		}
		p.Steps = append(p.Steps, s)
	}
	if st.On >= 0 {
		p.Item = st.Items[st.On].Title
		p.Testimony = st.Items[st.On].LeadRole == people.Testified
	}
	h.counted(st, &p)
	for _, l := range st.Languages {
		p.Languages = append(p.Languages, screenLink{r.Localizer().LanguageName(l), "/stage/" + r.PathValue("token") + "/in/" + l})
	}
	return p, st, nil
}

// counted is who is here, by institution: the roll call, or the door's number where
// it has not been called.
func (h *Web) counted(st assembly.Stage, p *stagePage) {
	by := map[string]int{}
	for _, c := range st.Roll {
		by[c.Institution] = c.N
	}
	if t := st.Turnout; t != nil {
		p.Goal, p.Pledged = t.Goal, t.Pledged
		for _, c := range t.By {
			if _, ok := by[c.Institution]; !ok && c.Roll >= 0 {
				by[c.Institution] = c.Roll
			}
		}
		p.Present = t.Attended
	}
	sum := 0
	for id, n := range by {
		if name := st.Places[id]; name != "" && n > 0 {
			p.Roll = append(p.Roll, rollSum{name, n})
		}
		sum += n
	}
	p.Present = max(p.Present, sum)
	slices.SortFunc(p.Roll, func(a, b rollSum) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
}

func (h *Web) stage(w http.ResponseWriter, r *web.Request) error {
	p, _, err := h.stagePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/stage", p)
}

func (h *Web) stageLive(w http.ResponseWriter, r *web.Request) error {
	return h.stream(w, r, "assembly/stage", "stage-live", func() (string, any, error) {
		p, st, err := h.stagePage(r)
		return st.Revision, p, err
	})
}

// stream sends a region again whenever something on it changed.
func (h *Web) stream(w http.ResponseWriter, r *web.Request, page, part string, look func() (string, any, error)) error {
	if _, _, err := look(); err != nil {
		return err // before the answer has begun, so that it has a status
	}
	seen := ""
	return r.Stream(w, "html", seconds, func() (string, error) {
		revision, data, err := look()
		if err != nil || revision == seen {
			return "", err
		}
		seen = revision
		return r.Fragment(page, part, data)
	})
}

type boothPage struct {
	Title, Live, Lang, Language, From string
	Now, Then                         *itemLine
	Items                             []itemLine
	Asks                              []boothAsk
	Story                             *assembly.Showing
	Blocked                           bool
	Over                              bool
}

type boothAsk struct {
	answerLine
	In         string // the ask in the interpreter's language
	Translated bool
}

func (h *Web) boothPage(r *web.Request) (p boothPage, st assembly.Stage, err error) {
	lang := r.PathValue("lang")
	if !contact.Language(lang) {
		return p, st, fault.Missing("language")
	}
	if i18n.Supported(lang) {
		r.Locale = lang
	}
	if st, err = h.s.Stage(r.Context(), r.Actor, r.PathValue("token")); err != nil {
		return p, st, err
	}
	p = boothPage{Title: st.Title, Live: "/stage/" + r.PathValue("token") + "/in/" + lang + "/live", Lang: lang, Language: r.Localizer().LanguageName(lang), From: st.Languages[0], Story: st.Story, Blocked: st.Blocked,
		Items: h.itemLines(r, st.Whole, nil, lang), Over: !st.Held.IsZero()}
	if st.On >= 0 {
		p.Now = &p.Items[st.On]
	}
	if then := st.On + 1; then < len(p.Items) && !p.Over {
		p.Then = &p.Items[then]
	}
	for i, l := range h.answerLines(r, st.Whole) {
		b := boothAsk{answerLine: l, In: st.Asks[i].In[lang].Title, Translated: true}
		if b.In == "" {
			b.In, b.Translated = l.Text, lang == st.Languages[0]
		}
		p.Asks = append(p.Asks, b)
	}
	return p, st, nil
}

func (h *Web) booth(w http.ResponseWriter, r *web.Request) error {
	p, _, err := h.boothPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/booth", p)
}

func (h *Web) boothLive(w http.ResponseWriter, r *web.Request) error {
	return h.stream(w, r, "assembly/booth", "booth-live", func() (string, any, error) {
		p, st, err := h.boothPage(r)
		return st.Revision, p, err
	})
}
