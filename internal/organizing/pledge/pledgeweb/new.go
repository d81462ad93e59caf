// Writing a promise down by hand: who said what, by when, and what shows it.

package pledgeweb

import (
	"net/http"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type otherWords struct {
	Name, Label, Lang, Dir, Value string
}

type formPage struct {
	In              pledge.In
	Clinic          bool
	Officials       []Option
	Issues          []Option
	Langs           []Option
	Topics          []Option
	CoOwners, Parts string
	Others          []otherWords
	Instead         *quote
}

// others are the fields for the words in the languages of the pages.
func others(r *web.Request, own string, list map[string]string) (out []otherWords) {
	for _, l := range i18n.Languages() {
		if l.Code != own {
			out = append(out, otherWords{"other_" + l.Code, r.T("pledge.other", "Language", r.Localizer().LanguageName(l.Code)), l.Code, l.Dir, list[l.Code]})
		}
	}
	return out
}

func (h *Web) form(w http.ResponseWriter, r *web.Request) error {
	in := pledge.In{Kind: pledge.Kind(r.Form("kind")), Ref: r.Form("ref"), Issue: r.Form("issue"), Office: r.Form("office"), InsteadOf: r.Form("instead_of"), Lang: r.Locale, Said: today(r), Public: true}
	p, err := h.formPage(r, in)
	if err != nil {
		return err
	}
	return r.Page(w, "pledge/form", p)
}

func (h *Web) formPage(r *web.Request, in pledge.In) (p formPage, err error) {
	if in.Kind != pledge.Clinic {
		in.Kind = pledge.Office
	} else if !r.Actor.Has(access.Lead) {
		return p, fault.Denied("only the clinic's leader commits the clinic")
	}
	if in.InsteadOf != "" {
		old, err := h.s.Get(r.Context(), r.Actor, in.InsteadOf)
		switch {
		case fault.Is(err, fault.NotFound):
			in.InsteadOf = ""
		case err != nil:
			return p, err
		default:
			q := words(old.Words, r.Locale)
			p.Instead = &q
			if in.Name == "" && in.Words == "" {
				in.Name, in.Title, in.Body, in.Office, in.Issue, in.Lang = old.Name, old.Title, old.Body, old.Office, old.Issue, old.Lang
			}
		}
	}
	p.In, p.Clinic, p.Langs = in, in.Kind == pledge.Clinic, languages(r, in.Lang)
	p.CoOwners, p.Parts = strings.Join(in.CoOwners, "\n"), strings.Join(in.Parts, "\n")
	if h.o.People != nil && !p.Clinic {
		list, err := h.o.People.Officials(r.Context(), r.Actor)
		if err != nil {
			return p, err
		}
		for _, o := range list {
			p.Officials = append(p.Officials, Option{Value: o.ID, Label: join(r, []string{o.Name, o.Title, o.Body}), Checked: o.ID == in.Office})
		}
	}
	if p.Issues, err = h.issues(r, in.Issue); err != nil {
		return p, err
	}
	for _, t := range pledge.Topics() {
		p.Topics = append(p.Topics, Option{Value: t, Label: r.T("pledge.topic." + t), Checked: t == in.Topic})
	}
	return p, nil
}

func (h *Web) issues(r *web.Request, chosen string) (out []Option, err error) {
	if h.o.Issues == nil {
		return nil, nil
	}
	list, err := h.o.Issues.Issues(r.Context(), r.Actor)
	for _, i := range list {
		out = append(out, Option{Value: i.ID, Label: i.Title, Checked: i.ID == chosen})
	}
	return out, err
}

func (h *Web) save(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	in := pledge.In{Kind: pledge.Kind(r.Form("kind")), Topic: r.Form("topic"), Ref: "", Issue: r.Form("issue"), Office: r.Form("office"), Lang: r.Form("words_lang"), Link: r.Form("link"),
		Said: r.Form("said"), Due: r.Form("due"), Yearly: r.Checked("yearly"), Public: r.Checked("public"), InsteadOf: r.Form("instead_of"), Key: r.Key()}
	var bad []fault.Field
	guarded := func(name string) string {
		text, wrong := r.Guarded(name)
		bad = append(bad, wrong...)
		return text
	}
	name, wrong := r.GuardedName("name")
	bad = append(bad, wrong...)
	in.Name, in.Title, in.Body, in.Words, in.Measure, in.Where, in.Evidence = name, guarded("title"), guarded("body"), guarded("words"), guarded("measure"), guarded("where"), guarded("evidence")
	in.CoOwners, in.Parts = pledge.Bodies(guarded("co_owners")), pledge.Bodies(guarded("parts"))
	if in.Kind != pledge.Clinic {
		in.Topic = ""
	}
	var made string
	err := fault.Wrong(bad...)
	if len(bad) == 0 {
		made, err = h.s.Make(r.Context(), r.Actor, in)
	}
	if err == nil {
		flash := "pledge.flash.made"
		if in.Public {
			flash = "pledge.flash.made_public"
		}
		return r.RedirectWith(w, "/pledges/desk/"+made, flash)
	}
	p, perr := h.formPage(r, in)
	if perr != nil {
		return perr
	}
	return r.Fail(w, "pledge/form", p, err)
}
