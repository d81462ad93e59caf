// For tests that need the whole system in their own process: the sweep over every
// route and the search for what must not be on the disk. It opens what demo and
// serve open, and neither fills it nor listens.

package app

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"

	"seedbed/internal/clinic/directory"
	"seedbed/internal/clinic/introduction"
	"seedbed/internal/organizing/answer"
	"seedbed/internal/organizing/assembly"
	"seedbed/internal/organizing/change"
	"seedbed/internal/organizing/cycle"
	"seedbed/internal/organizing/decision"
	"seedbed/internal/organizing/effort"
	"seedbed/internal/organizing/evaluation"
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/meeting"
	"seedbed/internal/organizing/people"
	"seedbed/internal/organizing/pledge"
	"seedbed/internal/organizing/power"
	"seedbed/internal/organizing/report"
	"seedbed/internal/organizing/research"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/organizing/stipend"
	told "seedbed/internal/organizing/story" // the demo has a story of its own
	"seedbed/internal/organizing/survey"
	"seedbed/internal/organizing/team"
	"seedbed/internal/organizing/turnout"
	"seedbed/internal/platform/clock"
	"seedbed/internal/platform/db"
	"seedbed/internal/platform/job"
	"seedbed/internal/platform/notify"
	"seedbed/internal/platform/vault"
	"seedbed/internal/platform/web"
	"seedbed/internal/trust/account"
)

// TestOptions say what a test opens; only Data is needed.
type TestOptions struct {
	Data     string // folder
	Database string // postgres:// URL; empty is SQLite in Data
	Clock    clock.Clock
	Log      *slog.Logger
	Base     string
}

// Opened is the whole system, open.
type Opened struct {
	Handler  http.Handler
	Routes   []web.Route
	DB, Keys *db.DB
	Vault    *vault.Vault
	Accounts *account.Service
	Groups   *directory.Service
	Intros   *introduction.Service
	People   *people.Service
	Stories  *told.Service
	Listens  *listening.Service
	Answers  *answer.Service
	Says     *statement.Service
	Decided  *decision.Service
	Teams    *team.Service
	Learning *learning.Service
	Meetings *meeting.Service
	Stipends *stipend.Service
	Pledges  *pledge.Service
	Effort   *effort.Service
	Turnouts *turnout.Service
	Power    *power.Service
	Rounds   *evaluation.Service
	Surveys  *survey.Service
	Reports  *report.Service
	Research *research.Service
	Acts     *assembly.Service
	Changes  *change.Service
	Cycles   *cycle.Service
	Notices  *notify.Notifier
	Queue    *job.Queue
	Close    func() error
}

// OpenForTest opens an empty system in demo mode, so that sign-in links per role work.
func OpenForTest(ctx context.Context, o TestOptions) (*Opened, error) {
	if o.Base == "" {
		o.Base = "http://127.0.0.1"
	}
	s := store{Data: o.Data, Database: o.Database, Keys: filepath.Join(o.Data, "keys", "keys.db"), KeyFile: filepath.Join(o.Data, "keys", "master.key")}
	if err := s.fill(o.Data); err != nil {
		return nil, err
	}
	sys, err := openSystem(ctx, s, openOptions{clock: o.Clock, log: o.Log, demo: true, base: o.Base})
	if err != nil {
		return nil, err
	}
	mux, err := sys.routes(o.Base)
	if err != nil {
		sys.close()
		return nil, err
	}
	handler, err := mux.Handler()
	if err != nil {
		sys.close()
		return nil, err
	}
	return &Opened{
		Handler:  handler,
		Routes:   mux.Routes(),
		DB:       sys.db,
		Keys:     sys.keys,
		Vault:    sys.vault,
		Accounts: sys.accounts,
		Notices:  sys.notices,
		Cycles:   sys.cycles,
		Queue:    sys.queue,
		Close:    sys.close,
		Groups:   sys.groups,
		Intros:   sys.intros,
		People:   sys.people,
		Teams:    sys.teams,
		Decided:  sys.decided,
		Stories:  sys.stories,
		Listens:  sys.listens,
		Learning: sys.learning,
		Meetings: sys.meetings,
		Stipends: sys.stipends,
		Pledges:  sys.pledges,
		Effort:   sys.effort,
		Turnouts: sys.turnouts,
		Power:    sys.power,
		Rounds:   sys.rounds,
		Surveys:  sys.surveys,
		Reports:  sys.reports,
		Research: sys.research,
		Acts:     sys.acts,
		Changes:  sys.changes,
		Answers:  sys.answers,
		Says:     sys.says,
	}, nil
}
