DELETE FROM attachments WHERE panel_id IS NOT NULL OR report_id IS NOT NULL OR work_id IS NOT NULL;
ALTER TABLE attachments
    DROP CONSTRAINT attachments_check,
    DROP COLUMN panel_id,
    DROP COLUMN report_id,
    DROP COLUMN work_id,
    ADD CONSTRAINT attachments_check CHECK (idea_id IS NULL OR comment_id IS NULL),
    ADD CONSTRAINT attachments_check1 CHECK ((unlinked_at IS NULL) = (idea_id IS NOT NULL OR comment_id IS NOT NULL));
DROP TABLE disclosure_rules;
DROP TABLE report_ideas;
ALTER TABLE trial_reports DROP COLUMN posts;
DROP TABLE mission_works;
