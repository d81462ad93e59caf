// Tests that no address on the own network can be reached, whatever it is dressed as.
package egress

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
)

// listen counts connections to a loopback listener on every family there is.
func listen(t *testing.T) (port string, hits *atomic.Int64) {
	t.Helper()
	hits = new(atomic.Int64)
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			c.Close()
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port, hits
}

var hostile = []string{
	"http://127.0.0.1:PORT/", "https://127.0.0.1:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/",
	"http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0x7f.0.0.1:PORT/", "http://0177.0.0.1:PORT/",
	"http://0177.0.0.01:PORT/", "http://017700000001:PORT/", "http://127.0.0.1.:PORT/", "http://0:PORT/", "http://0.0.0.0:PORT/",
	"http://00.0.0.0:PORT/", "http://127.000.000.001:PORT/", "http://[::]:PORT/", "http://[::1]:PORT/",
	"http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/", "http://[::ffff:7f00:1]:PORT/", "http://[::127.0.0.1]:PORT/",
	"http://[64:ff9b::127.0.0.1]:PORT/", "http://[64:ff9b::7f00:1]:PORT/", "http://[64:ff9b:1::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/",
	"http://[2001:0:7f00:1::]:PORT/", "http://[2001:db8::1]:PORT/", "http://[3fff::1]:PORT/", "http://[fe80::1]:PORT/",
	"http://[fe80::1%25lo]:PORT/", "http://[::1%25lo]:PORT/", "http://[fc00::1]:PORT/", "http://[fd12:3456::1]:PORT/", "http://[ff02::1]:PORT/",
	"http://[100::1]:PORT/", "http://[5f00::1]:PORT/", "http://[fec0::1]:PORT/", "http://[::ffff:0:127.0.0.1]:PORT/",
	"http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/", "http://a.localhost:PORT/", "http://ip6-localhost:PORT/",
	"http://printer.local:PORT/", "http://metadata.google.internal/", "http://intranet/",
	"http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/",
	"http://192.0.2.1/", "http://198.18.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/",
	"http://user@127.0.0.1:PORT/", "http://user:pass@example.org/", "http://example.org@127.0.0.1:PORT/", "http://127.0.0.1:PORT#@example.org/",
	"http://127.0.0.1:PORT\\@example.org/", "http://example.org:22/", "http://example.org:PORT/", "http://example.org:99999/", "http://example.org:0/",
	"gopher://127.0.0.1:PORT/_x", "file:///etc/passwd", "ftp://127.0.0.1:PORT/", "dict://127.0.0.1:PORT/", "unix:///run/x.sock", "data:text/plain,x",
	"javascript:alert(1)", "http:127.0.0.1:PORT", "//127.0.0.1:PORT/", "127.0.0.1:PORT", "", "http://", "http:///x", "http://:PORT/",
	"http://①②⑦.⓪.⓪.①:PORT/", "http://127。0。0。1:PORT/", "http://exa mple.org/", "http://example..org/", "http://example.org\r\nX: y/",
	"http://127.0.0.1%00.example.org:PORT/", "http://[::1]", "http://[::1", "HTTP://127.0.0.1:PORT/", "http://0x7f.1:PORT/", "http://1.2.3.4.5/",
}

func TestNothingOnTheOwnNetworkIsReached(t *testing.T) {
	port, hits := listen(t)
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:"+port)
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:"+port)
	t.Setenv("ALL_PROXY", "http://127.0.0.1:"+port)
	c := New(Options{Plain: true, Timeout: 300 * time.Millisecond})
	// A second client that would let any port through: only the address rule is left to stop it.
	open := New(Options{Plain: true, Ports: []uint16{atoi(t, port)}, Timeout: 300 * time.Millisecond})
	for _, u := range hostile {
		u = strings.ReplaceAll(u, "PORT", port)
		if _, err := c.Do(t.Context(), Request{URL: u}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: want a refusal, got %v", u, err)
		}
		if strings.Contains(u, "example.org:"+port) {
			continue // with that port allowed it is an ordinary public name
		}
		if _, err := open.Do(t.Context(), Request{URL: u}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q with open port: want a refusal, got %v", u, err)
		}
	}
	if n := hits.Load(); n != 0 {
		t.Fatalf("%d connections reached the listener", n)
	}
	// The listener can be reached at all: the probe sees.
	ok := New(Options{Allow: Loopback(), Timeout: time.Second})
	if _, err := ok.Do(t.Context(), Request{URL: "http://127.0.0.1:" + port}); err == nil || !Reached(err) {
		t.Fatalf("the exception must reach the listener, got %v", err)
	}
	if hits.Load() == 0 {
		t.Fatal("the probe is blind")
	}
}

func atoi(t *testing.T, s string) uint16 {
	t.Helper()
	var n uint16
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// lyingDNS answers every question with one loopback address.
func lyingDNS(t *testing.T, v4 bool) *net.Resolver {
	t.Helper()
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pc.Close() })
	go func() {
		buf := make([]byte, 512)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			pc.WriteTo(answer(buf[:n], v4), from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", pc.LocalAddr().String())
	}}
}

// answer writes a DNS response (RFC 1035 §4.1) with one record when the question has the right type.
func answer(q []byte, v4 bool) []byte {
	end := 12
	for q[end] != 0 {
		end += int(q[end]) + 1
	}
	question := q[12 : end+5]
	want, data := byte(1), []byte{127, 0, 0, 1}
	if !v4 {
		want, data = 28, net.IPv6loopback
	}
	out := append([]byte{q[0], q[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
	if question[len(question)-3] == want {
		out[7] = 1
		out = append(out, 0xc0, 12, 0, want, 0, 1, 0, 0, 0, 0, 0, byte(len(data)))
		out = append(out, data...)
	}
	return out
}

func TestDNSThatPointsInsideIsRefused(t *testing.T) {
	port, hits := listen(t)
	for _, v4 := range []bool{true, false} {
		c := New(Options{Plain: true, Ports: []uint16{atoi(t, port)}, Resolver: lyingDNS(t, v4), Timeout: 2 * time.Second})
		_, err := c.Do(t.Context(), Request{URL: "http://gateway.example.org:" + port + "/send"})
		if !errors.Is(err, errRefused) {
			t.Errorf("v4 %v: %v", v4, err)
		}
	}
	if hits.Load() != 0 {
		t.Fatal("a rebinding name reached the listener")
	}
}

func TestRedirectIsAnAnswerNotAnOrder(t *testing.T) {
	var second atomic.Int64
	inner := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { second.Add(1) }))
	defer inner.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		outer := httptest.NewServer(http.RedirectHandler(inner.URL, code))
		r, err := New(Options{Allow: Loopback()}).Do(t.Context(), Request{Method: "POST", URL: outer.URL, Body: []byte("x")})
		outer.Close()
		if err != nil || r.Status != code {
			t.Errorf("%d: %d %v", code, r.Status, err)
		}
	}
	if second.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

func TestCaps(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/big":
			w.Write(make([]byte, 5000))
		case "/slow":
			select {
			case <-r.Context().Done():
			case <-time.After(5 * time.Second):
			}
		case "/hangup":
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				c.Close()
			}
		}
	}))
	defer s.Close()
	c := New(Options{Allow: Loopback(), MaxBody: 4096, Timeout: 300 * time.Millisecond})
	for path, kind := range map[string]fault.Kind{"/big": fault.TooLarge, "/slow": fault.Unavailable, "/hangup": fault.Unavailable} {
		_, err := c.Do(t.Context(), Request{URL: s.URL + path + "?secret=hunter"})
		if fault.KindOf(err) != kind || !Reached(err) {
			t.Errorf("%s: %v, reached %v", path, err, Reached(err))
		}
		if strings.Contains(fmt.Sprint(err), "hunter") || strings.Contains(fmt.Sprint(err), "127.0.0.1") {
			t.Errorf("%s: the error tells the address: %v", path, err)
		}
	}
	s.Close()
	if _, err := c.Do(t.Context(), Request{URL: s.URL}); Reached(err) || !fault.Is(err, fault.Unavailable) {
		t.Errorf("nobody listening: %v, reached %v", err, Reached(err))
	}
}

func TestPublicAddressesPass(t *testing.T) {
	c := New(Options{})
	for _, a := range []string{"93.184.215.14:443", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443", "[2a00:1450:4001:80b::200e]:443"} {
		if !c.reachable(netip.MustParseAddrPort(a)) {
			t.Errorf("%s refused", a)
		}
	}
	for _, u := range []string{"https://sms.example.org/send?x=1", "https://xn--bcher-kva.example/", "https://93.184.215.14/"} {
		if err := c.Check(u); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
}

// The standard library's own opinion about an address is a second, independent judge.
func TestNothingPrivateIsPublic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b [16]byte
		copy(b[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		a := netip.AddrFrom16(b)
		if rapid.Bool().Draw(t, "v4") {
			a = netip.AddrFrom4([4]byte(b[:4]))
		}
		if public(a) && (a.IsLoopback() || a.IsPrivate() || a.IsMulticast() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.Is4In6()) {
			t.Fatalf("%s counts as public", a)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, u := range hostile {
		f.Add(u)
	}
	c := New(Options{Plain: true})
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := c.parse(raw)
		if err != nil {
			return
		}
		if u.User != nil || (u.Scheme != "http" && u.Scheme != "https") || (u.Port() != "" && u.Port() != "80" && u.Port() != "443") {
			// "080" is port 80 too
			if strings.TrimLeft(u.Port(), "0") != "80" && strings.TrimLeft(u.Port(), "0") != "443" {
				t.Fatalf("%q passed as %v", raw, u)
			}
		}
		if a, err := netip.ParseAddr(u.Hostname()); err == nil && !public(a.Unmap()) {
			t.Fatalf("%q passed", raw)
		}
	})
}
