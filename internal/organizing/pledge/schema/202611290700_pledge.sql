-- +goose Up
-- What people in public office, and the clinic itself, promised. Who, the words and
-- the evidence lie in sealed; only codes, days and accounts stand here. Days are
-- the clinic's own, as YYYY-MM-DD; '' for none.
CREATE TABLE pledge (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	topic TEXT NOT NULL,
	ref TEXT NOT NULL,
	issue TEXT NOT NULL,
	office TEXT NOT NULL,
	state TEXT NOT NULL,
	said_on TEXT NOT NULL,
	due_on TEXT NOT NULL,
	check_on TEXT NOT NULL,
	renew_on TEXT NOT NULL,
	public BOOLEAN NOT NULL,
	withdrawn BOOLEAN NOT NULL,
	owner TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	public_at BIGINT NOT NULL,
	instead_of TEXT NOT NULL,
	superseded_by TEXT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX pledge_state ON pledge (org_id, public, state, id);
CREATE INDEX pledge_check ON pledge (org_id, check_on);

-- The part of a promise that one body does, with a state of its own.
CREATE TABLE pledge_part (
	org_id TEXT NOT NULL,
	pledge_id TEXT NOT NULL,
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	place BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, pledge_id, id)
);

-- What somebody asked to change, with the evidence, and who else said that it is so.
-- Nothing of it shows to the public before the second one.
CREATE TABLE pledge_change (
	org_id TEXT NOT NULL,
	pledge_id TEXT NOT NULL,
	id TEXT NOT NULL,
	part_id TEXT NOT NULL,
	act TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	other_id TEXT NOT NULL,
	answer TEXT NOT NULL,
	asked_by TEXT NOT NULL,
	asked_at BIGINT NOT NULL,
	second_by TEXT NOT NULL,
	second_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, pledge_id, id)
);
CREATE INDEX pledge_change_waiting ON pledge_change (org_id, answer, pledge_id);
