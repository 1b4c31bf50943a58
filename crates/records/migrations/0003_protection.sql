-- Protection: how long a record is kept, whom it is about, what it belongs with, and what was erased.

-- Days from which the time to be kept may count, such as the day on which a case was closed.
CREATE TABLE record_events (
    record TEXT NOT NULL REFERENCES records (id),
    event TEXT NOT NULL,
    on_date TEXT NOT NULL,
    PRIMARY KEY (record, event)
);

-- Whom a record is about or mentions: a keyed digest by which it is found, and what was declared,
-- sealed under the record's own key.
CREATE TABLE record_subjects (
    record TEXT NOT NULL REFERENCES records (id),
    token TEXT NOT NULL,
    indexed_by TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (record, token)
);

CREATE INDEX subjects_by_token ON record_subjects (token, record);

-- While one of these is there its record is not erased. Erasing never deletes them: the reference
-- to the record then stops what overlooked one.
CREATE TABLE holds (
    id TEXT NOT NULL PRIMARY KEY,
    record TEXT NOT NULL REFERENCES records (id),
    placed BIGINT NOT NULL,
    placed_by TEXT NOT NULL,
    ground TEXT NOT NULL,
    why BYTEA NOT NULL
);

CREATE INDEX holds_by_record ON holds (record);

-- Two records that were brought together, the lesser id first.
CREATE TABLE links (
    one TEXT NOT NULL REFERENCES records (id),
    other TEXT NOT NULL REFERENCES records (id),
    kind TEXT NOT NULL,
    made BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    PRIMARY KEY (one, other)
);

CREATE INDEX links_by_other ON links (other, one);

-- What was erased and why, so that a restored backup erases it again.
CREATE TABLE erased_records (
    record TEXT NOT NULL PRIMARY KEY,
    at_time BIGINT NOT NULL,
    why TEXT NOT NULL
);

-- A list reads one range of this for each owner, kind, marking and sort that its reader may see.
DROP INDEX records_by_scope;

CREATE INDEX records_by_scope ON records (
    owner_organisation, kind, marking, personal, changed, id
);
