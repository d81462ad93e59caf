// The envelope's promises: old texts open for ever, every bound part counts, nonces never repeat.
package vault

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "add a fresh vector to testdata/envelope.json")

type vector struct {
	Format int    `json:"format"`
	Key    string `json:"key"`
	Cell   Cell   `json:"cell"`
	Plain  string `json:"plain"`
	Sealed string `json:"sealed"`
}

type vectors struct {
	Sealed  []vector `json:"sealed"`
	Derived []struct {
		Key     string   `json:"key"`
		Purpose []string `json:"purpose"`
		Want    string   `json:"want"`
	} `json:"derived"`
	MAC []struct {
		Key     string   `json:"key"`
		Purpose string   `json:"purpose"`
		Parts   []string `json:"parts"`
		Want    string   `json:"want"`
	} `json:"mac"`
}

const vectorFile = "testdata/envelope.json"

func hexKey(t testing.TB, s string) *key {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	k, err := keyOf(raw)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Data written by any released version must open for ever: vectors are only ever added.
func TestVectors(t *testing.T) {
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var vs vectors
	if err := json.Unmarshal(b, &vs); err != nil {
		t.Fatal(err)
	}
	if *update {
		v := vector{Format: format1, Key: strings.Repeat("4b", keySize), Plain: "Tên gọi: Ánh — هاتف",
			Cell: Cell{Org: "org-a", Person: "per-1", Table: "introduction", Column: "sealed", Row: "row-1", Version: 3}}
		v.Sealed = hexKey(t, v.Key).seal([]byte(v.Plain), v.Cell.bound()...)
		vs.Sealed = append(vs.Sealed, v)
		b, _ := json.MarshalIndent(vs, "", "  ")
		if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(vs.Sealed) == 0 || len(vs.Derived) == 0 || len(vs.MAC) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range vs.Sealed {
		got, err := hexKey(t, v.Key).open(v.Sealed, v.Cell.bound()...)
		if err != nil || string(got) != v.Plain {
			t.Errorf("format %d: got %q, %v; want %q", v.Format, got, err, v.Plain)
		}
	}
	for _, v := range vs.Derived {
		got, err := hexKey(t, v.Key).derive(v.Purpose...)
		if err != nil || hex.EncodeToString(got) != v.Want {
			t.Errorf("derive %q: got %x, %v; want %s", v.Purpose, got, err, v.Want)
		}
	}
	for _, v := range vs.MAC {
		got, err := hexKey(t, v.Key).mac(v.Purpose, v.Parts...)
		if err != nil || hex.EncodeToString(got) != v.Want {
			t.Errorf("mac %q %q: got %x, %v; want %s", v.Purpose, v.Parts, got, err, v.Want)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	k, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		aad := rapid.SliceOf(rapid.String()).Draw(t, "aad")
		got, err := k.open(k.seal(plain, aad...), aad...)
		if err != nil || string(got) != string(plain) {
			t.Fatalf("got %q, %v", got, err)
		}
	})
}

// Changing any part of the cell, any byte of the text, or the key must fail, and never give text.
func TestBinding(t *testing.T) {
	k, _ := newKey()
	other, _ := newKey()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z0-9|.:-]{1,8}`)
		c := Cell{word.Draw(t, "org"), word.Draw(t, "person"), word.Draw(t, "table"), word.Draw(t, "column"), word.Draw(t, "row"), rapid.Int64().Draw(t, "version")}
		sealed := k.seal([]byte("plain"), c.bound()...)
		d := c
		switch rapid.IntRange(0, 7).Draw(t, "part") {
		case 0:
			d.Org += "x"
		case 1:
			d.Person += "x"
		case 2:
			d.Table += "x"
		case 3:
			d.Column += "x"
		case 4:
			d.Row += "x"
		case 5:
			d.Version++
		case 6: // the same characters, split elsewhere
			d.Table, d.Column = d.Table+d.Column[:1], d.Column[1:]
		case 7:
			d.Org, d.Row = d.Row, d.Org
			if d == c {
				return
			}
		}
		if got, err := k.open(sealed, d.bound()...); !errors.Is(err, ErrIntegrity) || got != nil {
			t.Fatalf("%+v opened as %+v: %q, %v", c, d, got, err)
		}
		if _, err := other.open(sealed, c.bound()...); !errors.Is(err, ErrIntegrity) {
			t.Fatalf("another key: %v", err)
		}
		b, _ := base64.RawURLEncoding.DecodeString(sealed)
		i := rapid.IntRange(0, len(b)-1).Draw(t, "byte")
		b[i] ^= byte(1 << rapid.IntRange(0, 7).Draw(t, "bit"))
		if _, err := k.open(base64.RawURLEncoding.EncodeToString(b), c.bound()...); !errors.Is(err, ErrIntegrity) {
			t.Fatalf("byte %d flipped: %v", i, err)
		}
	})
}

func TestBindIsInjective(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[ab]{0,2}`), 0, 4)
		a, b := parts.Draw(t, "a"), parts.Draw(t, "b")
		if same := fmt.Sprintf("%q", a) == fmt.Sprintf("%q", b); same != (string(bind(a...)) == string(bind(b...))) {
			t.Fatalf("%q and %q", a, b)
		}
	})
}

// 200,000 draws of 96 random bits: one repetition has a chance below 10⁻¹⁸.
func TestNoncesNeverRepeat(t *testing.T) {
	k, _ := newKey()
	seen := make(map[[12]byte]bool, 200_000)
	for range 200_000 {
		b, err := base64.RawURLEncoding.DecodeString(k.seal(nil))
		if err != nil {
			t.Fatal(err)
		}
		nonce := [12]byte(b[headerSize : headerSize+12])
		if seen[nonce] {
			t.Fatal("a nonce came twice")
		}
		seen[nonce] = true
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	k := NewKEK()
	text, _ := json.Marshal(map[string]any{"k": k})
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s", k, k, k, k), fmt.Sprintf("%+v %#v", *k.k, *k.k), string(text)} {
		if !strings.Contains(s, "[sealed]") || strings.Contains(s, fmt.Sprint(k.k.raw[0])+" "+fmt.Sprint(k.k.raw[1])) {
			t.Errorf("prints as %q", s)
		}
	}
}

// Foreign text must neither open nor panic.
func FuzzOpen(f *testing.F) {
	k, _ := newKey()
	f.Add(k.seal([]byte("plain"), "a"))
	f.Add("")
	f.Add("AQ")
	f.Add(strings.Repeat("A", 60))
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := k.open(s, "b"); err == nil {
			t.Fatalf("opened %q as %q", s, got)
		}
	})
}
