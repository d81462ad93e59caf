package chart

// A tree: who is below whom, one line for each.

import (
	"fmt"
	"html"
	"math"
)

// Node is one line of a tree: its depth below the first, its words, and a note at
// the end of the line. Mark chooses the sign in front of it, as for series.
type Node struct {
	Depth int
	Label string
	Note  string
	Mark  int
}

// most levels are indented; deeper ones stand under the last.
const treeDeep = 8

// Tree draws nodes in the order given, each joined with the one it hangs on: the
// nearest line above with a smaller depth.
func Tree(c Chart, nodes []Node) SVG {
	k := &canvas{rtl: c.RTL, id: html.EscapeString(c.ID)}
	const line, indent = 30.0, 26.0
	x := func(depth int) float64 { return 8 + indent*float64(min(max(depth, 0), treeDeep)) }
	for i, n := range nodes {
		y := line*float64(i) + line/2
		for j := i - 1; j >= 0; j-- {
			if nodes[j].Depth < n.Depth {
				from, to := x(nodes[j].Depth), x(n.Depth)
				top := line*float64(j) + line/2 + 7
				if c.RTL {
					from, to = wide-from, wide-to
				}
				fmt.Fprintf(&k.b, `<path class="stroke-line" fill="none" d="M%s %sV%sH%s"/>`, num(from), num(top), num(y), num(to))
				break
			}
		}
	}
	for i, n := range nodes {
		y := line*float64(i) + line/2
		k.sign(n.Mark, x(n.Depth), y, 5)
		k.text("text text-halo", x(n.Depth)+12, y+5, "start", n.Label)
		if n.Note != "" {
			k.text("text text-quiet", wide, y+5, "end", n.Note)
		}
	}
	return c.finish(k, math.Max(line*float64(len(nodes)), 20))
}
