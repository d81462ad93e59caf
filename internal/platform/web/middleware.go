// What happens around every request: id, panics, headers, cross-origin refusal,
// compression, and the log line that never holds more than a route and a status.
package web

import (
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/id"
)

type contextKey int

const (
	keyID contextKey = iota
	keyNonce
	keyWatching
)

func requestID(ctx context.Context) string { s, _ := ctx.Value(keyID).(string); return s }
func nonceOf(ctx context.Context) string   { s, _ := ctx.Value(keyNonce).(string); return s }

func (m *Mux) protect(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		from := time.Now()
		ref := id.GroupCode(id.Code(8))
		var b [16]byte
		rand.Read(b[:])
		nonce := hex.EncodeToString(b[:]) // needs no escaping anywhere
		ctx := context.WithValue(context.WithValue(req.Context(), keyID, ref), keyNonce, nonce)
		req = req.WithContext(ctx)
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		m.headers(rec.Header(), nonce)
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				m.cfg.Log.Error("panic", "ref", ref, "what", p, "stack", string(debug.Stack()))
				if !rec.wrote {
					m.refuse(rec, m.request(rec, req, Route{Surface: Public}), fault.New(fault.Internal, ""))
				}
			}
			// The pattern, never the path: a path may hold a token or an id.
			m.cfg.Log.Info("request", "ref", ref, "method", req.Method, "route", req.Pattern, "status", rec.status,
				"bytes", rec.bytes, "took", time.Since(from).Round(100*time.Microsecond).String())
		}()
		if err := m.cross.Check(req); err != nil {
			m.refuse(rec, m.request(rec, req, Route{Surface: Public}), fault.Because(fault.New(fault.Forbidden, "fault.cross_origin"), err))
			return
		}
		gz := compress(rec, req)
		defer gz.Close()
		next.ServeHTTP(gz, req)
	})
}

func (m *Mux) headers(h http.Header, nonce string) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'nonce-"+nonce+"'; style-src 'self'; img-src 'self' data:; font-src 'self'; "+
		"connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), interest-cohort=()")
	h.Set("Cache-Control", "no-store")
	if m.cfg.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recorder remembers the status for the log.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.wrote {
		r.status, r.wrote = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	n, err := r.ResponseWriter.Write(b)
	r.bytes += n
	return n, err
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

var gzips = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(io.Discard, gzip.DefaultCompression); return z }}

// compressor compresses text answers when the client accepts it. The decision
// falls at the first write, when the content type is known.
type compressor struct {
	http.ResponseWriter
	accepts bool
	decided bool
	zip     *gzip.Writer
}

func compress(w http.ResponseWriter, r *http.Request) *compressor {
	return &compressor{ResponseWriter: w, accepts: r.Method != http.MethodHead && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")}
}

func (c *compressor) decide(status int) {
	if c.decided {
		return
	}
	c.decided = true
	h := c.Header()
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	text := strings.HasPrefix(kind, "text/") && kind != "text/event-stream" || kind == "application/json" || kind == "image/svg+xml"
	if text {
		h.Add("Vary", "Accept-Encoding")
	}
	if !c.accepts || !text || h.Get("Content-Encoding") != "" || status == http.StatusNoContent || status == http.StatusNotModified {
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	c.zip = gzips.Get().(*gzip.Writer)
	c.zip.Reset(c.ResponseWriter)
}

func (c *compressor) WriteHeader(status int) {
	c.decide(status)
	c.ResponseWriter.WriteHeader(status)
}

func (c *compressor) Write(b []byte) (int, error) {
	if !c.decided {
		if c.Header().Get("Content-Type") == "" {
			c.Header().Set("Content-Type", http.DetectContentType(b))
		}
		c.WriteHeader(http.StatusOK)
	}
	if c.zip != nil {
		return c.zip.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Close ends the compressed stream.
func (c *compressor) Close() {
	if c.zip != nil {
		c.zip.Close()
		gzips.Put(c.zip)
		c.zip = nil
	}
}

// network is the sender's, coarsened. A header that says who sent a request is
// believed from the proxies only, and no further than they reach: what stands
// before the first address that is not ours, anybody may have written.
func network(r *http.Request, proxies []netip.Prefix) string {
	from, ok := address(r.RemoteAddr)
	if !ok {
		return "unknown"
	}
	ours := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	said := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, s := range slices.Backward(said) {
		if !ours(from) {
			break
		}
		before, ok := address(strings.TrimSpace(s))
		if !ok {
			break
		}
		from = before
	}
	bits := 48
	if from.Is4() {
		bits = 24
	}
	p, err := from.Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}

// address reads an IP address with or without a port.
func address(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}
