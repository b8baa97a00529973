-- A notification is about an idea or about a panel. SQLite cannot let a column be empty later on, so the table is made anew.
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
INSERT INTO told (member_id, id, kind, idea_id, created_at, read_at)
    SELECT member_id, id, kind, idea_id, created_at, read_at FROM notifications;
DROP TABLE notifications;
ALTER TABLE told RENAME TO notifications;
CREATE INDEX notifications_unread ON notifications (member_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_idea ON notifications (idea_id);
CREATE INDEX notifications_of_entries ON notifications (id) WHERE kind = 'announced';
CREATE INDEX notifications_by_panel ON notifications (panel_id) WHERE panel_id IS NOT NULL;
CREATE INDEX notifications_to_mail ON notifications (mail_due_at) WHERE mail_due_at IS NOT NULL;

-- When everybody who applied was told of the result.
ALTER TABLE panels ADD COLUMN told_at TIMESTAMP;
CREATE INDEX panels_under_way ON panels (announced_at)
    WHERE announced_at IS NOT NULL AND closed_at IS NULL AND cancelled_at IS NULL;

-- What was learned, and what changes: told to all who applied when the panel is closed.
CREATE TABLE panel_results (
    panel_id BLOB NOT NULL PRIMARY KEY REFERENCES panels (id) ON DELETE CASCADE,
    learned TEXT NOT NULL,
    changes TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- Whether it is a no-show or merely late follows from the report, which may come after it.
ALTER TABLE strikes DROP COLUMN kind;
ALTER TABLE strikes ADD COLUMN note TEXT;

CREATE INDEX shipments_by_delivery ON shipments (panel_id, delivered_at);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('notifications', 'notifications', '1000000 100 1'),
    ('notifications', 'notifications_unread', '200000 20 1'),
    ('notifications', 'notifications_by_idea', '1000000 100'),
    ('notifications', 'notifications_of_entries', '100000 100 1'),
    ('notifications', 'notifications_by_panel', '100000 1000'),
    ('notifications', 'notifications_to_mail', '1000 10'),
    ('shipments', 'shipments_by_delivery', '10000 100 2');
ANALYZE sqlite_schema;
