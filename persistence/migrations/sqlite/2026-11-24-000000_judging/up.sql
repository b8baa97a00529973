-- Who judges a contest.
CREATE TABLE contest_judges (
    contest_id BLOB NOT NULL REFERENCES contests (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    -- JSON: what they know much of.
    expertise TEXT NOT NULL,
    -- The most entries they take; none where they take as many as there are.
    most INTEGER,
    appointed_at TIMESTAMP NOT NULL,
    -- When they said with whom they are in conflict, or that they are with nobody.
    declared_at TIMESTAMP,
    left_at TIMESTAMP,
    left_reason TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (contest_id, member_id)
) WITHOUT ROWID;
CREATE INDEX contest_judges_by_member ON contest_judges (member_id, contest_id);

-- Whom or what a judge may not judge, as far as somebody has to say it.
CREATE TABLE judge_conflicts (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    judge_id BLOB NOT NULL REFERENCES members (id),
    source TEXT NOT NULL,
    entry_id BLOB REFERENCES contest_entries (id) ON DELETE CASCADE,
    member_id BLOB REFERENCES members (id),
    note TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CHECK ((entry_id IS NULL) <> (member_id IS NULL))
) WITHOUT ROWID;
CREATE INDEX judge_conflicts_in_order ON judge_conflicts (contest_id, judge_id, id);
CREATE INDEX judge_conflicts_by_judge ON judge_conflicts (judge_id);
CREATE INDEX judge_conflicts_by_entry ON judge_conflicts (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX judge_conflicts_by_member ON judge_conflicts (member_id) WHERE member_id IS NOT NULL;

-- Each time entries were given to judges: from what it can be done again.
CREATE TABLE contest_assignments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    round INTEGER NOT NULL,
    -- JSON, entries and judges under pseudonyms.
    plan TEXT NOT NULL,
    -- The groups of judges that share no entry with another group.
    parts INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX contest_assignments_in_order ON contest_assignments (contest_id, id);

-- An entry before a judge, and what they say of it.
CREATE TABLE entry_reviews (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    entry_id BLOB NOT NULL REFERENCES contest_entries (id),
    judge_id BLOB NOT NULL REFERENCES members (id),
    -- From 1.
    round INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('assigned', 'calibration', 'extra')),
    state TEXT NOT NULL CHECK (state IN ('open', 'sent', 'recused', 'taken')),
    -- JSON, both by criterion.
    marks TEXT NOT NULL,
    comments TEXT NOT NULL,
    note TEXT NOT NULL,
    -- Why it was given by hand, taken away, or why the judge recused.
    reason TEXT,
    created_at TIMESTAMP NOT NULL,
    saved_at TIMESTAMP,
    sent_at TIMESTAMP,
    -- When the judge recused, or it was taken away.
    ended_at TIMESTAMP,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX entry_reviews_once ON entry_reviews (entry_id, round, judge_id);
CREATE INDEX entry_reviews_in_order ON entry_reviews (contest_id, round, id);
CREATE INDEX entry_reviews_by_judge ON entry_reviews (judge_id, contest_id, id);
-- What somebody judges, of all contests together.
CREATE INDEX entry_reviews_of_judges ON entry_reviews (judge_id, id);

-- What customers star: one ballot of each member, by its key.
CREATE TABLE contest_ballots (
    contest_id BLOB NOT NULL REFERENCES contests (id),
    member_id BLOB NOT NULL REFERENCES members (id),
    -- What the voter is called where nobody is to know who they are.
    voter TEXT NOT NULL,
    -- JSON list of entries, sorted.
    stars TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('counted', 'held', 'rejected')),
    -- JSON: what it is held for, if anything.
    signals TEXT NOT NULL,
    -- Whether it was the first thing that the member ever did here.
    first_act BOOLEAN NOT NULL,
    -- A keyed hash of the first part of the address it came from.
    prefix BIGINT,
    seconds_on_page INTEGER,
    cast_at TIMESTAMP NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    -- When somebody of the staff decided, and what they say.
    decided_at TIMESTAMP,
    note TEXT,
    appeal TEXT,
    appealed_at TIMESTAMP,
    verdict_at TIMESTAMP,
    verdict_granted BOOLEAN,
    verdict_note TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (contest_id, member_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX contest_ballots_by_voter ON contest_ballots (contest_id, voter);
CREATE INDEX contest_ballots_by_state ON contest_ballots (contest_id, state, voter);
CREATE INDEX contest_ballots_by_member ON contest_ballots (member_id, contest_id);

-- What came out of a round: from what, and what.
CREATE TABLE contest_results (
    contest_id BLOB NOT NULL REFERENCES contests (id),
    round INTEGER NOT NULL,
    -- JSON: the bundle without its result.
    inputs TEXT NOT NULL,
    -- JSON: what was computed of it.
    verdict TEXT NOT NULL,
    -- In base 16.
    lock_hash TEXT NOT NULL,
    locked_at TIMESTAMP NOT NULL,
    computed_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (contest_id, round)
) WITHOUT ROWID;

CREATE TABLE contest_objections (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    -- Nobody once they are forgotten.
    member_id BLOB REFERENCES members (id),
    -- What it is about, where it is about one entry.
    entry_id BLOB REFERENCES contest_entries (id),
    text TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    decided_at TIMESTAMP,
    upheld BOOLEAN,
    note TEXT,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX contest_objections_in_order ON contest_objections (contest_id, id);
CREATE INDEX contest_objections_waiting ON contest_objections (contest_id) WHERE decided_at IS NULL;
CREATE INDEX contest_objections_by_member ON contest_objections (member_id, contest_id);
CREATE INDEX contest_objections_by_entry ON contest_objections (entry_id) WHERE entry_id IS NOT NULL;

-- Entries that lost their rank after the scores were locked.
CREATE TABLE entry_disqualifications (
    entry_id BLOB NOT NULL PRIMARY KEY REFERENCES contest_entries (id),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    -- Whether everybody knew by then that it was to get a prize.
    awarded BOOLEAN NOT NULL,
    disqualified_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX entry_disqualifications_in_order ON entry_disqualifications (contest_id, entry_id);

-- A prize that is offered to an entry: what its team says to it, and what staff found.
CREATE TABLE prize_claims (
    entry_id BLOB NOT NULL PRIMARY KEY REFERENCES contest_entries (id),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    -- When the team was told.
    offered_at TIMESTAMP NOT NULL,
    -- JSON by member: in what shares they divide it, in hundredths of a percent. Nobody where all are equal.
    shares TEXT NOT NULL,
    -- When they stated again that it is their own, and agreed to the licence.
    claimed_at TIMESTAMP,
    declined_at TIMESTAMP,
    -- When staff had seen who they are, and what the tax office asks for.
    identity_at TIMESTAMP,
    tax_at TIMESTAMP,
    -- JSON, from the final result on: what each is paid, and what is withheld.
    payments TEXT,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX prize_claims_in_order ON prize_claims (contest_id, entry_id);

-- What is withheld from prizes, as JSON, where it is not what is built in. One row.
CREATE TABLE tax_rules (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    rules TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);

-- Who was shown a contest.
CREATE TABLE contest_viewers (
    contest_id BLOB NOT NULL REFERENCES contests (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    first_at TIMESTAMP NOT NULL,
    PRIMARY KEY (contest_id, member_id)
) WITHOUT ROWID;
CREATE INDEX contest_viewers_by_member ON contest_viewers (member_id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('contest_judges', 'contest_judges', '2000 10 1'),
    ('contest_judges', 'contest_judges_by_member', '2000 2 1'),
    ('judge_conflicts', 'judge_conflicts', '2000 1'),
    ('judge_conflicts', 'judge_conflicts_in_order', '2000 10 2 1'),
    ('judge_conflicts', 'judge_conflicts_by_judge', '2000 2'),
    ('judge_conflicts', 'judge_conflicts_by_entry', '1000 1'),
    ('judge_conflicts', 'judge_conflicts_by_member', '1000 1'),
    ('contest_assignments', 'contest_assignments', '400 1'),
    ('contest_assignments', 'contest_assignments_in_order', '400 2 1'),
    ('entry_reviews', 'entry_reviews', '150000 1'),
    ('entry_reviews', 'entry_reviews_once', '150000 3 3 1'),
    ('entry_reviews', 'entry_reviews_in_order', '150000 750 700 1'),
    ('entry_reviews', 'entry_reviews_by_judge', '150000 100 50 1'),
    ('contest_ballots', 'contest_ballots', '400000 2000 1'),
    ('contest_ballots', 'contest_ballots_by_voter', '400000 2000 1'),
    ('contest_ballots', 'contest_ballots_by_state', '400000 2000 1000 1'),
    ('contest_ballots', 'contest_ballots_by_member', '400000 3 1'),
    ('contest_results', 'contest_results', '300 2 1'),
    ('contest_objections', 'contest_objections', '4000 1'),
    ('contest_objections', 'contest_objections_in_order', '4000 20 1'),
    ('contest_objections', 'contest_objections_waiting', '50 5'),
    ('contest_objections', 'contest_objections_by_member', '4000 2 1'),
    ('contest_objections', 'contest_objections_by_entry', '2000 2'),
    ('entry_disqualifications', 'entry_disqualifications', '200 1'),
    ('entry_disqualifications', 'entry_disqualifications_in_order', '200 2 1'),
    ('prize_claims', 'prize_claims', '1000 1'),
    ('prize_claims', 'prize_claims_in_order', '1000 5 1'),
    ('contest_viewers', 'contest_viewers', '400000 2000 1'),
    ('contest_viewers', 'contest_viewers_by_member', '400000 10');
ANALYZE sqlite_schema;
