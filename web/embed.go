// Package web is the look of Seedbed: style sheets, small custom elements,
// icons and the templates every page is built from. It is embedded in the
// binary so that no page ever asks another server for anything.
//
// It knows no room and imports only the standard library. How to use it is
// written in docs/develop/design-system.md; the living catalogue is /style.
package web

import (
	"embed"
	"io/fs"
)

// Assets holds css/ (parts named 00- to 90-, in cascade order, served as one
// file), js/ (one custom element per file, loaded by the part that needs it),
// icons/ (drawings to put inline) and img/ (the mark, and a neutral favicon for
// participants' pages).
//
//go:embed css/*.css js/*.js icons/*.svg img/*.svg
var Assets embed.FS

//go:embed templates
var templates embed.FS

// Templates holds layouts/*.html and parts/*.html.
func Templates() fs.FS { return folder("templates") }

// Style holds the page file of the living catalogue, style.html.
func Style() fs.FS { return folder("templates/style") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(templates, name)
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}
