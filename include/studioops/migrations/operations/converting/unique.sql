-- Unique indexes of a table over plain columns.
SELECT
    x.relname AS name,
    coalesce(pg_get_expr(i.indpred, i.indrelid), 'true') AS predicate,
    ARRAY(
        SELECT a.attname::text
        FROM unnest(i.indkey) WITH ORDINALITY AS u (number, place)
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = u.number
        WHERE u.place <= i.indnkeyatts ORDER BY u.place
    ) AS columns
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
WHERE i.indrelid = to_regclass(%(table)s) AND i.indisunique AND i.indexprs IS NULL
ORDER BY x.relname
