-- A text that is put back after another was in force is noted anew: each note has its time.
CREATE TABLE agreement_notes (
    id TEXT NOT NULL,
    in_force_since BIGINT NOT NULL,
    digest TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (id, in_force_since, digest)
);

INSERT INTO agreement_notes (id, in_force_since, digest, text)
    SELECT id, in_force_since, digest, text FROM agreements;

DROP TABLE agreements;

ALTER TABLE agreement_notes RENAME TO agreements;
