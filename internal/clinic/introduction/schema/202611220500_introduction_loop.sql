-- +goose Up
-- One row per introduction. Everything that identifies the person is in sealed,
-- under the person's own key; person is a random id that belongs to this row
-- alone and is emptied when the person is erased.
CREATE TABLE introduction (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	person TEXT NOT NULL,
	group_id TEXT NOT NULL,
	site TEXT NOT NULL,
	mode TEXT NOT NULL,
	state TEXT NOT NULL,
	ending TEXT NOT NULL,
	reason TEXT NOT NULL,
	how TEXT NOT NULL,
	offered_by TEXT NOT NULL,
	owner TEXT NOT NULL,
	redirect_to TEXT NOT NULL,
	counted TEXT NOT NULL,
	began BIGINT NOT NULL,
	sent_at BIGINT NOT NULL,
	acknowledged_at BIGINT NOT NULL,
	accepted_at BIGINT NOT NULL,
	redirected_at BIGINT NOT NULL,
	connected_at BIGINT NOT NULL,
	participates_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	handoff_at BIGINT NOT NULL,
	asked_stop_at BIGINT NOT NULL,
	next_owner TEXT NOT NULL,
	next_key TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	level BIGINT NOT NULL,
	look_at BIGINT NOT NULL,
	erase_at BIGINT NOT NULL,
	receipt_hash TEXT NOT NULL,
	phone_blind TEXT NOT NULL,
	sealed TEXT NOT NULL,
	sealed_version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
-- The board reads what is open in the order of its clocks; ended rows have no clock.
CREATE INDEX introduction_due ON introduction (org_id, due_at, id) WHERE due_at > 0;
CREATE INDEX introduction_look ON introduction (org_id, look_at) WHERE look_at > 0;
CREATE INDEX introduction_erase ON introduction (org_id, erase_at) WHERE erase_at > 0;
CREATE INDEX introduction_offered ON introduction (org_id, offered_by, id) WHERE offered_by <> '';
CREATE INDEX introduction_person ON introduction (org_id, person) WHERE person <> '';
CREATE INDEX introduction_receipt ON introduction (receipt_hash) WHERE receipt_hash <> '';
CREATE INDEX introduction_phone ON introduction (org_id, phone_blind) WHERE phone_blind <> '';

-- What a group may see, and until when. At most one is open per introduction.
CREATE TABLE introduction_share (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	introduction_id TEXT NOT NULL,
	group_id TEXT NOT NULL,
	began BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	ended BIGINT NOT NULL,
	reply TEXT NOT NULL,
	group_phone TEXT NOT NULL,
	code_sealed TEXT NOT NULL,
	code_version BIGINT NOT NULL,
	code_tries BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX introduction_share_group ON introduction_share (org_id, group_id, began) WHERE ended = 0;
CREATE INDEX introduction_share_of ON introduction_share (org_id, introduction_id, began);
CREATE INDEX introduction_share_phone ON introduction_share (org_id, group_phone) WHERE ended = 0;

-- Links to a share or a recall; only the hash of the token is kept.
CREATE TABLE introduction_link (
	org_id TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	share_id TEXT NOT NULL,
	made BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (org_id, token_hash)
);
CREATE UNIQUE INDEX introduction_link_token ON introduction_link (token_hash);
CREATE INDEX introduction_link_share ON introduction_link (org_id, share_id);

-- Short sessions without an account: a group's link, or the person's own page.
CREATE TABLE introduction_session (
	org_id TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	made BIGINT NOT NULL,
	seen BIGINT NOT NULL,
	PRIMARY KEY (org_id, token_hash)
);
CREATE UNIQUE INDEX introduction_session_token ON introduction_session (token_hash);
CREATE INDEX introduction_session_subject ON introduction_session (org_id, subject);

CREATE TABLE introduction_step (
	org_id TEXT NOT NULL,
	introduction_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	at BIGINT NOT NULL,
	verb TEXT NOT NULL,
	from_state TEXT NOT NULL,
	to_state TEXT NOT NULL,
	party TEXT NOT NULL,
	code TEXT NOT NULL,
	PRIMARY KEY (org_id, introduction_id, n)
);

CREATE TABLE introduction_attempt (
	org_id TEXT NOT NULL,
	introduction_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	share_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	channel TEXT NOT NULL,
	result TEXT NOT NULL,
	party TEXT NOT NULL,
	PRIMARY KEY (org_id, introduction_id, n)
);

CREATE TABLE introduction_handoff (
	org_id TEXT NOT NULL,
	introduction_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	how TEXT NOT NULL,
	at BIGINT NOT NULL,
	happened BOOLEAN NOT NULL,
	present TEXT NOT NULL,
	PRIMARY KEY (org_id, introduction_id, n)
);

-- What a group was asked to forget, and whether it said it has. Outlives the
-- introduction by ninety days, found by the person's receipt, with nothing about
-- the person in it.
CREATE TABLE introduction_recall (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	share_id TEXT NOT NULL,
	group_id TEXT NOT NULL,
	receipt_hash TEXT NOT NULL,
	why TEXT NOT NULL,
	asked BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	answered_by TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	keep_until BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX introduction_recall_receipt ON introduction_recall (receipt_hash);
CREATE INDEX introduction_recall_share ON introduction_recall (org_id, share_id);
CREATE INDEX introduction_recall_due ON introduction_recall (org_id, due_at) WHERE due_at > 0;

-- Who of the staff has seen a person on the board today: one audit row a day is
-- what "who looked" needs; the board reloads by itself.
CREATE TABLE introduction_seen (
	org_id TEXT NOT NULL,
	actor TEXT NOT NULL,
	introduction_id TEXT NOT NULL,
	day TEXT NOT NULL,
	PRIMARY KEY (org_id, actor, introduction_id)
);
CREATE INDEX introduction_seen_day ON introduction_seen (org_id, day);

CREATE TABLE introduction_roster (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	site TEXT NOT NULL,
	languages TEXT NOT NULL,
	from_at BIGINT NOT NULL,
	until_at BIGINT NOT NULL,
	walk_over BOOLEAN NOT NULL,
	by_phone BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX introduction_roster_until ON introduction_roster (org_id, until_at);

CREATE TABLE introduction_settings (
	org_id TEXT NOT NULL PRIMARY KEY,
	escalation_account TEXT NOT NULL,
	holidays TEXT NOT NULL,
	acknowledge_days BIGINT NOT NULL,
	attempt_days BIGINT NOT NULL,
	close_days BIGINT NOT NULL
);

CREATE TABLE introduction_version (
	org_id TEXT NOT NULL PRIMARY KEY,
	n BIGINT NOT NULL
);

-- Counts without names.
CREATE TABLE offer_count (
	org_id TEXT NOT NULL,
	site TEXT NOT NULL,
	month TEXT NOT NULL,
	language TEXT NOT NULL,
	outcome TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, site, month, language, outcome)
);

-- A clinician's own two numbers, for nobody else.
CREATE TABLE my_count (
	org_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	month TEXT NOT NULL,
	sent BIGINT NOT NULL,
	met BIGINT NOT NULL,
	PRIMARY KEY (org_id, account_id, month)
);
