// The command line and its configuration: every flag with the sentence that
// explains it, and the environment variable that sets it.
package app

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

type commandLine struct {
	Demo    demoCommand    `cmd:"" help:"Run a whole fictional clinic, filled with a believable year. Prints the address and a sign-in link per role."`
	Serve   serveCommand   `cmd:"" help:"Run for real. The first start is guided: it prints a token for the browser."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to this version and stop."`
	Import  importCommand  `cmd:"" help:"Bring in a directory of organizations and services (HSDS JSON, CSV or zip)."`
	Export  exportCommand  `cmd:"" help:"Write the public directory as JSON."`
	User    userCommand    `cmd:"" help:"List, invite, disable people who sign in; reset their sign-in."`
	Audit   auditCommand   `cmd:"" help:"Check the audit trail."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// store says where the data are. It is shared by all commands that open them.
type store struct {
	Data     string `help:"Folder of the database and the keys." type:"path" env:"SEEDBED_DATA" placeholder:"DIR"`
	Database string `help:"postgres://… when one machine is not enough; the default is SQLite in the data folder." env:"SEEDBED_DATABASE" placeholder:"URL"`
	Keys     string `help:"Where the keys of people are kept: a file, or a postgres:// URL of another database. Default: keys.db in the data folder." env:"SEEDBED_KEYS" placeholder:"URL"`
	KeyFile  string `help:"File with the key that locks all other keys; made on the first start. Keep it away from the data and from its backups." env:"SEEDBED_KEY_FILE" type:"path" placeholder:"FILE"`
}

func (s *store) fill(defaultData string) error {
	if s.Data == "" {
		s.Data = defaultData
	}
	if s.Database == "" {
		s.Database = filepath.Join(s.Data, "seedbed.db")
	} else if !strings.Contains(s.Database, "://") {
		return fail(exitUsage, nil, "--database wants a postgres:// URL, not %q. For SQLite give the folder with --data.", s.Database)
	}
	if u, err := url.Parse(s.Database); strings.Contains(s.Database, "://") && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return fail(exitUsage, err, "--database wants a postgres:// URL, for example postgres://seedbed@localhost/seedbed")
	}
	if s.Keys == "" {
		s.Keys = filepath.Join(s.Data, "keys", "keys.db")
	}
	if s.KeyFile == "" {
		s.KeyFile = filepath.Join(s.Data, "keys", "master.key")
	}
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return fail(exitFile, err, "the data folder %s cannot be made: %v. Choose another with --data.", s.Data, err)
	}
	probe, err := os.CreateTemp(s.Data, ".probe")
	if err != nil {
		return fail(exitFile, err, "the data folder %s cannot be written: %v. Choose another with --data, or give this account the right to write there.", s.Data, err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// mailAndSMS says how messages leave; without it they are printed or copied by hand.
type mailAndSMS struct {
	SMTP       string `name:"smtp" help:"Mail server, as smtp://user@host:587 or smtps://user@host:465. Without it, messages wait on the Messages page to be printed or copied." env:"SEEDBED_SMTP" placeholder:"URL"`
	SMTPSecret string `name:"smtp-password-file" help:"File with the mail server's password." env:"SEEDBED_SMTP_PASSWORD_FILE" type:"path" placeholder:"FILE"`
	MailFrom   string `help:"Sender of mail, as clinic@example.org. Choose one that says nothing about health." env:"SEEDBED_MAIL_FROM" placeholder:"ADDRESS"`
	SMS        string `name:"sms-gateway" help:"URL of an HTTP gateway for text messages." env:"SEEDBED_SMS_GATEWAY" placeholder:"URL"`
	SMSSecret  string `name:"sms-secret-file" help:"File with the gateway's secret; also asked of the gateway when it delivers answers to /sms/inbound." env:"SEEDBED_SMS_SECRET_FILE" type:"path" placeholder:"FILE"`
}

func readSecret(file, what string) (string, error) {
	if file == "" {
		return "", nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fail(exitFile, err, "the %s in %s cannot be read: %v", what, file, err)
	}
	s := strings.TrimSpace(string(b))
	if s == "" {
		return "", fail(exitFile, nil, "the %s in %s is empty", what, file)
	}
	return s, nil
}

func demoFolder() string {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	return filepath.Join(base, "seedbed", "demo")
}

func listenHint(addr string, err error) error {
	return fail(exitPort, err, "%s cannot be used: %v. Another program may be using it; choose another with --listen 127.0.0.1:PORT.", addr, unwrapNet(err))
}

func unwrapNet(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || u.Unwrap() == nil {
			return err
		}
		err = u.Unwrap()
	}
}
