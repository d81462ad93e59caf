// Serving: listen, answer, drain on SIGTERM. What demo and serve share.
package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"seedbed/internal/kit/guard"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/web"
)

type serveCommand struct {
	store
	mailAndSMS
	Listen  string   `help:"Address to listen on." default:"127.0.0.1:8080" env:"SEEDBED_LISTEN" placeholder:"HOST:PORT"`
	Base    string   `name:"base-url" help:"The address people use, as https://seedbed.example.org. With https, cookies are bound to it." env:"SEEDBED_BASE_URL" placeholder:"URL"`
	Proxy   []string `help:"Address or network of the web server in front, as 127.0.0.1 or 10.0.0.0/8: what it says in X-Forwarded-For about who sent a request is believed. May be given several times." env:"SEEDBED_PROXY" placeholder:"ADDRESS"`
	Keep    []string `name:"guard-keep" help:"What people may keep in a free text with a reason after the guard has marked it: diagnosis, document, status, identifier, or none. The default is diagnosis; the others put people in danger." default:"diagnosis" enum:"diagnosis,document,status,identifier,none" env:"SEEDBED_GUARD_KEEP" placeholder:"KIND"`
	LogJSON bool     `name:"log-json" help:"Write the log as JSON." env:"SEEDBED_LOG_JSON"`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(t *terminal) error {
	if err := c.fill("data"); err != nil {
		return err
	}
	proxies, err := readProxies(c.Proxy)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return listenHint(c.Listen, err)
	}
	defer ln.Close()
	base := strings.TrimSuffix(c.Base, "/")
	if base == "" {
		base = "http://" + ln.Addr().String()
	}
	log := logger(t, c.LogJSON, slog.LevelInfo)
	sys, err := openSystem(t.ctx, c.store, openOptions{clock: clock.System(), log: log, base: base, messages: c.mailAndSMS})
	if err != nil {
		return err
	}
	defer sys.close()
	sys.proxies = proxies
	sys.guard = keepPolicy(c.Keep)
	needed, err := sys.accounts.SetupNeeded(t.ctx)
	if err != nil {
		return err
	}
	if needed {
		token, err := sys.accounts.IssueSetupToken(t.ctx)
		if err != nil {
			return err
		}
		t.say("This Seedbed is new. Open %s/setup and enter this token:\n\n    %s\n\nIt works once, and only until the next start.\n", base, token)
	}
	return sys.serve(t, ln, base)
}

// keepPolicy reads what may be kept; "none" alone keeps nothing.
func keepPolicy(kinds []string) guard.Policy {
	p := guard.Policy{}
	for _, k := range kinds {
		if k != "none" {
			p = append(p, guard.Kind(k))
		}
	}
	return p
}

// readProxies reads addresses and networks.
func readProxies(list []string) (out []netip.Prefix, err error) {
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if a, e := netip.ParseAddr(s); e == nil {
			a = a.Unmap()
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fail(exitUsage, err, "--proxy wants an address or a network, as 127.0.0.1 or 10.0.0.0/8, not %q", s)
		}
		out = append(out, p)
	}
	return out, nil
}

func logger(t *terminal, asJSON bool, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if asJSON {
		return slog.New(slog.NewJSONHandler(t.err, o))
	}
	return slog.New(slog.NewTextHandler(t.err, o))
}

// drainTime is how long requests under way may finish after a stop is asked for.
const drainTime = 15 * time.Second

func (sys *system) serve(t *terminal, ln net.Listener, base string) error {
	mux, err := sys.routes(base)
	if err != nil {
		return err
	}
	handler, err := mux.Handler()
	if err != nil {
		return fail(exitInternal, err, "the server does not start, because routes are not declared: %v", err)
	}
	server := web.Server(handler)
	server.ErrorLog = slog.NewLogLogger(sys.log.Handler(), slog.LevelDebug)
	// Streams end when the drain begins, or they would hold it up to its end. Only
	// they: a request under way whose context ends would lose what it writes.
	streams, endStreams := context.WithCancel(context.WithoutCancel(t.ctx))
	defer endStreams()
	server.BaseContext = func(net.Listener) context.Context {
		return web.WithDrain(context.WithoutCancel(t.ctx), streams.Done())
	}
	server.RegisterOnShutdown(endStreams)

	jobs, stopJobs := context.WithCancel(context.WithoutCancel(t.ctx))
	defer stopJobs()
	jobsDone := make(chan error, 1)
	go func() { jobsDone <- sys.queue.Run(jobs) }()

	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	t.say("%s", base)

	select {
	case err := <-served:
		return err
	case <-t.ctx.Done():
	}
	sys.log.Info("stopping: finishing what is under way")
	drain, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), drainTime)
	defer cancel()
	err = server.Shutdown(drain)
	stopJobs()
	if jobErr := <-jobsDone; jobErr != nil && !errors.Is(jobErr, context.Canceled) {
		err = errors.Join(err, jobErr)
	}
	if served := <-served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// demoClock lets tests move the time of a demo.
func demoClock() clock.Clock {
	if f := os.Getenv("SEEDBED_CLOCK_FILE"); f != "" {
		return clock.FromFile(f)
	}
	return clock.System()
}
