-- +goose Up
-- Something that changed or is to change. Words, who else helped and the reasons of
-- every number lie in sealed.
CREATE TABLE change_record (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	level TEXT NOT NULL,
	affected BIGINT NOT NULL,
	money BIGINT NOT NULL,
	currency TEXT NOT NULL,
	rating TEXT NOT NULL,
	protected_until BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX change_record_issue ON change_record (org_id, issue_id, made_at);

-- A step of the ladder, or what stood in the way, on its day. One that another room
-- proposed counts once somebody has confirmed it.
CREATE TABLE change_step (
	org_id TEXT NOT NULL,
	change_id TEXT NOT NULL,
	id TEXT NOT NULL,
	mark TEXT NOT NULL,
	back_to TEXT NOT NULL,
	on_day BIGINT NOT NULL,
	state TEXT NOT NULL,
	ref TEXT NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	settled_by TEXT NOT NULL,
	settled_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, change_id, id)
);
