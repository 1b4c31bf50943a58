-- The ground of records. Both stores take this file as it is: texts for ids and dates, BIGINT for
-- times (microseconds since 1970, UTC) and for yes and no, BYTEA for sealed bytes.

CREATE TABLE organisations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
);

CREATE TABLE people (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    organisation TEXT NOT NULL REFERENCES organisations (id)
);

-- A role is held from a day, and to a day that is the last one; NULL where none is agreed.
CREATE TABLE roles (
    person TEXT NOT NULL REFERENCES people (id),
    role TEXT NOT NULL,
    from_date TEXT NOT NULL,
    to_date TEXT,
    PRIMARY KEY (person, role, from_date)
);

-- The agreements as they were when they came into force here, by the hash of their text.
CREATE TABLE agreements (
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    text TEXT NOT NULL,
    in_force_since BIGINT NOT NULL,
    PRIMARY KEY (id, digest)
);

CREATE TABLE records (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    marking TEXT NOT NULL,
    owner_organisation TEXT NOT NULL REFERENCES organisations (id),
    subject_area TEXT NOT NULL,
    controller TEXT NOT NULL REFERENCES organisations (id),
    regime TEXT NOT NULL,
    personal BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    body BYTEA NOT NULL
);

-- Lists are filtered by the owner, the kind and the marking, and read in the order of change.
CREATE INDEX records_by_scope ON records (owner_organisation, kind, marking, changed, id);

CREATE INDEX records_by_change ON records (changed, id);

CREATE TABLE record_keys (
    record TEXT NOT NULL PRIMARY KEY REFERENCES records (id),
    wrapped_by TEXT NOT NULL,
    wrapped BYTEA NOT NULL
);

CREATE TABLE audit_entries (
    sequence BIGINT NOT NULL PRIMARY KEY,
    at_time BIGINT NOT NULL,
    operation TEXT NOT NULL,
    outcome TEXT NOT NULL,
    actor TEXT NOT NULL,
    recipient TEXT,
    subject TEXT NOT NULL,
    version BIGINT,
    purpose TEXT NOT NULL,
    policy TEXT,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_by_subject ON audit_entries (subject, sequence);

CREATE INDEX audit_by_actor ON audit_entries (actor, sequence);

-- One row: the last entry. Whoever appends holds this row until the change is committed, so that
-- the chain has one order on both stores.
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL
);

INSERT INTO audit_head (id, sequence, hash) VALUES (
    1, 0, '0000000000000000000000000000000000000000000000000000000000000000'
);

CREATE TABLE checkpoints (
    sequence BIGINT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL,
    at_time BIGINT NOT NULL
);
