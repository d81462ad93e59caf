// How messages leave: the mail server and the text gateway, from the command line.
package app

import (
	"net/url"
	"strconv"
	"strings"

	"seedbed/internal/platform/egress"
	"seedbed/internal/platform/notify"
)

// mail reads the settings of the mail server. Without --smtp there is none, and
// messages wait to be printed or copied.
func (m mailAndSMS) mail() (notify.Mail, error) {
	if m.SMTP == "" {
		return notify.Mail{}, nil
	}
	u, err := url.Parse(m.SMTP)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" && u.Scheme != "smtp+plain" {
		return notify.Mail{}, fail(exitUsage, err, "--smtp wants smtp://user@host:587 or smtps://user@host:465 (smtp+plain://localhost:25 for a relay on this machine), not %q", m.SMTP)
	}
	if m.MailFrom == "" {
		return notify.Mail{}, fail(exitUsage, nil, "--smtp also needs --mail-from, the sender's address")
	}
	out := notify.Mail{Host: u.Hostname(), User: u.User.Username(), From: m.MailFrom,
		Security: map[string]string{"smtp": "starttls", "smtps": "tls", "smtp+plain": "plain"}[u.Scheme]}
	if u.Port() != "" {
		if out.Port, err = strconv.Atoi(u.Port()); err != nil {
			return out, fail(exitUsage, err, "--smtp: %q is not a port", u.Port())
		}
	}
	if _, given := u.User.Password(); given {
		return out, fail(exitUsage, nil, "--smtp must not hold the password, since command lines are visible to others: use --smtp-password-file")
	}
	out.Password, err = readSecret(m.SMTPSecret, "mail password")
	return out, err
}

// sms reads the settings of the text gateway; nil without one.
func (m mailAndSMS) sms() (notify.SMSGateway, error) {
	if m.SMS == "" {
		return nil, nil
	}
	secret, err := readSecret(m.SMSSecret, "gateway secret")
	if err != nil {
		return nil, err
	}
	g := notify.HTTPGateway{URL: m.SMS, Format: "json", Body: `{"to":"{to}","text":"{text}","id":"{id}"}`}
	if secret != "" {
		g.Header = map[string]string{"Authorization": "Bearer " + secret}
	}
	options := egress.Options{}
	if u, err := url.Parse(m.SMS); err == nil && (strings.HasPrefix(u.Host, "127.") || u.Hostname() == "localhost" || u.Hostname() == "::1") {
		options.Allow = egress.Loopback() // a phone or a bridge on this machine, named by the operator
	}
	gateway, err := notify.NewHTTPGateway(egress.New(options), g)
	if err != nil {
		return nil, fail(exitUsage, err, "--sms-gateway: %v", err)
	}
	return gateway, nil
}
