-- +goose Up
-- A curriculum and the draft of its next version. Teaching texts, about nobody.
CREATE TABLE learning_curriculum (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	version BIGINT NOT NULL,
	draft TEXT NOT NULL,
	changed BOOLEAN NOT NULL,
	made_at BIGINT NOT NULL,
	edition BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);

-- What was published, for good: a training says for ever what it taught.
CREATE TABLE learning_version (
	org_id TEXT NOT NULL,
	curriculum_id TEXT NOT NULL,
	version BIGINT NOT NULL,
	content TEXT NOT NULL,
	published_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, curriculum_id, version)
);

CREATE TABLE learning_training (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	curriculum_id TEXT NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	place TEXT NOT NULL,
	language TEXT NOT NULL,
	state TEXT NOT NULL,
	account_id TEXT NOT NULL,
	others BIGINT NOT NULL,
	encounter_id TEXT NOT NULL,
	edition BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX learning_training_at ON learning_training (org_id, at, id);

-- Who is expected, and afterwards who was there. Ids only.
CREATE TABLE learning_present (
	org_id TEXT NOT NULL,
	training_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	trainer BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, training_id, person_id)
);
CREATE INDEX learning_present_of ON learning_present (org_id, person_id, training_id);

-- A skill that somebody saw, at which encounter, and who says so.
CREATE TABLE learning_skill (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	skill TEXT NOT NULL,
	encounter_id TEXT NOT NULL,
	seen_at BIGINT NOT NULL,
	signed_by TEXT NOT NULL,
	signed_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX learning_skill_of ON learning_skill (org_id, person_id, skill);
