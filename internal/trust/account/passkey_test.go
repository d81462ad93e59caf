// Passkeys end to end with an authenticator written here: an ES256 key, attestation
// "none", user verification, as a phone would answer.

package account

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
)

type authenticator struct {
	t      testing.TB
	key    *ecdsa.PrivateKey
	id     []byte
	handle string
	origin string
	flags  byte
	count  uint32
}

const (
	userPresent  = 0x01
	userVerified = 0x04
	attested     = 0x40
)

func newAuthenticator(t testing.TB) *authenticator {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	rand.Read(id)
	return &authenticator{t: t, key: key, id: id, origin: "https://seedbed.example", flags: userPresent | userVerified}
}

func (a *authenticator) must(b []byte, err error) []byte {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
	return b
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (a *authenticator) client(kind, challenge string) []byte {
	return a.must(json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.origin, "crossOrigin": false}))
}

func (a *authenticator) data(flags byte) []byte {
	rp := sha256.Sum256([]byte("seedbed.example"))
	a.count++
	return binary.BigEndian.AppendUint32(append(rp[:], flags), a.count)
}

// create answers registration options.
func (a *authenticator) create(options []byte) []byte {
	var o struct {
		Challenge string
		User      struct{ ID string }
	}
	if err := json.Unmarshal(options, &o); err != nil {
		a.t.Fatal(err)
	}
	a.handle = o.User.ID
	public := a.must(a.key.PublicKey.Bytes())
	cose := a.must(webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]}))
	data := a.data(a.flags | attested)
	data = append(data, make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), cose...)
	object := a.must(webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data}))
	return a.must(json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key",
		"response": map[string]any{"attestationObject": b64(object), "clientDataJSON": b64(a.client("webauthn.create", o.Challenge))}}))
}

// get answers sign-in options.
func (a *authenticator) get(options []byte) []byte {
	var o struct{ Challenge string }
	if err := json.Unmarshal(options, &o); err != nil {
		a.t.Fatal(err)
	}
	client, data := a.client("webauthn.get", o.Challenge), a.data(a.flags)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	sig := a.must(ecdsa.SignASN1(rand.Reader, a.key, digest[:]))
	return a.must(json.Marshal(map[string]any{"id": b64(a.id), "rawId": b64(a.id), "type": "public-key", "response": map[string]any{
		"authenticatorData": b64(data), "clientDataJSON": b64(client), "signature": b64(sig), "userHandle": a.handle}}))
}

func (w *world) signInWith(a *authenticator) (string, error) {
	w.Helper()
	step, options, err := w.BeginPasskey(w.ctx)
	w.ok(err)
	token, _, err := w.SignInPasskey(w.ctx, browser, step, a.get(options))
	return token, err
}

func TestPasskeyFromInvitationToSignIn(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first()
		token, _, err := w.Invite(w.ctx, owner.Actor, Guest{Role: access.Clinician})
		w.ok(err)
		step, err := w.BeginInvitation(w.ctx, token, Person{"Minh Tran", "minh@riverside.example", "vi"})
		w.ok(err)
		phone := newAuthenticator(w.TB)
		options, err := w.BeginEnrolPasskey(w.ctx, step)
		w.ok(err)
		session, _, err := w.FinishEnrolPasskey(w.ctx, browser, step, "Phone", phone.create(options))
		w.ok(err)
		a, _, err := w.Authenticate(w.ctx, session)
		w.ok(err)
		_, f, err := w.Profile(w.ctx, a)
		w.ok(err)
		if f.Password || len(f.Passkeys) != 1 || f.Passkeys[0].Label != "Phone" {
			w.Fatalf("%+v", f)
		}
		w.want(fault.Conflict, w.RemovePasskey(w.ctx, a, f.Passkeys[0].ID)) // the last way in stays

		session, err = w.signInWith(phone)
		w.ok(err)
		a, _, err = w.Authenticate(w.ctx, session)
		w.ok(err)
		if !a.Has(access.Clinician) || !a.Recent(w.clock.Now()) {
			w.Fatalf("%+v", a)
		}

		// A second device, then the first one can go.
		step, options, err = w.BeginAddPasskey(w.ctx, a, "Security key")
		w.ok(err)
		w.ok(w.AddPasskey(w.ctx, a, step, newAuthenticator(w.TB).create(options)))
		w.ok(w.RemovePasskey(w.ctx, a, f.Passkeys[0].ID))
		_, err = w.signInWith(phone)
		w.want(fault.Invalid, err)
		w.want(fault.NotFound, w.RemovePasskey(w.ctx, owner.Actor, f.Passkeys[0].ID))
	})
}

func TestPasskeyRefusals(t *testing.T) {
	each(t, func(w *world) {
		owner := w.first()
		phone := newAuthenticator(w.TB)
		step, options, err := w.BeginAddPasskey(w.ctx, owner.Actor, "Phone")
		w.ok(err)
		w.ok(w.AddPasskey(w.ctx, owner.Actor, step, phone.create(options)))
		w.want(fault.Gone, w.AddPasskey(w.ctx, owner.Actor, step, phone.create(options)))

		for name, spoil := range map[string]func(a *authenticator){
			"another origin":           func(a *authenticator) { a.origin = "https://seedbed.example.evil.example" },
			"nobody verified":          func(a *authenticator) { a.flags = userPresent },
			"another key":              func(a *authenticator) { a.key = newAuthenticator(w.TB).key },
			"unknown credential":       func(a *authenticator) { a.id = newAuthenticator(w.TB).id },
			"another account's handle": func(a *authenticator) { a.handle = b64(make([]byte, 32)) },
			"copied, counter behind":   func(a *authenticator) { a.count = 0 },
		} {
			_, err := w.signInWith(phone) // the counter moves on
			w.ok(err)
			bad := *phone
			spoil(&bad)
			if _, err := w.signInWith(&bad); !fault.Is(err, fault.Invalid) {
				w.Errorf("%s: %v", name, err)
			}
		}

		step, options, err = w.BeginPasskey(w.ctx)
		w.ok(err)
		answer := phone.get(options)
		_, _, err = w.SignInPasskey(w.ctx, browser, step, answer)
		w.ok(err)
		_, _, err = w.SignInPasskey(w.ctx, browser, step, answer)
		w.want(fault.Gone, err) // a challenge works once
		other, _, err := w.BeginPasskey(w.ctx)
		w.ok(err)
		_, _, err = w.SignInPasskey(w.ctx, browser, other, answer)
		w.want(fault.Invalid, err) // and for its own answer only
		for _, junk := range []string{"", "{}", "null", `{"id":"x"}`, "[1,2"} {
			step, _, err := w.BeginPasskey(w.ctx)
			w.ok(err)
			_, _, err = w.SignInPasskey(w.ctx, browser, step, []byte(junk))
			w.want(fault.Invalid, err)
		}

		careless := newAuthenticator(w.TB)
		careless.flags = userPresent
		step, options, err = w.BeginAddPasskey(w.ctx, owner.Actor, "Careless")
		w.ok(err)
		w.want(fault.Invalid, w.AddPasskey(w.ctx, owner.Actor, step, careless.create(options)))

		w.clock.Advance(StepUpLife + time.Minute)
		w.refresh(owner)
		_, _, err = w.BeginAddPasskey(w.ctx, owner.Actor, "Another")
		if w.want(fault.Forbidden, err); w.key(err) != StepUpNeeded {
			w.Fatalf("%v", err)
		}
		stranger := w.join(&member{Actor: owner.Actor, token: owner.token, secret: owner.secret}, "Minh Tran", "minh@riverside.example", access.Clinician, "")
		theirs := newAuthenticator(w.TB)
		step, options, err = w.BeginAddPasskey(w.ctx, stranger.Actor, "Theirs")
		w.ok(err)
		w.ok(w.AddPasskey(w.ctx, stranger.Actor, step, theirs.create(options)))
		step, options, err = w.BeginPasskey(w.ctx)
		w.ok(err)
		_, err = w.StepUpPasskey(w.ctx, owner.Actor, step, theirs.get(options))
		w.want(fault.Invalid, err) // somebody else's proof is none

		step, options, err = w.BeginPasskey(w.ctx)
		w.ok(err)
		owner.token, err = w.StepUpPasskey(w.ctx, owner.Actor, step, phone.get(options))
		w.ok(err)
		w.refresh(owner)
		_, _, err = w.BeginAddPasskey(w.ctx, owner.Actor, "Another")
		w.ok(err)
	})
}

func TestPasskeyAddresses(t *testing.T) {
	for base, want := range map[string]bool{"https://seedbed.example": true, "http://localhost:8080": true, "http://127.0.0.1:8080": false,
		"https://192.0.2.7": false, "http://seedbed.example": false} {
		k, err := newPasskeys(base, "Seedbed")
		if err != nil || (k.w != nil) != want {
			t.Errorf("%s: %v %v", base, k != nil && k.w != nil, err)
		}
	}
	if _, err := newPasskeys("seedbed", "Seedbed"); err == nil {
		t.Error("an address without a host was accepted")
	}
}
