-- What happened to an idea, as its timeline shows it.
CREATE TABLE activities (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    member_id BLOB REFERENCES members (id),
    -- For staff alone.
    internal BOOLEAN NOT NULL,
    from_status TEXT,
    to_status TEXT,
    reason TEXT,
    decline_reason TEXT,
    other_idea_id BLOB REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER,
    -- How many stood behind the idea, and how many of them were told.
    supporters BIGINT,
    told BIGINT,
    created_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX activities_by_idea ON activities (idea_id, id);
CREATE INDEX activities_by_time ON activities (kind, created_at);
CREATE INDEX activities_by_other_idea ON activities (other_idea_id) WHERE other_idea_id IS NOT NULL;

-- The brand's own words on an idea: every version, of which the last one counts.
CREATE TABLE responses (
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    author_id BLOB REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, version)
) WITHOUT ROWID;

CREATE TABLE response_ratings (
    idea_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    member_id BLOB NOT NULL REFERENCES members (id),
    helpful BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, version, member_id),
    FOREIGN KEY (idea_id, version) REFERENCES responses (idea_id, version) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX response_ratings_by_member ON response_ratings (member_id);

-- Who follows an idea, or does not want to hear of it, besides those who vote for it.
CREATE TABLE follows (
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    muted BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, member_id)
) WITHOUT ROWID;
CREATE INDEX follows_by_member ON follows (member_id, idea_id);

CREATE TABLE board_follows (
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (board_id, member_id)
) WITHOUT ROWID;
CREATE INDEX board_follows_by_member ON board_follows (member_id, board_id);

-- What a member was told. The id is that of what happened, so nobody is told of one thing twice.
CREATE TABLE notifications (
    member_id BLOB NOT NULL REFERENCES members (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    PRIMARY KEY (member_id, id)
) WITHOUT ROWID;
CREATE INDEX notifications_unread ON notifications (member_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_idea ON notifications (idea_id);

-- Which idea was merged into which, and what it was before.
CREATE TABLE merges (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    source_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    target_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    from_status TEXT NOT NULL,
    merged_at TIMESTAMP NOT NULL,
    unmerged_at TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX merges_by_source ON merges (source_id, id);
CREATE INDEX merges_by_target ON merges (target_id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('activities', 'activities', '100000 1'),
    ('activities', 'activities_by_idea', '100000 3 1'),
    ('activities', 'activities_by_time', '100000 20000 1'),
    ('responses', 'responses', '20000 1 1'),
    ('follows', 'follows', '100000 2 1'),
    ('follows', 'follows_by_member', '100000 10 1'),
    ('board_follows', 'board_follows', '10000 1000 1'),
    ('notifications', 'notifications', '1000000 100 1'),
    ('notifications', 'notifications_unread', '200000 20 1'),
    ('merges', 'merges_by_source', '2000 1 1');
ANALYZE sqlite_schema;
