-- +goose Up
-- One short row and one line about it: what a small change of a room writes.
CREATE TABLE bench_note (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE TABLE bench_line (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	about TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
