// Package clock is the only source of the current time for rooms, so that
// tests and the demo can move it. Go programs ignore libfaketime (they read
// the time from the vDSO), hence an injected clock rather than a faked one.
package clock

import (
	"os"
	"strings"
	"sync"
	"time"
)

// Clock tells the time.
type Clock interface{ Now() time.Time }

type system struct{}

func (system) Now() time.Time { return time.Now().UTC() }

// System is the machine's clock, in UTC.
func System() Clock { return system{} }

// Fake is a clock moved by hand. It is safe for concurrent use.
type Fake struct {
	mu sync.Mutex
	t  time.Time
}

// NewFake starts at t.
func NewFake(t time.Time) *Fake { return &Fake{t: t.UTC()} }

// Now returns the set time.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.t
}

// Set moves the clock to t.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = t.UTC()
}

// Advance moves the clock by d.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.t = f.t.Add(d)
}

// FromFile runs with the machine's clock, shifted by the duration written in a
// file (such as "49h"), read afresh on each call. It lets a browser test move
// the time of a running demo; serve never uses it.
func FromFile(path string) Clock { return file(path) }

type file string

func (f file) Now() time.Time {
	now := time.Now().UTC()
	b, err := os.ReadFile(string(f))
	if err != nil {
		return now
	}
	d, err := time.ParseDuration(strings.TrimSpace(string(b)))
	if err != nil {
		return now
	}
	return now.Add(d)
}
