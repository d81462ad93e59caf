// What was measured: one table for people, one JSON line per number for programs.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// result is one number of the table. Percentiles that make no sense stay zero.
type result struct {
	ID    string  `json:"id"`
	What  string  `json:"what"`
	N     int     `json:"n"`
	Unit  string  `json:"unit"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95,omitempty"`
	P99   float64 `json:"p99,omitempty"`
	CPU   float64 `json:"cpu,omitempty"`   // ms of the server's processor for one request
	Ratio float64 `json:"ratio,omitempty"` // baseline ÷ ours, of the same run
	Goal  string  `json:"goal,omitempty"`
	Met   *bool   `json:"met,omitempty"`
	Wrong int     `json:"wrong,omitempty"` // answers that were not what was asked for
}

// atMost states a goal on a value.
func (r result) atMost(limit, value float64) result {
	ok := value <= limit && r.Wrong == 0
	r.Goal, r.Met = "≤ "+trim(limit)+" "+r.Unit, &ok
	return r
}

// times summarizes durations in milliseconds.
func times(id, what string, list []time.Duration) result {
	slices.Sort(list)
	at := func(p float64) float64 {
		if len(list) == 0 {
			return 0
		}
		i := min(len(list)-1, int(p*float64(len(list))))
		return float64(list[i].Microseconds()) / 1000
	}
	return result{ID: id, What: what, N: len(list), Unit: "ms", P50: at(0.50), P95: at(0.95), P99: at(0.99)}
}

func one(id, what, unit string, v float64) result {
	return result{ID: id, What: what, N: 1, Unit: unit, P50: v}
}

func trim(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 100:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

type report struct {
	out  io.Writer // progress and the table
	json io.Writer
	list []result
}

func (r *report) add(list ...result) {
	for _, v := range list {
		r.list = append(r.list, v)
		if line, err := json.Marshal(v); err == nil {
			fmt.Fprintln(r.json, string(line))
		}
	}
}

func (r *report) table() error {
	w := tabwriter.NewWriter(r.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "what\tn\tp50\tp95\tp99\tunit\tCPU ms\tbaseline ÷ ours\tgoal\tmet")
	for _, v := range r.list {
		met := ""
		if v.Met != nil {
			met = map[bool]string{true: "yes", false: "NO"}[*v.Met]
		}
		if v.Wrong > 0 {
			met += fmt.Sprintf(" (%d wrong answers)", v.Wrong)
		}
		ratio := ""
		if v.Ratio > 0 {
			ratio = trim(v.Ratio) + "×"
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", v.What, v.N, trim(v.P50), trim(v.P95), trim(v.P99), v.Unit, trim(v.CPU), ratio, v.Goal, met)
	}
	return w.Flush()
}

// wrong counts answers that were not what was asked for: those fail the run, timings never do.
func (r *report) wrong() (n int) {
	for _, v := range r.list {
		n += v.Wrong
	}
	return n
}
