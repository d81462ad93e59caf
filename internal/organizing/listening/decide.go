// The end of a campaign: the themes are agreed by leaders, those who spoke hear of
// it, and only then is decided what to work on.
package listening

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/contact"
)

// AgreeIn says who agreed on the themes: how many, not who.
type AgreeIn struct {
	Campaign string
	Leaders  int    // leaders
	Staff    int    // staff
	Key      string // _key
}

// Agree ends the work on the themes. Leaders agree on them together, not staff alone.
func (s *Service) Agree(ctx context.Context, a access.Actor, in AgreeIn) (err error) {
	defer fault.Wrap(&err, "listening.Agree(%s)", in.Campaign)
	_, err = s.do(ctx, a, act{need: needDecide, verb: VerbAgree, campaign: in.Campaign, key: in.Key}, func(w *change) (string, error) {
		if in.Leaders < 2 || in.Leaders < in.Staff || in.Staff < 0 || in.Leaders > 1000 {
			return "", fault.Wrong(fault.At("leaders", "campaign.needs.leaders"))
		}
		waiting, err := plannedSessions(ctx, w.tx, w.ID)
		if err != nil {
			return "", err
		}
		if len(waiting) > 0 {
			return "", fault.Clash("campaign.needs.reports", "Count", len(waiting))
		}
		list, err := s.themes(ctx, w.tx, w.ID)
		if err != nil {
			return "", err
		}
		top := 0
		for _, t := range list {
			if t.Into == "" && t.Parent == "" {
				top++
			}
		}
		if top < 2 {
			return "", fault.Clash("campaign.needs.themes")
		}
		b := &board{s: s, w: w, list: list}
		return "", b.log(ctx, Agreed, "", "", strconv.Itoa(in.Leaders), strconv.Itoa(in.Staff))
	})
	return err
}

// Agreed is the line of the log that ends the work on the themes: how many leaders,
// how many of the staff.
const Agreed WallVerb = "agree"

// ReportBack is one time at which those who spoke heard what was heard.
type ReportBack struct {
	ID        string
	At        time.Time
	How       string
	Reached   int
	Languages []string
	Account   string
	Note      string // sealed at rest
}

// Ways lists how a report goes back.
func Ways() []string { return []string{"meeting", "phone", "message", "letter", "poster", "online"} }

// ReportBackIn is the form of it.
type ReportBackIn struct {
	Campaign  string
	At        time.Time // date
	How       string    // how
	Reached   int       // reached
	Languages []string  // languages
	Note      string    // note
	Key       string    // _key
}

// LogReportBack writes down that people were told. The first one opens the way to
// the decision.
func (s *Service) LogReportBack(ctx context.Context, a access.Actor, in ReportBackIn) (err error) {
	defer fault.Wrap(&err, "listening.LogReportBack(%s)", in.Campaign)
	_, err = s.do(ctx, a, act{need: needDecide, verb: VerbReportBack, campaign: in.Campaign, key: in.Key}, func(w *change) (string, error) {
		var bad []fault.Field
		if in.At.IsZero() || in.At.After(w.now.Add(24*time.Hour)) || in.At.Before(w.Starts) {
			bad = append(bad, fault.At("date", "listening.error.date"))
		}
		if !slices.Contains(Ways(), in.How) {
			bad = append(bad, fault.At("how", "contact.error.choose"))
		}
		if in.Reached < 1 || in.Reached > 1000000 {
			bad = append(bad, fault.At("reached", "campaign.error.reached"))
		}
		if len(in.Languages) == 0 || slices.ContainsFunc(in.Languages, func(l string) bool { return !slices.Contains(w.Languages, l) }) {
			bad = append(bad, fault.At("languages", "contact.error.choose"))
		}
		if utf8.RuneCountInString(contact.OneLine(in.Note)) > longestNote {
			bad = append(bad, fault.At("note", "campaign.error.note", "Most", longestNote))
		}
		if len(bad) > 0 {
			return "", fault.Wrong(bad...)
		}
		r := ReportBack{ID: id.New(w.now), At: in.At, How: in.How, Reached: in.Reached, Languages: in.Languages, Account: a.Account}
		sealed, err := s.seal(ctx, cell(w.tx.Org(), "listening_report_back", r.ID, 1), contact.OneLine(in.Note))
		if err != nil {
			return "", err
		}
		return r.ID, putReportBack(ctx, w.tx, w.ID, r, sealed)
	})
	return err
}

// Method is how a priority decision was made.
type Method string

const (
	Dots             Method = "dots"        // everybody has several dots to give
	InstitutionVotes Method = "institution" // one vote for each institution
	ShowOfHands      Method = "hands"
	Consensus        Method = "consensus"
	Ballot           Method = "ballot" // counted in the room of decisions
)

// Methods lists them.
func Methods() []Method { return []Method{Dots, InstitutionVotes, ShowOfHands, Consensus, Ballot} }

// Option is something that could become a priority.
type Option struct {
	N        int
	Theme    string // the theme it comes from, or empty
	Text     string // sealed at rest
	Votes    int
	Chosen   bool
	Team     string // research action team
	TeamName string // of the form
	Chair    string // of the form: person
}

// Decision is what was decided: how many took part, never who voted how.
type Decision struct {
	At             time.Time
	Method         Method
	People         int
	Institutions   int
	OfInstitutions int
	Ballot         string
	Account        string
	Dissent        string // sealed at rest
	Options        []Option
}

// DecideIn is the form of it.
type DecideIn struct {
	Campaign string
	Decision
	Key string // _key
}

// Limits of a priority decision.
const (
	FewestOptions, MostOptions       = 2, 6
	FewestPriorities, MostPriorities = 2, 4
)

// Decide records the priorities and makes their research action teams. It is
// refused until the report back is logged.
func (s *Service) Decide(ctx context.Context, a access.Actor, in DecideIn) (err error) {
	defer fault.Wrap(&err, "listening.Decide(%s)", in.Campaign)
	chairs, err := s.chairs(ctx, a, in.Options)
	if err != nil {
		return err
	}
	_, err = s.do(ctx, a, act{need: needDecide, verb: VerbDecide, campaign: in.Campaign, key: in.Key}, func(w *change) (string, error) {
		if err := s.checkDecision(ctx, w, &in.Decision); err != nil {
			return "", err
		}
		in.Account = a.Account
		sealed, err := s.seal(ctx, cell(w.tx.Org(), "listening_decision", w.ID, 1), contact.OneLine(in.Dissent))
		if err != nil {
			return "", err
		}
		if err := putDecision(ctx, w.tx, w.ID, in.Decision, sealed); err != nil {
			return "", err
		}
		for i, o := range in.Options {
			o.N = i + 1
			if s.Teams != nil && o.Chosen && o.TeamName != "" {
				if o.Team, err = s.Teams.CreateIn(ctx, w.tx, a, TeamIn{Campaign: w.ID, Name: o.TeamName, Purpose: o.Text, Chair: o.Chair, ChairName: chairs[o.Chair].Name}); err != nil {
					return "", prefixed(err, "option_"+strconv.Itoa(i)+"_")
				}
			}
			words, err := s.seal(ctx, cell(w.tx.Org(), "listening_option", w.ID+":"+strconv.Itoa(o.N), 1), o.Text)
			if err != nil {
				return "", err
			}
			if err := putOption(ctx, w.tx, w.ID, o, words); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	return err
}

// chairs asks how the chairs are called, outside the transaction: who looked is
// written down in one of its own.
func (s *Service) chairs(ctx context.Context, a access.Actor, list []Option) (map[string]people.Card, error) {
	var ids []string
	for _, o := range list {
		if o.Chosen && o.TeamName != "" && o.Chair != "" {
			ids = append(ids, o.Chair)
		}
	}
	if s.Teams == nil || len(ids) == 0 {
		return nil, nil
	}
	return s.People.Names(ctx, a, ids)
}

// checkDecision reads the form; a ballot's counts are taken from its own room.
func (s *Service) checkDecision(ctx context.Context, w *change, d *Decision) error {
	var bad []fault.Field
	wrong := func(ok bool, field, key string, args ...any) {
		if !ok {
			bad = append(bad, fault.At(field, key, args...))
		}
	}
	if err := s.fromBallot(ctx, w, d); err != nil {
		return err
	}
	wrong(!d.At.IsZero() && !d.At.After(w.now.Add(24*time.Hour)) && !d.At.Before(w.Starts), "date", "listening.error.date")
	wrong(slices.Contains(Methods(), d.Method) && (d.Method != Ballot || d.Ballot != ""), "method", "contact.error.choose")
	wrong(d.People >= 1 && d.People <= 100000, "people", "campaign.error.people")
	wrong(d.Institutions >= 0 && d.Institutions <= d.OfInstitutions && d.OfInstitutions <= 10000, "institutions", "campaign.error.institutions")
	wrong(utf8.RuneCountInString(contact.OneLine(d.Dissent)) <= longestNote, "dissent", "campaign.error.note", "Most", longestNote)
	themes, err := s.themes(ctx, w.tx, w.ID)
	if err != nil {
		return err
	}
	chosen, least, most := 0, 0, 0
	for i := range d.Options {
		o, at := &d.Options[i], "option_"+strconv.Itoa(i)
		o.Text, o.TeamName = contact.OneLine(o.Text), contact.OneLine(o.TeamName)
		wrong(o.Text != "" && utf8.RuneCountInString(o.Text) <= longestName, at, "campaign.error.option", "Most", longestName)
		wrong(o.Theme == "" || slices.ContainsFunc(themes, func(t Theme) bool { return t.ID == o.Theme && t.Into == "" }), at, "contact.error.choose")
		wrong(o.Votes >= 0 && o.Votes <= 1000000, at+"_votes", "campaign.error.votes")
		twin := slices.ContainsFunc(d.Options[:i], func(p Option) bool { return strings.EqualFold(p.Text, o.Text) })
		wrong(!twin, at, "campaign.error.option_twice")
		if o.Chosen {
			if least = min(least, o.Votes); chosen == 0 {
				least = o.Votes
			}
			chosen++
			wrong(o.TeamName == "" || o.Chair != "", at+"_chair", "campaign.error.chair")
		} else {
			most = max(most, o.Votes)
		}
	}
	wrong(len(d.Options) >= FewestOptions && len(d.Options) <= MostOptions, "option_0", "campaign.error.options", "From", FewestOptions, "To", MostOptions)
	wrong(chosen >= FewestPriorities && chosen <= MostPriorities, "chosen", "campaign.error.priorities", "From", FewestPriorities, "To", MostPriorities)
	// Against the count is possible; without a word about it, it is not.
	wrong(chosen == 0 || most <= least || contact.OneLine(d.Dissent) != "", "dissent", "campaign.error.against_count")
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

// fromBallot takes the counts of a finished ballot as they are.
func (s *Service) fromBallot(ctx context.Context, w *change, d *Decision) error {
	if d.Method != Ballot {
		d.Ballot = ""
		return nil
	}
	list, err := s.ballots(ctx, w.actor)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(b BallotResult) bool { return b.Ref == d.Ballot })
	if i < 0 {
		return fault.Wrong(fault.At("ballot", "campaign.error.ballot"))
	}
	d.People = list[i].People
	for n := range d.Options {
		o := &d.Options[n]
		j := slices.IndexFunc(list[i].Options, func(b BallotOption) bool { return strings.EqualFold(b.Text, contact.OneLine(o.Text)) })
		if j < 0 {
			return fault.Wrong(fault.At("option_"+strconv.Itoa(n), "campaign.error.ballot_option"))
		}
		o.Votes = list[i].Options[j].Votes
	}
	return nil
}

func (s *Service) ballots(ctx context.Context, a access.Actor) ([]BallotResult, error) {
	if s.Ballots == nil {
		return nil, nil
	}
	return s.Ballots.Finished(ctx, a)
}

// Ending is everything after the listening: for the pages of report back and decision.
type Ending struct {
	Campaign
	Reports  []ReportBack
	Decision *Decision
	Ballots  []BallotResult
	Top      []Seen // themes at the top of the wall, to choose from
	Can      []Verb
}

// Ending returns the report backs and the decision.
func (s *Service) Ending(ctx context.Context, a access.Actor, campaign string) (out Ending, err error) {
	defer fault.Wrap(&err, "listening.Ending(%s)", campaign)
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = Ending{}
		if out.Campaign, err = s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		rows, err := reportBackRows(ctx, tx, campaign)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := s.unseal(ctx, cell(tx.Org(), "listening_report_back", r.ID, 1), r.sealed, &r.Note); err != nil {
				return err
			}
			out.Reports = append(out.Reports, r.ReportBack)
		}
		out.Decision, err = s.decision(ctx, tx, campaign)
		return err
	})
	if err != nil || audienceOf(g) == Outside {
		return out, err
	}
	out.Can = Can(out.State, party(g))
	wall, err := s.WallOf(ctx, a, campaign)
	if err != nil {
		return out, err
	}
	for _, t := range wall.Themes {
		if t.Depth == 0 {
			out.Top = append(out.Top, t)
		}
	}
	if slices.Contains(out.Can, VerbDecide) {
		out.Ballots, err = s.ballots(ctx, a)
	}
	return out, err
}

func (s *Service) decision(ctx context.Context, tx *db.Tx, campaign string) (*Decision, error) {
	r, found, err := decisionOf(ctx, tx, campaign)
	if err != nil || !found {
		return nil, err
	}
	d := r.Decision
	if err := s.unseal(ctx, cell(tx.Org(), "listening_decision", campaign, 1), r.sealed, &d.Dissent); err != nil {
		return nil, err
	}
	rows, err := optionRows(ctx, tx, campaign)
	if err != nil {
		return nil, err
	}
	for _, o := range rows {
		if err := s.unseal(ctx, cell(tx.Org(), "listening_option", campaign+":"+strconv.Itoa(o.N), 1), o.sealed, &o.Text); err != nil {
			return nil, err
		}
		d.Options = append(d.Options, o.Option)
	}
	return &d, nil
}

// Sheet is a report back on paper: what may be told to everybody.
type Sheet struct {
	Campaign
	Heard  Cell
	Themes []Public
	Done   *Decision
}

// Public is a theme as it may be told outside: at least so many people, rounded down.
type Public struct {
	Name, Definition string
	Depth            int
	People           int
	Languages        []string
}

// Sheet returns the report back. There is none before the themes are agreed.
func (s *Service) Sheet(ctx context.Context, a access.Actor, campaign string) (out Sheet, err error) {
	defer fault.Wrap(&err, "listening.Sheet(%s)", campaign)
	g, err := access.Check(a, needRead)
	if err != nil {
		return out, err
	}
	if err := s.refreshFor(ctx, a, g, campaign); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = Sheet{}
		if out.Campaign, err = s.load(ctx, tx, a, g, campaign); err != nil {
			return err
		}
		if out.State.At() < ThemesAgreed.At() {
			return fault.Clash("campaign.early." + string(VerbReportBack))
		}
		list, err := s.releases(ctx, tx, campaign, Outside)
		if err != nil {
			return err
		}
		if n := len(list); n > 0 && list[n-1].Whole {
			out.Heard = Cell{N: rounded(Outside, list[n-1].Total), Shown: true}
		}
		themes, l, err := s.lined(ctx, tx, campaign)
		if err != nil {
			return err
		}
		tree := s.seen(out.Campaign, themes, l)
		for i := range tree {
			tree[i].People, tree[i].Languages = 0, nil
			if n := l.atLeast(tree[i].ID, KOutside, true); n >= KOutside {
				tree[i].People, tree[i].Languages = rounded(Outside, n), l.languages(l.under(tree[i].ID), out.Languages, KOutside)
			}
		}
		for _, t := range sorted(tree) {
			if t.People > 0 || t.Depth == 0 {
				out.Themes = append(out.Themes, Public{t.Name, t.Definition, t.Depth, t.People, t.Languages})
			}
		}
		out.Done, err = s.decision(ctx, tx, campaign)
		return err
	})
	return out, err
}
