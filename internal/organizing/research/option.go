// Options: the ways to solve an issue that were found, side by side, with the
// health professionals who helped and what each rests on.
package research

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/kit/money"
	"seedbed/internal/kit/weblink"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
	"seedbed/internal/trust/contact"
)

// OptionWords is everything in words about an option.
type OptionWords struct {
	What    string   `json:"what"`
	Basis   string   `json:"basis,omitempty"`   // what the cost is counted on: "for each label, printed at the counter"
	DoneBy  string   `json:"done_by,omitempty"` // who has done it
	For     string   `json:"for,omitempty"`
	Against string   `json:"against,omitempty"`
	Decides string   `json:"decides,omitempty"` // who decides: the office as it was called then, or a role
	Health  string   `json:"health,omitempty"`  // what it does for health
	Sources []Source `json:"sources,omitempty"`
}

// Source is what an option rests on: a research action, or a text with an address.
type Source struct {
	Ref  string `json:"ref,omitempty"` // research:ID
	Text string `json:"text,omitempty"`
	Link string `json:"link,omitempty"`
}

// Option is a way to solve an issue.
type Option struct {
	ID       string
	Issue    string
	Office   string // who decides, when it is somebody in public office
	Cost     int64  // in the smallest unit
	Costed   bool   // a cost of nothing is not the same as a cost not known
	Currency string
	Dropped  bool // kept, with what speaks against it
	Account  string
	Made     time.Time
	Changed  time.Time
	Version  int64
	Helpers  []Helper
	OptionWords
}

// Helper is a health professional who helped: a colleague with an account, or a role
// and an organization. A colleague's name is shown while NamedAt is set.
type Helper struct {
	ID      string
	Account string
	NamedAt time.Time
	How     string // see Hows
	Added   time.Time
	HelperWords
}

// HelperWords is a helper without an account, in words, never a name.
type HelperWords struct {
	Role         string `json:"role,omitempty"`
	Organization string `json:"organization,omitempty"`
}

// Hows lists how somebody can say that they may be named.
func Hows() []string { return []string{"spoken", "written"} }

// OptionIn is the form of an option; fields are named as in the form.
type OptionIn struct {
	ID, Issue string
	What      string   // what
	Cost      string   // cost, as typed
	Basis     string   // basis
	DoneBy    string   // done_by
	For       string   // for
	Against   string   // against
	Office    string   // office
	Decides   string   // decides
	Health    string   // health
	Actions   []string // action: ids of research actions it rests on
	Source    string   // source
	Link      string   // link
	Version   int64
	Key       string
}

const (
	currency  = "USD"
	whatMost  = 160
	textMost  = 1200
	mostWays  = 12
	mostHelps = 12
)

func (in *OptionIn) wrong() error {
	var bad []fault.Field
	at := func(wrong bool, field, key string) {
		if wrong {
			bad = append(bad, fault.At(field, key))
		}
	}
	for _, line := range []*string{&in.What, &in.Basis, &in.Decides, &in.Source} {
		*line = contact.OneLine(*line)
	}
	for _, text := range []*string{&in.DoneBy, &in.For, &in.Against, &in.Health} {
		*text = strings.TrimSpace(strings.ToValidUTF8(*text, ""))
	}
	at(in.What == "", "what", "research.error.what")
	at(tooLong(in.What, whatMost), "what", "research.error.long")
	if in.Cost = strings.TrimSpace(in.Cost); in.Cost != "" {
		_, ok := money.Parse(in.Cost)
		at(!ok, "cost", "research.error.cost")
		at(ok && in.Basis == "", "basis", "research.error.basis")
	}
	for _, x := range []struct {
		field, text string
		most        int
	}{{"basis", in.Basis, hostMost}, {"decides", in.Decides, hostMost}, {"source", in.Source, whatMost}, {"done_by", in.DoneBy, textMost}, {"for", in.For, textMost}, {"against", in.Against, textMost}, {"health", in.Health, textMost}} {
		at(tooLong(x.text, x.most), x.field, "research.error.long")
	}
	link, ok := weblink.Parse(in.Link)
	at(!ok, "link", "research.error.link")
	at(ok && link != "" && in.Source == "", "source", "research.error.source")
	if ok {
		in.Link = link
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

func (in OptionIn) into(o *Option) {
	o.Issue, o.Office = in.Issue, in.Office
	o.Costed, o.Cost, o.Currency = in.Cost != "", 0, currency
	if o.Costed {
		o.Cost, _ = money.Parse(in.Cost) // checked above
	}
	o.OptionWords = OptionWords{What: in.What, Basis: in.Basis, DoneBy: in.DoneBy, For: in.For, Against: in.Against, Decides: in.Decides, Health: in.Health}
	for _, action := range in.Actions {
		o.Sources = append(o.Sources, Source{Ref: "research:" + action})
	}
	if in.Source != "" {
		o.Sources = append(o.Sources, Source{Text: in.Source, Link: in.Link})
	}
}

// settled checks what an option names in other rooms and in this one.
func (s *Service) settled(ctx context.Context, a access.Actor, in *OptionIn) error {
	if s.issues == nil {
		return fault.Missing("no issues")
	}
	if _, err := s.issues.Issue(ctx, a, in.Issue); err != nil {
		return err
	}
	if in.Office != "" {
		if s.offices == nil {
			return fault.Wrong(fault.At("office", "contact.error.choose"))
		}
		o, err := s.offices.Office(ctx, a, in.Office)
		if fault.Is(err, fault.NotFound) {
			err = fault.Wrong(fault.At("office", "contact.error.choose"))
		}
		if err != nil {
			return err
		}
		in.Decides = o.Label()
	}
	for _, action := range in.Actions {
		if _, err := s.Get(ctx, a, action); fault.Is(err, fault.NotFound) {
			return fault.Wrong(fault.At("action", "contact.error.choose"))
		} else if err != nil {
			return err
		}
	}
	return nil
}

// SaveOption writes an option, new or changed.
func (s *Service) SaveOption(ctx context.Context, a access.Actor, in OptionIn) (made string, err error) {
	defer fault.Wrap(&err, "research.SaveOption")
	need := needUpdate
	if in.ID == "" {
		need = needCreate
	}
	g, err := access.Check(a, need)
	if err != nil {
		return "", err
	}
	if err := in.wrong(); err != nil {
		return "", err
	}
	if err := s.settled(ctx, a, &in); err != nil {
		return "", err
	}
	return s.once(ctx, a, in.Key, "research.option:"+in.ID, func(tx *db.Tx) (string, error) {
		now := s.clock.Now()
		o := optionRow{Option: Option{ID: id.New(now), Issue: in.Issue, Account: a.Account, Made: now}}
		if in.ID != "" {
			if o, err = optionByID(ctx, tx, in.ID); err != nil {
				return "", err
			}
			if o.Version != in.Version {
				return "", fault.Clash("research.error.changed")
			}
			in.Issue = o.Issue
		} else if list, err := optionsOf(ctx, tx, in.Issue); err != nil {
			return "", err
		} else if len(list) >= mostWays {
			return "", fault.Clash("research.error.options")
		}
		in.into(&o.Option)
		o.Changed = now
		return o.ID, s.putOption(ctx, tx, a, g, &o, "option")
	})
}

func (s *Service) putOption(ctx context.Context, tx *db.Tx, a access.Actor, g access.Granted, o *optionRow, act string) (err error) {
	o.Version++
	if o.sealed, err = s.seal(ctx, cell(tx.Org(), "research_option", o.ID, o.Version), o.OptionWords); err != nil {
		return err
	}
	if err := putOption(ctx, tx, *o); err != nil {
		return err
	}
	return s.note(ctx, tx, a, g, act, "research", o.ID, "", "")
}

// onOption loads an option, lets fn change what belongs to it, and stores it.
func (s *Service) onOption(ctx context.Context, a access.Actor, option, act, key string, fn func(tx *db.Tx, o *optionRow) error) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	_, err = s.once(ctx, a, key, "research."+act+":"+option, func(tx *db.Tx) (string, error) {
		o, err := optionByID(ctx, tx, option)
		if err != nil {
			return "", err
		}
		list := []optionRow{o}
		if err := s.openOptions(ctx, tx, list); err != nil {
			return "", err
		}
		if err := fn(tx, &list[0]); err != nil {
			return "", err
		}
		list[0].Changed = s.clock.Now()
		return option, s.putOption(ctx, tx, a, g, &list[0], act)
	})
	return err
}

// DropOption lays an option aside, or takes it up again. What was found out stays.
func (s *Service) DropOption(ctx context.Context, a access.Actor, option string, dropped bool, key string) (err error) {
	defer fault.Wrap(&err, "research.DropOption(%s)", option)
	return s.onOption(ctx, a, option, "drop", key, func(_ *db.Tx, o *optionRow) error {
		o.Dropped = dropped
		return nil
	})
}

// HelpIn is a health professional who helped; fields are named as in the form.
type HelpIn struct {
	Option       string
	Account      string // account: a colleague,
	Role         string // role: or what somebody does,
	Organization string // organization: and where
	Named        bool   // named: they said that they may be named
	How          string // how they said so
	Key          string
}

// Help writes down who helped. A colleague is named only with their yes; of others
// the role and the organization are enough.
func (s *Service) Help(ctx context.Context, a access.Actor, in HelpIn) (err error) {
	defer fault.Wrap(&err, "research.Help(%s)", in.Option)
	in.Role, in.Organization = contact.OneLine(in.Role), contact.OneLine(in.Organization)
	var bad []fault.Field
	if in.Account == "" && in.Role == "" {
		bad = append(bad, fault.At("role", "research.error.helper"))
	}
	if in.Account == "" && in.Organization == "" {
		bad = append(bad, fault.At("organization", "research.error.organization"))
	}
	if tooLong(in.Role, hostMost) {
		bad = append(bad, fault.At("role", "research.error.long"))
	}
	if tooLong(in.Organization, hostMost) {
		bad = append(bad, fault.At("organization", "research.error.long"))
	}
	if in.Named && !slices.Contains(Hows(), in.How) {
		bad = append(bad, fault.At("how", "contact.error.choose"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.onOption(ctx, a, in.Option, "help", in.Key, func(tx *db.Tx, o *optionRow) error {
		if len(o.Helpers) >= mostHelps {
			return fault.Clash("research.error.helpers")
		}
		h := Helper{ID: id.New(s.clock.Now()), Account: in.Account, Added: s.clock.Now(), HelperWords: HelperWords{in.Role, in.Organization}}
		if in.Account != "" {
			h.HelperWords = HelperWords{}
			if slices.ContainsFunc(o.Helpers, func(was Helper) bool { return was.Account == in.Account }) {
				return nil
			}
		}
		if in.Named {
			h.NamedAt, h.How = s.clock.Now(), in.How
		}
		return s.putHelper(ctx, tx, o.ID, h)
	})
}

func (s *Service) putHelper(ctx context.Context, tx *db.Tx, option string, h Helper) error {
	sealed, err := s.seal(ctx, cell(tx.Org(), "research_helper", h.ID, 1), h.HelperWords)
	if err != nil {
		return err
	}
	return putHelper(ctx, tx, option, h, sealed)
}

// NameHelper writes down that a helper may be named, or may not any more.
func (s *Service) NameHelper(ctx context.Context, a access.Actor, option, helper, how, key string) (err error) {
	defer fault.Wrap(&err, "research.NameHelper(%s)", option)
	if how != "" && !slices.Contains(Hows(), how) {
		return fault.Wrong(fault.At("how", "contact.error.choose"))
	}
	return s.onHelper(ctx, a, option, helper, "name", key, func(tx *db.Tx, h Helper) error {
		h.NamedAt, h.How = time.Time{}, how
		if how != "" {
			h.NamedAt = s.clock.Now()
		}
		return s.putHelper(ctx, tx, option, h)
	})
}

// DropHelper takes a helper off an option.
func (s *Service) DropHelper(ctx context.Context, a access.Actor, option, helper, key string) (err error) {
	defer fault.Wrap(&err, "research.DropHelper(%s)", option)
	return s.onHelper(ctx, a, option, helper, "unhelp", key, func(tx *db.Tx, _ Helper) error { return dropHelper(ctx, tx, option, helper) })
}

func (s *Service) onHelper(ctx context.Context, a access.Actor, option, helper, act, key string, fn func(tx *db.Tx, h Helper) error) error {
	return s.onOption(ctx, a, option, act+":"+helper, key, func(tx *db.Tx, o *optionRow) error {
		i := slices.IndexFunc(o.Helpers, func(h Helper) bool { return h.ID == helper })
		if i < 0 {
			return fault.Missing("helper")
		}
		return fn(tx, o.Helpers[i])
	})
}

// Options lists what was found for an issue, those laid aside last.
func (s *Service) Options(ctx context.Context, a access.Actor, issue string) (out []Option, err error) {
	defer fault.Wrap(&err, "research.Options(%s)", issue)
	g, err := access.Check(a, needRead)
	if err != nil {
		return nil, err
	}
	if g.Scope == access.Self || s.issues == nil {
		return nil, fault.Missing("options are for those who work on the issue")
	}
	if _, err := s.issues.Issue(ctx, a, issue); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		out = nil
		list, err := optionsOf(ctx, tx, issue)
		if err != nil {
			return err
		}
		if err := s.openOptions(ctx, tx, list); err != nil {
			return err
		}
		for _, o := range list {
			out = append(out, o.Option)
		}
		return nil
	})
	return out, err
}

// Option returns one.
func (s *Service) Option(ctx context.Context, a access.Actor, option string) (o Option, err error) {
	defer fault.Wrap(&err, "research.Option(%s)", option)
	g, err := access.Check(a, needRead)
	if err != nil {
		return o, err
	}
	if g.Scope == access.Self {
		return o, fault.Missing("options are for those who work on the issue")
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) error {
		r, err := optionByID(ctx, tx, option)
		if err != nil {
			return err
		}
		list := []optionRow{r}
		err = s.openOptions(ctx, tx, list)
		o = list[0].Option
		return err
	})
	return o, err
}

// Counted is how many options stand for each issue that has any.
func (s *Service) Counted(ctx context.Context, a access.Actor) (out map[string]int, err error) {
	defer fault.Wrap(&err, "research.Counted")
	g, err := access.Check(a, needRead)
	if err != nil || g.Scope == access.Self {
		return nil, err
	}
	err = s.db.Read(ctx, a.Org, func(tx *db.Tx) (err error) { out, err = countOptions(ctx, tx); return err })
	return out, err
}

func (s *Service) openOptions(ctx context.Context, tx *db.Tx, list []optionRow) error {
	cells, sealed, ids := make([]vault.Cell, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, o := range list {
		cells[i], sealed[i], ids[i] = cell(tx.Org(), "research_option", o.ID, o.Version), o.sealed, o.ID
	}
	if err := s.unseal(ctx, cells, sealed, func(n int) any { return &list[n].OptionWords }); err != nil {
		return err
	}
	helps, err := helpersOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	cells, sealed = nil, nil
	for _, h := range helps {
		cells, sealed = append(cells, cell(tx.Org(), "research_helper", h.ID, 1)), append(sealed, h.sealed)
	}
	if err := s.unseal(ctx, cells, sealed, func(n int) any { return &helps[n].HelperWords }); err != nil {
		return err
	}
	for _, h := range helps {
		i := slices.Index(ids, h.option)
		list[i].Helpers = append(list[i].Helpers, h.Helper)
	}
	return nil
}
