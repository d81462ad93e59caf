// Password hashes: Argon2id with its parameters inside the text, so that they can
// be raised later and old hashes are renewed at the next sign-in.

package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"

	"seedbed/internal/kit/fault"
)

// Cost of a password hash. Memory is in KiB.
type Cost struct {
	Memory  uint32
	Time    uint32
	Threads uint8
}

// StandardCost is what a real installation uses (ASVS 5.0 V11.4.2); tests take a cheaper one.
func StandardCost() Cost { return Cost{Memory: 64 * 1024, Time: 3, Threads: 1} }

// hasher limits how many hashes run at once: each takes Cost.Memory, and a wave
// of sign-ins must not push the machine out of memory.
type hasher struct {
	cost  Cost
	slots chan struct{}
	decoy string
	runs  atomic.Int64 // comparisons made: equal work for known and unknown is counted, not timed
}

func newHasher(cost Cost) *hasher {
	h := &hasher{cost: cost, slots: make(chan struct{}, 2)}
	salt := make([]byte, 16)
	rand.Read(salt)
	h.decoy = encodeHash(cost, salt, make([]byte, 32))
	return h
}

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.Because(fault.New(fault.Unavailable, ""), ctx.Err())
	}
}

// hash seals a password that passed the policy.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	salt := make([]byte, 16)
	rand.Read(salt)
	key := argon2.IDKey([]byte(normalizePassword(password)), salt, h.cost.Time, h.cost.Memory, h.cost.Threads, 32)
	return encodeHash(h.cost, salt, key), nil
}

// verify compares in constant time. An empty stored hash is compared with a decoy
// of the same cost, so that an unknown account takes as long as a known one.
func (h *hasher) verify(ctx context.Context, stored, password string) (ok, stale bool, err error) {
	known := stored != ""
	if !known {
		stored = h.decoy
	}
	cost, salt, want, err := decodeHash(stored)
	if err != nil {
		return false, false, err
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-h.slots }()
	h.runs.Add(1)
	got := argon2.IDKey([]byte(normalizePassword(password)), salt, cost.Time, cost.Memory, cost.Threads, uint32(len(want)))
	same := subtle.ConstantTimeCompare(got, want) == 1
	return same && known, cost != h.cost, nil
}

// encodeHash writes the PHC string format that other tools read too.
func encodeHash(c Cost, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads, b64(salt), b64(key))
}

func decodeHash(text string) (c Cost, salt, key []byte, err error) {
	defer fault.Wrap(&err, "account.decodeHash")
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, fmt.Errorf("not an argon2id hash")
	}
	var version int
	if _, err = fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, fmt.Errorf("argon2 version %q", parts[2])
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); err != nil {
		return c, nil, nil, err
	}
	// A damaged row must not make the server allocate what it asks for.
	if c.Memory == 0 || c.Memory > 1<<20 || c.Time == 0 || c.Time > 16 || c.Threads == 0 {
		return c, nil, nil, fmt.Errorf("argon2 cost %q out of range", parts[3])
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return c, nil, nil, err
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return c, nil, nil, err
	}
	if len(key) < 16 || len(key) > 64 {
		return c, nil, nil, fmt.Errorf("argon2 key of %d bytes", len(key))
	}
	return c, salt, key, nil
}
