// Package id makes identifiers: UUIDv7 for rows, unguessable tokens for links,
// and short codes that survive being read aloud or written on paper.
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
)

// New returns a UUIDv7 (RFC 9562 §5.7) for the moment at: ids made later sort later,
// so pages by key follow creation order.
func New(at time.Time) string {
	var b [16]byte
	rand.Read(b[6:])
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	return format(b)
}

// Derive returns a UUIDv5-shaped id (RFC 9562 §5.5) of a name inside a namespace:
// the same foreign row always gets the same id.
func Derive(namespace, name string) string {
	h := sha256.New()
	h.Write([]byte(namespace))
	h.Write([]byte{0})
	h.Write([]byte(name))
	var b [16]byte
	copy(b[:], h.Sum(nil))
	b[6] = b[6]&0x0f | 0x80 // version 8: custom, since the hash is SHA-256 rather than SHA-1
	b[8] = b[8]&0x3f | 0x80
	return format(b)
}

func format(b [16]byte) string {
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	out[8] = '-'
	hex.Encode(out[9:13], b[4:6])
	out[13] = '-'
	hex.Encode(out[14:18], b[6:8])
	out[18] = '-'
	hex.Encode(out[19:23], b[8:10])
	out[23] = '-'
	hex.Encode(out[24:], b[10:])
	return string(out[:])
}

// Valid reports whether s has the canonical lower-case UUID form.
func Valid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

// Token returns 256 random bits for a link. Store only Hash(token).
func Token() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Hash is what a database keeps of a token: enough to recognise it, useless to present.
func Hash(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// Crockford's base 32: no I, L, O or U, so that handwriting and phone lines do not confuse it.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Code returns n random characters, five bits each.
func Code(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	for i := range b {
		b[i] = codeAlphabet[b[i]&31]
	}
	return string(b)
}

// Fingerprint writes parts as a code of n characters, five bits each: the same
// parts always the same code. It proves nothing by itself; it names.
func Fingerprint(n int, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	sum := h.Sum(nil)
	b := make([]byte, min(n, len(sum)))
	for i := range b {
		b[i] = codeAlphabet[sum[i]&31]
	}
	return string(b)
}

// Digits returns n random decimal digits, uniformly.
func Digits(n int) string {
	out := make([]byte, 0, n)
	var b [1]byte
	for len(out) < n {
		rand.Read(b[:])
		if b[0] < 250 { // 250 = 25×10: above it the remainder would favour small digits
			out = append(out, '0'+b[0]%10)
		}
	}
	return string(out)
}

// GroupCode writes a code in groups of four for reading aloud.
func GroupCode(code string) string {
	var sb strings.Builder
	for i, c := range code {
		if i > 0 && i%4 == 0 {
			sb.WriteByte('-')
		}
		sb.WriteRune(c)
	}
	return sb.String()
}

// ParseCode folds what a person typed to the canonical form: case, spaces, dashes,
// and the look-alikes O→0, I and L→1. Anything else is kept, so that it will not match.
func ParseCode(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '.' || r == '\u00a0' || r == '\u2013':
			return -1
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, strings.TrimSpace(s))
}
