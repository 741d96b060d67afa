-- A column of a table, and who inherits it.
SELECT
    a.attnotnull AS not_null,
    a.attidentity <> '' AS identity,
    EXISTS (
        SELECT FROM pg_index AS i
        WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)
    ) AS in_primary_key,
    (
        SELECT k.conname FROM pg_constraint AS k
        WHERE k.contype = 'n' AND k.conrelid = a.attrelid AND k.conkey = ARRAY[a.attnum]
    ) AS not_null_name,
    EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = a.attrelid) AS inherits,
    coalesce((
        SELECT array_agg(t.relid::text ORDER BY t.relid::text)
        FROM pg_partition_tree(a.attrelid) AS t
        JOIN pg_attribute AS b ON b.attrelid = t.relid AND b.attname = a.attname
        WHERE t.relid <> a.attrelid AND b.attnotnull
    ), '{}') AS not_null_below,
    EXISTS (
        SELECT FROM pg_constraint AS k
        WHERE k.conrelid = a.attrelid AND k.conname = %(helper)s
    ) AS helper_taken
FROM pg_attribute AS a
WHERE a.attrelid = to_regclass(%(table)s) AND a.attname = %(column)s AND NOT a.attisdropped
