// Voting, one statement per screen. Nothing is kept on the phone: the form carries
// the receipt, and each vote is stored before the next screen comes.
package statementweb

import (
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/proof"
	"seedbed/internal/platform/web"
)

type votePage struct {
	Token, Lang, Receipt, Challenge string
	Bits                            int
	Kiosk, Live, Over, Began        bool
	Step                            string // "welcome", "vote", "send", "end"
	Statement                       sentence
	Mine                            string
	Now, Of                         int
	Text                            string
}

func (h *Web) start(w http.ResponseWriter, r *web.Request) error {
	b, err := h.s.Ballot(r.Context(), r.Actor, r.PathValue("token"), "", "")
	if err != nil {
		return err
	}
	p := h.page(r, b)
	if p.Step = "welcome"; b.Over {
		p.Step = "end"
	}
	return r.Page(w, "statement/vote", p)
}

func (h *Web) page(r *web.Request, b statement.Ballot) votePage {
	p := votePage{Token: r.PathValue("token"), Lang: r.Locale, Receipt: b.Receipt, Challenge: b.Challenge, Bits: proof.WorkBits, Kiosk: r.Form("k") != "",
		Live: b.Conversation.Live || b.Over, Over: b.Over, Began: b.Began, Now: b.Now, Of: b.Of, Mine: b.Mine, Step: "end"}
	if b.Statement != nil && !b.Over {
		p.Step, p.Statement = "vote", in(r, *b.Statement)
	}
	if old := r.Form("challenge"); old != "" && !b.Began {
		p.Challenge = old // its age is what stands for work
	}
	return p
}

// vote takes what a screen sends: a vote, a statement, or only the wish to go on.
func (h *Web) vote(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	token, receipt := r.PathValue("token"), r.Form("receipt")
	next, step := r.Form("next"), r.Form("to")
	var failed error
	switch {
	case r.Form("vote") != "":
		failed = h.s.Vote(r.Context(), r.Actor, statement.VoteIn{Token: token, Statement: r.Form("statement"), Vote: r.Form("vote"), Receipt: receipt,
			Form: proof.Form{Challenge: r.Form("challenge"), Nonce: r.Form("nonce"), Network: r.Network()}})
		if failed != nil {
			next = r.Form("statement")
		}
	case step == "sent":
		failed = h.s.Send(r.Context(), r.Actor, statement.SendIn{Token: token, Language: r.Locale, Text: r.Form("text"), Receipt: receipt})
		if failed != nil {
			step = "send"
		}
	}
	if fault.Is(failed, fault.Gone) || fault.Is(failed, fault.NotFound) {
		return failed
	}
	b, err := h.s.Ballot(r.Context(), r.Actor, token, receipt, next)
	if err != nil {
		return err
	}
	p := h.page(r, b)
	switch {
	case step == "end" && !b.Over || step == "send" && b.Began:
		p.Step = step
	}
	if failed != nil {
		if p.Text = r.Form("text"); fault.Is(failed, fault.Conflict) && b.Challenge != "" {
			p.Challenge = stillGood(failed, r.Form("challenge"), b.Challenge)
		}
		return r.Fail(w, "statement/vote", p, failed)
	}
	if p.Kiosk && p.Step == "end" {
		w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	}
	return r.Page(w, "statement/vote", p)
}

// stillGood keeps the challenge of somebody who is only too quick, because waiting
// with it stands for work; a form without one gets the new one.
func stillGood(_ error, old, fresh string) string {
	if old != "" {
		return old
	}
	return fresh
}

type backPage struct {
	Typed, Token string
	Votes        []myVote
	Sent         []mySent
	Gone, Open   bool
}

type myVote struct{ ID, Text, Lang, Dir, Vote string }

type mySent struct{ Text, Lang, Dir, State string }

func (h *Web) door(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "statement/door", backPage{})
}

func (h *Web) back(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	mine, err := h.s.Back(r.Context(), r.Actor, r.Network(), r.Form("receipt"), r.Locale, r.Form("act") == "end")
	if err != nil {
		return r.Fail(w, "statement/door", backPage{Typed: r.Form("receipt")}, err)
	}
	p := backPage{Typed: r.Form("receipt"), Token: mine.Token, Gone: mine.Gone, Open: mine.Open}
	for _, v := range mine.Votes {
		p.Votes = append(p.Votes, myVote{v.ID, v.Text, v.Lang, i18n.Dir(v.Lang), r.T("statement.vote." + v.Vote)})
	}
	for _, s := range mine.Sent {
		p.Sent = append(p.Sent, mySent{s.Text, s.Lang, i18n.Dir(s.Lang), r.T("statement.sent." + string(s.State))})
	}
	return r.Page(w, "statement/mine", p)
}

type heardPage struct {
	Token  string
	Result result
}

// heard is what voters see of the results.
func (h *Web) heard(w http.ResponseWriter, r *web.Request) error {
	res, err := h.s.ResultsFor(r.Context(), r.Actor, r.PathValue("token"))
	if err != nil {
		return err
	}
	return r.Page(w, "statement/heard", heardPage{r.PathValue("token"), shown(r, res)})
}
