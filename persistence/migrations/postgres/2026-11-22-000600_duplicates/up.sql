-- Pairs of ideas that are alike, found from time to time; see domain::duplicates.
CREATE TABLE duplicate_pairs (
    -- The smaller id first.
    first_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    second_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    score DOUBLE PRECISION NOT NULL,
    -- What they are ordered by: the score, and before it how many ideas have the title, where it is the same.
    rank DOUBLE PRECISION NOT NULL,
    -- Orders those of one rank.
    place UUID NOT NULL,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
);
CREATE INDEX duplicate_pairs_board_rank ON duplicate_pairs (board_id, rank DESC, place, score);
CREATE INDEX duplicate_pairs_by_second ON duplicate_pairs (second_id);

-- Which version of an idea was looked at last; one without a row was not yet.
CREATE TABLE duplicate_looks (
    idea_id UUID NOT NULL PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    version INTEGER NOT NULL
);

-- Pairs that staff does not want proposed again.
CREATE TABLE dismissed_pairs (
    first_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    second_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
);
CREATE INDEX dismissed_pairs_by_second ON dismissed_pairs (second_id);
CREATE INDEX dismissed_pairs_by_member ON dismissed_pairs (member_id);

-- Ideas of the same title.
CREATE INDEX idea_texts_by_title ON idea_texts (folded_title);
