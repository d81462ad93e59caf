-- +goose Up
CREATE TABLE consent (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	subject_id TEXT NOT NULL,
	purpose TEXT NOT NULL,
	recipient TEXT NOT NULL,
	fields TEXT NOT NULL,
	channel TEXT NOT NULL,
	language TEXT NOT NULL,
	wording_version BIGINT NOT NULL,
	how TEXT NOT NULL,
	interpreter TEXT NOT NULL,
	witness TEXT NOT NULL,
	proxy_relation TEXT NOT NULL,
	proxy_scope TEXT NOT NULL,
	proxy_until BIGINT NOT NULL,
	receipt TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'expired', 'revoked')),
	made_at BIGINT NOT NULL,
	given_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL,
	revoked_how TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
-- One live answer per question: a fresh yes replaces the older one, so that one no ends it.
CREATE UNIQUE INDEX consent_live ON consent (org_id, subject_id, purpose, recipient) WHERE state = 'active';
CREATE INDEX consent_subject ON consent (org_id, subject_id);
CREATE INDEX consent_receipt ON consent (org_id, receipt);
CREATE INDEX consent_end ON consent (org_id, expires_at) WHERE state = 'active';
CREATE INDEX consent_draft ON consent (org_id, made_at) WHERE state = 'draft';
