-- Members and their sign-ins.
CREATE TABLE members (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    password_hash TEXT,
    sso_subject TEXT UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('member', 'moderator', 'marketer', 'product_manager', 'admin')),
    locale TEXT NOT NULL,
    attributes TEXT NOT NULL,
    blocked_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX members_by_role ON members (role, id);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    member_id BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    -- What the browser or app said it is.
    device TEXT
) WITHOUT ROWID;
CREATE INDEX sessions_by_member ON sessions (member_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash BLOB NOT NULL PRIMARY KEY,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    used_at TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Boards.
CREATE TABLE boards (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    view_audience TEXT NOT NULL,
    vote_audience TEXT NOT NULL,
    comment_audience TEXT NOT NULL,
    submit_audience TEXT NOT NULL,
    voters_seen_by_viewers BOOLEAN NOT NULL,
    vote_budget INTEGER CHECK (vote_budget >= 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE board_invitations (
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (board_id, member_id)
) WITHOUT ROWID;
CREATE INDEX board_invitations_by_member ON board_invitations (member_id, board_id);

-- How far an idea of a board can come. Found by key, which an idea holds.
CREATE TABLE statuses (
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT NOT NULL,
    colour TEXT NOT NULL,
    position INTEGER NOT NULL,
    category TEXT NOT NULL,
    freezes_votes BOOLEAN NOT NULL,
    freezes_comments BOOLEAN NOT NULL,
    freezes_edits BOOLEAN NOT NULL,
    restricted BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (board_id, key)
) WITHOUT ROWID;

CREATE TABLE status_steps (
    status_id BLOB NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    next_id BLOB NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    PRIMARY KEY (status_id, next_id)
) WITHOUT ROWID;
CREATE INDEX status_steps_by_next ON status_steps (next_id);

-- Ideas: the counted facts apart from the words, so that a vote rewrites a short row.
CREATE TABLE ideas (
    -- The row of idea_terms, and in every index, so that a search along one asks no other table what a hit is.
    -- AUTOINCREMENT, so that a number is never used again.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    board_id BLOB NOT NULL REFERENCES boards (id),
    author_id BLOB REFERENCES members (id),
    status TEXT NOT NULL,
    -- That of the status, which keeps it while an idea has it.
    category TEXT NOT NULL,
    merged_into BLOB REFERENCES ideas (id),
    comments_locked BOOLEAN NOT NULL DEFAULT FALSE,
    vote_count BIGINT NOT NULL CHECK (vote_count >= 0),
    carried_votes BIGINT NOT NULL CHECK (carried_votes >= 0),
    comment_count BIGINT NOT NULL CHECK (comment_count >= 0),
    trending DOUBLE NOT NULL,
    shuffled BIGINT NOT NULL,
    source_id TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP,
    version INTEGER NOT NULL,
    UNIQUE (board_id, source_id),
    FOREIGN KEY (board_id, status) REFERENCES statuses (board_id, key)
);
CREATE INDEX ideas_top ON ideas (vote_count DESC, id DESC)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_board_top ON ideas (board_id, vote_count DESC, id DESC)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_status_top ON ideas (status, vote_count DESC, id DESC)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_board_status ON ideas (board_id, status);
CREATE INDEX ideas_deleted ON ideas (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX ideas_merged ON ideas (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ideas_trending ON ideas (trending DESC, id DESC)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_board_trending ON ideas (board_id, trending DESC, id DESC)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_board_new ON ideas (board_id, id DESC);
CREATE INDEX ideas_discussed ON ideas (comment_count DESC, id DESC)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_board_discussed ON ideas (board_id, comment_count DESC, id DESC)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_shuffled ON ideas (shuffled, id)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_board_shuffled ON ideas (board_id, shuffled, id)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
CREATE INDEX ideas_by_author ON ideas (author_id, id DESC);
CREATE INDEX ideas_by_creation ON ideas (created_at);

CREATE TABLE idea_texts (
    idea_id BLOB NOT NULL UNIQUE REFERENCES ideas (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    tags TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    folded_whole TEXT NOT NULL
);

CREATE TABLE idea_tags (
    tag TEXT NOT NULL,
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, idea_id)
) WITHOUT ROWID;
CREATE INDEX idea_tags_by_idea ON idea_tags (idea_id);

CREATE TABLE idea_revisions (
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    tags TEXT NOT NULL,
    replaced_by BLOB REFERENCES members (id),
    replaced_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, version)
) WITHOUT ROWID;

-- Pre-tokenised terms: the `ascii` tokenizer splits at blanks and leaves every character above ASCII alone.
CREATE VIRTUAL TABLE idea_terms USING fts5 (
    title, body, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii'
);

CREATE TABLE votes (
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    -- The merged idea whose vote this is.
    carried_from BLOB,
    PRIMARY KEY (idea_id, member_id)
) WITHOUT ROWID;
CREATE INDEX votes_by_member ON votes (member_id, idea_id);
CREATE INDEX votes_by_time ON votes (idea_id, created_at DESC, member_id DESC);

-- What happened, for whoever delivers it.
CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    subject BLOB NOT NULL,
    data TEXT NOT NULL,
    occurred_at TIMESTAMP NOT NULL
) WITHOUT ROWID;

-- Answers kept for Idempotency-Key.
CREATE TABLE replays (
    key_hash BLOB NOT NULL PRIMARY KEY,
    request_hash BLOB NOT NULL,
    answer BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX replays_by_creation ON replays (created_at);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    done_at TIMESTAMP NOT NULL
) WITHOUT ROWID;

-- What the planner is to expect of a busy square, whatever is in the tables now. Told nothing, it takes any index for one
-- that finds ten rows, and a search reads a board from end to end.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('ideas', 'sqlite_autoindex_ideas_1', '100000 1'),
    ('ideas', 'ideas_top', '100000 20 1'),
    ('ideas', 'ideas_board_top', '100000 20000 10 1'),
    ('ideas', 'ideas_status_top', '100000 20000 10 1'),
    ('ideas', 'ideas_board_status', '100000 20000 4000'),
    ('ideas', 'ideas_deleted', '1000 1'),
    ('ideas', 'ideas_merged', '2000 2'),
    ('ideas', 'ideas_trending', '100000 1 1'),
    ('ideas', 'ideas_board_trending', '100000 20000 1 1'),
    ('ideas', 'ideas_board_new', '100000 20000 1'),
    ('ideas', 'ideas_discussed', '100000 1000 1'),
    ('ideas', 'ideas_board_discussed', '100000 20000 1000 1'),
    ('ideas', 'ideas_shuffled', '100000 1 1'),
    ('ideas', 'ideas_board_shuffled', '100000 20000 1 1'),
    ('ideas', 'ideas_by_author', '100000 20 1'),
    ('ideas', 'ideas_by_creation', '100000 1'),
    ('ideas', 'sqlite_autoindex_ideas_2', '100000 20000 1'),
    ('idea_texts', 'sqlite_autoindex_idea_texts_1', '100000 1'),
    ('idea_tags', 'idea_tags', '100000 400 1'),
    ('idea_tags', 'idea_tags_by_idea', '100000 2'),
    ('votes', 'votes', '1000000 10 1'),
    ('votes', 'votes_by_member', '1000000 100 1'),
    ('votes', 'votes_by_time', '1000000 10 1 1'),
    ('statuses', 'statuses', '70 7 1'),
    ('members', 'members', '10000 1'),
    ('boards', 'boards', '10 1');
ANALYZE sqlite_schema;
