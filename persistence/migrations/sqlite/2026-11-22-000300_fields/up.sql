-- What a board asks with an idea.
CREATE TABLE fields (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    label_ko TEXT NOT NULL,
    label_en TEXT NOT NULL,
    help_ko TEXT,
    help_en TEXT,
    kind TEXT NOT NULL,
    required BOOLEAN NOT NULL,
    position INTEGER NOT NULL,
    for_staff BOOLEAN NOT NULL,
    archived_at TIMESTAMP,
    version INTEGER NOT NULL,
    UNIQUE (board_id, key)
) WITHOUT ROWID;

CREATE TABLE field_choices (
    field_id BLOB NOT NULL REFERENCES fields (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (field_id, key)
) WITHOUT ROWID;

-- One row an answer, in the column of its kind; one a choice where there may be several. A choice, or a field, that is in
-- use cannot go.
CREATE TABLE idea_answers (
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    field_id BLOB NOT NULL REFERENCES fields (id),
    nth INTEGER NOT NULL,
    text TEXT,
    choice TEXT,
    -- Of yes and no 1 and 0.
    number DOUBLE,
    day DATE,
    PRIMARY KEY (idea_id, field_id, nth),
    FOREIGN KEY (field_id, choice) REFERENCES field_choices (field_id, key)
) WITHOUT ROWID;
CREATE INDEX idea_answers_by_field ON idea_answers (field_id, idea_id);
CREATE INDEX idea_answers_by_choice ON idea_answers (field_id, choice, idea_id) WHERE choice IS NOT NULL;
CREATE INDEX idea_answers_by_number ON idea_answers (field_id, number, idea_id) WHERE number IS NOT NULL;
CREATE INDEX idea_answers_by_day ON idea_answers (field_id, day, idea_id) WHERE day IS NOT NULL;

ALTER TABLE idea_revisions ADD COLUMN answers TEXT;

-- What staff did for customers; apart, so that an ordinary vote is as short as before.
CREATE TABLE proxy_posts (
    idea_id BLOB NOT NULL PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    by_member_id BLOB NOT NULL REFERENCES members (id),
    channel TEXT NOT NULL,
    link TEXT,
    created_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX proxy_posts_by_staff ON proxy_posts (by_member_id);

CREATE TABLE proxy_votes (
    idea_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    by_member_id BLOB NOT NULL REFERENCES members (id),
    channel TEXT NOT NULL,
    link TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, member_id),
    FOREIGN KEY (idea_id, member_id) REFERENCES votes (idea_id, member_id)
        ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
CREATE INDEX proxy_votes_by_staff ON proxy_votes (by_member_id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('fields', 'fields', '60 1'),
    ('field_choices', 'field_choices', '300 5 1'),
    ('idea_answers', 'idea_answers', '300000 3 1 1'),
    ('idea_answers', 'idea_answers_by_field', '300000 5000 1'),
    ('idea_answers', 'idea_answers_by_choice', '150000 5000 1000 1'),
    ('idea_answers', 'idea_answers_by_number', '50000 5000 100 1'),
    ('idea_answers', 'idea_answers_by_day', '50000 5000 20 1'),
    ('proxy_posts', 'proxy_posts', '1000 1'),
    ('proxy_votes', 'proxy_votes', '10000 2 1');
ANALYZE sqlite_schema;
