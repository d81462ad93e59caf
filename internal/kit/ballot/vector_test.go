package ballot

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/cloudflare/circl/blindsign/blindrsa"
)

// The vector RSABSSA-SHA384-PSS-Randomized of RFC 9474 Appendix A.1. What is
// signed there is msg_prefix ‖ msg; from there on the variants are the same.
func TestRFC9474(t *testing.T) {
	text, err := os.ReadFile("testdata/rfc9474.json")
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]string
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	bin := func(name string) []byte {
		b, err := hex.DecodeString(v[name])
		if err != nil {
			t.Fatal(name, err)
		}
		return b
	}
	num := func(name string) *big.Int { return new(big.Int).SetBytes(bin(name)) }
	p, q, one := num("p"), num("q"), big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := Key{&rsa.PrivateKey{PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent}, D: new(big.Int).ModInverse(big.NewInt(exponent), phi), Primes: []*big.Int{p, q}}}
	if err := key.private.Validate(); err != nil {
		t.Fatal(err)
	}
	msg := append(bin("msg_prefix"), bin("msg")...)
	r := new(big.Int).ModInverse(num("inv"), key.private.N).FillBytes(make([]byte, key.private.Size()))
	random := bytes.NewReader(append(bin("salt"), r...)) // as the voter's browser drew them
	blinded, state, err := blind(random, &key.private.PublicKey, msg)
	if err != nil || !bytes.Equal(blinded, bin("blinded_msg")) {
		t.Fatalf("blinded: %x %v", blinded, err)
	}
	signed, err := key.SignBlind(encode(blinded))
	if err != nil || signed != encode(bin("blind_sig")) {
		t.Fatalf("signed: %s %v", signed, err)
	}
	c, err := blindrsa.NewClient(variant, &key.private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := c.Finalize(state, bin("blind_sig"))
	if err != nil || !bytes.Equal(sig, bin("sig")) {
		t.Fatalf("signature: %x %v", sig, err)
	}
	digest := sha512.Sum384(msg)
	if err := rsa.VerifyPSS(&key.private.PublicKey, crypto.SHA384, digest[:], sig, &rsa.PSSOptions{SaltLength: saltSize, Hash: crypto.SHA384}); err != nil {
		t.Fatal(err)
	}
}
