// The form of a change.
package changeweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/money"
	"seedbed/internal/organizing/change"
	"seedbed/internal/platform/web"
)

type tagLine struct {
	Kind, Label, Hint string
	Terms             []Option
}

type formPage struct {
	ID, Action, Back                                                    string
	Title, Description, Affected, AffectedOn, Money, MoneyOn, Narrative string
	Others, Sources, Until, NamedOn, Evidence                           string
	Issues, Levels, Ratings, Roots                                      []Option
	Tags                                                                []tagLine
	Version                                                             int64
}

func (h *Web) formPage(r *web.Request, in change.SaveIn) (p formPage, err error) {
	p = formPage{ID: in.ID, Action: "/changes/new", Back: "/changes", Title: in.Title, Description: in.Description, Affected: in.Affected, AffectedOn: in.AffectedOn, Money: in.Money, MoneyOn: in.MoneyOn,
		Narrative: in.Narrative, Others: in.Others, Sources: in.Sources, Until: written(r, in.Until), NamedOn: written(r, in.NamedOn), Evidence: in.Evidence, Version: in.Version,
		Levels: options(r, "change.level.", change.Levels(), change.Level(in.Level)), Ratings: options(r, "change.rating.", change.Ratings(), change.Rating(in.Rating))}
	if in.ID != "" {
		p.Action, p.Back = "/changes/"+in.ID+"/edit", "/changes/"+in.ID
	}
	issues, err := h.s.Issues(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, i := range issues {
		p.Issues = append(p.Issues, Option{Value: i.ID, Label: i.Name, Checked: i.ID == in.Issue})
	}
	stories, err := h.s.Stories(r.Context(), r.Actor)
	if err != nil {
		return p, err
	}
	for _, s := range stories {
		p.Roots = append(p.Roots, Option{Value: s.ID, Label: s.Name, Checked: slices.Contains(in.Roots, s.ID)})
	}
	for _, kind := range change.Tags() {
		line := tagLine{Kind: kind, Label: r.T("change.tag." + kind), Hint: r.T("change.tag_about." + kind)}
		for _, term := range change.Terms() {
			line.Terms = append(line.Terms, Option{Value: term, Label: r.T("change.term." + term), Checked: in.Tags[kind] == term})
		}
		p.Tags = append(p.Tags, line)
	}
	return p, nil
}

func (h *Web) blank(w http.ResponseWriter, r *web.Request) error {
	p, err := h.formPage(r, change.SaveIn{Issue: r.Form("issue"), Rating: string(change.Ratings()[0])})
	if err != nil {
		return err
	}
	return r.Page(w, "change/form", p)
}

func read(r *web.Request) (in change.SaveIn, bad []fault.Field) {
	in = change.SaveIn{ID: r.PathValue("id"), Issue: r.Form("issue"), Level: r.Form("level"), Affected: r.Form("affected"), Money: r.Form("money"), Rating: r.Form("rating"), Until: day(r, "until"),
		Roots: r.FormAll("root"), NamedOn: day(r, "named_on"), Tags: map[string]string{}, Key: r.Key()}
	for _, kind := range change.Tags() {
		in.Tags[kind] = r.Form("tag_" + kind)
	}
	if r.Form("until") != "" && in.Until.IsZero() {
		bad = append(bad, fault.At("until", "change.error.day"))
	}
	for _, x := range []struct {
		name string
		into *string
	}{{"title", &in.Title}, {"description", &in.Description}, {"affected_basis", &in.AffectedOn}, {"money_basis", &in.MoneyOn}, {"narrative", &in.Narrative}, {"others", &in.Others}, {"sources", &in.Sources}, {"evidence", &in.Evidence}} {
		text, wrong := r.GuardedText(x.name, r.FormValue(x.name))
		*x.into, bad = text, append(bad, wrong...)
	}
	in.Version, _ = strconv.ParseInt(r.Form("version"), 10, 64)
	return in, bad
}

func (h *Web) again(w http.ResponseWriter, r *web.Request, in change.SaveIn, err error) error {
	p, perr := h.formPage(r, in)
	if perr != nil {
		return perr
	}
	p.Until, p.NamedOn = r.Form("until"), r.Form("named_on")
	return r.Fail(w, "change/form", p, err)
}

func (h *Web) make(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, bad := read(r)
	made, err := "", fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.Save(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.again(w, r, in, err)
	}
	return r.RedirectWith(w, "/changes/"+made, "change.flash.made")
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	c, err := h.s.Get(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	in := change.SaveIn{ID: c.ID, Issue: c.Issue, Level: string(c.Level), Title: c.Title, Description: c.Description, AffectedOn: c.AffectedBasis, MoneyOn: c.MoneyBasis, Rating: string(c.Rating), Narrative: c.Narrative,
		Others: change.FormatOthers(c.Others), Sources: change.FormatSources(c.Sources), Tags: c.Tags, Until: c.Until, Version: c.Version}
	if c.Affected > 0 {
		in.Affected = strconv.FormatInt(c.Affected, 10)
	}
	if c.Money > 0 {
		in.Money = money.Format(c.Money)
	}
	for _, root := range c.Roots {
		in.Roots = append(in.Roots, strings.TrimPrefix(root, "story:"))
	}
	p, err := h.formPage(r, in)
	if err != nil {
		return err
	}
	return r.Page(w, "change/form", p)
}

func (h *Web) save(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in, bad := read(r)
	if _, err := h.s.Get(r.Context(), r.Actor, in.ID); err != nil {
		return err
	}
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		_, err = h.s.Save(r.Context(), r.Actor, in)
	}
	if err != nil {
		return h.again(w, r, in, err)
	}
	return r.RedirectWith(w, "/changes/"+in.ID, "change.flash.saved")
}
