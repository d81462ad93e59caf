// The server under measurement: the released program in a process of its own,
// on its own core when there are two, or the same code in this process for a
// profile.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type server struct {
	base string
	cmd  *exec.Cmd
	log  *os.File
	done chan error
}

// startServer runs `seedbed serve` and returns at once; ready waits for it.
func startServer(o options, w *world, data string, oneCore bool) (*server, error) {
	listen := "127.0.0.1:" + strconv.Itoa(o.port)
	args := []string{o.binary, "serve", "--data", data, "--listen", listen}
	if w != nil && strings.Contains(w.database, "://") {
		args = append(args, "--database", w.database)
	}
	if tool, err := exec.LookPath("taskset"); err == nil && oneCore {
		args = append([]string{tool, "-c", "0"}, args...)
	}
	s := &server{base: "http://" + listen, done: make(chan error, 1)}
	var err error
	if s.log, err = os.Create(filepath.Join(data, "serve.log")); err != nil {
		return nil, err
	}
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, s.log.Close())
	}
	go func() { s.done <- s.cmd.Wait() }()
	return s, nil
}

// ready waits for the first 200 of a path and says how long after from it came.
func (s *server) ready(from time.Time, path string) (time.Duration, error) {
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(from) < 30*time.Second {
		select {
		case err := <-s.done:
			s.done <- err
			text, _ := os.ReadFile(s.log.Name())
			return 0, fmt.Errorf("the server ended: %w\n%s", err, text)
		default:
		}
		resp, err := client.Get(s.base + path)
		if err == nil {
			_, err = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if err == nil && resp.StatusCode == http.StatusOK {
				return time.Since(from), nil
			}
		}
		time.Sleep(500 * time.Microsecond)
	}
	return 0, fmt.Errorf("no 200 from %s%s in 30 s", s.base, path)
}

func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := <-s.done
	return errors.Join(err, s.log.Close())
}

// memory reads resident and highest resident memory of a process in MB.
func memory(pid int) (now, most float64) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.ParseFloat(fields[1], 64)
		switch fields[0] {
		case "VmRSS:":
			now = kb / 1024
		case "VmHWM:":
			most = kb / 1024
		}
	}
	return now, most
}

// processor reads the processor time that a process has used, in ms.
func processor(pid int) float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(fields[11], 64)
	system, _ := strconv.ParseFloat(fields[12], 64)
	return (user + system) * 10 // the kernel's tick is 10 ms
}

// leaveCoreZero keeps this program off the server's core.
func leaveCoreZero() {
	if tool, err := exec.LookPath("taskset"); err == nil {
		_ = exec.Command(tool, "-apc", "1", strconv.Itoa(os.Getpid())).Run()
	}
}

func useAllCores() {
	if tool, err := exec.LookPath("taskset"); err == nil {
		_ = exec.Command(tool, "-apc", "0-"+strconv.Itoa(cores-1), strconv.Itoa(os.Getpid())).Run()
	}
}

// starts measures cold starts: a new installation, a migrated one, and the filled one.
func starts(_ context.Context, o options, w *world, rep *report) error {
	measure := func(id, what, path string, limit float64, n int, folder func() (string, error)) error {
		var list []time.Duration
		for range n {
			data, err := folder()
			if err != nil {
				return err
			}
			from := time.Now()
			s, err := startServer(o, w, data, false)
			if err != nil {
				return err
			}
			took, err := s.ready(from, path)
			if stopped := s.stop(); err == nil {
				err = stopped
			}
			if err != nil {
				return err
			}
			list = append(list, took)
		}
		r := times(id, what, list)
		if limit > 0 {
			r = r.atMost(limit, r.P50)
		}
		rep.add(r)
		return nil
	}
	n := 0
	fresh := func() (string, error) {
		n++
		dir := filepath.Join(o.scratch, "fresh"+strconv.Itoa(n))
		return dir, os.MkdirAll(dir, 0o700)
	}
	last := func() (string, error) { return filepath.Join(o.scratch, "fresh1"), nil }
	filled := func() (string, error) { return w.data, nil }
	return errors.Join(
		measure("start.new", "start, new installation (makes and migrates two databases), to first page", "/setup", 300, 7, fresh),
		measure("start.empty", "start, empty database, to first page", "/setup", 300, 7, last),
		measure("start.filled", "start, filled database, to first 200 (/readyz)", "/readyz", 300, 7, filled),
		measure("start.filled.page", "start, filled database, to the first list of groups", "/groups", 0, 7, filled))
}
