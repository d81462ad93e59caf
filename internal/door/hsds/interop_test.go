// Third parties' directories, read where they stand: beside the repository.

package hsds

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
)

// interop finds the folder with other people's directories, or skips.
func interop(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		for _, p := range []string{"shared/interop-data/hsds", "../shared/interop-data/hsds"} {
			if found := filepath.Join(dir, p); isDir(found) {
				return found
			}
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("shared/interop-data is not beside the repository: the third-party directories are not here to be read")
	return ""
}

func isDir(p string) bool {
	i, err := os.Stat(p)
	return err == nil && i.IsDir()
}

// The counts are what the files hold, counted apart with a spreadsheet.
func TestThirdPartyDirectories(t *testing.T) {
	root := interop(t)
	for _, c := range []struct {
		dir                     string
		format                  string
		organizations, services int
		orphans                 int
		errors                  int
	}{
		{"ohana-hsds-1.0-sample/data/sample-csv", FormatCSV, 8, 23, 0, 0},
		{"florida-raw", FormatOwn, 20, 135, 0, 0},
		{"hsds-3.1-dev/examples/csv", FormatCSV, 1, 1, 0, 0},
		{"oruk-3.0-profile/examples/csv", FormatCSV, 1, 1, 0, 0},
		{"mock-hsds-api/data", FormatJSON, 1, 1, 0, 0},
		{"oruk-validator-mocks/V3.0-UK-Test", FormatJSON, 1, 1, 0, 0}, // 128 services, all with one id
		{"oruk-validator-mocks/V3.0-UK-Warn", FormatJSON, 1, 1, 0, 0},
		{"oruk-validator-mocks/V3.0-UK-Fail", FormatJSON, 5, 1, 0, 4},     // four services without a name
		{"oruk-validator-mocks/V3.0-UK-Default", FormatJSON, 10, 1, 0, 2}, // two files of another program
	} {
		t.Run(c.dir, func(t *testing.T) {
			b := read(t, folder(t, filepath.Join(root, c.dir))...)
			kinds, orphans, errors := map[directory.ImportKind]int{}, 0, 0
			for _, r := range b.Records {
				kinds[r.Kind]++
			}
			for _, l := range b.Report {
				if l.Key == "import.line.orphan" {
					orphans++
				}
				if l.Level == directory.ImportError {
					errors++
				}
			}
			if kinds[directory.ImportOrganization] != c.organizations || kinds[directory.ImportService] != c.services {
				t.Errorf("%v, want %d organizations and %d services", kinds, c.organizations, c.services)
			}
			if b.Format != c.format || orphans != c.orphans || errors != c.errors {
				t.Errorf("format %s, %d orphans, %d errors; want %s, %d, %d", b.Format, orphans, errors, c.format, c.orphans, c.errors)
			}
		})
	}
}

// Every JSON example of the standard and its UK profile reads to the same service.
func TestThirdPartyExamples(t *testing.T) {
	root := interop(t)
	for _, dir := range []string{"hsds-3.1-dev/examples", "oruk-3.0-profile/examples"} {
		for _, f := range []string{"service_full.json", "service_list.json", "service_at_location_full.json", "service_at_location_list.json", "organization_full.json", "tabular.json"} {
			data, err := os.ReadFile(filepath.Join(root, dir, f))
			if os.IsNotExist(err) {
				continue // the profile has no tabular.json
			}
			if err != nil {
				t.Fatal(err)
			}
			b, err := Read(context.Background(), "Examples", []File{{f, data}}, Standard())
			if err != nil {
				t.Errorf("%s/%s: %v", dir, f, err)
				continue
			}
			if s := byName(t, b, "Community Counselling"); s.ID != "ac148810-d857-441c-9679-408f346de14b" || s.Email == "" {
				t.Errorf("%s/%s: %+v", dir, f, s)
			}
		}
	}
	for f, key := range map[string]string{"hsds-3.1-dev/examples/location.json": "import.refuse.nothing", "hsds-3.1-dev/examples/taxonomy_list.json": "import.refuse.nothing",
		"openeligibility/taxonomy": "import.line.markup", "ohana-hsds-1.0-sample/data/oe.json": "import.refuse.nothing"} {
		data, err := os.ReadFile(filepath.Join(root, f))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Read(context.Background(), "Examples", []File{{f, data}}, Standard())
		if fields := fault.FieldsOf(err); len(fields) == 0 || fields[0].Key != key {
			t.Errorf("%s: %v, want %s", f, err, key)
		}
	}
}

// A sample of what the real rows become, looked up in the files by hand.
func TestThirdPartySample(t *testing.T) {
	root := interop(t)
	b := read(t, folder(t, filepath.Join(root, "ohana-hsds-1.0-sample/data/sample-csv"))...)
	s := byName(t, b, "Fair Oaks Adult Activity Center")
	if s.Origin != "1" || s.Status != "active" || len(s.Places) != 1 || s.Places[0].Postal != "94063" || !s.Places[0].Located ||
		s.Organization != byName(t, b, "Peninsula Family Service").ID || !strings.Contains(s.Fees, "$2.50") {
		t.Errorf("%+v", s)
	}
	out, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{"Susan Houston", "ohana@gmail.com"} {
		if bytes.Contains(out, []byte(person)) {
			t.Errorf("%q came through", person)
		}
	}
	b = read(t, folder(t, filepath.Join(root, "florida-raw"))...)
	if out, err = json.Marshal(b); err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"Lawful Permanent Resident", "Out on Parole"} {
		if bytes.Contains(out, []byte(never)) {
			t.Errorf("%q came through", never)
		}
	}
}
