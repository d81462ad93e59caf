-- +goose Up
-- A round right after something was done together. What was said lies in sealed;
-- outside it are ids, times, coded states and counts.
CREATE TABLE evaluation_round (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	ref TEXT NOT NULL,
	kind TEXT NOT NULL,
	team_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	state TEXT NOT NULL,
	flagged_at BIGINT NOT NULL,
	read_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL,
	done_by TEXT NOT NULL,
	done_within_h BIGINT NOT NULL,
	power BIGINT NOT NULL,
	power_known BOOLEAN NOT NULL,
	link_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX evaluation_round_ref ON evaluation_round (org_id, ref);
CREATE INDEX evaluation_round_at ON evaluation_round (org_id, at, id);
CREATE INDEX evaluation_round_due ON evaluation_round (state, due_at);
CREATE INDEX evaluation_round_link ON evaluation_round (link_hash) WHERE link_hash <> '';

-- One row per phone, until the answers are read together; then the rows go. Random
-- ids, no time finer than the hour, nothing that says who or from where.
CREATE TABLE evaluation_answer (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	round_id TEXT NOT NULL,
	hour BIGINT NOT NULL,
	once_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX evaluation_answer_round ON evaluation_answer (org_id, round_id, id);
CREATE UNIQUE INDEX evaluation_answer_once ON evaluation_answer (once_hash) WHERE once_hash <> '';

-- Who grew, as those who lead the round say it of those who were there.
CREATE TABLE evaluation_grew (
	org_id TEXT NOT NULL,
	round_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	PRIMARY KEY (org_id, round_id, person_id)
);
