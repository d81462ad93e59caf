package i18n_test

// Tests of lookup, plurals, numbers, dates, language choice and the catalog check.

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/i18n"
	"seedbed/locales"
)

func load(t testing.TB, files fs.FS) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// own leaves the rooms' catalogs, which their owners check, out of these tests.
func own(t testing.TB) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, room := range []string{"common", "fault"} {
		for _, l := range i18n.Languages() {
			name := room + "." + l.Code + ".json"
			raw, err := fs.ReadFile(locales.Files, name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = &fstest.MapFile{Data: raw}
		}
	}
	return out
}

func TestEveryCatalogIsComplete(t *testing.T) {
	for _, p := range i18n.Check(locales.Files) {
		t.Error(p)
	}
}

func TestCheckSees(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	good := func() fstest.MapFS {
		return fstest.MapFS{
			"a.en.json": file(`{"a.x": "Hi {{.Name}}", "a.n": {"one": "{{.Count}} day", "other": "{{.Count}} days"}}`),
			"a.es.json": file(`{"a.x": "Hola {{.Name}}", "a.n": {"one": "un día", "other": "{{.Count}} días"}}`),
			"a.vi.json": file(`{"a.x": "Chào {{.Name}}", "a.n": {"other": "{{.Count}} ngày"}}`),
			"a.ar.json": file(`{"a.x": "أهلا {{.Name}}", "a.n": {"zero": "a", "one": "b", "two": "c", "few": "d", "many": "e", "other": "{{.Count}} f"}}`),
		}
	}
	if p := i18n.Check(good()); len(p) != 0 {
		t.Fatalf("good catalogs: %v", p)
	}
	cases := []struct{ name, file, text, want string }{
		{"missing key", "a.es.json", `{"a.x": "Hola {{.Name}}"}`, "a.n: is missing"},
		{"extra key", "a.vi.json", `{"a.x": "{{.Name}}", "a.n": {"other": "{{.Count}}"}, "a.z": "z"}`, "a.z: is not in the English"},
		{"placeholder", "a.vi.json", `{"a.x": "Chào {{.Nme}}", "a.n": {"other": "{{.Count}}"}}`, "a.x: placeholders [Nme]"},
		{"form's placeholder", "a.es.json", `{"a.x": "{{.Name}}", "a.n": {"one": "{{.Cuont}}", "other": "{{.Count}}"}}`, "form one uses {{.Cuont}}"},
		{"plural form", "a.ar.json", `{"a.x": "{{.Name}}", "a.n": {"zero": "a", "one": "b", "few": "d", "many": "e", "other": "{{.Count}}"}}`, "plural form two is missing"},
		{"foreign form", "a.vi.json", `{"a.x": "{{.Name}}", "a.n": {"one": "a", "other": "{{.Count}}"}}`, "plural form one does not exist"},
		{"plain for plural", "a.vi.json", `{"a.x": "{{.Name}}", "a.n": "{{.Count}}"}`, "plural forms in one language only"},
		{"template code", "a.vi.json", `{"a.x": "{{printf .Name}}", "a.n": {"other": "{{.Count}}"}}`, "want {{.Name}}"},
		{"unclosed", "a.vi.json", `{"a.x": "{{.Name", "a.n": {"other": "{{.Count}}"}}`, "want {{.Name}}"},
		{"room prefix", "a.en.json", `{"b.x": "hi"}`, "must start with a."},
		{"twice", "a.en.json", `{"a.x": "hi", "a.x": "ho"}`, "stands twice"},
		{"empty", "a.en.json", `{"a.x": " "}`, "empty"},
		{"broken", "a.en.json", `{"a.x": `, "a.en.json"},
		{"unknown language", "a.xx.json", `{}`, "no language"},
	}
	for _, c := range cases {
		files := good()
		files[c.file] = file(c.text)
		var all []string
		for _, p := range i18n.Check(files) {
			all = append(all, p.String())
		}
		if !strings.Contains(strings.Join(all, "\n"), c.want) {
			t.Errorf("%s: %q not in %q", c.name, c.want, all)
		}
	}
	files := good()
	delete(files, "a.vi.json")
	if p := i18n.Check(files); len(p) != 1 || p[0].File != "a.vi.json" {
		t.Errorf("a missing file: %v", p)
	}
}

func TestMissingIsSeenAndRemembered(t *testing.T) {
	c := load(t, fstest.MapFS{
		"a.en.json": {Data: []byte(`{"a.x": "only English", "a.n": "hi {{.Name}}"}`)},
		"a.es.json": {Data: []byte(`{}`)},
	})
	es := c.Localizer("es")
	if got := es.T("a.y"); got != "⟦a.y⟧" || es.Has("a.y") {
		t.Errorf("got %q", got)
	}
	if got := es.T("a.x"); got != "only English" || !es.Has("a.x") {
		t.Errorf("fallback = %q", got)
	}
	if got := c.Localizer("en").T("a.n"); got != "hi" && got != "hi " {
		t.Errorf("missing argument: %q", got)
	}
	if got := len(c.Missing()); got != 3 {
		t.Errorf("missing = %v", c.Missing())
	}
	if got := c.Localizer("tlh").Lang(); got != "en" {
		t.Errorf("unknown language answers in %s", got)
	}
}

func TestArgumentsAreNotTemplates(t *testing.T) {
	c := load(t, fstest.MapFS{"a.en.json": {Data: []byte(`{"a.x": "hi {{.Name}}"}`)}})
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "name")
		if got := c.Localizer("en").T("a.x", "Name", s); got != "hi "+s {
			t.Fatalf("%q", got)
		}
	})
}

func TestPlurals(t *testing.T) {
	c := load(t, own(t))
	for _, k := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 1, "1 person"}, {"en", 0, "0 people"}, {"en", 1234, "1,234 people"},
		{"es", 1, "1 persona"}, {"es", 2, "2 personas"}, {"es", 1_000_000, "1.000.000 personas"},
		{"vi", 1, "1 người"}, {"vi", 5, "5 người"},
		{"ar", 0, "لا أحد"}, {"ar", 1, "شخص واحد"}, {"ar", 2, "شخصان"}, {"ar", 3, "3 أشخاص"},
		{"ar", 11, "11 شخصًا"}, {"ar", 100, "100 شخص"}, {"ar", 103, "103 أشخاص"},
	} {
		if got := c.Localizer(k.lang).T("common.people", "Count", k.n); got != k.want {
			t.Errorf("%s %d: %q, want %q", k.lang, k.n, got, k.want)
		}
	}
	for _, p := range c.Missing() {
		if !strings.Contains(p, "no plural form") && !strings.Contains(p, "\"many\"") {
			t.Error(p)
		}
	}
}

func TestNumbers(t *testing.T) {
	c := load(t, own(t))
	for _, k := range []struct{ lang, got, want string }{
		{"en", c.Localizer("en").Number(12345), "12,345"},
		{"es", c.Localizer("es").Number(12345.5), "12.345,5"},
		{"vi", c.Localizer("vi").Number(int64(12345)), "12.345"},
		{"ar", c.Localizer("ar").Number(12345), "12,345"},
		{"suppressed", c.Localizer("es").Number("<11"), "<11"},
		{"percent", c.Localizer("en").Percent(0.256), "26%"},
	} {
		if k.got != k.want {
			t.Errorf("%s: %q, want %q", k.lang, k.got, k.want)
		}
	}
	for _, l := range i18n.Languages() {
		loc := c.Localizer(l.Code)
		for _, s := range []string{loc.Number(9876543210), loc.Percent(0.5), loc.T("common.ago.days", "Count", 45)} {
			if strings.ContainsAny(s, "٠١٢٣٤٥٦٧٨٩") || !strings.ContainsAny(s, "0123456789") {
				t.Errorf("%s: %q: want Latin digits", l.Code, s)
			}
		}
	}
}

func TestDates(t *testing.T) {
	c := load(t, own(t))
	zone := time.FixedZone("x", -8*3600)
	at := time.Date(2026, 11, 25, 2, 30, 0, 0, time.UTC) // still Tuesday the 24th, 18:30, there
	for _, k := range []struct{ lang, date, long, short, both string }{
		{"en", "Tuesday, 24 November", "Tuesday, 24 November 2026", "24 Nov 2026", "Tue 24 Nov 2026, 18:30"},
		{"es", "martes, 24 de noviembre", "martes, 24 de noviembre de 2026", "24 nov 2026", "mar 24 nov 2026, 18:30"},
		{"vi", "thứ Ba, ngày 24 tháng 11", "thứ Ba, ngày 24 tháng 11 năm 2026", "24 thg 11, 2026", "T3, 24 thg 11, 2026, 18:30"},
		{"ar", "الثلاثاء، 24 نوفمبر", "الثلاثاء، 24 نوفمبر 2026", "24 نوفمبر 2026", "الثلاثاء 24 نوفمبر 2026، 18:30"},
	} {
		l := c.Localizer(k.lang)
		for _, p := range [][2]string{{l.Date(at, zone), k.date}, {l.LongDate(at, zone), k.long}, {l.ShortDate(at, zone), k.short}, {l.DateTime(at, zone), k.both}, {l.Clock(at, zone), "18:30"}} {
			if p[0] != p[1] {
				t.Errorf("%s: %q, want %q", k.lang, p[0], p[1])
			}
		}
		if l.Date(time.Time{}) != "" || l.Clock(time.Time{}) != "" {
			t.Errorf("%s: the zero time has a date", k.lang)
		}
	}
	if got := c.Localizer("es").MonthYear(at); got != "noviembre de 2026" {
		t.Error(got)
	}
	if m := c.Missing(); len(m) > 0 {
		t.Error(m)
	}
}

func TestAgo(t *testing.T) {
	c := load(t, own(t))
	now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	for _, k := range []struct {
		back   time.Duration
		en, es string
	}{
		{20 * time.Second, "just now", "ahora mismo"},
		{time.Minute, "1 minute ago", "hace 1 minuto"},
		{20 * time.Minute, "20 minutes ago", "hace 20 minutos"},
		{3 * time.Hour, "today", "hoy"},
		{20 * time.Hour, "yesterday", "ayer"},
		{12 * 24 * time.Hour, "12 days ago", "hace 12 días"},
		{90 * 24 * time.Hour, "3 months ago", "hace 3 meses"},
		{800 * 24 * time.Hour, "2 years ago", "hace 2 años"},
		{-20 * time.Minute, "in 20 minutes", "en 20 minutos"},
		{-24 * time.Hour, "tomorrow", "mañana"},
		{-3 * 24 * time.Hour, "in 3 days", "en 3 días"},
	} {
		if got := c.Localizer("en").Ago(now.Add(-k.back), now); got != k.en {
			t.Errorf("%v: %q, want %q", k.back, got, k.en)
		}
		if got := c.Localizer("es").Ago(now.Add(-k.back), now); got != k.es {
			t.Errorf("%v: %q, want %q", k.back, got, k.es)
		}
	}
	late := time.Date(2026, 11, 23, 23, 0, 0, 0, time.UTC)
	if got := c.Localizer("en").Ago(late, late.Add(3*time.Hour)); got != "3 hours ago" {
		t.Errorf("over midnight: %q", got)
	}
	if got := c.Localizer("ar").Ago(now.Add(-48*time.Hour), now); got != "قبل يومين" {
		t.Errorf("Arabic dual: %q", got)
	}
}

func TestListsAndNames(t *testing.T) {
	c := load(t, own(t))
	en, ar := c.Localizer("en"), c.Localizer("ar")
	for _, k := range [][2]string{
		{en.List(nil), ""}, {en.List([]string{"a"}), "a"}, {en.List([]string{"a", "b"}), "a and b"}, {en.List([]string{"a", "b", "c"}), "a, b and c"},
		{c.Localizer("es").List([]string{"a", "b", "c"}), "a, b y c"}, {ar.List([]string{"ا", "ب", "ت"}), "ا، ب وت"},
		{en.LanguageName("ht"), "Haitian Creole"}, {c.Localizer("vi").LanguageName("es-MX"), "tiếng Tây Ban Nha"}, {en.LanguageName("tlh"), "tlh"},
		{en.Weekday(time.Tuesday), "Tuesday"}, {i18n.Dir("ar"), "rtl"}, {i18n.Dir("fa-IR"), "rtl"}, {i18n.Dir("vi"), "ltr"}, {i18n.Autonym("vi"), "Tiếng Việt"},
	} {
		if k[0] != k[1] {
			t.Errorf("%q, want %q", k[0], k[1])
		}
	}
}

func TestMatch(t *testing.T) {
	c := load(t, own(t))
	for _, k := range []struct {
		header  string
		offered []string
		want    string
	}{
		{"", nil, "en"}, {"es-MX,es;q=0.9,en;q=0.5", nil, "es"}, {"ar-EG", nil, "ar"}, {"vi", nil, "vi"},
		{"tlh", nil, "en"}, {"fr-CA, es;q=0.3", nil, "es"}, {"de;q=1,vi;q=0.1", []string{"en", "vi"}, "vi"},
		{"es", []string{"vi"}, "vi"}, {"ar", []string{"es", "en"}, "es"}, {";;;===", nil, "en"},
		{strings.Repeat("xx-yy,", 1000) + "es", nil, "en"}, {"es," + strings.Repeat("a-b,", 1000), []string{"en", "es"}, "es"},
	} {
		if got := c.Match(k.header, k.offered...); got != k.want {
			t.Errorf("%.40q among %v: %s, want %s", k.header, k.offered, got, k.want)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	c := load(t, own(t))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				l := c.Localizer(i18n.Languages()[i%4].Code)
				_ = l.T("common.people", "Count", i) + l.Number(i*1000) + l.T("nothing.here")
			}
		})
	}
	wg.Wait()
}

func BenchmarkPlain(b *testing.B) {
	l := load(b, own(b)).Localizer("ar")
	for b.Loop() {
		_ = l.T("common.save")
	}
}

func BenchmarkPlural(b *testing.B) {
	l := load(b, own(b)).Localizer("ar")
	for b.Loop() {
		_ = l.T("common.people", "Count", 11)
	}
}

func FuzzMatch(f *testing.F) {
	c := load(f, own(f))
	f.Add("es-MX,es;q=0.9")
	f.Fuzz(func(t *testing.T, header string) {
		if !i18n.Supported(c.Match(header)) {
			t.Fatal("an unknown language was chosen")
		}
	})
}
