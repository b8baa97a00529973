-- Who has a seat, in the order in which they came.
CREATE INDEX applications_seated ON applications (panel_id, outcome, id);
-- Addresses that have not had their time.
CREATE INDEX shipments_with_address ON shipments (panel_id) WHERE address IS NOT NULL;
