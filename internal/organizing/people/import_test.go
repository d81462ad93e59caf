// Spreadsheets: what is read and what never is, the job that goes on where it was,
// and taking everything back.
package people

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/sheet"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/db"
	"seedbed/internal/trust/consent"
)

const file = `Name;Celular;Idioma;Barrio;SSN;Date of birth;Notes
Rosa Delgado;503 555 0141;Español;Foster;123-45-6789;1980-03-04;likes tea
Nguyen Thi Lan;(503) 555-0142;Tiếng Việt;Lents;;;
Yasmeen Haddad;;Arabic;;;;
12345 6789;;;;;;
Sam Okafor;503 555 0121;en;Lents;;;
Sam Again;503 555 0142;en;12 Alder Street;;;
Pham Thu;;vi;;;;
`

func (w *world) mapping() Mapping {
	return Mapping{Columns: []Column{ColumnName, ColumnPhone, ColumnLang, ColumnArea, ColumnNothing}, Lang: "en", Agreed: w.clock.Now().AddDate(0, -1, 0), How: "paper", Everyone: true}
}

func (w *world) drain() {
	w.t.Helper()
	w.must(w.jobs.Drain(w.ctx))
}

func (w *world) imports() {
	w.s.RegisterImports(w.jobs)
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.imports()
		w.join(ana, "Thu Pham")
		before := w.dump()
		id, err := w.s.ReadImport(w.ctx, ana, strings.NewReader(file), "k")
		w.must(err)
		again, err := w.s.ReadImport(w.ctx, ana, strings.NewReader(file), "k")
		if err != nil || again != id {
			t.Errorf("%s, %v", again, err)
		}
		b, err := w.s.Import(w.ctx, ana, id)
		if err != nil || b.State != BatchRead || b.Total != 7 || !slices.Equal(b.Dropped, []string{"SSN", "Date of birth"}) ||
			!slices.Equal(b.Mapping.Columns, w.mapping().Columns) {
			t.Fatalf("%+v, %v", b, err)
		}
		w.must(w.s.MapImport(w.ctx, ana, id, w.mapping(), ""))
		w.drain()
		if b, err = w.s.Import(w.ctx, ana, id); err != nil || b.State != BatchPreview ||
			!maps.Equal(b.Verdicts, map[Verdict]int{RowNew: 3, RowHere: 1, RowWrong: 1, RowTwice: 1, RowAlike: 1}) {
			t.Fatalf("%+v, %v", b, err)
		}
		rows, _, err := w.s.ImportRows(w.ctx, ana, id, RowHere, "", 0)
		if err != nil || len(rows) != 1 || rows[0].Line != 6 || !slices.Contains(rows[0].Differs, PartName) {
			t.Errorf("%+v, %v", rows, err)
		}
		rows, _, err = w.s.ImportRows(w.ctx, ana, id, RowTwice, "", 0)
		if err != nil || len(rows) != 1 || !slices.Equal(rows[0].Notes, []string{"area"}) || rows[0].Profile.Area != "" {
			t.Errorf("a street was kept: %+v, %v", rows, err)
		}
		w.is(w.s.TakeRows(w.ctx, ana, id, RowHere, true, ""), fault.Invalid)
		w.must(w.s.TakeRows(w.ctx, ana, id, RowAlike, true, ""))
		w.must(w.s.ApplyImport(w.ctx, ana, id, ""))
		w.drain()
		if b, err = w.s.Import(w.ctx, ana, id); err != nil || b.State != BatchApplied || b.Outcomes[OutcomeMade] != 4 || b.Outcomes[OutcomeLeft] != 3 || len(b.Samples) != 0 {
			t.Fatalf("%+v, %v", b, err)
		}
		found, err := w.s.Find(w.ctx, ana, "rosa", 5)
		if err != nil || len(found) != 1 || found[0].Lang != "es" || found[0].Area != "Foster" || found[0].Owner != "ana" {
			t.Errorf("%+v, %v", found, err)
		}
		w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) error { // somebody else's word holds for ninety days
			c, err := w.ledger.Live(w.ctx, tx, consent.Query{Subject: found[0].ID, Purpose: consent.OrganizingRecord, Recipient: consent.Organizing, Field: consent.Phone})
			if err == nil && !c.ExpiresAt.Equal(w.clock.Now().AddDate(0, 0, ImportConfirmDays)) {
				t.Errorf("until %v", c.ExpiresAt)
			}
			return err
		}))
		w.must(w.s.UndoImport(w.ctx, ana, id, ""))
		w.drain()
		if b, err = w.s.Import(w.ctx, ana, id); err != nil || b.State != BatchUndone || b.Outcomes[OutcomeUndone] != 4 {
			t.Errorf("%+v, %v", b, err)
		}
		after := w.dump()
		maps.DeleteFunc(after, func(k, _ string) bool { return strings.HasPrefix(k, "consent") && before[k] == "" }) // numbers of receipts
		if !maps.Equal(before, after) {
			t.Errorf("before %v\nafter %v", before, after)
		}
		if list, err := w.s.List(w.ctx, ana, Filter{}, "", ""); err != nil || list.Total != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		w.is(w.s.UndoImport(w.ctx, ana, id, ""), fault.Conflict)
	})
}

// Whoever was met, promised something, was changed or merged since stays.
func TestUndoLeavesWhoChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.imports()
		w.s.staff = func(context.Context, string) ([]Colleague, error) { return nil, nil }
		var sb strings.Builder
		sb.WriteString("name,phone\n")
		for i := range 6 {
			fmt.Fprintf(&sb, "%s Vale,503 555 01%02d\n", []string{"Ada", "Bo", "Cleo", "Dun", "Edda", "Fitz"}[i], 50+i)
		}
		id := w.bring(sb.String())
		who := map[string]string{}
		for _, name := range []string{"Ada", "Bo", "Cleo", "Dun", "Edda", "Fitz"} {
			found, err := w.s.Find(w.ctx, ana, name, 2)
			if err != nil || len(found) != 1 {
				b, _ := w.s.Import(w.ctx, ana, id)
				t.Fatalf("%s: %v, %v %+v", name, found, err, b)
			}
			who[name] = found[0].ID
		}
		w.meet(who["Ada"], HouseMeeting)
		_, err := w.s.Promise(w.ctx, ana, Commitment{Person: who["Bo"], ToAccount: "ana", What: "Bring a chair", Due: w.clock.Now()}, "")
		w.must(err)
		w.rewrite(who["Cleo"], "Cleo V.")
		_, err = w.s.Merge(w.ctx, ana, MergeIn{Survivor: who["Dun"], Taken: who["Edda"]})
		w.must(err)
		w.must(w.s.UndoImport(w.ctx, ana, id, ""))
		w.drain()
		b, err := w.s.Import(w.ctx, ana, id)
		if want := map[Outcome]int{OutcomeMet: 1, OutcomePromised: 1, OutcomeEdited: 1, OutcomeMerged: 2, OutcomeUndone: 1}; err != nil || !maps.Equal(b.Outcomes, want) {
			t.Errorf("%+v, %v", b.Outcomes, err)
		}
	})
}

// bring imports a file with name and phone.
func (w *world) bring(text string) string {
	w.t.Helper()
	id, err := w.s.ReadImport(w.ctx, ana, strings.NewReader(text), "")
	w.must(err)
	b, err := w.s.Import(w.ctx, ana, id)
	w.must(err)
	m := w.mapping()
	m.Columns = b.Mapping.Columns
	w.must(w.s.MapImport(w.ctx, ana, id, m, ""))
	w.drain()
	w.must(w.s.TakeRows(w.ctx, ana, id, RowAlike, true, ""))
	w.must(w.s.ApplyImport(w.ctx, ana, id, ""))
	w.drain()
	return id
}

// A job that is stopped anywhere goes on where it was: nobody twice, nobody lost.
func TestImportGoesOnWhereItWas(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var sb strings.Builder
		sb.WriteString("name,phone\n")
		for i := range 350 {
			fmt.Fprintf(&sb, "P%c%c%c Vale,503 555 %04d\n", 'a'+i%26, 'a'+i/26%26, 'a'+i%7, i)
		}
		id, err := w.s.ReadImport(w.ctx, ana, strings.NewReader(sb.String()), "")
		w.must(err)
		m := w.mapping()
		m.Columns = []Column{ColumnName, ColumnPhone}
		w.must(w.s.MapImport(w.ctx, ana, id, m, ""))
		one := func(step func(context.Context, string, batchRow) (bool, error)) {
			var b batchRow
			w.must(w.db.Read(w.ctx, cedar, func(tx *db.Tx) (err error) { b, err = w.s.batch(w.ctx, tx, id); return err }))
			_, err := step(w.ctx, cedar, b)
			w.must(err)
		}
		for range 2 { // then the process dies
			one(w.s.checkRows)
		}
		w.imports()
		w.drain()
		for _, v := range []Verdict{RowAlike, RowNew} {
			w.must(w.s.TakeRows(w.ctx, ana, id, v, true, ""))
		}
		if b, err := w.s.Import(w.ctx, ana, id); err != nil || b.Taken[RowNew] != 350 {
			t.Errorf("%+v, %v", b.Verdicts, err)
		}
		w.must(w.s.ApplyImport(w.ctx, ana, id, ""))
		one(w.s.applyRows)
		if b, err := w.s.Import(w.ctx, ana, id); err != nil || b.State != BatchApplying || b.Done != rowsAtOnce {
			t.Errorf("%+v, %v", b, err)
		}
		w.drain()
		if list, err := w.s.List(w.ctx, ana, Filter{}, "", ""); err != nil || list.Total != 350 {
			t.Errorf("%d, %v", list.Total, err)
		}
		w.must(w.s.UndoImport(w.ctx, ana, id, ""))
		one(w.s.undoRows)
		w.drain()
		if list, err := w.s.List(w.ctx, ana, Filter{}, "", ""); err != nil || list.Total != 0 {
			t.Errorf("%d, %v", list.Total, err)
		}
	})
}

func TestMappingIsAsked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id, err := w.s.ReadImport(w.ctx, ana, strings.NewReader(file), "")
		w.must(err)
		for name, edit := range map[string]func(*Mapping){
			"nobody says that they agreed":  func(m *Mapping) { m.Everyone = false },
			"agreed more than a year ago":   func(m *Mapping) { m.Agreed = w.clock.Now().AddDate(0, -13, 0) },
			"agreed tomorrow":               func(m *Mapping) { m.Agreed = w.clock.Now().AddDate(0, 0, 1) },
			"no way of agreeing":            func(m *Mapping) { m.How = "" },
			"spoken without a witness":      func(m *Mapping) { m.How = "spoken" },
			"no name":                       func(m *Mapping) { m.Columns[0] = ColumnNothing },
			"two phones":                    func(m *Mapping) { m.Columns[2] = ColumnPhone },
			"a column that is never stored": func(m *Mapping) { m.Columns[4] = "ssn" },
			"columns of another file":       func(m *Mapping) { m.Columns = m.Columns[:2] },
		} {
			m := w.mapping()
			edit(&m)
			if err := w.s.MapImport(w.ctx, ana, id, m, ""); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.is(w.s.MapImport(w.ctx, foreign, id, w.mapping(), ""), fault.NotFound)
		for _, a := range []access.Actor{omar, drLee} {
			_, err := w.s.ReadImport(w.ctx, a, strings.NewReader(file), "")
			w.is(err, fault.Forbidden)
		}
		w.must(w.s.DropImport(w.ctx, ana, id, ""))
		_, err = w.s.Import(w.ctx, ana, id)
		w.is(err, fault.NotFound)
		_, err = w.s.ReadImport(w.ctx, ana, strings.NewReader("SSN,DOB\n1,2\n"), "")
		w.is(err, fault.Invalid)
	})
}

func TestFilesAreForgotten(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.imports()
		old, err := w.s.ReadImport(w.ctx, ana, strings.NewReader(file), "")
		w.must(err)
		done := w.bring("name,phone\nAda Vale,503 555 0150\n1 2 3 4,\n")
		w.clock.Advance(keepUnread + time.Hour)
		w.must(w.s.tidyImports(w.ctx))
		_, err = w.s.Import(w.ctx, ana, old)
		w.is(err, fault.NotFound)
		rows, _, err := w.s.ImportRows(w.ctx, ana, done, RowWrong, "", 0)
		if err != nil || len(rows) != 1 || rows[0].Profile.CalledName != "" {
			t.Errorf("%+v, %v", rows, err)
		}
	})
}

func TestColumns(t *testing.T) {
	for header, want := range map[string]Column{"Full Name": ColumnName, "Teléfono": ColumnPhone, "Số điện thoại": ColumnPhone, "الاسم": ColumnName, "E-Mail": ColumnEmail,
		"Preferred_Language": ColumnLang, "barrio": ColumnArea, "Iglesia": ColumnInstitution, "Notes": ColumnNothing, "Home address": ColumnNothing, "first name": ColumnFirst} {
		if got := Suggest(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	for _, h := range []string{"SSN", "Immigration status", "Date of Birth", "DOB", "Fecha de nacimiento", "Dirección", "Ngày sinh", "Địa chỉ", "تاريخ الميلاد", "العنوان", "Diagnosis", "Diagnóstico", "Chẩn đoán", "تشخيص", "Age", "Visa type", "Medicaid ID",
		"Street address", "Insurance", "Quốc tịch", "الجنسية", "Nationality", "home_address", "Zip"} {
		if !Forbidden(h) {
			t.Errorf("%s would be read", h)
		}
	}
	for _, h := range []string{"Name", "Phone", "Message", "Page", "Agency", "Language", "Neighborhood", "Institution", "Tên", "الهاتف", "Correo", "Email"} {
		if Forbidden(h) {
			t.Errorf("%s is dropped", h)
		}
	}
	for text, want := range map[string]string{"Español": "es", "vi": "vi", "Vietnamese; English": "vi", "العربية": "ar", "Klingon": "", "": "", "EN": "en"} {
		if got := languageOf(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// Whatever a file holds, no row makes a profile with something in it that is never
// stored, and a row that is fine reads the same again.
func FuzzImportRow(f *testing.F) {
	f.Add([]byte(file))
	f.Add([]byte("name\tphone\n\"a\tb\t+1\n"))
	f.Add([]byte("\xff\xfen\x00a\x00m\x00e\x00\n\x00R\x00"))
	s := New(Deps{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := sheet.Read(strings.NewReader(string(raw)), sheet.Limits{Bytes: 1 << 16, Rows: 100, Columns: 20, Cell: 500})
		if err != nil {
			return
		}
		m := Mapping{Lang: "en"}
		for _, h := range table.Header {
			m.Columns = append(m.Columns, Suggest(h))
		}
		for _, r := range table.Rows {
			cells := make([]string, len(table.Header))
			for i, h := range table.Header {
				cells[i] = r.Text(h)
			}
			got := s.readRow(m, "US", cells)
			if got.bad {
				continue
			}
			p := got.profile
			if p.CalledName == "" || len([]rune(p.CalledName)) > 60 || p.Area != "" && !goodArea(p.Area) || p.Lang == "" {
				t.Fatalf("%+v", p)
			}
			if (p.Contact == consent.ByPhone) != (p.Phone != "") {
				t.Fatalf("%+v", p)
			}
		}
	})
}
