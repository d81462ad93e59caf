// Whose try it is, with and without a web server in front.
package web

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestNetworkBehindAProxy(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for name, x := range map[string]struct {
		proxies []netip.Prefix
		remote  string
		said    []string
		want    string
	}{
		"nothing in front":                      {nil, "198.51.100.7:4711", nil, "198.51.100.0/24"},
		"nobody is trusted":                     {nil, "127.0.0.1:4711", []string{"203.0.113.9"}, "127.0.0.0/24"},
		"a stranger says who it is":             {trusted, "198.51.100.7:4711", []string{"203.0.113.9"}, "198.51.100.0/24"},
		"the proxy says who it is":              {trusted, "127.0.0.1:4711", []string{"203.0.113.9"}, "203.0.113.0/24"},
		"the proxy appends to a lie":            {trusted, "127.0.0.1:4711", []string{"8.8.8.8, 203.0.113.9"}, "203.0.113.0/24"},
		"a lie in a header line of its own":     {trusted, "127.0.0.1:4711", []string{"8.8.8.8", "203.0.113.9"}, "203.0.113.0/24"},
		"two proxies":                           {trusted, "127.0.0.1:4711", []string{"8.8.8.8, 203.0.113.9, 10.1.2.3"}, "203.0.113.0/24"},
		"the whole way is ours":                 {trusted, "127.0.0.1:4711", []string{"10.1.2.3"}, "10.1.2.0/24"},
		"IPv6":                                  {trusted, "[::1]:4711", []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1::/48"},
		"IPv4 in IPv6":                          {trusted, "[::ffff:127.0.0.1]:4711", []string{"::ffff:203.0.113.9"}, "203.0.113.0/24"},
		"with a port":                           {trusted, "127.0.0.1:4711", []string{"203.0.113.9:1234"}, "203.0.113.0/24"},
		"nonsense":                              {trusted, "127.0.0.1:4711", []string{"203.0.113.9, unknown"}, "127.0.0.0/24"},
		"the proxy says nothing":                {trusted, "127.0.0.1:4711", nil, "127.0.0.0/24"},
		"not an address at all":                 {trusted, "@", []string{"203.0.113.9"}, "unknown"},
		"a lie before nonsense of the stranger": {trusted, "127.0.0.1:4711", []string{"8.8.8.8, x, 203.0.113.9"}, "203.0.113.0/24"},
	} {
		r := &http.Request{RemoteAddr: x.remote, Header: http.Header{"X-Forwarded-For": x.said}}
		if got := network(r, x.proxies); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}
