// Tables to records: rows that point at each other are joined here.

package hsds

import (
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/clinic/directory"
)

// joined is what all tables say together, by the ids as written.
type joined struct {
	places    map[string]directory.ImportPlace  // location id
	placeOrg  map[string]string                 // location id → organization id
	beside    map[string]directory.ImportRecord // "service:1", "location:2", "organization:3" → lists
	atService map[string][]string               // service id → location ids
	services  map[string]bool                   // ids that have a row
	terms     map[string]row
}

// assemble turns the tables into records. Locations have no page of their own:
// they become the places of services, and of organizations without services there.
func (r *reader) assemble() error {
	if len(r.tables) == 0 {
		return nil
	}
	j := &joined{places: map[string]directory.ImportPlace{}, placeOrg: map[string]string{}, beside: map[string]directory.ImportRecord{},
		atService: map[string][]string{}, terms: map[string]row{}, services: map[string]bool{}}
	r.joinPlaces(j)
	r.joinLists(j)
	used := map[string]bool{}
	for _, w := range r.tables[tServices] {
		if err := r.serviceRow(j, w, used); err != nil {
			return err
		}
	}
	orgPlaces := map[string][]string{}
	for _, w := range r.tables[tLocations] {
		if loc, org := w.get("id"), w.get("organization_id"); org != "" && !used[loc] {
			orgPlaces[org] = append(orgPlaces[org], loc)
		}
	}
	for _, w := range r.tables[tOrganizations] {
		if err := r.organizationRow(j, w, orgPlaces[w.get("id")]); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) joinPlaces(j *joined) {
	for _, w := range r.tables[tLocations] {
		loc := w.get("id")
		if loc == "" {
			r.note(directory.ImportSkipped, "import.line.location_no_id", w.at)
			continue
		}
		p := r.location(w.get, w.at)
		if w.get("address_1") != "" {
			r.address(&p, w.get)
		}
		if free := w.get("free_address"); free != "" {
			p.Address = freeAddress(free)
		}
		j.places[loc] = p
		j.placeOrg[loc] = w.get("organization_id")
		var b directory.ImportRecord
		for _, l := range strings.FieldsFunc(w.get("languages"), func(c rune) bool { return c == ',' || c == ';' }) {
			b.Languages = append(b.Languages, language(l))
		}
		for _, p := range strings.FieldsFunc(w.get("free_phones"), func(c rune) bool { return c == ',' || c == ';' }) {
			kind, number, ok := strings.Cut(p, ":")
			if !ok {
				kind, number = "", p
			}
			r.phone(&b, func(n string) string { return map[string]string{"number": number, "type": kind}[n] }, w.at.in("phones"))
		}
		j.add("location:"+loc, b)
	}
	for _, postalToo := range []bool{false, true} {
		for _, kind := range []string{tAddresses, tPostal} {
			for _, w := range r.tables[kind] {
				if isPostal := kind == tPostal || strings.EqualFold(w.get("address_type"), "postal"); isPostal == postalToo {
					r.joinAddress(j, w)
				}
			}
		}
	}
	for _, w := range r.tables[tAccessibility] {
		if p, ok := j.places[w.get("location_id")]; ok {
			r.accessibility(&p, w.get)
			j.places[w.get("location_id")] = p
		}
	}
}

func (r *reader) joinAddress(j *joined, w row) {
	loc := w.get("location_id")
	p, ok := j.places[loc]
	switch {
	case !ok && w.get("organization_id") != "":
		r.address(&p, w.get)
		j.add("organization:"+w.get("organization_id"), directory.ImportRecord{Places: []directory.ImportPlace{p}})
	case !ok:
		r.note(directory.ImportSkipped, "import.line.no_parent", w.at.in("location_id"), "ID", clip(loc, 60))
	case p.Address == "": // the first physical address stands
		r.address(&p, w.get)
		j.places[loc] = p
	}
}

// freeAddress cleans an address written as one text; "State: FL" alone is none.
func freeAddress(s string) string {
	s = oneLine(s)
	if rest, ok := strings.CutPrefix(s, "State:"); ok {
		return strings.TrimSpace(rest)
	}
	return clip(s, nameMax)
}

func (j *joined) add(key string, b directory.ImportRecord) {
	j.beside[key] = merge(j.beside[key], b, true)
}

// owner names what a row belongs to: the closest of service, location, organization.
func (j *joined) owner(w row, sal map[string][2]string) []string {
	if s := w.get("service_id"); s != "" {
		return []string{"service:" + s}
	}
	if at := w.get("service_at_location_id"); at != "" {
		if pair, ok := sal[at]; ok {
			return []string{"service:" + pair[0]}
		}
	}
	if l := w.get("location_id"); l != "" {
		return []string{"location:" + l}
	}
	if o := w.get("organization_id"); o != "" {
		return []string{"organization:" + o}
	}
	return nil
}

func (r *reader) joinLists(j *joined) {
	sal := map[string][2]string{}
	for _, w := range r.tables[tAtLocation] {
		s, l := w.get("service_id"), w.get("location_id")
		sal[w.get("id")] = [2]string{s, l}
		if l != "" && s != "" {
			j.atService[s] = append(j.atService[s], l)
		}
	}
	phoneOwner := map[string][]string{}
	for _, w := range r.tables[tPhones] {
		if w.get("contact_id") != "" {
			r.count(directory.ImportSkipped, "import.line.contact_phones", spot{file: w.at.file, pointer: "contact_id"}, 1)
			continue // a person's number, whatever else the row points at
		}
		phoneOwner[w.get("id")] = j.owner(w, sal)
		r.joinRow(j, w, phoneOwner[w.get("id")], func(f *directory.ImportRecord) {
			r.phone(f, w.get, w.at)
			if w.get("language") != "" {
				r.language(f, w.get)
			}
		})
	}
	for _, w := range r.tables[tLanguages] {
		owner := j.owner(w, sal)
		if owner == nil {
			owner = phoneOwner[w.get("phone_id")]
		}
		r.joinRow(j, w, owner, func(f *directory.ImportRecord) { r.language(f, w.get) })
	}
	for _, w := range r.tables[tSchedules] {
		r.joinRow(j, w, j.owner(w, sal), func(f *directory.ImportRecord) { r.hours(f, w.get, w.at) })
	}
	for _, t := range []struct {
		kind string
		read func(*directory.ImportRecord, get)
	}{{tAreas, r.area}, {tCosts, r.cost}, {tDocuments, r.document}} {
		for _, w := range r.tables[t.kind] {
			r.joinRow(j, w, j.owner(w, sal), func(f *directory.ImportRecord) { t.read(f, w.get) })
		}
	}
	for _, w := range r.tables[tEligibility] {
		r.joinRow(j, w, j.owner(w, sal), func(f *directory.ImportRecord) { f.Eligibility, _ = r.prose(w.get("eligibility"), w.at) })
	}
	r.joinTopics(j)
}

func (r *reader) joinTopics(j *joined) {
	for _, w := range r.tables[tTerms] {
		term := w.vals
		if term["id"] == "" {
			term["id"] = term["taxonomy_id"] // HSDS 1.0
		}
		j.terms[term["id"]] = w
	}
	for _, w := range r.tables[tAttributes] {
		owner := "service:" + w.get("service_id")
		if owner == "service:" {
			if owner = "service:" + w.get("link_id"); strings.HasPrefix(w.get("link_entity"), "organi") {
				owner = "organization:" + w.get("link_id")
			}
		}
		term, ok := j.terms[get(w.get).pick("taxonomy_term_id", "taxonomy_id")]
		if !ok {
			r.count(directory.ImportInfo, "import.line.no_term", spot{file: w.at.file}, 1)
			continue
		}
		r.joinRow(j, w, []string{owner}, func(f *directory.ImportRecord) { r.topicOf(f, term) })
	}
}

// topicOf reads a term of a table; the id is the code where there is no other.
func (r *reader) topicOf(f *directory.ImportRecord, term row) {
	r.topic(f, func(n string) string {
		if v := term.get(n); v != "" || n != "code" {
			return v
		}
		if own := term.get("id"); len(own) < 30 {
			return own
		}
		return ""
	})
}

func (r *reader) joinRow(j *joined, w row, owners []string, read func(*directory.ImportRecord)) {
	if len(owners) == 0 {
		r.note(directory.ImportSkipped, "import.line.no_parent", w.at, "ID", "")
		return
	}
	for _, o := range owners {
		f := j.beside[o]
		if len(f.Phones)+len(f.Hours)+len(f.Areas)+len(f.Languages)+len(f.Topics) > 5*most {
			continue
		}
		read(&f)
		j.beside[o] = f
	}
}

func (r *reader) serviceRow(j *joined, w row, used map[string]bool) error {
	f := r.fields(directory.ImportService, w.get, w.at)
	locations := slices.Clone(j.atService[w.get("id")])
	if l := w.get("location_id"); l != "" { // HSDS 1.0
		locations = append(locations, l)
	}
	org := w.get("organization_id")
	for _, l := range locations {
		used[l] = true
		p, ok := j.places[l]
		if !ok {
			r.note(directory.ImportInfo, "import.line.no_location", w.at.in("location_id"), "ID", clip(l, 60), "Name", f.Name)
			continue
		}
		if org == "" {
			org = j.placeOrg[l]
		}
		f.Places = append(f.Places, p)
		f = merge(f, j.beside["location:"+l], true)
	}
	f.Organization = r.ident(directory.ImportOrganization, clip(oneLine(org), 100))
	f = merge(f, j.beside["service:"+w.get("id")], true)
	for _, l := range splitList(w.get("languages")) {
		f.Languages = append(f.Languages, language(l))
	}
	for _, a := range append(splitList(w.get("service_areas")), splitList(w.get("area_names"))...) {
		f.Areas = append(f.Areas, clip(a, nameMax))
	}
	for _, code := range splitList(w.get("taxonomy_ids")) {
		if term, ok := j.terms[code]; ok {
			r.topicOf(&f, term)
		} else {
			f.Topics = append(f.Topics, directory.ImportTopic{Code: clip(code, 60)})
		}
	}
	for _, name := range splitList(w.get("topic_names")) {
		f.Topics = append(f.Topics, directory.ImportTopic{Name: clip(name, 120)})
	}
	if !r.named(&f, strconv.Itoa(w.at.row), w.at) {
		return nil
	}
	return r.put(f, true, w.at)
}

// splitList splits a cell with several values. Lists with ";" keep their commas.
func splitList(s string) []string {
	sep := ","
	if strings.Contains(s, ";") {
		sep = ";"
	}
	var out []string
	for _, p := range strings.Split(s, sep) {
		if p = oneLine(p); p != "" && len(out) < most {
			out = append(out, p)
		}
	}
	return out
}

func (r *reader) organizationRow(j *joined, w row, locations []string) error {
	f := r.fields(directory.ImportOrganization, w.get, w.at)
	for _, l := range locations {
		if p, ok := j.places[l]; ok {
			f.Places = append(f.Places, p)
		}
		f = merge(f, j.beside["location:"+l], true)
	}
	f = merge(f, j.beside["organization:"+w.get("id")], true)
	if !r.named(&f, "", w.at) {
		return nil
	}
	return r.put(f, true, w.at)
}
