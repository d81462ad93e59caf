// Styles, scripts and icons: embedded, concatenated or served under an address
// that changes with their content, so that browsers may keep them for ever.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"seedbed/internal/kit/guard"
)

type asset struct {
	body, zipped []byte
	kind         string
}

type assets struct {
	version string
	files   map[string]asset
	icons   map[string]template.HTML
}

func newAssets(files fs.FS) (*assets, error) {
	a := &assets{files: map[string]asset{}, icons: map[string]template.HTML{}}
	sum := sha256.New()
	var css bytes.Buffer
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum.Write([]byte(name))
		sum.Write(body)
		switch {
		case strings.HasPrefix(name, "css/") && strings.HasSuffix(name, ".css"):
			css.Write(body) // walked in name order: 00-reset.css … 90-print.css
			css.WriteByte('\n')
		case strings.HasPrefix(name, "icons/") && strings.HasSuffix(name, ".svg"):
			a.icons[strings.TrimSuffix(path.Base(name), ".svg")] = template.HTML(body) // our own files
		case strings.HasPrefix(name, "js/"), strings.HasPrefix(name, "img/"), strings.HasPrefix(name, "fonts/"):
			a.put(name, body)
		}
		return nil
	})
	a.put("css/seedbed.css", css.Bytes())
	a.put("js/guard-words.js", guard.Module()) // the lists of the server, not a copy of them
	sum.Write(guard.Module())
	a.version = hex.EncodeToString(sum.Sum(nil))[:12]
	return a, err
}

func (a *assets) put(name string, body []byte) {
	kind := mime.TypeByExtension(path.Ext(name))
	switch path.Ext(name) { // the machine's table may lack these
	case ".js":
		kind = "text/javascript; charset=utf-8"
	case ".css":
		kind = "text/css; charset=utf-8"
	case ".svg":
		kind = "image/svg+xml"
	}
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	w.Write(body)
	w.Close()
	a.files[name] = asset{body, z.Bytes(), kind}
}

// url is the address of an asset; an unknown one is a mistake that page tests see.
func (a *assets) url(name string) string {
	if _, ok := a.files[name]; !ok {
		return "/static/missing/" + name
	}
	return "/static/" + a.version + "/" + name
}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.PathValue("path")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	if r.PathValue("version") == a.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Add("Vary", "Accept-Encoding")
	body := f.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(f.zipped) < len(f.body) {
		h.Set("Content-Encoding", "gzip")
		body = f.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}
