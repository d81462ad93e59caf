// Package weblink checks addresses that people type as evidence or as a document:
// of the web, with a host, and without a name and password in it.
package weblink

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Most is how long an address may be.
const Most = 500

// Parse tidies an address as typed. Nothing is nothing, and right. An address
// without a scheme is read as https; one that is not of the web is refused.
func Parse(typed string) (address string, ok bool) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", true
	}
	if !utf8.ValidString(typed) || len(typed) > Most || strings.ContainsAny(typed, " \t\r\n\"<>\\`") {
		return "", false
	}
	if !strings.Contains(typed, "://") {
		typed = "https://" + typed
	}
	u, err := url.Parse(typed)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") {
		return "", false
	}
	return u.String(), true
}
