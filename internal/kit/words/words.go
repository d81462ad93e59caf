// Package words writes a secret as a few short words that can be read aloud,
// written on paper and typed again: proquints (D. S. Wilkerson, "A Proposal for
// Proquints: Identifiers that are Readable, Spellable, and Pronounceable", 2009,
// arXiv:0901.4016). Five letters are sixteen bits; they belong to no language, so
// one receipt serves all of them.
package words

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

const (
	consonants = "bdfghjklmnprstvz"
	vowels     = "aiou"
	secret     = 5 // words of chance: 80 bits
	length     = 5 // letters of a word
)

// New returns six words: 80 bits of chance and one word that shows a slip of the pen.
func New() string {
	var b [2 * secret]byte
	rand.Read(b[:])
	return encode(b)
}

func encode(b [2 * secret]byte) string {
	out := make([]string, 0, secret+1)
	for i := range secret {
		out = append(out, quint(binary.BigEndian.Uint16(b[2*i:])))
	}
	return strings.Join(append(out, check(b)), " ")
}

// check is a word made of the others.
func check(b [2 * secret]byte) string {
	sum := sha256.Sum256(b[:])
	return quint(binary.BigEndian.Uint16(sum[:]))
}

func quint(n uint16) string {
	return string([]byte{consonants[n>>12], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15]})
}

// Parse reads what somebody typed back: case, spaces, dots and hyphens do not
// count. ok is false when it cannot be a receipt, for instance after a slip.
func Parse(typed string) (receipt string, ok bool) {
	var letters []byte
	for _, r := range strings.ToLower(typed) {
		switch {
		case r < 128 && (strings.ContainsRune(consonants, r) || strings.ContainsRune(vowels, r)):
			letters = append(letters, byte(r))
		case strings.ContainsRune(" -.,_\t\n\r\u00a0", r):
		default:
			return "", false
		}
		if len(letters) > (secret+1)*length {
			return "", false
		}
	}
	if len(letters) != (secret+1)*length {
		return "", false
	}
	var b [2 * secret]byte
	for i := range secret + 1 {
		n, good := number(letters[i*length:][:length])
		if !good {
			return "", false
		}
		if i < secret {
			binary.BigEndian.PutUint16(b[2*i:], n)
		} else if quint(n) != check(b) {
			return "", false
		}
	}
	return encode(b), true
}

func number(w []byte) (n uint16, ok bool) {
	for i, c := range w {
		set, bits := consonants, 4
		if i%2 == 1 {
			set, bits = vowels, 2
		}
		at := strings.IndexByte(set, c)
		if at < 0 {
			return 0, false
		}
		n = n<<bits | uint16(at)
	}
	return n, true
}
