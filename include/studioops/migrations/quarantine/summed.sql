-- What a run has taken out and cleared: for its own sake, and what went along.
SELECT
    count(*) FILTER (WHERE q.kind = 'removed' AND q.level = 0) AS quarantined,
    count(*) FILTER (WHERE q.kind = 'cleared' AND q.level = 0) AS nullified,
    count(*) FILTER (WHERE q.kind = 'removed' AND q.level > 0) AS rows_with_them,
    count(*) FILTER (WHERE q.kind = 'cleared' AND q.level > 0) AS references_with_them
FROM studioops.quarantine AS q
WHERE q.batch IN (
    SELECT (s.memo ->> 'batch')::uuid
    FROM studioops.migration_steps AS s
    WHERE s.run = %(run)s AND s.memo ->> 'batch' IS NOT NULL
)
