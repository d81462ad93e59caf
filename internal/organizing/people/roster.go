// Names held in memory: finding by name, naming a list, warning of a twin. Names
// are sealed in the database and have no index, so they are opened once and held
// for at most five minutes, a small part of them opened anew at a time. Rows say
// with which change they were last written, so that a change opens one name and
// not a hundred thousand; whoever was erased is dropped with the next look.
package people

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"seedbed/internal/kit/fold"
	"seedbed/internal/kit/namematch"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/vault"
)

const (
	keepNames   = 5 * time.Minute                // longest an opened name stays in memory (security note D6)
	renewNames  = keepNames / 2                  // from this age on names are opened anew, a part at a time
	rosterParts = 64                             // parts of a roster, by the last byte of the id
	renewPause  = renewNames / (rosterParts + 8) // so that all parts have had their turn before they are too old
	openAtOnce  = 2000                           // rows that are read and opened together

	longestChain = 100 // merges of merges that are followed
)

// held is a person in memory: what lists show and choose by.
type held struct {
	id           [16]byte
	name, folded string
	area         *[]string // as written, and folded
	langs        *[]string
	places       *[]string // ids of institutions
	owner        string
	joined       int64
	last, one    int64
	state        byte
	free         bool // nobody: the place waits for the next one
}

const (
	heldActive byte = iota
	heldResting
)

func (h *held) stateName() State {
	if h.state == heldResting {
		return Resting
	}
	return Active
}

type roster struct {
	work  sync.Mutex   // one at a time opens names
	mu    sync.RWMutex // guards what follows
	open  bool         // names were read
	n     int64        // change up to which they are true
	made  [rosterParts]time.Time
	list  []held
	spare []int32
	at    map[[16]byte]int32
	order []int32 // by folded name and id
	alike *namematch.Index
	sets  map[string]*[]string // lists that many people share
	into  map[[16]byte]joinedIn
}

// joinedIn is a row that was merged into another one: its dates count there.
type joinedIn struct {
	into      [16]byte
	last, one int64
	places    []string
}

type rosters struct {
	mu   sync.Mutex
	orgs map[string]*roster
}

func (s *Service) rosterFor(org string) *roster {
	s.roster.mu.Lock()
	defer s.roster.mu.Unlock()
	if s.roster.orgs == nil {
		s.roster.orgs = map[string]*roster{}
	}
	r := s.roster.orgs[org]
	if r == nil {
		r = &roster{}
		s.roster.orgs[org] = r
	}
	return r
}

// forget drops the names held here; rows and the counter do the same on other replicas.
func (s *Service) forget(org string) {
	s.roster.mu.Lock()
	delete(s.roster.orgs, org)
	s.roster.mu.Unlock()
}

// withNames runs fn over the names of an organization as of this transaction,
// which must be a read: what a write has not yet committed must not be held.
// fn must not keep anything of the roster but strings.
func (s *Service) withNames(ctx context.Context, tx *db.Tx, fn func(r *roster) error) error {
	r := s.rosterFor(tx.Org())
	if err := s.bringUp(ctx, tx, r); err != nil {
		return err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return fn(r)
}

// bringUp makes the roster true and young enough.
func (s *Service) bringUp(ctx context.Context, tx *db.Tx, r *roster) error {
	n, err := rosterVersion(ctx, tx)
	if err != nil {
		return err
	}
	now := s.clock.Now()
	if r.fresh(n, now) {
		return nil
	}
	r.work.Lock()
	defer r.work.Unlock()
	if r.fresh(n, now) {
		return nil
	}
	if !r.open || r.tooOld(now) {
		return s.openAll(ctx, tx, r, n, now)
	}
	if r.n < n {
		if known, err := s.openChanged(ctx, tx, r, n); err != nil {
			return err
		} else if !known { // a program that does not mark its rows has written
			return s.openAll(ctx, tx, r, n, now)
		}
	}
	return s.renew(ctx, tx, r, now)
}

func (r *roster) fresh(n int64, now time.Time) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.open && r.n >= n && !r.old(now, keepNames) && r.due(now) < 0
}

// due is the part whose turn it is to be opened anew, or -1. Parts become due one
// after the other: the more of them are young, the longer the oldest can wait.
func (r *roster) due(now time.Time) int {
	oldest, young := 0, 0
	for i, at := range r.made {
		if at.Before(r.made[oldest]) {
			oldest = i
		}
		if now.Sub(at) < renewNames {
			young++
		}
	}
	if now.Sub(r.made[oldest]) < renewNames+time.Duration(young)*renewPause {
		return -1
	}
	return oldest
}

// old reports whether a part is older than d, or from the future.
func (r *roster) old(now time.Time, d time.Duration) bool {
	for _, at := range r.made {
		if age := now.Sub(at); age >= d || age < 0 {
			return true
		}
	}
	return false
}

// tooOld reports whether so much is past its time that opening everybody is simpler.
func (r *roster) tooOld(now time.Time) bool {
	n := 0
	for _, at := range r.made {
		if age := now.Sub(at); age >= keepNames || age < 0 {
			n++
		}
	}
	return n > rosterParts/8
}

// summary is a row's plain part, as far as lists need it.
type summary struct {
	id, sealed, owner, into string
	state                   State
	version                 int64
	joined, last, one       int64
}

func (m summary) shown() bool { return m.state == Active || m.state == Resting }

func scanSummary(s db.Scanner) (m summary, err error) {
	err = s.Scan(&m.id, &m.state, &m.owner, &m.joined, &m.last, &m.one, &m.sealed, &m.version, &m.into)
	return m, err
}

const summaryColumns = `id, state, owner, joined_at, last_at, one_to_one_at, sealed, sealed_version, merged_into`

// openAll reads everybody, in pieces so that nothing large is held twice.
func (s *Service) openAll(ctx context.Context, tx *db.Tx, r *roster, n int64, now time.Time) error {
	next := &roster{at: map[[16]byte]int32{}, alike: namematch.NewIndex(), sets: map[string]*[]string{}, into: map[[16]byte]joinedIn{}}
	for after := ""; ; {
		rows, err := db.Select(ctx, tx, scanSummary, `SELECT `+summaryColumns+` FROM people_person WHERE org_id=$1 AND id>$2 ORDER BY id LIMIT $3`, tx.Org(), after, openAtOnce)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		after = rows[len(rows)-1].id
		if err := next.follow(ctx, tx, rows); err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(m summary) bool { return !m.shown() })
		if err := s.openInto(ctx, tx, next, rows); err != nil {
			return err
		}
	}
	next.sortAll()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list, r.at, r.order, r.alike, r.sets, r.into, r.spare = next.list, next.at, next.order, next.alike, next.sets, next.into, nil
	r.open, r.n = true, n
	for i := range r.made {
		r.made[i] = now
	}
	org := tx.Org()
	time.AfterFunc(keepNames, func() { s.dropOld(org, r) }) // nobody may ask again, and names must not stay
	return nil
}

// dropOld empties a roster whose names are too old, and looks again later if they are not.
func (s *Service) dropOld(org string, r *roster) {
	s.roster.mu.Lock()
	current := s.roster.orgs[org] == r
	s.roster.mu.Unlock()
	if !current {
		return
	}
	r.mu.RLock()
	old := r.old(s.clock.Now(), keepNames)
	r.mu.RUnlock()
	if old {
		s.forget(org)
		return
	}
	time.AfterFunc(renewNames, func() { s.dropOld(org, r) })
}

// openChanged opens what was written since; known is false when the count moved
// and no row says why.
func (s *Service) openChanged(ctx context.Context, tx *db.Tx, r *roster, n int64) (known bool, err error) {
	rows, err := db.Select(ctx, tx, scanSummary, `SELECT `+summaryColumns+` FROM people_person WHERE org_id=$1 AND changed>$2`, tx.Org(), r.n)
	if err != nil {
		return false, err
	}
	ended, err := db.Column[string](ctx, tx, `SELECT person_id FROM people_gone WHERE org_id=$1 AND changed>$2`, tx.Org(), r.n)
	if err != nil || len(rows)+len(ended) == 0 {
		return false, err
	}
	next := &roster{at: map[[16]byte]int32{}, sets: map[string]*[]string{}}
	shown := slices.DeleteFunc(slices.Clone(rows), func(m summary) bool { return !m.shown() })
	if err := s.openInto(ctx, tx, next, shown); err != nil {
		return false, err
	}
	next.into = map[[16]byte]joinedIn{}
	if err := next.follow(ctx, tx, rows); err != nil {
		return false, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ended {
		r.drop(packed(id))
		delete(r.into, packed(id))
	}
	for _, m := range rows {
		delete(r.into, packed(m.id))
	}
	maps.Copy(r.into, next.into)
	for _, m := range rows {
		r.drop(packed(m.id))
	}
	for i := range next.list {
		r.put(next.list[i])
	}
	r.n = n
	return true, nil
}

// renew opens the parts anew whose turn it is.
func (s *Service) renew(ctx context.Context, tx *db.Tx, r *roster, now time.Time) error {
	for {
		oldest := r.due(now)
		if oldest < 0 {
			return nil
		}
		var ids []string
		for i := range r.list {
			if h := &r.list[i]; !h.free && part(h.id) == oldest {
				ids = append(ids, unpacked(h.id))
			}
		}
		next := &roster{at: map[[16]byte]int32{}, sets: map[string]*[]string{}}
		for some := range slices.Chunk(ids, 500) {
			rows, err := db.Select(ctx, tx, scanSummary, `SELECT `+summaryColumns+` FROM people_person WHERE org_id=$1 AND state IN ('active','resting') AND id IN (`+
				db.Marks(2, len(some))+`)`, withOrg(tx, some)...)
			if err != nil {
				return err
			}
			if err := s.openInto(ctx, tx, next, rows); err != nil {
				return err
			}
		}
		r.mu.Lock()
		for _, id := range ids {
			if at, still := next.at[packed(id)]; !still {
				r.drop(packed(id))
			} else if now := &next.list[at]; !r.same(now) {
				r.drop(now.id)
				r.put(*now)
			}
		}
		r.made[oldest] = now
		r.mu.Unlock()
	}
}

func withOrg(tx *db.Tx, ids []string) []any {
	args := make([]any, 0, len(ids)+1)
	args = append(args, tx.Org())
	for _, id := range ids {
		args = append(args, id)
	}
	return args
}

// openInto opens the names of rows and puts them at the end of next.
func (s *Service) openInto(ctx context.Context, tx *db.Tx, next *roster, rows []summary) error {
	if len(rows) == 0 {
		return nil
	}
	cells, sealed := make([]vault.Cell, 0, len(rows)), make([]string, 0, len(rows))
	for _, m := range rows {
		cells, sealed = append(cells, profileCell(tx.Org(), m.id, m.version)), append(sealed, m.sealed)
	}
	opened, err := s.vault.OpenMany(ctx, cells, sealed)
	if err != nil {
		return err
	}
	places, err := placesOf(ctx, tx, rows)
	if err != nil {
		return err
	}
	for i, o := range opened {
		if o.Gone {
			continue
		}
		var p struct {
			CalledName string   `json:"called_name"`
			Lang       string   `json:"lang"`
			MoreLangs  []string `json:"more_langs"`
			Area       string   `json:"area"`
		}
		if err := json.Unmarshal([]byte(o.Plain), &p); err != nil {
			return err
		}
		m := rows[i]
		h := held{id: packed(m.id), name: p.CalledName, folded: fold.Text(p.CalledName), area: next.set([]string{p.Area, fold.Text(p.Area)}), langs: next.set(append([]string{p.Lang}, p.MoreLangs...)),
			places: next.set(places[m.id]), owner: next.word(m.owner), joined: m.joined, last: m.last, one: m.one}
		if h.folded == h.name {
			h.folded = h.name // one string in memory
		}
		if m.state == Resting {
			h.state = heldResting
		}
		if next.alike != nil {
			next.alike.Add(int32(len(next.list)), namematch.Folded(h.folded))
		}
		next.at[h.id] = int32(len(next.list))
		next.list = append(next.list, h)
	}
	return nil
}

// placesOf reads which institutions people name; rows are neighbors by id or few.
func placesOf(ctx context.Context, tx *db.Tx, rows []summary) (map[string][]string, error) {
	out := map[string][]string{}
	scan := func(s db.Scanner) (p [2]string, err error) { err = s.Scan(&p[0], &p[1]); return p, err }
	take := func(list [][2]string, err error) error {
		for _, p := range list {
			out[p[0]] = append(out[p[0]], p[1])
		}
		return err
	}
	if len(rows) > 200 && slices.IsSortedFunc(rows, func(a, b summary) int { return cmp.Compare(a.id, b.id) }) {
		return out, take(db.Select(ctx, tx, scan, `SELECT person_id, institution_id FROM people_belongs WHERE org_id=$1 AND person_id>=$2 AND person_id<=$3
			ORDER BY person_id, institution_id`, tx.Org(), rows[0].id, rows[len(rows)-1].id))
	}
	for some := range slices.Chunk(rows, 500) {
		ids := make([]string, len(some))
		for i, m := range some {
			ids[i] = m.id
		}
		if err := take(db.Select(ctx, tx, scan, `SELECT person_id, institution_id FROM people_belongs WHERE org_id=$1 AND person_id IN (`+db.Marks(2, len(ids))+`)
			ORDER BY person_id, institution_id`, withOrg(tx, ids)...)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// follow remembers who was merged into whom.
func (r *roster) follow(ctx context.Context, tx *db.Tx, rows []summary) error {
	merged := slices.DeleteFunc(slices.Clone(rows), func(m summary) bool { return m.state != Merged })
	if len(merged) == 0 {
		return nil
	}
	places, err := placesOf(ctx, tx, merged)
	for _, m := range merged {
		r.into[packed(m.id)] = joinedIn{packed(m.into), m.last, m.one, places[m.id]}
	}
	return err
}

// survivor is where a chain of merges ends.
func (r *roster) survivor(id [16]byte) [16]byte {
	for range longestChain {
		j, ok := r.into[id]
		if !ok {
			break
		}
		id = j.into
	}
	return id
}

// whole answers what counts for a person with the rows that were merged into theirs.
type whole struct{ more map[[16]byte]joinedIn }

func (r *roster) whole() whole {
	w := whole{map[[16]byte]joinedIn{}}
	for id, j := range r.into {
		root := r.survivor(id)
		m := w.more[root]
		w.more[root] = joinedIn{root, max(m.last, j.last), max(m.one, j.one), append(slices.Clone(m.places), j.places...)}
	}
	return w
}

// dates are the last encounter and the last one-to-one.
func (w whole) dates(h *held) (last, one int64) {
	if len(w.more) == 0 {
		return h.last, h.one
	}
	m := w.more[h.id]
	return max(h.last, m.last), max(h.one, m.one)
}

// places are the institutions somebody names.
func (w whole) places(h *held) []string {
	if len(w.more) == 0 || len(w.more[h.id].places) == 0 {
		return *h.places
	}
	all := slices.Sorted(slices.Values(append(slices.Clone(*h.places), w.more[h.id].places...)))
	return slices.Compact(all)
}

// set returns one list for all people who have the same one.
func (r *roster) set(list []string) *[]string {
	key := strings.Join(list, "\x00")
	if known, ok := r.sets[key]; ok {
		return known
	}
	kept := slices.Clone(list)
	r.sets[key] = &kept
	return &kept
}

// word returns one string for all equal ones.
func (r *roster) word(s string) string {
	if s == "" {
		return ""
	}
	return (*r.set([]string{s}))[0]
}

func (r *roster) sortAll() {
	r.order = make([]int32, len(r.list))
	for i := range r.order {
		r.order[i] = int32(i)
	}
	slices.SortFunc(r.order, r.compare)
}

func (r *roster) compare(a, b int32) int {
	x, y := &r.list[a], &r.list[b]
	if c := strings.Compare(x.folded, y.folded); c != 0 {
		return c
	}
	return bytes.Compare(x.id[:], y.id[:])
}

// place is where an entry stands, or would stand, in the order.
func (r *roster) place(h *held) int {
	i, _ := slices.BinarySearchFunc(r.order, h, func(at int32, h *held) int {
		x := &r.list[at]
		if c := strings.Compare(x.folded, h.folded); c != 0 {
			return c
		}
		return bytes.Compare(x.id[:], h.id[:])
	})
	return i
}

// put adds somebody who is not there.
func (r *roster) put(h held) {
	h.area, h.langs, h.places, h.owner = r.set(*h.area), r.set(*h.langs), r.set(*h.places), r.word(h.owner)
	var at int32
	if n := len(r.spare); n > 0 {
		at, r.spare = r.spare[n-1], r.spare[:n-1]
		r.list[at] = h
	} else {
		at = int32(len(r.list))
		r.list = append(r.list, h)
	}
	r.at[h.id] = at
	r.order = slices.Insert(r.order, r.place(&h), at)
	r.alike.Add(at, namematch.Folded(h.folded))
}

func (r *roster) drop(id [16]byte) {
	at, ok := r.at[id]
	if !ok {
		return
	}
	h := &r.list[at]
	i := r.place(h)
	r.order = slices.Delete(r.order, i, i+1)
	r.alike.Remove(at, namematch.Folded(h.folded))
	delete(r.at, id)
	r.list[at] = held{free: true}
	r.spare = append(r.spare, at)
}

// same reports whether an entry read anew says what is held already.
func (r *roster) same(h *held) bool {
	at, ok := r.at[h.id]
	if !ok {
		return false
	}
	o := &r.list[at]
	return o.name == h.name && (*o.area)[0] == (*h.area)[0] && o.owner == h.owner && o.joined == h.joined && o.last == h.last && o.one == h.one && o.state == h.state &&
		slices.Equal(*o.langs, *h.langs) && slices.Equal(*o.places, *h.places)
}

// get finds an entry by its id as text.
func (r *roster) get(id string) *held {
	if at, ok := r.at[packed(id)]; ok {
		return &r.list[at]
	}
	return nil
}

func part(id [16]byte) int { return int(id[15]) % rosterParts }

// packed is an id in sixteen bytes. What is no id becomes the id of nobody.
func packed(id string) (out [16]byte) {
	if len(id) != 36 {
		return out
	}
	var text [32]byte
	n := 0
	for i := range len(id) {
		if id[i] != '-' && n < 32 {
			text[n] = id[i]
			n++
		}
	}
	if _, err := hex.Decode(out[:], text[:n]); err != nil || n != 32 {
		return [16]byte{}
	}
	return out
}

func unpacked(id [16]byte) string {
	var out [36]byte
	hex.Encode(out[0:8], id[0:4])
	hex.Encode(out[9:13], id[4:6])
	hex.Encode(out[14:18], id[6:8])
	hex.Encode(out[19:23], id[8:10])
	hex.Encode(out[24:36], id[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}
