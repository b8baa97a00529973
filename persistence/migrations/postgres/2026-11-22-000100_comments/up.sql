-- What is said under an idea: roots and replies. Each counter and `best` follow their rows in the same transaction.
CREATE TABLE comments (
    id UUID NOT NULL PRIMARY KEY,
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    -- Where it was written: merging ideas moves idea_id, and unmerging moves it back.
    home_idea_id UUID NOT NULL REFERENCES ideas (id),
    parent_id UUID REFERENCES comments (id),
    -- The first of its thread, itself where that is itself: for whoever opens a thread from a link.
    root_id UUID NOT NULL,
    depth INTEGER NOT NULL CHECK (depth >= 0),
    author_id UUID NOT NULL REFERENCES members (id),
    internal BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    -- Direct replies that everybody is shown, and those that staff are.
    reply_count BIGINT NOT NULL CHECK (reply_count >= 0),
    staff_reply_count BIGINT NOT NULL CHECK (staff_reply_count >= reply_count),
    agree_count BIGINT NOT NULL CHECK (agree_count >= 0),
    disagree_count BIGINT NOT NULL CHECK (disagree_count >= 0),
    thanks_count BIGINT NOT NULL CHECK (thanks_count >= 0),
    insightful_count BIGINT NOT NULL CHECK (insightful_count >= 0),
    best DOUBLE PRECISION NOT NULL,
    created_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP,
    deleted_at TIMESTAMP,
    version INTEGER NOT NULL
);
CREATE INDEX comments_roots ON comments (idea_id, id) WHERE parent_id IS NULL;
CREATE INDEX comments_roots_best ON comments (idea_id, best DESC, id) WHERE parent_id IS NULL;
CREATE INDEX comments_replies ON comments (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_replies_best ON comments (parent_id, best DESC, id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_by_idea ON comments (idea_id, author_id);
CREATE INDEX comments_by_home ON comments (home_idea_id);
CREATE INDEX comments_by_author ON comments (author_id, id DESC);

-- What a comment said before an edit, and before it was deleted.
CREATE TABLE comment_revisions (
    comment_id UUID NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    replaced_at TIMESTAMP NOT NULL,
    PRIMARY KEY (comment_id, version)
);

CREATE TABLE comment_reactions (
    comment_id UUID NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL CHECK (kind IN ('agree', 'disagree', 'thanks', 'insightful')),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (comment_id, member_id, kind)
);
CREATE INDEX comment_reactions_by_member ON comment_reactions (member_id, comment_id);

CREATE TABLE comment_mentions (
    comment_id UUID NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    PRIMARY KEY (comment_id, member_id)
);
CREATE INDEX comment_mentions_by_member ON comment_mentions (member_id, comment_id);

ALTER TABLE ideas ADD COLUMN pinned_comment_id UUID REFERENCES comments (id);
CREATE INDEX ideas_pinned ON ideas (pinned_comment_id) WHERE pinned_comment_id IS NOT NULL;
