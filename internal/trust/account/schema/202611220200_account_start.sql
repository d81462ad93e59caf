-- +goose Up
-- Organizations and the people who sign in to them. Names and addresses are
-- ciphertext; links, codes and sessions are kept as hashes only.

CREATE TABLE organization (
    org_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    language   TEXT NOT NULL,
    zone       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE site (
    org_id      TEXT NOT NULL,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    archived_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id)
);

CREATE TABLE account (
    org_id         TEXT NOT NULL,
    id             TEXT NOT NULL,
    email_blind    TEXT NOT NULL,
    sealed         TEXT NOT NULL,
    sealed_version BIGINT NOT NULL,
    language       TEXT NOT NULL,
    handle         TEXT NOT NULL,
    token_version  BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    disabled_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, email_blind),
    UNIQUE (handle)
);

CREATE TABLE account_role (
    org_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    account_id TEXT NOT NULL,
    role       TEXT NOT NULL,
    group_id   TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, account_id, role),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

-- one row per account that has a password; id is the account's
CREATE TABLE account_password (
    org_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    hash       TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, id) REFERENCES account (org_id, id)
);

-- one row per account with an authenticator app; last_step refuses a used code
CREATE TABLE account_totp (
    org_id         TEXT NOT NULL,
    id             TEXT NOT NULL,
    sealed         TEXT NOT NULL,
    sealed_version BIGINT NOT NULL,
    last_step      BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, id) REFERENCES account (org_id, id)
);

CREATE TABLE account_recovery (
    org_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    account_id TEXT NOT NULL,
    code_hash  TEXT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    UNIQUE (org_id, account_id, code_hash),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

CREATE TABLE account_passkey (
    org_id          TEXT NOT NULL,
    id              TEXT NOT NULL,
    account_id      TEXT NOT NULL,
    credential_hash TEXT NOT NULL,
    sealed          TEXT NOT NULL,
    sealed_version  BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    used_at         BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    UNIQUE (credential_hash),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX account_passkey_account ON account_passkey (org_id, account_id);

CREATE TABLE account_session (
    org_id        TEXT NOT NULL,
    id            TEXT NOT NULL,
    account_id    TEXT NOT NULL,
    token_hash    TEXT NOT NULL,
    token_version BIGINT NOT NULL,
    agent         TEXT NOT NULL,
    idle_us       BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    seen_at       BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    stepup_at     BIGINT NOT NULL DEFAULT 0,
    role          TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (org_id, id),
    UNIQUE (token_hash),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX account_session_account ON account_session (org_id, account_id);
CREATE INDEX account_session_expiry ON account_session (expires_at);

-- account_id is set when the link lets an existing account choose new factors
CREATE TABLE account_invitation (
    org_id         TEXT NOT NULL,
    id             TEXT NOT NULL,
    token_hash     TEXT NOT NULL,
    account_id     TEXT NOT NULL DEFAULT '',
    role           TEXT NOT NULL,
    group_id       TEXT NOT NULL DEFAULT '',
    language       TEXT NOT NULL,
    sealed         TEXT NOT NULL,
    sealed_version BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    created_by     TEXT NOT NULL,
    expires_at     BIGINT NOT NULL,
    used_at        BIGINT NOT NULL DEFAULT 0,
    revoked_at     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (org_id, id),
    UNIQUE (token_hash)
);

CREATE TABLE account_ticket (
    org_id     TEXT NOT NULL,
    id         TEXT NOT NULL,
    account_id TEXT NOT NULL,
    role       TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, id),
    UNIQUE (token_hash),
    FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);

-- What follows has no organization: it happens before anybody is signed in.

-- A sign-in or enrolment under way. data is sealed with a key made from the
-- browser's token, which is not stored: the database alone opens nothing.
CREATE TABLE account_ceremony (
    id         TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL,
    data       TEXT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT NOT NULL
);

CREATE TABLE account_setup (
    id         TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0
);

-- Failures per account, network and installation. id is a hash under the day's salt.
CREATE TABLE account_throttle (
    id         TEXT NOT NULL PRIMARY KEY,
    tries      BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);

CREATE TABLE account_salt (
    id         TEXT NOT NULL PRIMARY KEY,
    salt       TEXT NOT NULL,
    ends_at    BIGINT NOT NULL
);
