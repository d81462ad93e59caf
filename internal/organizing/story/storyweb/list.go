// The list of stories, with what has to be taken down first, and a new one.
package storyweb

import (
	"net/http"
	"net/url"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/story"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type line struct {
	URL, Title, Lang, State, Kind, When, Places string
}

type downLine struct {
	ID, Place, Where, When string
	Late                   bool
}

type listPage struct {
	Lines []line
	Next  string
	Down  []downLine
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	page, err := h.s.List(r.Context(), r.Actor, r.Form("after"))
	if err != nil {
		return err
	}
	p := listPage{}
	for _, s := range page.Lines {
		var places []string
		for _, place := range s.Places {
			places = append(places, r.T("story.place."+place))
		}
		p.Lines = append(p.Lines, line{URL: "/told/" + s.ID, Title: s.Title, Lang: s.Language, State: r.T(s.State.Label()), Kind: stateKind(s.State),
			When: day(r, s.Changed), Places: strings.Join(places, " · ")})
	}
	if page.Next != "" {
		p.Next = "/told?after=" + url.QueryEscape(page.Next)
	}
	down, err := h.s.ToTakeDown(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, u := range down {
		p.Down = append(p.Down, downLine{ID: u.ID, Place: r.T("story.place." + u.Place), Where: u.Where, When: day(r, u.Ended), Late: u.Late(r.Now())})
	}
	return r.Page(w, "story/told", p)
}

func (h *Web) down(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.TakenDown(r.Context(), r.Actor, r.Form("use"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/told", "story.flash.down")
}

type newPage struct {
	Person, Name     string
	Campaign         string
	Title, Text      string
	Detail, Language []Option
}

// newPage writes down what somebody told: of a person when the address names one,
// otherwise of nobody who is recorded.
func (h *Web) newPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.newForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "story/toldnew", p)
}

func (h *Web) newForm(r *web.Request) (p newPage, err error) {
	p = newPage{Person: r.Form("person"), Campaign: r.Form("campaign"), Title: r.Form("title"), Text: r.Form("text")}
	detail, lang := r.Form("detail"), r.Form("lang")
	if detail == "" {
		detail = string(story.AsTold)
	}
	if p.Person != "" {
		names, err := h.people.Names(r.Context(), r.Actor, []string{p.Person})
		if err != nil {
			return p, err
		}
		card, ok := names[p.Person]
		if !ok {
			return p, fault.Missing("person out of reach")
		}
		p.Name = card.Name
		if lang == "" {
			lang = card.Lang
		}
	}
	if lang == "" {
		lang = r.Locale
	}
	p.Detail, p.Language = options(r, "story.detail.", story.Details(), detail), languageOptions(r, lang)
	return p, nil
}

type codePage struct{ Code, URL string }

func (h *Web) tell(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	told, bad := words(r)
	out, err := story.ToldOut{}, fault.Wrong(bad...)
	if len(bad) == 0 {
		out, err = h.s.Tell(r.Context(), r.Actor, story.TellIn{Words: told, Person: r.Form("person"),
			Campaign: r.Form("campaign"), Language: r.Form("lang"), Detail: r.Form("detail"), Key: r.Key()})
	}
	if err != nil {
		p, e := h.newForm(r)
		if e != nil {
			return e
		}
		return r.Fail(w, "story/toldnew", p, err)
	}
	if out.Code != "" {
		return r.Page(w, "story/toldcode", codePage{Code: id.GroupCode(out.Code), URL: "/told/" + out.ID})
	}
	return r.RedirectWith(w, "/told/"+out.ID, "story.flash.told")
}

func may(r *web.Request, act access.Action) bool {
	_, err := access.Check(r.Actor, access.Need{Resource: "story", Action: act})
	return err == nil
}
