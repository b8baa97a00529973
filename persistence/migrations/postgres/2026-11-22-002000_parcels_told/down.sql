ALTER TABLE shipments DROP COLUMN told_at;
