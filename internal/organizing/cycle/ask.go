// The ask: one named person, one act, one date, and why it is in their interest.
package cycle

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/trust/contact"
)

// Ask is an ask with its four parts.
type Ask struct {
	Decider
	Action   string
	Due      time.Time
	Leverage string
}

// Asks is the ask of an issue, whole or not yet.
func (i Issue) Asks() Ask {
	return Ask{Decider: i.Decider, Action: i.Action, Due: i.Due, Leverage: i.Leverage}
}

// Whole reports whether all four parts are there.
func (a Ask) Whole() bool {
	return a.Name != "" && a.Action != "" && !a.Due.IsZero() && a.Leverage != ""
}

// institutions are words, folded, that stand in names of bodies and not in names
// of people. A title beside a person ("Director Reyes") has none of them.
var institutions = wordSet(`
	board council city county town village state district department dept ministry agency authority bureau commission committee office
	hospital clinic center centre university college school company corporation corp inc llc ltd association
	foundation union coalition network transit housing pharmacy police government congress senate legislature
	junta consejo concejo ciudad condado municipio estado distrito departamento ministerio agencia autoridad comision comite oficina
	hospital clinica centro universidad colegio escuela iglesia parroquia empresa compania asociacion fundacion sindicato farmacia
	tribunal policia gobierno congreso senado ayuntamiento alcaldia
	مجلس بلدية بلديه وزارة وزاره هيئة هيئه إدارة اداره ادارة مستشفى مستشفي عيادة عياده جامعة جامعه مدرسة مدرسه شركة شركه جمعية جمعيه مؤسسة مؤسسه نقابة نقابه حكومة حكومه
	المجلس البلدية البلديه الوزارة الوزاره الهيئة الهيئه الإدارة الاداره المستشفى العيادة الجامعة المدرسة الشركة الجمعية المؤسسة النقابة الحكومة لجنة لجنه اللجنة مدينة مدينه مقاطعة مقاطعه محكمة محكمه شرطة شرطه
`)

// phrases are names of bodies in Vietnamese, where a word alone says nothing.
var phrases = []string{"hội đồng", "thành phố", "ủy ban", "uỷ ban", "bệnh viện", "phòng khám", "trường học", "đại học", "công ty", "hiệp hội", "sở y tế", "sở giao thông", "chính quyền", "chính phủ", "quận hạt", "cơ quan", "nghiệp đoàn", "nhà thờ"}

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[fold.Text(w)] = true
	}
	return out
}

// wordsOf are the words of a text, folded.
func wordsOf(s string) []string {
	return strings.FieldsFunc(fold.Text(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) })
}

// Institution reports whether a name reads like a body and not like a person.
func Institution(name string) bool {
	for _, w := range wordsOf(name) {
		if institutions[w] {
			return true
		}
	}
	low := strings.ToLower(name)
	for _, p := range phrases {
		if strings.Contains(low, p) {
			return true
		}
	}
	return false
}

// partisan are words of parties and elections, folded. They may be harmless, which
// is why they only make the page ask. To vote is not among them: an ask may be that a
// council votes for a rule.
var partisan = wordSet(`
	democrat democrats democratic republican republicans gop election elections elect elected reelect reelection candidate candidates candidacy endorse endorsement voters
	democrata democratas republicano republicanos republicana eleccion elecciones elegir reelegir candidato candidata candidatos candidatura partido
	انتخاب انتخابات الانتخابات مرشح المرشح مرشحة مرشحين حزب الحزب الديمقراطي الجمهوري
`)

var partisanPhrases = []string{"đảng", "bầu cử", "ứng cử viên", "ứng viên", "tranh cử"}

// Partisan returns the first word of a text that sounds like a party or an
// election; empty when there is none.
func Partisan(texts ...string) string {
	for _, text := range texts {
		for _, w := range wordsOf(text) {
			if partisan[w] {
				return w
			}
		}
		low := strings.ToLower(text)
		for _, p := range partisanPhrases {
			if strings.Contains(low, p) {
				return p
			}
		}
	}
	return ""
}

// AskIn is the form of an ask.
type AskIn struct {
	Issue    string
	Office   string    // office: id in the room of power
	Name     string    // name
	Title    string    // title: their office
	Body     string    // body
	Action   string    // action
	Due      time.Time // due
	Leverage string    // leverage
	Calm     bool      // calm: read that this may sound like a party or an election
	Version  int64
	Key      string
}

// farthest is how far ahead a date can be that still means something, in years.
const farthest = 5

// wrong tidies the form and names every part that is missing or cannot be right.
func (in *AskIn) wrong(now time.Time) error {
	var bad []fault.Field
	at := func(wrong bool, field, key string, args ...any) bool {
		if wrong {
			bad = append(bad, fault.At(field, key, args...))
		}
		return wrong
	}
	who := "name"
	if in.Office != "" {
		who = "office"
	}
	for _, s := range []*string{&in.Name, &in.Title, &in.Body, &in.Action, &in.Leverage} {
		*s = contact.OneLine(*s)
	}
	_ = at(in.Name == "", who, "cycle.error.decider") || at(Institution(in.Name), who, "cycle.error.institution") || at(tooLong(in.Name, MostName), who, "cycle.error.long", "Most", MostName)
	at(tooLong(in.Title, MostName), "title", "cycle.error.long", "Most", MostName)
	at(tooLong(in.Body, MostName), "body", "cycle.error.long", "Most", MostName)
	_ = at(in.Action == "", "action", "cycle.error.action") || at(tooLong(in.Action, MostText), "action", "cycle.error.long", "Most", MostText)
	_ = at(in.Due.IsZero(), "due", "cycle.error.due") || at(in.Due.Before(now.AddDate(-farthest, 0, 0)) || in.Due.After(now.AddDate(farthest, 0, 0)), "due", "cycle.error.due")
	_ = at(in.Leverage == "", "leverage", "cycle.error.leverage") || at(tooLong(in.Leverage, MostText), "leverage", "cycle.error.long", "Most", MostText)
	if len(bad) == 0 && !in.Calm {
		for _, f := range [][2]string{{"action", in.Action}, {"leverage", in.Leverage}} {
			at(Partisan(f[1]) != "", f[0], "cycle.error.partisan")
		}
	}
	if len(bad) > 0 {
		return fault.Wrong(bad...)
	}
	return nil
}

func tooLong(s string, most int) bool { return utf8.RuneCountInString(s) > most }
