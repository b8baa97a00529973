-- What staff did and whom they looked at. Rows are only ever added: each carries the hash of the one before it, and the
-- database refuses every other change. No reference to members: what was done outlives who did it.
CREATE TABLE audit (
    number BIGINT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    request_id TEXT,
    -- Absent where the platform itself did it.
    member_id UUID,
    role TEXT,
    api_key_id UUID,
    action TEXT NOT NULL,
    subject_id UUID,
    -- JSON, of what differs.
    before TEXT,
    after TEXT,
    previous BYTEA NOT NULL CHECK (length(previous) = 32),
    hash BYTEA NOT NULL UNIQUE CHECK (length(hash) = 32)
);
CREATE INDEX audit_by_member ON audit (member_id, number DESC);
CREATE INDEX audit_by_action ON audit (action, number DESC);
CREATE INDEX audit_by_subject ON audit (subject_id, number DESC);
CREATE INDEX audit_by_request ON audit (request_id, number DESC);
CREATE INDEX audit_by_time ON audit (at);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
