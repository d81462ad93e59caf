-- +goose Up
-- People who are to come to one event. ref is the event in another room
-- ("assembly:ID"), or the turnout itself. Its words lie in sealed.
CREATE TABLE turnout (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	ref TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	goal BIGINT NOT NULL,
	nameless BOOLEAN NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	sent_at BIGINT NOT NULL,
	held_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX turnout_ref ON turnout (org_id, ref);
CREATE INDEX turnout_at ON turnout (org_id, at, id);

-- Who undertakes how many: an institution (person_id empty) or a person. The
-- numbers of an institution are all its people; those of a person are the ones
-- whose names are not here. roll is the captain's count in the hall, -1 before.
CREATE TABLE turnout_share (
	org_id TEXT NOT NULL,
	turnout_id TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	goal BIGINT NOT NULL,
	asked BIGINT NOT NULL,
	yes BIGINT NOT NULL,
	confirmed BIGINT NOT NULL,
	roll BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, turnout_id, institution_id, person_id)
);
CREATE INDEX turnout_share_person ON turnout_share (org_id, person_id) WHERE person_id <> '';

-- Who was asked by whom and what they said. No reason is kept for a no. sealed is
-- the token of their own page, under the person's key.
CREATE TABLE turnout_ask (
	org_id TEXT NOT NULL,
	turnout_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	id TEXT NOT NULL,
	asked_by TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	state TEXT NOT NULL,
	confirmed BOOLEAN NOT NULL,
	present BOOLEAN NOT NULL,
	tries BIGINT NOT NULL,
	tried_at BIGINT NOT NULL,
	wrong BOOLEAN NOT NULL,
	sent BOOLEAN NOT NULL,
	asked_at BIGINT NOT NULL,
	token_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, turnout_id, person_id)
);
CREATE INDEX turnout_ask_person ON turnout_ask (org_id, person_id);
CREATE UNIQUE INDEX turnout_ask_id ON turnout_ask (org_id, id);
CREATE UNIQUE INDEX turnout_ask_token ON turnout_ask (token_hash);

-- Numbers without names, by institution ('' for none): presses at the door, and
-- what is left of people who were erased. A sum of presses, whatever their order;
-- it can be below nothing for a moment.
CREATE TABLE turnout_count (
	org_id TEXT NOT NULL,
	turnout_id TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	asked BIGINT NOT NULL,
	yes BIGINT NOT NULL,
	confirmed BIGINT NOT NULL,
	attended BIGINT NOT NULL,
	PRIMARY KEY (org_id, turnout_id, institution_id)
);
