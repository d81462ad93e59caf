// What a page weighs on the way to a phone: the page, its styles and its
// scripts, compressed as they are sent. Byte counts do not depend on the clock,
// so a test holds them.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"seedbed/internal/platform/access"
)

var (
	linked   = regexp.MustCompile(`<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"[^>]*>`)
	imported = regexp.MustCompile(`(?:import|from)\s*\(?\s*["'](\.{0,2}/[^"']+)["']`)
	spritely = regexp.MustCompile(`<use\b[^>]*?href="([^"#]+)#`)
	inStyles = regexp.MustCompile(`url\(["']?([^"')]+)["']?\)`)
)

// weigh loads an address and everything it loads, and returns the bytes on the wire.
func weigh(base, address, session string) (total int, parts map[string]int, err error) {
	parts = map[string]int{}
	queue := []string{address}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if _, ok := parts[at]; ok {
			continue
		}
		body, n, kind, err := fetch(base+at, session)
		if err != nil {
			return 0, nil, err
		}
		parts[at] = n
		total += n
		if !strings.HasPrefix(kind, "text/") {
			continue
		}
		for _, next := range loads(string(body), kind) {
			u, err := url.Parse(next)
			if err != nil || u.Host != "" || u.Scheme != "" {
				continue
			}
			if !strings.HasPrefix(u.Path, "/") {
				u.Path = path.Join(path.Dir(strings.SplitN(at, "?", 2)[0]), u.Path)
			}
			queue = append(queue, u.String())
		}
	}
	return total, parts, nil
}

// loads lists what a browser would load because of a text.
func loads(body, kind string) (list []string) {
	add := func(re *regexp.Regexp) {
		for _, m := range re.FindAllStringSubmatch(body, -1) {
			list = append(list, m[1])
		}
	}
	switch {
	case strings.HasPrefix(kind, "text/html"):
		for _, m := range linked.FindAllStringSubmatch(body, -1) {
			if strings.HasPrefix(m[0], "<link") && !regexp.MustCompile(`rel="(stylesheet|icon|modulepreload|preload|manifest)"`).MatchString(m[0]) {
				continue // a language, a next page
			}
			list = append(list, m[1])
		}
		add(spritely)
	case strings.Contains(kind, "javascript"):
		add(imported)
	case strings.HasPrefix(kind, "text/css"):
		add(inStyles)
	}
	return list
}

func fetch(address, session string) (body []byte, wire int, kind string, err error) {
	req, err := http.NewRequest("GET", address, nil)
	if err != nil {
		return nil, 0, "", err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if session != "" {
		req.AddCookie(&http.Cookie{Name: "sb_session", Value: session})
	}
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		return nil, 0, "", err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, 0, "", err
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusNoContent {
		return nil, 0, "", fmt.Errorf("%s: %d", address, resp.StatusCode)
	}
	body = raw
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, 0, "", err
		}
		if body, err = io.ReadAll(z); err != nil {
			return nil, 0, "", err
		}
	}
	return body, len(raw), resp.Header.Get("Content-Type"), nil
}

// weights measures the pages that have a budget.
func weights(_ context.Context, o options, w *world, rep *report) (err error) {
	s, err := startServer(o, w, w.data, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	if _, err := s.ready(time.Now(), "/readyz"); err != nil {
		return err
	}
	return weighAll(s.base, w, rep)
}

func weighAll(base string, w *world, rep *report) error {
	for _, p := range []struct {
		id, what, path, session string
		limit                   float64
	}{
		{"weight.home", "weight: front page", "/", "", 50},
		{"weight.groups", "weight: public list", "/groups", "", 50},
		{"weight.group", "weight: a group's page", "/groups/" + w.shown(0), "", 50},
		{"weight.groups.ar", "weight: public list in Arabic", "/groups?lang=ar", "", 50},
		{"weight.offer", "weight: offer", "/offer", w.as(access.Clinician, 0), 60},
		{"weight.map", "weight: map", "/map", "", 120},
		{"weight.board", "weight: handoff board", "/handoffs", w.as(access.Navigator, 0), 0},
	} {
		n, parts, err := weigh(base, p.path, p.session)
		if err != nil {
			return err
		}
		r := one(p.id, p.what+fmt.Sprintf(" (page alone %.1f kB, %d files)", float64(parts[p.path])/1000, len(parts)), "kB", float64(n)/1000)
		if p.limit > 0 {
			r = r.atMost(p.limit, r.P50)
		}
		rep.add(r)
	}
	return nil
}
