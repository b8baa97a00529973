DELETE FROM notifications WHERE contest_id IS NOT NULL;
ALTER TABLE notifications
    DROP CONSTRAINT notifications_check,
    DROP COLUMN contest_id,
    ADD CONSTRAINT notifications_check CHECK ((idea_id IS NULL) <> (panel_id IS NULL));
DELETE FROM attachments WHERE contest_id IS NOT NULL OR entry_id IS NOT NULL;
ALTER TABLE attachments
    DROP CONSTRAINT attachments_check,
    DROP COLUMN contest_id,
    DROP COLUMN entry_id,
    ADD CONSTRAINT attachments_check CHECK (
        num_nonnulls(idea_id, comment_id, panel_id, report_id, work_id) = CASE WHEN unlinked_at IS NULL THEN 1 ELSE 0 END);
DROP TABLE team_invitations;
DROP TABLE entry_members;
DROP TABLE entry_versions;
DROP TABLE contest_entries;
DROP TABLE contests;
