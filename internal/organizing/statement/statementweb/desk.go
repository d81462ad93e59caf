// The organizers' side: conversations, what people vote on, what waits for a look,
// and votes on paper.
package statementweb

import (
	"net/http"
	"net/url"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/web"
)

type listLine struct {
	ID, Title, Lang, Until string
	Closed                 bool
}

type listPage struct {
	Campaign, Title, PerHour, Until string
	Live, Team, May                 bool
	Lines                           []listLine
	Languages                       []Option
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	p, err := h.listPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "statement/list", p)
}

func (h *Web) listPage(r *web.Request) (p listPage, err error) {
	p = listPage{Campaign: r.Form("campaign"), Title: r.Form("title"), PerHour: r.Form("per_hour"), Until: r.Form("until"), Live: r.Checked("live"), Team: r.Checked("team"), May: r.Actor.Has("organizer")}
	if p.PerHour == "" {
		p.PerHour = "300"
	}
	list, err := h.s.List(r.Context(), r.Actor, p.Campaign)
	if err != nil {
		return p, err
	}
	for _, c := range list {
		l := listLine{ID: c.ID, Title: c.Title, Lang: r.Localizer().LanguageName(c.Language), Closed: c.Over(r.Now())}
		if !c.Until.IsZero() {
			l.Until = r.Localizer().LongDate(c.Until.Add(-time.Second).In(r.Zone()))
		}
		p.Lines = append(p.Lines, l)
	}
	chosen := r.Form("lang")
	if chosen == "" {
		chosen = r.Locale
	}
	p.Languages = languageOptions(r, chosen)
	return p, nil
}

func (h *Web) create(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	title, bad := r.Guarded("title")
	in := statement.ConversationIn{Campaign: r.Form("campaign"), Title: title, Language: r.Form("lang"), Live: r.Checked("live"), Team: r.Checked("team"), Key: r.Key()}
	if n, ok := r.FormInt("per_hour"); ok {
		in.PerHour = n
	} else if r.Form("per_hour") != "" {
		in.PerHour = -1 // said at the field
	}
	if day, err := time.ParseInLocation(time.DateOnly, r.Form("until"), r.Zone()); err == nil {
		in.Until = day.AddDate(0, 0, 1)
	}
	made, err := "", fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.Save(r.Context(), r.Actor, in)
	}
	if err != nil {
		p, e := h.listPage(r)
		if e != nil {
			return e
		}
		return r.Fail(w, "statement/list", p, err)
	}
	return r.RedirectWith(w, "/statements/"+made+"/queue", "statement.flash.made")
}

// set closes, opens, or shows results to voters.
func (h *Web) set(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in := statement.ConversationIn{ID: c.ID, Title: c.Title, Language: c.Language, Live: c.Live, PerHour: c.MostPerHour, Until: c.Until, Closed: c.Closed, Key: r.Key()}
	switch r.Form("act") {
	case "close":
		in.Closed = true
	case "open":
		in.Closed = false
		if !c.Until.IsZero() && !r.Now().Before(c.Until) {
			in.Until = time.Time{}
		}
	case "show":
		in.Live = true
	case "hide":
		in.Live = false
	default:
		return fault.Wrong(fault.At("act", "contact.error.choose"))
	}
	if _, err := h.s.Save(r.Context(), r.Actor, in); err != nil {
		return err
	}
	return r.RedirectWith(w, "/statements/"+c.ID+"/queue", "statement.flash.set")
}

type queueLine struct {
	sentence
	Held    bool
	Missing string // languages it is not said in
}

type queueCluster struct {
	Lines []queueLine
	More  []string // ids of near copies that are not shown
	N     int
}

type queuePage struct {
	ID, Title, Address string
	Clusters           []queueCluster
	Lines              []queueLine
	More, Live, Closed bool
	Waits, There       int
	Reasons            []Option
	Rejections         []rejection
}

type rejection struct {
	Batch, Reason string
	N             int
}

const shownOfCluster = 3

func (h *Web) queue(w http.ResponseWriter, r *web.Request) error {
	p, err := h.queuePage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "statement/queue", p)
}

func (h *Web) queuePage(r *web.Request) (p queuePage, err error) {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	q, err := h.s.Queue(r.Context(), r.Actor, c.ID)
	if err != nil {
		return p, err
	}
	p = queuePage{ID: c.ID, Title: c.Title, Address: r.Base() + "/say/" + c.Token, More: q.More, Live: c.Live, Closed: c.Over(r.Now()), Waits: q.Count[statement.Waiting], There: q.Count[statement.Approved]}
	for _, cluster := range q.Clusters {
		line := queueCluster{N: len(cluster)}
		for i, st := range cluster {
			if i >= shownOfCluster {
				line.More = append(line.More, st.ID)
				continue
			}
			text, lang := st.Text.In(st.Language, st.Language)
			line.Lines = append(line.Lines, queueLine{sentence: sentence{st.ID, text, lang, i18n.Dir(lang)}, Held: st.Held})
		}
		p.Clusters = append(p.Clusters, line)
	}
	list, err := h.s.Statements(r.Context(), r.Actor, c.ID)
	if err != nil {
		return p, err
	}
	for _, st := range list {
		l := queueLine{sentence: in(r, st)}
		var missing []string
		for _, lang := range i18n.Languages() {
			if st.Text[lang.Code] == "" {
				missing = append(missing, r.Localizer().LanguageName(lang.Code))
			}
		}
		l.Missing = r.Localizer().List(missing)
		p.Lines = append(p.Lines, l)
	}
	rejected, err := h.s.Rejections(r.Context(), r.Actor, c.ID)
	if err != nil {
		return p, err
	}
	for _, x := range rejected {
		p.Rejections = append(p.Rejections, rejection{x.Batch, r.T("statement.reason." + string(x.Reason)), x.N})
	}
	for _, x := range statement.Reasons() {
		p.Reasons = append(p.Reasons, Option{Value: string(x), Label: r.T("statement.reason." + string(x)), Checked: string(x) == r.Form("reason")})
	}
	return p, nil
}

func (h *Web) moderate(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id, act := r.PathValue("id"), r.Form("act")
	var err error
	switch act {
	case "approve":
		err = h.s.Approve(r.Context(), r.Actor, id, r.FormAll("id"), r.Key())
	case "reject":
		_, err = h.s.Reject(r.Context(), r.Actor, id, r.FormAll("id"), statement.Reason(r.Form("reason")), r.Key())
	case "undo":
		err = h.s.Undo(r.Context(), r.Actor, id, r.Form("batch"), r.Key())
	default:
		err = fault.Wrong(fault.At("act", "contact.error.choose"))
	}
	if fault.Is(err, fault.Invalid) {
		p, e := h.queuePage(r)
		if e != nil {
			return e
		}
		return r.Fail(w, "statement/queue", p, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/statements/"+id+"/queue", "statement.flash."+act)
}

type wordsField struct{ Name, Label, Lang, Dir, Value string }

type wordsPage struct {
	ID, Statement, Own, OwnLang, OwnDir string
	Languages                           []Option
	Fields                              []wordsField
}

// words is a new statement, or one that is there in more languages.
func (h *Web) words(w http.ResponseWriter, r *web.Request) error {
	p, err := h.wordsPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "statement/words", p)
}

func (h *Web) wordsPage(r *web.Request) (p wordsPage, err error) {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = wordsPage{ID: c.ID, Statement: r.Form("s")}
	var there statement.Statement
	if p.Statement != "" {
		list, err := h.s.Statements(r.Context(), r.Actor, c.ID)
		if err != nil {
			return p, err
		}
		for _, st := range list {
			if st.ID == p.Statement {
				there = st
			}
		}
		if there.ID == "" {
			return p, fault.Missing("statement")
		}
		p.Own, p.OwnLang = there.Text.In(there.Language, there.Language)
		p.OwnDir = i18n.Dir(p.OwnLang)
	}
	chosen := r.Form("lang")
	if chosen == "" {
		chosen = c.Language
	}
	p.Languages = languageOptions(r, chosen)
	for _, l := range i18n.Languages() {
		if there.ID != "" && l.Code == there.Language {
			continue
		}
		f := wordsField{Name: "text-" + l.Code, Label: r.Localizer().LanguageName(l.Code), Lang: l.Code, Dir: i18n.Dir(l.Code), Value: there.Text[l.Code]}
		if r.Method == http.MethodPost {
			f.Value = r.Form(f.Name)
		}
		p.Fields = append(p.Fields, f)
	}
	return p, nil
}

func (h *Web) saveWords(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := statement.SeedIn{Conversation: r.PathValue("id"), ID: r.Form("s"), Language: r.Form("lang"), Text: statement.Text{}, Key: r.Key()}
	var bad []fault.Field
	for _, l := range i18n.Languages() {
		text, wrong := r.Guarded("text-" + l.Code)
		in.Text[l.Code], bad = text, append(bad, wrong...)
	}
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		_, err = h.s.Seed(r.Context(), r.Actor, in)
	}
	if err != nil {
		p, e := h.wordsPage(r)
		if e != nil {
			return e
		}
		return r.Fail(w, "statement/words", p, err)
	}
	return r.RedirectWith(w, "/statements/"+url.PathEscape(in.Conversation)+"/queue", "statement.flash.words")
}

type paperLine struct {
	sentence
	Agree, Disagree, Pass string
}

type paperPage struct {
	ID    string
	Least int
	Lines []paperLine
}

func (h *Web) paper(w http.ResponseWriter, r *web.Request) error {
	p, err := h.paperPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "statement/paper", p)
}

func (h *Web) paperPage(r *web.Request) (p paperPage, err error) {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	list, err := h.s.Statements(r.Context(), r.Actor, c.ID)
	p = paperPage{ID: c.ID, Least: c.MinGroup}
	for _, st := range list {
		p.Lines = append(p.Lines, paperLine{in(r, st), r.Form("agree-" + st.ID), r.Form("disagree-" + st.ID), r.Form("pass-" + st.ID)})
	}
	return p, err
}

func (h *Web) savePaper(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.paperPage(r)
	if err != nil {
		return err
	}
	in := statement.PaperIn{Conversation: p.ID, Key: r.Key()}
	number := func(name string) int {
		n, ok := r.FormInt(name)
		if !ok && r.Form(name) != "" {
			return -1 // said at the field
		}
		return n
	}
	for _, l := range p.Lines {
		in.Tallies = append(in.Tallies, statement.Paper{Statement: l.ID, Agree: number("agree-" + l.ID), Disagree: number("disagree-" + l.ID), Pass: number("pass-" + l.ID)})
	}
	if _, err := h.s.Count(r.Context(), r.Actor, in); err != nil {
		return r.Fail(w, "statement/paper", p, err)
	}
	return r.RedirectWith(w, "/statements/"+p.ID+"/queue", "statement.flash.paper")
}
