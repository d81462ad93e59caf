// A year of a large clinic, published whole: nothing small is shown.

package introduction

import (
	"fmt"
	"testing"
)

func TestAYearOfALargeClinicShowsNothingSmall(t *testing.T) {
	var rows []countRow
	for m := range 12 {
		for l := range 8 {
			for s := range 6 {
				n := int64((m*7+l*13+s*5)%5) * int64(1+4/(l+1)) / 2
				for i, stage := range Stages() {
					rows = append(rows, countRow{countKey{fmt.Sprint("site", s), fmt.Sprintf("2026-%02d", m+1), fmt.Sprint("l", l)}, stage, n * int64(len(Stages())-i) / 6})
				}
			}
		}
	}
	c := Counts{Stages: Stages()}
	publish(&c, rows)
	if c.Hidden == 0 {
		t.Error("nothing is hidden: this test no longer sees anything")
	}
	for _, lines := range [][]Line{c.Months, c.Languages, c.Sites, {c.Total}} {
		for _, l := range lines {
			for _, cell := range l.Cells {
				if cell.Shown && cell.N < 11 {
					t.Errorf("%s: %d", l.Name, cell.N)
				}
			}
		}
	}
}
