// Mail by SMTP, through go-mail.
package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Mail is the mail server to hand messages to. An empty Host means that there is none.
type Mail struct {
	Host       string
	Port       int           // 0 means 587, 465 for "tls", 25 for "plain"
	Security   string        // "starttls" (the default, and then required), "tls", "plain" for a relay on the same machine
	User       string        // empty means no sign-in
	Password   string        // from a file or the environment
	From       string        // sender of messages to groups and staff
	FromName   string        // shown beside it
	PersonFrom string        // sender of messages to patients; choose one that says nothing; empty means From
	PersonName string        // shown beside it; empty shows no name
	Timeout    time.Duration // 0 means 20 s
	TLS        *tls.Config   // nil means the system's roots
}

// String keeps the password out of logs.
func (m Mail) String() string { return fmt.Sprintf("%s:%d (%s)", m.Host, m.Port, m.Security) }

// GoString keeps the password out of %#v, too.
func (m Mail) GoString() string { return m.String() }

func (m Mail) checked() (Mail, error) {
	if m.Host == "" {
		return m, nil
	}
	if m.Security == "" {
		m.Security = "starttls"
	}
	port, ok := map[string]int{"starttls": 587, "tls": 465, "plain": 25}[m.Security]
	if !ok {
		return m, fmt.Errorf("mail security %q: want starttls, tls or plain", m.Security)
	}
	if m.Port == 0 {
		m.Port = port
	}
	if m.PersonFrom == "" {
		m.PersonFrom = m.From
	}
	for _, a := range []string{m.From, m.PersonFrom} {
		if _, err := clean(Email, a); err != nil {
			return m, fmt.Errorf("mail sender %q: %w", a, err)
		}
	}
	if m.Timeout == 0 {
		m.Timeout = 20 * time.Second
	}
	return m, nil
}

// letter is one mail on its way out.
type letter struct {
	id, to, lang string
	audience     audience
	text         text
	at           time.Time
}

func (m Mail) client() (*gomail.Client, error) {
	o := []gomail.Option{gomail.WithPort(m.Port), gomail.WithTimeout(m.Timeout)}
	conf := &tls.Config{}
	if m.TLS != nil {
		conf = m.TLS.Clone()
	}
	conf.ServerName, conf.MinVersion = m.Host, tls.VersionTLS12
	o = append(o, gomail.WithTLSConfig(conf))
	switch m.Security {
	case "tls":
		o = append(o, gomail.WithSSL())
	case "plain":
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
	default: // never opportunistic: whoever sits on the line could take STARTTLS out
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if m.User != "" {
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(m.User), gomail.WithPassword(m.Password))
	}
	return gomail.NewClient(m.Host, o...)
}

// message writes the mail: plain text, nothing in a header that tells more than the text.
// The Message-ID is the message's own, so that a repeated mail is recognisable.
func (m Mail) message(l letter) (*gomail.Msg, error) {
	from, name := m.From, m.FromName
	if l.audience == toPerson {
		from, name = m.PersonFrom, m.PersonName
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&netmail.Address{Name: name, Address: from})
	msg.ToMailAddress(&netmail.Address{Address: l.to})
	_, domain, _ := strings.Cut(from, "@")
	msg.SetMessageIDWithValue(l.id + "@" + domain)
	msg.SetDateWithValue(l.at)
	msg.Subject(l.text.subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("Content-Language", l.lang)
	msg.SetBodyString(gomail.TypeTextPlain, l.text.body)
	return msg, nil
}

// send hands a mail to the server. Its errors are *Failure.
func (m Mail) send(ctx context.Context, l letter) error {
	ctx, cancel := context.WithTimeout(ctx, m.Timeout)
	defer cancel()
	c, err := m.client()
	if err != nil {
		return &Failure{TryAgain, "settings"}
	}
	msg, err := m.message(l)
	if err != nil {
		return &Failure{Refused, "message"}
	}
	smtp, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return &Failure{TryAgain, greeting(err)} // no mail was offered yet; a wrong password can be mended
	}
	err = c.SendWithSMTPClient(smtp, msg)
	_ = c.CloseWithSMTPClient(smtp) // the server's answer to DATA counts, not its goodbye
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return fateOf(err)
}

// fateOf reads go-mail's error. Until the final dot has gone out, the server may not
// deliver (RFC 5321 §4.1.1.4); between the dot and its answer nobody knows.
func fateOf(err error) *Failure {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return &Failure{Unclear, "unexpected"}
	}
	switch n := e.ErrorCode(); {
	case n >= 500:
		return &Failure{Refused, strconv.Itoa(n)}
	case n >= 400:
		return &Failure{TryAgain, strconv.Itoa(n)}
	case e.Reason == gomail.ErrSMTPDataClose || e.Reason == gomail.ErrAmbiguous:
		return &Failure{Unclear, "after data"}
	}
	return &Failure{TryAgain, "line broken"}
}

// greeting names what went wrong before a mail was offered, for the operator.
func greeting(err error) string {
	var answer *textproto.Error
	var cert *tls.CertificateVerificationError
	switch {
	case errors.As(err, &answer):
		return "greeting " + strconv.Itoa(answer.Code)
	case errors.As(err, &cert):
		return "certificate"
	case strings.Contains(err.Error(), "STARTTLS"):
		return "server offers no STARTTLS"
	}
	return "no connection"
}
