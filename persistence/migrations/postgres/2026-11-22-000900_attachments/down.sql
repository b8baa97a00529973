ALTER TABLE comments DROP COLUMN attachment_count;
ALTER TABLE ideas DROP COLUMN attachment_count;
DROP TABLE doomed_attachments;
DROP TABLE attachments;
