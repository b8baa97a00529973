-- What staff works with, one row for each idea; apart from ideas, so that a vote does not move it in its indexes.
CREATE TABLE triage (
    idea_id BLOB NOT NULL PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    -- These five repeat what the idea has, so that the inbox is filtered and ordered within one table.
    board_id BLOB NOT NULL REFERENCES boards (id),
    status TEXT NOT NULL,
    category TEXT NOT NULL,
    deleted BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
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
-- With all that is filtered by and counted, so that the order is walked without reading a row.
CREATE INDEX triage_board_priority ON triage
    (board_id, priority DESC, idea_id DESC, deleted, category, status, owner_id, answered_at, created_at);
CREATE INDEX triage_category_priority ON triage
    (board_id, category, priority DESC, idea_id DESC, deleted, status, owner_id, answered_at, created_at);
CREATE INDEX triage_need ON triage (need DESC, idea_id DESC);
CREATE INDEX triage_board_need ON triage (board_id, need DESC, idea_id DESC);
CREATE INDEX triage_momentum ON triage (momentum DESC, idea_id DESC);
CREATE INDEX triage_board_momentum ON triage (board_id, momentum DESC, idea_id DESC);
CREATE INDEX triage_unanswered ON triage (idea_id) WHERE answered_at IS NULL;
CREATE INDEX triage_board_unanswered ON triage (board_id, idea_id) WHERE answered_at IS NULL;
CREATE INDEX triage_by_owner ON triage (owner_id, idea_id DESC);

INSERT INTO triage (idea_id, board_id, status, category, deleted, created_at, priority, need, momentum, version)
    SELECT id, board_id, status, category, deleted_at IS NOT NULL, created_at, 0, 0, 0, 1 FROM ideas;

-- What the voters of an idea have of an attribute that is a number, added up; worked out from time to time.
CREATE TABLE idea_values (
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    board_id BLOB NOT NULL REFERENCES boards (id),
    total DOUBLE NOT NULL,
    PRIMARY KEY (idea_id, name)
) WITHOUT ROWID;
CREATE INDEX idea_values_top ON idea_values (name, total DESC, idea_id DESC);
CREATE INDEX idea_values_board_top ON idea_values (board_id, name, total DESC, idea_id DESC);

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
    ('triage', 'triage_board_priority', '100000 20000 2 1 1 1 1 1 1 1'),
    ('triage', 'triage_category_priority', '100000 20000 4000 2 1 1 1 1 1 1'),
    ('triage', 'triage_need', '100000 2 1'),
    ('triage', 'triage_board_need', '100000 20000 2 1'),
    ('triage', 'triage_momentum', '100000 1000 1'),
    ('triage', 'triage_board_momentum', '100000 20000 200 1'),
    ('triage', 'triage_unanswered', '50000 1'),
    ('triage', 'triage_board_unanswered', '50000 10000 1'),
    ('triage', 'triage_by_owner', '100000 20000 1'),
    ('idea_values', 'idea_values', '100000 2 1'),
    ('idea_values', 'idea_values_top', '100000 50000 5 1'),
    ('idea_values', 'idea_values_board_top', '100000 20000 10000 5 1'),
    ('private_tags', 'private_tags', '20000 400 1'),
    ('private_tags', 'private_tags_by_idea', '20000 2');
ANALYZE sqlite_schema;
