// The words: complete, pinned, short enough, and read back exactly.
package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"seedbed/internal/kit/fault"
	"seedbed/locales"
)

func TestLanguages(t *testing.T) {
	if got := strings.Join(Languages(), " "); got != "en ar es vi" {
		t.Fatal(got)
	}
	whole := book()["en"]
	if !whole.complete() {
		t.Fatal("English is not complete")
	}
	for name, lack := range map[string]func(*language){
		"a wording":        func(l *language) { l.Wordings = l.Wordings[:1] },
		"the lines":        func(l *language) { l.Wordings = slices.Clone(l.Wordings); l.Wordings[0].Lines = nil },
		"a read-back":      func(l *language) { l.ReadBack = map[Purpose]string{IntroContact: "x"} },
		"a field's word":   func(l *language) { l.Spoken = map[Field]string{Name: "x"} },
		"a plain word":     func(l *language) { l.Plain = nil },
		"a list separator": func(l *language) { l.Separate = "" },
	} {
		l := whole
		lack(&l)
		if l.complete() {
			t.Errorf("offered without %s", name)
		}
	}
	if _, err := Current(IntroContact, "xx"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if _, err := WordingAt(IntroContact, "en", 99); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// What somebody agreed to must stay as it was. To change a text, add a version
// to the file and a line here; never edit one.
func TestWordingsArePinned(t *testing.T) {
	want := map[string]string{
		"ar intro_contact 1":         "3a92188846c4d789",
		"ar tell_clinic_connected 1": "4710d943be8926f6",
		"en intro_contact 1":         "64e3ac575d26f1eb",
		"en tell_clinic_connected 1": "02c3be2776be3da0",
		"es intro_contact 1":         "7ebe83946a156098",
		"es tell_clinic_connected 1": "5d4ca3e390944272",
		"vi intro_contact 1":         "7149c28162f75c62",
		"vi tell_clinic_connected 1": "11a059f90a127d0c",
		"en organizing_record 1":     "ec52c67746d6aa56",
		"ar story_use 1":             "181e3e6efba035b4",
		"en story_use 1":             "f79187f0b2d8640b",
		"es organizing_record 1":     "c62e5a013f76692e",
		"es story_use 1":             "0eb9eebd5c5bd549",
		"vi organizing_record 1":     "ced59bdf69192e83",
		"ar organizing_record 1":     "f572d17707673558",
		"vi story_use 1":             "13880d2f77d326da",
		"ar evaluation_survey 1":     "ef3a9dddbeca4a66",
		"en evaluation_survey 1":     "d29e81ca45e1f53b",
		"es evaluation_survey 1":     "3ee1b910a8df1d6c",
		"vi evaluation_survey 1":     "db88d4cb1c4f6489",
		"ar tie_shown 1":             "62865e32ee2e8726",
		"en tie_shown 1":             "611f19d75ab237c9",
		"es tie_shown 1":             "9cdbd6e0915ecd5e",
		"vi tie_shown 1":             "963eb5bfcf9c74d7",
	}
	got := map[string]string{}
	for code, l := range book() {
		for _, w := range l.Wordings {
			sum := sha256.Sum256([]byte(w.Title + "\n" + strings.Join(w.Lines, "\n")))
			got[fmt.Sprintf("%s %s %d", code, w.Purpose, w.Version)] = hex.EncodeToString(sum[:8])
		}
	}
	for k, h := range got {
		if want[k] != h {
			t.Errorf("%q: %q, pinned %q", k, h, want[k])
		}
	}
	for k := range want {
		if got[k] == "" {
			t.Errorf("%s was removed", k)
		}
	}
}

// Every wording says: it is voluntary, care does not change, what is sent and
// to whom, until when, how to stop, other privacy rules, nothing else.
func TestWordingsSayEverything(t *testing.T) {
	must := map[string][]string{
		"en": {"your choice", "can say no", "care here stays the same", "nothing else", "stop at any time"},
		"es": {"Usted decide", "decir que no", "atención aquí no cambia", "nada más", "parar cuando quiera"},
		"vi": {"lựa chọn của quý vị", "nói không", "vẫn như cũ", "khác", "dừng bất cứ lúc nào"},
		"ar": {"القرار لك", "تقول لا", "تبقى كما هي", "أي شيء", "التوقف في أي وقت"},
	}
	// what leaves the clinic for a group is not under the clinic's rules any more
	outside := map[string][]string{
		"en": {"health privacy rules", "not a clinic"},
		"es": {"reglas de privacidad de salud", "no es una clínica"},
		"vi": {"bảo mật về sức khỏe", "không phải là phòng khám"},
		"ar": {"خصوصية المعلومات الصحية", "ليست عيادة"},
	}
	health := map[string]string{"en": "apart from your health record", "es": "aparte de su expediente de salud", "vi": "tách khỏi hồ sơ sức khỏe", "ar": "بعيدًا عن ملفك الصحي"}
	back := map[string]string{"en": "cannot take back", "es": "No podemos recoger", "vi": "không thể lấy lại", "ar": "لا يمكننا أن نسترد"}
	paper := map[string]string{"en": "do not print it", "es": "No lo ponemos en papel", "vi": "không in ra", "ar": "لا نطبعه"}
	for _, lang := range Languages() {
		for _, p := range Purposes() {
			w, err := Current(p, lang)
			if err != nil {
				t.Fatal(err)
			}
			raw := strings.Join(w.Lines, "\n")
			words := append([]string{"{recipient}", "{fields}", "{until}"}, must[lang]...)
			switch p {
			case IntroContact, TellClinicConnected:
				words = append(words, outside[lang]...)
			case OrganizingRecord:
				words = append(words, health[lang])
			case StoryUse:
				words = append(words, back[lang])
			case TieShown:
				words = append(words, paper[lang])
			}
			for _, s := range words {
				if !strings.Contains(raw, s) {
					t.Errorf("%s %s lacks %q", lang, p, s)
				}
			}
			text := strings.Join(w.Text(Values{Recipient: "Worker Center", Fields: p.Fields(), Until: "2 March 2027"}), "\n")
			if strings.ContainsAny(text, "{}") || !strings.Contains(text, "Worker Center") || !strings.Contains(text, "2 March 2027") {
				t.Errorf("%s %s: %s", lang, p, text)
			}
		}
	}
}

func TestReadBack(t *testing.T) {
	values := map[Field]string{Name: "Mateo", Language: "Spanish", Email: "not shared"}
	fields := []Field{Language, Name, Phone}
	for _, x := range []struct{ lang, want string }{
		{"en", "We will send to Worker Center: the name Mateo, this phone number, Spanish. Nothing else."},
		{"es", "Vamos a enviar a Worker Center: el nombre Mateo, este número de teléfono, Spanish. Nada más."},
		{"vi", "Chúng tôi sẽ gửi cho Worker Center: tên Mateo, số điện thoại này, Spanish. Ngoài ra không gửi gì khác."},
		{"ar", "سنرسل إلى \u2068Worker Center\u2069 ما يلي: الاسم \u2068Mateo\u2069، رقم الهاتف هذا، \u2068Spanish\u2069. ولا شيء غير ذلك."},
	} {
		got, err := ReadBack(x.lang, IntroContact, "Worker Center", fields, values)
		if err != nil || got != x.want {
			t.Errorf("%s: %q, %v; want %q", x.lang, got, err, x.want)
		}
	}
	if got, _ := ReadBack("en", TellClinicConnected, "Worker Center", []Field{Connected}, nil); got != "Worker Center may tell us: that you have met. Nothing else." {
		t.Error(got)
	}
	// every field is named, also when its value is not known
	for _, lang := range Languages() {
		for _, p := range Purposes() {
			got, err := ReadBack(lang, p, "Worker Center", p.Fields(), nil)
			if err != nil || strings.ContainsAny(got, "{}") || strings.Count(got, strings.TrimSpace(book()[lang].Separate)) < len(p.Fields())-1 {
				t.Errorf("%s %s: %q, %v", lang, p, got, err)
			}
		}
	}
	for _, err := range []error{
		second(ReadBack("xx", IntroContact, "g", fields, nil)), second(ReadBack("en", "x", "g", fields, nil)), second(ReadBack("en", IntroContact, "g", nil, nil)),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	}
	// a value cannot smuggle in a place holder
	if got, _ := ReadBack("en", IntroContact, "{list}", []Field{Name}, map[Field]string{Name: "{recipient}"}); got != "We will send to {list}: the name {recipient}. Nothing else." {
		t.Error(got)
	}
}

func second(_ string, err error) error { return err }

// Patients read this: grade 6 at most, by Flesch–Kincaid in English and by
// Crawford's formula in Spanish (The Modern Language Journal, 1984).
func TestReadingLevel(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		for _, p := range Purposes() {
			w, err := Current(p, lang)
			if err != nil {
				t.Fatal(err)
			}
			text := w.Title + " " + strings.Join(w.Text(Values{Recipient: "Worker Center", Fields: p.Fields(), Until: "2 March"}), " ")
			if g := grade(lang, text); g > 6 || g < 0 {
				t.Errorf("%s %s: grade %.1f", lang, p, g)
			}
		}
	}
	if g := grade("en", "The aforementioned authorization terminates automatically upon expiration, notwithstanding institutional obligations."); g < 12 {
		t.Errorf("the probe cannot see: grade %.1f", g)
	}
}

func grade(lang, text string) float64 {
	words, sentences, syllables := 0, 0, 0
	for _, w := range strings.Fields(text) {
		if strings.ContainsAny(w[len(w)-1:], ".?!") {
			sentences++
		}
		w = strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }))
		if w == "" {
			continue
		}
		words++
		syllables += vowelGroups(lang, w)
	}
	if lang == "es" {
		per := 100 / float64(words)
		return -0.205*float64(sentences)*per + 0.049*float64(syllables)*per - 3.407
	}
	return 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
}

func vowelGroups(lang, w string) int {
	n, in := 0, false
	for _, r := range w {
		v := strings.ContainsRune("aeiouyáéíóúü", r)
		if v && (!in || lang == "es" && strings.ContainsRune("íú", r)) {
			n++
		}
		in = v
	}
	if lang == "en" && strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && n > 1 {
		n--
	}
	return max(n, 1)
}

// Every code that can be shown has a label in every language.
func TestLabels(t *testing.T) {
	var keys []string
	add := func(prefix string, codes ...string) {
		for _, c := range codes {
			keys = append(keys, "consent."+prefix+c)
		}
	}
	for _, p := range Purposes() {
		add("purpose.", string(p))
		for _, f := range p.Fields() {
			add("field.", string(f))
		}
	}
	for _, c := range Channels() {
		add("channel.", string(c))
	}
	for _, h := range Hows() {
		add("how.", string(h))
	}
	for _, h := range append(Interpreters(), Witnesses()...) {
		add("helper.", map[bool]string{true: "none", false: string(h)}[h == NoHelper])
	}
	for _, r := range Relations() {
		add("relation.", string(r))
	}
	for _, r := range Reaches() {
		add("reach.", string(r))
	}
	for _, e := range append(Endings(), Replaced, Expiry) {
		add("ending.", string(e))
	}
	for _, s := range []State{Draft, Active, Expired, Revoked} {
		add("state.", string(s))
	}
	add("error.", "state", "ended", "draft_old", "subject", "purpose", "recipient", "fields", "channel", "language", "how", "interpreter",
		"witness", "proxy_relation", "proxy_scope", "proxy_until", "expires", "receipt", "ending")
	for _, lang := range Languages() {
		b, err := locales.Files.ReadFile("consent." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if texts[k] == "" {
				t.Errorf("%s lacks %s", lang, k)
			}
		}
	}
}
