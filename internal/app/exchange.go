// Bringing a directory in and taking one out, from the command line.
package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/door/hsds"
	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/trust/account"
)

type importCommand struct {
	store
	clinicFlag
	Feed   string   `help:"Short name of where the directory comes from; the same name again updates instead of doubling." required:"" placeholder:"NAME"`
	Lang   string   `help:"Language its texts are written in." default:"en" placeholder:"CODE"`
	Apply  bool     `help:"Apply at once. Without it the import waits on the Import page to be looked at and applied."`
	Report bool     `help:"Print every line of the report, not only what was left out."`
	Files  []string `arg:"" help:"Files (HSDS JSON, CSV, zip) or one folder."`
}

// Run reads the files and keeps a preview, or applies it.
func (c *importCommand) Run(t *terminal) error {
	files, err := gather(c.Files)
	if err != nil {
		return err
	}
	return c.with(t, c.clinicFlag, "", func(sys *system, o account.Organization) error {
		batch, err := hsds.Read(t.ctx, c.Feed, files, hsds.Standard())
		if err != nil {
			return sys.explainImport(err)
		}
		a := access.Machine(o.ID)
		made, err := sys.groups.PreviewImport(t.ctx, a, batch, c.Lang, "")
		if err != nil {
			return sys.explainImport(err)
		}
		say := sys.catalog.Localizer("en")
		for _, line := range batch.Report {
			if c.Report || line.Level == directory.ImportSkipped || line.Level == directory.ImportError {
				t.say("%s: %s %d: %s", line.Level, line.File, line.Row, say.TMap(line.Key, line.Args))
			}
		}
		if c.Apply {
			if err := sys.groups.ApplyImport(t.ctx, a, made); err != nil {
				return err
			}
		}
		sum, err := sys.groups.Import(t.ctx, a, made)
		if err != nil {
			return err
		}
		t.say("%d organizations and services read from %s.", len(batch.Records), c.Feed)
		if c.Apply {
			t.say("Applied as batch %s. It can be undone in one step on the Import page.", sum.ID)
			return nil
		}
		t.say("Nothing has changed yet. Look at the preview on the Import page and apply it there, or run this again with --apply.")
		return nil
	})
}

// explainImport turns the refusal of a file into a sentence with its pointer.
func (sys *system) explainImport(err error) error {
	say := sys.catalog.Localizer("en")
	for _, f := range fault.FieldsOf(directory.SayImportRefusal(say, err)) {
		return fail(exitRefused, err, "%s", say.TMap(f.Key, f.Args))
	}
	return err
}

func gather(paths []string) (files []hsds.File, err error) {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fail(exitFile, err, "%s cannot be read: %v", p, unwrapPath(err))
		}
		if info.IsDir() {
			more, err := hsds.Gather(os.DirFS(p), hsds.Standard())
			if err != nil {
				return nil, fail(exitFile, err, "the folder %s cannot be read: %v", p, err)
			}
			files = append(files, more...)
			continue
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return nil, fail(exitFile, err, "%s cannot be read: %v", p, unwrapPath(err))
		}
		files = append(files, hsds.File{Name: filepath.Base(p), Data: data})
	}
	return files, nil
}

func unwrapPath(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

type exportCommand struct {
	store
	clinicFlag
	Out string `help:"File to write; the default is standard output. An existing file is not replaced." type:"path" placeholder:"FILE"`
}

// Run writes what is public, and nothing else.
func (c *exportCommand) Run(t *terminal) error {
	return c.with(t, c.clinicFlag, "", func(sys *system, o account.Organization) error {
		if c.Out == "" {
			return sys.groups.ExportJSON(t.ctx, access.Anonymous(o.ID), t.out)
		}
		f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return fail(exitFile, err, "%s cannot be written: %v", c.Out, unwrapPath(err))
		}
		err = sys.groups.ExportJSON(t.ctx, access.Anonymous(o.ID), f)
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		t.say("written to %s", c.Out)
		return nil
	})
}

// readDirectory is the reader behind the Import page.
func readDirectory(ctx context.Context, feed string, files []directory.ImportFile) (directory.ImportBatch, error) {
	return hsds.Reader(hsds.Standard())(ctx, feed, files)
}
