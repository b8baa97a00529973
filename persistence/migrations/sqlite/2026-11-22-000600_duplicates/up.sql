-- Pairs of ideas that are alike, found from time to time; see domain::duplicates.
CREATE TABLE duplicate_pairs (
    -- The smaller id first.
    first_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    second_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    board_id BLOB NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    score DOUBLE NOT NULL,
    -- What they are ordered by: the score, and before it how many ideas have the title, where it is the same.
    rank DOUBLE NOT NULL,
    -- Orders those of one rank.
    place BLOB NOT NULL,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
) WITHOUT ROWID;
CREATE INDEX duplicate_pairs_board_rank ON duplicate_pairs (board_id, rank DESC, place, score);
CREATE INDEX duplicate_pairs_by_second ON duplicate_pairs (second_id);

-- Which version of an idea was looked at last; one without a row was not yet.
CREATE TABLE duplicate_looks (
    idea_id BLOB NOT NULL PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- Pairs that staff does not want proposed again.
CREATE TABLE dismissed_pairs (
    first_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    second_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
) WITHOUT ROWID;
CREATE INDEX dismissed_pairs_by_second ON dismissed_pairs (second_id);
CREATE INDEX dismissed_pairs_by_member ON dismissed_pairs (member_id);

-- Ideas of the same title.
CREATE INDEX idea_texts_by_title ON idea_texts (folded_title);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('duplicate_pairs', 'duplicate_pairs', '100000 2 1'),
    ('duplicate_pairs', 'duplicate_pairs_board_rank', '100000 20000 10 1 1'),
    ('duplicate_pairs', 'duplicate_pairs_by_second', '100000 2'),
    ('duplicate_looks', 'duplicate_looks', '100000 1'),
    ('dismissed_pairs', 'dismissed_pairs', '1000 2 1'),
    ('dismissed_pairs', 'dismissed_pairs_by_second', '1000 2'),
    ('dismissed_pairs', 'dismissed_pairs_by_member', '1000 100'),
    ('idea_texts', 'idea_texts_by_title', '100000 2');
ANALYZE sqlite_schema;
