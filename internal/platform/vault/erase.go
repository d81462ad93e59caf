// Erasing a person: written down first, then the key is destroyed. Each step can
// be repeated, so a crash between any two is finished at the next start.
package vault

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

// ErasePerson destroys a person's key and returns when it is gone from the key
// store's files: the erasure is recorded, appended to the ledger file, the key
// row deleted, and the write-ahead log emptied. From the first of these steps on
// nothing of this person opens, anywhere. Repeating it is harmless.
//
// Afterwards delete the person's blind-index rows and ciphertexts.
func (v *Vault) ErasePerson(ctx context.Context, org, person string) (err error) {
	defer fault.Wrap(&err, "vault.ErasePerson(%s)", person)
	if person == "" {
		return errNoPerson
	}
	if _, err := v.org(ctx, org, true); err != nil { // before the first step: the ledger line needs its key
		return err
	}
	e, err := askErasure(ctx, v.keys, org, person, v.clock.Now())
	if err != nil || e.done {
		return err
	}
	return v.finish(ctx, []erasure{e})
}

// finish takes recorded erasures through the remaining steps.
func (v *Vault) finish(ctx context.Context, list []erasure) error {
	if len(list) == 0 {
		return nil
	}
	if err := v.appendLedger(ctx, list); err != nil {
		return err
	}
	for _, e := range list {
		if err := deletePersonKey(ctx, v.keys, e.org, e.person, v.clock.Now()); err != nil {
			return err
		}
	}
	return v.keys.Scrub(ctx)
}

// Resume finishes what a crash interrupted and applies the ledger file to a key
// store that may have been restored from an older copy. Open calls it.
func (v *Vault) Resume(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "vault.Resume")
	list, err := openErasures(ctx, v.keys)
	if err != nil {
		return err
	}
	if err := v.finish(ctx, list); err != nil {
		return err
	}
	if v.ledger.path == "" {
		return nil
	}
	f, err := os.Open(v.ledger.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = v.ReplayLedger(ctx, f)
	return err
}

// Replay says what a ledger did to the key store.
type Replay struct {
	Applied int // keys destroyed now
	Already int // erased before
	Damaged int // lines that were torn by a crash, changed, or from another installation
}

// ReplayLedger applies a ledger, so that an older copy of the data does not bring
// anyone back. It must run before a restored instance serves.
func (v *Vault) ReplayLedger(ctx context.Context, r io.Reader) (rep Replay, err error) {
	defer fault.Wrap(&err, "vault.ReplayLedger")
	known := map[[2]string]bool{}
	list, err := allErasures(ctx, v.keys)
	if err != nil {
		return rep, err
	}
	for _, e := range list {
		known[[2]string{e.org, e.person}] = e.done
	}
	var unfinished []erasure
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 4096), 1<<16)
	for in.Scan() {
		if len(bytes.TrimSpace(in.Bytes())) == 0 {
			continue
		}
		e, ok, err := v.readLine(ctx, in.Bytes())
		switch {
		case err != nil:
			return rep, err
		case !ok:
			rep.Damaged++
		case known[[2]string{e.org, e.person}]:
			rep.Already++
		default:
			known[[2]string{e.org, e.person}] = true
			if e, err = askErasure(ctx, v.keys, e.org, e.person, e.asked); err != nil {
				return rep, err
			}
			unfinished = append(unfinished, e)
			rep.Applied++
		}
	}
	if err := in.Err(); err != nil {
		return rep, err
	}
	for _, e := range unfinished {
		if err := deletePersonKey(ctx, v.keys, e.org, e.person, v.clock.Now()); err != nil {
			return rep, err
		}
	}
	if len(unfinished) > 0 {
		err = v.keys.Scrub(ctx)
	}
	return rep, err
}

// WriteLedger writes all erasures of the key store as a ledger; it goes with every backup.
func (v *Vault) WriteLedger(ctx context.Context, w io.Writer) (err error) {
	defer fault.Wrap(&err, "vault.WriteLedger")
	list, err := allErasures(ctx, v.keys)
	if err != nil {
		return err
	}
	lines, err := v.lines(ctx, list)
	if err != nil {
		return err
	}
	_, err = w.Write(lines)
	return err
}

// ledgerLine holds random ids only. The code proves that this installation wrote
// it: otherwise a foreign file could be used to destroy people's keys.
type ledgerLine struct {
	At     int64  `json:"at"`
	Org    string `json:"org"`
	Person string `json:"person"`
	Code   string `json:"code"`
}

func (v *Vault) lineCode(ctx context.Context, e erasure) (string, error) {
	o, err := v.org(ctx, e.org, false)
	if err != nil {
		return "", err
	}
	sum, err := o.mac("ledger", e.org, e.person, fmt.Sprint(db.Micros(e.asked)))
	return hex.EncodeToString(sum[:16]), err
}

func (v *Vault) lines(ctx context.Context, list []erasure) ([]byte, error) {
	var out bytes.Buffer
	for _, e := range list {
		code, err := v.lineCode(ctx, e)
		if err != nil {
			return nil, err
		}
		b, err := json.Marshal(ledgerLine{At: db.Micros(e.asked), Org: e.org, Person: e.person, Code: code})
		if err != nil {
			return nil, err
		}
		out.Write(b)
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

// readLine reports ok=false for a line that this installation did not write like this.
func (v *Vault) readLine(ctx context.Context, line []byte) (e erasure, ok bool, err error) {
	var l ledgerLine
	if json.Unmarshal(line, &l) != nil || l.Org == "" || l.Person == "" || l.Org == db.AllOrgs {
		return e, false, nil
	}
	e = erasure{org: l.Org, person: l.Person, asked: db.Time(l.At)}
	code, err := v.lineCode(ctx, e)
	if fault.Is(err, fault.NotFound) { // an organization that this key store has never seen
		return e, false, nil
	}
	return e, err == nil && hmac.Equal([]byte(code), []byte(l.Code)), err
}

func (v *Vault) appendLedger(ctx context.Context, list []erasure) error {
	if v.ledger.path == "" {
		return nil
	}
	lines, err := v.lines(ctx, list)
	if err != nil {
		return err
	}
	return v.ledger.append(lines)
}

// ledgerFile is only ever appended to.
type ledgerFile struct {
	path string
	mu   sync.Mutex
}

// append returns when the lines are on disk. A torn last line, left by a crash,
// is closed first, so that it spoils only itself.
func (l *ledgerFile) append(lines []byte) (err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := os.OpenFile(l.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("erasure ledger: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if n := st.Size(); n > 0 {
		last := make([]byte, 1)
		if _, err := f.ReadAt(last, n-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			lines = append([]byte{'\n'}, lines...)
		}
	}
	if _, err := f.Write(lines); err != nil {
		return fmt.Errorf("erasure ledger: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("erasure ledger: %w", err)
	}
	return syncDir(filepath.Dir(l.path))
}
