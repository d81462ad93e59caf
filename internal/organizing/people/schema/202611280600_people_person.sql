-- +goose Up
-- One row per person who agreed to be in the organizing room. Everything that
-- identifies them is in sealed, under the person's own key.
CREATE TABLE people_person (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	source TEXT NOT NULL,
	owner TEXT NOT NULL,
	account_id TEXT NOT NULL,
	joined_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	one_to_one_at BIGINT NOT NULL,
	rest_until BIGINT NOT NULL,
	merged_into TEXT NOT NULL,
	code_hash TEXT NOT NULL,
	phone_blind TEXT NOT NULL,
	email_blind TEXT NOT NULL,
	sealed TEXT NOT NULL,
	sealed_version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX people_person_owner ON people_person (org_id, owner, last_at, id) WHERE state = 'active';
CREATE INDEX people_person_last ON people_person (org_id, last_at, id);
CREATE INDEX people_person_account ON people_person (org_id, account_id) WHERE account_id <> '';
CREATE INDEX people_person_code ON people_person (code_hash) WHERE code_hash <> '';
CREATE INDEX people_person_phone ON people_person (org_id, phone_blind) WHERE phone_blind <> '';
CREATE INDEX people_person_email ON people_person (org_id, email_blind) WHERE email_blind <> '';

-- Congregations, unions, schools, clinics: organizations that people name.
CREATE TABLE people_institution (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	member BOOLEAN NOT NULL,
	closed BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, id)
);

CREATE TABLE people_belongs (
	org_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	PRIMARY KEY (org_id, person_id, institution_id)
);
CREATE INDEX people_belongs_to ON people_belongs (org_id, institution_id, person_id);

-- Dated encounters: what a relationship is made of. ref says which thing of
-- another room it was (a meeting, a session, a training).
CREATE TABLE people_encounter (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	purpose TEXT NOT NULL,
	state TEXT NOT NULL,
	at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	place TEXT NOT NULL,
	language TEXT NOT NULL,
	led_by TEXT NOT NULL,
	account_id TEXT NOT NULL,
	ref TEXT NOT NULL,
	others BIGINT NOT NULL,
	readers TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX people_encounter_at ON people_encounter (org_id, at, id);
CREATE INDEX people_encounter_by ON people_encounter (org_id, account_id, at);
CREATE UNIQUE INDEX people_encounter_ref ON people_encounter (org_id, ref) WHERE ref <> '';

-- Who was there, and which role they played. The note is about this person, and
-- under their key.
CREATE TABLE people_present (
	org_id TEXT NOT NULL,
	encounter_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	role TEXT NOT NULL,
	at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	sealed_version BIGINT NOT NULL,
	PRIMARY KEY (org_id, encounter_id, person_id)
);
CREATE INDEX people_present_of ON people_present (org_id, person_id, at);

-- Who promised what to whom by when. A person's words are under their key.
CREATE TABLE people_commitment (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	to_person TEXT NOT NULL,
	to_account TEXT NOT NULL,
	encounter_id TEXT NOT NULL,
	ref TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	state TEXT NOT NULL,
	instead_of TEXT NOT NULL,
	remind BOOLEAN NOT NULL,
	made_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX people_commitment_due ON people_commitment (org_id, due_at, id) WHERE state = 'open';
CREATE INDEX people_commitment_person ON people_commitment (org_id, person_id, due_at);
CREATE INDEX people_commitment_account ON people_commitment (org_id, account_id, due_at);

-- Counts every change of a name or a way of contact, so that names held in memory are never old.
CREATE TABLE people_version (
	org_id TEXT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);

-- Who has seen a person in a list today: one audit row a day is what "who looked" needs.
CREATE TABLE people_seen (
	org_id TEXT NOT NULL,
	actor TEXT NOT NULL,
	person_id TEXT NOT NULL,
	day TEXT NOT NULL,
	PRIMARY KEY (org_id, actor, person_id)
);
CREATE INDEX people_seen_day ON people_seen (org_id, day);
