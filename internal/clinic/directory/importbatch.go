// What a reader of foreign directories hands to the directory: records and a
// report in words. The readers (door/hsds) know the formats, this room does not.

package directory

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// ImportKind says what a foreign record describes. Nothing foreign is ever an
// organizing group by itself: a steward says so, and then vets it.
type ImportKind string

const (
	ImportOrganization ImportKind = "organization"
	ImportService      ImportKind = "service"
)

// ImportLevel says how much a line of the report matters.
type ImportLevel string

const (
	ImportInfo    ImportLevel = "info"    // good to know
	ImportFixed   ImportLevel = "fixed"   // read differently from how it was written
	ImportSkipped ImportLevel = "skipped" // left out on purpose
	ImportError   ImportLevel = "error"   // could not be read
)

// ImportLevels lists the levels from the one that matters most.
func ImportLevels() []ImportLevel {
	return []ImportLevel{ImportError, ImportSkipped, ImportFixed, ImportInfo}
}

// ImportLine is one line of the report: where, and what happened there. Row
// counts lines of the file from 1; Pointer is a column name or a JSON pointer.
type ImportLine struct {
	File    string
	Row     int
	Pointer string
	Level   ImportLevel
	Key     string // message id
	Args    map[string]any
}

// ImportPhone is a public number of an organization, service or place; never a person's.
type ImportPhone struct {
	Number    string `json:"number"`
	Extension string `json:"extension,omitempty"`
	Kind      string `json:"kind,omitempty"` // voice fax text tty hotline …
	Note      string `json:"note,omitempty"`
}

// ImportPlace is where something happens.
type ImportPlace struct {
	Name      string   `json:"name,omitempty"`
	Online    bool     `json:"online,omitempty"`
	Address   string   `json:"address,omitempty"`
	City      string   `json:"city,omitempty"`
	State     string   `json:"state,omitempty"`
	Postal    string   `json:"postal,omitempty"`
	Country   string   `json:"country,omitempty"`
	Lat       float64  `json:"lat,omitempty"`
	Lng       float64  `json:"lng,omitempty"`
	Located   bool     `json:"located,omitempty"` // Lat and Lng are known
	Transport string   `json:"transport,omitempty"`
	Access    []string `json:"access,omitempty"`
}

// ImportHours is one opening rule.
type ImportHours struct {
	Days   string `json:"days,omitempty"` // MO,TU,…
	Freq   string `json:"freq,omitempty"` // WEEKLY MONTHLY
	Opens  string `json:"opens,omitempty"`
	Closes string `json:"closes,omitempty"`
	Note   string `json:"note,omitempty"`
}

// ImportTopic is a term of somebody's taxonomy. The name is empty where the
// taxonomy's owner does not allow publishing it.
type ImportTopic struct {
	Scheme string `json:"scheme,omitempty"`
	Code   string `json:"code,omitempty"`
	Name   string `json:"name,omitempty"`
}

// ImportRecord is one organization or service as far as we keep it. There is no
// field for a contact person, nor for anything of the list of what is never stored.
type ImportRecord struct {
	Kind         ImportKind    `json:"kind"`
	ID           string        `json:"id"`                     // UUID: the file's own, or derived from feed, kind and Origin
	Origin       string        `json:"origin"`                 // the id as written in the file
	Organization string        `json:"organization,omitempty"` // id of the organization of a service
	Host         string        `json:"host,omitempty"`         // its name; filled in here, readers leave it empty
	Lang         string        `json:"lang,omitempty"`         // language of the texts, as the steward says
	Name         string        `json:"name"`
	AlsoKnown    string        `json:"also_known,omitempty"`
	Description  string        `json:"description,omitempty"`
	URL          string        `json:"url,omitempty"`
	RawURL       string        `json:"raw_url,omitempty"` // as written, where URL differs
	Email        string        `json:"email,omitempty"`
	Status       string        `json:"status,omitempty"`
	Fees         string        `json:"fees,omitempty"`
	Eligibility  string        `json:"eligibility,omitempty"`
	HowTo        string        `json:"how_to,omitempty"`
	Documents    string        `json:"documents,omitempty"`
	Interpreters string        `json:"interpreters,omitempty"`
	MinAge       int           `json:"min_age,omitempty"`
	MaxAge       int           `json:"max_age,omitempty"`
	Areas        []string      `json:"areas,omitempty"`
	Languages    []string      `json:"languages,omitempty"`
	Topics       []ImportTopic `json:"topics,omitempty"`
	Phones       []ImportPhone `json:"phones,omitempty"`
	Places       []ImportPlace `json:"places,omitempty"`
	Hours        []ImportHours `json:"hours,omitempty"`

	File    string `json:"-"`
	Row     int    `json:"-"`
	Pointer string `json:"-"`
}

// ImportBatch is everything one reading of files gave.
type ImportBatch struct {
	Feed    string // whose directory this is, as the steward calls it
	Format  string // hsds-json, hsds-csv, own-columns, mixed
	Files   []string
	Records []ImportRecord
	Report  []ImportLine
}

// ImportFile is one file as uploaded or found in a folder.
type ImportFile struct {
	Name string
	Data []byte
}

// ImportReader reads files as the directory called feed; door/hsds has one. Its
// refusals are fault.Invalid with the arguments File, Row and Pointer.
type ImportReader func(ctx context.Context, feed string, files []ImportFile) (ImportBatch, error)

// ImportNamespace is the namespace of the ids derived for a feed. Case and
// spaces do not matter, so that a name typed again finds its records again.
func ImportNamespace(feed string) string {
	return "seedbed:feed:" + foldImport(feed)
}

// foldImport makes two writings of one name equal.
func foldImport(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

// Normalize puts lists in one order and drops repeats, so that two readings of
// one file are equal whatever the order of its rows.
func (r *ImportRecord) Normalize() {
	r.Areas = sortedSet(r.Areas)
	r.Languages = sortedSet(r.Languages)
	r.Topics = sortedBy(r.Topics, func(t ImportTopic) string { return t.Scheme + "\x00" + t.Code + "\x00" + t.Name })
	r.Phones = sortedBy(r.Phones, func(p ImportPhone) string {
		return p.Number + "\x00" + p.Extension + "\x00" + p.Kind + "\x00" + p.Note
	})
	for i := range r.Places {
		r.Places[i].Access = sortedSet(r.Places[i].Access)
	}
	r.Places = sortedBy(r.Places, asText[ImportPlace])
	r.Hours = sortedBy(r.Hours, func(h ImportHours) string {
		return strconv.Itoa(dayOrder(h.Days)) + h.Days + "\x00" + h.Opens + "\x00" + h.Closes + "\x00" + h.Freq + "\x00" + h.Note
	})
}

func dayOrder(days string) int {
	first, _, _ := strings.Cut(days, ",")
	return slices.Index([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}, first) + 1
}

func asText[T any](v T) string {
	b, err := json.Marshal(v)
	if err != nil { // plain structs of strings and finite numbers always marshal
		return ""
	}
	return string(b)
}

func sortedSet(in []string) []string {
	return sortedBy(in, func(s string) string { return s })
}

func sortedBy[T any](in []T, key func(T) string) []T {
	if len(in) == 0 {
		return nil
	}
	keys := make(map[string]bool, len(in))
	out := make([]T, 0, len(in))
	for _, v := range in {
		if k := key(v); !keys[k] {
			keys[k] = true
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return out
}

// text is the stored form of a record.
func (r ImportRecord) text() string { return asText(r) }

// digestOf is what two equal texts share.
func digestOf(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:16])
}

// ImportChange is one field that differs between what is stored and what is read.
type ImportChange struct {
	Field  string // the name in ImportRecord's stored form
	Before string
	After  string
}

// changesBetween lists what differs, in the order of the record's fields.
func changesBetween(a, b ImportRecord) []ImportChange {
	am, bm := fieldsOf(a), fieldsOf(b)
	var out []ImportChange
	for _, f := range importFields {
		if am[f] != bm[f] {
			out = append(out, ImportChange{Field: f, Before: am[f], After: bm[f]})
		}
	}
	if len(out) == 0 && a.text() != b.text() {
		out = append(out, ImportChange{Field: "details"}) // something these lines are too short for
	}
	return out
}

// importFields is every stored field a steward can see change.
var importFields = []string{"host", "name", "also_known", "description", "url", "email", "status", "fees", "eligibility",
	"how_to", "documents", "interpreters", "lang", "min_age", "max_age", "areas", "languages", "topics", "phones", "places", "hours"}

func fieldsOf(r ImportRecord) map[string]string {
	m := map[string]string{"host": r.Host, "lang": r.Lang, "name": r.Name, "also_known": r.AlsoKnown, "description": r.Description,
		"url": r.URL, "email": r.Email, "status": r.Status, "fees": r.Fees, "eligibility": r.Eligibility, "how_to": r.HowTo,
		"documents": r.Documents, "interpreters": r.Interpreters, "areas": strings.Join(r.Areas, "; "),
		"languages": strings.Join(r.Languages, ", ")}
	if r.MinAge != 0 {
		m["min_age"] = strconv.Itoa(r.MinAge)
	}
	if r.MaxAge != 0 {
		m["max_age"] = strconv.Itoa(r.MaxAge)
	}
	m["topics"] = joined(r.Topics, func(t ImportTopic) string { return cmp.Or(t.Name, t.Code) })
	m["phones"] = joined(r.Phones, func(p ImportPhone) string { return strings.TrimSpace(p.Number + " " + p.Extension) })
	m["places"] = joined(r.Places, ImportPlace.Line)
	m["hours"] = joined(r.Hours, ImportHours.Line)
	return m
}

// Line is the place on one line.
func (p ImportPlace) Line() string {
	var parts []string
	for _, s := range []string{p.Name, p.Address, p.City, strings.TrimSpace(p.State + " " + p.Postal)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// Line is the rule on one line, as written in calendars: "MO,TU 09:00–17:00".
func (h ImportHours) Line() string {
	s := h.Days
	if h.Opens != "" || h.Closes != "" {
		s += " " + h.Opens + "–" + h.Closes
	}
	if h.Note != "" {
		s += " (" + h.Note + ")"
	}
	return strings.TrimSpace(s)
}

func joined[T any](in []T, line func(T) string) string {
	parts := make([]string, 0, len(in))
	for _, v := range in {
		if s := line(v); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}
