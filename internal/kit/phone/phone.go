// Package phone is the wall around telephone numbers: what people type becomes
// E.164 text for storing and dialling, and readable text for showing.
//
// A number is accepted when its length fits its country, not only when its block
// is known to be in use: new blocks open faster than libraries are updated, and
// refusing somebody's real number is the worse mistake.
package phone

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"seedbed/internal/kit/fault"
)

// longest is more than anybody types, spaces and brackets included.
const longest = 40

// Parse reads a number as it is written in region ("US"), or with its country
// code, into E.164 ("+15035550142"). Arabic digits are read too. The error is
// Invalid with a message id of its own.
func Parse(raw, region string) (string, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return "", fault.New(fault.Invalid, "fault.required")
	}
	if len(raw) > longest {
		return "", fault.New(fault.Invalid, "fault.phone_long")
	}
	n, err := phonenumbers.Parse(raw, strings.ToUpper(region))
	if err != nil {
		return "", fault.Because(fault.New(fault.Invalid, key(err)), err)
	}
	if n.GetExtension() != "" {
		return "", fault.New(fault.Invalid, "fault.phone_extension")
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.IS_POSSIBLE:
		return settled(n)
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return "", fault.New(fault.Invalid, "fault.phone_short")
	case phonenumbers.TOO_LONG:
		return "", fault.New(fault.Invalid, "fault.phone_long")
	case phonenumbers.INVALID_COUNTRY_CODE:
		return "", fault.New(fault.Invalid, "fault.phone_country")
	}
	return "", fault.New(fault.Invalid, "fault.phone")
}

// settled writes n as E.164 text that reads back as itself. The library drops the
// trunk "0" of some countries only at a second reading ("+32 00 9999 0000" becomes
// "+32099990000" and that "+3299990000"): stored as it first came out, one number
// would have two blind indexes. What does not settle is refused.
func settled(n *phonenumbers.PhoneNumber) (string, error) {
	const readings = 3
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	for range readings {
		again, err := phonenumbers.Parse(e164, "")
		if err != nil || phonenumbers.IsPossibleNumberWithReason(again) != phonenumbers.IS_POSSIBLE {
			break
		}
		next := phonenumbers.Format(again, phonenumbers.E164)
		if next == e164 {
			return e164, nil
		}
		e164 = next
	}
	return "", fault.New(fault.Invalid, "fault.phone")
}

// ParseField is Parse for a form: the error names the field.
func ParseField(field, raw, region string) (string, error) {
	e164, err := Parse(raw, region)
	if err != nil {
		k, _ := fault.MessageOf(err)
		return "", fault.Wrong(fault.At(field, k))
	}
	return e164, nil
}

func key(err error) string {
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return "fault.phone_country"
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return "fault.phone_long"
	case errors.Is(err, phonenumbers.ErrTooShortNSN), errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return "fault.phone_short"
	}
	return "fault.phone"
}

// Format writes an E.164 number for people in region: as they write it at home,
// with the country code when it is abroad. Pages put it in <bdi dir="ltr">.
func Format(e164, region string) string {
	n, err := phonenumbers.Parse(e164, "")
	if err != nil {
		return e164
	}
	if phonenumbers.GetCountryCodeForRegion(strings.ToUpper(region)) == int(n.GetCountryCode()) {
		return phonenumbers.Format(n, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// Mask keeps the last two digits, enough to recognize one's own number and too
// little to dial: "••• 42".
func Mask(e164 string) string {
	const keep, least = 2, 6
	if len(e164) < least {
		return "•••"
	}
	return "••• " + e164[len(e164)-keep:]
}

// Region reports whether a two-letter code is a country we can read numbers of.
func Region(code string) bool {
	return phonenumbers.GetCountryCodeForRegion(strings.ToUpper(code)) != 0
}
