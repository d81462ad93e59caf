// Forms that bring a file, read in memory and up to a size.

package web

import (
	"errors"
	"io"
	"net/http"

	"seedbed/internal/kit/fault"
)

// Upload reads a form with one file, part by part and in memory: nothing of it
// touches the disk. Fields must stand before the file; each may have a thousand
// bytes. A file that is longer than most is refused (TooLarge).
func (r *Request) Upload(field string, most int64) (form map[string]string, file []byte, err error) {
	form = map[string]string{}
	parts, err := r.MultipartReader()
	if err != nil {
		return form, nil, fault.Wrong(fault.At(field, "fault.form"))
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return form, file, nil
		}
		if err != nil {
			return form, nil, cut(err)
		}
		limit := int64(1000)
		if part.FormName() == field {
			limit = most
		}
		data, err := io.ReadAll(io.LimitReader(part, limit+1))
		if err != nil {
			return form, nil, cut(err)
		}
		switch {
		case int64(len(data)) > limit:
			return form, nil, fault.New(fault.TooLarge, "", "Limit", limit)
		case part.FormName() == field:
			file = data
		case isText(string(data)):
			form[part.FormName()] = string(data)
			if part.FormName() == "_key" {
				r.key = string(data) // shown again when the form is
			}
		}
	}
}

// cut says why a form ended early.
func cut(err error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return fault.Because(fault.New(fault.TooLarge, "", "Limit", big.Limit), err)
	}
	return fault.Because(fault.New(fault.Invalid, "fault.form"), err)
}
