-- +goose Up
-- An assembly or another public action. Everything in words lies in sealed: title,
-- venue, purpose, plans, what was said at the end, and the link of the big screen.
CREATE TABLE assembly (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	capacity BIGINT NOT NULL,
	goal BIGINT NOT NULL,
	cycle_id TEXT NOT NULL,
	languages TEXT NOT NULL,
	nameless BOOLEAN NOT NULL,
	observer_person TEXT NOT NULL,
	safety_person TEXT NOT NULL,
	next_at BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	approver_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	approved_at BIGINT NOT NULL,
	live_at BIGINT NOT NULL,
	held_at BIGINT NOT NULL,
	evaluated_at BIGINT NOT NULL,
	link_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	moved BIGINT NOT NULL DEFAULT 0, -- counts every change of anything that belongs to it, for the screens
	PRIMARY KEY (org_id, id)
);
CREATE INDEX assembly_at ON assembly (org_id, at, id);
CREATE INDEX assembly_cycle ON assembly (org_id, cycle_id, at);
CREATE INDEX assembly_link ON assembly (link_hash) WHERE link_hash <> '';

-- A line of the run-sheet: who leads it and who stands beside them, in which roles.
CREATE TABLE assembly_item (
	org_id TEXT NOT NULL,
	assembly_id TEXT NOT NULL,
	id TEXT NOT NULL,
	pos BIGINT NOT NULL,
	code TEXT NOT NULL,
	minutes BIGINT NOT NULL,
	lead_person TEXT NOT NULL,
	lead_role TEXT NOT NULL,
	beside_person TEXT NOT NULL,
	beside_role TEXT NOT NULL,
	story_id TEXT NOT NULL,
	started_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, assembly_id, id)
);

-- One closed request to one person in public office.
CREATE TABLE assembly_ask (
	org_id TEXT NOT NULL,
	assembly_id TEXT NOT NULL,
	id TEXT NOT NULL,
	pos BIGINT NOT NULL,
	issue_id TEXT NOT NULL,
	office_id TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	law BOOLEAN NOT NULL,
	pledge_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, assembly_id, id)
);
CREATE INDEX assembly_ask_id ON assembly_ask (org_id, id);

-- What was answered, as a scribe wrote it down. Rows are only added: which of them
-- stands is worked out from pen, time and what each one saw (over_ids).
CREATE TABLE assembly_pin (
	org_id TEXT NOT NULL,
	assembly_id TEXT NOT NULL,
	ask_id TEXT NOT NULL,
	id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	pen TEXT NOT NULL,
	over_ids TEXT NOT NULL,
	answer TEXT NOT NULL,
	follow_at BIGINT NOT NULL,
	by_at BIGINT NOT NULL,
	witness TEXT NOT NULL,
	said_at BIGINT NOT NULL,
	stored_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, assembly_id, ask_id, id)
);

-- The roll call: how many each institution says have come.
CREATE TABLE assembly_roll (
	org_id TEXT NOT NULL,
	assembly_id TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	said_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, assembly_id, institution_id)
);

-- Invitations of people in public office and of candidates for it.
CREATE TABLE assembly_invite (
	org_id TEXT NOT NULL,
	assembly_id TEXT NOT NULL,
	id TEXT NOT NULL,
	office_id TEXT NOT NULL,
	candidate BOOLEAN NOT NULL,
	complete BOOLEAN NOT NULL,
	invited_at BIGINT NOT NULL,
	how TEXT NOT NULL,
	reply TEXT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, assembly_id, id)
);

-- A negotiation with people who decide, or working something out with a service.
CREATE TABLE assembly_talk (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	next_at BIGINT NOT NULL,
	assembly_id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	offices TEXT NOT NULL,
	institutions TEXT NOT NULL,
	account_id TEXT NOT NULL,
	pledge_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	held_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX assembly_talk_at ON assembly_talk (org_id, at, id);

-- Who of us negotiates.
CREATE TABLE assembly_talk_person (
	org_id TEXT NOT NULL,
	talk_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	PRIMARY KEY (org_id, talk_id, person_id)
);

-- What was agreed, version after version.
CREATE TABLE assembly_talk_text (
	org_id TEXT NOT NULL,
	talk_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, talk_id, n)
);
