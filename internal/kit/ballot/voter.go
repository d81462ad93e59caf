// The voter's half of a blind signature, as the browser does it in
// web/js/sb-ballot.js. The server never runs it; tests and other clients do.
package ballot

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"math/big"
)

// Envelope is a ballot under way: blinded, and what it takes to open it. It lives
// with the voter alone.
type Envelope struct {
	Blinded  string // for the server to sign
	entry    Entry
	decision string
	public   PublicKey
	inverse  *big.Int
}

// Seal makes a ballot with a fresh token and blinds it.
func Seal(public PublicKey, decision, choice string) (Envelope, error) {
	token := make([]byte, tokenSize)
	salt := make([]byte, saltSize)
	rand.Read(token)
	rand.Read(salt)
	key, err := public.rsa()
	if err != nil {
		return Envelope{}, err
	}
	r, inverse, err := factor(key.N)
	if err != nil {
		return Envelope{}, err
	}
	e := Envelope{entry: Entry{Kind: Online, Token: encode(token), Choice: choice}, decision: decision, public: public, inverse: inverse}
	z, err := blind(key, message(decision, e.entry), salt, r)
	if err != nil {
		return Envelope{}, err
	}
	e.Blinded = encode(z)
	return e, nil
}

// blind encodes a message, and hides it behind r.
func blind(key *rsa.PublicKey, msg, salt []byte, r *big.Int) ([]byte, error) {
	m := new(big.Int).SetBytes(encodePSS(msg, salt, key.N.BitLen()-1))
	if new(big.Int).GCD(nil, nil, m, key.N).Cmp(big.NewInt(1)) != 0 {
		return nil, errors.New("ballot: the message shares a factor with the key")
	}
	z := new(big.Int).Exp(r, big.NewInt(int64(key.E)), key.N)
	z.Mul(z, m).Mod(z, key.N)
	return z.FillBytes(make([]byte, key.Size())), nil
}

// Open takes the blinding off a signature and checks it. What comes out is a
// ballot that anybody can verify and that the signer has never seen.
func (e Envelope) Open(signed string) (Entry, error) {
	key, err := e.public.rsa()
	if err != nil {
		return Entry{}, err
	}
	b, err := decode(signed)
	if err != nil {
		return Entry{}, err
	}
	out := e.entry
	out.Signature = encode(unblind(key, b, e.inverse))
	return out, verify(key, e.decision, out)
}

func unblind(key *rsa.PublicKey, signed []byte, inverse *big.Int) []byte {
	s := new(big.Int).SetBytes(signed)
	s.Mul(s, inverse).Mod(s, key.N)
	return s.FillBytes(make([]byte, key.Size()))
}

// encodePSS is EMSA-PSS-ENCODE of RFC 8017 §9.1.1 with SHA-384 and MGF1.
func encodePSS(msg, salt []byte, bits int) []byte {
	size := (bits + 7) / 8
	digest := sha512.Sum384(msg)
	h := sha512.New384()
	h.Write(make([]byte, 8))
	h.Write(digest[:])
	h.Write(salt)
	sum := h.Sum(nil)
	db := make([]byte, size-len(sum)-1)
	db[len(db)-len(salt)-1] = 1
	copy(db[len(db)-len(salt):], salt)
	for i, m := range mask(sum, len(db)) {
		db[i] ^= m
	}
	db[0] &= 0xff >> (8*size - bits)
	return append(append(db, sum...), 0xbc)
}

// mask is MGF1 of RFC 8017 §B.2.1.
func mask(seed []byte, n int) (out []byte) {
	for i := uint32(0); len(out) < n; i++ {
		h := sha512.New384()
		h.Write(seed)
		h.Write(binary.BigEndian.AppendUint32(nil, i))
		out = h.Sum(out)
	}
	return out[:n]
}
