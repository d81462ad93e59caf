-- +goose Up
-- A turn of the cycle: where it stands and whose it is in plain, its words and what
-- was learned before it sealed under the clinic's table key.
CREATE TABLE cycle (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	phase TEXT NOT NULL,
	from_cycle TEXT NOT NULL,
	keeper_account TEXT NOT NULL,
	began_at BIGINT NOT NULL,
	phase_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX cycle_began ON cycle (org_id, began_at, id);
CREATE INDEX cycle_keeper ON cycle (org_id, keeper_account) WHERE keeper_account <> '';

-- What belongs to a cycle and lives in other rooms: "team:ID", "campaign:ID".
CREATE TABLE cycle_link (
	org_id TEXT NOT NULL,
	cycle_id TEXT NOT NULL,
	ref TEXT NOT NULL,
	PRIMARY KEY (org_id, cycle_id, ref)
);

-- An issue: the problem, the ask and its reasons lie in sealed. office_id names a
-- person in public office in the room of power; it may be empty.
CREATE TABLE cycle_issue (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	cycle_id TEXT NOT NULL,
	state TEXT NOT NULL,
	phase TEXT NOT NULL,
	phase_at BIGINT NOT NULL,
	from_issue TEXT NOT NULL,
	team_id TEXT NOT NULL,
	office_id TEXT NOT NULL,
	ask_due BIGINT NOT NULL,
	set_id TEXT NOT NULL,
	set_version BIGINT NOT NULL,
	decision_id TEXT NOT NULL,
	choice TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX cycle_issue_of ON cycle_issue (org_id, cycle_id, made_at, id);
CREATE INDEX cycle_issue_made ON cycle_issue (org_id, made_at, id);

-- A score has the list and its version beside it: editing a list changes no score.
CREATE TABLE cycle_score (
	org_id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	set_id TEXT NOT NULL,
	set_version BIGINT NOT NULL,
	criterion TEXT NOT NULL,
	score BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, issue_id, set_id, set_version, criterion)
);

-- The clinic's own lists of criteria; a version is written once.
CREATE TABLE cycle_criteria (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	version BIGINT NOT NULL,
	base TEXT NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id, version)
);

-- Who changed what when, as what; reasons are sealed. Rows are only added, and no
-- counts them within a cycle.
CREATE TABLE cycle_log (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	cycle_id TEXT NOT NULL,
	no BIGINT NOT NULL,
	issue_id TEXT NOT NULL,
	at BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	role TEXT NOT NULL,
	act TEXT NOT NULL,
	was TEXT NOT NULL,
	becomes TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX cycle_log_cycle ON cycle_log (org_id, cycle_id, at, no);

-- The notebook of the organizers. A note that names somebody is sealed under that
-- person's key and goes with it.
CREATE TABLE cycle_note (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	cycle_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	person_id TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	done_at BIGINT NOT NULL,
	account_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX cycle_note_of ON cycle_note (org_id, cycle_id, made_at, id);
CREATE INDEX cycle_note_person ON cycle_note (org_id, person_id) WHERE person_id <> '';

-- From which organizer to which; taken_at says when the other one had read it.
CREATE TABLE cycle_handover (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	cycle_id TEXT NOT NULL,
	from_account TEXT NOT NULL,
	to_account TEXT NOT NULL,
	at BIGINT NOT NULL,
	taken_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX cycle_handover_to ON cycle_handover (org_id, to_account, taken_at);
