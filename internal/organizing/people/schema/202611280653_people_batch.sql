-- +goose Up
-- A spreadsheet of people who had agreed before. A row's cells are sealed under
-- the table's key until the person has a key of their own, and then forgotten.
CREATE TABLE people_batch (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	total BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	applied_at BIGINT NOT NULL,
	undone_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX people_batch_made ON people_batch (org_id, made_at, id);

CREATE TABLE people_batch_row (
	org_id TEXT NOT NULL,
	batch_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	line BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	verdict TEXT NOT NULL,
	notes TEXT NOT NULL,
	twin TEXT NOT NULL,
	phone_blind TEXT NOT NULL,
	email_blind TEXT NOT NULL,
	taken BOOLEAN NOT NULL,
	outcome TEXT NOT NULL,
	person_id TEXT NOT NULL,
	PRIMARY KEY (org_id, batch_id, n)
);
CREATE INDEX people_batch_row_verdict ON people_batch_row (org_id, batch_id, verdict, n);
CREATE INDEX people_batch_row_outcome ON people_batch_row (org_id, batch_id, outcome, n);
CREATE INDEX people_batch_row_twin ON people_batch_row (org_id, twin) WHERE twin <> '';
CREATE INDEX people_batch_row_phone ON people_batch_row (org_id, batch_id, phone_blind, n) WHERE phone_blind <> '';
CREATE INDEX people_batch_row_email ON people_batch_row (org_id, batch_id, email_blind, n) WHERE email_blind <> '';
