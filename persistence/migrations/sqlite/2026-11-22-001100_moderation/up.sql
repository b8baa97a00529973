-- A post is out of sight since `hidden_at`: deleted, or held, rejected or hidden by moderation.
ALTER TABLE ideas RENAME COLUMN deleted_at TO hidden_at;
ALTER TABLE ideas ADD COLUMN hidden_as TEXT CHECK (hidden_as IN ('held', 'rejected', 'hidden', 'deleted'));
UPDATE ideas SET hidden_as = 'deleted' WHERE hidden_at IS NOT NULL;
ALTER TABLE comments RENAME COLUMN deleted_at TO hidden_at;
ALTER TABLE comments ADD COLUMN hidden_as TEXT CHECK (hidden_as IN ('held', 'rejected', 'hidden', 'deleted'));
UPDATE comments SET hidden_as = 'deleted' WHERE hidden_at IS NOT NULL;

ALTER TABLE boards ADD COLUMN moderation TEXT NOT NULL DEFAULT 'publish_first'
    CHECK (moderation IN ('publish_first', 'approve_first', 'approve_newcomers'));
-- Whether what they post skips the queue.
ALTER TABLE members ADD COLUMN trusted BOOLEAN NOT NULL DEFAULT FALSE;

-- A post that was held or reported, and what was decided. One row a post, `open` while somebody has to look.
CREATE TABLE moderation_cases (
    post_id BLOB NOT NULL PRIMARY KEY CHECK (length(post_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('idea', 'comment')),
    idea_id BLOB NOT NULL REFERENCES ideas (id),
    board_id BLOB NOT NULL REFERENCES boards (id),
    author_id BLOB REFERENCES members (id),
    open BOOLEAN NOT NULL,
    -- A JSON list of why it is held.
    causes TEXT NOT NULL,
    -- Counts the rows of `reports` since the last decision.
    report_count BIGINT NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    decision TEXT CHECK (decision IN ('approve', 'reject', 'hide', 'lift')),
    reason TEXT,
    decided_by BLOB REFERENCES members (id),
    decided_at TIMESTAMP
) WITHOUT ROWID;
-- The queue, the oldest first.
CREATE INDEX moderation_open ON moderation_cases (opened_at, post_id) WHERE open;
CREATE INDEX moderation_of_author ON moderation_cases (author_id, post_id DESC);
CREATE INDEX moderation_of_idea ON moderation_cases (idea_id);
CREATE INDEX moderation_of_board ON moderation_cases (board_id);
CREATE INDEX moderation_decided_by ON moderation_cases (decided_by);

CREATE TABLE reports (
    post_id BLOB NOT NULL REFERENCES moderation_cases (post_id),
    member_id BLOB NOT NULL REFERENCES members (id),
    complaint TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Whether it came after the last decision.
    open BOOLEAN NOT NULL,
    PRIMARY KEY (post_id, member_id)
) WITHOUT ROWID;
CREATE INDEX reports_by_member ON reports (member_id);

CREATE TABLE banned_words (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    language TEXT NOT NULL CHECK (language IN ('ko', 'en')),
    word TEXT NOT NULL,
    -- A JSON list of words that it is a harmless part of.
    except_in TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (language, word)
) WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('moderation_cases', 'moderation_cases', '20000 1'),
    ('moderation_cases', 'moderation_open', '200 1 1'),
    ('moderation_cases', 'moderation_of_author', '20000 3 1'),
    ('moderation_cases', 'moderation_of_idea', '20000 2 1'),
    ('moderation_cases', 'moderation_of_board', '20000 2000 1'),
    ('moderation_cases', 'moderation_decided_by', '20000 2000 1'),
    ('reports', 'reports', '20000 2 1'),
    ('reports', 'reports_by_member', '20000 3 1'),
    ('banned_words', 'banned_words', '200 1'),
    ('banned_words', 'sqlite_autoindex_banned_words_2', '200 100 1');
ANALYZE sqlite_schema;
