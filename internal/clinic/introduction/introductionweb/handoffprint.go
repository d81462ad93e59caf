// The weekly list on paper, for groups that work on paper.

package introductionweb

import (
	"net/http"
	"slices"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/platform/web"
)

type printLine struct {
	Number, Name, Sent, Reply string
	Facts                     []fact
	Safe                      []string
}

type printPage struct {
	Group   string
	Day     string
	Lines   []printLine
	Answers []string
	Groups  []Option
}

// printed shows the choice of a group, or with ?group= its list on a white sheet.
func (h *Web) printed(w http.ResponseWriter, r *web.Request) error {
	n := h.names(r)
	group := r.Form("group")
	if group == "" {
		ids, err := h.s.GroupsWithOpen(r.Context(), r.Actor)
		if err != nil {
			return err
		}
		p := printPage{}
		for _, id := range ids {
			if name := n.group(id); name != "" {
				p.Groups = append(p.Groups, Option{Value: "/handoffs/print?group=" + id, Label: name})
			}
		}
		slices.SortFunc(p.Groups, func(a, b Option) int {
			if a.Label < b.Label {
				return -1
			}
			return 1
		})
		return r.Page(w, "introduction/handoffprint", p)
	}
	list, err := h.s.PrintedList(r.Context(), r.Actor, group)
	if err != nil {
		return err
	}
	l := r.Localizer()
	p := printPage{Group: n.group(group), Day: l.LongDate(r.Now().In(r.Zone()))}
	for i, s := range list {
		p.Lines = append(p.Lines, printLine{Number: l.Number(i + 1), Name: s.Person.CalledName, Sent: l.Date(s.Sent.In(r.Zone())), Reply: s.Reply,
			Facts: h.personFacts(r, s.Person), Safe: safeWords(r, s.Person, knowsSafe(s))})
	}
	for _, key := range []string{"seen", "call", "tried", "talked", "met", "cannot"} {
		p.Answers = append(p.Answers, r.T("handoff.paper."+key))
	}
	return r.As(web.Print).Page(w, "introduction/handoffpaper", p)
}

// knowsSafe reports whether the group may know the rules of contact.
func knowsSafe(s introduction.Shared) bool { return slices.Contains(s.Fields, "safe_contact") }
