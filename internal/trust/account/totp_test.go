// The published vectors of RFC 6238 and the promise that a code works once.

package account

import (
	"net/url"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTOTPVectorsOfRFC6238(t *testing.T) {
	secret := []byte("12345678901234567890")
	for _, c := range []struct {
		unix int64
		code string
	}{
		{59, "94287082"}, {1111111109, "07081804"}, {1111111111, "14050471"},
		{1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"},
	} {
		if got := totpCode(secret, totpStep(time.Unix(c.unix, 0)), 8); got != c.code {
			t.Errorf("at %d: got %s, RFC says %s", c.unix, got, c.code)
		}
	}
}

func TestTOTPCodeWorksOnceAndNearItsTime(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(r, "secret")
		at := time.Unix(rapid.Int64Range(1e6, 4e9).Draw(r, "unix"), 0)
		drift := rapid.Int64Range(-5, 5).Draw(r, "drift")
		code := totpCode(secret, totpStep(at)+drift, totpDigits)
		step, ok := matchTOTP(secret, code, at, 0)
		if near := drift >= -totpSkew && drift <= totpSkew; near && !ok {
			r.Fatalf("a code %d steps away must be accepted", drift)
		}
		if !ok {
			return
		}
		if _, again := matchTOTP(secret, code, at, step); again {
			// Two neighbouring steps may share a code by chance (one in a million).
			if totpCode(secret, step+1, totpDigits) != code && totpCode(secret, step+2, totpDigits) != code {
				r.Fatal("the same code was accepted twice")
			}
		}
	})
}

func TestTOTPTyping(t *testing.T) {
	secret := []byte("12345678901234567890")
	at := time.Unix(1111111111, 0)
	code := totpCode(secret, totpStep(at), totpDigits)
	arabic := ""
	for _, d := range code {
		arabic += string('٠' + d - '0')
	}
	for _, typed := range []string{code, code[:3] + " " + code[3:], arabic} {
		if _, ok := matchTOTP(secret, typed, at, 0); !ok {
			t.Errorf("%q must be read as %s", typed, code)
		}
	}
	for _, typed := range []string{"", "12345", code + "0", "abcdef"} {
		if _, ok := matchTOTP(secret, typed, at, 0); ok {
			t.Errorf("%q must not match", typed)
		}
	}
}

func TestTOTPAddressCarriesTheSecret(t *testing.T) {
	secret := newTOTPSecret()
	u, err := url.Parse(totpURI(secret, "Riverside Clinic", "ana@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	back, err := decodeTOTPSecret(u.Query().Get("secret"))
	if err != nil || string(back) != string(secret) {
		t.Fatalf("secret %v %v", back, err)
	}
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Query().Get("issuer") != "Riverside Clinic" {
		t.Fatalf("address %s", u)
	}
}
