-- +goose Up
-- Challenges that were used, until they would be too old anyway.
CREATE TABLE proof_spent (
	org_id TEXT NOT NULL,
	proof_hash TEXT NOT NULL,
	hour BIGINT NOT NULL,
	PRIMARY KEY (org_id, proof_hash)
);
CREATE INDEX proof_spent_hour ON proof_spent (org_id, hour);

-- How many came in an hour, by place and by network (a digest, for that hour only).
CREATE TABLE proof_quota (
	org_id TEXT NOT NULL,
	what TEXT NOT NULL,
	hour BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, what, hour)
);
CREATE INDEX proof_quota_hour ON proof_quota (org_id, hour);
