// What patients read is easy to read: grade 6 at most in English and Spanish.
//
// How it is measured: for each text group, the messages of four words and more
// are joined, each as a sentence of its own where it does not end like one, and
// the formula of kit/readlevel is applied to the whole (Flesch–Kincaid in
// English, Fernández Huerta's table in Spanish). Shorter messages are labels and
// buttons; they are left out, because one-word "sentences" would make any text
// look easy. Names stand for placeholders. A formula sees the length of words and
// sentences, not whether people understand: that needs readers.

package introductionweb

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"seedbed/internal/kit/readlevel"
	"seedbed/internal/trust/consent"
	"seedbed/locales"
)

const highestGrade = 6

// readingGroups: a name → the catalog, the beginnings of its messages, and those left out.
var readingGroups = []struct {
	name, room string
	in, out    []string
}{
	{"my information: the door", "me", []string{"me.door."}, nil},
	{"my information: where it stands", "me", []string{"me.stand.", "me.tried."}, nil},
	{"my information: the page", "me", []string{"me.info.", "me.hold.", "me.heard.", "me.did.", "me.role.", "me.looked.", "me.recall.", "me.untell.", "me.hours.", "me.days.", "me.voicemail.", "me.words.", "me.take.", "me.flash."}, nil},
	{"my information: kept apart", "me", []string{"me.carry.", "me.more.", "me.kept."}, nil},
	{"my information: change", "me", []string{"me.change.", "me.contact.", "me.words."}, nil},
	{"my information: stop and delete", "me", []string{"me.stop.", "me.delete.", "me.sure.", "me.remains.", "me.ended."}, nil},
	{"the offer, said aloud", "offer", []string{"offer.script."}, []string{"offer.script.title"}},
	{"the paper to take away", "offer", []string{"offer.slip.", "offer.card."}, []string{"offer.card.back", "offer.card.hint", "offer.card.other_language"}},
	{"the consent, what the person is asked", "offer", []string{"offer.consent.name", "offer.consent.way", "offer.consent.words", "offer.consent.days", "offer.consent.agree", "offer.consent.tell", "offer.consent.until",
		"offer.consent.hours", "offer.review.no_tell", "offer.review.sign", "offer.review.title", "offer.review.yes", "offer.done.person"}, []string{"offer.consent.tell_title"}},
	{"the consent ledger's labels", "consent", []string{"consent."}, []string{"consent.error."}},
	{"where an introduction stands", "introduction", []string{"introduction.person."}, nil},
	{"what is wrong in the person's forms", "introduction", []string{"introduction.error.my_code", "introduction.error.phone", "introduction.error.time",
		"introduction.error.not_agreed", "introduction.error.confirm", "introduction.error.choose", "introduction.error.erased"}, nil},
	{"what is wrong in a form about being reached", "contact", []string{"contact.error."}, nil},
	{"messages to the person", "notify", []string{"notify.person", "notify.reply.", "notify.end.mail.person", "notify.end.sms.person", "notify.subject.person"}, nil},
	{"the page of a group", "directory", []string{"directory.group.", "directory.card.", "directory.fact.", "directory.safety.", "directory.meeting.", "directory.childcare.", "directory.kind.", "directory.welcoming.",
		"directory.access.", "directory.tie.", "directory.place.", "directory.topic.", "directory.photos.", "directory.cost", "directory.why."}, nil},
	{"finding a group", "directory", []string{"directory.list.", "directory.filter.", "directory.map.", "directory.programmes.", "directory.checked."}, nil},
	{"the start page", "app", []string{"app.home."}, nil},
	{"leaving at once", "style", []string{"style.exit", "style.idle"}, []string{"style.exit_site"}},
}

// catalogMessages reads one catalog; the longest plural form stands for a plural.
func catalogMessages(t *testing.T, room, lang string) map[string]string {
	t.Helper()
	b, err := locales.Files.ReadFile(room + "." + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	raw := map[string]any{}
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for id, v := range raw {
		switch v := v.(type) {
		case string:
			out[id] = v
		case map[string]any:
			for _, form := range v {
				if s, ok := form.(string); ok && len(s) > len(out[id]) {
					out[id] = s
				}
			}
		}
	}
	return out
}

func startsWithAny(s string, list []string) bool {
	return slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(s, p) })
}

func gradeOf(t *testing.T, lang, name string, texts []string) float64 {
	t.Helper()
	s, ok := readlevel.Of(lang, readlevel.Join(texts))
	if !ok || s.Words < 8 {
		t.Errorf("%s %s: only %d words: has it moved?", lang, name, s.Words)
	}
	t.Logf("%-42s %s  grade %4.1f  (%d words, %d sentences)", name, lang, s.Grade, s.Words, s.Sentences)
	if s.Grade > highestGrade {
		t.Errorf("%s in %s: grade %.1f, more than %d. The hardest:\n%s", name, lang, s.Grade, highestGrade, hardest(lang, texts))
	}
	return s.Grade
}

func hardest(lang string, texts []string) string {
	type graded struct {
		grade float64
		text  string
	}
	var list []graded
	for _, text := range texts {
		s, _ := readlevel.Of(lang, readlevel.Join([]string{text}))
		list = append(list, graded{s.Grade, text})
	}
	slices.SortFunc(list, func(a, b graded) int { return int(100 * (b.grade - a.grade)) })
	var b strings.Builder
	for _, g := range list[:min(8, len(list))] {
		fmt.Fprintf(&b, "\t%4.1f %s\n", g.grade, g.text)
	}
	return b.String()
}

func TestPatientsReadAtGradeSixOrBelow(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		for _, g := range readingGroups {
			all := catalogMessages(t, g.room, lang)
			var texts []string
			for id, text := range all {
				if startsWithAny(id, g.in) && !startsWithAny(id, g.out) && len(strings.Fields(text)) >= 4 {
					texts = append(texts, text)
				}
			}
			slices.Sort(texts)
			gradeOf(t, lang, g.name, texts)
		}
		for _, p := range consent.Purposes() {
			w, err := consent.Current(p, lang)
			if err != nil {
				t.Fatal(err)
			}
			lines := append([]string{w.Title}, w.Text(consent.Values{Recipient: "Ana", Fields: p.Fields(), Until: "2 March"})...)
			gradeOf(t, lang, "the consent to "+string(p), lines)
		}
	}
}

// The probe must see: a sentence of an office fails.
func TestReadingProbeSees(t *testing.T) {
	for lang, text := range map[string]string{
		"en": "The aforementioned authorization terminates automatically upon expiration, notwithstanding institutional obligations.",
		"es": "La autorización anteriormente mencionada terminará automáticamente a su vencimiento, independientemente de las obligaciones institucionales.",
	} {
		if s, _ := readlevel.Of(lang, text); s.Grade <= highestGrade {
			t.Errorf("%s: grade %.1f", lang, s.Grade)
		}
	}
}
