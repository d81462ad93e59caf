// Package qr draws a QR code as SVG: one path, no style attribute, so that it
// passes a strict content security policy and prints black on white in any theme.
package qr

import (
	"fmt"
	"html"
	"strings"

	"rsc.io/qr"
)

const quiet = 4 // modules of white around the code, as ISO/IEC 18004 asks

// SVG returns the code for text; title is read aloud instead of the picture.
func SVG(text, title string) (string, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("qr: %w", err)
	}
	side := c.Size + 2*quiet
	var sb strings.Builder
	fmt.Fprintf(&sb, `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, side, side)
	fmt.Fprintf(&sb, `<title>%s</title><path fill="#fff" d="M0 0h%dv%dh-%dz"/><path fill="#000" d="`, html.EscapeString(title), side, side, side)
	for y := range c.Size {
		for x := 0; x < c.Size; {
			if !c.Black(x, y) {
				x++
				continue
			}
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			fmt.Fprintf(&sb, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
		}
	}
	sb.WriteString(`"/></svg>`)
	return sb.String(), nil
}
