-- Accounts, sign-in and sessions. Secrets lie here hashed (passwords, invitations, recovery codes,
-- sessions) or sealed under the keys of the records (the secret of one-time codes).

CREATE TABLE accounts (
    person TEXT NOT NULL PRIMARY KEY REFERENCES people (id),
    email TEXT NOT NULL UNIQUE,
    password TEXT,
    one_time TEXT,
    one_time_step BIGINT NOT NULL,
    created BIGINT NOT NULL,
    ended BIGINT
);

CREATE TABLE recovery_codes (
    person TEXT NOT NULL REFERENCES accounts (person),
    hash TEXT NOT NULL,
    PRIMARY KEY (person, hash)
);

-- Who somebody is at an OpenID Connect provider.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES accounts (person),
    linked BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);

CREATE TABLE invitations (
    hash TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL REFERENCES accounts (person),
    created BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    used BIGINT
);

-- Attempts by the hash of the name that was typed, whether or not there is such an account.
CREATE TABLE attempts (
    name_hash TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last BIGINT NOT NULL,
    waits_until BIGINT NOT NULL
);

CREATE TABLE sessions (
    hash TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL REFERENCES accounts (person),
    stage TEXT NOT NULL,
    device TEXT NOT NULL,
    started BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    ends BIGINT NOT NULL
);

CREATE INDEX sessions_by_person ON sessions (person);
