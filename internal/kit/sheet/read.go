package sheet

// Reading tables of unknown origin.

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"seedbed/internal/kit/fault"
)

// Limits of what is read. A zero field means the usual limit.
type Limits struct {
	Bytes   int // 20 MB
	Rows    int // 200,000
	Columns int // 200
	Cell    int // 65,536 bytes in one cell
}

func (l Limits) usual() Limits {
	or := func(v *int, usual int) {
		if *v <= 0 {
			*v = usual
		}
	}
	or(&l.Bytes, 20<<20)
	or(&l.Rows, 200_000)
	or(&l.Columns, 200)
	or(&l.Cell, 1<<16)
	return l
}

// Table is what was read.
type Table struct {
	Header    []string
	Rows      []Row
	Delimiter byte
	Encoding  string // "utf-8", "utf-16" or "windows-1252"
	column    map[string]int
}

// Row is one row below the header.
type Row struct {
	Line  int // where it begins in the file, counted from 1
	Extra int // filled cells beyond the header's last column
	cells []string
	table *Table
}

// Get returns a cell by its column's name, whatever the case. An empty cell, a
// missing one and a missing column are all absent.
func (r Row) Get(column string) (string, bool) {
	i, ok := r.table.column[strings.ToLower(column)]
	if !ok || i >= len(r.cells) || r.cells[i] == "" {
		return "", false
	}
	return r.cells[i], true
}

// Text is Get for callers to whom absent and empty are the same.
func (r Row) Text(column string) string {
	s, _ := r.Get(column)
	return s
}

// Cells lists the filled cells by the names of their columns as written.
func (r Row) Cells() map[string]string {
	out := make(map[string]string, len(r.cells))
	for i, c := range r.cells {
		if i < len(r.table.Header) && c != "" && r.table.Header[i] != "" {
			out[r.table.Header[i]] = c
		}
	}
	return out
}

// Has reports whether there is a column of that name.
func (t *Table) Has(column string) bool {
	_, ok := t.column[strings.ToLower(column)]
	return ok
}

// Read reads a whole table. Its errors are Invalid or TooLarge with a sentence of
// their own; other errors are r's.
func Read(r io.Reader, limits Limits) (*Table, error) {
	limits = limits.usual()
	raw, err := io.ReadAll(io.LimitReader(r, int64(limits.Bytes)+1))
	if err != nil {
		var known *fault.Error
		if errors.As(err, &known) {
			return nil, err
		}
		return nil, fault.Because(fault.New(fault.Invalid, "fault.form"), err)
	}
	if len(raw) > limits.Bytes {
		return nil, fault.New(fault.TooLarge, "fault.sheet_size", "Max", max(limits.Bytes>>20, 1))
	}
	text, encoding, err := decode(raw)
	if err != nil {
		return nil, err
	}
	delimiter, text := sniff(text)
	p := parser{text: text, delimiter: delimiter, limits: limits, line: 1}
	t := &Table{Delimiter: delimiter, Encoding: encoding, column: map[string]int{}}
	for {
		line := p.line
		cells, ok, err := p.record()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if blank(cells) {
			continue
		}
		if t.Header == nil {
			if err := t.head(cells); err != nil {
				return nil, err
			}
			continue
		}
		if len(t.Rows) == limits.Rows {
			return nil, fault.New(fault.TooLarge, "fault.sheet_rows", "Max", limits.Rows)
		}
		row := Row{Line: line, cells: cells, table: t}
		for i := len(t.Header); i < len(cells); i++ {
			if cells[i] != "" {
				row.Extra++
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if t.Header == nil {
		return nil, fault.New(fault.Invalid, "fault.sheet_empty")
	}
	return t, nil
}

func (t *Table) head(cells []string) error {
	t.Header = cells
	for i, name := range cells {
		low := strings.ToLower(name)
		if low == "" {
			continue
		}
		if _, twice := t.column[low]; twice {
			return fault.New(fault.Invalid, "fault.sheet_twice", "Name", name)
		}
		t.column[low] = i
	}
	return nil
}

func blank(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

// decode turns bytes into text. What is not UTF-8 is taken for Windows-1252, in
// which every byte means something, because older office programs write it.
func decode(raw []byte) (text, encoding string, err error) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xEF, 0xBB, 0xBF}):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		little := raw[0] == 0xFF
		units := make([]uint16, 0, len(raw)/2)
		for i := 2; i+1 < len(raw); i += 2 {
			a, b := uint16(raw[i]), uint16(raw[i+1])
			if little {
				a, b = b, a
			}
			units = append(units, a<<8|b)
		}
		text = string(utf16.Decode(units))
		if strings.ContainsRune(text, 0) {
			return "", "", fault.New(fault.Invalid, "fault.sheet_binary")
		}
		return text, "utf-16", nil
	}
	if bytes.IndexByte(raw, 0) >= 0 || bytes.HasPrefix(raw, []byte("PK\x03\x04")) || bytes.HasPrefix(raw, []byte("%PDF")) {
		return "", "", fault.New(fault.Invalid, "fault.sheet_binary")
	}
	if utf8.Valid(raw) {
		return string(raw), "utf-8", nil
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return "", "", fault.Because(fault.New(fault.Invalid, "fault.sheet_binary"), err)
	}
	return string(out), "windows-1252", nil
}

// sniff finds the delimiter: the candidate that stands most often in the first
// filled line outside quotation marks. Excel's own "sep=;" line decides and is dropped.
func sniff(text string) (delimiter byte, rest string) {
	if len(text) >= 5 && strings.EqualFold(text[:4], "sep=") && (len(text) == 5 || text[5] == '\r' || text[5] == '\n') && strings.IndexByte(",;\t|", text[4]) >= 0 {
		return text[4], strings.TrimLeft(text[5:], "\r\n")
	}
	const far = 1 << 16
	seen := map[byte]int{}
	quoted, filled := false, false
	for i := 0; i < len(text) && i < far; i++ {
		c := text[i]
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n' || c == '\r':
			if filled {
				i = far
			}
		default:
			if c == ',' || c == ';' || c == '\t' {
				seen[c]++
			}
			filled = filled || c != ' '
		}
	}
	delimiter = ','
	for _, c := range []byte{';', '\t'} {
		if seen[c] > seen[delimiter] {
			delimiter = c
		}
	}
	return delimiter, text
}

type parser struct {
	text      string
	at, line  int
	delimiter byte
	limits    Limits
}

// record reads one record; ok is false at the end. Lines end with CR, LF or both.
func (p *parser) record() (cells []string, ok bool, err error) {
	if p.at >= len(p.text) {
		return nil, false, nil
	}
	begin := p.line
	for {
		raw, err := p.field()
		if err != nil {
			return nil, false, err
		}
		if len(raw) > p.limits.Cell {
			return nil, false, fault.New(fault.TooLarge, "fault.sheet_cell", "Row", begin)
		}
		if len(cells) == p.limits.Columns {
			return nil, false, fault.New(fault.TooLarge, "fault.sheet_columns", "Row", begin, "Max", p.limits.Columns)
		}
		cells = append(cells, clean(raw))
		if p.at >= len(p.text) {
			return cells, true, nil
		}
		c := p.text[p.at]
		p.at++
		if c == p.delimiter {
			continue
		}
		if c == '\r' && p.at < len(p.text) && p.text[p.at] == '\n' {
			p.at++
		}
		p.line++
		return cells, true, nil
	}
}

// field reads up to the next delimiter or line end, which it leaves.
func (p *parser) field() (string, error) {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
	if p.at >= len(p.text) || p.text[p.at] != '"' {
		p.at = start
		p.skip()
		return p.text[start:p.at], nil
	}
	p.at++
	begin := p.line
	var b strings.Builder
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"' && p.at < len(p.text) && p.text[p.at] == '"':
			b.WriteByte('"')
			p.at++
		case c == '"':
			after := p.at // what stands between the closing mark and the delimiter belongs to the cell
			p.skip()
			b.WriteString(p.text[after:p.at])
			return b.String(), nil
		default:
			if c == '\n' || c == '\r' && (p.at >= len(p.text) || p.text[p.at] != '\n') {
				p.line++
			}
			b.WriteByte(c)
		}
		if b.Len() > p.limits.Cell {
			return "", fault.New(fault.TooLarge, "fault.sheet_cell", "Row", begin)
		}
	}
	return "", fault.New(fault.Invalid, "fault.sheet_quote", "Row", begin)
}

func (p *parser) skip() {
	for p.at < len(p.text) {
		if c := p.text[p.at]; c == p.delimiter || c == '\n' || c == '\r' {
			return
		}
		p.at++
	}
}

// clean trims, drops control characters and invisible marks at the ends, and
// takes the guard off.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	// Blanks and marks come in any order, so they go together: what is left stays as it is when read again.
	blank := func(r rune) bool { return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B' }
	return strings.TrimFunc(unguard(strings.TrimFunc(s, blank)), blank)
}
