package chart

import (
	"reflect"
	"strings"
	"testing"
)

func shifts() (Chart, []Shift) {
	c := Chart{ID: "s", Title: "Before & after", Description: "Two scores", Hidden: "not shown", Series: []Series{{Name: "Before"}, {Name: "After"}}}
	return c, []Shift{
		{Name: "Loneliness <3>", Min: 3, Max: 9, MinText: "3", MaxText: "9", Before: 6.1, After: 5.3, BeforeText: "6.1", AfterText: "5.3"},
		{Name: "Share", Min: 0, Max: 1, MinText: "0%", MaxText: "100%", Before: 0.05, After: 0.95, BeforeText: "5%", AfterText: "95%"},
		{Name: "Too few", Min: 1, Max: 5, MinText: "1", MaxText: "5", Hidden: true, Before: 2, BeforeText: "2"},
		{Name: "No scale"},
	}
}

func TestShifts(t *testing.T) {
	for _, rtl := range []bool{false, true} {
		c, list := shifts()
		c.RTL = rtl
		svg := string(Shifts(c, list))
		attrs, texts := wellFormed(t, svg)
		if attrs["style"] != nil {
			t.Error("a style attribute")
		}
		all := strings.Join(texts, "|")
		for _, want := range []string{"Before & after", "Two scores", "Loneliness <3>", "6.1", "5.3", "95%", "not shown"} {
			if !strings.Contains(all, want) {
				t.Errorf("%q is not written: %s", want, all)
			}
		}
		if strings.Contains(all, "|2|") {
			t.Error("a hidden number is written")
		}
		for _, x := range append(attrs["cx"], attrs["x"]...) {
			if strings.HasPrefix(x, "-") && x != "-0" {
				t.Errorf("outside of the frame: %s", x)
			}
		}
	}
	c, list := shifts()
	got := ShiftTable(c, []string{"Score", "Before", "After"}, list[:3])
	want := Table{Columns: []string{"Score", "Before", "After"}, Rows: [][]string{{"Loneliness <3>", "6.1", "5.3"}, {"Share", "5%", "95%"}, {"Too few", "not shown", "not shown"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}
