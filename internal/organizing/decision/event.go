// What other rooms may hear of, and what the clock does by itself.
package decision

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
)

// EventKind names an event.
type EventKind string

// EventRecorded tells that a decision has its result and its minutes.
const EventRecorded EventKind = "decision.recorded"

// Event tells that something happened. Ids only: whoever may know more asks.
type Event struct {
	Kind     EventKind `json:"-"`
	Org      string    `json:"-"`
	Decision string    `json:"decision"`
	Ref      string    `json:"ref"`
}

// On lets another room hear an event; app wires it before the queue runs. An event
// that nobody hears is not stored.
func (s *Service) On(kind EventKind, fn func(ctx context.Context, e Event) error) {
	s.events[kind] = true
	s.jobs.Handle(string(kind), func(ctx context.Context, j job.Job) error {
		e := Event{}
		if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
			return job.Permanent(err)
		}
		e.Kind, e.Org = kind, j.Org
		return fn(ctx, e)
	})
}

func (s *Service) announce(ctx context.Context, tx *db.Tx, r row) error {
	if !s.events[EventRecorded] {
		return nil
	}
	payload, err := json.Marshal(Event{Decision: r.id, Ref: r.ref})
	if err != nil {
		return err
	}
	return s.jobs.Enqueue(ctx, tx, job.Job{Kind: string(EventRecorded), Key: r.id, Payload: string(payload)})
}

const clockEvery = 5 * time.Minute

func (s *Service) register() {
	s.jobs.Every("decision.clock", clockEvery, func(ctx context.Context, _ time.Time) error { return s.Tick(ctx) })
}

// Tick opens and closes what is due, and finishes destroying keys after a crash.
// One decision that cannot be opened holds up no other.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "decision.Tick")
	var list []row
	now := s.clock.Now()
	if err := s.db.Read(ctx, db.AllOrgs, func(tx *db.Tx) error {
		list, err = due(ctx, tx, now, 200)
		return err
	}); err != nil {
		return err
	}
	var errs []error
	for _, r := range list {
		machine := access.Machine(r.org)
		switch r.state {
		case Draft:
			err = s.Open(ctx, machine, r.id)
		case Open:
			err = s.Close(ctx, machine, r.id)
		default:
			err = s.destroy(ctx, r)
		}
		if err != nil && !fault.Is(err, fault.Conflict) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
