// Command bench measures the numbers of the design on this machine: how fast
// Seedbed starts, what it weighs, how long its pages take with ten thousand
// groups and a hundred thousand introductions, and how it compares with the
// obvious way of doing the same, written here and run beside it.
//
// It is no test: a slow machine does not fail it. Wrong answers do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

var cores = runtime.NumCPU()

type options struct {
	binary, data, postgres, json, profile string
	groups, people, rate, port, matches   int
	rounds, voters                        int
	each, rest, burst                     time.Duration
	only                                  *regexp.Regexp
	scratch                               string
}

func (o options) wants(id string) bool { return o.only == nil || o.only.MatchString(id) }

// part is one measurement; its ids begin with one of the prefixes.
type part struct {
	prefixes []string
	run      func(ctx context.Context, o options, w *world, rep *report) error
}

var parts = []part{
	{[]string{"binary"}, binarySize},
	{[]string{"start"}, starts},
	{[]string{"memory", "page", "write"}, pages},
	{[]string{"weight"}, weights},
	{[]string{"match"}, match},
	{[]string{"commit"}, commits},
	{[]string{"vault"}, opening},
	{[]string{"names"}, names},
	{[]string{"opinion"}, opinions},
	{[]string{"door"}, door},
	{[]string{"tally"}, tally},
	{[]string{"phones"}, phones},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (o options, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.StringVar(&o.binary, "binary", "bin/seedbed", "the program to measure")
	f.StringVar(&o.data, "data", "", "folder of the invented clinic; kept and used again (default: a temporary one)")
	f.StringVar(&o.postgres, "postgres", "", "postgres:// URL of an empty database to fill instead of SQLite")
	f.StringVar(&o.json, "json", "bin/bench.jsonl", "where the JSON lines go")
	f.StringVar(&o.profile, "profile", "", "instead of measuring: serve from this program, load what -only names, and write a CPU profile here")
	f.IntVar(&o.groups, "groups", 10_000, "how many groups")
	f.IntVar(&o.people, "people", 100_000, "how many introductions")
	f.IntVar(&o.rate, "rate", 50, "requests a second")
	f.IntVar(&o.port, "port", 8790, "port of the server on the loopback")
	f.IntVar(&o.matches, "matches", 400, "how many questions matching is asked")
	f.IntVar(&o.rounds, "rounds", 3, "how often writers take turns")
	f.IntVar(&o.voters, "voters", 40_000, "most people of an invented conversation")
	f.DurationVar(&o.each, "each", 10*time.Second, "how long each page is asked for")
	f.DurationVar(&o.rest, "rest", 5*time.Second, "how long the server rests before its memory is read")
	f.DurationVar(&o.burst, "burst", 2*time.Second, "how long writers write in one turn")
	only := f.String("only", "", "regular expression on the ids to measure: '^page.board$', '^match'")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if *only != "" {
		o.only, err = regexp.Compile(*only)
	}
	return o, err
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	if o.scratch, err = os.MkdirTemp("", "seedbed-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(o.scratch)
	if o.data == "" {
		o.data = filepath.Join(o.scratch, "data")
	}
	if err := os.MkdirAll(filepath.Join(o.data, "keys"), 0o700); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(o.json), 0o755); err != nil {
		return err
	}
	lines, err := os.Create(o.json)
	if err != nil {
		return err
	}
	defer lines.Close()
	rep := &report{out: out, json: lines}
	fmt.Fprintf(out, "%s, %d cores, load %s\n", runtime.Version(), cores, load())
	from := time.Now()
	w, err := openWorld(ctx, o.data, o.postgres, o.groups, o.people)
	if err != nil {
		return err
	}
	defer w.close()
	fmt.Fprintf(out, "a clinic with %d groups and %d introductions is ready after %s (%s)\n", w.Groups, w.People, time.Since(from).Round(time.Second/10), size(o.data))
	if o.profile != "" {
		return profile(ctx, o, w, rep)
	}
	return measure(ctx, o, w, rep)
}

func measure(ctx context.Context, o options, w *world, rep *report) error {
	var errs []error
	for _, p := range parts {
		wanted := o.only == nil
		for _, prefix := range p.prefixes {
			wanted = wanted || o.only.MatchString(prefix) || strings.Contains(o.only.String(), prefix)
		}
		if !wanted || ctx.Err() != nil {
			continue
		}
		from := time.Now()
		if err := p.run(ctx, o, w, rep); err != nil {
			errs = append(errs, err)
		}
		fmt.Fprintf(rep.out, "%s: %s, load %s\n", strings.Join(p.prefixes, ", "), time.Since(from).Round(time.Second/10), load())
	}
	fmt.Fprintln(rep.out)
	errs = append(errs, rep.table())
	if n := rep.wrong(); n > 0 {
		errs = append(errs, fmt.Errorf("%d wrong answers", n))
	}
	return errors.Join(errs...)
}

func binarySize(_ context.Context, o options, _ *world, rep *report) error {
	info, err := os.Stat(o.binary)
	if err != nil {
		return err
	}
	mb := float64(info.Size()) / 1e6
	rep.add(one("binary.size", "the program, stripped", "MB", mb).atMost(35, mb))
	return nil
}

// load is how busy the machine was: numbers of a busy machine say less.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	return strings.Join(strings.Fields(string(b))[:2], " ")
}

func size(dir string) string {
	var n int64
	_ = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			n += info.Size()
		}
		return nil
	})
	return fmt.Sprintf("%d MB on disk", n/1e6)
}
