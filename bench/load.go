// Load with an open loop: requests leave at their own times whether or not the
// server has answered the ones before, and each is timed from the moment at
// which it should have left. A slow server cannot hide by slowing the asker.
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"seedbed/internal/kit/id"
)

// ask is one request to make.
type ask struct {
	method, path, session string
	form                  url.Values
	want                  int
}

// scene is one kind of page, asked for again and again with other values.
type scene struct {
	id, what string
	limit    float64 // of the 95th percentile, ms
	next     func(i int) ask
}

type loader struct {
	client *http.Client
	base   string
}

func newLoader(base string) *loader {
	return &loader{base: base, client: &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
	}}
}

func (l *loader) do(a ask) error {
	var body io.Reader
	if a.form != nil {
		a.form.Set("_key", id.New(time.Now()))
		body = strings.NewReader(a.form.Encode())
	}
	req, err := http.NewRequest(a.method, l.base+a.path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Accept-Language", "en")
	if a.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if a.session != "" {
		req.AddCookie(&http.Cookie{Name: "sb_session", Value: a.session})
	}
	resp, err := l.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != a.want {
		return fmt.Errorf("%s %s: %d, want %d", a.method, a.path, resp.StatusCode, a.want)
	}
	return nil
}

// run asks at a rate for a time and returns how long each answer took.
func (l *loader) run(s scene, rate int, length time.Duration) (r result, firstWrong error) {
	n := int(length.Seconds() * float64(rate))
	took := make([]time.Duration, n)
	var wg sync.WaitGroup
	var mu sync.Mutex
	wrong := 0
	from := time.Now().Add(10 * time.Millisecond)
	for i := range n {
		at := from.Add(time.Duration(i) * time.Second / time.Duration(rate))
		time.Sleep(time.Until(at))
		a := s.next(i)
		wg.Go(func() {
			err := l.do(a)
			took[i] = time.Since(at)
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				if wrong++; firstWrong == nil {
					firstWrong = err
				}
			}
		})
	}
	wg.Wait()
	r = times(s.id, s.what, took)
	r.Wrong = wrong
	if s.limit > 0 {
		r = r.atMost(s.limit, r.P95)
		r.Goal = "p95 " + r.Goal
	}
	return r, firstWrong
}
