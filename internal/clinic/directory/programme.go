// The verbs on programmes: what the clinic or a partner gives, beside the groups.

package directory

import (
	"context"
	"slices"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/audit"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/db/idem"
)

// SaveProgramme adds (empty ID) or replaces a programme and returns its id.
// Saving says that what it says is true today.
func (s *Service) SaveProgramme(ctx context.Context, a access.Actor, p Programme, key string) (made string, err error) {
	defer fault.Wrap(&err, "directory.SaveProgramme(%s)", p.ID)
	action := access.Update
	if p.ID == "" {
		action = access.Create
	}
	grant, err := access.Check(a, needProg(action))
	if err != nil {
		return "", err
	}
	p = p.tidy()
	if err := p.check(); err != nil {
		return "", err
	}
	now, name := s.clock.Now(), "program."+string(action)+"."+p.ID
	fresh := id.New(now)
	err = s.db.Write(ctx, a.Org, func(tx *db.Tx) error {
		made, err = idem.Once(ctx, tx, now, a.Name(), key, name, func() (string, error) {
			next := p
			next.Org, next.Created = a.Org, now
			if next.ID == "" {
				next.ID = fresh
			} else {
				old, err := programmeByID(ctx, tx, next.ID)
				if err != nil {
					return "", err
				}
				if p.Version != 0 && p.Version != old.Version {
					return "", fault.Clash("directory.error.edited")
				}
				next.Created, next.Source = old.Created, old.Source
			}
			v, err := bump(ctx, tx)
			if err != nil {
				return "", err
			}
			next.Version, next.Updated, next.VerifiedOn = v, now, now
			if err := saveProgramme(ctx, tx, next); err != nil {
				return "", err
			}
			return next.ID, s.audit.Write(ctx, tx, audit.Event{Org: a.Org, Actor: a.Name(), Role: string(grant.Role), Action: string(action),
				Resource: "program", ResourceID: next.ID, Request: a.Request})
		})
		return err
	})
	return made, err
}

// Programme returns one programme as staff see it.
func (s *Service) Programme(ctx context.Context, a access.Actor, programmeID string) (p Programme, err error) {
	defer fault.Wrap(&err, "directory.Programme(%s)", programmeID)
	grant, err := access.Check(a, needProg(access.Read))
	if err != nil {
		return Programme{}, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return Programme{}, err
	}
	found, ok := snap.programmes[programmeID]
	if !ok || grant.Scope != access.Org && !found.Published {
		return Programme{}, fault.Missing("programme " + programmeID)
	}
	return found.clone(), nil
}

func (p Programme) clone() Programme {
	g := Group{Topics: p.Topics, Rhythm: p.Schedule, Languages: p.Languages, Access: p.Access, Texts: p.Texts, Source: p.Source}.Clone()
	p.Topics, p.Schedule, p.Languages, p.Access, p.Texts, p.Source = g.Topics, g.Rhythm, g.Languages, g.Access, g.Texts, g.Source
	return p
}

// StaffProgrammes lists every programme by name.
func (s *Service) StaffProgrammes(ctx context.Context, a access.Actor) (list []Programme, err error) {
	defer fault.Wrap(&err, "directory.StaffProgrammes")
	grant, err := access.Check(a, needProg(access.Read))
	if err != nil {
		return nil, err
	}
	if grant.Scope != access.Org {
		return nil, fault.Denied("programmes being prepared are for staff")
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	for _, p := range snap.progByName {
		list = append(list, p.clone())
	}
	return list, nil
}

// Programmes lists the published programmes that match a filter, by name.
func (s *Service) Programmes(ctx context.Context, a access.Actor, f Filter) (list []ProgrammeView, err error) {
	defer fault.Wrap(&err, "directory.Programmes")
	if _, err := access.Check(a, needProg(access.Read)); err != nil {
		return nil, err
	}
	snap, err := s.look(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	f.Words = fold.Text(f.Words)
	now, zone := s.clock.Now(), s.zone(ctx, a.Org)
	for _, p := range snap.progByName {
		if p.Published && f.match(p.entry()) {
			list = append(list, p.View(a.Locale, now, zone))
		}
	}
	return list, nil
}

// entry lets the filter of groups look at a programme.
func (p *Programme) entry() *entry {
	words := p.Name + " " + p.Host + " " + p.What
	for _, w := range p.Texts {
		words += " " + w.WhatMembersDo
	}
	return &entry{Group: Group{Topics: p.Topics, Languages: p.Languages, Online: p.Online, Rhythm: slices.Clone(p.Schedule), Access: p.Access}, words: fold.Text(words)}
}
