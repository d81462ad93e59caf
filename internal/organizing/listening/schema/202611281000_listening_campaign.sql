-- +goose Up
-- A campaign: states and dates in plain, its name, questions and goals sealed
-- under the clinic's table key.
CREATE TABLE listening_campaign (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	state TEXT NOT NULL,
	starts_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	opened_at BIGINT NOT NULL,
	checked_at BIGINT NOT NULL,
	closed_at BIGINT NOT NULL,
	agreed_at BIGINT NOT NULL,
	reported_at BIGINT NOT NULL,
	decided_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX listening_campaign_made ON listening_campaign (org_id, made_at, id);

-- Places of listening. A network has no people: no table of this room or another
-- may put a person beside one whose kind says what they have or are.
CREATE TABLE listening_network (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	share BIGINT NOT NULL,
	institution_id TEXT NOT NULL,
	added_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX listening_network_of ON listening_network (org_id, campaign_id, added_at, id);

-- Who listens: a person of the organizing room, or somebody of the staff. How
-- many possible people they have noted is a number; the list is theirs alone.
CREATE TABLE listening_listener (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	goal BIGINT NOT NULL,
	noted BIGINT NOT NULL,
	language TEXT NOT NULL,
	network_id TEXT NOT NULL,
	added_at BIGINT NOT NULL,
	left_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX listening_listener_of ON listening_listener (org_id, campaign_id, added_at, id);
CREATE INDEX listening_listener_person ON listening_listener (org_id, person_id, campaign_id) WHERE person_id <> '';
CREATE INDEX listening_listener_account ON listening_listener (org_id, account_id, campaign_id) WHERE account_id <> '';

-- A session is a count of people heard, and what they said as tallies. revision
-- and stamp order the versions of one report, so that devices that send again or
-- in another order end with the same row.
CREATE TABLE listening_session (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	state TEXT NOT NULL,
	kind TEXT NOT NULL,
	held_at BIGINT NOT NULL,
	minutes BIGINT NOT NULL,
	language TEXT NOT NULL,
	network_id TEXT NOT NULL,
	area_id TEXT NOT NULL,
	place TEXT NOT NULL,
	heard BIGINT NOT NULL,
	facilitator_person TEXT NOT NULL,
	facilitator_account TEXT NOT NULL,
	scribe_person TEXT NOT NULL,
	scribe_account TEXT NOT NULL,
	asked_call BIGINT NOT NULL,
	by_account TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	reported_at BIGINT NOT NULL,
	revision BIGINT NOT NULL,
	stamp TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX listening_session_of ON listening_session (org_id, campaign_id, held_at, id);
CREATE INDEX listening_session_by ON listening_session (org_id, campaign_id, by_account, held_at);

-- People who agreed to be spoken to about leading. Why is under their own key.
CREATE TABLE listening_leader (
	org_id TEXT NOT NULL,
	session_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, session_id, person_id)
);
CREATE INDEX listening_leader_person ON listening_leader (org_id, person_id);

-- A theme begins as the words of a report; leaders name, join and order them. A
-- merged theme keeps its row and its tallies: into_id says where it went.
CREATE TABLE listening_theme (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	parent_id TEXT NOT NULL,
	into_id TEXT NOT NULL,
	origin TEXT NOT NULL,
	told BIGINT NOT NULL,
	told_sessions BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX listening_theme_of ON listening_theme (org_id, campaign_id, made_at, id);

CREATE TABLE listening_tally (
	org_id TEXT NOT NULL,
	session_id TEXT NOT NULL,
	theme_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	PRIMARY KEY (org_id, session_id, theme_id)
);
CREATE INDEX listening_tally_of ON listening_tally (org_id, theme_id, session_id);

-- Which permitted quote stands under which theme. The words stay with the room
-- that holds the permission and are asked for at every reading.
CREATE TABLE listening_quote (
	org_id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	ref TEXT NOT NULL,
	theme_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (org_id, campaign_id, ref)
);

-- Everything done to the themes: who, when, from what to what.
CREATE TABLE listening_theme_log (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	verb TEXT NOT NULL,
	theme_id TEXT NOT NULL,
	other_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX listening_theme_log_of ON listening_theme_log (org_id, campaign_id, at, id);

-- What was found at the mid-point and what was changed.
CREATE TABLE listening_midpoint (
	org_id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	heard BIGINT NOT NULL,
	changes TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, campaign_id)
);

-- Publications of the counts, one after the other, with what each told: the next
-- one may not undo what they protect.
CREATE TABLE listening_release (
	org_id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	audience TEXT NOT NULL,
	no BIGINT NOT NULL,
	at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, campaign_id, audience, no)
);

-- Who was told what was heard, before anything is decided.
CREATE TABLE listening_report_back (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	how TEXT NOT NULL,
	reached BIGINT NOT NULL,
	languages TEXT NOT NULL,
	account_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX listening_report_back_of ON listening_report_back (org_id, campaign_id, at);

-- The decision: counts and words, never who voted how.
CREATE TABLE listening_decision (
	org_id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	method TEXT NOT NULL,
	people BIGINT NOT NULL,
	institutions BIGINT NOT NULL,
	of_institutions BIGINT NOT NULL,
	ballot_ref TEXT NOT NULL,
	account_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, campaign_id)
);

CREATE TABLE listening_option (
	org_id TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	theme_id TEXT NOT NULL,
	votes BIGINT NOT NULL,
	chosen BOOLEAN NOT NULL,
	team_id TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, campaign_id, n)
);
