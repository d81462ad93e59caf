package vault

// Where the key-encryption key comes from: the environment, a systemd
// credential, or a key file that only its owner can read.

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// KEK is the key-encryption key: 32 bytes that open everything else. It never prints itself.
type KEK struct{ k *key }

func (KEK) String() string               { return "[sealed]" }
func (KEK) GoString() string             { return "[sealed]" }
func (KEK) MarshalText() ([]byte, error) { return []byte("[sealed]"), nil }

// Zero reports whether no key was given.
func (k KEK) Zero() bool { return k.k == nil }

// NewKEK draws a fresh key.
func NewKEK() KEK {
	k, err := newKey()
	if err != nil {
		panic("vault: AES-256 is not available: " + err.Error()) // a build without AES cannot serve anybody
	}
	return KEK{k}
}

// ParseKEK reads 32 bytes in base64 (any of the usual alphabets, with or without padding).
func ParseKEK(text string) (KEK, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	text = strings.NewReplacer("+", "-", "/", "_").Replace(text)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != keySize {
		return KEK{}, errors.New("vault: the key-encryption key must be 32 bytes in base64; make one with: head -c 32 /dev/urandom | base64")
	}
	k, err := keyOf(raw)
	if err != nil {
		return KEK{}, err
	}
	return KEK{k}, nil
}

// Names under which the key is looked for outside the key file.
const (
	EnvKEK        = "SEEDBED_KEK" // base64
	CredentialKEK = "seedbed-kek" // file name inside $CREDENTIALS_DIRECTORY (systemd LoadCredential=)
)

// LoadKEK finds the key: SEEDBED_KEK, then the systemd credential, then the file
// at path. With create set, and only when nothing was found, a new key file with
// mode 0400 is written. Pass create only while the key store is still empty:
// a fresh key cannot open old data. The second result says where it was found.
func LoadKEK(getenv func(string) string, path string, create bool) (KEK, string, error) {
	if text := getenv(EnvKEK); text != "" {
		k, err := ParseKEK(text)
		return k, EnvKEK, err
	}
	if dir := getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		file := filepath.Join(dir, CredentialKEK)
		b, err := os.ReadFile(file)
		switch {
		case err == nil: // systemd keeps the directory private; its modes differ by version
			k, err := ParseKEK(string(b))
			return k, file, err
		case !errors.Is(err, fs.ErrNotExist):
			return KEK{}, file, fmt.Errorf("vault: read the systemd credential: %w", err)
		}
	}
	k, err := readKeyFile(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		if err := writeKeyFile(path); err != nil {
			return KEK{}, path, err
		}
		k, err = readKeyFile(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return KEK{}, path, fmt.Errorf("vault: the key file %s is missing; put it back from where you keep it, or set %s: without it the people in this data cannot be read", path, EnvKEK)
	}
	return k, path, err
}

func readKeyFile(path string) (KEK, error) {
	f, err := os.Open(path)
	if err != nil {
		return KEK{}, fmt.Errorf("vault: open the key file: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return KEK{}, fmt.Errorf("vault: look at the key file: %w", err)
	}
	if !st.Mode().IsRegular() || st.Mode().Perm()&0o077 != 0 {
		return KEK{}, fmt.Errorf("vault: the key file %s can be read by others (mode %04o); run: chmod 400 %s", path, st.Mode().Perm(), path)
	}
	b := make([]byte, 256)
	n, err := f.Read(b)
	if err != nil && n == 0 {
		return KEK{}, fmt.Errorf("vault: the key file %s is empty or unreadable", path)
	}
	k, err := ParseKEK(string(b[:n]))
	if err != nil {
		return KEK{}, fmt.Errorf("vault: the key file %s is damaged: %w", path, err)
	}
	return k, nil
}

// WriteKEK keeps a key in a new file with mode 0400; an existing file is never replaced.
func WriteKEK(path string, k KEK) error {
	return putKeyFile(path, k.k.raw[:])
}

func writeKeyFile(path string) error {
	var raw [keySize]byte
	rand.Read(raw[:])
	err := putKeyFile(path, raw[:])
	if errors.Is(err, fs.ErrExist) { // another start of ours was first; its key counts
		return nil
	}
	return err
}

// putKeyFile writes beside and links: the file appears whole or not at all, and never over another.
func putKeyFile(path string, raw []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("vault: make the key folder: %w", err)
	}
	tmp, err := os.CreateTemp(dir, ".key-*")
	if err != nil {
		return fmt.Errorf("vault: write the key file: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(base64.RawURLEncoding.EncodeToString(raw) + "\n")
	if err == nil {
		err = tmp.Chmod(0o400)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("vault: write the key file: %w", err)
	}
	return syncDir(dir)
}

// syncDir makes a new directory entry survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
