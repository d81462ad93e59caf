-- +goose Up
-- What an organizer set for their own work: how many one-to-ones a week, how many
-- follow-ups at once, and who may read notes that are only theirs.
CREATE TABLE people_practice (
	org_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	weekly BIGINT NOT NULL,
	open_most BIGINT NOT NULL,
	supervisor TEXT NOT NULL,
	PRIMARY KEY (org_id, account_id)
);

-- How an installation calls the rungs of the ladder; empty means the usual word.
CREATE TABLE people_label (
	org_id TEXT NOT NULL,
	rung TEXT NOT NULL,
	label TEXT NOT NULL,
	PRIMARY KEY (org_id, rung)
);
