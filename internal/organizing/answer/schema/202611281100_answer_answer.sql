-- +goose Up
-- Where people can answer without an account: a poster, a kiosk, a link. The
-- token is sealed so that a poster can be printed again.
CREATE TABLE answer_place (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	name TEXT NOT NULL,
	language TEXT NOT NULL,
	kiosk BOOLEAN NOT NULL,
	codes BOOLEAN NOT NULL,
	most_per_hour BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	closed BOOLEAN NOT NULL,
	token_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX answer_place_token ON answer_place (token_hash);
CREATE INDEX answer_place_campaign ON answer_place (org_id, campaign_id);

-- One row per answer of somebody whom nobody knows. hour is as fine as time gets,
-- ids are random, and nothing says who or from where.
CREATE TABLE answer_answer (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	place_id TEXT NOT NULL,
	language TEXT NOT NULL,
	hour BIGINT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	batch TEXT NOT NULL,
	held BOOLEAN NOT NULL,
	verified BOOLEAN NOT NULL,
	receipt_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX answer_answer_campaign ON answer_answer (org_id, campaign_id, state, id);
CREATE INDEX answer_answer_hour ON answer_answer (org_id, hour) WHERE sealed <> '';
CREATE UNIQUE INDEX answer_answer_receipt ON answer_answer (receipt_hash) WHERE receipt_hash <> '';

-- Codes that are good for one answer, for campaigns that hear a closed circle.
CREATE TABLE answer_code (
	org_id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	code_hash TEXT NOT NULL,
	used BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, campaign_id, code_hash)
);

-- The question read aloud by somebody of the team.
CREATE TABLE answer_recording (
	org_id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	question TEXT NOT NULL,
	language TEXT NOT NULL,
	kind TEXT NOT NULL,
	digest TEXT NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (org_id, campaign_id, question, language)
);
