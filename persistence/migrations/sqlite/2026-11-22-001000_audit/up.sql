-- What staff did and whom they looked at. Rows are only ever added: each carries the hash of the one before it, and the
-- database refuses every other change. No reference to members: what was done outlives who did it.
CREATE TABLE audit (
    number INTEGER NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    request_id TEXT,
    -- Absent where the platform itself did it.
    member_id BLOB CHECK (length(member_id) = 16),
    role TEXT,
    api_key_id BLOB CHECK (length(api_key_id) = 16),
    action TEXT NOT NULL,
    subject_id BLOB CHECK (length(subject_id) = 16),
    -- JSON, of what differs.
    before TEXT,
    after TEXT,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32)
);
CREATE INDEX audit_by_member ON audit (member_id, number DESC);
CREATE INDEX audit_by_action ON audit (action, number DESC);
CREATE INDEX audit_by_subject ON audit (subject_id, number DESC);
CREATE INDEX audit_by_request ON audit (request_id, number DESC);
CREATE INDEX audit_by_time ON audit (at);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER audit_goes_on BEFORE INSERT ON audit
    WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('audit', 'sqlite_autoindex_audit_1', '100000 1'),
    ('audit', 'audit_by_member', '100000 5000 1'),
    ('audit', 'audit_by_action', '100000 2000 1'),
    ('audit', 'audit_by_subject', '100000 10 1'),
    ('audit', 'audit_by_request', '100000 2 1'),
    ('audit', 'audit_by_time', '100000 1');
ANALYZE sqlite_schema;
