-- +goose Up
-- Counts by month of what must not be an event with a time and an actor: only
-- that something happened so often. The month over, they become one event each.
CREATE TABLE audit_tally (
	org_id TEXT NOT NULL,
	month TEXT NOT NULL,
	code TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, month, code)
);
