// The accounts of a clinic, for its administrator.

package accountweb

import (
	"net/http"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

type accountRow struct {
	account.Account
	RoleNames string
	Me        bool
}

type accountsPage struct {
	Accounts    []accountRow
	Invitations []invitationRow
}

type invitationRow struct {
	account.Invitation
	RoleName string
}

func roleName(r *web.Request, role access.Role) string { return r.T("account.role." + string(role)) }

func roleNames(r *web.Request, roles []account.Role) string {
	var names []string
	for _, have := range roles {
		names = append(names, roleName(r, have.Role))
	}
	return r.Localizer().List(names)
}

func (h *Web) accounts(w http.ResponseWriter, r *web.Request) error {
	list, err := h.s.Accounts(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	open, err := h.s.Invitations(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	var p accountsPage
	for _, v := range list {
		p.Accounts = append(p.Accounts, accountRow{v, roleNames(r, v.Roles), v.ID == r.Actor.Account})
	}
	for _, v := range open {
		p.Invitations = append(p.Invitations, invitationRow{v, roleName(r, v.Role)})
	}
	return r.Page(w, "account/accounts", p)
}

type guestForm struct {
	account.Guest
	Roles     []Option
	Groups    []Option
	Languages []Option
	Mail      bool
}

// offered lists the roles the actor may give: those below their own.
func offered(r *web.Request, chosen map[access.Role]bool) (list []Option) {
	for _, role := range access.StaffRoles() {
		if account.MayGive(r.Actor, role) {
			list = append(list, Option{Value: string(role), Label: roleName(r, role), Hint: r.T("account.role." + string(role) + ".hint"), Checked: chosen[role]})
		}
	}
	return list
}

func (h *Web) groups(r *web.Request, chosen string) ([]Option, error) {
	if h.o.Groups == nil {
		return nil, nil
	}
	list, err := h.o.Groups(r.Context(), r.Actor)
	for i := range list {
		list[i].Checked = list[i].Value == chosen
	}
	return list, err
}

func (h *Web) guestForm(r *web.Request, g account.Guest) (f guestForm, err error) {
	f = guestForm{Guest: g, Roles: offered(r, map[access.Role]bool{g.Role: true}), Languages: languages(r, g.Language), Mail: h.o.Mail}
	f.Groups, err = h.groups(r, g.Group)
	return f, err
}

func (h *Web) guestPage(w http.ResponseWriter, r *web.Request) error {
	if !r.Actor.Recent(r.Now()) {
		return fault.New(fault.Forbidden, account.StepUpNeeded)
	}
	f, err := h.guestForm(r, account.Guest{Language: r.Locale})
	if err != nil {
		return err
	}
	return r.Page(w, "account/guest", f)
}

type linkPage struct {
	Invitation account.Invitation
	RoleName   string
	URL        string
	Mailed     bool
}

func (h *Web) guest(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	g := account.Guest{Name: r.Form("name"), Email: r.Form("email"), Role: access.Role(r.Form("role")), Group: r.Form("group"), Language: r.Form("language"), Key: r.Key()}
	token, v, err := h.s.Invite(r.Context(), r.Actor, g)
	if fault.Is(err, fault.Invalid) {
		f, again := h.guestForm(r, g)
		if again != nil {
			return again
		}
		return r.Fail(w, "account/guest", f, err)
	}
	if err != nil {
		return err
	}
	return h.showLink(w, r, token, v)
}

// showLink shows a link that cannot be shown again.
func (h *Web) showLink(w http.ResponseWriter, r *web.Request, token string, v account.Invitation) error {
	return r.Page(w, "account/link", linkPage{v, roleName(r, v.Role), r.Base() + "/invite/" + token, h.o.Mail && v.Email != ""})
}

func (h *Web) revokeInvitation(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.RevokeInvitation(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	return r.RedirectWith(w, "/accounts", "account.flash.revoked")
}

type accountPage struct {
	accountRow
	Roles  []Option
	Groups []Option
	May    bool // the reader may change this account
}

func (h *Web) accountForm(r *web.Request) (p accountPage, err error) {
	v, err := h.s.Account(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return p, err
	}
	chosen, group := map[access.Role]bool{}, ""
	p.May = v.ID != r.Actor.Account
	for _, have := range v.Roles {
		chosen[have.Role] = true
		p.May = p.May && account.MayGive(r.Actor, have.Role)
		if have.Group != "" {
			group = have.Group
		}
	}
	p.accountRow = accountRow{v, roleNames(r, v.Roles), v.ID == r.Actor.Account}
	p.Roles = offered(r, chosen)
	p.Groups, err = h.groups(r, group)
	return p, err
}

func (h *Web) accountPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.accountForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "account/one", p)
}

func (h *Web) setRoles(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	var want []account.Role
	for _, name := range r.FormAll("role") {
		role := account.Role{Role: access.Role(name)}
		if role.Role == access.Partner {
			role.Group = r.Form("group")
		}
		want = append(want, role)
	}
	err := h.s.SetRoles(r.Context(), r.Actor, r.PathValue("id"), want)
	if err != nil {
		return h.accountAgain(w, r, err)
	}
	return r.RedirectWith(w, "/accounts/"+r.PathValue("id"), "account.flash.saved")
}

// accountAgain shows the account with what stands in the way.
func (h *Web) accountAgain(w http.ResponseWriter, r *web.Request, cause error) error {
	if k := fault.KindOf(cause); k != fault.Invalid && k != fault.Conflict {
		return cause
	}
	p, err := h.accountForm(r)
	if err != nil {
		return err
	}
	return r.Fail(w, "account/one", p, cause)
}

func (h *Web) disable(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.Disable(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return h.accountAgain(w, r, err)
	}
	return r.RedirectWith(w, "/accounts", "account.flash.disabled")
}

func (h *Web) enable(w http.ResponseWriter, r *web.Request) error {
	if err := h.s.Enable(r.Context(), r.Actor, r.PathValue("id")); err != nil {
		return err
	}
	return r.RedirectWith(w, "/accounts/"+r.PathValue("id"), "account.flash.saved")
}

func (h *Web) reset(w http.ResponseWriter, r *web.Request) error {
	token, v, err := h.s.ResetFactors(r.Context(), r.Actor, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.showLink(w, r, token, v)
}

type sitesPage struct {
	Clinic    account.Organization
	Sites     []account.Site
	Languages []Option
	Zones     []string
	Name      string // typed, when it could not be added
}

func (h *Web) sitesForm(r *web.Request) (p sitesPage, err error) {
	if p.Clinic, err = h.s.Organization(r.Context(), r.Actor.Org); err != nil {
		return p, err
	}
	p.Sites, err = h.s.Sites(r.Context(), r.Actor.Org)
	p.Languages, p.Zones = languages(r, p.Clinic.Language), zones()
	return p, err
}

func (h *Web) sites(w http.ResponseWriter, r *web.Request) error {
	p, err := h.sitesForm(r)
	if err != nil {
		return err
	}
	return r.Page(w, "account/sites", p)
}

func (h *Web) addSite(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	if _, err := h.s.AddSite(r.Context(), r.Actor, r.Form("name"), r.Key()); err != nil {
		return h.sitesAgain(w, r, err)
	}
	return r.RedirectWith(w, "/sites", "account.flash.saved")
}

func (h *Web) sitesAgain(w http.ResponseWriter, r *web.Request, cause error) error {
	p, err := h.sitesForm(r)
	if err != nil {
		return err
	}
	p.Name = r.Form("name")
	return r.Fail(w, "account/sites", p, cause)
}

// changeSite renames a site, or takes it out of the choices and back, by the button pressed.
func (h *Web) changeSite(w http.ResponseWriter, r *web.Request) (err error) {
	if err := r.Parse(); err != nil {
		return err
	}
	site := r.PathValue("id")
	switch r.Form("act") {
	case "close", "open":
		err = h.s.ArchiveSite(r.Context(), r.Actor, site, r.Form("act") == "close")
	default:
		err = h.s.RenameSite(r.Context(), r.Actor, site, r.Form("site_name"))
	}
	if fault.Is(err, fault.Invalid) {
		return h.sitesAgain(w, r, err)
	}
	if err != nil {
		return err
	}
	return r.RedirectWith(w, "/sites", "account.flash.saved")
}

func (h *Web) saveClinic(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	c := account.Clinic{Name: r.Form("clinic"), Language: r.Form("language"), Zone: strings.TrimSpace(r.Form("zone"))}
	if err := h.s.UpdateOrganization(r.Context(), r.Actor, c); err != nil {
		p, again := h.sitesForm(r)
		if again != nil {
			return again
		}
		p.Clinic.Name, p.Clinic.Zone, p.Languages = c.Name, c.Zone, languages(r, c.Language)
		return r.Fail(w, "account/sites", p, err)
	}
	return r.RedirectWith(w, "/sites", "account.flash.saved")
}
