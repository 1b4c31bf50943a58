-- The partnership's own lists. What an item says is sealed as every record's body; of items that are
-- OFFICIAL and hold no personal data, what lists are filtered and ordered by lies in plain columns.

-- Every version of an item, the one that stands included, sealed under the record's own key.
CREATE TABLE record_versions (
    record TEXT NOT NULL REFERENCES records (id),
    version BIGINT NOT NULL,
    at_time BIGINT NOT NULL,
    actor TEXT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (record, version)
);

-- The first columns repeat those of records, so that a list is filtered by scope without a join.
-- Of a restricted item all that follows is NULL.
CREATE TABLE register_index (
    record TEXT NOT NULL PRIMARY KEY REFERENCES records (id),
    kind TEXT NOT NULL,
    owner_organisation TEXT NOT NULL,
    marking TEXT NOT NULL,
    personal BIGINT NOT NULL,
    regime TEXT NOT NULL,
    published BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    sort TEXT NOT NULL,
    reference TEXT,
    title TEXT,
    state TEXT,
    lead TEXT,
    due TEXT,
    parent TEXT
);

CREATE UNIQUE INDEX register_by_reference ON register_index (kind, reference);

CREATE INDEX register_in_order ON register_index (kind, sort, record);

CREATE INDEX register_by_state ON register_index (kind, state, sort, record);

CREATE INDEX register_by_lead ON register_index (kind, lead, sort, record);

CREATE INDEX register_by_due ON register_index (due, record);

CREATE INDEX register_by_parent ON register_index (parent, sort, record);

CREATE INDEX register_by_publication ON register_index (published, kind, sort);

-- Words of titles and references, for search: letters a to z and digits, 24 at most.
CREATE TABLE register_words (
    kind TEXT NOT NULL,
    word TEXT NOT NULL,
    record TEXT NOT NULL REFERENCES records (id),
    PRIMARY KEY (kind, word, record)
);

CREATE INDEX register_words_of ON register_words (record);

-- From an item to another, or to a claim or figure of the evidence, by its key or id and never its value.
CREATE TABLE register_links (
    record TEXT NOT NULL REFERENCES records (id),
    relation TEXT NOT NULL,
    to_kind TEXT NOT NULL,
    to_id TEXT NOT NULL,
    at_time BIGINT NOT NULL,
    PRIMARY KEY (record, relation, to_kind, to_id)
);

CREATE INDEX register_links_back ON register_links (to_kind, to_id);
