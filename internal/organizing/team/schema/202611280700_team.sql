-- +goose Up
-- A team: what it is called, is for and has agreed on lies in sealed.
CREATE TABLE team (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	campaign_id TEXT NOT NULL,
	rhythm TEXT NOT NULL,
	next_chair TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX team_state ON team (org_id, state, id);
CREATE INDEX team_campaign ON team (org_id, campaign_id) WHERE campaign_id <> '';

-- Who is in it, as what and until when. The name shown in this team, and how the
-- others may reach them, is the member's own choice and under the member's key.
CREATE TABLE team_member (
	org_id TEXT NOT NULL,
	team_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	role TEXT NOT NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	left_at BIGINT NOT NULL,
	reachable BOOLEAN NOT NULL,
	may_chair BOOLEAN NOT NULL,
	chaired_at BIGINT NOT NULL,
	chaired BIGINT NOT NULL,
	sealed TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (org_id, team_id, person_id)
);
CREATE INDEX team_member_person ON team_member (org_id, person_id);
