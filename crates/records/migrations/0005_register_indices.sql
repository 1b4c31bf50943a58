-- A list is filtered by scope as it is counted: with these columns in the index, no row is looked up.
DROP INDEX register_in_order;

CREATE INDEX register_in_order
    ON register_index (kind, sort, record, owner_organisation, marking, personal, regime);

DROP INDEX register_by_state;

CREATE INDEX register_by_state
    ON register_index (kind, state, sort, record, owner_organisation, marking, personal, regime);

DROP INDEX register_by_lead;

CREATE INDEX register_by_lead
    ON register_index (kind, lead, sort, record, owner_organisation, marking, personal, regime);
