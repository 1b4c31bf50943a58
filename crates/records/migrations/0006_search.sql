-- A search by words looks each item up that one word finds, and asks whether it has the others.
DROP INDEX register_words_of;

CREATE INDEX register_words_of ON register_words (record, kind, word);

CREATE INDEX register_by_record
    ON register_index (record, kind, sort, owner_organisation, marking, personal, regime);
