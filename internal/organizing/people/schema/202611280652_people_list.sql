-- +goose Up
-- A question about people that somebody asks again and again. Its name and what it
-- asks for are words about nobody in particular, sealed under the table's key.
CREATE TABLE people_list (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	owner TEXT NOT NULL,
	shared BOOLEAN NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);

-- Whom somebody has dealt with on a list: called, written to, seen.
CREATE TABLE people_tick (
	org_id TEXT NOT NULL,
	list_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	by_account TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, list_id, person_id)
);
CREATE INDEX people_tick_of ON people_tick (org_id, person_id);
