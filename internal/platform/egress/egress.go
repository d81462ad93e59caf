// Package egress is the only client for outbound HTTP.
//
// Wherever an address was typed by a person or sent by another server, a
// request to it could be turned against the machine's own network. So the
// address is checked twice: as text (scheme, port, no user, no odd spelling) and
// as the IP address of the very connection, in the dialer's Control hook after
// DNS has answered. Redirects are not followed, proxies from the environment are
// not used, time and size are capped, and no connection is kept for reuse, so
// nothing is ever sent twice behind the caller's back.
//
// It owns no tables and imports kit only.
package egress

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"seedbed/internal/kit/fault"
)

// Options tune the client; the zero value reaches https on port 443 of public addresses only.
type Options struct {
	Allow    []netip.Prefix // exceptions: addresses reached on any port and without TLS, such as a gateway phone in the clinic
	Plain    bool           // also http on port 80
	Ports    []uint16       // further ports
	Timeout  time.Duration  // for the whole exchange; 0 means 10 s
	MaxBody  int64          // of an answer; 0 means 1 MiB
	Resolver *net.Resolver  // nil means the system's
	TLS      *tls.Config    // nil means the system's roots
}

// Client sends requests. It is safe for concurrent use.
type Client struct {
	allow     []netip.Prefix
	plain     bool
	ports     []uint16
	timeout   time.Duration
	maxBody   int64
	transport *http.Transport
}

// Request is one request, whole.
type Request struct {
	Method string // empty means GET
	URL    string
	Header map[string]string
	Body   []byte
}

// Response is an answer, whole and bounded. A redirect is an answer like any other.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

const maxRequest = 4 << 20

// New makes a client.
func New(o Options) *Client {
	c := &Client{allow: o.Allow, plain: o.Plain, ports: append([]uint16{443}, o.Ports...), timeout: o.Timeout, maxBody: o.MaxBody}
	if o.Plain {
		c.ports = append(c.ports, 80)
	}
	if c.timeout == 0 {
		c.timeout = 10 * time.Second
	}
	if c.maxBody == 0 {
		c.maxBody = 1 << 20
	}
	conf := &tls.Config{}
	if o.TLS != nil {
		conf = o.TLS.Clone()
	}
	conf.MinVersion = max(conf.MinVersion, tls.VersionTLS12)
	dialer := &net.Dialer{Timeout: c.timeout, Resolver: o.Resolver, Control: c.control}
	c.transport = &http.Transport{
		Proxy:                  nil, // HTTP_PROXY would take the connection, and the check, elsewhere
		DialContext:            dialer.DialContext,
		TLSClientConfig:        conf,
		TLSHandshakeTimeout:    c.timeout,
		DisableKeepAlives:      true, // net/http silently repeats a request with an Idempotency-Key on a reused connection
		DisableCompression:     true, // a small answer must not unpack into a large one
		MaxResponseHeaderBytes: 64 << 10,
	}
	return c
}

var errRefused = errors.New("address not allowed")

// control runs after DNS and before connect: the last word on where a connection goes.
func (c *Client) control(network, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || (network != "tcp4" && network != "tcp6") || !c.reachable(a) {
		return errRefused
	}
	return nil
}

// Do sends one request and reads the answer. Errors: fault.Invalid when the
// address is refused, fault.TooLarge when the answer is, fault.Unavailable
// otherwise; Reached tells whether the other side may have acted on it. No error
// repeats the URL.
func (c *Client) Do(ctx context.Context, r Request) (_ Response, err error) {
	defer fault.Wrap(&err, "egress.Do")
	if err := c.Check(r.URL); err != nil {
		return Response{}, err
	}
	if len(r.Body) > maxRequest {
		return Response{}, fault.New(fault.TooLarge, "")
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var reached atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(ctx, method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return Response{}, fault.Because(fault.New(fault.Invalid, ""), errors.New("not a request"))
	}
	req.Header.Set("User-Agent", "Seedbed")
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	// RoundTrip rather than Client.Do: it never follows a redirect and keeps no cookies.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return Response{}, c.failure(err, reached.Load())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, c.maxBody+1))
	if err != nil {
		return Response{}, c.failure(err, true)
	}
	if int64(len(body)) > c.maxBody {
		return Response{}, &failed{fault.New(fault.TooLarge, ""), true}
	}
	return Response{resp.StatusCode, resp.Header, body}, nil
}

// failed remembers whether the request may have arrived.
type failed struct {
	error
	reached bool
}

func (f *failed) Unwrap() error { return f.error }

// Reached reports whether the other side may have received the request before err.
// If so, sending it again could do the thing twice.
func Reached(err error) bool {
	var f *failed
	return errors.As(err, &f) && f.reached
}

func (c *Client) failure(err error, reached bool) error {
	if errors.Is(err, errRefused) {
		return fault.Because(fault.New(fault.Invalid, ""), errRefused)
	}
	why := "no connection"
	var ne net.Error
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		why = "host not found"
	case errors.As(err, &ne) && ne.Timeout(), errors.Is(err, context.DeadlineExceeded):
		why = "timeout"
	case errors.Is(err, context.Canceled):
		why = "cancelled"
	case reached:
		why = "connection lost"
	}
	return &failed{fault.Because(fault.New(fault.Unavailable, ""), fmt.Errorf("egress: %s", why)), reached}
}
