-- +goose Up
-- What other people's directories said, and how each reading of them changed ours.

-- One row per reading: previewed, then applied, then perhaps undone.
CREATE TABLE directory_batch (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	feed TEXT NOT NULL,
	format TEXT NOT NULL,
	lang TEXT NOT NULL,
	files TEXT NOT NULL,
	state TEXT NOT NULL,
	lines BIGINT NOT NULL,
	records BIGINT NOT NULL,
	made BIGINT NOT NULL,
	made_by TEXT NOT NULL,
	applied BIGINT NOT NULL,
	applied_by TEXT NOT NULL,
	undone BIGINT NOT NULL,
	undone_by TEXT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX directory_batch_made ON directory_batch (org_id, made);

-- The report, line by line.
CREATE TABLE directory_batch_line (
	org_id TEXT NOT NULL,
	batch TEXT NOT NULL,
	n BIGINT NOT NULL,
	level TEXT NOT NULL,
	file TEXT NOT NULL,
	file_row BIGINT NOT NULL,
	pointer TEXT NOT NULL,
	message TEXT NOT NULL,
	args TEXT NOT NULL,
	PRIMARY KEY (org_id, batch, n)
);
CREATE INDEX directory_batch_line_level ON directory_batch_line (org_id, batch, level, n);

-- What was read, beside what it would do. seen is a digest of what stood in the
-- directory when the preview was made: applying refuses when that has changed.
CREATE TABLE directory_batch_record (
	org_id TEXT NOT NULL,
	batch TEXT NOT NULL,
	n BIGINT NOT NULL,
	source TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	action TEXT NOT NULL,
	taken BOOLEAN NOT NULL,
	card TEXT NOT NULL,
	changes TEXT NOT NULL,
	twin_kind TEXT NOT NULL,
	twin TEXT NOT NULL,
	twin_name TEXT NOT NULL,
	seen TEXT NOT NULL,
	outcome TEXT NOT NULL,
	PRIMARY KEY (org_id, batch, n)
);
CREATE INDEX directory_batch_record_action ON directory_batch_record (org_id, batch, action, n);

-- What the feeds say now: the last applied record of every foreign id. A service
-- shows as the programme named here; an organization shows nowhere until a
-- steward makes a draft group of it (group_id).
CREATE TABLE directory_batch_source (
	org_id TEXT NOT NULL,
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	feed TEXT NOT NULL,
	origin TEXT NOT NULL,
	name TEXT NOT NULL,
	folded TEXT NOT NULL,
	card TEXT NOT NULL,
	batch TEXT NOT NULL,
	programme TEXT NOT NULL,
	written TEXT NOT NULL,
	group_id TEXT NOT NULL,
	created BIGINT NOT NULL,
	updated BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX directory_batch_source_name ON directory_batch_source (org_id, kind, folded, id);

-- How things were before a batch touched them, and a digest of how it left them.
CREATE TABLE directory_batch_undo (
	org_id TEXT NOT NULL,
	batch TEXT NOT NULL,
	n BIGINT NOT NULL,
	source TEXT NOT NULL,
	source_before TEXT NOT NULL,
	source_after TEXT NOT NULL,
	programme TEXT NOT NULL,
	programme_before TEXT NOT NULL,
	programme_after TEXT NOT NULL,
	PRIMARY KEY (org_id, batch, n)
);
