// The password promises: what is refused, what is accepted, and that hashes renew.

package account

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

var cheapCost = Cost{Memory: 64, Time: 1, Threads: 1}

func TestPasswordPolicy(t *testing.T) {
	p := newPolicy()
	context := []string{"Ana Robles", "ana.robles@riverside.example", "Riverside Clinic"}
	for _, c := range []struct{ password, key string }{
		{"", "account.password.short"},
		{"Tr0ub4dor&3", "account.password.short"},
		{"fourteen chars", "account.password.short"},
		{strings.Repeat("niño-cielo-", 20), "account.password.long"},
		{"passwordpassword", "account.password.common"},
		{"Password1234567", "account.password.common"},
		{"P@ssw0rdP@ssw0rd!", "account.password.common"},
		{"aaaaaaaaaaaaaaaa", "account.password.common"},
		{"abababababababab", "account.password.common"},
		{"qwertyuiopasdfgh", "account.password.common"},
		{"1qaz2wsx3edc4rfv", "account.password.common"},
		{"123456789012345", "account.password.common"},
		{"987654321098765", "account.password.common"},
		{"correct horse battery staple", "account.password.common"},
		{"CorrectHorseBatteryStaple", "account.password.common"},
		{"Seedbed20261122", "account.password.common"},
		{"seedbed-seedbed-1", "account.password.common"},
		{"AnaRobles19871204", "account.password.common"},
		{"RiversideClinic1!", "account.password.common"},
		{"ILoveYouForever2024", "account.password.common"},
		{"tequieromuchomiamor", "account.password.common"},
		{"matkhau123456789", "account.password.common"},
		{"bismillah1234567", "account.password.common"},
		{"wheelbarrow tuesday kettle", ""},
		{"siete gatos verdes nadan", ""},
		{"bốn con mèo xanh lội sông", ""},
		{"سبع قطط خضراء تسبح", ""},
		{"xK9#mQ2$vL7@pR4!", ""},
		{"no symbols needed here at all", ""},
	} {
		err := p.check("password", c.password, context...)
		got := ""
		if f := fault.FieldsOf(err); len(f) == 1 {
			got = f[0].Key
		}
		if got != c.key {
			t.Errorf("%q: got %q, want %q", c.password, got, c.key)
		}
	}
}

func TestLongRandomPasswordsAreAccepted(t *testing.T) {
	p := newPolicy()
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[bcdfghjklmnpqrstvwxz]{2}[aeiou][bcdfghjklmnpqrstvwxz][aeiou]`), 4, 6).Draw(r, "words")
		if err := p.check("password", strings.Join(words, " ")); err != nil && distinct(strings.Join(words, "")) > 6 && !sameWords(words) {
			r.Fatalf("%v refused: %v", words, err)
		}
	})
}

func sameWords(words []string) bool {
	seen := map[string]bool{}
	for _, w := range words {
		seen[w] = true
	}
	return len(seen) < len(words)
}

func TestPaddedCommonWordsAreRefused(t *testing.T) {
	p := newPolicy()
	rapid.Check(t, func(r *rapid.T) {
		stem := rapid.SampledFrom(p.stems).Draw(r, "stem")
		pad := rapid.StringMatching(`[0-9!.?*-]{0,4}`).Draw(r, "pad")
		for len([]rune(stem)) < passwordMin {
			stem += stem
		}
		if err := p.check("password", stem+pad); err == nil {
			r.Fatalf("%q was accepted", stem+pad)
		}
	})
}

func TestHashVerifiesAndRenews(t *testing.T) {
	ctx := context.Background()
	h := newHasher(cheapCost)
	stored, err := h.hash(ctx, "ﬁve blue kettles sing") // the ligature folds to "fi"
	if err != nil {
		t.Fatal(err)
	}
	if ok, stale, err := h.verify(ctx, stored, "five blue kettles sing"); !ok || stale || err != nil {
		t.Fatalf("ok=%v stale=%v err=%v", ok, stale, err)
	}
	if ok, _, _ := h.verify(ctx, stored, "five blue kettles sinG"); ok {
		t.Fatal("another password was accepted")
	}
	stronger := newHasher(Cost{Memory: 128, Time: 1, Threads: 1})
	if ok, stale, _ := stronger.verify(ctx, stored, "five blue kettles sing"); !ok || !stale {
		t.Fatalf("an old cost must verify and ask for renewal: ok=%v stale=%v", ok, stale)
	}
	if ok, _, err := h.verify(ctx, "", "anything at all works"); ok || err != nil {
		t.Fatalf("the decoy must never match: %v %v", ok, err)
	}
	again, _ := h.hash(ctx, "five blue kettles sing")
	if again == stored {
		t.Fatal("two hashes of one password must differ")
	}
}

func FuzzDecodeHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, text string) {
		c, _, key, err := decodeHash(text)
		if err == nil && (c.Memory > 1<<20 || len(key) > 64) {
			t.Fatalf("accepted %q", text)
		}
	})
}
