-- +goose Up
-- The key store: a database of its own, never part of the main database or its backups.
CREATE TABLE vault_root (
	id TEXT NOT NULL PRIMARY KEY,
	sealed TEXT NOT NULL,
	made_at BIGINT NOT NULL
);
CREATE TABLE vault_org_key (
	org_id TEXT NOT NULL PRIMARY KEY,
	wrapped TEXT NOT NULL,
	made_at BIGINT NOT NULL
);
-- closed: the erasure is recorded, the key is no longer handed out, and the row is about to go.
CREATE TABLE vault_person_key (
	org_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	wrapped TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	closed BOOLEAN NOT NULL DEFAULT FALSE,
	PRIMARY KEY (org_id, person_id)
);
-- done_at stays 0 until the key is really gone, so that a start after a crash can finish.
CREATE TABLE vault_erasure (
	org_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	asked_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, person_id)
);
CREATE INDEX vault_erasure_open ON vault_erasure (asked_at) WHERE done_at = 0;
