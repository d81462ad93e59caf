-- +goose Up
CREATE TABLE idempotency (
	org_id TEXT NOT NULL,
	actor TEXT NOT NULL,
	idem_key TEXT NOT NULL,
	action TEXT NOT NULL,
	result TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, actor, idem_key)
);
CREATE INDEX idempotency_at ON idempotency (at);
