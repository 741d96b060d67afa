-- Where every sequence stands, in one statement; NULL for one that was never called.
SELECT
    s.seqrelid::regclass::text AS name,
    n.nspname AS schema,
    c.relname AS relation,
    s.seqincrement AS increment,
    r.yes AS readable,
    CASE WHEN r.yes THEN pg_sequence_last_value(s.seqrelid) END AS value
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT has_schema_privilege(n.oid, 'USAGE') AND has_sequence_privilege(c.oid, 'SELECT') AS yes
) AS r
WHERE c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY 1
