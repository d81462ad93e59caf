-- +goose Up
-- A research action. Whom it meets in words, where, and the questions lie in sealed.
CREATE TABLE research_action (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	team_id TEXT NOT NULL,
	office_id TEXT NOT NULL,
	state TEXT NOT NULL,
	purposes TEXT NOT NULL,
	at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	place TEXT NOT NULL,
	language TEXT NOT NULL,
	rehearse_at BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	others BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	rehearsed_at BIGINT NOT NULL,
	held_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX research_action_at ON research_action (org_id, at, id);
CREATE INDEX research_action_issue ON research_action (org_id, issue_id, at);

-- Who takes part, and with which part. Each person once.
CREATE TABLE research_part (
	org_id TEXT NOT NULL,
	action_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	role TEXT NOT NULL,
	came BOOLEAN NOT NULL,
	added_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, action_id, person_id)
);
CREATE INDEX research_part_person ON research_part (org_id, person_id);

-- What was noted. Rows are added and never overwritten.
CREATE TABLE research_note (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	action_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	question TEXT NOT NULL,
	account_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX research_note_action ON research_note (org_id, action_id, at, id);

-- What has to follow, each with an owner and a day.
CREATE TABLE research_next (
	org_id TEXT NOT NULL,
	action_id TEXT NOT NULL,
	step TEXT NOT NULL,
	person_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, action_id, step)
);

-- A way to solve an issue. What it is lies in sealed; what it costs is a number.
CREATE TABLE research_option (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	office_id TEXT NOT NULL,
	cost BIGINT NOT NULL,
	costed BOOLEAN NOT NULL,
	currency TEXT NOT NULL,
	dropped BOOLEAN NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX research_option_issue ON research_option (org_id, issue_id, made_at, id);

-- Health professionals who helped with it: a colleague with an account, or a role
-- and an organization in sealed. named_at is when they said that they may be named.
CREATE TABLE research_helper (
	org_id TEXT NOT NULL,
	option_id TEXT NOT NULL,
	id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	named_at BIGINT NOT NULL,
	named_how TEXT NOT NULL,
	added_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, option_id, id)
);
