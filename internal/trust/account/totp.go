// One-time codes from an authenticator app: RFC 6238 over RFC 4226, written here
// because it is sixty lines with published vectors and the usual library brings
// a barcode writer along.

package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // RFC 6238 default and the only hash every authenticator app supports
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

const (
	totpPeriod = 30 * time.Second
	totpDigits = 6
	totpSkew   = 1 // steps accepted on either side: phones drift, people type slowly
)

// newTOTPSecret returns 160 random bits, the length RFC 4226 §4 recommends.
func newTOTPSecret() []byte {
	secret := make([]byte, 20)
	rand.Read(secret)
	return secret
}

// encodeTOTPSecret is the base 32 form that people type into an app when they cannot scan.
func encodeTOTPSecret(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

func decodeTOTPSecret(text string) ([]byte, error) {
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(text)
}

// totpURI is what the QR code holds (the Key Uri Format all apps read).
func totpURI(secret []byte, issuer, label string) string {
	v := url.Values{
		"secret":    {encodeTOTPSecret(secret)},
		"issuer":    {issuer},
		"algorithm": {"SHA1"},
		"digits":    {fmt.Sprint(totpDigits)},
		"period":    {fmt.Sprint(int(totpPeriod.Seconds()))},
	}
	// Apps show a literal plus when a space is encoded as one.
	query := strings.ReplaceAll(v.Encode(), "+", "%20")
	return "otpauth://totp/" + url.PathEscape(issuer+":"+label) + "?" + query
}

func totpStep(at time.Time) int64 { return at.Unix() / int64(totpPeriod.Seconds()) }

// totpCode is HOTP (RFC 4226 §5.3) of the time step.
func totpCode(secret []byte, step int64, digits int) string {
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, secret)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	value := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	mod := uint32(1)
	for range digits {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", digits, value%mod)
}

// matchTOTP returns the step whose code was typed. A step at or before last has
// been used: a code seen over a shoulder is worth nothing (ASVS V6.5.1).
func matchTOTP(secret []byte, typed string, at time.Time, last int64) (step int64, ok bool) {
	typed = foldDigits(typed)
	if len(typed) != totpDigits {
		return 0, false
	}
	now := totpStep(at)
	for s := now - totpSkew; s <= now+totpSkew; s++ {
		same := subtle.ConstantTimeCompare([]byte(totpCode(secret, s, totpDigits)), []byte(typed)) == 1
		if same && s > last {
			step, ok = s, true
		}
	}
	return step, ok
}

// foldDigits drops the spaces people copy along and turns Arabic-Indic and
// Persian digits into ASCII: an Arabic keyboard types those.
func foldDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\u00a0' || r == '\t':
			return -1
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		}
		return r
	}, s)
}
