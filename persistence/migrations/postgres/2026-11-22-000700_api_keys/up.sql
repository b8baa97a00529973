-- Keys by which programs act as members. Of a key only the SHA-256 is kept: it is long and random, so that is enough.
CREATE TABLE api_keys (
    id UUID NOT NULL PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- A JSON list.
    scopes TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    last_used_at TIMESTAMP,
    revoked_at TIMESTAMP,
    replaced_by UUID REFERENCES api_keys (id)
);
CREATE INDEX api_keys_by_owner ON api_keys (owner_id, id DESC);
