// Joining: the first run, invitations, and the pages both share.

package accountweb

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"seedbed/internal/kit/fault"
	"seedbed/internal/kit/qr"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

type setupForm struct{ Token string }

func (h *Web) setupPage(w http.ResponseWriter, r *web.Request) error {
	needed, err := h.s.SetupNeeded(r.Context())
	if err != nil {
		return err
	}
	if !needed {
		return fault.Ended("account.setup.done")
	}
	return r.As(web.Link).Page(w, "account/setup", setupForm{})
}

func (h *Web) setup(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	step, err := h.s.BeginSetup(r.Context(), client(r), r.Form("token"))
	if err != nil {
		return r.As(web.Link).Fail(w, "account/setup", setupForm{r.Form("token")}, err)
	}
	r.SetSecret(w, stepCookie, step, 0)
	return r.Redirect(w, "/setup/steps")
}

type inviteForm struct {
	Invitation account.Invitation
	Person     account.Person
	Languages  []Option
}

func (h *Web) invitePage(w http.ResponseWriter, r *web.Request) error {
	v, err := h.s.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return r.As(web.Link).Page(w, "account/invite", inviteForm{v, account.Person{Name: v.Name, Email: v.Email}, languages(r, r.Locale)})
}

func (h *Web) invite(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	p := account.Person{Name: r.Form("name"), Email: r.Form("email"), Language: r.Form("language")}
	step, err := h.s.BeginInvitation(r.Context(), r.PathValue("token"), p)
	if fault.Is(err, fault.Invalid) {
		v, again := h.s.Invitation(r.Context(), r.PathValue("token"))
		if again != nil {
			return again
		}
		return r.As(web.Link).Fail(w, "account/invite", inviteForm{v, p, languages(r, p.Language)}, err)
	}
	if err != nil {
		return err
	}
	r.SetSecret(w, stepCookie, step, 0)
	return r.Redirect(w, "/enrol")
}

type enrolForm struct {
	account.Enrolment
	Base      string
	Languages []Option
	Zones     []string
	QR        template.HTML
	Spaced    string // the secret in groups of four, for typing
	Steps     []wayStep
	PasskeyAt string
}

// enrolForm shows how far somebody is; an enrolment that is over says so.
func (h *Web) enrolForm(r *web.Request) (f enrolForm, err error) {
	e, err := h.s.Enrolment(r.Context(), r.Secret(stepCookie))
	if err != nil {
		return f, err
	}
	f = enrolForm{Enrolment: e, Base: "/enrol"}
	if strings.HasPrefix(r.URL.Path, "/setup/") {
		f.Base = "/setup/steps"
	}
	// The factor page offers another look back from the code page.
	if e.Stage == account.StageCode && r.Form("back") != "" {
		f.Stage = account.StageFactor
	}
	chosen := e.Person.Language
	if e.Stage == account.StageClinic || chosen == "" {
		chosen = r.Locale
	}
	f.Languages, f.Zones = languages(r, chosen), zones()
	if f.Clinic.Zone == "" {
		f.Clinic.Zone = "America/Chicago"
	}
	f.Steps = steps(r, e)
	if f.Stage == account.StageCode {
		f.Spaced = spaced(e.Secret)
		f.QR, err = picture(r, e.URI)
	}
	return f, err
}

func picture(r *web.Request, uri string) (template.HTML, error) {
	svg, err := qr.SVG(uri, r.T("account.app.qr"))
	return template.HTML(svg), err // kit/qr writes numbers and escaped text only
}

func spaced(secret string) string {
	var sb strings.Builder
	for i, c := range secret {
		if i > 0 && i%4 == 0 {
			sb.WriteByte(' ')
		}
		sb.WriteRune(c)
	}
	return sb.String()
}

func steps(r *web.Request, e account.Enrolment) (list []wayStep) {
	names := []string{account.StagePerson, account.StageFactor, account.StageCode}
	if e.FirstRun {
		names = append([]string{account.StageClinic}, names...)
	}
	state := "done"
	for _, name := range names {
		if name == e.Stage {
			state = "now"
		}
		list = append(list, wayStep{Label: r.T("account.enrol.step." + name), State: state})
		if state == "now" {
			state = "next"
		}
	}
	return list
}

func languages(r *web.Request, chosen string) (list []Option) {
	for _, code := range []string{"en", "es", "vi", "ar"} {
		list = append(list, Option{Value: code, Label: r.Localizer().LanguageName(code), Checked: code == chosen})
	}
	return list
}

// zones are offered while typing; any IANA name is accepted.
func zones() []string {
	return []string{"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
		"Pacific/Honolulu", "America/Puerto_Rico", "America/Toronto", "America/Mexico_City", "Europe/London", "Europe/Berlin", time.UTC.String()}
}

func (h *Web) enrolPage(w http.ResponseWriter, r *web.Request) error {
	f, err := h.enrolForm(r)
	if err != nil {
		return err
	}
	return r.As(web.Link).Page(w, "account/enrol", f)
}

func (h *Web) enrol(w http.ResponseWriter, r *web.Request) error {
	if err := r.Parse(); err != nil {
		return err
	}
	ctx, step := r.Context(), r.Secret(stepCookie)
	var err error
	stage := r.Form("stage")
	switch stage {
	case account.StageClinic:
		err = h.s.SetClinic(ctx, step, account.Clinic{Name: r.Form("clinic"), Site: r.Form("site"), Language: r.Form("language"), Zone: r.Form("zone")})
	case account.StagePerson:
		err = h.s.SetPerson(ctx, step, account.Person{Name: r.Form("name"), Email: r.Form("email"), Language: r.Form("language")})
	case account.StageFactor:
		err = h.s.SetEnrolPassword(ctx, step, r.FormValue("password"))
	case account.StageCode:
		return h.enrolled(w, r, step)
	default:
		return fault.New(fault.Invalid, "fault.form")
	}
	if err != nil {
		return h.enrolAgain(w, r, stage, err)
	}
	return r.Redirect(w, pathOf(r))
}

func pathOf(r *web.Request) string {
	if strings.HasPrefix(r.URL.Path, "/setup/") {
		return "/setup/steps"
	}
	return "/enrol"
}

// enrolAgain shows the stage again with what was typed.
func (h *Web) enrolAgain(w http.ResponseWriter, r *web.Request, stage string, cause error) error {
	f, err := h.enrolForm(r)
	if err != nil {
		return cause
	}
	f.Stage = stage
	switch stage {
	case account.StageClinic:
		f.Clinic = account.Clinic{Name: r.Form("clinic"), Site: r.Form("site"), Zone: r.Form("zone")}
		f.Languages = languages(r, r.Form("language"))
	case account.StagePerson:
		f.Person = account.Person{Name: r.Form("name"), Email: r.Form("email")}
		f.Languages = languages(r, r.Form("language"))
	}
	return r.As(web.Link).Fail(w, "account/enrol", f, cause)
}

type codesPage struct {
	Codes []string
	Next  string
}

func (h *Web) enrolled(w http.ResponseWriter, r *web.Request, step string) error {
	token, v, codes, err := h.s.FinishEnrolCode(r.Context(), client(r), step, r.Form("code"))
	if err != nil {
		return h.enrolAgain(w, r, account.StageCode, err)
	}
	admit(w, r, token, v)
	return r.As(web.Link).Page(w, "account/codes", codesPage{codes, h.land(r, token, "/")})
}

func (h *Web) enrolPasskeyBegin(w http.ResponseWriter, r *web.Request) error {
	options, err := h.s.BeginEnrolPasskey(r.Context(), r.Secret(stepCookie))
	if err != nil {
		return answer(w, r, err)
	}
	return offer(w, r, "", options)
}

func (h *Web) enrolPasskey(w http.ResponseWriter, r *web.Request) error {
	body, err := credential(r)
	if err != nil {
		return answer(w, r, err)
	}
	c := client(r)
	token, v, err := h.s.FinishEnrolPasskey(r.Context(), c, r.Secret(stepCookie), agent(r, c.Agent), body)
	if err != nil {
		return answer(w, r, err)
	}
	admit(w, r, token, v)
	return r.JSON(w, http.StatusOK, map[string]string{"location": h.land(r, token, "/")})
}

// agent names a browser in words: "Firefox, Linux".
func agent(r *web.Request, class string) string {
	family, system, _ := strings.Cut(class, "|")
	switch {
	case family == "" && system == "":
		return r.T("account.session.unknown")
	case family == "" || system == "":
		return family + system
	}
	return r.T("account.session.agent", "Browser", family, "System", system)
}
