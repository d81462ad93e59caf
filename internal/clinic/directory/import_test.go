// What imports promise, on both databases.

package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/dbtest"
)

func importID(kind, n string) string { return id.Derive("test", kind+n) }

func anOrganization(n, name string) ImportRecord {
	return ImportRecord{Kind: ImportOrganization, ID: importID("o", n), Origin: n, Name: name, Description: "Neighbours help neighbours.",
		URL: "https://" + n + ".example.org", Phones: []ImportPhone{{Number: "305-555-0" + n}}}
}

func aService(n, organization, name string) ImportRecord {
	return ImportRecord{Kind: ImportService, ID: importID("s", n), Origin: n, Organization: importID("o", organization), Name: name, Status: "active",
		Description: "Weekly boxes.", Fees: "Free", Languages: []string{"es"}, MinAge: 18,
		Hours:  []ImportHours{{Days: "MO,WE", Opens: "09:00", Closes: "17:30"}},
		Places: []ImportPlace{{Name: "Depot", Address: "4" + n + " Quarry Street", City: "Middleford", Lat: 41.5, Lng: -72.7, Located: true, Access: []string{"wheelchair"}}}}
}

func aBatch(records ...ImportRecord) ImportBatch {
	b := ImportBatch{Feed: "Test County", Format: "hsds-csv", Files: []string{"a.csv"}}
	for _, r := range records {
		r.Normalize()
		b.Records = append(b.Records, r)
	}
	b.Report = []ImportLine{{File: "a.csv", Row: 2, Pointer: "url", Level: ImportFixed, Key: "import.line.url_scheme", Args: map[string]any{"Value": "x"}},
		{File: "a.csv", Row: 3, Pointer: "name", Level: ImportError, Key: "import.line.no_name"}}
	return b
}

func (w *world) preview(records ...ImportRecord) ImportSummary {
	w.Helper()
	made, err := w.s.PreviewImport(ctx, organizer, aBatch(records...), "en", "")
	w.ok(err)
	return w.importOf(made)
}

func (w *world) importOf(batch string) ImportSummary {
	w.Helper()
	sum, err := w.s.Import(ctx, organizer, batch)
	w.ok(err)
	return sum
}

func (w *world) apply(records ...ImportRecord) string {
	w.Helper()
	sum := w.preview(records...)
	w.ok(w.s.ApplyImport(ctx, organizer, sum.ID))
	return sum.ID
}

func (w *world) programmes() []ProgrammeView {
	w.Helper()
	list, err := w.s.Programmes(ctx, public, Filter{})
	w.ok(err)
	return list
}

// contents is every row an import may touch, but for versions, which only grow.
func contents(t testing.TB, d *db.DB, org string) string {
	t.Helper()
	var out []string
	err := d.Read(context.Background(), org, func(tx *db.Tx) error {
		st, err := loadImported(context.Background(), tx)
		if err != nil {
			return err
		}
		for _, m := range []any{st.sources, st.programmes} { // maps are written sorted
			out = append(out, asText(m))
		}
		groups, err := db.Column[string](context.Background(), tx, `SELECT card FROM directory_group WHERE org_id=$1 ORDER BY id`, org)
		out = append(out, groups...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, "\n")
}

func TestImportLife(t *testing.T) {
	each(t, func(w *world) {
		before := contents(w, w.d, org)
		closed := aService("3", "2", "Old Class")
		closed.Status = "defunct"
		records := []ImportRecord{anOrganization("1", "Riverside Commons"), aService("1", "1", "Food Boxes"), aService("2", "9", "Night Bus"), closed}
		sum := w.preview(records...)
		if sum.Actions[ImportNew] != 4 || sum.Changes() != 4 || sum.Levels[ImportError] != 1 || sum.Lines != 2 || sum.State != ImportPreviewed {
			t.Fatalf("%+v", sum)
		}
		if len(w.programmes()) != 0 || contents(w, w.d, org) != before {
			t.Fatal("a preview changed the directory")
		}
		w.ok(w.s.ApplyImport(ctx, organizer, sum.ID))
		w.ok(w.s.ApplyImport(ctx, organizer, sum.ID)) // twice is once
		list := w.programmes()
		if len(list) != 2 {
			t.Fatalf("%d services shown, want the two that are open", len(list))
		}
		box := list[0]
		if box.Name != "Food Boxes" || box.Host != "Riverside Commons" || box.Words.ForWhom != "18+" || box.Cost != "" || len(box.Schedule) != 2 ||
			box.Schedule[0].Start != 9*60 || box.Place.Address != "41 Quarry Street, Middleford" || box.Access[0] != StepFree || box.Topics[0] != Food {
			t.Errorf("%+v", box)
		}
		if list[1].Host != "" {
			t.Errorf("an unknown organization has a name: %q", list[1].Host)
		}
		groups, err := w.s.List(ctx, public, Filter{}, "")
		w.ok(err)
		if groups.Total != 0 {
			t.Error("an imported organization shows as a group")
		}
		again := w.preview(records...)
		if again.Actions[ImportUnchanged] != 4 || again.Changes() != 0 {
			t.Errorf("the same file twice: %+v", again.Actions)
		}
		if err := w.s.ApplyImport(ctx, organizer, again.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("applying nothing: %v", err)
		}
		w.ok(w.s.DiscardImport(ctx, organizer, again.ID))
		w.ok(w.s.UndoImport(ctx, organizer, sum.ID))
		w.ok(w.s.UndoImport(ctx, organizer, sum.ID))
		if got := contents(w, w.d, org); got != before {
			t.Errorf("after undo:\n%s\nwant\n%s", got, before)
		}
		if len(w.programmes()) != 0 {
			t.Error("the snapshot still shows what was undone")
		}
		done := w.importOf(sum.ID)
		if done.State != ImportUndone || done.Outcomes[ImportTakenBack] != 4 || done.Left() != 0 || done.AppliedBy != organizer.Account {
			t.Errorf("%+v", done)
		}
	})
}

func TestImportChanges(t *testing.T) {
	each(t, func(w *world) {
		w.apply(anOrganization("1", "Riverside Commons"), aService("1", "1", "Food Boxes"), aService("2", "1", "Night Bus"))
		first := contents(w, w.d, org)
		w.clock.Advance(time.Hour)
		changed := aService("1", "1", "Food Boxes and Bread")
		changed.Places[0].Address = "9 Loom Street"
		sum := w.preview(anOrganization("1", "Riverside Commons Union"), changed, aService("3", "1", "Choir"))
		if sum.Actions[ImportChanged] != 2 || sum.Actions[ImportNew] != 1 {
			t.Fatalf("%+v", sum.Actions)
		}
		rows, err := w.s.ImportRows(ctx, organizer, sum.ID, ImportChanged, 1)
		w.ok(err)
		want := []ImportChange{{"host", "Riverside Commons", "Riverside Commons Union"}, {"name", "Food Boxes", "Food Boxes and Bread"},
			{"places", "Depot, 41 Quarry Street, Middleford", "Depot, 9 Loom Street, Middleford"}}
		if fmt.Sprint(rows[1].Changes) != fmt.Sprint(want) {
			t.Errorf("changes %v, want %v", rows[1].Changes, want)
		}
		w.ok(w.s.ApplyImport(ctx, organizer, sum.ID))
		if list := w.programmes(); len(list) != 3 || list[1].Name != "Food Boxes and Bread" {
			t.Errorf("%+v", list)
		}
		w.ok(w.s.UndoImport(ctx, organizer, sum.ID))
		if got := contents(w, w.d, org); got != first {
			t.Errorf("after undo:\n%s\nwant\n%s", got, first)
		}
	})
}

func (w *world) edit(name, to string) {
	w.Helper()
	list, err := w.s.StaffProgrammes(ctx, organizer)
	w.ok(err)
	for _, p := range list {
		if p.Name == name {
			w.clock.Advance(time.Minute)
			p.Name = to
			_, err := w.s.SaveProgramme(ctx, organizer, p, "")
			w.ok(err)
			return
		}
	}
	w.Fatalf("no programme %q", name)
}

// What a person changed stays, in an undo and against a later file, and the batch says so.
func TestImportLeavesPeoplesWork(t *testing.T) {
	each(t, func(w *world) {
		batch := w.apply(aService("1", "1", "Food Boxes"), aService("2", "1", "Night Bus"))
		w.edit("Food Boxes", "Food Boxes (side door)")
		changed := aService("1", "1", "Food Parcels")
		sum := w.preview(changed, aService("2", "1", "Night Bus"))
		if sum.Actions[ImportKept] != 1 || sum.Changes() != 0 {
			t.Fatalf("%+v", sum.Actions)
		}
		w.ok(w.s.DiscardImport(ctx, organizer, sum.ID))
		w.ok(w.s.UndoImport(ctx, organizer, batch))
		done := w.importOf(batch)
		if done.Outcomes[ImportLeftEdited] != 1 || done.Outcomes[ImportTakenBack] != 1 {
			t.Errorf("%+v", done.Outcomes)
		}
		left, err := w.s.ImportLeft(ctx, organizer, batch)
		w.ok(err)
		if len(left) != 1 || left[0].Name != "Food Boxes" || left[0].Outcome != ImportLeftEdited {
			t.Errorf("%+v", left)
		}
		if list := w.programmes(); len(list) != 1 || list[0].Name != "Food Boxes (side door)" {
			t.Errorf("%+v", list)
		}
		sum = w.preview(changed)
		w.ok(w.s.ChooseImport(ctx, organizer, sum.ID, 1, "", true))
		w.ok(w.s.ApplyImport(ctx, organizer, sum.ID))
		if list := w.programmes(); list[0].Name != "Food Parcels" {
			t.Errorf("a chosen record was not taken: %+v", list)
		}
		w.ok(w.s.UndoImport(ctx, organizer, sum.ID))
		if list := w.programmes(); list[0].Name != "Food Boxes (side door)" {
			t.Errorf("the person's words did not come back: %+v", list)
		}
	})
}

func TestImportUndoneOutOfOrder(t *testing.T) {
	each(t, func(w *world) {
		first := w.apply(aService("1", "1", "Food Boxes"), aService("2", "1", "Night Bus"))
		w.clock.Advance(time.Hour)
		second := w.apply(aService("1", "1", "Food Parcels"))
		w.ok(w.s.UndoImport(ctx, organizer, first))
		if done := w.importOf(first); done.Outcomes[ImportLeftLater] != 1 || done.Outcomes[ImportTakenBack] != 1 {
			t.Errorf("%+v", done.Outcomes)
		}
		w.ok(w.s.UndoImport(ctx, organizer, second))
		if list := w.programmes(); len(list) != 1 || list[0].Name != "Food Boxes" {
			t.Errorf("%+v", list)
		}
	})
}

func TestImportTwins(t *testing.T) {
	each(t, func(w *world) {
		w.create(sample("Riverside Commons"))
		_, err := w.s.SaveProgramme(ctx, organizer, Programme{Name: "Food boxes", Host: "Quarry Pantry", What: "Boxes", Published: true}, "")
		w.ok(err)
		pantry := anOrganization("2", "Quarry Pantry")
		sum := w.preview(anOrganization("1", "RIVERSIDE  commons"), pantry, aService("1", "2", "Food Boxes"), aService("2", "1", "Food Boxes"))
		if sum.Actions[ImportTwin] != 2 || sum.Actions[ImportNew] != 2 {
			t.Fatalf("%+v", sum.Actions)
		}
		rows, err := w.s.ImportRows(ctx, organizer, sum.ID, ImportTwin, 1)
		w.ok(err)
		if rows[0].TwinKind != "group" || rows[0].TwinName != "Riverside Commons" || rows[1].TwinKind != "programme" || rows[0].Taken {
			t.Errorf("%+v", rows)
		}
		w.ok(w.s.ChooseImport(ctx, organizer, sum.ID, rows[1].N, "", true))
		w.ok(w.s.ApplyImport(ctx, organizer, sum.ID))
		done := w.importOf(sum.ID)
		if done.Outcomes[ImportLeftOut] != 1 || done.Outcomes[ImportDone] != 3 || len(w.programmes()) != 3 {
			t.Errorf("%+v", done.Outcomes)
		}
		// The same directory under another name: everything is a look-alike.
		again := aBatch(anOrganization("x2", "Quarry Pantry"), aService("x2", "x2", "Food Boxes"))
		again.Feed = "County Test"
		made, err := w.s.PreviewImport(ctx, organizer, again, "en", "")
		w.ok(err)
		if sum := w.importOf(made); sum.Actions[ImportTwin] != 2 {
			t.Errorf("%+v", sum.Actions)
		}
	})
}

func TestMarkOrganizing(t *testing.T) {
	each(t, func(w *world) {
		batch := w.apply(anOrganization("1", "Riverside Commons"), aService("1", "1", "Food Boxes"))
		if _, err := w.s.MarkOrganizing(ctx, organizer, importID("s", "1"), false, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("a service became a group: %v", err)
		}
		made, err := w.s.MarkOrganizing(ctx, organizer, importID("o", "1"), false, "key")
		w.ok(err)
		g := w.get(made)
		if g.State != Draft || g.Offer != Organizing || g.Name != "Riverside Commons" || g.Source.Batch != batch || g.Contact.Phone != "305-555-01" {
			t.Errorf("%+v", g)
		}
		if again, err := w.s.MarkOrganizing(ctx, organizer, importID("o", "1"), false, "key2"); err != nil || again != made {
			t.Errorf("marked twice: %s, %v", again, err)
		}
		list, more, err := w.s.ImportedOrganizations(ctx, organizer, "RIVER", 1)
		w.ok(err)
		if len(list) != 1 || more || list[0].Group != made {
			t.Errorf("%+v", list)
		}
		w.ok(w.s.UndoImport(ctx, organizer, batch))
		if done := w.importOf(batch); done.Outcomes[ImportLeftGroup] != 1 || done.Outcomes[ImportTakenBack] != 1 {
			t.Errorf("%+v", done.Outcomes)
		}
		w.get(made)
	})
}

func TestMarkOrganizingAsksAboutLookAlikes(t *testing.T) {
	each(t, func(w *world) {
		w.apply(anOrganization("1", "Riverside Commons"))
		w.create(sample("Riverside Commons"))
		_, err := w.s.MarkOrganizing(ctx, organizer, importID("o", "1"), false, "k")
		if key, _ := fault.MessageOf(err); key != "directory.error.duplicate" {
			t.Fatalf("%v", err)
		}
		_, err = w.s.MarkOrganizing(ctx, organizer, importID("o", "1"), true, "k")
		w.ok(err)
	})
}

func TestImportAccess(t *testing.T) {
	each(t, func(w *world) {
		sum := w.preview(aService("1", "1", "Food Boxes"))
		other := access.Actor{Account: "x", Org: "org-b", Roles: []access.Role{access.Organizer}}
		for name, c := range map[string]struct {
			a    access.Actor
			kind fault.Kind
		}{"public": {public, fault.Unauthenticated}, "clinician": {clinician, fault.Forbidden}, "navigator": {navigator, fault.Forbidden}, "other clinic": {other, fault.NotFound}} {
			errs := map[string]error{"apply": w.s.ApplyImport(ctx, c.a, sum.ID), "undo": w.s.UndoImport(ctx, c.a, sum.ID),
				"discard": w.s.DiscardImport(ctx, c.a, sum.ID), "choose": w.s.ChooseImport(ctx, c.a, sum.ID, 1, "", true)}
			_, errs["read"] = w.s.Import(ctx, c.a, sum.ID)
			_, errs["report"] = w.s.ImportReport(ctx, c.a, sum.ID, "", 0)
			_, errs["mark"] = w.s.MarkOrganizing(ctx, c.a, importID("o", "1"), false, "")
			if c.kind != fault.NotFound {
				_, errs["preview"] = w.s.PreviewImport(ctx, c.a, aBatch(aService("1", "1", "x")), "en", "")
				_, _, errs["list"] = w.s.Imports(ctx, c.a, 1)
				_, errs["feeds"] = w.s.ImportFeeds(ctx, c.a)
				_, errs["rows"] = w.s.ImportRows(ctx, c.a, sum.ID, ImportNew, 1)
				_, errs["left"] = w.s.ImportLeft(ctx, c.a, sum.ID)
				_, _, errs["organizations"] = w.s.ImportedOrganizations(ctx, c.a, "", 1)
			}
			for verb, err := range errs {
				if !fault.Is(err, c.kind) {
					t.Errorf("%s, %s: %v, want %s", name, verb, err, c.kind)
				}
			}
		}
	})
}

func TestImportKeyAndStates(t *testing.T) {
	each(t, func(w *world) {
		b := aBatch(aService("1", "1", "Food Boxes"))
		one, err := w.s.PreviewImport(ctx, organizer, b, "en", "same")
		w.ok(err)
		two, err := w.s.PreviewImport(ctx, organizer, b, "en", "same")
		w.ok(err)
		if one != two {
			t.Error("a form sent twice made two previews")
		}
		w.refused(w.s.UndoImport(ctx, organizer, one), fault.Conflict)
		three := w.preview(aService("1", "1", "Food Boxes"))
		w.ok(w.s.ApplyImport(ctx, organizer, one))
		if key, _ := fault.MessageOf(w.s.ApplyImport(ctx, organizer, three.ID)); key != "import.error.moved" {
			t.Errorf("a preview of another state was applied: %s", key)
		}
		w.refused(w.s.DiscardImport(ctx, organizer, one), fault.Conflict)
		w.refused(w.s.ChooseImport(ctx, organizer, one, 1, "", false), fault.Conflict)
		_, err = w.s.PreviewImport(ctx, organizer, b, "English!", "")
		w.refused(err, fault.Invalid, "lang")
		_, err = w.s.PreviewImport(ctx, organizer, ImportBatch{}, "en", "")
		w.refused(err, fault.Invalid, "feed", "files")
		w.clock.Advance(ImportKeep + time.Hour)
		w.ok(w.s.SweepImports(ctx, w.clock.Now()))
		list, _, err := w.s.Imports(ctx, organizer, 1)
		w.ok(err)
		if len(list) != 1 || list[0].ID != one {
			t.Errorf("%+v", list)
		}
		lines, err := w.s.ImportReport(ctx, organizer, one, ImportError, 1)
		w.ok(err)
		if len(lines) != 1 || lines[0].Key != "import.line.no_name" || lines[0].Row != 3 {
			t.Errorf("%+v", lines)
		}
		for i := range openImports {
			_, err = w.s.PreviewImport(ctx, organizer, aBatch(aService(fmt.Sprint(i), "1", "Choir")), "en", "")
			w.ok(err)
		}
		_, err = w.s.PreviewImport(ctx, organizer, b, "en", "")
		w.refused(err, fault.Conflict)
	})
}

// A file may carry the id of something typed here: that is not overwritten.
func TestImportNeverOverwritesWhatWasTyped(t *testing.T) {
	each(t, func(w *world) {
		typed, err := w.s.SaveProgramme(ctx, organizer, Programme{Name: "Gym hour", What: "Move", Published: true}, "")
		w.ok(err)
		r := aService("1", "1", "Stolen id")
		r.ID = typed
		w.apply(r)
		p, err := w.s.Programme(ctx, organizer, typed)
		w.ok(err)
		if p.Name != "Gym hour" || len(w.programmes()) != 2 {
			t.Errorf("%+v", p)
		}
		o := anOrganization("7", "An organization with a service's id")
		o.ID = typed
		w.apply(o)
		if len(w.programmes()) != 2 {
			t.Error("a service was replaced by an organization")
		}
	})
}

// Apply and undo of any batch on any directory leaves the tables as they were.
func TestImportUndoIsExact(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var serial atomic.Int64
		rapid.Check(t, func(rt *rapid.T) {
			a := organizer
			a.Org = fmt.Sprintf("org-%d", serial.Add(1))
			records := rapid.SliceOfN(rapid.Custom(anyRecord), 1, 12)
			check := func(err error) {
				if err != nil {
					rt.Fatal(err)
				}
			}
			run := func(b ImportBatch) (string, bool) {
				w.clock.Advance(time.Minute)
				batch, err := w.s.PreviewImport(ctx, a, b, rapid.SampledFrom([]string{"en", "es"}).Draw(rt, "lang"), "")
				check(err)
				if rapid.Bool().Draw(rt, "takeTwins") {
					err := w.s.ChooseImport(ctx, a, batch, 0, ImportTwin, true)
					if !fault.Is(err, fault.NotFound) {
						check(err)
					}
				}
				err = w.s.ApplyImport(ctx, a, batch)
				if fault.Is(err, fault.Conflict) {
					return batch, false // nothing to do
				}
				check(err)
				return batch, true
			}
			for range rapid.IntRange(0, 2).Draw(rt, "earlier") {
				run(aBatch(once(records.Draw(rt, "records"))...))
			}
			before := contents(t, d, a.Org)
			batch, applied := run(aBatch(once(records.Draw(rt, "batch"))...))
			if !applied {
				return
			}
			check(w.s.UndoImport(ctx, a, batch))
			if got := contents(t, d, a.Org); got != before {
				rt.Fatalf("after undo:\n%s\nwant:\n%s", got, before)
			}
		})
	})
}

func anyRecord(t *rapid.T) ImportRecord {
	n := fmt.Sprint(rapid.IntRange(1, 6).Draw(t, "n"))
	name := rapid.SampledFrom([]string{"Choir", "Food Boxes", "Night Bus", "Riverside Commons"}).Draw(t, "name")
	r := aService(n, fmt.Sprint(rapid.IntRange(1, 6).Draw(t, "org")), name)
	if rapid.Bool().Draw(t, "organization") {
		r = anOrganization(n, name)
	}
	r.Description = rapid.StringMatching(`[a-zA-Z áñ'"\\%]{0,30}`).Draw(t, "text")
	r.Status = rapid.SampledFrom([]string{"", "active", "inactive"}).Draw(t, "status")
	r.Areas = rapid.SliceOfN(rapid.SampledFrom([]string{"North", "South"}), 0, 2).Draw(t, "areas")
	return r
}

// once drops repeats of an id, as a reader does.
func once(in []ImportRecord) []ImportRecord {
	seen := map[string]bool{}
	var out []ImportRecord
	for _, r := range in {
		if !seen[r.ID] {
			seen[r.ID] = true
			out = append(out, r)
		}
	}
	return out
}

// breaking is a context that ends after some looks at it: every place where a
// statement could fail is tried.
type breaking struct {
	context.Context
	left  *atomic.Int64
	ended chan struct{}
}

func breakAfter(n int) breaking {
	b := breaking{ctx, new(atomic.Int64), make(chan struct{})}
	b.left.Store(int64(n))
	close(b.ended)
	return b
}

func (b breaking) Done() <-chan struct{} {
	if b.left.Add(-1) < 0 {
		return b.ended
	}
	return make(chan struct{})
}

func (b breaking) Err() error {
	if b.left.Load() < 0 {
		return context.Canceled
	}
	return nil
}

func TestNeverAPartialImport(t *testing.T) {
	each(t, func(w *world) {
		w.apply(aService("0", "1", "Food Boxes"))
		before := contents(w, w.d, org)
		var records []ImportRecord
		for i := range 250 {
			records = append(records, aService(fmt.Sprint(i), "1", fmt.Sprintf("Service %d", i)))
		}
		sum := w.preview(records...)
		for _, k := range []int{1, 99, 100, 101, 250} { // a row in the way makes the statement of the k-th record fail
			w.ok(w.d.Write(ctx, org, func(tx *db.Tx) error { return insertUndo(ctx, tx, sum.ID, []undoRow{{n: k}}) }))
			if err := w.s.ApplyImport(ctx, organizer, sum.ID); !fault.Is(err, fault.Conflict) {
				t.Fatalf("record %d: %v, want the failure this test put there", k, err)
			}
			if got := contents(w, w.d, org); got != before {
				t.Fatalf("record %d failed and a part of the import stayed", k)
			}
			w.ok(w.d.Write(ctx, org, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `DELETE FROM directory_batch_undo WHERE org_id=$1 AND batch=$2`, org, sum.ID)
				return err
			}))
		}
		after, failed := "", 0
		for n := 0; n < 60; n++ {
			err := w.s.ApplyImport(breakAfter(n), organizer, sum.ID)
			got := contents(w, w.d, org)
			if err != nil {
				failed++
			}
			switch {
			case got == before && err != nil:
			case got != before && after == "":
				after = got // whole, as the count below proves
			case got != after:
				t.Fatalf("after %d looks: neither before nor after (%v)", n, err)
			}
		}
		if failed < 1 || failed < 5 && w.d.Dialect() == db.Postgres { // SQLite's writer finishes what it began
			t.Errorf("only %d attempts were broken off: this test tried nothing", failed)
		}
		w.ok(w.s.ApplyImport(ctx, organizer, sum.ID))
		if n := len(w.programmes()); n != 250 {
			t.Errorf("%d services", n)
		}
	})
}

func TestExportJSON(t *testing.T) {
	each(t, func(w *world) {
		shown, blurred, hidden, unlisted := sample("Linden Tenants"), sample("Rough Place Group"), sample("Hidden Place Group"), sample("Unlisted Group")
		blurred.Place = Place{Name: "Secret Hall", Area: "Birch Park", Address: "77 Secret Street", Lat: 45.61, Lon: -122.71, Located: true, Visibility: Blurred}
		hidden.Place = Place{Name: "Cellar Door", Area: "Ash Corner", Address: "88 Quiet Street", Lat: 45.71, Lon: -122.81, Located: true, Visibility: Hidden}
		unlisted.Unlisted = true
		for _, g := range []Group{shown, blurred, hidden, unlisted} {
			w.publish(g)
		}
		w.create(sample("A draft"))
		w.apply(anOrganization("1", "Riverside Commons"), aService("1", "1", "Food Boxes"))
		var buf bytes.Buffer
		w.ok(w.s.ExportJSON(ctx, public, &buf))
		for _, secret := range []string{"Secret", "45.61", "Cellar", "Quiet Street", "45.71", "Ash Corner", "Unlisted Group", "A draft", "Marisol", "15035550101"} {
			if strings.Contains(buf.String(), secret) {
				t.Errorf("%q is in the export", secret)
			}
		}
		var out struct{ Organizations, Services []map[string]any }
		if err := json.Unmarshal(buf.Bytes(), &out); err != nil {
			t.Fatal(err)
		}
		if len(out.Organizations) != 3 || len(out.Services) != 1 || !strings.Contains(buf.String(), "Birch Park") || !strings.Contains(buf.String(), "12 Linden Way") {
			t.Errorf("%s", buf.String())
		}
	})
}

func TestImportedCost(t *testing.T) {
	for fees, want := range map[string]string{"": "Ask about the cost", "None.": "", "FREE": "", "$2 a visit": "$2 a visit"} {
		if got := costOf(ImportRecord{Fees: fees, Lang: "en"}); got != want {
			t.Errorf("fees %q: %q, want %q", fees, got, want)
		}
	}
}

func TestImportFieldsAreAllCompared(t *testing.T) {
	m := fieldsOf(ImportRecord{MinAge: 1, MaxAge: 2})
	for _, f := range importFields {
		if _, ok := m[f]; !ok {
			t.Errorf("%s has no line", f)
		}
	}
	if len(importFields) != len(maps.Clone(m)) {
		t.Errorf("%d lines for %d fields", len(m), len(importFields))
	}
}
