SELECT
    i.indrelid AS relation,
    c.relname AS name,
    m.amname AS method,
    i.indisunique AS is_unique,
    i.indisprimary AS is_primary,
    i.indisvalid AND i.indisready AS valid,
    i.indpred IS NOT NULL AS partial,
    i.indnkeyatts AS key_count,
    string_to_array(i.indkey::text, ' ')::int[] AS numbers
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_am AS m ON m.oid = c.relam
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY i.indrelid, c.relname
