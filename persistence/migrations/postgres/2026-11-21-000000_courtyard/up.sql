-- Members and their sign-ins.
CREATE TABLE members (
    id UUID NOT NULL PRIMARY KEY,
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
);
CREATE INDEX members_by_role ON members (role, id);

CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP,
    -- What the browser or app said it is.
    device TEXT
);
CREATE INDEX sessions_by_member ON sessions (member_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    hash BYTEA NOT NULL PRIMARY KEY,
    session_id UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    used_at TIMESTAMP
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

-- Boards.
CREATE TABLE boards (
    id UUID NOT NULL PRIMARY KEY,
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
);

CREATE TABLE board_invitations (
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (board_id, member_id)
);
CREATE INDEX board_invitations_by_member ON board_invitations (member_id, board_id);

-- How far an idea of a board can come. Found by key, which an idea holds.
CREATE TABLE statuses (
    id UUID NOT NULL UNIQUE,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
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
);

CREATE TABLE status_steps (
    status_id UUID NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    next_id UUID NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    PRIMARY KEY (status_id, next_id)
);
CREATE INDEX status_steps_by_next ON status_steps (next_id);

-- Ideas: the counted facts apart from the words, so that a vote rewrites a short row.
CREATE TABLE ideas (
    id UUID NOT NULL PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id),
    author_id UUID REFERENCES members (id),
    status TEXT NOT NULL,
    -- That of the status, which keeps it while an idea has it.
    category TEXT NOT NULL,
    merged_into UUID REFERENCES ideas (id),
    comments_locked BOOLEAN NOT NULL DEFAULT FALSE,
    vote_count BIGINT NOT NULL CHECK (vote_count >= 0),
    carried_votes BIGINT NOT NULL CHECK (carried_votes >= 0),
    comment_count BIGINT NOT NULL CHECK (comment_count >= 0),
    trending DOUBLE PRECISION NOT NULL,
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
    idea_id UUID NOT NULL PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    excerpt TEXT NOT NULL,
    tags TEXT NOT NULL,
    folded_title TEXT NOT NULL,
    folded_whole TEXT NOT NULL,
    -- Without positions: the folded text decides a hit, these only narrow the search.
    title_terms TSVECTOR NOT NULL DEFAULT '',
    all_terms TSVECTOR NOT NULL DEFAULT ''
);
CREATE INDEX idea_texts_title_terms ON idea_texts USING gin (title_terms);
CREATE INDEX idea_texts_all_terms ON idea_texts USING gin (all_terms);

CREATE TABLE idea_tags (
    tag TEXT NOT NULL,
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    PRIMARY KEY (tag, idea_id)
);
CREATE INDEX idea_tags_by_idea ON idea_tags (idea_id);

CREATE TABLE idea_revisions (
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    tags TEXT NOT NULL,
    replaced_by UUID REFERENCES members (id),
    replaced_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, version)
);

CREATE TABLE votes (
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    -- The merged idea whose vote this is.
    carried_from UUID,
    PRIMARY KEY (idea_id, member_id)
);
CREATE INDEX votes_by_member ON votes (member_id, idea_id);
CREATE INDEX votes_by_time ON votes (idea_id, created_at DESC, member_id DESC);

-- What happened, for whoever delivers it.
CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject UUID NOT NULL,
    data TEXT NOT NULL,
    occurred_at TIMESTAMP NOT NULL
);

-- Answers kept for Idempotency-Key.
CREATE TABLE replays (
    key_hash BYTEA NOT NULL PRIMARY KEY,
    request_hash BYTEA NOT NULL,
    answer BYTEA NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX replays_by_creation ON replays (created_at);

CREATE TABLE leases (
    name TEXT NOT NULL PRIMARY KEY,
    done_at TIMESTAMP NOT NULL
);

-- The formulas of domain::ranking, for the one statement that counts a vote. exp() refuses to underflow here.
CREATE FUNCTION madang_with_vote(score DOUBLE PRECISION, weight DOUBLE PRECISION) RETURNS DOUBLE PRECISION
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT greatest(score, weight) + ln(1 + exp(greatest(-abs(score - weight), -700))) $$;

CREATE FUNCTION madang_without_vote(score DOUBLE PRECISION, weight DOUBLE PRECISION, base DOUBLE PRECISION)
    RETURNS DOUBLE PRECISION
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE WHEN weight < score
        THEN greatest(score + ln(1 - least(exp(greatest(weight - score, -700)), 1 - 1e-16)), base)
        ELSE base END $$;

-- SQLite's name for it.
CREATE FUNCTION instr(haystack TEXT, needle TEXT) RETURNS INTEGER
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT position(needle IN haystack) $$;
