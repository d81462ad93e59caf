// The organizers' side: what waits for a look, and where people can answer.
package answerweb

import (
	"errors"
	"html/template"
	"io"
	"net/http"
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/qr"
	"seedbed/internal/organizing/answer"
	"seedbed/internal/platform/web"
)

type queueLine struct {
	ID, Lang string
	Held     bool
	Texts    []string
}

type queueCluster struct {
	Lines []queueLine
	More  []string // ids of near copies that are not shown
	N     int
}

type queuePage struct {
	ID                            string
	Clusters                      []queueCluster
	More                          bool
	Waits, Shown, Rejected, Heard int
	Reasons                       []Option
	Rejections                    []rejection
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
	return r.Page(w, "answer/queue", p)
}

func (h *Web) queuePage(r *web.Request) (p queuePage, err error) {
	p.ID = r.PathValue("id")
	q, err := h.s.Queue(r.Context(), r.Actor, p.ID)
	if err != nil {
		return p, err
	}
	p.More = q.More
	for _, c := range q.Clusters {
		line := queueCluster{N: len(c.Answers)}
		for i, a := range c.Answers {
			if i >= shownOfCluster {
				line.More = append(line.More, a.ID)
				continue
			}
			var texts []string
			for _, k := range sortedKeys(a.Said) {
				texts = append(texts, a.Said[k])
			}
			line.Lines = append(line.Lines, queueLine{ID: a.ID, Lang: a.Language, Held: a.Held, Texts: texts})
		}
		p.Clusters = append(p.Clusters, line)
	}
	counts, err := h.s.HeardIn(r.Context(), r.Actor, p.ID)
	if err != nil {
		return p, err
	}
	for _, c := range counts {
		switch c.State {
		case answer.Waiting:
			p.Waits += c.N
		case answer.Approved:
			p.Shown += c.N
		case answer.Rejected:
			p.Rejected += c.N
		}
		if c.State.Counts() {
			p.Heard += c.N
		}
	}
	list, err := h.s.Rejections(r.Context(), r.Actor, p.ID)
	if err != nil {
		return p, err
	}
	for _, x := range list {
		p.Rejections = append(p.Rejections, rejection{x.Batch, r.T("answer.reason." + string(x.Reason)), x.N})
	}
	for _, x := range answer.Reasons() {
		p.Reasons = append(p.Reasons, Option{Value: string(x), Label: r.T("answer.reason." + string(x)), Checked: string(x) == r.Form("reason")})
	}
	return p, nil
}

func sortedKeys(s answer.Said) []string {
	var keys []string
	for k := range s {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (h *Web) moderate(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var err error
	act := r.Form("act")
	switch act {
	case "approve":
		err = h.s.Approve(r.Context(), r.Actor, r.FormAll("id"), r.Key())
	case "reject":
		_, err = h.s.Reject(r.Context(), r.Actor, r.FormAll("id"), answer.Reason(r.Form("reason")), r.Key())
	case "undo":
		err = h.s.Undo(r.Context(), r.Actor, r.Form("batch"), r.Key())
	default:
		err = fault.Wrong(fault.At("act", "contact.error.choose"))
	}
	if fault.Is(err, fault.Invalid) {
		p, e := h.queuePage(r)
		if e != nil {
			return e
		}
		return r.Fail(w, "answer/queue", p, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/answers/"+r.PathValue("id"), "answer.flash."+act)
}

type placeLine struct {
	ID, Name, Lang, Address, Until string
	Kiosk, Codes, Closed           bool
	PerHour                        int
}

type placesPage struct {
	ID, Name, PerHour, Until string
	Kiosk, Codes             bool
	Places                   []placeLine
	Languages, Questions     []Option
	Sounds                   []string
	NewCodes                 []string
	N                        string
}

func (h *Web) places(w http.ResponseWriter, r *web.Request) error {
	p, err := h.placesPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "answer/places", p)
}

func (h *Web) placesPage(r *web.Request) (p placesPage, err error) {
	p = placesPage{ID: r.PathValue("id"), Name: r.Form("name"), PerHour: r.Form("per_hour"), Until: r.Form("until"), Kiosk: r.Checked("kiosk"), Codes: r.Checked("codes"), N: r.Form("n")}
	if p.PerHour == "" {
		p.PerHour = "120"
	}
	list, err := h.s.Places(r.Context(), r.Actor, p.ID)
	if err != nil {
		return p, err
	}
	for _, x := range list {
		line := placeLine{ID: x.ID, Name: x.Name, Lang: r.Localizer().LanguageName(x.Language), Address: r.Base() + "/ask/" + x.Token, Kiosk: x.Kiosk, Codes: x.Codes, Closed: x.Closed, PerHour: x.MostPerHour}
		if !x.Until.IsZero() {
			line.Until = r.Localizer().LongDate(x.Until.In(r.Zone()))
		}
		p.Places = append(p.Places, line)
	}
	chosen := r.Form("lang")
	if chosen == "" {
		chosen = r.Locale
	}
	p.Languages = languageOptions(r, chosen)
	qs, sounds, err := h.s.Questions(r.Context(), r.Actor, p.ID)
	for _, q := range qs {
		p.Questions = append(p.Questions, Option{Value: q.ID, Label: q.In(r.Locale), Checked: q.ID == r.Form("question")})
		for _, x := range sounds {
			if x.Question == q.ID {
				p.Sounds = append(p.Sounds, q.In(r.Locale)+" · "+r.Localizer().LanguageName(x.Language))
			}
		}
	}
	return p, err
}

func (h *Web) savePlace(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := answer.PlaceIn{Campaign: r.PathValue("id"), Name: r.Form("name"), Language: r.Form("lang"), Kiosk: r.Checked("kiosk"), Codes: r.Checked("codes"), Key: r.Key()}
	if id := r.Form("close"); id != "" { // the same place, closed or open again
		old, err := h.s.PlaceByID(r.Context(), r.Actor, id)
		if err != nil {
			return err
		}
		in = answer.PlaceIn{ID: old.ID, Campaign: old.Campaign, Name: old.Name, Language: old.Language, Kiosk: old.Kiosk, Codes: old.Codes, PerHour: old.MostPerHour, Until: old.Until, Closed: !old.Closed, Key: r.Key()}
	} else {
		n, ok := r.FormInt("per_hour")
		if !ok && r.Form("per_hour") != "" {
			n = -1 // said at the field
		}
		in.PerHour = n
		if day, err := time.ParseInLocation(time.DateOnly, r.Form("until"), r.Zone()); err == nil {
			in.Until = day.AddDate(0, 0, 1)
		}
	}
	if _, err := h.s.SavePlace(r.Context(), r.Actor, in); err != nil {
		return h.placesAgain(w, r, err)
	}
	return r.RedirectWith(w, "/answers/"+r.PathValue("id")+"/places", "answer.flash.place")
}

func (h *Web) placesAgain(w http.ResponseWriter, r *web.Request, err error) error {
	p, e := h.placesPage(r)
	if e != nil {
		return e
	}
	return r.Fail(w, "answer/places", p, err)
}

func (h *Web) codes(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	n, _ := r.FormInt("n")
	codes, err := h.s.MakeCodes(r.Context(), r.Actor, r.PathValue("id"), n)
	if err != nil {
		return h.placesAgain(w, r, err)
	}
	p, err := h.placesPage(r)
	if err != nil {
		return err
	}
	for _, c := range codes {
		p.NewCodes = append(p.NewCodes, id.GroupCode(c))
	}
	return r.Page(w, "answer/places", p)
}

func (h *Web) saveSound(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var body []byte
	f, _, err := r.FormFile("file")
	if err == nil {
		defer f.Close()
		body, err = io.ReadAll(io.LimitReader(f, answer.LargestRecording+1))
	}
	if err != nil && !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart) {
		return fault.Because(fault.New(fault.Invalid, "fault.form"), err)
	}
	if err := h.s.SaveRecording(r.Context(), r.Actor, r.PathValue("id"), r.Form("question"), r.Form("lang"), body); err != nil {
		return h.placesAgain(w, r, err)
	}
	return r.RedirectWith(w, "/answers/"+r.PathValue("id")+"/places", "answer.flash.sound")
}

type posterPage struct {
	Question, Address, Short, Lang string
	QR                             template.HTML
}

// poster is printed in the language of its place; ?lang= prints another.
func (h *Web) poster(w http.ResponseWriter, r *web.Request) error {
	p, err := h.s.PlaceByID(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("lang") == "" && i18n.Supported(p.Language) {
		r.Locale = p.Language
	}
	s, err := h.s.Open(r.Context(), r.Actor, p.Token)
	if err != nil {
		return err
	}
	address := r.Base() + "/ask/" + p.Token
	code, err := qr.SVG(address, r.T("answer.poster.scan"))
	if err != nil {
		return err
	}
	return r.Page(w, "answer/poster", posterPage{Question: s.Asked.Questions[0].In(r.Locale), Address: address, Lang: r.Locale, QR: template.HTML(code)})
}
