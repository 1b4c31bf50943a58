-- What a workbook did, so that it can be taken back: ids and versions, and nothing that it said.
CREATE TABLE imports (
    id TEXT NOT NULL PRIMARY KEY,
    actor TEXT NOT NULL,
    at_time BIGINT NOT NULL,
    taken_back BIGINT,
    did TEXT NOT NULL
);

CREATE INDEX imports_of ON imports (actor, at_time);
