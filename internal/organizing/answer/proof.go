// What keeps ten thousand invented answers out without asking anybody who they
// are: a sealed challenge, and either some work of the phone (hashcash: A. Back,
// "Hashcash – A Denial of Service Counter-Measure", 2002) or, for phones without
// scripts, patience. Each challenge is good for one answer.
package answer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"strconv"
	"time"

	"seedbed/internal/kit/id"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

const (
	// WorkBits is how many leading bits of the digest must be zero: about 30,000
	// digests, a second or two in the background of a cheap phone.
	WorkBits = 15
	// Patience is how long a form without work must have been open.
	Patience = 20 * time.Second
	// patientPerHour is how many answers a place takes in an hour on patience alone.
	patientPerHour = 20
	// proofLife is how long a challenge is good.
	proofLife = 3 * time.Hour
)

func challengeCell(org, place string) vault.Cell {
	return vault.Cell{Org: org, Table: "answer_place", Column: "challenge", Row: place, Version: 1}
}

// challenge makes one. It says when it was made, to those who can open it.
func (s *Service) challenge(ctx context.Context, org, place string) (string, error) {
	return s.vault.Seal(ctx, challengeCell(org, place), strconv.FormatInt(s.clock.Now().Unix(), 10))
}

// age is how old a challenge of this place is; ok is false for one we did not make.
func (s *Service) age(ctx context.Context, org, place, challenge string) (time.Duration, bool) {
	if len(challenge) > 400 {
		return 0, false
	}
	plain, err := s.vault.Open(ctx, challengeCell(org, place), challenge)
	if err != nil {
		return 0, false
	}
	sec, err := strconv.ParseInt(plain, 10, 64)
	if err != nil {
		return 0, false
	}
	age := s.clock.Now().Sub(time.Unix(sec, 0))
	return age, age >= -time.Second && age < proofLife
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

// proven reports whether an answer may come in: with work, or with patience while
// the place still takes some, and with a challenge that was not used before.
func (s *Service) proven(ctx context.Context, tx *db.Tx, p spot, in In, hour time.Time) (bool, error) {
	age, ok := s.age(ctx, tx.Org(), p.ID, in.Challenge)
	if !ok {
		return false, nil
	}
	if !Worked(in.Challenge, in.Nonce) {
		if age < Patience {
			return false, nil
		}
		n, err := count(ctx, tx, "patient:"+p.ID, hour)
		if err != nil || n > patientPerHour {
			return false, err
		}
	}
	return spend(ctx, tx, id.Hash(in.Challenge), hour)
}
