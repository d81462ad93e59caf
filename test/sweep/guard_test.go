package sweep

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"seedbed/internal/organizing/listening"
	"seedbed/internal/platform/access"
)

// unguarded are texts in forms of organizers that the guard does not read, and why.
// A key is a page and a field, or a page alone.
var unguarded = map[string]string{
	"/meetings/{id}/door receipt":             "a number to compare with: it is never stored",
	"/decisions/{id}/paper code":              "a code to compare with: it is never stored",
	"/surveys/batch/{id} code":                "a code to compare with: it is never stored",
	"/people/{id} other":                      "a name to look for: it is never stored",
	"/one-to-ones/new name":                   "a name to look for: it is never stored",
	"/assemblies/new who":                     "a name to look for: it is never stored",
	"/assemblies/{id}/edit who":               "as above",
	"/assemblies/{id}/sheet/new who":          "as above",
	"/assemblies/{id}/sheet/{n} who":          "as above",
	"/assemblies/{id}/run who":                "as above",
	"/negotiations/new who":                   "as above",
	"/negotiations/{id}/edit who":             "as above",
	"/learn/curricula/new":                    "a curriculum is written for everybody who teaches it and speaks of nobody; what people fear has a place in a role play",
	"/learn/curricula/{id}/edit":              "as above",
	"/learn/curricula/{id}/sessions/{n}/edit": "as above",
}

// refused are texts that the core refuses with a sentence beside the field: short
// words in which nothing can be kept, so that there is nothing to choose.
var refused = []string{"called_name", "pronouns", "area", "option", "list_name", "label_contact", "label_participant", "label_contributor", "label_leader", "label_core_leader", "label_resting"}

// telling is a sentence that no form of an organizer takes.
const telling = "He is undocumented"

// A telling sentence in any text of any form an organizer can reach comes back with
// the words marked and everything that was typed.
func TestEveryTextIsGuarded(t *testing.T) {
	w := newWorld(t, "")
	may := oracle(t)
	w.refresh(w.a)
	ana, from := w.a.actor(access.Organizer), time.Now().AddDate(0, 0, 7)
	planned, err := w.sys.Listens.Plan(w.ctx, ana, listening.PlanIn{Name: "Spring listening", Languages: []string{"en"}, Questions: map[string][]string{"en": {"What weighs on you?", "What should change?"}},
		Starts: from, Ends: from.AddDate(0, 0, 56), People: 200, Sessions: 100, Listeners: 10})
	w.must(err)
	open, _ := w.campaign(w.a)
	stages := map[string]string{"/campaigns/{id}/plan": planned, "/campaigns/{id}/midpoint": open, "/campaigns/{id}/networks": open, "/campaigns/{id}/report": open}
	seen, asked := map[string]bool{}, 0
	for _, role := range []access.Role{access.Organizer, access.Leader} {
		v := w.visit(w.a, role)
		for _, route := range w.sys.Routes {
			if route.Method != http.MethodGet || !may(seenAs(role, route.Surface), route.Need) || !organizing(route.Pattern) {
				continue
			}
			page := address(route.Pattern, or(stages[route.Pattern], w.a.ids[thing(t, route.Pattern)]))
			got := v.do("GET", page, nil)
			if got.Code != http.StatusOK {
				continue
			}
			doc, err := html.Parse(got.Body)
			w.must(err)
			for _, f := range formsOf(doc, page) {
				for _, field := range f.texts {
					key := route.Pattern + " " + field
					if seen[f.action+" "+field] {
						continue
					}
					seen[f.action+" "+field] = true
					if unguarded[route.Pattern] != "" || unguarded[key] != "" {
						continue
					}
					asked++
					answer := v.do("POST", f.action, f.with(field))
					for _, press := range f.buttons[min(1, len(f.buttons)):] {
						if answer.Code != http.StatusOK {
							break // a button that stores nothing shows the page again
						}
						answer = v.do("POST", f.action, f.pressed(field, press))
					}
					if answer.Code != http.StatusUnprocessableEntity {
						t.Errorf("%s as %s takes a telling %q: %d %s", key, role, field, answer.Code, answer.Header().Get("Location"))
						continue
					}
					back, err := html.Parse(answer.Body)
					w.must(err)
					if !marked(back, field) && !slices.Contains(refused, field) {
						t.Errorf("%s as %s: the words are not marked", key, role)
					}
					typed := valuesOf(back)
					for _, name := range f.texts {
						if want := strings.TrimSpace(f.with(field).Get(name)); !contains(typed[name], want) {
							t.Errorf("%s as %s loses %q of %s; there is %q", key, role, want, name, typed[name])
						}
					}
				}
			}
		}
	}
	t.Logf("%d fields asked", asked)
	if asked < 40 {
		t.Errorf("only %d fields were asked", asked)
	}
}

// organizing reports whether an address belongs to the organizing room.
func organizing(pattern string) bool {
	for _, p := range []string{
		"/today", "/people", "/one-to-ones", "/commitments", "/teams", "/meetings", "/stipends", "/campaigns", "/listening", "/themes", "/learn", "/decisions", "/told",
		"/evaluations",
		"/turnout",
		"/research", "/options", "/ways",
		"/power", "/strategy",
		"/assemblies", "/negotiations",
		"/surveys",
		"/pledges/desk", "/effort",
		"/changes",
		"/cycles", "/issues", "/criteria",
	} {
		if strings.HasPrefix(pattern, p) {
			return true
		}
	}
	return false
}

func contains(list []string, want string) bool {
	for _, v := range list {
		if strings.TrimSpace(v) == want {
			return true
		}
	}
	return false
}

// form is a form as a page shows it.
type form struct {
	action  string
	values  url.Values
	texts   []string    // names of the fields somebody writes in
	buttons [][2]string // names and values
}

// pressed is the form sent with another of its buttons.
func (f form) pressed(field string, button [2]string) url.Values {
	out := f.with(field)
	out.Set(button[0], button[1])
	return out
}

// with is the form with a telling sentence in one field and calm words in the empty ones.
func (f form) with(field string) url.Values {
	out := url.Values{}
	for name, v := range f.values {
		out[name] = v
	}
	for _, name := range f.texts {
		if out.Get(name) == "" {
			out.Set(name, "Bread")
		}
	}
	out.Set(field, telling)
	return out
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func formsOf(doc *html.Node, page string) (out []form) {
	for n := range doc.Descendants() {
		if n.Data != "form" || !strings.EqualFold(attr(n, "method"), "post") || strings.Contains(attr(n, "enctype"), "multipart") {
			continue
		}
		f := form{action: attr(n, "action"), values: url.Values{}}
		if f.action == "" {
			f.action = page
		}
		for c := range n.Descendants() {
			f.read(c)
		}
		if len(f.texts) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// read takes one control as a browser would send it.
func (f *form) read(n *html.Node) {
	name, kind := attr(n, "name"), attr(n, "type")
	if name == "" || n.Parent != nil && has(n.Parent, "disabled") || strings.HasPrefix(name, "_guard_") {
		return
	}
	switch {
	case n.Data == "textarea":
		f.texts, f.values[name] = append(f.texts, name), []string{strings.TrimPrefix(textOf(n), "\n")}
	case n.Data == "select":
		for o := range n.Descendants() {
			if o.Data == "option" && (has(o, "selected") || f.values.Get(name) == "") {
				f.values.Set(name, attr(o, "value"))
			}
		}
	case n.Data == "button":
		f.buttons = append(f.buttons, [2]string{name, attr(n, "value")})
		if f.values.Get(name) == "" {
			f.values.Set(name, attr(n, "value"))
		}
	case n.Data == "input" && (attr(n, "inputmode") == "numeric" || attr(n, "inputmode") == "decimal"):
		f.values.Add(name, or(attr(n, "value"), "1"))
	case n.Data == "input" && (kind == "text" || kind == ""):
		f.texts = append(f.texts, name)
		f.values.Add(name, attr(n, "value"))
	case n.Data == "input" && (kind == "radio" || kind == "checkbox"):
		if name == "languages" && len(attr(n, "value")) == 2 { // each brings its own questions
			f.values.Add(name, attr(n, "value"))
		} else if has(n, "checked") || kind == "radio" && f.values.Get(name) == "" {
			f.values.Set(name, attr(n, "value"))
		}
	case n.Data == "input" && kind != "submit":
		f.values.Add(name, attr(n, "value"))
	}
}

func textOf(n *html.Node) (s string) {
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			s += c.Data
		}
	}
	return s
}

// valuesOf are what the fields of a page hold, by name.
func valuesOf(doc *html.Node) map[string][]string {
	out := map[string][]string{}
	for n := range doc.Descendants() {
		switch n.Data {
		case "textarea":
			out[attr(n, "name")] = append(out[attr(n, "name")], textOf(n))
		case "input":
			out[attr(n, "name")] = append(out[attr(n, "name")], attr(n, "value"))
		}
	}
	return out
}

// marked reports whether the guard shows words of a field.
func marked(doc *html.Node, field string) bool {
	for n := range doc.Descendants() {
		if n.Data != "fieldset" || has(n, "hidden") {
			continue
		}
		found, word := false, false
		for c := range n.Descendants() {
			found = found || attr(c, "name") == "_guard_"+field
			word = word || c.Data == "mark"
		}
		if found && word {
			return true
		}
	}
	return false
}
