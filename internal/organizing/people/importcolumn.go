// What the columns of a spreadsheet are: those that are kept, those that never
// are, and the languages people write down by name.
package people

import (
	"slices"
	"strings"

	"seedbed/internal/kit/fold"
	"seedbed/internal/trust/contact"
)

// Column is what a column of a spreadsheet holds.
type Column string

const (
	ColumnNothing     Column = "" // left out
	ColumnName        Column = "name"
	ColumnFirst       Column = "first"
	ColumnLast        Column = "last"
	ColumnPhone       Column = "phone"
	ColumnEmail       Column = "email"
	ColumnLang        Column = "lang"
	ColumnArea        Column = "area"
	ColumnInstitution Column = "institution"
)

// Columns lists what can be kept.
func Columns() []Column {
	return []Column{ColumnName, ColumnFirst, ColumnLast, ColumnPhone, ColumnEmail, ColumnLang, ColumnArea, ColumnInstitution}
}

// headers are names of columns as people write them, folded, in four languages.
var headers = map[Column][]string{
	ColumnName:        {"name", "full name", "called name", "preferred name", "contact", "nombre", "nombre completo", "nombre y apellido", "ten", "ho ten", "ho va ten", "ten goi", "الاسم", "الاسم الكامل", "اسم"},
	ColumnFirst:       {"first name", "first", "given name", "primer nombre", "nombres", "ten rieng", "الاسم الاول"},
	ColumnLast:        {"last name", "last", "surname", "family name", "apellido", "apellidos", "ho", "اسم العاءله", "اسم العائله", "اللقب"},
	ColumnPhone:       {"phone", "phone number", "cell", "cell phone", "mobile", "tel", "telephone", "telefono", "celular", "movil", "dien thoai", "so dien thoai", "sdt", "الهاتف", "هاتف", "رقم الهاتف", "الجوال"},
	ColumnEmail:       {"email", "e mail", "email address", "mail", "correo", "correo electronico", "thu dien tu", "البريد", "البريد الالكتروني"},
	ColumnLang:        {"language", "preferred language", "languages", "lang", "idioma", "lengua", "ngon ngu", "tieng", "اللغه", "لغه"},
	ColumnArea:        {"area", "neighborhood", "neighbourhood", "part of town", "barrio", "colonia", "zona", "khu vuc", "khu pho", "الحي", "المنطقه"},
	ColumnInstitution: {"institution", "organization", "organisation", "congregation", "church", "union", "school", "institucion", "organizacion", "iglesia", "sindicato", "escuela", "to chuc", "nha tho", "truong", "المءسسه", "المنظمه", "المدرسه"},
}

// forbidden are words in the name of a column that is never read, folded: papers,
// numbers of papers, birth, home address, health, money, belief, votes.
var forbidden = []string{
	"status", "immigration", "citizen", "visa", "passport", "alien", "green card", "daca", "undocumented", "country of birth", "nationality", "ssn", "social security", "itin", "license", "id number", "national id",
	"birth", "dob", "age", "address", "street", "zip", "postal", "apartment", "diagnos", "condition", "medic", "health", "disabil", "insurance", "mrn", "patient", "pregnan", "hiv", "race", "ethnic", "religion",
	"income", "salary", "party", "vote", "arrest", "criminal", "probation", "detention", "password", "bank", "gender at birth",
	"estatus", "estado migratorio", "inmigra", "migratori", "ciudadan", "pasaporte", "nacionalidad", "pais de nacimiento", "seguro social", "identificacion", "licencia", "nacimiento", "edad", "direccion", "domicilio", "calle", "codigo postal",
	"diagnostico", "enfermedad", "salud", "discapacidad", "seguro medico", "embaraz", "raza", "etnia", "ingreso", "voto", "partido", "antecedentes", "arresto",
	"tinh trang", "di tru", "quoc tich", "ho chieu", "the xanh", "an sinh", "cmnd", "cccd", "giay to", "ngay sinh", "nam sinh", "tuoi", "dia chi", "duong", "chan doan", "benh", "suc khoe", "bao hiem", "thuoc", "chung toc", "ton giao", "thu nhap", "bau cu",
	"الحاله", "هجره", "الجنسيه", "جواز", "اقامه", "الضمان الاجتماعي", "الهويه", "الميلاد", "العمر", "عنوان", "العنوان", "الشارع", "تشخيص", "مرض", "الصحه", "الصحيه", "دواء", "تامين", "العرق", "الدين", "الدخل", "تصويت",
}

// Forbidden reports whether a column's name says that it holds what is never stored.
func Forbidden(header string) bool {
	text := " " + foldHeader(header) + " "
	return slices.ContainsFunc(forbidden, func(w string) bool {
		i := strings.Index(text, " "+w)
		// A short word counts only as a whole one: "page" and "message" hold "age", and so does "agency".
		return i >= 0 && (len([]rune(w)) > 4 || strings.HasPrefix(text[i+1+len(w):], " "))
	})
}

func foldHeader(header string) string {
	return fold.Text(strings.NewReplacer("_", " ", "-", " ", "/", " ").Replace(header))
}

// Suggest says what a column probably holds.
func Suggest(header string) Column {
	if Forbidden(header) {
		return ColumnNothing
	}
	text := foldHeader(header)
	for _, c := range Columns() {
		if slices.Contains(headers[c], text) {
			return c
		}
	}
	return ColumnNothing
}

// languageNames are languages as people write them, folded.
var languageNames = map[string][]string{
	"en": {"english", "ingles", "tieng anh", "anh", "الانجليزيه", "انجليزي", "eng"},
	"es": {"spanish", "espanol", "castellano", "tieng tay ban nha", "الاسبانيه", "اسباني", "spa"},
	"vi": {"vietnamese", "vietnamita", "tieng viet", "viet", "الفيتناميه", "فيتنامي", "vie"},
	"ar": {"arabic", "arabe", "tieng a rap", "العربيه", "عربي", "ara"},
	"zh": {"chinese", "mandarin", "chino", "mandarin chinese", "tieng trung", "tieng hoa", "الصينيه"},
	"ru": {"russian", "ruso", "tieng nga", "الروسيه"},
	"so": {"somali", "somali", "الصوماليه"},
	"uk": {"ukrainian", "ucraniano", "الاوكرانيه"},
	"ko": {"korean", "coreano", "tieng han", "الكوريه"},
	"tl": {"tagalog", "filipino"},
	"fr": {"french", "frances", "tieng phap", "الفرنسيه"},
	"pt": {"portuguese", "portugues", "الابرتغاليه", "البرتغاليه"},
	"ht": {"haitian creole", "creole", "kreyol", "criollo haitiano"},
	"am": {"amharic", "amharico", "الامهريه"},
	"fa": {"farsi", "persian", "persa", "الفارسيه"},
	"sw": {"swahili", "suajili", "السواحليه"},
}

// languageOf reads a language written as a code or by its name; empty when it is neither.
func languageOf(text string) string {
	first, _, _ := strings.Cut(strings.NewReplacer(";", ",", "/", ",").Replace(text), ",")
	first = strings.TrimSpace(first)
	if low := strings.ToLower(first); contact.Language(low) && len(low) <= 3 {
		if _, known := languageNames[low]; known {
			return low
		}
	}
	folded := fold.Text(first)
	for code, list := range languageNames {
		if slices.Contains(list, folded) {
			return code
		}
	}
	return ""
}
