// Voting: a neutral page, a code, one question, what was chosen read back, a
// receipt. No account, no cookie; the code travels in the form and in no address.
package decisionweb

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"

	"seedbed/internal/kit/ballot"
	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

// ballotPart is what can be marked, with what is marked so far.
type ballotPart struct {
	Method  string
	Answers []Option
	Options []ballotOption
	Dots    int
	Per     int
	Value   string // of a yes-or-no method
	Reason  string
	Reasons bool
}

type ballotOption struct{ ID, Text, N string }

func part(r *web.Request, d decision.Decision) ballotPart {
	p := ballotPart{Method: string(d.Spec.Method), Dots: d.Spec.Dots, Per: d.Spec.PerOption, Reasons: d.Openness == decision.Named}
	for _, a := range ballot.Answers(d.Spec.Method) {
		o := Option{Value: a, Label: r.T("decision.answer." + a)}
		if hint := "decision.answer." + a + "_hint"; r.Localizer().Has(hint) {
			o.Hint = r.T(hint)
		}
		p.Answers = append(p.Answers, o)
	}
	for _, id := range d.Spec.Options {
		p.Options = append(p.Options, ballotOption{ID: id, Text: d.Text(id)})
	}
	return p
}

// fill puts back what was typed.
func (p *ballotPart) fill(r *web.Request) {
	p.Value, p.Reason = r.Form("choice"), r.Form("reason")
	for i, o := range p.Options {
		p.Options[i].N = r.Form(p.Method + "_" + o.ID)
	}
}

// set puts back a choice.
func (p *ballotPart) set(spec ballot.Spec, choice string) {
	parts, err := spec.Read(choice)
	if err != nil {
		return
	}
	for _, x := range parts {
		if x.N == 0 {
			p.Value = x.ID
		}
		for i, o := range p.Options {
			if o.ID == x.ID && x.N > 0 {
				p.Options[i].N = strconv.Itoa(x.N)
			}
		}
	}
}

// readChoice turns the fields of a ballot into a choice.
func readChoice(r *web.Request, spec ballot.Spec) (string, error) {
	if ballot.Answers(spec.Method) != nil {
		if !spec.Valid(r.Form("choice")) {
			return "", fault.Wrong(fault.At("choice", "decision.error.choose"))
		}
		return r.Form("choice"), nil
	}
	marks := map[string]int{}
	for _, id := range spec.Options {
		text := r.Form(string(spec.Method) + "_" + id)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return "", fault.Wrong(fault.At(string(spec.Method)+"_"+id, "decision.error.number"))
		}
		if n > 0 {
			marks[id] = n
		}
	}
	if spec.Method == ballot.Dots {
		choice := spec.Spread(marks)
		if !spec.Valid(choice) {
			return "", fault.Wrong(fault.At("dots_"+spec.Options[0], "decision.error.dots", "Dots", spec.Dots, "Per", spec.PerOption))
		}
		return choice, nil
	}
	var order []string
	for _, id := range spec.Options {
		if marks[id] > 0 {
			order = append(order, id)
		}
	}
	slices.SortFunc(order, func(a, b string) int { return marks[a] - marks[b] })
	for i := range len(order) - 1 {
		if marks[order[i]] == marks[order[i+1]] {
			return "", fault.Wrong(fault.At("ranked_"+order[i+1], "decision.error.same_place"))
		}
	}
	return ballot.Ranking(order), nil
}

// readBack is a choice in words, one line each.
func readBack(r *web.Request, d decision.Decision, choice string) (lines []string) {
	parts, err := d.Spec.Read(choice)
	if err != nil {
		return nil
	}
	for _, x := range parts {
		switch {
		case x.N == 0:
			lines = append(lines, r.T("decision.answer."+x.ID))
		case d.Spec.Method == ballot.Dots:
			lines = append(lines, r.T("decision.vote.dots_line", "Option", d.Text(x.ID), "N", x.N))
		default:
			lines = append(lines, r.T("decision.vote.rank_line", "Option", d.Text(x.ID), "N", x.N))
		}
	}
	if lines == nil {
		lines = []string{r.T("decision.vote.blank")}
	}
	return lines
}

type knockPage struct {
	Token string
	Code  string
	// after closing
	D        *decision.Decision
	Result   *resultPart
	Facts    []Pair
	Named    bool
	Download string
	Found    []string // a voter's own ballot, read back
	Receipt  string
	Searched bool
	Voices   []voiceRow
}

type voiceRow struct{ Name, Said, Reason string }

func (h *Web) knock(w http.ResponseWriter, r *web.Request) error {
	p, err := h.knockData(r)
	if err != nil {
		return h.over(w, r, err)
	}
	if p.D != nil {
		return r.Page(w, "decision/outcome", p)
	}
	return r.Page(w, "decision/knock", p)
}

func (h *Web) knockData(r *web.Request) (p knockPage, err error) {
	p.Token = r.PathValue("token")
	d, err := h.s.Knock(r.Context(), p.Token)
	if err != nil || d.State == decision.Open {
		return p, err
	}
	p.D, p.Result, p.Facts, p.Named = &d, result(r, d), facts(r, d), d.Openness == decision.Named
	if d.Openness == decision.Secret && !d.Outcome.TooFew {
		p.Download = "/v/" + p.Token + "/ballots.json"
	}
	return p, nil
}

// over is one calm page for every link that leads nowhere.
func (h *Web) over(w http.ResponseWriter, r *web.Request, err error) error {
	if !fault.Is(err, fault.Gone) && !fault.Is(err, fault.NotFound) {
		return err
	}
	return r.PageStatus(w, http.StatusGone, "decision/over", nil)
}

type votePage struct {
	Token, Code string
	D           decision.Decision
	Facts       []Pair
	B           ballotPart
	Slip        bool
	Again       bool // may change what was said
	Sealed      bool // the browser has to seal it
	Fingerprint string
	Choice      string
	Lines       []string
	Reason      string
	Receipt     string
	Guard       []Option // what was said about words in the reason, for the next form
}

func (h *Web) enter(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.voteData(r)
	if fault.Is(err, fault.Invalid) {
		k, kerr := h.knockData(r)
		if kerr != nil {
			return h.over(w, r, kerr)
		}
		if k.D != nil {
			return r.Page(w, "decision/outcome", k)
		}
		k.Code = r.Form("code")
		return r.Fail(w, "decision/knock", k, err)
	}
	if err != nil {
		return h.over(w, r, err)
	}
	switch {
	case p.D.State != decision.Open:
		return r.Redirect(w, "/v/"+p.Token+"?l="+r.Locale)
	case p.Receipt == "used":
		return r.Page(w, "decision/voted", p)
	}
	if r.Form("change") != "" {
		p.B.set(p.D.Spec, r.Form("choice"))
		p.B.Reason = r.Form("reason")
	}
	return r.Page(w, "decision/vote", p)
}

// voteData is the ballot for a code.
func (h *Web) voteData(r *web.Request) (p votePage, err error) {
	p.Token, p.Code = r.PathValue("token"), r.Form("code")
	holder, err := h.s.Enter(r.Context(), p.Token, p.Code)
	if err != nil {
		return p, err
	}
	p.D, p.Slip = holder.Decision, holder.Slip
	p.Facts, p.B = facts(r, p.D), part(r, p.D)
	p.Sealed = p.D.Openness == decision.Secret && !p.Slip
	if p.D.Key.N != "" {
		p.Fingerprint = p.D.Key.Fingerprint()
	}
	if holder.Used && p.D.Openness == decision.Named {
		p.Again = true
		p.B.set(p.D.Spec, holder.Choice)
		p.B.Reason = holder.Reason
	} else if holder.Used {
		p.Receipt = "used"
	}
	return p, nil
}

func (h *Web) check(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p, err := h.voteData(r)
	if err != nil {
		return h.over(w, r, err)
	}
	if p.Sealed || p.D.State != decision.Open || p.Receipt == "used" {
		return r.Redirect(w, "/v/"+p.Token+"?l="+r.Locale) // what is secret is read back in the browser, never here
	}
	if p.Choice, err = readChoice(r, p.D.Spec); err != nil {
		p.B.fill(r)
		return r.Fail(w, "decision/vote", p, err)
	}
	if p.B.Reasons {
		var bad []fault.Field
		if p.Reason, bad = r.Guarded("reason"); len(bad) > 0 {
			p.B.fill(r)
			return r.Fail(w, "decision/vote", p, fault.Wrong(bad...))
		}
		for _, more := range []string{"", "_reason", "_shown"} {
			p.Guard = append(p.Guard, Option{Value: r.Form("_guard_reason" + more), Label: "_guard_reason" + more})
		}
	}
	p.Lines = readBack(r, p.D, p.Choice)
	return r.Page(w, "decision/check", p)
}

func (h *Web) cast(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	token := r.PathValue("token")
	reason, bad := r.Guarded("reason")
	var receipt string
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		receipt, err = h.s.Cast(r.Context(), decision.VoteIn{Token: token, Code: r.Form("code"), Choice: r.Form("choice"), Reason: reason})
	}
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
		k, kerr := h.knockData(r)
		if kerr != nil {
			return h.over(w, r, kerr)
		}
		if k.D != nil {
			return r.Fail(w, "decision/outcome", k, err)
		}
		return r.Fail(w, "decision/knock", k, err)
	}
	if err != nil {
		return h.over(w, r, err)
	}
	d, err := h.s.Knock(r.Context(), token)
	if err != nil {
		return h.over(w, r, err)
	}
	p := votePage{Token: token, D: d}
	if d.Openness == decision.Secret {
		p.Receipt = receipt
	}
	return r.Page(w, "decision/done", p)
}

// said shows who said what to somebody with a code who took part.
func (h *Web) said(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	k, err := h.knockData(r)
	if err != nil {
		return h.over(w, r, err)
	}
	if k.D == nil {
		return r.Redirect(w, "/v/"+k.Token+"?l="+r.Locale)
	}
	list, err := h.s.VoicesByCode(r.Context(), k.Token, r.Form("code"))
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrong(fault.At("code", "decision.error.not_yours"))
	}
	if err != nil {
		return r.Fail(w, "decision/outcome", k, err)
	}
	if k.Voices, err = h.voices(r, k.D, list); err != nil {
		return err
	}
	return r.Page(w, "decision/outcome", k)
}

// voices puts names to answers. Those who took part agreed to be seen by each
// other, so the names are asked for by the house and not by the reader.
func (h *Web) voices(r *web.Request, d *decision.Decision, list []decision.Voice) (rows []voiceRow, err error) {
	house := access.Machine(r.Actor.Org)
	var ids []string
	for _, v := range list {
		if v.Voter.Person != "" {
			ids = append(ids, v.Voter.Person)
		}
	}
	cards, err := h.people.Names(r.Context(), house, ids)
	if err != nil {
		return nil, err
	}
	houses, _, err := h.institutions(r.Context(), house)
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		name := houses[v.Voter.Institution]
		if v.Voter.Person != "" {
			name = nameOf(r, cards, v.Voter.Person)
		}
		row := voiceRow{Name: name, Reason: v.Reason}
		row.Said = r.Localizer().List(readBack(r, *d, v.Choice))
		rows = append(rows, row)
	}
	return rows, nil
}

func (h *Web) find(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	k, err := h.knockData(r)
	if err != nil {
		return h.over(w, r, err)
	}
	list, err := h.s.Ballots(r.Context(), k.Token)
	if err != nil {
		return h.over(w, r, err)
	}
	k.Receipt, k.Searched = r.Form("receipt"), true
	token := k.Receipt
	var e ballot.Entry
	if json.Unmarshal([]byte(token), &e) == nil && e.Token != "" {
		token = e.Token // the whole sealed ballot was pasted
	}
	if own, found := list.Find(token); found {
		k.Found = readBack(r, *k.D, own.Choice)
	}
	return r.Page(w, "decision/outcome", k)
}

func (h *Web) ballots(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Ballots(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	text, err := list.Bytes()
	if err != nil {
		return err
	}
	return r.Attachment(w, "ballots.json", "application/json", text)
}

// body reads a small JSON body into v.
func body(r *web.Request, v any) error {
	b, err := io.ReadAll(io.LimitReader(r.Body, 8<<10))
	if err == nil {
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.DisallowUnknownFields()
		err = dec.Decode(v)
	}
	if err != nil {
		return fault.Because(fault.New(fault.Invalid, "fault.form"), err)
	}
	return nil
}

func (h *Web) sign(w http.ResponseWriter, r *web.Request) error {
	var in struct {
		Code    string `json:"code"`
		Blinded string `json:"blinded"`
	}
	if err := body(r, &in); err != nil {
		return err
	}
	signed, err := h.s.SignBlind(r.Context(), r.PathValue("token"), in.Code, in.Blinded)
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, map[string]string{"signed": signed})
}

func (h *Web) drop(w http.ResponseWriter, r *web.Request) error {
	var e ballot.Entry
	if err := body(r, &e); err != nil {
		return err
	}
	if err := h.s.Drop(r.Context(), r.PathValue("token"), e); err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, map[string]string{"box": "in"})
}
