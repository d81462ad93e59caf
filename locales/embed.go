// Package locales carries the catalogs inside the binary: one file per room and
// language. kit/i18n reads them and says what their rules are.
package locales

import "embed"

// Files holds every `<room>.<language>.json`.
//
//go:embed *.json
var Files embed.FS
