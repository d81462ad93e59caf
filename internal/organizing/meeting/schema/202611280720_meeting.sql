-- +goose Up
-- A meeting. Everything said or written about it lies in sealed: title, place,
-- agenda, notes, decisions, evaluation, and the link by which people answer.
CREATE TABLE meeting (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	team_id TEXT NOT NULL,
	state TEXT NOT NULL,
	template TEXT NOT NULL,
	at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	place TEXT NOT NULL,
	language TEXT NOT NULL,
	chair TEXT NOT NULL,
	timekeeper TEXT NOT NULL,
	scribe TEXT NOT NULL,
	host TEXT NOT NULL,
	nameless BOOLEAN NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	held_at BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	link_hash TEXT NOT NULL,
	link_tries BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX meeting_at ON meeting (org_id, at, id);
CREATE INDEX meeting_team ON meeting (org_id, team_id, at);
CREATE INDEX meeting_link ON meeting (link_hash) WHERE link_hash <> '';

-- Who was there. Each person once, however many devices say so.
CREATE TABLE meeting_present (
	org_id TEXT NOT NULL,
	meeting_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	role TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, meeting_id, person_id)
);

-- People counted without names, by the institution they came with; '' for none.
CREATE TABLE meeting_tally (
	org_id TEXT NOT NULL,
	meeting_id TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, meeting_id, institution_id)
);

-- Who will come, and what they need. A stranger's answer holds no name: person_id
-- is empty, and the keyed digest of a number goes when the meeting is over.
CREATE TABLE meeting_answer (
	org_id TEXT NOT NULL,
	meeting_id TEXT NOT NULL,
	id TEXT NOT NULL,
	answer TEXT NOT NULL,
	children BIGINT NOT NULL,
	transport BOOLEAN NOT NULL,
	interpreter TEXT NOT NULL,
	food TEXT NOT NULL,
	needs TEXT NOT NULL,
	person_id TEXT NOT NULL,
	phone_blind TEXT NOT NULL,
	receipt_hash TEXT NOT NULL,
	arrived BOOLEAN NOT NULL,
	paper BOOLEAN NOT NULL,
	hour_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, meeting_id, id)
);
CREATE INDEX meeting_answer_phone ON meeting_answer (org_id, meeting_id, phone_blind) WHERE phone_blind <> '';
CREATE INDEX meeting_answer_receipt ON meeting_answer (org_id, meeting_id, receipt_hash) WHERE receipt_hash <> '';

-- Calendar addresses: unguessable, and ended with one press.
CREATE TABLE meeting_feed (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	team_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	language TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX meeting_feed_token ON meeting_feed (token_hash);
