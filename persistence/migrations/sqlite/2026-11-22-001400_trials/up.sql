-- What follows a confirmed seat: the product goes out, comes to hand, and is told of.
CREATE TABLE shipments (
    application_id BLOB NOT NULL PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
    panel_id BLOB NOT NULL REFERENCES panels (id) ON DELETE CASCADE,
    -- Sealed; none once it had its time.
    address TEXT,
    courier TEXT,
    tracking TEXT,
    shipped_at TIMESTAMP,
    delivered_at TIMESTAMP,
    updated_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX shipments_of_panel ON shipments (panel_id, application_id);

CREATE TABLE trial_reports (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL UNIQUE REFERENCES applications (id) ON DELETE CASCADE,
    panel_id BLOB NOT NULL REFERENCES panels (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    -- JSON lists of texts.
    pros TEXT NOT NULL,
    cons TEXT NOT NULL,
    -- From 1 to 5.
    useful INTEGER NOT NULL,
    usable INTEGER NOT NULL,
    enjoyable INTEGER NOT NULL,
    -- Whether the last look found the interest stated where it has to be.
    disclosed BOOLEAN NOT NULL,
    -- The one round of revision that staff may ask for: a code, and what they say of it.
    asked_for TEXT,
    asked_note TEXT,
    asked_at TIMESTAMP,
    first_sent_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP NOT NULL,
    accepted_at TIMESTAMP,
    -- Nobody, when staff were silent for too long.
    accepted_by BLOB REFERENCES members (id) ON DELETE SET NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX trial_reports_of_panel ON trial_reports (panel_id, id);
CREATE INDEX trial_reports_by_acceptance ON trial_reports (accepted_at, sent_at);
CREATE INDEX trial_reports_by_accepter ON trial_reports (accepted_by);

-- Why somebody could not do what they promised, told in time.
CREATE TABLE excuses (
    application_id BLOB NOT NULL PRIMARY KEY REFERENCES applications (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    decided_at TIMESTAMP,
    granted BOOLEAN
) WITHOUT ROWID;

-- A promise that was not kept; counts less with time, and not at all once an appeal has overturned it.
CREATE TABLE strikes (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    member_id BLOB NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    application_id BLOB NOT NULL UNIQUE REFERENCES applications (id) ON DELETE CASCADE,
    panel_id BLOB NOT NULL REFERENCES panels (id) ON DELETE CASCADE,
    -- no_show or late
    kind TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    appeal TEXT,
    appealed_at TIMESTAMP,
    decided_at TIMESTAMP,
    overturned BOOLEAN
) WITHOUT ROWID;
CREATE INDEX strikes_of_member ON strikes (member_id, created_at);
CREATE INDEX strikes_of_panel ON strikes (panel_id, id);
