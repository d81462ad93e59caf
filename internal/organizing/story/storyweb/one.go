// One story on the workbench: words, the teller's yes, uses, the end.
package storyweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/story"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

type permission struct {
	Value, Place, Until string // Until is empty when the place is not allowed
}

type useLine struct {
	Place, Where, When, State, Kind string
}

type editLine struct{ When, Who string }

type onePage struct {
	Lines                                   []string // the text, paragraph by paragraph
	ID, Name, Title, Text, Lang, LangName   string
	State, Kind, Identity, Detail, Told     string
	Version                                 int64
	Known, Approved, MayUse, MayRest, Rests bool
	Permissions                             []permission
	Uses                                    []useLine
	Edits                                   []editLine
	Typed                                   story.Words // what was typed into a form that came back
	Details, Identities, Places, UsePlaces  []Option
	Months, Hows, Witnesses, Interpreters   []Option
	Where                                   string
	Wording                                 []string
	WordingTitle, WordingLang               string
	OpenDraft, OpenYes, OpenUse             bool
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "story/toldone", p)
}

func (h *Web) onePage(r *web.Request) (p onePage, err error) {
	s, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = onePage{ID: s.ID, Title: s.Words.Title, Text: s.Words.Text, Lines: paragraphs(s.Words.Text), Lang: s.Language, LangName: r.Localizer().LanguageName(s.Language),
		State: r.T(s.State.Label()), Kind: stateKind(s.State), Identity: r.T("story.identity." + string(s.Identity)), Detail: r.T("story.detail." + string(s.Detail)),
		Told: day(r, s.Told), Version: s.Version, Known: s.Known, Approved: s.Fresh(), Rests: s.State == story.Resting,
		MayRest: s.State == story.Approved || s.State == story.Used, Typed: s.Words}
	if s.Known {
		names, err := h.people.Names(r.Context(), r.Actor, []string{s.Subject})
		if err != nil {
			return p, err
		}
		p.Name = names[s.Subject].Name
	}
	var allowed []string
	for _, x := range s.Permissions {
		line := permission{Value: x.Place, Place: r.T("story.place." + x.Place)}
		if !x.Until.IsZero() {
			line.Until, allowed = day(r, x.Until), append(allowed, x.Place)
			p.UsePlaces = append(p.UsePlaces, Option{Value: x.Place, Label: line.Place})
		}
		p.Permissions = append(p.Permissions, line)
	}
	p.MayUse = p.MayRest && len(allowed) > 0
	p.uses(r, s.Uses)
	for _, e := range s.Edits {
		who := r.T("story.party." + string(e.Party))
		if name := h.o.Name(r.Context(), r.Actor.Org, e.Account); e.Account != "" && name != "" {
			who = name
		}
		p.Edits = append(p.Edits, editLine{When: day(r, e.At), Who: who})
	}
	p.forms(r, s, allowed)
	return p, nil
}

func (p *onePage) uses(r *web.Request, list []story.Use) {
	for _, u := range list {
		line := useLine{Place: r.T("story.place." + u.Place), Where: u.Where, When: day(r, u.At), State: r.T("story.use.on"), Kind: "ok"}
		switch {
		case !u.Down.IsZero():
			line.State, line.Kind = r.T("story.use.over"), "info"
		case u.Late(r.Now()):
			line.State, line.Kind = r.T("story.use.late"), "late"
		case !u.Ended.IsZero():
			line.State, line.Kind = r.T("story.use.ending"), "wait"
		}
		p.Uses = append(p.Uses, line)
	}
}

// forms prepares the choices, as they were typed when a form came back.
func (p *onePage) forms(r *web.Request, s story.Whole, allowed []string) {
	identity, months, how := r.Form("identity"), r.Form("months"), r.Form("how")
	if identity == "" {
		identity = string(s.Identity)
	}
	if months == "" {
		months = "12"
	}
	if places := r.FormAll("places"); len(places) > 0 {
		allowed = places
	}
	p.Details = options(r, "story.detail.", story.Details(), string(s.Detail))
	for _, v := range story.Identities() {
		if s.Known || v == story.Anonymous {
			p.Identities = append(p.Identities, Option{Value: string(v), Label: r.T("story.identity." + string(v)), Checked: string(v) == identity})
		}
	}
	p.Places = placeOptions(r, allowed)
	p.Months = []Option{{Value: "12", Label: r.T("story.months.12"), Checked: months == "12"}, {Value: "24", Label: r.T("story.months.24"), Checked: months == "24"}}
	p.Hows = options(r, "consent.how.", consent.Hows(), how)
	p.Witnesses = options(r, "consent.helper.", consent.Witnesses()[1:], r.Form("witness"))
	p.Interpreters = options(r, "consent.helper.", consent.Interpreters()[1:], r.Form("interpreter"))
	p.Where = r.Form("where")
	p.WordingLang = s.Language
	wording, err := consent.Current(consent.StoryUse, s.Language)
	if err != nil {
		p.WordingLang = "en"
		if wording, err = consent.Current(consent.StoryUse, "en"); err != nil {
			return
		}
	}
	p.WordingTitle = wording.Title
	p.Wording = wording.Text(consent.Values{Recipient: r.T("story.yes.places_said"), Fields: []consent.Field{consent.Story}, Until: day(r, r.Now().AddDate(1, 0, 0))})
}

// back shows the story again with a form that was not right.
func (h *Web) back(w http.ResponseWriter, r *web.Request, err error, open func(p *onePage)) error {
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, e := h.onePage(r)
	if e != nil {
		return e
	}
	open(&p)
	return r.Fail(w, "story/toldone", p, err)
}

func (h *Web) draft(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	told, bad := words(r)
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Draft(r.Context(), r.Actor, story.DraftIn{ID: r.PathValue("id"), Words: told, Detail: r.Form("detail"), Version: version(r), Key: r.Key()})
	}
	if err != nil {
		return h.back(w, r, err, func(p *onePage) { p.OpenDraft, p.Typed = true, told })
	}
	return h.seeOther(w, r, "draft")
}

func version(r *web.Request) int64 {
	n, err := strconv.ParseInt(r.Form("_version"), 10, 64)
	if err != nil || n < 1 {
		return -1 // no version of any words: refused as such
	}
	return n
}

func approveIn(r *web.Request, id string) story.ApproveIn {
	months, _ := r.FormInt("months")
	return story.ApproveIn{ID: id, Version: version(r), Identity: r.Form("identity"), Places: r.FormAll("places"), Months: months, Key: r.Key()}
}

func (h *Web) approve(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := approveIn(r, r.PathValue("id")).WithConsent(r.Form("consent_lang"), r.Form("how"), r.Form("interpreter"), r.Form("witness"))
	if err := h.s.Approve(r.Context(), r.Actor, in); err != nil {
		return h.back(w, r, err, func(p *onePage) { p.OpenYes = true })
	}
	return h.seeOther(w, r, "approve")
}

func (h *Web) use(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	where, bad := r.Guarded("where")
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		err = h.s.Use(r.Context(), r.Actor, story.UseIn{ID: r.PathValue("id"), Place: r.Form("place"), Where: where, Key: r.Key()})
	}
	if err != nil {
		return h.back(w, r, err, func(p *onePage) { p.OpenUse = true })
	}
	return h.seeOther(w, r, "use")
}

func (h *Web) rest(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if r.Form("act") == "wake" {
		if err := h.s.Wake(r.Context(), r.Actor, r.PathValue("id"), r.Key()); err != nil {
			return err
		}
		return h.seeOther(w, r, "wake")
	}
	until, _ := time.ParseInLocation(time.DateOnly, r.Form("until"), r.Zone()) // no day: until somebody says so
	if err := h.s.Rest(r.Context(), r.Actor, story.RestIn{ID: r.PathValue("id"), Until: until, Key: r.Key()}); err != nil {
		return err
	}
	return h.seeOther(w, r, "rest")
}

func (h *Web) stop(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.StopPlace(r.Context(), r.Actor, r.PathValue("id"), r.Form("place"), r.Key()); err != nil {
		return err
	}
	return h.seeOther(w, r, "stop")
}

func (h *Web) end(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if err := h.s.Withdraw(r.Context(), r.Actor, r.PathValue("id"), r.Key()); err != nil {
		return err
	}
	return r.RedirectWith(w, "/told", "story.flash.end")
}

func paragraphs(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == '\n' })
}
