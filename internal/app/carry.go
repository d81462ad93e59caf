// What crosses from an introduction to the organizing room: on the person's own
// yes, their name and how to reach them, and nothing else. Neither room knows the
// other; this is the only place that sees both.
package app

import (
	"context"
	"fmt"
	"strconv"

	"seedbed/internal/clinic/introduction"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/organizing/people"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/contact"
)

// buildCarry lets the queue finish what a screen began and could not end.
func (sys *system) buildCarry() {
	sys.intros.On(introduction.EventCarried, func(ctx context.Context, e introduction.Event) error {
		_, err := sys.carry(ctx, e.Org, e.Introduction, false)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
			return nil // they ended it meanwhile
		}
		return err
	})
}

// carryNow does it at once and returns the code of the person's other page.
func (sys *system) carryNow(ctx context.Context, org, intro string) (code string, err error) {
	return sys.carry(ctx, org, intro, true)
}

// carry lets somebody join with what they agreed to have carried over, read at this
// moment. One yes makes one person, however often it runs. again gives the screen
// that asks twice a code that works.
func (sys *system) carry(ctx context.Context, org, intro string, again bool) (code string, err error) {
	defer fault.Wrap(&err, "carrying over")
	machine := access.Machine(org)
	c, err := sys.intros.CarriedBy(ctx, machine, intro)
	if err != nil || c.Done && !again {
		return "", err
	}
	p := c.Person
	in := contact.In{CalledName: p.CalledName, Contact: string(p.Contact), Phone: p.Phone, Email: p.Email, Lang: p.Lang, NoVoicemail: p.Safe.NoVoicemail, Words: string(p.Safe.Words)}
	if p.Safe.From != p.Safe.Until {
		in.HoursFrom, in.HoursUntil = hour(p.Safe.From), hour(p.Safe.Until)
	}
	for _, d := range p.Safe.Days {
		in.Days = append(in.Days, strconv.Itoa(int(d)))
	}
	j, err := sys.people.Join(ctx, machine, people.JoinIn{ProfileIn: people.ProfileIn{In: in}, Source: people.FromIntroduction, ConsentLang: c.Lang,
		How: string(c.How), Interpreter: string(c.Interpreter), Witness: string(c.Witness), Key: c.Key})
	if err != nil {
		return "", err
	}
	return j.Code, sys.intros.CarryEnded(ctx, machine, intro)
}

func hour(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// carriedOver is the demo's: somebody says yes beside the navigator and gets the code.
func (s *story) carriedOver(by access.Actor, p demoPerson, intro string) error {
	err := s.sys.intros.CarryOver(s.ctx, by, introduction.CarryIn{ID: intro, Agree: true, How: "spoken", Witness: "navigator", Lang: p.lang})
	if err != nil {
		return err
	}
	code, err := s.sys.carryNow(s.ctx, s.org, intro)
	if err == nil {
		s.codes = append(s.codes, demoCode{p.name + " (together)", id.GroupCode(code)})
	}
	return err
}
