-- +goose Up
-- A conversation is what people vote on. The token of its address is sealed so
-- that a poster can be printed again. gone counts voters who took everything back
-- since the last picture; ended is the hour in which it was closed.
CREATE TABLE statement_conversation (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	language TEXT NOT NULL,
	live BOOLEAN NOT NULL,
	min_group BIGINT NOT NULL,
	most_per_hour BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	closed BOOLEAN NOT NULL,
	ended BIGINT NOT NULL,
	gone BIGINT NOT NULL,
	token_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX statement_conversation_token ON statement_conversation (token_hash);
CREATE INDEX statement_conversation_campaign ON statement_conversation (org_id, campaign_id, id);

-- One row per statement. sent_hash leads its sender back to it, by another digest
-- of the receipt than the one of the votes: the table links no words to votes.
-- left_* are votes of people who left that the published numbers still hold.
CREATE TABLE statement_statement (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	conversation_id TEXT NOT NULL,
	language TEXT NOT NULL,
	state TEXT NOT NULL,
	reason TEXT NOT NULL,
	batch TEXT NOT NULL,
	held BOOLEAN NOT NULL,
	left_disagree BIGINT NOT NULL,
	left_pass BIGINT NOT NULL,
	left_agree BIGINT NOT NULL,
	sent_hash TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX statement_statement_conversation ON statement_statement (org_id, conversation_id, state, id);
CREATE INDEX statement_statement_sent ON statement_statement (org_id, conversation_id, sent_hash) WHERE sent_hash <> '';

-- A voter is a random id behind the digest of a receipt, and nothing else.
CREATE TABLE statement_voter (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	conversation_id TEXT NOT NULL,
	receipt_hash TEXT NOT NULL,
	fresh BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX statement_voter_receipt ON statement_voter (receipt_hash);
CREATE INDEX statement_voter_fresh ON statement_voter (org_id, conversation_id, fresh);

-- The last vote of a voter on a statement: -1, 0 or 1. There is no time. counted is
-- the vote that the published numbers hold; 9 while they hold none.
CREATE TABLE statement_vote (
	org_id TEXT NOT NULL,
	conversation_id TEXT NOT NULL,
	voter_id TEXT NOT NULL,
	statement_id TEXT NOT NULL,
	vote BIGINT NOT NULL,
	counted BIGINT NOT NULL,
	PRIMARY KEY (org_id, conversation_id, voter_id, statement_id)
);
CREATE INDEX statement_vote_statement ON statement_vote (org_id, statement_id, counted);

-- Tallies of votes on paper: numbers without voters.
CREATE TABLE statement_paper (
	org_id TEXT NOT NULL,
	batch TEXT NOT NULL,
	conversation_id TEXT NOT NULL,
	statement_id TEXT NOT NULL,
	agree BIGINT NOT NULL,
	disagree BIGINT NOT NULL,
	pass BIGINT NOT NULL,
	fresh BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, batch, statement_id)
);
CREATE INDEX statement_paper_conversation ON statement_paper (org_id, conversation_id);

-- What is published: the newest picture of a conversation, counted by number.
CREATE TABLE statement_release (
	org_id TEXT NOT NULL,
	conversation_id TEXT NOT NULL,
	number BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, conversation_id)
);
