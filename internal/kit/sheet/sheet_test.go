package sheet

// Tests of the formula guard, of tolerant reading and of the limits.

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

func written(t testing.TB, rows ...[]any) string {
	t.Helper()
	var b bytes.Buffer
	w := NewWriter(&b)
	for _, r := range rows {
		w.Row(r...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Rosa": "Rosa", "a=b": "a=b", "5-7": "5-7", "O'Neill": "O'Neill", "'tis": "'tis",
		"=1+1": "'=1+1", "+1503": "'+1503", "-x": "'-x", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "\x00=x": "'\x00=x",
		" =1": "' =1", "＝1": "'＝1", "'=1": "''=1",
	} {
		if got := Guard(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestWrite(t *testing.T) {
	got := written(t, []any{"name", "n", "share", "yes"}, []any{`say "hi", =now`, -5, 0.25, true}, []any{"=HYPERLINK(\"x\")", nil, "a;b", "two\nlines"})
	want := "\uFEFFname,n,share,yes\r\n\"say \"\"hi\"\", =now\",-5,0.25,true\r\n\"'=HYPERLINK(\"\"x\"\")\",,\"a;b\",\"two\nlines\"\r\n"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestNoCellRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+\-@ \t'"]{0,3}[a-z(]{0,4}`)).Draw(t, "cell")
		var b bytes.Buffer
		w := NewWriter(&b)
		w.Row("x", s)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF"))).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("another program reads %v, %v", rows, err)
		}
		if c := strings.TrimLeft(rows[0][1], " "); c != "" && strings.ContainsAny(c[:1], "=+-@\t\r\x00") {
			t.Fatalf("%q is written as %q", s, rows[0][1])
		}
	})
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := clean(rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+\-@'";, ]{0,4}[a-z\n]{0,4}`)).Draw(t, "cell"))
		if strings.ContainsAny(s, "\x00") || s == "" {
			return
		}
		var b bytes.Buffer
		w := NewWriter(&b)
		w.Row("a", "b")
		w.Row(s, "end")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		table, err := Read(&b, Limits{})
		if err != nil || len(table.Rows) != 1 {
			t.Fatalf("%v", err)
		}
		if got := table.Rows[0].Text("a"); got != s {
			t.Fatalf("%q reads back as %q", s, got)
		}
	})
}

func TestReadTolerates(t *testing.T) {
	for name, in := range map[string]string{
		"plain":          "name,city\nRosa,Östra\n",
		"crlf":           "name,city\r\nRosa,Östra\r\n",
		"cr only":        "name,city\rRosa,Östra",
		"bom":            "\uFEFFname,city\nRosa,Östra",
		"semicolon":      "name;city\nRosa;Östra",
		"tab":            "name\tcity\nRosa\tÖstra",
		"sep line":       "sep=;\r\nname;city\r\nRosa;Östra",
		"quoted header":  "\"name\",\"city\"\n\"Rosa\",\"Östra\"",
		"space":          " Name , City \n  Rosa ,\u00a0Östra\u200b",
		"spaced quotes":  "name, \"city\" \nRosa, \"Östra\" ",
		"blank lines":    "\n\nname,city\n,,\n\nRosa,Östra\n\n",
		"windows-1252":   "name,city\nRosa,\xd6stra",
		"utf-16":         "\xff\xfen\x00a\x00m\x00e\x00,\x00c\x00i\x00t\x00y\x00\n\x00R\x00o\x00s\x00a\x00,\x00\xd6\x00s\x00t\x00r\x00a\x00",
		"guarded":        "name,city\n'Rosa,Östra",
		"stray controls": "name,city\nRo\x07sa,Östra",
	} {
		table, err := Read(strings.NewReader(in), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(table.Rows) != 1 {
			t.Errorf("%s: %d rows", name, len(table.Rows))
			continue
		}
		r := table.Rows[0]
		if got := strings.TrimPrefix(r.Text("NAME"), "'") + "/" + r.Text("city"); got != "Rosa/Östra" {
			t.Errorf("%s: %q (%s, %q)", name, got, table.Encoding, table.Delimiter)
		}
	}
}

func TestRaggedRows(t *testing.T) {
	table, err := Read(strings.NewReader("a,b,c\n1\n1,,3\n1,2,3,4,,6\n\"x \"\"y\"\" z\",\"two\nlines\",say \"no\"\nlast,,"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := table.Rows[0].Get("b"); ok {
		t.Error("a missing cell is there")
	}
	if _, ok := table.Rows[1].Get("b"); ok {
		t.Error("an empty cell is there")
	}
	if _, ok := table.Rows[1].Get("nowhere"); ok || table.Has("nowhere") {
		t.Error("a missing column is there")
	}
	if table.Rows[2].Extra != 2 || len(table.Rows[2].Cells()) != 3 {
		t.Errorf("extra = %d, cells = %v", table.Rows[2].Extra, table.Rows[2].Cells())
	}
	r := table.Rows[3]
	if r.Text("a") != `x "y" z` || r.Text("b") != "two\nlines" || r.Text("c") != `say "no"` || r.Line != 5 {
		t.Errorf("%q line %d", r.cells, r.Line)
	}
	if got := table.Rows[4].Line; got != 7 {
		t.Errorf("the row after a two-line cell is on line %d, want 7", got)
	}
}

func TestReadRefuses(t *testing.T) {
	small := Limits{Bytes: 200, Rows: 2, Columns: 3, Cell: 20}
	for _, c := range []struct {
		in, key string
		kind    fault.Kind
	}{
		{"", "fault.sheet_empty", fault.Invalid},
		{"\uFEFF\n\n ,\n", "fault.sheet_empty", fault.Invalid},
		{strings.Repeat("x", 201), "fault.sheet_size", fault.TooLarge},
		{"a\n1\n2\n3", "fault.sheet_rows", fault.TooLarge},
		{"a,b,c,d", "fault.sheet_columns", fault.TooLarge},
		{"a\n" + strings.Repeat("x", 21), "fault.sheet_cell", fault.TooLarge},
		{"a\n\"" + strings.Repeat("x", 21), "fault.sheet_cell", fault.TooLarge},
		{"a\n\"open", "fault.sheet_quote", fault.Invalid},
		{"PK\x03\x04rest", "fault.sheet_binary", fault.Invalid},
		{"a,b\x00c", "fault.sheet_binary", fault.Invalid},
		{"a,A\n1,2", "fault.sheet_twice", fault.Invalid},
	} {
		_, err := Read(strings.NewReader(c.in), small)
		if k, _ := fault.MessageOf(err); k != c.key || !fault.Is(err, c.kind) {
			t.Errorf("%.20q: %v, want %s", c.in, err, c.key)
		}
	}
	if _, err := Read(io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(errors.New("cable"))), Limits{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a broken upload: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a,b\n1,\"2\"\n"))
	f.Add([]byte("sep=;\na;b\n'=1;2"))
	f.Add([]byte("\xff\xfea\x00\n\x00"))
	f.Add([]byte("a\n\"x\"y\"z"))
	f.Fuzz(func(t *testing.T, in []byte) {
		table, err := Read(bytes.NewReader(in), Limits{Rows: 1000, Columns: 50, Cell: 1000, Bytes: 1 << 16})
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge {
				t.Fatal(err)
			}
			return
		}
		for _, r := range table.Rows {
			for _, c := range r.Cells() {
				if c != clean(Guard(c)) && !strings.HasPrefix(c, "'") {
					t.Fatalf("%q is not stable", c)
				}
			}
		}
	})
}
