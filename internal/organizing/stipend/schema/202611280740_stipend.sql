-- +goose Up
-- What taking part costs, and what is paid for it. The name lies under the
-- person's key; nothing says what somebody lives on or why.
CREATE TABLE stipend (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	purpose TEXT NOT NULL,
	ref TEXT NOT NULL,
	amount BIGINT NOT NULL,
	currency TEXT NOT NULL,
	day TEXT NOT NULL,
	state TEXT NOT NULL,
	asked_by TEXT NOT NULL,
	asked_at BIGINT NOT NULL,
	settled_by TEXT NOT NULL,
	settled_at BIGINT NOT NULL,
	notice_at BIGINT NOT NULL,
	notice_by TEXT NOT NULL,
	notice_lang TEXT NOT NULL,
	paid_by TEXT NOT NULL,
	paid_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX stipend_state ON stipend (org_id, state, id);
CREATE INDEX stipend_person ON stipend (org_id, person_id, id);
