package change

import (
	"testing"
	"time"
)

// A step counts on the first day it was taken, when somebody confirmed it.
func TestTheDayAStepWasReached(t *testing.T) {
	on := func(day int) time.Time { return time.Date(2026, 5, day, 0, 0, 0, 0, time.UTC) }
	list := []Step{
		{ID: "c", Mark: OnAgenda, On: on(20), Fate: Confirmed},
		{ID: "b", Mark: OnAgenda, On: on(9), Fate: Confirmed},
		{ID: "a", Mark: OnAgenda, On: on(2), Fate: Waiting},
		{ID: "d", Mark: Adopted, On: on(1), Fate: Declined},
	}
	if got, ok := Reached(list, OnAgenda); !ok || !got.Equal(on(9)) {
		t.Errorf("%v, %v", got, ok)
	}
	for _, m := range []Mark{Adopted, Proposed} {
		if _, ok := Reached(list, m); ok {
			t.Errorf("%s was never reached", m)
		}
	}
}
