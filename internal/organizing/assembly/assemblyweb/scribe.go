// The scribe: one screen for each ask, five buttons, then words; it works without a
// line. And all answers, where a person chooses between two that differ.
package assemblyweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/platform/web"
)

// answerLines are the asks with what stands as their answers.
func (h *Web) answerLines(r *web.Request, x assembly.Whole) (out []answerLine) {
	for n, a := range x.Asks {
		st := x.Stands[a.ID]
		l := answerLine{N: n, ID: a.ID, Label: a.Label, Issue: a.AskWords.Issue, To: a.To(), Text: a.Text, Lang: x.Languages[0], Due: date(r, a.Due), Answered: st.Answered(), Open: st.Open(), Draft: a.Text, DraftDue: dateValue(r, a.Due)}
		if st.Answered() && !st.Open() {
			l.State, l.Words, l.FollowUp, l.By, l.Link = answerPill(r, st.Answer), st.Words, date(r, st.FollowUp), date(r, st.By), st.Link
			if st.Witness != "" {
				l.Witness = r.T("assembly.witness." + st.Witness)
			}
			l.Late = st.Answer.FollowUp() && x.State != assembly.FollowedUp && r.Now().After(st.FollowUp.AddDate(0, 0, 1))
			if !st.By.IsZero() {
				l.DraftDue = dateValue(r, st.By)
			}
		}
		for _, v := range st.Differs {
			l.Differs = append(l.Differs, h.version(r, v, st))
		}
		for _, v := range x.Pins[a.ID] {
			l.History = append(l.History, h.version(r, v, st))
		}
		l.MayConfirm = st.Answer == assembly.Yes && !st.Open() && a.Pledge == "" && h.s.Pledges != nil && may(r, keep) && slices.Contains([]assembly.State{assembly.Held, assembly.Evaluated, assembly.FollowedUp}, x.State)
		if a.Pledge != "" && h.o.Pledge != nil {
			l.Pledge = h.o.Pledge(a.Pledge)
		}
		out = append(out, l)
	}
	return out
}

func (h *Web) version(r *web.Request, v assembly.Pin, st assembly.Standing) versionLine {
	return versionLine{ID: v.ID, Who: h.colleague(r, v.Account), When: r.Localizer().Clock(v.Said, r.Zone()), State: answerPill(r, v.Answer), Words: v.Words, FollowUp: date(r, v.FollowUp), By: date(r, v.By), Link: v.Link,
		Stands: !st.Open() && v.ID == st.ID}
}

type scribePage struct {
	ID, Ask, Action, Label, Issue, To, Text, Lang string
	N, Of                                         int
	Prev, Next, Pages                             string
	Current                                       answerLine
	Buttons                                       []answerButton
	Follow, By, Words, Link, Over                 string
	Answers, Witnesses                            []Option
	Chosen                                        string
}

type answerButton struct {
	Value, Label, Icon, Key string
	Pressed                 bool
}

// scribeFirst leads to the first ask without an answer.
func (h *Web) scribeFirst(w http.ResponseWriter, r *web.Request) error {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	if !x.State.CanPin() {
		return fault.Clash("assembly.error.not_ready")
	}
	if len(x.Asks) == 0 {
		return r.Redirect(w, "/assemblies/"+x.ID+"/asks")
	}
	i := slices.IndexFunc(x.Asks, func(a assembly.Ask) bool { return !x.Stands[a.ID].Answered() })
	return r.Redirect(w, "/assemblies/"+x.ID+"/scribe/"+strconv.Itoa(max(i, 0)))
}

func (h *Web) scribe(w http.ResponseWriter, r *web.Request) error {
	p, err := h.scribePage(r)
	if err != nil {
		return err
	}
	r.KeepOffline(w) // asks of people in public office and their answers: nothing about a private person
	return r.Page(w, "assembly/scribe", p)
}

func (h *Web) scribePage(r *web.Request) (p scribePage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	i, err := which(r, "ask", x.Asks, askID)
	if err != nil {
		return p, err
	}
	if !x.State.CanPin() {
		return p, fault.Clash("assembly.error.not_ready")
	}
	a, st := x.Asks[i], x.Stands[x.Asks[i].ID]
	at := "/assemblies/" + x.ID + "/scribe/"
	p = scribePage{ID: x.ID, Ask: a.ID, Action: at + strconv.Itoa(i), Label: a.Label, Issue: a.AskWords.Issue, To: a.To(), Text: a.Text, Lang: x.Languages[0], N: i + 1, Of: len(x.Asks), Over: strings.Join(st.Heads, " "),
		Follow: dateValue(r, x.FollowUp()), Current: h.answerLines(r, x)[i]}
	if i > 0 {
		p.Prev = at + strconv.Itoa(i-1)
	}
	if i+1 < len(x.Asks) {
		p.Next = at + strconv.Itoa(i+1)
	}
	pages := []string{"/outbox"}
	for n := range x.Asks {
		pages = append(pages, at+strconv.Itoa(n))
	}
	p.Pages = strings.Join(pages, " ")
	answer := assembly.Answer("")
	witness := "hall"
	if st.Answered() && !st.Open() {
		answer, p.Words, p.Link, p.By = st.Answer, st.Words, st.Link, dateValue(r, st.By)
		if !st.FollowUp.IsZero() {
			p.Follow = dateValue(r, st.FollowUp)
		}
		witness = orElse(st.Witness, witness)
	}
	p.Chosen = string(answer)
	for n, v := range assembly.Answers() {
		p.Buttons = append(p.Buttons, answerButton{string(v), r.T("assembly.answer." + string(v)), answerLook[v].Icon, string(rune('1' + n)), v == answer})
	}
	p.Answers = options(r, "assembly.answer.", assembly.Answers(), answer)
	p.Witnesses = options(r, "assembly.witness.", assembly.Witnesses(), witness)
	return p, nil
}

// pin takes one press, or the words after it; it may come from a phone that had no line.
func (h *Web) pin(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	x, err := h.s.Get(r.Context(), r.Actor, id)
	if err != nil {
		return err
	}
	at, err := which(r, "ask", x.Asks, askID)
	if err != nil {
		return err
	}
	in := assembly.PinIn{Ask: x.Asks[at].ID, Answer: assembly.Answer(r.Form("answer")), FollowUp: evening(r, r.Form("follow")), By: evening(r, r.Form("by")), Witness: r.Form("witness"), Link: r.Form("link"), Pen: r.Form("pen"),
		Over: strings.Fields(r.Form("over")), Said: r.Written(), Key: r.Key()}
	words, bad := r.GuardedText("words", r.FormValue("words"))
	in.Words = words
	var made string
	err = fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.Pin(r.Context(), r.Actor, id, in)
	}
	if err == nil {
		to := "/assemblies/" + id + "/scribe/" + strconv.Itoa(at) + "?v=" + made[max(len(made)-8, 0):] // another address than the one before, so that the page comes anew
		if r.Form("act") == "words" {
			return r.RedirectWith(w, to, "assembly.flash.words")
		}
		return r.RedirectWith(w, to, "assembly.flash.pinned")
	}
	p, perr := h.scribePage(r)
	if perr != nil {
		return perr
	}
	p.Words, p.Link, p.By, p.Follow, p.Chosen = words, in.Link, r.Form("by"), r.Form("follow"), string(in.Answer)
	p.Answers, p.Witnesses = chosen(p.Answers, string(in.Answer)), chosen(p.Witnesses, in.Witness)
	return r.Fail(w, "assembly/scribe", p, err)
}

type answersPage struct {
	ID, Title, When string
	Asks            []answerLine
	MayKeep, CanPin bool
	Open, Waiting   int
	Words, Due      string // of the pledge whose words were not taken
	Wrong           string
}

func (h *Web) answers(w http.ResponseWriter, r *web.Request) error {
	p, err := h.answersPage(r)
	if err != nil {
		return err
	}
	return r.Page(w, "assembly/answers", p)
}

func (h *Web) answersPage(r *web.Request) (p answersPage, err error) {
	x, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	p = answersPage{ID: x.ID, Title: x.Title, When: when(r, x.Event), Asks: h.answerLines(r, x), MayKeep: may(r, keep), CanPin: x.State.CanPin()}
	for _, l := range p.Asks {
		if l.Open {
			p.Open++
		}
		if !l.Answered {
			p.Waiting++
		}
	}
	return p, nil
}

// answersAct chooses between two answers, or confirms the words of a yes.
func (h *Web) answersAct(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	id, ask, key := r.PathValue("id"), r.Form("ask"), r.Key()
	flash, words := "assembly.flash.saved", ""
	switch r.Form("act") {
	case "choose":
		err = h.s.Choose(r.Context(), r.Actor, id, ask, r.Form("version"), key)
	case "confirm":
		var bad []fault.Field
		if words, bad = r.Guarded("words"); len(bad) > 0 {
			err = fault.Wrong(bad...)
			break
		}
		flash = "assembly.flash.pledge"
		_, err = h.s.Confirm(r.Context(), r.Actor, id, assembly.ConfirmIn{Ask: ask, Words: words, Language: r.Locale, Due: evening(r, r.Form("due")), Key: key})
	default:
		if _, err = h.s.Get(r.Context(), r.Actor, id); err == nil {
			err = fault.New(fault.Invalid, "fault.form")
		}
	}
	if err == nil {
		return r.RedirectWith(w, "/assemblies/"+id+"/answers", flash)
	}
	p, perr := h.answersPage(r)
	if perr != nil {
		return perr
	}
	p.Wrong, p.Words, p.Due = ask, words, r.Form("due")
	return r.Fail(w, "assembly/answers", p, err)
}

// seconds is how often a screen looks whether something changed.
const seconds = 1500 * time.Millisecond
