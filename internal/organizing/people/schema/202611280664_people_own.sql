-- +goose Up
-- Short sessions of a member who opened their own pages with their code.
CREATE TABLE people_session (
	org_id TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	person_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	seen_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, token_hash)
);
CREATE UNIQUE INDEX people_session_token ON people_session (token_hash);
CREATE INDEX people_session_person ON people_session (org_id, person_id);

-- Who knows, mentors or brings whom. Ids only; it never leaves the house.
CREATE TABLE people_tie (
	org_id TEXT NOT NULL,
	from_person TEXT NOT NULL,
	to_person TEXT NOT NULL,
	kind TEXT NOT NULL,
	account_id TEXT NOT NULL,
	since BIGINT NOT NULL,
	PRIMARY KEY (org_id, from_person, to_person, kind)
);
CREATE INDEX people_tie_to ON people_tie (org_id, to_person);

-- What a person says about their own next step, under their key.
CREATE TABLE people_stretch (
	org_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, person_id)
);
