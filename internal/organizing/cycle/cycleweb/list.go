// The list of cycles, and what was handed to the reader.

package cycleweb

import (
	"net/http"

	"seedbed/internal/kit/fault"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
)

type listLine struct {
	URL, Name, About string
	Phase            Pill
	Meta             []string
}

type handedView struct{ ID, URL, Name, From, When, Text string }

type listPage struct {
	Under, Over []listLine
	Handed      []handedView
	MayBegin    bool
}

func (h *Web) list(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Cycles(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d := listPage{MayBegin: may(r, "cycle", access.Create)}
	if d.Handed, err = h.handed(r, ""); err != nil {
		return err
	}
	l := r.Localizer()
	for _, c := range list {
		line := listLine{URL: "/cycles/" + c.ID, Name: c.Name, About: c.About, Phase: phase(r, c.Phase)}
		line.Meta = append(line.Meta, r.T("cycle.began", "Date", l.ShortDate(c.Began, r.Zone())))
		won := 0
		for _, i := range c.Issues {
			if i.State == cycle.Won || i.State == cycle.PartlyWon {
				won++
			}
		}
		if len(c.Issues) > 0 {
			line.Meta = append(line.Meta, r.T("cycle.issues_n", "Count", len(c.Issues)))
		}
		if won > 0 {
			line.Meta = append(line.Meta, r.T("cycle.won_n", "Count", won))
		}
		if c.Phase == cycle.Closed {
			line.Meta = append(line.Meta, r.T("cycle.ended", "Date", l.ShortDate(c.Ended, r.Zone())))
			d.Over = append(d.Over, line)
			continue
		}
		if !c.Due.IsZero() {
			key := "cycle.due"
			if c.Late(r.Now()) {
				key = "cycle.due_late"
			}
			line.Meta = append(line.Meta, r.T(key, "Date", l.ShortDate(c.Due, r.Zone())))
		}
		d.Under = append(d.Under, line)
	}
	return r.Page(w, "cycle/list", d)
}

// handed are the handovers that wait for the reader, of one cycle or of all.
func (h *Web) handed(r *web.Request, of string) (out []handedView, err error) {
	list, err := h.s.Handed(r.Context(), r.Actor)
	if err != nil {
		if fault.Is(err, fault.Forbidden) {
			err = nil
		}
		return nil, err
	}
	for _, x := range list {
		if of == "" || x.Cycle == of {
			out = append(out, handedView{ID: x.ID, URL: "/cycles/" + x.Cycle + "/notebook", Name: x.CycleName, From: h.somebody(r, x.From), When: r.Localizer().Ago(x.At, r.Now(), r.Zone()), Text: x.Text})
		}
	}
	return out, nil
}
