-- +goose Up
-- Which of the organization's changes a row had last (people_version counts them):
-- names held in memory are brought up to date by the rows that changed since.
ALTER TABLE people_person ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX people_person_changed ON people_person (org_id, changed);
CREATE INDEX people_person_merged ON people_person (org_id, merged_into) WHERE merged_into <> '';

-- Ids of rows that are no more, for a day: whoever holds a name must learn of it.
CREATE TABLE people_gone (
	org_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	changed BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, person_id)
);
CREATE INDEX people_gone_changed ON people_gone (org_id, changed);
