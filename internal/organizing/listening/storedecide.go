// Every SQL statement about report backs and decisions.
package listening

import (
	"context"
	"strings"

	"seedbed/internal/kit/fault"
	"seedbed/internal/platform/db"
)

type reportBackRow struct {
	ReportBack
	sealed string
}

func putReportBack(ctx context.Context, tx *db.Tx, campaign string, r ReportBack, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_report_back (org_id, id, campaign_id, at, how, reached, languages, account_id, sealed) VALUES (`+db.Marks(1, 9)+`)`,
		tx.Org(), r.ID, campaign, db.Micros(r.At), r.How, int64(r.Reached), strings.Join(r.Languages, " "), r.Account, sealed)
	return err
}

func reportBackRows(ctx context.Context, tx *db.Tx, campaign string) ([]reportBackRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r reportBackRow, err error) {
		var at, reached int64
		var langs string
		err = sc.Scan(&r.ID, &at, &r.How, &reached, &langs, &r.Account, &r.sealed)
		r.At, r.Reached, r.Languages = db.Time(at), int(reached), strings.Fields(langs)
		return r, err
	}, `SELECT id, at, how, reached, languages, account_id, sealed FROM listening_report_back WHERE org_id=$1 AND campaign_id=$2 ORDER BY at DESC, id DESC`, tx.Org(), campaign)
}

type decisionRow struct {
	Decision
	sealed string
}

func putDecision(ctx context.Context, tx *db.Tx, campaign string, d Decision, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_decision (org_id, campaign_id, at, method, people, institutions, of_institutions, ballot_ref, account_id, sealed) VALUES (`+db.Marks(1, 10)+`)`,
		tx.Org(), campaign, db.Micros(d.At), string(d.Method), int64(d.People), int64(d.Institutions), int64(d.OfInstitutions), d.Ballot, d.Account, sealed)
	return err
}

func decisionOf(ctx context.Context, tx *db.Tx, campaign string) (decisionRow, bool, error) {
	r, err := db.Get(ctx, tx, func(sc db.Scanner) (r decisionRow, err error) {
		var at, people, here, of int64
		err = sc.Scan(&at, &r.Method, &people, &here, &of, &r.Ballot, &r.Account, &r.sealed)
		r.At, r.People, r.Institutions, r.OfInstitutions = db.Time(at), int(people), int(here), int(of)
		return r, err
	}, `SELECT at, method, people, institutions, of_institutions, ballot_ref, account_id, sealed FROM listening_decision WHERE org_id=$1 AND campaign_id=$2`, tx.Org(), campaign)
	if fault.Is(err, fault.NotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

type optionRow struct {
	Option
	sealed string
}

func putOption(ctx context.Context, tx *db.Tx, campaign string, o Option, sealed string) error {
	_, err := tx.Exec(ctx, `INSERT INTO listening_option (org_id, campaign_id, n, theme_id, votes, chosen, team_id, sealed) VALUES (`+db.Marks(1, 8)+`)`,
		tx.Org(), campaign, int64(o.N), o.Theme, int64(o.Votes), o.Chosen, o.Team, sealed)
	return err
}

func optionRows(ctx context.Context, tx *db.Tx, campaign string) ([]optionRow, error) {
	return db.Select(ctx, tx, func(sc db.Scanner) (r optionRow, err error) {
		var n, votes int64
		err = sc.Scan(&n, &r.Theme, &votes, &r.Chosen, &r.Team, &r.sealed)
		r.N, r.Votes = int(n), int(votes)
		return r, err
	}, `SELECT n, theme_id, votes, chosen, team_id, sealed FROM listening_option WHERE org_id=$1 AND campaign_id=$2 ORDER BY votes DESC, n`, tx.Org(), campaign)
}
