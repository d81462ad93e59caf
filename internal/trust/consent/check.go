// What a form may say: each mistake is named at its field.
package consent

import (
	"slices"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

func (t Terms) wrong(now time.Time) (bad []fault.Field) {
	add := func(ok bool, field, key string) {
		if !ok {
			bad = append(bad, fault.At(field, key))
		}
	}
	add(t.Subject != "", "subject", "consent.error.subject")
	known := slices.Contains(Purposes(), t.Purpose)
	add(known, "purpose", "consent.error.purpose")
	if known {
		add(t.Purpose.allowsRecipient(t.Recipient), "recipient", "consent.error.recipient")
		ok := len(t.Fields) > 0
		for _, f := range t.Fields {
			ok = ok && slices.Contains(t.Purpose.Fields(), f)
		}
		add(ok, "fields", "consent.error.fields")
		add(t.channelFits(), "channel", "consent.error.channel")
	}
	add(slices.Contains(Languages(), t.Language), "language", "consent.error.language")
	if !t.Expires.IsZero() {
		add(t.Expires.After(now) && !t.Expires.After(now.AddDate(0, longestMonths, 0)), "expires", "consent.error.expires")
	}
	if t.Receipt != "" {
		add(len(t.Receipt) == 10 && id.ParseCode(t.Receipt) == t.Receipt, "receipt", "consent.error.receipt")
	}
	return bad
}

// channelFits: whoever is to be reached by phone or mail must share that address, and what is only told needs no channel.
func (t Terms) channelFits() bool {
	reaches := t.Purpose == IntroContact || t.Purpose == OrganizingRecord
	switch t.Channel {
	case NoReach:
		return t.Purpose != IntroContact
	case ByPhone, BySMS:
		return reaches && slices.Contains(t.Fields, Phone)
	case ByMail:
		return reaches && slices.Contains(t.Fields, Email)
	case InPerson:
		return reaches
	}
	return false
}

func (o Obtained) wrong(now time.Time) (bad []fault.Field) {
	add := func(ok bool, field, key string) {
		if !ok {
			bad = append(bad, fault.At(field, key))
		}
	}
	add(slices.Contains(Hows(), o.How), "how", "consent.error.how")
	add(slices.Contains(Interpreters(), o.Interpreter), "interpreter", "consent.error.interpreter")
	add(slices.Contains(Witnesses(), o.Witness) && (o.How != Spoken || o.Witness != NoHelper), "witness", "consent.error.witness")
	if o.Proxy != (Proxy{}) {
		add(slices.Contains(Relations(), o.Proxy.Relation), "proxy_relation", "consent.error.proxy_relation")
		add(slices.Contains(Reaches(), o.Proxy.Scope), "proxy_scope", "consent.error.proxy_scope")
		add(o.Proxy.Until.After(now), "proxy_until", "consent.error.proxy_until")
	}
	return bad
}
