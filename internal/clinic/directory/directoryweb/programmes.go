// Programmes on the stewards' desk: list and form.

package directoryweb

import (
	"net/http"
	"net/url"
	"strconv"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/web"
)

type programmesPage struct {
	Rows       []Row
	Prev, Next string
}

func (h *Web) programmes(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.StaffProgrammes(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	d := programmesPage{}
	list, d.Prev, d.Next = paged(r, list, "/programmes")
	for _, p := range list {
		row := Row{URL: "/programmes/" + p.ID + "/edit", Name: p.Name, Host: p.Host, Checked: sinceChecked(r, p.VerifiedOn),
			Exact: r.Localizer().ShortDate(p.VerifiedOn, r.Zone()), State: Badge{Kind: "wait", Label: r.T("directory.state.draft")}}
		if p.Published {
			row.State = Badge{Kind: "ok", Label: r.T("directory.state.published")}
		}
		d.Rows = append(d.Rows, row)
	}
	return r.Page(w, "directory/programmes", d)
}

func encodeProgramme(p directory.Programme) url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"name": p.Name, "host": p.Host, "what": p.What, "for_whom": p.ForWhom, "lang": p.Lang, "cost": p.Cost} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, on := range map[string]bool{"online": p.Online, "visits": p.Visits, "published": p.Published} {
		if on {
			v.Set(name, "yes")
		}
	}
	for lang, w := range p.Texts {
		v.Set("what_"+lang, w.WhatMembersDo)
		v.Set("for_whom_"+lang, w.ForWhom)
	}
	if p.Capacity > 0 {
		v.Set("capacity", strconv.Itoa(p.Capacity))
	}
	if p.Version != 0 {
		v.Set("version", strconv.FormatInt(p.Version, 10))
	}
	shared(v, p.Topics, p.Languages, p.Access, p.Schedule, p.Place, p.Contact)
	return v
}

func decodeProgramme(v url.Values) (directory.Programme, error) {
	d := &decoder{v: v}
	p := directory.Programme{Name: d.get("name"), Host: d.get("host"), What: d.get("what"), ForWhom: d.get("for_whom"), Lang: d.get("lang"), Cost: d.get("cost"),
		Online: d.on("online"), Visits: d.on("visits"), Published: d.on("published"), Topics: d.topics(), Languages: d.list("languages"), Access: d.access(),
		Schedule: d.rhythm(), Place: d.place(), Contact: d.contact()}
	p.Texts = d.texts(p.Lang)
	if n := d.get("capacity"); n != "" {
		var err error
		if p.Capacity, err = strconv.Atoi(n); err != nil {
			d.bad("capacity", "directory.error.capacity")
		}
	}
	p.Version, _ = strconv.ParseInt(d.get("version"), 10, 64)
	return p, d.err()
}

func (h *Web) programmeForm(r *web.Request, v url.Values, id string) formPage {
	d := filled(r.Localizer(), v)
	d.Programme, d.New, d.Title, d.Action, d.Back = true, id == "", r.T("directory.form.new_programme"), "/programmes/new", "/programmes"
	if id != "" {
		d.Title, d.Action = r.T("directory.form.edit_programme"), "/programmes/"+id+"/edit"
	}
	return d
}

func (h *Web) addProgramme(w http.ResponseWriter, r *web.Request) error {
	return r.Page(w, "directory/form", h.programmeForm(r, url.Values{"visibility": {"exact"}, "lang": {r.Locale}, "published": {"yes"}}, ""))
}

func (h *Web) editProgramme(w http.ResponseWriter, r *web.Request) error {
	p, err := h.s.Programme(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return r.Page(w, "directory/form", h.programmeForm(r, encodeProgramme(p), p.ID))
}

func (h *Web) saveProgramme(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	id := r.PathValue("id")
	p, err := decodeProgramme(r.PostForm)
	if err == nil {
		p.ID = id
		if _, err = h.s.SaveProgramme(r.Context(), r.Actor, p, r.Key()); err == nil {
			return r.RedirectWith(w, "/programmes", "directory.flash.saved")
		}
		if fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return r.Fail(w, "directory/form", h.programmeForm(r, r.PostForm, id), err)
}
