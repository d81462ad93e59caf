package sweep

import (
	"time"

	"seedbed/internal/organizing/assembly"
	"seedbed/internal/platform/access"
)

// assemblies puts back an assembly that is live, with an answer two scribes wrote
// down differently, and a negotiation.
func (w *world) assemblies(c *clinic) {
	if c.ids["member"] == "" {
		return // the clinic is still being built
	}
	w.t.Helper()
	ana, thu, day := c.actor(access.Organizer), c.actor(access.Leader), time.Now().Add(time.Hour)
	made, err := w.sys.Acts.Make(w.ctx, ana, assembly.PlanIn{Kind: assembly.Delegates, At: day, Minutes: 75, Goal: 30, Languages: []string{"en", "es"}, Safety: c.ids["member"],
		Words: assembly.Words{Title: "Labels we can read", Where: "Church hall"}})
	w.must(err)
	c.ids["assembly"] = made
	x, err := w.sys.Acts.Get(w.ctx, ana, made)
	w.must(err)
	for _, it := range x.Items {
		if it.Code == "testimony" { // there is no story that may be told
			w.must(w.sys.Acts.Remove(w.ctx, ana, made, "item", it.ID, ""))
		} else if it.LeadRole.Public() {
			_, err := w.sys.Acts.SaveItem(w.ctx, ana, made, assembly.ItemIn{ID: it.ID, Title: it.Title, Minutes: it.Minutes, LeadRole: it.LeadRole, Lead: c.ids["member"], Version: it.Version})
			w.must(err)
		}
	}
	ask, err := w.sys.Acts.SaveAsk(w.ctx, ana, made, assembly.AskIn{To: "Director", Body: "A board", Text: "Will you adopt the rule?", Due: day.AddDate(0, 6, 0)})
	w.must(err)
	_, err = w.sys.Acts.SaveInvite(w.ctx, ana, made, assembly.Invite{Reply: "none", InviteWords: assembly.InviteWords{Name: "Director, A board"}}, "")
	w.must(err)
	for _, to := range []assembly.State{assembly.Approved, assembly.Turnout, assembly.Ready, assembly.Live} {
		w.must(w.sys.Acts.Move(w.ctx, thu, made, to, ""))
	}
	for answer, by := range map[assembly.Answer]access.Actor{assembly.Yes: ana, assembly.No: thu} {
		_, err = w.sys.Acts.Pin(w.ctx, by, made, assembly.PinIn{Ask: ask, Answer: answer, FollowUp: day.AddDate(0, 0, 14), Pen: by.Account})
		w.must(err)
	}
	c.ids["negotiation"], err = w.sys.Acts.SaveTalk(w.ctx, ana, assembly.TalkIn{Kind: assembly.Negotiating, At: time.Now().Add(time.Hour), Minutes: 60, Party: "Director, A board", People: []string{c.ids["member"]},
		TalkWords: assembly.TalkWords{Title: "The budget"}})
	w.must(err)
}
