// What the ledger of consents says about an introduction, asked in the
// transaction that uses the answer.
package introduction

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

// needConsent refuses when nothing live covers the group of the introduction.
func (s *Service) needConsent(ctx context.Context, w *work) error {
	_, err := s.consent.Live(ctx, w.tx, consent.Query{Subject: w.row.person, Purpose: consent.IntroContact, Recipient: w.row.group, Field: consent.Name})
	if fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
		return fault.Because(fault.Ended("introduction.error.consent"), err)
	}
	return err
}

// tellsClinic reports whether the clinic may hear that they met.
func (s *Service) tellsClinic(ctx context.Context, w *work) (bool, error) {
	_, err := s.consent.Live(ctx, w.tx, consent.Query{Subject: w.row.person, Purpose: consent.TellClinicConnected, Recipient: consent.Clinic, Field: consent.Connected})
	if fault.Is(err, fault.Gone) || fault.Is(err, fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

// covered returns what a recipient may read out of a list of live consents.
func covered(live []consent.Consent, purpose consent.Purpose, recipient string) []consent.Field {
	for _, c := range live {
		if c.Purpose == purpose && c.Recipient == recipient {
			return c.Fields
		}
	}
	return nil
}

func tells(live []consent.Consent) bool {
	return slices.Contains(covered(live, consent.TellClinicConnected, consent.Clinic), consent.Connected)
}

// quiet is the state as the clinic may see it: without the person's consent it
// does not learn whether they met, only that the group has it.
func quiet(s State, e Ending, live []consent.Consent) (State, Ending, bool) {
	switch {
	case tells(live):
	case s.Met():
		return Accepted, "", true
	case e == Engaged:
		return s, "", true
	}
	return s, e, false
}

// endConsents ends everything agreed to for this introduction. The machine does
// it for a group or a clock, who have no right over consents themselves.
func (s *Service) endConsents(ctx context.Context, w *work, how consent.Ending) error {
	a := w.actor
	if how == consent.Steward || how == consent.Expiry {
		a, how = access.Machine(w.tx.Org()), consent.Steward
	}
	_, err := s.consent.RevokeAll(ctx, w.tx, a, w.row.person, how)
	return err
}

// endConsentFor ends what one group may do, when another takes over.
func (s *Service) endConsentFor(ctx context.Context, tx *db.Tx, person, group string) error {
	live, err := s.consent.LiveOf(ctx, tx, []string{person})
	if err != nil {
		return err
	}
	for _, c := range live[person] {
		if c.Recipient == group {
			if _, err := s.consent.Revoke(ctx, tx, access.Machine(tx.Org()), c.ID, consent.Steward); err != nil {
				return err
			}
		}
	}
	return nil
}

// renamed maps the ledger's field names onto those of the forms here.
func renamed(err error) error {
	if !fault.Is(err, fault.Invalid) {
		return err
	}
	names := map[string]string{"channel": "contact", "recipient": "group", "language": "consent_lang"}
	fields := slices.Clone(fault.FieldsOf(err))
	for i, f := range fields {
		if n, ok := names[f.Name]; ok {
			fields[i].Name = n
		}
	}
	return fault.Wrong(fields...)
}
