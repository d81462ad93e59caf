-- +goose Up
-- One row per decision. The words are sealed under the organization's key. spec,
-- quorum and result are small JSON texts. key_sealed is the signing key of a
-- secret decision while it is open, under a key of its own (key_id) in the key
-- store, which is destroyed when voting closes.
CREATE TABLE decision_decision (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	ref TEXT NOT NULL,
	state TEXT NOT NULL,
	openness TEXT NOT NULL,
	spec TEXT NOT NULL,
	quorum TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	opens_at BIGINT NOT NULL,
	closes_at BIGINT NOT NULL,
	opened_at BIGINT NOT NULL,
	closed_at BIGINT NOT NULL,
	recorded_at BIGINT NOT NULL,
	link_hash TEXT NOT NULL,
	words TEXT NOT NULL,
	words_version BIGINT NOT NULL,
	notes TEXT NOT NULL,
	notes_version BIGINT NOT NULL,
	key_id TEXT NOT NULL,
	key_sealed TEXT NOT NULL,
	key_public TEXT NOT NULL,
	issued BIGINT NOT NULL,
	result TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX decision_decision_link ON decision_decision (link_hash);
CREATE INDEX decision_decision_made ON decision_decision (org_id, made_at, id);
CREATE INDEX decision_decision_ref ON decision_decision (org_id, ref, made_at) WHERE ref <> '';
CREATE INDEX decision_decision_closes ON decision_decision (closes_at) WHERE state = 'open';

-- Who may vote. given says that a ballot was handed to them, not how, when or
-- which: nothing in this row leads to one.
CREATE TABLE decision_voter (
	org_id TEXT NOT NULL,
	decision_id TEXT NOT NULL,
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	code_hash TEXT NOT NULL,
	given BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, decision_id, id)
);
CREATE UNIQUE INDEX decision_voter_person ON decision_voter (org_id, decision_id, person_id) WHERE person_id <> '';
CREATE INDEX decision_voter_of ON decision_voter (org_id, person_id) WHERE person_id <> '';
CREATE INDEX decision_voter_code ON decision_voter (org_id, decision_id, code_hash) WHERE code_hash <> '';

-- The ballot box: one row, so that no order of arrival exists in it. ballots is a
-- list in the order of random tokens, sealed while a secret decision is open; slips the marks of printed codes; signed the
-- digests of what was signed blindly, so that a lost answer can be asked for again.
CREATE TABLE decision_box (
	org_id TEXT NOT NULL,
	decision_id TEXT NOT NULL,
	ballots TEXT NOT NULL,
	slips TEXT NOT NULL,
	signed TEXT NOT NULL,
	PRIMARY KEY (org_id, decision_id)
);

-- A paper ballot that one helper has typed and another has not yet.
CREATE TABLE decision_paper (
	org_id TEXT NOT NULL,
	decision_id TEXT NOT NULL,
	code TEXT NOT NULL,
	choice TEXT NOT NULL,
	account_id TEXT NOT NULL,
	PRIMARY KEY (org_id, decision_id, code)
);

-- Only where everybody taking part sees who said what: the answer, under the
-- person's own key.
CREATE TABLE decision_voice (
	org_id TEXT NOT NULL,
	decision_id TEXT NOT NULL,
	voter_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	sealed_version BIGINT NOT NULL,
	PRIMARY KEY (org_id, decision_id, voter_id)
);
