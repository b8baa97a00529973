-- Contests. What they ask and offer is one JSON text, because it is hashed as a whole when it is published.
CREATE TABLE contests (
    id UUID NOT NULL PRIMARY KEY,
    terms TEXT NOT NULL,
    -- SHA-256 of the rules as they were published, in base 16.
    rules_hash TEXT,
    -- What makes pseudonyms that nobody else can make, and the order in which each voter sees entries. In base 16.
    secret TEXT NOT NULL,
    -- Of judging, from 1.
    round INTEGER NOT NULL,
    published_at TIMESTAMP,
    judging_at TIMESTAMP,
    locked_at TIMESTAMP,
    provisional_at TIMESTAMP,
    -- When an entry last lost its rank.
    disqualified_at TIMESTAMP,
    finalized_at TIMESTAMP,
    archived_at TIMESTAMP,
    cancelled_at TIMESTAMP,
    -- When what was personal of it went.
    forgotten_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);

CREATE TABLE contest_entries (
    id UUID NOT NULL PRIMARY KEY,
    contest_id UUID NOT NULL REFERENCES contests (id),
    -- Who leads the team; nobody once they are forgotten.
    leader_id UUID REFERENCES members (id),
    state TEXT NOT NULL,
    -- JSON, as the team has it now.
    content TEXT NOT NULL,
    -- How often it was sent.
    versions INTEGER NOT NULL,
    from_idea_id UUID REFERENCES ideas (id) ON DELETE SET NULL,
    idea_id UUID REFERENCES ideas (id) ON DELETE SET NULL,
    -- JSON list of codes.
    reasons TEXT NOT NULL,
    note TEXT,
    decided_at TIMESTAMP,
    fix_until TIMESTAMP,
    appeal TEXT,
    appealed_at TIMESTAMP,
    verdict_at TIMESTAMP,
    verdict_granted BOOLEAN,
    verdict_note TEXT,
    -- The round after which it did not go on.
    cut_in INTEGER,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX contest_entries_in_order ON contest_entries (contest_id, id);
CREATE INDEX contest_entries_by_state ON contest_entries (contest_id, state, id);
CREATE INDEX contest_entries_by_leader ON contest_entries (leader_id);
CREATE INDEX contest_entries_from_idea ON contest_entries (from_idea_id) WHERE from_idea_id IS NOT NULL;
CREATE INDEX contest_entries_to_idea ON contest_entries (idea_id) WHERE idea_id IS NOT NULL;

-- What was sent, as it was sent.
CREATE TABLE entry_versions (
    entry_id UUID NOT NULL REFERENCES contest_entries (id) ON DELETE CASCADE,
    -- From 1.
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    -- Both in base 16: what was on the receipt.
    sha256 TEXT NOT NULL,
    rules_hash TEXT NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (entry_id, number)
);

CREATE TABLE entry_members (
    entry_id UUID NOT NULL REFERENCES contest_entries (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    contest_id UUID NOT NULL REFERENCES contests (id),
    -- Which of their entries in the contest it is, from 1; none once it was withdrawn. Two who take the same at once cannot both.
    slot INTEGER,
    -- JSON list of the keys of the consents given.
    agreed TEXT NOT NULL,
    -- How they are named among those who won; hidden where they said nothing.
    name_as TEXT,
    joined_at TIMESTAMP NOT NULL,
    PRIMARY KEY (entry_id, member_id)
);
CREATE UNIQUE INDEX entry_members_slots ON entry_members (contest_id, member_id, slot);
CREATE INDEX entry_members_by_member ON entry_members (member_id, entry_id);

-- Who was asked into a team: a member, or whoever has an address.
CREATE TABLE team_invitations (
    id UUID NOT NULL PRIMARY KEY,
    entry_id UUID NOT NULL REFERENCES contest_entries (id) ON DELETE CASCADE,
    member_id UUID REFERENCES members (id),
    -- As it was written, and as it is compared.
    email TEXT,
    email_key TEXT,
    created_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP,
    accepted BOOLEAN,
    CHECK ((member_id IS NULL) <> (email IS NULL))
);
CREATE UNIQUE INDEX team_invitations_once ON team_invitations (entry_id, member_id);
CREATE UNIQUE INDEX team_invitations_once_by_email ON team_invitations (entry_id, email_key);
CREATE INDEX team_invitations_of_member ON team_invitations (member_id, id);
CREATE INDEX team_invitations_of_email ON team_invitations (email_key, id);

-- Attachments stand with contests and entries too.
ALTER TABLE attachments
    ADD COLUMN contest_id UUID REFERENCES contests (id),
    ADD COLUMN entry_id UUID REFERENCES contest_entries (id),
    DROP CONSTRAINT attachments_check,
    ADD CONSTRAINT attachments_check CHECK (
        num_nonnulls(idea_id, comment_id, panel_id, report_id, work_id, contest_id, entry_id)
            = CASE WHEN unlinked_at IS NULL THEN 1 ELSE 0 END);
CREATE INDEX attachments_by_contest ON attachments (contest_id, position) WHERE contest_id IS NOT NULL;
CREATE INDEX attachments_by_entry ON attachments (entry_id, position) WHERE entry_id IS NOT NULL;

-- A notification is about an idea, a panel or a contest.
ALTER TABLE notifications
    ADD COLUMN contest_id UUID REFERENCES contests (id) ON DELETE CASCADE,
    DROP CONSTRAINT notifications_check,
    ADD CONSTRAINT notifications_check CHECK (num_nonnulls(idea_id, panel_id, contest_id) = 1);
CREATE INDEX notifications_by_contest ON notifications (contest_id) WHERE contest_id IS NOT NULL;
