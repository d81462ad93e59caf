// What a group answers, by link, by account, by text message, on paper or on the
// phone with staff; and what the person says about the meeting.
package introduction

import (
	"context"
	"slices"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/consent"
)

// AnswerIn is an answer without further detail.
type AnswerIn struct {
	ID  string
	Key string // _key
}

// Acknowledge says that the group has seen it.
func (s *Service) Acknowledge(ctx context.Context, a access.Actor, in AnswerIn) error {
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbAcknowledge, need: needUpdate}, nil, nil)
}

// Accept says that the group will get in touch.
func (s *Service) Accept(ctx context.Context, a access.Actor, in AnswerIn) error {
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbAccept, need: needUpdate}, nil, nil)
}

// UnableIn says why a group cannot take it.
type UnableIn struct {
	ID     string
	Reason string // reason
	Key    string // _key
}

// Unable ends an introduction that the group cannot take. What it could see it
// cannot see any more. For other_group_better use Redirect.
func (s *Service) Unable(ctx context.Context, a access.Actor, in UnableIn) error {
	if !known(Reasons(), in.Reason) {
		return fault.Wrong(fault.At("reason", "introduction.error.choose"))
	}
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbUnable, code: in.Reason, need: needUpdate}, nil, func(w *work) error {
		w.row.reason = Reason(in.Reason)
		return s.ended(ctx, w)
	})
}

// RedirectIn names a group that fits better.
type RedirectIn struct {
	ID     string
	Reason string // reason; empty means other_group_better
	Group  string // group: a suggestion, may be empty
	Key    string // _key
}

// Redirect gives an introduction back because another group fits better. Nothing
// goes there before the person has agreed anew (Elsewhere).
func (s *Service) Redirect(ctx context.Context, a access.Actor, in RedirectIn) error {
	if in.Reason == "" {
		in.Reason = string(OtherGroupBetter)
	}
	var bad []fault.Field
	if !known(Reasons(), in.Reason) {
		bad = append(bad, fault.At("reason", "introduction.error.choose"))
	}
	in.Group = strings.TrimSpace(in.Group)
	if in.Group != "" {
		if _, missing, err := s.recipient(ctx, a.Org, in.Group); err != nil {
			return err
		} else if len(missing) > 0 {
			bad = append(bad, fault.At("group", "introduction.error.group"))
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbRedirect, code: in.Reason, need: needUpdate}, func(w *work) error {
		if in.Group == w.row.group {
			return fault.Wrong(fault.At("group", "introduction.error.same_group"))
		}
		return nil
	}, func(w *work) error {
		w.row.reason, w.row.redirectTo = Reason(in.Reason), in.Group
		if err := s.endConsentFor(ctx, w.tx, w.row.person, w.row.group); err != nil {
			return err
		}
		return s.endShare(ctx, w)
	})
}

// AttemptIn is one try to reach the person.
type AttemptIn struct {
	ID      string
	Channel string    // channel
	Result  string    // result
	At      time.Time // at; zero means now
	Key     string    // _key
}

// LogAttempt writes down a try to reach the person.
func (s *Service) LogAttempt(ctx context.Context, a access.Actor, in AttemptIn) error {
	now := s.clock.Now()
	if in.At.IsZero() {
		in.At = now
	}
	var bad []fault.Field
	if !known(Channels(), in.Channel) {
		bad = append(bad, fault.At("channel", "introduction.error.choose"))
	}
	if !known(Results(), in.Result) {
		bad = append(bad, fault.At("result", "introduction.error.choose"))
	}
	if in.At.After(now.Add(5*time.Minute)) || in.At.Before(now.Add(-30*day)) {
		bad = append(bad, fault.At("at", "introduction.error.past"))
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbAttempt, code: in.Result, need: needUpdate}, func(w *work) error {
		p, err := s.open(ctx, w.tx.Org(), w.row)
		if err != nil {
			return err
		}
		if Result(in.Result) == LeftMessage && p.Safe.NoVoicemail {
			return fault.Wrong(fault.At("result", "introduction.error.no_voicemail"))
		}
		return nil
	}, func(w *work) error {
		return insertAttempt(ctx, w.tx, w.row.id, w.share.id, Attempt{At: in.At, Channel: Channel(in.Channel), Result: Result(in.Result), By: w.party})
	})
}

// MeetIn confirms the first meeting, or taking part.
type MeetIn struct {
	ID   string
	Word string // word: person or group; staff say whose word it is, the others speak for themselves
	Key  string // _key
}

// word is on whose word something is written down. Staff have to say.
func wordOf(p Party, said string) (string, error) {
	switch p {
	case PartyGroup:
		return string(WordOfGroup), nil
	case PartyPerson:
		return string(WordOfPerson), nil
	}
	if !slices.Contains([]Word{WordOfPerson, WordOfGroup}, Word(said)) {
		return "", fault.Wrong(fault.At("word", "introduction.error.word"))
	}
	return said, nil
}

// ConfirmMeeting says that they met: the only way to "connected".
func (s *Service) ConfirmMeeting(ctx context.Context, a access.Actor, in MeetIn) error {
	return s.onWord(ctx, a, in, VerbMeet, func(w *work) error {
		if w.before == Consented { // cannot happen: the table has no such row
			return errState(w.before, VerbMeet)
		}
		return s.publish(ctx, w, EventConnected)
	})
}

// Participating says that the person takes part.
func (s *Service) Participating(ctx context.Context, a access.Actor, in MeetIn) error {
	return s.onWord(ctx, a, in, VerbParticipate, func(w *work) error { return s.publish(ctx, w, EventParticipating) })
}

func (s *Service) onWord(ctx context.Context, a access.Actor, in MeetIn, v Verb, effect func(w *work) error) error {
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	said, err := wordOf(party(g), in.Word)
	if err != nil {
		return err
	}
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: v, code: said, need: needUpdate}, nil, effect)
}

// CloseIn ends an introduction.
type CloseIn struct {
	ID     string
	Ending string // ending
	Word   string // word: on whose word, for engaged and person_declined
	Key    string // _key
}

// Close ends an introduction with a coded ending. Engaged needs a meeting that
// somebody confirmed; could_not_reach needs an attempt, or the clock.
func (s *Service) Close(ctx context.Context, a access.Actor, in CloseIn) error {
	e := Ending(in.Ending)
	if !slices.Contains(Endings(), e) {
		return fault.Wrong(fault.At("ending", "introduction.error.choose"))
	}
	g, err := access.Check(a, needUpdate)
	if err != nil {
		return err
	}
	code := string(e)
	if e == Engaged || e == PersonDeclined {
		said, err := wordOf(party(g), in.Word)
		if err != nil {
			return err
		}
		code += "/" + said
	}
	return s.move(ctx, a, move{id: in.ID, key: in.Key, verb: VerbClose, ending: e, code: code, need: needUpdate}, func(w *work) error {
		return s.closable(ctx, w, e)
	}, func(w *work) error {
		if e == GroupUnable {
			w.row.reason = NoAnswer
		}
		return s.ended(ctx, w)
	})
}

// closable checks the guards of the table's close rows.
func (s *Service) closable(ctx context.Context, w *work, e Ending) error {
	late := func() bool {
		n := w.row.next()
		return n.Late(w.now) || !w.now.Before(w.clocks.CloseDue(w.row.facts(nil)))
	}
	switch {
	case e == GroupUnable && !late():
		return fault.Clash("introduction.error.not_late")
	case e == CouldNotReach && w.row.state == Contacting:
		attempts, err := attemptsOf(ctx, w.tx, w.row.id, w.share.id)
		if err != nil {
			return err
		}
		if misses(attempts) == 0 && !late() {
			return fault.Clash("introduction.error.no_attempt")
		}
	case e == CouldNotReach && !late():
		return fault.Clash("introduction.error.not_late")
	}
	return nil
}

// ended closes the group's view. What was agreed about contact ends too; that
// the clinic may know they met stays, until it runs out or the person ends it.
func (s *Service) ended(ctx context.Context, w *work) error {
	if err := s.endShare(ctx, w); err != nil {
		return err
	}
	if w.row.ending != Engaged {
		return s.endConsents(ctx, w, consent.Steward)
	}
	return s.endConsentFor(ctx, w.tx, w.row.person, w.row.group)
}
