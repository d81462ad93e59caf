package guard

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// sound is what must hold for any text: hits lie inside it, whole characters, in
// order and apart, and what is left after cleaning has none.
func sound(t *testing.T, text string) {
	at := 0
	for _, h := range Check(text) {
		if h.From < at || h.To <= h.From || h.To > len(text) {
			t.Fatalf("%q: %+v", text, h)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[h.From:h.To]) {
			t.Fatalf("%q: %+v cuts a character", text, h)
		}
		at = h.To
	}
	clean := Clean(text)
	if left := Check(clean); len(left) > 0 {
		t.Fatalf("%q cleaned is %q, with %v", text, clean, left)
	}
	if again := Clean(clean); again != clean {
		t.Fatalf("%q becomes %q", clean, again)
	}
}

func FuzzCheck(f *testing.F) {
	for _, lang := range Languages() {
		for _, s := range read(f, "testdata/tuned/"+lang+".txt")[:6] {
			f.Add(s.text)
		}
	}
	f.Add("ss\u0301n 412.55.9083 E11.9 h.i.v. \xff\u200f…")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 8<<10 {
			sound(t, text)
		}
	})
}

func TestSoundOnEverySentence(t *testing.T) {
	for _, lang := range Languages() {
		for _, folder := range []string{"tuned", "heldout"} {
			list := read(t, "testdata/"+folder+"/"+lang+".txt")
			for i, s := range list {
				sound(t, s.text)
				sound(t, strings.ToUpper(s.text)+" "+list[len(list)-1-i].text)
			}
		}
	}
}

func BenchmarkCheck4kB(b *testing.B) {
	for _, lang := range Languages() {
		b.Run(lang, func(b *testing.B) {
			var all strings.Builder
			for all.Len() < 4<<10 {
				for _, s := range read(b, "testdata/tuned/"+lang+".txt") {
					all.WriteString(s.text + " ")
				}
			}
			text := all.String()[:4<<10]
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Check(text)
			}
		})
	}
}

func BenchmarkReadLists(b *testing.B) {
	for b.Loop() {
		if _, err := readLists(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestModuleStaysSmall(t *testing.T) {
	if n := len(Module()); n > 120<<10 {
		t.Errorf("the lists are %d bytes for a phone to load", n)
	}
}

var update = flag.Bool("update", false, "write testdata/spans.json anew")

// The browser reads this file too (test/browser/guard.test.js): both must find the same words.
func TestSpansForTheBrowser(t *testing.T) {
	type span struct {
		Text  string   `json:"text"`
		Name  bool     `json:"name,omitempty"`
		Found []string `json:"found"`
		Clean string   `json:"clean"`
	}
	var all []span
	add := func(text string) { all = append(all, span{text, false, marked(text, Check(text)), Clean(text)}) }
	for _, lang := range Languages() {
		for _, folder := range []string{"tuned", "heldout"} {
			for _, s := range read(t, "testdata/"+folder+"/"+lang+".txt") {
				add(s.text)
			}
		}
	}
	for _, text := range odd {
		add(text)
	}
	for _, name := range append(plainNames, tellingNames...) {
		all = append(all, span{name, true, marked(name, CheckName(name)), CleanName(name)})
	}
	got, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("testdata/spans.json", append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/spans.json")
	if err != nil || string(want) != string(got)+"\n" {
		t.Errorf("testdata/spans.json is not what Check finds (%v): look at the difference of go test -run Spans -update", err)
	}
}

// odd are writings in which the same words come: width, case, marks, joiners, dots.
var odd = []string{
	"", "…", "UNDOCUMENTED", "ｕｎｄｏｃｕｍｅｎｔｅｄ", "un\u200bdocumented", "Indocumentáda", "undocumente\u0301d neighbor",
	"H.I.V. positive", "E11.9 stands there", "at 9.30 he left", "SSN 412 55 9083", "٤١٢-٥٥-٩٠٨٣", "born 17.04.1990", "born 1990-04-17.",
	"He has no lease. Papers are at home.", "no\npapers", "khong co giay to", "Không có giấy tờ hợp pháp, không có thẻ xanh", "KHÔNG CÓ GIẤY TỜ",
	"وبدون أوراق", "والبطاقة الخضراء", "بِدُونِ أَوْرَاقٍ", "沒有身份，綠卡也沒有", "têm asma", "tem asma", "visa gift card, visa expired",
	"deported deported deported", "ice ice cream", "👩🏽‍🌾 undocumented 🌱", "a 12345678", "A-204518833", "🌱", "É indocumentado", "İmmigrant undocumented",
}

func TestOddWritings(t *testing.T) {
	for text, want := range map[string]bool{
		"un\u200bdocumented": true, "ｕｎｄｏｃｕｍｅｎｔｅｄ": true, "٤١٢-٥٥-٩٠٨٣": true, "at 9.30 he left": false, "He has no lease. Papers are at home.": false,
		"no\npapers": false, "khong co giay to": true, "H.I.V. positive": true, "têm asma": false, "Ela tem asma": true, "visa gift card": false,
	} {
		if got := len(Check(text)) > 0; got != want {
			t.Errorf("%q trips: %v", text, got)
		}
	}
	for _, text := range odd {
		sound(t, text)
	}
}

func TestPolicy(t *testing.T) {
	ill, status := "She has diabetes and he has asthma", "She is undocumented"
	keep := Choice{Do: Keep, Reason: "asked", Shown: "has diabetes · has asthma"}
	for _, c := range []struct {
		name   string
		policy Policy
		text   string
		choice Choice
		open   bool
	}{
		{"nothing chosen", nil, ill, Choice{}, true},
		{"kept with a reason", nil, ill, keep, false},
		{"kept without a reason", nil, ill, Choice{Do: Keep, Shown: keep.Shown}, true},
		{"a reason that is none of the list", nil, ill, Choice{Do: Keep, Reason: "because", Shown: keep.Shown}, true},
		{"a reason for other words", nil, ill + " and lupus, she has lupus", keep, true},
		{"status is never kept", nil, status, Choice{Do: Keep, Reason: "asked", Shown: "undocumented"}, true},
		{"status and illness together", nil, ill + ". " + status, Choice{Do: Keep, Reason: "asked", Shown: keep.Shown + " · undocumented"}, true},
		{"status where the house allows it", Policy{Status}, status, Choice{Do: Keep, Reason: "asked", Shown: "undocumented"}, false},
		{"nothing may be kept", Policy{}, ill, keep, true},
		{"removed", nil, status, Choice{Do: Remove}, false},
		{"nothing found", nil, "She brings three neighbors", Choice{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.policy.Settle(c.text, c.choice)
			if s.Open != c.open || (s.Reason != "") != (c.choice.Do == Keep && !c.open) {
				t.Errorf("%+v", s)
			}
			if c.choice.Do == Remove && len(Check(s.Text)) > 0 || c.choice.Do != Remove && s.Text != c.text {
				t.Errorf("the text became %q", s.Text)
			}
		})
	}
	if got := Clean("Rosa is undocumented, undocumented, and leads."); strings.Contains(got, "undocumented") || !strings.HasPrefix(got, "Rosa") {
		t.Error(got)
	}
}

// A list with a mistake is refused with the line, not read as something else.
func TestListsAreReadStrictly(t *testing.T) {
	for _, bad := range []string{"no kind", "[status]\n(a|b", "[status]\na)", "[status]\n[a]", "[status]\n..3 a", "[status]\n#x", "[status]\na @none", "[status]\n…"} {
		if _, err := parse("en", bad, map[string]string{}); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

var plainNames = []string{"Marisol", "Asma Haddad", "Doña Refugio", "Nguyễn Thị Lan", "Trần Văn Bảo", "Sok Meth", "María de los Ángeles", "Jean-Baptiste", "李小龙", "محمد أحمد",
	"Asunción", "Sid", "Aída", "Patient", "Visal", "Dr. Osei", "Bà Tám", "Chị Hen", "Lupe", "Consuelo", "Tong Lao", "Rahil", "رحيل", "Hope", "Guadalupe M."}

var tellingNames = []string{"Rosa undocumented", "Rosa (diabetes)", "Ana sin papeles", "Luis HIV+", "Mai bất hợp pháp", "Jean réfugié", "李明 黑户", "سامي لاجئ", "Kim A204518833", "Eva cáncer", "Toma DACA"}

func TestNames(t *testing.T) {
	for _, name := range plainNames {
		if hits := CheckName(name); len(hits) > 0 {
			t.Errorf("%q: %v", name, hits)
		}
	}
	for _, name := range tellingNames {
		if len(CheckName(name)) == 0 {
			t.Errorf("%q passes", name)
		}
		if left := CheckName(CleanName(name)); len(left) > 0 {
			t.Errorf("%q: %v is left", name, left)
		}
	}
}
