-- +goose Up
-- What came out of a period, once. The true counts and what was told of them to whom
-- lie in sealed; they bind everything that comes out later.
CREATE TABLE report_release (
	org_id TEXT NOT NULL,
	period TEXT NOT NULL,
	no BIGINT NOT NULL,
	at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, period)
);
CREATE UNIQUE INDEX report_release_no ON report_release (org_id, no);

-- What a clinic wants to reach, where it differs from what is usual; 0 for nothing.
CREATE TABLE report_target (
	org_id TEXT NOT NULL,
	indicator TEXT NOT NULL,
	percent BIGINT NOT NULL,
	PRIMARY KEY (org_id, indicator)
);

-- A report: for whom, of which period, how far it is. Its words are in sealed.
CREATE TABLE report_report (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	audience TEXT NOT NULL,
	period TEXT NOT NULL,
	state TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	asked_by TEXT NOT NULL,
	approved_by TEXT NOT NULL,
	ended_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX report_report_made ON report_report (org_id, made_at, id);
