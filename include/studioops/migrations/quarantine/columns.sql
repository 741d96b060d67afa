-- A table's columns, and how a text becomes a value of each by the type's own input function.
SELECT
    a.attname::text AS name,
    format_type(a.atttypid, a.atttypmod) AS type,
    format_type(a.atttypid, NULL) AS whole,
    CASE WHEN t.typarray <> 0 THEN format_type(t.typarray, NULL) END AS listed,
    a.attgenerated <> '' AS generated,
    coalesce(a.attnum = ANY (i.indkey), false) AS in_key
FROM pg_attribute AS a
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_index AS i ON i.indrelid = a.attrelid AND i.indisprimary
WHERE a.attrelid = to_regclass(%(table)s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
