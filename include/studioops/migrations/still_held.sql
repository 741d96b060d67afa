-- What a run has taken out and its way back could not put back, and how much that is in all.
SELECT
    quote_ident(q.schema_name) || '.' || quote_ident(q.table_name) AS "table",
    q.kind,
    q.batch,
    q.ordinal,
    q.conflict,
    count(*) OVER () AS total
FROM studioops.quarantine AS q
WHERE q.conflict IS NOT NULL AND q.returned_at IS NULL AND q.batch IN (
    SELECT (s.memo ->> 'batch')::uuid
    FROM studioops.migration_steps AS s
    WHERE s.run = %(run)s AND s.memo ->> 'batch' IS NOT NULL
)
ORDER BY q.quarantined_at, q.batch, q.ordinal
LIMIT %(limit)s
