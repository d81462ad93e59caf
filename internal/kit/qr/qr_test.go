package qr

import (
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"
)

// The drawing is read back module by module: what a camera sees is what was encoded.
func TestDrawingEqualsTheCode(t *testing.T) {
	text := "https://clinic.example/groups/0190a000-0000-7000-8000-000000000001"
	svg, err := SVG(text, "Open <this> page")
	if err != nil {
		t.Fatal(err)
	}
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`).FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		for i := range n {
			drawn[[2]int{x + i - quiet, y - quiet}] = true
		}
	}
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) != drawn[[2]int{x, y}] {
				t.Fatalf("module %d,%d differs", x, y)
			}
		}
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(svg, "style") || !strings.Contains(svg, "Open &lt;this&gt; page") {
		t.Error("a style attribute, or a title that is not escaped")
	}
}

func TestTooLongIsRefused(t *testing.T) {
	if _, err := SVG(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("5,000 bytes fit no QR code")
	}
}
