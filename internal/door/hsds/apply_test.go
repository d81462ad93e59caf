// Files to directory and back, on both databases.

package hsds

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
	"seedbed/internal/platform/db/idem"
	"seedbed/internal/platform/vault/vaulttest"
)

var steward = access.Actor{Account: "acc-steward", Org: "org-a", Roles: []access.Role{access.Organizer}, Locale: "en"}

func eachDirectory(t *testing.T, fn func(t *testing.T, s *directory.Service)) {
	dbtest.Each(t, []fs.FS{directory.Schema, audit.Schema, idem.Schema}, func(t *testing.T, d *db.DB) {
		c, v := clock.NewFake(time.Date(2026, 3, 3, 17, 0, 0, 0, time.UTC)), vaulttest.New(t)
		fn(t, directory.New(directory.Options{DB: d, Vault: v, Audit: audit.New(d, v, c), Clock: c}))
	})
}

func shown(t *testing.T, s *directory.Service) int {
	t.Helper()
	list, err := s.Programmes(context.Background(), access.Anonymous("org-a"), directory.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// wholeWay previews, applies, previews again and undoes; want is the number of services shown in between.
func wholeWay(t *testing.T, s *directory.Service, files []File, want int) {
	t.Helper()
	ctx := context.Background()
	b, err := Read(ctx, "Feed", files, Standard())
	if err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	made, err := s.PreviewImport(ctx, steward, b, "en", "")
	check(err)
	check(s.ApplyImport(ctx, steward, made))
	if n := shown(t, s); n != want {
		t.Errorf("%d services shown, want %d", n, want)
	}
	again, err := s.PreviewImport(ctx, steward, b, "en", "")
	check(err)
	sum, err := s.Import(ctx, steward, again)
	check(err)
	if sum.Actions[directory.ImportUnchanged] != len(b.Records) {
		t.Errorf("the same files twice: %v of %d records", sum.Actions, len(b.Records))
	}
	check(s.DiscardImport(ctx, steward, again))
	check(s.UndoImport(ctx, steward, made))
	if sum, err = s.Import(ctx, steward, made); err != nil || sum.Left() != 0 {
		t.Errorf("undo left %d records (%v)", sum.Left(), err)
	}
	if n := shown(t, s); n != 0 {
		t.Errorf("%d services shown after undo", n)
	}
}

func TestFilesToDirectoryAndBack(t *testing.T) {
	eachDirectory(t, func(t *testing.T, s *directory.Service) {
		wholeWay(t, s, folder(t, "testdata/dirty"), 3)
		wholeWay(t, s, []File{fixture(t, "own.csv")}, 1)
		wholeWay(t, s, []File{fixture(t, "service.json")}, 0) // temporarily closed
	})
}

func TestThirdPartyDirectoriesToDirectoryAndBack(t *testing.T) {
	root := interop(t)
	eachDirectory(t, func(t *testing.T, s *directory.Service) {
		for dir, want := range map[string]int{"ohana-hsds-1.0-sample/data/sample-csv": 21, "florida-raw": 135, "hsds-3.1-dev/examples/csv": 1,
			"oruk-3.0-profile/examples/csv": 1, "mock-hsds-api/data": 1, "oruk-validator-mocks/V3.0-UK-Test": 1} {
			wholeWay(t, s, folder(t, filepath.Join(root, dir)), want)
		}
	})
}

// What the program exports, it reads again.
func TestExportReadsBack(t *testing.T) {
	eachDirectory(t, func(t *testing.T, s *directory.Service) {
		ctx := context.Background()
		made, err := s.PreviewImport(ctx, steward, read(t, folder(t, "testdata/dirty")...), "en", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.ApplyImport(ctx, steward, made); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := s.ExportJSON(ctx, access.Anonymous("org-a"), &buf); err != nil {
			t.Fatal(err)
		}
		b := read(t, File{"export.json", buf.Bytes()})
		desk := byName(t, b, "Tenant Help Desk")
		if len(b.Records) != 5 || desk.Places[0].Address != "12 River Road, Middleford, CT 06001" || len(desk.Hours) != 2 || desk.Phones[0].Number == "" {
			t.Errorf("%d records, %+v", len(b.Records), desk)
		}
	})
}

// A county of four thousand services goes in within seconds, as one piece.
func TestLargeDirectory(t *testing.T) {
	if testing.Short() {
		t.Skip("a large directory takes a few seconds")
	}
	var services, organizations bytes.Buffer
	organizations.WriteString("id,name,description,url,tax_id\n")
	services.WriteString("id,organization_id,name,description,url,status,application_process\n")
	for i := range 4000 {
		if i < 1500 {
			fmt.Fprintf(&organizations, "%d,Organization %d,Does good work number %d,org%d.example.org,\n", i, i, i, i)
		}
		fmt.Fprintf(&services, "%d,%d,Service %d,%s,service%d.example.org,active,Call first\n", i, i%1600, i, "A long description of what is given here.", i)
	}
	files := []File{{"organizations.csv", organizations.Bytes()}, {"services.csv", services.Bytes()}}
	eachDirectory(t, func(t *testing.T, s *directory.Service) {
		from := time.Now()
		wholeWay(t, s, files, 4000)
		t.Logf("read, previewed twice, applied, undone: %s", time.Since(from).Round(time.Millisecond))
	})
}

// A refused reading leaves nothing behind.
func TestRefusedFilesLeaveNothing(t *testing.T) {
	eachDirectory(t, func(t *testing.T, s *directory.Service) {
		files := append(folder(t, "testdata/dirty"), File{"broken.json", []byte(`{"contents":[{"id":`)})
		b, err := Read(context.Background(), "Feed", files, Standard())
		if !fault.Is(err, fault.Invalid) || len(b.Records) != 0 {
			t.Fatalf("%v with %d records", err, len(b.Records))
		}
		if _, err := s.PreviewImport(context.Background(), steward, b, "en", ""); !fault.Is(err, fault.Invalid) {
			t.Errorf("an empty batch was accepted: %v", err)
		}
		if _, err := os.Stat("broken.json"); err == nil {
			t.Error("a file was written")
		}
	})
}
