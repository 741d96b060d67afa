-- What is said of an index beside its definition.
SELECT
    i.indisclustered AS clustered,
    i.indisreplident AS identity,
    obj_description(x.oid, 'pg_class') AS comment,
    (
        SELECT obj_description(k.oid, 'pg_constraint') FROM pg_constraint AS k
        WHERE k.conindid = x.oid AND k.contype IN ('p', 'u')
    ) AS said
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = x.relnamespace
WHERE n.nspname = %(schema)s AND x.relname = %(name)s
