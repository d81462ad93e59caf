// The neighbours: answers without a name count, quotes are read under the permission
// of the moment, votes and ballots come as counts.
package listening

import (
	"context"
	"slices"
	"testing"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
)

type neighbours struct {
	batches []Batch
	quotes  []Quote
	ballots []BallotResult
	teams   []TeamIn
	refuse  bool
}

func (n *neighbours) Batches(context.Context, *db.Tx, string) ([]Batch, error) { return n.batches, nil }
func (n *neighbours) Quotes(context.Context, access.Actor, string) ([]Quote, error) {
	return n.quotes, nil
}
func (n *neighbours) Finished(context.Context, access.Actor) ([]BallotResult, error) {
	return n.ballots, nil
}
func (n *neighbours) CreateIn(_ context.Context, _ *db.Tx, _ access.Actor, t TeamIn) (string, error) {
	if n.refuse {
		return "", fault.Wrong(fault.At("name", "team.error.name"))
	}
	n.teams = append(n.teams, t)
	return "team", nil
}

func TestAnswersWithoutANameCount(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		w.heard(c, HouseMeeting, "en", 30, Tally{Name: "Rent", N: 12})
		n := &neighbours{batches: []Batch{{At: w.clock.Now(), Format: WaitingRoom, Language: "vi", Heard: 40, Said: map[string]int{"rent": 25, "never reported": 5}}}}
		w.s.Answers = n
		b, err := w.s.Board(w.ctx, ana, c)
		w.must(err)
		if b.Heard != 70 || b.Weeks[0] != 70 {
			t.Errorf("%d heard, %v", b.Heard, b.Weeks)
		}
		i := slices.IndexFunc(b.Lines[ByLanguage], func(l Line) bool { return l.Value == "vi" })
		if l := b.Lines[ByLanguage][i]; l.Heard.N != 40 || l.Standing != OnPlan {
			t.Errorf("%+v", l)
		}
		wall, err := w.s.WallOf(w.ctx, ana, c)
		if err != nil || len(wall.Themes) != 1 || wall.Themes[0].People != 37 || !slices.Equal(wall.Themes[0].Languages, []string{"en", "vi"}) {
			t.Errorf("%+v, %v", wall.Themes, err)
		}
	})
}

// A quote is read anew every time: when its permission ends it is nowhere.
func TestQuotesLiveByTheirPermission(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		n := &neighbours{quotes: []Quote{{Ref: "story:1", Text: "Two buses.", Language: "en", From: "story"}}}
		w.s.Stories = n
		theme, err := w.s.Wall(w.ctx, omar, WallIn{Campaign: c, Verb: Create, Name: "Bus", Key: w.key()})
		w.must(err)
		wall, err := w.s.WallOf(w.ctx, omar, c)
		if err != nil || len(wall.Loose) != 1 {
			t.Errorf("%+v, %v", wall.Loose, err)
		}
		_, err = w.s.Wall(w.ctx, omar, WallIn{Campaign: c, Verb: Quoted, Theme: theme, Quote: "story:9", Key: w.key()})
		w.is(err, fault.NotFound)
		_, err = w.s.Wall(w.ctx, omar, WallIn{Campaign: c, Verb: Quoted, Theme: theme, Quote: "story:1", Key: w.key()})
		w.must(err)
		tr, err := w.s.Trace(w.ctx, omar, theme)
		if err != nil || len(tr.Quotes) != 1 || tr.Quotes[0].Text != "Two buses." {
			t.Errorf("%+v, %v", tr.Quotes, err)
		}
		n.quotes = nil
		if tr, err = w.s.Trace(w.ctx, omar, theme); err != nil || len(tr.Quotes) != 0 {
			t.Errorf("after the permission ended: %+v, %v", tr.Quotes, err)
		}
	})
}

// A ballot's counts are taken as they are; a team that cannot be made keeps the whole
// decision from being half there.
func TestDecidingWithNeighbours(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		w.told(c)
		n := &neighbours{ballots: []BallotResult{{Ref: "b", Title: "What first?", People: 64, Options: []BallotOption{{"Language access", 91}, {"Rent", 84}, {"Bus", 40}, {"Clinic hours", 33}}}}}
		w.s.Ballots, w.s.Teams = n, n
		thu := w.join("Thu Pham")
		d := w.delegates(c)
		d.Method, d.Ballot, d.People = Ballot, "b", 3
		for i := range d.Options {
			d.Options[i].Votes = 0
		}
		d.Options[0].TeamName, d.Options[0].Chair = "Language team", thu
		n.refuse = true
		err := w.s.Decide(w.ctx, ana, d)
		if fs := fault.FieldsOf(err); len(fs) != 1 || fs[0].Name != "option_0_name" {
			t.Errorf("%v", err)
		}
		if got, err := w.s.Get(w.ctx, ana, c); err != nil || got.State != ReportedBack {
			t.Errorf("%s, %v", got.State, err)
		}
		n.refuse, d.Key = false, w.key()
		w.must(w.s.Decide(w.ctx, ana, d))
		end, err := w.s.Ending(w.ctx, ana, c)
		w.must(err)
		if x := end.Decision; x.People != 64 || x.Options[0].Votes != 91 || x.Options[0].Team != "team" || x.Ballot != "b" {
			t.Errorf("%+v", x)
		}
		if len(n.teams) != 1 || n.teams[0].Chair != thu || n.teams[0].ChairName != "Thu Pham" || n.teams[0].Campaign != c {
			t.Errorf("%+v", n.teams)
		}
	})
}

// The sheet for everybody: rounded down, nothing below eleven, nothing before the
// themes are agreed.
func TestTheSheetForEverybody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := w.open()
		w.heard(c, HouseMeeting, "en", 48, Tally{Name: "Rent", N: 37}, Tally{Name: "Lamp broken", N: 8})
		_, err := w.s.Sheet(w.ctx, ana, c)
		w.says(err, "campaign.early.report_back")
		w.checked(c)
		w.must(w.s.Close(w.ctx, ana, c, w.key()))
		w.must(w.s.Agree(w.ctx, ana, AgreeIn{Campaign: c, Leaders: 3, Staff: 1, Key: w.key()}))
		s, err := w.s.Sheet(w.ctx, ruth, c)
		w.must(err)
		if !s.Heard.Shown || s.Heard.N != 45 || len(s.Themes) != 2 || s.Themes[0].Name != "Rent" || s.Themes[0].People != 35 || s.Themes[1].People != 0 {
			t.Errorf("%+v %+v", s.Heard, s.Themes)
		}
	})
}
