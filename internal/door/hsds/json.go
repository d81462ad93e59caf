// HSDS as JSON: one record, an array, a page of a list, one record per line, or
// the tables of a package in one object. Elements are read one at a time, so
// that a large file never stands in memory as a whole tree.

package hsds

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
)

type object = map[string]any

func (r *reader) json(name string, text []byte) error {
	if err := r.bounds(name, text); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	lines := &lineCounter{text: text, line: 1}
	before := r.said
	lone := spot{file: name}
	n := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		at := spot{file: name, row: lines.at(dec.InputOffset()), pointer: "/"}
		if err != nil {
			return r.malformed(at, err)
		}
		switch tok {
		case json.Delim('['):
			err = r.elements(dec, lines, spot{file: name})
		case json.Delim('{'):
			err = r.root(dec, lines, at)
		default:
			return refuse("import.refuse.json_value", at)
		}
		if err != nil {
			return err
		}
		lone = at
		n++
	}
	if n > 0 && r.said == before {
		r.unreadable(lone.in(""), "import.line.no_records")
	}
	return nil
}

// bounds refuses nesting and numbers of values no directory has, before anything is built from them.
func (r *reader) bounds(name string, text []byte) error {
	depth, values, line := 0, 0, 1
	quoted, escaped := false, false
	for i, c := range text {
		if i&0xfffff == 0 && r.ctx.Err() != nil {
			return refuse("import.refuse.time", spot{file: name, row: line})
		}
		if c == '\n' {
			line++
		}
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > r.lim.Depth {
				return refuse("import.refuse.depth", spot{file: name, row: line}, "Limit", r.lim.Depth)
			}
		case c == '}' || c == ']':
			depth--
		case c == ',':
			if values++; values > r.lim.Values {
				return refuse("import.refuse.values", spot{file: name, row: line}, "Limit", r.lim.Values)
			}
		}
	}
	return nil
}

// lineCounter turns growing offsets into line numbers in one pass.
type lineCounter struct {
	text []byte
	pos  int
	line int
}

func (l *lineCounter) at(offset int64) int {
	end := min(int(offset), len(l.text))
	if end > l.pos {
		l.line += bytes.Count(l.text[l.pos:end], []byte("\n"))
		l.pos = end
	}
	return l.line
}

func (r *reader) malformed(at spot, err error) error {
	if at.pointer == "/" {
		at.pointer = ""
	}
	return fault.Because(refuse("import.refuse.json", at), err)
}

// elements reads the elements of an array that has been opened; at.pointer is the array's.
func (r *reader) elements(dec *json.Decoder, lines *lineCounter, at spot) error {
	for i := 0; dec.More(); i++ {
		var v any
		here := at.in(at.pointer + "/" + strconv.Itoa(i))
		if err := dec.Decode(&v); err != nil {
			here.row = lines.at(dec.InputOffset())
			return r.malformed(here, err)
		}
		here.row = lines.at(dec.InputOffset())
		o, ok := v.(object)
		if !ok {
			r.note(directory.ImportError, "import.line.not_object", here)
			continue
		}
		if err := r.record(o, here); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return r.malformed(spot{file: at.file, row: lines.at(dec.InputOffset()), pointer: at.pointer}, err)
	}
	return nil
}

// root reads an object that has been opened: a page, tables, or a record.
func (r *reader) root(dec *json.Decoder, lines *lineCounter, at spot) error {
	rest := object{}
	special := false
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return r.malformed(at.line(lines, dec), err)
		}
		name, _ := tok.(string)
		if name == "contents" || strings.HasSuffix(name, ".csv") {
			special = true
			if err := r.member(dec, lines, at, name); err != nil {
				return err
			}
			continue
		}
		var v any
		if err := dec.Decode(&v); err != nil {
			return r.malformed(at.line(lines, dec).in("/"+pointerPart(name)), err)
		}
		rest[name] = v
	}
	if _, err := dec.Token(); err != nil {
		return r.malformed(at.line(lines, dec), err)
	}
	if special {
		return nil
	}
	return r.record(rest, at.in("/"))
}

func (s spot) line(lines *lineCounter, dec *json.Decoder) spot {
	s.row = lines.at(dec.InputOffset())
	return s
}

// member reads "contents" of a page, or one table of a package in one object.
func (r *reader) member(dec *json.Decoder, lines *lineCounter, at spot, name string) error {
	here := spot{file: at.file, pointer: "/" + pointerPart(name)}
	tok, err := dec.Token()
	if err != nil {
		return r.malformed(here.line(lines, dec), err)
	}
	if tok != json.Delim('[') {
		return refuse("import.refuse.not_list", here.line(lines, dec))
	}
	if name == "contents" {
		return r.elements(dec, lines, here)
	}
	var head []string
	var body []row
	for i := 0; dec.More(); i++ {
		var o object
		if err := dec.Decode(&o); err != nil {
			return r.malformed(here.line(lines, dec).in(here.pointer+"/"+strconv.Itoa(i)), err)
		}
		vals := map[string]string{}
		for k, v := range o {
			k = headerName(k)
			if s := scalar(v); s != "" {
				vals[k] = s
			}
			if !slices.Contains(head, k) {
				head = append(head, k)
			}
		}
		body = append(body, row{spot{at.file, lines.at(dec.InputOffset()), here.pointer + "/" + strconv.Itoa(i)}, vals})
		if err := r.more(body[len(body)-1].at); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return r.malformed(here.line(lines, dec), err)
	}
	slices.Sort(head)
	return r.take(here, head, body)
}

func pointerPart(s string) string {
	return clip(strings.NewReplacer("~", "~0", "/", "~1").Replace(oneLine(s)), 60)
}

// record decides what an object is and reads it.
func (r *reader) record(o object, at spot) error {
	r.rows++
	if r.rows&0x7f == 0 && r.ctx.Err() != nil {
		return refuse("import.refuse.time", at)
	}
	r.formats[FormatJSON] = true
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { _, ok := o[n]; return ok })
	}
	switch {
	case has("organizations", "services") && !has("id", "name"):
		return r.export(o, at)
	case has("openapi_url") && !has("name"):
		r.note(directory.ImportInfo, "import.line.api_root", at)
	case has("location") && has("service", "service_id"):
		return r.serviceAtLocation(o, at)
	case has("location_type", "latitude") || has("addresses") && !has("services"):
		r.count(directory.ImportInfo, "import.line.places_alone", at.in(""), 1)
	case has("taxonomy_detail", "term_uri", "parent_id") || has("uri", "version") && has("version"):
		r.count(directory.ImportInfo, "import.line.taxonomy", at.in(""), 1)
	case has("status", "organization", "organization_id", "service_at_locations", "service_areas", "schedules", "eligibility_description",
		"application_process", "interpretation_services", "cost_options", "assured_date"):
		_, err := r.service(o, "", true, at)
		return err
	case has("website", "legal_status", "tax_id", "organization_identifiers", "services", "year_incorporated", "logo", "tax_status",
		"parent_organization_id", "locations"):
		_, err := r.organization(o, true, at)
		return err
	case has("taxonomy"):
		r.count(directory.ImportInfo, "import.line.taxonomy", at.in(""), 1)
	default:
		r.note(directory.ImportError, "import.line.unknown_object", at, "Members", memberList(o))
	}
	return nil
}

// export reads what this program itself writes: organizations and services side by side.
func (r *reader) export(o object, at spot) error {
	for i, c := range children(o, "organizations") {
		if _, err := r.organization(c, true, at.deeper("organizations", strconv.Itoa(i))); err != nil {
			return err
		}
	}
	for i, c := range children(o, "services") {
		if _, err := r.service(c, "", true, at.deeper("services", strconv.Itoa(i))); err != nil {
			return err
		}
	}
	return nil
}

func memberList(o object) string {
	names := make([]string, 0, len(o))
	for k := range o {
		names = append(names, clip(oneLine(k), 30))
	}
	slices.Sort(names)
	if len(names) > 8 {
		names = append(names[:8], "…")
	}
	return strings.Join(names, ", ")
}

// scalar is a JSON string, number or boolean as text; everything else is absent.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func text(o object, names ...string) string {
	for _, n := range names {
		if s := scalar(o[n]); s != "" {
			return s
		}
	}
	return ""
}

func child(o object, name string) object {
	c, _ := o[name].(object)
	return c
}

func children(o object, name string) []object {
	var out []object
	list, _ := o[name].([]any)
	for _, v := range list {
		if c, ok := v.(object); ok {
			out = append(out, c)
		}
	}
	return out
}

func (s spot) deeper(parts ...string) spot {
	s.pointer = strings.TrimSuffix(s.pointer, "/") + "/" + strings.Join(parts, "/")
	return s
}

// organization reads an organization and the services inside it; it returns its id.
func (r *reader) organization(o object, strong bool, at spot) (string, error) {
	f := r.fields(directory.ImportOrganization, func(n string) string { return text(o, n) }, at)
	if f.Name == "" && !strong {
		return f.ID, nil // only a reference
	}
	r.related(&f, o, at)
	for i, l := range children(o, "locations") {
		f.Places = append(f.Places, r.place(l, at.deeper("locations", strconv.Itoa(i)))...)
	}
	if !r.named(&f, "", at) {
		return "", nil
	}
	if err := r.put(f, strong, at); err != nil {
		return "", err
	}
	for i, s := range children(o, "services") {
		if _, err := r.service(s, f.ID, false, at.deeper("services", strconv.Itoa(i))); err != nil {
			return "", err
		}
	}
	return f.ID, nil
}

// service reads a service with everything in it; it returns its id.
func (r *reader) service(o object, org string, strong bool, at spot) (string, error) {
	f := r.fields(directory.ImportService, func(n string) string { return text(o, n) }, at)
	f.Organization = org
	if inner := child(o, "organization"); inner != nil {
		got, err := r.organization(inner, false, at.deeper("organization"))
		if err != nil {
			return "", err
		}
		f.Organization = got
	}
	if f.Organization == "" {
		f.Organization = r.ident(directory.ImportOrganization, text(o, "organization_id"))
	}
	r.related(&f, o, at)
	r.serviceParts(&f, o, at)
	for i, sal := range children(o, "service_at_locations") {
		here := at.deeper("service_at_locations", strconv.Itoa(i))
		r.related(&f, sal, here)
		if l := child(sal, "location"); l != nil {
			f.Places = append(f.Places, r.place(l, here.deeper("location"))...)
		}
	}
	if !r.named(&f, "", at) {
		return "", nil
	}
	return f.ID, r.put(f, strong, at)
}

func (r *reader) serviceAtLocation(o object, at spot) error {
	s := child(o, "service")
	if s == nil {
		s = object{"id": o["service_id"], "name": ""}
	}
	if text(s, "name") == "" {
		r.count(directory.ImportInfo, "import.line.places_alone", at.in(""), 1)
		return nil
	}
	id, err := r.service(s, "", false, at.deeper("service"))
	if err != nil || id == "" {
		return err
	}
	e := &r.entries[r.index[key{directory.ImportService, id}]]
	var beside directory.ImportRecord
	r.related(&beside, o, at)
	beside.Places = r.place(child(o, "location"), at.deeper("location"))
	e.rec = merge(e.rec, beside, true)
	return nil
}

// related reads the lists an organization, a service and a service at a location share.
func (r *reader) related(f *directory.ImportRecord, o object, at spot) {
	for i, p := range children(o, "phones") {
		r.phone(f, func(n string) string { return text(p, n) }, at.deeper("phones", strconv.Itoa(i)))
		for _, l := range children(p, "languages") {
			r.language(f, func(n string) string { return text(l, n) })
		}
	}
	for _, l := range children(o, "languages") {
		r.language(f, func(n string) string { return text(l, n) })
	}
	for i, s := range append(children(o, "schedules"), children(o, "regular_schedules")...) {
		r.hours(f, func(n string) string { return text(s, n) }, at.deeper("schedules", strconv.Itoa(i)))
	}
	for _, a := range children(o, "service_areas") {
		r.area(f, func(n string) string { return text(a, n) })
	}
	for _, a := range children(o, "attributes") {
		if t := child(a, "taxonomy_term"); t != nil {
			r.topic(f, func(n string) string { return text(t, n) })
		}
	}
	for _, t := range children(o, "taxonomy_terms") {
		r.topic(f, func(n string) string { return text(t, n) })
	}
	r.count(directory.ImportSkipped, "import.line.contacts", spot{file: at.file}, len(children(o, "contacts")))
}

func (r *reader) serviceParts(f *directory.ImportRecord, o object, at spot) {
	for _, c := range children(o, "cost_options") {
		r.cost(f, func(n string) string { return text(c, n) })
	}
	for _, d := range children(o, "required_documents") {
		r.document(f, func(n string) string { return text(d, n) })
	}
	for _, e := range append(children(o, "eligibility"), children(o, "eligibilitys")...) {
		if f.Eligibility == "" {
			f.Eligibility, _ = r.prose(text(e, "eligibility"), at.deeper("eligibility"))
		}
	}
}

// place reads a location: one place per physical address, one for an address-less location.
func (r *reader) place(l object, at spot) []directory.ImportPlace {
	if l == nil {
		return nil
	}
	base := r.location(func(n string) string { return text(l, n) }, at)
	for _, a := range children(l, "accessibility") {
		r.accessibility(&base, func(n string) string { return text(a, n) })
	}
	r.count(directory.ImportSkipped, "import.line.contacts", spot{file: at.file}, len(children(l, "contacts")))
	var out []directory.ImportPlace
	addresses := slices.Concat(children(l, "addresses"), children(l, "physical_addresses"))
	for _, postalToo := range []bool{false, true} {
		for _, a := range addresses {
			if kind := strings.ToLower(text(a, "address_type")); (kind == "postal") == postalToo && len(out) == 0 {
				p := base
				r.address(&p, func(n string) string { return text(a, n) })
				out = append(out, p)
			}
		}
	}
	if len(out) == 0 && (base.Name != "" || base.Located || base.Online) {
		out = append(out, base)
	}
	return out
}
