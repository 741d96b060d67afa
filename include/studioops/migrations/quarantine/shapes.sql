-- What a batch holds, by table and columns.
SELECT
    q.kind = 'removed' AS removed,
    q.schema_name,
    q.table_name,
    q.columns,
    q.types,
    q.key_columns,
    min(q.ordinal) AS first,
    max(q.ordinal) AS last
FROM studioops.quarantine AS q
WHERE q.batch = %(batch)s AND q.returned_at IS NULL AND q.conflict IS NULL
GROUP BY q.kind, q.schema_name, q.table_name, q.columns, q.types, q.key_columns
ORDER BY first
