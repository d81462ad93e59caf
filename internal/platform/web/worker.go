// The service worker: one script at the root of the site, so that it may answer
// for every page; its first lines name this version's files.
package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// worker answers /sw.js. Its text changes with the files, and so browsers renew it.
func (m *Mux) worker(w http.ResponseWriter, r *http.Request) {
	script, ok := m.assets.files["js/sw.js"]
	if !ok {
		http.NotFound(w, r)
		return
	}
	var shell []string
	for name := range m.assets.files {
		if name != "js/sw.js" && (strings.HasPrefix(name, "css/") || strings.HasPrefix(name, "js/") || strings.HasPrefix(name, "img/")) {
			shell = append(shell, m.assets.url(name))
		}
	}
	slices.Sort(shell)
	list, err := json.Marshal(shell)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	w.Write([]byte("const version = \"" + m.assets.version + "\";\nconst shell = " + string(list) + ";\nimportScripts(\"" + m.assets.url("js/outbox-store.js") + "\");\n"))
	w.Write(script.body)
}
