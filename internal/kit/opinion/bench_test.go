package opinion

import (
	"fmt"
	"testing"
)

func BenchmarkResult(b *testing.B) {
	for _, v := range []Invention{
		{2_000, 200, 4, 120_000, 1},
		{10_000, 500, 4, 390_000, 1},
		{33_422, 783, 4, 2_240_000, 1},
	} {
		votes, _ := v.Invent()
		whole := func() *Conversation {
			c := New(Options{})
			for _, vote := range votes {
				c.Cast(vote.Person, vote.Statement, vote.Vote)
			}
			return c
		}
		b.Run(fmt.Sprintf("%dx%d/cold", v.People, v.Statements), func(b *testing.B) {
			c := whole()
			b.ReportAllocs()
			rounds := 0
			for b.Loop() {
				c.warm = nil
				rounds = c.Result().Rounds
			}
			b.ReportMetric(float64(rounds), "rounds")
			b.ReportMetric(float64(len(votes)), "votes")
		})
		b.Run(fmt.Sprintf("%dx%d/tick", v.People, v.Statements), func(b *testing.B) {
			c := whole()
			c.Result()
			n, rounds := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				for range 10 {
					vote := votes[n*7919%len(votes)]
					c.Cast(vote.Person, vote.Statement, Vote(n%3-1))
					n++
				}
				rounds = c.Tick().Rounds
			}
			b.ReportMetric(float64(rounds), "rounds")
		})
	}
}
