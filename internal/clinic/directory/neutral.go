// What may stand on a card that lies on a kitchen table: no word about health.

package directory

import (
	"slices"
	"strings"

	"seedbed/internal/kit/fold"
)

// Few and broad: a harmless word lost from a card costs little, a telling one
// may cost much. Beginnings of folded words, whole folded words, and pairs of
// syllables (Vietnamese) that only tell together.
const (
	tellingStarts = `clinic health doctor physician nurse hospital patient medic disease illness diagnos therap hiv cancer diabet
 asthma depress anxiet mental psych addict overdose pregnan abortion disab wellness insur rehab dialysis
 salud enferm pacient terapia vih diabetes asma ansiedad psico adiccion embaraz aborto discapac bienestar sanitari
 صحه صحي عياده طبيب مستشفي مريض مرضي ممرض علاج سرطان سكري ايدز ادمان اعاقه`
	tellingWords = `sick sida aids treatment tratamiento benh thuoc`
	tellingPairs = `suc-khoe bac-si phong-kham y-te tram-cam`
)

// Neutral reports whether a text says nothing about health.
func Neutral(text string) bool {
	folded := fold.Text(text)
	for pair := range strings.FieldsSeq(tellingPairs) {
		if strings.Contains(" "+folded+" ", " "+strings.ReplaceAll(pair, "-", " ")+" ") {
			return false
		}
	}
	words, starts := strings.Fields(tellingWords), strings.Fields(tellingStarts)
	for w := range strings.FieldsSeq(folded) {
		w = strings.TrimPrefix(strings.TrimPrefix(w, "و"), "ال")
		if slices.Contains(words, w) || slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(w, s) }) {
			return false
		}
	}
	return true
}

// NeutralAddress reports whether a web address says nothing about health; its
// words run together ("cedarhealth.example").
func NeutralAddress(address string) bool {
	run := strings.ReplaceAll(fold.Text(address), " ", "")
	for start := range strings.FieldsSeq(tellingStarts) {
		if len(start) >= 5 && strings.Contains(run, start) {
			return false
		}
	}
	return true
}

// OnCard is the name printed on the card.
func (g Group) OnCard() string {
	if g.CardName != "" {
		return g.CardName
	}
	return g.Name
}
