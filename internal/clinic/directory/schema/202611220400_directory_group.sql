-- +goose Up
-- What everybody on the staff may read is one JSON text (card); what decides
-- state, clocks and who may see the row has a column of its own. The contact
-- for introductions is sealed under the clinic's key.
CREATE TABLE directory_group (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	unlisted BOOLEAN NOT NULL,
	card TEXT NOT NULL,
	vetting TEXT NOT NULL,
	welcoming TEXT NOT NULL,
	welcoming_until BIGINT NOT NULL,
	verified_on BIGINT NOT NULL,
	verified_by TEXT NOT NULL,
	review_due BIGINT NOT NULL,
	asked_on BIGINT NOT NULL,
	misses BIGINT NOT NULL,
	change_said BOOLEAN NOT NULL,
	sealed TEXT NOT NULL,
	sealed_version BIGINT NOT NULL,
	batch TEXT NOT NULL,
	source_id TEXT NOT NULL,
	created BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX directory_group_version ON directory_group (org_id, version);
CREATE INDEX directory_group_due ON directory_group (org_id, state, review_due);
CREATE INDEX directory_group_batch ON directory_group (org_id, batch);

CREATE TABLE directory_programme (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	published BOOLEAN NOT NULL,
	card TEXT NOT NULL,
	verified_on BIGINT NOT NULL,
	batch TEXT NOT NULL,
	source_id TEXT NOT NULL,
	created BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX directory_programme_version ON directory_programme (org_id, version);
CREATE INDEX directory_programme_batch ON directory_programme (org_id, batch);

-- One row per clinic. version grows with every change, so that a replica knows
-- what to read again; rows were deleted at floor, so that older copies are
-- read as a whole.
CREATE TABLE directory_version (
	org_id TEXT NOT NULL PRIMARY KEY,
	version BIGINT NOT NULL,
	floor BIGINT NOT NULL
);

-- "Still true" links: only the hash of the token is kept.
CREATE TABLE directory_link (
	org_id TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	group_id TEXT NOT NULL,
	made BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	used BIGINT NOT NULL,
	PRIMARY KEY (org_id, token_hash)
);
CREATE UNIQUE INDEX directory_link_token ON directory_link (token_hash);
CREATE INDEX directory_link_group ON directory_link (org_id, group_id);
