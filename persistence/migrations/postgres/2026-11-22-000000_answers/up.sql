-- What happened to an idea, as its timeline shows it.
CREATE TABLE activities (
    id UUID NOT NULL PRIMARY KEY,
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    member_id UUID REFERENCES members (id),
    -- For staff alone.
    internal BOOLEAN NOT NULL,
    from_status TEXT,
    to_status TEXT,
    reason TEXT,
    decline_reason TEXT,
    other_idea_id UUID REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER,
    -- How many stood behind the idea, and how many of them were told.
    supporters BIGINT,
    told BIGINT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX activities_by_idea ON activities (idea_id, id);
CREATE INDEX activities_by_time ON activities (kind, created_at);
CREATE INDEX activities_by_other_idea ON activities (other_idea_id) WHERE other_idea_id IS NOT NULL;

-- The brand's own words on an idea: every version, of which the last one counts.
CREATE TABLE responses (
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    author_id UUID REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, version)
);

CREATE TABLE response_ratings (
    idea_id UUID NOT NULL,
    version INTEGER NOT NULL,
    member_id UUID NOT NULL REFERENCES members (id),
    helpful BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, version, member_id),
    FOREIGN KEY (idea_id, version) REFERENCES responses (idea_id, version) ON DELETE CASCADE
);
CREATE INDEX response_ratings_by_member ON response_ratings (member_id);

-- Who follows an idea, or does not want to hear of it, besides those who vote for it.
CREATE TABLE follows (
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    muted BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, member_id)
);
CREATE INDEX follows_by_member ON follows (member_id, idea_id);

CREATE TABLE board_follows (
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (board_id, member_id)
);
CREATE INDEX board_follows_by_member ON board_follows (member_id, board_id);

-- What a member was told. The id is that of what happened, so nobody is told of one thing twice.
CREATE TABLE notifications (
    member_id UUID NOT NULL REFERENCES members (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    PRIMARY KEY (member_id, id)
);
CREATE INDEX notifications_unread ON notifications (member_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_idea ON notifications (idea_id);

-- Which idea was merged into which, and what it was before.
CREATE TABLE merges (
    id UUID NOT NULL PRIMARY KEY,
    source_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    target_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    from_status TEXT NOT NULL,
    merged_at TIMESTAMP NOT NULL,
    unmerged_at TIMESTAMP
);
CREATE INDEX merges_by_source ON merges (source_id, id);
CREATE INDEX merges_by_target ON merges (target_id);
