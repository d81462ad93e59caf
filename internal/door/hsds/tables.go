// Tables: CSV to rows, and what a table is, decided by its column names.
// datapackage.json is not asked: in the wild it lies about paths and columns.

package hsds

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
)

// row is one row of a table: what is not in vals is absent.
type row struct {
	at   spot
	vals map[string]string
}

func (w row) get(name string) string { return w.vals[name] }

// headerName folds a column name: "Organization ID" and "organization_id" are one.
func headerName(s string) string {
	s = strings.ToLower(strings.Join(strings.FieldsFunc(visible(s), func(c rune) bool { return c == ' ' || c == '-' || c == '_' || c == '\t' || c == '\n' }), "_"))
	return clip(strings.Trim(s, `"'`), 80)
}

// more counts a row of any table.
func (r *reader) more(at spot) error {
	r.rows++
	if r.rows > r.lim.Rows {
		return refuse("import.refuse.rows", at, "Limit", r.lim.Rows)
	}
	if r.rows&0xff == 0 && r.ctx.Err() != nil {
		return refuse("import.refuse.time", at)
	}
	return nil
}

func (r *reader) table(name string, text []byte) error {
	c := csv.NewReader(bytes.NewReader(text))
	c.Comma = delimiter(text)
	c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = -1, true, true
	first, err := c.Read()
	if err != nil {
		r.unreadable(spot{file: name}, "import.line.not_table")
		return nil
	}
	if len(first) > r.lim.Columns {
		return refuse("import.refuse.columns", spot{file: name, row: 1}, "Limit", r.lim.Columns)
	}
	head := make([]string, len(first))
	for i, h := range first {
		head[i] = headerName(h)
	}
	if len(head) < 2 {
		r.unreadable(spot{file: name, row: 1}, "import.line.not_table")
		return nil
	}
	var body []row
	for {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			at := spot{file: name}
			var pe *csv.ParseError
			if errors.As(err, &pe) {
				at.row = pe.Line
			}
			return fault.Because(refuse("import.refuse.csv", at), err)
		}
		line, _ := c.FieldPos(0)
		at := spot{file: name, row: line}
		if err := r.more(at); err != nil {
			return err
		}
		if vals := r.cells(head, rec, at); len(vals) > 0 {
			body = append(body, row{at, vals})
		}
	}
	return r.take(spot{file: name, row: 1}, head, body)
}

// cells pairs column names with values. An empty cell is an absent value.
func (r *reader) cells(head, rec []string, at spot) map[string]string {
	vals := make(map[string]string, 8)
	extra := false
	for i, v := range rec {
		v = strings.TrimSpace(v)
		switch {
		case v == "" || v == `""` || strings.EqualFold(v, "null"):
		case i >= len(head):
			extra = true
		case head[i] != "":
			vals[head[i]] = strings.Clone(v)
		}
	}
	if extra {
		r.note(directory.ImportFixed, "import.line.extra_cells", at)
	}
	return vals
}

// delimiter is the separator that divides the first line into most parts.
func delimiter(text []byte) rune {
	line, _, _ := bytes.Cut(text[:min(len(text), 64<<10)], []byte("\n"))
	best, most := ',', bytes.Count(line, []byte(","))
	for _, d := range []rune{';', '\t', '|'} {
		if n := bytes.Count(line, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

// The tables we read. What is in skipped is known and on purpose not read.
const (
	tOrganizations = "organizations"
	tServices      = "services"
	tLocations     = "locations"
	tAtLocation    = "services_at_location"
	tAddresses     = "addresses"
	tPostal        = "postal_addresses"
	tPhones        = "phones"
	tLanguages     = "languages"
	tSchedules     = "schedules"
	tAreas         = "service_areas"
	tTerms         = "taxonomy_terms"
	tAttributes    = "attributes"
	tAccessibility = "accessibility"
	tEligibility   = "eligibility"
	tDocuments     = "required_documents"
	tCosts         = "cost_options"
	tContacts      = "contacts"
	tOther         = "other"
)

// kindOfTable names a table by its columns; "" is unknown. The order matters:
// the more telling columns are asked first.
func kindOfTable(head []string) string {
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(head, n) })
	}
	any := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(head, n) })
	}
	linked := any("service_id", "location_id", "organization_id", "service_at_location_id", "contact_id", "link_id")
	switch {
	case has("resource_id") || has("character_set") || has("previous_value"):
		return tOther // metadata about other tables, names of the people who edited among it
	case has("latitude", "longitude") || has("location_type"):
		return tLocations
	case has("address_1"):
		return tAddresses
	case has("title") && any("department", "email", "name") && linked && !any("description"):
		return tContacts
	case has("number") && (linked || any("extension", "type", "number_type", "language")):
		return tPhones
	case any("weekday", "byday", "freq", "opens_at", "dtstart"):
		if any("closed", "start_date") {
			return tOther // holidays
		}
		return tSchedules
	case has("taxonomy_term_id") || has("service_id", "taxonomy_id") || has("link_id", "taxonomy_id"):
		return tAttributes
	case any("extent", "service_area") && has("service_id"):
		return tAreas
	case has("name") && any("application_process", "wait_time", "interpretation_services", "eligibility_description", "program_id",
		"assured_date", "taxonomy_ids") || has("name", "status"):
		return tServices
	case has("parent_id") || has("taxonomy_id", "name") || has("term_uri"):
		return tTerms
	case has("service_id", "eligibility"):
		return tEligibility
	case has("document", "service_id"):
		return tDocuments
	case has("service_id") && any("option", "amount", "fee"):
		return tCosts
	case has("location_id") && any("accessibility", "details"):
		return tAccessibility
	case has("phone_id") || linked && any("language") || has("code", "name", "note"):
		return tLanguages
	case has("service_id", "location_id"):
		return tAtLocation
	case has("name") && any("legal_status", "tax_id", "tax_status", "year_incorporated", "date_incorporated", "logo", "website",
		"parent_organization_id"):
		return tOrganizations
	case any("identifier_type", "identifier_scheme", "available", "source", "method", "uri", "scheme") || has("label", "url") ||
		has("organization_id", "name") && len(head) < 7:
		return tOther // identifiers, capacity, funding, payment, taxonomies, units, links, programs
	}
	return ""
}

// namedTable asks the file's name where the columns alone could be several
// tables: HSDS requires no more of an organization than id, name and description.
func namedTable(file string, head []string) string {
	if !slices.Contains(head, "id") || !slices.Contains(head, "name") {
		return ""
	}
	base := strings.ToLower(path.Base(strings.ReplaceAll(file, `\`, "/")))
	switch strings.TrimSuffix(strings.TrimSuffix(base, path.Ext(base)), "s") {
	case "organization":
		return tOrganizations
	case "service":
		return tServices
	case "location":
		return tLocations
	}
	return ""
}

// take keeps the rows of a table for assembling.
func (r *reader) take(at spot, head []string, body []row) error {
	r.said++
	own := false
	kind := ""
	if kind = r.ownColumns(head, body); kind != "" {
		own = true
	} else if kind = kindOfTable(head); kind == tAddresses && postal(at.file, head) {
		kind = tPostal
	} else if kind == "" {
		kind = namedTable(at.file, head)
	}
	r.sensitive(at, head, body)
	switch kind {
	case "":
		r.note(directory.ImportError, "import.line.unknown_table", at, "Members", strings.Join(head[:min(len(head), 8)], ", "))
		if len(r.unread) < 20 {
			r.unread = append(r.unread, fault.At("files", "import.line.unknown_table", "File", clip(at.file, 120), "Row", at.row, "Pointer", "",
				"Members", clip(strings.Join(head[:min(len(head), 8)], ", "), 200)))
		}
		return nil
	case tContacts:
		r.count(directory.ImportSkipped, "import.line.contacts", spot{file: at.file}, len(body))
		return nil
	case tOther:
		r.note(directory.ImportInfo, "import.line.not_needed", spot{file: at.file}, "Count", len(body))
		return nil
	}
	if own {
		r.formats[FormatOwn] = true
	} else {
		r.formats[FormatCSV] = true
	}
	r.tables[kind] = append(r.tables[kind], body...)
	return nil
}

// postal tells letters' addresses from places. 3.x says it per row; older
// packages only in the file's name, so here alone the name is a hint.
func postal(name string, head []string) bool {
	base := strings.ToLower(path.Base(name))
	return !slices.Contains(head, "address_type") && (strings.Contains(base, "mail") || strings.Contains(base, "postal"))
}

// Columns whose content is never stored, by what their names contain: who may
// come by papers or record, and personal addresses of staff.
var never = []string{"immigration", "citizenship", "incarceration", "criminal", "ssn", "admin_email", "assurer_email", "attention"}

// sensitive reports columns that are left out because of what they hold. They
// are never read; this only says so.
func (r *reader) sensitive(at spot, head []string, body []row) {
	for _, h := range head {
		if !slices.ContainsFunc(never, func(n string) bool { return strings.Contains(h, n) }) {
			continue
		}
		n := 0
		for _, w := range body {
			if w.vals[h] != "" {
				n++
				delete(w.vals, h)
			}
		}
		r.count(directory.ImportSkipped, "import.line.never", spot{file: at.file, pointer: h}, n)
	}
}

// The columns of an older family of tables, by what they mean in HSDS.
var ownServices = map[string]string{"service_uuid": "id", "organization_uuid": "organization_id", "service_name": "name",
	"service_alternate_name": "alternate_name", "service_description": "description", "service_email": "email", "service_url": "url",
	"service_additional_information": "application_process", "service_min_age": "minimum_age", "service_max_age": "maximum_age",
	"service_problem_codes": "topic_names", "service_areas": "area_names"}

var ownOrganizations = map[string]string{"organization_uuid": "id", "organization_name": "name", "organization_email": "email",
	"organization_url": "url", "organization_alternate_name": "alternate_name", "organization_description": "description"}

var ownLocations = map[string]string{"location_uuid": "id", "organization_uuid": "organization_id", "location_name": "name",
	"location_address": "free_address", "phones": "free_phones"}

// ownColumns recognises that family and renames its columns in place. Columns
// that mean nothing here (income limits, military status) are dropped.
func (r *reader) ownColumns(head []string, body []row) string {
	for _, t := range []struct {
		kind  string
		names map[string]string
		sign  string
	}{{tServices, ownServices, "service_uuid"}, {tLocations, ownLocations, "location_uuid"}, {tOrganizations, ownOrganizations, "organization_uuid"}} {
		if !slices.Contains(head, t.sign) {
			continue
		}
		r.sensitive(body1(body), head, body)
		for i := range body {
			vals := make(map[string]string, len(t.names))
			for from, to := range t.names {
				if v := body[i].vals[from]; v != "" {
					vals[to] = v
				}
			}
			body[i].vals = vals
		}
		return t.kind
	}
	return ""
}

func body1(body []row) spot {
	if len(body) == 0 {
		return spot{}
	}
	return spot{file: body[0].at.file}
}
