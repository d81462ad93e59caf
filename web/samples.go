// Drawings for the living catalogue: what /style shows where a room would hand
// in its own SVG. Those made here have only numbers and need no translation.

package web

import (
	"fmt"
	"html/template"
	"strings"
)

// Samples are the drawings of the catalogue page. Opinion is handed in by the
// server, which knows how to draw one: a drawing for each id, and its table.
type Samples struct {
	QR, Chart, Map template.HTML
	Opinion        map[string]template.HTML
	OpinionTable   any
}

// Catalogue makes the data of the page style/style.
func Catalogue() Samples {
	return Samples{QR: sampleQR(), Chart: sampleChart(), Map: sampleMap()}
}

// sampleQR looks like a code and is none: nothing should scan in a catalogue.
func sampleQR() template.HTML {
	var path strings.Builder
	corner := func(x, y int) bool { return (x < 8 || x > 16) && y < 8 || x < 8 && y > 16 }
	for y := range 25 {
		for x := range 25 {
			if !corner(x, y) && (x*7+y*13+x*y*3)%5 < 2 {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	for _, at := range [][2]int{{0, 0}, {18, 0}, {0, 18}} {
		fmt.Fprintf(&path, "M%d %dh7v7h-7zM%d %dv5h5v-5zM%d %dh3v3h-3z", at[0], at[1], at[0]+1, at[1]+1, at[0]+2, at[1]+2)
	}
	return template.HTML(`<svg viewBox="0 0 25 25"><path fill-rule="evenodd" d="` + path.String() + `"/></svg>`)
}

// sampleChart shows offered and met, four months, labelled with their numbers.
func sampleChart() template.HTML {
	var b strings.Builder
	b.WriteString(`<svg viewBox="0 0 480 190" direction="ltr"><path class="stroke-line" d="M0 160.5h480"/>`)
	for i, month := range [][2]int{{34, 12}, {41, 19}, {38, 22}, {52, 31}} {
		x := 20 + i*120
		for j, value := range month {
			height := value * 5 / 2
			fmt.Fprintf(&b, `<rect class="fill-%d" x="%d" y="%d" width="36" height="%d" rx="3"/>`, 2*j+1, x+j*42, 160-height, height)
			fmt.Fprintf(&b, `<text class="text" x="%d" y="%d" text-anchor="middle">%d</text>`, x+18+j*42, 153-height, value)
		}
		fmt.Fprintf(&b, `<text class="text text-quiet" x="%d" y="180" text-anchor="middle">%d</text>`, x+39, 6+i)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

func sampleMap() template.HTML {
	return `<svg viewBox="0 0 480 320" direction="ltr"><rect class="fill-land" width="480" height="320"/>` +
		`<path class="fill-water" d="M0 232c90-34 150 26 236-2s150-92 244-66v156H0z"/>` +
		`<path class="stroke-line" stroke-width="6" d="M60 0v170M170 0c4 70-10 120-8 204M300 0c-6 60 14 110 4 176M0 84h480M0 150c120-10 300 8 480-20"/>` +
		`<circle class="pin-change" cx="150" cy="84" r="15"/><circle class="pin-get" cx="306" cy="140" r="14"/><circle class="pin-change" cx="84" cy="150" r="15"/>` +
		`<text class="text text-on" x="150" y="89" text-anchor="middle">1</text><text class="text" x="306" y="145" text-anchor="middle">2</text>` +
		`<text class="text text-on" x="84" y="155" text-anchor="middle">3</text></svg>`
}
