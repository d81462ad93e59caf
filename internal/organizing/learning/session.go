// A session of a curriculum: its outline, and the plain text it is written in.
package learning

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"seedbed/internal/kit/fault"
)

//go:embed outlines/*.txt
var outlineFiles embed.FS

// Session is one evening: what it is for, minute by minute, with words to say,
// situations to play, mistakes to avoid and questions for the end.
type Session struct {
	Key       string     `json:"key,omitempty"` // the outline of ours that it was taken from
	Title     string     `json:"title"`
	Purpose   string     `json:"purpose"`
	Skills    []Skill    `json:"skills,omitempty"`
	Plan      []Item     `json:"plan"`
	Materials []string   `json:"materials,omitempty"`
	Script    []string   `json:"script,omitempty"`
	RolePlays []RolePlay `json:"role_plays,omitempty"`
	Mistakes  []Mistake  `json:"mistakes,omitempty"`
	Questions []string   `json:"questions,omitempty"`
}

// Item is a line of the time plan.
type Item struct {
	Minutes int    `json:"minutes"`
	Title   string `json:"title"`
	Text    string `json:"text,omitempty"`
}

// RolePlay is a situation, and what is practised in it.
type RolePlay struct {
	Name     string `json:"name"`
	Scene    string `json:"scene"`
	Practise string `json:"practise,omitempty"`
}

// Mistake is what often goes wrong, and what to do instead.
type Mistake struct {
	Wrong   string `json:"wrong"`
	Instead string `json:"instead,omitempty"`
}

// Minutes is how long the plan takes.
func (s Session) Minutes() (n int) {
	for _, i := range s.Plan {
		n += i.Minutes
	}
	return n
}

// SessionIn is a session as typed: a line for each thing, its parts with | between them.
type SessionIn struct {
	Key, Title, Purpose, Plan, Materials, Script, RolePlays, Mistakes, Questions string
	Skills                                                                       []string
}

// Most is how much a session may say.
const (
	titleMost   = 120
	purposeMost = 500
	lineMost    = 600
	linesMost   = 40
	dayMost     = 8 * 60 // minutes of one session
)

// Read checks a session and names every field that is wrong.
func (in SessionIn) Read() (s Session, bad []fault.Field) {
	wrong := func(field, key string, args ...any) { bad = append(bad, fault.At(field, key, args...)) }
	s = Session{Key: in.Key, Title: line(in.Title), Purpose: line(in.Purpose)}
	if s.Title == "" || utf8.RuneCountInString(s.Title) > titleMost {
		wrong("title", "learning.error.title", "Most", titleMost)
	}
	if s.Purpose == "" || utf8.RuneCountInString(s.Purpose) > purposeMost {
		wrong("purpose", "learning.error.purpose", "Most", purposeMost)
	}
	for _, k := range in.Skills {
		if !slices.Contains(Skills(), Skill(k)) {
			wrong("skills", "contact.error.choose")
			break
		}
		if !slices.Contains(s.Skills, Skill(k)) {
			s.Skills = append(s.Skills, Skill(k))
		}
	}
	list := func(field, text string) (out []string) {
		for l := range strings.Lines(text) {
			if l = line(l); l == "" {
				continue
			}
			if out = append(out, l); utf8.RuneCountInString(l) > lineMost || len(out) > linesMost {
				wrong(field, "learning.error.lines", "Most", lineMost, "Lines", linesMost)
				return nil
			}
		}
		return out
	}
	for _, l := range list("plan", in.Plan) {
		p := parts(l, 3)
		n, err := strconv.Atoi(p[0])
		if err != nil || n < 1 || n > dayMost || p[1] == "" {
			wrong("plan", "learning.error.plan")
			break
		}
		s.Plan = append(s.Plan, Item{n, p[1], p[2]})
	}
	if len(bad) == 0 && (len(s.Plan) == 0 || s.Minutes() > dayMost) {
		wrong("plan", "learning.error.plan")
	}
	s.Materials, s.Script, s.Questions = list("materials", in.Materials), list("script", in.Script), list("questions", in.Questions)
	for _, l := range list("role_plays", in.RolePlays) {
		p := parts(l, 3)
		s.RolePlays = append(s.RolePlays, RolePlay{p[0], p[1], p[2]})
	}
	for _, l := range list("mistakes", in.Mistakes) {
		p := parts(l, 2)
		s.Mistakes = append(s.Mistakes, Mistake{p[0], p[1]})
	}
	return s, bad
}

// Written is the session as it is typed; Read reads it back.
func (s Session) Written() SessionIn {
	in := SessionIn{Key: s.Key, Title: s.Title, Purpose: s.Purpose, Materials: strings.Join(s.Materials, "\n"), Script: strings.Join(s.Script, "\n"), Questions: strings.Join(s.Questions, "\n")}
	for _, k := range s.Skills {
		in.Skills = append(in.Skills, string(k))
	}
	var plan, plays, mistakes []string
	for _, i := range s.Plan {
		plan = append(plan, joined(strconv.Itoa(i.Minutes), i.Title, i.Text))
	}
	for _, p := range s.RolePlays {
		plays = append(plays, joined(p.Name, p.Scene, p.Practise))
	}
	for _, m := range s.Mistakes {
		mistakes = append(mistakes, joined(m.Wrong, m.Instead))
	}
	in.Plan, in.RolePlays, in.Mistakes = strings.Join(plan, "\n"), strings.Join(plays, "\n"), strings.Join(mistakes, "\n")
	return in
}

func joined(list ...string) string {
	for len(list) > 1 && list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return strings.Join(list, " | ")
}

// parts cuts a line at its bars into n parts; the last keeps what is over.
func parts(l string, n int) []string {
	out := strings.SplitN(l, "|", n)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	for len(out) < n {
		out = append(out, "")
	}
	return out
}

// line is a text without line breaks and double spaces.
func line(s string) string { return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ") }

// Outlines lists the keys of the sessions that come with Seedbed.
func Outlines() []Skill { return []Skill{OneToOne, HouseMeeting, Story, Offer, IssueCut, Evaluation} }

// OutlineLanguages lists the languages they are written in.
func OutlineLanguages() []string { return []string{"en", "es", "vi", "ar"} }

var outlines = sync.OnceValue(func() map[string]Session {
	out := map[string]Session{}
	for _, key := range Outlines() {
		for _, lang := range OutlineLanguages() {
			name := string(key) + "." + lang
			text, err := outlineFiles.ReadFile("outlines/" + name + ".txt")
			if err == nil {
				out[name], err = parseOutline(key, string(text))
			}
			if err != nil {
				panic(fmt.Errorf("learning: outlines/%s.txt: %w", name, err)) // embedded: every test sees it
			}
		}
	}
	return out
})

// Outline returns a session of ours in a language, or in English where it is not
// written in it; ok is false when there is none of that key. The text is the language's.
func Outline(key, lang string) (s Session, in string, ok bool) {
	if s, ok = outlines()[key+"."+lang]; ok {
		return s, lang, true
	}
	s, ok = outlines()[key+".en"]
	return s, "en", ok
}

// parseOutline reads a file: title and purpose, then parts under their names.
func parseOutline(key Skill, text string) (Session, error) {
	in := SessionIn{Key: string(key), Skills: []string{string(key)}}
	fields := map[string]*string{"plan": &in.Plan, "materials": &in.Materials, "script": &in.Script, "roleplays": &in.RolePlays, "mistakes": &in.Mistakes, "questions": &in.Questions}
	var now *string
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		name, value, ok := strings.Cut(l, ":")
		switch {
		case strings.HasPrefix(l, "["):
			if now = fields[strings.Trim(l, "[]")]; now == nil {
				return Session{}, fmt.Errorf("%s is no part", l)
			}
		case now != nil:
			*now += l + "\n"
		case ok && name == "title":
			in.Title = value
		case ok && name == "purpose":
			in.Purpose = value
		default:
			return Session{}, fmt.Errorf("%q stands nowhere", l)
		}
	}
	s, bad := in.Read()
	if len(bad) > 0 {
		return s, fault.Wrong(bad...)
	}
	return s, nil
}
