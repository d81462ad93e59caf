// The map: a drawing made here, from our own data alone. The list that says the
// same comes first in the page; the numbers tie the two together.

package directoryweb

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"net/http"
	"strconv"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/geo"
	"seedbed/internal/platform/web"
)

// Place is one entry of the map's list.
type Place struct{ Mark, Label, Text, URL, For string }

type mapPage struct {
	F     Chosen
	SVG   template.HTML
	Items []Place
	Off   []Place // with no place to draw
	List  string
	First string
	Next  string
	Rough bool
}

// spot is a point to draw.
type spot struct {
	mark  string
	at    geo.Point
	rough bool
	get   bool
	area  string
}

func (h *Web) drawn(w http.ResponseWriter, r *web.Request) error {
	f, chosen, err := h.filter(r)
	if err != nil {
		return err
	}
	page, err := h.s.List(r.Context(), r.Actor, f, r.Form("after"))
	if err != nil {
		return err
	}
	say := directory.Say{L: r.Localizer()}
	d := mapPage{F: chosen, List: withFilter("/groups", chosen, "")}
	var spots []spot
	add := func(name, text, url string, p directory.PlaceView, get bool) {
		it := Place{Label: name, Text: text, URL: url, For: "change"}
		if get {
			it.For = "get"
		}
		if !p.Known() {
			it.Mark = "–"
			d.Off = append(d.Off, it)
			return
		}
		it.Mark = strconv.Itoa(len(spots) + 1)
		d.Items = append(d.Items, it)
		d.Rough = d.Rough || p.Rough
		spots = append(spots, spot{it.Mark, p.Point, p.Rough, get, p.Area})
	}
	for _, v := range page.Items {
		add(v.Name, strings.Join(append(say.Rhythm(v.Rhythm), say.Place(v.Place, v.Online)), " · "), "/groups/"+v.ID, v.Place, false)
	}
	if page.First {
		gives, err := h.s.ProgrammePage(r.Context(), r.Actor, f, "")
		if err != nil {
			return err
		}
		for _, p := range gives.Items {
			add(p.Name, strings.Join(append(say.Rhythm(p.Schedule), say.Place(p.Place, p.Online)), " · "), "/programmes/"+p.ID, p.Place, true)
		}
	} else {
		d.First = withFilter("/map", chosen, "")
	}
	if page.Next != "" {
		d.Next = withFilter("/map", chosen, page.Next)
	}
	d.SVG = draw(spots, func(km float64) string {
		return r.T("directory.map.km", "KM", trim(km), "Miles", strconv.FormatFloat(km/1.609344, 'f', 1, 64))
	})
	return r.Page(w, "directory/map", d)
}

func trim(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

const (
	mapWidth  = 640.0
	mapHeight = 480.0
	pinRadius = 13.0
)

// draw makes the drawing: ground, a grid of even kilometres, the names of areas,
// soft circles for rough places and numbered pins.
func draw(spots []spot, scale func(km float64) string) template.HTML {
	if len(spots) == 0 {
		return ""
	}
	points := make([]geo.Point, len(spots))
	for i, s := range spots {
		points[i] = s.at
	}
	box, _ := geo.Bounds(points)
	box = box.Grow(1)
	p := geo.Fit(box, mapWidth, mapHeight, 40)
	var sb strings.Builder
	fmt.Fprintf(&sb, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" direction="ltr"><rect class="fill-land" width="%g" height="%g"/>`, mapWidth, mapHeight, mapWidth, mapHeight)
	lat := box.Middle().Lat
	step := geo.NiceStep(mapWidth/p.Units(1, lat), 6)
	gap := p.Units(step, lat)
	middle := p.XY(box.Middle())
	for x := math.Mod(middle.X, gap); x < mapWidth; x += gap {
		fmt.Fprintf(&sb, `<path class="stroke-line" d="M%.1f 0V%g"/>`, x, mapHeight)
	}
	for y := math.Mod(middle.Y, gap); y < mapHeight; y += gap {
		fmt.Fprintf(&sb, `<path class="stroke-line" d="M0 %.1fH%g"/>`, y, mapWidth)
	}
	for _, s := range spots {
		if s.rough {
			at := p.XY(s.at)
			fmt.Fprintf(&sb, `<circle class="fill-1" fill-opacity=".18" cx="%.1f" cy="%.1f" r="%.1f"/>`, at.X, at.Y, max(pinRadius*1.8, p.Units(geo.Cell{KM: directory.BlurKM}.Radius(), s.at.Lat)))
		}
	}
	var taken []geo.XY
	for _, s := range spots {
		at := free(p.XY(s.at), &taken)
		class, text := "pin-change", "text-on"
		if s.get {
			class, text = "pin-get", "text"
		}
		fmt.Fprintf(&sb, `<circle class="%s" cx="%.1f" cy="%.1f" r="%g"/><text class="%s" text-anchor="middle" x="%.1f" y="%.1f">%s</text>`,
			class, at.X, at.Y, pinRadius, text, at.X, at.Y+5, s.mark)
	}
	drawAreas(&sb, spots, taken)
	bar := p.Units(step, lat)
	fmt.Fprintf(&sb, `<path class="stroke-ink" stroke-width="2" d="M16 %gv6h%.1fv-6"/><text class="text" x="20" y="%g">%s</text></svg>`,
		mapHeight-20, bar, mapHeight-24, html.EscapeString("\u2068"+scale(step)+"\u2069"))
	return template.HTML(sb.String()) // numbers and escaped words only
}

// drawAreas writes each area's name once, above its highest pin.
func drawAreas(sb *strings.Builder, spots []spot, pins []geo.XY) {
	type label struct{ x, n, top float64 }
	areas := map[string]*label{}
	var order []string
	for i, s := range spots {
		if s.area == "" {
			continue
		}
		a := areas[s.area]
		if a == nil {
			a = &label{top: mapHeight}
			areas[s.area] = a
			order = append(order, s.area)
		}
		a.x, a.n, a.top = a.x+pins[i].X, a.n+1, min(a.top, pins[i].Y)
	}
	for _, name := range order {
		a := areas[name]
		fmt.Fprintf(sb, `<text class="text-quiet" text-anchor="middle" x="%.1f" y="%.1f">%s</text>`,
			min(mapWidth-90, max(90, a.x/a.n)), max(16, a.top-pinRadius-6), html.EscapeString(name))
	}
}

// free moves a pin off those already drawn: several groups meet in one hall.
func free(at geo.XY, taken *[]geo.XY) geo.XY {
	clear := func(c geo.XY) bool {
		if c.X < pinRadius || c.X > mapWidth-pinRadius || c.Y < pinRadius || c.Y > mapHeight-pinRadius {
			return false
		}
		for _, t := range *taken {
			if math.Hypot(c.X-t.X, c.Y-t.Y) < 2*pinRadius {
				return false
			}
		}
		return true
	}
	best := at
	for ring := 0.0; ring < 8; ring++ {
		for turn := 0.0; turn < 6*max(1, ring); turn++ {
			angle := turn * 2 * math.Pi / (6 * max(1, ring))
			c := geo.XY{X: at.X + ring*2.1*pinRadius*math.Cos(angle), Y: at.Y + ring*2.1*pinRadius*math.Sin(angle)}
			if clear(c) {
				*taken = append(*taken, c)
				return c
			}
		}
	}
	*taken = append(*taken, best)
	return best
}
