DROP INDEX ideas_pinned;
ALTER TABLE ideas DROP COLUMN pinned_comment_id;
DROP TABLE comment_mentions;
DROP TABLE comment_reactions;
DROP TABLE comment_revisions;
DROP TABLE comments;
