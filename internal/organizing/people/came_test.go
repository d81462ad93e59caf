package people

import (
	"testing"
	"time"
)

// Who came half a year ago and who came a year ago are two groups: nobody is in both.
func TestWhoStayedIsAskedOfTwoGroups(t *testing.T) {
	until := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	var c Counted
	for months, active := range map[int]bool{1: true, 5: true, 6: true, 7: true, 11: false, 12: true, 13: true, 20: false, 23: true, 25: true, 40: true} {
		c.came(until.AddDate(0, -months, -1), until, active)
	}
	if c.Came != 3 || c.Stayed != 2 || c.CameYear != 4 || c.StayedYear != 3 {
		t.Errorf("%+v", c)
	}
	c = Counted{}
	for _, months := range []int{6, 12, 24} { // to the moment: 6 months is too short, 12 is still half a year, 24 still a year
		c.came(until.AddDate(0, -months, 0), until, true)
	}
	if c.Came != 1 || c.CameYear != 1 {
		t.Errorf("at the edges: %+v", c)
	}
}
