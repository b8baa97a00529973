ALTER TABLE panels DROP COLUMN forgotten_at;
ALTER TABLE shipments DROP COLUMN told_at;
