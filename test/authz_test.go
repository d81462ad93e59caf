package test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
)

// authz.csv says who may do what, written from the design and not from the code.
// This file holds the code's table against it, cell by cell, and then breaks
// copies of the table to prove that no single wrong cell would pass.

type cell struct {
	role     access.Role
	resource access.Resource
	action   access.Action
}

func (c cell) String() string { return fmt.Sprintf("%s may %s %s", c.role, c.action, c.resource) }

var actions = []access.Action{access.Create, access.Read, access.Update, access.Delete, access.Export, access.Share, access.Approve}

// oracle reads the CSV: what is allowed, with which scope. "none" rows are
// refusals that were thought about; they must not be allowed elsewhere in it.
func oracle(t testing.TB) (allowed map[cell]access.Scope, refused map[cell]string) {
	t.Helper()
	f, err := os.Open("authz.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	allowed, refused = map[cell]access.Scope{}, map[cell]string{}
	for i, r := range rows[1:] {
		c := cell{access.Role(r[0]), access.Resource(r[1]), access.Action(r[2])}
		_, twice := allowed[c]
		if _, also := refused[c]; twice || also {
			t.Errorf("authz.csv line %d: %s is there twice", i+2, c)
		}
		if !slices.Contains(access.Roles(), c.role) || !slices.Contains(actions, c.action) || r[4] == "" {
			t.Errorf("authz.csv line %d: unknown role or action, or no reason: %v", i+2, r)
		}
		if r[3] == "none" {
			refused[c] = r[4]
		} else {
			allowed[c] = access.Scope(r[3])
		}
	}
	return allowed, refused
}

func coded() map[cell]access.Scope {
	out := map[cell]access.Scope{}
	for _, r := range access.Table() {
		out[cell{r.Role, r.Resource, r.Action}] = r.Scope
	}
	return out
}

// space is every cell there could be: all roles, all actions, every resource known to either side.
func space(a, b map[cell]access.Scope) (cells []cell) {
	resources := map[access.Resource]bool{}
	for _, m := range []map[cell]access.Scope{a, b} {
		for c := range m {
			resources[c.resource] = true
		}
	}
	for _, res := range slices.Sorted(maps.Keys(resources)) {
		for _, role := range access.Roles() {
			for _, act := range actions {
				cells = append(cells, cell{role, res, act})
			}
		}
	}
	return cells
}

// disagreements compares two tables over the whole space, in sentences.
func disagreements(want, got map[cell]access.Scope) (out []string) {
	for _, c := range space(want, got) {
		w, g := want[c], got[c]
		switch {
		case w == g:
		case w == "":
			out = append(out, fmt.Sprintf("the code lets %s (%s), authz.csv refuses it", c, g))
		case g == "":
			out = append(out, fmt.Sprintf("the code refuses that %s, authz.csv allows it (%s)", c, w))
		default:
			out = append(out, fmt.Sprintf("%s: %s in the code, %s in authz.csv", c, g, w))
		}
	}
	return out
}

// actorOf is somebody with exactly this role.
func actorOf(role access.Role) access.Actor {
	a := access.Actor{Org: "org", Roles: []access.Role{role}}
	if slices.Contains(access.StaffRoles(), role) {
		a.Account = "account"
	}
	return a
}

func TestTheCodeDecidesAsTheDesignSays(t *testing.T) {
	want, refused := oracle(t)
	for _, d := range disagreements(want, coded()) {
		t.Error(d)
	}
	order := []access.Scope{"", access.Pub, access.Agg, access.Meta, access.Self, access.Team, access.Grant, access.Group, access.Org, access.All}
	decisions := 0
	for _, c := range space(want, coded()) {
		decisions++
		expect := want[c] // what is public is everybody's
		if pub := want[cell{access.Public, c.resource, c.action}]; slices.Index(order, pub) > slices.Index(order, expect) {
			expect = pub
		}
		g, err := access.Check(actorOf(c.role), access.Need{Resource: c.resource, Action: c.action})
		if err == nil != (expect != "") || g.Scope != expect {
			t.Errorf("Check says %q (%v) for %s, authz.csv says %q", g.Scope, err, c, expect)
		}
		if err != nil && !fault.Is(err, fault.Forbidden) && !(c.role == access.Public && fault.Is(err, fault.Unauthenticated)) {
			t.Errorf("%s is refused with %v", c, err)
		}
		if why := refused[c]; why != "" && err == nil && want[cell{access.Public, c.resource, c.action}] == "" {
			t.Errorf("%s, but it was decided against: %s", c, why)
		}
	}
	t.Logf("%d decisions: %d cells allowed, %d refusals with their reason", decisions, len(want), len(refused))
}

func TestEveryWrongCellIsSeen(t *testing.T) {
	want, _ := oracle(t)
	scopes := []access.Scope{access.Pub, access.Self, access.Team, access.Org, access.Group, access.Grant, access.Agg, access.Meta, access.All}
	mutants, survived := 0, 0
	try := func(c cell, s access.Scope) {
		copied := maps.Clone(want)
		if s == "" {
			delete(copied, c)
		} else {
			copied[c] = s
		}
		mutants++
		if len(disagreements(want, copied)) != 1 {
			survived++
			t.Errorf("nobody notices when %s becomes %q", c, s)
		}
	}
	var closed []cell
	for _, c := range space(want, nil) {
		s, ok := want[c]
		if !ok {
			closed = append(closed, c)
			continue
		}
		try(c, "")
		for _, other := range scopes {
			if other != s {
				try(c, other)
			}
		}
	}
	for i, c := range closed {
		try(c, scopes[i%len(scopes)])
	}
	if len(closed) < 300 {
		t.Errorf("only %d refusals were flipped", len(closed))
	}
	t.Logf("%d mutants (%d opened refusals), %d survived", mutants, len(closed), survived)
}

func TestWhatNobodyNamedIsRefused(t *testing.T) {
	known := coded()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z*%. ]{0,12}`)
		a := access.Actor{Org: word.Draw(t, "org")}
		for range rapid.IntRange(0, 4).Draw(t, "roles") {
			a.Roles = append(a.Roles, access.Role(word.Draw(t, "role")))
		}
		if rapid.Bool().Draw(t, "with a real role") {
			a.Roles = append(a.Roles, rapid.SampledFrom(access.Roles()).Draw(t, "real role"))
		}
		if rapid.Bool().Draw(t, "signed in") {
			a.Account = "account"
		}
		n := access.Need{Resource: access.Resource(word.Draw(t, "resource")), Action: access.Action(word.Draw(t, "action"))}
		if rapid.Bool().Draw(t, "real resource") {
			n.Resource = access.Table()[rapid.IntRange(0, len(known)-1).Draw(t, "row")].Resource
		}
		if rapid.Bool().Draw(t, "real action") {
			n.Action = rapid.SampledFrom(actions).Draw(t, "which action")
		}
		named := false
		for _, r := range append(slices.Clone(a.Roles), access.Public) {
			_, ok := known[cell{r, n.Resource, n.Action}]
			named = named || ok
		}
		g, err := access.Check(a, n)
		if err == nil != named {
			t.Fatalf("%v %s: %+v %v", a.Roles, n, g, err)
		}
		if err != nil && g != (access.Granted{}) {
			t.Fatalf("a refusal with a scope: %+v", g)
		}
	})
}

// More roles never take anything away, and never give more than one of them gives.
func TestRolesAddUp(t *testing.T) {
	rows := access.Table()
	for range 20_000 {
		n := rows[rand.IntN(len(rows))]
		need := access.Need{Resource: n.Resource, Action: n.Action}
		a := access.Actor{Org: "org", Account: "account"}
		one := map[access.Scope]bool{}
		for range 1 + rand.IntN(3) {
			role := access.Roles()[rand.IntN(len(access.Roles()))]
			a.Roles = append(a.Roles, role)
			if g, err := access.Check(access.Actor{Org: "org", Account: "account", Roles: []access.Role{role}}, need); err == nil {
				one[g.Scope] = true
			}
		}
		g, err := access.Check(a, need)
		if err == nil != (len(one) > 0) || err == nil && !one[g.Scope] {
			t.Fatalf("%v together %+v (%v), one by one %v", a.Roles, g, err, one)
		}
	}
}
