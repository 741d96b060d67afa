-- A table, and which of these of its columns are there.
SELECT
    c.relkind::text AS kind,
    (
        SELECT coalesce(array_agg(a.attname::text), '{}') FROM pg_attribute AS a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND a.attname = ANY (%(columns)s)
    ) AS columns
FROM pg_class AS c
WHERE c.oid = to_regclass(%(table)s)
