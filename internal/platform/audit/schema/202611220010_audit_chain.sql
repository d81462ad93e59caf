-- +goose Up
CREATE TABLE audit_event (
	org_id TEXT NOT NULL,
	seq BIGINT NOT NULL,
	at BIGINT NOT NULL,
	actor TEXT NOT NULL,
	role TEXT NOT NULL,
	action TEXT NOT NULL,
	resource TEXT NOT NULL,
	resource_id TEXT NOT NULL,
	subject_ref TEXT NOT NULL,
	decision TEXT NOT NULL,
	reason TEXT NOT NULL,
	request TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (org_id, seq)
);
CREATE INDEX audit_event_subject ON audit_event (org_id, subject_ref, seq) WHERE subject_ref <> '';
-- The end of each organization's chain.
CREATE TABLE audit_head (
	org_id TEXT NOT NULL PRIMARY KEY,
	seq BIGINT NOT NULL,
	hash TEXT NOT NULL
);
