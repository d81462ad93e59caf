// The living catalogue of the design system: every part, with invented content.

package app

import (
	"html/template"
	"net/http"

	"seedbed/internal/kit/chart"
	"seedbed/internal/kit/i18n"
	"seedbed/internal/kit/opinion"
	"seedbed/internal/platform/web"
	look "seedbed/web"
)

// style is the living catalogue.
func (f *front) style(w http.ResponseWriter, r *web.Request) error {
	samples := look.Catalogue()
	samples.Opinion = map[string]template.HTML{}
	s := sampleOpinion(r)
	samples.OpinionTable = s.Table()
	for _, scheme := range []string{"l", "d"} {
		s.ID = scheme + "-opinion-map"
		samples.Opinion[scheme] = s.SVG()
	}
	return r.Page(w, "style/style", samples)
}

// sampleOpinion draws an invented conversation.
func sampleOpinion(r *web.Request) chart.Scatter {
	votes, _ := opinion.Invention{People: 140, Statements: 30, Groups: 3, Votes: 3000, Seed: 4}.Invent()
	c := opinion.New(opinion.Options{})
	for _, v := range votes {
		c.Cast(v.Person, v.Statement, v.Vote)
	}
	found := c.Result()
	s := chart.Scatter{Title: r.T("style.sample.opinion"), Description: r.T("style.sample.opinion_says"), RTL: i18n.Dir(r.Locale) == "rtl",
		Corner: r.T("style.sample.col_group"), Size: r.T("style.sample.opinion_size"), Says: r.T("style.sample.opinion_for"),
		Rest: r.T("style.sample.opinion_rest"), RestSize: found.NotShown, Hidden: r.T("style.sample.opinion_hidden"), Number: func(n int) string { return r.Localizer().Number(n) }}
	for n := range found.Groups {
		name := "style.sample.opinion_" + []string{"a", "b", "c"}[n%3]
		s.Groups = append(s.Groups, chart.Cluster{Name: r.T(name), Says: r.T(name + "_for")})
	}
	for _, p := range found.People {
		if p.Group != opinion.NoGroup {
			s.Groups[p.Group].Points = append(s.Groups[p.Group].Points, chart.Point{X: p.X, Y: p.Y})
		}
	}
	return s
}
