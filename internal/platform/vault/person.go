// Person keys: made once, read on every use, never cached.
package vault

import (
	"context"
	"errors"
	"fmt"

	"seedbed/internal/kit/fault"
)

var errNoPerson = errors.New("vault: no person id")

// CreatePerson makes the key of a person and returns when it is durable. Call it
// before the transaction that first seals something of this person: the key row
// comes first, then the data. Repeating it is harmless; an erased person cannot
// be made again (fault.Gone).
func (v *Vault) CreatePerson(ctx context.Context, org, person string) (err error) {
	defer fault.Wrap(&err, "vault.CreatePerson(%s)", person)
	if person == "" {
		return errNoPerson
	}
	o, err := v.org(ctx, org, true)
	if err != nil {
		return err
	}
	k, err := newKey()
	if err != nil {
		return err
	}
	return insertPerson(ctx, v.keys, org, person, o.wrap(k, "pk", org, person), v.clock.Now())
}

func (v *Vault) personKey(ctx context.Context, org, person string) (*key, error) {
	if person == "" {
		return nil, errNoPerson
	}
	wanted := map[string]*key{person: nil}
	if err := v.personKeys(ctx, org, wanted); err != nil {
		return nil, err
	}
	k := wanted[person]
	if k == nil {
		return nil, fault.Because(fault.New(fault.Gone, ""), fmt.Errorf("vault: person %s has no key: erased, or never made", person))
	}
	return k, nil
}

// personKeys fills in the keys of the people named in wanted; who has none stays nil.
func (v *Vault) personKeys(ctx context.Context, org string, wanted map[string]*key) error {
	if len(wanted) == 0 {
		return nil
	}
	o, err := v.org(ctx, org, false)
	if fault.Is(err, fault.NotFound) {
		return nil // an organization without a key has no people with keys
	}
	if err != nil {
		return err
	}
	return eachPersonRow(ctx, v.keys, org, wanted, func(person, wrapped string) error {
		k, err := o.unwrap(wrapped, "pk", org, person)
		if err != nil {
			return fmt.Errorf("key of person %s: %w", person, err)
		}
		wanted[person] = k
		return nil
	})
}

// CreatePeople is CreatePerson for many at once, in one transaction. Somebody who
// was erased gets no key again and is left out without an error.
func (v *Vault) CreatePeople(ctx context.Context, org string, people []string) (err error) {
	defer fault.Wrap(&err, "vault.CreatePeople(%d)", len(people))
	o, err := v.org(ctx, org, true)
	if err != nil {
		return err
	}
	wrapped := make([]string, len(people))
	for i, person := range people {
		if person == "" {
			return errNoPerson
		}
		k, err := newKey()
		if err != nil {
			return err
		}
		wrapped[i] = o.wrap(k, "pk", org, person)
	}
	return insertPeople(ctx, v.keys, org, people, wrapped, v.clock.Now())
}
