DROP INDEX shipments_by_delivery;
ALTER TABLE strikes DROP COLUMN note;
ALTER TABLE strikes ADD COLUMN kind TEXT NOT NULL DEFAULT 'no_show';
DROP TABLE panel_results;
DROP INDEX panels_under_way;
ALTER TABLE panels DROP COLUMN told_at;
CREATE TABLE told (
    member_id BLOB NOT NULL REFERENCES members (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    PRIMARY KEY (member_id, id)
) WITHOUT ROWID;
INSERT INTO told (member_id, id, kind, idea_id, created_at, read_at)
    SELECT member_id, id, kind, idea_id, created_at, read_at FROM notifications WHERE idea_id IS NOT NULL;
DROP TABLE notifications;
ALTER TABLE told RENAME TO notifications;
CREATE INDEX notifications_unread ON notifications (member_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_idea ON notifications (idea_id);
CREATE INDEX notifications_of_entries ON notifications (id) WHERE kind = 'announced';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('notifications', 'notifications', '1000000 100 1'),
    ('notifications', 'notifications_unread', '200000 20 1'),
    ('notifications', 'notifications_of_entries', '100000 100 1');
ANALYZE sqlite_schema;
