-- +goose Up
-- A link or QR code by which people come in by themselves, made for one place and
-- for some days. The token is kept sealed, so that its poster can be printed again.
CREATE TABLE people_link (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	place TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	language TEXT NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	closed_at BIGINT NOT NULL,
	joined BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX people_link_token ON people_link (token_hash);
CREATE INDEX people_link_by ON people_link (org_id, account_id, expires_at);

-- How often something was tried from a network in a slot of time.
CREATE TABLE people_try (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	slot BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, id, slot)
);
CREATE INDEX people_try_slot ON people_try (org_id, slot);
