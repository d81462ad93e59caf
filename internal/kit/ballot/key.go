// The key of a secret decision, and the server's half of a blind signature.
package ballot

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"

	"github.com/cloudflare/circl/blindsign/blindrsa"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

// Secret ballots use RSABSSA-SHA384-PSS-Deterministic of RFC 9474. "Deterministic"
// speaks of the message only, which here holds 256 random bits of its own.
const variant = blindrsa.SHA384PSSDeterministic

const (
	keyBits  = 2048
	exponent = 65537
	saltSize = sha512.Size384
)

// Key signs the ballots of one decision and of no other. It is made when voting
// opens and destroyed when it closes: what is not signed by then never will be.
type Key struct{ private *rsa.PrivateKey }

// NewKey makes a key.
func NewKey() (Key, error) {
	k, err := rsa.GenerateKey(rand.Reader, keyBits)
	return Key{k}, err
}

// Bytes is the key for sealing away; ParseKey reads it back.
func (k Key) Bytes() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(k.private) }

// ParseKey reads what Bytes wrote.
func ParseKey(b []byte) (Key, error) {
	any, err := x509.ParsePKCS8PrivateKey(b)
	if err != nil {
		return Key{}, err
	}
	k, ok := any.(*rsa.PrivateKey)
	if !ok {
		return Key{}, errors.New("ballot: not an RSA key")
	}
	return Key{k}, nil
}

// Public is the part that everybody may see, published before voting begins.
func (k Key) Public() PublicKey {
	return PublicKey{N: encode(k.private.N.FillBytes(make([]byte, k.private.Size()))), E: encode(big.NewInt(int64(k.private.E)).Bytes())}
}

// PublicKey is a public key as it stands in the published list: the numbers of a
// JSON web key, so that any library reads it.
type PublicKey struct {
	N string `json:"n"`
	E string `json:"e"`
}

// Fingerprint is a short form for posters and paper. Everybody comparing it sees
// that everybody votes under one key; a key of one's own would mark one's ballot.
func (p PublicKey) Fingerprint() string {
	sum := sha256.Sum256([]byte(p.N))
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	out := make([]byte, 16)
	for i := range out {
		out[i] = digits[sum[i]&31]
	}
	return id.GroupCode(string(out))
}

func (p PublicKey) rsa() (*rsa.PublicKey, error) {
	n, err := decode(p.N)
	if err != nil {
		return nil, err
	}
	e, err := decode(p.E)
	if err != nil {
		return nil, err
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if key.N.BitLen() < keyBits || key.N.BitLen() > 2*keyBits || key.N.Bit(0) == 0 || len(n) != key.Size() || key.E != exponent || len(e) != 3 {
		return nil, errors.New("ballot: not a key of a secret decision")
	}
	return key, nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// strict: a value has one spelling, or two entries could be the same ballot.
var strict = base64.RawURLEncoding.Strict()

func decode(s string) ([]byte, error) { return strict.DecodeString(s) }

// SignBlind signs what a voter's browser has blinded. The server learns nothing
// from it: under a suitable blinding factor, every blinded text fits every ballot.
func (k Key) SignBlind(blinded string) (string, error) {
	wrong := fault.New(fault.Invalid, "decision.wrong.blinded")
	b, err := decode(blinded)
	if err != nil || len(b) != k.private.Size() {
		return "", wrong
	}
	// The library takes zero and the modulus itself, whose signatures are known to all.
	if z := new(big.Int).SetBytes(b); z.Sign() == 0 || z.Cmp(k.private.N) >= 0 {
		return "", wrong
	}
	s, err := blindrsa.NewSigner(k.private).BlindSign(b)
	if err != nil {
		return "", err
	}
	return encode(s), nil
}

// Sign signs a ballot openly: one that came on paper or with a slip drawn from a
// hat, which nobody's name stands behind.
func (k Key) Sign(decision string, e Entry) (Entry, error) {
	digest := sha512.Sum384(message(decision, e))
	sig, err := rsa.SignPSS(rand.Reader, k.private, crypto.SHA384, digest[:], &rsa.PSSOptions{SaltLength: saltSize, Hash: crypto.SHA384})
	if err != nil {
		return Entry{}, err
	}
	e.Signature = encode(sig)
	return e, nil
}

// Verify reports whether an entry was signed under this key.
func (p PublicKey) Verify(decision string, e Entry) error {
	key, err := p.rsa()
	if err != nil {
		return err
	}
	return verify(key, decision, e)
}

func verify(key *rsa.PublicKey, decision string, e Entry) error {
	wrong := fault.New(fault.Invalid, "decision.wrong.signature")
	sig, err := decode(e.Signature)
	if err != nil {
		return wrong
	}
	digest := sha512.Sum384(message(decision, e))
	if rsa.VerifyPSS(key, crypto.SHA384, digest[:], sig, &rsa.PSSOptions{SaltLength: saltSize, Hash: crypto.SHA384}) != nil {
		return wrong
	}
	return nil
}
