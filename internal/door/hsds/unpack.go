// Archives and folders to files, with every size checked while it is read: what
// an archive says about itself is not believed.

package hsds

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"seedbed/internal/kit/fault"
)

// unpack replaces archives by the files in them. Names are only shown, never used as paths.
func unpack(ctx context.Context, files []File, lim Limits) ([]File, error) {
	var total, unpacked int64
	var out []File
	for _, f := range files {
		f.Name = clip(oneLine(f.Name), 200)
		at := spot{file: f.Name}
		if total += int64(len(f.Data)); total > lim.Total {
			return nil, refuse("import.refuse.total", at, "Limit", lim.Total>>20)
		}
		if !bytes.HasPrefix(f.Data, []byte("PK\x03\x04")) {
			if int64(len(f.Data)) > lim.File {
				return nil, refuse("import.refuse.file", at, "Limit", lim.File>>20)
			}
			if !ours(f.Name) {
				continue
			}
			unpacked += int64(len(f.Data))
			out = append(out, f)
		} else {
			inner, err := unzip(ctx, f, lim, &unpacked)
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
		}
		if len(out) > lim.Files {
			return nil, refuse("import.refuse.files", at, "Limit", lim.Files)
		}
		if unpacked > lim.Unpack {
			return nil, refuse("import.refuse.unpack", at, "Limit", lim.Unpack>>20)
		}
	}
	if len(out) == 0 {
		return nil, refuse("import.refuse.nothing", spot{file: files[0].Name})
	}
	return out, nil
}

// ours drops what travels along in packages without being data.
func ours(name string) bool {
	base := strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
	switch {
	case strings.HasPrefix(base, "."), strings.HasPrefix(base, "license"), strings.HasPrefix(base, "readme"), base == "datapackage.json",
		strings.HasSuffix(base, ".md"), strings.HasSuffix(base, ".txt"), strings.Contains(name, "__MACOSX"):
		return false
	}
	return true
}

func unzip(ctx context.Context, f File, lim Limits, unpacked *int64) ([]File, error) {
	z, err := zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fault.Because(refuse("import.refuse.zip", spot{file: f.Name}), err)
	}
	if len(z.File) > 5*lim.Files {
		return nil, refuse("import.refuse.files", spot{file: f.Name}, "Limit", lim.Files)
	}
	var out []File
	for _, e := range z.File {
		name := clip(oneLine(f.Name+" › "+e.Name), 200)
		at := spot{file: name}
		if ctx.Err() != nil {
			return nil, refuse("import.refuse.time", at)
		}
		if strings.HasSuffix(e.Name, "/") || !ours(e.Name) {
			continue
		}
		if len(out) >= lim.Files {
			return nil, refuse("import.refuse.files", at, "Limit", lim.Files)
		}
		data, err := inflate(e, lim)
		if err != nil {
			return nil, err.(refusal).at(at, lim)
		}
		if *unpacked += int64(len(data)); *unpacked > lim.Unpack {
			return nil, refuse("import.refuse.unpack", at, "Limit", lim.Unpack>>20)
		}
		if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
			return nil, refuse("import.refuse.nested_zip", at)
		}
		out = append(out, File{name, data})
	}
	return out, nil
}

// refusal is why an entry was not unpacked.
type refusal struct {
	key   string
	cause error
}

func (e refusal) Error() string { return e.key }

func (e refusal) at(at spot, lim Limits) error {
	err := refuse(e.key, at, "Limit", lim.File>>20)
	if e.cause != nil {
		err = fault.Because(err, e.cause)
	}
	return err
}

func inflate(e *zip.File, lim Limits) ([]byte, error) {
	rc, err := e.Open()
	if err != nil {
		return nil, refusal{"import.refuse.zip", err}
	}
	defer rc.Close()
	// The ratio is judged above a megabyte only: small tables of empty cells pack well.
	most := min(lim.File, max(1<<20, int64(e.CompressedSize64)*lim.Ratio))
	data, err := io.ReadAll(io.LimitReader(rc, most+1))
	switch {
	case int64(len(data)) > lim.File:
		return nil, refusal{"import.refuse.file", nil}
	case int64(len(data)) > most:
		return nil, refusal{"import.refuse.bomb", nil}
	case err != nil:
		return nil, refusal{"import.refuse.zip", err}
	}
	return data, nil
}

// Gather reads the files of a folder (for the command line), within the limits.
func Gather(fsys fs.FS, lim Limits) (files []File, err error) {
	defer fault.Wrap(&err, "hsds.Gather")
	var total int64
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		ext := strings.ToLower(path.Ext(name))
		if d.IsDir() || !ours(name) || !slices.Contains([]string{".csv", ".json", ".ndjson", ".jsonl", ".zip", ".tsv"}, ext) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if total += info.Size(); total > lim.Total || len(files) >= lim.Files {
			return refuse("import.refuse.total", spot{file: name}, "Limit", lim.Total>>20)
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		files = append(files, File{name, data})
		return nil
	})
	return files, err
}
