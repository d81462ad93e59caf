// Foreign bytes: never a panic, every refusal with a pointer, every record clean.

package hsds

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

func judge(t *testing.T, files []File) {
	lim := Standard()
	lim.Lines = 500
	b, err := Read(context.Background(), "Fuzz", files, lim)
	if err != nil {
		if fault.KindOf(err) != fault.Invalid || len(fault.FieldsOf(err)) == 0 {
			t.Fatalf("refused without a field: %v", err)
		}
		if len(b.Records) != 0 {
			t.Fatal("a refusal with records")
		}
		return
	}
	for _, r := range b.Records {
		if r.Name == "" || !id.Valid(r.ID) || (r.Organization != "" && !id.Valid(r.Organization)) {
			t.Fatalf("record without name or id: %+v", r)
		}
		if r.URL != "" && !strings.HasPrefix(strings.ToLower(r.URL), "http") {
			t.Fatalf("address %q", r.URL)
		}
		for _, s := range []string{r.Name, r.Description, r.Fees, r.URL} {
			if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\u202e") {
				t.Fatalf("dirty text %q", s)
			}
		}
		before := r
		r.Normalize()
		if len(before.Places) != len(r.Places) || len(before.Hours) != len(r.Hours) {
			t.Fatal("a record of the batch was not in normal form")
		}
	}
	for _, l := range b.Report {
		if l.Key == "" || l.Level == "" {
			t.Fatalf("line without key or level: %+v", l)
		}
	}
	_ = directory.ImportLevels()
}

func FuzzJSON(f *testing.F) {
	f.Add(fixture(f, "service.json").Data)
	for _, s := range []string{`{"contents":[{"id":1,"name":"Choir","status":"active"}]}`, `[{"id":"a","name":"Choir","website":"choir.example.org"}]`,
		`{"services.csv":[{"id":"1","name":"Choir","status":"active"}]}`, "{\"id\":1,\"name\":\"A\",\"status\":\"\"}\n{\"id\":2,\"name\":\"B\",\"status\":\"x\"}",
		`{"id":1e999,"name":"A","status":"active","minimum_age":1e999,"service_at_locations":[{"location":{"latitude":1e400,"longitude":0}}]}`,
		`{"openapi_url":"x","version":"3.1"}`, `[[]]`, `{"contents":{}}`, `{"name":"\ud800","status":"active"}`, `{"a":1,"a":2}`, `{}`, `[`, `{"contents":[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { judge(t, []File{{"fuzz.json", data}}) })
}

func FuzzCSVPackage(f *testing.F) {
	get := func(name string) []byte { return fixture(f, "dirty/"+name).Data }
	f.Add(get("services.csv"), get("organizations.csv"), get("locations.csv"))
	f.Add(get("services.csv"), get("phones.csv"), get("regular_schedules.csv"))
	f.Add(get("physical_addresses.csv"), get("services_at_location.csv"), get("locations.csv"))
	f.Add(get("taxonomy.csv"), get("service_taxonomy.csv"), get("services.csv"))
	f.Add(fixture(f, "own.csv").Data, []byte("id,\"name\n"), []byte("a;b;c\n1;2"))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		judge(t, []File{{"a.csv", a}, {"b.csv", b}, {"c.csv", c}})
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		for name, data := range map[string][]byte{"a.csv": a, "b.csv": b, "c.csv": c} {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			w.Write(data)
		}
		z.Close()
		judge(t, []File{{"p.zip", buf.Bytes()}})
	})
}
