// Which addresses may be reached: the rules for a URL as written and for the IP
// address it finally means. Both are needed: the first gives a person a clear
// refusal while they type, the second holds when DNS lies.
package egress

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"seedbed/internal/kit/fault"
)

// prefixes parses a fixed list; a mistake in it stops every test at once.
func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// IANA's special-purpose registry for IPv4 (RFC 6890 and successors), multicast and class E.
var special4 = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
	"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4")

// For IPv6 an allow list: only what IANA hands out as global unicast, minus what is
// reserved inside it. A deny list forgets one (CVE-2026-46348 forgot "::").
var (
	global6  = netip.MustParsePrefix("2000::/3")
	special6 = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)

// Loopback is the exception that tests and an operator's own relay need.
func Loopback() []netip.Prefix { return prefixes("127.0.0.0/8", "::1/128") }

// public reports whether an address belongs to the open internet.
func public(a netip.Addr) bool {
	if a.Zone() != "" {
		return false
	}
	within := func(p netip.Prefix) bool { return p.Contains(a) }
	if a.Is4() {
		return !slices.ContainsFunc(special4, within)
	}
	return global6.Contains(a) && !slices.ContainsFunc(special6, within)
}

func (c *Client) excepted(a netip.Addr) bool {
	return slices.ContainsFunc(c.allow, func(p netip.Prefix) bool { return p.Contains(a) })
}

// reachable is the rule for the address a connection is about to go to.
func (c *Client) reachable(a netip.AddrPort) bool {
	ip := a.Addr().Unmap() // ::ffff:127.0.0.1 is 127.0.0.1
	if c.excepted(ip) {
		return true
	}
	return public(ip) && slices.Contains(c.ports, a.Port())
}

// Check says whether a URL may be asked for at all, without touching the network.
// The answer is fault.Invalid; its trail says why and never repeats the URL, whose
// query may hold a secret.
func (c *Client) Check(raw string) error {
	if _, err := c.parse(raw); err != nil {
		return fault.Because(fault.New(fault.Invalid, ""), fmt.Errorf("egress: %w", err))
	}
	return nil
}

func (c *Client) parse(raw string) (*url.URL, error) {
	if len(raw) > 2000 {
		return nil, errors.New("address too long")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("not a web address")
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Opaque != "":
		return nil, errors.New("scheme not allowed")
	case u.User != nil:
		return nil, errors.New("a name or password in the address")
	case u.Hostname() == "":
		return nil, errors.New("no host")
	}
	literal, err := host(u.Hostname())
	if err != nil {
		return nil, err
	}
	if literal.IsValid() && c.excepted(literal) {
		return u, nil
	}
	if literal.IsValid() && !public(literal) {
		return nil, errors.New("address not public")
	}
	if u.Scheme == "http" && !c.plain {
		return nil, errors.New("only https")
	}
	port := uint64(443)
	if u.Scheme == "http" {
		port = 80
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.ParseUint(p, 10, 16); err != nil {
			return nil, errors.New("port not a number")
		}
	}
	if !slices.Contains(c.ports, uint16(port)) {
		return nil, errors.New("port not allowed")
	}
	return u, nil
}

// host accepts a plain ASCII name or a canonical IP address, which it returns.
// Other spellings of an address (decimal, octal, hexadecimal, short) are refused:
// resolvers disagree about what they mean.
func host(h string) (netip.Addr, error) {
	if a, err := netip.ParseAddr(h); err == nil {
		if a.Zone() != "" {
			return netip.Addr{}, errors.New("address with a zone")
		}
		return a.Unmap(), nil
	}
	h = strings.ToLower(strings.TrimSuffix(h, "."))
	for _, r := range h {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_' {
			return netip.Addr{}, errors.New("host with unusual characters")
		}
	}
	labels := strings.Split(h, ".")
	if slices.Contains(labels, "") || len(h) > 253 {
		return netip.Addr{}, errors.New("not a host name")
	}
	last := labels[len(labels)-1]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil || strings.Trim(last, "0123456789") == "" {
		return netip.Addr{}, errors.New("address in an unusual spelling")
	}
	if last == "localhost" || last == "local" || last == "internal" || len(labels) == 1 {
		return netip.Addr{}, errors.New("host not public")
	}
	return netip.Addr{}, nil
}
