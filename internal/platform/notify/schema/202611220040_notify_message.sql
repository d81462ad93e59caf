-- +goose Up
-- No address and no text: only which template, about what, by which channel, how far.
-- msg_key is the message's id when nobody gave one, so that one constraint serves both.
CREATE TABLE notify_message (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	room TEXT NOT NULL,
	ref_id TEXT NOT NULL,
	msg_key TEXT NOT NULL,
	channel TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'handed_to_gateway', 'delivered', 'failed', 'unknown', 'to_hand_over', 'handed_over', 'not_sent')),
	why TEXT NOT NULL,
	no_voicemail BOOLEAN NOT NULL,
	attempts BIGINT NOT NULL,
	not_before BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, msg_key)
);
CREATE INDEX notify_message_open ON notify_message (org_id, state, created_at);
CREATE INDEX notify_message_ref ON notify_message (org_id, room, ref_id);

-- Numbers and addresses that said stop, as blind indexes.
CREATE TABLE notify_stop (
	org_id TEXT NOT NULL,
	hash TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, hash)
);
