-- +goose Up
-- due_at is when a waiting job may run, and when the lease of a running one ends:
-- one index answers "what may be taken now", crashed workers included.
-- job_key is the job's id when nobody gave one, so that one constraint serves both.
CREATE TABLE job (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	job_key TEXT NOT NULL,
	payload TEXT NOT NULL,
	priority BIGINT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
	run_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	lease TEXT NOT NULL,
	attempts BIGINT NOT NULL,
	last_error TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, kind, job_key)
);
CREATE INDEX job_due ON job (due_at) WHERE state IN ('waiting', 'running');
CREATE INDEX job_ended ON job (state, ended_at) WHERE state IN ('done', 'dead');
