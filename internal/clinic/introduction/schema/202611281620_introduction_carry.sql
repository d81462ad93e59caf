-- +goose Up
-- Who said yes to being kept apart from the clinic's room. Nothing here says where
-- that led: no id of the other side is stored.
CREATE TABLE introduction_carry (
	org_id TEXT NOT NULL,
	introduction_id TEXT NOT NULL,
	consent_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, introduction_id)
);
