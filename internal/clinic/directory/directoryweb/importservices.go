// Everything people can get, a page at a time.

package directoryweb

import (
	"net/http"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/platform/web"
)

// givesShown is how many programmes stand below the list of groups; the rest is on /services.
const givesShown = 12

type servicesPage struct {
	F           Chosen
	Cards       []Card
	Total       int
	First, Next string
}

func (h *Web) services(w http.ResponseWriter, r *web.Request) error {
	f, chosen, err := h.filter(r)
	if err != nil {
		return err
	}
	page, err := h.s.ProgrammePage(r.Context(), r.Actor, f, r.Form("after"))
	if err != nil {
		return err
	}
	say := directory.Say{L: r.Localizer()}
	d := servicesPage{F: chosen, Total: page.Total}
	for _, p := range page.Items {
		c := programmeCard(say, p)
		c.Text = clip(c.Text, 200)
		d.Cards = append(d.Cards, c)
	}
	if !page.First {
		d.First = withFilter("/services", chosen, "")
	}
	if page.Next != "" {
		d.Next = withFilter("/services", chosen, page.Next)
	}
	return r.Page(w, "directory/importservices", d)
}

// paged cuts a long list for a staff page and says where the parts before and after are.
func paged[T any](r *web.Request, list []T, path string) (part []T, prev, next string) {
	page := pageNumber(r)
	from := min((page-1)*directory.ImportPageSize, len(list))
	to := min(from+directory.ImportPageSize, len(list))
	if page > 1 {
		prev = path + "?page=" + number(page-1)
	}
	if to < len(list) {
		next = path + "?page=" + number(page+1)
	}
	return list[from:to], prev, next
}
