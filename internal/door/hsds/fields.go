// One row or object to the fields of a record, shared by JSON and tables: both
// hand over a function that answers a column or member name.

package hsds

import (
	"regexp"
	"slices"
	"strings"

	"seedbed/internal/clinic/directory"
)

// get answers the value of a column or member; empty means absent.
type get func(name string) string

// pick is the first of several names that has a value.
func (g get) pick(names ...string) string {
	for _, n := range names {
		if s := strings.TrimSpace(g(n)); s != "" {
			return s
		}
	}
	return ""
}

const (
	nameMax  = 200
	proseMax = 4000
)

// fields reads what organizations and services have in common.
func (r *reader) fields(kind directory.ImportKind, g get, at spot) directory.ImportRecord {
	f := directory.ImportRecord{Kind: kind, Origin: clip(oneLine(g.pick("id")), 100)}
	f.ID = r.ident(kind, f.Origin)
	f.Name, _ = plain(clip(g.pick("name"), 4*nameMax))
	f.Name = clip(oneLine(f.Name), nameMax)
	f.AlsoKnown = clip(oneLine(g.pick("alternate_name")), nameMax)
	if f.AlsoKnown == f.Name {
		f.AlsoKnown = ""
	}
	f.Description, _ = r.prose(g.pick("description", "short_desc"), at.deeper2("description"))
	r.url(&f, g.pick("url", "website"), at)
	if raw := g.pick("email"); raw != "" {
		var ok bool
		if f.Email, ok = mailAddress(raw); !ok {
			f.Email = ""
			r.note(directory.ImportSkipped, "import.line.mail", at.deeper2("email"), "Value", clip(oneLine(raw), 60), "Name", f.Name)
		}
	}
	if kind == directory.ImportService {
		r.serviceFields(&f, g, at)
	}
	return f
}

func (r *reader) serviceFields(f *directory.ImportRecord, g get, at spot) {
	f.Status = r.status(g.pick("status"), at)
	f.Fees, _ = r.prose(g.pick("fees_description", "fees"), at.deeper2("fees"))
	f.Eligibility, _ = r.prose(g.pick("eligibility_description", "eligibility", "audience"), at.deeper2("eligibility"))
	f.HowTo, _ = r.prose(g.pick("application_process"), at.deeper2("application_process"))
	f.Documents, _ = r.prose(g.pick("required_documents"), at.deeper2("required_documents"))
	f.Interpreters, _ = r.prose(g.pick("interpretation_services"), at.deeper2("interpretation_services"))
	f.MinAge, f.MaxAge = age(g.pick("minimum_age")), age(g.pick("maximum_age"))
}

// deeper2 points at a member of an object; for a row of a table the column replaces the pointer.
func (s spot) deeper2(name string) spot {
	if strings.HasPrefix(s.pointer, "/") {
		return s.deeper(name)
	}
	return s.in(name)
}

func (r *reader) prose(raw string, at spot) (string, bool) {
	if raw == "" {
		return "", false
	}
	out, markup := prose(clip(raw, 4*proseMax))
	if markup {
		r.note(directory.ImportFixed, "import.line.markup_text", at)
	}
	if clean := identityNumber.ReplaceAllString(out, "$1…$2"); clean != out {
		r.note(directory.ImportSkipped, "import.line.identifier", at)
		out = clean
	}
	if cut := clip(out, proseMax); cut != out {
		r.note(directory.ImportFixed, "import.line.long_text", at, "Limit", proseMax)
		out = cut
	}
	return out, markup
}

// A US social security number or an alien registration number: never stored,
// not even when somebody typed one into the description of a service.
var identityNumber = regexp.MustCompile(`(^|[^\d-])(?:\d{3}-\d{2}-\d{4}|[Aa]#? ?\d{8,9})([^\d-]|$)`)

func (r *reader) url(f *directory.ImportRecord, raw string, at spot) {
	if raw == "" {
		return
	}
	out, ok := webAddress(raw)
	shown := clip(oneLine(raw), 200)
	switch {
	case !ok:
		f.RawURL = shown
		r.note(directory.ImportSkipped, "import.line.url_left", at.deeper2("url"), "Value", clip(shown, 80), "Name", f.Name)
	case out == raw:
		f.URL = out
	default:
		f.URL, f.RawURL = out, shown
		if !strings.HasPrefix(strings.ToLower(raw), "http") {
			r.note(directory.ImportFixed, "import.line.url_scheme", at.deeper2("url"), "Value", clip(out, 80))
		}
	}
}

// named refuses a record without a name and gives one without an id its own.
func (r *reader) named(f *directory.ImportRecord, org string, at spot) bool {
	if f.Name == "" {
		r.note(directory.ImportError, "import.line.no_name", at.deeper2("name"), "ID", f.Origin)
		return false
	}
	if f.ID == "" {
		f.Origin = clip("name: "+strings.ToLower(f.Name)+" "+f.Organization+org, 100)
		f.ID = r.ident(f.Kind, f.Origin)
		r.note(directory.ImportFixed, "import.line.no_id", at.deeper2("id"), "Name", f.Name)
	}
	return true
}

func (r *reader) status(raw string, at spot) string {
	s := strings.ToLower(oneLine(raw))
	switch s {
	case "":
		r.count(directory.ImportInfo, "import.line.no_status", spot{file: at.file, pointer: "status"}, 1)
		return ""
	case "active", "inactive", "defunct", "temporarily closed":
		return s
	case "temporarily_closed", "closed temporarily":
		return "temporarily closed"
	case "closed":
		return "defunct"
	case "open", "published", "yes", "true", "1":
		return "active"
	}
	r.note(directory.ImportFixed, "import.line.status", at.deeper2("status"), "Value", clip(s, 40))
	return ""
}

func (r *reader) phone(f *directory.ImportRecord, g get, at spot) {
	raw := g.pick("number")
	if raw == "" {
		return
	}
	number, ext, ok := phoneNumber(raw)
	if !ok {
		r.note(directory.ImportSkipped, "import.line.phone", at.deeper2("number"), "Value", clip(oneLine(raw), 60))
		return
	}
	if own := clip(oneLine(g.pick("extension")), 12); own != "" {
		ext = own
	}
	if prefix := oneLine(g.pick("country_prefix")); prefix != "" && !strings.HasPrefix(number, "+") && len(prefix) <= 5 {
		number = "+" + strings.TrimLeft(prefix, "+ ") + " " + number
	}
	note, _ := prose(clip(g.pick("description", "department"), proseMax))
	f.Phones = append(f.Phones, directory.ImportPhone{Number: number, Extension: ext,
		Kind: clip(strings.ToLower(oneLine(g.pick("type", "number_type"))), 20), Note: clip(oneLine(note), nameMax)})
}

func (r *reader) language(f *directory.ImportRecord, g get) {
	for _, l := range strings.FieldsFunc(g.pick("code", "name", "language"), func(c rune) bool { return c == ',' || c == ';' }) {
		if l = language(l); l != "" {
			f.Languages = append(f.Languages, l)
		}
	}
}

func (r *reader) area(f *directory.ImportRecord, g get) {
	if s, _ := prose(clip(g.pick("name", "service_area", "description"), proseMax)); s != "" {
		f.Areas = append(f.Areas, clip(oneLine(s), 2*nameMax))
	}
}

// The names of these taxonomies belong to their owners: codes are kept, names are not published.
var closedTaxonomies = []string{"airs", "211", "icarol", "infoline"}

func (r *reader) topic(f *directory.ImportRecord, g get) {
	t := directory.ImportTopic{Scheme: clip(oneLine(g.pick("taxonomy", "vocabulary")), 60), Code: clip(oneLine(g.pick("code")), 60),
		Name: clip(oneLine(g.pick("name", "term")), 120)}
	if d := strings.ToLower(t.Scheme); d != "" && slices.ContainsFunc(closedTaxonomies, func(c string) bool { return strings.Contains(d, c) }) {
		t.Name = ""
	}
	if t.Code != "" || t.Name != "" {
		f.Topics = append(f.Topics, t)
	}
}

func (r *reader) cost(f *directory.ImportRecord, g get) {
	parts := []string{oneLine(g.pick("option")), oneLine(strings.ToUpper(g.pick("currency")) + " " + g.pick("amount")), oneLine(g.pick("amount_description"))}
	line := strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
	if line != "" && len(f.Fees) < proseMax {
		f.Fees = strings.TrimSpace(f.Fees + "\n" + clip(line, nameMax))
	}
}

func (r *reader) document(f *directory.ImportRecord, g get) {
	if s, _ := prose(clip(g.pick("document", "description"), proseMax)); s != "" && len(f.Documents) < proseMax {
		f.Documents = strings.TrimSpace(f.Documents + "\n" + clip(s, 2*nameMax))
	}
}

func (r *reader) hours(f *directory.ImportRecord, g get, at spot) {
	h := directory.ImportHours{Freq: strings.ToUpper(oneLine(g.pick("freq")))}
	if h.Freq != "" && h.Freq != "WEEKLY" && h.Freq != "MONTHLY" {
		h.Freq = ""
	}
	days, ok := weekdays(g.pick("byday", "weekday"))
	if !ok {
		r.note(directory.ImportSkipped, "import.line.days", at.deeper2("byday"), "Value", clip(oneLine(g.pick("byday", "weekday")), 60))
	}
	h.Days = days
	for _, t := range []struct {
		names []string
		into  *string
	}{{[]string{"opens_at", "opens"}, &h.Opens}, {[]string{"closes_at", "closes"}, &h.Closes}} {
		raw := g.pick(t.names...)
		if raw == "" {
			continue
		}
		if *t.into, ok = clockTime(raw); !ok {
			r.note(directory.ImportSkipped, "import.line.time", at.deeper2(t.names[0]), "Value", clip(oneLine(raw), 40))
		}
	}
	note, _ := prose(clip(g.pick("description", "notes"), proseMax))
	h.Note = clip(oneLine(note), 2*nameMax)
	if h.Days != "" || h.Opens != "" || h.Note != "" {
		f.Hours = append(f.Hours, h)
	}
}

// location reads the location itself, without its addresses.
func (r *reader) location(g get, at spot) directory.ImportPlace {
	p := directory.ImportPlace{Name: clip(oneLine(g.pick("name")), nameMax), Transport: clip(oneLine(g.pick("transportation")), 2*nameMax)}
	kind := strings.ToLower(g.pick("location_type"))
	p.Online = kind == "virtual" || strings.EqualFold(g.pick("virtual"), "true")
	for _, a := range strings.FieldsFunc(g.pick("accessibility"), func(c rune) bool { return c == ',' || c == ';' }) {
		p.Access = append(p.Access, clip(oneLine(a), nameMax))
	}
	rawLat, rawLng := g.pick("latitude"), g.pick("longitude")
	if rawLat == "" && rawLng == "" {
		return p
	}
	lat, okLat := degrees(rawLat, 90)
	lng, okLng := degrees(rawLng, 180)
	if !okLat || !okLng || lat == 0 && lng == 0 {
		r.note(directory.ImportSkipped, "import.line.coordinates", at.deeper2("latitude"), "Value", clip(oneLine(rawLat+", "+rawLng), 60))
		return p
	}
	p.Lat, p.Lng, p.Located = lat, lng, true
	return p
}

// address reads an address into a place. "attention" names a person and is not read.
func (r *reader) address(p *directory.ImportPlace, g get) {
	p.Address = clip(oneLine(g.pick("address_1")+" "+g.pick("address_2")+" "+g.pick("address_3")+" "+g.pick("address_4")), nameMax)
	p.City = clip(oneLine(g.pick("city")), 80)
	p.State = clip(oneLine(g.pick("state_province")), 40)
	p.Postal = clip(oneLine(g.pick("postal_code")), 20)
	p.Country = clip(strings.ToUpper(oneLine(g.pick("country"))), 40)
}

func (r *reader) accessibility(p *directory.ImportPlace, g get) {
	if s, _ := prose(clip(g.pick("description", "accessibility", "details"), proseMax)); s != "" {
		p.Access = append(p.Access, clip(oneLine(s), 2*nameMax))
	}
}
