-- Keys by which programs act as members. Of a key only the SHA-256 is kept: it is long and random, so that is enough.
CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- A JSON list.
    scopes TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    last_used_at TIMESTAMP,
    revoked_at TIMESTAMP,
    replaced_by BLOB REFERENCES api_keys (id)
) WITHOUT ROWID;
CREATE INDEX api_keys_by_owner ON api_keys (owner_id, id DESC);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('api_keys', 'api_keys', '100 1'),
    ('api_keys', 'sqlite_autoindex_api_keys_2', '100 1'),
    ('api_keys', 'api_keys_by_owner', '100 5 1');
ANALYZE sqlite_schema;
