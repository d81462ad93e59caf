// What the reader promises, on small directories of our own.

package hsds

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

func read(t testing.TB, files ...File) directory.ImportBatch {
	t.Helper()
	b, err := Read(context.Background(), "Test County", files, Standard())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func folder(t testing.TB, dir string) []File {
	t.Helper()
	files, err := Gather(os.DirFS(dir), Standard())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func fixture(t testing.TB, name string) File {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return File{name, b}
}

func byName(t testing.TB, b directory.ImportBatch, name string) directory.ImportRecord {
	t.Helper()
	for _, r := range b.Records {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no record %q in %d records", name, len(b.Records))
	return directory.ImportRecord{}
}

func has(b directory.ImportBatch, key, file string, row int) bool {
	return slices.ContainsFunc(b.Report, func(l directory.ImportLine) bool {
		return l.Key == key && l.File == file && (row == 0 || l.Row == row)
	})
}

func TestDirtyPackage(t *testing.T) {
	b := read(t, folder(t, "testdata/dirty")...)
	if b.Format != FormatCSV || len(b.Records) != 6 {
		t.Fatalf("format %s, %d records, want hsds-csv and 6", b.Format, len(b.Records))
	}
	desk := byName(t, b, "Tenant Help Desk")
	commons := byName(t, b, "Riverside Commons")
	checks := []struct{ what, got, want string }{
		{"id is derived", desk.ID, id.Derive(directory.ImportNamespace("test  COUNTY"), "service:10")},
		{"original id kept", desk.Origin, "10"},
		{"organization", desk.Organization, commons.ID},
		{"markup and script", desk.Description, "Come & ask.\n\nNo appointment."},
		{"written new line", commons.Description, "Neighbours help neighbours.\nOpen to all."},
		{"web address", desk.URL, "https://www.riversidecommons.example.org/help"},
		{"raw address", desk.RawURL, "www.riversidecommons.example.org/help"},
		{"absent status", desk.Status, ""},
		{"absent description", byName(t, b, "Quarry Street Pantry").Description, ""},
		{"bad mail", byName(t, b, "Quarry Street Pantry").Email, ""},
		{"scheme of a script", byName(t, b, "Night Bus").URL, ""},
		{"state", byName(t, b, "Old Class").Status, "defunct"},
		{"phone", fmt.Sprint(desk.Phones), "[{305-555-4841 12 voice Front desk}]"},
		{"quoted phone", fmt.Sprint(commons.Phones), "[{+1 305 555 4842   }]"},
		{"hours", fmt.Sprint(desk.Hours), "[{MO  09:00 17:30 } {WE  09:00 17:30 }]"},
		{"languages", strings.Join(desk.Languages, " "), "en es"},
		{"language of a place", strings.Join(byName(t, b, "Food Boxes").Languages, " "), "vi"},
		{"ages", fmt.Sprint(desk.MinAge, desk.MaxAge, byName(t, b, "Food Boxes").MinAge), "0 0 18"},
		{"topic", fmt.Sprint(desk.Topics), "[{Open Eligibility T1 Housing}]"},
		{"closed taxonomy keeps its names", fmt.Sprint(byName(t, b, "Food Boxes").Topics), "[{AIRS T2 }]"},
		{"place", desk.Places[0].Line(), "Riverside Hall, 12 River Road, Middleford, CT 06001"},
		{"country of spaces", desk.Places[0].Country, ""},
	}
	for _, c := range checks {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	if p := desk.Places[0]; !p.Located || p.Lat != 41.5001 || p.Lng != -72.7003 {
		t.Errorf("coordinates %+v", p)
	}
	if p := byName(t, b, "Food Boxes").Places[0]; p.Located {
		t.Errorf("impossible coordinates kept: %+v", p)
	}
	for _, l := range []struct {
		key, file string
		row       int
	}{
		{"import.line.no_name", "services.csv", 5}, {"import.line.orphan", "services.csv", 4}, {"import.line.url_left", "services.csv", 4},
		{"import.line.url_scheme", "organizations.csv", 2}, {"import.line.mail", "organizations.csv", 3},
		{"import.line.coordinates", "locations.csv", 3}, {"import.line.no_location", "services.csv", 3},
		{"import.line.phone", "phones.csv", 5}, {"import.line.contact_phones", "phones.csv", 0}, {"import.line.contacts", "contacts.csv", 0},
		{"import.line.days", "regular_schedules.csv", 4}, {"import.line.time", "regular_schedules.csv", 4},
		{"import.line.no_status", "services.csv", 0}, {"import.line.never", "physical_addresses.csv", 0},
	} {
		if !has(b, l.key, l.file, l.row) {
			t.Errorf("no line %s for %s row %d", l.key, l.file, l.row)
		}
	}
}

// Nothing of a person, and nothing of the list of what is never stored, leaves the reader.
func TestNeverStored(t *testing.T) {
	files := append(folder(t, "testdata/dirty"), fixture(t, "own.csv"), fixture(t, "service.json"))
	b := read(t, files...)
	out, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, canary := range []string{"Pat Example", "Sam Example", "Lee Example", "Kim Example", "private@example.org", "555-9999", "555 0100", "555 0101",
		"Eligible A", "99-0000001", "99-0000002", "Protected Name"} {
		if bytes.Contains(out, []byte(canary)) {
			t.Errorf("%q came through", canary)
		}
	}
	if !has(b, "import.line.never", "own.csv", 0) {
		t.Error("no line says that a column is never stored")
	}
}

func TestJSONForms(t *testing.T) {
	one := fixture(t, "service.json")
	flat := new(bytes.Buffer)
	if err := json.Compact(flat, one.Data); err != nil {
		t.Fatal(err)
	}
	s := flat.String()
	want := read(t, one)
	forms := map[string]string{
		"alone": s, "array": "[" + s + "]", "ndjson": s + "\n" + s + "\n", "bom": "\xef\xbb\xbf" + s,
		"page":    `{"total_items":1,"total_pages":1,"page_number":1,"size":1,"first_page":true,"last_page":true,"empty":false,"contents":[` + s + `]}`,
		"beside":  `{"id":"x1","service":` + s + `,"location":{"id":"l","location_type":"physical","name":"Loom Hall"}}`,
		"utf16":   utf16le(s),
		"inside":  `{"id":"44","name":"Loom Street House","website":"https://loom.example.org","services":[` + s + `]}`,
		"spaces":  "\n\t " + s + " \n",
		"doubled": `{"contents":[` + s + "," + s + `]}`,
	}
	for name, text := range forms {
		t.Run(name, func(t *testing.T) {
			b := read(t, File{"x", []byte(text)})
			if len(b.Records) != 2 {
				t.Fatalf("%d records, want a service and its organization", len(b.Records))
			}
			got, should := byName(t, b, "Evening Sewing Room"), byName(t, want, "Evening Sewing Room")
			got.Places, should.Places = nil, nil
			got.File, got.Row, got.Pointer, should.File, should.Row, should.Pointer = "", 0, "", "", 0, ""
			if fmt.Sprint(got) != fmt.Sprint(should) {
				t.Errorf("got  %+v\nwant %+v", got, should)
			}
		})
	}
	got := byName(t, want, "Evening Sewing Room")
	for _, c := range []struct{ what, got, want string }{
		{"id", got.ID, "5d1f0c3a-1111-4222-8333-444455556666"},
		{"escaped markup", got.Description, "Bring cloth. 3 < 5."},
		{"status", got.Status, "temporarily closed"},
		{"phone", fmt.Sprint(got.Phones), "[{(555) 010-0000 4  }]"},
		{"hours", got.Hours[0].Line(), "TU,TH 18:00–21:00"},
		{"languages", strings.Join(got.Languages, " "), "es vi"},
		{"fees", got.Fees, "Adults · USD 3"},
		{"place", got.Places[0].Line(), "Loom Hall, 9 Loom Street, Loomton, CT 06002"},
		{"topics", fmt.Sprint(got.Topics), "[{AIRS Taxonomy BD-1800 } {Own list  Arts}]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return string(out)
}

// Identity numbers typed into a text do not come in; phone numbers and postcodes do.
func TestIdentityNumbers(t *testing.T) {
	b := read(t, File{"s.csv", []byte("id,name,status,description\n1,Choir,active,\"Ask for 123-45-6789, A123456789 or A# 12345678. Call 305-253-4841, 94063-1234.\"\n")})
	if got, want := b.Records[0].Description, "Ask for …, … or …. Call 305-253-4841, 94063-1234."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !has(b, "import.line.identifier", "s.csv", 2) {
		t.Error("no line says so")
	}
}

// The order of files and rows does not matter.
func TestOrderDoesNotMatter(t *testing.T) {
	files := folder(t, "testdata/dirty")
	sorted := func(b directory.ImportBatch) string {
		var out []string
		for _, r := range b.Records {
			r.File, r.Row, r.Pointer = "", 0, ""
			out = append(out, fmt.Sprintf("%+v", r))
		}
		slices.Sort(out)
		return strings.Join(out, "\n")
	}
	want := sorted(read(t, files...))
	slices.Reverse(files)
	if got := sorted(read(t, files...)); got != want {
		t.Errorf("reversed files read differently:\n%s\n---\n%s", got, want)
	}
}

func TestSameIDTwiceIsAnUpdate(t *testing.T) {
	b := read(t, File{"services.csv", []byte("id,name,status,description\n7,Choir,active,Old words\n7,Choir,active,New words\n")})
	if len(b.Records) != 1 || b.Records[0].Description != "New words" || !has(b, "import.line.same_id", "services.csv", 3) {
		t.Errorf("%+v %+v", b.Records, b.Report)
	}
}

func TestSeparatorsAndEncodings(t *testing.T) {
	for name, text := range map[string]string{
		"semicolon": "id;name;status\n1;Caf\xe9 Norte;active\n", "tab": "id\tname\tstatus\n1\tCaf\xc3\xa9 Norte\tactive\n",
		"padded header": "\xef\xbb\xbf ID , Name , Status \n1,Caf\xc3\xa9 Norte,active\n", "crlf": "id,name,status\r\n1,Caf\xc3\xa9 Norte,active\r\n"} {
		if b := read(t, File{name, []byte(text)}); b.Records[0].Name != "Café Norte" {
			t.Errorf("%s: %q", name, b.Records[0].Name)
		}
	}
}

func zipped(t testing.TB, entries map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range entries {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestZip(t *testing.T) {
	entries := map[string]string{"../../etc/passwd.csv": "id,name,status\n1,Choir,active\n", "__MACOSX/._x.csv": "\x00\x01", "data/": "", "datapackage.json": "{}"}
	b := read(t, File{"package.zip", zipped(t, entries)})
	if len(b.Records) != 1 || len(b.Files) != 1 {
		t.Errorf("%d records of %v", len(b.Records), b.Files)
	}
}

func TestRefusals(t *testing.T) {
	small := Standard()
	small.Total, small.File, small.Unpack, small.Rows, small.Records, small.Files = 60_000, 50_000, 80_000, 50, 20, 4
	many := "id,name,status\n"
	for i := range 30 {
		many += fmt.Sprintf("%d,Choir %d,active\n", i, i)
	}
	rows := "service_id,weekday,opens_at\n" + strings.Repeat("1,Monday,9:00\n", 60)
	bomb := zipped(t, map[string]string{"a.csv": "id,name,status\n" + strings.Repeat("0", 8<<20)})
	lim := Standard()
	cases := []struct {
		name string
		file File
		lim  Limits
		key  string
		row  int
	}{
		{"nothing in it", File{"e.csv", []byte(" \n")}, lim, "import.line.empty_file", -1},
		{"picture", File{"p.png", []byte("\x89PNG\r\n\x00\x00\xff,\x00")}, lim, "import.line.binary", -1},
		{"web page", File{"p.html", []byte("<!doctype html><p>hello")}, lim, "import.line.markup", -1},
		{"words", File{"p.csv", []byte("hello there\nhow are you\n")}, lim, "import.line.not_table", -1},
		{"other table", File{"p.csv", []byte("colour,size\nred,3\n")}, lim, "import.line.unknown_table", -1},
		{"broken json", File{"p.json", []byte("{\"contents\": [\n{\"id\": 1,}\n]}")}, lim, "import.refuse.json", 2},
		{"cut json", File{"p.json", []byte(`[{"id":"1","name":"Choir","status":"active"}`)}, lim, "import.refuse.json", 1},
		{"number", File{"p.json", []byte(`{"contents": 5}`)}, lim, "import.refuse.not_list", 1},
		{"deep", File{"p.json", []byte(strings.Repeat("[", 1000))}, lim, "import.refuse.depth", 1},
		{"deep objects", File{"p.json", []byte(strings.Repeat(`{"a":`, 1000))}, lim, "import.refuse.depth", 1},
		{"too many records", File{"s.csv", []byte(many)}, small, "import.refuse.records", 22},
		{"too many rows", File{"s.csv", []byte(rows)}, small, "import.refuse.rows", 52},
		{"too big", File{"s.csv", bytes.Repeat([]byte("a,"), 26_000)}, small, "import.refuse.file", 0},
		{"bomb", File{"z.zip", bomb}, lim, "import.refuse.bomb", 0},
		{"entry too big", File{"z.zip", zipped(t, map[string]string{"a.csv": many + strings.Repeat("x", 51_000)})}, small, "import.refuse.file", 0},
		{"zip in zip", File{"z.zip", zipped(t, map[string]string{"a.zip": string(zipped(t, nil)) + "PK\x03\x04", "b.zip": "PK\x03\x04"})}, lim, "import.refuse.nested_zip", 0},
		{"broken zip", File{"z.zip", []byte("PK\x03\x04nonsense")}, lim, "import.refuse.zip", 0},
		{"no names", File{"s.csv", []byte("id,name,status\n1,,active\n")}, lim, "import.refuse.nothing", -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := Read(context.Background(), "Test", []File{c.file}, c.lim)
			if fault.KindOf(err) != fault.Invalid || len(b.Records) != 0 {
				t.Fatalf("%v with %d records, want a refusal", err, len(b.Records))
			}
			f := fault.FieldsOf(err)[0]
			if f.Key != c.key || f.Name != "files" {
				t.Errorf("refused with %+v, want %s", f, c.key)
			}
			if c.row >= 0 && f.Args["Row"] != c.row {
				t.Errorf("row %v, want %d", f.Args["Row"], c.row)
			}
		})
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Read(ctx, "Test", []File{{"a.csv", []byte(many)}}, lim); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an ended context: %v", err)
	}
	if _, err := Read(context.Background(), "  ", []File{{"a.csv", []byte(many)}}, lim); fault.FieldsOf(err)[0].Name != "feed" {
		t.Errorf("no feed: %v", err)
	}
}

func TestCleaning(t *testing.T) {
	for _, c := range []struct{ in, want string }{{"9:00am", "09:00"}, {"9am", "09:00"}, {"12:15 a.m.", "00:15"}, {"12 PM", "12:00"}, {"17:30:00", "17:30"},
		{"10:00:00+01:00", "10:00"}, {"17.30", "17:30"}, {"noon", "12:00"}, {"9", ""}, {"25:00", ""}, {"13pm", ""}, {"soon", ""}, {"", ""}} {
		if got, _ := clockTime(c.in); got != c.want {
			t.Errorf("clockTime(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{{"Monday", "MO"}, {"fr, th", "TH,FR"}, {"Mon-Fri", "MO,TU,WE,TH,FR"}, {"1MO,-1FR", "MO,FR"}, {"tues", "TU"},
		{"weekdays", "MO,TU,WE,TH,FR"}, {"Moon", ""}, {"x", ""}} {
		if got, _ := weekdays(c.in); got != c.want {
			t.Errorf("weekdays(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{{"example.org", "https://example.org"}, {"http://example.org/a b", ""}, {"example.org:8080/x", "https://example.org:8080/x"},
		{"example_counselling", ""}, {"javascript:alert(1)", ""}, {"https://user:pw@example.org", ""}, {"//example.org", "https://example.org"}, {"ftp://example.org", ""},
		{"a@example.org", ""}} {
		if got, _ := webAddress(c.in); got != c.want {
			t.Errorf("webAddress(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{{"a < b and c > d", "a < b and c > d"}, {"x<br>y", "x\ny"}, {"&amp;lt;i&amp;gt;z", "z"}, {"<style>p{}</style>q", "q"},
		{"<script>never closed", ""}, {"one\\ntwo", "one\ntwo"}, {"abc\u202edef", "abcdef"}} {
		if got, _ := prose(c.in); got != c.want {
			t.Errorf("prose(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// The columns that HSDS requires of an organization fit several tables: then the name decides.
func TestBareTablesAreReadByTheirName(t *testing.T) {
	files := []File{{Name: "organizations.csv", Data: []byte("id,name,description,email,url\n1,Creek Neighbors,They meet.,hi@creek.example,creek.example\n")}}
	b, err := Read(t.Context(), "bare", files, Standard())
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Records) != 1 || b.Records[0].Name != "Creek Neighbors" {
		t.Errorf("%+v", b.Records)
	}
	files[0].Name = "things.csv"
	if _, err := Read(t.Context(), "bare", files, Standard()); err == nil {
		t.Error("a table that could be anything must not be guessed at")
	}
}
