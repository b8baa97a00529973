-- Locks that were taken back before there was a number to draw with: kept as they were, and public.
CREATE TABLE panel_void_locks (
    panel_id UUID NOT NULL REFERENCES panels (id) ON DELETE CASCADE,
    -- From 1.
    number INTEGER NOT NULL,
    spec TEXT NOT NULL,
    pool TEXT NOT NULL,
    excluded TEXT NOT NULL,
    reason TEXT NOT NULL,
    locked_at TIMESTAMP NOT NULL,
    voided_at TIMESTAMP NOT NULL,
    PRIMARY KEY (panel_id, number)
);
