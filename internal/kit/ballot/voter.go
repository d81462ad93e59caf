// The voter's half of a blind signature, as the browser does it in
// web/js/sb-ballot.js. The server never runs it; tests and other clients do.
package ballot

import (
	"crypto/rand"
	"crypto/rsa"
	"io"

	"github.com/cloudflare/circl/blindsign/blindrsa"
)

// Envelope is a ballot under way: blinded, and what it takes to open it. It lives
// with the voter alone.
type Envelope struct {
	Blinded  string // for the server to sign
	entry    Entry
	decision string
	public   PublicKey
	state    blindrsa.State
}

// Seal makes a ballot with a fresh token and blinds it.
func Seal(public PublicKey, decision, choice string) (Envelope, error) {
	key, err := public.rsa()
	if err != nil {
		return Envelope{}, err
	}
	token := make([]byte, tokenSize)
	rand.Read(token)
	e := Envelope{entry: Entry{Kind: Online, Token: encode(token), Choice: choice}, decision: decision, public: public}
	z, state, err := blind(rand.Reader, key, message(decision, e.entry))
	if err != nil {
		return Envelope{}, err
	}
	e.Blinded, e.state = encode(z), state
	return e, nil
}

// blind encodes a message with a salt, and hides it behind a factor, both from random.
func blind(random io.Reader, key *rsa.PublicKey, msg []byte) ([]byte, blindrsa.State, error) {
	c, err := blindrsa.NewClient(variant, key)
	if err != nil {
		return nil, blindrsa.State{}, err
	}
	return c.Blind(random, msg)
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
	c, err := blindrsa.NewClient(variant, key)
	if err != nil {
		return Entry{}, err
	}
	sig, err := c.Finalize(e.state, b)
	if err != nil {
		return Entry{}, err
	}
	out := e.entry
	out.Signature = encode(sig)
	return out, verify(key, e.decision, out)
}
