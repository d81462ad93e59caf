-- +goose Up
-- The board of one place, what has ended lately, and what a booked meeting needs.
CREATE INDEX introduction_due_site ON introduction (org_id, site, due_at, id) WHERE due_at > 0;
CREATE INDEX introduction_ended ON introduction (org_id, ended_at, id) WHERE ended_at > 0;
ALTER TABLE introduction_handoff ADD COLUMN needs TEXT NOT NULL DEFAULT '';
