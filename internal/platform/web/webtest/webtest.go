// Package webtest checks rendered pages the way a strict reader would: one
// heading, labelled fields, a language and a direction, nothing untranslated,
// nothing from another server.
package webtest

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page parses a page and reports every defect as a test error.
func Page(t testing.TB, body string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	for _, problem := range Problems(doc, body) {
		t.Error(problem)
	}
	return doc
}

// Problems lists what is wrong with a page.
func Problems(doc *html.Node, body string) (out []string) {
	bad := func(s ...string) { out = append(out, strings.Join(s, " ")) }
	if strings.Contains(body, "⟦") {
		i := strings.Index(body, "⟦")
		bad("untranslated:", body[i:min(len(body), i+60)])
	}
	if strings.Contains(body, "ZgotmplZ") || strings.Contains(body, "<no value>") {
		bad("a value could not be shown")
	}
	ids := map[string]int{}
	labelled := map[string]bool{}
	var refs []string
	h1 := 0
	Walk(doc, func(n *html.Node) {
		if v := Attr(n, "id"); v != "" {
			ids[v]++
		}
		switch n.Data {
		case "html":
			if Attr(n, "lang") == "" || Attr(n, "dir") == "" {
				bad("html without lang or dir")
			}
		case "h1":
			h1++
		case "title":
			if strings.TrimSpace(Text(n)) == "" {
				bad("empty title")
			}
		case "select":
			if !strings.Contains(Attr(n.Parent, "class"), "select") { // bare, it is too small to touch
				bad("select without its frame:", Attr(n, "name"))
			}
		case "label":
			labelled[Attr(n, "for")] = true
		case "img":
			if !has(n, "alt") {
				bad("img without alt:", Attr(n, "src"))
			}
		case "form":
			if m := strings.ToLower(Attr(n, "method")); m == "post" && !hasKey(n) && Attr(n, "data-nokey") == "" {
				bad("POST form without _key:", Attr(n, "action"))
			}
		}
		if has(n, "style") {
			bad("inline style on", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				bad("inline handler", a.Key, "on", n.Data)
			}
			if (a.Key == "src" || n.Data == "link" && a.Key == "href") && (strings.HasPrefix(a.Val, "http") || strings.HasPrefix(a.Val, "//")) {
				bad("request to another server:", a.Val)
			}
			if a.Key == "aria-describedby" || a.Key == "aria-labelledby" {
				refs = append(refs, strings.Fields(a.Val)...)
			}
		}
	})
	if h1 != 1 {
		bad("want one h1")
	}
	for v, n := range ids {
		if n > 1 {
			bad("id used twice:", v)
		}
	}
	for _, ref := range refs {
		if ids[ref] == 0 {
			bad("described by a missing id:", ref)
		}
	}
	Walk(doc, func(n *html.Node) {
		if n.Data != "input" && n.Data != "select" && n.Data != "textarea" {
			return
		}
		switch Attr(n, "type") {
		case "hidden", "submit", "button":
			return
		}
		if !labelled[Attr(n, "id")] && Attr(n, "aria-label") == "" && Attr(n, "aria-labelledby") == "" && !inside(n, "label") {
			bad("field without label:", Attr(n, "name"))
		}
	})
	return out
}

// Walk visits every element.
func Walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		Walk(c, visit)
	}
}

// Attr returns an attribute's value, or "".
func Attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// Text returns the text inside n.
func Text(n *html.Node) string {
	var sb strings.Builder
	var rec func(*html.Node)
	rec = func(n *html.Node) {
		if n.Type == html.TextNode {
			sb.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			rec(c)
		}
	}
	rec(n)
	return strings.Join(strings.Fields(sb.String()), " ")
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func hasKey(form *html.Node) (found bool) {
	Walk(form, func(n *html.Node) {
		if n.Data == "input" && Attr(n, "name") == "_key" {
			found = true
		}
	})
	return found
}

func inside(n *html.Node, tag string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Type == html.ElementNode && p.Data == tag {
			return true
		}
	}
	return false
}
