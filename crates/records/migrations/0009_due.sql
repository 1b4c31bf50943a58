-- Meetings are listed by their day, the last first.
CREATE INDEX register_latest_due
    ON register_index (kind, due, record, owner_organisation, marking, personal, regime);
