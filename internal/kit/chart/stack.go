package chart

import (
	"fmt"
	"math"
)

// Stacks draws one bar per category, made of the values of all series one behind the
// other: how a whole is divided. The number stands in its piece, the whole behind the
// bar. A hidden value takes no room in the bar; the whole of its category is then not
// written, because the rest would tell it.
func Stacks(c Chart) SVG {
	k := c.canvas()
	y := c.legend(k, 0, func(i int, x, y float64) { k.bar(i, Value{N: 1}, x, y, 16, 14) })
	const label, thick, after, numbers = 18.0, 24.0, 12.0, 60.0
	whole := func(i int) (sum float64, hidden bool) {
		for _, s := range c.Series {
			v := s.at(i)
			hidden = hidden || v.Hidden
			if !v.Hidden {
				sum += math.Max(v.N, 0)
			}
		}
		return sum, hidden
	}
	top := 1.0
	for i := range c.Categories {
		sum, _ := whole(i)
		top = math.Max(top, sum)
	}
	scale := (wide - numbers) / top
	for i, name := range c.Categories {
		k.text("text", 0, y+13, "start", name)
		y += label
		x := 0.0
		for j, s := range c.Series {
			v := s.at(i)
			if v.Hidden || v.N <= 0 {
				continue
			}
			w := v.N * scale
			k.piece(j, x, y, w, thick)
			if text := c.text(v); w >= 10*float64(len([]rune(text)))+4 {
				k.text("text text-halo", x+w/2, y+17, "middle", text)
			}
			x += w
		}
		sum, hidden := whole(i)
		if hidden {
			k.text("text", x+6, y+17, "start", c.text(Value{Hidden: true}))
		} else {
			k.text("text", x+6, y+17, "start", c.text(Value{N: sum}))
		}
		y += thick + after
	}
	return c.finish(k, math.Max(y-after, 20))
}

// piece is a bar between others: an edge in the ground's colour keeps it apart.
func (k *canvas) piece(i int, x, y, w, h float64) {
	i %= series
	w = math.Max(w-1.5, 1)
	k.rect(fmt.Sprintf("fill-%d", i+1), x, y, w, h, ` rx="2"`)
	if i > 0 && w > 4 {
		k.rect("pattern", x, y, w, h, fmt.Sprintf(` rx="2" fill="url(#%s-p%d)"`, k.id, i))
	}
}
