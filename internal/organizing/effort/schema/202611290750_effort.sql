-- +goose Up
-- What staff's hours went into, and which fund paid them. There is no text about
-- anybody: a day, minutes, a class from a list, a fund. The funds' names lie in sealed.
CREATE TABLE effort_fund (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	open BOOLEAN NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);

CREATE TABLE effort_entry (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	day TEXT NOT NULL,
	minutes BIGINT NOT NULL,
	class TEXT NOT NULL,
	fund_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX effort_entry_day ON effort_entry (org_id, day);
CREATE INDEX effort_entry_own ON effort_entry (org_id, account_id, day);

-- Who wants to be reminded on Fridays.
CREATE TABLE effort_reminder (
	org_id TEXT NOT NULL,
	account_id TEXT NOT NULL,
	PRIMARY KEY (org_id, account_id)
);
