package vault

// The envelope: how bytes are sealed, what they are bound to, and how keys are
// derived from keys. Pure functions, standard library only; golden vectors in
// testdata/envelope.json must open for ever.

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrIntegrity means that a sealed text was changed, or belongs to another
// place: another organization, person, table, column, row or version.
// Operators must look at it; users get an internal error, never the text.
var ErrIntegrity = errors.New("vault: sealed text was changed or belongs elsewhere")

const (
	keySize = 32
	// Format 1: [format 1][key id 4][nonce 12][AES-256-GCM ciphertext and tag].
	format1     = 1
	keyIDSize   = 4
	headerSize  = 1 + keyIDSize
	minEnvelope = headerSize + 12 + 16
)

// key is 32 secret bytes with its ready cipher.
type key struct {
	raw  [keySize]byte
	id   [keyIDSize]byte
	aead cipher.AEAD
}

// String keeps key bytes out of logs, whatever verb prints them.
func (key) String() string   { return "[sealed]" }
func (key) GoString() string { return "[sealed]" }

func newKey() (*key, error) {
	var raw [keySize]byte
	rand.Read(raw[:])
	return keyOf(raw[:])
}

func keyOf(raw []byte) (*key, error) {
	if len(raw) != keySize {
		return nil, fmt.Errorf("vault: a key has %d bytes, want %d", len(raw), keySize)
	}
	k := &key{}
	copy(k.raw[:], raw)
	block, err := aes.NewCipher(k.raw[:])
	if err != nil {
		return nil, err
	}
	// The nonce is drawn inside Seal, so no caller can ever fix or repeat one.
	if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, err
	}
	fp := sha256.Sum256(append([]byte("seedbed key id\x00"), k.raw[:]...))
	copy(k.id[:], fp[:])
	return k, nil
}

// derive makes a key for one purpose (RFC 5869); purposes are length-prefixed, so
// ("ab","c") and ("a","bc") differ.
func (k *key) derive(purpose ...string) ([]byte, error) {
	return hkdf.Key(sha256.New, k.raw[:], nil, "seedbed/1"+string(bind(purpose...)), keySize)
}

func (k *key) deriveKey(purpose ...string) (*key, error) {
	raw, err := k.derive(purpose...)
	if err != nil {
		return nil, err
	}
	return keyOf(raw)
}

// mac is HMAC-SHA-256 under a key derived for one purpose.
func (k *key) mac(purpose string, parts ...string) ([]byte, error) {
	raw, err := k.derive(purpose)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, raw)
	h.Write(bind(parts...))
	return h.Sum(nil), nil
}

// bind encodes parts so that no two different lists give the same bytes:
// each part is preceded by its length in four bytes.
func bind(parts ...string) []byte {
	n := 0
	for _, p := range parts {
		n += 4 + len(p)
	}
	out := make([]byte, 0, n)
	for _, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(len(p)))
		out = append(out, p...)
	}
	return out
}

// seal encrypts plain for the place that aad names.
func (k *key) seal(plain []byte, aad ...string) string {
	out := make([]byte, headerSize, headerSize+len(plain)+k.aead.Overhead())
	out[0] = format1
	copy(out[1:], k.id[:])
	out = k.aead.Seal(out, nil, plain, k.bound(aad))
	return base64.RawURLEncoding.EncodeToString(out)
}

// open is the reverse of seal; any difference in text, key or place is ErrIntegrity.
func (k *key) open(sealed string, aad ...string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || len(b) < minEnvelope {
		return nil, fmt.Errorf("%w: not an envelope", ErrIntegrity)
	}
	if b[0] != format1 {
		return nil, fmt.Errorf("%w: unknown format %d", ErrIntegrity, b[0])
	}
	if [keyIDSize]byte(b[1:headerSize]) != k.id {
		return nil, fmt.Errorf("%w: sealed under another key", ErrIntegrity)
	}
	plain, err := k.aead.Open(nil, nil, b[headerSize:], k.bound(aad))
	if err != nil {
		return nil, fmt.Errorf("%w: authentication failed", ErrIntegrity)
	}
	return plain, nil
}

// bound adds the format and the key id to the bound parts: neither can be edited in the header.
func (k *key) bound(aad []string) []byte {
	return append(bind(aad...), append([]byte{format1}, k.id[:]...)...)
}

// wrap seals a key under another key.
func (k *key) wrap(inner *key, aad ...string) string { return k.seal(inner.raw[:], aad...) }

func (k *key) unwrap(wrapped string, aad ...string) (*key, error) {
	raw, err := k.open(wrapped, aad...)
	if err != nil {
		return nil, err
	}
	return keyOf(raw)
}
