// What a change adds to the counts: the stages an introduction has reached, each
// counted once, without the person.
package introduction

import (
	"context"
	"slices"
)

// Stages of the report, counted once per introduction.
const (
	stageWanted   = "wanted"
	stageSent     = "sent"
	stageAnswered = "answered"
	stageMet      = "met"
	stageTaking   = "taking_part"
	// not in the funnel, but worth knowing
	stageWithdrawn = "withdrawn"
)

// count adds what this change has reached for the first time.
func (s *Service) count(ctx context.Context, w *work) error {
	var reached []string
	switch st := w.row.state; {
	case w.row.person == "":
		return nil
	case st == Sent:
		reached = []string{stageSent}
	case st == Acknowledged || st == Accepted || st == Contacting || st == Redirected || (st == Closed && w.row.ending == GroupUnable && !w.row.acknowledged.IsZero()):
		reached = []string{stageAnswered}
	case st == Connected:
		reached = []string{stageAnswered, stageMet}
	case st == Participating:
		reached = []string{stageTaking}
	case st == Closed && w.row.ending == Engaged:
		reached = []string{stageTaking}
	case st == Withdrawn && w.row.how != ByExpiry:
		reached = []string{stageWithdrawn}
	}
	if timely(w) {
		reached = append(reached, besideTimely)
	}
	have := split(w.row.counted)
	var fresh []string
	for _, r := range reached {
		if !slices.Contains(have, r) {
			fresh = append(fresh, r)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	k, err := s.countKey(ctx, w)
	if err != nil {
		return err
	}
	for _, r := range fresh {
		if err := addCount(ctx, w.tx, k, r, 1); err != nil {
			return err
		}
	}
	w.row.counted = join(append(have, fresh...))
	return s.countMine(ctx, w, fresh)
}

// countKey is the cohort: where, in which month and in which language it was offered.
func (s *Service) countKey(ctx context.Context, w *work) (countKey, error) {
	p, err := s.open(ctx, w.tx.Org(), w.row)
	if err != nil {
		return countKey{}, err
	}
	return countKey{site: w.row.site, month: w.clocks.Calendar.Month(w.row.began), language: p.Lang}, nil
}

// countMine raises the clinician's own numbers. "Met" only when the person agreed
// that the clinic hears of it: one of one would be telling.
func (s *Service) countMine(ctx context.Context, w *work, fresh []string) error {
	if w.row.offeredBy == "" {
		return nil
	}
	var sent, met int64
	if slices.Contains(fresh, stageSent) {
		sent = 1
	}
	if slices.Contains(fresh, stageMet) {
		tells, err := s.tellsClinic(ctx, w)
		if err != nil {
			return err
		}
		if tells {
			met = 1
		}
	}
	if sent+met == 0 {
		return nil
	}
	return addMine(ctx, w.tx, w.row.offeredBy, w.clocks.Calendar.Month(w.row.began), sent, met)
}

// uncount takes back a stage that an undo made untrue.
func (s *Service) uncount(ctx context.Context, w *work, stage string) error {
	have := split(w.row.counted)
	if !slices.Contains(have, stage) {
		return nil
	}
	k, err := s.countKey(ctx, w)
	if err != nil {
		return err
	}
	w.row.counted = join(slices.DeleteFunc(have, func(h string) bool { return h == stage }))
	if w.row.offeredBy != "" && stage == stageSent {
		if err := addMine(ctx, w.tx, w.row.offeredBy, k.month, -1, 0); err != nil {
			return err
		}
	}
	return addCount(ctx, w.tx, k, stage, -1)
}
