// Package money reads and writes amounts in the smallest unit of a currency.
package money

import (
	"strconv"
	"strings"
)

// Parse reads an amount of money as people type it: "50", "50.5", "1,250.00",
// "12,50". ok is false for anything that is not plainly one.
func Parse(s string) (minor int64, ok bool) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "$"))
	whole, cents := s, ""
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && len(s)-i-1 <= 2 {
		whole, cents = s[:i], s[i+1:]
		if cents == "" {
			return 0, false
		}
	}
	if parts := strings.FieldsFunc(whole, func(r rune) bool { return r == ',' || r == '.' }); len(parts) > 1 {
		if strings.Count(whole, ",") > 0 && strings.Count(whole, ".") > 0 || len(parts)-1 != strings.Count(whole, ",")+strings.Count(whole, ".") {
			return 0, false
		}
		for _, p := range parts[1:] {
			if len(p) != 3 {
				return 0, false
			}
		}
		if len(parts[0]) > 3 {
			return 0, false
		}
		whole = strings.Join(parts, "")
	}
	if !digits(whole) || len(whole) > 9 || cents != "" && !digits(cents) {
		return 0, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return 0, false
	}
	for len(cents) < 2 {
		cents += "0"
	}
	c, err := strconv.ParseInt(cents, 10, 64)
	return n*100 + c, err == nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Format writes what Parse reads: "1250.00".
func Format(minor int64) string {
	cents := strconv.FormatInt(minor%100, 10)
	if len(cents) < 2 {
		cents = "0" + cents
	}
	return strconv.FormatInt(minor/100, 10) + "." + cents
}
