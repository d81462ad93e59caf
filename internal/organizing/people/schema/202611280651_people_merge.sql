-- +goose Up
-- Two rows that are one person. A merge links them; nothing else is rewritten but
-- the survivor's profile, when parts of it were chosen from the other row, and of
-- that the version before is kept for the undoing. What is sealed here is sealed
-- under the survivor's own key.
CREATE TABLE people_merge (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	survivor TEXT NOT NULL,
	taken TEXT NOT NULL,
	taken_state TEXT NOT NULL,
	state TEXT NOT NULL,
	chosen TEXT NOT NULL,
	sealed_version BIGINT NOT NULL,
	before_sealed TEXT NOT NULL,
	before_version BIGINT NOT NULL,
	before_phone TEXT NOT NULL,
	before_email TEXT NOT NULL,
	kept_sealed TEXT NOT NULL,
	kept_version BIGINT NOT NULL,
	by_account TEXT NOT NULL,
	at BIGINT NOT NULL,
	undone_by TEXT NOT NULL,
	undone_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX people_merge_into ON people_merge (org_id, survivor, at);
CREATE INDEX people_merge_of ON people_merge (org_id, taken, at);
