// Package sheet writes and reads comma-separated tables.
//
// Writing follows RFC 4180 and defuses formulas: a cell that a spreadsheet
// program would run gets an apostrophe in front. Reading is tolerant, because
// real directories come from many programs: any usual delimiter, byte order
// marks, UTF-16, Windows-1252, ragged rows and stray quotation marks. It is
// strict only about size. It takes the apostrophe off again, so what was written
// reads back the same.
package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Writer writes a table row by row.
type Writer struct {
	w   *bufio.Writer
	err error
}

// NewWriter starts a table with a byte order mark, without which Excel takes
// UTF-8 for something else.
func NewWriter(w io.Writer) *Writer {
	out := &Writer{w: bufio.NewWriter(w)}
	_, out.err = out.w.WriteString("\uFEFF")
	return out
}

// Row writes one row. Text is guarded; whole numbers, decimals and booleans are
// written as they are, since they cannot hold a formula. The first error sticks
// and is returned by Close.
func (w *Writer) Row(cells ...any) {
	for i, c := range cells {
		if i > 0 {
			w.put(",")
		}
		w.put(cell(c))
	}
	w.put("\r\n")
}

// Texts is Row for cells that are all text.
func (w *Writer) Texts(cells []string) {
	row := make([]any, len(cells))
	for i, c := range cells {
		row[i] = c
	}
	w.Row(row...)
}

// Close writes what is buffered and reports the first error.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	return w.w.Flush()
}

func (w *Writer) put(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}

func cell(c any) string {
	switch c := c.(type) {
	case nil:
		return ""
	case string:
		return quote(Guard(c))
	case int:
		return strconv.Itoa(c)
	case int64:
		return strconv.FormatInt(c, 10)
	case float64:
		return strconv.FormatFloat(c, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(c)
	}
	return quote(Guard(fmt.Sprint(c)))
}

// Guard puts an apostrophe before a text that a spreadsheet would take for a
// formula or a command, also behind spaces and in full-width letters. A text
// that has such an apostrophe already gets another, so that reading can take
// exactly one off.
func Guard(s string) string {
	if risky(s) || s != "" && s[0] == '\'' && risky(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// unguard takes the apostrophe of Guard off.
func unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && risky(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return s
}

func risky(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '\t', '\r', '\n', 0:
		return true
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0"))
	return strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", r)
}

// quote quotes whatever any program could split: a reader set to semicolons too.
func quote(s string) string {
	if strings.ContainsAny(s, "\",;\t\r\n\x00") || strings.TrimSpace(s) != s {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
