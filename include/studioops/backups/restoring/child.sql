-- The table, and the columns that a row is written by: generated ones come by themselves.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    coalesce(
        array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''), '{}'
    ) AS written
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.oid = to_regclass(%(table)s)
GROUP BY c.oid, n.nspname, c.relname
