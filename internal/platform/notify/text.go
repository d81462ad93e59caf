// The kinds of message and their words. What a kind may say is fixed here: a
// room can hand over a link, a code and the clinic's short name, nothing else.
package notify

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Kinds of message.
const (
	RecipientNew      = "recipient_new"      // to a group's organizer: something is there
	RecipientReminder = "recipient_reminder" // it still waits
	RecipientRecall   = "recipient_recall"   // something was taken back; please confirm
	FreshnessReminder = "freshness_reminder" // to a group: is your page still true?
	PersonReminder    = "person_reminder"    // to a patient
	PersonCommitment  = "person_commitment"  // to somebody who asked to be reminded
	PersonComing      = "person_coming"      // to somebody who said they would come somewhere: still?
	PersonCode        = "person_code"        // to a patient who just asked for it
	StaffEscalation   = "staff_escalation"
	StaffReminder     = "staff_reminder" // something of theirs is due soon
	Invitation        = "invitation"     // an account for a member of staff or a partner
	Test              = "test"
)

// audience decides how careful a text is and which sender it shows.
type audience string

const (
	toPerson audience = "person"
	toGroup  audience = "group"
	toStaff  audience = "staff"
)

type spec struct {
	to     audience
	needs  []string // arguments without which it cannot be written
	may    []string // further arguments
	end    string   // which closing lines: why you get this, how to stop
	useful time.Duration
}

var kinds = map[string]spec{
	RecipientNew:      {to: toGroup, needs: []string{"Clinic", "Link"}, end: "group"},
	RecipientReminder: {to: toGroup, needs: []string{"Clinic", "Link"}, end: "group"},
	RecipientRecall:   {to: toGroup, needs: []string{"Clinic", "Link"}, end: "group"},
	FreshnessReminder: {to: toGroup, needs: []string{"Clinic", "Link"}, end: "group"},
	PersonReminder:    {to: toPerson, may: []string{"Link"}, end: "person"},
	PersonCommitment:  {to: toPerson, may: []string{"Link"}, end: "person"},
	PersonComing:      {to: toPerson, needs: []string{"Link"}, end: "person"},
	// Somebody else may ask for a code at night to make her phone ring: outside the
	// person's hours it is not sent later but not at all.
	PersonCode:      {to: toPerson, needs: []string{"Code"}, end: "person", useful: 15 * time.Minute},
	StaffEscalation: {to: toStaff, may: []string{"Link"}, end: "staff"},
	StaffReminder:   {to: toStaff, may: []string{"Link"}, end: "staff"},
	Invitation:      {to: toStaff, needs: []string{"Clinic", "Link"}, end: "invitation"},
	Test:            {to: toStaff, end: "test"},
}

// A person without hours of their own is still left in peace at night.
var daytime = [][2]int{{8 * 60, 21 * 60}}

// text is a message in words, on its way out.
type text struct{ subject, body string }

var errIncomplete = errors.New("notify: an argument of the text is missing or not allowed")

// words writes a message for a channel in the contact's language.
func (n *Notifier) words(kind string, c Contact) (text, error) {
	k := kinds[kind]
	args := map[string]any{}
	for _, name := range slices.Concat(k.needs, k.may) {
		if v := strings.TrimSpace(c.Text[name]); v != "" {
			args[name] = v
		} else if slices.Contains(k.needs, name) {
			return text{}, fmt.Errorf("%w: %s of %s", errIncomplete, name, kind)
		}
	}
	if code, ok := args["Code"].(string); ok && !codeForm.MatchString(code) {
		return text{}, fmt.Errorf("%w: Code of %s", errIncomplete, kind)
	}
	link, _ := args["Link"].(string)
	if link != "" && !usable(link, k.to) {
		return text{}, fmt.Errorf("%w: Link of %s", errIncomplete, kind)
	}
	l := n.o.Catalog.Localizer(c.Lang)
	lines := []string{l.TMap("notify."+kind+".text", args)}
	if link != "" {
		lines = append(lines, l.T("notify.open", "Link", link))
	}
	switch c.Channel {
	case SMS:
		lines = append(lines, l.T("notify.end.sms."+k.end))
	case Email:
		lines = append(lines, "", l.T("notify.end.mail."+k.end))
	}
	subject := l.T("notify.subject." + string(k.to))
	return text{subject, strings.Join(lines, "\n")}, nil
}

var (
	codeForm = regexp.MustCompile(`^[0-9A-Z-]{4,19}$`)
	opaque   = regexp.MustCompile(`^[A-Za-z0-9_-]{16,}$`)
)

// usable checks a link. What a person receives must not tell by its path what it is
// about: only one- or two-letter words, "me", and long random parts may be in it.
func usable(link string, to audience) bool {
	u, err := url.Parse(link)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil || strings.ContainsAny(link, " \n\r") {
		return false
	}
	if to != toPerson {
		return true
	}
	if u.RawQuery != "" || u.Fragment != "" && !opaque.MatchString(u.Fragment) {
		return false
	}
	for _, part := range strings.Split(strings.Trim(u.Path, "/"), "/") {
		if len(part) > 2 && !opaque.MatchString(part) {
			return false
		}
	}
	return true
}
