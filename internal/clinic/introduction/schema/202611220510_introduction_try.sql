-- +goose Up
-- Wrong codes at the door of My information, per network and quarter of an hour.
-- The network is a digest of a coarse address; rows of the past are removed.
CREATE TABLE introduction_try (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	slot BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, id, slot)
);
