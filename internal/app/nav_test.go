package app

import (
	"testing"

	"seedbed/internal/platform/access"
)

// Everybody lands where their day begins, and nobody meets a page twice in the
// navigation.
func TestWhereEverybodyLands(t *testing.T) {
	want := map[access.Role]string{
		access.Clinician: "/offer?full=1", access.Navigator: "/handoffs", access.Organizer: "/today", access.Leader: "/today", access.Partner: "/shared",
		access.Lead: "/counts", access.Evaluator: "/counts", access.Admin: "/directory", access.Operator: "/jobs",
	}
	for _, role := range access.StaffRoles() {
		a := access.Actor{Account: "a", Org: "o", Roles: []access.Role{role}}
		first, seen := "", map[string]bool{}
		for _, n := range navigation {
			if !n.shown(a) {
				continue
			}
			if first == "" {
				first = n.url
			}
			if seen[n.url] {
				t.Errorf("%s sees %s twice", role, n.url)
			}
			seen[n.url] = true
		}
		if first != want[role] {
			t.Errorf("%s lands on %s, want %s", role, first, want[role])
		}
	}
}

// A page that stands beside others shows where it belongs and what is beside it, and
// nothing that its reader may not open.
func TestPagesOfOnePart(t *testing.T) {
	n := navEntry{key: "a", url: "/a", need: can("campaign", access.Read), part: []navEntry{
		{key: "a", url: "/a", need: can("campaign", access.Read)},
		{key: "b", url: "/b", need: can("campaign", access.Approve)},
	}}
	for path, want := range map[string]bool{"/a": true, "/a/1": true, "/b/2": true, "/bc": false, "/": false} {
		if got := n.at(path); got != want {
			t.Errorf("%s belongs to the part: %v", path, got)
		}
	}
	leader := access.Actor{Account: "a", Org: "o", Roles: []access.Role{access.Leader}}
	if !n.part[0].shown(leader) || n.part[1].shown(leader) {
		t.Error("a leader sees the page they may open, and not the other")
	}
}
