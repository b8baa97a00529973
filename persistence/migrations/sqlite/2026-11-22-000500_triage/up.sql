-- What staff works with, one row for each idea; apart from ideas, so that a vote does not move it in its indexes.
CREATE TABLE triage (
    idea_id BLOB NOT NULL PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    board_id BLOB NOT NULL REFERENCES boards (id),
    owner_id BLOB REFERENCES members (id),
    due_on DATE,
    effort INTEGER CHECK (effort BETWEEN 1 AND 5),
    strategic_value INTEGER CHECK (strategic_value BETWEEN 1 AND 5),
    -- When the brand first answered.
    answered_at TIMESTAMP,
    -- Worked out from time to time; see domain::triage.
    priority DOUBLE NOT NULL,
    need DOUBLE NOT NULL,
    momentum BIGINT NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX triage_priority ON triage (priority DESC, idea_id DESC);
CREATE INDEX triage_board_priority ON triage (board_id, priority DESC, idea_id DESC);
CREATE INDEX triage_need ON triage (need DESC, idea_id DESC);
CREATE INDEX triage_board_need ON triage (board_id, need DESC, idea_id DESC);
CREATE INDEX triage_momentum ON triage (momentum DESC, idea_id DESC);
CREATE INDEX triage_board_momentum ON triage (board_id, momentum DESC, idea_id DESC);
CREATE INDEX triage_unanswered ON triage (idea_id) WHERE answered_at IS NULL;
CREATE INDEX triage_board_unanswered ON triage (board_id, idea_id) WHERE answered_at IS NULL;
CREATE INDEX triage_by_owner ON triage (owner_id, idea_id DESC);

INSERT INTO triage (idea_id, board_id, priority, need, momentum, version)
    SELECT id, board_id, 0, 0, 0, 1 FROM ideas;

-- How a board weighs what makes an idea urgent; a board without a row weighs as domain::triage begins with.
CREATE TABLE priority_weights (
    board_id BLOB NOT NULL PRIMARY KEY REFERENCES boards (id) ON DELETE CASCADE,
    votes DOUBLE NOT NULL,
    need DOUBLE NOT NULL,
    momentum DOUBLE NOT NULL,
    effort DOUBLE NOT NULL,
    strategic_value DOUBLE NOT NULL,
    age DOUBLE NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- Tags that only staff sees.
CREATE TABLE private_tags (
    tag TEXT NOT NULL,
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, idea_id)
) WITHOUT ROWID;
CREATE INDEX private_tags_by_idea ON private_tags (idea_id);

-- Questions to the inbox that staff keeps.
CREATE TABLE triage_views (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    -- The query, as JSON.
    query TEXT NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX triage_views_by_owner ON triage_views (owner_id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('triage', 'triage', '100000 1'),
    ('triage', 'triage_priority', '100000 2 1'),
    ('triage', 'triage_board_priority', '100000 20000 2 1'),
    ('triage', 'triage_need', '100000 2 1'),
    ('triage', 'triage_board_need', '100000 20000 2 1'),
    ('triage', 'triage_momentum', '100000 1000 1'),
    ('triage', 'triage_board_momentum', '100000 20000 200 1'),
    ('triage', 'triage_unanswered', '5000 1'),
    ('triage', 'triage_board_unanswered', '5000 1000 1'),
    ('triage', 'triage_by_owner', '100000 20000 1'),
    ('private_tags', 'private_tags', '20000 400 1'),
    ('private_tags', 'private_tags_by_idea', '20000 2');
ANALYZE sqlite_schema;
