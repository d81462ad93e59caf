// The lists of criteria, and editing a copy: one line per question, what it means
// after a bar.

package cycleweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/contact"
)

type setLine struct {
	URL, Name string
	Meta      []string
}

type setsPage struct {
	Sets    []setLine
	MayCopy bool
}

func (h *Web) sets(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Sets(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d := setsPage{MayCopy: may(r, "cycle", access.Update)}
	for _, s := range list {
		line := setLine{URL: "/criteria/" + s.ID, Name: setName(r, s), Meta: []string{r.T("cycle.questions_n", "Count", len(s.Items))}}
		if !s.Shipped() {
			line.Meta = append(line.Meta, r.T("cycle.version", "N", s.Version))
		}
		d.Sets = append(d.Sets, line)
	}
	return r.Page(w, "cycle/sets", d)
}

type setPage struct {
	ID, Name, From string
	Items          []Fact
	MayEdit, Own   bool
	Version        int64
}

func (h *Web) set(w http.ResponseWriter, r *web.Request) error {
	s, err := h.s.ASet(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	d := setPage{ID: s.ID, Name: setName(r, s), Own: !s.Shipped(), MayEdit: may(r, "cycle", access.Update), Version: s.Version}
	if s.Shipped() {
		d.From = r.T("cycle.set." + s.ID + ".hint")
	}
	for _, c := range s.Items {
		d.Items = append(d.Items, Fact{Term: criterion(r, c), Text: criterionHint(r, c)})
	}
	return r.Page(w, "cycle/set", d)
}

// written is a list as people edit it.
func written(r *web.Request, items []cycle.Criterion) string {
	var b strings.Builder
	for _, c := range items {
		b.WriteString(criterion(r, c))
		if hint := criterionHint(r, c); hint != "" {
			b.WriteString(" | " + hint)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// readItems reads what written writes. A line whose question was there before keeps
// its code, so that what was said about it can be found again.
func readItems(r *web.Request, text string, before []cycle.Criterion) (out []cycle.Criterion) {
	for line := range strings.Lines(text) {
		q, hint, _ := strings.Cut(contact.OneLine(line), "|")
		c := cycle.Criterion{Text: strings.TrimSpace(q), Hint: strings.TrimSpace(hint)}
		if c.Text == "" {
			continue
		}
		if i := slices.IndexFunc(before, func(o cycle.Criterion) bool { return criterion(r, o) == c.Text }); i >= 0 {
			c.Code = before[i].Code
		}
		out = append(out, c)
	}
	return out
}

type setForm struct {
	ID, Title, Name, Items, Version string
	Own                             bool
}

func (h *Web) setForm(r *web.Request) (d setForm, s cycle.Set, err error) {
	if s, err = h.s.ASet(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return d, s, err
	}
	d = setForm{ID: s.ID, Title: r.T("cycle.set.edit"), Name: s.Name, Items: written(r, s.Items), Version: strconv.FormatInt(s.Version, 10), Own: !s.Shipped()}
	if s.Shipped() {
		d.Title, d.Name = r.T("cycle.set.copy"), r.T("cycle.set.our", "Name", setName(r, s))
	}
	return d, s, nil
}

func (h *Web) editSet(w http.ResponseWriter, r *web.Request) error {
	d, _, err := h.setForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "cycle/setform", d)
}

func (h *Web) saveSet(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	d, s, err := h.setForm(r)
	if err != nil {
		return err
	}
	var bad []fault.Field
	in := cycle.SetIn{ID: s.ID, Name: guarded(r, "name", &bad), Version: version(r), Key: r.Key()}
	text := guarded(r, "items", &bad)
	if s.Shipped() {
		in.ID, in.Base = "", s.ID
	}
	d.Name, d.Items = in.Name, text
	if len(bad) > 0 {
		return again(w, r, "cycle/setform", d, wrong(bad))
	}
	in.Items = readItems(r, text, s.Items)
	made, err := h.s.SaveSet(r.Context(), r.Actor, in)
	if err != nil {
		return again(w, r, "cycle/setform", d, err)
	}
	return r.RedirectWith(w, "/criteria/"+made, "cycle.flash.saved")
}
