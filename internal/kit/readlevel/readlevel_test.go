package readlevel

// Tests against words and texts counted by hand.

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"seedbed/locales"
)

func TestEnglishSyllables(t *testing.T) {
	for w, want := range map[string]int{
		"a": 1, "the": 1, "cat": 1, "home": 1, "we": 1, "you": 1, "meet": 1, "group": 1, "call": 1, "times": 1, "asked": 1, "called": 1,
		"table": 2, "people": 2, "patient": 2, "doctor": 2, "number": 2, "needed": 2, "places": 2, "someone": 2, "today": 2, "yes": 1,
		"clinic": 2, "meeting": 2, "neighbor": 2, "together": 3, "organize": 3, "community": 4, "information": 4, "introduction": 4,
		"area": 3, "radio": 3, "trying": 2, "well-known": 2, "don't": 1, "safely": 2, "housing": 2, "change": 1, "agreement": 3, "42": 2,
	} {
		if got := EnglishSyllables(w); got != want {
			t.Errorf("%s: %d, want %d", w, got, want)
		}
	}
}

func TestSpanishSyllables(t *testing.T) {
	for w, want := range map[string]int{
		"a": 1, "y": 1, "sol": 1, "casa": 2, "grupo": 2, "cuando": 2, "aire": 2, "ciudad": 2, "que": 1, "guía": 2, "guerra": 2, "pingüino": 3,
		"día": 2, "teléfono": 4, "leer": 2, "reunión": 2, "reuniones": 3, "hoy": 1, "muy": 1, "ahora": 3, "persona": 3, "información": 4,
		"poeta": 3, "país": 2, "voy": 1, "yo": 1, "ayuda": 3, "quiere": 2, "estudiáis": 3, "comunidad": 4, "presentación": 4, "vecino": 3,
	} {
		if got := SpanishSyllables(w); got != want {
			t.Errorf("%s: %d, want %d", w, got, want)
		}
	}
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.005 }

func TestEnglishByHand(t *testing.T) {
	// The cat sat on the mat. | It was warm. — 9 words, 2 sentences, 9 syllables:
	// 0.39·4.5 + 11.8·1 − 15.59 = −2.035, no grade below 0; ease 206.835 − 4.5675 − 84.6.
	s := English("The cat sat on the mat. It was warm.")
	if s.Words != 9 || s.Sentences != 2 || s.Syllables != 9 || s.Grade != 0 || !near(s.Ease, 117.6675) {
		t.Errorf("%+v", s)
	}
	// 8 words, 1 sentence, 1+4+4+1+1+1+3+2 = 17 syllables:
	// 0.39·8 + 11.8·2.125 − 15.59 = 12.605.
	s = English("This information introduction will bring us together today.")
	if s.Words != 8 || s.Syllables != 17 || !near(s.Grade, 12.605) {
		t.Errorf("%+v", s)
	}
}

func TestSpanishByHand(t *testing.T) {
	// El sol sale. | La casa es de Ana. — 8 words, 2 sentences,
	// 1+1+2 + 1+2+1+1+2 = 11 syllables: 206.84 − 60·1.375 − 1.02·4 = 120.26;
	// 206.835 − 62.3·1.375 − 4 = 117.1725.
	s := Spanish("El sol sale. La casa es de Ana.")
	if s.Words != 8 || s.Sentences != 2 || s.Syllables != 11 || !near(s.Ease, 120.26) || !near(s.Inflesz, 117.1725) || s.Grade != 4 {
		t.Errorf("%+v", s)
	}
	// La comunidad necesita información. — 4 words, 1+4+4+4 = 13 syllables:
	// 206.84 − 195 − 4.08 = 7.76, university.
	s = Spanish("La comunidad necesita información.")
	if s.Syllables != 13 || !near(s.Ease, 7.76) || s.Grade != 13 {
		t.Errorf("%+v", s)
	}
}

func TestHuertaTable(t *testing.T) {
	for ease, want := range map[float64]float64{95: 4, 90: 4, 89.9: 5, 75: 6, 70: 6, 69.9: 7.5, 55: 10.5, 20: 13} {
		if got := huertaGrade(ease); got != want {
			t.Errorf("%v: %v, want %v", ease, got, want)
		}
	}
}

func TestSentences(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "...": 0, "One. Two! Three?": 3, "No end": 1, "Room 3.5 is open.": 1, "a\nb": 2, "¿Quiere? ¡Sí!": 2, "See: this; that…": 3,
	} {
		if got := len(Sentences(in)); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
	if got := Join([]string{"Save", "Hi {{.Name}}!", " ", "Two words"}); got != "Save.\nHi Ana!\nTwo words.\n" {
		t.Errorf("%q", got)
	}
}

func TestOtherLanguagesHaveNoFormula(t *testing.T) {
	if _, ok := Of("vi", "Chào"); ok {
		t.Error("there is no formula for Vietnamese here")
	}
	if s, ok := Of("en", ""); !ok || s.Grade != 0 {
		t.Errorf("%+v", s)
	}
}

// The sentences everybody may meet when something goes wrong stay at grade 6.
func TestFaultsAreEasyToRead(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		raw, err := locales.Files.ReadFile("fault." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var catalog map[string]any
		if err := json.Unmarshal(raw, &catalog); err != nil {
			t.Fatal(err)
		}
		var all []string
		for key, v := range catalog {
			if s, ok := v.(string); ok && !strings.HasPrefix(key, "fault.sheet") {
				all = append(all, s)
			}
		}
		s, _ := Of(lang, Join(all))
		t.Logf("%s: grade %.1f, ease %.0f, %d words", lang, s.Grade, s.Ease, s.Words)
		if s.Grade > 6 {
			t.Errorf("%s: grade %.1f, want at most 6 (%+v)", lang, s.Grade, s)
		}
	}
}
