-- Whether somebody has shown that they read the mails at the address.
ALTER TABLE members ADD COLUMN email_verified BOOLEAN NOT NULL DEFAULT FALSE;

-- Links that a member was sent. Of a link only the SHA-256 of its secret is kept; one that was used is gone.
CREATE TABLE mail_links (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    purpose TEXT NOT NULL CHECK (purpose IN ('verify', 'reset', 'change')),
    member_id BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- What the link was sent to: for `change` the address that is to come.
    address TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX mail_links_by_member ON mail_links (member_id, purpose);
CREATE INDEX mail_links_by_expiry ON mail_links (expires_at);

-- Links to somebody who has no account yet; the newest of an address takes the place of the one before.
CREATE TABLE invitations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    address TEXT NOT NULL,
    address_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    invited_by BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX invitations_by_inviter ON invitations (invited_by);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);

-- Who says to have forgotten a password, whether or not there is such an account: a job finds that out.
CREATE TABLE reset_requests (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    address_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX reset_requests_by_address ON reset_requests (address_key, created_at);
CREATE INDEX reset_requests_by_time ON reset_requests (created_at);
CREATE INDEX reset_requests_waiting ON reset_requests (id) WHERE answered_at IS NULL;

-- Mails on their way. One that carries a link has the link's id.
CREATE TABLE mails (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    member_id BLOB REFERENCES members (id) ON DELETE CASCADE,
    -- These three hold personal data and the secret of the link, so they go with the mail.
    address TEXT,
    subject TEXT,
    body TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL,
    -- When it is to be tried; while it is being tried, when another may. Null once it was sent or given up.
    due_at TIMESTAMP,
    sent_at TIMESTAMP,
    CHECK ((due_at IS NULL) = (address IS NULL) AND (due_at IS NULL) = (subject IS NULL) AND (due_at IS NULL) = (body IS NULL))
) WITHOUT ROWID;
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_by_member ON mails (member_id, kind, created_at);
CREATE INDEX mails_by_expiry ON mails (expires_at);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('mail_links', 'mail_links', '10000 1'),
    ('mail_links', 'sqlite_autoindex_mail_links_2', '10000 1'),
    ('mail_links', 'mail_links_by_member', '10000 2 1'),
    ('mail_links', 'mail_links_by_expiry', '10000 2'),
    ('invitations', 'invitations', '100 1'),
    ('invitations', 'sqlite_autoindex_invitations_2', '100 1'),
    ('invitations', 'sqlite_autoindex_invitations_3', '100 1'),
    ('invitations', 'invitations_by_inviter', '100 20'),
    ('invitations', 'invitations_by_expiry', '100 2'),
    ('reset_requests', 'reset_requests', '1000 1'),
    ('reset_requests', 'reset_requests_by_address', '1000 2 1'),
    ('reset_requests', 'reset_requests_by_time', '1000 1'),
    ('reset_requests', 'reset_requests_waiting', '10 1'),
    ('mails', 'mails', '10000 1'),
    ('mails', 'mails_due', '20 2 1'),
    ('mails', 'mails_by_member', '10000 2 1 1'),
    ('mails', 'mails_by_expiry', '10000 2');
ANALYZE sqlite_schema;
