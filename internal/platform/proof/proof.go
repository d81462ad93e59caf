// Package proof keeps a thousand invented forms out without asking anybody who
// they are: a sealed challenge, and either some work of the phone (hashcash:
// A. Back, "Hashcash – A Denial of Service Counter-Measure", 2002) or, for phones
// without scripts, patience. Each challenge is good once; places and networks have
// limits by the hour. No address is kept: a network is a keyed digest for that hour.
//
// It owns the tables proof_spent and proof_quota and may import kit, platform/clock,
// platform/db and platform/vault.
package proof

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"math/bits"
	"strconv"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

// Schema is the package's migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

const (
	// WorkBits is how many leading bits of the digest must be zero: about 30,000
	// digests, a second or two in the background of a cheap phone.
	WorkBits = 15
	// Patience is how long a form without work must have been open.
	Patience = 20 * time.Second
	// PatientPerHour is how many forms a place takes in an hour on patience alone.
	PatientPerHour = 20
	// life is how long a challenge is good.
	life = 3 * time.Hour
)

// Keeper makes challenges and checks what comes back. It is safe for concurrent use.
type Keeper struct {
	vault *vault.Vault
	clock clock.Clock
}

// New returns a keeper.
func New(v *vault.Vault, c clock.Clock) *Keeper { return &Keeper{v, c} }

func cell(org, place string) vault.Cell {
	return vault.Cell{Org: org, Table: "proof", Column: "challenge", Row: place, Version: 1}
}

// Challenge makes one for a place. It says when it was made, to those who can open it.
func (k *Keeper) Challenge(ctx context.Context, org, place string) (string, error) {
	return k.vault.Seal(ctx, cell(org, place), strconv.FormatInt(k.clock.Now().Unix(), 10))
}

// age is how old a challenge of this place is; ok is false for one we did not make.
func (k *Keeper) age(ctx context.Context, org, place, challenge string) (time.Duration, bool) {
	if len(challenge) > 400 {
		return 0, false
	}
	plain, err := k.vault.Open(ctx, cell(org, place), challenge)
	if err != nil {
		return 0, false
	}
	sec, err := strconv.ParseInt(plain, 10, 64)
	if err != nil {
		return 0, false
	}
	age := k.clock.Now().Sub(time.Unix(sec, 0))
	return age, age >= -time.Second && age < life
}

// Worked reports whether a nonce is enough work for a challenge.
func Worked(challenge, nonce string) bool {
	if nonce == "" || len(nonce) > 20 {
		return false
	}
	sum := sha256.Sum256([]byte(challenge + ":" + nonce))
	return bits.LeadingZeros32(binary.BigEndian.Uint32(sum[:])) >= WorkBits
}

// Work does the work, as a phone does it.
func Work(challenge string) (nonce string) {
	for n := 0; ; n++ {
		if nonce = strconv.Itoa(n); Worked(challenge, nonce) {
			return nonce
		}
	}
}

// Form is what came with a form.
type Form struct {
	Challenge, Nonce string
	Network          string // where it comes from, for this hour's limit only
}

// Let reports whether a form may come in at a place that takes most an hour. It is
// called in the transaction that stores what the form says: a refusal by proof is
// fault.Conflict, one by a limit fault.Limited; both leave no trace.
func (k *Keeper) Let(ctx context.Context, tx *db.Tx, place string, most int, f Form) (err error) {
	defer fault.Wrap(&err, "proof.Let")
	hour := k.clock.Now().Truncate(time.Hour)
	age, ok := k.age(ctx, tx.Org(), place, f.Challenge)
	worked := Worked(f.Challenge, f.Nonce)
	if !ok || !worked && age < Patience {
		return fault.Clash("fault.proof")
	}
	if !worked {
		if n, err := count(ctx, tx, "patient:"+place, hour); err != nil {
			return err
		} else if n > PatientPerHour {
			return fault.Clash("fault.proof")
		}
	}
	fresh, err := spend(ctx, tx, id.Hash(f.Challenge), hour)
	if err != nil {
		return err
	}
	if !fresh {
		return fault.Clash("fault.proof")
	}
	n, err := count(ctx, tx, "place:"+place, hour)
	if err != nil {
		return err
	}
	// A waiting room shares one network, so a network may give half of what the place takes.
	net, err := k.vault.Passing(ctx, tx.Org(), place+" "+f.Network+" "+hour.Format(time.RFC3339))
	if err != nil {
		return err
	}
	from, err := count(ctx, tx, "net:"+net, hour)
	if err != nil {
		return err
	}
	if n > int64(most) || from > int64(max(30, most/2)) {
		return fault.New(fault.Limited, "fault.crowd")
	}
	return nil
}

// Tries counts a wrong guess of a network at a door, and reports how many that
// makes in this hour.
func (k *Keeper) Tries(ctx context.Context, tx *db.Tx, door, network string) (int64, error) {
	hour := k.clock.Now().Truncate(time.Hour)
	net, err := k.vault.Passing(ctx, tx.Org(), door+" "+network+" "+hour.Format(time.RFC3339))
	if err != nil {
		return 0, err
	}
	return count(ctx, tx, "door:"+net, hour)
}

// spend remembers a challenge, and reports whether it was new.
func spend(ctx context.Context, tx *db.Tx, hash string, hour time.Time) (bool, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM proof_spent WHERE org_id=$1 AND hour<$2`, tx.Org(), db.Micros(hour.Add(-life))); err != nil {
		return false, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO proof_spent (org_id, proof_hash, hour) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, tx.Org(), hash, db.Micros(hour))
	return n > 0, err
}

// count adds one to what came in this hour, and returns how many that makes.
func count(ctx context.Context, tx *db.Tx, what string, hour time.Time) (int64, error) {
	if _, err := tx.Exec(ctx, `DELETE FROM proof_quota WHERE org_id=$1 AND hour<$2`, tx.Org(), db.Micros(hour)); err != nil {
		return 0, err
	}
	return db.One[int64](ctx, tx, `INSERT INTO proof_quota (org_id, what, hour, n) VALUES ($1,$2,$3,1)
		ON CONFLICT (org_id, what, hour) DO UPDATE SET n = proof_quota.n + 1 RETURNING n`, tx.Org(), what, db.Micros(hour))
}
