// Where the time goes: the same server inside this process, loaded with one
// scene, with a CPU profile around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"
	"time"

	"seedbed/internal/app"
)

// serveHere runs the server in this process and returns how to end it.
func serveHere(ctx context.Context, o options, w *world) (base string, stop func() error, err error) {
	listen := "127.0.0.1:" + strconv.Itoa(o.port)
	args := []string{"serve", "--data", w.data, "--listen", listen}
	if strings.Contains(w.database, "://") {
		args = append(args, "--database", w.database)
	}
	running, cancel := context.WithCancel(ctx)
	done := make(chan int, 1)
	said := &strings.Builder{}
	go func() { done <- app.Main(running, args, io.Discard, &last{to: said}) }()
	stop = func() error {
		cancel()
		if code := <-done; code != 0 {
			return fmt.Errorf("the server ended with %d: %s", code, said)
		}
		return nil
	}
	l := newLoader("http://" + listen)
	for range 2000 {
		if l.do(get("/readyz", "")) == nil {
			return l.base, stop, nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return "", nil, errors.Join(errors.New("the server does not answer"), stop())
}

// last keeps the end of a log.
type last struct{ to *strings.Builder }

func (l *last) Write(b []byte) (int, error) {
	l.to.Reset()
	return l.to.Write(b)
}

func profile(ctx context.Context, o options, w *world, rep *report) (err error) {
	base, stop, err := serveHere(ctx, o, w)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	l := newLoader(base)
	if err := l.do(get("/groups", "")); err != nil { // reads the directory
		return err
	}
	f, err := os.Create(o.profile)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	err = sceneRun(o, l, w.scenes(), os.Getpid(), rep)
	pprof.StopCPUProfile()
	return errors.Join(err, rep.table())
}
