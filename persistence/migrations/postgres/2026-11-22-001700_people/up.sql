-- A notification is about an idea or about a panel.
ALTER TABLE notifications ALTER COLUMN idea_id DROP NOT NULL;
ALTER TABLE notifications ADD COLUMN panel_id UUID REFERENCES panels (id) ON DELETE CASCADE;
-- From when it is to be mailed as well; none where it is not, or was.
ALTER TABLE notifications ADD COLUMN mail_due_at TIMESTAMP;
ALTER TABLE notifications ADD CHECK ((idea_id IS NULL) <> (panel_id IS NULL));
CREATE INDEX notifications_by_panel ON notifications (panel_id) WHERE panel_id IS NOT NULL;
CREATE INDEX notifications_to_mail ON notifications (mail_due_at) WHERE mail_due_at IS NOT NULL;

-- When everybody who applied was told of the result.
ALTER TABLE panels ADD COLUMN told_at TIMESTAMP;
CREATE INDEX panels_under_way ON panels (announced_at)
    WHERE announced_at IS NOT NULL AND closed_at IS NULL AND cancelled_at IS NULL;

-- What was learned, and what changes: told to all who applied when the panel is closed.
CREATE TABLE panel_results (
    panel_id UUID NOT NULL PRIMARY KEY REFERENCES panels (id) ON DELETE CASCADE,
    learned TEXT NOT NULL,
    changes TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);

-- Whether it is a no-show or merely late follows from the report, which may come after it.
ALTER TABLE strikes DROP COLUMN kind;
ALTER TABLE strikes ADD COLUMN note TEXT;

CREATE INDEX shipments_by_delivery ON shipments (panel_id, delivered_at);
