-- What is said under an idea: roots and replies. Each counter and `best` follow their rows in the same transaction.
CREATE TABLE comments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    -- Where it was written: merging ideas moves idea_id, and unmerging moves it back.
    home_idea_id BLOB NOT NULL REFERENCES ideas (id),
    parent_id BLOB REFERENCES comments (id),
    -- The first of its thread, itself where that is itself: for whoever opens a thread from a link.
    root_id BLOB NOT NULL CHECK (length(root_id) = 16),
    depth INTEGER NOT NULL CHECK (depth >= 0),
    author_id BLOB NOT NULL REFERENCES members (id),
    internal BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    -- Direct replies that everybody is shown, and those that staff are.
    reply_count BIGINT NOT NULL CHECK (reply_count >= 0),
    staff_reply_count BIGINT NOT NULL CHECK (staff_reply_count >= reply_count),
    agree_count BIGINT NOT NULL CHECK (agree_count >= 0),
    disagree_count BIGINT NOT NULL CHECK (disagree_count >= 0),
    thanks_count BIGINT NOT NULL CHECK (thanks_count >= 0),
    insightful_count BIGINT NOT NULL CHECK (insightful_count >= 0),
    best DOUBLE NOT NULL,
    created_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP,
    deleted_at TIMESTAMP,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX comments_roots ON comments (idea_id, id) WHERE parent_id IS NULL;
CREATE INDEX comments_roots_best ON comments (idea_id, best DESC, id) WHERE parent_id IS NULL;
CREATE INDEX comments_replies ON comments (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_replies_best ON comments (parent_id, best DESC, id) WHERE parent_id IS NOT NULL;
CREATE INDEX comments_by_idea ON comments (idea_id, author_id);
CREATE INDEX comments_by_home ON comments (home_idea_id);
CREATE INDEX comments_by_author ON comments (author_id, id DESC);

-- What a comment said before an edit, and before it was deleted.
CREATE TABLE comment_revisions (
    comment_id BLOB NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    replaced_at TIMESTAMP NOT NULL,
    PRIMARY KEY (comment_id, version)
) WITHOUT ROWID;

CREATE TABLE comment_reactions (
    comment_id BLOB NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL CHECK (kind IN ('agree', 'disagree', 'thanks', 'insightful')),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (comment_id, member_id, kind)
) WITHOUT ROWID;
CREATE INDEX comment_reactions_by_member ON comment_reactions (member_id, comment_id);

CREATE TABLE comment_mentions (
    comment_id BLOB NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    PRIMARY KEY (comment_id, member_id)
) WITHOUT ROWID;
CREATE INDEX comment_mentions_by_member ON comment_mentions (member_id, comment_id);

ALTER TABLE ideas ADD COLUMN pinned_comment_id BLOB REFERENCES comments (id);
CREATE INDEX ideas_pinned ON ideas (pinned_comment_id) WHERE pinned_comment_id IS NOT NULL;

-- What the planner is to expect, as for the ideas.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('ideas', 'ideas_pinned', '5000 1'),
    ('comments', 'comments', '500000 1'),
    ('comments', 'comments_roots', '250000 10 1'),
    ('comments', 'comments_roots_best', '250000 10 3 1'),
    ('comments', 'comments_replies', '250000 5 1'),
    ('comments', 'comments_replies_best', '250000 5 3 1'),
    ('comments', 'comments_by_idea', '500000 20 2 1'),
    ('comments', 'comments_by_home', '500000 20 1'),
    ('comments', 'comments_by_author', '500000 50 1'),
    ('comment_revisions', 'comment_revisions', '50000 2 1'),
    ('comment_reactions', 'comment_reactions', '1000000 5 1 1'),
    ('comment_reactions', 'comment_reactions_by_member', '1000000 100 1 1'),
    ('comment_mentions', 'comment_mentions', '50000 1 1'),
    ('comment_mentions', 'comment_mentions_by_member', '50000 5 1');
ANALYZE sqlite_schema;
