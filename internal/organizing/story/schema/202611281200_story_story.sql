-- +goose Up
-- A story as it was told, and the words its teller approved. subject is the
-- person who told it, or a random id of the story's own when nobody is recorded;
-- all words are under that subject's key.
CREATE TABLE story_story (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	subject TEXT NOT NULL,
	known BOOLEAN NOT NULL,
	campaign_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	language TEXT NOT NULL,
	state TEXT NOT NULL,
	detail TEXT NOT NULL,
	identity TEXT NOT NULL,
	told_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	rest_until BIGINT NOT NULL,
	version BIGINT NOT NULL,
	approved BIGINT NOT NULL,
	approved_hash TEXT NOT NULL,
	code_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX story_story_changed ON story_story (org_id, changed_at, id);
CREATE INDEX story_story_subject ON story_story (org_id, subject);
CREATE INDEX story_story_campaign ON story_story (org_id, campaign_id) WHERE campaign_id <> '';
CREATE INDEX story_story_code ON story_story (code_hash) WHERE code_hash <> '';

-- Who changed the words, when. Digests only: the words themselves are kept once.
CREATE TABLE story_edit (
	org_id TEXT NOT NULL,
	story_id TEXT NOT NULL,
	version BIGINT NOT NULL,
	at BIGINT NOT NULL,
	party TEXT NOT NULL,
	account_id TEXT NOT NULL,
	hash TEXT NOT NULL,
	PRIMARY KEY (org_id, story_id, version)
);

-- Where a story was used. A use that must end stays open until somebody says
-- that it has been taken down.
CREATE TABLE story_use (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	story_id TEXT NOT NULL,
	place TEXT NOT NULL,
	account_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	down_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX story_use_of ON story_use (org_id, story_id, at);
CREATE INDEX story_use_ended ON story_use (org_id, ended_at) WHERE ended_at > 0 AND down_at = 0;

-- Wrong codes per network: slows down a flood, never keeps the right code out.
CREATE TABLE story_try (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	slot BIGINT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, id, slot)
);
