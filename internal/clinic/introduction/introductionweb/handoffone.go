// One introduction: what was agreed to be known, the rules of safe contact in
// big words, what has happened, and everything that may be done now.

package introductionweb

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/phone"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/consent"
)

// fact, momentLine and act are what the parts read.
type fact struct {
	Term, Text string
	Href       template.URL
}

type momentLine struct{ Title, Text, When, Exact, ISO, Who, Kind, Icon string }

// act is one thing that may be done now, a form of its own.
type act struct {
	Name string
	Open bool // shown unfolded: it is what comes next, or its form was wrong
}

// form generates the fields of the acts, with what was typed and what is wrong
// only in the form that was sent.
type form struct {
	r    *web.Request
	sent string // the act that was sent and refused
}

// FID is a field's id; only the form that was sent has the ids that the summary of errors links to.
func (f form) FID(act, name string) string {
	if f.sent == act {
		return "f-" + name
	}
	return "f-" + name + "-" + act
}

// Sent is the act whose form was refused.
func (f form) Sent() string { return f.sent }

// Errs are the errors, for the form that was sent.
func (f form) Errs(act string, v web.View) []web.FieldError {
	if f.sent == act {
		return v.Errors
	}
	return nil
}

// Val is what was typed.
func (f form) Val(act, name string) string {
	if f.sent == act {
		return f.r.Form(name)
	}
	return ""
}

// Opts are the choices of a field, translated, with those that were chosen.
func (f form) Opts(act, name string) (out []Option) {
	list := choiceLists[name]
	var chosen []string
	if f.sent == act {
		chosen = f.r.FormAll(name)
	} else if len(list.start) > 0 {
		chosen = list.start
	}
	for _, v := range list.values {
		out = append(out, Option{Value: v, Label: f.r.T(list.prefix + v), Icon: list.icons[v], Checked: slices.Contains(chosen, v)})
	}
	return out
}

type choiceList struct {
	values []string
	prefix string
	start  []string
	icons  map[string]string
}

func texts[T ~string](list []T) (out []string) {
	for _, v := range list {
		out = append(out, string(v))
	}
	return out
}

// choiceLists are the coded answers of every form here: there is no free text.
var choiceLists = map[string]choiceList{
	"channel": {values: texts(introduction.Channels()), prefix: "introduction.channel.", start: []string{string(introduction.Phone)},
		icons: map[string]string{"phone": "phone", "sms": "message", "mail": "mail", "in_person": "people"}},
	"result":  {values: texts(introduction.Results()), prefix: "introduction.result."},
	"reason":  {values: texts(introduction.Reasons()), prefix: "introduction.reason."},
	"word":    {values: []string{string(introduction.WordOfPerson), string(introduction.WordOfGroup)}, prefix: "introduction.word."},
	"how":     {values: []string{string(introduction.WalkOver), string(introduction.PhoneBridge)}, prefix: "introduction.handoff.", start: []string{string(introduction.WalkOver)}, icons: map[string]string{"walk_over": "walk", "phone_bridge": "phone"}},
	"present": {values: introduction.PresentRoles(), prefix: "introduction.present."},
	"needs":   {values: introduction.MeetingNeeds(), prefix: "handoff.need.", icons: map[string]string{"interpreter": "speak", "childcare": "child", "transport": "wheelchair"}},
	"ending":  {values: texts(introduction.Endings()), prefix: "introduction.ending."},
}

type onePage struct {
	form
	ID, Name, Group, GroupURL, Place string
	State                            stateMark
	Next                             nextStep
	Facts                            []fact
	Safe                             []string // big words
	Acts                             []act
	Time                             []momentLine
	Recalls                          []recallLine
	Duty                             []dutyLine
	Undo                             string // until when
	Exhausted, AskedStop, Quiet      bool
	Gone                             bool // the person ended it: nothing personal is left
	Suggested                        string
	Carry                            introduction.CarryState
	Date, Clock                      string
	Link                             *introduction.LinkOut
}

func (h *Web) one(w http.ResponseWriter, r *web.Request) error {
	p, err := h.onePage(r, "")
	if err != nil {
		return err
	}
	return r.Page(w, "introduction/handoff", p)
}

// onePage loads an introduction; sent is the act whose form was refused.
func (h *Web) onePage(r *web.Request, sent string) (p onePage, err error) {
	v, err := h.s.Show(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	n := h.names(r)
	p = onePage{form: form{r, sent}, ID: v.ID, Name: v.Person.CalledName, Group: n.group(v.Group), GroupURL: "/groups/" + v.Group, State: stateOf(r, v.State, v.Ending),
		Next: h.step(r, v.BoardItem), Exhausted: v.Exhausted, AskedStop: v.AskedStop, Quiet: v.Quiet, Gone: v.State == introduction.Withdrawn, Suggested: n.group(v.RedirectTo)}
	if h.o.Carry != nil {
		p.Carry = v.Carry
	}
	if v.RedirectTo == v.Group {
		p.Suggested = ""
	}
	if p.Name != "" {
		p.Facts, p.Safe = h.personFacts(r, v.Person), safeWords(r, v.Person, true)
	}
	p.Time = h.timeline(r, v)
	p.Recalls = h.recallLines(r, v.Recalls)
	if !v.UndoUntil.IsZero() {
		p.Undo = r.Localizer().Clock(v.UndoUntil.In(r.Zone()))
	}
	p.Acts = actsOf(v, sent)
	if slices.ContainsFunc(p.Acts, func(a act) bool { return a.Name == "now" }) {
		if p.Duty, err = h.onDuty(r, v.Site, v.Person.Lang); err != nil {
			return p, err
		}
	}
	p.Date, p.Clock = p.Val("book", "date"), p.Val("book", "time")
	return p, nil
}

// actsOf lists what staff may do, what is next first and unfolded.
func actsOf(v introduction.View, sent string) (out []act) {
	can := func(x introduction.Verb) bool { return slices.Contains(v.Can, x) }
	add := func(name string, ok, next bool) {
		if ok {
			out = append(out, act{Name: name, Open: next || name == sent})
		}
	}
	warm := v.Mode == introduction.WarmHandoff
	add("goes_on", v.AskedStop, true)
	add("now", can(introduction.VerbHandoff), v.State == introduction.Consented && warm)
	add("book", can(introduction.VerbHandoff), false)
	add("send", can(introduction.VerbSend) && v.State == introduction.Consented, v.State == introduction.Consented && !warm)
	add("elsewhere", can(introduction.VerbSend), v.State == introduction.Redirected)
	add("undo", can(introduction.VerbUndo), false)
	add("acknowledge", can(introduction.VerbAcknowledge), v.State == introduction.Sent)
	add("accept", can(introduction.VerbAccept), v.State == introduction.Acknowledged)
	add("attempt", can(introduction.VerbAttempt), v.State == introduction.Accepted || v.State == introduction.Contacting)
	add("met", can(introduction.VerbMeet), false)
	add("taking", can(introduction.VerbParticipate), v.State == introduction.Connected)
	add("unable", can(introduction.VerbUnable), false)
	add("link", v.State.Shared() && v.Person.CalledName != "" && !v.Quiet, false)
	add("close", can(introduction.VerbClose), v.Exhausted || v.State == introduction.Participating)
	slices.SortStableFunc(out, func(a, b act) int {
		switch {
		case a.Open == b.Open:
			return 0
		case a.Open:
			return -1
		}
		return 1
	})
	return out
}

func (h *Web) act(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	name, id := r.Form("act"), r.PathValue("id")
	if name == "link" {
		out, err := h.s.LinkFor(r.Context(), r.Actor, id)
		if err != nil {
			return h.refused(w, r, name, err)
		}
		p, err := h.onePage(r, name)
		if err != nil {
			return err
		}
		p.Link = &out
		return r.Page(w, "introduction/handoff", p)
	}
	to, err := h.do(r, name, id)
	if err != nil {
		return h.refused(w, r, name, err)
	}
	return r.RedirectWith(w, to, "handoff.flash."+name)
}

// refused shows the page again with the sentence why, and what was typed.
func (h *Web) refused(w http.ResponseWriter, r *web.Request, name string, err error) error {
	if !wrongForm(err) {
		return err
	}
	p, perr := h.onePage(r, name)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "introduction/handoff", p, err)
}

// do carries out one act and says where to go next.
func (h *Web) do(r *web.Request, name, id string) (to string, err error) {
	ctx, a, key := r.Context(), r.Actor, r.Key()
	to = "/handoffs/" + id
	answer := introduction.AnswerIn{ID: id, Key: key}
	switch name {
	case "goes_on":
		err = h.s.GoesOn(ctx, a, answer)
	case "now":
		err = h.s.Handoff(ctx, a, introduction.HandoffIn{ID: id, How: r.Form("how"), Happened: r.Form("happened") == "yes", Present: r.FormAll("present"), Key: key})
	case "book":
		in := introduction.HandoffIn{ID: id, How: string(introduction.Booked), At: moment(r, "date", "time"), Needs: r.FormAll("needs"), Key: key}
		err = renameField(h.s.Handoff(ctx, a, in), "at", "date")
	case "send":
		err = h.s.Send(ctx, a, introduction.SendIn{ID: id, Key: key})
	case "undo":
		err = h.s.Undo(ctx, a, introduction.UndoIn{ID: id, Key: key})
	case "close":
		err = h.s.Close(ctx, a, introduction.CloseIn{ID: id, Ending: r.Form("ending"), Word: r.Form("word"), Key: key})
	case "unable":
		if r.Form("then") != "end" {
			to += "/elsewhere"
			err = h.s.Redirect(ctx, a, introduction.RedirectIn{ID: id, Reason: reasonOr(r), Key: key})
			break
		}
		err = h.s.Unable(ctx, a, introduction.UnableIn{ID: id, Reason: r.Form("reason"), Key: key})
	default:
		err = h.answer(ctx, r, name, id)
	}
	return to, err
}

// reasonOr makes an unanswered question wrong: the core would take it as "another group fits better".
func reasonOr(r *web.Request) string {
	if v := r.Form("reason"); v != "" {
		return v
	}
	return "-"
}

// answer carries out what a group says, whoever writes it down.
func (h *Web) answer(ctx context.Context, r *web.Request, name, id string) error {
	a, key := r.Actor, r.Key()
	switch name {
	case "acknowledge":
		return h.s.Acknowledge(ctx, a, introduction.AnswerIn{ID: id, Key: key})
	case "accept":
		return h.s.Accept(ctx, a, introduction.AnswerIn{ID: id, Key: key})
	case "attempt":
		return h.s.LogAttempt(ctx, a, introduction.AttemptIn{ID: id, Channel: r.Form("channel"), Result: r.Form("result"), Key: key})
	case "met":
		return h.s.ConfirmMeeting(ctx, a, introduction.MeetIn{ID: id, Word: r.Form("word"), Key: key})
	case "taking":
		return h.s.Participating(ctx, a, introduction.MeetIn{ID: id, Word: r.Form("word"), Key: key})
	}
	return fault.Wrong(fault.At("act", "introduction.error.choose"))
}

func renameField(err error, from, to string) error {
	fields := slices.Clone(fault.FieldsOf(err))
	for i := range fields {
		if fields[i].Name == from {
			fields[i].Name = to
		}
	}
	if len(fields) == 0 {
		return err
	}
	return fault.Because(fault.Wrong(fields...), err)
}

// isolate keeps a number or address in its own direction inside any sentence.
func isolate(s string) string { return "\u2066" + s + "\u2069" }

// personFacts is what may be known, ready to be used: a number that calls.
func (h *Web) personFacts(r *web.Request, p introduction.Person) (out []fact) {
	if p.Phone != "" {
		out = append(out, fact{Term: r.T("consent.field.phone"), Text: isolate(phone.Format(p.Phone, "US")), Href: template.URL("tel:" + p.Phone)}) // #nosec: E.164 by the core
	}
	if p.Email != "" {
		out = append(out, fact{Term: r.T("consent.field.email"), Text: isolate(p.Email), Href: template.URL("mailto:" + template.URLQueryEscaper(p.Email))})
	}
	if p.Lang != "" {
		out = append(out, fact{Term: r.T("consent.field.language"), Text: r.Localizer().LanguageName(p.Lang)})
	}
	if len(p.Topics) > 0 {
		var list []directory.Topic
		for _, t := range p.Topics {
			list = append(list, directory.Topic(t))
		}
		out = append(out, fact{Term: r.T("consent.field.topics"), Text: directory.Say{L: r.Localizer()}.Topics(list)})
	}
	return out
}

// safeWords are the rules of contact as sentences; whole says that all rules are known.
func safeWords(r *web.Request, p introduction.Person, whole bool) (out []string) {
	if !whole {
		return nil
	}
	say := func(key string, args ...any) { out = append(out, r.T("handoff.safe."+key, args...)) }
	switch p.Contact {
	case consent.ByPhone, consent.BySMS, consent.ByMail, consent.InPerson:
		say("by_" + string(p.Contact))
	}
	from, until := isolate(directory.Clock(p.Safe.From)), isolate(directory.Clock(p.Safe.Until))
	switch {
	case p.Safe.From == p.Safe.Until:
		say("any_time")
	case p.Safe.Until == 0:
		say("after", "From", from)
	case p.Safe.From == 0:
		say("before", "Until", until)
	default:
		say("between", "From", from, "Until", until)
	}
	if len(p.Safe.Days) > 0 {
		var days []string
		for _, d := range p.Safe.Days {
			days = append(days, r.Localizer().Weekday(d))
		}
		say("days", "Days", r.Localizer().List(days))
	}
	if p.Safe.NoVoicemail {
		say("no_voicemail")
	}
	if p.Safe.Words != "" {
		say("words_" + string(p.Safe.Words))
	}
	return out
}

var stepIcons = map[introduction.Verb]string{introduction.VerbConsent: "hand", introduction.VerbSend: "arrow", introduction.VerbUndo: "undo", introduction.VerbAcknowledge: "eye",
	introduction.VerbAccept: "check", introduction.VerbUnable: "cross", introduction.VerbRedirect: "next", introduction.VerbMeet: "people", introduction.VerbParticipate: "sprout",
	introduction.VerbClose: "door", introduction.VerbWithdraw: "stop", introduction.VerbExpire: "clock", introduction.VerbAttempt: "phone", introduction.VerbHandoff: "handoff"}

// timeline puts steps, attempts and handoffs in one order, newest first.
func (h *Web) timeline(r *web.Request, v introduction.View) []momentLine {
	type entry struct {
		at   time.Time
		line momentLine
	}
	var all []entry
	l := r.Localizer()
	add := func(at time.Time, m momentLine) {
		m.When, m.Exact, m.ISO = l.Ago(at, r.Now(), r.Zone()), l.DateTime(at.In(r.Zone())), at.UTC().Format(time.RFC3339)
		all = append(all, entry{at, m})
	}
	who := func(p introduction.Party) string { return r.T("introduction.party." + string(p)) }
	for _, s := range v.Steps {
		if s.Verb == introduction.VerbAttempt || s.Verb == introduction.VerbHandoff {
			continue // below, with what came of it
		}
		m := momentLine{Title: didWords(r, s), Icon: stepIcons[s.Verb], Who: who(s.Party), Text: codeText(l, s)}
		switch {
		case s.To.Met() && s.From != s.To:
			m.Kind = "ok"
		case s.Code == "not_called" || s.Verb == "late":
			m.Kind = "late"
		}
		add(s.At, m)
	}
	for _, a := range v.Attempts {
		m := momentLine{Title: r.T("introduction.result." + string(a.Result)), Text: r.T("introduction.channel." + string(a.Channel)), Icon: "phone", Who: who(a.By)}
		if a.Result == introduction.Reached {
			m.Kind = "ok"
		}
		add(a.At, m)
	}
	for _, x := range v.Handoffs {
		m := momentLine{Title: r.T("introduction.handoff." + string(x.How)), Icon: "handoff"}
		var words []string
		for _, role := range x.Present {
			words = append(words, r.T("introduction.present."+role))
		}
		for _, need := range x.Needs {
			words = append(words, r.T("handoff.need."+need))
		}
		m.Text = l.List(words)
		switch {
		case x.How == introduction.Booked:
			m.Title = r.T("handoff.did.booked", "When", l.DateTime(x.At.In(r.Zone())))
			m.Icon = "calendar"
		case !x.Happened:
			m.Title, m.Kind = r.T("handoff.did.nobody_there"), "wait"
		}
		add(x.At, m)
	}
	slices.Reverse(all) // what was written in the same moment: the last first
	slices.SortStableFunc(all, func(a, b entry) int { return b.at.Compare(a.at) })
	var out []momentLine
	for _, e := range all {
		out = append(out, e.line)
	}
	return out
}

// didWords says what a step was; one that the pages do not know yet is still shown.
func didWords(r *web.Request, s introduction.Step) string {
	for _, key := range []string{"handoff.did." + string(s.Verb) + "_" + s.Code, "handoff.did." + string(s.Verb)} {
		if r.Localizer().Has(key) {
			return r.T(key)
		}
	}
	return r.T("handoff.did.other")
}

// codeText is the coded reason, end or word of a step.
func codeText(l *i18n.Localizer, s introduction.Step) string {
	code, word, _ := strings.Cut(s.Code, "/")
	var parts []string
	for _, prefix := range []string{"introduction.reason.", "introduction.ending.", "introduction.word.", "introduction.mode.", "introduction.how."} {
		if code != "" && l.Has(prefix+code) {
			parts = append(parts, l.T(prefix+code))
			break
		}
	}
	if word != "" && l.Has("introduction.word."+word) {
		parts = append(parts, l.T("introduction.word."+word))
	}
	return strings.Join(parts, " · ")
}
