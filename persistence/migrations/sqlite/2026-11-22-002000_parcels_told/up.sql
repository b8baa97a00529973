-- When the delivery was told: nobody is late before they could see when a report is due. Of those there are, no later than the last word.
ALTER TABLE shipments ADD COLUMN told_at TIMESTAMP;
UPDATE shipments SET told_at = updated_at WHERE delivered_at IS NOT NULL;

-- When what was personal of a panel that ended had its time.
ALTER TABLE panels ADD COLUMN forgotten_at TIMESTAMP;
