// Package app is the one place that knows everyone: it reads the configuration,
// opens the platform, builds the rooms on it, gives them their doors and routes,
// and runs what the command line asks for. Nothing imports it but cmd/seedbed.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"seedbed/internal/kit/fault"
	"seedbed/locales"

	"seedbed/internal/kit/i18n"
)

// Exit codes, documented in docs/operate/commands.md.
const (
	exitOK       = 0
	exitInternal = 1 // something broke; the message has the trail
	exitUsage    = 2 // wrong command, flag or argument
	exitFile     = 3 // a file or folder cannot be read or written
	exitNewer    = 4 // the database belongs to a newer Seedbed
	exitPort     = 5 // the address is in use or not ours
	exitDatabase = 6 // the database does not answer
	exitRefused  = 7 // understood, and refused: the message says why
	exitTampered = 8 // the audit trail does not verify
)

// failure is an error that knows its exit code and speaks to the person at the terminal.
type failure struct {
	code int
	say  string
	err  error
}

func (f *failure) Error() string { return f.say }
func (f *failure) Unwrap() error { return f.err }

func fail(code int, err error, format string, args ...any) error {
	return &failure{code, fmt.Sprintf(format, args...), err}
}

// Main runs one command line and returns the exit code.
func Main(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := run(ctx, args, stdout, stderr)
	if err == nil {
		return exitOK
	}
	var f *failure
	if !errors.As(err, &f) {
		f = explain(err)
	}
	fmt.Fprintln(stderr, "seedbed: "+f.say)
	return f.code
}

// explain turns an error with a kind into a sentence in English, the language of the command line.
func explain(err error) *failure {
	key, args := fault.MessageOf(err)
	say := err.Error()
	if cat, e := i18n.Load(locales.Files); e == nil && fault.KindOf(err) != fault.Internal {
		say = cat.Localizer("en").TMap(key, args) + " (" + err.Error() + ")"
	}
	switch {
	case key == "db.newer":
		return &failure{exitNewer, fmt.Sprintf("this database was changed by a newer Seedbed (schema %v; this program knows %v). Run the newer program, or restore the backup made before the upgrade.", args["Found"], args["Known"]), err}
	case errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		return &failure{exitFile, say, err}
	case fault.Is(err, fault.Unavailable):
		return &failure{exitDatabase, say, err}
	case !fault.Is(err, fault.Internal):
		return &failure{exitRefused, say, err}
	}
	return &failure{exitInternal, say, err}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var cli commandLine
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("seedbed"),
		kong.Description("Seedbed: a clinic introduces patients to community organizing groups, with consent, and learns that the person arrived."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Vars{"demodata": demoFolder()},
	)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited == 0 {
		return nil // --help was shown
	}
	if err != nil {
		return fail(exitUsage, err, "%s. See: seedbed --help", strings.TrimSuffix(err.Error(), "."))
	}
	return k.Run(&terminal{ctx: ctx, out: stdout, err: stderr})
}

// terminal is what commands talk through.
type terminal struct {
	ctx context.Context
	out io.Writer
	err io.Writer
}

func (t *terminal) say(format string, args ...any) { fmt.Fprintf(t.out, format+"\n", args...) }
