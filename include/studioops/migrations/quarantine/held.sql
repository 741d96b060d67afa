-- What could not be put back.
SELECT
    q.batch,
    q.ordinal,
    q.kind,
    quote_ident(q.schema_name) || '.' || quote_ident(q.table_name) AS table,
    q.columns,
    q."values",
    q.key_columns,
    q.key_values,
    q.conflict
FROM studioops.quarantine AS q
WHERE q.conflict IS NOT NULL AND q.returned_at IS NULL
  AND (%(batch)s::uuid IS NULL OR q.batch = %(batch)s)
ORDER BY q.quarantined_at, q.batch, q.ordinal
