DELETE FROM notifications WHERE contest_id IS NOT NULL;
CREATE TABLE told (
    member_id BLOB NOT NULL REFERENCES members (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    idea_id BLOB REFERENCES ideas (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    panel_id BLOB REFERENCES panels (id) ON DELETE CASCADE,
    -- From when it is to be mailed as well; none where it is not, or was.
    mail_due_at TIMESTAMP,
    PRIMARY KEY (member_id, id),
    CHECK ((idea_id IS NULL) <> (panel_id IS NULL))
) WITHOUT ROWID;
INSERT INTO told (member_id, id, kind, idea_id, created_at, read_at, panel_id, mail_due_at)
    SELECT member_id, id, kind, idea_id, created_at, read_at, panel_id, mail_due_at FROM notifications;
DROP TABLE notifications;
ALTER TABLE told RENAME TO notifications;
CREATE INDEX notifications_unread ON notifications (member_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_idea ON notifications (idea_id);
CREATE INDEX notifications_of_entries ON notifications (id) WHERE kind = 'announced';
CREATE INDEX notifications_by_panel ON notifications (panel_id) WHERE panel_id IS NOT NULL;
CREATE INDEX notifications_to_mail ON notifications (mail_due_at) WHERE mail_due_at IS NOT NULL;
DELETE FROM attachments WHERE contest_id IS NOT NULL OR entry_id IS NOT NULL;
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
    panel_id BLOB REFERENCES panels (id),
    report_id BLOB REFERENCES trial_reports (id),
    work_id BLOB REFERENCES mission_works (id),
    position INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Since when it stands nowhere.
    unlinked_at TIMESTAMP,
    CHECK ((unlinked_at IS NULL) = (idea_id IS NOT NULL) + (comment_id IS NOT NULL) + (panel_id IS NOT NULL)
        + (report_id IS NOT NULL) + (work_id IS NOT NULL))
) WITHOUT ROWID;
INSERT INTO attachments_before (id, owner_id, kind, name, bytes, width, height, sha256, thumbnail, idea_id, comment_id, panel_id, report_id, work_id, position, created_at, unlinked_at)
    SELECT id, owner_id, kind, name, bytes, width, height, sha256, thumbnail, idea_id, comment_id, panel_id, report_id, work_id, position, created_at, unlinked_at FROM attachments;
DROP TABLE attachments;
ALTER TABLE attachments_before RENAME TO attachments;
CREATE INDEX attachments_by_idea ON attachments (idea_id, position) WHERE idea_id IS NOT NULL;
CREATE INDEX attachments_by_comment ON attachments (comment_id, position) WHERE comment_id IS NOT NULL;
CREATE INDEX attachments_by_panel ON attachments (panel_id, position) WHERE panel_id IS NOT NULL;
CREATE INDEX attachments_by_report ON attachments (report_id, position) WHERE report_id IS NOT NULL;
CREATE INDEX attachments_by_work ON attachments (work_id, position) WHERE work_id IS NOT NULL;
CREATE INDEX attachments_by_owner ON attachments (owner_id, unlinked_at);
CREATE INDEX attachments_unlinked ON attachments (unlinked_at) WHERE unlinked_at IS NOT NULL;
DROP TABLE team_invitations;
DROP TABLE entry_members;
DROP TABLE entry_versions;
DROP TABLE contest_entries;
DROP TABLE contests;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('attachments', 'attachments', '100000 1'),
    ('attachments', 'attachments_by_idea', '50000 2 1'),
    ('attachments', 'attachments_by_comment', '50000 2 1'),
    ('attachments', 'attachments_by_panel', '1000 4 1'),
    ('attachments', 'attachments_by_report', '20000 4 1'),
    ('attachments', 'attachments_by_work', '20000 4 1'),
    ('attachments', 'attachments_by_owner', '100000 5 2'),
    ('attachments', 'attachments_unlinked', '500 1'),
    ('notifications', 'notifications', '1000000 100 1'),
    ('notifications', 'notifications_unread', '200000 20 1'),
    ('notifications', 'notifications_by_idea', '1000000 100'),
    ('notifications', 'notifications_of_entries', '100000 100 1'),
    ('notifications', 'notifications_by_panel', '100000 1000'),
    ('notifications', 'notifications_to_mail', '1000 10');
ANALYZE sqlite_schema;
