// The rooms' pages, routes and places in the navigation.
package app

import (
	"context"
	"io/fs"
	"sync/atomic"

	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
	"seedbed/internal/trust/account/accountweb"
	look "seedbed/web"
)

func (sys *system) pages(own fs.FS) map[string]fs.FS {
	return map[string]fs.FS{
		"app":     own,
		"style":   look.Style(),
		"account": accountweb.Pages(),
	}
}

func (sys *system) roomRoutes() []web.Route {
	var list []web.Route
	list = append(list, accountweb.New(sys.accounts, accountweb.Options{Home: landing}).Routes()...)
	return list
}

type navEntry struct {
	key, url, icon string
	need           access.Need
	only           []access.Role // when the need alone would show it to too many
	public         bool
}

// navigation in the order of a working day. Each actor sees what they may open.
var navigation = []navEntry{
	{key: "common.nav.people", url: "/accounts", icon: "people", need: access.Need{Resource: "account", Action: access.Create}},
}

// firstOrg is the clinic an installation shows to the public.
func (sys *system) firstOrg(ctx context.Context) (account.Organization, error) {
	if o := sys.first.Load(); o != nil {
		return *o, nil
	}
	list, err := sys.accounts.Organizations(ctx)
	if err != nil || len(list) == 0 {
		return account.Organization{}, err
	}
	sys.first.Store(&list[0])
	return list[0], nil
}

func (sys *system) orgOf(ctx context.Context, org string) (account.Organization, error) {
	return sys.accounts.Organization(ctx, org)
}

func (sys *system) isSetUp() bool {
	if sys.first.Load() != nil {
		return true
	}
	o, err := sys.firstOrg(context.Background())
	return err != nil || o.ID != ""
}

type firstOrg = atomic.Pointer[account.Organization]

// landing is where somebody who just signed in begins: the first thing they may open.
func landing(a access.Actor) string { return "/" }
