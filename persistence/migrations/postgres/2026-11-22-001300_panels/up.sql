-- Trial panels. What they offer and ask is one JSON text, because it is hashed as a whole when it is published.
CREATE TABLE panels (
    id UUID NOT NULL PRIMARY KEY,
    terms TEXT NOT NULL,
    -- SHA-256 of the terms as they were published, in base 16.
    rules_hash TEXT,
    -- With which households are hashed, so that nobody can guess them from a published line.
    secret TEXT NOT NULL,
    published_at TIMESTAMP,
    recruited_at TIMESTAMP,
    locked_at TIMESTAMP,
    drawn_at TIMESTAMP,
    announced_at TIMESTAMP,
    closed_at TIMESTAMP,
    cancelled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE applications (
    id UUID NOT NULL PRIMARY KEY,
    panel_id UUID NOT NULL REFERENCES panels (id) ON DELETE CASCADE,
    -- Whose it is; none once they are forgotten.
    member_id UUID REFERENCES members (id) ON DELETE SET NULL,
    -- Both in base 16.
    ticket TEXT NOT NULL,
    salt TEXT,
    answers TEXT NOT NULL,
    -- JSON list of the keys of the consents given.
    agreed TEXT NOT NULL,
    -- JSON list of the codes of why not; empty where they may be taken.
    reasons TEXT NOT NULL,
    score INTEGER,
    outcome TEXT NOT NULL,
    -- In the queue.
    place INTEGER,
    confirm_by TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX applications_of_member ON applications (panel_id, member_id);
CREATE UNIQUE INDEX applications_by_ticket ON applications (panel_id, ticket);
CREATE INDEX applications_in_order ON applications (panel_id, id);
CREATE INDEX applications_by_member ON applications (member_id, id);
CREATE INDEX applications_by_outcome ON applications (panel_id, outcome, place);
CREATE INDEX applications_to_confirm ON applications (confirm_by);

-- What was fixed at the lock, and what came of it.
CREATE TABLE panel_draws (
    panel_id UUID NOT NULL PRIMARY KEY REFERENCES panels (id) ON DELETE CASCADE,
    spec TEXT NOT NULL,
    spec_hash TEXT NOT NULL,
    pool TEXT NOT NULL,
    excluded TEXT NOT NULL,
    locked_at TIMESTAMP NOT NULL,
    -- The number in base 16, and what shows that it is the number.
    number TEXT,
    evidence TEXT,
    -- Everybody's chances, as JSON, estimated by a job after the draw.
    fairness TEXT
);

CREATE TABLE panel_replacements (
    panel_id UUID NOT NULL REFERENCES panels (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    left_ticket TEXT NOT NULL,
    taken_by TEXT,
    relaxed TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (panel_id, number)
);

-- Numbers that people hid before the lock and show after it, for a draw that many have a part in.
CREATE TABLE panel_nonces (
    panel_id UUID NOT NULL REFERENCES panels (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- SHA-256 of the number, and the number once it is shown, in base 16.
    commitment TEXT NOT NULL,
    nonce TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (panel_id, member_id)
);
CREATE UNIQUE INDEX panel_nonces_by_commitment ON panel_nonces (panel_id, commitment);
CREATE INDEX panel_nonces_by_member ON panel_nonces (member_id);
