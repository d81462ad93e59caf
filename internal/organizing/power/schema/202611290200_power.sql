-- +goose Up
-- A body that decides: a board, a council, a company. What it is called lies in sealed.
CREATE TABLE power_body (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);

-- A person in public office: public facts only, in sealed. after_id is whom they came after.
CREATE TABLE power_office (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	body_id TEXT NOT NULL,
	state TEXT NOT NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	after_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX power_office_body ON power_office (org_id, body_id);

-- Where an actor stood on an issue on a day, with the evidence in sealed. A row is
-- written once and never changed: the history is the rows.
CREATE TABLE power_position (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	actor TEXT NOT NULL,
	at BIGINT NOT NULL,
	stance BIGINT NOT NULL,
	influence BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX power_position_issue ON power_position (org_id, issue_id, actor, at);
CREATE INDEX power_position_actor ON power_position (org_id, actor, at);

-- Who among us has access. To whom, how and how well lies in sealed, under the
-- holder's own key: the row alone says only that there is something.
CREATE TABLE power_tie (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	institution_id TEXT NOT NULL,
	until BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX power_tie_person ON power_tie (org_id, person_id);

-- One strategy chart for each decision-maker and issue, and every version of it.
CREATE TABLE power_chart (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	issue_id TEXT NOT NULL,
	office_id TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	changed_at BIGINT NOT NULL,
	latest BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX power_chart_pair ON power_chart (org_id, issue_id, office_id);

CREATE TABLE power_chart_version (
	org_id TEXT NOT NULL,
	chart_id TEXT NOT NULL,
	n BIGINT NOT NULL,
	at BIGINT NOT NULL,
	role TEXT NOT NULL,
	sealed TEXT NOT NULL,
	PRIMARY KEY (org_id, chart_id, n)
);
