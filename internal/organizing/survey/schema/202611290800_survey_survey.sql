-- +goose Up
-- A survey: which instruments, whom it asks. Title and departments are sealed under
-- the clinic's table key.
CREATE TABLE survey_survey (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	instruments TEXT NOT NULL,
	account TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX survey_survey_made ON survey_survey (org_id, made_at, id);

-- One time of asking. What is sealed: languages, which words were used, what the
-- answers are for, what the ethics board said.
CREATE TABLE survey_wave (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	survey_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	label TEXT NOT NULL,
	ref TEXT NOT NULL,
	state TEXT NOT NULL,
	aim TEXT NOT NULL,
	opens_at BIGINT NOT NULL,
	closes_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	cards BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX survey_wave_number ON survey_wave (org_id, survey_id, number);
CREATE INDEX survey_wave_ref ON survey_wave (org_id, ref) WHERE ref <> '';
CREATE INDEX survey_wave_running ON survey_wave (org_id, closes_at) WHERE state = 'running';

-- The words of an instrument that a clinic brought, with who attested the
-- permission and what it says. Never changed: new words are a new row.
CREATE TABLE survey_wording (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	instrument TEXT NOT NULL,
	version TEXT NOT NULL,
	language TEXT NOT NULL,
	account TEXT NOT NULL,
	attested_at BIGINT NOT NULL,
	retired BOOLEAN NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX survey_wording_instrument ON survey_wording (org_id, instrument, language, attested_at);

-- Who is asked. The pseudonym is sealed under the person's own key, and empty until
-- they say yes: without that key no row leads to their answers.
CREATE TABLE survey_member (
	org_id TEXT NOT NULL,
	survey_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, survey_id, person_id)
);
CREATE INDEX survey_member_person ON survey_member (org_id, person_id);

-- Ways to a wave: a code that is an address as well. A card of the staff goes away
-- when it is used; a person's code is sealed under the person's key.
CREATE TABLE survey_way (
	org_id TEXT NOT NULL,
	code_hash TEXT NOT NULL,
	wave_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	person_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, code_hash)
);
CREATE UNIQUE INDEX survey_way_code ON survey_way (code_hash);
CREATE INDEX survey_way_wave ON survey_way (org_id, wave_id);
CREATE INDEX survey_way_person ON survey_way (org_id, person_id) WHERE person_id <> '';

-- Answers. No time, no person, no order: place is a random number, and in SQLite it
-- is where the row lies, so that the order in which people answered is nowhere. once
-- tells a form that comes twice, and is the way back until the wave closes.
CREATE TABLE survey_response (
	place INTEGER PRIMARY KEY,
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	wave_id TEXT NOT NULL,
	pseudonym TEXT NOT NULL,
	batch_id TEXT NOT NULL,
	once TEXT NOT NULL,
	sealed TEXT NOT NULL
);
CREATE UNIQUE INDEX survey_response_id ON survey_response (org_id, id);
CREATE INDEX survey_response_wave ON survey_response (org_id, wave_id);
CREATE INDEX survey_response_pseudonym ON survey_response (org_id, pseudonym) WHERE pseudonym <> '';
CREATE UNIQUE INDEX survey_response_once ON survey_response (once) WHERE once <> '';

-- Paper sheets that are typed together: they count when as many were typed as there are.
CREATE TABLE survey_batch (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	wave_id TEXT NOT NULL,
	account TEXT NOT NULL,
	sheets BIGINT NOT NULL,
	typed BIGINT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX survey_batch_wave ON survey_batch (org_id, wave_id);

-- What was done in a month, in numbers.
CREATE TABLE survey_tally (
	org_id TEXT NOT NULL,
	month TEXT NOT NULL,
	one_to_ones BIGINT NOT NULL,
	meetings BIGINT NOT NULL,
	roles BIGINT NOT NULL,
	brought BIGINT NOT NULL,
	account TEXT NOT NULL,
	PRIMARY KEY (org_id, month)
);
