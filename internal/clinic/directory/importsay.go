// Imports in words: the same sentences on the pages, in the report's CSV and on
// the console. Pure, given a language.

package directory

import (
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/i18n"
)

// ImportWhere says where something is: "services.csv, line 12, url".
func ImportWhere(l *i18n.Localizer, file string, row int, pointer string) string {
	switch {
	case row > 0 && pointer != "" && pointer != "/":
		return l.T("import.where.pointer", "File", file, "Row", row, "Pointer", pointer)
	case row > 0:
		return l.T("import.where.row", "File", file, "Row", row)
	case pointer != "":
		return l.T("import.where.column", "File", file, "Pointer", pointer)
	}
	return file
}

// Say is the line of a report as a sentence.
func (i ImportLine) Say(l *i18n.Localizer) string { return l.TMap(i.Key, i.Args) }

// Where is where the line was written.
func (i ImportLine) Where(l *i18n.Localizer) string { return ImportWhere(l, i.File, i.Row, i.Pointer) }

// SayImportRefusal rewrites the fields of a refusal so that each sentence begins
// with where the trouble is. Other errors stay as they are.
func SayImportRefusal(l *i18n.Localizer, err error) error {
	fields := fault.FieldsOf(err)
	if len(fields) == 0 {
		return err
	}
	out := make([]fault.Field, 0, len(fields))
	for _, f := range fields {
		file, _ := f.Args["File"].(string)
		if file == "" || !strings.HasPrefix(f.Key, "import.") {
			out = append(out, f)
			continue
		}
		row, _ := f.Args["Row"].(int)
		pointer, _ := f.Args["Pointer"].(string)
		out = append(out, fault.At(f.Name, "import.problem", "Where", ImportWhere(l, file, row, pointer), "Text", l.TMap(f.Key, f.Args)))
	}
	return fault.Because(fault.Wrong(out...), err)
}
