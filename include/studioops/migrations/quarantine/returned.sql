-- What is not held back has come back.
UPDATE studioops.quarantine AS q SET returned_at = clock_timestamp()
WHERE q.batch = %(batch)s AND q.returned_at IS NULL AND q.conflict IS NULL
