// Sealing and opening cells, one or many, and the two keyed digests: the blind
// index for exact matches and the person's reference in the audit log.
package vault

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"seedbed/internal/kit/fault"
)

// Seal encrypts plain for its cell. The person's key must exist (CreatePerson).
func (v *Vault) Seal(ctx context.Context, c Cell, plain string) (sealed string, err error) {
	defer fault.Wrap(&err, "vault.Seal(%s.%s)", c.Table, c.Column)
	if err := c.valid(); err != nil {
		return "", err
	}
	k, err := v.cellKey(ctx, c, true)
	if err != nil {
		return "", err
	}
	return k.seal([]byte(plain), c.bound()...), nil
}

// Open decrypts what Seal made for the same cell. fault.Gone when the person was
// erased, ErrIntegrity when text and cell do not belong together.
func (v *Vault) Open(ctx context.Context, c Cell, sealed string) (plain string, err error) {
	defer fault.Wrap(&err, "vault.Open(%s.%s)", c.Table, c.Column)
	if err := c.valid(); err != nil {
		return "", err
	}
	k, err := v.cellKey(ctx, c, false)
	if err != nil {
		return "", err
	}
	b, err := k.open(sealed, c.bound()...)
	return string(b), err
}

// Opened is one answer of OpenMany.
type Opened struct {
	Plain string
	Gone  bool // the person was erased; Plain is empty
}

// OpenMany opens a page of cells with one key-store query per organization for
// up to 500 people. Erased people are marked, not refused; any text that was
// tampered with fails the whole call.
func (v *Vault) OpenMany(ctx context.Context, cells []Cell, sealed []string) (out []Opened, err error) {
	defer fault.Wrap(&err, "vault.OpenMany(%d)", len(cells))
	if len(cells) != len(sealed) {
		return nil, fmt.Errorf("vault: %d cells for %d texts", len(cells), len(sealed))
	}
	people := map[string]map[string]*key{}
	for _, c := range cells {
		if err := c.valid(); err != nil {
			return nil, err
		}
		if people[c.Org] == nil {
			people[c.Org] = map[string]*key{}
		}
		if c.Person != "" {
			people[c.Org][c.Person] = nil
		}
	}
	for org, wanted := range people {
		if err := v.personKeys(ctx, org, wanted); err != nil {
			return nil, err
		}
	}
	out = make([]Opened, len(cells))
	for i, c := range cells {
		k := people[c.Org][c.Person]
		switch {
		case c.Person == "":
			if k, err = v.cellKey(ctx, c, false); err != nil {
				return nil, err
			}
		case k == nil:
			out[i].Gone = true
			continue
		}
		b, err := k.open(sealed[i], c.bound()...)
		if err != nil {
			return nil, fmt.Errorf("%s.%s row %s: %w", c.Table, c.Column, c.Row, err)
		}
		out[i].Plain = string(b)
	}
	return out, nil
}

func (v *Vault) cellKey(ctx context.Context, c Cell, create bool) (*key, error) {
	if c.Person != "" {
		return v.personKey(ctx, c.Org, c.Person)
	}
	o, err := v.org(ctx, c.Org, create)
	if err != nil {
		return nil, err
	}
	return o.table(c.Table)
}

// Fields that may have a blind index. Nothing else may: names, birth dates and
// addresses have too few values to hide behind a hash.
const (
	Phone = "phone" // E.164
	Email = "email" // compared in lower case
)

// Blind returns the exact-match index of a phone number or an e-mail address:
// equal inside one organization, unrelated across organizations.
func (v *Vault) Blind(ctx context.Context, org, field, value string) (index string, err error) {
	defer fault.Wrap(&err, "vault.Blind(%s)", field)
	switch field {
	case Phone:
		value = strings.TrimSpace(value)
		if !isE164(value) {
			return "", fault.Wrong(fault.At(field, "fault.invalid"))
		}
	case Email:
		value = strings.ToLower(strings.TrimSpace(value))
		if !strings.Contains(value, "@") {
			return "", fault.Wrong(fault.At(field, "fault.invalid"))
		}
	default:
		return "", fmt.Errorf("vault: no blind index on %q, only on phone and email", field)
	}
	o, err := v.org(ctx, org, true)
	if err != nil {
		return "", err
	}
	sum, err := o.mac("blind|"+field, value)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(sum[:16]), nil
}

// Passing is a keyed digest of what is counted for a short while and never shown,
// such as the network a form came from: there are so few networks that a plain
// digest would be the address itself.
func (v *Vault) Passing(ctx context.Context, org, what string) (digest string, err error) {
	defer fault.Wrap(&err, "vault.Passing")
	o, err := v.org(ctx, org, true)
	if err != nil {
		return "", err
	}
	sum, err := o.mac("passing", what)
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(sum[:16]), nil
}

func isE164(s string) bool {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	return strings.Trim(s[1:], "0123456789") == ""
}

// SubjectRef is how the audit log names a person: a keyed digest that nobody can
// compute any more once the person is erased (fault.Gone).
func (v *Vault) SubjectRef(ctx context.Context, org, person string) (ref string, err error) {
	defer fault.Wrap(&err, "vault.SubjectRef")
	k, err := v.personKey(ctx, org, person)
	if err != nil {
		return "", err
	}
	return subjectRef(k, org, person)
}

// SubjectRefs is SubjectRef for a page of people; erased ones are absent from the answer.
func (v *Vault) SubjectRefs(ctx context.Context, org string, people []string) (refs map[string]string, err error) {
	defer fault.Wrap(&err, "vault.SubjectRefs(%d)", len(people))
	wanted := map[string]*key{}
	for _, p := range people {
		wanted[p] = nil
	}
	if err := v.personKeys(ctx, org, wanted); err != nil {
		return nil, err
	}
	refs = make(map[string]string, len(wanted))
	for p, k := range wanted {
		if k == nil {
			continue
		}
		if refs[p], err = subjectRef(k, org, p); err != nil {
			return nil, err
		}
	}
	return refs, nil
}

func subjectRef(k *key, org, person string) (string, error) {
	sum, err := k.mac("subject", org, person)
	return hex.EncodeToString(sum), err
}
