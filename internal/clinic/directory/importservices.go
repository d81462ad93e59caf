// What people can get, a page at a time: an import brings thousands of services
// where a clinic has a dozen programmes of its own.

package directory

import (
	"context"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/platform/access"
)

// ProgrammePage returns a part of the published programmes that match a filter, by name.
func (s *Service) ProgrammePage(ctx context.Context, a access.Actor, f Filter, after string) (p Page[ProgrammeView], err error) {
	defer fault.Wrap(&err, "directory.ProgrammePage")
	if _, err := access.Check(a, needProg(access.Read)); err != nil {
		return p, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return p, err
	}
	words := fold.Text(f.Words)
	f.Words = ""
	var all []*Programme
	for _, g := range snap.progByName {
		if g.Published && f.match(g.facts()) && (words == "" || g.says(words)) {
			all = append(all, g)
		}
	}
	part := cut(all, after, PageSize, func(g *Programme) string { return fold.Text(g.Name) + "\x00" + g.ID })
	now, zone := s.clock.Now(), s.zone(ctx, a.Org)
	return pageOf(part, func(g *Programme) ProgrammeView { return g.View(a.Locale, now, zone) }), nil
}

// facts is what the filter of groups looks at, but for the words: folding
// thousands of texts takes longer than everything else together.
func (p *Programme) facts() *entry {
	return &entry{Group: Group{Topics: p.Topics, Languages: p.Languages, Online: p.Online, Rhythm: p.Schedule, Access: p.Access}}
}

// says reports whether every folded word is in the programme's texts; the
// cheaper texts are asked first.
func (p *Programme) says(words string) bool {
	text := " " + fold.Text(p.Name+" "+p.Host+" "+p.Place.Area)
	if containsAll(text, words) {
		return true
	}
	text += " " + fold.Text(p.What)
	for _, w := range p.Texts {
		text += " " + fold.Text(w.WhatMembersDo)
	}
	return containsAll(text, words)
}

func containsAll(text, words string) bool {
	for w := range strings.FieldsSeq(words) {
		if !strings.Contains(text, " "+w) {
			return false
		}
	}
	return true
}
