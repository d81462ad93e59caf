// How dirty values are put right: text, addresses of the web and of mail,
// numbers, times and days. Each function says whether it changed or refused
// something; the callers write the report.

package hsds

import (
	"bytes"
	"encoding/binary"
	"html"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// decode returns text as UTF-8 without a byte order mark. It knows UTF-16 by its
// mark; bytes that are not UTF-8 are read as Windows-1252, what old spreadsheets write.
func decode(b []byte) (text []byte, changed bool) {
	if t, ok := bytes.CutPrefix(b, []byte("\xef\xbb\xbf")); ok {
		b = t
	}
	for _, o := range []struct {
		mark  string
		order binary.ByteOrder
	}{{"\xff\xfe", binary.LittleEndian}, {"\xfe\xff", binary.BigEndian}} {
		if t, ok := bytes.CutPrefix(b, []byte(o.mark)); ok {
			units := make([]uint16, 0, len(t)/2)
			for i := 0; i+1 < len(t); i += 2 {
				units = append(units, o.order.Uint16(t[i:]))
			}
			return []byte(string(utf16.Decode(units))), true
		}
	}
	if utf8.Valid(b) {
		return b, false
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return b, false // binary, not text in another encoding
	}
	var sb strings.Builder
	sb.Grow(len(b) + len(b)/8)
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		if c == utf8.RuneError && n == 1 {
			c = windows1252(b[0])
		}
		sb.WriteRune(c)
		b = b[n:]
	}
	return []byte(sb.String()), true
}

// The 32 places where Windows-1252 differs from Latin-1; 0 is unassigned.
var cp1252 = [32]rune{0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178}

func windows1252(b byte) rune {
	if b >= 0x80 && b < 0xa0 {
		if r := cp1252[b-0x80]; r != 0 {
			return r
		}
		return utf8.RuneError
	}
	return rune(b)
}

// oneLine trims, joins runs of spaces and drops what cannot be seen.
func oneLine(s string) string {
	return strings.Join(strings.Fields(visible(s)), " ")
}

// visible drops control characters and the marks that turn text direction around, and mends broken UTF-8.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == '\ufeff', r == '\u200b', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// clip cuts to n runes at most.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := 0
	for pos := range s {
		if i == n {
			return strings.TrimSpace(s[:pos]) + "…"
		}
		i++
	}
	return s
}

// prose cleans a text of several lines: markup to text, a written "\n" to a new line.
func prose(s string) (out string, markup bool) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	s = strings.ReplaceAll(s, `\r\n`, "\n")
	s = strings.ReplaceAll(s, `\n`, "\n")
	s, markup = plain(s)
	lines := strings.Split(visible(s), "\n")
	var kept []string
	for _, l := range lines {
		l = strings.Join(strings.Fields(l), " ")
		if l == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, l)
	}
	return strings.TrimSpace(strings.Join(kept, "\n")), markup
}

// plain turns HTML into text: tags dropped, scripts and styles with their
// content, paragraphs and breaks to new lines, entities resolved. It runs until
// nothing changes (at most three times), since directories escape HTML twice.
func plain(s string) (string, bool) {
	markup := false
	for range 3 {
		out, stripped := strip(s)
		next := html.UnescapeString(out)
		markup = markup || stripped
		if next == s {
			break
		}
		s = next
	}
	out, again := strip(s)
	return out, markup || again
}

// strip drops tags. A "<" that starts no tag ("a < b") stays.
func strip(s string) (string, bool) {
	if !strings.Contains(s, "<") {
		return s, false
	}
	var sb strings.Builder
	found := false
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:], '>')
		if end < 0 {
			break
		}
		tag := s[i+1 : i+end]
		if !startsTag(tag) {
			sb.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		found = true
		sb.WriteString(s[:i])
		s = s[i+end+1:]
		switch name := tagName(tag); name {
		case "script", "style":
			if tag[0] == '/' {
				continue
			}
			close := strings.Index(strings.ToLower(s), "</"+name)
			if close < 0 {
				s = ""
			} else {
				s = s[close:]
			}
		case "br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol":
			sb.WriteByte('\n')
		}
	}
	sb.WriteString(s)
	return sb.String(), found
}

func startsTag(tag string) bool {
	if tag == "" {
		return false
	}
	c := tag[0]
	return c == '/' || c == '!' || c == '?' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func tagName(tag string) string {
	tag = strings.ToLower(strings.TrimPrefix(tag, "/"))
	for i := range len(tag) {
		if c := tag[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return tag[:i]
		}
	}
	return tag
}

// webAddress completes an address of the web; ok is false where it is none.
func webAddress(raw string) (out string, ok bool) {
	s := strings.Trim(oneLine(raw), `"'<> `)
	low := strings.ToLower(s)
	switch {
	case strings.ContainsAny(s, " \\"):
		return "", false
	case strings.HasPrefix(low, "http://"), strings.HasPrefix(low, "https://"):
	case strings.HasPrefix(s, "//"):
		s = "https:" + s
	case strings.Contains(strings.SplitN(s, "/", 2)[0], ":") && !portLike(s):
		return "", false // another scheme, such as javascript: or ftp:
	default:
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || len(s) > 500 {
		return "", false
	}
	host := u.Hostname()
	if !strings.Contains(strings.Trim(host, "."), ".") || strings.ContainsAny(host, "@_%") {
		return "", false
	}
	return u.String(), true
}

func portLike(s string) bool {
	_, rest, _ := strings.Cut(s, ":")
	port, _, _ := strings.Cut(rest, "/")
	_, err := strconv.ParseUint(port, 10, 16)
	return err == nil
}

// mailAddress returns a lone address; a list gives its first.
func mailAddress(raw string) (string, bool) {
	s := oneLine(raw)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "mailto:"), "MAILTO:")
	if i := strings.IndexAny(s, ";, "); i > 0 {
		s = s[:i]
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || len(a.Address) > 254 {
		return "", false
	}
	_, domain, _ := strings.Cut(a.Address, "@")
	return a.Address, strings.Contains(domain, ".")
}

// phoneNumber tidies a public number and splits off an extension written behind it.
func phoneNumber(raw string) (number, extension string, ok bool) {
	s := strings.Trim(oneLine(raw), `"' `)
	low := strings.ToLower(s)
	for _, mark := range []string{" extension ", " ext. ", " ext ", " ext.", " x"} {
		if i := strings.LastIndex(low, mark); i > 0 {
			extension = strings.TrimSpace(s[i+len(mark):])
			s = strings.TrimRight(s[:i], " ,;")
			break
		}
	}
	digits := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	if digits < 3 || digits > 15 || len(s) > 40 {
		return "", "", false
	}
	return s, clip(extension, 12), true
}

// clockTime reads "9:00am", "09:00", "10:00:00Z", "9 a.m.", "noon" as "09:00".
func clockTime(raw string) (string, bool) {
	s := strings.ToLower(strings.NewReplacer(" ", "", ".m", "m").Replace(strings.TrimRight(oneLine(raw), ". ")))
	switch s {
	case "noon":
		return "12:00", true
	case "midnight":
		return "00:00", true
	}
	add, twelve := 0, false
	if t, ok := strings.CutSuffix(s, "am"); ok {
		s, twelve = t, true
	} else if t, ok := strings.CutSuffix(s, "pm"); ok {
		s, twelve, add = t, true, 12
	}
	if i := strings.IndexAny(s, "z+-"); i > 0 {
		s = s[:i] // a zone: hours are local to the place
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ':' || r == '.' || r == 'h' })
	if len(parts) == 0 || len(parts) > 4 || (len(parts) == 1 && !twelve) {
		return "", false
	}
	h, err := strconv.Atoi(parts[0])
	if err != nil || h < 0 || h > 24 || (twelve && (h < 1 || h > 12)) {
		return "", false
	}
	m := 0
	if len(parts) > 1 {
		if m, err = strconv.Atoi(parts[1]); err != nil || m < 0 || m > 59 {
			return "", false
		}
	}
	if twelve {
		h = h%12 + add
	}
	return pad(h%24) + ":" + pad(m), true
}

func pad(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

var week = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// weekdays reads "TH,FR", "Monday", "mon - fri", "1MO" as "MO,TU,…".
func weekdays(raw string) (string, bool) {
	s := strings.ToUpper(oneLine(raw))
	if s == "" {
		return "", true
	}
	switch s {
	case "DAILY", "EVERY DAY", "EVERYDAY":
		return strings.Join(week, ","), true
	case "WEEKDAYS":
		return strings.Join(week[:5], ","), true
	}
	if a, b, ok := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-"); ok && !strings.Contains(s, ",") {
		from, to := dayIndex(a), dayIndex(b)
		if from < 0 || to < from {
			return "", false
		}
		return strings.Join(week[from:to+1], ","), true
	}
	var got [7]bool
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '/' || r == '&' }) {
		i := dayIndex(part)
		if i < 0 {
			return "", false
		}
		got[i] = true
	}
	var out []string
	for i, d := range week {
		if got[i] {
			out = append(out, d)
		}
	}
	return strings.Join(out, ","), len(out) > 0
}

func dayIndex(s string) int {
	s = strings.TrimLeft(strings.TrimSpace(s), "+-0123456789")
	if len(s) < 2 || len(s) > 2 && !slices.ContainsFunc(dayNames, func(n string) bool { return strings.HasPrefix(n, s) }) {
		return -1
	}
	return slices.Index(week, s[:2])
}

var dayNames = []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY", "THURS", "TUES"}

// degrees reads a coordinate inside ±limit.
func degrees(raw string, limit float64) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > limit {
		return 0, false
	}
	return f, true
}

// age reads a whole number of years; directories write 0 and 200 for "any".
func age(raw string) int {
	f, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsNaN(f) || f <= 0 || f >= 120 {
		return 0
	}
	return int(f)
}

// language returns the code of a language named in English or by a code, and the name itself otherwise.
func language(raw string) string {
	s := oneLine(raw)
	low := strings.ToLower(s)
	if code, ok := languageCodes[low]; ok {
		return code
	}
	base, _, _ := strings.Cut(low, "-")
	if _, ok := languageNames[base]; ok {
		return base
	}
	if three, ok := languageThree[base]; ok {
		return three
	}
	return clip(s, 40)
}

var languageCodes = map[string]string{"english": "en", "spanish": "es", "español": "es", "vietnamese": "vi", "arabic": "ar", "chinese": "zh",
	"chinese (mandarin)": "zh", "mandarin": "zh", "chinese (cantonese)": "yue", "cantonese": "yue", "tagalog": "tl", "filipino": "tl",
	"korean": "ko", "russian": "ru", "french": "fr", "haitian creole": "ht", "creole": "ht", "portuguese": "pt", "italian": "it",
	"german": "de", "polish": "pl", "urdu": "ur", "hindi": "hi", "bengali": "bn", "punjabi": "pa", "somali": "so", "amharic": "am",
	"swahili": "sw", "farsi": "fa", "persian": "fa", "dari": "prs", "pashto": "ps", "japanese": "ja", "khmer": "km", "cambodian": "km",
	"hmong": "hmn", "lao": "lo", "thai": "th", "ukrainian": "uk", "american sign language": "ase", "asl": "ase", "slovak": "sk",
	"romanian": "ro", "turkish": "tr", "nepali": "ne", "burmese": "my", "tigrinya": "ti", "armenian": "hy", "samoan": "sm", "tongan": "to"}

var languageThree = map[string]string{"eng": "en", "spa": "es", "vie": "vi", "ara": "ar", "zho": "zh", "fra": "fr", "por": "pt", "rus": "ru",
	"kor": "ko", "hat": "ht", "tgl": "tl", "urd": "ur", "pol": "pl", "ita": "it", "deu": "de"}

var languageNames = func() map[string]bool {
	m := map[string]bool{}
	for _, c := range languageCodes {
		m[c] = true
	}
	return m
}()
