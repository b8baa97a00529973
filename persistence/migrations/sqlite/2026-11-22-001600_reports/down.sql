DELETE FROM attachments WHERE panel_id IS NOT NULL OR report_id IS NOT NULL OR work_id IS NOT NULL;
CREATE TABLE attachments_before (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL CHECK (kind IN ('png', 'jpg', 'webp', 'gif', 'pdf')),
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes > 0),
    width INTEGER,
    height INTEGER,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    -- What the small copy is, where there is one.
    thumbnail TEXT,
    idea_id BLOB REFERENCES ideas (id),
    comment_id BLOB REFERENCES comments (id),
    position INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Since when it stands nowhere.
    unlinked_at TIMESTAMP,
    CHECK (idea_id IS NULL OR comment_id IS NULL),
    CHECK ((unlinked_at IS NULL) = (idea_id IS NOT NULL OR comment_id IS NOT NULL))
) WITHOUT ROWID;
INSERT INTO attachments_before SELECT id, owner_id, kind, name, bytes, width, height, sha256, thumbnail, idea_id, comment_id, position, created_at, unlinked_at FROM attachments;
DROP TABLE attachments;
ALTER TABLE attachments_before RENAME TO attachments;
CREATE INDEX attachments_by_idea ON attachments (idea_id, position) WHERE idea_id IS NOT NULL;
CREATE INDEX attachments_by_comment ON attachments (comment_id, position) WHERE comment_id IS NOT NULL;
CREATE INDEX attachments_by_owner ON attachments (owner_id, unlinked_at);
CREATE INDEX attachments_unlinked ON attachments (unlinked_at) WHERE unlinked_at IS NOT NULL;
DROP TABLE disclosure_rules;
DROP TABLE report_ideas;
ALTER TABLE trial_reports DROP COLUMN posts;
DROP TABLE mission_works;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('attachments', 'attachments', '100000 1'),
    ('attachments', 'attachments_by_idea', '50000 2 1'),
    ('attachments', 'attachments_by_comment', '50000 2 1'),
    ('attachments', 'attachments_by_owner', '100000 5 2'),
    ('attachments', 'attachments_unlinked', '500 1');
ANALYZE sqlite_schema;
