// Package notifytest holds real peers for tests: a mail server and an SMS gateway
// on loopback that can refuse, stall and hang up at every step.
package notifytest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mail is one accepted mail.
type Mail struct {
	From, To string
	Raw      string // headers and body as sent
	Secure   bool   // came over TLS
	User     bool   // the client signed in
}

// Header returns the value of a header, unfolded.
func (m Mail) Header(name string) string {
	head, _, _ := strings.Cut(m.Raw, "\r\n\r\n")
	head = strings.ReplaceAll(head, "\r\n ", " ")
	for _, line := range strings.Split(head, "\r\n") {
		if k, v, ok := strings.Cut(line, ": "); ok && strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

// SMTP is a mail server.
type SMTP struct {
	Host string
	Port int
	Pool *x509.CertPool // trusts its certificate

	l      net.Listener
	conf   *tls.Config
	direct bool

	mu      sync.Mutex
	answers map[string][]string
	mails   []Mail
	conns   int
}

// NewSMTP starts a server. security is "starttls", "tls" or "plain".
func NewSMTP(t testing.TB, security string) *SMTP {
	t.Helper()
	s := &SMTP{Host: "127.0.0.1", answers: map[string][]string{}, direct: security == "tls"}
	var err error
	if s.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.Port = s.l.Addr().(*net.TCPAddr).Port
	if security != "plain" {
		s.conf, s.Pool = certificate(t)
	}
	t.Cleanup(func() { s.l.Close() })
	go s.serve()
	return s
}

// Answer makes the server answer the next uses of a verb ("MAIL", "RCPT", "DATA", or "."
// for the end of a mail) with these lines, one use each. "hangup" closes the
// connection without an answer; "accept+hangup" at "." keeps the mail first.
func (s *SMTP) Answer(verb string, lines ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[verb] = append(s.answers[verb], lines...)
}

// Mails returns what was accepted.
func (s *SMTP) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Connections counts connections.
func (s *SMTP) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

func (s *SMTP) next(verb, usual string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.answers[verb]; len(q) > 0 {
		s.answers[verb] = q[1:]
		return q[0]
	}
	return usual
}

func (s *SMTP) serve() {
	for {
		c, err := s.l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns++
		s.mu.Unlock()
		if s.direct {
			c = tls.Server(c, s.conf)
		}
		go s.talk(c, s.direct)
	}
}

func (s *SMTP) talk(c net.Conn, secure bool) {
	defer func() { c.Close() }()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	r := bufio.NewReader(c)
	say := func(line string) { fmt.Fprintf(c, "%s\r\n", line) }
	say("220 mail.test ready")
	var m Mail
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		verb = strings.ToUpper(verb)
		usual := "250 ok"
		switch verb {
		case "EHLO":
			usual = "250-mail.test\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 ENHANCEDSTATUSCODES"
			if s.conf != nil && !secure {
				usual = "250-mail.test\r\n250-8BITMIME\r\n250 STARTTLS"
			}
		case "DATA":
			usual = "354 go on"
		case "STARTTLS":
			usual = "220 go on"
		case "AUTH":
			usual = "235 welcome"
		case "QUIT":
			usual = "221 bye"
		}
		answer := s.next(verb, usual)
		if answer == "hangup" {
			return
		}
		say(answer)
		if answer[0] > '3' {
			continue
		}
		switch verb {
		case "STARTTLS":
			c = tls.Server(c, s.conf)
			r, secure = bufio.NewReader(c), true
		case "AUTH":
			m.User = true
		case "MAIL":
			m.From = path(rest)
		case "RCPT":
			m.To = path(rest)
		case "DATA":
			if m.Raw, err = body(r); err != nil {
				return
			}
			m.Secure = secure
			answer := s.next(".", "250 taken")
			if answer[0] == '2' || answer == "accept+hangup" {
				s.mu.Lock()
				s.mails = append(s.mails, m)
				s.mu.Unlock()
			}
			if strings.HasSuffix(answer, "hangup") {
				return
			}
			say(answer)
		case "QUIT":
			return
		}
	}
}

func path(s string) string {
	_, s, _ = strings.Cut(s, "<")
	s, _, _ = strings.Cut(s, ">")
	return s
}

func body(r *bufio.Reader) (string, error) {
	var sb strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == ".\r\n" {
			return sb.String(), nil
		}
		sb.WriteString(strings.TrimPrefix(line, "."))
	}
}

// certificate makes a throw-away one for 127.0.0.1.
func certificate(t testing.TB) (*tls.Config, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}}}, pool
}
