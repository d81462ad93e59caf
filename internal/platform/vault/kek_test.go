// Where the key-encryption key may come from, and what is refused.
package vault

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func none(string) string { return "" }

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

func TestKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "seedbed.key")
	if _, _, err := LoadKEK(none, path, false); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Fatalf("without create: %v", err)
	}
	first, from, err := LoadKEK(none, path, true)
	if err != nil || from != path {
		t.Fatal(from, err)
	}
	st, err := os.Stat(path)
	if err != nil || st.Mode().Perm() != 0o400 {
		t.Fatal(st.Mode(), err)
	}
	again, _, err := LoadKEK(none, path, true)
	if err != nil || again.k.raw != first.k.raw {
		t.Fatal("the second start got another key", err)
	}
	if err := WriteKEK(path, NewKEK()); err == nil {
		t.Fatal("an existing key file was replaced")
	}
	left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*"))
	if len(left) > 0 {
		t.Fatal("left behind:", left)
	}
}

// Two first starts at once must end with one key.
func TestKeyFileRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seedbed.key")
	var wg sync.WaitGroup
	got := make([]KEK, 8)
	for i := range got {
		wg.Go(func() {
			k, _, err := LoadKEK(none, path, true)
			if err != nil {
				t.Error(err)
			}
			got[i] = k
		})
	}
	wg.Wait()
	for _, k := range got {
		if k.Zero() || k.k.raw != got[0].k.raw {
			t.Fatal("two keys")
		}
	}
}

func TestLooseKeyFileIsRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o644, 0o440, 0o604, 0o410, 0o402} {
		path := filepath.Join(t.TempDir(), "seedbed.key")
		if _, _, err := LoadKEK(none, path, true); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, _, err := LoadKEK(none, path, true); err == nil || !strings.Contains(err.Error(), "chmod 400") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestDamagedKeyFileIsNotReplaced(t *testing.T) {
	for _, text := range []string{"", "short", strings.Repeat("x", 300)} {
		path := filepath.Join(t.TempDir(), "seedbed.key")
		if err := os.WriteFile(path, []byte(text), 0o400); err != nil {
			t.Fatal(err)
		}
		if _, _, err := LoadKEK(none, path, true); err == nil {
			t.Errorf("%q was taken", text)
		}
		if b, _ := os.ReadFile(path); string(b) != text {
			t.Errorf("%q became %q", text, b)
		}
	}
}

func TestSourcesInOrder(t *testing.T) {
	dir := t.TempDir()
	raw := func(b byte) string {
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(b), keySize)))
	}
	if err := os.WriteFile(filepath.Join(dir, CredentialKEK), []byte(raw('c')+"\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "seedbed.key")
	for _, c := range []struct {
		name string
		env  map[string]string
		want byte
	}{
		{"environment wins", map[string]string{EnvKEK: raw('e'), "CREDENTIALS_DIRECTORY": dir}, 'e'},
		{"then the credential", map[string]string{"CREDENTIALS_DIRECTORY": dir}, 'c'},
	} {
		k, _, err := LoadKEK(env(c.env), path, true)
		if err != nil || k.k.raw[0] != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, _, err := LoadKEK(env(map[string]string{EnvKEK: "not a key"}), path, true); err == nil || strings.Contains(err.Error(), "not a key") {
		t.Errorf("a bad variable must be refused without repeating it: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key file was made although a key was given")
	}
}
