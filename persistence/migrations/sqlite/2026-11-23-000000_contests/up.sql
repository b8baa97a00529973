-- Contests. What they ask and offer is one JSON text, because it is hashed as a whole when it is published.
CREATE TABLE contests (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
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
) WITHOUT ROWID;

CREATE TABLE contest_entries (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    -- Who leads the team; nobody once they are forgotten.
    leader_id BLOB REFERENCES members (id),
    state TEXT NOT NULL,
    -- JSON, as the team has it now.
    content TEXT NOT NULL,
    -- How often it was sent.
    versions INTEGER NOT NULL,
    from_idea_id BLOB REFERENCES ideas (id) ON DELETE SET NULL,
    idea_id BLOB REFERENCES ideas (id) ON DELETE SET NULL,
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
) WITHOUT ROWID;
CREATE INDEX contest_entries_in_order ON contest_entries (contest_id, id);
CREATE INDEX contest_entries_by_state ON contest_entries (contest_id, state, id);
CREATE INDEX contest_entries_by_leader ON contest_entries (leader_id);
CREATE INDEX contest_entries_from_idea ON contest_entries (from_idea_id) WHERE from_idea_id IS NOT NULL;
CREATE INDEX contest_entries_to_idea ON contest_entries (idea_id) WHERE idea_id IS NOT NULL;

-- What was sent, as it was sent.
CREATE TABLE entry_versions (
    entry_id BLOB NOT NULL REFERENCES contest_entries (id) ON DELETE CASCADE,
    -- From 1.
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    -- Both in base 16: what was on the receipt.
    sha256 TEXT NOT NULL,
    rules_hash TEXT NOT NULL,
    submitted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (entry_id, number)
) WITHOUT ROWID;

CREATE TABLE entry_members (
    entry_id BLOB NOT NULL REFERENCES contest_entries (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    contest_id BLOB NOT NULL REFERENCES contests (id),
    -- Which of their entries in the contest it is, from 1; none once it was withdrawn. Two who take the same at once cannot both.
    slot INTEGER,
    -- JSON list of the keys of the consents given.
    agreed TEXT NOT NULL,
    -- How they are named among those who won; hidden where they said nothing.
    name_as TEXT,
    joined_at TIMESTAMP NOT NULL,
    PRIMARY KEY (entry_id, member_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX entry_members_slots ON entry_members (contest_id, member_id, slot);
CREATE INDEX entry_members_by_member ON entry_members (member_id, entry_id);

-- Who was asked into a team: a member, or whoever has an address.
CREATE TABLE team_invitations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    entry_id BLOB NOT NULL REFERENCES contest_entries (id) ON DELETE CASCADE,
    member_id BLOB REFERENCES members (id),
    -- As it was written, and as it is compared.
    email TEXT,
    email_key TEXT,
    created_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP,
    accepted BOOLEAN,
    CHECK ((member_id IS NULL) <> (email IS NULL))
) WITHOUT ROWID;
CREATE UNIQUE INDEX team_invitations_once ON team_invitations (entry_id, member_id);
CREATE UNIQUE INDEX team_invitations_once_by_email ON team_invitations (entry_id, email_key);
CREATE INDEX team_invitations_of_member ON team_invitations (member_id, id);
CREATE INDEX team_invitations_of_email ON team_invitations (email_key, id);

-- Attachments stand with contests and entries too. SQLite adds no check to a table that is there, so it is made anew; nothing refers to it.
CREATE TABLE attachments_anew (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL CHECK (kind IN ('png', 'jpg', 'webp', 'gif', 'pdf')),
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes > 0),
    width INTEGER,
    height INTEGER,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    -- What the small copy is, where there is one.
    thumbnail TEXT,
    idea_id BLOB REFERENCES ideas (id),
    comment_id BLOB REFERENCES comments (id),
    panel_id BLOB REFERENCES panels (id),
    report_id BLOB REFERENCES trial_reports (id),
    work_id BLOB REFERENCES mission_works (id),
    position INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Since when it stands nowhere.
    unlinked_at TIMESTAMP,
    contest_id BLOB REFERENCES contests (id),
    entry_id BLOB REFERENCES contest_entries (id),
    CHECK ((unlinked_at IS NULL) = (idea_id IS NOT NULL) + (comment_id IS NOT NULL) + (panel_id IS NOT NULL)
        + (report_id IS NOT NULL) + (work_id IS NOT NULL) + (contest_id IS NOT NULL) + (entry_id IS NOT NULL))
) WITHOUT ROWID;
INSERT INTO attachments_anew (id, owner_id, kind, name, bytes, width, height, sha256, thumbnail, idea_id, comment_id, panel_id, report_id, work_id, position, created_at, unlinked_at)
    SELECT id, owner_id, kind, name, bytes, width, height, sha256, thumbnail, idea_id, comment_id, panel_id, report_id, work_id, position, created_at, unlinked_at FROM attachments;
DROP TABLE attachments;
ALTER TABLE attachments_anew RENAME TO attachments;
CREATE INDEX attachments_by_idea ON attachments (idea_id, position) WHERE idea_id IS NOT NULL;
CREATE INDEX attachments_by_comment ON attachments (comment_id, position) WHERE comment_id IS NOT NULL;
CREATE INDEX attachments_by_panel ON attachments (panel_id, position) WHERE panel_id IS NOT NULL;
CREATE INDEX attachments_by_report ON attachments (report_id, position) WHERE report_id IS NOT NULL;
CREATE INDEX attachments_by_work ON attachments (work_id, position) WHERE work_id IS NOT NULL;
CREATE INDEX attachments_by_contest ON attachments (contest_id, position) WHERE contest_id IS NOT NULL;
CREATE INDEX attachments_by_entry ON attachments (entry_id, position) WHERE entry_id IS NOT NULL;
CREATE INDEX attachments_by_owner ON attachments (owner_id, unlinked_at);
CREATE INDEX attachments_unlinked ON attachments (unlinked_at) WHERE unlinked_at IS NOT NULL;

-- A notification is about an idea, a panel or a contest.
CREATE TABLE told (
    member_id BLOB NOT NULL REFERENCES members (id),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    idea_id BLOB REFERENCES ideas (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    read_at TIMESTAMP,
    panel_id BLOB REFERENCES panels (id) ON DELETE CASCADE,
    -- From when it is to be mailed as well; none where it is not, or was.
    mail_due_at TIMESTAMP,
    contest_id BLOB REFERENCES contests (id) ON DELETE CASCADE,
    PRIMARY KEY (member_id, id),
    CHECK ((idea_id IS NOT NULL) + (panel_id IS NOT NULL) + (contest_id IS NOT NULL) = 1)
) WITHOUT ROWID;
INSERT INTO told (member_id, id, kind, idea_id, created_at, read_at, panel_id, mail_due_at)
    SELECT member_id, id, kind, idea_id, created_at, read_at, panel_id, mail_due_at FROM notifications;
DROP TABLE notifications;
ALTER TABLE told RENAME TO notifications;
CREATE INDEX notifications_unread ON notifications (member_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_idea ON notifications (idea_id);
CREATE INDEX notifications_of_entries ON notifications (id) WHERE kind = 'announced';
CREATE INDEX notifications_by_panel ON notifications (panel_id) WHERE panel_id IS NOT NULL;
CREATE INDEX notifications_by_contest ON notifications (contest_id) WHERE contest_id IS NOT NULL;
CREATE INDEX notifications_to_mail ON notifications (mail_due_at) WHERE mail_due_at IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('contests', 'contests', '200 1'),
    ('contest_entries', 'contest_entries', '50000 1'),
    ('contest_entries', 'contest_entries_in_order', '50000 250 1'),
    ('contest_entries', 'contest_entries_by_state', '50000 250 60 1'),
    ('contest_entries', 'contest_entries_by_leader', '50000 2'),
    ('contest_entries', 'contest_entries_from_idea', '5000 1'),
    ('contest_entries', 'contest_entries_to_idea', '1000 1'),
    ('entry_versions', 'entry_versions', '100000 2 1'),
    ('entry_members', 'entry_members', '80000 2 1'),
    ('entry_members', 'entry_members_slots', '80000 400 1 1'),
    ('entry_members', 'entry_members_by_member', '80000 2 1'),
    ('team_invitations', 'team_invitations', '40000 1'),
    ('team_invitations', 'team_invitations_once', '40000 2 1'),
    ('team_invitations', 'team_invitations_once_by_email', '40000 2 1'),
    ('team_invitations', 'team_invitations_of_member', '40000 2 1'),
    ('team_invitations', 'team_invitations_of_email', '40000 2 1'),
    ('attachments', 'attachments', '100000 1'),
    ('attachments', 'attachments_by_idea', '50000 2 1'),
    ('attachments', 'attachments_by_comment', '50000 2 1'),
    ('attachments', 'attachments_by_panel', '1000 4 1'),
    ('attachments', 'attachments_by_report', '20000 4 1'),
    ('attachments', 'attachments_by_work', '20000 4 1'),
    ('attachments', 'attachments_by_contest', '1000 4 1'),
    ('attachments', 'attachments_by_entry', '20000 4 1'),
    ('attachments', 'attachments_by_owner', '100000 5 2'),
    ('attachments', 'attachments_unlinked', '500 1'),
    ('notifications', 'notifications', '1000000 100 1'),
    ('notifications', 'notifications_unread', '200000 20 1'),
    ('notifications', 'notifications_by_idea', '1000000 100'),
    ('notifications', 'notifications_of_entries', '100000 100 1'),
    ('notifications', 'notifications_by_panel', '100000 1000'),
    ('notifications', 'notifications_by_contest', '100000 1000'),
    ('notifications', 'notifications_to_mail', '1000 10');
ANALYZE sqlite_schema;
