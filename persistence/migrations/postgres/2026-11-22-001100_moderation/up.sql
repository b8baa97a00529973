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
    post_id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('idea', 'comment')),
    idea_id UUID NOT NULL REFERENCES ideas (id),
    board_id UUID NOT NULL REFERENCES boards (id),
    author_id UUID REFERENCES members (id),
    open BOOLEAN NOT NULL,
    -- A JSON list of why it is held.
    causes TEXT NOT NULL,
    -- Counts the rows of `reports` since the last decision.
    report_count BIGINT NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    decision TEXT CHECK (decision IN ('approve', 'reject', 'hide', 'lift')),
    reason TEXT,
    decided_by UUID REFERENCES members (id),
    decided_at TIMESTAMP
);
-- The queue, the oldest first.
CREATE INDEX moderation_open ON moderation_cases (opened_at, post_id) WHERE open;
CREATE INDEX moderation_of_author ON moderation_cases (author_id, post_id DESC);
CREATE INDEX moderation_of_idea ON moderation_cases (idea_id);
CREATE INDEX moderation_of_board ON moderation_cases (board_id);
CREATE INDEX moderation_decided_by ON moderation_cases (decided_by);

CREATE TABLE reports (
    post_id UUID NOT NULL REFERENCES moderation_cases (post_id),
    member_id UUID NOT NULL REFERENCES members (id),
    complaint TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Whether it came after the last decision.
    open BOOLEAN NOT NULL,
    PRIMARY KEY (post_id, member_id)
);
CREATE INDEX reports_by_member ON reports (member_id);

CREATE TABLE banned_words (
    id UUID NOT NULL PRIMARY KEY,
    language TEXT NOT NULL CHECK (language IN ('ko', 'en')),
    word TEXT NOT NULL,
    -- A JSON list of words that it is a harmless part of.
    except_in TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (language, word)
);
