// What a batch would do: each record beside what stands in the directory. Pure.

package directory

import (
	"net/url"
	"strings"

	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/id"
)

// planImport compares every record with what the feeds said before and with
// what people typed here.
func planImport(b ImportBatch, lang string, st imported, typed *snapshot) []recordRow {
	hosts := map[string]string{}
	for _, s := range st.sources {
		if s.Kind == ImportOrganization {
			hosts[s.ID] = s.Name
		}
	}
	coming := make(map[string]bool, len(b.Records))
	for _, r := range b.Records {
		coming[r.ID] = true
		if r.Kind == ImportOrganization {
			hosts[r.ID] = r.Name
		}
	}
	twins := twinsOf(st, typed, coming)
	rows := make([]recordRow, 0, len(b.Records))
	for i, r := range b.Records {
		r.Lang = lang
		if r.Kind == ImportService {
			r.Host = hosts[r.Organization]
		}
		row := recordRow{n: i + 1, source: r.ID, kind: r.Kind, name: r.Name, card: r.text(), seen: st.seen(r.ID), changes: "[]"}
		if old, ok := st.sources[r.ID]; ok && old.Kind != r.Kind {
			// One id for two kinds of thing, in two feeds: the later gets an id of its own.
			r.ID = id.Derive(ImportNamespace(b.Feed), string(r.Kind)+":"+r.ID)
			row.source, row.card, row.seen = r.ID, r.text(), st.seen(r.ID)
		}
		old, had := st.sources[row.source]
		t, alike := twins.find(r)
		switch {
		case had:
			row.beside(r, old, st)
		case alike:
			row.action, row.twinKind, row.twin, row.twinName = ImportTwin, t.kind, t.id, t.name
		default:
			row.action, row.taken = ImportNew, true
		}
		rows = append(rows, row)
	}
	return rows
}

// beside fills in what a record does to the one stored under its id.
func (row *recordRow) beside(r ImportRecord, old sourceRow, st imported) {
	if old.Card == row.card {
		row.action = ImportUnchanged
		return
	}
	row.action, row.taken = ImportChanged, true
	if before, err := fromText[ImportRecord](old.Card); err == nil {
		row.changes = asText(changesBetween(before, r))
	}
	if old.Programme == "" {
		return
	}
	if p, ok := st.programmes[old.Programme]; !ok || digestOf(asText(p)) != old.Written {
		row.action, row.taken = ImportKept, false
	}
}

// twin is something already here that a record may be.
type twin struct {
	kind, id, name               string // kind: organization, service, group, programme
	host, address, phone, domain string
}

type twinIndex map[string][]twin

// twinsOf indexes by folded name what is here and does not come with the batch itself.
func twinsOf(st imported, typed *snapshot, coming map[string]bool) twinIndex {
	x := twinIndex{}
	for _, s := range st.sources {
		if coming[s.ID] {
			continue
		}
		r, err := fromText[ImportRecord](s.Card)
		if err != nil {
			continue
		}
		x.add(string(s.Kind), recordTwin(r, string(s.Kind)))
	}
	if typed == nil {
		return x
	}
	for _, g := range typed.groups {
		if g.Source.Batch == "" && g.State != Archived {
			x.add(string(ImportOrganization), twin{kind: "group", id: g.ID, name: g.Name})
		}
	}
	for _, p := range typed.programmes {
		if p.Source.Batch == "" {
			x.add(string(ImportService), twin{kind: "programme", id: p.ID, name: p.Name, host: fold.Text(p.Host), address: fold.Text(p.Place.Address),
				phone: lastDigits(p.Contact.Phone), domain: domain(p.Contact.URL)})
		}
	}
	return x
}

func (x twinIndex) add(kind string, t twin) {
	k := kind + "\x00" + fold.Text(t.name)
	x[k] = append(x[k], t)
}

func recordTwin(r ImportRecord, kind string) twin {
	t := twin{kind: kind, id: r.ID, name: r.Name, host: fold.Text(r.Host), domain: domain(r.URL)}
	if len(r.Places) > 0 {
		t.address = fold.Text(r.Places[0].Address)
	}
	if len(r.Phones) > 0 {
		t.phone = lastDigits(r.Phones[0].Number)
	}
	return t
}

func domain(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// find returns the first look-alike. One name is enough for organizations; many
// services are called "Food pantry", so there something else must agree too.
func (x twinIndex) find(r ImportRecord) (twin, bool) {
	own := recordTwin(r, string(r.Kind))
	for _, t := range x[string(r.Kind)+"\x00"+fold.Text(r.Name)] {
		if r.Kind == ImportOrganization {
			return t, true
		}
		same := func(a, b string) bool { return a != "" && a == b }
		if same(own.host, t.host) || same(own.address, t.address) || same(own.phone, t.phone) || same(own.domain, t.domain) ||
			own.host == "" && t.host == "" {
			return t, true
		}
	}
	return twin{}, false
}

// next is what applying a record writes: the source, and for a service its programme.
func (r recordRow) next(head batchRow, old sourceRow, had bool, st imported, now int64) (sourceRow, programmeRow, error) {
	rec, err := fromText[ImportRecord](r.card)
	if err != nil {
		return sourceRow{}, programmeRow{}, err
	}
	s := sourceRow{ID: r.source, Kind: r.kind, Feed: head.feed, Origin: rec.Origin, Name: rec.Name, Folded: fold.Text(rec.Name), Card: r.card,
		Batch: head.id, Created: now, Updated: now}
	if had {
		s.Created, s.Programme, s.Group = old.Created, old.Programme, old.Group
	}
	if r.kind != ImportService {
		return s, programmeRow{}, nil
	}
	if s.Programme == "" {
		s.Programme = r.source
		if _, taken := st.programmes[s.Programme]; taken { // somebody typed one under this very id
			s.Programme = id.Derive("directory.programme", r.source)
		}
	}
	p := programmeRow{ID: s.Programme, Batch: head.id, SourceID: clipText(rec.Origin, 100), Created: now, Updated: now}
	if before, ok := st.programmes[s.Programme]; ok {
		p.Batch, p.Created = before.Batch, before.Created
	}
	card := programmeOf(rec, p.Batch)
	p.Published = card.Published
	p.Card = asText(card)
	return s, p, nil
}
